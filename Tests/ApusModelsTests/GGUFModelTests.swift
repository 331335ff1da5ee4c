import Apus
import Foundation
import Testing

/// A tiny Llama as a GGUF file, made here.
struct TinyLlamaFile {
  let path = NSTemporaryDirectory() + "apus-\(UUID().uuidString).gguf"

  init(type: GGUFTensorType?, change: (inout GGUFMetadata) -> Void = { _ in }) throws {
    manualSeed(5)
    var metadata = GGUFMetadata()
    metadata["general.architecture"] = .string("llama")
    for (key, value) in [
      ("context_length", 64), ("embedding_length", 32), ("block_count", 2), ("feed_forward_length", 64),
      ("attention.head_count", 4), ("attention.head_count_kv", 2), ("rope.dimension_count", 8),
    ] as [(String, UInt32)] { metadata["llama.\(key)"] = .uint32(value) }
    metadata["llama.attention.layer_norm_rms_epsilon"] = .float32(1e-5)
    change(&metadata)
    var tensors: [GGUFTensor] = []
    func add(_ name: String, _ shape: [Int]) throws {
      let values = Init.normal(Tensor.zeros(shape), std: 0.3)
      guard let type, shape.count == 2 else { return tensors.append(try GGUFTensor(name: name, values)) }
      tensors.append(GGUFTensor(name: name, try QuantizedTensor(quantizing: values, as: type)))
    }
    try add("token_embd.weight", [50, 32])
    try add("output_norm.weight", [32])
    for layer in 0..<2 {
      for (name, shape) in [
        ("attn_norm", [32]), ("attn_q", [32, 32]), ("attn_k", [16, 32]), ("attn_v", [16, 32]),
        ("attn_output", [32, 32]),
        ("ffn_norm", [32]), ("ffn_gate", [64, 32]), ("ffn_up", [64, 32]), ("ffn_down", [32, 64]),
      ] { try add("blk.\(layer).\(name).weight", shape) }
    }
    try writeGGUF(tensors, metadata: metadata, to: path)
  }
}

@Suite struct GGUFModelTests {
  private var inputs: ModelInputs {
    var inputs = ModelInputs()
    inputs.inputIds = Tensor([[3, 1, 4, 1, 5, 9, 2, 6]])
    return inputs
  }

  @Test("A model in blocks gives what the model of their numbers gives", arguments: [GGUFTensorType.q4_1, .q8_0])
  func logits(type: GGUFTensorType) throws {
    let file = try TinyLlamaFile(type: type)
    defer { try? FileManager.default.removeItem(atPath: file.path) }
    var loading = ModelLoading()
    let packed = try AutoModel.load(file.path, as: nil, loading)
    loading.keepsPacked = false
    let wide = try AutoModel.load(file.path, as: nil, loading)
    let (a, b) = noGrad { (packed(inputs).logits, wide(inputs).logits) }
    let (got, want) = (try #require(a), try #require(b))
    #expect(((got - want).abs().max() / want.abs().max()).item() < 1e-4)
    #expect(packed.parameters().count < wide.parameters().count)
  }

  @Test("Adapters on packed weights begin as nothing, train, merge, and are read again")
  func adapters() throws {
    let file = try TinyLlamaFile(type: .q8_0)
    let folder = file.path + ".adapter"
    defer {
      try? FileManager.default.removeItem(atPath: file.path)
      try? FileManager.default.removeItem(atPath: folder)
    }
    for usesDora in [false, true] {
      let model = try AutoModel.load(file.path)
      let before = try #require(noGrad { model(inputs).logits })
      var configuration = LoraConfiguration()
      configuration.usesDora = usesDora
      configuration.targets = .allLinear
      let adapter = try LoraAdapter(on: model, configuration)
      #expect(allclose(try #require(noGrad { model(inputs).logits }), before, rtol: 1e-4, atol: 1e-5))
      var given = inputs
      given.labels = given.inputIds
      let first = try #require(model(given).loss)
      first.backward()
      noGrad {
        for (_, tensor) in adapter.parameters { if let grad = tensor.grad { tensor.storeData(tensor - grad * 0.02) } }
      }
      #expect(try #require(noGrad { model(given).loss }).item() < first.item())
      let trained = try #require(noGrad { model(inputs).logits })
      adapter.merge()
      #expect(allclose(try #require(noGrad { model(inputs).logits }), trained, rtol: 1e-3, atol: 1e-4))
      adapter.unmerge()
      #expect(allclose(try #require(noGrad { model(inputs).logits }), trained, rtol: 1e-6, atol: 1e-6))
      try adapter.save(to: folder)
      let other = try AutoModel.load(file.path)
      _ = try LoraAdapter(path: folder, on: other)
      #expect(allclose(try #require(noGrad { other(inputs).logits }), trained, rtol: 1e-6, atol: 1e-6))
      adapter.remove()
      #expect(try #require(noGrad { model(inputs).logits }).equal(before))
    }
  }

  @Test("Another quantisation of a file is a file with the same metadata")
  func quantizing() throws {
    let file = try TinyLlamaFile(type: nil)
    let target = file.path + ".q8.gguf"
    defer { for path in [file.path, target] { try? FileManager.default.removeItem(atPath: path) } }
    let report = try quantizeModel(file.path, to: target, as: .blocks(.q8_0))
    #expect(report.matrices == 15)
    #expect(report.bytesAfter * 3 < report.bytesBefore)
    let ids = Array(repeating: [3, 1, 4, 1, 5, 9, 2, 6], count: 8).flatMap { $0 }
    let before = perplexity(try AutoModel.load(file.path), ids: ids, context: 16)
    let after = perplexity(try AutoModel.load(target), ids: ids, context: 16)
    #expect(before.tokens == 60)
    #expect(abs(before.perplexity - after.perplexity) < 0.05 * before.perplexity)
  }

  @Test("Metadata that make no sense are errors that name the key")
  func refused() throws {
    for (key, value) in [
      ("general.architecture", GGUFValue.string("unheard")), ("llama.attention.head_count", .uint32(3)),
      ("llama.block_count", .uint32(3)), ("llama.embedding_length", .string("many")),
    ] {
      let file = try TinyLlamaFile(type: nil) { $0[key] = value }
      defer { try? FileManager.default.removeItem(atPath: file.path) }
      #expect(throws: TensorError.self, "\(key)") { try AutoModel.load(file.path) }
    }
  }
}
