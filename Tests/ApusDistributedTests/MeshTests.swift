import Apus
import ApusDistributed
import Testing

@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct MeshTests {
  @Test(arguments: [3, 4]) func distributedTensors(_ ranks: Int) throws {
    let ended = try #require(Launcher.all.first).run("distributed tensors", ranks: ranks)
    #expect(ended.status == 0, "\(ended.output)")
  }
}

extension Cases {
  /// Meshes, and tensors on them against the same tensors in one process.
  static func distributedTensors() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let mesh = try world.size == 4 ? DeviceMesh([2, 2], names: ["data", "tensor"]) : DeviceMesh([world.size])
    if world.size == 4 { try meshes(world, mesh) }
    try redistributions(mesh)
    try operations(mesh)
    #expect(throws: TensorError.self) { try DeviceMesh([world.size + 1]) }
    #expect(throws: TensorError.self) { try distribute(Tensor([1.0, 2]), mesh, [.shard(1), .replicate]) }
    #expect(throws: TensorError.self) { try mesh["pipe"] }
  }

  private static func meshes(_ world: ProcessGroup, _ mesh: DeviceMesh) throws {
    let (row, column) = (world.rank / 2, world.rank % 2)
    #expect(mesh.coordinates == [row, column] && mesh.size == 4 && mesh.ranks == [0, 1, 2, 3])
    let tensor = try mesh["tensor"]
    #expect(tensor.ranks == [2 * row, 2 * row + 1])
    #expect(try mesh["data"].ranks == [column, column + 2])
    let number = Tensor([Double(world.rank)])
    #expect(try mesh.group("data").allReduce(number).item() == Double(2 * column + 2))
    #expect(try tensor.group.allReduce(number).item() == Double(4 * row + 1))
    let flat = try mesh.flatten()
    #expect(flat.names == ["data_tensor"] && flat.size == 4 && flat.coordinates == [world.rank])
    #expect(try flat.group.allReduce(number).item() == 6)
    let message = #expect(throws: TensorError.self) { try DeviceMesh([2, 3]) }
    #expect(message.map { "\($0)".contains("[2, 3] has 6 processes") } == true)
  }

  /// Every placement to every other, of even and uneven lengths.
  private static func redistributions(_ mesh: DeviceMesh) throws {
    let whole = Tensor((0..<35).map { Double($0) }, dtype: .float64).reshape([5, 7])
    let single: [Placement] = [.replicate, .shard(0), .shard(1), .partial]
    let all = mesh.rank == 1 ? single.map { [$0] } : single.flatMap { a in single.map { [a, $0] } }
    let weights = (whole * 0.5 - 3)
    for from in all {
      for to in all {
        let x = try distribute(whole, mesh, from).requiresGrad_()
        let moved = x.redistribute(to)
        #expect(moved.placements == to)
        #expect(equal(noGrad { moved.fullTensor() }, whole), "\(from) to \(to)")
        let loss = (moved * (try distribute(weights, mesh, mesh.axesReplicated))).sum()
        loss.backward()
        // Gradients are those of one process; of open sums each process has the whole.
        let kept = from.map { $0 == .partial ? .replicate : $0 }
        let gradient = try #require(x.local.grad)
        let expected = try distribute(weights, mesh, kept).local
        #expect(equal(gradient, expected), "gradient of \(from) to \(to)")
      }
    }
    // PyTorch's chunk: 5 rows on 4 processes are 2, 2, 1 and 0.
    if mesh.rank == 1, mesh.size == 3 {
      #expect(try distribute(whole, mesh, [.shard(0)]).local.shape == [[2, 7], [2, 7], [1, 7]][mesh.coordinates[0]])
    }
  }

  /// Operations with all placements of their operands, values and gradients, against one process.
  private static func operations(_ mesh: DeviceMesh) throws {
    func numbers(_ shape: [Int], _ step: Double) -> Tensor {
      let count = shape.reduce(1, *)
      return Tensor((0..<count).map { (Double($0) * step).truncatingRemainder(dividingBy: 1.7) - 0.8 }, dtype: .float64)
        .reshape(shape)
    }
    let a = numbers([4, 6], 0.37)
    let b = numbers([6, 5], 0.73)
    let row = numbers([6], 0.53)
    let table = numbers([7, 6], 0.31)
    let ids = Tensor([[3, 0, 6], [5, 5, 1]] as [[Int64]])
    let classes = Tensor([2, 0, -100, 4] as [Int64])
    let single: [Placement] = [.replicate, .shard(0), .shard(1), .partial]
    func places(_ kinds: [Placement]) -> [[Placement]] {
      mesh.rank == 1 ? kinds.map { [$0] } : kinds.flatMap { a in kinds.map { [a, $0] } }
    }
    /// Compares with the same in one process, for each placement of the two operands.
    func compare(
      _ what: String, _ x: Tensor, _ y: Tensor, _ firsts: [[Placement]], _ seconds: [[Placement]],
      _ distributed: (DTensor, DTensor) throws -> DTensor, _ plain: (Tensor, Tensor) -> Tensor
    ) throws {
      let (p, q) = (x.clone().detach().requiresGrad_(), y.clone().detach().requiresGrad_())
      let expected = plain(p, q)
      (expected * numbers(expected.shape, 0.41)).sum().backward()
      for first in firsts {
        for second in seconds {
          let (d, e) = (try distribute(x, mesh, first).requiresGrad_(), try distribute(y, mesh, second).requiresGrad_())
          let result = try distributed(d, e)
          let full = noGrad { result.fullTensor() }
          let comment: Comment = "\(what) of \(first) and \(second) as \(result.placements)"
          #expect(full.shape == expected.shape && (full - expected).abs().max().item() < 1e-12, comment)
          (result * (try distribute(numbers(expected.shape, 0.41), mesh, mesh.axesReplicated))).sum().backward()
          for (own, whole) in [(d, p), (e, q)] {
            guard let expected = whole.grad else { continue }
            let kept = own.placements.map { $0 == .partial ? Placement.replicate : $0 }
            let part = try distribute(expected, mesh, kept).local
            let found = own.local.grad ?? Tensor.zeros(part.shape, dtype: .float64)
            #expect(part.count == 0 || (found - part).abs().max().item() < 1e-12, comment)
          }
        }
      }
    }
    let (matrix, vector) = (places(single), places([.replicate, .shard(0)]))
    let some =
      mesh.rank == 1
      ? matrix : [[.shard(0), .shard(1)], [.shard(1), .partial], [.replicate, .shard(0)], [.shard(0), .shard(0)]]
    try compare("matmul", a, b, matrix, some) {
      matmul($0, $1)
    } _: {
      matmul($0, $1)
    }
    try compare("add", a, row, some, vector) {
      $0 + $1
    } _: {
      $0 + $1
    }
    try compare("mul", a, row, matrix, vector) {
      $0 * $1
    } _: {
      $0 * $1
    }
    try compare("div", a, row, some, vector) {
      $0 / ($1 + 2)
    } _: {
      $0 / ($1 + 2)
    }
    try compare("linear", a, b.t().contiguous(), some, some) {
      linear($0, $1).gelu()
    } _: {
      linear($0, $1).gelu()
    }
    try compare("layerNorm", a, row, some, vector) {
      layerNorm($0, weight: $1)
    } _: {
      layerNorm($0, [6], weight: $1)
    }
    try compare("softmax", a, a, some, some) {
      ($0 - $1 * 0.5).softmax(1)
    } _: {
      ($0 - $1 * 0.5).softmax(1)
    }
    try compare("reductions", a, row, some, vector) {
      ($0 * $1).mean([1]) + $0.amax([1]) - $0.sum()
    } _: {
      ($0 * $1).mean([1]) + $0.amax([1]) - $0.sum()
    }
    try compare("shapes", a, row, some, vector) { x, y in
      (x + y).reshape([2, 2, 6]).permute([2, 0, 1]).transpose(0, 1).unsqueeze(0).reshape([-1])
    } _: { x, y in
      (x + y).reshape([2, 2, 6]).permute(2, 0, 1).transpose(0, 1).unsqueeze(0).reshape([-1])
    }
    let shared = try distribute(ids, mesh, mesh.axesReplicated)
    try compare("embedding", table, row, some, vector) {
      embedding(shared, $0) * $1
    } _: {
      embedding(ids, $0) * $1
    }
    let targets = try distribute(classes, mesh, mesh.axesReplicated)
    let losses = mesh.rank == 1 ? matrix : [[.shard(0), .shard(1)], [.shard(1), .shard(0)], [.replicate, .shard(1)]]
    try compare("crossEntropy", a, row, losses, vector) {
      crossEntropy($0 * $1, targets)
    } _: {
      crossEntropy($0 * $1, classes)
    }
    // Dropout draws what one process draws.
    manualSeed(3)
    let expected = dropout(a, p: 0.4)
    manualSeed(3)
    let dropped = try distribute(a, mesh, mesh.rank == 1 ? [.shard(1)] : [.shard(0), .shard(1)]).dropout(p: 0.4)
    #expect((dropped.fullTensor() - expected).abs().max().item() < 1e-15)
    #expect(throws: TensorError.self) {
      try withErrors {
        matmul(try distribute(a, mesh, mesh.axesReplicated), try distribute(a, mesh, mesh.axesReplicated)).local
      }
    }
  }
}

extension DeviceMesh {
  fileprivate var axesReplicated: [Placement] { Array(repeating: .replicate, count: rank) }
}
