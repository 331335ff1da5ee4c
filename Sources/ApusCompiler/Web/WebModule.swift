import ApusCore

/// A function of a ``WebModule``.
public struct WebFunction {
  /// What hosts call it by.
  public let name: String
  let example: [Tensor]
  let body: ([Tensor], inout [Tensor]) throws -> [Tensor]

  /// - Parameters:
  ///   - name: a name in C.
  ///   - example: arguments as calls will bring them, whose shapes and types are kept.
  ///   - body: makes results of the arguments and of the module's state, which it may replace by tensors of the same shapes.
  public init(
    _ name: String, example: [Tensor],
    _ body: @escaping (_ arguments: [Tensor], _ state: inout [Tensor]) throws -> [Tensor]
  ) {
    (self.name, self.example, self.body) = (name, example, body)
  }
}

/// Several functions in one WebAssembly module, which share their weights and a state that stays in the module's memory between
/// calls: a language model that reads and writes, a network that is trained and asked.
///
///     let module = try WebModule(
///       "counter", state: [("total", zeros(3))],
///       functions: [
///         WebFunction("add", example: [zeros(3)]) { arguments, state in
///           state[0] = state[0] + arguments[0]
///           return [state[0].sum()]
///         }
///       ])
///     try module.write(to: "counter.wasm")   // and counter.wasm.weights
///
/// The loader `Examples/web/apus.js` runs it. Weights that several functions hold, or one of them more than once, are there once.
/// A function that changes a part of its state, as a cache of keys and values does, changes it where it lies.
public struct WebModule: Sendable {
  /// A function as hosts see it.
  public struct Function: Sendable {
    /// What hosts call it by.
    public let name: String
    /// The arguments, without the state.
    public let inputs: [CLibrary.Parameter]
    /// The results, without the state.
    public let outputs: [CLibrary.Parameter]
  }

  /// What the names of its C functions begin with.
  public let name: String
  /// What hosts call.
  public let functions: [Function]
  /// The names of what is kept between calls, with their types.
  public let state: [CLibrary.Parameter]
  /// Where the weights are.
  public let placement: CLibrary.Weights
  /// The bytes of the weights as `NAME_init` takes them, little-endian.
  public let weights: [UInt8]
  /// The C file that the module is compiled from.
  public let source: String
  /// How many threads run parts of operations at most.
  public let threads: Int
  private let exports: [String]
  /// The bytes of memory that are there from the start, without the weights.
  private let staticSize: Int
  private let weightsSize: Int

