import CKernels

/// The interpreter scope of the calling thread: gradient mode, error scope and tracer. Scopes are entered by
/// functions with a synchronous body, so a thread-local word is enough; outside every scope the word is nil.
package final class Context {
  package let gradientEnabled: Bool
  package let errors: ErrorScope?
  package let tracer: Tracer?
  /// Whether a function is being mapped over samples.
  package let isBatching: Bool
  /// What is used in place of variables.
  package fileprivate(set) var substitutes: Substitutes?
  /// Where new tensors are made; nil: on the host.
  let engine: (any DeviceEngine)?
  /// How warnings are treated; nil: as ``Warnings/mode`` says.
  let warnings: WarningScope?
  /// Whether gradients are watched; nil: as ``setDetectAnomaly(_:checkNaN:)`` says.
  let anomalies: AnomalyMode?
  /// Who counts floating-point operations.
  let counter: FLOPCounter?
  /// What computes in 16 bits.
  let autocast: Autocast?
  /// How operations keep tensors for their gradients; nil: as they are.
  package fileprivate(set) var savedTensorHooks: SavedTensorHooks?
  /// Whether what is computed belongs to gradients, recorded or not.
  private var servesGradients = false

  private init(
    gradientEnabled: Bool, errors: ErrorScope?, tracer: Tracer?, isBatching: Bool, engine: (any DeviceEngine)?,
    warnings: WarningScope?, anomalies: AnomalyMode?, counter: FLOPCounter?, autocast: Autocast?
  ) {
    self.counter = counter
    self.autocast = autocast
    self.engine = engine
    self.warnings = warnings
    self.anomalies = anomalies
    self.isBatching = isBatching
    self.gradientEnabled = gradientEnabled
    self.errors = errors
    self.tracer = tracer
  }

  @inline(__always) package static var current: Context? {
    guard let slot = ck_context_get() else { return nil }
    return Unmanaged<Context>.fromOpaque(slot).takeUnretainedValue()
  }

  /// Where new tensors are made; nil: on the host.
  @inline(__always)
  static var currentEngine: (any DeviceEngine)? {
    if let current { current.engine } else { Devices.initial }
  }

  /// Whether no scope at all is active: the first of the two checks of the eager path.
  @inline(__always) package static var isPlain: Bool { ck_context_get() == nil }

  @inline(__always) package static var isGradientEnabled: Bool { current?.gradientEnabled ?? true }

  /// Whether an operation on tensors with these flags takes part in training: it is recorded, or belongs to a backward pass.
  static func isTraining(_ flags: TensorFlags) -> Bool {
    guard let current else { return flags.contains(.requiresGrad) }
    return current.servesGradients || current.gradientEnabled && flags.contains(.requiresGrad)
  }

  /// Who captures the operations of the calling thread.
  @inline(__always) package static var tracer: Tracer? { current?.tracer }

  /// Runs `body` in a scope that differs from the present one in what is given. With `untraced`, nothing is captured.
  package static func with<R, E: Error>(
    gradientEnabled: Bool? = nil, errors: ErrorScope? = nil, tracer: Tracer? = nil, untraced: Bool = false,
    isBatching: Bool? = nil, engine: (any DeviceEngine)?? = nil, warnings: WarningScope? = nil,
    anomalies: AnomalyMode? = nil, counter: FLOPCounter? = nil, autocast: Autocast? = nil,
    _ body: () throws(E) -> R
  ) throws(E) -> R {
    let outer = current
    let scope = Context(
      gradientEnabled: gradientEnabled ?? outer?.gradientEnabled ?? true,
      errors: errors ?? outer?.errors, tracer: untraced ? nil : tracer ?? outer?.tracer,
      isBatching: isBatching ?? outer?.isBatching ?? false, engine: engine ?? currentEngine,
      warnings: warnings ?? outer?.warnings, anomalies: anomalies ?? outer?.anomalies,
      counter: counter ?? outer?.counter, autocast: autocast ?? outer?.autocast)
    let previous = ck_context_get()
    scope.substitutes = outer?.substitutes
    scope.savedTensorHooks = outer?.savedTensorHooks
    scope.servesGradients = outer?.servesGradients ?? false
    return try withExtendedLifetime(scope) { () throws(E) -> R in
      ck_context_set(Unmanaged.passUnretained(scope).toOpaque())
      defer { ck_context_set(previous) }
      return try body()
    }
  }
}

extension Context {
  /// Runs `body`, which computes gradients or what they will be made of.
  package static func forGradients<R, E: Error>(
    gradientEnabled: Bool = false, autocast: Autocast? = nil, _ body: () throws(E) -> R
  ) throws(E) -> R {
    try with(gradientEnabled: gradientEnabled, autocast: autocast) { () throws(E) -> R in
      current?.servesGradients = true
      return try body()
    }
  }

