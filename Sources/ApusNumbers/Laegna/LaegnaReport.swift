import ApusCore

/// What there is to say of one number, as the command `apus laegna` prints it.
public struct LaegnaReport: Sendable {
  /// Names and values, in order.
  public let lines: [(name: String, value: String)]

  /// All forms of a string of digits, a boundary value, or a real number, which is rounded to the format.
  ///
  /// - Parameters:
  ///   - text: digits (capitals, or with small ones that subdivide), W, V, U, ∩, or a decimal number.
  ///   - digits: R; for digits as many as there are, else 4 unless given.
  ///   - fraction: F; R - 1 unless given, and for digits as many as are small letters, if there are some.
  /// - Throws: for text that is none of these, with the place of the first letter that is wrong.
  public init(_ text: String, digits: Int? = nil, fraction: Int? = nil) throws(TensorError) {
    if let value = Double(text), value.isFinite {
      let format = try LaegnaFormat(digits: digits ?? 4, fraction: fraction)
      let (near, around) = (format.encode(nearest: value), format.encode(containing: value))
      lines =
        [("number", "\(value)"), ("format", "\(format)"), ("nearest", Self.spelled(near, format))]
        + Self.forms(near, format, prefix: "  ")
        + [("containing", Self.spelled(around, format))] + Self.forms(around, format, prefix: "  ")
      return
    }
    switch try LaegnaNumeral(text) {
    case .boundary(let boundary):
      let meaning =
        switch boundary {
        case .minusInfinity: "-infinity"
        case .minusZero: "-0"
        case .zero: "0"
        case .infinity: "infinity"
        }
      lines = [("boundary value", text), ("stands for", meaning)]
    case .digits(let found):
      let small = text.reversed().prefix { $0.isLowercase }.count
      let format = try LaegnaFormat(
        digits: digits ?? found.count, fraction: fraction ?? (small > 0 && small < found.count ? small : nil))
      // Says where letters and format do not agree.
      let code = try format.integer(of: small > 0 && small == format.fraction ? text : found.text)
      lines = [("digits", found.text), ("format", "\(format)")] + Self.forms(code, format, prefix: "")
    }
  }

  private static func spelled(_ code: Int, _ format: LaegnaFormat) -> String { format.numeral(code).description }

  private static func forms(
    _ code: Int, _ format: LaegnaFormat, prefix: String
  ) -> [(name: String, value: String)] {
    guard case .digits(let digits) = format.numeral(code) else { return [(prefix + "real", "0.0")] }
    var lines = [
      (prefix + "base 2", digits.bits.text), (prefix + "unsigned", "\(digits.unsigned)"),
      (prefix + "signed", "\(digits.signed)"), (prefix + "real", "\(format.decode(code))"),
      (prefix + "complement", digits.complement.text),
      (prefix + "truth", "\(LaegnaTruth(LaegnaDigit.allCases[digits.values[0]]))"),
    ]
    if format.fraction < format.digits, let interval = try? LaegnaInterval(subdivided(digits, format)) {
      lines.append((prefix + "interval", "\(interval): \(interval.lower) to \(interval.upper)"))
    }
    return lines
  }

  private static func subdivided(_ digits: LaegnaDigits, _ format: LaegnaFormat) -> String {
    String(digits.text.dropLast(format.fraction)) + digits.text.suffix(format.fraction).lowercased()
  }
}

extension LaegnaFormat {
  /// Any real tensor as Laegna numbers of this format, with the power of four that one step is to stand for so that least is
  /// lost: its elements are about the signed integers of the numbers times `step`.
  public func digits(of x: Tensor) throws(TensorError) -> (step: Double, numbers: Tensor) {
    guard x.dtype.isFloatingPoint, x.count > 0 else {
      throw TensorError(.dtype, "LaegnaFormat", "needs floating point numbers, and found \(x.dtype) \(x.shape)")
    }
    let row = x.detach().to(.float32).reshape([1, x.count])
    let step = steps(for: row, .powersOfFour)
    return (Double(step.item(as: Float.self)), elements(rounded(row, step: step.reshape([1, 1]))).reshape(x.shape))
  }
}
