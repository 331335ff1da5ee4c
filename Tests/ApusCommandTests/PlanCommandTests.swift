import Foundation
import TestSupport
import Testing

/// `apus plan`: tables, JSON, mistakes.
@Suite struct PlanCommandTests {
  private let temporary = TemporaryFolder()
  private var folder: URL { URL(fileURLWithPath: temporary.path, isDirectory: true) }

  /// A configuration of 8 B parameters.
  private func model() -> String {
    let text = """
      {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
       "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, "max_position_embeddings": 8192}
      """
    put(Array(text.utf8), at: temporary.file("config.json"))
    return temporary.path
  }

  private let cluster = ["--gpu", "--flops", "400TFLOPS", "--link", "400Gbit", "--links", "8", "--length", "4096"]

  @Test func tables() throws {
    let words = ["plan", model(), "--world", "16", "--memory", "80GB", "--batch", "64"] + cluster
    let ended = try runTool(words, in: folder)
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(ended.output.contains("8.03 B parameters"), "\(ended.output)")
    #expect(ended.output.contains("zero3 16") && ended.output.contains("best: "))
    // Data parallelism alone needs 16 bytes a parameter.
    #expect(ended.output.split(separator: "\n").contains { $0.contains("data 16 ") && $0.contains("does not fit") })
    #expect(ended.output.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(ended.output)")
    let json = try runTool(words + ["--json"], in: folder)
    let found = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    let entries = try #require(found?["entries"] as? [[String: Any]])
    let steps = entries.compactMap { $0["step_seconds"] as? Double }
    #expect(!steps.isEmpty && steps == steps.sorted())
  }

  @Test func scales() throws {
    let words = ["plan", model(), "--world", "16", "--memory", "80GB", "--batch", "64", "--scale"] + cluster
    let ended = try runTool(words, in: folder)
    #expect(ended.status == 0, "\(ended.errors)")
    let lines = ended.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 100 } && ended.output.contains("tokens/s"), "\(ended.output)")
    #expect(lines.contains { $0.hasPrefix("    1  data 1") && $0.hasSuffix("does not fit") }, "\(ended.output)")
    #expect(lines.contains { $0.hasPrefix("   16  ") })
    let json = try runTool(words + ["--json"], in: folder)
    let found = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    let rows = try #require(found?["rows"] as? [[String: Any]])
    #expect(rows.compactMap { $0["world"] as? Int } == [1, 2, 4, 8, 16])
  }

  @Test func mistakes() throws {
    let path = model()
    func fails(_ words: [String], _ status: Int32, _ text: String) throws {
      let ended = try runTool(["plan"] + words, in: folder)
      #expect(ended.status == status && ended.errors.contains(text), "\(words): \(ended.errors)")
    }
    try fails([path], 2, "--world is missing")
    try fails([path, "--world", "8", "--link", "100 apples"], 2, "'100 apples' is not a bandwidth; write 100Gbit")
    try fails([path, "--world", "8", "--gpu"], 2, "--gpu needs --flops")
    try fails([path, "--world", "8", "--strategy", "magic"], 2, "--strategy is one of all, data, zero1")
    try fails([path, "--world", "8", "--dtype", "int4"], 2, "--dtype is float32")
    try fails(["nowhere", "--world", "8"] + cluster, 1, "there is no such file")
    try fails(
      [path, "--world", "7", "--batch", "3", "--strategy", "data"] + cluster, 1, "a batch of at least 7 examples")
    let nothing = try runTool(["plan", path, "--world", "2", "--memory", "8GB"] + cluster, in: folder)
    #expect(nothing.status == 0 && nothing.output.contains("nothing fits: the least is"), "\(nothing.output)")
  }
}
