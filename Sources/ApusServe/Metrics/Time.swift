import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Milliseconds since 1970.
func milliseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}

/// The present time as RFC 3339 writes it, in UTC with milliseconds.
func timeText() -> String {
  let now = milliseconds()
  var seconds = time_t(now / 1000)
  var parts = tm()
  gmtime_r(&seconds, &parts)
  func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
  let fraction = String(1000 + now % 1000).dropFirst()
  return
    "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T\(two(parts.tm_hour)):\(two(parts.tm_min)):"
    + "\(two(parts.tm_sec)).\(fraction)Z"
}

/// The time as HTTP writes it, `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
  private static let last = Lock<(second: Int, text: String)>((0, ""))

  /// The present time.
  static func text() -> String {
    let second = milliseconds() / 1000
    return last.withLock { last in
      if last.second != second { last = (second, text(of: second)) }
      return last.text
    }
  }

  /// The time so many seconds after 1970 began.
  static func text(of second: Int) -> String {
    var time = time_t(second)
    var parts = tm()
    gmtime_r(&time, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) "
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
  }
}
