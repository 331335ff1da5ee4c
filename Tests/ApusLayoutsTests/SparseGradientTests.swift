import Apus
import Testing

/// Gradients of tables by rows, and the optimisers that take them.
@Suite(.serialized) struct SparseGradientTests {
  private func table(sparse: Bool = true) -> Embedding {
    let layer = Embedding(6, 3, paddingIdx: 2, sparse: sparse)
    layer.weight = parameter(arange(18.0).reshape(6, 3).cos())
    return layer
  }
  private func loss(_ layer: Embedding, _ rows: [Int]) -> Tensor {
    let t = layer(Tensor(rows))
    return (t * t * Recorded.weights(t)).sum()
  }

  @Test func rowsAsTheyWereLookedUp() {
    let layer = table()
    loss(layer, [0, 1, 1, 5]).backward()
    let gradient = layer.weight.sparseGrad
    #expect(gradient?.shape == [6, 3] && gradient?.isCoalesced == false)
    if let gradient {
      expectRecorded(gradient.storedIndices, "table.indices")
      expectRecorded(gradient.storedValues, "table.values", 1e-6)
    }
    // What reads the whole gradient sees the same numbers.
    let dense = table(sparse: false)
    loss(dense, [0, 1, 1, 5]).backward()
    #expect(gradient?.toDense().allclose(dense.weight.grad ?? Tensor(0.0)) == true)
    #expect(layer.weight.grad?.allclose(dense.weight.grad ?? Tensor(0.0)) == true)
    #expect(layer.weight.sparseGrad == nil)
    layer.weight.grad = nil
    loss(layer, [2, 2]).backward()
    #expect(layer.weight.sparseGrad?.nnz == 0)
  }

  @Test func gradientsAddUp() {
    let (layer, dense) = (table(), table(sparse: false))
    for each in [layer, dense] {
      loss(each, [0, 1]).backward()
      loss(each, [1, 5]).backward()
    }
    #expect(layer.weight.sparseGrad?.nnz == 4)
    #expect(layer.weight.sparseGrad?.coalesce().nnz == 3)
    // A dense part makes the whole gradient dense.
    for each in [layer, dense] { (each.weight * 2).sum().backward() }
    #expect(layer.weight.sparseGrad == nil)
    for each in [layer, dense] { loss(each, [3]).backward() }
    #expect(layer.weight.grad?.allclose(dense.weight.grad ?? Tensor(0.0)) == true)
  }

  @Test func functionsAndHooksSeeTensors() {
    let (layer, dense) = (table(), table(sparse: false))
    let (a, b) = (
      gradients(of: [loss(layer, [0, 1, 1])], wrt: [layer.weight])[0],
      gradients(of: [loss(dense, [0, 1, 1])], wrt: [dense.weight])[0]
    )
    #expect(a?.allclose(b ?? Tensor(0.0)) == true)
    let seen = Seen()
    layer.weight.registerHook { seen.shapes.append($0.shape) }
    loss(layer, [0]).backward()
    #expect(seen.shapes == [[6, 3]])
  }

  /// What a hook has seen; it runs in the backward pass of the test.
  private final class Seen: @unchecked Sendable { var shapes: [[Int]] = [] }

  @Test func steps() {
    let kinds: [(String, ([Tensor]) -> Optimizer)] = [
      ("SparseAdam", { SparseAdam($0, lr: 0.1) }), ("SGD", { SGD($0, lr: 0.1) }),
      ("Adagrad", { Adagrad($0, lr: 0.1, lrDecay: 0.01) }),
    ]
    for (name, make) in kinds {
      for isSparse in [true, false] {
        let layer = table(sparse: isSparse)
        let optimizer = make([layer.weight])
        for rows in [[0, 1, 1, 5], [2, 2, 3], [1, 5, 4, 1]] {
          optimizer.zeroGrad()
          loss(layer, rows).backward()
          optimizer.step()
          #expect((layer.weight.sparseGrad != nil) == isSparse)
        }
        expectRecorded(layer.weight, "table.\(name)", 1e-5)
      }
    }
  }

  @Test func otherOptimisersTakeThemAsTensors() {
    let kinds: [([Tensor]) -> Optimizer] = [
      { Adam($0, lr: 0.1) }, { SGD($0, lr: 0.1, momentum: 0.9) }, { Adagrad($0, lr: 0.1, weightDecay: 0.1) },
    ]
    for make in kinds {
      let (layer, dense) = (table(), table(sparse: false))
      let optimizers = [make([layer.weight]), make([dense.weight])]
      for rows in [[0, 1, 1, 5], [3], [1, 4]] {
        for (each, optimizer) in zip([layer, dense], optimizers) {
          optimizer.zeroGrad()
          loss(each, rows).backward()
          optimizer.step()
        }
      }
      #expect(layer.weight.allclose(dense.weight))
    }
  }

  @Test func holdersOfEarlierElementsKeepThem() {
    let layer = table()
    let before = layer.weight.detach()
    let copy = before.clone()
    let optimizer = SGD([layer.weight], lr: 1)
    loss(layer, [0, 5]).backward()
    optimizer.step()
    #expect(before.equal(copy) && !layer.weight.equal(copy))
    #expect(layer.weight.narrow(0, 1, 4).equal(copy.narrow(0, 1, 4)))
  }

  @Test func bags() {
    let bag = EmbeddingBag(6, 3, mode: .sum, sparse: true)
    bag(tensor([[0, 1], [1, 5]])).sum().backward()
    #expect(bag.weight.sparseGrad?.coalesce().indices().array(as: Int.self) == [0, 1, 5])
    #expect(
      bag.weight.sparseGrad?.toDense().array(as: Double.self) == [1, 1, 1, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
  }

  @Test func setByHand() {
    let p = parameter(Tensor.zeros([4, 2]))
    p.sparseGrad = sparseCooTensor(tensor([[3, 1, 3]]), ones(3, 2), size: [4, 2])
    #expect(p.sparseGrad?.nnz == 3)
    SGD([p], lr: 0.5).step()
    #expect(p.detach().array(as: Double.self) == [0, 0, -0.5, -0.5, 0, 0, -1, -1])
    p.sparseGrad = nil
    #expect(p.grad == nil)
  }
}
