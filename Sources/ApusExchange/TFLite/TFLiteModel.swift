import ApusCore
import ApusFormats
import ApusNN

/// A TensorFlow Lite model as a module: a call runs its graph, in float32 also where the file holds numbers of 8 bits.
///
///     let model = try TFLiteModel(path: "face_detection_front.tflite")
///     print(model.inputs, model.outputs)
///     let results = try model.run([picture])            // [1, 128, 128, 3]: channels are the last dimension
///
/// Data lies as TensorFlow has it: pictures are `[batch, height, width, channels]`. Constants of floating point, and those that
/// the file holds in 16 or 8 bits or without their zeros, are float32 parameters under their names. Tensors of 8 or 16 bits
/// (int8, uint8, int16 models) are computed in float32 and brought to the nearest number that the file's scale has; inputs and
/// outputs of these types are stored numbers, as TensorFlow Lite takes and gives them. Products of numbers of floating point with weights of
/// 8 bits use numbers on 256 steps, as its kernels do.
public final class TFLiteModel: Layer {
  /// An input or output.
  public struct Port: Sendable, Hashable, CustomStringConvertible {
    /// The name in the file.
    public let name: String
    /// The type that is taken or given.
    public let dtype: DType
    /// Its shape; -1 stands for any size.
    public let shape: [Int]

    /// The name, type and shape, such as `input: float32 [1, 128, 128, 3]`.
    public var description: String { "\(name): \(dtype) \(shape)" }
  }

  private struct Step: Sendable {
    let title: String
    let name: String
    let kernel: TFLiteOperator.Kernel
    let inputs: [Int]
    let outputs: [Int]
    /// The tensors that nobody needs after this step.
    var frees: [Int] = []
  }

  private let variables: [String: Tensor]
  /// What errors name.
  private let origin: String
  private let steps: [Step]
  private let constants: [Int: Tensor]
  private let quantisers: [TFLiteQuantiser?]
  private let inputTensors: [Int]
  private let outputTensors: [Int]
  /// What the model takes, in order.
  public let inputs: [Port]
  /// What the model gives, in order.
  public let outputs: [Port]
  /// The description in the file, often what converted it.
  public let modelDescription: String
  /// The module's state.
  public let state = ModuleState()

  public static var stateNames: [String: String] { ["variables": ""] }

  /// Reads the model in a file, also one compressed with gzip or zstd; `~` is the home folder.
  /// - Throws: `TensorError` that names the file and the place: of kind `file` when it cannot be read, `format` when it is damaged
  ///   or contradicts itself, `unsupported` when it has operators that are not known, all of which are named.
  public init(path: String) throws(TensorError) {
    let file = try TFLiteFile(path: path)
    let graph = file.graphs[0]
    let unknown = graph.operators.filter { TFLiteOperator.table[$0.code] == nil && $0.code != 124 }
    guard unknown.isEmpty else {
      let names = unknown.map { $0.code == 32 ? "custom operator '\($0.custom)'" : "operator number \($0.code)" }
      throw TensorError(
        .unsupported, path, "the model has operators that are not known: \(Set(names).sorted().joined(separator: ", "))"
      )
    }
    let build = TFLiteBuild(file, graph)
    try build.readConstants()
    var steps: [Step] = []
    for (index, operation) in graph.operators.enumerated() {
      let name = TFLiteOperator.table[operation.code]?.name ?? "DENSIFY"
      let node = TFLiteNode(index: index, name: name, file: file, operation: operation, graph: graph)
      do {
        if try build.folds(node) { continue }
        guard let kernel = try TFLiteOperator.table[operation.code]?.prepare(node) else {
          throw TensorError(.unsupported, "", "it is read for constants only")
        }
        steps.append(
          Step(title: node.title, name: name, kernel: kernel, inputs: operation.inputs, outputs: operation.outputs))
      } catch let error as TensorError {
        throw TensorError(error.kind, path, "\(node.title): \(error.description)")
      } catch {
        throw TensorError(.value, path, "\(node.title): \(error)")
      }
    }
    let constants = build.constants
    var known = Set(constants.keys).union(graph.inputs)
    for step in steps {
      for input in step.inputs where input >= 0 && !known.contains(input) {
        throw TensorError(
          .format, path, "\(step.title): the input '\(graph.tensors[input].name)' is not computed before")
      }
      known.formUnion(step.outputs)
    }
    if let missing = graph.outputs.first(where: { !known.contains($0) }) {
      throw TensorError(.format, path, "the output '\(graph.tensors[missing].name)' is not computed")
    }
    self.steps = Self.freeing(steps, keeping: Set(graph.outputs))
    self.constants = constants
    variables = build.variables
    quantisers = graph.tensors.map { TFLiteQuantiser($0) }
    origin = path
    modelDescription = file.description
    (inputTensors, outputTensors) = (graph.inputs, graph.outputs)
    inputs = try Self.ports(graph, graph.inputs, path)
    outputs = try Self.ports(graph, graph.outputs, path)
    eval()
  }

