#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The parts of a time.
package struct LocalTime {
  package let year, month, day, hour, minute, second: Int

  /// Now, where this machine is.
  package static var now: LocalTime { LocalTime(secondsSince1970(), isUTC: false) }

  package init(_ seconds: Double, isUTC: Bool) {
    var time = time_t(seconds)
    var parts = tm()
    if isUTC { gmtime_r(&time, &parts) } else { localtime_r(&time, &parts) }
    (year, month, day) = (Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday))
    (hour, minute, second) = (Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec))
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// `20261129_081528`.
  package var compact: String {
    "\(year)" + Self.two(month) + Self.two(day) + "_" + Self.two(hour) + Self.two(minute) + Self.two(second)
  }

  /// `2026-11-29 08:15`.
  package var readable: String { date + " " + Self.two(hour) + ":" + Self.two(minute) }

  /// `2026-11-29T08:15:28`.
  package var iso: String { date + "T" + Self.two(hour) + ":" + Self.two(minute) + ":" + Self.two(second) }

  private var date: String { "\(year)-" + Self.two(month) + "-" + Self.two(day) }
}

/// Seconds since 1970.
package func secondsSince1970() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The name of this machine.
func hostName() -> String {
  var host = [CChar](repeating: 0, count: 256)
  let named = gethostname(&host, host.count - 1) == 0
  let name = named ? String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
  return name.isEmpty ? "localhost" : name
}

/// Who runs the program.
func userName() -> String {
  for name in ["USER", "LOGNAME"] {
    if let value = getenv(name), value.pointee != 0 { return String(cString: value) }
  }
  guard let entry = getpwuid(getuid()) else { return "unknown" }
  return String(cString: entry.pointee.pw_name)
}

/// An absolute path of the same file.
package func absolutePath(_ path: String) -> String {
  if path.hasPrefix("/") { return path }
  guard let folder = getcwd(nil, 0) else { return path }
  defer { free(folder) }
  let rest = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
  return String(cString: folder) + (rest.isEmpty || rest == "." ? "" : "/" + rest)
}
