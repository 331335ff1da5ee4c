import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The machine that a run is made on.
enum RunEnvironment {
  /// `Linux 6.1.0 x86_64`.
  static var system: String {
    var names = utsname()
    guard uname(&names) == 0 else { return "unknown" }
    func text<Field>(_ field: Field) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(text(names.sysname)) \(text(names.release)) \(text(names.machine))"
  }

  /// What a report says of it, by name.
  static var rows: [(name: String, value: String)] {
    let gigabytes = Double(CPUInfo.memoryBytes) / Double(1 << 30)
    return [
      ("System", system), ("Host", hostName()), ("Processor", CPUInfo.modelName),
      ("Cores", "\(CPUInfo.physicalCores) cores, \(CPUInfo.logicalProcessors.count) threads"),
      ("Memory", "\((gigabytes * 10).rounded() / 10) GiB"), ("Threads of operations", "\(getNumThreads())"),
      ("Program", CommandLine.arguments.first ?? ""), ("Swift", swiftVersion),
    ]
  }

  private static var swiftVersion: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #elseif compiler(>=6.1)
      "6.1"
    #else
      "6.0"
    #endif
  }
}
