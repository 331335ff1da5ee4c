import Apus
import ApusDistributed
import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Ranks that go in the middle or at the end: the others say who it was, and end.
@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct FaultTests {
  /// The end of a program is watched as a collective is.
  @Test(arguments: Launcher.all) func ranksThatNeverComeToTheEndAreMissing(_ launcher: Launcher) throws {
    let ended = try launcher.run("stoppedAtTheEnd", ranks: 2, environment: ["APUS_DISTRIBUTED_TIMEOUT": "1"])
    #expect(ended.status != 0)
    #expect(ended.output.contains("destroyProcessGroup, number 2 of group 'world', has not ended within 1 s"))
    #expect(ended.output.contains("is missing: it does not answer; its process"), "\(ended.output)")
  }

  /// Who computes for long is there; who is stopped is not, and is named with what it called last, in the words of the
  /// others and in its own record.
  @Test(arguments: Launcher.all) func silentRanksAreNamed(_ launcher: Launcher) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-trace-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let ended = try launcher.run(
      "silent", ranks: 3,
      environment: [
        "APUS_DISTRIBUTED_HEARTBEAT": "0.5", "APUS_DISTRIBUTED_TRACE": folder.path, "APUS_RESTART_COUNT": "4",
      ])
    #expect(ended.status != 0)
    let first = ended.output.split(separator: "\n").first { $0.contains("has given no sign of life for 0.5 s") }
    #expect(
      first?.contains(": rank 2 (") == true && first?.hasSuffix("1 of 2 others answer") == true, "\(ended.output)")
    let missing = ended.output.split(separator: "\n").first { $0.hasPrefix("  rank 2 (") }
    #expect(
      missing?.contains("is stopped; its last collective was number 61 of group 'world', barrier, ") == true,
      "\(ended.output)")
    for rank in 0..<3 {
      let path = folder.appendingPathComponent("rank-\(rank).restart-4.txt").path
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 53 && lines[0].hasPrefix("rank \(rank) of 3 on "))
      let records = lines[3...].map { $0.split(separator: " ") }.sorted { (Int($0[0]) ?? 0) < (Int($1[0]) ?? 0) }
      let last = records.last.map { $0.joined(separator: " ") } ?? ""
      #expect(last.contains(rank == 2 ? "61 ended" : "62 began"), "\(last)")
      #expect(last.hasSuffix(rank == 2 ? "world 61, barrier" : "world 62, allReduce(sum) of float32[1]"), "\(last)")
      #expect(records.first?[0] == (rank == 2 ? "12" : "13"))
    }
  }

  @Test func heartbeatsAreTimes() throws {
    for wrong in ["0.1", "-1", "often"] {
      let ended = try runAlone("alone", environment: ["APUS_DISTRIBUTED_HEARTBEAT": wrong])
      #expect(ended.output.contains("APUS_DISTRIBUTED_HEARTBEAT is a number of seconds from 0.5 on"))
    }
  }
}

extension Cases {
  /// Stops this process, until somebody lets it go on; then it does nothing.
  static func stop() {
    raise(SIGSTOP)
    sleep(60)
  }

  static func stoppedAtTheEnd() throws {
    let world = try initProcessGroup()
    try world.barrier()
    if world.rank == 1 { stop() }
  }

  static func silent() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    for _ in 0..<60 { try world.barrier() }
    if world.rank == 1 {
      let end = Date().addingTimeInterval(1.3)
      while Date() < end {}
    }
    try world.barrier()
    if world.rank == 2 { stop() }
    _ = try world.allReduce(Tensor([1.0]))
  }
}
