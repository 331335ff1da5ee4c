import ApusCore
import ApusFunctional

#if canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a trace says of the machine and its use.
struct TraceMachine: Sendable {
  /// Threads that operations use.
  var threads: Int?
  var cores: Int?
  /// Whether oneDNN computed products and convolutions.
  var hasOneDNN: Bool?
  /// Pages of memory that the system had to find meanwhile.
  var pageFaults: Int?

  init() {}

  /// This machine, after a profile that began when the process had met so many page faults.
  init(faultsBefore: Int) {
    threads = getNumThreads()
    cores = CPUInfo.physicalCores
    hasOneDNN = OneDNN.isAvailable
    pageFaults = ApusProfiling.pageFaults() - faultsBefore
  }
}

/// The page faults that the process has met so far.
func pageFaults() -> Int {
  var usage = rusage()
  // RUSAGE_SELF, which has another type on every platform.
  return getrusage(0, &usage) == 0 ? usage.ru_minflt : 0
}
