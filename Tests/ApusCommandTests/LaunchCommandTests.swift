import Foundation
import TestSupport
import Testing

/// `apus launch`, with programs of a line that do not know of each other.
@Suite struct LaunchCommandTests {
  private let temporary = TemporaryFolder()
  private var folder: URL { URL(fileURLWithPath: temporary.path, isDirectory: true) }

  /// The launchers that are installed.
  private static let launchers: [String] = {
    let found = ["mpirun.openmpi", "mpirun.mpich", "mpirun"].filter { name in
      (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
    // Where there are several, the short name is one of them.
    return found.count > 1 ? found.filter { $0 != "mpirun" } : found
  }()

  private func script(_ text: String, name: String = "program.sh") throws -> String {
    let path = temporary.file(name)
    put(Array("#!/bin/sh\nrank=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}\n\(text)\n".utf8), at: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  @Test(arguments: launchers) func linesBeginWithTheRank(_ launcher: String) throws {
    let program = try script("echo \"$1 of $rank\"; echo problem >&2")
    let ended = try runTool(["launch", "-n", "3", "--mpirun", launcher, program, "--word"], in: folder)
    #expect(ended.status == 0, "\(ended.errors)")
    let lines = Set(ended.output.split(separator: "\n"))
    #expect(
      lines.isSuperset(of: ["[0] --word of 0", "[1] --word of 1", "[2] --word of 2", "[1] problem"]), "\(ended.output)")
  }

  @Test(arguments: launchers) func aFailureEndsAllAndStartsThemAgain(_ launcher: String) throws {
    // The others would sleep for a minute.
    let program = try script(
      "echo \"try $APUS_RESTART_COUNT\"; [ $APUS_RESTART_COUNT = 1 ] && exit 0; [ $rank = 1 ] && exit 3; sleep 60")
    let begin = Date()
    let ended = try runTool(["launch", "-n", "2", "--max-restarts", "2", "--mpirun", launcher, program], in: folder)
    #expect(ended.status == 0 && ended.output.contains("[1] try 1"), "\(ended.output)\(ended.errors)")
    #expect(ended.errors.contains("restart 1 of 2") && !ended.errors.contains("restart 2 of 2"))
    #expect(Date().timeIntervalSince(begin) < 40)
    let failing = try script("exit 3")
    #expect(try runTool(["launch", "-n", "2", "--mpirun", launcher, failing], in: folder).status == 1)
  }

  /// A host that cannot be reached is named before anything starts: MPICH's launcher would wait for it for ever.
  @Test(arguments: launchers) func hostsThatDoNotAnswerAreNamed(_ launcher: String) throws {
    let program = try script("exit 0")
    let agent = temporary.file("agent.sh")
    put(Array("#!/bin/sh\nexit 255\n".utf8), at: agent)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: agent)
    let ended = try runTool(
      ["launch", "--hosts", "nowhere:2", "--agent", agent, "--mpirun", launcher, program], in: folder)
    #expect(
      ended.status == 1 && ended.errors.contains("no answer from nowhere; 2 processes are needed"), "\(ended.errors)")
  }

  /// The last words are who failed first, how, and what it wrote last.
  @Test(arguments: launchers) func theRankThatFailedFirstIsNamed(_ launcher: String) throws {
    let program = try script(
      "for i in 1 2 3 4 5 6 7; do echo line $i $NAME; done; [ $rank = 1 ] && { sleep 1; kill -SEGV $$; }; sleep 60")
    let ended = try runTool(
      ["launch", "-n", "2", "--mpirun", launcher, "--env", "NAME=of mine", program], in: folder)
    #expect(ended.status == 1)
    #expect(ended.errors.contains("rank 1 on ") && ended.errors.contains("was ended by signal 11 (SIGSEGV)"))
    #expect(ended.errors.contains("    line 7 of mine") && !ended.errors.contains("line 1 of mine"), "\(ended.errors)")
    #expect(!ended.output.contains("apus-launch"), "\(ended.output)")
  }

  /// A signal to end reaches all ranks as SIGTERM, and they have time: one ends two seconds after the other.
  @Test(arguments: launchers) func ranksMaySaveBeforeTheyEnd(_ launcher: String) throws {
    let program = try script(
      """
      trap 'sleep $((rank * 2)); echo saved; exit 143' TERM
      echo "begins"
      # Of the processes above this one the command is called apus.
      above=$$
      while [ "$(cat /proc/$above/comm)" != apus ]; do above=$(sed -n 's/^PPid:[^0-9]*//p' /proc/$above/status); done
      [ $rank = 0 ] && { sleep 0.5; kill -TERM $above; }
      while :; do sleep 0.1; done
      """)
    let ended = try runTool(["launch", "-n", "2", "--mpirun", launcher, program], in: folder)
    #expect(ended.status == 143, "\(ended.output)\(ended.errors)")
    #expect(ended.output.contains("[0] saved") && ended.output.contains("[1] saved"), "\(ended.output)\(ended.errors)")
    #expect(ended.errors.contains("SIGTERM is passed on"))
  }

  /// Hosts that do not answer are left out between --min and all, and waited for below that.
  @Test func startsTakeTheHostsThatAnswer() throws {
    guard let launcher = Self.launchers.first else { return }
    let program = try script("echo \"${OMPI_COMM_WORLD_SIZE:-$PMI_SIZE} processes\"")
    let agent = try script("exit 255", name: "agent.sh")
    func launch(_ least: String) throws -> (status: Int32, output: String, errors: String) {
      let ended = try runTool(
        [
          "launch", "--hosts", "localhost:2,nowhere:3", "--agent", agent, "--min", least, "--wait", "0", "--mpirun",
          launcher,
          program,
        ], in: folder)
      return (ended.status, ended.output, ended.errors)
    }
    let elastic = try launch("2")
    #expect(elastic.status == 0 && elastic.output.contains("[1] 2 processes"), "\(elastic)")
    #expect(elastic.errors.contains("no answer from nowhere"))
    let missing = try launch("3")
    #expect(missing.status == 1, "\(missing)")
    #expect(
      missing.errors.contains("no answer from nowhere; 3 processes are needed, and the other hosts take 2"),
      "\(missing)")
  }

