import Foundation
import TestSupport
import Testing

/// `apus checkpoint`, on folders that are written here byte by byte.
@Suite struct CheckpointCommandTests {
  private let temporary = TemporaryFolder()
  private var folder: URL { URL(fileURLWithPath: temporary.path, isDirectory: true) }

  /// A safetensors file of one float32 tensor.
  private func file(_ tensor: String, _ shape: [Int], _ elements: [Float], at path: String) throws {
    let header = Array(
      #"{"\#(tensor)":{"dtype":"F32","shape":\#(shape),"data_offsets":[0,\#(elements.count * 4)]}}"#.utf8)
    var bytes = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
    for element in elements { withUnsafeBytes(of: element.bitPattern.littleEndian) { bytes += $0 } }
    put(bytes, at: path)
  }

  /// A matrix [2, 2], a row from each of two ranks. The checks are zlib's.
  private func checkpoint() throws -> String {
    let path = temporary.file("run")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try file("model.w@0,0", [1, 2], [1, 2], at: path + "/shard-x-0.safetensors")
    try file("model.w@1,0", [1, 2], [3, 4], at: path + "/shard-x-1.safetensors")
    let index = """
      {"format": "apus sharded checkpoint", "version": 1, "files": ["shard-x-0.safetensors", "shard-x-1.safetensors"],
       "texts": {"step": "12"}, "tensors": {"model.w": {"dtype": "float32", "shape": [2, 2], "pieces": [
         {"file": 0, "key": "model.w@0,0", "offset": [0, 0], "shape": [1, 2], "crc32": 775923062},
         {"file": 1, "key": "model.w@1,0", "offset": [1, 0], "shape": [1, 2], "crc32": 2144752791}]}}}
      """
    put(Array(index.utf8), at: path + "/checkpoint.json")
    return path
  }

  @Test func wholeCheckpointsAreShownAndConsolidated() throws {
    let path = try checkpoint()
    let info = try runTool(["checkpoint", "info", path], in: folder)
    #expect(info.status == 0, "\(info.errors)")
    for part in ["1 tensors, 16 bytes, in 2 files", "step: 12", "it is whole", "float32[2, 2]"] {
      #expect(info.output.contains(part), "\(info.output)")
    }
    let verified = try runTool(["checkpoint", "verify", path], in: folder)
    #expect(verified.status == 0 && verified.output.contains("all 2 pieces have the bytes that were written"))
    // A published model's files go with a folder, its weights do not.
    let like = temporary.file("like")
    try FileManager.default.createDirectory(atPath: like, withIntermediateDirectories: true)
    put(Array("{}".utf8), at: like + "/config.json")
    put([0], at: like + "/model.safetensors")
    let made = try runTool(["checkpoint", "consolidate", path, "--into", "model", "--like", like], in: folder)
    #expect(made.status == 0 && made.output.contains("model.safetensors, config.json"), "\(made.output)\(made.errors)")
    let seen = try runTool(["inspect", "model/model.safetensors"], in: folder)
    #expect(seen.output.contains("w") && seen.output.contains("[2, 2]"), "\(seen.output)")
    let one = try runTool(["checkpoint", "consolidate", path, "--into=one.safetensors"], in: folder)
    #expect(one.status == 0 && FileManager.default.fileExists(atPath: temporary.file("one.safetensors")))
  }

  @Test func damagedOnesAreNamed() throws {
    let path = try checkpoint()
    try file("model.w@1,0", [1, 2], [3, 5], at: path + "/shard-x-1.safetensors")
    let changed = try runTool(["checkpoint", "verify", path], in: folder)
    #expect(changed.status == 1 && changed.errors.contains("the bytes of 'model.w' at [1, 0] are not those"))
    #expect(try runTool(["checkpoint", "consolidate", path, "--into", "model"], in: folder).status == 1)
    try FileManager.default.removeItem(atPath: path + "/shard-x-1.safetensors")
    let info = try runTool(["checkpoint", "info", path], in: folder)
    #expect(
      info.status == 0 && info.output.contains("missing") && info.output.contains("it is not whole"), "\(info.output)")
    try FileManager.default.removeItem(atPath: path + "/checkpoint.json")
    let begun = try runTool(["checkpoint", "info", path], in: folder)
    #expect(begun.status == 1 && begun.errors.contains("the first checkpoint in this folder was begun"))
  }

  @Test func callsThatMakeNoSenseAreRefused() throws {
    let path = try checkpoint()
    for (words, part) in [
      (["repair", path], "there are info, verify and consolidate"),
      (["info", "nowhere"], "there is no folder 'nowhere'"),
      (["consolidate", path], "needs --into PATH"), (["info", path, "--into", "x"], "are for consolidate"),
      (["consolidate", path, "--into", "x.safetensors", "--like", path], "needs a folder for --into"),
    ] {
      let ended = try runTool(["checkpoint"] + words, in: folder)
      #expect(ended.status == 2 && ended.errors.contains(part), "\(ended.errors)")
    }
    let none = try runTool(["checkpoint", "consolidate", path, "--into", "x", "--prefix", "net"], in: folder)
    #expect(none.status == 1 && none.errors.contains("the names begin with model"), "\(none.errors)")
  }
}
