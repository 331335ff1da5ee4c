import Apus
import Synchronization
import TestSupport
import Testing

// Gradients at the leaves of the graph: hooks, repeated targets, and variables as gradients. Values are PyTorch's.

struct VariableGradientTests {
  private func limited() -> Tensor {
    let x = Tensor([1.0], requiresGrad: true)
    x.registerHook { $0.clamp(max: 1.0) }
    return x
  }

  @Test func aHookSeesTheSumOfAllContributions() {
    let x = limited()
    (x * 2 + x * 2).backward()
    #expect(x.grad?.array() == [1])
    let y = limited()
    #expect(gradients(of: [y * 2 + y * 2], wrt: [y])[0]?.array() == [1])
    #expect(y.grad == nil)
  }

  @Test func aHookRunsOnceForEachPass() {
    let calls = Mutex<[Double]>([])
    let x = Tensor([1.0], requiresGrad: true)
    x.registerHook { gradient in
      calls.withLock { $0.append(gradient.item()) }
      return gradient * 10
    }
    x.registerHook { $0 + 1 }
    let y = x * 2 + x.exp() * 0 + x * 3
    y.backward(retainGraph: true)
    #expect(x.grad?.array() == [51])
    y.backward()
    #expect(x.grad?.array() == [102])
    #expect(calls.withLock { $0 } == [5, 5])
  }

  @Test func hooksOfLeavesComeAfterThoseOfResults() {
    let order = Mutex<[String]>([])
    let (w, x) = (Tensor([2.0], requiresGrad: true), Tensor([3.0], requiresGrad: true))
    let product = w * x
    for (tensor, name) in [(w, "w"), (x, "x"), (product, "product")] {
      tensor.registerHook { _ in
        order.withLock { $0.append(name) }
        return nil
      }
    }
    (product * x).backward()
    #expect(order.withLock { $0 } == ["product", "w", "x"])
    #expect(w.grad?.array() == [9] && x.grad?.array() == [12])
  }

  @Test func hooksTakePartInHigherDerivatives() {
    let x = Tensor([2.0], requiresGrad: true)
    x.registerHook { $0 * $0 }
    let first = gradients(of: [x * x + x * x], wrt: [x], createGraph: true)[0] ?? x
    #expect(first.array() == [64])
    // (4 x)² = 16 x² has the slope 32 x, which the hook squares.
    #expect(gradients(of: [first], wrt: [x])[0]?.array() == [4096])
  }

  @Test func aTargetMayBeGivenTwice() {
    let x = Tensor([1.0], requiresGrad: true)
    let y = x * 2
    let found = gradients(of: [y * 3], wrt: [x, y, x, y])
    #expect(found.map { $0?.item() } == [6, 3, 6, 3])
  }

  @Test func aVariableAsAGradientIsWhatItHolds() {
    let w = Tensor([3.0], requiresGrad: true)
    w.grad = w
    SGD([w], lr: 0.5).step()
    #expect(w.detach().array() == [1.5])
    #expect(w.grad?.array() == [3])
    let v = Tensor([4.0], requiresGrad: true)
    v.grad = w
    Adam([v, w], lr: 0.5).step()
    #expect(v.detach().array() == [3.5])
  }

  @Test func aVariableAsACotangentIsNotChanged() {
    let (w, x) = (Tensor([3.0], requiresGrad: true), Tensor([1.0], requiresGrad: true))
    (x + x).backward(w)
    #expect(w.detach().array() == [3])
    #expect(x.grad?.array() == [6])
    #expect(x.grad?.requiresGrad == false)
    (x + 1).backward(w)
    #expect(x.grad?.array() == [9])
    x.registerHook { _ in w }
    (x + x).backward(w)
    #expect(x.grad?.array() == [12])
    #expect(w.detach().array() == [3])
  }
}

private func variable() -> Tensor { Tensor([1.0, 2.0], requiresGrad: true) }

/// A change of a variable in place.
private func mutation(
  _ name: String, _ part: String, _ change: @escaping @Sendable (inout Tensor) -> Void
) -> Mistake {
  Mistake(name, .autograd, part, "noGrad") {
    var w = variable()
    change(&w)
  }
}

private let mutations: [Mistake] = [
  mutation("assign", "requires a gradient") { $0.assign($0 * 2) },
  mutation("a sum in place", "requires a gradient") { $0 += 1.0 },
  mutation("store in a slice", "requires a gradient") { $0[0] = Tensor(1.0) },
  mutation("uniform", "uniform") { $0.uniform() },
  mutation("normal", "normal") { $0.normal() },
  mutation("exponential", "exponential") { $0.exponential() },
  mutation("bernoulli", "bernoulli") { $0.bernoulli() },
  mutation("random", "random") { $0.random(0, 5) },
]

struct VariableMutationTests {
  @Test(arguments: mutations) func ofWhatIsRecordedIsAnError(mistake: Mistake) { #expect(mistake.complaint() == nil) }

  @Test func leavesTheVariableAsItWas() {
    let w = variable()
    #expect(throws: TensorError.self) {
      try withErrors {
        var copy = w
        copy.uniform()
        copy.assign(Tensor([5.0, 5.0]))
      }
    }
    #expect(w.detach().array() == [1, 2])
  }

  @Test func isFreeWhereNothingIsRecorded() {
    var w = variable()
    noGrad {
      w.assign(w * 2)
      #expect(w.detach().array() == [2, 4])
      w.uniform(7, 8)
      w[0] = Tensor(1.0)
    }
    #expect(w.detach().array()[0] == 1 && w.detach().array()[1] >= 7)
    var plain = Tensor([1.0, 2.0])
    plain.normal()
    plain.assign(Tensor([3.0, 4.0]))
    #expect(plain.array() == [3, 4])
    var statistics = buffer(Tensor([1.0, 2.0]))
    statistics.assign(Tensor([3.0, 4.0]))
    #expect(statistics.array() == [3, 4])
    Init.normal(w)
    #expect(w.requiresGrad && w.isLeaf)
  }
}
