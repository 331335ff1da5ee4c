import ApusCore
import ApusFormats
import Foundation

/// Reads damaged forms of a group's files, as ``FuzzRun`` has it.
package struct Fuzzing {
  private let target: any FuzzTarget
  private let seed: UInt64

  package init(_ target: any FuzzTarget, seed: UInt64 = 1) { (self.target, self.seed) = (target, seed) }

  /// Whether there is anything to damage.
  package var isPossible: Bool { !target.files.isEmpty }

  /// Damages files until `count` are read, or `seconds` are over.
  /// - Parameter keep: a folder where files that fail are kept.
  package func run(
    first: Int = 0, count: Int, seconds: Double = .infinity, keep: String? = nil, note: (String) -> Void = { _ in }
  ) throws -> FuzzRun.Report {
    try FuzzRun(DamagedFiles(target, seed), seed: seed).run(first: first, count: count, seconds: seconds, note: note) {
      if let keep { try self.keep($0, in: keep) }
    }
  }

  /// Reads damaged file number `number` here, without protection, and tells what came of it.
  package func readOne(_ number: Int) throws -> String {
    try FuzzRun(DamagedFiles(target, seed), seed: seed).makeOne(number)
  }

  private func keep(_ number: Int, in folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var mutation = Mutation(target, seed: seed, number: number)
    let name = target.files[mutation.file].name.split(separator: "/").suffix(2).joined(separator: "-")
    // Threads of this process would be lost in its children.
    let bytes = withThreadLimit(1) { mutation.damaged() } ?? []
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(target.name)-\(seed)-\(number)-\(name)"))
  }
}

/// Damaged forms of a target's files, as attempts.
private struct DamagedFiles: FuzzAttempts {
  private let target: any FuzzTarget
  private let seed: UInt64

  init(_ target: any FuzzTarget, _ seed: UInt64) { (self.target, self.seed) = (target, seed) }

  var name: String { target.name }
  var mostMemory: Int { target.mostMemory }
  var batch: Int { 500 }

  func subject(_ number: Int) -> String { target.files[Mutation(target, seed: seed, number: number).file].name }

  func attempt(_ number: Int, in folder: String) throws -> FuzzEnd {
    var mutation = Mutation(target, seed: seed, number: number)
    do {
      try target.read(mutation.file, mutation.damaged(), in: folder)
      return .value
    } catch is FormatDifference {
      return .value
    } catch {
      guard target.isRefusal(error) else { throw error }
      return .refused(error)
    }
  }
}
