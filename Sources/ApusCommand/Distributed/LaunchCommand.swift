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
    rank, "[0] ". When one fails, all end, and the last words are which rank it was, on which host, how it ended, and its last lines.

      -n N                how many processes; without it those of --hosts, or one for each processor
      --hosts A:2,B:2     where, with the number of processes of each host; without it here
      --agent COMMAND     what starts a program on a host: COMMAND HOST PROGRAM; without it ssh
      --mpirun FILE       the launcher; without it mpirun or mpiexec
      --no-prefix         lines as they are written
      --env NAME=VALUE    a variable for all processes; as often as needed

      --max-restarts N    how often they are started again after a failure, with APUS_RESTART_COUNT one more; without it never
      --restart-delay S   seconds before that; without it 1
      --min N, --max N    with --hosts: how many processes are enough and the most. A start takes the hosts that answer, also those that
                          were lost before. Without --min all of -n are needed
      --wait S            how many seconds hosts that are missing are waited for, where too few answer; without it 600
      --grace S           seconds between a signal to end (SIGTERM, SIGINT), which all ranks get as SIGTERM, and the end; without it 30

    APUS_NUM_THREADS, if it is not set, shares the processors of a host among its processes. APUS_DISTRIBUTED_TIMEOUT is the number
    of seconds after which a collective counts as hanging, APUS_DISTRIBUTED_HEARTBEAT that after which a silent rank counts as gone (with
    --max-restarts 5 if it is not set, 0 for never), APUS_DISTRIBUTED_FINALIZE_TIMEOUT that which the end of MPI may take after all
    ranks have come to it (60, with a heartbeat 10), APUS_DISTRIBUTED_TRACE a folder for the last collectives of each rank,
    APUS_DISTRIBUTED_DEBUG=1 compares what ranks call, and what they send with what is expected.
    """

  private let count: Int
  private let minimum: Int
  private let restarts: Int
  private let restartDelay: Double
  private let waitTime: Double
  private let grace: Double
  private let hosts: [LaunchHost]
  private let agent: String?
  private let launcher: String?
  private let hasPrefix: Bool
  private let variables: [(path: String, value: String)]
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
    let number = try words.takeNumber("-n", in: 1...100_000)
    let (least, most) = (
      try words.takeNumber("--min", in: 1...100_000), try words.takeNumber("--max", in: 1...100_000)
    )
    restarts = try words.takeNumber("--max-restarts", in: 0...1_000_000) ?? 0
    restartDelay = try words.takeSeconds("--restart-delay") ?? 1
    waitTime = try words.takeSeconds("--wait") ?? 600
    grace = try words.takeSeconds("--grace") ?? 30
    hosts = try words.take("--hosts").map(LaunchHost.list) ?? []
    agent = try words.take("--agent")
    launcher = try words.take("--mpirun")
    hasPrefix = !words.takeFlag("--no-prefix")
    variables = try words.takePairs("--env")
    let slots = hosts.map(\.slots).reduce(0, +)
    guard !hosts.isEmpty || (least == nil && most == nil && agent == nil) else {
      throw UsageError(message: "--min, --max and --agent need --hosts: without it there is one host")
    }
    guard number == nil || most == nil else {
      throw UsageError(message: "-n and --max both say how many processes there are; give one of them")
    }
    count =
      number ?? most.map { min($0, slots) } ?? (hosts.isEmpty ? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) : slots)
    minimum = least ?? count
    guard minimum <= count else {
      throw UsageError(message: "--min \(minimum) is more than the \(count) processes that there are")
    }
    guard hosts.isEmpty || count <= slots else {
      throw UsageError(message: "\(count) processes were asked for, and \(LaunchHost.text(hosts)) take \(slots)")
    }
  }

  func run() throws {
    guard !program.isEmpty else {
      throw UsageError(message: "PROGRAM is missing: what is to run on \(count) processes")
    }
    guard let path = programPath(program[0]) else {
      throw UsageError(message: "there is no program '\(program[0])' that may be run")
    }
    let mpirun = try found()
    StopSignal.watch()
    for attempt in 0...restarts {
      let (count, hosts) = try placement(attempt)
      if attempt > 0 {
        let places = hosts.isEmpty ? "" : " on \(LaunchHost.text(hosts))"
        complain("apus launch: restart \(attempt) of \(restarts) with \(count) processes\(places)")
      }
      guard let failure = try start([path] + program.dropFirst(), attempt, count, hosts, by: mpirun) else { return }
      guard attempt < restarts else {
        throw TensorError(.state, program[0], failure + (restarts > 0 ? "\nafter \(restarts) restarts" : ""))
      }
      complain("apus launch: \(program[0]): \(failure)")
      let end = seconds() + restartDelay
      while seconds() < end, StopSignal.number == nil { usleep(50_000) }
      if let number = StopSignal.number { Self.leave(number) }
    }
  }

  /// Seconds that a job has to end by itself after the first failure.
  private static let endTime = 3.0

  /// Starts the job once.
  /// - Returns: how it failed; nil: it ended well.
  private func start(
    _ program: [String], _ attempt: Int, _ count: Int, _ hosts: [LaunchHost],
    by mpirun: (path: String, isOpenMPI: Bool)
  ) throws -> String? {
    // The shell becomes mpirun, so that this is the process which signals go to.
    var words = ["sh", "-c", #"echo "apus-launch-process $$"; exec "$@""#, "sh", mpirun.path, "-n", "\(count)"]
    let list = LaunchHost.text(hosts)
    var additions = environment(attempt)
    if mpirun.isOpenMPI {
      // Bound to a core, as two processes are by default, all threads of a process would share it.
      words += ["--oversubscribe", "--bind-to", "none"]
      if hasPrefix { words.append("--tag-output") }
      if !hosts.isEmpty { words += ["--host", list] }
      // Other hosts see of the environment what is named.
      for name in names(additions) { words += ["-x", name] }
      additions.merge(Self.settings(hasHosts: !hosts.isEmpty, agent: agent)) { a, _ in a }
    } else {
      if hasPrefix { words.append("-prepend-rank") }
      if !hosts.isEmpty { words += ["-hosts", list] }
      if let agent { words += ["-launcher", "ssh", "-launcher-exec", agent] }
    }
    words += ["sh", "-c", Self.wrapper, "sh", mpirun.isOpenMPI ? "openmpi" : "mpich"] + program
    var report = LaunchReport(isOpenMPI: mpirun.isOpenMPI, hasRanks: hasPrefix)
    var process: pid_t?
    var (end, hasPassedOn): (Double?, Bool) = (nil, false)
    let ending = try ChildProcess(words, environment: additions, input: "").finish(
      timeout: nil,
      isStopping: {
        if StopSignal.isImpatient { return true }
        if let number = StopSignal.number, let process, !hasPassedOn {
          complain(
            "apus launch: \(number == SIGINT ? "SIGINT" : "SIGTERM") is passed on; the ranks have \(grace) s to end")
          // Open MPI's own way with SIGTERM waits for a fixed time; what it forwards the wrapper makes a SIGTERM.
          kill(process, mpirun.isOpenMPI ? SIGUSR2 : SIGTERM)
          (end, hasPassedOn) = (seconds() + grace, true)
        }
        if report.isFailure || report.isLate, !hasPassedOn, end == nil { end = seconds() + Self.endTime }
        return end.map { seconds() > $0 } ?? false
      },
      line: { line in
        if process == nil, let match = line.wholeMatch(of: #/apus-launch-process (\d+)/#) {
          process = pid_t(match.1)
          return
        }
        for part in LaunchReport.split(line, isOpenMPI: mpirun.isOpenMPI, hasRanks: hasPrefix) {
          if let text = report.take(part) { print(text) }
        }
        fflush(nil)
      })
    if let number = StopSignal.number {
      if ending == .exited(0), !report.isFailure { return nil }
      Self.leave(number)
    }
    if report.hasFinished {
      if ending != .exited(0) { complain("apus launch: all ranks came to a good end; \(mpirun.path) did not") }
      return nil
    }
    let how: String
    switch ending {
    case .exited(0): return nil
    case .exited(let status): how = "ended with status \(status)"
    case .signalled(let number): how = LaunchReport.words(signal: Int(number))
    case .stopped, .timedOut: how = "was ended, since the job did not end by itself"
    }
    if report.hasLostSomeHost {
      let found = try LaunchHost.reachable(hosts, agent: agent ?? Self.shell)
      report.name(lost: hosts.filter { !found.contains($0) })
    }
    var text = report.summary(how)
    if let folder = additions["APUS_DISTRIBUTED_TRACE"] ?? DynamicLibrary.environment("APUS_DISTRIBUTED_TRACE") {
      text += "\n  the last collectives of each rank: \(folder)/rank-*.restart-\(attempt).txt on its host"
    }
    return text
  }

  /// Ends this program as one that a signal has ended.
  private static func leave(_ number: Int32) -> Never {
    complain("apus launch: stopped")
    fflush(nil)
    exit(128 + number)
  }

  /// Runs a rank, makes a SIGTERM of the signal that Open MPI forwards, and says how the rank failed. MPICH ends the others for a process
  /// that a signal ended, not for one that failed before it has joined them.
  private static let wrapper = """
    launcher=$1; shift
    if [ -z "$APUS_NUM_THREADS$OMP_NUM_THREADS" ]; then
      all=$(nproc 2>/dev/null || echo 1); here=${OMPI_COMM_WORLD_LOCAL_SIZE:-${MPI_LOCALNRANKS:-1}}
      APUS_NUM_THREADS=$(( all > here ? all / here : 1 )); export APUS_NUM_THREADS
    fi
    "$@" &
    child=$!; stopping=
    trap 'stopping=1; kill -TERM $child' USR2
    trap 'stopping=1' TERM INT
    wait $child; status=$?
    while kill -0 $child 2>/dev/null; do wait $child; status=$?; done
    echo "\(LaunchReport.endMark) $status $(uname -n)" >&2
    [ $status = 0 ] && exit 0
    # Those that were asked to end may take their time; a failure would have the launcher end them.
    [ -n "$stopping" ] && exit 0
    if [ $launcher = mpich ]; then trap - TERM; kill -TERM $$; fi
    exit $status
    """

  /// Settings of Open MPI: signals go to the wrapper alone, and the daemon of a host that is cut off ends by itself.
  private static func settings(hasHosts: Bool, agent: String?) -> [String: String] {
    var values = ["odls_base_signal_direct_children_only": "1"]
    if hasHosts {
      values["oob_tcp_keepalive_time"] = "3"
      values["oob_tcp_keepalive_intvl"] = "1"
      values["oob_tcp_keepalive_probes"] = "4"
    }
    if let agent { values["plm_rsh_agent"] = agent }
    var settings: [String: String] = [:]
    for (name, value) in values {
      settings["OMPI_MCA_\(name)"] = value
      settings["PRTE_MCA_\(name == "plm_rsh_agent" ? "plm_ssh_agent" : name)"] = value
    }
    return settings
  }

  /// What starts a program on a host that is asked whether it answers, unless `--agent` says another.
  private static let shell = "ssh -o BatchMode=yes -o ConnectTimeout=4"

  /// How many processes start, and where: the hosts that answer, where that matters; they are waited for until there are enough.
  private func placement(_ attempt: Int) throws -> (count: Int, hosts: [LaunchHost]) {
    guard !hosts.isEmpty else { return (count, hosts) }
    let isElastic = restarts > 0 || minimum < count
    // Inside of a job of Slurm mpirun has ways of its own to start processes.
    if !isElastic, agent == nil, DynamicLibrary.environment("SLURM_JOB_ID") != nil { return (count, hosts) }
    let end = seconds() + (isElastic ? waitTime : 0)
    var hasComplained = false
    while true {
      let found = try LaunchHost.reachable(hosts, agent: agent ?? Self.shell)
      if let number = StopSignal.number { Self.leave(number) }
      let slots = found.map(\.slots).reduce(0, +)
      let missing = hosts.filter { !found.contains($0) }.map(\.name).joined(separator: ", ")
      if slots >= minimum {
        if !missing.isEmpty { complain("apus launch: no answer from \(missing)") }
        return (min(count, slots), found)
      }
      let text =
        "no answer from \(missing); \(minimum) processes are needed, and the other hosts take \(slots). '\(agent ?? "ssh") HOST true' has to "
        + "come back from each without a question within 6 s: look at names, keys, and what a firewall closes"
      guard seconds() < end else { throw TensorError(.state, program[0], text) }
      if !hasComplained { complain("apus launch: \(text); waiting") }
      hasComplained = true
      usleep(1_000_000)
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
    var additions = Dictionary(variables.map { ($0.path, $0.value) }) { $1 }
    additions["APUS_RESTART_COUNT"] = "\(attempt)"
    additions["APUS_LAUNCH"] = "1"
    // The pages that Swift writes of a crash take 20 s on each rank, while the others wait.
    if additions["SWIFT_BACKTRACE"] == nil, DynamicLibrary.environment("SWIFT_BACKTRACE") == nil {
      additions["SWIFT_BACKTRACE"] = "enable=no"
    }
    if restarts > 0, additions["APUS_DISTRIBUTED_HEARTBEAT"] == nil,
      DynamicLibrary.environment("APUS_DISTRIBUTED_HEARTBEAT") == nil
    {
      additions["APUS_DISTRIBUTED_HEARTBEAT"] = "5"
    }
    // Open MPI refuses the user of a container unless told twice.
    if geteuid() == 0 {
      additions["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
      additions["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
    }
    return additions
  }

  /// The names of variables that other hosts are to have.
  private func names(_ additions: [String: String]) -> [String] {
    var names = Set(additions.keys.filter { !$0.hasPrefix("OMPI_") })
    var next = environ
    while let variable = next.pointee {
      let name = String(cString: variable).prefix { $0 != "=" }
      if name.hasPrefix("APUS_") { names.insert(String(name)) }
      next += 1
    }
    return names.sorted()
  }
}
