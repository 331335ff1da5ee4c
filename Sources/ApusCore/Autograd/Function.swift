/// A function with a gradient of one's own: PyTorch's `torch.autograd.Function`.
///
///     final class Cube: Function {
///       static func forward(_ ctx: Context, _ x: Tensor) -> Tensor {
///         ctx.saveForBackward(x)
///         return x * x * x
///       }
///       static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Tensor {
///         let x = ctx.savedTensors[0]
///         return gradOutput * 3 * x * x
///       }
///     }
///     let y = Cube.apply(x)
///
/// `forward` takes the context and one to six inputs without labels: tensors, optional tensors, trees of tensors, and any other
/// values (numbers, options). It gives a tensor, a tree of tensors, or a tuple of them. Nothing in it is recorded.
///
/// `backward` takes the context and the gradient of each tensor that `forward` gives (`Tensor`, zeros where none arrived, or
/// `Tensor?`, for up to four; one `[Tensor]` for any number), and gives one gradient for each input in order: a tensor, nil for an
/// input that has none, a tuple of them for several inputs. Inputs that hold no tensor may be left out of it. It is written in
/// tensor operations, so it can be differentiated again; values that it reads for that are inputs or results of `forward` in
/// ``FunctionContext/savedTensors``.
///
/// Under ``vmap(inDims:outDim:_:)`` both run on all samples at once; ``jvp(_:primals:tangents:)`` follows from `backward`; a compiled
/// function captures the operations of both.
public protocol Function {
  /// What `forward` and `backward` share during one call.
  typealias Context = FunctionContext

  /// What `forward` gives: found from `static func forward(_ ctx: Context, ...) -> Output`.
  associatedtype Output
  /// What `backward` gives: found from `static func backward(_ ctx: Context, _ gradOutput: Tensor) -> Gradients`.
  associatedtype Gradients

  /// Whether `backward` may be differentiated again: false unless said otherwise, PyTorch's `once_differentiable`.
  static var onceDifferentiable: Bool { get }

