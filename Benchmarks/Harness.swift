import Apus
import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// How a row is timed: warm-up, repeats of at least a few milliseconds, median and minimum, and what other processes
// of the machine used meanwhile. The same rules as the reference scripts, so that their JSON lines can be laid side by
// side.

/// The unit of a row and the work of one call.
enum Metric: Sendable {
  case perOperation(Double)
  case milliseconds
  case gigabytes(Double)
  case gigaflops(Double)
  case tokens(Double)
  case seconds
  case megabytes

  var name: String {
    switch self {
    case .perOperation: "us_op"
    case .milliseconds: "ms"
    case .gigabytes: "GB/s"
    case .gigaflops: "GFLOP/s"
    case .tokens: "tok/s"
    case .seconds: "s"
    case .megabytes: "MB"
    }
  }

  func value(_ seconds: Double) -> Double {
    switch self {
    case .perOperation(let n): seconds / n * 1e6
    case .milliseconds: seconds * 1e3
    case .gigabytes(let work), .gigaflops(let work): work / seconds / 1e9
    case .tokens(let n): n / seconds
    case .seconds, .megabytes: seconds
    }
  }
}

/// How a row's function is run.
enum Mode: String {
  case eager, compile, chunks
}

/// One row: its name, what is counted, and how to prepare the call that is timed.
struct Row {
  enum Kind { case micro, train, cost }
  /// What a prepared row runs: the call, or a call that reports the seconds of its own timed region; and the values
  /// by which the work can be checked.
  struct Prepared {
    var call: () -> Void
    var selfTimed: (() -> Double)?
    var check: (() -> [Double])?

    init(_ call: @escaping () -> Void, check: (() -> [Double])? = nil) {
      self.call = call
      self.check = check
    }
    /// A call that measures its own timed region.
    static func timed(_ call: @escaping () -> Double) -> Prepared {
      var prepared = Prepared({})
      prepared.selfTimed = call
      return prepared
    }
  }

  var name: String
  var metric: Metric
  var kind: Kind
  var prepare: () -> Prepared
  /// The same work as a compiled function, for rows that have one.
  var prepareCompiled: ((CompileExecutor) -> Prepared)?

  init(_ name: String, _ metric: Metric, _ kind: Kind = .micro, _ prepare: @escaping () -> Prepared) {
    self.name = name
    self.metric = metric
    self.kind = kind
    self.prepare = prepare
  }

  /// The row with a compiled form.
  func compiled(_ prepare: @escaping (CompileExecutor) -> Prepared) -> Row {
    var row = self
    row.prepareCompiled = prepare
    return row
  }
}

/// Seconds of a clock that only moves forward.
func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

/// What a row gave.
struct Measurement {
  var median, minimum: Double
  var repeats, inner: Int
  var foreign: Double
  var check: [Double]
}

/// Waits for the device to do what it was told.
private func finish() {
  do { try rowDevice.synchronize() } catch { stop("\(error)") }
}

func measure(_ row: Row, _ mode: Mode) -> Measurement {
  let prepared =
    mode == .eager ? row.prepare() : row.prepareCompiled?(mode == .chunks ? .chunks : .native) ?? row.prepare()
  let check = prepared.check?() ?? []
  let isTraining = row.kind == .train
  let minimumTime = isTraining ? 0.010 : 0.005
  let repeats = isTraining ? 12 : 15
  let budget = isTraining ? 4.0 : 0.7
  let warmUp = isTraining ? 0.30 : 0.15
  func once() -> Double {
    if let timed = prepared.selfTimed { return timed() }
    let start = now()
    prepared.call()
    finish()
    return now() - start
  }
  _ = once()
  let start = now()
  var estimate = once()
  var calls = 2
  while (calls < 3 || now() - start < warmUp) && estimate < 4 {
    estimate = once()
    calls += 1
  }
  let inner = max(1, Int((minimumTime / max(estimate, 1e-9)).rounded(.up)))
  var best: (times: [Double], foreign: Double)?
  for _ in 0..<3 {
    waitForQuiet()
    var times: [Double] = []
    let foreign = Foreign()
    let begin = now()
    while times.count < repeats && (times.count < 3 || now() - begin < budget) {
      if let timed = prepared.selfTimed {
        var sum = 0.0
        for _ in 0..<inner { sum += timed() }
        times.append(sum / Double(inner))
      } else {
        let t = now()
        for _ in 0..<inner { prepared.call() }
        finish()
        times.append((now() - t) / Double(inner))
      }
    }
    let share = foreign.share()
    if best.map({ share < $0.foreign }) ?? true { best = (times, share) }
    if share < 0.15 { break }
  }
  let sorted = (best?.times ?? [0]).sorted()
  let middle = sorted.count / 2
  let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  return Measurement(
    median: median, minimum: sorted[0], repeats: sorted.count, inner: inner, foreign: best?.foreign ?? 0, check: check)
}

/// The share of one core that other processes used since it was made.
struct Foreign {
  private let busy: Double
  private let own: Double
  private let start: Double

  init() {
    busy = Foreign.machineBusy()
    own = Foreign.ownTime()
    start = now()
  }

  func share() -> Double {
    let elapsed = max(now() - start, 1e-3)
    return max(0, (Foreign.machineBusy() - busy) - (Foreign.ownTime() - own)) / elapsed
  }

  #if canImport(Glibc)
    private static let ownProcess = __rusage_who_t(RUSAGE_SELF.rawValue)
  #else
    private static let ownProcess = RUSAGE_SELF
  #endif

  private static func ownTime() -> Double {
    var usage = rusage()
    getrusage(ownProcess, &usage)
    let user = Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
    return user + Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) / 1e6
  }

  private static func machineBusy() -> Double {
    guard let line = readText("/proc/stat")?.split(separator: "\n").first else { return 0 }
    let values = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
    guard values.count >= 5 else { return 0 }
    return (values.reduce(0, +) - values[3] - values[4]) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}

nonisolated(unsafe) private var quietBudget = 60.0

/// Waits until other processes use little of the machine, within a budget for the whole run.
func waitForQuiet() {
  let limit = min(8, quietBudget)
  let start = now()
  while now() - start < limit {
    let foreign = Foreign()
    usleep(150_000)
    if foreign.share() < 0.12 { break }
  }
  quietBudget -= max(0, now() - start - 0.2)
}

func readText(_ path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while true {
    let n = fread(&chunk, 1, chunk.count, file)
    if n == 0 { break }
    bytes.append(contentsOf: chunk[..<n])
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// The highest resident size of this process so far, in MB (1e6 bytes).
func peakMemory() -> Double {
  for line in (readText("/proc/self/status") ?? "").split(separator: "\n") where line.hasPrefix("VmHWM") {
    let parts = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
    if parts.count > 1, let kilobytes = Double(parts[1]) { return kilobytes * 1024 / 1e6 }
  }
  return 0
}
