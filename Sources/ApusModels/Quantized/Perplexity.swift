import ApusCore
import ApusFunctional
#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How well a model foretells a text: `exp` of the mean loss per token, over windows of `context` tokens one behind the other, of
/// which each token but the first is foretold from those before it in its window. A last window of one token counts nothing.
///
/// - Parameters:
///   - ids: the tokens of the text.
///   - context: tokens of a window, at least 2.
/// - Returns: the perplexity and how many tokens were foretold; NaN of none.
public func perplexity(
  _ model: any PretrainedModel, ids: [Int], context: Int = 512
) -> (perplexity: Double, tokens: Int) {
  let context = max(2, context)
  var (sum, count) = (0.0, 0)
  for start in stride(from: 0, to: ids.count, by: context) {
    let part = ids[start..<min(ids.count, start + context)]
    guard part.count > 1 else { continue }
    var inputs = ModelInputs()
    inputs.inputIds = Tensor(part.map { Int64($0) }).unsqueeze(0)
    guard let logits = noGrad({ model(inputs).logits }) else { continue }
    let scores = logits.select(0, 0).narrow(0, 0, part.count - 1)
    let loss = noGrad { crossEntropy(scores.to(.float32), Tensor(part.dropFirst().map { Int64($0) }), reduction: .sum) }
    sum += loss.item()
    count += part.count - 1
  }
  return (count == 0 ? .nan : exp(sum / Double(count)), count)
}
