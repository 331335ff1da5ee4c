import ApusCore
import CKernels

/// Scores of the next token, `[rows, vocabulary]`, in memory of their own that steps use again.
final class ScoreRows: @unchecked Sendable {
  private(set) var rows = 0
  private(set) var vocabulary = 0
  private var memory: UnsafeMutableBufferPointer<Float> = .init(start: nil, count: 0)

  deinit { memory.deallocate() }

  /// All rows.
  var all: UnsafeMutableBufferPointer<Float> { .init(rebasing: memory[0..<rows * vocabulary]) }

  subscript(row: Int) -> UnsafeMutableBufferPointer<Float> {
    .init(rebasing: memory[row * vocabulary..<(row + 1) * vocabulary])
  }

  /// Takes the last position of `logits`, `[rows, (length,) vocabulary]`.
  func take(_ logits: Tensor) throws(TensorError) {
    let last = try lastLogits(logits)
    (rows, vocabulary) = (last.size(0), last.size(1))
    reserve(rows * vocabulary)
    let dense = last.resolved
    if let start = memory.baseAddress {
      start.update(from: dense.body.data.assumingMemoryBound(to: Float.self), count: rows * vocabulary)
    }
    withExtendedLifetime(dense) {}
  }

  /// Makes logarithms of probabilities.
  func normalise() {
    if let start = memory.baseAddress { ck_log_softmax_f32(start, start, rows, vocabulary) }
  }

  /// The place of the largest score of each row.
  func best() -> [Int] { (0..<rows).map { ck_argmax_f32(self[$0].baseAddress, vocabulary) } }

  /// A copy as a tensor.
  func tensor() -> Tensor { Tensor(Array(all), shape: [rows, vocabulary]) }

  private func reserve(_ count: Int) {
    guard count > memory.count else { return }
    memory.deallocate()
    memory = .allocate(capacity: count)
    memory.initialize(repeating: 0)
  }
}

/// The last position of `logits`, `[rows, (length,) vocabulary]`, as float32 `[rows, vocabulary]` in rows.
func lastLogits(_ logits: Tensor) throws(TensorError) -> Tensor {
  guard (2...3).contains(logits.rank), logits.size(-1) > 0, logits.rank == 2 || logits.size(1) > 0 else {
    throw TensorError(
      .shape, "generate", "a model must give logits [rows, positions, vocabulary], and gave \(logits.shape)")
  }
  let last =
    logits.rank == 2
    ? logits
    : logits.size(1) == 1 ? logits.reshape([logits.size(0), logits.size(2)]) : logits.select(1, logits.size(1) - 1)
  return last.to(.float32).contiguous()
}

/// What `configuration` makes of one step's `logits`, `[rows, vocabulary]`, behind the tokens `texts`.
/// - Parameters:
///   - padding: how many of the first tokens of each row are padding; empty: none.
///   - sources: the tokens of the prompts.
package func processedScores(
  _ configuration: GenerationConfiguration, _ logits: Tensor, texts: [[Int]], padding: [Int], sources: [[Int]]
) throws(TensorError) -> Tensor {
  let scores = ScoreRows()
  try scores.take(logits)
  let context = ScoreContext(
    promptLength: texts.first?.count ?? 0, sources: sources, vocabulary: scores.vocabulary)
  let pipeline = try ScorePipeline(configuration, context)
  for row in 0..<min(scores.rows, texts.count) {
    let text = TextSoFar(
      ids: texts[row], promptLength: context.promptLength, padding: padding.isEmpty ? 0 : padding[row], prompt: row)
    pipeline.process(scores[row], text)
  }
  return scores.tensor()
}
