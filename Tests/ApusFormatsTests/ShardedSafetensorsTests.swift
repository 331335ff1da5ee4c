import ApusCore
import ApusFormats
import Foundation
import TestSupport
import Testing

@Suite struct ShardedSafetensorsTests {
  func tensors(_ names: [String]) -> [SafetensorsTensor] {
    names.map { SafetensorsTensor(name: $0, dtype: .uint8, shape: [4], bytes: Array($0.utf8.prefix(1)) + [1, 2, 3]) }
  }

  func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  @Test func filesOfAtMostASize() throws {
    let folder = TemporaryFolder()
    let path = folder.file("model")
    let files = try writeShardedSafetensors(tensors(["a", "b", "c", "d", "e"]), maxShardSize: 8, to: path)
    #expect(files.count == 3 && files[0] == "model-00001-of-00003.safetensors")
    let model = try ShardedSafetensors(path: path)
    #expect(model.names == ["a", "b", "c", "d", "e"])
    #expect(try model.tensor(named: "d").array(as: Int.self) == [100, 1, 2, 3])
    #expect(throws: TensorError.self) { try model.tensor(named: "f") }
    // One file needs no index, and the old one does not stay.
    #expect(try writeShardedSafetensors(tensors(["a"]), to: path) == ["model.safetensors"])
    #expect(!FileManager.default.fileExists(atPath: "\(path)/model.safetensors.index.json"))
  }

  @Test func indicesThatDoNotFitAreRefused() throws {
    let folder = TemporaryFolder()
    let index = folder.file("model.safetensors.index.json")
    try writeSafetensors(tensors(["a", "b"]), to: folder.file("one.safetensors"))
    try writeSafetensors(tensors(["b"]), to: folder.file("two.safetensors"))
    func expectRefusal(_ map: String, _ part: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
      try write("{\"metadata\": {}, \"weight_map\": \(map)}", index)
      do {
        _ = try ShardedSafetensors(path: index)
        Issue.record("was read", sourceLocation: sourceLocation)
      } catch {
        #expect("\(error)".contains(part), sourceLocation: sourceLocation)
      }
    }
    try expectRefusal(#"{"a": "three.safetensors"}"#, "three.safetensors")
    try expectRefusal(#"{"a": "../one.safetensors"}"#, "folder of the index")
    try expectRefusal(#"{"a": "/etc/passwd"}"#, "folder of the index")
    try expectRefusal(#"{"a": "one.safetensors", "b": "two.safetensors"}"#, "'b'")
    try expectRefusal(#"{"z": "one.safetensors"}"#, "'z'")
    try expectRefusal(#"{"a": "one.safetensors", "a": "two.safetensors"}"#, "'a'")
    try expectRefusal(#"{"a": 1}"#, "'a'")
    try expectRefusal("[]", "weight_map")
  }
}
