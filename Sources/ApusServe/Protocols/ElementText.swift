import ApusCore
import ApusFormats

/// The elements of a value as JSON.
struct ElementText {
  private let value: ServedValue
  private let count: Int
  /// The elements that JSON writes: of half precision as float32.
  private let tensor: Tensor?

  init(_ value: ServedValue) {
    self.value = value
    count = value.count
    if case .tensor(let found) = value {
      let isNarrow = found.dtype.size < 4 && found.dtype.isFloatingPoint
      tensor = isNarrow ? found.to(.float32) : found
    } else {
      tensor = nil
    }
  }

  /// Appends all elements as one list.
  func appendFlat(to out: inout [UInt8]) throws(ServeError) { try append(shape: [count], to: &out) }

  /// Appends lists whose nesting is the shape.
  func appendNested(to out: inout [UInt8]) throws(ServeError) { try append(shape: value.shape, to: &out) }

  private func append(shape: [Int], to out: inout [UInt8]) throws(ServeError) {
    guard let tensor else {
      guard case .texts(let texts, _) = value else { return }
      return nest(shape[...], 0, count, &out) { out, i in
        out += quotedJSON(String(decoding: texts[i], as: UTF8.self)).utf8
      }
    }
    let isKnown = tensor.withUnsafeBytes { bytes -> Bool in
      func numbers<Element>(_: Element.Type, _ write: (inout [UInt8], Element) -> Void) -> Bool {
        let elements = bytes.bindMemory(to: Element.self)
        nest(shape[...], 0, elements.count, &out) { write(&$0, elements[$1]) }
        return true
      }
      func whole<Element: FixedWidthInteger>(_ type: Element.Type) -> Bool {
        numbers(type) { out, element in appendWhole(element, to: &out) }
      }
      switch tensor.dtype {
      case .float32: return numbers(Float.self) { appendFraction($1, to: &$0) }
      case .float64: return numbers(Double.self) { appendFraction($1, to: &$0) }
      case .bool: return numbers(UInt8.self) { $0 += ($1 != 0 ? "true" : "false").utf8 }
      case .int8: return whole(Int8.self)
      case .int16: return whole(Int16.self)
      case .int32: return whole(Int32.self)
      case .int64: return whole(Int64.self)
      case .uint8: return whole(UInt8.self)
      case .uint16: return whole(UInt16.self)
      case .uint32: return whole(UInt32.self)
      case .uint64: return whole(UInt64.self)
      default: return false
      }
    }
    guard isKnown else { throw ServeError(501, "JSON does not carry elements of \(tensor.dtype)") }
  }

  private func nest(
    _ shape: ArraySlice<Int>, _ start: Int, _ count: Int, _ out: inout [UInt8],
    _ element: (inout [UInt8], Int) -> Void
  ) {
    guard let size = shape.first else { return element(&out, start) }
    out.append(UInt8(ascii: "["))
    let rest = shape.dropFirst()
    let each = size == 0 ? 0 : count / size
    for i in 0..<size {
      if i > 0 { out.append(UInt8(ascii: ",")) }
      nest(rest, start + i * each, each, &out, element)
    }
    out.append(UInt8(ascii: "]"))
  }

  /// The shortest text that reads back as the same number. JSON has no names for what is not finite; these are
  /// Python's.
  private func appendFraction<Element: BinaryFloatingPoint & CustomStringConvertible>(
    _ element: Element, to out: inout [UInt8]
  ) {
    if let whole = Int32(exactly: element), whole != 0 {
      appendWhole(whole, to: &out)
      out.append(UInt8(ascii: "."))
      out.append(UInt8(ascii: "0"))
    } else if element.isFinite {
      var text = element.description
      text.withUTF8 { out.append(contentsOf: $0) }
    } else {
      out += (element.isNaN ? "NaN" : element > 0 ? "Infinity" : "-Infinity").utf8
    }
  }

  private func appendWhole<Element: FixedWidthInteger>(_ element: Element, to out: inout [UInt8]) {
    var magnitude = element.magnitude
    if element < 0 { out.append(UInt8(ascii: "-")) }
    let start = out.count
    repeat {
      let (quotient, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
      out.append(48 + UInt8(truncatingIfNeeded: digit))
      magnitude = quotient
    } while magnitude != 0
    out[start...].reverse()
  }
}