  /// Runs `body` with other tensors in place of variables.
  package static func with<R, E: Error>(substitutes: Substitutes, _ body: () throws(E) -> R) throws(E) -> R {
    try with { () throws(E) -> R in
      current?.substitutes = substitutes
      return try body()
    }
  }

  /// Runs `body`, whose operations keep tensors for their gradients as `hooks` say.
  static func with<R, E: Error>(savedTensorHooks hooks: SavedTensorHooks, _ body: () throws(E) -> R) throws(E) -> R {
    try with { () throws(E) -> R in
      current?.savedTensorHooks = hooks
      return try body()
    }
  }

  /// Enters a scope with other tensors in place of variables, whose operations keep tensors as `hooks` say. The thread leaves it by what is
  /// given, which has to be called: for scopes that do not end where a function does.
  package static func enter(substitutes: Substitutes, savedTensorHooks hooks: SavedTensorHooks?) -> () -> Void {
    let scope = with {
      let scope = current
      scope?.substitutes = substitutes
      scope?.savedTensorHooks = hooks
      return scope
    }
    guard let scope else { return {} }
    let previous = ck_context_get()
    ck_context_set(Unmanaged.passUnretained(scope).toOpaque())
    return { withExtendedLifetime(scope) { ck_context_set(previous) } }
  }

  /// Runs `body` with new tensors made on the host.
  package static func onHost<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    try with(engine: .some(nil), body)
  }
}

/// Runs `body` without recording anything for gradients, as `torch.no_grad()`.
@discardableResult
public func noGrad<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
  try Context.with(gradientEnabled: false, body)
}

/// Runs `body` with recording for gradients, also inside ``noGrad(_:)``.
@discardableResult
public func enableGrad<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
  try Context.with(gradientEnabled: true, body)
}

/// Runs `body` with new tensors made on `device`, as PyTorch's `with torch.device(...)`.
/// - Throws: what `body` throws; a device that is not there is reported as tensor expressions report mistakes.
public func withDevice<R, E: Error>(_ device: Device, _ body: () throws(E) -> R) throws(E) -> R {
  var engine: (any DeviceEngine)?
  do throws(TensorError) { engine = try Devices.engine(device, "withDevice") } catch { report(error) }
  return try Context.with(engine: .some(engine), body)
}

/// Where tensors are made that nobody says more of, as PyTorch's `torch.get_default_device()`: where the innermost ``withDevice(_:_:)`` says,
/// else where the environment variable `APUS_DEVICE` does, else on the host.
public func getDefaultDevice() -> Device { Context.currentEngine?.device ?? .cpu }

/// Runs `body`, a part of an operation on `tensor`, with new tensors made where that one lies.
@inline(__always)
package func beside<R>(_ tensor: Tensor, _ body: () throws(TensorError) -> R) throws(TensorError) -> R {
  Devices.isUsed ? try beside([tensor], body) : try body()
}

/// ``beside(_:_:)`` for a part of an operation on several tensors, some of which may be numbers of the host.
@inline(never)
func beside<R>(_ tensors: [Tensor?], _ body: () throws(TensorError) -> R) throws(TensorError) -> R {
  let engine = tensors.lazy.compactMap { $0?.engine }.first
  if engine === Context.currentEngine { return try body() }
  return try Context.with(engine: .some(engine), body)
}

/// A tensor that `make` makes on the host, then moved to `device`; if that is nil, to where the scope has new tensors.
@inline(__always)
func made(on device: Device?, _ make: () -> Tensor) -> Tensor {
  device == nil && Context.currentEngine == nil ? make() : madeElsewhere(device, make)
}

/// ``made(on:_:)``, as a variable that collects a gradient if `requiresGrad`.
@inline(__always)
func made(on device: Device?, requiresGrad: Bool, _ make: () -> Tensor) -> Tensor {
  let result = made(on: device, make)
  return requiresGrad ? Tensor(result, requiresGrad: true) : result
}

@inline(never)
private func madeElsewhere(_ device: Device?, _ make: () -> Tensor) -> Tensor {
  attempt { () throws(TensorError) in
    let engine = if let device { try Devices.engine(device, "device") } else { Context.currentEngine }
    let result = Context.onHost(make)
    guard let engine, !result.hasFailed else { return result }
    return try result.copied(to: engine)
  }
}

/// Whether operations of the calling thread are recorded for gradients at present.
public var isGradEnabled: Bool { Context.isGradientEnabled }

