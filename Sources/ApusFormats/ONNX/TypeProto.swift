import ApusCore

extension ONNX {
  /// The name and type of a value.
  public struct ValueInfoProto: Sendable, Hashable {
    public var name: String
    public var type: TypeProto?
    public var docString: String
    public var metadataProps: [StringEntry]

    /// A value of that name and type.
    public init(_ name: String = "", type: TypeProto? = nil, docString: String = "", metadataProps: [StringEntry] = [])
    {
      self.name = name
      self.type = type
      self.docString = docString
      self.metadataProps = metadataProps
    }
  }

  /// The type of a value.
  public struct TypeProto: Sendable, Hashable {
    public var value: Value
    public var denotation: String

    /// A type.
    public init(_ value: Value, denotation: String = "") {
      self.value = value
      self.denotation = denotation
    }

    /// The kinds of values.
    public indirect enum Value: Sendable, Hashable {
      /// The element type's number is ``ONNX/DataType``'s; without a shape not even the number of dimensions is known.
      case tensor(elementType: Int32, shape: [Dimension]?)
      /// A tensor that is mostly zero.
      case sparseTensor(elementType: Int32, shape: [Dimension]?)
      /// A list of values of one type.
      case sequence(TypeProto?)
      /// Values by keys of whole numbers or text.
      case map(keyType: Int32, TypeProto?)
      /// A value or none.
      case optional(TypeProto?)
      /// A type that only its domain knows.
      case opaque(domain: String, name: String)
      /// Not said.
      case unknown
    }
  }

  /// A dimension of a shape.
  public struct Dimension: Sendable, Hashable {
    public var size: Size
    public var denotation: String

    /// What is known of it.
    public enum Size: Sendable, Hashable {
      /// So many elements.
      case known(Int64)
      /// Any size, equal to that of other dimensions of the same name.
      case named(String)
      /// Any size.
      case unknown
    }

    /// A dimension.
    public init(_ size: Size, denotation: String = "") {
      self.size = size
      self.denotation = denotation
    }
  }
}

extension ONNX.ValueInfoProto {
  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init()
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try reader.string(field)
      case 2: type = try reader.message(field, "the type of '\(name)'", ONNX.TypeProto.init)
      case 3: docString = try reader.string(field)
      case 4: metadataProps.append(try reader.entry(field))
      default: try reader.skip(field)
      }
    }
  }
}

extension ONNX.TypeProto {
  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init(.unknown)
    while let field = try reader.next() {
      switch field.number {
      case 1:
        let (type, shape) = try reader.message(field, "a tensor's type", Self.tensorType)
        value = .tensor(elementType: type, shape: shape)
      case 8:
        let (type, shape) = try reader.message(field, "a sparse tensor's type", Self.tensorType)
        value = .sparseTensor(elementType: type, shape: shape)
      case 4: value = .sequence(try reader.message(field, "a sequence's type", Self.keyed).type)
      case 9: value = .optional(try reader.message(field, "an optional's type", Self.keyed).type)
      case 5:
        let (key, type) = try reader.message(field, "a map's type", Self.map)
        value = .map(keyType: key, type)
      case 6: denotation = try reader.string(field)
      case 7:
        let (domain, name) = try reader.message(field, "an opaque type", Self.opaque)
        value = .opaque(domain: domain, name: name)
      default: try reader.skip(field)
      }
    }
  }

  private static func tensorType(_ reader: inout ProtobufReader) throws(TensorError) -> (Int32, [ONNX.Dimension]?) {
    var type: Int32 = 0
    var shape: [ONNX.Dimension]?
    while let field = try reader.next() {
      switch field.number {
      case 1: type = try reader.integer32(field)
      case 2: shape = try reader.message(field, "a shape", Self.shape)
      default: try reader.skip(field)
      }
    }
    return (type, shape)
  }

  private static func shape(_ reader: inout ProtobufReader) throws(TensorError) -> [ONNX.Dimension] {
    var shape: [ONNX.Dimension] = []
    while let field = try reader.next() {
      switch field.number {
      case 1: shape.append(try reader.message(field, "a dimension", ONNX.Dimension.init))
      default: try reader.skip(field)
      }
    }
    return shape
  }

  private static func keyed(_ reader: inout ProtobufReader) throws(TensorError) -> (key: Int32, type: Self?) {
    var type: Self?
    while let field = try reader.next() {
      switch field.number {
      case 1: type = try reader.message(field, "an element's type", Self.init)
      default: try reader.skip(field)
      }
    }
    return (0, type)
  }

  private static func map(_ reader: inout ProtobufReader) throws(TensorError) -> (Int32, Self?) {
    var key: Int32 = 0
    var type: Self?
    while let field = try reader.next() {
      switch field.number {
      case 1: key = try reader.integer32(field)
      case 2: type = try reader.message(field, "a value's type", Self.init)
      default: try reader.skip(field)
      }
    }
    return (key, type)
  }

  private static func opaque(_ reader: inout ProtobufReader) throws(TensorError) -> (String, String) {
    var (domain, name) = ("", "")
    while let field = try reader.next() {
      switch field.number {
      case 1: domain = try reader.string(field)
      case 2: name = try reader.string(field)
      default: try reader.skip(field)
      }
    }
    return (domain, name)
  }
}

extension ONNX.Dimension {
  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init(.unknown)
    while let field = try reader.next() {
      switch field.number {
      case 1: size = .known(try reader.integer(field))
      case 2: size = .named(try reader.string(field))
      case 3: denotation = try reader.string(field)
      default: try reader.skip(field)
      }
    }
  }
}
