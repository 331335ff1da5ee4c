import ApusCore
import ApusTrain

/// How models are evaluated.
public struct EvaluationSettings: RecipeSettings {
  @Field("what is asked of the models; null: as the names of the columns say") public var kind: EvaluationKind? = nil
  @Field("other names of columns, such as prompt=question") public var columns: [String] = []
  @Field("only so many lines of the file are read", 1...Int.max) public var limit: Int? = nil
  @Field("the most tokens of a text that are read; null: as many as the model knows positions", 2...Int.max)
  public var context: Int? = nil
  @Field("perplexity: how many tokens further the next window begins; null: as many as it has", 1...Int.max)
  public var stride: Int? = nil
  @Field("perplexity: whether a text's first token is foretold from the token that begins texts")
  public var predictsFirst = true
  @Field("multiple choice: what stands between a prompt and an answer") public var delimiter = " "
  @Field("whether prompts are written as the model's chat template says") public var usesChatTemplate = false
  @Field("with a chat template: what the conversation begins with") public var system = ""
  @Field("generation: how answers are checked, where no column 'check' says") public var check = AnswerCheck.exact
  @Field("generation: what is done to answers before they are compared")
  public var normalizations: [AnswerNormalization] = [.spaces]
  @Field("generation: the program that checks answers, with its arguments") public var program: [String] = []
  @Field("generation: seconds that the program may take", 0.1...86400) public var programSeconds = 10.0
  @Field("generation: the most tokens of an answer", 1...Int.max) public var maxNewTokens = 128
  @Field("generation: texts that end an answer") public var stop: [String] = []
  @Field("generation: scores are divided by it and tokens drawn; 0: the likeliest token is taken", 0...100)
  public var temperature = 0.0
  @Field("how many tokens, padding counted, go through a model at once", 1...Int.max) public var batchTokens = 2048
  @Field("how many draws of the items the intervals come from; 0: none", 0...100_000) public var resamples = 1000
  @Field("the seed of the draws", 0...Int.max) public var seed = 0

  public init() {}
}
