import ApusCore
import ApusModels

extension PairBatch {
  /// Texts column by column, each filled up on the right with `padding`.
  /// - Throws: `TensorError` where examples have different numbers of texts.
  public init(_ examples: [PairExample], padding: Int) throws(TensorError) {
    let count = examples.first?.texts.count ?? 0
    if let other = examples.first(where: { $0.texts.count != count }) {
      throw TensorError(
        .value, "PairBatch", "the examples of a batch have \(count) and \(other.texts.count) texts; give all as many")
    }
    let scores = examples.compactMap(\.score)
    self.init(
      columns: (0..<count).map { column in ModelInputs(examples.map { $0.texts[column] }, padding: padding) },
      scores: scores.count == examples.count && count > 0 ? Tensor(scores, dtype: .float32) : nil)
  }
}

extension LabelledBatch {
  /// Texts with their labels, filled up on the right with `padding`.
  public init(_ examples: [LabelledExample], padding: Int) {
    let numbers = examples.map { example -> Double in
      switch example.label {
      case .index(let index): Double(index)
      case .number(let number): number
      }
    }
    let areClasses = examples.allSatisfy { if case .index = $0.label { true } else { false } }
    self.init(
      inputs: ModelInputs(examples.map(\.encoding), padding: padding),
      labels: areClasses ? Tensor(numbers, dtype: .int64) : Tensor(numbers, dtype: .float32))
  }
}
