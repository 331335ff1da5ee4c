import ApusCore
import ApusFormats
import ApusNN

/// An ONNX model as a module: its initialisers are parameters and buffers under their names, and a call runs its graph.
///
///     let model = try ONNXModel(path: "network.onnx")
///     print(model.inputs, model.outputs)
///     let y = model(x)                                              // the first input and the first output
///     let results = try model.run(["ids": ids, "mask": mask])       // by name
///
/// Floating-point initialisers of at least one dimension are parameters, which gradients flow to; statistics of normalisation
/// are buffers. Whole numbers and single numbers are constants of the graph: those of several elements are listed as buffers,
/// and the graph keeps the values that they were loaded with. What depends on constants alone is computed when the model is loaded.
///
/// The format is https://onnx.ai/onnx/repo-docs/IR.html.
public final class ONNXModel: Layer {
  /// An input or output of the graph.
  public struct Port: Sendable, Hashable, CustomStringConvertible {
    /// Its name in the graph.
    public let name: String
    /// Its type, as far as the model says.
    public let type: ONNX.TypeProto?
    /// Whether the model has a value for it where none is given.
    public let isOptional: Bool

    /// The name and the type, such as `x: float32 [batch, 3, 224, 224]`.
    public var description: String { type.map { "\(name): \($0.text)" } ?? name }
  }

  private let variables: [String: Tensor]
  /// What runs, where a search for parameters does not look.
  private let held: @Sendable () -> ONNXGraph
  /// The parameters and buffers in the order of their names.
  private let ordered: @Sendable () -> [Tensor]
  /// How the graph runs without gradients, for the values that parameters and buffers had when it was made.
  private let frozen = Lock<Frozen?>(nil)
  /// What errors name: the file.
  private let origin: String
  /// What the file says of itself: producer, versions, metadata. Its graph and functions are left out.
  public let header: ONNX.ModelProto
  /// The module's state.
  public let state = ModuleState()

  public static var stateNames: [String: String] { ["variables": ""] }

