import ApusFormats
import Foundation

/// Children that may not take much, and what they tell.
enum FuzzChild {
  /// Runs `body` in a child process whose output goes to the file `log` of the folder. Gives how it ended, as `waitpid` tells it.
  /// - Parameter addresses: bytes of address space beyond what the process begins with.
  static func run(_ folder: String, addresses: Int = 1 << 30, _ body: () -> Int32) throws -> Int32 {
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
      let most = rlim_t(memoryBytes(0) + addresses)
      var addresses = rlimit(rlim_cur: most, rlim_max: most)
      setrlimit(__rlimit_resource_t(UInt32(RLIMIT_AS.rawValue)), &addresses)
      let status = body()
      fflush(nil)
      _exit(status)
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status
  }

  /// Ends this process by a signal after so many seconds of computing, or many more of waiting.
  static func limit(seconds: Int) {
    var limit = itimerval()
    limit.it_value.tv_sec = seconds
    setitimer(__itimer_which_t(UInt32(ITIMER_PROF.rawValue)), &limit, nil)
    limit.it_value.tv_sec = seconds * 20
    setitimer(__itimer_which_t(UInt32(ITIMER_REAL.rawValue)), &limit, nil)
  }

  static var residentBytes: Int { memoryBytes(1) }

  static var mostResidentBytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  /// What `/proc/self/statm` says, in bytes.
  private static func memoryBytes(_ column: Int) -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let words = text.split(separator: " ")
    return column < words.count ? (Int(words[column]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
  }
}

/// Runs `body` in a child process, so that this one stays without threads; what went wrong, if anything did.
package func inChild(_ folder: String, _ body: () throws -> Void) throws -> String? {
  let status = try FuzzChild.run(folder) {
    do {
      try body()
      return 0
    } catch {
      print(error)
      return 1
    }
  }
  return status == 0 ? nil : (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "status \(status)"
}

/// Numbers that a process and its children see alike.
struct SharedCounters {
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
