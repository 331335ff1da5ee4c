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

  /// A job whose ranks have all come to the end has ended well, also where one of them is stopped in the last moment.
  @Test(arguments: Launcher.all, ["lateEnd", "lateDestruction"])
  func theEndOfMPIHasALimit(_ launcher: Launcher, _ name: String) throws {
    let ended = try launcher.run(name, ranks: 2, environment: ["APUS_DISTRIBUTED_FINALIZE_TIMEOUT": "0.5"])
    #expect(
      ended.output.contains("all ranks have come to the end of the program, and within 0.5 s they have not parted"))
    #expect(ended.output.contains("is missing: its process"), "\(ended.output)")
    if name == "lateEnd" { #expect(ended.output.contains("ends without it, with status 0"), "\(ended.output)") }
    if name == "lateDestruction" { #expect(ended.output.contains("rank 0 has gone on"), "\(ended.output)") }
  }

  /// With the mode for debugging a receiver says what was sent in the place of what it expected, and takes the next message as it is.
  @Test(arguments: Launcher.all) func messagesAreCompared(_ launcher: Launcher) throws {
    let ended = try launcher.run("messages compared", ranks: 3, environment: ["APUS_DISTRIBUTED_DEBUG": "1"])
    #expect(ended.status == 0, "\(ended.output)")
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

  /// Stops rank 1 for two seconds as soon as all have said that they come to the end.
  private static func stopInTheEnd() {
    let process = getpid()
    let helper = Process()
    helper.executableURL = URL(fileURLWithPath: "/bin/sh")
    // The thread below stops the process; this one lets it go on.
    helper.arguments = ["-c", "sleep 2; kill -CONT \(process)"]
    Thread.detachNewThread {
      while ProcessGroup.isInitialized { usleep(20) }
      try? helper.run()
      raise(SIGSTOP)
    }
  }

  static func lateEnd() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    try world.barrier()
    if world.rank == 1 { stopInTheEnd() }
  }

  static func lateDestruction() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let rank = world.rank
    if rank == 1 { stopInTheEnd() }
    try destroyProcessGroup()
    if rank == 0 { print("rank 0 has gone on") }
  }

  static func messagesCompared() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    // A group whose ranks are others than those of the world.
    guard let pair = try world.group(ranks: [2, 1]) else { return try destroyProcessGroup() }
    if pair.rank == 0 {
      // Several at once, of one tag and of different ones.
      let works = try [Tensor([1.0, 2.0]), Tensor([3.0]), Tensor([4, 5, 6], dtype: .int32), Tensor.ones([300_000])]
        .map { try pair.startSend($0, to: 1) }
      try pair.startSend(Tensor([7.0]), to: 1, tag: 5).wait()
      for work in works { try work.wait() }
    } else {
      #expect(try pair.receive([1], from: 0, tag: 5).item() == 7)
      // Larger than expected, of another type with as many bytes, and as it is.
      let works = [
        try pair.startReceive([1], from: 0), try pair.startReceive([1], dtype: .int32, from: 0),
        try pair.startReceive([3], dtype: .int32, from: 0), try pair.startReceive([2], from: 0),
      ]
      for (work, sent) in [(works[0], "float32[2]"), (works[1], "float32[1]"), (works[3], "float32[300000]")] {
        let error = #expect(throws: TensorError.self) { try work.wait() }
        #expect(
          "\(error.map { "\($0)" } ?? "")".contains("rank 0 (rank 2 of the world) sends \(sent), and rank 1 expects "))
      }
      #expect(try works[2].wait().array(as: Int.self) == [4, 5, 6])
    }
    try destroyProcessGroup()
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
