import ApusCompiler
import ApusCore
import ApusFormats
import ApusFunctional

/// A program from a file: a captured function with its weights, which runs without the source that it was made from. PyTorch's
/// `torch.export.load`, TensorFlow's SavedModel.
///
///     let program = try Program.load("digits.apus")
///     print(program.inputs)                  // [image: float32[batch, 1, 28, 28]]
///     let logits = try program(image)[0]
///
/// It runs as a compiled function: fused and planned for the arguments' shapes at the first call of these, on whatever device the
/// arguments lie. Weights stay in the file, mapped into memory. It may be called by several tasks at once. The format is described
/// in docs/formats/program-files.md; a file that is damaged or made to do harm is an error.
public final class Program: Sendable {
  /// An input or an output.
  public struct Port: Sendable, Hashable, CustomStringConvertible {
    /// What it is called.
    public let name: String
    /// The type of its elements.
    public let dtype: DType
    /// The size of each dimension.
    public let shape: [Dimension]

    public var description: String { "\(name): \(dtype)[\(shape.map(\.description).joined(separator: ", "))]" }
  }

  /// The size of a dimension.
  public enum Dimension: Sendable, Hashable, CustomStringConvertible {
    /// Always the same.
    case fixed(Int)
    /// Follows from the open sizes as the text says: `batch`, `2 * length`.
    case open(String)

    public var description: String {
      switch self {
      case .fixed(let size): "\(size)"
      case .open(let text): text
      }
    }

    init(_ expression: SizeExpression) {
      if case .number(let size) = expression { self = .fixed(size) } else { self = .open(expression.description) }
    }
  }

  /// A tensor that is part of the program: a weight, a number.
  public struct Constant: Sendable, Hashable {
    /// Its name in the state dictionary of the module, or another one.
    public let name: String
    /// The type of its elements.
    public let dtype: DType
    /// The size of each dimension.
    public let shape: [Dimension]
  }

  /// What the program is called.
  public let name: String
  /// The inputs in their order.
  public let inputs: [Port]
  /// The outputs in their order.
  public let outputs: [Port]
  /// The names of the sizes that are left open.
  public let sizes: [String]
  /// The tensors that are part of it.
  public let constants: [Constant]
  /// The operations in their order, those of a branch or loop behind it: the name in the format, and the path of the module whose call
  /// it is part of.
  public let operations: [(name: String, path: String)]

  private let body: ProgramBody
  private let compiled: CompiledFunction<[Tensor], [Tensor]>

  /// Reads the program file at `path` and checks all of it.
  /// - Parameter executor: what runs fused operations.
  /// - Throws: `TensorError` of kind `file` when the file cannot be read, of kind `format` when it is damaged or something else,
  ///   of kind `unsupported` when it needs a newer version of this library.
  public static func load(_ path: String, executor: CompileExecutor = .automatic) throws(TensorError) -> Program {
    let (contents, tensors) = try ProgramFile.read(path)
    return try Program(contents, tensors, path, executor)
  }

  /// The program in these bytes.
  package static func read(
    _ bytes: [UInt8], path: String = "program", executor: CompileExecutor = .automatic
  ) throws(TensorError) -> Program {
    let (contents, tensors) = try ProgramFile.read(FileContents(bytes, path: path), path)
    return try Program(contents, tensors, path, executor)
  }

  private init(
    _ contents: ProgramContents, _ tensors: [Tensor?], _ path: String, _ executor: CompileExecutor
  ) throws(TensorError) {
    func port(_ port: ProgramContents.Port) -> Port {
      let type = contents.values[port.value]
      return Port(name: port.name, dtype: type.dtype, shape: type.shape.map { Dimension($0) })
    }
    name = contents.name
    inputs = contents.inputs.map(port)
    outputs = contents.outputs.map(port)
    sizes = contents.sizes.map(\.name)
    constants = contents.constants.enumerated().map { i, constant in
      let type = contents.values[contents.inputs.count + i]
      return Constant(name: constant.name, dtype: type.dtype, shape: type.shape.map { Dimension($0) })
    }
    operations = contents.allOperations.map { ($0.name, $0.path) }
    let body = ProgramBody(contents, tensors)
    do { try body.check() } catch { throw TensorError(error.kind, path, error.message) }
    self.body = body
    compiled = compile(executor: executor, expectsShapes: !sizes.isEmpty) { (tensors: [Tensor]) in body.run(tensors) }
  }

  /// The outputs for inputs in their order.
  /// - Throws: `TensorError` that names the input which is of another type or shape than the program takes, or what went wrong in
  ///   an operation.
  public func callAsFunction(_ tensors: [Tensor]) throws -> [Tensor] {
    if let failed = poisoned(among: tensors) {
      // Its error was told where it was made.
      return outputs.map { _ in failed }
    }
    try body.prepare(tensors.map(\.type))
    return try withErrors { compiled(tensors.map { $0.contiguous() }) }
  }

