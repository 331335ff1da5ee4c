import Apus
import ApusDistributed
import Testing

@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct GradientCollectiveTests {
  @Test(arguments: Launcher.all) func gradientsOfCollectives(_ launcher: Launcher) throws {
    let ended = try launcher.run("gradients of collectives", ranks: 3)
    #expect(ended.status == 0, "\(ended.output)")
  }
}

extension Cases {
  /// Collectives with gradients, against numerical derivatives of the sum of all ranks' losses.
  static func gradientsOfCollectives() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let (rank, f) = (world.rank, world.functional)
    try checkDerivative(world, [2, 3], "allReduce") { f.allReduce($0) }
    try checkDerivative(world, [2, 3], "allReduce mean") { f.allReduce($0, .mean) }
    try checkDerivative(world, [2, 3], "allReduce max") { f.allReduce($0, .max) }
    try checkDerivative(world, [2, 3], "allReduce min") { f.allReduce($0, .min) }
    try checkDerivative(world, [2, 3], "allGather") { f.allGather($0, dim: 1) }
    try checkDerivative(world, [rank, 3], "allGather of parts") { f.allGather($0, dim: 0, sizes: [0, 1, 2]) }
    try checkDerivative(world, [2, 6], "reduceScatter") { f.reduceScatter($0, dim: 1) }
    try checkDerivative(world, [4, 2], "reduceScatter of parts") { f.reduceScatter($0, sizes: [1, 3, 0]) }
    try checkDerivative(world, [2, 6], "allToAll") { f.allToAll($0, dim: 1) }
    // Rank r sends r + 1 rows to rank 0, 1 to rank 1, and r to rank 2.
    try checkDerivative(world, [2 * rank + 2, 2], "allToAll of parts") {
      f.allToAll(
        $0, sendSizes: [rank + 1, 1, rank], receiveSizes: [[1, 2, 3], [1, 1, 1], [0, 1, 2]][rank])
    }
    try checkDerivative(world, [4, 2], "allToAll of two dimensions") { f.allToAll($0, splitDim: 0, joinDim: 1) }
    try checkDerivative(world, [2], "broadcast") { f.broadcast($0, from: 1) }
    try checkDerivative(world, [2], "rotate") { f.rotate($0, by: 2) }

    // What comes: rank s has 10 s + i.
    let x = Tensor([0, 1, 2].map { Double(10 * rank + $0) }, dtype: .float64)
    #expect(f.rotate(x).array(as: Double.self)[0] == Double(10 * rank.moved(-1, in: 3)))
    #expect(f.allToAll(x).array(as: Double.self) == [0, 1, 2].map { Double(10 * $0 + rank) })
    #expect(f.allReduce(x).array(as: Double.self) == [30, 33, 36])

    // Megatron's pairs: where all ranks have one loss, gradients are those of one process.
    let weight = Tensor([0.5, -1, 2], dtype: .float64)
    let input = Tensor([1.0, 2, 3], dtype: .float64).requiresGrad_()
    let own = f.copyToGroup(input)[rank] * weight[rank]
    f.reduceFromGroup(own).square().backward()
    let total = 0.5 - 2 + 6.0
    #expect(input.grad?.array(as: Double.self) == [0.5, -1, 2].map { 2 * total * $0 })
    let parted = Tensor([1.0, 2, 3], dtype: .float64).requiresGrad_()
    let whole = f.gatherFromGroup(f.scatterToGroup(parted) * Double(rank + 1))
    (whole * weight).sum().backward()
    #expect(parted.grad?.array(as: Double.self) == [0.5, -2, 6])

    // Mistakes that all ranks see alike.
    #expect(throws: TensorError.self) { try withErrors { f.reduceScatter(x, sizes: [1, 1, 2]) } }
    #expect(throws: TensorError.self) { try withErrors { f.allGather(x, dim: 1) } }
    #expect(throws: TensorError.self) { try withErrors { f.allToAll(x[0..<2]) } }
  }

  /// Compares the gradient of `body` with central differences: all ranks compute again for each element of each rank.
  private static func checkDerivative(
    _ world: ProcessGroup, _ shape: [Int], _ what: String, _ body: (Tensor) -> Tensor
  ) throws {
    let count = shape.reduce(1, *)
    // Numbers without ties between ranks, so that extremes have derivatives.
    let numbers = (0..<count).map { Double(($0 * 7 + world.rank * 5) % 11) + 0.1 * Double(world.rank) - 4 }
    func loss(_ x: Tensor) -> Tensor {
      let y = body(x)
      let weights = Tensor((0..<y.count).map { Double($0 + 1) * 0.5 + Double(world.rank) }, dtype: .float64)
      return (y.square() * weights.reshape(y.shape)).sum()
    }
    let x = Tensor(numbers, dtype: .float64).reshape(shape).requiresGrad_()
    loss(x).backward()
    let found = x.grad?.reshape([-1]).array(as: Double.self) ?? []
    let counts = try world.allGatherObject(count)
    for (owner, count) in counts.enumerated() {
      for i in 0..<count {
        func changed(by step: Double) throws -> Double {
          var moved = numbers
          if world.rank == owner { moved[i] += step }
          let local = noGrad { loss(Tensor(moved, dtype: .float64).reshape(shape)) }
          return try world.allReduce(local).item()
        }
        let expected = try (changed(by: 1e-5) - changed(by: -1e-5)) / 2e-5
        if world.rank == owner {
          #expect(abs(found[i] - expected) < 1e-6 * max(1, abs(expected)), "\(what): element \(i)")
        }
      }
    }
  }
}

extension Int {
  fileprivate func moved(_ distance: Int, in size: Int) -> Int { ((self + distance) % size + size) % size }
}
