import ApusCore
import ApusFormats
import Foundation

/// Reads damaged forms of a group's files, each in a child process that may neither take much memory nor long: what crashes,
/// hangs or takes too much is told with the number that makes the same file again.
package struct Fuzzing {
  let group: FormatGroup
  let seed: UInt64
  /// A file that is damaged: of which case, under which key of its `files`, if it has several.
  private let sources: [(item: FormatCase, form: String?, name: String)]
  private let contents: [[UInt8]]

  /// Larger files are left out: damage would rarely meet what decides.
  private static let largestFile = 1 << 20
  /// Seconds of computing that one file may take.
  private static let mostSeconds = 5
  /// Bytes of memory that the files of a child may take at most, of which none is larger than a megabyte. Programs may
  /// compute several results, each below the limit that the reader sets itself.
  private var mostMemory: Int {
    ["onnx", "keras", "keras2", FormatGroup.plainFiles].contains(group.name) ? 768 << 20 : 128 << 20
  }
  /// Bytes of address space beyond what the process begins with.
  private static let mostAddresses = 1 << 30
  /// How many files a child reads.
  private static let batch = 500
  /// After how many failures it is enough.
  private static let mostFailures = 100

  package init(_ group: FormatGroup, seed: UInt64 = 1) {
    self.group = group
    self.seed = seed
    var sources: [(item: FormatCase, form: String?, name: String)] = []
    var contents: [[UInt8]] = []
    for item in group.cases {
      var names: [(form: String?, name: String)] = []
      if let name = item.json["file"]?.string { names.append((nil, name)) }
      for (form, name) in (item.json["files"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
        if let name = name.string { names.append((form, name)) }
      }
      for (form, name) in names {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: "\(item.folder)/\(name)")),
          data.count <= Self.largestFile
        else { continue }
        sources.append((item, form, name))
        contents.append(Array(data))
      }
    }
    (self.sources, self.contents) = (sources, contents)
  }

  /// Whether there is anything to damage and something that reads it.
  package var isPossible: Bool { !sources.isEmpty && FormatGroup.runners[group.name] != nil }

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
      let status = try inChild(folder) { readBatch(next..<end, in: folder, progress) }
      report.read += progress[.read]
      report.refused += progress[.refused]
      if status == 0 {
        next = end
        continue
      }
      let number = progress[.next]
      var mutation = Mutation(seed: seed, number: number, files: contents)
      let file = mutation.file()
      let reason = reason(status, progress, log: "\(folder)/log")
      report.failures.append((number, sources[file].name, reason))
      note("  FAILED \(group.name) seed \(seed) number \(number) of \(sources[file].name): \(reason)")
      if let keep {
        try FileManager.default.createDirectory(atPath: keep, withIntermediateDirectories: true)
        let name = sources[file].name.split(separator: "/").last.map(String.init) ?? "file"
        // Threads of this process would be lost in its children.
        let bytes = withThreadLimit(1) { mutation.damaged(file) }
        try Data(bytes).write(
          to: URL(fileURLWithPath: "\(keep)/\(group.name)-\(seed)-\(number)-\(name)"))
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

  // MARK: In the child

  private func readBatch(_ numbers: Range<Int>, in folder: String, _ progress: SharedCounters) -> Int32 {
    let before = residentBytes()
    for number in numbers {
      progress[.next] = number
      var limit = itimerval()
      limit.it_value.tv_sec = Self.mostSeconds
      setitimer(__itimer_which_t(UInt32(ITIMER_PROF.rawValue)), &limit, nil)
      let wasRead: Bool
      do {
        try read(number, in: folder)
        wasRead = true
      } catch {
        wasRead = error is FormatDifference
      }
      progress[.memory] = mostResidentBytes() - before
      if progress[.memory] > mostMemory { return 3 }
      progress[wasRead ? .read : .refused] += 1
    }
    return 0
  }

  /// Reads a damaged file as the runner of the group does.
  private func read(_ number: Int, in folder: String) throws {
    guard let runner = FormatGroup.runners[group.name] else { return }
    var mutation = Mutation(seed: seed, number: number, files: contents)
    let index = mutation.file()
    let bytes = mutation.damaged(index)
    let source = sources[index]
    let suffix = source.name.split(separator: ".").last.map(String.init) ?? "bin"
    let path = "\(folder)/damaged.\(suffix)"
    defer { unlink(path) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    for name in source.item.json["data_files"]?.array?.compactMap(\.string) ?? [] {
      let copy = "\(folder)/\(name.split(separator: "/").last ?? "data")"
      if !FileManager.default.fileExists(atPath: copy) {
        try FileManager.default.copyItem(atPath: "\(source.item.folder)/\(name)", toPath: copy)
      }
    }
    var members = source.item.json.object ?? [:]
    if let form = source.form {
      members["files"] = .object([form: .string(path)])
    } else {
      members["file"] = .string(path)
    }
    let item = FormatCase(
      id: source.item.id, json: .object(members), folder: source.item.folder, expectation: .either)
    try runner(item)
  }

  // MARK: Processes

  private func scratchFolder() throws -> String {
    let path = "\(NSTemporaryDirectory())/apus-fuzz-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// Runs `body` in a child process whose output goes to a file. Gives how it ended, as `waitpid` tells it.
  private func inChild(_ folder: String, _ body: () -> Int32) throws -> Int32 {
    typealias Fork = @convention(c) () -> Int32
    // Swift keeps `fork` from programs with threads; this one has none yet, since only children read anything.
    guard let symbol = dlsym(nil, "fork") else { throw JSON.SyntaxError(description: "there is no fork here") }
    fflush(nil)
    let child = unsafeBitCast(symbol, to: Fork.self)()
    guard child >= 0 else { throw JSON.SyntaxError(description: "no process could be made") }
    if child == 0 {
      let log = open("\(folder)/log", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      dup2(log, 1)
      dup2(log, 2)
      chdir(folder)
      var core = rlimit(rlim_cur: 0, rlim_max: 0)
      setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &core)
      let most = rlim_t(addressBytes() + Self.mostAddresses)
      var addresses = rlimit(rlim_cur: most, rlim_max: most)
      setrlimit(__rlimit_resource_t(UInt32(RLIMIT_AS.rawValue)), &addresses)
      _exit(body())
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status
  }

  private func reason(_ status: Int32, _ progress: SharedCounters, log: String) -> String {
    let lines = ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n")
    // What the run time says, and the innermost place with a line of a source file.
    let fault = lines.first { $0.contains("Fatal error") || $0.contains("crashed:") }
    let place = lines.first { $0.contains(".swift:") && $0.contains(" at ") }?.split(separator: "/").last
    let told = [fault, place].compactMap { $0 }.map { ": \($0.prefix(200))" }.joined()
    let signal = status & 0x7f
    if signal == SIGPROF || signal == SIGALRM { return "took more than \(Self.mostSeconds) s of computing" }
    if signal != 0 { return "ended by signal \(signal)" + told }
    if status >> 8 == 3 { return "took \(progress[.memory] >> 20) MiB of memory" }
    return "ended with status \(status >> 8)" + told
  }
}

/// Numbers that a process and its children see alike.
private struct SharedCounters {
  enum Name: Int { case next, read, refused, memory }
  private let numbers: UnsafeMutablePointer<Int>

  init() throws {
    let memory = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else { throw JSON.SyntaxError(description: "no shared memory") }
    numbers = memory.bindMemory(to: Int.self, capacity: 512)
  }

  subscript(name: Name) -> Int {
    get { numbers[name.rawValue] }
    nonmutating set { numbers[name.rawValue] = newValue }
  }

  func clear(next: Int) {
    for name in [Name.read, .refused, .memory] { self[name] = 0 }
    self[.next] = next
  }
}

/// What `/proc/self/statm` says, in bytes.
private func memoryBytes(_ column: Int) -> Int {
  let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
  let words = text.split(separator: " ")
  return column < words.count ? (Int(words[column]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
}

private func addressBytes() -> Int { memoryBytes(0) }
private func residentBytes() -> Int { memoryBytes(1) }

private func mostResidentBytes() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}

/// Fuzzes the readers of some groups of the set `folder` and prints what came of it. Gives the number of failures.
package func fuzz(
  _ groups: [String], in folder: String, count: Int, seed: UInt64 = 1, first: Int = 0, seconds: Double = .infinity,
  keep: String? = nil
) throws -> Int {
  var failures = 0
  for name in groups {
    let fuzzing = Fuzzing(try FormatGroup(name: name, in: folder), seed: seed)
    guard fuzzing.isPossible else {
      print("\(name): nothing to read, or nothing that reads it")
      continue
    }
    let report = try fuzzing.run(first: first, count: count, seconds: seconds, keep: keep) { line in
      print(line)
      fflush(nil)
    }
    let reasons = Dictionary(grouping: report.failures) { $0.reason }.sorted { $0.value.count > $1.value.count }
    for (reason, failures) in reasons where failures.count > 1 { print("  \(failures.count) x \(reason)") }
    print(
      "\(name): \(report.count) damaged files, \(report.read) read, \(report.refused) refused, "
        + "\(report.failures.count) failed")
    fflush(nil)
    failures += report.failures.count
  }
  return failures
}
