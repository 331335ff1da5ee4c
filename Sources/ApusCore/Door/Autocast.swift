// Mixed precision: which operations of a scope compute in 16 bits, and which in 32.
//
// The list stands where the operations do: a function on it begins with
//
//     if let autocast = Autocast.active { return autocast.run(.lowerPrecision, x, weight) { linear($0, $1) } }
//
// It converts the operands and runs the function once more outside of the scope, so that what the function is composed of is
// left alone. Conversions are operations like others: they are recorded, captured and mapped.

/// Runs `body` with products of matrices, convolutions, attention and recurrences in 16 bits, PyTorch's `torch.autocast("cpu")`.
///
///     let loss = autocast(.bfloat16) { crossEntropy(model(images), labels) }
///     loss.backward()
///
/// Parameters stay in float32 and get float32 gradients. An operation on 32-bit and 16-bit floating point tensors does one of three
/// things, PyTorch's on a CPU:
///
/// - Products (`matmul`, `linear`, `bmm`, `addmm`, `conv2d` and its kin, `scaledDotProductAttention`, `prelu`, LSTM, GRU, RNN) convert
///   their operands to `dtype` and give results of it.
/// - Losses, `prod`, `quantile`, `cdist`, three-dimensional pooling, grid sampling and linear algebra convert theirs to float32.
/// - All others, `softmax` and `layerNorm` among them, compute in the type of what they get.
///
/// float64 stays as it is. The backward pass runs in the types of the forward pass, also where `backward` is called inside.
///
/// - Parameters:
///   - dtype: `.bfloat16` or `.float16`; with another one the scope changes nothing, and a warning says so.
///   - enabled: false switches autocast off inside a scope that has switched it on.
///   - cacheEnabled: convert a parameter that several operations use once in the outermost scope.
@discardableResult
public func autocast<R, E: Error>(
  _ dtype: DType = .bfloat16, enabled: Bool = true, cacheEnabled: Bool = true, _ body: () throws(E) -> R
) throws(E) -> R {
  var isEnabled = enabled
  if enabled, dtype != .bfloat16, dtype != .float16 {
    warn("autocast", "there is no autocast to \(dtype), only to bfloat16 and float16; nothing is converted here")
    isEnabled = false
  }
  // What has been converted serves the scopes inside too.
  let outer = Context.isPlain ? nil : Context.current?.autocast
  let cache = cacheEnabled ? outer?.cache ?? AutocastCache() : nil
  return try Context.with(autocast: Autocast(dtype: isEnabled ? dtype : nil, cache: cache), body)
}

/// `autocast("cpu", dtype: .bfloat16) { ... }`, as `torch.autocast` has it.
/// - Parameter deviceType: `"cpu"`; the scope holds for all tensors, wherever they lie.
@discardableResult
public func autocast<R, E: Error>(
  _ deviceType: String, dtype: DType = .bfloat16, enabled: Bool = true, cacheEnabled: Bool = true,
  _ body: () throws(E) -> R
) throws(E) -> R {
  try autocast(dtype, enabled: enabled, cacheEnabled: cacheEnabled, body)
}

/// Whether the calling thread is inside of ``autocast(_:enabled:cacheEnabled:_:)-(DType,_,_,_)``, and not of one that switches it off.
public var isAutocastEnabled: Bool { Autocast.active != nil }

/// The type in which products compute in the scope of the calling thread; nil outside of
/// ``autocast(_:enabled:cacheEnabled:_:)-(DType,_,_,_)``.
public var autocastDType: DType? { Autocast.active?.dtype }

