import ApusCore

/// What a call does, written down: operations, the module that each belongs to, and what variables are called.
package struct CapturedCall {
  package let trace: Trace
  /// The value of each result.
  package let outputs: [Int]
  /// For each instruction the path of the module whose call it is part of; "" for the outermost.
  package let paths: [String]
  /// The names of parameters and buffers, and their elements.
  package let variables: [ObjectIdentifier: String]
  /// Modules by their paths.
  package let modules: [String: any Module]
  /// The paths of modules by their addresses.
  private let names: [UInt: String]

  /// Runs `call` on `inputs` and writes down what it does. The module's state is what it was before.
  /// - Parameter operation: what the user called: its name stands in messages.
  package init(
    _ module: (any Module)?, _ inputs: [Tensor], training: Bool, _ operation: String,
    _ call: ([Tensor]) throws -> [Tensor]
  ) throws {
    let state = ModuleSnapshot(module)
    defer { state.restore() }
    module?.train(training)
    let (trace, outputs) = try Tracer.pureCall(
      inputs, operation,
      prepare: { tracer in
        // Branches and loops are operations of their own, whose steps run as they were written down.
        tracer.compileStep = { step in { step($0) } }
      }, call)
    (self.trace, self.outputs) = (trace, outputs)
    let parts = module?.namedModules() ?? []
    modules = Dictionary(parts.map { ($0.name, $0.module) }) { first, _ in first }
    let tensors = (module?.namedParameters() ?? []) + (module?.namedBuffers() ?? [])
    variables = Dictionary(tensors.compactMap { name, tensor in tensor.variableIdentity.map { ($0, name) } }) {
      first, _ in first
    }
    names = Dictionary(parts.map { (UInt(bitPattern: ObjectIdentifier($0.module)), $0.name) }) { first, _ in first }
    paths = Self.paths(trace, names)
  }

  /// A step of a branch or loop of this call, whose inputs are those of the step.
  package init(step: TracedStep, of call: CapturedCall, path: String) {
    (trace, outputs, variables, modules, names) = (step.trace, step.outputs, [:], call.modules, call.names)
    paths = Self.paths(trace, names).map { $0.isEmpty ? path : $0 }
  }

  private static func paths(_ trace: Trace, _ names: [UInt: String]) -> [String] {
    trace.instructions.map { instruction in
      let calls = instruction.outputs.first.flatMap { trace.values[$0].calls }
      return calls?.modules.lazy.compactMap { names[$0] }.first ?? ""
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
