import Apus
import Foundation

// A small GPT, character by character: what nanoGPT is for words. It reads Jane Austen and goes on in her manner.
//
//   swift run -c release examples char-gpt --steps 500
//
// scripts/peers/char_gpt.py is the same program for PyTorch: the same seed gives the same losses.

/// Each position looks at itself and at those before it, in several ways (heads) side by side.
final class CausalAttention: Layer {
  let heads: Int
  let qkv: Linear
  let project: Linear

  init(_ width: Int, heads: Int) {
    self.heads = heads
    qkv = Linear(width, 3 * width)
    project = Linear(width, width)
  }

  func forward(_ x: Tensor) -> Tensor {
    let (batch, length, width) = (x.size(0), x.size(1), x.size(2))
    // Queries, keys and values of each head: [3, batch, heads, length, width / heads].
    let parts = qkv(x).view(batch, length, 3, heads, width / heads).permute(2, 0, 3, 1, 4)
    let y = F.scaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: true)
    return project(y.transpose(1, 2).reshape(batch, length, width))
  }
}

/// Positions exchange what they know, then each thinks for itself.
final class Block: Layer {
  let norm1: LayerNorm
  let attention: CausalAttention
  let norm2: LayerNorm
  let mlp: Sequential

  init(_ width: Int, heads: Int) {
    norm1 = LayerNorm(width)
    attention = CausalAttention(width, heads: heads)
    norm2 = LayerNorm(width)
    mlp = Sequential(Linear(width, 4 * width), GELU(), Linear(4 * width, width))
  }

  func forward(_ x: Tensor) -> Tensor {
    let x = x + attention(norm1(x))
    return x + mlp(norm2(x))
  }
}

/// From the numbers of characters `[batch, length]` to scores for the character after each, `[batch, length, vocabulary]`.
final class GPT: Layer {
  let tokens: Embedding
  let positions: Embedding
  let blocks: Sequential
  let norm: LayerNorm
  let head: Linear
  let context: Int

  init(vocabulary: Int, context: Int, width: Int, heads: Int, layers: Int) {
    self.context = context
    tokens = Embedding(vocabulary, width)
    positions = Embedding(context, width)
    blocks = Sequential((0..<layers).map { _ in Block(width, heads: heads) })
    norm = LayerNorm(width)
    head = Linear(width, vocabulary, bias: false)
    head.weight = tokens.weight  // one table for what goes in and what comes out
    for (name, p) in namedParameters() {
      if p.dim() == 2 { Init.normal_(p, std: 0.02) } else if name.hasSuffix("bias") { Init.zeros_(p) }
    }
  }

  func forward(_ x: Tensor) -> Tensor {
    let h = tokens(x) + positions(arange(x.size(1), device: x.device))
    return head(norm(blocks(h)))
  }

  /// Goes on after `start`, `[1, length]`. A low temperature makes it careful, and only the `topK` best characters are drawn.
  func generate(_ start: Tensor, _ count: Int, temperature: Double, topK: Int) -> Tensor {
    var text = start
    for _ in 0..<count {
      let window = text[0..., max(0, text.size(1) - context)...]
      let last = self(window)[0..., -1]
      var scores = last / temperature
      let best = scores.topk(min(topK, scores.size(-1))).values
      scores = scores.maskedFill(scores .< best[0..., (-1)...], -Double.infinity)
      let next = multinomial(softmax(scores, dim: -1), 1)
      text = cat([text, next], dim: 1)
    }
    return text
  }
}

/// Trains a ``GPT`` on a text.
public struct CharGPT: Example {
  public static let name = "char-gpt"
  public static let summary = "a GPT that reads Jane Austen's novels and writes on, character by character"
  public static var options: [Option<Self>] {
    [
      Option("steps", \.steps, "steps of the optimiser"), Option("batch", \.batch, "sequences in a step"),
      Option("context", \.context, "characters that it looks back"),
      Option("width", \.width, "numbers for a character"),
      Option("heads", \.heads, "heads of each attention"), Option("layers", \.layers, "blocks"),
      Option("rate", \.rate, "highest learning rate"), Option("sample", \.sample, "characters to write at the end"),
      Option("temperature", \.temperature, "how daring it writes"),
      Option("top-k", \.topK, "characters to choose from"),
      Option("prompt", \.prompt, "what the text begins with"),
      Option("text", \.text, "a file to read in place of Austen, or 'chapters'"),
      Option("seed", \.seed, "where random numbers start"),
      Option("device", \.device, "where it computes"),
    ]
  }
  public var (steps, batch, context, width, heads, layers) = (2000, 16, 64, 128, 4, 4)
  public var rate = 1e-3
  public var (sample, temperature, topK, prompt, text) = (400, 0.8, 20, "It is a truth", "")
  public var seed = 0
  public var device = getDefaultDevice().description
  public init() {}

