import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A program that was started, and the lines that it writes.
package struct ChildProcess: ~Copyable {
  /// How a program ended.
  package enum Ending: Sendable, Hashable {
    case exited(Int32)
    case signalled(Int32)
    /// It was ended after its time.
    case timedOut
    /// It was ended because somebody asked for it.
    case stopped
  }

  private let process: pid_t
  private let output: Int32
  private let command: String

  /// Starts a program in a group of its own, so that what it starts ends with it.
  /// - Parameters:
  ///   - words: the program, searched in `PATH`, and its arguments.
  ///   - environment: set in addition to this process's own.
  ///   - input: what it reads from its standard input; at most 60,000 bytes.
  /// - Throws: `TensorError` of kind `file` where it cannot be started.
  package init(_ words: [String], environment additions: [String: String], input: String) throws {
    command = words[0]
    let bytes = Array(input.utf8)
    guard bytes.count <= 60_000 else {
      throw TensorError(.value, command, "its settings have \(bytes.count) bytes; at most 60,000 are passed on")
    }
    (process, output) = try Self.starting.withLock { _ in
      try Self.start(words, bytes, Self.environment(with: additions))
    }
  }

  /// One program is started at a time: else one might inherit the pipes of another before they are marked.
  private static let starting = Lock(())

  private static func start(
    _ words: [String], _ input: [UInt8], _ environment: [String]
  ) throws -> (process: pid_t, output: Int32) {
    let inputPipe = try pipe(words[0])
    defer { for end in inputPipe { closeDescriptor(end) } }
    let outputPipe = try pipe(words[0])
    defer { closeDescriptor(outputPipe[1]) }
    // All of it fits into the pipe, so nobody has to wait for the reader.
    _ = input.withUnsafeBytes { write(inputPipe[1], $0.baseAddress, $0.count) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, inputPipe[0], 0)
    posix_spawn_file_actions_adddup2(&actions, outputPipe[1], 1)
    posix_spawn_file_actions_adddup2(&actions, outputPipe[1], 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var usual = sigset_t()
    sigemptyset(&usual)
    for signal in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&usual, signal) }
    posix_spawnattr_setsigdefault(&attributes, &usual)
    // A thread of Dispatch holds signals back, which a program would take over.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var pointers = words.map { strdup($0) }
    pointers.append(nil)
    var variables = environment.map { strdup($0) }
    variables.append(nil)
    defer { for pointer in pointers + variables { free(pointer) } }
    var started = pid_t()
    let status = posix_spawnp(&started, words[0], &actions, &attributes, pointers, variables)
    guard status == 0 else {
      closeDescriptor(outputPipe[0])
      throw TensorError(.file, words[0], "it cannot be started: \(String(cString: strerror(status)))")
    }
    return (started, outputPipe[0])
  }

  /// A pipe that other programs do not inherit.
  private static func pipe(_ command: String) throws -> [Int32] {
    var ends: [Int32] = [-1, -1]
    guard makePipe(&ends) == 0 else {
      throw TensorError(.file, command, "no pipe for it could be made: \(String(cString: strerror(errno)))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return ends
  }

  private static func environment(with additions: [String: String]) -> [String] {
    var variables: [String] = []
    var next = environ
    while let variable = next.pointee {
      let text = String(cString: variable)
      if !additions.keys.contains(where: { text.hasPrefix($0 + "=") }) { variables.append(text) }
      next += 1
    }
    return variables + additions.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  /// Longer lines are cut.
  private static let longestLine = 65_536
  /// How long a program has between being asked to end and being ended.
  private static let patience = 5.0

  /// Reads lines until the program ends, or is ended.
  /// - Parameters:
  ///   - timeout: seconds after which it is ended; nil for none.
  ///   - isStopping: asked several times a second; where it is true the program is ended.
  ///   - line: gets each line; what it throws ends the program.
  package consuming func finish(
    timeout: Double?, isStopping: () -> Bool, line: (String) throws -> Void
  ) throws -> Ending {
    defer { closeDescriptor(output) }
    let deadline = timeout.map { ContinuousClock.now + .seconds($0) }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var pending: [UInt8] = []
    var status: Int32 = 0
    var hasEnded = false
    while true {
      var poller = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let isReady = poll(&poller, 1, hasEnded ? 0 : 100) > 0
      if isReady {
        let count = buffer.withUnsafeMutableBytes { read(output, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        if count > 0 {
          do {
            try Self.split(buffer[..<count], &pending, line)
          } catch {
            end(&status)
            throw error
          }
        } else {
          break
        }
      } else if hasEnded {
        // What it has started may hold the pipe; nobody waits for that.
        break
      }
      if !hasEnded, waitpid(process, &status, WNOHANG) == process { hasEnded = true }
      if !hasEnded, isStopping() {
        end(&status)
        return .stopped
      }
      if !hasEnded, let deadline, ContinuousClock.now >= deadline {
        end(&status)
        return .timedOut
      }
    }
    if !pending.isEmpty { try line(String(decoding: pending, as: UTF8.self)) }
    // The output can end before the program does.
    while !hasEnded {
      if waitpid(process, &status, WNOHANG) == process { break }
      if isStopping() {
        end(&status)
        return .stopped
      }
      if let deadline, ContinuousClock.now >= deadline {
        end(&status)
        return .timedOut
      }
      usleep(5_000)
    }
    kill(-process, SIGKILL)
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }

  private static func split(
    _ bytes: ArraySlice<UInt8>, _ pending: inout [UInt8], _ line: (String) throws -> Void
  ) throws {
    for byte in bytes {
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        if !pending.isEmpty { try line(String(decoding: pending, as: UTF8.self)) }
        pending.removeAll(keepingCapacity: true)
      } else if pending.count < longestLine {
        pending.append(byte)
      }
    }
  }

  /// Asks the program and what it has started to end, and ends them where they do not.
  private borrowing func end(_ status: inout Int32) {
    kill(-process, SIGTERM)
    let limit = ContinuousClock.now + .seconds(Self.patience)
    while ContinuousClock.now < limit {
      if waitpid(process, &status, WNOHANG) == process {
        kill(-process, SIGKILL)
        return
      }
      usleep(5_000)
    }
    kill(-process, SIGKILL)
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
  }
}

private func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }

private func makePipe(_ ends: inout [Int32]) -> Int32 { pipe(&ends) }
