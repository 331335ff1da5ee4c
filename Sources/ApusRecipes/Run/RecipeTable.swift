extension RecipeEntry {
  /// All recipes.
  public static let all: [RecipeEntry] = [
    RecipeEntry(
      "full", SupervisedRecipe.self, "all weights of a language model learn from examples",
      presets: [("model.trains", "full"), ("optimizer.lr", "2e-5")]),
    RecipeEntry("lora", SupervisedRecipe.self, "low-rank adapters beside a language model learn from examples"),
    RecipeEntry(
      "dora", SupervisedRecipe.self, "the same with the sizes of rows trained apart",
      presets: [("model.trains", "dora")]),
    RecipeEntry(
      "qlora", SupervisedRecipe.self, "adapters beside weights of 4 bits: the least memory",
      presets: [("model.weights", "nf4"), ("memory.recompute", "1")]),
    RecipeEntry(
      "pretrain", SupervisedRecipe.self, "a language model goes on reading plain texts",
      presets: [("data.form", "text"), ("data.packing", "inOrder"), ("optimizer.lr", "5e-5")]),
    RecipeEntry(
      "qat", SupervisedRecipe.self, "all weights are trained as if they were quantised already",
      presets: [("model.trains", "full"), ("model.awareOf", "Q4_0"), ("optimizer.lr", "2e-5")]),
    RecipeEntry("dpo", PreferenceRecipe.self, "a language model learns which of two answers is better"),
    RecipeEntry(
      "orpo", PreferenceRecipe.self, "the same without a reference, beside the better answers themselves",
      presets: [("method", "orpo")]),
    RecipeEntry(
      "simpo", PreferenceRecipe.self, "the same without a reference, by means over tokens and a margin",
      presets: [("method", "cpo"), ("cpo.lossType", "simpo"), ("cpo.cpoAlpha", "0"), ("cpo.beta", "2")]),
    RecipeEntry("cpo", PreferenceRecipe.self, "the same without a reference", presets: [("method", "cpo")]),
    RecipeEntry(
      "kto", PreferenceRecipe.self, "a language model learns which answers are liked",
      presets: [("method", "kto"), ("loop.batchSize", "4"), ("loop.accumulate", "2")]),
    RecipeEntry("reward", RewardModelRecipe.self),
    RecipeEntry("grpo", GroupPolicyRecipe.self),
    RecipeEntry("ppo", ProximalPolicyRecipe.self),
    RecipeEntry("distillation", DistillationRecipe.self),
    RecipeEntry("embeddings", SentenceEmbeddingRecipe.self),
    RecipeEntry("classification", ClassificationRecipe.self),
  ]
}