  /// What the training gave.
  public struct Outcome: Sendable {
    /// The loss of each step, in nats for a character.
    public var losses: [Double]
    /// The mean loss on a part of the text that was not trained on.
    public var validationLoss: Double
    /// What it wrote.
    public var written: String
  }

  public func run() throws -> Outcome {
    guard heads > 0, width % heads == 0 else {
      throw ExampleError("\(width) numbers do not divide into \(heads) heads")
    }
    let characters = Array(try reading().unicodeScalars)
    let vocabulary = Set(characters).sorted()
    let number = Dictionary(uniqueKeysWithValues: zip(vocabulary, 0...))
    let device = Device(device)
    guard Devices.available.contains(device) else { throw ExampleError("there is no device \(device) here") }
    let data = Tensor(characters.map { number[$0]! }).to(device)
    let cut = data.count * 9 / 10
    let (training, held) = (data[..<cut], data[cut...])
    guard held.count > context + 1 else { throw ExampleError("a text of \(data.count) characters is too short") }

    manualSeed(seed)
    let model = GPT(vocabulary: vocabulary.count, context: context, width: width, heads: heads, layers: layers)
    model.to(device)
    let matrices = model.parameters().filter { $0.dim() > 1 }
    let vectors = model.parameters().filter { $0.dim() <= 1 }
    let optimizer = AdamW(
      [ParameterGroup(matrices, weightDecay: 0.1), ParameterGroup(vectors, weightDecay: 0)], lr: rate,
      betas: (0.9, 0.99))
    let schedule = CosineAnnealingLR(optimizer, tMax: max(1, steps), etaMin: rate / 10)
    print(
      "\(data.count) characters, \(vocabulary.count) different; \(model.parameters().map(\.count).reduce(0, +)) weights"
    )

    // Short pieces of the text from anywhere, and the same pieces one character later.
    func pieces(of data: Tensor, _ generator: Generator = .default) -> (Tensor, Tensor) {
      let starts = randint(0, data.count - context, [batch], generator: generator).to(device)
      let places = starts.unsqueeze(1) + arange(context, device: device)
      return (data[places], data[places + 1])
    }
    func loss(_ x: Tensor, _ y: Tensor) -> Tensor { crossEntropy(model(x).flatten(0, 1), y.flatten()) }

    var losses: [Double] = []
    let clock = ContinuousClock()
    var begin = clock.now
    for step in 1...max(1, steps) {
      let (x, y) = pieces(of: training)
      let value = loss(x, y)
      optimizer.zeroGrad()
      value.backward()
      clipGradNorm(model.parameters(), 1.0)
      optimizer.step()
      schedule.step()
      losses.append(value.item())
      if step == 1 { begin = clock.now }  // the first step is slower: memory is made, kernels are chosen
      if isReported(step, of: steps) {
        let time = step == 1 ? "" : "  \(fixed((clock.now - begin) / .milliseconds(step - 1), 1)) ms a step"
        print("step \(step)/\(steps)  loss \(fixed(losses[step - 1], 4))\(time)")
      }
    }

    model.eval()
    return noGrad {
      let generator = Generator(seed: 1)
      let checks = (0..<10).map { _ in
        let (x, y) = pieces(of: held, generator)
        return loss(x, y).item()
      }
      let validation = checks.reduce(0, +) / 10
      print("loss on the last tenth of the text, which it has not read: \(fixed(validation, 4))\n")
      let start = Tensor(prompt.unicodeScalars.map { number[$0] ?? 0 }).unsqueeze(0).to(device)
      let ids: [[Int]] = model.generate(start, sample, temperature: temperature, topK: topK).array()
      let written = String(String.UnicodeScalarView(ids[0].map { vocabulary[$0] }))
      print(written)
      return Outcome(losses: losses, validationLoss: validation, written: written)
    }
  }

  /// The text that `text` names.
  func reading() throws -> String {
    if text == "chapters" { return firstChapters }
    if !text.isEmpty { return try String(contentsOfFile: text, encoding: .utf8) }
    if let novels = try Novels.text() { return novels }
    print("The novels are not installed (scripts/example-data.sh brings them): reading two chapters of one.")
    return firstChapters
  }
}
