import ApusCore
import ApusTrain

/// Texts by which Optuna's Python tells values and distributions apart (`repr`), where keys of notes are made of them.
extension ParameterDistribution {
  var pythonText: String {
    switch self {
    case .float(let low, let high, let log, let step):
      let step = step.map { pythonNumberText($0) } ?? "None"
      let (low, high) = (pythonNumberText(low), pythonNumberText(high))
      return "FloatDistribution(high=\(high), log=\(log ? "True" : "False"), low=\(low), step=\(step))"
    case .int(let low, let high, let log, let step):
      return "IntDistribution(high=\(high), log=\(log ? "True" : "False"), low=\(low), step=\(step))"
    case .categorical(let choices):
      return "CategoricalDistribution(choices=(" + choices.map(\.pythonText).joined(separator: ", ")
        + (choices.count == 1 ? ",))" : "))")
    }
  }
}

extension SettingValue {
  var pythonText: String {
    switch self {
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .int(let value): "\(value)"
    case .double(let value): pythonNumberText(value)
    case .string(let value): quotedPython(value)
    case .list(let values): "[" + values.map(\.pythonText).joined(separator: ", ") + "]"
    case .dictionary(let members):
      "{"
        + members.sorted { $0.key < $1.key }
        .map { "\(quotedPython($0.key)): \($0.value.pythonText)" }.joined(separator: ", ") + "}"
    }
  }
}

private func pythonNumberText(_ value: Double) -> String {
  value.isFinite ? pythonNumber(value) : value.isNaN ? "nan" : value > 0 ? "inf" : "-inf"
}

/// A text in single quotes; in double ones where it has single but no double ones.
private func quotedPython(_ text: String) -> String {
  let quote: Unicode.Scalar = text.unicodeScalars.contains("'") && !text.unicodeScalars.contains("\"") ? "\"" : "'"
  var out = String(quote)
  func escaped(_ letter: String, _ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
  }
  for scalar in text.unicodeScalars {
    switch scalar {
    case quote, "\\": out += "\\\(scalar)"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    case " ": out += " "
    case _ where scalar.isPrinted: out.unicodeScalars.append(scalar)
    case _ where scalar.value < 0x100: out += escaped("x", scalar.value, 2)
    case _ where scalar.value < 0x1_0000: out += escaped("u", scalar.value, 4)
    case _: out += escaped("U", scalar.value, 8)
    }
  }
  return out + String(quote)
}

extension Unicode.Scalar {
  /// Whether Python writes the scalar as it is: no control, format, surrogate, private, unassigned or separating one.
  fileprivate var isPrinted: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      false
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation,
      .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
      .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
      true
    @unknown default: true
    }
  }
}
