import ApusCore
import ApusFormats
import ApusFunctional
import ApusModels
import ApusNN
import ApusText
import Foundation
import TestSupport
import Testing

/// Models that are written as GGUF files, and read again.
@Suite struct GGUFExportTests {
  /// A folder of a small model of random weights with a tokeniser of bytes.
  private func folder(_ configuration: [String: JSON], pattern: String = smollm) throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    manualSeed(11)
    var values = configuration
    values["vocab_size"] = .int(300)
    let made = ModelConfiguration(values, path: "config.json")
    let name = try #require(values["architectures"]?.array?.first?.string)
    let model = try #require(ArchitectureTable.all.first { $0.name == name }).make(made)
    try model.save(to: folder.path)
    // Bytes as letters, as byte-level tokenisers have them, and a few pairs.
    var vocabulary: [String: JSON] = [:]
    for (id, letter) in Self.letters.enumerated() { vocabulary[letter] = .int(id) }
    var merges: [JSON] = []
    for (left, right) in [
      ("h", "e"), ("l", "l"), ("he", "ll"), ("\u{120}", "w"), ("\u{120}", "t"), ("1", "2"), ("o", "r"),
    ] {
      vocabulary[left + right] = .int(256 + merges.count)
      merges.append(.array([.string(left), .string(right)]))
    }
    let tokenizer: [String: JSON] = [
      "version": .string("1.0"), "normalizer": .null, "post_processor": .null, "truncation": .null, "padding": .null,
      "decoder": .object(["type": .string("ByteLevel")]),
      "added_tokens": .array([
        .object([
          "id": .int(263), "content": .string("<|end|>"), "special": .bool(true), "single_word": .bool(false),
          "lstrip": .bool(false), "rstrip": .bool(false), "normalized": .bool(false),
        ])
      ]),
      "pre_tokenizer": try JSON(parsing: Array(pattern.utf8)),
      "model": .object(["type": .string("BPE"), "vocab": .object(vocabulary), "merges": .array(merges)]),
    ]
    put(Array(JSON.object(tokenizer).text().utf8), at: folder.file("tokenizer.json"))
    put(
      Array(#"{"eos_token": "<|end|>", "bos_token": "<|end|>", "chat_template": "{{ messages }}"}"#.utf8),
      at: folder.file("tokenizer_config.json"))
    return folder
  }

  static let smollm = """
    {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true},
    {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]}
    """
  static let gpt2 = #"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"#

