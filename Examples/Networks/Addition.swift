import Apus

// Sums of two numbers as a translation, from the characters of the question to the digits of the answer: an encoder that reads
// and a decoder that writes, PyTorch's `nn.Transformer`. The answer is written from the ones upwards, as one does on paper.
//
//   swift run -c release examples addition

/// From questions and the beginnings of their answers to scores for the digit after each.
@Module
final class Adder {
  let symbols: Embedding  // ten digits, the plus, and what stands before an answer
  let questionPlaces: Tensor
  let answerPlaces: Tensor
  let transformer: Transformer
  let head: Linear
  static let (plus, start) = (10, 11)

  init(digits: Int, width: Int) {
    symbols = Embedding(12, width)
    questionPlaces = parameter(randn([2 * digits + 1, width]))
    answerPlaces = parameter(randn([digits + 1, width]))
    transformer = Transformer(
      width, 4, numEncoderLayers: 2, numDecoderLayers: 2, dimFeedforward: 2 * width, dropout: 0, batchFirst: true,
      normFirst: true)
    head = Linear(width, 10)
  }

  func forward(_ question: Tensor, _ answer: Tensor) -> Tensor {
    let length = answer.size(1)
    let mask = Transformer.generateSquareSubsequentMask(length)  // a digit is not told by itself or by those after it
    let written = symbols(answer) + answerPlaces[..<length]
    return head(transformer(symbols(question) + questionPlaces, written, tgtMask: mask))
  }

  /// The answers, `[questions, digits + 1]`, digit after digit.
  func answer(_ question: Tensor) -> Tensor {
    var answer = full([question.size(0), 1], Self.start)
    for _ in 0..<answerPlaces.size(0) {
      let next = self(question, answer)[0..., -1].argmax(1)
      answer = cat([answer, next.unsqueeze(1)], dim: 1)
    }
    return answer[0..., 1...]
  }
}

/// Trains an adder on most pairs of numbers and tests it on the others.
public struct Addition: Example {
  public static let name = "addition"
  public static let summary = "a Transformer that learns to add"
  public static var options: [Option<Self>] {
    [
      Option("digits", \.digits, "digits of a number, 1 to 3"), Option("steps", \.steps, "steps of the optimiser"),
      Option("batch", \.batch, "sums in a step"), Option("width", \.width, "numbers for a symbol"),
      Option("rate", \.rate, "highest learning rate"), Option("seed", \.seed, "where random numbers start"),
    ]
  }
  public var (digits, steps, batch, width, rate, seed) = (2, 600, 128, 64, 2e-3, 0)
  public init() {}

  /// What the training gave.
  public struct Outcome: Sendable {
    /// The loss of each step.
    public var losses: [Double]
    /// Which share of the sums that were not trained on is right in all digits.
    public var accuracy: Double
  }

  public func run() throws -> Outcome {
    guard (1...3).contains(digits) else { throw ExampleError("numbers have 1 to 3 digits here, and not \(digits)") }
    manualSeed(seed)
    let limit = [10, 100, 1000][digits - 1]
    let pairs = randperm(limit * limit)
    let (a, b) = (floorDivide(pairs, limit), pairs % limit)
    let questions = cat(
      [symbols(a, digits).flip(1), fullLike(a, Adder.plus).unsqueeze(1), symbols(b, digits).flip(1)], dim: 1)
    let answers = symbols(a + b, digits + 1)
    let begun = cat([fullLike(a, Adder.start).unsqueeze(1), answers[0..., ..<digits]], dim: 1)
    let held = min(pairs.count / 10, 1000)

    let model = Adder(digits: digits, width: width)
    let optimizer = AdamW(model.parameters(), lr: rate)
    let schedule = OneCycleLR(optimizer, maxLR: rate, totalSteps: max(1, steps))
    print("\(pairs.count - held) sums to learn from, \(held) to test with")
    var losses: [Double] = []
    for step in 1...max(1, steps) {
      let chosen = randint(held, pairs.count, [batch])
      let scores = model(questions[chosen], begun[chosen])
      let loss = crossEntropy(scores.flatten(0, 1), answers[chosen].flatten())
      optimizer.zeroGrad()
      loss.backward()
      clipGradNorm(model.parameters(), 1.0)
      optimizer.step()
      schedule.step()
      losses.append(loss.item())
      if isReported(step, of: steps) { print("step \(step)/\(steps)  loss \(fixed(losses[step - 1], 4))") }
    }

    model.eval()
    return noGrad {
      let found = model.answer(questions[..<held])
      let right = found.eq(answers[..<held]).all(dim: 1)
      let accuracy = right.to(.float32).mean().item()
      let written: [[Int]] = found[..<min(5, held)].array()
      for (i, ones) in written.enumerated() {
        let sum = ones.reversed().reduce(0) { $0 * 10 + $1 }
        print("\(a[i].item(as: Int.self)) + \(b[i].item(as: Int.self)) = \(sum)\(right[i].item() ? "" : "  (wrong)")")
      }
      print("\(fixed(100 * accuracy, 1)) % of the sums that it has not seen are right")
      return Outcome(losses: losses, accuracy: accuracy)
    }
  }

  /// The digits of whole numbers from the ones upwards, `[numbers, count]`.
  private func symbols(_ numbers: Tensor, _ count: Int) -> Tensor {
    stack([1, 10, 100, 1000].prefix(count).map { floorDivide(numbers, $0) % 10 }, dim: 1)
  }
}
