import Apus

// The larger networks of the suite, written as a user writes them.

/// A convolution without a bias and a batch norm.
private final class NormedConvolution: Layer {
  let convolution: Conv2d
  let norm: BatchNorm2d

  init(_ inputs: Int, _ outputs: Int, _ kernel: Int, _ stride: Int = 1) {
    convolution = Conv2d(inputs, outputs, kernel, stride: stride, padding: kernel / 2, bias: false)
    norm = BatchNorm2d(outputs)
  }

  func forward(_ x: Tensor) -> Tensor { norm(convolution(x)) }
}

/// Convolutions around which the input goes unchanged, or through one of its own where the shape changes.
private final class Residual: Layer {
  let layers: [NormedConvolution]
  let shortcut: NormedConvolution?

  /// Two convolutions of 3 x 3.
  init(basic inputs: Int, _ outputs: Int, _ stride: Int) {
    layers = [NormedConvolution(inputs, outputs, 3, stride), NormedConvolution(outputs, outputs, 3)]
    shortcut = stride != 1 || inputs != outputs ? NormedConvolution(inputs, outputs, 1, stride) : nil
  }
  /// Three convolutions, that of 3 x 3 between those of 1 x 1 over few channels.
  init(bottleneck inputs: Int, _ width: Int, _ stride: Int) {
    layers = [
      NormedConvolution(inputs, width, 1), NormedConvolution(width, width, 3, stride),
      NormedConvolution(width, 4 * width, 1),
    ]
    shortcut = stride != 1 || inputs != 4 * width ? NormedConvolution(inputs, 4 * width, 1, stride) : nil
  }

  func forward(_ x: Tensor) -> Tensor {
    var y = x
    for (i, layer) in layers.enumerated() { y = i < layers.count - 1 ? layer(y).relu() : layer(y) }
    return (y + (shortcut?(x) ?? x)).relu()
  }
}

/// A residual network: the small one for pictures of 32 x 32, the one of 50 layers for 224 x 224.
final class ResNet: Layer {
  private let stem: NormedConvolution
  private let pool: MaxPool2d?
  private let blocks: Sequential
  private let scores: Linear

  init(layers: Int) {
    let isSmall = layers == 18
    stem = isSmall ? NormedConvolution(3, 64, 3) : NormedConvolution(3, 64, 7, 2)
    pool = isSmall ? nil : MaxPool2d(3, stride: 2, padding: 1)
    var (made, channels): ([any Layer], Int) = ([], 64)
    let counts = isSmall ? [2, 2, 2, 2] : [3, 4, 6, 3]
    for (stage, count) in counts.enumerated() {
      for i in 0..<count {
        let (width, stride) = (64 << stage, stage > 0 && i == 0 ? 2 : 1)
        made.append(
          isSmall ? Residual(basic: channels, width, stride) : Residual(bottleneck: channels, width, stride))
        channels = isSmall ? width : 4 * width
      }
    }
    blocks = Sequential(made)
    scores = Linear(channels, isSmall ? 10 : 1000)
    load(namedParameters()) { name, shape in
      switch shape.count {
      case 4: .convolution
      case 2: .linear
      default: name.hasSuffix("bias") ? .zeros : .ones
      }
    }
  }

  func forward(_ x: Tensor) -> Tensor {
    let y = stem(x).relu()
    return scores(blocks(pool?(y) ?? y).mean([2, 3]))
  }
}

/// Draws of a transformer by shape: matrices of small numbers, vectors that are weights or biases by turns.
private func transformerDraw(_ name: String, _ shape: [Int]) -> Draw {
  if shape.count == 2 { return name.lowercased().contains("embedding") ? .smallTable : .smallLinear }
  return name.hasSuffix("bias") ? .zeros : .ones
}

/// Self-attention and two linear layers, each after a layer norm and added to what came in.
private final class GPTBlock: Layer {
  let norm1: LayerNorm
  let qkv, projection: Linear
  let norm2: LayerNorm
  let wide, narrow: Linear
  let heads: Int

