import ApusDistributed
import Testing

/// One order of examples for any number of ranks.
@Suite(.enabled(if: caseName == nil)) struct OrderTests {
  /// The parts of all ranks, one after the other, are the batch of one process, also where the number of ranks changes in between.
  @Test func batchesDoNotDependOnTheNumberOfRanks() throws {
    var alone = try ResumableOrder(count: 50, batchSize: 12, seed: 3)
    let expected = (0..<12).map { _ in alone.next(rank: 0, of: 1) }
    // Four full batches and one of two in each epoch.
    #expect(expected.map(\.globalCount) == [12, 12, 12, 12, 2, 12, 12, 12, 12, 2, 12, 12])
    #expect(expected[..<5].flatMap(\.indices).sorted() == Array(0..<50))
    #expect(expected[5..<10].flatMap(\.indices).sorted() == Array(0..<50))
    #expect(expected[..<5].map(\.indices) != expected[5..<10].map(\.indices))
    var position = 0
    for (step, size) in [6, 6, 4, 4, 4, 3, 1, 2, 5, 24, 1, 3].enumerated() {
      var joined: [Int] = []
      var next = 0
      for rank in 0..<size {
        var order = try ResumableOrder(count: 50, batchSize: 12, seed: 3)
        order.position = position
        #expect(order.epoch == position / 50)
        let batch = order.next(rank: rank, of: size)
        #expect(batch.globalCount == expected[step].globalCount)
        joined += batch.indices
        next = order.position
      }
      #expect(joined == expected[step].indices)
      position = next
    }
  }

  @Test func ordersOfOnesOwnAndMistakes() throws {
    var order = try ResumableOrder(count: 4, batchSize: 3) { epoch in epoch == 0 ? [3, 2, 1, 0] : [0, 1, 2, 3] }
    #expect(order.next(rank: 0, of: 1).indices == [3, 2, 1])
    #expect(order.next(rank: 1, of: 2).indices == [0])
    #expect(order.next(rank: 0, of: 2).indices == [0])
    var plain = try ResumableOrder(count: 3, batchSize: 2)
    #expect(plain.next(rank: 0, of: 1).indices == [0, 1])
    #expect(throws: (any Error).self) { _ = try ResumableOrder(count: 0, batchSize: 2) }
    #expect(throws: (any Error).self) { _ = try ResumableOrder(count: 2, batchSize: 0) }
  }
}
