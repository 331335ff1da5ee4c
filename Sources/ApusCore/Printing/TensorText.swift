/// A tensor's text, character for character as PyTorch's `repr`: `tensor([1., 2., 3.])`.
///
/// Only elements that appear in the text are asked for, so that a summary of a large tensor is cheap.
///
/// - Parameters:
///   - element: the value at a flat row-major index.
///   - device: where it lies, if that is not the host.
///   - gradFunction: the name in `grad_fn=<...>`, which stands in place of `requires_grad=True`.
///   - defaultDType: the floating point type that needs no `dtype=`.
package func formatTensor(
  shape: [Int], dtype: DType, device: Device = .cpu, requiresGrad: Bool = false, gradFunction: String? = nil,
  options: PrintOptions = .current, defaultDType: DType = .default, element: (Int) -> ScalarValue
) -> String {
  let isEmpty = shape.contains(0)
  var suffixes: [String] = []
  if device != .cpu { suffixes.append("device='\(device)'") }
  if isEmpty ? shape.count != 1 : options.edgeItems == 0 { suffixes.append("size=" + tupleText(shape)) }
  // An empty tensor shows no values that would tell integers and booleans apart.
  let isDefault =
    dtype == defaultDType || dtype == defaultDType.complexType || (!isEmpty && (dtype == .int64 || dtype == .bool))
  if !isDefault { suffixes.append("dtype=\(dtype.isCustom ? "apus" : "torch").\(dtype.name)") }
  if let gradFunction {
    suffixes.append("grad_fn=<\(gradFunction)>")
  } else if requiresGrad {
    suffixes.append("requires_grad=True")
  }

  let prefix = "tensor("
  let indent = prefix.utf8.count
  var text = prefix
  if isEmpty {
    text += "[]"
  } else {
    text += ElementWriter(shape: shape, options: options).text(dtype: dtype, indent: indent, element: element)
  }

  return addingSuffixes(suffixes, to: text, indent: indent, options) + ")"
}

/// `text` with what stands behind the elements, on new lines where a line would be too long, or at once.
package func addingSuffixes(
  _ suffixes: [String], to text: String, indent: Int, onNewLine: Bool = false, _ options: PrintOptions = .current
) -> String {
  var (text, isForced) = (text, onNewLine)
  var lineLength = lastLineLength(text) + 2
  for suffix in suffixes {
    if isForced || lineLength + suffix.utf8.count + 2 > options.lineWidth {
      text += ",\n" + String(repeating: " ", count: indent) + suffix
      lineLength = indent + suffix.utf8.count
      isForced = false
    } else {
      text += ", " + suffix
      lineLength += suffix.utf8.count + 2
    }
  }
  return text
}

extension Tensor {
  /// The brackets of its elements alone, as they stand `indent` characters into the text of a tensor that is made of several.
  package func partText(indent: Int, options: PrintOptions = .current) -> String {
    if shape.contains(0) { return "[], size=" + tupleText(shape) }
    let plain = detach().resolved
    return ElementWriter(shape: shape, options: options).text(
      dtype: dtype, indent: indent, element: plain.printedElement)
  }

  /// The element at a flat row-major index, for the text.
  func printedElement(_ index: Int) -> ScalarValue {
    if dtype.isCustom || dtype == .uint64 { return .text(elementText(index)) }
    return switch element(at: index) {
    case .bool(let v): .bool(v)
    case .int(let v): .int(Int64(v))
    case .float(let v): .float(v)
    case .complex(let v): .complex(v)
    }
  }
}

/// Characters after the last line break.
private func lastLineLength(_ text: String) -> Int {
  guard let lineBreak = text.utf8.lastIndex(of: UInt8(ascii: "\n")) else { return text.utf8.count }
  return text.utf8.distance(from: lineBreak, to: text.utf8.endIndex) - 1
}

/// A shape as a Python tuple: `()`, `(2,)`, `(2, 3)`.
package func tupleText(_ shape: [Int]) -> String {
  let items = shape.map(String.init).joined(separator: ", ")
  return shape.count == 1 ? "(\(items),)" : "(\(items))"
}

/// Writes the nested brackets of a tensor that is not empty.
private struct ElementWriter {
  private let shape: [Int]
  private let strides: [Int]
  private let options: PrintOptions
  private let isSummary: Bool

  package init(shape: [Int], options: PrintOptions) {
    self.shape = shape
    self.options = options
    var strides = [Int](repeating: 1, count: shape.count)
    var count = 1
    for d in shape.indices.reversed() {
      strides[d] = count
      count *= shape[d]
    }
    self.strides = strides
    isSummary = count > options.threshold
  }

  func text(dtype: DType, indent: Int, element: (Int) -> ScalarValue) -> String {
    var shown: [ScalarValue] = []
    collect(0, 0, into: &shown, element)
    let formatter = ElementFormatter(shown, kind: dtype.kind, options: options)
    guard !shape.isEmpty else { return formatter.format(element(0)) }
    var text = ""
    write(0, 0, indent, formatter, element, to: &text)
    return text
  }

  /// The indices of dimension `d` that are shown: those before the dots, if there are dots, and those after.
  private func shownIndices(_ d: Int) -> (head: Range<Int>, dots: Bool, tail: Range<Int>) {
    guard isSummary, shape[d] > 2 * options.edgeItems else { return (0..<shape[d], false, 0..<0) }
    return (0..<options.edgeItems, true, shape[d] - options.edgeItems..<shape[d])
  }

  private func collect(_ d: Int, _ offset: Int, into shown: inout [ScalarValue], _ element: (Int) -> ScalarValue) {
    guard d < shape.count else {
      shown.append(element(offset))
      return
    }
    let (head, _, tail) = shownIndices(d)
    for i in head { collect(d + 1, offset + i * strides[d], into: &shown, element) }
    for i in tail { collect(d + 1, offset + i * strides[d], into: &shown, element) }
  }

  private func write(
    _ d: Int, _ offset: Int, _ indent: Int, _ formatter: ElementFormatter, _ element: (Int) -> ScalarValue,
    to text: inout String
  ) {
    let isRow = d == shape.count - 1
    // Rows are wrapped to the line width; outer dimensions are set apart by blank lines.
    let perLine = isRow ? max(1, (options.lineWidth - indent) / (formatter.width + 2)) : 1
    let lineBreaks = String(repeating: "\n", count: isRow ? 1 : shape.count - d - 1)
    let margin = String(repeating: " ", count: indent + 1)
    var written = 0
    func separate(_ text: inout String) {
      if written > 0 { text += written % perLine == 0 ? "," + lineBreaks + margin : ", " }
      written += 1
    }
    func item(_ i: Int, _ text: inout String) {
      separate(&text)
      if isRow {
        text += formatter.format(element(offset + i))
      } else {
        write(d + 1, offset + i * strides[d], indent + 1, formatter, element, to: &text)
      }
    }
    text += "["
    let (head, dots, tail) = shownIndices(d)
    for i in head { item(i, &text) }
    if dots {
      separate(&text)
      text += isRow && options.edgeItems > 0 ? " ..." : "..."
    }
    for i in tail { item(i, &text) }
    text += "]"
  }
}