  /// The letter of each byte (GPT-2).
  private static let letters: [String] = {
    var next: UInt32 = 256
    return (0..<256).map { (byte: UInt32) in
      let isShown = (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
      if isShown { return String(UnicodeScalar(byte)!) }
      defer { next += 1 }
      return String(UnicodeScalar(next)!)
    }
  }()

  static let kinds: [String: [String: JSON]] = [
    "llama": [
      "model_type": .string("llama"), "architectures": .array([.string("LlamaForCausalLM")]), "hidden_size": .int(256),
      "intermediate_size": .int(512), "num_hidden_layers": .int(2), "num_attention_heads": .int(4),
      "num_key_value_heads": .int(2), "max_position_embeddings": .int(128), "tie_word_embeddings": .bool(true),
      "rope_theta": .double(50000),
    ],
    "qwen2": [
      "model_type": .string("qwen2"), "architectures": .array([.string("Qwen2ForCausalLM")]), "hidden_size": .int(256),
      "intermediate_size": .int(512), "num_hidden_layers": .int(2), "num_attention_heads": .int(4),
      "num_key_value_heads": .int(2), "max_position_embeddings": .int(128), "tie_word_embeddings": .bool(false),
    ],
    "qwen3": [
      "model_type": .string("qwen3"), "architectures": .array([.string("Qwen3ForCausalLM")]), "hidden_size": .int(256),
      "intermediate_size": .int(512), "num_hidden_layers": .int(2), "num_attention_heads": .int(4),
      "head_dim": .int(32),
      "num_key_value_heads": .int(2), "max_position_embeddings": .int(128), "tie_word_embeddings": .bool(true),
    ],
    "gemma2": [
      "model_type": .string("gemma2"), "architectures": .array([.string("Gemma2ForCausalLM")]),
      "hidden_size": .int(256),
      "intermediate_size": .int(512), "num_hidden_layers": .int(2), "num_attention_heads": .int(4),
      "head_dim": .int(64),
      "num_key_value_heads": .int(2), "max_position_embeddings": .int(128), "query_pre_attn_scalar": .int(64),
      "hidden_activation": .string("gelu_pytorch_tanh"), "sliding_window": .int(64),
      "attn_logit_softcapping": .double(50), "final_logit_softcapping": .double(30),
    ],
    "olmo2": [
      "model_type": .string("olmo2"), "architectures": .array([.string("Olmo2ForCausalLM")]), "hidden_size": .int(256),
      "intermediate_size": .int(512), "num_hidden_layers": .int(2), "num_attention_heads": .int(4),
      "num_key_value_heads": .int(4), "max_position_embeddings": .int(128), "tie_word_embeddings": .bool(false),
      "rms_norm_eps": .double(1e-6),
    ],
    "gpt2": [
      "model_type": .string("gpt2"), "architectures": .array([.string("GPT2LMHeadModel")]), "n_embd": .int(256),
      "n_layer": .int(2), "n_head": .int(4), "n_positions": .int(128), "activation_function": .string("gelu_new"),
    ],
    "llama3": [
      "model_type": .string("llama"), "architectures": .array([.string("LlamaForCausalLM")]), "hidden_size": .int(256),
      "intermediate_size": .int(512), "num_hidden_layers": .int(1), "num_attention_heads": .int(4),
      "num_key_value_heads": .int(2), "max_position_embeddings": .int(8192), "tie_word_embeddings": .bool(true),
      "rope_theta": .double(500000),
      "rope_scaling": .object([
        "rope_type": .string("llama3"), "factor": .double(8), "low_freq_factor": .double(1),
        "high_freq_factor": .double(4), "original_max_position_embeddings": .int(64),
      ]),
    ],
  ]

  private func logits(_ model: any PretrainedModel) throws -> Tensor {
    var inputs = ModelInputs()
    inputs.inputIds = Tensor([[3, 250, 17, 99, 256, 5, 42, 8]])
    return try #require(noGrad { model(inputs).logits })
  }

  private func distance(_ a: Tensor, _ b: Tensor) -> Double { ((a - b).abs().max() / b.abs().max()).item() }

  @Test("A model in float32 is the same when it is read again", arguments: kinds.keys.sorted())
  func same(kind: String) throws {
    let folder = try folder(try #require(Self.kinds[kind]))
    let model = try AutoModelForCausalLM.load(folder.path)
    let target = folder.file("model.gguf")
    try writeGGUFModel(model, tokenizer: folder.path, to: target, as: .blocks(.f32))
    let read = try AutoModelForCausalLM.load(target)
    #expect(try distance(logits(read), logits(model)) < 1e-5)
  }

  @Test(
    "Smaller forms are as near as their bits allow", arguments: ["f16", "bf16", "q8_0", "q6_K", "q4_K", "q4_1", "q4_0"])
  func forms(name: String) throws {
    let folder = try folder(try #require(Self.kinds["llama"]))
    let model = try AutoModelForCausalLM.load(folder.path)
    let target = folder.file("model.gguf")
    let report = try writeGGUFModel(model, tokenizer: folder.path, to: target, as: try #require(WeightForm(name: name)))
    let read = try AutoModelForCausalLM.load(target)
    let most = ["f16": 0.002, "bf16": 0.02, "q8_0": 0.03, "q6_K": 0.08][name] ?? 0.4
    let found = try distance(logits(read), logits(model))
    #expect(found < most, "\(found)")
    #expect(report.matrices == 2 * 7 + 1)
    #expect(report.bytesAfter < report.bytesBefore)
    let file = try GGUFFile(path: target)
    #expect(file.entries.reduce(0) { $0 + $1.byteRange.count } == report.bytesAfter)
    #expect(try file.entry(named: "blk.1.ffn_down.weight").type.name.lowercased() == name.lowercased())
    #expect(try file.entry(named: "blk.0.attn_norm.weight").type == .f32)
  }

  @Test(
    "The tokeniser goes along under the name of its pre-tokeniser", arguments: [("smollm", smollm), ("gpt-2", gpt2)])
  func tokenizers(name: String, pattern: String) throws {
    let folder = try folder(try #require(Self.kinds["llama"]), pattern: pattern)
    let model = try AutoModelForCausalLM.load(folder.path)
    let target = folder.file("model.gguf")
    try writeGGUFModel(model, tokenizer: folder.path, to: target)
    let file = try GGUFFile(path: target)
    #expect(file.metadata["tokenizer.ggml.pre"]?.string == name)
    #expect(file.metadata["tokenizer.ggml.eos_token_id"]?.int == 263)
    #expect(file.metadata["tokenizer.chat_template"]?.string == "{{ messages }}")
    #expect(file.metadata["tokenizer.ggml.add_bos_token"]?.bool == false)
    let (old, new) = (try Tokenizer(path: folder.path), try Tokenizer(path: target))
    for text in ["hello world 123\n\n  x", "caf\u{e9} \u{1f600}<|end|>it's"] {
      #expect(try new.ids(of: text) == old.ids(of: text))
    }
  }

  @Test("From a model that came from a file the other metadata are kept")
  func kept() throws {
    let folder = try folder(try #require(Self.kinds["llama3"]))
    let (first, second) = (folder.file("first.gguf"), folder.file("second.gguf"))
    let model = try AutoModelForCausalLM.load(folder.path)
    try writeGGUFModel(model, tokenizer: folder.path, to: first, as: .blocks(.q8_0))
    let read = try AutoModelForCausalLM.load(first)
    try writeGGUFModel(read, tokenizer: first, to: second, as: .blocks(.q8_0))
    let (a, b) = (try GGUFFile(path: first), try GGUFFile(path: second))
    #expect(a.metadata == b.metadata)
    #expect(Set(a.entries.map(\.name)) == Set(b.entries.map(\.name)))
    for entry in a.entries {
      #expect(try b.tensor(named: entry.name).equal(a.tensor(named: entry.name)), "\(entry.name)")
    }
  }

  @Test("What cannot be written is refused")
  func refused() throws {
    let folder = try folder(try #require(Self.kinds["llama"]))
    let model = try AutoModelForCausalLM.load(folder.path)
    #expect(throws: TensorError.self) {
      try writeGGUFModel(model, tokenizer: folder.path, to: folder.file("a"), as: .int8)
    }
    #expect(throws: TensorError.self) {
      try writeGGUFModel(model, tokenizer: folder.path, to: folder.file("a"), as: .blocks(.q5_K))
    }
    #expect(throws: TensorError.self) {
      try writeGGUFModel(AutoModel.load(folder.path, head: .base), tokenizer: folder.path, to: folder.file("a"))
    }
    #expect(throws: TensorError.self) {
      try writeGGUFModel(model, tokenizer: folder.file("none"), to: folder.file("a"))
    }
  }
}