/// The mixed precision of a scope.
package final class Autocast {
  /// What an operation converts its operands to.
  package enum Rule { case lowerPrecision, float32 }

  /// What products compute in; nil where the scope switches autocast off.
  let dtype: DType?
  fileprivate let cache: AutocastCache?

  fileprivate init(dtype: DType?, cache: AutocastCache?) {
    self.dtype = dtype
    self.cache = cache
  }

  /// That of the calling thread, if there is one and it is not switched off.
  @inline(__always) package static var active: Autocast? { Context.isPlain ? nil : found }

  @inline(never) private static var found: Autocast? {
    guard let scope = Context.current?.autocast, scope.dtype != nil else { return nil }
    return scope
  }

  /// What switches it off.
  package static var off: Autocast { Autocast(dtype: nil, cache: nil) }

  /// The state that a part of the forward pass is run again in.
  package static func with<R, E: Error>(_ dtype: DType?, _ body: () throws(E) -> R) throws(E) -> R {
    if dtype == active?.dtype { return try body() }
    return try Context.with(autocast: Autocast(dtype: dtype, cache: dtype.map { _ in AutocastCache() }), body)
  }

  /// Runs `body` outside of the scope, on operands converted as `rule` says.
  @inline(never)
  package func run<each Operand: TensorTree, R>(
    _ rule: Rule, _ operand: repeat each Operand, body: (repeat each Operand) -> R
  ) -> R {
    let dtype = rule == .float32 ? DType.float32 : self.dtype ?? .float32
    let converted = (repeat (each operand).mapTensors { self.converted($0, dtype) })
    return Self.with(nil) { body(repeat each converted) }
  }

  /// Floating point elements of 32 and 16 bits in type `dtype`. A variable's are kept for the next operation of the scope.
  package func converted(_ tensor: Tensor, _ dtype: DType) -> Tensor {
    let type = tensor.dtype
    guard !tensor.isPoisoned, type.isFloatingPoint, type != .float64, !type.isCustom, type != dtype else {
      return tensor
    }
    guard tensor.isVariable, let cache, type == .float32, Context.tracer == nil, Context.current?.substitutes == nil
    else {
      return tensor.to(dtype)
    }
    return cache.converted(tensor, dtype)
  }
}

/// Runs the `forward` of a ``Function`` as PyTorch's `torch.amp.custom_fwd` does, for a `backward` in ``customBwd(_:_:)``:
///
///     static func forward(_ ctx: Context, _ a: Tensor, _ b: Tensor) -> Tensor {
///       customFwd(ctx, a, b) { a, b in
///         ctx.saveForBackward(a, b)
///         return a.mm(b)
///       }
///     }
///     static func backward(_ ctx: Context, _ gradOutput: Tensor) -> (Tensor, Tensor) {
///       customBwd(ctx) {
///         let (a, b) = ctx.savedTensors
///         return (gradOutput.mm(b.t()), a.t().mm(gradOutput))
///       }
///     }
///
/// - Parameter castInputs: under autocast, convert the inputs to this type and run the function outside of autocast; nil runs it as
///   the scope says.
public func customFwd<each Input: TensorTree, R>(
  _ ctx: FunctionContext, castInputs: DType? = nil, _ input: repeat each Input, body: (repeat each Input) -> R
) -> R {
  guard let autocast = Autocast.active, let castInputs else {
    ctx.shared.autocast = autocastDType
    return body(repeat each input)
  }
  ctx.shared.autocast = nil
  let converted = (repeat (each input).mapTensors { autocast.converted($0, castInputs) })
  return Autocast.with(nil) { body(repeat each converted) }
}

/// Runs the `backward` of a ``Function`` with the autocast of its ``customFwd(_:castInputs:_:body:)``, PyTorch's `torch.amp.custom_bwd`.
public func customBwd<R>(_ ctx: FunctionContext, _ body: () -> R) -> R { Autocast.with(ctx.shared.autocast, body) }

/// Variables in another type, for the time of a scope.
private final class AutocastCache {
  private struct Key: Hashable {
    let variable: ObjectIdentifier
    let dtype: DType
    let isRecorded: Bool
  }
  private struct Entry {
    /// The elements that were converted; while they are held, a step does not write in their place.
    let source: Tensor
    let converted: Tensor
  }
  private var entries: [Key: Entry] = [:]

  func converted(_ variable: Tensor, _ dtype: DType) -> Tensor {
    let source = variable.resolved
    guard let identity = variable.variableIdentity, !source.isMarked else { return source.to(dtype) }
    let key = Key(variable: identity, dtype: dtype, isRecorded: Context.isGradientEnabled && variable.requiresGrad)
    if let entry = entries[key], entry.source.body.storage === source.body.storage { return entry.converted }
    let converted = source.to(dtype)
    entries[key] = Entry(source: source, converted: converted)
    return converted
  }
}
