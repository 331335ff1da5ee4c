import ApusCore
import ApusNN

/// What a call does, written down: operations, the module that each belongs to, and what variables are called.
struct CapturedCall {
  let trace: Trace
  /// The value of each result.
  let outputs: [Int]
  /// For each instruction the path of the module whose call it is part of; "" for the outermost.
  let paths: [String]
  /// The names of parameters and buffers, and their elements.
  let variables: [ObjectIdentifier: String]
  /// Modules by their paths.
  let modules: [String: any Module]

  /// Runs `call` on `inputs` and writes down what it does; with `namesModules`, once more to see whose operations these are. The
  /// module's state is what it was before.
  init(
    _ module: (any Module)?, _ inputs: [Tensor], training: Bool, namesModules: Bool = false,
    _ call: ([Tensor]) throws -> [Tensor]
  ) throws {
    let state = ModuleSnapshot(module)
    defer { state.restore() }
    module?.train(training)
    let (tracer, made) = try Self.follow(inputs, call)
    if let reason = tracer.failure {
      throw TensorError(.value, "exportONNX", "the function cannot be captured: \(reason)")
    }
    trace = tracer.trace
    outputs = made
    guard let module, namesModules else {
      (paths, variables, modules) = (trace.instructions.map { _ in "" }, [:], [:])
      return
    }
    state.restore()
    module.train(training)
    variables = Self.names(of: module)
    modules = Dictionary(module.namedModules().map { ($0.name, $0.module) }) { first, _ in first }
    paths = Self.paths(module, inputs, trace.instructions.count, call)
  }

  private static func follow(
    _ inputs: [Tensor], _ call: ([Tensor]) throws -> [Tensor], _ prepare: (Tracer) -> Void = { _ in }
  ) throws -> (Tracer, [Int]) {
    let tracer = Tracer()
    prepare(tracer)
    var outputs: [Int] = []
    defer { tracer.close() }
    try withErrors {
      try noGrad {
        var problem: (any Error)?
        tracer.follow {
          do {
            let results = try call(inputs.map { tracer.input($0.elementsOnly.contiguous()) })
            if !results.contains(where: \.isPoisoned) {
              outputs = results.map { tracer.value(of: $0.isVariable ? alias($0) : $0) }
            }
          } catch { problem = error }
        }
        if let problem { throw problem }
      }
    }
    return (tracer, outputs)
  }

  /// What the module's variables are called, found by reading one after the other.
  private static func names(of module: any Module) -> [ObjectIdentifier: String] {
    let named = module.namedParameters() + module.namedBuffers()
    let tracer = Tracer()
    var values: [(value: Int, name: String)] = []
    noGrad {
      tracer.follow { for (name, tensor) in named { values.append((tracer.value(of: alias(tensor)), name)) } }
    }
    tracer.close()
    var names: [Int: String] = [:]
    for (value, name) in values where names[value] == nil { names[value] = name }
    var read: [Int: ObjectIdentifier] = [:]
    var found: [ObjectIdentifier: String] = [:]
    for instruction in tracer.trace.instructions {
      switch instruction {
      case .readVariable(let variable, let value): read[value] = ObjectIdentifier(variable)
      case .operation(_, let inputs, let outputs):
        if let id = read[inputs[0]], let name = names[outputs[0]], found[id] == nil { found[id] = name }
      default: break
      }
    }
    return found
  }

  /// The module of each of `count` instructions: a second run, with hooks that tell where calls begin and end.
  private static func paths(
    _ module: any Module, _ inputs: [Tensor], _ count: Int, _ call: ([Tensor]) throws -> [Tensor]
  ) -> [String] {
    let log = CallLog()
    var handles: [HookHandle] = []
    for (name, part) in module.namedModules() {
      handles.append(
        part.registerForwardPreHook { (_, _) -> [Tensor]? in
          log.enter(name)
          return nil
        })
      handles.append(
        part.registerForwardHook { (_, _, _) -> Tensor? in
          log.leave(name)
          return nil
        })
    }
    defer { for handle in handles { handle.remove() } }
    let none = [String](repeating: "", count: count)
    guard let (tracer, _) = try? follow(inputs, call, { log.tracer = $0 }),
      tracer.trace.instructions.count == count
    else { return none }
    return log.paths(count)
  }

  /// Where in a trace calls of modules begin and end.
  private final class CallLog {
    var tracer: Tracer?
    private var events: [(place: Int, name: String, isStart: Bool)] = []

    private var place: Int { tracer?.trace.instructions.count ?? 0 }
    func enter(_ name: String) { events.append((place, name, true)) }
    func leave(_ name: String) { events.append((place, name, false)) }

    func paths(_ count: Int) -> [String] {
      var open: [String] = []
      var paths: [String] = []
      for event in events {
        while paths.count < min(event.place, count) { paths.append(open.last ?? "") }
        if event.isStart {
          open.append(event.name)
        } else if let place = open.lastIndex(of: event.name) {
          // Hooks tell of a call's end once for each of its results.
          open.removeSubrange(place...)
        }
      }
      while paths.count < count { paths.append(open.last ?? "") }
      return paths
    }
  }
}

/// What a call of a module may change: variables, modes, and the state of the random numbers.
private struct ModuleSnapshot {
  private let variables: [(tensor: Tensor, elements: Tensor)]
  private let modes: [(module: any Module, isTraining: Bool)]
  private let random = Generator.default.getState()

  init(_ module: (any Module)?) {
    let named = module.map { $0.namedParameters() + $0.namedBuffers() } ?? []
    variables = named.map { ($0.tensor, $0.tensor.detach().clone()) }
    modes = module?.namedModules().map { ($0.module, $0.module.isTraining) } ?? []
  }

  func restore() {
    noGrad {
      for (tensor, elements) in variables {
        var tensor = tensor
        tensor.assign(elements)
      }
    }
    for (module, isTraining) in modes {
      module.training = isTraining
    }
    try? Generator.default.setState(random)
  }
}
