import ApusCore
import ApusFormats

extension GenerationConfiguration {
  /// Reads a `generation_config.json`.
  /// - Throws: ``TensorError`` that names the file and the key where something does not fit.
  public init(path: String) throws(TensorError) {
    try self.init(json: JSON(file: path), file: path)
  }

  /// Reads the options of a JSON object in the library's names; those that it does not name are off.
  package init(json: JSON, file: String) throws(TensorError) {
    guard json.object != nil else {
      throw TensorError(.format, file, "the options of generation must be an object of JSON")
    }
    let read = OptionReader(json: json, file: file)
    maxLength = try read.int("max_length")
    maxNewTokens = try read.int("max_new_tokens")
    minLength = try read.int("min_length") ?? 0
    minNewTokens = try read.int("min_new_tokens") ?? 0
    maxTime = try read.number("max_time")
    stopStrings = try read.strings("stop_strings")
    doSample = try read.bool("do_sample") ?? false
    numBeams = try read.int("num_beams") ?? 1
    numReturnSequences = try read.int("num_return_sequences") ?? 1
    lengthPenalty = try read.number("length_penalty") ?? 1
    earlyStopping = try read.earlyStopping()
    seed = try read.int("seed")
    sequenceBias = try read.sequenceBias()
    encoderRepetitionPenalty = try read.number("encoder_repetition_penalty") ?? 1
    repetitionPenalty = try read.number("repetition_penalty") ?? 1
    presencePenalty = try read.number("presence_penalty") ?? 0
    frequencyPenalty = try read.number("frequency_penalty") ?? 0
    noRepeatNgramSize = try read.int("no_repeat_ngram_size") ?? 0
    encoderNoRepeatNgramSize = try read.int("encoder_no_repeat_ngram_size") ?? 0
    badWordsIds = try read.lists("bad_words_ids")
    forcedBosTokenId = try read.ids("forced_bos_token_id").first
    forcedEosTokenIds = try read.ids("forced_eos_token_id")
    removeInvalidValues = try read.bool("remove_invalid_values") ?? false
    exponentialDecayLengthPenalty = try read.decay()
    suppressTokens = try read.ids("suppress_tokens")
    beginSuppressTokens = try read.ids("begin_suppress_tokens")
    temperature = try read.number("temperature") ?? 1
    topH = try read.number("top_h")
    topK = try read.int("top_k") ?? 0
    topP = try read.number("top_p") ?? 1
    minP = try read.number("min_p")
    typicalP = try read.number("typical_p") ?? 1
    epsilonCutoff = try read.number("epsilon_cutoff") ?? 0
    etaCutoff = try read.number("eta_cutoff") ?? 0
    renormalizeLogits = try read.bool("renormalize_logits") ?? false
    padTokenId = try read.ids("pad_token_id").first
    bosTokenId = try read.ids("bos_token_id").first
    eosTokenIds = try read.ids("eos_token_id")
    decoderStartTokenIds = try read.ids("decoder_start_token_id")
    useCache = try read.bool("use_cache") ?? true
    numAssistantTokens = try read.int("num_assistant_tokens") ?? 20
    promptLookupNumTokens = try read.int("prompt_lookup_num_tokens")
    maxMatchingNgramSize = try read.int("max_matching_ngram_size") ?? 2
    switch json["cache_implementation"]?.string {
    case "static": cache = .fixed
    case "quantized": cache = .int8
    default: break
    }
    if try (read.number("guidance_scale") ?? 1) != 1 { unsupported.append("guidance_scale") }
    if try (read.int("num_beam_groups") ?? 1) > 1 { unsupported.append("num_beam_groups") }
    if try (read.number("penalty_alpha") ?? 0) > 0 { unsupported.append("penalty_alpha") }
    for name in ["watermarking_config", "constraints", "force_words_ids", "dola_layers"]
    where !(json[name] ?? .null).isNull {
      unsupported.append(name)
    }
    if try read.bool("token_healing") ?? false { unsupported.append("token_healing") }
  }
}

