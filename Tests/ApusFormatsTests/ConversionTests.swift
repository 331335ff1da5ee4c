import ApusCore
import ApusFormats
import TestSupport
import Testing

@Suite struct ConversionTests {
  @Test func rulesGiveNames() throws {
    let rules = try RenameRules(
      """
      # comment
      model.layers.*.self_attn.*_proj.weight -> blk.*.attn_*.weight
      **.inv_freq ->   # left out
      model.** -> *
      """)
    #expect(rules("model.layers.12.self_attn.q_proj.weight") == "blk.12.attn_q.weight")
    #expect(rules("a.b.inv_freq") == nil)
    #expect(rules("model.norm.weight") == "norm.weight")
    #expect(rules("lm_head.weight") == "lm_head.weight")
    #expect(throws: TensorError.self) { try RenameRules("a b") }
    #expect(throws: TensorError.self) { try RenameRules("a -> *") }
    // Many wildcards take no time.
    let many = try RenameRules(String(repeating: "**a", count: 20) + " -> x")
    #expect(many(String(repeating: "a", count: 60) + "b") == String(repeating: "a", count: 60) + "b")
  }

  @Test func fromFormatToFormat() throws {
    let folder = TemporaryFolder()
    let (a, b) = (folder.file("a.npz"), folder.file("b"))
    let x = arange(0, 128).reshape([2, 64]) / 4
    try saveNumpyArchive([("w", x), ("n", Tensor([1, 2, 3], dtype: .int64))], to: a)
    var conversion = TensorFileConversion()
    for ending in ["safetensors", "pt", "npz", "gguf", "onnx"] {
      let summary = try conversion.run(from: a, to: "\(b).\(ending)")
      #expect(summary.tensors.count == 2)
      let file = try openTensorFile("\(b).\(ending)")
      #expect(Set(file.entries.map(\.name)) == ["w", "n"])
      #expect(try file.tensor(named: "w").array() == x.array())
      #expect(try file.tensor(named: "n").array(as: Int.self) == [1, 2, 3])
      #expect(try inspectTensorFile("\(b).\(ending)").contains { $0.contains("[2, 64]") })
    }
    conversion.elementType = try .init("f16")
    try conversion.run(from: "\(b).pt", to: "\(b).safetensors")
    #expect(try openTensorFile("\(b).safetensors").tensor(named: "w").dtype == .float16)
    #expect(try openTensorFile("\(b).safetensors").tensor(named: "n").dtype == .int64)
    conversion.elementType = try .init("q8_0")
    try conversion.run(from: a, to: "\(b).gguf")
    #expect(try GGUFFile(path: "\(b).gguf").entry(named: "w").type == .q8_0)
    #expect(throws: TensorError.self) { try conversion.run(from: a, to: "\(b).npz") }
    #expect(throws: TensorError.self) { try TensorFileConversion.ElementType("q9") }
    #expect(throws: TensorError.self) { try conversion.run(from: a, to: "\(b).xyz") }
  }

  @Test func twoTensorsOfOneNameAreRefused() throws {
    let folder = TemporaryFolder()
    let path = folder.file("a.npz")
    try saveNumpyArchive([("a.x", Tensor([1.0])), ("b.x", Tensor([2.0]))], to: path)
    var conversion = TensorFileConversion()
    conversion.rules = try RenameRules("*.x -> x")
    #expect(throws: TensorError.self) { try conversion.run(from: path, to: folder.file("b.npz")) }
  }
}
