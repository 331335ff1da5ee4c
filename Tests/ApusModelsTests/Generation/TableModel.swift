import Apus

/// A model whose scores depend on the last token alone: row i of a table stands behind token i.
struct TableModel: GenerativeModel {
  let table: [[Float]]

  init(_ table: [[Float]]) { self.table = table }

  /// Scores without a pattern.
  init(vocabulary: Int) {
    table = (0..<vocabulary).map { i -> [Float] in
      (0..<vocabulary).map { j -> Float in
        let mixed: Int = j * 7 + i * 13 + j * i * 5
        return Float(mixed % 17) * 0.31
      }
    }
  }

  func forward(_ inputs: ModelInputs) -> ModelOutput {
    var output = ModelOutput()
    guard let ids = inputs.inputIds else { return output }
    let tokens = ids.array(as: Int64.self).map { Int($0) }
    let values = tokens.flatMap { table[$0] }
    output.logits = Tensor(values, shape: [ids.size(0), ids.size(1), table.count])
    return output
  }

  func makeCache(capacity: Int?) -> (any ModelCache)? { nil }
}