  /// Reads the model in a file, and the files with its external data beside it.
  /// - Throws: `TensorError` that names the file and the place: of kind `file` when one cannot be read, `format` when the model
  ///   is damaged or contradicts itself, `unsupported` when it has an operator that is not known, by its node's name, its
  ///   domain and its version.
  public convenience init(path: String) throws(TensorError) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { path[..<$0].isEmpty ? "/" : String(path[..<$0]) } ?? "."
    try self.init(try ONNX.ModelProto(path: path), name: path, folder: folder)
  }

  /// Makes a module of a model in memory.
  /// - Parameters:
  ///   - name: what errors name.
  ///   - folder: where files with external data lie, if there are such.
  /// - Throws: as ``init(path:)``.
  public init(_ model: ONNX.ModelProto, name: String = "ONNX", folder: String? = nil) throws(TensorError) {
    let build = ONNXBuild(name: name, folder: folder)
    build.initialisersAreInputs = model.irVersion < 4
    build.opsets = try Self.opsets(model, name)
    build.functions = try ONNXFunctions(model.functions, name: name, folder: folder)
    guard let graph = model.graph else { throw build.error("the model has no graph") }
    let ready = try ONNXGraphBuilder.graph(graph, build)
    held = { ready }
    let variables = build.variables
    self.variables = variables
    let list = variables.sorted { $0.key < $1.key }.map(\.value)
    ordered = { list }
    origin = name
    var header = model
    header.graph = nil
    header.functions = []
    self.header = header
    eval()
  }

  private static func opsets(_ model: ONNX.ModelProto, _ name: String) throws(TensorError) -> [String: Int] {
    var opsets: [String: Int] = [:]
    for set in model.opsetImport {
      let domain = ONNXOperatorTable.plainDomain(set.domain)
      let shown = domain.isEmpty ? "ai.onnx" : domain
      guard set.version > 0, set.version <= ONNXOperatorTable.newest[domain].map(Int64.init) ?? Int64(Int32.max) else {
        let newest = ONNXOperatorTable.newest[domain].map { "; the newest known is \($0)" } ?? ""
        throw TensorError(
          .unsupported, name, "the model imports version \(set.version) of the operators of '\(shown)'\(newest)")
      }
      opsets[domain] = max(opsets[domain] ?? 0, Int(set.version))
    }
    // The first versions of the format had no list of operator sets.
    if model.opsetImport.isEmpty, model.irVersion < 3 { opsets[""] = 1 }
    return opsets
  }

  package var graph: ONNXGraph { held() }

  /// What the graph takes, in order.
  public var inputs: [Port] {
    graph.inputs.map { Port(name: $0.name, type: $0.type, isOptional: $0.standard != nil) }
  }

  /// What the graph gives, in order.
  public var outputs: [Port] { graph.outputs.map { Port(name: $0.name, type: $0.type, isOptional: false) } }

  public var extraRepresentation: String {
    let ports =
      "inputs=[\(inputs.map(\.description).joined(separator: ", "))], "
      + "outputs=[\(outputs.map(\.description).joined(separator: ", "))]"
    var counts: [String: Int] = [:]
    for step in graph.steps { counts[step.node.opType, default: 0] += 1 }
    let operators = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return "\(ports), nodes=\(graph.steps.count): "
      + operators.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }

  // MARK: - Calls

  /// The first output for the first input; the others have values of their own or are not used.
  public func forward(_ x: Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in
      let results = try compute([.tensor(x)])
      guard case .tensor(let y)? = results.first else {
        throw TensorError(.value, origin, "the first output is no tensor of numbers; use run(_:), which gives all")
      }
      return y
    }
  }

  /// The outputs by name for tensors by name.
  /// - Throws: `TensorError` that names the input that is missing, unknown or of another type than the model asks for, or
  ///   the node that cannot compute; also when an output is no tensor of numbers, which ``run(values:)`` gives.
  public func run(_ inputs: [String: Tensor]) throws(TensorError) -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (name, value) in try run(values: inputs.mapValues { .tensor($0) }) {
      switch value {
      case .tensor(let tensor), .narrow(let tensor, _): tensors[name] = tensor
      default:
        throw TensorError(.value, origin, "the output '\(name)' is \(value.kindName); use run(values:), which gives it")
      }
    }
    return tensors
  }

  /// The outputs in order for values of any kind by name.
  /// - Throws: `TensorError` that names the input that is missing, unknown or of another type than the model asks for, or
  ///   the node that cannot compute.
  public func run(values: [String: ONNXValue]) throws(TensorError) -> [(name: String, value: ONNXValue)] {
    for name in values.keys.sorted() where !graph.inputs.contains(where: { $0.name == name }) {
      let known = graph.inputs.map { "'\($0.name)'" }.joined(separator: ", ")
      throw TensorError(.value, origin, "the model has no input '\(name)'; its inputs are \(known)")
    }
    let results = try compute(graph.inputs.map { values[$0.name] })
    return zip(graph.outputs, results).map { ($0.name, $1) }
  }

  /// The outputs in order for inputs in order.
  private func compute(_ values: [ONNXValue?]) throws(TensorError) -> [ONNXValue] {
    for (input, value) in zip(graph.inputs, values) {
      guard let value, let problem = input.type?.mismatch(value) else { continue }
      throw TensorError(.value, origin, "the input '\(input.name)' \(problem)")
    }
    let graph = asksForGradients(values) ? graph : frozenGraph()
    do { return try withErrors { try graph.run(values) } } catch let error as TensorError {
      throw TensorError(error.kind, origin, error.description)
    } catch {
      throw TensorError(.value, origin, "\(error)")
    }
  }

  // MARK: - Without gradients

  private struct Frozen: Sendable {
    let graph: ONNXGraph
    /// The elements that it was made of, in the order of the names.
    let elements: [Tensor]
  }

  /// Whether operations have to be those of the graph as it stands, with its parameters: gradients are recorded, a function is
  /// captured, or other tensors stand in for the parameters.
  private func asksForGradients(_ values: [ONNXValue?]) -> Bool {
    let (ordered, onHost) = (ordered(), Device.cpu)
    if ordered.contains(where: { $0.device != onHost }) { return true }
    if values.contains(where: { $0?.tensor.map { $0.device != onHost } ?? false }) { return true }
    guard let context = Context.current else { return isTrainedNow(values) }
    if context.isBatching || context.substitutes != nil { return true }
    // Captures follow the parameters, but for those of layers of integers, which have no gradients and are to be such layers.
    if context.tracer != nil { return !graph.hasIntegerLayers }
    return context.gradientEnabled && isTrainedNow(values)
  }

  private func isTrainedNow(_ values: [ONNXValue?]) -> Bool {
    ordered().contains(where: \.requiresGrad) || values.contains { $0?.tensor?.requiresGrad ?? false }
  }

  /// The graph for the present parameters, made when they have changed.
  private func frozenGraph() -> ONNXGraph {
    let present = ordered().map(\.elementsOnly)
    if let known = frozen.withLock({ $0 }), known.elements.count == present.count,
      zip(known.elements, present).allSatisfy({ $0.body.data == $1.body.data && $0.dtype == $1.dtype })
    {
      return known.graph
    }
    // Written parameters lie elsewhere as long as the elements before are kept here.
    let made = noGrad { graph.frozen() }
    frozen.withLock { $0 = Frozen(graph: made, elements: present) }
    return made
  }
}
