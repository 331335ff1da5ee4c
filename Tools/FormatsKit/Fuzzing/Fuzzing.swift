import ApusCore
import ApusFormats
import Foundation

/// Reads damaged forms of a group's files, each in a child process that may neither take much memory nor long: what crashes,
/// hangs, takes too much or ends with an error that says nothing is told with the number that makes the same file again.
package struct Fuzzing {
  private let target: any FuzzTarget
  private let seed: UInt64

  /// Seconds of computing that one file may take.
  private static let mostSeconds = 5
  /// How many files a child reads.
  private static let batch = 500
  /// After how many failures it is enough.
  private static let mostFailures = 100

  package init(_ target: any FuzzTarget, seed: UInt64 = 1) { (self.target, self.seed) = (target, seed) }

  /// Whether there is anything to damage.
  package var isPossible: Bool { !target.files.isEmpty }

  /// What came of it.
  package struct Report {
    package var read = 0
    package var refused = 0
    /// Files on which a child ended or went wrong, with their numbers.
    package var failures: [(number: Int, file: String, reason: String)] = []

    package var count: Int { read + refused + failures.count }
  }

  /// Damages files until `count` are read, or `seconds` are over.
  /// - Parameter keep: a folder where files that fail are kept.
  package func run(
    first: Int = 0, count: Int, seconds: Double = .infinity, keep: String? = nil, note: (String) -> Void = { _ in }
  ) throws -> Report {
    var report = Report()
    let begin = Date()
    let folder = try scratchFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let progress = try SharedCounters()
    var next = first
    while next < first + count, Date().timeIntervalSince(begin) < seconds, report.failures.count < Self.mostFailures {
      let end = min(first + count, next + Self.batch)
      progress.clear(next: next)
      let status = try FuzzChild.run(folder) { readBatch(next..<end, in: folder, progress) }
      report.read += progress[.read]
      report.refused += progress[.refused]
      if status == 0 {
        next = end
        continue
      }
      let number = progress[.next]
      var mutation = Mutation(target, seed: seed, number: number)
      let file = target.files[mutation.file]
      let reason = reason(status, progress, log: "\(folder)/log")
      report.failures.append((number, file.name, reason))
      note("  FAILED \(target.name) seed \(seed) number \(number) of \(file.name): \(reason)")
      if let keep {
        try FileManager.default.createDirectory(atPath: keep, withIntermediateDirectories: true)
        let name = file.name.split(separator: "/").suffix(2).joined(separator: "-")
        // Threads of this process would be lost in its children.
        let bytes = withThreadLimit(1) { mutation.damaged() } ?? []
        try Data(bytes).write(to: URL(fileURLWithPath: "\(keep)/\(target.name)-\(seed)-\(number)-\(name)"))
      }
      next = number + 1
    }
    return report
  }

  /// Reads damaged file number `number` here, without protection, and tells what came of it.
  package func readOne(_ number: Int) throws -> String {
    let folder = try scratchFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      try read(number, in: folder)
      return "read"
    } catch {
      return "\(type(of: error)): \(error)"
    }
  }

  private func readBatch(_ numbers: Range<Int>, in folder: String, _ progress: SharedCounters) -> Int32 {
    let before = FuzzChild.residentBytes
    for number in numbers {
      progress[.next] = number
      FuzzChild.limit(seconds: Self.mostSeconds)
      let wasRead: Bool
      do {
        try read(number, in: folder)
        wasRead = true
      } catch {
        wasRead = error is FormatDifference
        if !wasRead, !target.isRefusal(error) {
          print("\(type(of: error)): \(error)")
          return 4
        }
      }
      progress[.memory] = FuzzChild.mostResidentBytes - before
      if progress[.memory] > target.mostMemory { return 3 }
      progress[wasRead ? .read : .refused] += 1
    }
    return 0
  }

  private func read(_ number: Int, in folder: String) throws {
    var mutation = Mutation(target, seed: seed, number: number)
    try target.read(mutation.file, mutation.damaged(), in: folder)
  }

  private func scratchFolder() throws -> String {
    let path = "\(NSTemporaryDirectory())/apus-fuzz-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  private func reason(_ status: Int32, _ progress: SharedCounters, log: String) -> String {
    let lines = ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n")
    // What the run time says, and the innermost place with a line of a source file.
    let fault = lines.first { $0.contains("Fatal error") || $0.contains("crashed:") }
    let place = lines.first { $0.contains(".swift:") && $0.contains(" at ") }?.split(separator: "/").last
    let told = [fault, place].compactMap { $0 }.map { ": \($0.prefix(200))" }.joined()
    let signal = status & 0x7f
    if signal == SIGPROF { return "took more than \(Self.mostSeconds) s of computing" }
    if signal == SIGALRM { return "did not end" }
    if signal != 0 { return "ended by signal \(signal)" + told }
    if status >> 8 == 3 { return "took \(progress[.memory] >> 20) MiB of memory" }
    if status >> 8 == 4 { return "an error that names no place: \(lines.last?.prefix(200) ?? "")" }
    return "ended with status \(status >> 8)" + (told.isEmpty ? ": \(lines.last?.prefix(200) ?? "")" : told)
  }
}