  /// - Parameters:
  ///   - name: a name in C.
  ///   - state: what is kept between calls, with its first values.
  ///   - weights: where parameters and other constants go.
  ///   - threads: how many threads may run parts of operations. With more than one the module's memory is shared with workers of
  ///     the host, which browsers allow to pages that are isolated. Modules that differ in this alone take the same weights.
  ///   - functions: with different names.
  /// - Throws: `TensorError` as ``CLibrary`` does, and where a function leaves a state of another shape or type.
  public init(
    _ name: String, state: [(name: String, tensor: Tensor)] = [], weights: CLibrary.Weights = .apart,
    threads: Int = 1, functions: [WebFunction]
  ) throws(TensorError) {
    for name in [name] + state.map(\.name) + functions.map(\.name) { try CLibrary.checkName(name, "WebModule") }
    guard !functions.isEmpty, Set(functions.map(\.name)).count == functions.count else {
      throw TensorError(
        .value, "WebModule", "functions with different names are needed, and found \(functions.map(\.name))")
    }
    guard (1...64).contains(threads) else {
      throw TensorError(.value, "WebModule", "a module uses from 1 to 64 threads, and found threads: \(threads)")
    }
    var table = CWeightTable()
    let first = state.map { $0.tensor.detach().contiguous() }
    var parts: [WebModuleText.Function] = []
    for function in functions {
      let prefix = "\(name)_\(function.name)"
      let graph = try Graph.program(
        { given in
          var kept = Array(given.prefix(first.count))
          let results = try function.body(Array(given.dropFirst(first.count)), &kept)
          guard kept.count == first.count else {
            throw TensorError(
              .value, "WebModule", "\(function.name) leaves \(kept.count) tensors of the \(first.count) of the state")
          }
          return kept + results
        }, example: first + function.example, "WebModule")
      let own = Dictionary(uniqueKeysWithValues: first.indices.map { ($0, $0) })
      let program = try CProgram(graph, name: prefix, threads: threads, "WebModule", weights: &table, inPlace: own)
      try CSharedMemory.check(own, program, "WebModule, \(function.name)")
      parts.append(
        WebModuleText.Function(prefix: prefix, text: CLibraryText(program, name: prefix), program: program))
    }
    self.name = name
    placement = weights
    func parameter(_ p: CProgram.Parameter, _ name: String) -> CLibrary.Parameter {
      CLibrary.Parameter(name: name, type: p.type, cType: p.cType)
    }
    self.functions = zip(functions, parts).map { function, part in
      Function(
        name: function.name,
        inputs: part.program.inputs.dropFirst(first.count).enumerated().map { parameter($1, "in\($0)") },
        outputs: part.program.outputs.dropFirst(first.count).enumerated().map { parameter($1, "out\($0)") })
    }
    self.state = zip(state, parts[0].program.inputs).map { parameter($1, $0.name) }
    var kept: [WebModuleText.State] = []
    for (tensor, p) in zip(first, parts[0].program.inputs) {
      let isZero = tensor.withUnsafeBytes { $0.allSatisfy { $0 == 0 } }
      kept.append(
        WebModuleText.State(parameter: p, start: isZero ? nil : table.name(of: tensor.flatten(), cType: p.cType)))
    }
    let text = WebModuleText(
      name: name, parts, state: kept, constants: table.constants, placement: weights,
      threads: threads, about: Self.about(name, self.functions, self.state))
    source = text.text
    exports = text.exports
    self.threads = threads
    staticSize = text.staticSize
    self.weights = weights == .apart ? text.weights : []
    weightsSize = self.weights.count
  }

  /// Name, functions and state as members of an object of JSON.
  private static func about(_ name: String, _ functions: [Function], _ state: [CLibrary.Parameter]) -> String {
    func list(_ parameters: [CLibrary.Parameter]) -> String {
      CLibraryText.list(parameters.map { ($0.name, $0.type) })
    }
    let all = functions.map {
      "{\"name\": \"\($0.name)\", \"inputs\": \(list($0.inputs)), \"outputs\": \(list($0.outputs))}"
    }
    return "\"name\": \"\(name)\", \"functions\": [\(all.joined(separator: ", "))], \"state\": \(list(state))"
  }

  /// The bytes of the module.
  /// - Throws: `TensorError` where there is no compiler for WebAssembly.
  public func bytes() throws(TensorError) -> [UInt8] {
    if threads == 1 { return try CLibrary.webAssembly(source, exports: exports, "WebModule") }
    // Shared memory is made by the host, which is told how much there is to be.
    let page = 1 << 16
    let (pages, most) = ((staticSize + (1 << 20)) / page + 1, (staticSize + weightsSize + (1 << 20)) / page + 2)
    let flags = [
      "-matomics", "-Wl,--shared-memory", "-Wl,--import-memory", "-Wl,--initial-memory=\(pages * page)",
      "-Wl,--max-memory=\(most * page)",
    ]
    let made = try CLibrary.webAssembly(source, exports: exports, flags: flags, "WebModule")
    return made + Self.section("apus", "{\"pages\": \(pages), \"most\": \(most), \"threads\": \(threads)}")
  }

  /// A section of a module that engines pass over and hosts can read.
  private static func section(_ name: String, _ text: String) -> [UInt8] {
    func number(_ value: Int) -> [UInt8] {
      value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + number(value >> 7)
    }
    let content = number(name.utf8.count) + Array(name.utf8) + Array(text.utf8)
    return [0] + number(content.count) + content
  }

  /// Writes the module to `path`, and its weights, where they are apart, to `path.weights`.
  public func write(to path: String) throws(TensorError) {
    try CLibrary.store(try bytes(), path, "WebModule")
    if placement == .apart { try CLibrary.store(weights, path + ".weights", "WebModule") }
  }
}
