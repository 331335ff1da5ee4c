import ApusCore
import ApusTrain
import ApusTune
import Dispatch
import Foundation
import TestSupport
import Testing

/// A server of its own in a temporary folder, where PostgreSQL is installed.
final class PostgreSQLServer: Sendable {
  private let folder = TemporaryFolder()

  /// The folder of the newest server's programs.
  private static let programs: String? = {
    let root = "/usr/lib/postgresql"
    let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }.sorted()
    return versions.reversed().map { "\(root)/\($0)/bin" }.first {
      FileManager.default.isExecutableFile(atPath: $0 + "/initdb")
    }
  }()

  static var isInstalled: Bool {
    // The server does not run as root: root becomes the user whom the package makes.
    programs != nil && (getuid() != 0 || getpwnam("postgres") != nil)
  }

  init() throws {
    let data = folder.file("data")
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    if getuid() == 0, let user = getpwnam("postgres") {
      for path in [folder.path, data] { chown(path, user.pointee.pw_uid, user.pointee.pw_gid) }
    }
    try Self.run(["initdb", "-D", data, "-A", "trust", "-U", "tuner", "-E", "UTF8", "--no-sync"])
    let options = "-c listen_addresses= -c fsync=off -k \(folder.path)"
    try Self.run(["pg_ctl", "-D", data, "-o", options, "-l", folder.file("log"), "-w", "start"])
  }

  deinit { try? Self.run(["pg_ctl", "-D", folder.file("data"), "-m", "immediate", "-w", "stop"]) }

  func restart() throws {
    try Self.run(["pg_ctl", "-D", folder.file("data"), "-m", "fast", "-l", folder.file("log"), "-w", "restart"])
  }

  /// The address of the database that every server has.
  var address: String { "postgresql://tuner@/postgres?host=\(folder.path)" }

  /// Runs statements as another program would.
  func execute(_ statements: String) throws {
    try Self.run([
      "psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", folder.path, "-U", "tuner", "postgres", "-c", statements,
    ])
  }

  private static func run(_ command: [String]) throws {
    let program = try #require(programs) + "/" + command[0]
    let isRoot = getuid() == 0
    let words =
      (isRoot ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []) + [program]
      + command.dropFirst()
    // Foundation's processes end only with all that they have started, and a server goes on.
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [Int32(0), 1, 2] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    #expect(posix_spawn(&process, words[0], &actions, nil, &arguments, environ) == 0)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else { throw TensorError(.state, "PostgreSQL", "\(command) ended with \(status)") }
  }
}

@Suite(.enabled(if: PostgreSQLServer.isInstalled), .serialized) struct PostgreSQLStorageTests {
  @Test func eightWritersShareAStudy() throws {
    let server = try PostgreSQLServer()
    // All make the tables and the study at once.
    let failure = Lock<String?>(nil)
    DispatchQueue.concurrentPerform(iterations: 8) { worker in
      do {
        let study = try Study(
          "s", storage: openStudyStorage(server.address), sampler: RandomTrialSampler(seed: UInt32(worker)),
          ifExists: .resume)
        for _ in 0..<2 { try study.enqueue(["x": .double(Double(worker))]) }
        try study.optimize(trials: 12) { trial in
          let x = try trial.suggest("x", 0...8.0)
          try trial.report(x, step: 0)
          return x
        }
      } catch {
        failure.withLock { $0 = "\(error)" }
      }
    }
    #expect(failure.withLock { $0 } == nil)
    let trials = try Study(loading: "s", from: PostgreSQLStorage(server.address)).trials
    #expect(trials.map(\.number) == Array(0..<trials.count) && (96...112).contains(trials.count))
    #expect(trials.filter { $0.state == .complete }.count == 96)
    #expect(trials.allSatisfy { $0.state == .waiting || $0.values == [$0.parameters["x"]?.internal ?? -1] })
  }

  @Test func trialsAreKeptWholeAndSignsOfLifeAreKept() throws {
    let server = try PostgreSQLServer()
    let storage = try PostgreSQLStorage(server.address, heartbeatInterval: 60, retryFailedTrials: 1)
    let study = try Study("é 'q'", storage: storage, directions: [.minimize, .maximize])
    try study.setAttribute("a", ["k": [1, .double(.nan)]])
    let trial = try study.ask()
    _ = try trial.suggest("c", .categorical([nil, "ü", true]))
    try storage.report(.nan, step: 1, trial: trial.id)
    try storage.report(-.infinity, step: 0, trial: trial.id)
    try study.tell(trial, [.infinity, 1e-300])
    let lost = try study.ask()
    try server.execute("UPDATE trial_heartbeats SET heartbeat = '2020-01-01' WHERE trial_id = \(lost.id)")
    #expect(try study.failStaleTrials() == [1])
    #expect(try study.ask().current.retryHistory == [1])

    let trials = try Study(loading: "é 'q'", from: PostgreSQLStorage(server.address)).trials
    #expect(trials.map(\.state) == [.complete, .failed, .running])
    #expect(trials[0].values == [.infinity, 1e-300])
    #expect(trials[0].parameters["c"]?.distribution == .categorical([nil, "ü", true]))
    #expect(trials[0].reports.map(\.step) == [0, 1] && trials[0].reports[1].value.isNaN)
    #expect(trials[0].start == trial.current.start)
    #expect(try study.userAttributes["a"]?.pythonJSON() == #"{"k": [1, NaN]}"#)
    let zero = Mistake("a zero byte", .value, "zero byte") { try study.setAttribute("a\0", 1) }
    #expect(zero.complaint() == nil)
    try Study.delete("é 'q'", from: storage)
    #expect(try storage.studies().isEmpty)
  }

  @Test func aLostConnectionIsMadeAnew() throws {
    let server = try PostgreSQLServer()
    let study = try Study("s", storage: PostgreSQLStorage(server.address), sampler: RandomTrialSampler(seed: 1))
    try study.optimize(trials: 3) { trial in
      if trial.number == 1 { try server.restart() }
      return try trial.suggest("x", 0...1.0)
    }
    #expect(try study.trials.map(\.state) == [.complete, .complete, .complete])
  }

  @Test func tablesOfAnotherVersionAreRefused() throws {
    let server = try PostgreSQLServer()
    // Tables of others do not disturb.
    try server.execute("CREATE TABLE people (name TEXT)")
    _ = try PostgreSQLStorage(server.address)
    for (version, kind) in [("v2.6.0.a", TensorError.Kind.state), ("v9.0.0.a", .format)] {
      try server.execute("UPDATE alembic_version SET version_num = '\(version)'")
      let mistake = Mistake(version, kind, version) { try PostgreSQLStorage(server.address) }
      #expect(mistake.complaint() == nil)
    }
  }
}
