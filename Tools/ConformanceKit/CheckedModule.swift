import Apus
import ApusCore

/// Something whose call is checked under the transformations of functions: the module of a case, or one of those that no case has.
package struct CheckedModule: Sendable {
  /// The case, or what distinguishes it.
  package let id: String
  /// PyTorch's name of the module.
  package let name: String
  private let make: @Sendable (_ isWidened: Bool) throws -> ModuleFunction

  init(_ id: String, _ name: String, _ make: @escaping @Sendable (_ isWidened: Bool) throws -> ModuleFunction) {
    (self.id, self.name, self.make) = (id, name, make)
  }

  /// The module of a recorded case; nil for one that records an error.
  package init?(_ item: Case) {
    guard item.json["error"] == nil else { return nil }
    self.init(item.id, item.op) { isWidened in
      let item = isWidened ? item.widened : item
      var arguments = CaseArguments(tensors: item.tensors, recordsGradients: false)
      return ModuleFunction(try withErrors { try item.calledModule(&arguments) })
    }
  }

  /// Made anew, so that what a call changes stays with it.
  /// - Parameter isWidened: whether in double precision.
  func callAsFunction(isWidened: Bool = false) throws -> ModuleFunction { try make(isWidened) }
}

/// A module and the tensors that it is called with, or a function that has no module.
struct ModuleFunction: @unchecked Sendable {
  let module: (any Module)?
  let inputs: [Tensor]
  let call: ([Tensor]) throws -> [Tensor]
  /// By their names in the state, with the elements that they have now.
  let parameters: [(name: String, tensor: Tensor)]
  let buffers: [(name: String, tensor: Tensor)]

  init(_ module: (any Module)? = nil, _ inputs: [Tensor], _ call: @escaping ([Tensor]) throws -> [Tensor]) {
    (self.module, self.inputs, self.call) = (module, inputs, call)
    parameters = module?.namedParameters().map { ($0.name, $0.tensor.detach().clone()) } ?? []
    buffers = module?.namedBuffers().map { ($0.name, $0.tensor.detach().clone()) } ?? []
  }

  init(_ called: CalledModule) { self.init(called.module, called.inputs, called.call) }

  /// What becomes of buffers in a function of a module's inputs and parameters.
  enum Buffers {
    /// Those of the module serve, and calls change them.
    case own
    /// The recorded elements are constants.
    case constant
    /// They are inputs of the function, and what the call leaves in them is among its results.
    case inputs
  }

  /// The call as a function of inputs and parameters, and of `buffers` if so chosen.
  func function(_ choice: Buffers = .constant) -> CaseFunction {
    let carried = choice == .inputs ? buffers.filter(\.tensor.dtype.isInexact) : []
    let names = parameters.map(\.name) + carried.map(\.name)
    let fixed = choice == .constant ? buffers : choice == .inputs ? buffers.filter { !$0.tensor.dtype.isInexact } : []
    let constants = Dictionary(uniqueKeysWithValues: fixed.map { ($0.name, $0.tensor) })
    return CaseFunction(leaves: inputs + parameters.map(\.tensor) + carried.map(\.tensor)) { tensors in
      guard let module else { return try call(tensors) }
      var given = constants
      for (name, tensor) in zip(names, tensors.dropFirst(inputs.count)) { given[name] = tensor }
      var problem: (any Error)?
      let made = functionalCall(module, given) { () -> [Tensor] in
        do {
          let results = try call(Array(tensors.prefix(inputs.count)))
          return carried.isEmpty ? results : results + module.namedBuffers().map { $0.tensor.clone() }
        } catch {
          problem = error
          return []
        }
      }
      if let problem { throw problem }
      return made
    }
  }

  /// Gives parameters and buffers the recorded elements, in the order of sample `i` of three.
  func reset(_ i: Int = 0) {
    guard let module else { return }
    func moved(_ tensor: Tensor) -> Tensor {
      tensor.dtype.isInexact && i > 0 ? CaseFunction.samples(tensor, 3).select(0, i).clone() : tensor
    }
    let now = Dictionary(
      (module.namedParameters() + module.namedBuffers()).map { ($0.name, $0.tensor) }, uniquingKeysWith: { $1 })
    noGrad {
      for (name, tensor) in parameters + buffers {
        guard var variable = now[name] else { continue }
        variable.assign(moved(tensor))
      }
    }
    module.zeroGrad()
  }
}
