import Apus
import Foundation
import Testing

import ApusFeatures

/// Files that are damaged give errors, or something that can be used.
@Suite struct DamagedStatisticsTests {
  /// A number of one's own for each call, the same in every run.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  private func mutated(_ bytes: [UInt8], _ numbers: inout Numbers) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &numbers) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &numbers)
      switch Int.random(in: 0..<5, using: &numbers) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &numbers)))
      case 3: bytes.removeLast(bytes.count - place)
      default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 8)], at: place)
      }
    }
    return bytes
  }

  /// So many files of each kind; `APUS_FUZZ` sets another number.
  private let count = ProcessInfo.processInfo.environment["APUS_FUZZ"].flatMap { Int($0) } ?? 300

  @Test func statistics() throws {
    let files = try ["one.pb", "weighted.pb", "kinds.pb"].map {
      Array(try Data(contentsOf: URL(fileURLWithPath: Recorded.path($0))))
    }
    let schema = try TableSchema(contentsOf: Recorded.path("kinds.shape.pbtxt"))
    var numbers = Numbers(state: 1)
    for i in 0..<count {
      guard let statistics = try? TableStatistics(bytes: mutated(files[i % 3], &numbers)) else { continue }
      _ = try? schema.validate(statistics, previous: statistics, serving: statistics)
      _ = try? TableSchema(inferredFrom: statistics)
      _ = try? schema.updated(from: statistics)
      if i % 10 == 0 { _ = try? statistics.page() }
    }
  }

  @Test func schemas() throws {
    let texts = RecordedCase.all.map(\.schema) + [try Recorded.text("kinds.shape.pbtxt")]
    let statistics = try TableStatistics(contentsOf: Recorded.path("kinds.pb"))
    var numbers = Numbers(state: 2)
    for i in 0..<count {
      let text = texts[i % texts.count]
      let bytes = mutated(Array(text.utf8), &numbers)
      if let schema = try? TableSchema(text: String(decoding: bytes, as: UTF8.self)) {
        #expect(try TableSchema(text: schema.text) == schema)
        _ = try schema.validate(statistics, previous: statistics)
        _ = try schema.updated(from: statistics)
      }
      if let schema = try? TableSchema(bytes: mutated(TableSchema(text: text).bytes, &numbers)) {
        #expect(try TableSchema(bytes: schema.bytes) == schema)
        _ = try schema.validate(statistics)
      }
    }
  }

  @Test func anomalies() throws {
    let files = try RecordedCase.all.prefix(20).map { try Anomalies(text: $0.anomalies) }
    var numbers = Numbers(state: 3)
    for i in 0..<count {
      let file = files[i % files.count]
      if let anomalies = try? Anomalies(bytes: mutated(file.bytes, &numbers)) { _ = anomalies.description }
      if let anomalies = try? Anomalies(text: String(decoding: mutated(Array(file.text.utf8), &numbers), as: UTF8.self))
      {
        _ = anomalies.description
      }
    }
  }
}
