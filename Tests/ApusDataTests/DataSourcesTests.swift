import Apus
import Foundation
import TestSupport
import Testing

/// Samplers, compositions and files of datasets.
@Suite(.serialized) struct DataSourcesTests {
  /// The values of PyTorch 2's `DistributedSampler`.
  @Test func distributedSampler() {
    // torch: [list(DistributedSampler(range(10), 3, r, shuffle=False)) for r in range(3)], and with drop_last
    let plain = (0..<3).map { DistributedSampler(numReplicas: 3, rank: $0, shuffle: false).indices(count: 10) }
    #expect(plain == [[0, 3, 6, 9], [1, 4, 7, 0], [2, 5, 8, 1]])
    let cut = (0..<3).map {
      DistributedSampler(numReplicas: 3, rank: $0, shuffle: false, dropLast: true).indices(count: 10)
    }
    #expect(cut == [[0, 3, 6], [1, 4, 7], [2, 5, 8]])
    #expect(DistributedSampler(numReplicas: 3, rank: 0, dropLast: true).length(count: 10) == 3)
    // seed 5, epoch 2 is the permutation of seed 7.
    let sampler = DistributedSampler(numReplicas: 2, rank: 1, seed: 5)
    sampler.setEpoch(2)
    let order = Generator(seed: 7).permutation(7)
    #expect(sampler.indices(count: 7) == [order[1], order[3], order[5], order[0]])
    #expect(DistributedSampler(numReplicas: 4, rank: 3, shuffle: false).indices(count: 2) == [1])
    let error = #expect(throws: TensorError.self) {
      try withErrors { _ = DistributedSampler(numReplicas: 2, rank: 2) }
    }
    #expect(error?.message.contains("rank must be in 0 ..< numReplicas") == true)
  }

  @Test func batchesOfSimilarLength() {
    let lengths = (0..<500).map { ($0 * 37) % 101 + 1 }
    let sampler = BucketBatchSampler(lengths: lengths, batchSize: 16, generator: Generator(seed: 1))
    let batches = sampler.batches(count: 500)
    #expect(batches.flatMap { $0 }.sorted() == Array(0..<500))
    #expect(batches.count == sampler.length(count: 500) && batches.allSatisfy { $0.count <= 16 })
    func padded(_ batches: [[Int]]) -> Int {
      batches.reduce(0) { $0 + $1.count * ($1.map { lengths[$0] }.max() ?? 0) }
    }
    let mixed = BatchSampler(RandomSampler(generator: Generator(seed: 1)), batchSize: 16).batches(count: 500)
    #expect(Double(padded(batches)) < 1.1 * Double(lengths.reduce(0, +)) && padded(mixed) > 3 * padded(batches) / 2)
    #expect(sampler.batches(count: 500) != batches)
    let bounded = BucketBatchSampler(lengths: lengths, batchSize: 64, maxTokens: 400, generator: Generator(seed: 1))
    #expect(
      bounded.batches(count: 500).allSatisfy { batch in
        batch.count * (batch.map { lengths[$0] }.max() ?? 0) <= 400
      })
  }

  @Test func batchesWithTheSharesOfClasses() {
    let labels = (0..<120).map { $0 % 12 == 0 ? 2 : $0 % 3 == 0 ? 1 : 0 }
    let batches = StratifiedBatchSampler(labels: labels, batchSize: 12, generator: Generator(seed: 3)).batches(
      count: 120)
    #expect(batches.flatMap { $0 }.sorted() == Array(0..<120))
    for batch in batches {
      let counts = [0, 1, 2].map { label in batch.filter { labels[$0] == label }.count }
      #expect(counts[0] == 8 && counts[1] == 3 && counts[2] == 1, "\(counts)")
    }
  }

  @Test func compositions() throws {
    let numbers = TensorDataset(arange(6).reshape([6, 1]), arange(6))
    let zipped = numbers.zip(numbers.map { $0.1 * 10 })
    #expect(try zipped[2].1.item() == 20.0)
    let odd = try numbers.filter { $0.1.item() as Int % 2 == 1 }
    #expect(odd.indices == [1, 3, 5])
    let reads = Lock(0)
    let cached = numbers.map { pair in
      reads.withLock { $0 += 1 }
      return pair.1
    }.cached(limit: 2)
    for _ in 0..<3 { for i in 0..<3 { _ = try cached[i] } }
    #expect(reads.withLock { $0 } == 2 + 3)
    let error = #expect(throws: TensorError.self) { try withErrors { _ = numbers.zip(numbers.subset([1])) } }
    #expect(error?.message.contains("6 and 1 examples") == true)

    let stream = ChainDataset([Count(3), Count(4)])
    #expect(Array(stream) == [0, 1, 2, 0, 1, 2, 3])
    let shuffled = Array(Count(50).shuffled(bufferSize: 10, generator: Generator(seed: 2)))
    #expect(shuffled.sorted() == Array(0..<50) && shuffled != Array(0..<50))
    #expect(shuffled.enumerated().allSatisfy { $1 <= $0 + 9 })
  }

  @Test func padding() throws {
    let items = [3, 1, 5].map { Tensor.ones([$0, 2]) * Double($0) }
    let (padded, lengths) = try PadCollate(paddingValue: -1, multipleOf: 4).sequences(items)
    #expect(padded.shape == [3, 8, 2] && lengths.array(as: Int.self) == [3, 1, 5])
    #expect(padded[1, 0, 0].item() == 1.0 && padded[1, 1, 0].item() == -1.0 && padded[2, 5, 1].item() == -1.0)
    let (cut, shorter) = try PadCollate(maxLength: 2).sequences(items)
    #expect(cut.shape == [3, 2, 2] && shorter.array(as: Int.self) == [2, 1, 2])
    let loader = DataLoader(Words(), batchSize: 2, collateFn: PadCollate().classes)
    let batches = Array(loader)
    #expect(batches.map(\.0.shape) == [[2, 2], [2, 4]] && batches[1].2.array(as: Int.self) == [2, 3])
  }

  @Test func foldersOfPictures() throws {
    let folder = TemporaryFolder()
    for (name, value) in [("cat/b.png", 10), ("cat/a.png", 20), ("dog/deep/c.png", 30), ("dog/notes.txt", 0)] {
      let path = folder.file(name)
      try makeParent(path)
      if value == 0 {
        try writeText("x", path)
      } else {
        try saveImage(Tensor.full([3, 4, 5], Double(value) / 255), path)
      }
    }
    let data = try ImageFolder(folder.path)
    #expect(data.classes == ["cat", "dog"] && data.labels == [0, 0, 1] && data.classToIndex["dog"] == 1)
    let (picture, label) = try data[0]
    #expect(picture.shape == [3, 4, 5] && picture.dtype == .uint8 && picture[0, 0, 0].item() == 20 && label == 0)
    let loader = DataLoader(data.map { ($0.to(.float32) / 255, $1) }, batchSize: 3, numWorkers: 2)
    for (images, labels) in loader {
      #expect(images.shape == [3, 3, 4, 5] && labels.array(as: Int.self) == [0, 0, 1])
    }
    try makeParent(folder.file("empty/x"))
    let empty = #expect(throws: TensorError.self) { try ImageFolder(folder.path) }
    #expect(empty?.message.contains("the class 'empty' has no picture") == true)
    #expect(try ImageFolder(folder.path, allowEmpty: true).classes.count == 3)
    #expect(throws: TensorError.self) { try ImageFolder(folder.file("nothing")) }
  }

  @Test func binaryCIFAR() throws {
    let folder = TemporaryFolder()
    var bytes: [UInt8] = []
    for label in [7, 2] {
      bytes.append(UInt8(label))
      bytes += (0..<3072).map { UInt8(truncatingIfNeeded: $0 + label) }
    }
    try writeBytes(bytes, folder.file("test_batch.bin"))
    try writeText("plane\ncar\n\n", folder.file("batches.meta.txt"))
    let data = try CIFAR(root: folder.path, train: false)
    #expect(data.images.shape == [2, 3, 32, 32] && data.classes == ["plane", "car"])
    #expect(data.labels.array(as: Int.self) == [7, 2])
    #expect(data.images[1, 1, 0, 0].item() as Int == (1024 + 2) % 256)
    try writeBytes(Array(bytes.dropLast()), folder.file("test_batch.bin"))
    #expect(throws: TensorError.self) { try CIFAR(root: folder.path, train: false) }
    let missing = #expect(throws: TensorError.self) { try CIFAR(root: folder.path, train: true) }
    #expect(missing?.message.contains("data_batch_1.bin") == true)
  }

  @Test func linesAndTables() throws {
    let folder = TemporaryFolder()
    try writeText("one\r\ntwo\n\nfour", folder.file("lines.txt"))
    let lines = try TextLines(folder.file("lines.txt"))
    #expect(lines.all == ["one", "two", "", "four"] && lines.count == 4)
    try writeText("", folder.file("none.txt"))
    #expect(try TextLines(folder.file("none.txt")).count == 0)

    try writeText("a,kind,b\n1,x,2.5\n3,y,4\n5,x,6\n", folder.file("t.csv"))
    let table = try Table(csv: folder.file("t.csv"))
    let data = try TableDataset(table, target: "kind")
    #expect(data.features == ["a", "b"] && data.classes == ["x", "y"])
    #expect(
      data.inputs.array(as: Float.self) == [1, 2.5, 3, 4, 5, 6] && data.targets.array(as: Int.self) == [0, 1, 0])
    let numbers = try TableDataset(table, features: ["a"], target: "b")
    #expect(numbers.targets.dtype == .float32 && numbers.classes.isEmpty)
    #expect(throws: TensorError.self) { try TableDataset(table, target: "c") }
    #expect(throws: TensorError.self) { try TableDataset(table, features: ["kind"], target: "b") }
  }
}

/// The numbers below `count`.
private struct Count: IterableDataset {
  let count: Int
  init(_ count: Int) { self.count = count }
  func makeIterator() -> AnyIterator<Int> { AnyIterator((0..<count).makeIterator()) }
}

/// Sequences that grow.
private struct Words: Dataset {
  let count = 4
  subscript(i: Int) -> (Tensor, Int) { (Tensor.ones([i + 1]), i) }
}

private func makeParent(_ path: String) throws {
  let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
  try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
}
private func writeText(_ text: String, _ path: String) throws {
  try text.write(toFile: path, atomically: true, encoding: .utf8)
}
private func writeBytes(_ bytes: [UInt8], _ path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}
