import ApusCore
import Synchronization

/// A module that makes a tensor from a tensor. `forward` is what an author writes; a layer is called as a function,
/// which adds hooks and the path of the module in error messages.
public protocol Layer: Module {
  func forward(_ x: Tensor) -> Tensor
}

/// A module that makes a tensor from two: a loss, a bilinear layer.
public protocol BinaryLayer: Module {
  func forward(_ a: Tensor, _ b: Tensor) -> Tensor
}

/// A module that makes a tensor from three.
public protocol TernaryLayer: Module {
  func forward(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor
}

/// A module with any one input and result, tuples for several.
///
///     final class Encoder: Callable {
///       func forward(_ input: (tokens: Tensor, mask: Tensor)) -> (Tensor, Tensor) { ... }
///     }
public protocol Callable: Module {
  associatedtype Input
  associatedtype Output
  func forward(_ input: Input) -> Output
}

extension Layer {
  /// Runs ``forward(_:)`` with hooks and module path.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    called {
      forward(x)
    } hooked: {
      runHooks(self, [x], $0)
    }
  }
}

extension BinaryLayer {
  /// Runs ``forward(_:_:)`` with hooks and module path.
  public func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
    called {
      forward(a, b)
    } hooked: {
      runHooks(self, [a, b], $0)
    }
  }
}

extension TernaryLayer {
  /// Runs ``forward(_:_:_:)`` with hooks and module path.
  public func callAsFunction(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor {
    called {
      forward(a, b, c)
    } hooked: {
      runHooks(self, [a, b, c], $0)
    }
  }
}

extension Callable {
  /// Runs ``forward(_:)`` with module path, and with hooks where the result is a tensor.
  public func callAsFunction(_ input: Input) -> Output {
    called {
      forward(input)
    } hooked: { output in
      guard let tensor = output as? Tensor else { return output }
      let inputs =
        (input as? Tensor).map { [$0] } ?? Mirror(reflecting: input).children.compactMap { $0.value as? Tensor }
      return runHooks(self, inputs, tensor) as? Output ?? output
    }
  }
}

extension Module {
  /// Runs `forward` with the path of this module, and `hooked` on its result while there are hooks.
  @inline(__always)
  fileprivate func called<Output>(_ forward: () -> Output, hooked: (Output) -> Output) -> Output {
    var frame = ModuleFrame(self, describe: modulePath)
    return withUnsafeMutablePointer(to: &frame) { frame in
      ModuleFrame.enter(frame)
      defer { ModuleFrame.leave(frame) }
      let output = forward()
      return ModuleState.hookCount.load(ordering: .relaxed) == 0 ? output : hooked(output)
    }
  }
}

/// Sees the inputs and the result of a module's call; what it returns replaces the result.
public typealias ForwardHook = @Sendable (_ module: any Module, _ inputs: [Tensor], _ output: Tensor) -> Tensor?

/// A registered hook, to take it off again.
public struct HookHandle: Sendable {
  let state: ModuleState
  let id: Int

  /// Takes the hook off. Doing so twice is harmless.
  public func remove() { state.remove(id) }
}

extension Module {
  /// Calls `hook` after every call of this module, in order of registration.
  @discardableResult
  public func registerForwardHook(_ hook: @escaping ForwardHook) -> HookHandle {
    HookHandle(state: state, id: state.add(hook))
  }
}

func runHooks(_ module: any Module, _ inputs: [Tensor], _ output: Tensor) -> Tensor {
  module.state.hooks.reduce(output) { output, hook in hook(module, inputs, output) ?? output }
}

/// The path of the innermost call: the outermost module's type, then the names of the properties on the way.
@Sendable
func modulePath(_ innermost: UnsafePointer<ModuleFrame>) -> String {
  var modules: [any Module] = []
  var next: UnsafePointer<ModuleFrame>? = innermost
  while let frame = next {
    if let module = frame.pointee.module.takeUnretainedValue() as? any Module { modules.append(module) }
    next = frame.pointee.outer
  }
  modules.reverse()
  guard var holder = modules.first else { return "?" }
  var path = holder.state.name ?? type(of: holder).typeName
  for module in modules.dropFirst() {
    // A module that is not held by the one around it is named by its type.
    let name = ModuleTree(holder).entries.first { $0.module === module }?.name
    path = joined(path, name ?? module.state.name ?? type(of: module).typeName)
    holder = module
  }
  return path
}
