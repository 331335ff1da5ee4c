import Apus
import ApusDistributed
import Testing

/// The code of docs/distributed.md, on one process: its group is one for the whole program, so one test at a time has it.
@Suite(.serialized) struct DistributedCode {
  @Test func collectives() throws {
    let world = try initProcessGroup()
    let mean = try world.allReduce(Tensor([Double(world.rank), 1.0]), .mean)
    if world.rank == 0 { print("\(world.size) processes on \(Set(world.hostNames).count) hosts: \(mean)") }
    #expect(mean.array() == [0, 1])

    let model = Linear(3, 2)
    let before = model.weight.detach()
    var weights = model.parameters()[0]
    try world.broadcast(&weights, from: 0)
    #expect(allclose(model.weight.detach(), before))

    let gradient = randn(3, 4)
    let work = try world.startAllReduce(gradient, .mean)
    let next = matmul(gradient, gradient.t())
    let reduced = try work.wait()
    #expect(next.shape == [3, 3] && allclose(reduced, gradient))

    let row = try world.split(color: world.rank / 2)  // nil without a color
    let first = try world.group(ranks: [0])  // nil on ranks that are not in it
    let neighbours = try world.hostGroup()
    #expect(row?.size == 1 && first?.size == 1 && neighbours.size == 1)
    try destroyProcessGroup()
  }
}
