import ApusCore
import ApusFormats

// The files of test data: a tensor, sequence or optional each.

extension ONNXValue {
  /// The sequence of an ONNX file.
  /// - Throws: `TensorError` that names the tensor that cannot be read.
  public init(_ proto: ONNX.SequenceProto) throws(TensorError) {
    self = try Self.value(proto, depth: 0)
  }

  /// The optional of an ONNX file.
  /// - Throws: `TensorError` that names the tensor that cannot be read.
  public init(_ proto: ONNX.OptionalProto) throws(TensorError) {
    self = try Self.value(proto, depth: 0)
  }

  private static func guardDepth(_ depth: Int) throws(TensorError) {
    guard depth < 32 else { throw TensorError(.format, "", "values lie in each other more than 32 deep") }
  }

  private static func value(_ proto: ONNX.SequenceProto, depth: Int) throws(TensorError) -> ONNXValue {
    try guardDepth(depth)
    var values: [ONNXValue] = []
    for tensor in proto.tensorValues { values.append(try ONNXValue(tensor, in: nil)) }
    for tensor in proto.sparseTensorValues { values.append(try ONNXValue(tensor, in: nil)) }
    for sequence in proto.sequenceValues { values.append(try value(sequence, depth: depth + 1)) }
    for map in proto.mapValues { values.append(try value(map, depth: depth + 1)) }
    for optional in proto.optionalValues { values.append(try value(optional, depth: depth + 1)) }
    return .sequence(values)
  }

  private static func value(_ proto: ONNX.MapProto, depth: Int) throws(TensorError) -> ONNXValue {
    guard case .sequence(let values, _) = try value(proto.values, depth: depth + 1) else {
      throw TensorError(.format, "", "a map has no values")
    }
    let keys: ONNXMap.Keys = proto.stringKeys.isEmpty ? .integers(proto.keys) : .strings(proto.stringKeys)
    let count = proto.stringKeys.isEmpty ? proto.keys.count : proto.stringKeys.count
    guard count == values.count else {
      throw TensorError(.format, "", "a map has \(count) keys and \(values.count) values")
    }
    return .map(ONNXMap(keys: keys, values: values))
  }

  private static func value(_ proto: ONNX.OptionalProto, depth: Int) throws(TensorError) -> ONNXValue {
    try guardDepth(depth)
    switch proto.value {
    case nil: return .optional(nil)
    case .tensor(let tensor): return .optional(try ONNXValue(tensor, in: nil))
    case .sparseTensor(let tensor): return .optional(try ONNXValue(tensor, in: nil))
    case .sequence(let sequence): return .optional(try value(sequence, depth: depth + 1))
    case .map(let map): return .optional(try value(map, depth: depth + 1))
    case .optional(let inner): return .optional(try value(inner, depth: depth + 1))
    }
  }

  /// The value in a file of test data for a value of `type`.
  /// - Throws: `TensorError` that names the file.
  package init(path: String, type: ONNX.TypeProto?) throws(TensorError) {
    do throws(TensorError) {
      let bytes = ByteSlice(try MappedFile(path: path))
      switch type?.value {
      case .sequence: self = try ONNXValue(ONNX.SequenceProto(bytes, name: path))
      case .optional: self = try ONNXValue(ONNX.OptionalProto(bytes, name: path))
      default: self = try ONNXValue(ONNX.TensorProto(bytes, name: path), in: nil)
      }
    } catch {
      guard error.operation != path else { throw error }
      throw TensorError(error.kind, path, error.description)
    }
  }
}
