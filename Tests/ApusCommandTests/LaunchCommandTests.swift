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

  private func script(_ text: String) throws -> String {
    let path = temporary.file("program.sh")
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

  @Test func callsThatMakeNoSenseAreRefused() throws {
    #expect(try runTool(["launch", "-n", "0", "true"], in: folder).status == 2)
    #expect(try runTool(["launch", "-n", "2"], in: folder).errors.contains("PROGRAM is missing"))
    #expect(try runTool(["launch", "no-such-program"], in: folder).errors.contains("there is no program"))
    #expect(try runTool(["launch", "--mpirun", "cat", "true"], in: folder).errors.contains("neither Open MPI"))
  }
}