  /// The type of the only input.
  associatedtype A1 = AbsentInput
  /// Computes the results from 1 input.
  static func forward(_ ctx: Context, _ a: A1) -> Output
  /// The type of the first of 2 inputs.
  associatedtype A2 = AbsentInput
  /// The type of the second of 2 inputs.
  associatedtype B2 = AbsentInput
  /// Computes the results from 2 inputs.
  static func forward(_ ctx: Context, _ a: A2, _ b: B2) -> Output
  /// The type of the first of 3 inputs.
  associatedtype A3 = AbsentInput
  /// The type of the second of 3 inputs.
  associatedtype B3 = AbsentInput
  /// The type of the third of 3 inputs.
  associatedtype C3 = AbsentInput
  /// Computes the results from 3 inputs.
  static func forward(_ ctx: Context, _ a: A3, _ b: B3, _ c: C3) -> Output
  /// The type of the first of 4 inputs.
  associatedtype A4 = AbsentInput
  /// The type of the second of 4 inputs.
  associatedtype B4 = AbsentInput
  /// The type of the third of 4 inputs.
  associatedtype C4 = AbsentInput
  /// The type of the fourth of 4 inputs.
  associatedtype D4 = AbsentInput
  /// Computes the results from 4 inputs.
  static func forward(_ ctx: Context, _ a: A4, _ b: B4, _ c: C4, _ d: D4) -> Output
  /// The type of the first of 5 inputs.
  associatedtype A5 = AbsentInput
  /// The type of the second of 5 inputs.
  associatedtype B5 = AbsentInput
  /// The type of the third of 5 inputs.
  associatedtype C5 = AbsentInput
  /// The type of the fourth of 5 inputs.
  associatedtype D5 = AbsentInput
  /// The type of the fifth of 5 inputs.
  associatedtype E5 = AbsentInput
  /// Computes the results from 5 inputs.
  static func forward(_ ctx: Context, _ a: A5, _ b: B5, _ c: C5, _ d: D5, _ e: E5) -> Output
  /// The type of the first of 6 inputs.
  associatedtype A6 = AbsentInput
  /// The type of the second of 6 inputs.
  associatedtype B6 = AbsentInput
  /// The type of the third of 6 inputs.
  associatedtype C6 = AbsentInput
  /// The type of the fourth of 6 inputs.
  associatedtype D6 = AbsentInput
  /// The type of the fifth of 6 inputs.
  associatedtype E6 = AbsentInput
  /// The type of the sixth of 6 inputs.
  associatedtype F6 = AbsentInput
  /// Computes the results from 6 inputs.
  static func forward(_ ctx: Context, _ a: A6, _ b: B6, _ c: C6, _ d: D6, _ e: E6, _ f: F6) -> Output
  /// The type of the only result's gradient.
  associatedtype P1: FunctionGradient = AbsentInput
  /// Computes the gradients of the inputs from that of the result.
  static func backward(_ ctx: Context, _ p: P1) -> Gradients
  /// The type of the first of 2 results' gradients.
  associatedtype P2: FunctionGradient = AbsentInput
  /// The type of the second of 2 results' gradients.
  associatedtype Q2: FunctionGradient = AbsentInput
  /// Computes the gradients of the inputs from those of 2 results.
  static func backward(_ ctx: Context, _ p: P2, _ q: Q2) -> Gradients
  /// The type of the first of 3 results' gradients.
  associatedtype P3: FunctionGradient = AbsentInput
  /// The type of the second of 3 results' gradients.
  associatedtype Q3: FunctionGradient = AbsentInput
  /// The type of the third of 3 results' gradients.
  associatedtype R3: FunctionGradient = AbsentInput
  /// Computes the gradients of the inputs from those of 3 results.
  static func backward(_ ctx: Context, _ p: P3, _ q: Q3, _ r: R3) -> Gradients
  /// The type of the first of 4 results' gradients.
  associatedtype P4: FunctionGradient = AbsentInput
  /// The type of the second of 4 results' gradients.
  associatedtype Q4: FunctionGradient = AbsentInput
  /// The type of the third of 4 results' gradients.
  associatedtype R4: FunctionGradient = AbsentInput
  /// The type of the fourth of 4 results' gradients.
  associatedtype S4: FunctionGradient = AbsentInput
  /// Computes the gradients of the inputs from those of 4 results.
  static func backward(_ ctx: Context, _ p: P4, _ q: Q4, _ r: R4, _ s: S4) -> Gradients
}

/// What takes the place of inputs that a ``Function`` does not have.
public enum AbsentInput {}

/// How a ``Function`` takes the gradient of a result: `Tensor`, `Tensor?` (nil where none arrived and
/// ``FunctionContext/setMaterializeGrads(_:)`` is off), or `[Tensor]` for those of all results.
public protocol FunctionGradient {}

extension Tensor: FunctionGradient {}
extension Optional: FunctionGradient where Wrapped == Tensor {}
extension Array: FunctionGradient where Element: FunctionGradient {}
extension AbsentInput: FunctionGradient {}

extension Function {
  public static var onceDifferentiable: Bool { false }
}

// A function has one of the forms above; these take the place of the others and are never called.

extension Function where A1 == AbsentInput {
  public static func forward(_ ctx: Context, _ a: AbsentInput) -> Output {}
}

extension Function where A2 == AbsentInput, B2 == AbsentInput {
  public static func forward(_ ctx: Context, _ a: AbsentInput, _ b: AbsentInput) -> Output {}
}

extension Function where A3 == AbsentInput, B3 == AbsentInput, C3 == AbsentInput {
  public static func forward(_ ctx: Context, _ a: AbsentInput, _ b: AbsentInput, _ c: AbsentInput) -> Output {}
}

extension Function where A4 == AbsentInput, B4 == AbsentInput, C4 == AbsentInput, D4 == AbsentInput {
  public static func forward(_ ctx: Context, _ a: AbsentInput, _ b: AbsentInput, _ c: AbsentInput, _ d: AbsentInput)
    -> Output
  {}
}

extension Function where A5 == AbsentInput, B5 == AbsentInput, C5 == AbsentInput, D5 == AbsentInput, E5 == AbsentInput {
  public static func forward(
    _ ctx: Context, _ a: AbsentInput, _ b: AbsentInput, _ c: AbsentInput, _ d: AbsentInput, _ e: AbsentInput
  ) -> Output {}
}

