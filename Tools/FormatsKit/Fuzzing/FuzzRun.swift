import ApusFormats
import Foundation

/// Numbered attempts that may go wrong: reading a damaged file, calling an operation with arguments that somebody drew.
package protocol FuzzAttempts {
  var name: String { get }
  /// Bytes of memory that the attempts of one child may take.
  var mostMemory: Int { get }
  /// Bytes of address space that a child may take beyond what it begins with.
  var mostAddresses: Int { get }
  /// How many attempts a child makes.
  var batch: Int { get }
  /// What attempt number `number` is about, for messages.
  func subject(_ number: Int) -> String
  /// The same with what else can be told before it is made.
  func details(_ number: Int) -> String
  /// Makes it.
  /// - Parameter folder: where files can be written; nobody else uses it meanwhile.
  /// - Throws: an error that is no refusal.
  func attempt(_ number: Int, in folder: String) throws -> FuzzEnd
}

extension FuzzAttempts {
  package var mostAddresses: Int { 1 << 30 }
  package func details(_ number: Int) -> String { subject(number) }
}

/// How an attempt should end.
package enum FuzzEnd {
  case value
  /// An error that says what is wrong.
  case refused(any Error)
}

/// Makes attempts in child processes that may neither take much memory nor long: what crashes, hangs, takes too much or ends with an
/// error that says nothing is told with the number that makes the same attempt again.
package struct FuzzRun {
  private let attempts: any FuzzAttempts
  private let seed: UInt64

  /// Seconds of computing that one attempt may take.
  private static let mostSeconds = 5
  /// After how many failures it is enough.
  private static let mostFailures = 100

  package init(_ attempts: any FuzzAttempts, seed: UInt64) { (self.attempts, self.seed) = (attempts, seed) }

  /// What came of it.
  package struct Report {
    package var read = 0
    package var refused = 0
    /// Attempts on which a child ended or went wrong, with what they are about.
    package var failures: [(number: Int, subject: String, reason: String)] = []

    package var count: Int { read + refused + failures.count }

    /// The reasons that several failures share, the most frequent first.
    package var sharedReasons: [String] {
      Dictionary(grouping: failures) { $0.reason }.filter { $0.value.count > 1 }
        .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { "\($0.value.count) x \($0.key)" }
    }
  }

  /// Goes on until `count` attempts are made, or `seconds` are over.
  /// - Parameter failed: is called with the number of each that fails.
  package func run(
    first: Int = 0, count: Int, seconds: Double = .infinity, note: (String) -> Void = { _ in },
    failed: (Int) throws -> Void = { _ in }
  ) throws -> Report {
    var report = Report()
    let begin = Date()
    let folder = try Self.scratchFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let progress = try SharedCounters()
    var next = first
    while next < first + count, Date().timeIntervalSince(begin) < seconds, report.failures.count < Self.mostFailures {
      let end = min(first + count, next + attempts.batch)
      progress.clear(next: next)
      let status = try FuzzChild.run(folder, addresses: attempts.mostAddresses) {
        makeBatch(next..<end, in: folder, progress)
      }
      report.read += progress[.read]
      report.refused += progress[.refused]
      if status == 0 {
        next = end
        continue
      }
      let number = progress[.next]
      let (subject, reason) = (attempts.subject(number), reason(status, progress, log: "\(folder)/log"))
      report.failures.append((number, subject, reason))
      note("  FAILED \(attempts.name) seed \(seed) number \(number) of \(subject): \(reason)")
      try failed(number)
      next = number + 1
    }
    return report
  }

  /// Makes attempt number `number` here, without protection, and tells what came of it.
  package func makeOne(_ number: Int) throws -> String {
    let folder = try Self.scratchFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    switch try attempts.attempt(number, in: folder) {
    case .value: return "read"
    case .refused(let error): return "refused: \(type(of: error)): \(error)"
    }
  }

  private func makeBatch(_ numbers: Range<Int>, in folder: String, _ progress: SharedCounters) -> Int32 {
    let before = FuzzChild.residentBytes
    for number in numbers {
      progress[.next] = number
      FuzzChild.limit(seconds: Self.mostSeconds)
      let end: FuzzEnd
      do {
        end = try attempts.attempt(number, in: folder)
      } catch {
        print("\(type(of: error)): \(error)")
        return 4
      }
      progress[.memory] = FuzzChild.mostResidentBytes - before
      if progress[.memory] > attempts.mostMemory { return 3 }
      switch end {
      case .value: progress[.read] += 1
      case .refused: progress[.refused] += 1
      }
    }
    return 0
  }

  static func scratchFolder() throws -> String {
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
