import ApusCore
import CKernels

/// Chooses tokens by what a model gives them: processes scores, then takes the best or draws.
final class TokenChooser {
  /// Scores of the last step; those of a greedy search without processors only if somebody asks for them.
  let scores = ScoreRows()
  private let configuration: GenerationConfiguration
  private let extras: GenerationExtras
  private let promptLength: Int
  private let sources: [[Int]]
  private let constraint: ConstraintRows?
  private let generator: Generator
  private var pipeline: ScorePipeline?
  /// Logarithms of probabilities before processing.
  private let raw = ScoreRows()

  init(
    _ configuration: GenerationConfiguration, _ extras: GenerationExtras, promptLength: Int, sources: [[Int]], rows: Int
  ) {
    self.configuration = configuration
    self.extras = extras
    self.promptLength = promptLength
    self.sources = sources
    constraint = extras.constraint.map { ConstraintRows($0, rows: rows, ends: configuration.eosTokenIds) }
    generator = configuration.seed.map { Generator(seed: 0).manualSeed($0) } ?? .default
  }

  /// A token for each row of `logits`, `[rows, vocabulary]`, behind its text.
  func choose(_ logits: Tensor, _ text: (Int) -> TextSoFar) throws(TensorError) -> [Int] {
    let pipeline = try pipeline(vocabulary: logits.size(-1))
    if configuration.logProbabilities != nil {
      try raw.take(logits)
      raw.normalise()
    }
    if pipeline.isEmpty, constraint == nil, !configuration.doSample, !configuration.outputScores {
      return bestTokens(logits)
    }
    try process(logits, text)
    return configuration.doSample ? generator.drawTokens(scores.all, rows: scores.rows) : scores.best()
  }

  /// Leaves the processed ``scores`` of `logits`.
  func process(_ logits: Tensor, logProbabilities: Bool = false, _ text: (Int) -> TextSoFar) throws(TensorError) {
    let pipeline = try pipeline(vocabulary: logits.size(-1))
    try scores.take(logits)
    if logProbabilities { scores.normalise() }
    if pipeline.isEmpty, constraint == nil { return }
    for row in 0..<scores.rows {
      pipeline.process(scores[row], text(row)) { self.constraint?.restrict($0, row: row) }
    }
  }

  /// Goes on behind a token; why the text ends, if the constraint says so.
  func advance(_ row: Int, _ token: Int) -> FinishReason? { constraint?.advance(row, token) }

  /// Makes row i what row `rows[i]` was.
  func reorder(_ rows: [Int]) { constraint?.reorder(rows) }

  /// Different places of `weights`, drawn.
  func drawPlaces(_ weights: UnsafeMutableBufferPointer<Float>, _ count: Int) -> [Int] {
    generator.drawPlaces(weights, count)
  }

  /// Of the last step, before processing.
  func logProbability(_ token: Int, _ row: Int) -> TokenLogProbability {
    TokenLogProbability(token, UnsafeBufferPointer(raw[row]), alternatives: configuration.logProbabilities ?? 0)
  }

  private func pipeline(vocabulary: Int) throws(TensorError) -> ScorePipeline {
    if let pipeline { return pipeline }
    let context = ScoreContext(promptLength: promptLength, sources: sources, vocabulary: vocabulary)
    let made = try ScorePipeline(configuration, context, custom: extras.processors)
    pipeline = made
    return made
  }
}

extension TokenLogProbability {
  /// What `values`, logarithms of the probabilities of all tokens, say of one.
  init(_ token: Int, _ values: UnsafeBufferPointer<Float>, alternatives count: Int) {
    let places = topIndices(values, min(count, values.count))
    self.init(
      token: token, logProbability: values.indices.contains(token) ? values[token] : -.infinity,
      alternatives: places.map { .init(token: $0, logProbability: values[$0]) })
  }
}

/// The place of the largest of each row of `logits`, `[rows, vocabulary]` in rows, read where it lies.
private func bestTokens(_ logits: Tensor) -> [Int] {
  let dense = logits.resolved
  let start = dense.body.data.assumingMemoryBound(to: Float.self)
  let (rows, vocabulary) = (dense.size(0), dense.size(1))
  return withExtendedLifetime(dense) { (0..<rows).map { ck_argmax_f32(start + $0 * vocabulary, vocabulary) } }
}
