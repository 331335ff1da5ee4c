import Apus
import ApusDistributed
import Testing

extension DistributedCode {
  /// Meshes and what is divided, as docs/distributed.md has it, on one process.
  @Test func meshes() throws {
    let world = try initProcessGroup()
    let x = randn(3).requiresGrad_()
    let total = world.functional.allReduce(x.square())  // backward() adds up the gradients of all ranks
    total.sum().backward()
    #expect(allclose(try #require(x.grad), x.detach() * 2))

    let mesh = try DeviceMesh([1, world.size], names: ["data", "tensor"])
    let row = try mesh["tensor"]  // a mesh of one dimension
    print(mesh.coordinates, try mesh.group("data").size, row.ranks)
    #expect(row.ranks == [0])

    do {
      let activations = try distribute(randn(8, 6), mesh, [.shard(0), .replicate])
      let matrix = try distribute(randn(6, 4), mesh, [.replicate, .shard(1)]).requiresGrad_()
      let product = matmul(activations, matrix)  // [.shard(0), .shard(1)]: nothing is sent
      let loss = product.square().mean()  // [.partial, .partial]
      loss.backward()  // matrix.grad has the placements of matrix
      #expect(product.placements == [.shard(0), .shard(1)] && loss.placements == [.partial, .partial])
      #expect(matrix.grad?.placements == [.replicate, .shard(1)])
    }

    let network = Sequential(Linear(6, 16), GELU(), Linear(16, 6))
    let shared = try parallelize(network, row, plan: ["0": .columnwise, "2": .rowwise])
    let optimizer = AdamW(network.parameters(), lr: 1e-3)
    network(randn(4, 6)).square().mean().backward()
    try shared.clipGradNorm(maxNorm: 1)  // the norm of all processes' gradients
    optimizer.step()
    let state = try shared.fullStateDict()  // as one process has it
    #expect(state.names == ["0.weight", "0.bias", "2.weight", "2.bias"])

    let context = try ContextParallel(row, length: 16)
    let query = try context.shard(randn(2, 4, 16, 8), dim: 2).requiresGrad_()
    let attended = context.run {
      scaledDotProductAttention(query, query, query, isCausal: true)  // over the positions of all processes
    }
    let plain = scaledDotProductAttention(query, query, query, isCausal: true)
    #expect(allclose(attended.detach(), plain.detach(), atol: 1e-5))
    try destroyProcessGroup()
  }
}
