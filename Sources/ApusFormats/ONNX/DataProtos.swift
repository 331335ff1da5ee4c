import ApusCore

// The values of `onnx-data.proto`: what files of test data hold beside tensors.

extension ONNX {
  /// The kinds of what sequences and optionals hold. The raw values are the format's numbers.
  public enum HolderKind: Int32, Sendable, Hashable {
    /// Not said.
    case undefined = 0
    /// What the lists or the optional hold.
    case tensor, sparseTensor, sequence, map, optional
  }

  /// A list of values of one kind.
  public struct SequenceProto: Sendable, Hashable {
    public var name: String
    public var kind: HolderKind
    public var tensorValues: [TensorProto]
    public var sparseTensorValues: [SparseTensorProto]
    public var sequenceValues: [SequenceProto]
    public var mapValues: [MapProto]
    public var optionalValues: [OptionalProto]

    /// A sequence of the parts given.
    public init(
      name: String = "", kind: HolderKind = .undefined, tensorValues: [TensorProto] = [],
      sparseTensorValues: [SparseTensorProto] = [], sequenceValues: [SequenceProto] = [], mapValues: [MapProto] = [],
      optionalValues: [OptionalProto] = []
    ) {
      self.name = name
      self.kind = kind
      self.tensorValues = tensorValues
      self.sparseTensorValues = sparseTensorValues
      self.sequenceValues = sequenceValues
      self.mapValues = mapValues
      self.optionalValues = optionalValues
    }
  }

  /// Keys, of whole numbers or text, and their values in the same order.
  public struct MapProto: Sendable, Hashable {
    public var name: String
    /// The number of the keys' type, see ``ONNX/DataType``.
    public var keyType: Int32
    public var keys: [Int64]
    public var stringKeys: [String]
    public var values: SequenceProto

    /// A map of the parts given.
    public init(
      name: String = "", keyType: Int32 = 0, keys: [Int64] = [], stringKeys: [String] = [],
      values: SequenceProto = .init()
    ) {
      self.name = name
      self.keyType = keyType
      self.keys = keys
      self.stringKeys = stringKeys
      self.values = values
    }
  }

  /// A value or none.
  public struct OptionalProto: Sendable, Hashable {
    public var name: String
    public var kind: HolderKind
    public var value: Value?

    /// An optional that holds `value`.
    public init(name: String = "", kind: HolderKind = .undefined, value: Value? = nil) {
      self.name = name
      self.kind = kind
      self.value = value
    }

    /// What it can hold.
    public indirect enum Value: Sendable, Hashable {
      /// A tensor.
      case tensor(TensorProto)
      /// A tensor that is mostly zero.
      case sparseTensor(SparseTensorProto)
      /// A sequence.
      case sequence(SequenceProto)
      /// A map.
      case map(MapProto)
      /// Another optional.
      case optional(OptionalProto)
    }
  }
}

extension ONNX.SequenceProto {
  /// Reads a sequence that stands alone.
  public init(_ bytes: ByteSlice, name: String) throws(TensorError) {
    var reader = ProtobufReader(bytes, name: name, message: "the sequence")
    try self.init(&reader)
  }

  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init()
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try reader.string(field)
      case 2: kind = ONNX.HolderKind(rawValue: try reader.integer32(field)) ?? .undefined
      case 3: tensorValues.append(try reader.message(field, "a tensor of a sequence", ONNX.TensorProto.init))
      case 4:
        sparseTensorValues.append(try reader.message(field, "a tensor of a sequence", ONNX.SparseTensorProto.init))
      case 5: sequenceValues.append(try reader.message(field, "a sequence", ONNX.SequenceProto.init))
      case 6: mapValues.append(try reader.message(field, "a map", ONNX.MapProto.init))
      case 7: optionalValues.append(try reader.message(field, "an optional", ONNX.OptionalProto.init))
      default: try reader.skip(field)
      }
    }
  }
}

extension ONNX.MapProto {
  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init()
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try reader.string(field)
      case 2: keyType = try reader.integer32(field)
      case 3: try reader.append(field, to: &keys)
      case 4: stringKeys.append(try reader.string(field))
      case 5: values = try reader.message(field, "the values of a map", ONNX.SequenceProto.init)
      default: try reader.skip(field)
      }
    }
  }
}

extension ONNX.OptionalProto {
  /// Reads an optional that stands alone.
  public init(_ bytes: ByteSlice, name: String) throws(TensorError) {
    var reader = ProtobufReader(bytes, name: name, message: "the optional")
    try self.init(&reader)
  }

  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init()
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try reader.string(field)
      case 2: kind = ONNX.HolderKind(rawValue: try reader.integer32(field)) ?? .undefined
      case 3: value = .tensor(try reader.message(field, "a tensor", ONNX.TensorProto.init))
      case 4: value = .sparseTensor(try reader.message(field, "a sparse tensor", ONNX.SparseTensorProto.init))
      case 5: value = .sequence(try reader.message(field, "a sequence", ONNX.SequenceProto.init))
      case 6: value = .map(try reader.message(field, "a map", ONNX.MapProto.init))
      case 7: value = .optional(try reader.message(field, "an optional", ONNX.OptionalProto.init))
      default: try reader.skip(field)
      }
    }
  }
}
