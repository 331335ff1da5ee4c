import Apus
import ApusCore
import Foundation
import TestSupport
import Testing

// Optimisers that PyTorch does not have, against their papers' algorithms, written here for plain numbers.

/// Seven steps on gradients that change sign, from a parameter with three elements.
private func run(_ make: ([Tensor]) -> Optimizer) -> [Double] {
  let p = parameter(Tensor(start, dtype: .float64))
  let optimizer = make([p])
  for t in 1...7 {
    p.grad = Tensor(slope(p.detach().array(as: Double.self), t), dtype: .float64)
    optimizer.step()
  }
  return p.detach().array(as: Double.self)
}

private let start = [0.5, -1.0, 2.0]

private func slope(_ x: [Double], _ t: Int) -> [Double] { x.map { $0 * Double(t) / 5 - 0.3 * sin(Double(t)) } }

private func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

private func close(_ a: [Double], _ b: [Double]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) }
}

@Suite struct PublishedOptimizerTests {
  // Chen and others, 2023, algorithm 2.
  @Test func lion() {
    let (lr, b1, b2, decay) = (0.03, 0.8, 0.95, 0.1)
    var (x, m) = (start, [0.0, 0, 0])
    for t in 1...7 {
      let g = slope(x, t)
      for i in x.indices {
        let c = b1 * m[i] + (1 - b1) * g[i]
        x[i] -= lr * ((c > 0 ? 1 : c < 0 ? -1 : 0) + decay * x[i])
        m[i] = b2 * m[i] + (1 - b2) * g[i]
      }
    }
    #expect(close(run { Lion($0, lr: lr, betas: (b1, b2), weightDecay: decay) }, x))
  }

