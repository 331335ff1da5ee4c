import ApusCore

/// A module that makes a tensor from a tensor. `forward` is what an author writes; a layer is called as a function,
/// which adds hooks and the path of the module in error messages.
///
/// A module whose `forward` takes or gives something else is made callable by the macro ``Module()``.
public protocol Layer: Module {
  /// The result for one input.
  func forward(_ x: Tensor) -> Tensor
}

/// A module that makes a tensor from two: a loss, a bilinear layer.
public protocol BinaryLayer: Module {
  /// The result for two inputs.
  func forward(_ a: Tensor, _ b: Tensor) -> Tensor
}

/// A module that makes a tensor from three.
public protocol TernaryLayer: Module {
  /// The result for three inputs.
  func forward(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor
}

/// A module with any one input and result, tuples for several.
///
///     final class Encoder: Callable {
///       func forward(_ input: (tokens: Tensor, mask: Tensor)) -> (Tensor, Tensor) { ... }
///     }
public protocol Callable: Module {
  /// What the layer takes, a tuple for several values.
  associatedtype Input
  /// What the layer gives, a tuple for several values.
  associatedtype Output
  /// The result for an input.
  func forward(_ input: Input) -> Output
}

extension Layer {
  /// Runs ``forward(_:)`` with hooks and module path.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    called { Hooks.areAny ? Hooks.run(self, x, forward: forward) : forward(x) }
  }
}

extension BinaryLayer {
  /// Runs ``forward(_:_:)`` with hooks and module path.
  public func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
    called { Hooks.areAny ? Hooks.run(self, a, b, forward: forward) : forward(a, b) }
  }
}

extension TernaryLayer {
  /// Runs ``forward(_:_:_:)`` with hooks and module path.
  public func callAsFunction(_ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor {
    called { Hooks.areAny ? Hooks.run(self, a, b, c, forward: forward) : forward(a, b, c) }
  }
}

extension Callable {
  /// Runs ``forward(_:)`` with hooks and module path.
  public func callAsFunction(_ input: Input) -> Output {
    called { Hooks.areAny ? Hooks.run(self, input, forward: forward) : forward(input) }
  }
}

/// Runs `forward` on the inputs with the hooks and the path of `module`: what ``Module()`` calls.
public func callModule<each Input, Output, Failure: Error>(
  _ module: any Module, _ inputs: repeat each Input, of type: Output.Type = Output.self,
  forward: (repeat each Input) throws(Failure) -> Output
) throws(Failure) -> Output {
  try module.called { () throws(Failure) in
    try Hooks.areAny ? Hooks.run(module, repeat each inputs, forward: forward) : forward(repeat each inputs)
  }
}

extension Module {
  /// Runs `body`, a call of this module, with its path.
  @inline(__always)
  fileprivate func called<Output, Failure: Error>(_ body: () throws(Failure) -> Output) throws(Failure) -> Output {
    var frame = ModuleFrame(self, describe: modulePath)
    return try withUnsafeMutablePointer(to: &frame) { frame throws(Failure) in
      ModuleFrame.enter(frame)
      let start = Profiling.beginModule()
      defer {
        ModuleFrame.leave(frame)
        if start != 0 { Profiling.end(start, .module, "", detail: self) }
      }
      return try body()
    }
  }
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
  var path = modulePathPart(of: holder, in: nil)
  for module in modules.dropFirst() {
    path = joined(path, modulePathPart(of: module, in: holder))
    holder = module
  }
  return path
}

/// What the call of a module adds to the path of the call around it, of `holder`: the names of the properties on the way. A
/// module that is not held by the one around it is named by its type.
package func modulePathPart(of module: any Module, in holder: (any Module)?) -> String {
  let name = holder.flatMap { ModuleTree($0).entries.first { $0.module === module }?.name }
  return name ?? module.state.name ?? type(of: module).typeName
}

// What a module that is no layer says when it is called.

extension Module {
  @available(
    *, unavailable,
    message:
      "declare it among the properties: `let mean = buffer(zeros(3))`, or `buffer(zeros(3), persistent: false)` for one that is not saved"
  )
  public func registerBuffer(_ name: String, _ tensor: Tensor?, persistent: Bool = true) { fatalError() }
  @available(
    *, unavailable,
    message:
      "declare it among the properties: `let scale = parameter(ones(3))`, or `@Changeable var scale = parameter(ones(3))`"
  )
  public func registerParameter(_ name: String, _ tensor: Tensor?) { fatalError() }
  @available(
    *, unavailable,
    message: "declare it among the properties, `let fc = Linear(3, 4)`, or keep several in a ModuleList or a ModuleDict"
  )
  public func addModule(_ name: String, _ module: any Module) { fatalError() }
}

extension Module {
  @available(
    *, unavailable,
    message:
      "this module has no call: write `Layer` in place of `Module` where forward takes a tensor and gives one, else put `@Module` in front of the class"
  )
  public func callAsFunction(_ x: Tensor) -> Tensor { fatalError() }
  @available(
    *, unavailable,
    message:
      "this module has no call: write `Layer` in place of `Module` where forward takes a tensor and gives one, else put `@Module` in front of the class"
  )
  @_disfavoredOverload
  public func callAsFunction(_ x: Tensor) -> (Tensor, Tensor) { fatalError() }
  @available(
    *, unavailable,
    message:
      "this module has no call: write `Layer` in place of `Module` where forward takes a tensor and gives one, else put `@Module` in front of the class"
  )
  @_disfavoredOverload
  public func callAsFunction(_ x: Tensor) -> (Tensor, Tensor, Tensor) { fatalError() }
  @available(
    *, unavailable,
    message:
      "this module has no call: write `Layer` in place of `Module` where forward takes a tensor and gives one, else put `@Module` in front of the class"
  )
  public func callAsFunction(_ x: Tensor, _ y: Any?, _ others: Any?...) -> Tensor { fatalError() }
  @available(
    *, unavailable,
    message:
      "this module has no call: write `Layer` in place of `Module` where forward takes a tensor and gives one, else put `@Module` in front of the class"
  )
  @_disfavoredOverload
  public func callAsFunction(_ x: Tensor, _ y: Any?, _ others: Any?...) -> (Tensor, Tensor) { fatalError() }
  @available(
    *, unavailable,
    message:
      "this module has no call: write `Layer` in place of `Module` where forward takes a tensor and gives one, else put `@Module` in front of the class"
  )
  @_disfavoredOverload
  public func callAsFunction(_ x: Tensor, _ y: Any?, _ others: Any?...) -> (Tensor, Tensor, Tensor) { fatalError() }
}
