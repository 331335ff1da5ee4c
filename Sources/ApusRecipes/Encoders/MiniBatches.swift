import ApusCore
import ApusModels

extension TextEmbedder {
  /// The vectors of each column of texts, `[rows, features]`, with their gradient to the model, in the memory of `miniBatch` texts:
  /// what the gradient needs is not kept, and made again mini-batch by mini-batch when it is asked for. A loss that compares all
  /// rows of a large batch (``MultipleNegativesRankingLoss``) so costs one forward pass more and no memory (the `Cached...` losses of
  /// `sentence-transformers`).
  ///
  /// Gao and others, 2021: Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup (GradCache).
  /// - Parameter miniBatch: how many texts at once; nil: all of a column, with all that the gradient needs.
  public func embed(_ columns: [ModelInputs], miniBatch: Int? = nil) -> [Tensor] {
    columns.map { column in
      guard let miniBatch = miniBatch.map({ max(1, $0) }), let rows = column.inputIds?.size(0), rows > miniBatch else {
        return self(column)
      }
      let parts = stride(from: 0, to: rows, by: miniBatch).map { start -> Tensor in
        let part = column.rows(start..<min(rows, start + miniBatch))
        return checkpoint { self(part) }
      }
      return cat(parts, dim: 0)
    }
  }
}

extension ModelInputs {
  /// Some of the rows of encoded texts, without padding that all of them have.
  fileprivate func rows(_ rows: Range<Int>) -> ModelInputs {
    var part = ModelInputs()
    func rowsOf(_ x: Tensor?) -> Tensor? { x.map { $0.narrow(0, rows.lowerBound, rows.count) } }
    part.inputIds = rowsOf(inputIds)
    part.tokenTypeIds = rowsOf(tokenTypeIds)
    guard let mask = rowsOf(attentionMask) else { return part }
    let length = max(1, Int(mask.ne(0).to(.int64).sum([1]).amax([0]).item()))
    // Only what lies behind all texts may go.
    let isFilledBehind = mask.narrow(1, 0, 1).ne(0).all().item() != 0
    let kept = isFilledBehind ? min(length, mask.size(1)) : mask.size(1)
    part.inputIds = part.inputIds.map { $0.narrow(1, 0, kept) }
    part.tokenTypeIds = part.tokenTypeIds.map { $0.narrow(1, 0, kept) }
    let cut = mask.narrow(1, 0, kept)
    part.attentionMask = cut.ne(0).all().item() != 0 ? nil : cut
    return part
  }
}