  // You and others, 2019, algorithm 2.
  @Test(arguments: [(0.0, Double.infinity), (0.0, 0.7)]) func lamb(_ bounds: (Double, Double)) {
    let (lr, b1, b2, eps, decay) = (0.05, 0.9, 0.99, 1e-6, 0.01)
    var (x, m, v) = (start, [0.0, 0, 0], [0.0, 0, 0])
    for t in 1...7 {
      let g = slope(x, t)
      var r = g
      for i in x.indices {
        m[i] = b1 * m[i] + (1 - b1) * g[i]
        v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i]
        r[i] = m[i] / (1 - pow(b1, Double(t))) / ((v[i] / (1 - pow(b2, Double(t)))).squareRoot() + eps) + decay * x[i]
      }
      let ratio = min(max(norm(x), bounds.0), bounds.1) / norm(r)
      for i in x.indices { x[i] -= lr * ratio * r[i] }
    }
    #expect(
      close(
        run { LAMB($0, lr: lr, betas: (b1, b2), eps: eps, weightDecay: decay, normBounds: bounds) }, x))
  }

  // You, Gitman and Ginsburg, 2017, algorithm 1.
  @Test func lars() {
    let (lr, momentum, decay, trust) = (0.5, 0.9, 0.01, 0.02)
    var (x, v) = (start, [0.0, 0, 0])
    for t in 1...7 {
      let g = slope(x, t)
      let rate = trust * norm(x) / (norm(g) + decay * norm(x))
      for i in x.indices {
        v[i] = momentum * v[i] + lr * rate * (g[i] + decay * x[i])
        x[i] -= v[i]
      }
    }
    #expect(
      close(
        run { LARS($0, lr: lr, momentum: momentum, weightDecay: decay, trustCoefficient: trust, eps: 0) }, x))
  }

  // Pagliardini, Ablin and Grangier, 2024, algorithm 1 with the schedules of its section 3.
  @Test(arguments: [nil, 5] as [Int?]) func ademamix(_ warmup: Int?) {
    let (lr, b1, b2, b3, alpha, eps, decay) = (0.02, 0.9, 0.999, 0.9999, 8.0, 1e-8, 0.1)
    var (x, m1, m2, v) = (start, [0.0, 0, 0], [0.0, 0, 0], [0.0, 0, 0])
    for t in 1...7 {
      let g = slope(x, t)
      var (weight, slow) = (alpha, b3)
      if let warmup {
        let share = Double(t) / Double(warmup)
        weight = min(share * alpha, alpha)
        slow = min(exp(log(b1) * log(b3) / ((1 - share) * log(b3) + share * log(b1))), b3)
        if t >= warmup { slow = b3 }
      }
      for i in x.indices {
        m1[i] = b1 * m1[i] + (1 - b1) * g[i]
        m2[i] = slow * m2[i] + (1 - slow) * g[i]
        v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i]
        let scale = (v[i] / (1 - pow(b2, Double(t)))).squareRoot() + eps
        x[i] -= lr * ((m1[i] / (1 - pow(b1, Double(t))) + weight * m2[i]) / scale + decay * x[i])
      }
    }
    #expect(
      close(
        run {
          AdEMAMix(
            $0, lr: lr, betas: (b1, b2, b3), alpha: alpha, beta3Warmup: warmup, alphaWarmup: warmup, eps: eps,
            weightDecay: decay)
        }, x))
  }

  // Defazio and others, 2024, algorithm 1 with its z, x and y kept apart.
  @Test(arguments: [0, 4]) func scheduleFree(_ warmup: Int) {
    let (lr, b1, b2, eps, decay) = (0.05, 0.9, 0.99, 1e-8, 0.1)
    var (z, x, v) = (start, start, [0.0, 0, 0])
    var sum = 0.0
    func y() -> [Double] { zip(z, x).map { (1 - b1) * $0 + b1 * $1 } }
    for t in 1...7 {
      let (at, g) = (y(), slope(y(), t))
      let rate =
        lr * (1 - pow(b2, Double(t))).squareRoot() * (warmup > 0 ? min(1, Double(t) / Double(warmup)) : 1)
      sum += rate * rate
      let share = rate * rate / sum
      for i in z.indices {
        v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i]
        z[i] -= rate * (g[i] / (v[i].squareRoot() + eps) + decay * at[i])
        x[i] = (1 - share) * x[i] + share * z[i]
      }
    }
    let p = parameter(Tensor(start, dtype: .float64))
    let optimizer = AdamWScheduleFree(
      [p], lr: lr, betas: (b1, b2), eps: eps, weightDecay: decay, warmupSteps: warmup)
    for t in 1...7 {
      p.grad = Tensor(slope(p.detach().array(as: Double.self), t), dtype: .float64)
      optimizer.step()
    }
    #expect(close(p.detach().array(as: Double.self), y()))
    optimizer.eval()
    optimizer.eval()
    #expect(zip(p.detach().array(as: Double.self), x).allSatisfy { abs($0 - $1) < 1e-9 })
    let error = #expect(throws: TensorError.self) { try withErrors { optimizer.step() } }
    #expect(error?.message.contains("call train() first") == true)
    optimizer.train()
    #expect(zip(p.detach().array(as: Double.self), y()).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  /// A row that a batch did not look at keeps its elements; the others are those of Adam with the steps of all.
  @Test func sparseAdamLeavesRowsAlone() {
    let p = parameter(Tensor([[1.0, 2.0], [3.0, 4.0]], dtype: .float64))
    let row = parameter(Tensor([3.0, 4.0], dtype: .float64))
    let (sparse, adam) = (SparseAdam([p], lr: 0.1), Adam([row], lr: 0.1))
    for t in 1...3 {
      p.grad = Tensor([[0.0, 0.0], [Double(t), 0.0]], dtype: .float64)
      row.grad = Tensor([Double(t), 0.0], dtype: .float64)
      sparse.step()
      adam.step()
    }
    let values = p.detach().array(as: Double.self)
    #expect(Array(values[..<2]) == [1, 2])
    #expect(zip(values[2...], row.detach().array(as: Double.self)).allSatisfy { abs($0 - $1) < 1e-7 })
  }

  /// States go on where they were, for every kind of optimiser.
  @Test func statesGoOn() throws {
    let kinds: [([Tensor]) -> Optimizer] = [
      { Lion($0) }, { LAMB($0) }, { LARS($0) }, { AdEMAMix($0, beta3Warmup: 4) }, { SparseAdam($0) },
      { AdamWScheduleFree($0, warmupSteps: 5) }, { Muon($0) }, { Adafactor($0) },
    ]
    for make in kinds {
      let a = parameter(Tensor([[1.0, -2.0], [0.5, 3.0]]))
      let first = make([a])
      for i in 1...3 {
        a.grad = Tensor([[0.1, Double(i)], [0.3, -0.2]])
        first.step()
      }
      let b = parameter(a.detach())
      let second = make([b])
      try second.loadStateDict(first.stateDict())
      for i in 1...3 {
        a.grad = Tensor([[0.3, Double(i)], [-0.1, 0.2]])
        b.grad = a.grad
        first.step()
        second.step()
      }
      #expect(a.detach().array() == b.detach().array(), "\(first.name)")
      #expect(Set(first.stateDict().names) == Set(second.stateDict().names))
    }
  }
}
