import ApusCore
import ApusFormats
import ApusModels
import Testing

import ApusRecipes

/// What TRL made of preferences, feedback, rewards and policies (scripts/record-preferences.py).
enum PreferenceFixture {
  static let folder: String = {
    var parts = #filePath.split(separator: "/")
    parts[parts.count - 1] = "Recorded"
    return "/" + parts.joined(separator: "/")
  }()

  static let recorded: JSON = (try? JSON(file: "\(folder)/preferences.json")) ?? .null

  /// The tiny model that was trained.
  static func model() throws -> any PretrainedModel { try AutoModel.load("\(folder)/tiny-llama") }

  /// Rows padded on the right with 0.
  static func tokens(_ rows: [(prompt: [Int], answer: [Int])]) -> TokenBatch {
    let length = rows.map { $0.prompt.count + $0.answer.count }.max() ?? 0
    func padded(_ row: [Int], _ filler: Int) -> [Int64] {
      (row + Array(repeating: filler, count: length - row.count)).map { Int64($0) }
    }
    let shape = [rows.count, length]
    return TokenBatch(
      inputIds: Tensor(rows.flatMap { padded($0.prompt + $0.answer, 0) }, shape: shape),
      labels: Tensor(
        rows.flatMap { padded(Array(repeating: -100, count: $0.prompt.count) + $0.answer, -100) }, shape: shape),
      attentionMask: Tensor(
        rows.flatMap { padded(Array(repeating: 1, count: $0.prompt.count + $0.answer.count), 0) }, shape: shape),
      answerTokens: rows.map(\.answer.count).reduce(0, +))
  }

  /// The batches of pairs.
  static var pairs: [PreferenceBatch] {
    recorded["pairs"]?.array?.map { group in
      let examples = group.array ?? []
      let rows = ["chosen_ids", "rejected_ids"].flatMap { name in
        examples.map { ($0["prompt_ids"]?.ints ?? [], $0[name]?.ints ?? []) }
      }
      return PreferenceBatch(tokens: tokens(rows), pairs: examples.count)
    } ?? []
  }

  /// The batches of feedback.
  static var feedback: [FeedbackBatch] {
    recorded["feedback"]?.array?.map { group in
      let examples = group.array ?? []
      let rows = examples.map { ($0["prompt_ids"]?.ints ?? [], $0["completion_ids"]?.ints ?? []) }
      let others = rows.indices.map { (rows[$0].0, rows[($0 + rows.count - 1) % rows.count].1) }
      return FeedbackBatch(
        tokens: tokens(rows), isDesirable: examples.map { $0["label"]?.bool ?? false }, mismatched: tokens(others))
    } ?? []
  }
}

extension JSON {
  var ints: [Int] { array?.compactMap(\.int) ?? [] }
  /// All numbers in it, rows unfolded.
  var flat: [Float] {
    switch self {
    case .array(let items): items.flatMap(\.flat)
    case .int(let value): [Float(value)]
    case .double(let value): [Float(value)]
    case .null: [.nan]
    case .bool, .string, .object: []
    }
  }
  var number: Double { flat.first.map { Double($0) } ?? .nan }
  /// A tensor of a list of numbers, or of lists of equally many.
  var tensor: Tensor {
    var shape: [Int] = []
    var inner = self
    while let items = inner.array, let first = items.first {
      shape.append(items.count)
      inner = first
    }
    return Tensor(flat, shape: shape)
  }
}

/// Whether two numbers differ by at most `tolerance` of the larger, or by almost nothing.
func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-5, floor: Double = 1e-6) -> Bool {
  abs(a - b) <= max(tolerance * max(abs(a), abs(b)), floor)
}

/// The greatest difference of two lists of numbers.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
