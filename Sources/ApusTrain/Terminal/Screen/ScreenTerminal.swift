import ApusCore
import Synchronization

#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Darwin
#endif

/// The terminal while a screen is drawn on it: the alternate screen without a cursor. What the program prints meanwhile is kept and
/// appears when the terminal is given back, which happens on every way that a program can end but SIGKILL.
final class ScreenTerminal: TerminalOwner {
  private static let enter = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[2J"
  static let leave: StaticString = "\u{1b}[?2026l\u{1b}[0m\u{1b}[?25h\u{1b}[?1049l"

  /// The terminal itself; the standard output is a file meanwhile.
  private let screen: Int32
  private let printed: Int32
  private let isOpen = Atomic<Bool>(true)
  /// How much of what was printed has been read.
  private let position = Lock<off_t>(0)

  /// For signal handlers: the descriptor of the terminal that has to be given back, or -1, and that of what was printed.
  private static let held = Atomic<Int32>(-1)
  private static let heldPrinted = Atomic<Int32>(-1)
  /// Whether a terminal has to be given back.
  static var isHeld: Bool { held.load(ordering: .relaxed) >= 0 }
  /// Set by signal handlers: the window has another size, or the program has come back from the background.
  static let hasChanged = Atomic<Bool>(false)

  /// Takes the terminal of the standard output; nil where there is none, or where another screen has it.
  init?() {
    guard TerminalOwnership.owner == nil, isatty(1) == 1 else { return nil }
    screen = dup(1)
    printed = NamelessFile.make(in: DynamicLibrary.environment("TMPDIR") ?? "/tmp")
    guard screen >= 0, printed >= 0 else {
      if screen >= 0 { close(screen) }
      if printed >= 0 { close(printed) }
      return nil
    }
    // Lines are given out when they are whole, although this is a file.
    setvbuf(stdout, nil, Int32(_IOLBF), 0)
    fflush(stdout)
    dup2(printed, 1)
    Self.held.store(screen, ordering: .relaxed)
    Self.heldPrinted.store(printed, ordering: .relaxed)
    Self.catchSignals()
    TerminalOwnership.owner = self
    write(Self.enter)
  }

  /// Writes text to the terminal.
  func write(_ text: String) {
    guard isOpen.load(ordering: .relaxed) else { return }
    Terminal.write(text, to: screen)
  }

  /// Enters the alternate screen again, after the program was in the background.
  func enterAgain() { write(Self.enter) }

  /// Columns and lines of the window.
  var size: (width: Int, height: Int)? { Terminal.size(screen) }

  /// Keeps a line with those that are printed.
  func show(_ line: String) { Terminal.write(line + "\n", to: printed) }

  /// The whole lines that have been printed since the last call.
  func printedLines() -> [String] {
    position.withLock { position in
      var bytes: [UInt8] = []
      var block = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = pread(printed, &block, block.count, position + off_t(bytes.count))
        if count <= 0 { break }
        bytes += block.prefix(count)
      }
      bytes = Array(bytes.prefix((bytes.lastIndex(of: 10) ?? -1) + 1))
      position += off_t(bytes.count)
      var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      if lines.last?.isEmpty ?? false { lines.removeLast() }
      return lines.map(String.init)
    }
  }

  /// Writes all that was printed, too.
  func giveBack() {
    guard isOpen.exchange(false, ordering: .relaxed) else { return }
    fflush(stdout)
    dup2(screen, 1)
    Self.held.store(-1, ordering: .relaxed)
    Self.releaseSignals()
    if TerminalOwnership.owner === self { TerminalOwnership.owner = nil }
    Terminal.write("\(Self.leave)", to: 1)
    Self.copy(from: printed, to: 1)
  }

  deinit {
    giveBack()
    close(screen)
    close(printed)
  }

  // MARK: Signals

  private typealias Handler = @convention(c) (Int32) -> Void

  /// Signals that end a program unless it has handlers, and those of a fault.
  private static let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
  private static let faults = [SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE]
  /// The handlers of faults that were there before, by number: plain memory, which a signal handler may read.
  private nonisolated(unsafe) static let former = {
    let table = UnsafeMutablePointer<sigaction>.allocate(capacity: 64)
    table.initialize(repeating: sigaction(), count: 64)
    return table
  }()

