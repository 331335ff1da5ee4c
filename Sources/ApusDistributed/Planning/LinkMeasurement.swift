import ApusCore
import ApusFunctional

extension PlannedLink {
  /// The link between the two ranks of a group, measured: small messages to and fro, large ones in both directions at once, and products of matrices
  /// beside these, which tell what a transfer takes of the processor. Takes about two seconds; both ranks call it.
  ///
  /// - Throws: `TensorError` where the group has not two ranks.
  public static func measured(in group: ProcessGroup) throws(TensorError) -> PlannedLink {
    guard group.size == 2 else {
      throw TensorError(.value, "PlannedLink", "a link is between two ranks, and the group has \(group.size)")
    }
    let other = 1 - group.rank
    func seconds(_ repeats: Int, _ body: () throws(TensorError) -> Void) throws(TensorError) -> Double {
      var times: [Double] = []
      for _ in 0..<repeats {
        try group.barrier()
        let begin = Clock.seconds
        try body()
        times.append(Clock.seconds - begin)
      }
      times.sort()
      return times[times.count / 2]
    }
    let small = Tensor.zeros([16], device: .cpu)
    func pingPong() throws(TensorError) {
      for _ in 0..<10 {
        if group.rank == 0 {
          try group.send(small, to: other)
          _ = try group.receive([16], from: other)
        } else {
          _ = try group.receive([16], from: other)
          try group.send(small, to: other)
        }
      }
    }
    try pingPong()
    // All ranks take the numbers of the first.
    func agreed(_ x: Double) throws(TensorError) -> Double {
      try group.broadcast(Tensor([x], dtype: .float64), from: 0).item()
    }
    let latency = try agreed(try seconds(5, pingPong) / 20)
    // As large as what a step sends at once, and not longer than a moment.
    var count = 1 << 18
    var data = Tensor.zeros([count], device: .cpu)
    func exchange() throws(TensorError) {
      let coming = try group.startReceive([count], from: other)
      let going = try group.startSend(data, to: other)
      _ = try coming.wait()
      try going.wait()
    }
    try exchange()
    let first = try agreed(try seconds(3, exchange))
    if first < 0.1 {
      count *= 4
      data = Tensor.zeros([count], device: .cpu)
    }
    let time = try agreed(try seconds(first < 0.01 ? 21 : 9, exchange))
    func send() throws(TensorError) {
      if group.rank == 0 {
        try group.send(data, to: other)
        _ = try group.receive([16], from: other)
      } else {
        _ = try group.receive([count], from: other)
        try group.send(small, to: other)
      }
    }
    try send()
    let one = try agreed(try seconds(first < 0.01 ? 21 : 9, send))
    let bandwidth = Double(4 * count) / max(one - (messageSteps + 1) * latency, one / 10)
    // Both directions as gradients of a training use them, one after the other: each rank sends as many bytes as they have.
    let gradients = (0..<4).map { _ in Tensor.zeros([first < 0.1 ? 1 << 20 : 1 << 18], device: .cpu) }
    func sums() throws(TensorError) {
      var works: [Work<Tensor>] = []
      for gradient in gradients { works.append(try group.startAllReduce(gradient)) }
      for work in works { _ = try work.wait() }
    }
    try sums()
    let both = try agreed(try seconds(first < 0.01 ? 15 : 5, sums))
    let bothWays = max(0.5, min(2, 2 * Double(gradients.reduce(0) { $0 + $1.byteCount }) / both / bandwidth))
    // Products for as long as ten exchanges take.
    let size = 256
    let (a, b) = (Tensor.full([size, size], 0.5, device: .cpu), Tensor.full([size, size], 0.5, device: .cpu))
    func products(_ count: Int) { for _ in 0..<count { _ = noGrad { matmul(a, b).hasFailed } } }
    products(3)
    let product = try agreed(try seconds(5) { products(10) } / 10)
    let exchanges = 8
    let needed = max(4, Int((time * Double(exchanges) * 1.3 / product).rounded(.up)))
    let alone = try agreed(try seconds(3) { products(needed) })
    let beside = try agreed(
      try seconds(3) { () throws(TensorError) in
        var works: [Work<Tensor>] = []
        var sends: [Work<Void>] = []
        for i in 0..<exchanges {
          works.append(try group.startReceive([count], from: other, tag: i))
          sends.append(try group.startSend(data, to: other, tag: i))
        }
        products(needed)
        for work in works { _ = try work.wait() }
        for work in sends { try work.wait() }
      })
    let extra = max(0, beside - alone) / Double(exchanges * 4 * count * 2)
    return PlannedLink(latency: latency, bandwidth: bandwidth, bothWays: bothWays, processorTime: extra)
  }

  /// Small messages that a large one takes one after the other: that it is there, that it may come, itself.
  static let messageSteps = 3.0
}

extension PlannedCluster {
  /// Floating-point operations per second of this process in products of matrices of float32 of a middle size, as measured now with its threads.
  public static func measuredFLOPS() -> Double {
    let size = 768
    let (a, b) = (Tensor.full([size, size], 0.5, device: .cpu), Tensor.full([size, size], 0.5, device: .cpu))
    var best = Double.infinity
    for _ in 0..<6 {
      let begin = Clock.seconds
      _ = noGrad { matmul(a, b).hasFailed }
      best = min(best, Clock.seconds - begin)
    }
    return 2 * Double(size * size * size) / max(best, 1e-9)
  }

  /// Bytes per second that a thread of this process reads or writes where two long vectors are added up, as measured now.
  public static func measuredMemoryBandwidth() -> Double {
    let count = 4 << 20
    let (a, b) = (Tensor.full([count], 0.5, device: .cpu), Tensor.full([count], 0.5, device: .cpu))
    var best = Double.infinity
    for _ in 0..<5 {
      let begin = Clock.seconds
      _ = noGrad { (a + b).hasFailed }
      best = min(best, Clock.seconds - begin)
    }
    return 3 * 4 * Double(count) / max(best, 1e-9)
  }
}