extension Function
where A6 == AbsentInput, B6 == AbsentInput, C6 == AbsentInput, D6 == AbsentInput, E6 == AbsentInput, F6 == AbsentInput {
  public static func forward(
    _ ctx: Context, _ a: AbsentInput, _ b: AbsentInput, _ c: AbsentInput, _ d: AbsentInput, _ e: AbsentInput,
    _ f: AbsentInput
  ) -> Output {}
}

extension Function where P1 == AbsentInput {
  public static func backward(_ ctx: Context, _ p: AbsentInput) -> Gradients {}
}

extension Function where P2 == AbsentInput, Q2 == AbsentInput {
  public static func backward(_ ctx: Context, _ p: AbsentInput, _ q: AbsentInput) -> Gradients {}
}

extension Function where P3 == AbsentInput, Q3 == AbsentInput, R3 == AbsentInput {
  public static func backward(_ ctx: Context, _ p: AbsentInput, _ q: AbsentInput, _ r: AbsentInput) -> Gradients {}
}

extension Function where P4 == AbsentInput, Q4 == AbsentInput, R4 == AbsentInput, S4 == AbsentInput {
  public static func backward(_ ctx: Context, _ p: AbsentInput, _ q: AbsentInput, _ r: AbsentInput, _ s: AbsentInput)
    -> Gradients
  {}
}

