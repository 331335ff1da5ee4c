#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the machine offers to this process: cores, memory and vector instructions.
package enum CPUInfo {
  /// Logical processors that this process may run on, by its affinity mask.
  package static let logicalProcessors: [Int] = {
    let found = (field("Cpus_allowed_list", of: "/proc/self/status") ?? "").split(separator: ",")
    let processors = found.flatMap { part -> [Int] in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last, last < 65536 else { return [] }
      return Array(first...last)
    }
    return processors.isEmpty ? Array(0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) : processors
  }()

  /// Physical cores among ``logicalProcessors``: hyper-threads of one core share its arithmetic units and count once.
  package static let physicalCores: Int = {
    var cores: Set<String> = []
    for processor in logicalProcessors {
      let folder = "/sys/devices/system/cpu/cpu\(processor)/topology"
      cores.insert(text(of: "\(folder)/thread_siblings_list") ?? "\(processor)")
    }
    return max(1, cores.count)
  }()

  /// Cores' worth of time that the control group grants, or nil where it sets no bound.
  package static let quota: Int? = {
    guard let line = text(of: "/sys/fs/cgroup/cpu.max") else { return nil }
    let parts = line.split(separator: " ")
    guard parts.count == 2, let time = Double(parts[0]), let period = Double(parts[1]), period > 0 else { return nil }
    return max(1, Int((time / period).rounded(.up)))
  }()

  /// The number of threads to use where the user names none: `APUS_NUM_THREADS`, else `OMP_NUM_THREADS`, else the
  /// physical cores that affinity and quota leave.
  package static let defaultThreadCount: Int = {
    for variable in ["APUS_NUM_THREADS", "OMP_NUM_THREADS"] {
      guard let value = DynamicLibrary.environment(variable) else { continue }
      let first = value.split(separator: ",").first.map(String.init) ?? ""
      if let count = Int(first), count > 0 { return min(count, 1024) }
    }
    return min(physicalCores, quota ?? Int.max)
  }()

  /// Bytes of memory that this process can hope for: the machine's, or the bound of the control group or the process
  /// (`ulimit -v`) where it is lower.
  package static let memoryBytes: Int = {
    var bytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    if let line = text(of: "/sys/fs/cgroup/memory.max"), let bound = Int(line), bound > 0 { bytes = min(bytes, bound) }
    var addresses = rlimit()
    if getrlimit(addressSpaceLimit, &addresses) == 0 {
      bytes = Int(clamping: min(UInt64(bytes), UInt64(addresses.rlim_cur)))
    }
    return bytes
  }()

  #if canImport(Glibc)
    private static let addressSpaceLimit = __rlimit_resource_t(UInt32(RLIMIT_AS.rawValue))
  #else
    private static let addressSpaceLimit = RLIMIT_AS
  #endif

  /// The processor's name as the system tells it.
  package static let modelName: String = field("model name", of: "/proc/cpuinfo") ?? "unknown processor"

  /// Names of the instruction-set extensions, as in `/proc/cpuinfo`.
  package static let features: Set<String> = {
    let line = field("flags", of: "/proc/cpuinfo") ?? field("Features", of: "/proc/cpuinfo") ?? ""
    return Set(line.split(separator: " ").map(String.init))
  }()

  package static let hasAVX512 = features.isSuperset(of: ["avx512f", "avx512bw", "avx512vl", "avx512dq"])

  /// The value of the first line `name: value` of a file.
  package static func field(_ name: String, of path: String) -> String? {
    guard let content = text(of: path) else { return nil }
    for line in content.split(separator: "\n") where line.hasPrefix(name) {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      return String(value)
    }
    return nil
  }

  /// The first 64 KiB of a small text file of the system without its last line break, or nil.
  private static func text(of path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 65536)
    var filled = 0
    while filled < bytes.count {
      let got = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress! + filled, $0.count - filled) }
      if got <= 0 { break }
      filled += got
    }
    while filled > 0, bytes[filled - 1] == 10 { filled -= 1 }
    return String(decoding: bytes[..<filled], as: UTF8.self)
  }
}
