import Apus
import ApusCore
import ApusTrain

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `apus launch`: a program on several processes that compute together.
struct LaunchCommand: Command {
  static let name = "launch"
  static let summary = "run a program on several processes that compute together"
  static let help = """
    usage: apus launch [-n N] [OPTIONS] PROGRAM [ARGUMENTS]

    Starts PROGRAM on N processes by mpirun (Open MPI or MPICH), which initProcessGroup() joins. Each line that they write begins with the
    rank, "[0] ". When one fails, all end.

      -n N              how many processes; without it one for each processor
      --max-restarts N  how often they are started again after a failure, with APUS_RESTART_COUNT one more; without it never
      --hosts A:2,B:2   where, with the number of processes of each host; without it here
      --mpirun FILE     the launcher; without it mpirun or mpiexec
      --no-prefix       lines as they are written

    APUS_NUM_THREADS, if it is not set, shares the processors of this machine among the processes. APUS_DISTRIBUTED_TIMEOUT is the number
    of seconds after which a collective counts as hanging, APUS_DISTRIBUTED_DEBUG=1 compares what ranks call.
    """

  private let count: Int
  private let restarts: Int
  private let hosts: String?
  private let launcher: String?
  private let hasPrefix: Bool
  private var program: [String] = []

  static func execute(_ arguments: [String]) throws {
    guard let first = arguments.first, first != "--help", first != "-h" else {
      print(help)
      return
    }
    // What stands behind PROGRAM is PROGRAM's.
    var own: [String] = []
    var rest = arguments[...]
    while let word = rest.first, word.hasPrefix("-") {
      let takesValue = word != "--no-prefix" && !word.contains("=")
      own += rest.prefix(takesValue ? 2 : 1)
      rest = rest.dropFirst(takesValue ? 2 : 1)
    }
    var words = Words(own)
    var command = try LaunchCommand(&words)
    try words.finish()
    command.program = Array(rest)
    try command.run()
  }

  init(_ words: inout Words) throws {
    count = try words.takeNumber("-n", in: 1...100_000) ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    restarts = try words.takeNumber("--max-restarts", in: 0...1_000_000) ?? 0
    hosts = try words.take("--hosts")
    launcher = try words.take("--mpirun")
    hasPrefix = !words.takeFlag("--no-prefix")
  }

  func run() throws {
    guard !program.isEmpty else {
      throw UsageError(message: "PROGRAM is missing: what is to run on \(count) processes")
    }
    guard let path = programPath(program[0]) else {
      throw UsageError(message: "there is no program '\(program[0])' that may be run")
    }
    let (mpirun, isOpenMPI) = try found()
    var words = [mpirun, "-n", "\(count)"]
    if isOpenMPI {
      words.append("--oversubscribe")
      if hasPrefix { words.append("--tag-output") }
      if let hosts { words += ["--host", hosts] }
      // Other hosts see of the environment what is named.
      for name in variables() { words += ["-x", name] }
    } else {
      if hasPrefix { words.append("-prepend-rank") }
      if let hosts { words += ["-hosts", hosts] }
      // It ends the others for a process that a signal ended, not for one that failed before it has joined them.
      words += ["sh", "-c", #""$@" || { echo "ended with status $?" >&2; kill -TERM $$; }"#, "sh"]
    }
    words += [path] + program.dropFirst()
    Interrupt.watch()
    for attempt in 0...restarts {
      let ending = try ChildProcess(words, environment: environment(attempt), input: "").finish(
        timeout: nil, isStopping: { Interrupt.isThere },
        line: { line in
          print(isOpenMPI && hasPrefix ? Self.withPlainRank(line) : line)
          fflush(nil)
        })
      let reason: String
      switch ending {
      case .exited(0): return
      case .exited(let status): reason = "ended with status \(status)"
      case .signalled(let number): reason = "was ended by signal \(number)"
      case .stopped, .timedOut: throw TensorError(.state, program[0], "it was stopped")
      }
      guard attempt < restarts else {
        throw TensorError(.state, program[0], reason + (restarts > 0 ? " after \(restarts) restarts" : ""))
      }
      complain("apus launch: \(program[0]) \(reason); restart \(attempt + 1) of \(restarts)")
    }
  }

  /// The launcher, and whether it is Open MPI's.
  private func found() throws -> (path: String, isOpenMPI: Bool) {
    for name in launcher.map({ [$0] }) ?? ["mpirun", "mpiexec", "mpirun.openmpi", "mpirun.mpich"] {
      guard let path = programPath(name) else { continue }
      var text = ""
      _ = try ChildProcess([path, "--version"], environment: [:], input: "").finish(
        timeout: 20, isStopping: { false }, line: { text += $0 + "\n" })
      if text.contains("Open MPI") || text.contains("OpenRTE") { return (path, true) }
      if text.contains("HYDRA") || text.contains("Intel(R) MPI") { return (path, false) }
      if launcher != nil { throw UsageError(message: "\(name) is neither Open MPI's nor MPICH's launcher") }
    }
    throw UsageError(
      message: launcher.map { "there is no program '\($0)'" }
        ?? "mpirun is missing; install openmpi-bin or mpich, or name the launcher with --mpirun")
  }

  private func environment(_ attempt: Int) -> [String: String] {
    var additions = ["APUS_RESTART_COUNT": "\(attempt)"]
    if DynamicLibrary.environment("APUS_NUM_THREADS") == nil, DynamicLibrary.environment("OMP_NUM_THREADS") == nil,
      hosts == nil
    {
      additions["APUS_NUM_THREADS"] = "\(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / count))"
    }
    // Open MPI refuses the user of a container unless told twice.
    if geteuid() == 0 {
      additions["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
      additions["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
    }
    return additions
  }

  /// The names of variables that other hosts are to have.
  private func variables() -> [String] {
    var names = ["APUS_RESTART_COUNT"]
    var next = environ
    while let variable = next.pointee {
      let name = String(cString: variable).prefix { $0 != "=" }
      if name.hasPrefix("APUS_"), name != "APUS_RESTART_COUNT" { names.append(String(name)) }
      next += 1
    }
    return names
  }

  /// `[1,0]<stdout>:text` of Open MPI as `[0] text`, as MPICH has it.
  static func withPlainRank(_ line: String) -> String {
    guard let match = line.prefixMatch(of: #/\[\d+,(\d+)\]<std(out|err|diag)>:\s?/#) else { return line }
    return "[\(match.1)] \(line[match.range.upperBound...])"
  }
}
