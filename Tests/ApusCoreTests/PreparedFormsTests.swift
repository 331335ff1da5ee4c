import ApusCore
import Synchronization
import Testing

/// A weight in another form, as engines make it.
private final class Form: PreparedForm {
  let byteCount = 64
  private let made = Lock(false)

  func isMade(_ mayMake: () -> Bool) -> Bool {
    made.withLock { made in
      if !made { made = mayMake() }
      return made
    }
  }
}

/// Forms of weights are kept where a model is used, and not where it is trained.
@Suite struct PreparedFormsTests {
  /// Whether an operation on `x` and a weight has a form of the weight.
  private func isKept(_ weight: Tensor, _ x: Tensor) -> Bool {
    let body = weight.resolved.body
    return body.keepsForms(beside: x.body)
      && body.prepared(of: UnsafeRawPointer(body.data), where: { (_: Form) in true }) { Form() } != nil
  }

  private let frozen = parameter(Tensor.ones([4, 4], dtype: .float32), requiresGrad: false)
  private let learned = parameter(Tensor.ones([4, 4], dtype: .float32))
  private let x = Tensor.ones([4], dtype: .float32)

  @Test func theSecondUseHasOne() {
    #expect(!isKept(frozen, x))
    #expect(isKept(frozen, x))
    #expect(isKept(frozen, x))
    #expect(!noGrad { isKept(learned, x) })
    #expect(noGrad { isKept(learned, x) })
  }

  /// A weight that is learned, and one that is not beside an input that asks for a gradient.
  @Test func recordingHasNoneAndEndsThoseThereAre() {
    let asking = Tensor.ones([4], dtype: .float32, requiresGrad: true)
    for (weight, input) in [(learned, x), (frozen, asking)] {
      for _ in 0..<3 { #expect(!isKept(weight, input)) }
      noGrad { for _ in 0..<2 { _ = isKept(weight, input) } }
      #expect(noGrad { isKept(weight, input) })
      #expect(!isKept(weight, input))
      #expect(!noGrad { isKept(weight, input) }, "it was given up")
      #expect(noGrad { isKept(weight, input) })
    }
  }

  @Test(arguments: [false, true]) func backwardPassesHaveNone(_ createGraph: Bool) {
    let (frozen, x) = (frozen, x)
    nonisolated(unsafe) var found: [Bool] = []
    let asking = Tensor.ones([4], dtype: .float32, requiresGrad: true)
    let y = asking * 2
    _ = y.registerHook { (gradient: Tensor) -> Tensor? in
      for _ in 0..<3 { found.append(isKept(frozen, x)) }
      return gradient
    }
    _ = gradients(of: [y.sum()], wrt: [asking], createGraph: createGraph)
    #expect(found == [false, false, false])
  }

  /// The weights of a program's file lie in one block.
  @Test func allWeightsOfABlockHaveTheirs() {
    let block = Tensor.ones([100, 16], dtype: .float32)
    let weights = (0..<100).map { block.select(0, $0) }
    for weight in weights { #expect(!isKept(weight, x)) }
    for weight in weights { #expect(!isKept(weight, x), "no constant of a program") }
    for weight in weights { weight.markLasting() }
    for weight in weights { #expect(!isKept(weight, x)) }
    #expect(weights.allSatisfy { isKept($0, x) })
  }

  @Test func whatIsPreparedForGradientsHasNone() {
    for _ in 0..<3 { #expect(!Context.forGradients { noGrad { isKept(frozen, x) } }) }
  }
}
