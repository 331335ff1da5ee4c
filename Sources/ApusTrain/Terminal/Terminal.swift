#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the place that text is written to can show.
public struct Terminal: Sendable, Hashable {
  /// Whether a person looks on and lines can be drawn again.
  public var isInteractive: Bool
  /// Whether colours can be used.
  public var hasColours: Bool
  /// Whether characters outside ASCII can be shown.
  public var hasUnicode: Bool
  /// The number of characters in a line.
  public var width: Int
  /// The number of lines.
  public var height: Int

  /// A terminal of known abilities, `width` columns wide and `height` lines high.
  public init(isInteractive: Bool, hasColours: Bool, hasUnicode: Bool, width: Int, height: Int = 24) {
    self.isInteractive = isInteractive
    self.hasColours = hasColours
    self.hasUnicode = hasUnicode
    self.width = width
    self.height = height
  }

  /// Plain text, as in a log file.
  public static let plain = Terminal(isInteractive: false, hasColours: false, hasUnicode: true, width: 100)

  /// The standard output as it is now: plain where it is no terminal, where `TERM` is `dumb`, and where `NO_COLOR` is set;
  /// ASCII where the locale (`LC_ALL`, `LC_CTYPE`, `LANG`) is not UTF-8.
  public static var standardOutput: Terminal { terminal(1) }

  /// The standard error as it is now, as ``standardOutput``.
  public static var standardError: Terminal { terminal(2) }

  private static func terminal(_ descriptor: Int32) -> Terminal {
    let term = environment("TERM")
    let isLive = isatty(descriptor) == 1 && term != "dumb" && term != nil && environment("NO_COLOR") == nil
    let locale = environment("LC_ALL") ?? environment("LC_CTYPE") ?? environment("LANG") ?? ""
    let normalized = locale.lowercased()
    let size = size(descriptor)
    return Terminal(
      isInteractive: isLive, hasColours: isLive,
      hasUnicode: normalized.contains("utf-8") || normalized.contains("utf8"), width: size?.width ?? 100,
      height: size?.height ?? 24)
  }

  /// The width of the window of the standard output, which changes as it is resized; nil where there is none.
  static var currentWidth: Int? { size(1)?.width }

  /// The size of a window: by the terminal, or as `COLUMNS` and `LINES` say.
  static func size(_ descriptor: Int32) -> (width: Int, height: Int)? {
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 {
      return (Int(size.ws_col), Int(size.ws_row))
    }
    func number(_ name: String) -> Int? { environment(name).flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } }
    return number("COLUMNS").map { ($0, number("LINES") ?? 24) }
  }

  /// Writes text to the standard output at once, behind what `print` still holds back.
  @Sendable public static func write(_ text: String) { write(text, to: 1) }

  /// Writes text to the standard error at once, behind what `print` still holds back.
  @Sendable public static func writeError(_ text: String) { write(text, to: 2) }

  static func write(_ text: String, to descriptor: Int32) {
    fflush(nil)
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      #if canImport(Darwin)
        let written = rest.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
      #elseif canImport(Musl)
        let written = rest.withUnsafeBytes { Musl.write(descriptor, $0.baseAddress, $0.count) }
      #else
        let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      #endif
      if written < 0, errno == EINTR { continue }
      // Progress that nobody can read (a closed pipe, a full disk) is no reason to stop a training run.
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }

  /// A variable of the environment; nil when it is not set or empty.
  private static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value[0] != 0 else { return nil }
    return String(cString: value)
  }

  /// `text` in an ANSI style such as `1;32`, or as it is where there are no colours.
  func styled(_ text: String, _ style: String) -> String {
    hasColours ? "\u{1b}[\(style)m\(text)\u{1b}[0m" : text
  }
}

/// `text` with spaces before it, up to `width` characters.
func padded(left text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

/// `text` with spaces behind it, up to `width` characters.
func padded(right text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

/// `text` in one line: control characters, which would move the cursor, become spaces.
func singleLine(_ text: String) -> String {
  String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || 0x7f..<0xa0 ~= $0.value ? " " : $0 }))
}
