import Foundation
import TestSupport
import Testing

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// `apus pipeline`, as a user has it.
@Suite struct PipelineCommandTests {
  private let temporary = TemporaryFolder()
  private var folder: URL { URL(fileURLWithPath: temporary.path, isDirectory: true) }

  private func pipeline(_ words: String...) throws -> (status: Int32, output: String, errors: String) {
    try runTool(["pipeline"] + words, in: folder)
  }

  /// Rows, their statistics, and a chain of programs that each say how often they ran.
  private func write() {
    let rows = (0..<300).map { "\($0),\($0 % 7),\($0 % 3 == 0 ? "a" : "b")\n" }.joined()
    put(Array("id,x,kind\n\(rows)".utf8), at: temporary.file("rows.csv"))
    let steps = (1...4).map { i in
      let input = i == 1 ? "" : #", "inputs": {"before": "chain\#(i - 1)"}"#
      return #"""
        {"name": "chain\#(i)", "type": "command", "after": ["statistics"],
         "command": ["sh", "-c", "echo ran >> ran\#(i).txt; seq 1 5000 | sort > {file}/numbers.txt"],
         "outputs": {"file": "File"}\#(input)}
        """#
    }
    put(
      Array(
        """
        {"name": "chain", "steps": [
          {"name": "examples", "type": "ingest", "files": ["rows.csv"], "splits": {"train": 3, "test": 1}},
          {"name": "statistics", "type": "statistics", "examples": "examples"},
          \(steps.joined(separator: ",\n"))]}
        """.utf8), at: temporary.file("chain.json"))
  }

  @Test func aPipelineRunsAndIsRemembered() throws {
    write()
    let first = try pipeline("run", "chain.json", "--run", "one")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("rows_test"))
    let second = try pipeline("run", "chain.json")
    #expect(second.output.contains("chain4      known from before"), "\(second.output)")
    let again = try pipeline("run", "chain.json", "--run", "one", "--again", "chain4")
    #expect(again.output.contains("chain3      done already") && again.output.contains("chain4      made in"))
    #expect(
      try pipeline("steps", "chain.json").output.contains("chain2 (Command)\n  takes before: File 'file' of chain1"))
    #expect(try pipeline("runs", "chain.json").output.contains("one "))
    #expect(try pipeline("verify", "chain.json").output == "all artifacts are whole\n")
    // As orchestrators call it, the file stands before the command.
    let step = try pipeline(temporary.file("chain.json"), "step", "--run", "two", "--step", "examples")
    #expect(step.status == 0 && step.output.contains("known from before"), "\(step.output) \(step.errors)")
    let early = try pipeline(temporary.file("chain.json"), "step", "--run", "two", "--step", "chain2")
    #expect(early.status == 1 && early.errors.contains("which is not done in the run 'two'"))
  }

  @Test func callsThatMakeNoSense() throws {
    write()
    #expect(try pipeline("run").errors.contains("FILE is missing"))
    #expect(try pipeline("rn", "chain.json").errors.contains("there is no command 'rn'"))
    let unknown = try pipeline("run", "chain.json", "--until", "chain9")
    #expect(unknown.status == 1 && unknown.errors.contains("there is no step 'chain9'"))
    #expect(try pipeline("run", "none.json").errors.contains("none.json"))
    #expect(try pipeline("run", "chain.json", "--resume").errors.contains("there is no run"))
  }

  private func sendSignal(_ process: Int32, _ signal: Int32) { _ = kill(process, signal) }

  @Test func aRunThatIsKilledAgainAndAgainComesToItsEnd() throws {
    write()
    for attempt in 1...8 {
      let process = try startTool(["pipeline", "run", "chain.json", "--run", "killed", "--quiet"], in: folder)
      usleep(UInt32.random(in: 1000...90_000))
      sendSignal(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal || process.terminationStatus == 0, "attempt \(attempt)")
    }
    let end = try pipeline("run", "chain.json", "--run", "killed")
    #expect(end.status == 0, "\(end.errors)")
    #expect(try pipeline("verify", "chain.json").output == "all artifacts are whole\n")
    let working = try FileManager.default.contentsOfDirectory(atPath: temporary.file("pipeline-runs/working"))
    #expect(working.isEmpty)
    // All steps are done, and done once.
    let after = try pipeline("run", "chain.json", "--run", "killed")
    #expect(after.output.components(separatedBy: "done already").count == 7, "\(after.output)")
  }
}
