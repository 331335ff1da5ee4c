import ApusCore

extension ONNX {
  /// A tensor's name, type, shape and elements. The elements stand in one of the lists, or in `rawData`, or in another file.
  public struct TensorProto: Sendable, Hashable {
    public var name: String
    public var dims: [Int64]
    /// The number of the element type, see ``ONNX/DataType``.
    public var dataType: Int32
    public var floatData: [Float]
    /// Also the elements of types of 8 and 16 bits, and, packed into bytes, those of smaller ones.
    public var int32Data: [Int32]
    public var int64Data: [Int64]
    public var doubleData: [Double]
    public var uint64Data: [UInt64]
    public var stringData: [String]
    /// The elements in row-major order, little endian.
    public var rawData: ByteSlice?
    /// Where the elements lie in another file, if `isExternal`: `location`, `offset`, `length`, `checksum`.
    public var externalData: [StringEntry]
    public var isExternal: Bool
    /// Whether this is said to be a part of a larger tensor.
    public var isSegment: Bool
    public var docString: String
    public var metadataProps: [StringEntry]

    /// A tensor of the parts given.
    public init(
      name: String = "", dims: [Int64] = [], dataType: Int32 = 0, floatData: [Float] = [], int32Data: [Int32] = [],
      int64Data: [Int64] = [], doubleData: [Double] = [], uint64Data: [UInt64] = [], stringData: [String] = [],
      rawData: ByteSlice? = nil, externalData: [StringEntry] = [], isExternal: Bool = false, isSegment: Bool = false,
      docString: String = "", metadataProps: [StringEntry] = []
    ) {
      self.name = name
      self.dims = dims
      self.dataType = dataType
      self.floatData = floatData
      self.int32Data = int32Data
      self.int64Data = int64Data
      self.doubleData = doubleData
      self.uint64Data = uint64Data
      self.stringData = stringData
      self.rawData = rawData
      self.externalData = externalData
      self.isExternal = isExternal
      self.isSegment = isSegment
      self.docString = docString
      self.metadataProps = metadataProps
    }
  }

  /// A tensor that is zero but for some elements: their values and their positions, either in row-major order or as one
  /// row of coordinates each.
  public struct SparseTensorProto: Sendable, Hashable {
    public var values: TensorProto
    public var indices: TensorProto
    public var dims: [Int64]

    /// A sparse tensor of the parts given; its name is that of `values`.
    public init(values: TensorProto = .init(), indices: TensorProto = .init(), dims: [Int64] = []) {
      self.values = values
      self.indices = indices
      self.dims = dims
    }
  }
}

extension ONNX.TensorProto {
  /// Reads a tensor that stands alone, as in the files `input_0.pb` of test data.
  /// - Parameter name: what errors name, usually the file.
  /// - Throws: `TensorError` of kind `format` that names the byte where the message is damaged.
  public init(_ bytes: ByteSlice, name: String) throws(TensorError) {
    var reader = ProtobufReader(bytes, name: name, message: "the tensor")
    try self.init(&reader)
  }

  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init()
    while let field = try reader.next() {
      switch field.number {
      case 1: try reader.append(field, to: &dims)
      case 2: dataType = try reader.integer32(field)
      case 3:
        isSegment = true
        try reader.skip(field)
      case 4: try reader.append(field, to: &floatData)
      case 5: try reader.append(field, to: &int32Data)
      case 6: stringData.append(try reader.string(field))
      case 7: try reader.append(field, to: &int64Data)
      case 8: name = try reader.string(field)
      case 9: rawData = try reader.bytes(field)
      case 10: try reader.append(field, to: &doubleData)
      case 11: try reader.append(field, to: &uint64Data)
      case 12: docString = try reader.string(field)
      case 13: externalData.append(try reader.entry(field))
      case 14: isExternal = try reader.integer(field) == 1
      case 16: metadataProps.append(try reader.entry(field))
      default: try reader.skip(field)
      }
    }
  }
}

extension ONNX.SparseTensorProto {
  /// Reads a sparse tensor that stands alone.
  public init(_ bytes: ByteSlice, name: String) throws(TensorError) {
    var reader = ProtobufReader(bytes, name: name, message: "the sparse tensor")
    try self.init(&reader)
  }

  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init()
    while let field = try reader.next() {
      switch field.number {
      case 1: values = try reader.message(field, "the values of a sparse tensor", ONNX.TensorProto.init)
      case 2: indices = try reader.message(field, "the positions of a sparse tensor", ONNX.TensorProto.init)
      case 3: try reader.append(field, to: &dims)
      default: try reader.skip(field)
      }
    }
  }
}
