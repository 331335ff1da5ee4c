import Apus
import Testing

/// Run under the thread sanitizer by scripts/sanitize.sh.
@Suite(.serialized) struct ConcurrencyTests {
  @Test func tensorsAreSharedBetweenTasks() async {
    let x = uniform([64, 64])
    let expected = (x * x + x).sum().item()
    await withTaskGroup(of: Double.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var last = 0.0
          for _ in 0..<20 { last = (x * x + x).sum().item() }
          return last
        }
      }
      for await value in group { #expect(value == expected) }
    }
  }

  @Test func backwardPassesRunSideBySideOnOneVariable() async {
    let w = Tensor([1.0, 2.0, 3.0], requiresGrad: true)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<50 { (w * w).sum().backward() } }
      }
    }
    #expect(w.grad?.array() == [800, 1600, 2400] as [Float])
  }

  @Test func oneGraphCanBeWalkedBySeveralTasks() async {
    let x = Tensor([2.0], requiresGrad: true)
    let y = ((x * x).exp() * x).sum()
    let expected = gradients(of: [y], wrt: [x], retainGraph: true)[0]?.item()
    await withTaskGroup(of: Double?.self) { group in
      for _ in 0..<8 {
        group.addTask { gradients(of: [y], wrt: [x], retainGraph: true)[0]?.item() }
      }
      for await value in group { #expect(value == expected) }
    }
  }

  @Test func aVariableIsReadWhileItIsUpdated() async {
    let w = Tensor.full([256], 1.0)
    let shared = Tensor(w, requiresGrad: true)
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        var w = shared
        for i in 0..<200 { noGrad { w.assign(Tensor.full([256], Double(i))) } }
      }
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<200 {
            let values: [Float] = shared.detach().array()
            #expect(values.allSatisfy { $0 == values[0] })
          }
        }
      }
    }
  }

  @Test func formulasAreCompiledOnceByWhoeverComesFirst() async {
    await withTaskGroup(of: Double.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let x = Tensor([0.3, 0.7], requiresGrad: true)
          (x.atanh() * x.cosh()).sum().backward()
          return x.grad?.sum().item() ?? 0
        }
      }
      var first: Double?
      for await value in group {
        #expect(value == first ?? value)
        first = value
      }
    }
  }

  @Test func copiesAreChangedWithoutOthersSeeingIt() async {
    let x = uniform([32, 32])
    let before = x.array()
    await withTaskGroup(of: Bool.self) { group in
      for i in 0..<8 {
        group.addTask {
          (0..<50).allSatisfy { _ in
            var y = x
            y += Double(i)
            y[0] = Tensor(7.0)
            return y[1, 1].item() == Double(before[33] + Float(i)) && y[0, 5].item() == 7
          }
        }
      }
      for await holds in group { #expect(holds) }
    }
    #expect(x.array() == before)
  }

  @Test func tensorsChangeHands() async {
    // Memory that one task took from the allocator is given back by another.
    let (stream, continuation) = AsyncStream<Tensor>.makeStream()
    await withTaskGroup(of: Double.self) { group in
      group.addTask {
        for i in 0..<200 { continuation.yield(Tensor.full([1000 + i * 7], Double(i))) }
        continuation.finish()
        return 0
      }
      group.addTask {
        var total = 0.0
        for await x in stream { total += x.sum().item() / Double(x.count) }
        return total
      }
      var sum = 0.0
      for await value in group { sum += value }
      #expect(sum == 199 * 100)
    }
  }

  @Test func parallelKernelsRunSideBySide() async {
    let (a, b) = (uniform([200, 150]), uniform([150, 180]))
    let long = uniform([300_000])
    let expected = (matmul(a, b).sum().item(), long.exp().sum().item(), long.sort().values[0].item())
    await withTaskGroup(of: (Double, Double, Double).self) { group in
      for i in 0..<6 {
        group.addTask {
          var last = (0.0, 0.0, 0.0)
          for _ in 0..<5 {
            if i == 0 { setNumThreads(1 + Int.random(in: 0..<3)) }
            last = (matmul(a, b).sum().item(), long.exp().sum().item(), long.sort().values[0].item())
          }
          return last
        }
      }
      for await value in group {
        // How sums are cut depends on the number of threads.
        #expect(abs(value.0 - expected.0) < 1e-3 * expected.0 && abs(value.1 - expected.1) < 1e-4 * expected.1)
        #expect(value.2 == expected.2)
      }
    }
    setNumThreads(threads)
  }

  @Test func drawsOfOneGeneratorAreHandedOutOnce() async {
    let serial = Generator(seed: 5)
    let expected = Set((0..<400).map { _ in rand([7], generator: serial).array() })
    let shared = Generator(seed: 5)
    await withTaskGroup(of: [[Float]].self) { group in
      for _ in 0..<8 {
        group.addTask { (0..<50).map { _ in rand([7], generator: shared).array() } }
      }
      var found: Set<[Float]> = []
      for await values in group { found.formUnion(values) }
      #expect(found == expected)
    }
  }

  @Test func theDefaultGeneratorIsSharedAndSeeded() async {
    await withTaskGroup(of: Bool.self) { group in
      for i in 0..<6 {
        group.addTask {
          (0..<50).allSatisfy { step in
            if i == 0 { manualSeed(step) }
            let values = [rand([5]), bernoulli(Tensor.full([5], 0.5)), dropout(Tensor.ones([5]), p: 0.5) / 2.0]
            return values.allSatisfy { ($0 .>= 0).all().item() == 1 && ($0 .<= 1).all().item() == 1 }
              && randn([20]).isfinite().all().item() == 1 && Set(randperm(9).array(as: Int.self)).count == 9
          }
        }
      }
      for await holds in group { #expect(holds) }
    }
  }

  @Test func scopesBelongToTheirThread() async {
    let w = Tensor([1.0, 2.0], requiresGrad: true)
    await withTaskGroup(of: Bool.self) { group in
      for i in 0..<9 {
        group.addTask {
          (0..<50).allSatisfy { _ in
            switch i % 3 {
            case 0: noGrad { !(w * w).requiresGrad }
            case 1: (try? withErrors { w + Tensor([1.0, 2.0, 3.0]) }) == nil
            default: (w * w).requiresGrad
            }
          }
        }
      }
      for await holds in group { #expect(holds) }
    }
  }

  @Test func textIsMadeWhileOptionsChange() async {
    let x = Tensor([1.25, 2.5])
    await withTaskGroup(of: Bool.self) { group in
      for i in 0..<4 {
        group.addTask {
          (0..<50).allSatisfy { step in
            if i == 0 { setPrintOptions(precision: 2 + step % 2) }
            return ["\(x)"].allSatisfy { $0.hasPrefix("tensor([1.25") && $0.hasSuffix("])") }
          }
        }
      }
      for await holds in group { #expect(holds) }
    }
    setPrintOptions(profile: .default)
  }

  @Test func hooksAndGradientsAreReachedFromEverywhere() async {
    let w = Tensor([1.0, 2.0], requiresGrad: true)
    await withTaskGroup(of: Void.self) { group in
      for i in 0..<6 {
        group.addTask {
          for _ in 0..<30 {
            switch i {
            case 0: w.registerHook { $0 * 1.0 }
            case 1: w.grad = nil
            case 2: _ = w.grad?.array()
            default: (w * w).sum().backward()
            }
          }
        }
      }
    }
    w.grad = nil
    (w * w).sum().backward()
    #expect(w.grad?.array() == [2, 4])
  }

  private let threads = getNumThreads()

  private func uniform(_ shape: [Int]) -> Tensor {
    let n = shape.reduce(1, *)
    return Tensor((0..<n).map { Float(($0 * 7919) % 1009) / 1009 }, shape: shape)
  }
}