  init(_ width: Int, _ heads: Int) {
    self.heads = heads
    norm1 = LayerNorm(width)
    qkv = Linear(width, 3 * width)
    projection = Linear(width, width)
    norm2 = LayerNorm(width)
    wide = Linear(width, 4 * width)
    narrow = Linear(4 * width, width)
  }

  /// Queries, keys and values of `x`, `[batch, heads, positions, width]`.
  private func split(_ x: Tensor) -> [Tensor] {
    let (batch, positions, width) = (x.shape[0], x.shape[1], x.shape[2])
    return qkv(norm1(x)).split(width, dim: 2).map {
      $0.view(batch, positions, heads, width / heads).transpose(1, 2)
    }
  }
  private func rest(_ x: Tensor, _ attended: Tensor) -> Tensor {
    let y = x + projection(attended.transpose(1, 2).reshape(x.shape))
    return y + narrow(gelu(wide(norm2(y)), approximate: .tanh))
  }

  func forward(_ x: Tensor) -> Tensor {
    let parts = split(x)
    return rest(x, scaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: true))
  }

  /// One position, whose key and value are kept in `cache`.
  func step(_ x: Tensor, _ position: Int, _ cache: inout (keys: Tensor, values: Tensor)) -> Tensor {
    let parts = split(x)
    cache.keys[0..., 0..., position] = parts[1].squeeze(2)
    cache.values[0..., 0..., position] = parts[2].squeeze(2)
    let (keys, values) = (cache.keys[0..., 0..., 0...position], cache.values[0..., 0..., 0...position])
    return rest(x, scaledDotProductAttention(parts[0], keys, values))
  }
}

/// A language model of the GPT family.
final class GPT: Layer {
  private let tokenEmbedding, positionEmbedding: Embedding
  private let blocks: ModuleList
  private let norm: LayerNorm
  private let head: Linear?

  init(layers: Int, width: Int, heads: Int, vocabulary: Int, context: Int, isTied: Bool) {
    tokenEmbedding = Embedding(vocabulary, width)
    positionEmbedding = Embedding(context, width)
    blocks = ModuleList((0..<layers).map { _ in GPTBlock(width, heads) })
    norm = LayerNorm(width)
    head = isTied ? nil : Linear(width, vocabulary, bias: false)
    load(namedParameters(), transformerDraw)
  }

  func forward(_ tokens: Tensor) -> Tensor {
    var x = tokenEmbedding(tokens) + positionEmbedding.weight[0..<tokens.shape[1]]
    for case let block as GPTBlock in blocks { x = block(x) }
    return scores(norm(x)).flatten(0, 1)
  }
  private func scores(_ x: Tensor) -> Tensor { head?(x) ?? linear(x, tokenEmbedding.weight) }

  /// Keys and values of `positions` positions for every block.
  func cache(_ positions: Int, heads: Int, width: Int) -> [(keys: Tensor, values: Tensor)] {
    blocks.map { _ in
      (Tensor.zeros([1, heads, positions, width]), Tensor.zeros([1, heads, positions, width]))
    }
  }

  /// The likeliest token after `token`, which stands at `position`.
  func next(_ token: Tensor, _ position: Int, _ cache: inout [(keys: Tensor, values: Tensor)]) -> Tensor {
    var x = tokenEmbedding(token) + positionEmbedding.weight[position..<position + 1]
    for (i, block) in blocks.enumerated() {
      if let block = block as? GPTBlock { x = block.step(x, position, &cache[i]) }
    }
    return scores(norm(x)).argmax(-1)
  }
}

private final class BERTBlock: Layer {
  let query, key, value, output: Linear
  let norm1: LayerNorm
  let wide, narrow: Linear
  let norm2: LayerNorm

