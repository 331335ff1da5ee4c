import ApusCore
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ends a text besides the tokens and lengths of the configuration.
public protocol StopCondition: Sendable {
  /// Whether the text ends with its last token.
  func isDone(_ text: TextSoFar) -> Bool
}

/// Why a text ended.
public enum FinishReason: String, Sendable, Hashable {
  /// A token that ends texts.
  case end
  /// The greatest length.
  case length
  /// A stop string or another condition.
  case stop
  /// The time was up.
  case time
  /// The task was cancelled.
  case cancelled
}

/// A text ends once one of some strings appears in it.
public struct StopStrings: StopCondition {
  public let strings: [String]
  private let decode: @Sendable ([Int]) -> String
  private let longest: Int

  /// - Parameter decode: the text of tokens.
  public init(_ strings: [String], decode: @escaping @Sendable ([Int]) -> String) {
    self.strings = strings.filter { !$0.isEmpty }
    self.decode = decode
    longest = strings.map(\.utf8.count).max() ?? 0
  }

  public func isDone(_ text: TextSoFar) -> Bool {
    // The string has to end in the last token. A token is a byte at least, some tokens are none.
    let tail = Array(text.ids.suffix(longest + 8))
    let now = Array(decode(tail).utf8)
    let before = decode(tail.dropLast()).utf8.count
    return strings.contains { string in
      let wanted = Array(string.utf8)
      guard now.count >= wanted.count else { return false }
      let first = max(0, min(before, now.count) - wanted.count + 1)
      guard first <= now.count - wanted.count else { return false }
      return (first...(now.count - wanted.count)).contains { now[$0...].starts(with: wanted) }
    }
  }
}

/// All that ends texts, together.
struct StopRules: Sendable {
  private let ends: Set<Int>
  private let length: Int
  private let deadline: Double?
  private let conditions: [any StopCondition]

  init(_ configuration: GenerationConfiguration, promptLength: Int, _ conditions: [any StopCondition]) {
    ends = Set(configuration.eosTokenIds)
    length = configuration.finalLength(promptLength: promptLength)
    deadline = configuration.maxTime.map { seconds() + $0 }
    self.conditions = conditions
  }

  /// Whether rows can end at different lengths.
  var isUneven: Bool { !ends.isEmpty || !conditions.isEmpty }

  /// Why a text with that last token ends; nil if it does not.
  func reason(_ text: TextSoFar) -> FinishReason? {
    if let last = text.ids.last, ends.contains(last) { return .end }
    if conditions.contains(where: { $0.isDone(text) }) { return .stop }
    if text.ids.count >= length { return .length }
    if let deadline, seconds() > deadline { return .time }
    return nil
  }
}

/// Seconds of a clock that only goes on.
func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
