import ApusCore

extension ONNX {
  /// An attribute of a node: a name and a value that is part of the model.
  public struct AttributeProto: Sendable, Hashable {
    public var name: String
    public var value: Value
    public var docString: String

    /// An attribute of that name and value.
    public init(_ name: String, _ value: Value, docString: String = "") {
      self.name = name
      self.value = value
      self.docString = docString
    }

    /// The types of values. The raw values are the format's numbers.
    public enum Kind: Int32, Sendable, Hashable {
      /// Not said; old models leave it out.
      case undefined = 0
      /// Single values and lists of them.
      case float, int, string, tensor, graph, floats, ints, strings, tensors, graphs
      /// Sparse tensors and types of values.
      case sparseTensor, sparseTensors, type, types
    }

    /// A value of an attribute.
    public indirect enum Value: Sendable, Hashable {
      /// A number.
      case float(Float)
      /// A whole number.
      case int(Int64)
      /// A text.
      case string(String)
      /// A tensor.
      case tensor(TensorProto)
      /// A graph, such as the body of a loop.
      case graph(GraphProto)
      /// Numbers.
      case floats([Float])
      /// Whole numbers.
      case ints([Int64])
      /// Texts.
      case strings([String])
      /// Tensors.
      case tensors([TensorProto])
      /// Graphs.
      case graphs([GraphProto])
      /// A tensor that is mostly zero.
      case sparseTensor(SparseTensorProto)
      /// Tensors that are mostly zero.
      case sparseTensors([SparseTensorProto])
      /// The type of a value.
      case type(TypeProto)
      /// Types of values.
      case types([TypeProto])
      /// In a function: the value of that attribute of the node that calls it.
      case reference(String, Kind)

      /// The type of the value.
      public var kind: Kind {
        switch self {
        case .float: .float
        case .int: .int
        case .string: .string
        case .tensor: .tensor
        case .graph: .graph
        case .floats: .floats
        case .ints: .ints
        case .strings: .strings
        case .tensors: .tensors
        case .graphs: .graphs
        case .sparseTensor: .sparseTensor
        case .sparseTensors: .sparseTensors
        case .type: .type
        case .types: .types
        case .reference(_, let kind): kind
        }
      }
    }
  }
}

extension ONNX.AttributeProto {
  init(_ reader: inout ProtobufReader) throws(TensorError) {
    self.init("", .ints([]))
    var said: Kind?
    var reference = ""
    var single: Value?
    var (floats, ints, strings): ([Float], [Int64], [String]) = ([], [], [])
    var (tensors, graphs): ([ONNX.TensorProto], [ONNX.GraphProto]) = ([], [])
    var (sparseTensors, types): ([ONNX.SparseTensorProto], [ONNX.TypeProto]) = ([], [])
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try reader.string(field)
      case 2: single = .float(try reader.float(field))
      case 3: single = .int(try reader.integer(field))
      case 4: single = .string(try reader.string(field))
      case 5: single = .tensor(try reader.message(field, "the attribute '\(name)'", ONNX.TensorProto.init))
      case 6: single = .graph(try reader.message(field, "the graph '\(name)'", ONNX.GraphProto.init))
      case 7: try reader.append(field, to: &floats)
      case 8: try reader.append(field, to: &ints)
      case 9: strings.append(try reader.string(field))
      case 10: tensors.append(try reader.message(field, "the attribute '\(name)'", ONNX.TensorProto.init))
      case 11: graphs.append(try reader.message(field, "the attribute '\(name)'", ONNX.GraphProto.init))
      case 13: docString = try reader.string(field)
      case 14: single = .type(try reader.message(field, "the attribute '\(name)'", ONNX.TypeProto.init))
      case 15: types.append(try reader.message(field, "the attribute '\(name)'", ONNX.TypeProto.init))
      case 20:
        let number = try reader.integer32(field)
        guard let kind = Kind(rawValue: number) else {
          throw reader.error("the attribute '\(name)' has the type \(number), which does not exist", at: field.position)
        }
        said = kind == .undefined ? nil : kind
      case 21: reference = try reader.string(field)
      case 22:
        single = .sparseTensor(try reader.message(field, "the attribute '\(name)'", ONNX.SparseTensorProto.init))
      case 23:
        sparseTensors.append(try reader.message(field, "the attribute '\(name)'", ONNX.SparseTensorProto.init))
      default: try reader.skip(field)
      }
    }
    if !reference.isEmpty {
      value = .reference(reference, said ?? .undefined)
      return
    }
    let lists: [(Value, isEmpty: Bool)] = [
      (.floats(floats), floats.isEmpty), (.ints(ints), ints.isEmpty), (.strings(strings), strings.isEmpty),
      (.tensors(tensors), tensors.isEmpty), (.graphs(graphs), graphs.isEmpty),
      (.sparseTensors(sparseTensors), sparseTensors.isEmpty), (.types(types), types.isEmpty),
    ]
    let found = single ?? lists.first { !$0.isEmpty }?.0
    if let said, said != found?.kind {
      // A value that is not written is the type's zero; one of another type is a mistake.
      let zero: Value? =
        switch said {
        case .float: .float(0)
        case .int: .int(0)
        case .string: .string("")
        default: lists.first { $0.0.kind == said }?.0
        }
      guard found == nil, let zero else {
        throw reader.error(
          "the attribute '\(name)' is said to be of type \(said), and has \(found.map { "a value of type \($0.kind)" } ?? "no value")"
        )
      }
      value = zero
    } else if let found {
      value = found
    }
  }
}