  /// The launcher may not say which host it has lost; the one that gives no answer is named.
  @Test func aHostThatTheLauncherHasLostIsNamed() throws {
    let launcher = try script(
      """
      [ "$1" = --version ] && { echo "mpirun (Open MPI) 4.1.4"; exit 0; }
      echo "ORTE was unable to reliably start one or more daemons." >&2
      exit 1
      """, name: "launcher.sh")
    // It answers when it is asked before the start, and not after that.
    let mark = temporary.file("asked")
    let agent = try script("[ \"$1\" != away ] || { [ ! -e \(mark) ] && touch \(mark); }", name: "agent.sh")
    let ended = try runTool(
      ["launch", "--hosts", "here:1,away:1", "--agent", agent, "--mpirun", launcher, "true"], in: folder)
    #expect(ended.status == 1)
    #expect(ended.errors.contains("the launcher has lost a host: no answer from away"), "\(ended.errors)")
  }

  @Test func callsThatMakeNoSenseAreRefused() throws {
    #expect(try runTool(["launch", "-n", "0", "true"], in: folder).status == 2)
    #expect(try runTool(["launch", "-n", "2"], in: folder).errors.contains("PROGRAM is missing"))
    #expect(try runTool(["launch", "no-such-program"], in: folder).errors.contains("there is no program"))
    #expect(try runTool(["launch", "--mpirun", "cat", "true"], in: folder).errors.contains("neither Open MPI"))
    for (words, message) in [
      (["--hosts", "a:0"], "numbers of processes above 0"), (["--hosts", "a:1,a:2"], "names 'a' twice"),
      (["--min", "2"], "need --hosts"), (["--hosts", "a:2", "-n", "3"], "3 processes were asked for, and a:2 take 2"),
      (["--hosts", "a:2", "--min", "3"], "--min 3 is more than the 2 processes"),
      (["--hosts", "a:2", "-n", "1", "--max", "2"], "give one of them"),
      (["--grace", "long"], "--grace needs seconds"),
    ] {
      let ended = try runTool(["launch"] + words + ["true"], in: folder)
      #expect(ended.status == 2 && ended.errors.contains(message), "\(words): \(ended.errors)")
    }
  }
}
