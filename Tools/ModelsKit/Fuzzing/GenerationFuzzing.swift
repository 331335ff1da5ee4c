import ApusCore
import ApusFormats
import ApusModels
import FormatsKit
import Foundation

/// Options of generation: read, and a few tokens generated with them.
struct GenerationFuzzing: FuzzTarget {
  let name = "generation"
  private let folders: FuzzedFolders
  var files: [FuzzFile] { folders.files }
  var mostMemory: Int { 512 << 20 }
  let words = [
    "\"num_beams\": 65536, ", "\"num_return_sequences\": 99999, ", "\"do_sample\": true, ",
    "\"max_length\": 99999999, ",
    "\"top_k\": 99999999, ", "\"temperature\": 1e-320, ", "\"sequence_bias\": [[[1, 2, 3], 1e39]], ",
    "\"bad_words_ids\": [[-1], [99999999]], ", "\"forced_bos_token_id\": 99999999, ", "\"eos_token_id\": [], ",
    "\"pad_token_id\": -99, ", "\"suppress_tokens\": [99999999, -1], ",
    "\"no_repeat_ngram_size\": 9223372036854775807, ",
    "\"exponential_decay_length_penalty\": [0, 1e300], ", "\"prompt_lookup_num_tokens\": 99999999, ",
    "\"typical_p\": 1e-300, ",
    "\"cache_implementation\": \"static\", ", "\"guidance_scale\": 2, ", "\"length_penalty\": -1e300, ",
    "\"num_beams\": 3, ",
    "\"repetition_penalty\": 1e300, ", "\"min_length\": 99999999, ", "\"min_p\": 0.5, ", "\"epsilon_cutoff\": 0.9, ",
  ]

  /// Models of text alone: their inputs are tokens.
  init(_ path: String) {
    let models = ["gpt2", "llama-linear", "t5", "bart", "mamba", "qwen3", "gemma2"]
    folders = FuzzedFolders(
      models.map { ("\(path)/\($0)", "generation_config.json", "generation_config.json") })
  }

  func read(_ index: Int, _ bytes: [UInt8]?, in scratch: String) throws {
    try folders.withDamaged(index, bytes, in: scratch) { folder in
      try withErrors {
        let model = try AutoModel.load(folder, as: try generatingClass(folder))
        var options = try model.publishedGeneration()
        options.maxNewTokens = min(options.maxNewTokens ?? 4, 4)
        options.seed = 0
        var inputs = ModelInputs()
        inputs.inputIds = Tensor([0, 0, 5, 6, 7, 5, 6, 3].map { Int64($0) }, shape: [2, 4])
        inputs.attentionMask = Tensor([0, 0, 1, 1, 1, 1, 1, 1].map { Int64($0) }, shape: [2, 4])
        _ = try model.generate(inputs, options)
      }
    }
  }

  private func generatingClass(_ folder: String) throws -> String? {
    try JSON(parsing: Data(contentsOf: URL(fileURLWithPath: "\(folder)/generation.json")))["class"]?.string
  }
}

/// Grammars and JSON schemas: read, and tokens chosen under them.
struct GrammarFuzzing: FuzzTarget {
  let name = "grammars"
  let files = GrammarSeeds.all
  let words = [
    "root ::= root", "(root | root)*", "{99999999}", "{0,65535}", "{3,1}", "[^", "[a-", "\\x", "\\u12", "::=", "\"\"*",
    "(\"\"*)*",
    "[\\U0010ffff-\\U0010fffe]", "\"pattern\": \"^(a+)+$\", ", "\"pattern\": \"((a{1,99}){1,99}){1,99}\", ",
    "\"minItems\": 99999999, ", "\"maxLength\": 9223372036854775807, ", "\"$ref\": \"#\", ",
    "\"$ref\": \"#/$defs/a\", ",
    "\"minimum\": -9223372036854775808, \"maximum\": 9223372036854775807, ", "\"enum\": [], ", "\"const\": {}, ",
    "\"allOf\": [{\"$ref\": \"#\"}], ", "\"multipleOf\": 0, ", "\"type\": [], ", String(repeating: "(", count: 5000),
  ]

  func read(_ index: Int, _ bytes: [UInt8]?, in scratch: String) throws {
    let text = String(decoding: bytes ?? [], as: UTF8.self)
    let grammar = try files[index].name.hasSuffix(".json") ? Grammar.jsonSchema(text) : Grammar(text)
    let constraint = GrammarConstraint(grammar, TokenVocabulary(Self.vocabulary))
    // A few ways through it, by the numbers of tokens that fit.
    for way in 0..<3 {
      var state = constraint.start
      for step in 0..<24 where !constraint.mustEnd(in: state) {
        var scores = [Float](repeating: 0, count: Self.vocabulary.count)
        scores.withUnsafeMutableBufferPointer { constraint.restrict($0, in: state, ends: []) }
        let fitting = scores.indices.filter { scores[$0] == 0 }
        guard !fitting.isEmpty, let next = constraint.state(after: fitting[(way + 7 * step) % fitting.count], in: state)
        else { break }
        state = next
      }
    }
    _ = constraint.accepts("{\"name\": \"x\", \"age\": 12}")
  }

  private static let vocabulary =
    (0...255).map { [UInt8($0)] } + ["{\"", "\": ", "true", "null", "12", "ab", "\u{e9}", "  "].map { Array($0.utf8) }
}
