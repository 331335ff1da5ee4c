import ApusCore

extension ONNX {
  /// A graph: nodes in an order in which each uses only what stands before it, and the names of what goes in and out.
  public struct GraphProto: Sendable, Hashable {
    public var name: String
    public var node: [NodeProto]
    /// Values that are part of the model, by name.
    public var initializer: [TensorProto]
    public var sparseInitializer: [SparseTensorProto]
    public var input: [ValueInfoProto]
    public var output: [ValueInfoProto]
    /// Types of values between the nodes.
    public var valueInfo: [ValueInfoProto]
    public var quantizationAnnotation: [TensorAnnotation]
    public var docString: String
    public var metadataProps: [StringEntry]

    /// A graph of the parts given.
    public init(
      name: String = "", node: [NodeProto] = [], initializer: [TensorProto] = [],
      sparseInitializer: [SparseTensorProto] = [], input: [ValueInfoProto] = [], output: [ValueInfoProto] = [],
      valueInfo: [ValueInfoProto] = [], quantizationAnnotation: [TensorAnnotation] = [], docString: String = "",
      metadataProps: [StringEntry] = []
    ) {
      self.name = name
      self.node = node
      self.initializer = initializer
      self.sparseInitializer = sparseInitializer
      self.input = input
      self.output = output
      self.valueInfo = valueInfo
      self.quantizationAnnotation = quantizationAnnotation
      self.docString = docString
      self.metadataProps = metadataProps
    }
  }

  /// The names of the tensors that say how a tensor is quantised.
  public struct TensorAnnotation: Sendable, Hashable {
    public var tensorName: String
    public var quantParameterTensorNames: [StringEntry]

    /// An annotation of the tensor of that name.
    public init(tensorName: String = "", quantParameterTensorNames: [StringEntry] = []) {
      self.tensorName = tensorName
      self.quantParameterTensorNames = quantParameterTensorNames
    }
  }

  /// An operator's use: the names of its inputs and outputs, empty where one is left out, and its attributes.
  public struct NodeProto: Sendable, Hashable {
    public var name: String
    public var opType: String
    /// The operator set's name; empty for ONNX's own.
    public var domain: String
    public var overload: String
    public var input: [String]
    public var output: [String]
    public var attribute: [AttributeProto]
    public var docString: String
    public var metadataProps: [StringEntry]

    /// A node of the parts given.
    public init(
      _ opType: String = "", domain: String = "", overload: String = "", name: String = "", input: [String] = [],
      output: [String] = [], attribute: [AttributeProto] = [], docString: String = "",
      metadataProps: [StringEntry] = []
    ) {
      self.opType = opType
      self.domain = domain
      self.overload = overload
      self.name = name
      self.input = input
      self.output = output
      self.attribute = attribute
      self.docString = docString
      self.metadataProps = metadataProps
    }
  }
}

extension ONNX.GraphProto {
  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init()
    while let field = try reader.next() {
      switch field.number {
      case 1: node.append(try reader.message(field, "a node", ONNX.NodeProto.init))
      case 2: name = try reader.string(field)
      case 5: initializer.append(try reader.message(field, "an initializer", ONNX.TensorProto.init))
      case 10: docString = try reader.string(field)
      case 11: input.append(try reader.message(field, "an input", ONNX.ValueInfoProto.init))
      case 12: output.append(try reader.message(field, "an output", ONNX.ValueInfoProto.init))
      case 13: valueInfo.append(try reader.message(field, "a value's type", ONNX.ValueInfoProto.init))
      case 14:
        quantizationAnnotation.append(try reader.message(field, "an annotation", ONNX.TensorAnnotation.init))
      case 15:
        sparseInitializer.append(try reader.message(field, "a sparse initializer", ONNX.SparseTensorProto.init))
      case 16: metadataProps.append(try reader.entry(field))
      default: try reader.skip(field)
      }
    }
  }
}

extension ONNX.TensorAnnotation {
  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init()
    while let field = try reader.next() {
      switch field.number {
      case 1: tensorName = try reader.string(field)
      case 2: quantParameterTensorNames.append(try reader.entry(field))
      default: try reader.skip(field)
      }
    }
  }
}

extension ONNX.NodeProto {
  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init()
    while let field = try reader.next() {
      switch field.number {
      case 1: input.append(try reader.string(field))
      case 2: output.append(try reader.string(field))
      case 3: name = try reader.string(field)
      case 4: opType = try reader.string(field)
      case 5:
        attribute.append(try reader.message(field, "an attribute of the node '\(name)'", ONNX.AttributeProto.init))
      case 6: docString = try reader.string(field)
      case 7: domain = try reader.string(field)
      case 8: overload = try reader.string(field)
      case 9: metadataProps.append(try reader.entry(field))
      default: try reader.skip(field)
      }
    }
  }
}