  /// Gives the terminal back with what a signal handler may call.
  private static func leaveInHandler() {
    let terminal = held.exchange(-1, ordering: .relaxed)
    guard terminal >= 0 else { return }
    dup2(terminal, 1)
    _ = leave.withUTF8Buffer { systemWrite(terminal, $0.baseAddress, $0.count) }
    copy(from: heldPrinted.load(ordering: .relaxed), to: terminal)
  }

  /// Copies a file, with what a signal handler may call.
  private static func copy(from file: Int32, to terminal: Int32) {
    var position: off_t = 0
    while true {
      let count = pread(file, block, blockSize, position)
      guard count > 0, systemWrite(terminal, block, count) == count else { return }
      position += off_t(count)
    }
  }
  private static let blockSize = 4096
  private nonisolated(unsafe) static let block = UnsafeMutableRawPointer.allocate(byteCount: blockSize, alignment: 16)

  /// Ends the program as the signal would have.
  static let end: @convention(c) (Int32) -> Void = { number in
    leaveInHandler()
    signal(number, SIG_DFL)
    raise(number)
  }

  private static let pause: Handler = { number in
    // Held again when the program comes back.
    let terminal = held.load(ordering: .relaxed)
    guard terminal >= 0 else { return }
    _ = leave.withUTF8Buffer { systemWrite(terminal, $0.baseAddress, $0.count) }
    signal(SIGTSTP, SIG_DFL)
    raise(SIGTSTP)
  }

  private static let comeBack: Handler = { _ in
    signal(SIGTSTP, pause)
    isBack.store(true, ordering: .relaxed)
    hasChanged.store(true, ordering: .relaxed)
  }

  private static let resize: Handler = { _ in hasChanged.store(true, ordering: .relaxed) }

  /// Whether the program has come back from the background since the screen was drawn.
  static let isBack = Atomic<Bool>(false)

  /// A fault: the handler that was there before says what happened, on the terminal. What faults does so once more.
  private static let fault: Handler = { number in
    leaveInHandler()
    sigaction(number, former + Int(number), nil)
    if number == SIGABRT { raise(number) }
  }

  private static func catchSignals() {
    atexitOnce
    for number in ending where isDefault(number) { signal(number, end) }
    if isDefault(SIGTSTP) { signal(SIGTSTP, pause) }
    if isDefault(SIGCONT) { signal(SIGCONT, comeBack) }
    if isDefault(SIGWINCH) { signal(SIGWINCH, resize) }
    for number in faults {
      sigaction(number, nil, former + Int(number))
      var action = sigaction()
      setFaultHandler(&action)
      sigaction(number, &action, nil)
    }
  }

  private static func releaseSignals() {
    for number in ending + [SIGTSTP, SIGCONT, SIGWINCH] where isOurs(number) { signal(number, SIG_DFL) }
    for number in faults where isOurs(number) { sigaction(number, former + Int(number), nil) }
  }

  private static let atexitOnce: Void = {
    _ = block
    atexit { TerminalOwnership.owner?.giveBack() }
  }()

  private static func setFaultHandler(_ action: inout sigaction) {
    withUnsafeMutableBytes(of: &action) { $0.storeBytes(of: unsafeBitCast(fault, to: UInt.self), as: UInt.self) }
    // On the stack that the runtime has for it, should the other one be full.
    action.sa_flags = Int32(SA_ONSTACK) | Int32(SA_NODEFER)
  }

  /// The handler is the first word on every platform.
  private static func handler(_ number: Int32) -> UInt {
    var action = sigaction()
    sigaction(number, nil, &action)
    return withUnsafeBytes(of: action) { $0.load(as: UInt.self) }
  }

  private static func isDefault(_ number: Int32) -> Bool { handler(number) == 0 }

  private static func isOurs(_ number: Int32) -> Bool {
    [end, pause, comeBack, resize, fault].contains { unsafeBitCast($0, to: UInt.self) == handler(number) }
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