  /// The outputs for inputs in their order, with a bound on the rounds of loops: for programs of strangers, which may hold a loop
  /// without end.
  /// - Parameter limit: how many rounds all loops of the call may run together, those among them by which the first call with arguments
  ///   of new shapes captures what a loop does.
  /// - Throws: what ``callAsFunction(_:)-swift.method`` throws, and a `TensorError` of kind `value` when a loop goes on at the limit.
  public func callAsFunction(_ tensors: [Tensor], limit: Int) throws -> [Tensor] {
    guard limit >= 0 else { throw TensorError(.value, name, "a limit is a number of rounds, and \(limit) is none") }
    return try RoundLimit.$current.withValue(RoundLimit(limit)) { try self(tensors) }
  }

  /// The outputs for inputs in their order.
  public func callAsFunction(_ tensors: Tensor...) throws -> [Tensor] { try callAsFunction(tensors) }

  /// The outputs by their names, for inputs by theirs.
  /// - Throws: what ``callAsFunction(_:)-swift.method`` throws, and a `TensorError` that names an input which is missing or unknown.
  public func callAsFunction(_ tensors: [String: Tensor]) throws -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: zip(outputs.map(\.name), try self(try ordered(tensors))))
  }

  /// The outputs by their names, for inputs by theirs, with a bound on the rounds of loops.
  /// - Throws: what ``callAsFunction(_:limit:)`` throws, and a `TensorError` that names an input which is missing or unknown.
  public func callAsFunction(_ tensors: [String: Tensor], limit: Int) throws -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: zip(outputs.map(\.name), try self(try ordered(tensors), limit: limit)))
  }

  /// Inputs in their order.
  private func ordered(_ tensors: [String: Tensor]) throws -> [Tensor] {
    if let unknown = tensors.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } }) {
      throw TensorError(
        .value, name, "there is no input '\(unknown)'; the inputs are \(inputs.map(\.name).joined(separator: ", "))")
    }
    return try inputs.map { input in
      guard let tensor = tensors[input.name] else {
        throw TensorError(.value, name, "the input '\(input.name)' is missing: \(input)")
      }
      return tensor
    }
  }

  /// What the program takes and gives, its operations by number, and what became of it for the shapes of the calls so far.
  public func explain() -> String {
    var lines = ["\(name)"]
    lines += inputs.map { "  input \($0)" }
    lines += outputs.map { "  output \($0)" }
    if !sizes.isEmpty { lines.append("  open sizes \(sizes.joined(separator: ", "))") }
    let counts = Dictionary(operations.map { ($0.name, 1) }, uniquingKeysWith: +)
    let common = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    lines.append("  \(operations.count) operations: " + common.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    lines.append("  \(constants.count) constants of \(body.constantBytes) bytes")
    return (lines + [compiled.explain()]).joined(separator: "\n")
  }
}

extension Program {
  /// The types of inputs with the sizes that the program was made with.
  package var exampleTypes: [TensorType] { body.exampleTypes }
  /// The types of inputs with these open sizes; others are those that the program was made with.
  /// - Throws: where a size is unknown, or the program does not work with them.
  package func inputTypes(_ sizes: [String: Int]) throws(TensorError) -> [TensorType] { try body.inputTypes(sizes) }
  /// How many elements all values have together with these sizes.
  package var exampleElements: Int { body.exampleElements }
}

/// What a program does, for any sizes.
final class ProgramBody: Sendable {
  private let contents: ProgramContents
  /// The constants that the file holds.
  private let tensors: [Tensor?]
  /// Plans for the sizes of calls so far.
  private let plans = Lock<[[String: Int]: ProgramPlan]>([:])
  /// Constants where calls needed them, by the device.
  private let placed = Lock<[Device: [Tensor?]]>([:])
  private static let mostPlans = 64

  init(_ contents: ProgramContents, _ tensors: [Tensor?]) {
    (self.contents, self.tensors) = (contents, tensors)
    for case let tensor? in tensors { tensor.markLasting() }
  }

  var constantBytes: Int { tensors.reduce(0) { $0 + ($1.map { $0.count * $0.dtype.size } ?? 0) } }

  /// Checks the program for the sizes that it was made with.
  func check() throws(TensorError) {
    for (name, size) in contents.sizes where !(0...StoredOperands.mostElements).contains(size) {
      throw TensorError(.format, "", "the size '\(name)' is \(size)")
    }
    _ = try plan(Dictionary(contents.sizes.map { ($0.name, $0.example) }) { first, _ in first })
  }

