import ApusCore
import ApusMedia
import TestSupport
import Testing

@Suite struct TensorBoardTests {
  /// The data of the records of an event file, whose lengths and frames must fit exactly.
  func records(_ bytes: [UInt8]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var position = 0
    while position + 12 <= bytes.count {
      let length = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: position, as: UInt64.self)) }
      guard position + 16 + length <= bytes.count else { break }
      result.append(Array(bytes[position + 12..<position + 12 + length]))
      position += 16 + length
    }
    #expect(position == bytes.count)
    return result
  }

  @Test func recordsAreThoseOfTheReference() throws {
    let folder = TemporaryFolder()
    let writer = try TensorBoardWriter(logDir: folder.path)
    try writer.addScalar("a", 0.5, step: 3, wallTime: 1.5)
    try writer.close()
    let bytes = contents(of: writer.path)
    // As written by the tensorboard package for Event(wall_time=1.5, step=3, summary=[Value(tag="a", simple_value=0.5)]).
    #expect(
      bytes.suffix(39) == [
        23, 0, 0, 0, 0, 0, 0, 0, 231, 206, 248, 30, 9, 0, 0, 0, 0, 0, 0, 248, 63, 16, 3, 42,
        10, 10, 8, 10, 1, 97, 21, 0, 0, 0, 63, 222, 87, 104, 205,
      ])
    #expect(records(bytes).count == 2)
    #expect(records(bytes)[0].suffix(13) == Array("brain.Event:2".utf8)[...])
  }

  @Test func writersShareAFolder() throws {
    let folder = TemporaryFolder()
    let writers = try (0..<3).map { _ in try TensorBoardWriter(logDir: folder.path) }
    #expect(Set(writers.map(\.path)).count == 3)
    for writer in writers { try writer.close() }
    #expect(folder.names.allSatisfy { $0.hasPrefix("events.out.tfevents.") })
    #expect(throws: TensorError.self) { try TensorBoardWriter(logDir: writers[0].path) }
  }

  @Test func manyThreadsWriteWholeRecords() async throws {
    let folder = TemporaryFolder()
    let writer = try TensorBoardWriter(logDir: folder.path)
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<8 {
        group.addTask { for step in 0..<500 { try? writer.addScalar("curve/\(thread)", Double(step), step: step) } }
      }
    }
    try writer.flush()
    #expect(records(contents(of: writer.path)).count == 4001)
  }

  @Test func everyKindOfValueIsARecord() throws {
    let folder = TemporaryFolder()
    let writer = try TensorBoardWriter(logDir: folder.path)
    try writer.addHistogram("h", [-1e30, -1, 0, 0, 1e-13, 2, 1e30, .nan], step: 0)
    try writer.addHistogram("h", [], step: 1)
    try writer.addText("t", "# text", step: 0)
    try writer.addImage("i", samples: [UInt8](repeating: 9, count: 24), width: 4, height: 2, channels: 3, step: 0)
    let wrong = #expect(throws: TensorError.self) {
      try writer.addImage("i", samples: [1, 2, 3], width: 2, height: 2, step: 0)
    }
    #expect(wrong?.kind == .shape)
    try writer.close()
    try writer.close()
    let late = #expect(throws: TensorError.self) { try writer.addText("t", "", step: 1) }
    #expect(late?.kind == .state)
    #expect(records(contents(of: writer.path)).count == 5)
  }

  @Test func valuesReachTheFileWhenTheWriterIsReleased() throws {
    let folder = TemporaryFolder()
    func write() throws -> String {
      let writer = try TensorBoardWriter(logDir: folder.path)
      try writer.addScalar("a", 1, step: 0)
      return writer.path
    }
    #expect(records(contents(of: try write())).count == 2)
  }
}
