import Apus
import Foundation
import TestSupport
import Testing

/// Numbers in shards, as a stream of tensors.
private struct Counting: ResumableStream {
  typealias Element = Int
  final class Pass: StreamPass<Int> {
    var n = 0
    override func next() -> Int? {
      defer { n += 1 }
      return n
    }
    override var state: StreamState { .number(n) }
    override func restore(_ state: StreamState) throws { n = try state.number() }
  }
  func begin() -> StreamPass<Int> { Pass() }
}

@Suite(.serialized) struct StreamTests {
  @Test func streamsWithoutEndAreChangedStepByStep() {
    let even = Counting().filter { $0 % 2 == 0 }.map { $0 * 10 }.skip(2).take(4)
    #expect(Array(even) == [40, 60, 80, 100])
    #expect(Array(Counting().take(7).batched(3)) == [[0, 1, 2], [3, 4, 5], [6]])
    #expect(Array(Counting().take(7).batched(3, dropLast: true)) == [[0, 1, 2], [3, 4, 5]])
    #expect(Array(Counting().take(2).repeated(3)) == [0, 1, 0, 1, 0, 1])
    #expect(Array(Counting().divided(index: 1, of: 3).take(3)) == [1, 4, 7])
    #expect(Array(ListStream([Int]()).repeated()) == [])
  }

  @Test func aBufferMixesAndLosesNothing() {
    let mixed = Array(Counting().take(100).shuffled(bufferSize: 20, seed: 4))
    #expect(mixed.sorted() == Array(0..<100) && mixed != Array(0..<100))
    #expect(mixed == Array(Counting().take(100).shuffled(bufferSize: 20, seed: 4)))
    #expect(mixed.prefix(10).allSatisfy { $0 < 30 })
  }

  @Test func mixesFollowTheirWeights() {
    let mixed = MixedStream(
      [Counting().map { _ in 0 }.take(4000), Counting().map { _ in 1 }], weights: [3, 1], seed: 1)
    let drawn = Array(mixed.take(4000))
    let ones = drawn.reduce(0, +)
    // A quarter, within four deviations.
    #expect(abs(ones - 1000) < 110)
    #expect(Array(MixedStream([ListStream([1, 1]), ListStream([2])], seed: 0)).sorted() == [1, 1, 2])
    #expect(Array(MixedStream([ListStream([1]), ListStream([2, 2, 2])], end: .first, seed: 0)).contains(1))
  }

  /// All kinds of streams in one.
  private static func everything(_ folder: String) throws -> DerivedStream<(Tensor, Int)> {
    let lines = try TextShards(folder + "/part-{00..05}.txt", shuffle: true)
    let numbers = lines.map { Int($0) ?? -1 }.shuffled(bufferSize: 7).repeated()
    return MixedStream([numbers, Counting().map { -$0 }], weights: [2, 1]).filter { $0 % 5 != 4 }
      .map { (rand(2) + Double($0), $0) }
  }

  private static func shards(_ folder: String) throws {
    for shard in 0..<6 {
      let lines = (0..<9).map { String(shard * 9 + $0) }.joined(separator: "\n")
      try lines.write(toFile: folder + "/part-0\(shard).txt", atomically: true, encoding: .utf8)
    }
  }

  @Test(arguments: [0, 1, 2]) func aPassGoesOnBitForBit(_ workers: Int) throws {
    let temporary = TemporaryFolder()
    let folder = temporary.path
    try Self.shards(folder)
    func loader() throws -> StatefulDataLoader<(Tensor, Tensor)> {
      StatefulDataLoader(
        DataLoader(try Self.everything(folder), batchSize: 4, numWorkers: workers, generator: Generator(seed: 9)))
    }
    func take(_ pass: AnyIterator<(Tensor, Tensor)>, _ count: Int) -> [[Double]] {
      (0..<count).map { _ in pass.next().map { $0.0.to(.float64).array() + $0.1.to(.float64).array() } ?? [] }
    }
    manualSeed(3)
    let first = try loader()
    let pass = first.makeIterator()
    _ = take(pass, 23)
    let saved = first.stateDict()
    let random = Generator.default.getState()
    let expected = take(pass, 30)
    #expect(expected.allSatisfy { !$0.isEmpty })

    manualSeed(77)
    let second = try loader()
    try second.loadStateDict(saved)
    let resumed = second.makeIterator()
    try Generator.default.setState(random)
    #expect(second.stateDict()["state"]?.count == saved["state"]?.count || workers > 0)
    #expect(take(resumed, 30) == expected)
  }

