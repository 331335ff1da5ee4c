import ApusCore

/// What the system says of memory, in bytes; 0 where it does not.
package enum ProcessMemory {
  /// What this process holds.
  package static var current: Int { number("VmRSS", of: "/proc/self/status") }
  /// The most that it has held.
  package static var peak: Int { number("VmHWM", of: "/proc/self/status") }
  /// What the machine could still give.
  package static var free: Int { number("MemAvailable", of: "/proc/meminfo") }

  /// The number of a line `name: 123 kB`.
  private static func number(_ name: String, of path: String) -> Int {
    let kilobytes = CPUInfo.field(name, of: path)?.split(separator: " ").first.flatMap { Int($0) }
    return (kilobytes ?? 0) * 1024
  }
}