extension Function {
  /// The function of these inputs, recorded with its own gradient.
  public static func apply(_ a: A1) -> Output where Output: TensorTree {
    called(FunctionInputs(a), { ctx, inputs in forward(ctx, inputs.take(a)) }, { $0.mapTensors($1) })
  }
  /// The function of these inputs, recorded with its own gradient, for one with several results.
  public static func apply<each Part: TensorTree>(_ a: A1) -> Output where Output == (repeat each Part) {
    called(FunctionInputs(a), { ctx, inputs in forward(ctx, inputs.take(a)) }) { output, transform in
      (repeat (each output).mapTensors(transform))
    }
  }
  /// The function of these inputs, recorded with its own gradient.
  public static func apply(_ a: A2, _ b: B2) -> Output where Output: TensorTree {
    called(FunctionInputs(a, b), { ctx, inputs in forward(ctx, inputs.take(a), inputs.take(b)) }, { $0.mapTensors($1) })
  }
  /// The function of these inputs, recorded with its own gradient, for one with several results.
  public static func apply<each Part: TensorTree>(_ a: A2, _ b: B2) -> Output where Output == (repeat each Part) {
    called(FunctionInputs(a, b), { ctx, inputs in forward(ctx, inputs.take(a), inputs.take(b)) }) { output, transform in
      (repeat (each output).mapTensors(transform))
    }
  }
  /// The function of these inputs and nil as the last one.
  public static func apply(_ a: A2) -> Output where Output: TensorTree, B2: ExpressibleByNilLiteral {
    apply(a, nil)
  }
  /// The function of these inputs, recorded with its own gradient.
  public static func apply(_ a: A3, _ b: B3, _ c: C3) -> Output where Output: TensorTree {
    called(
      FunctionInputs(a, b, c), { ctx, inputs in forward(ctx, inputs.take(a), inputs.take(b), inputs.take(c)) },
      { $0.mapTensors($1) })
  }
  /// The function of these inputs, recorded with its own gradient, for one with several results.
  public static func apply<each Part: TensorTree>(_ a: A3, _ b: B3, _ c: C3) -> Output
  where Output == (repeat each Part) {
    called(FunctionInputs(a, b, c), { ctx, inputs in forward(ctx, inputs.take(a), inputs.take(b), inputs.take(c)) }) {
      output, transform in
      (repeat (each output).mapTensors(transform))
    }
  }
  /// The function of these inputs and nil as the last one.
  public static func apply(_ a: A3, _ b: B3) -> Output where Output: TensorTree, C3: ExpressibleByNilLiteral {
    apply(a, b, nil)
  }
  /// The function of these inputs, recorded with its own gradient.
  public static func apply(_ a: A4, _ b: B4, _ c: C4, _ d: D4) -> Output where Output: TensorTree {
    called(
      FunctionInputs(a, b, c, d),
      { ctx, inputs in forward(ctx, inputs.take(a), inputs.take(b), inputs.take(c), inputs.take(d)) },
      { $0.mapTensors($1) })
  }
  /// The function of these inputs, recorded with its own gradient, for one with several results.
  public static func apply<each Part: TensorTree>(_ a: A4, _ b: B4, _ c: C4, _ d: D4) -> Output
  where Output == (repeat each Part) {
    called(
      FunctionInputs(a, b, c, d),
      { ctx, inputs in forward(ctx, inputs.take(a), inputs.take(b), inputs.take(c), inputs.take(d)) }
    ) { output, transform in
      (repeat (each output).mapTensors(transform))
    }
  }
  /// The function of these inputs and nil as the last one.
  public static func apply(_ a: A4, _ b: B4, _ c: C4) -> Output where Output: TensorTree, D4: ExpressibleByNilLiteral {
    apply(a, b, c, nil)
  }
  /// The function of these inputs, recorded with its own gradient.
  public static func apply(_ a: A5, _ b: B5, _ c: C5, _ d: D5, _ e: E5) -> Output where Output: TensorTree {
    called(
      FunctionInputs(a, b, c, d, e),
      { ctx, inputs in forward(ctx, inputs.take(a), inputs.take(b), inputs.take(c), inputs.take(d), inputs.take(e)) },
      { $0.mapTensors($1) })
  }
  /// The function of these inputs, recorded with its own gradient, for one with several results.
  public static func apply<each Part: TensorTree>(_ a: A5, _ b: B5, _ c: C5, _ d: D5, _ e: E5) -> Output
  where Output == (repeat each Part) {
    called(
      FunctionInputs(a, b, c, d, e),
      { ctx, inputs in forward(ctx, inputs.take(a), inputs.take(b), inputs.take(c), inputs.take(d), inputs.take(e)) }
    ) { output, transform in
      (repeat (each output).mapTensors(transform))
    }
  }
  /// The function of these inputs and nil as the last one.
  public static func apply(_ a: A5, _ b: B5, _ c: C5, _ d: D5) -> Output
  where Output: TensorTree, E5: ExpressibleByNilLiteral {
    apply(a, b, c, d, nil)
  }
  /// The function of these inputs, recorded with its own gradient.
  public static func apply(_ a: A6, _ b: B6, _ c: C6, _ d: D6, _ e: E6, _ f: F6) -> Output where Output: TensorTree {
    called(
      FunctionInputs(a, b, c, d, e, f),
      { ctx, inputs in
        forward(ctx, inputs.take(a), inputs.take(b), inputs.take(c), inputs.take(d), inputs.take(e), inputs.take(f))
      }, { $0.mapTensors($1) })
  }
  /// The function of these inputs, recorded with its own gradient, for one with several results.
  public static func apply<each Part: TensorTree>(_ a: A6, _ b: B6, _ c: C6, _ d: D6, _ e: E6, _ f: F6) -> Output
  where Output == (repeat each Part) {
    called(
      FunctionInputs(a, b, c, d, e, f),
      { ctx, inputs in
        forward(ctx, inputs.take(a), inputs.take(b), inputs.take(c), inputs.take(d), inputs.take(e), inputs.take(f))
      }
    ) { output, transform in
      (repeat (each output).mapTensors(transform))
    }
  }
  /// The function of these inputs and nil as the last one.
  public static func apply(_ a: A6, _ b: B6, _ c: C6, _ d: D6, _ e: E6) -> Output
  where Output: TensorTree, F6: ExpressibleByNilLiteral {
    apply(a, b, c, d, e, nil)
  }

  /// Tells what inputs there are.
  @available(
    *, unavailable,
    message: "the inputs are those of static func forward(_ ctx: Context, ...), without labels and in its order"
  )
  @_disfavoredOverload
  public static func apply<each Input>(_ input: repeat each Input) -> Tensor {
    fail(TensorError(.value, "\(Self.self)", "has no such inputs"))
  }
}
