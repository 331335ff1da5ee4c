import Apus
import ApusDistributed
import Foundation
import Testing

/// What is said of checkpoints that are whole, and of those that are not.
@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct CheckpointReportTests {
  @Test func damageIsFound() throws {
    guard let launcher = Launcher.all.first else { return }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-report-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let ended = try launcher.run("checkpoint report", ranks: 2, environment: ["APUS_TEST_FOLDER": folder.path])
    #expect(ended.status == 0, "\(ended.output)")
  }
}

extension Cases {
  static func checkpointReport() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let folder = ProcessInfo.processInfo.environment["APUS_TEST_FOLDER"] ?? ""
    var state = ShardedState()
    // Each rank has a row.
    let row = Tensor([[1.0, 2, 3], [4.0, 5, 6]][world.rank]).reshape(1, 3)
    state.pieces = [
      TensorPiece(name: "model.w", wholeShape: [2, 3], offset: [world.rank, 0], tensor: row),
      TensorPiece(name: "model.b", whole: Tensor([7, 8], dtype: .int64)),
    ]
    state.texts["step"] = "12"
    try saveSharded(state, to: folder)
    if world.rank == 0 { try examine(folder) }
    try destroyProcessGroup()
  }

  private static func examine(_ folder: String) throws {
    func url(_ name: String) -> URL { URL(fileURLWithPath: "\(folder)/\(name)") }
    let checkpoint = try ShardedCheckpoint(path: folder)
    #expect(checkpoint.tensors.map(\.name) == ["model.b", "model.w"] && checkpoint.tensors.map(\.pieces) == [1, 2])
    #expect(checkpoint.tensors.map(\.bytes) == [16, 24])
    #expect(checkpoint.shardFiles.map(\.rank) == [0, 1] && checkpoint.shardFiles.allSatisfy { $0.problem == nil })
    #expect(checkpoint.unfinishedFiles.isEmpty)
    let sound = checkpoint.verify()
    #expect(sound.problems.isEmpty && sound.checked == 3 && sound.pieces == 3)
    // zlib's numbers for the bytes of both rows.
    let index = try String(contentsOf: url("checkpoint.json"), encoding: .utf8)
    #expect(index.contains(":2987300529") && index.contains(":3213562640"), "\(index)")

    // As one file, with names of its own or of the model.
    let names = try consolidateCheckpoint(folder, to: "\(folder)/one.safetensors")
    #expect(names == ["one.safetensors"])
    let one = try loadSafetensors("\(folder)/one.safetensors")
    #expect(one["w"]?.flatten().array(as: Double.self) == [1, 2, 3, 4, 5, 6])
    #expect(one["b"]?.array(as: Int.self) == [7, 8])
    try consolidateCheckpoint(folder, to: "\(folder)/all.safetensors", prefix: "")
    #expect(try loadSafetensors("\(folder)/all.safetensors")["model.w"]?.shape == [2, 3])

    // Another byte, a file that is cut, one that is gone, one that nobody finished.
    let last = checkpoint.shardFiles[1].name
    let bytes = try Data(contentsOf: url(last))
    var other = bytes
    other[other.count - 1] ^= 1
    try other.write(to: url(last))
    let changed = try ShardedCheckpoint(path: folder).verify().problems
    #expect(
      changed.count == 1 && changed[0].contains("the bytes of 'model.w' at [1, 0] are not those that were written"))
    try bytes.dropLast(4).write(to: url(last))
    let cut = try ShardedCheckpoint(path: folder)
    #expect(cut.verify().problems.count == 1 && cut.shardFiles[1].problem != nil && cut.shardFiles[1].bytes == nil)
    try FileManager.default.removeItem(at: url(last))
    let gone = try ShardedCheckpoint(path: folder)
    #expect(gone.verify().problems.count == 1 && gone.verify().pieces == 2)
    try bytes.write(to: url("shard-begun-1.safetensors"))
    #expect(gone.unfinishedFiles == ["shard-begun-1.safetensors"])
    // A file of other tensors in the place of one.
    try FileManager.default.copyItem(at: url("one.safetensors"), to: url(last))
    #expect(
      try ShardedCheckpoint(path: folder).verify().problems.first?.contains("'model.w' at [1, 0] is missing") == true)
    try FileManager.default.removeItem(at: url("checkpoint.json"))
    let error = #expect(throws: TensorError.self) { try ShardedCheckpoint(path: folder) }
    #expect(error?.message.contains("the first checkpoint in this folder was begun") == true)
  }
}
