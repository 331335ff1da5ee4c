import ApusCore

// Metrics of texts by their names.

extension Metric {
  static let textMakers: [String: Maker] = [
    "WordErrorRate": { _ throws(TensorError) in WordErrorRate() },
    "CharErrorRate": { _ throws(TensorError) in CharErrorRate() },
    "MatchErrorRate": { _ throws(TensorError) in MatchErrorRate() },
    "WordInfoLost": { _ throws(TensorError) in WordInfoLost() },
    "WordInfoPreserved": { _ throws(TensorError) in WordInfoPreserved() },
    "EditDistance": { a throws(TensorError) in
      EditDistance(substitutionCost: try a.int("substitution_cost", 1), reduction: try a.choice("reduction", .mean))
    },
    "Perplexity": { a throws(TensorError) in Perplexity(ignoreIndex: try a.optionalInt("ignore_index")) },
    "BLEUScore": { a throws(TensorError) in
      BLEUScore(
        nGram: try a.int("n_gram", 4), smooth: try a.bool("smooth", false), weights: try a.optionalDoubles("weights"))
    },
    "SacreBLEUScore": { a throws(TensorError) in
      SacreBLEUScore(
        nGram: try a.int("n_gram", 4), smooth: try a.bool("smooth", false),
        tokenize: try a.choice("tokenize", .mteval13a), lowercase: try a.bool("lowercase", false),
        weights: try a.optionalDoubles("weights"))
    },
    "ROUGEScore": { a throws(TensorError) in
      ROUGEScore(
        useStemmer: try a.bool("use_stemmer", false), accumulate: try a.choice("accumulate", .best),
        rougeKeys: try a.texts("rouge_keys", ["rouge1", "rouge2", "rougeL", "rougeLsum"]))
    },
    "CHRFScore": { a throws(TensorError) in
      CHRFScore(
        nCharOrder: try a.int("n_char_order", 6), nWordOrder: try a.int("n_word_order", 2),
        beta: try a.double("beta", 2), lowercase: try a.bool("lowercase", false),
        whitespace: try a.bool("whitespace", false),
        returnSentenceLevelScore: try a.bool("return_sentence_level_score", false))
    },
    "TranslationEditRate": { a throws(TensorError) in
      TranslationEditRate(
        normalize: try a.bool("normalize", false), noPunctuation: try a.bool("no_punctuation", false),
        lowercase: try a.bool("lowercase", true), asianSupport: try a.bool("asian_support", false),
        returnSentenceLevelScore: try a.bool("return_sentence_level_score", false))
    },
    "ExtendedEditDistance": { a throws(TensorError) in
      ExtendedEditDistance(
        language: try a.choice("language", .en),
        returnSentenceLevelScore: try a.bool("return_sentence_level_score", false), alpha: try a.double("alpha", 2),
        rho: try a.double("rho", 0.3), deletion: try a.double("deletion", 0.2),
        insertion: try a.double("insertion", 1))
    },
    "SQuAD": { _ throws(TensorError) in SQuAD() },
  ]
}