  init(_ width: Int) {
    (query, key, value, output) = (
      Linear(width, width), Linear(width, width), Linear(width, width), Linear(width, width)
    )
    norm1 = LayerNorm(width, eps: 1e-12)
    wide = Linear(width, 4 * width)
    narrow = Linear(4 * width, width)
    norm2 = LayerNorm(width, eps: 1e-12)
  }

  func forward(_ x: Tensor) -> Tensor {
    let (batch, positions) = (x.shape[0], x.shape[1])
    let parts = [query, key, value].map { $0(x).view(batch, positions, 12, 64).transpose(1, 2) }
    let attended = scaledDotProductAttention(parts[0], parts[1], parts[2]).transpose(1, 2).reshape(x.shape)
    let y = norm1(x + output(attended))
    return norm2(y + narrow(gelu(wide(y))))
  }
}

/// The base size of BERT.
final class BERT: Module {
  private let tokenEmbedding = Embedding(30522, 768)
  private let positionEmbedding = Embedding(512, 768)
  private let typeEmbedding = Embedding(2, 768)
  private let norm = LayerNorm(768, eps: 1e-12)
  private let blocks = Sequential((0..<12).map { _ in BERTBlock(768) })
  private let pool = Linear(768, 768)

  init() { load(namedParameters(), transformerDraw) }

  func callAsFunction(_ tokens: Tensor) -> (sequence: Tensor, pooled: Tensor) {
    let positions = positionEmbedding.weight[0..<tokens.shape[1]]
    let x = blocks(norm(tokenEmbedding(tokens) + positions + typeEmbedding.weight[0]))
    return (x, pool(x[0..., 0]).tanh())
  }
}

var inferenceRows: [Row] {
  [1, 8].map { batch in
    inferenceRow("infer.bert_b\(batch)") { executor in
      let model = BERT()
      model.eval()
      let tokens = integerData(1, [batch, 128], 30522)
      let forward = { @Sendable (x: Tensor) in
        let (sequence, pooled) = model(x)
        return [sequence, pooled]
      }
      let compiled = executor.map { compile(executor: $0, forward) }
      let call = { noGrad { compiled.map { $0(tokens) } ?? forward(tokens) } }
      return Row.Prepared({ _ = call() }, check: { call().map { $0.abs().mean().item() } })
    }
  } + [
    inferenceRow("infer.resnet50_b1") { executor in
      let model = ResNet(layers: 50)
      model.eval()
      let picture = channelsLast(uniformData(1, [1, 3, 224, 224], -1, 1))
      let forward = { @Sendable (x: Tensor) in model(x) }
      let compiled = executor.map { compile(executor: $0, forward) }
      let call = { noGrad { compiled.map { $0(picture) } ?? forward(picture) } }
      return Row.Prepared({ _ = call() }, check: { [call().abs().mean().item()] })
    },
    Row("infer.gpt2_decode", .tokens(64), .train) {
      let model = GPT(layers: 12, width: 768, heads: 12, vocabulary: 50257, context: 1024, isTied: true)
      model.eval()
      let prompt = integerData(1, [1, 16], 50257)
      func tokens() -> (seconds: Double, tokens: [Int]) {
        noGrad {
          var cache = model.cache(128, heads: 12, width: 64)
          var token = prompt
          for i in 0..<16 { token = model.next(prompt[0..., i..<i + 1], i, &cache) }
          let start = now()
          var read: [Int] = []
          for i in 16..<80 {
            read.append(token.item())
            token = model.next(token, i, &cache)
          }
          _ = token.item() as Int
          return (now() - start, read)
        }
      }
      var prepared = Row.Prepared.timed { tokens().seconds }
      prepared.check = { tokens().tokens.prefix(4).map(Double.init) }
      return prepared
    },
  ]
}

private func inferenceRow(_ name: String, _ prepare: @escaping (CompileExecutor?) -> Row.Prepared) -> Row {
  Row(name, .milliseconds, .train) { prepare(nil) }.compiled { prepare($0) }
}