/// One call of a module that is going on in this thread. Frames lie on the stack and are linked, so that a call costs a
/// few instructions; the path that an error message shows is worked out only when there is an error.
package struct ModuleFrame {
  /// The frame of the call around this one.
  package private(set) var outer: UnsafePointer<ModuleFrame>?
  package let module: Unmanaged<AnyObject>
  /// Gives the path of the innermost frame.
  let describe: @Sendable (UnsafePointer<ModuleFrame>) -> String

  package init(_ module: AnyObject, describe: @escaping @Sendable (UnsafePointer<ModuleFrame>) -> String) {
    self.module = Unmanaged.passUnretained(module)
    self.describe = describe
  }

  /// Makes `frame` the innermost one of this thread. It must stay where it is until ``leave(_:)``.
  package static func enter(_ frame: UnsafeMutablePointer<ModuleFrame>) {
    frame.pointee.outer = innermost
    ck_module_set(frame)
  }

  package static func leave(_ frame: UnsafeMutablePointer<ModuleFrame>) {
    ck_module_set(UnsafeMutableRawPointer(mutating: frame.pointee.outer))
  }

  static var innermost: UnsafePointer<ModuleFrame>? {
    ck_module_get().map { UnsafePointer($0.assumingMemoryBound(to: ModuleFrame.self)) }
  }
}

/// Where the operations inside ``withErrors(_:)`` leave the first mistake.
package final class ErrorScope {
  package var first: TensorError?
}

/// Whether a mistake has been reported in the innermost ``withErrors(_:)``, so that what follows in it has no effect.
package var isFailing: Bool { Context.current?.errors?.first != nil }

/// Runs `body` and throws the first mistake that a tensor expression in it makes (a shape that does not fit, an index
/// out of range ...), where the program would otherwise stop with that message.
///
/// After the mistake the failing operation yields a tensor without content, which flows through further operations
/// without computing, until `body` returns.
public func withErrors<R>(_ body: () throws -> R) throws -> R {
  let scope = ErrorScope()
  let result: R
  do {
    result = try Context.with(errors: scope, body)
  } catch {
    throw scope.first ?? error
  }
  if let error = scope.first { throw error }
  try Devices.checkWork()
  return result
}

/// Reports a mistake in a tensor expression: recorded in the innermost ``withErrors(_:)``, else the program stops.
@inline(never)
package func report(_ error: TensorError) { raise(located(error)) }

/// The error with the path of the module in which it happens.
private func located(_ error: TensorError) -> TensorError {
  var error = error
  error.message = located(error.message)
  return error
}

/// The message with the path of the module in which it is made.
func located(_ message: String) -> String {
  guard let frame = ModuleFrame.innermost else { return message }
  return message + " (in module \(frame.pointee.describe(frame)))"
}

private func raise(_ error: TensorError) {
  if let scope = Context.current?.errors {
    if scope.first == nil { scope.first = error }
  } else {
    stop(error)
  }
}

/// Reports a mistake and gives the tensor without content that stands for the result. It carries the mistake.
@inline(never)
package func fail(_ error: TensorError) -> Tensor {
  let error = located(error)
  raise(error)
  return Tensor(TensorBody(failed: error))
}

extension Tensor {
  /// Whether it is the result of an operation that failed inside ``withErrors(_:)``. Asking is harmless; whatever computes
  /// with such a tensor or reads it reports the failure again, so that it is heard of outside of that scope too.
  public var isPoisoned: Bool { body.flags.contains(.poisoned) }

  /// ``isPoisoned`` for code that is about to use the tensor: reports what failed.
  @inline(__always) package var hasFailed: Bool {
    guard isPoisoned else { return false }
    reportFailure()
    return true
  }

  /// This tensor if it has failed, which is reported as by ``hasFailed``: what takes the place of results made from it.
  @inline(__always) package var failed: Tensor? { hasFailed ? self : nil }

  @inline(never) private func reportFailure() {
    if let error = body.failure { raise(error) }
  }
}

/// The first of `tensors` that has failed, which is reported: it takes the place of results made from them.
package func poisoned(among tensors: [Tensor]) -> Tensor? { tensors.first(where: \.hasFailed) }

/// What failed, as the owner of the memory that the result does not have.
private final class FailedOperation {
  let error: TensorError
  init(_ error: TensorError) { self.error = error }
}

extension TensorBody {
  /// The body of a result that there is not, because of `error`.
  convenience init(failed error: TensorError) {
    let storage = Storage.make(
      pointer: Storage.none.pointer, byteCount: Storage.none.byteCount, owner: FailedOperation(error))
    self.init(storage: storage, data: storage.pointer, shape: [], strides: [], dtype: .float32, flags: .poisoned)
  }

  /// What failed, for a body with the flag `.poisoned`.
  var failure: TensorError? { (storage.owner as? FailedOperation)?.error }
}
