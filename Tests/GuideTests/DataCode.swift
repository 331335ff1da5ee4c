import Apus
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct DataCode {
  @Test func folders() throws {
    let temporary = TemporaryFolder()
    for (name, count) in [("cat", 3), ("dog", 3)] {
      for i in 0..<count {
        try makeFolder(temporary.file(name))
        try writePNG(randint(0, 256, [3, 40, 50], dtype: .uint8), temporary.file("\(name)/\(i).png"))
      }
    }
    let folder = temporary.path

    let transform = Compose([
      RandomResizedCrop(24), RandomHorizontalFlip(), ToDtype(.float32, scale: true),
      Normalize(mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]),
    ])
    let pets = try ImageFolder(folder)
    print(pets.classes)  // ["cat", "dog"]
    let loader = DataLoader(pets.map { (transform($0), $1) }, batchSize: 3, shuffle: true, numWorkers: 2)
    for (images, labels) in loader {
      print(images.shape, labels.shape)  // [3, 3, 24, 24] [3]
      #expect(images.shape == [3, 3, 24, 24] && labels.shape == [3])
    }
  }

  private func makeFolder(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  @Test func shards() throws {
    let folder = TemporaryFolder().path
    try makeFolder(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }

    let writer = try ShardWriter(folder + "/train-%04d.tar", maxCount: 4)
    for i in 0..<16 {
      let picture = randint(0, 256, [3, 24, 24], dtype: .uint8)
      try writer.write(key: "\(i)", files: ["png": try encodePNG(picture), "cls": Array("\(i % 10)".utf8)])
    }
    try writer.close()

    let stream = try TarShards(folder + "/train-{0000..0003}.tar", shuffle: true)
      .map { (try $0.image("jpg;png").to(.float32) / 255, try $0.int("cls")) }
      .shuffled(bufferSize: 8)
      .repeated()
    let loader = StatefulDataLoader(DataLoader(stream, batchSize: 4, numWorkers: 2))
    var step = 0
    var saved: [String: Tensor] = [:]
    for (images, labels) in loader {
      step += 1
      if step == 3 { saved = loader.stateDict() }
      if step == 5 { break }
      #expect(images.shape == [4, 3, 24, 24] && labels.shape == [4])
    }

    try loader.loadStateDict(saved)
    let (images, _) = next(iter(loader))  // the fourth batch
    #expect(images.shape == [4, 3, 24, 24])
  }

  @Test func mixing() {
    let (books, code) = (ListStream(0..<1000), ListStream(5000..<6000))
    let mixed = MixedStream([books.repeated(), code.repeated()], weights: [0.9, 0.1], seed: 0)
    print(Array(mixed.take(6)))
    let windows = mixed.filter { $0 % 2 == 0 }.batched(8)
    #expect(Array(windows.take(2)).count == 2)
  }

  struct Squares: ResumableStream {
    typealias Element = Int
    final class Pass: StreamPass<Int> {
      var n = 0
      override func next() -> Int? {
        defer { n += 1 }
        return n * n
      }
      override var state: StreamState { .number(n) }
      override func restore(_ state: StreamState) throws { n = try state.number() }
    }
    func begin() -> StreamPass<Int> { Pass() }
  }

  @Test func own() { #expect(Array(Squares().take(4)) == [0, 1, 4, 9]) }
}
