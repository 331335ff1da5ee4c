#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A moment, in microseconds since 1970.
public struct TrialTime: Sendable, Hashable, Comparable {
  public var microseconds: Int

  /// A moment so many microseconds after 1970 began in UTC.
  public init(microseconds: Int) { self.microseconds = microseconds }

  /// Now.
  public static var now: TrialTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return TrialTime(microseconds: time.tv_sec * 1_000_000 + time.tv_nsec / 1000)
  }

  /// Whether `a` was before `b`.
  public static func < (a: TrialTime, b: TrialTime) -> Bool { a.microseconds < b.microseconds }

  /// Reads `2026-11-29 08:15:28.123456` of UTC, also with `T` between, fewer digits of the second, and an offset such as `+00:00`
  /// or `Z`; nil where it is none.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= bytes.count else { return nil }
      var value = 0
      for i in range {
        guard (48...57).contains(bytes[i]) else { return nil }
        value = value * 10 + Int(bytes[i]) - 48
      }
      return value
    }
    guard bytes.count >= 19, let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
    else { return nil }
    var at = 19
    var fraction = 0
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      var scale = 100_000
      while at < bytes.count, (48...57).contains(bytes[at]) {
        fraction += (Int(bytes[at]) - 48) * scale
        scale /= 10
        at += 1
      }
    }
    var offset = 0
    if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
      guard let hours = number(at + 1..<at + 3) else { return nil }
      let minutes = number(at + 4..<at + 6) ?? number(at + 3..<at + 5) ?? 0
      offset = (hours * 60 + minutes) * (bytes[at] == UInt8(ascii: "-") ? -60 : 60)
    }
    let seconds = Self.days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    microseconds = seconds * 1_000_000 + fraction
  }

  /// Days from 1970-01-01 in the Gregorian calendar.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private var parts: (date: String, time: String, fraction: String) {
    var seconds = time_t((Double(microseconds) / 1e6).rounded(.down))
    var fields = tm()
    gmtime_r(&seconds, &fields)
    func pad(_ number: Int, _ width: Int) -> String {
      let text = "\(number)"
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return (
      pad(Int(fields.tm_year) + 1900, 4) + "-" + pad(Int(fields.tm_mon) + 1, 2) + "-" + pad(Int(fields.tm_mday), 2),
      pad(Int(fields.tm_hour), 2) + ":" + pad(Int(fields.tm_min), 2) + ":" + pad(Int(fields.tm_sec), 2),
      pad(microseconds - Int(seconds) * 1_000_000, 6)
    )
  }

  /// `2026-11-29 08:15:28.123456`, in UTC.
  public var text: String { parts.date + " " + parts.time + "." + parts.fraction }
  /// `2026-11-29 08:15:28`, in UTC.
  public var wholeSeconds: String { parts.date + " " + parts.time }
  /// `2026-11-29T08:15:28.123456+00:00`.
  public var iso: String { parts.date + "T" + parts.time + "." + parts.fraction + "+00:00" }
}