  @Test(arguments: [0, 2]) func shuffledDatasetsGoOnWithoutReadingAgain(_ workers: Int) throws {
    let reads = Mutex(0)
    func loader() -> StatefulDataLoader<Tensor> {
      let data = TensorDataset(arange(60), arange(60)).map { x, _ -> Tensor in
        reads.add(1)
        return x.to(.float32) + rand(1)
      }
      return StatefulDataLoader(
        DataLoader(data, batchSize: 5, shuffle: true, numWorkers: workers, generator: Generator(seed: 1)))
    }
    manualSeed(0)
    let first = loader()
    let pass = first.makeIterator()
    for _ in 0..<8 { _ = pass.next() }
    let (saved, random) = (first.stateDict(), Generator.default.getState())
    let expected = Array(pass).map { $0.array(as: Float.self) }
    #expect(expected.count == 4)
    reads.reset()
    manualSeed(5)
    let second = loader()
    try second.loadStateDict(saved)
    let resumed = second.makeIterator()
    try Generator.default.setState(random)
    #expect(Array(resumed).map { $0.array(as: Float.self) } == expected)
    #expect(reads.value == 20)
    // The pass after that is a whole one.
    #expect(Array(second).count == 12)
  }

  @Test func workersAndProcessesShareShards() throws {
    let temporary = TemporaryFolder()
    let folder = temporary.path
    try Self.shards(folder)
    var all: [Int] = []
    for rank in 0..<2 {
      let stream = try TextShards(folder + "/part-*.txt", rank: rank, worldSize: 2).map { Int($0) ?? -1 }
      for batch in DataLoader(stream, batchSize: 2, numWorkers: 2) { all += batch.array(as: Int.self) }
    }
    #expect(all.sorted() == Array(0..<54))
  }

  @Test func tarShardsHoldExamples() throws {
    let temporary = TemporaryFolder()
    let folder = temporary.path
    let writer = try ShardWriter(folder + "/train-%04d.tar", maxCount: 3)
    for i in 0..<8 {
      let picture = try encodePNG(Tensor.full([3, 4, 5], i, dtype: .uint8))
      try writer.write(key: "sample\(i)", files: ["png": picture, "cls": Array("\(i)\n".utf8)])
    }
    try writer.close()
    #expect(writer.shards.count == 3)
    let stream = try TarShards(folder + "/train-{0000..0002}.tar").map {
      (try $0.image("jpg;png"), try $0.int("cls"), $0.key)
    }
    let found = Array(stream)
    #expect(found.map(\.1) == Array(0..<8) && found.map(\.2) == (0..<8).map { "sample\($0)" })
    #expect(found.allSatisfy { $0.0.shape == [3, 4, 5] && $0.0.array(as: Int.self).allSatisfy { _ in true } })
    #expect(found[5].0.array(as: Int.self).allSatisfy { $0 == 5 })

    // A mistake names shard, example and cause.
    let wrong = TarShards(writer.shards).map { try $0.int("png") }
    #expect(throws: TensorError.self) { try withErrors { Array(wrong) } }
    try Data(Array(repeating: UInt8(65), count: 700)).write(to: URL(fileURLWithPath: folder + "/train-0001.tar"))
    let error = #expect(throws: TensorError.self) { try withErrors { Array(stream) } }
    #expect("\(String(describing: error))".contains("train-0001.tar, example 0"))
  }

  @Test func patternsStandForShards() throws {
    #expect(try shardPaths("a-{08..11}.tar") == ["a-08.tar", "a-09.tar", "a-10.tar", "a-11.tar"])
    #expect(try shardPaths("{x,y}/{0..1}") == ["x/0", "x/1", "y/0", "y/1"])
    #expect(throws: TensorError.self) { try shardPaths("a-{3..1}.tar") }
    #expect(throws: TensorError.self) { try shardPaths("a-{0..1.tar") }
  }

  @Test func statesOfOtherStreamsAreRefused() throws {
    let pass = Counting().take(3).begin()
    #expect(throws: TensorError.self) { try pass.restore(.number(3)) }
    #expect(throws: TensorError.self) { try DataLoaderState(bytes: [1, 2, 3]) }
    let huge: [UInt8] = [1] + [UInt8](repeating: 255, count: 8)
    #expect(throws: TensorError.self) { try DataLoaderState(bytes: huge) }
    let state = StatefulDataLoader(DataLoader(Counting().take(3), numWorkers: 1))
    _ = state.makeIterator().next()
    let other = StatefulDataLoader(DataLoader(Counting().take(3)))
    try other.loadStateDict(state.stateDict())
    #expect(throws: TensorError.self) { try withErrors { Array(other) } }
  }
}

/// A count that several threads add to.
private final class Mutex: @unchecked Sendable {
  private let lock = NSLock()
  private var count: Int
  init(_ count: Int) { self.count = count }
  func add(_ n: Int) { lock.withLock { count += n } }
  func reset() { lock.withLock { count = 0 } }
  var value: Int { lock.withLock { count } }
}
