import ApusCore

extension ONNX {
  /// A version of a set of operators that a model or a function uses.
  public struct OperatorSetID: Sendable, Hashable {
    /// The set's name; empty for the operators of ONNX itself.
    public var domain: String
    public var version: Int64

    /// The set of ONNX's own operators has the domain "".
    public init(domain: String = "", version: Int64) {
      self.domain = domain
      self.version = version
    }
  }

  /// A model: a graph, and what it needs to be understood.
  public struct ModelProto: Sendable, Hashable {
    /// The version of the format.
    public var irVersion: Int64
    public var opsetImport: [OperatorSetID]
    public var producerName: String
    public var producerVersion: String
    public var domain: String
    public var modelVersion: Int64
    public var docString: String
    public var graph: GraphProto?
    public var metadataProps: [StringEntry]
    public var functions: [FunctionProto]
    public var trainingInfo: [TrainingInfoProto]

    /// A model of the parts given.
    public init(
      irVersion: Int64 = 10, opsetImport: [OperatorSetID] = [], producerName: String = "", producerVersion: String = "",
      domain: String = "", modelVersion: Int64 = 0, docString: String = "", graph: GraphProto? = nil,
      metadataProps: [StringEntry] = [], functions: [FunctionProto] = [], trainingInfo: [TrainingInfoProto] = []
    ) {
      self.irVersion = irVersion
      self.opsetImport = opsetImport
      self.producerName = producerName
      self.producerVersion = producerVersion
      self.domain = domain
      self.modelVersion = modelVersion
      self.docString = docString
      self.graph = graph
      self.metadataProps = metadataProps
      self.functions = functions
      self.trainingInfo = trainingInfo
    }
  }

  /// How a model is trained: two graphs, and which results go into which initialisers.
  public struct TrainingInfoProto: Sendable, Hashable {
    public var initialization: GraphProto?
    public var algorithm: GraphProto?
    public var initializationBinding: [StringEntry]
    public var updateBinding: [StringEntry]

    /// Training information of the parts given.
    public init(
      initialization: GraphProto? = nil, algorithm: GraphProto? = nil, initializationBinding: [StringEntry] = [],
      updateBinding: [StringEntry] = []
    ) {
      self.initialization = initialization
      self.algorithm = algorithm
      self.initializationBinding = initializationBinding
      self.updateBinding = updateBinding
    }
  }

  /// A function: an operator that is a list of nodes.
  public struct FunctionProto: Sendable, Hashable {
    public var name: String
    public var domain: String
    public var overload: String
    public var input: [String]
    public var output: [String]
    /// The names of attributes without a value that holds where none is given.
    public var attribute: [String]
    /// Attributes with such values.
    public var attributeProto: [AttributeProto]
    public var node: [NodeProto]
    public var docString: String
    public var opsetImport: [OperatorSetID]
    public var valueInfo: [ValueInfoProto]
    public var metadataProps: [StringEntry]

    /// A function of the parts given.
    public init(
      name: String = "", domain: String = "", overload: String = "", input: [String] = [], output: [String] = [],
      attribute: [String] = [], attributeProto: [AttributeProto] = [], node: [NodeProto] = [], docString: String = "",
      opsetImport: [OperatorSetID] = [], valueInfo: [ValueInfoProto] = [], metadataProps: [StringEntry] = []
    ) {
      self.name = name
      self.domain = domain
      self.overload = overload
      self.input = input
      self.output = output
      self.attribute = attribute
      self.attributeProto = attributeProto
      self.node = node
      self.docString = docString
      self.opsetImport = opsetImport
      self.valueInfo = valueInfo
      self.metadataProps = metadataProps
    }
  }
}

extension ONNX.ModelProto {
  /// Reads a model.
  /// - Parameter name: what errors name, usually the file.
  /// - Throws: `TensorError` of kind `format` that names the byte where the message is damaged.
  public init(_ bytes: ByteSlice, name: String) throws(TensorError) {
    guard !bytes.isEmpty else { throw TensorError(.format, name, "the file is empty; an ONNX model was expected") }
    var reader = ProtobufReader(bytes, name: name, message: "the model")
    try self.init(&reader)
    guard graph != nil || !functions.isEmpty else {
      throw TensorError(.format, name, "there is no graph in it; this is no ONNX model")
    }
  }

  /// Reads the model in a file, which stays mapped as long as tensors of it are used.
  public init(path: String) throws(TensorError) {
    try self.init(ByteSlice(try MappedFile(path: path)), name: path)
  }

  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init(irVersion: 0)
    while let field = try reader.next() {
      switch field.number {
      case 1: irVersion = try reader.integer(field)
      case 2: producerName = try reader.string(field)
      case 3: producerVersion = try reader.string(field)
      case 4: domain = try reader.string(field)
      case 5: modelVersion = try reader.integer(field)
      case 6: docString = try reader.string(field)
      case 7: graph = try reader.message(field, "the graph", ONNX.GraphProto.init)
      case 8: opsetImport.append(try reader.message(field, "an operator set", ONNX.OperatorSetID.init))
      case 14: metadataProps.append(try reader.entry(field))
      case 20: trainingInfo.append(try reader.message(field, "training information", ONNX.TrainingInfoProto.init))
      case 25: functions.append(try reader.message(field, "a function", ONNX.FunctionProto.init))
      default: try reader.skip(field)
      }
    }
  }
}

extension ONNX.OperatorSetID {
  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init(version: 0)
    while let field = try reader.next() {
      switch field.number {
      case 1: domain = try reader.string(field)
      case 2: version = try reader.integer(field)
      default: try reader.skip(field)
      }
    }
  }
}

extension ONNX.TrainingInfoProto {
  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init()
    while let field = try reader.next() {
      switch field.number {
      case 1: initialization = try reader.message(field, "the graph of initialisation", ONNX.GraphProto.init)
      case 2: algorithm = try reader.message(field, "the graph of training", ONNX.GraphProto.init)
      case 3: initializationBinding.append(try reader.entry(field))
      case 4: updateBinding.append(try reader.entry(field))
      default: try reader.skip(field)
      }
    }
  }
}

extension ONNX.FunctionProto {
  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init()
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try reader.string(field)
      case 4: input.append(try reader.string(field))
      case 5: output.append(try reader.string(field))
      case 6: attribute.append(try reader.string(field))
      case 7: node.append(try reader.message(field, "a node of the function '\(name)'", ONNX.NodeProto.init))
      case 8: docString = try reader.string(field)
      case 9: opsetImport.append(try reader.message(field, "an operator set", ONNX.OperatorSetID.init))
      case 10: domain = try reader.string(field)
      case 11: attributeProto.append(try reader.message(field, "an attribute", ONNX.AttributeProto.init))
      case 12: valueInfo.append(try reader.message(field, "a value's type", ONNX.ValueInfoProto.init))
      case 13: overload = try reader.string(field)
      case 14: metadataProps.append(try reader.entry(field))
      default: try reader.skip(field)
      }
    }
  }
}