  func inputTypes(_ given: [String: Int]) throws(TensorError) -> [TensorType] {
    if let unknown = given.keys.sorted().first(where: { name in !contents.sizes.contains { $0.name == name } }) {
      let known = contents.sizes.map(\.name).joined(separator: ", ")
      throw TensorError(
        .value, contents.name,
        "there is no open size '\(unknown)'; " + (known.isEmpty ? "all sizes are fixed" : "the open ones are \(known)"))
    }
    let plan = try plan(
      Dictionary(contents.sizes.map { ($0.name, given[$0.name] ?? $0.example) }) { first, _ in first })
    return contents.inputs.map { plan.types[$0.value] }
  }

  private var example: ProgramPlan? {
    try? plan(Dictionary(contents.sizes.map { ($0.name, $0.example) }) { first, _ in first })
  }
  var exampleTypes: [TensorType] { example.map { plan in contents.inputs.map { plan.types[$0.value] } } ?? [] }
  var exampleElements: Int { example?.elementCount ?? .max }

  private func plan(_ sizes: [String: Int]) throws(TensorError) -> ProgramPlan {
    if let known = plans.withLock({ $0[sizes] }) { return known }
    let made = try ProgramPlan(contents, sizes)
    plans.withLock {
      if $0.count >= Self.mostPlans { $0.removeAll() }
      $0[sizes] = made
    }
    return made
  }

  /// The open sizes that arguments of these types have.
  /// - Throws: an error that names the input which does not fit.
  private func sizes(_ types: [TensorType]) throws(TensorError) -> [String: Int] {
    guard types.count == contents.inputs.count else {
      throw TensorError(
        .value, contents.name,
        "takes \(contents.inputs.count) inputs (\(contents.inputs.map(\.name).joined(separator: ", "))), and found \(types.count)"
      )
    }
    var sizes: [String: Int] = [:]
    for (port, type) in zip(contents.inputs, types) {
      let expected = contents.values[port.value]
      func failure(_ kind: TensorError.Kind, _ reason: String = "") -> TensorError {
        TensorError(
          kind, contents.name,
          "the input '\(port.name)' takes \(expected.description), and found \(type.dtype)\(type.shape)\(reason)")
      }
      guard type.dtype == expected.dtype else { throw failure(.dtype, "; convert it with .to(.\(expected.dtype))") }
      guard type.shape.count == expected.shape.count else { throw failure(.shape) }
      for (size, dimension) in zip(type.shape, expected.shape) {
        if case .name(let name) = dimension {
          if let known = sizes[name], known != size { throw failure(.shape, ": '\(name)' is \(known) elsewhere") }
          sizes[name] = size
        }
      }
    }
    for (port, type) in zip(contents.inputs, types) {
      let expected = contents.values[port.value]
      for (size, dimension) in zip(type.shape, expected.shape) where try dimension.value(sizes) != size {
        throw TensorError(
          .shape, contents.name,
          "the input '\(port.name)' takes \(expected.description), and found \(type.dtype)\(type.shape)")
      }
    }
    return sizes
  }

  /// Checks arguments of these types, and the program for their sizes.
  func prepare(_ types: [TensorType]) throws(TensorError) {
    let sizes = try sizes(types)
    do { _ = try plan(sizes) } catch {
      let text = sizes.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }.joined(separator: ", ")
      throw TensorError(error.kind, contents.name, "does not work for \(text): \(error.message)")
    }
  }

  private func constants(on device: Device?) -> [Tensor?] {
    guard let device else { return tensors }
    return placed.withLock { known in
      if let found = known[device] { return found }
      let made = tensors.map { $0?.to(device) }
      known[device] = made
      return made
    }
  }

  /// Applies the operations to arguments that ``prepare(_:)`` accepted; a poisoned tensor for each output after a mistake.
  func run(_ inputs: [Tensor]) -> [Tensor] {
    do throws(TensorError) {
      let plan = try plan(sizes(inputs.map(\.type)))
      let device = inputs.first?.deviceIfUsed
      var values = [Tensor?](repeating: nil, count: contents.values.count)
      for (port, tensor) in zip(contents.inputs, inputs) { values[port.value] = tensor }
      for (i, tensor) in constants(on: device).enumerated() {
        let value = contents.inputs.count + i
        values[value] = tensor ?? plan.made[value].map { made in device.map { made.to($0) } ?? made }
      }
      for step in plan.steps {
        if let failed = step.run(&values) { return contents.outputs.map { _ in failed } }
      }
      var results: [Tensor] = []
      for output in contents.outputs { results.append(try made(values[output.value])) }
      return results
    } catch {
      let failed = fail(error)
      return contents.outputs.map { _ in failed }
    }
  }

  private func made(_ tensor: Tensor?) throws(TensorError) -> Tensor {
    guard let tensor else { throw TensorError(.format, contents.name, "a value is read before it is made") }
    return tensor
  }
}