  private static func ports(
    _ graph: TFLiteFile.Graph, _ tensors: [Int], _ path: String
  ) throws(TensorError) -> [Port] {
    try tensors.map { i throws(TensorError) in
      let tensor = graph.tensors[i]
      guard let dtype = tensor.element.dtype else {
        throw TensorError(
          .unsupported, path, "the tensor '\(tensor.name)' is of type \(tensor.element), which is not read")
      }
      let shape = tensor.signature.count == tensor.shape.count ? tensor.signature : tensor.shape
      return Port(name: tensor.name, dtype: dtype, shape: shape)
    }
  }

  private static func freeing(_ steps: [Step], keeping outputs: Set<Int>) -> [Step] {
    var (steps, needed) = (steps, outputs)
    for i in steps.indices.reversed() {
      for input in steps[i].inputs where input >= 0 && needed.insert(input).inserted { steps[i].frees.append(input) }
    }
    return steps
  }

  public var extraRepresentation: String {
    var counts: [String: Int] = [:]
    for step in steps { counts[step.name, default: 0] += 1 }
    let operators = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
    return "inputs=[\(inputs.map(\.description).joined(separator: ", "))], "
      + "outputs=[\(outputs.map(\.description).joined(separator: ", "))], "
      + "operators=\(steps.count): \(operators.joined(separator: ", "))"
  }

  // MARK: - Calls

  /// The first output for one input.
  public func forward(_ x: Tensor) -> Tensor {
    attempt(x) { () throws(TensorError) in
      guard let first = try run([x]).first else { throw TensorError(.value, origin, "the model has no output") }
      return first
    }
  }

  /// The outputs in order for inputs in order.
  /// - Throws: `TensorError` that names the input that is missing or of another shape or type, or the operator that cannot
  ///   compute.
  public func run(_ tensors: [Tensor]) throws(TensorError) -> [Tensor] {
    guard tensors.count == inputs.count else {
      throw TensorError(
        .value, origin, "the model has \(inputs.count) inputs, and \(tensors.count) are given: \(inputs)")
    }
    var values = constants
    for (i, (port, tensor)) in zip(inputs, tensors).enumerated() {
      values[inputTensors[i]] = try taken(tensor, port, quantisers[inputTensors[i]])
    }
    do {
      return try withErrors { try compute(&values) }
    } catch let error as TensorError {
      throw TensorError(error.kind, origin, error.description)
    } catch {
      throw TensorError(.value, origin, "\(error)")
    }
  }

  private func taken(_ tensor: Tensor, _ port: Port, _ quantiser: TFLiteQuantiser?) throws(TensorError) -> Tensor {
    let fits =
      tensor.rank == port.shape.count
      && zip(tensor.shape, port.shape).enumerated().allSatisfy { i, sizes in
        // Graphs of fixed shapes compute any number of batches alike, as far as their operators do.
        sizes.0 == sizes.1 || sizes.1 == -1 || i == 0 && sizes.1 == 1
      }
    guard fits, tensor.dtype == port.dtype || quantiser != nil && tensor.dtype == .float32 else {
      throw TensorError(
        .shape, origin,
        "the input '\(port.name)' is to be \(port.dtype) \(port.shape), and is \(tensor.dtype) \(tensor.shape)")
    }
    guard let quantiser else { return tensor }
    return tensor.dtype == .float32 ? quantiser.snapped(tensor) : quantiser.numbers(tensor)
  }

  private func compute(_ values: inout [Int: Tensor]) throws -> [Tensor] {
    for step in steps {
      let results: [Tensor]
      do {
        results = try step.kernel(TFLiteCall(inputs: step.inputs.map { $0 < 0 ? nil : values[$0] }))
        if let error = Context.current?.errors?.first { throw error }
        for result in results { try ResultMemory.require(result.shape, result.dtype) }
        guard results.count >= step.outputs.count else {
          throw TensorError(.value, "", "it gives \(results.count) of \(step.outputs.count) results")
        }
      } catch let error as TensorError {
        throw TensorError(error.kind, "", "\(step.title): \(error.description)")
      }
      for (output, result) in zip(step.outputs, results) {
        values[output] = quantisers[output].map { $0.snapped(result) } ?? result
      }
      for tensor in step.frees { values[tensor] = nil }
    }
    return try zip(outputTensors, outputs).map { tensor, port in
      guard let value = values[tensor] else { throw TensorError(.value, "", "the output '\(port.name)' has no value") }
      return quantisers[tensor].map { $0.stored(value) } ?? value.contiguous()
    }
  }
}
