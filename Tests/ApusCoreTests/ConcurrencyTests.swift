import Apus
import Testing

/// Run under the thread sanitizer by scripts/sanitize.sh.
@Suite struct ConcurrencyTests {
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
        for i in 0..<200 { w.assign(Tensor.full([256], Double(i))) }
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

  private func uniform(_ shape: [Int]) -> Tensor {
    let n = shape.reduce(1, *)
    return Tensor((0..<n).map { Float(($0 * 7919) % 1009) / 1009 }, shape: shape)
  }
}
