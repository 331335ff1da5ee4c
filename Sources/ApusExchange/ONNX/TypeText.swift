import ApusCore
import ApusFormats

extension ONNX.TypeProto {
  /// The type in words: `float32 [batch, 3]`, `sequence of int64`.
  public var text: String {
    switch value {
    case .tensor(let type, let shape): Self.text(type, shape)
    case .sparseTensor(let type, let shape): "sparse " + Self.text(type, shape)
    case .sequence(let element): "sequence of " + (element?.text ?? "?")
    case .optional(let element): "optional " + (element?.text ?? "?")
    case .map(let key, let element): "map of \(Self.name(key)) to " + (element?.text ?? "?")
    case .opaque(let domain, let name): "\(domain).\(name)"
    case .unknown: "?"
    }
  }

  private static func name(_ number: Int32) -> String {
    let type = ONNX.DataType(rawValue: number) ?? .undefined
    return type.dtype?.name ?? type.name.lowercased()
  }

  private static func text(_ type: Int32, _ shape: [ONNX.Dimension]?) -> String {
    guard let shape else { return name(type) }
    return "\(name(type)) [\(shape.map(\.text).joined(separator: ", "))]"
  }

  /// Why a value is not of this type, or nil if it is.
  func mismatch(_ value: ONNXValue) -> String? {
    guard case .tensor(let number, let dimensions) = self.value, let found = value.elementType, let shape = value.shape
    else { return nil }
    let isWrongType = number != 0 && number != found.rawValue
    var isWrongShape = false
    if let dimensions, !dimensions.isEmpty || shape.isEmpty {
      isWrongShape = dimensions.count != shape.count
      for case (.known(let size), let other) in zip(dimensions.map(\.size), shape) where size > 0 && size != other {
        isWrongShape = true
      }
    }
    return isWrongType || isWrongShape ? "should be \(text), and is \(value.kindName)" : nil
  }
}

extension ONNX.Dimension {
  /// The size, its name, or a question mark.
  public var text: String {
    switch size {
    case .known(let size): "\(size)"
    case .named(let name): name
    case .unknown: "?"
    }
  }
}
