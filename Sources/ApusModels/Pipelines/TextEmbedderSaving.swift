import ApusCore
import ApusFormats
import ApusText

extension TextEmbedder {
  /// Writes the encoder to a folder that `sentence-transformers` and ``init(path:_:)`` load: weights, configuration, how vectors are
  /// made of states, and the files of the tokeniser, which are copied from where it was loaded.
  /// - Throws: `TensorError` of kind `file` when reading or writing fails.
  public func save(to folder: String) throws {
    try model.save(to: folder)
    try tokenizer.copyFiles(to: folder)
    try saveSettings(to: folder)
  }

  /// Writes how vectors are made of states to a folder that has the weights already.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func saveSettings(to folder: String) throws {
    let folder = expandedPath(folder)
    try makeFolders("\(folder)/1_Pooling")
    func write(_ values: JSON, _ name: String) throws {
      try writeText(values.text(indented: true) + "\n", to: "\(folder)/\(name)")
    }
    let kinds = [("", "Transformer"), ("1_Pooling", "Pooling")] + (normalises ? [("2_Normalize", "Normalize")] : [])
    try write(
      .array(
        kinds.enumerated().map { number, module in
          .object([
            "idx": .int(number), "name": .string("\(number)"), "path": .string(module.0),
            "type": .string("sentence_transformers.models.\(module.1)"),
          ])
        }), "modules.json")
    var modes: [String: JSON] = ["include_prompt": .bool(true)]
    for (name, mode) in Self.poolingModes { modes[name] = .bool(mode == pooling) }
    if let width = model.configuration["hidden_size"]?.int ?? model.configuration["dim"]?.int {
      modes["word_embedding_dimension"] = .int(width)
    }
    try write(.object(modes), "1_Pooling/config.json")
    // The folder of a module that has no settings.
    if normalises { try makeFolders("\(folder)/2_Normalize") }
    try write(
      .object(["max_seq_length": .int(maxLength), "do_lower_case": .bool(false)]), "sentence_bert_config.json")
    try write(
      .object(["__version__": .object([:]), "prompts": .object([:]), "similarity_fn_name": .string("cosine")]),
      "config_sentence_transformers.json")
  }
}

extension Tokenizer {
  /// Copies the files that the tokeniser was loaded from to a folder, so that it can be loaded from there. A tokeniser that is a part of a
  /// GGUF file is written as the files that `transformers` reads.
  /// - Throws: `TensorError` of kind `file` when reading or writing fails, of kind `unsupported` where such files cannot say what a GGUF
  ///   file's tokeniser does.
  public func copyFiles(to folder: String) throws {
    let folder = expandedPath(folder)
    if path.hasSuffix(".gguf") {
      return try Tokenizer.writeFiles(try GGUFFile(path: path).metadata, path: path, to: folder)
    }
    let names = [
      "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt",
      "vocab.json", "merges.txt", "spiece.model", "tokenizer.model", "sentencepiece.bpe.model", "chat_template.jinja",
    ]
    let (own, file) = splitPath(path)
    try makeFolders(folder)
    for name in Set(names + [file]).sorted() where fileExists("\(own)/\(name)") {
      try copyFile("\(own)/\(name)", to: "\(folder)/\(name)")
    }
  }
}
