import Apus
import ApusCore
import ApusFormats
import ApusPrograms
import FormatsKit
import Foundation

/// Reads and runs damaged program files: bytes changed, or something in the header, with the checks made right again. Each ends in a
/// program that gives something, or in an error that says what is wrong.
package struct ProgramFuzzing: FuzzAttempts {
  private let seed: UInt64
  private let files: [(name: String, bytes: [UInt8])]

  /// - Parameter folders: of program files.
  package init(seed: UInt64, folders: [String]) throws {
    self.seed = seed
    files = try folders.flatMap { folder in
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted().filter { $0.hasSuffix(".apus") }.map {
        ($0, Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))))
      }
    }
    guard !files.isEmpty else { throw TensorError(.value, "fuzz", "there are no program files in \(folders)") }
  }

  package var name: String { "programs" }
  package var batch: Int { 500 }
  package var mostMemory: Int { 2 << 30 }
  package var mostAddresses: Int { 4 << 30 }
  private static let words = [
    "arithmetic", "numeric", "floating", "predicate", "integral", "real", "complex", "exp", "sqrt", "conj", "lgamma",
    "add", "pow",
    "floorDiv", "shl", "gcd", "select", "input", "constant", "number", "channelsLast", "logarithm", "prod", "max",
    "lstm", "gru",
    "bicubic", "reflection", "sort", "mode", "then", "else", "condition", "body", "step",
  ]
  /// Rounds of loops up to which a program runs.
  private static let mostRounds = 100
  /// Elements of all values together up to which a program is run.
  private static let mostElements = 1 << 16

  package func subject(_ number: Int) -> String {
    var random = random(number)
    return files[Int(random.next() % UInt64(files.count))].name
  }

  package func attempt(_ number: Int, in folder: String) throws -> FuzzEnd {
    var random = random(number)
    let bytes = damaged(files[Int(random.next() % UInt64(files.count))].bytes, &random)
    do {
      try withWarnings(.silent) {
        let program = try Program.read(bytes, executor: .chunks)
        guard program.exampleElements <= Self.mostElements else { return }
        let inputs = program.exampleTypes.map { Tensor.ones($0.shape, dtype: $0.dtype) }
        for _ in 0..<2 {
          for output in try noGrad({ try program(inputs, limit: Self.mostRounds) }) where !output.dtype.isComplex {
            _ = output.array(as: Double.self)
          }
        }
      }
      return .value
    } catch let error as TensorError where !error.message.isEmpty {
      return .refused(error)
    }
  }

  private func random(_ number: Int) -> SplitMix { SplitMix(state: seed &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(number)) }

  private func damaged(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    let length = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 16, as: UInt64.self)) }
    if random.next() % 5 == 0 {
      // Bytes, anywhere or in the head.
      let end = random.next() % 2 == 0 ? bytes.count : 24
      for _ in 0...random.next() % 4 { bytes[Int(random.next() % UInt64(end))] = UInt8(random.next() % 256) }
      if random.next() % 4 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
      return bytes
    }
    guard var header = try? JSON(parsing: bytes[24..<24 + length]) else { return bytes }
    var texts: [String] = []
    header.collect(&texts)
    // What stands there already is as likely as all else that means something.
    let meaningful = DType.allCases.map(\.name) + OperationTable.all + Self.words
    texts += (0..<texts.count).map { _ in meaningful[Int(random.next() % UInt64(meaningful.count))] }
    for _ in 0...random.next() % 3 {
      var place = Int(random.next() % UInt64(max(header.nodeCount, 1)))
      header = header.changed(at: &place) { Self.changed($0, &random, texts) }
    }
    if random.next() % 2 == 0, let retyped = ProgramFile.retyped(header) { header = retyped }
    return ProgramFile.head(header, version: Int(bytes[8])) + bytes[(24 + length)...]
  }

  private static func changed(_ json: JSON, _ random: inout SplitMix, _ texts: [String]) -> JSON {
    func pick<T>(_ list: [T]) -> T { list[Int(random.next() % UInt64(list.count))] }
    if random.next() % 40 == 0 { return .null }
    switch json {
    case .null: return pick([.int(0), .int(3), .double(0.5), .bool(true)])
    case .bool(let value): return .bool(!value)
    case .int(let value):
      return .int(
        pick([
          value &+ 1, value &- 1, 0 &- value, 0, 1, 2, 3, 4, 5, 6, 7, 8, -1, -2, value &* 2, value / 2, 1 << 16,
          1 << 20, 1 << 31,
          1 << 40, 1 << 44, 1 << 62, .max, .min,
        ]))
    case .double(let value):
      return pick([
        .double(-value), .double(0), .int(1), .double(1e300), .string("nan"), .string("-inf"), .double(value * 2),
      ])
    case .string: return .string(pick(texts + [""]))
    case .array(var items):
      guard !items.isEmpty else { return .array([.int(1)]) }
      let i = Int(random.next() % UInt64(items.count))
      switch random.next() % 4 {
      case 0: items.remove(at: i)
      case 1: items.insert(items[i], at: 0)
      case 2: items.swapAt(i, 0)
      default: items = []
      }
      return .array(items)
    case .object(var members):
      guard !members.isEmpty else { return .null }
      members[pick(members.keys.sorted())] = nil
      return .object(members)
    }
  }
}

extension JSON {
  /// How many values are in it, itself among them.
  fileprivate var nodeCount: Int {
    switch self {
    case .array(let items): items.reduce(1) { $0 + $1.nodeCount }
    case .object(let members): members.values.reduce(1) { $0 + $1.nodeCount }
    default: 1
    }
  }

  fileprivate func collect(_ texts: inout [String]) {
    switch self {
    case .string(let text): texts.append(text)
    case .array(let items): for item in items { item.collect(&texts) }
    case .object(let members): for key in members.keys.sorted() { members[key]?.collect(&texts) }
    default: break
    }
  }

  /// The same with the value at `place` changed, counted from the outer one.
  fileprivate func changed(at place: inout Int, _ change: (JSON) -> JSON) -> JSON {
    if place == 0 {
      place = -1
      return change(self)
    }
    if place < 0 { return self }
    place -= 1
    switch self {
    case .array(let items):
      var made: [JSON] = []
      for item in items { made.append(place < 0 ? item : item.changed(at: &place, change)) }
      return .array(made)
    case .object(let members):
      var made = members
      for key in members.keys.sorted() {
        guard place >= 0, let value = members[key] else { continue }
        made[key] = value.changed(at: &place, change)
      }
      return .object(made)
    default: return self
    }
  }
}
