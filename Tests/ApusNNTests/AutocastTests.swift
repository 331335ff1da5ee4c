import Apus
import Foundation
import Testing

/// The values are PyTorch 2.15's, `torch.autocast("cpu")`.
@Suite struct AutocastTests {
  /// Numbers without a generator: sin(k i) times 0.4.
  private func wave(_ shape: [Int], _ k: Double) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor((0..<count).map { i in 0.4 * Foundation.sin(Double(i) * k) }, shape: shape, dtype: .float32)
  }

  @Test func scopesNest() {
    #expect(!isAutocastEnabled)
    autocast(.bfloat16) {
      #expect(isAutocastEnabled && autocastDType == .bfloat16)
      autocast(.float16) { #expect(autocastDType == .float16) }
      autocast(enabled: false) {
        #expect(!isAutocastEnabled && autocastDType == nil)
        #expect(wave([2, 2], 1).mm(wave([2, 2], 1)).dtype == .float32)
        autocast("cpu", dtype: .bfloat16) { #expect(wave([2, 2], 1).mm(wave([2, 2], 1)).dtype == .bfloat16) }
      }
      #expect(autocastDType == .bfloat16)
    }
    #expect(!isAutocastEnabled)
    let (found, warnings) = catchWarnings { autocast(.float64) { isAutocastEnabled } }
    #expect(!found && warnings.count == 1)
  }

  /// A network of all three kinds of operations, trained beside PyTorch.
  @Test(arguments: [false, true]) func trainingGivesPyTorchsLosses(isCompiled: Bool) {
    let expected = [
      1.678217887878418, 0.9194582104682922, 0.8443596363067627, 0.7020910382270813, 0.7761502861976624,
      0.6893036365509033, 0.7121421694755554, 0.6734380125999451, 0.6696219444274902, 0.668917715549469,
      0.6493043899536133, 0.6523681282997131,
    ]
    let (w1, b1) = (parameter(wave([16, 8], 0.7)), parameter(wave([16], 0.3)))
    let (gain, shift) = (parameter(ones([16])), parameter(zeros([16])))
    let w2 = parameter(wave([4, 16], 1.1))
    let (x, y) = (wave([12, 8], 0.37) * 2, arange(12) % 4)
    let optimizer = SGD([w1, b1, gain, shift, w2], lr: 0.3, momentum: 0.9)
    let pass = { @Sendable (x: Tensor, y: Tensor) -> Tensor in
      let loss = autocast(.bfloat16) {
        let hidden = layerNorm(linear(x, w1, b1).gelu(), [16], gain, shift)
        return crossEntropy(linear(hidden, w2), y)
      }
      loss.backward()
      return loss.detach()
    }
    let compiled = compile(pass)
    for (i, value) in expected.enumerated() {
      optimizer.zeroGrad()
      let loss = isCompiled ? compiled(x, y) : pass(x, y)
      #expect(loss.dtype == .float32 && w1.grad?.dtype == .float32)
      // The first loss tells bfloat16 from float32 (1.67995); what follows rounds differently.
      #expect(abs(loss.item() - value) < (i == 0 ? 3e-4 : 8e-3), "step \(i): \(loss.item())")
      optimizer.step()
    }
  }

  /// A parameter that is used twice is converted once; its gradient is that of both uses, in float32.
  @Test func parametersAreConvertedOnce() throws {
    let w = parameter(wave([4, 4], 0.9))
    let x = wave([3, 4], 0.5)
    func gradient(cacheEnabled: Bool) throws -> ([Double], isShared: Bool) {
      w.grad = nil
      return try autocast(.bfloat16, cacheEnabled: cacheEnabled) {
        let y = x.mm(w).mm(w)
        let second = try #require(y.gradFn)
        let first = try #require(second.nextFunctions[0].0)
        let conversions = [first, second].map { $0.nextFunctions[1].0 }
        #expect(conversions.allSatisfy { $0?.name == "ToCopyBackward0" })
        y.float().sum().backward()
        return (try #require(w.grad).array(as: Double.self), conversions[0] == conversions[1])
      }
    }
    let (cached, once) = try gradient(cacheEnabled: true)
    let (plain, shared) = try gradient(cacheEnabled: false)
    // The gradients of both uses are added in bfloat16 before they are converted, or behind it.
    #expect(zip(cached, plain).allSatisfy { abs($0 - $1) < 0.01 * abs($1) + 1e-3 } && once && !shared)
  }

  /// What is converted without gradients does not serve an operation with them, and a step inside of the scope is seen.
  @Test func theCacheIsNeverStale() {
    let w = parameter(ones([2, 2]))
    let x = ones([2, 2])
    autocast(.bfloat16) {
      noGrad { #expect(x.mm(w).sum().item() == 8) }
      let y = x.mm(w)
      #expect(y.requiresGrad)
      y.float().sum().backward()
      #expect(w.grad?.sum().item() == 8)
      noGrad { w.mul_(3) }
      #expect(x.mm(w).sum().item() == 24)
    }
  }

  /// The backward pass runs in the types of the forward pass, wherever it is called.
  @Test func backwardInsideIsBackwardOutside() {
    let w = parameter(wave([8, 8], 0.7))
    let x = wave([4, 8], 0.3)
    func loss() -> Tensor { mseLoss(linear(x, w).tanh(), ones([4, 8])) }
    autocast(.bfloat16) { loss().backward() }
    let inside = w.grad?.array(as: Double.self)
    w.grad = nil
    autocast(.bfloat16) { loss() }.backward()
    #expect(w.grad?.array(as: Double.self) == inside)
    w.grad = nil
    // What is run again in the backward pass runs as it did before.
    let recomputed = autocast(.bfloat16) {
      checkpoint({ (x: Tensor) in mseLoss(linear(x, w).tanh(), ones([4, 8])) }, x)
    }
    recomputed.backward()
    #expect(w.grad?.array(as: Double.self) == inside)
  }

  private final class Product: Function {
    static func forward(_ ctx: FunctionContext, _ a: Tensor, _ b: Tensor) -> Tensor {
      customFwd(ctx, a, b) { a, b in
        ctx.saveForBackward(a, b)
        return a.mm(b)
      }
    }
    static func backward(_ ctx: FunctionContext, _ g: Tensor) -> (Tensor, Tensor) {
      customBwd(ctx) {
        #expect(isAutocastEnabled)
        let (a, b) = ctx.savedTensors
        return (g.mm(b.t()), a.t().mm(g))
      }
    }
  }

  private final class WideProduct: Function {
    static func forward(_ ctx: FunctionContext, _ a: Tensor, _ b: Tensor) -> Tensor {
      customFwd(ctx, castInputs: .float32, a, b) { a, b in
        #expect(!isAutocastEnabled && a.dtype == .float32)
        ctx.saveForBackward(a, b)
        return a.mm(b)
      }
    }
    static func backward(_ ctx: FunctionContext, _ g: Tensor) -> (Tensor, Tensor) {
      customBwd(ctx) {
        #expect(!isAutocastEnabled)
        let (a, b) = ctx.savedTensors
        return (g.mm(b.t()), a.t().mm(g))
      }
    }
  }

  @Test func functionsOfOnesOwn() {
    let (a, b) = (parameter(wave([2, 3], 0.4)), parameter(wave([3, 2], 0.8)))
    let narrow = autocast(.bfloat16) { Product.apply(a, b) }
    #expect(narrow.dtype == .bfloat16)
    narrow.float().sum().backward()
    #expect(a.grad?.shape == [2, 3])
    let wide = autocast(.bfloat16) { WideProduct.apply(a, b) }
    #expect(wide.dtype == .float32)
    wide.sum().backward()
  }

  /// A compiled function has a graph for each state of autocast.
  @Test func compiledFunctionsTellScopesApart() {
    let w = parameter(wave([4, 4], 0.9))
    let f = compile { (x: Tensor) in x.mm(w) }
    let x = wave([2, 4], 0.5)
    #expect(f(x).dtype == .float32)
    #expect(autocast(.bfloat16) { f(x) }.dtype == .bfloat16)
    #expect(autocast(.float16) { f(x) }.dtype == .float16)
    #expect(f(x).dtype == .float32)
    // A graph reads the parameter anew, also one that was captured where it had been converted.
    let y = autocast(.bfloat16) {
      _ = x.mm(w)
      return f(x)
    }
    noGrad { w.mul_(2) }
    let doubled = autocast(.bfloat16) { f(x) }
    #expect(doubled.float().allclose(y.float() * 2))
  }

  @Test func otherTransformationsSeeIt() {
    let (w, x) = (wave([4, 4], 0.9), wave([3, 2, 4], 0.5))
    autocast(.bfloat16) {
      let mapped = vmap { (x: Tensor) in x.mm(w) }(x)
      #expect(mapped.dtype == .bfloat16 && mapped.equal(x.matmul(w)))
      let (value, derivative) = jvp({ $0.mm(w) }, primals: x[0], tangents: x[1])
      #expect(value.dtype == .bfloat16 && derivative.dtype == .bfloat16)
    }
  }

  /// Types of layers' results for float32 inputs.
  @Test func layersGivePyTorchsTypes() {
    let x = wave([5, 3, 8], 0.3)
    autocast(.bfloat16) {
      noGrad {
        let (lstm, state) = LSTM(8, 4)(x)
        #expect([lstm, state.0, state.1].allSatisfy { $0.dtype == .bfloat16 })
        let (gru, hidden) = GRU(8, 4)(x)
        #expect(gru.dtype == .float32 && hidden.dtype == .float32)
        #expect(RNN(8, 4)(x).0.dtype == .bfloat16)
        #expect(MultiheadAttention(8, 2)(x, x, x).0.dtype == .bfloat16)
        #expect(TransformerEncoderLayer(8, 2, 16)(x).dtype == .float32)
        #expect(LayerNorm(8)(x).dtype == .float32)
        #expect(Sequential(Linear(8, 3), LayerNorm(3))(x).dtype == .bfloat16)
        #expect(Sequential(Linear(8, 3), BatchNorm1d(3))(x).dtype == .bfloat16)
        #expect(Conv1d(3, 2, 3)(x).dtype == .bfloat16)
        #expect(PReLU()(x).dtype == .bfloat16)
      }
    }
  }
}
