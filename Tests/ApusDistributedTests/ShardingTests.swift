import Apus
import ApusDistributed
import Foundation
import Testing

// Trainings that are divided among ranks, against one process and PyTorch; checkpoints that are.

@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct ShardingTests {
  private func expectSuccess(_ ended: Ended) { #expect(ended.status == 0, "\(ended.output)") }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "apus-sharded-\(UInt32.random(in: 0...UInt32.max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try body(folder)
  }

  @Test(arguments: [2, 3, 4]) func lossesAreThoseOfOneProcess(_ ranks: Int) throws {
    expectSuccess(try Launcher.all[0].run("sharding", ranks: ranks))
  }

  @Test(arguments: [2, 4]) func whatGoesWithSharding(_ ranks: Int) throws {
    expectSuccess(try Launcher.all[ranks == 2 ? Launcher.all.count - 1 : 0].run("shardingDetails", ranks: ranks))
  }

  @Test func replicasAreGroupsOfOneSize() throws {
    let hosts = ["a", "a", "b", "b", "c", "c"]
    #expect(try ShardReplicas.none.groupNumbers(hosts: hosts) == [0, 0, 0, 0, 0, 0])
    #expect(try ShardReplicas.perHost.groupNumbers(hosts: hosts) == [0, 0, 1, 1, 2, 2])
    #expect(try ShardReplicas.perHost.groupNumbers(hosts: ["a", "b", "a", "b"]) == [0, 1, 0, 1])
    #expect(try ShardReplicas.count(2).groupNumbers(hosts: hosts) == [0, 0, 0, 1, 1, 1])
    let error = #expect(throws: TensorError.self) { try ShardReplicas.perHost.groupNumbers(hosts: ["a", "a", "b"]) }
    #expect(error?.message.contains("2 on a, 1 on b") == true)
    for count in [0, -1, 4] {
      #expect(throws: TensorError.self) { try ShardReplicas.count(count).groupNumbers(hosts: hosts) }
    }
  }

  @Test func checkpointsGoOnWithOtherRanks() throws {
    try withFolder { folder in
      let environment = ["APUS_TEST_FOLDER": folder]
      expectSuccess(try Launcher.all[0].run("shardedSave", ranks: 4, environment: environment))
      expectSuccess(try Launcher.all[0].run("shardedResume", ranks: 2, environment: environment))
      expectSuccess(try runAlone("shardedResume", environment: environment))
    }
  }

  /// A checkpoint that was finished stays whole, whenever the next one is ended.
  @Test func endedSavesLeaveTheFormerCheckpoint() throws {
    try withFolder { folder in
      for delay in [0.02, 0.11, 0.23] {
        try Launcher.all[0].runAndKill("shardedSaving", ranks: 3, environment: ["APUS_TEST_FOLDER": folder]) {
          FileManager.default.fileExists(atPath: "\(folder)/begun")
        } after: {
          Thread.sleep(forTimeInterval: delay)
        }
        let checkpoint = try ShardedCheckpoint(path: folder)
        let number = try #require(checkpoint.texts["number"].flatMap { Double($0) })
        #expect(checkpoint.names == ["t0", "t1", "t2", "t3"])
        for name in checkpoint.names {
          let tensor = try checkpoint.tensor(named: name)
          #expect(tensor.shape == [150, 100] && tensor.min().item() == number && tensor.max().item() == number)
        }
      }
    }
  }

  @Test func damagedIndicesAreRefused() throws {
    try withFolder { folder in
      #expect(throws: TensorError.self) { try ShardedCheckpoint(path: folder) }
      let good =
        #"{"format":"apus sharded checkpoint","version":1,"files":["a.safetensors"],"texts":{},"tensors":{"x":"#
      let bad = [
        "", "[]", #"{"format":"other","version":1,"files":[],"texts":{},"tensors":{}}"#,
        good + #"{"dtype":"float32","shape":[4],"pieces":[]}}}"#,
        good + #"{"dtype":"float32","shape":[4],"pieces":[{"file":1,"key":"x","offset":[0],"shape":[4]}]}}}"#,
        good + #"{"dtype":"float32","shape":[4],"pieces":[{"file":0,"key":"x","offset":[1],"shape":[4]}]}}}"#,
        good + #"{"dtype":"float32","shape":[4],"pieces":[{"file":0,"key":"x","offset":[0],"shape":[3]}]}}}"#,
        good + #"{"dtype":"float99","shape":[4],"pieces":[{"file":0,"key":"x","offset":[0],"shape":[4]}]}}}"#,
        good + #"{"dtype":"float32","shape":[-4],"pieces":[{"file":0,"key":"x","offset":[0],"shape":[-4]}]}}}"#,
        good
          + #"{"dtype":"float32","shape":[4],"pieces":[{"file":0,"key":"x","offset":[0],"shape":[2]},{"file":0,"key":"y","offset":[1],"shape":[2]}]}}}"#,
      ]
      for text in bad {
        try text.write(toFile: "\(folder)/checkpoint.json", atomically: true, encoding: .utf8)
        #expect(throws: TensorError.self, "\(text)") { try ShardedCheckpoint(path: folder) }
      }
      // One that is well but for its file.
      let text = good + #"{"dtype":"float32","shape":[4],"pieces":[{"file":0,"key":"x","offset":[0],"shape":[4]}]}}}"#
      try text.write(toFile: "\(folder)/checkpoint.json", atomically: true, encoding: .utf8)
      let checkpoint = try ShardedCheckpoint(path: folder)
      #expect(throws: TensorError.self) { try checkpoint.tensor(named: "x") }
      try save(["x": Tensor.zeros([3])], to: "\(folder)/a.safetensors")
      #expect(throws: TensorError.self) { try checkpoint.tensor(named: "x") }
    }
  }
}
