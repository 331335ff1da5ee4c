#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One element as a plain value, for printing.
package enum ScalarValue: Sendable, Hashable {
  case int(Int64)
  case float(Double)
  case bool(Bool)
  case complex(Complex)
  /// An element of a registered type.
  case text(String)
}

/// Chooses one notation and width for a tensor's elements from the elements that will be shown, as PyTorch does.
struct ElementFormatter {
  private enum Notation { case plain, integral, scientific, fixed }

  private var notation = Notation.plain
  private let precision: Int
  private(set) var width = 1
  /// Those of the two parts of complex numbers, each with a notation and a width of its own.
  private let parts: [ElementFormatter]

  init(_ values: [ScalarValue], kind: DType.Kind, options: PrintOptions) {
    precision = options.precision
    if kind == .complex {
      let numbers = values.compactMap { if case .complex(let z) = $0 { z } else { nil } }
      parts = [numbers.map { .float($0.real) }, numbers.map { .float($0.imaginary) }].map {
        ElementFormatter($0, kind: .floating, options: options)
      }
      width = parts[0].width + parts[1].width + 1
      return
    }
    parts = []
    guard kind == .floating else {
      for value in values { width = max(width, text(value).count) }
      return
    }
    // Zeros and non-finite values neither choose the notation nor widen the columns.
    var shown: [Double] = []
    for case .float(let value) in values where value.isFinite && value != 0 { shown.append(value) }
    notation = .integral
    guard let first = shown.first else { return }
    var least = first.magnitude
    var greatest = least
    for value in shown {
      least = min(least, value.magnitude)
      greatest = max(greatest, value.magnitude)
    }
    if options.sciMode ?? (greatest / least > 1000 || greatest > 1e8 || least < 1e-4) {
      notation = .scientific
    } else if !shown.allSatisfy({ $0 == $0.rounded(.up) }) {
      notation = .fixed
    }
    for value in shown { width = max(width, text(.float(value)).utf8.count) }
  }

  /// `value` in the chosen notation, right-aligned to the common width.
  func format(_ value: ScalarValue) -> String {
    if case .complex(let z) = value {
      let imaginary = parts[1].text(.float(z.imaginary))
      return parts[0].format(.float(z.real)) + (imaginary.hasPrefix("-") ? "" : "+") + imaginary + "j"
    }
    let text = text(value)
    return String(repeating: " ", count: max(width - text.count, 0)) + text
  }

  private func text(_ value: ScalarValue) -> String {
    switch value {
    case .int(let value): return String(value)
    case .bool(let value): return value ? "True" : "False"
    case .text(let text): return text
    case .complex(let z): return "\(z)"
    case .float(let value):
      guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
      switch notation {
      case .scientific: return decimal(value, "%.*e", precision)
      case .fixed: return decimal(value, "%.*f", precision)
      case .integral, .plain: return decimal(value, "%.*f", 0) + "."
      }
    }
  }
}

/// `value` by a C conversion `format` that takes the number of digits and the value: correctly rounded.
private func decimal(_ value: Double, _ format: String, _ digits: Int) -> String {
  let digits = Int32(clamping: digits)
  func write(_ buffer: UnsafeMutableBufferPointer<CChar>) -> Int {
    withVaList([digits, value]) { Int(vsnprintf(buffer.baseAddress, buffer.count, format, $0)) }
  }
  // Most texts are short; a number that is not fits the length that the first try reports.
  var capacity = 64
  while true {
    let text: String? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
      let length = write(buffer)
      guard length < capacity else {
        capacity = length + 1
        return nil
      }
      return String(decoding: UnsafeRawBufferPointer(buffer)[..<max(length, 0)], as: UTF8.self)
    }
    if let text { return text }
  }
}

/// A number with `precision` digits after the decimal point, as elements of composed types show their parts.
package func decimalText(_ value: Double, _ precision: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  return value == value.rounded() && value.magnitude < 1e8
    ? decimal(value, "%.*f", 0) + "." : decimal(value, "%.*f", precision)
}