/// Reads options with messages that name file and key.
private struct OptionReader {
  let json: JSON
  let file: String

  private func fail(_ key: String, _ wanted: String) -> TensorError {
    TensorError(.format, file, "'\(key)' must be \(wanted)")
  }

  private func value(_ key: String) -> JSON? {
    guard let value = json[key], !value.isNull else { return nil }
    return value
  }

  func bool(_ key: String) throws(TensorError) -> Bool? {
    guard let value = value(key) else { return nil }
    guard let bool = value.bool else { throw fail(key, "true or false") }
    return bool
  }

  func number(_ key: String) throws(TensorError) -> Double? {
    guard let value = value(key) else { return nil }
    guard let number = value.double, number.isFinite else { throw fail(key, "a finite number") }
    return number
  }

  func int(_ key: String) throws(TensorError) -> Int? {
    guard let number = try number(key) else { return nil }
    guard number.rounded() == number, abs(number) <= 0x1p53 else { throw fail(key, "a whole number") }
    // Lengths beyond all memory are as good as none.
    return max(min(Int(number), 1 << 40), -(1 << 40))
  }

  func strings(_ key: String) throws(TensorError) -> [String] {
    guard let value = value(key) else { return [] }
    if let string = value.string { return [string] }
    guard let list = value.array else { throw fail(key, "a text or a list of texts") }
    return try list.map { (item) throws(TensorError) in
      guard let string = item.string else { throw fail(key, "a text or a list of texts") }
      return string
    }
  }

  /// A token or a list of tokens. Negative ones are no tokens: files say "none" by them.
  func ids(_ key: String) throws(TensorError) -> [Int] {
    guard let value = value(key) else { return [] }
    return try ids(value.array ?? [value], key).filter { $0 >= 0 }
  }

  func lists(_ key: String) throws(TensorError) -> [[Int]] {
    guard let value = value(key) else { return [] }
    guard let lists = value.array else { throw fail(key, "a list of lists of tokens") }
    return try lists.map { (item) throws(TensorError) in
      guard let list = item.array, !list.isEmpty else { throw fail(key, "a list of lists of tokens") }
      return try ids(list, key)
    }
  }

  private func ids(_ list: [JSON], _ key: String) throws(TensorError) -> [Int] {
    try list.map { (item) throws(TensorError) in
      guard let id = item.int, id >= -(1 << 31), id < 1 << 31 else { throw fail(key, "numbers of tokens") }
      return id
    }
  }

  func earlyStopping() throws(TensorError) -> GenerationConfiguration.EarlyStopping {
    switch value("early_stopping") {
    case nil, .bool(false): .heuristic
    case .bool(true): .whenFull
    case .string("never"): .never
    default: throw fail("early_stopping", "true, false or \"never\"")
    }
  }

  func sequenceBias() throws(TensorError) -> [GenerationConfiguration.SequenceBias] {
    let key = "sequence_bias"
    guard let value = value(key) else { return [] }
    guard let list = value.array else { throw fail(key, "a list of [tokens, bias]") }
    return try list.map { (item) throws(TensorError) in
      guard let pair = item.array, pair.count == 2, let tokens = pair[0].array, !tokens.isEmpty,
        let bias = pair[1].double
      else { throw fail(key, "a list of [tokens, bias]") }
      return .init(try ids(tokens, key), Float(bias))
    }
  }

  func decay() throws(TensorError) -> GenerationConfiguration.ExponentialDecay? {
    let key = "exponential_decay_length_penalty"
    guard let value = value(key) else { return nil }
    guard let pair = value.array, pair.count == 2, let start = pair[0].int, start.magnitude < 1 << 40,
      let factor = pair[1].double, factor.isFinite
    else { throw fail(key, "a list of a number of tokens and a factor") }
    return .init(start: start, factor: factor)
  }
}
