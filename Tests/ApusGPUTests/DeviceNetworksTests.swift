import Apus
import ApusCore
import ApusGPU
import Testing

/// Networks as the benchmark has them, small: a device trains them as the host does, and the host is not asked for anything.
@Suite(
  "Networks on a device", .serialized,
  .enabled(if: graphics != nil, "needs a CUDA or OpenCL device; pocl-opencl-icd is one"))
struct DeviceNetworksTests {
  let device = graphics ?? .cpu

  /// A network, its optimiser, and a batch of inputs and classes.
  struct Job: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var isMixed = false
    let make: @Sendable () -> (any Layer, Optimizer)
    let batch: @Sendable () -> (Tensor, Tensor)
  }

  static let jobs = [
    Job(testDescription: "perceptron") {
      let model = Sequential(Linear(30, 40), ReLU(), Linear(40, 20), ReLU(), Linear(20, 10))
      return (model, Adam(model.parameters(), lr: 1e-3))
    } batch: {
      (rand([16, 30]), randint(0, 10, [16]))
    },
    Job(testDescription: "LeNet") {
      let model = Sequential(
        Conv2d(1, 6, kernelSize: 5, padding: 2), ReLU(), MaxPool2d(2), Conv2d(6, 16, kernelSize: 5), ReLU(),
        MaxPool2d(2), Flatten(), Linear(64, 10))
      return (model, SGD(model.parameters(), lr: 0.01, momentum: 0.9))
    } batch: {
      (rand([4, 1, 16, 16]), randint(0, 10, [4]))
    },
    Job(testDescription: "residual network, channels last") {
      let model = SmallResNet()
      return (model, SGD(model.parameters(), lr: 0.05, momentum: 0.9, weightDecay: 5e-4))
    } batch: {
      (rand([4, 8, 8, 3]).permute([0, 3, 1, 2]), randint(0, 10, [4]))
    },
    Job(testDescription: "GPT of characters") {
      let model = SmallGPT()
      return (model, AdamW(model.parameters(), lr: 3e-4, betas: (0.9, 0.95), weightDecay: 0.1))
    } batch: {
      (randint(0, 50, [2, 16]), randint(0, 50, [32]))
    },
    Job(testDescription: "the same in bfloat16", isMixed: true) {
      let model = SmallGPT()
      return (model, AdamW(model.parameters(), lr: 3e-4, betas: (0.9, 0.95), weightDecay: 0.1))
    } batch: {
      (randint(0, 50, [2, 16]), randint(0, 50, [32]))
    },
    Job(testDescription: "language model of two LSTMs") {
      let model = WordModel()
      return (model, Adam(model.parameters(), lr: 1e-3))
    } batch: {
      (randint(0, 60, [4, 7]), randint(0, 60, [28]))
    },
    Job(testDescription: "network of the demo, on its digits") {
      let model = Sequential(
        Conv2d(1, 8, kernelSize: 3, padding: 1, bias: false), BatchNorm2d(8), ReLU(), MaxPool2d(2),
        Conv2d(8, 16, kernelSize: 3, bias: false), BatchNorm2d(16), ReLU(), MaxPool2d(2), Flatten(), Dropout(0.3),
        Linear(16, 10))
      return (model, AdamW(model.parameters(), lr: 8e-3, weightDecay: 0.01))
    } batch: {
      let digits = Digits(train: true)
      return (digits.images[0..<64], digits.labels[0..<64])
    },
  ]

  /// The losses of three steps, and what weights and running statistics have become.
  private static func train(_ job: Job, on device: Device, compiled: Bool) -> (losses: [Double], weights: [Tensor]) {
    manualSeed(3)
    let (model, optimizer) = job.make()
    model.to(device)
    let (x, y) = job.batch()
    let isMixed = job.isMixed
    let step = { @Sendable (x: Tensor, y: Tensor) -> Tensor in
      optimizer.zeroGrad()
      let loss = autocast(.bfloat16, enabled: isMixed) { crossEntropy(model.forward(x), y) }
      loss.backward()
      clipGradNorm(model.parameters(), 1.0)
      optimizer.step()
      return loss.detach()
    }
    let run = compiled ? compile(step) : nil
    let (input, target) = (x.to(device), y.to(device))
    let losses = (0..<3).map { _ in (run?(input, target) ?? step(input, target)).item() }
    return (losses, model.parameters().map { $0.detach() } + model.buffers().map { $0.to(.float32) })
  }

  @Test("A network's losses and weights are those of the host", arguments: jobs)
  func training(job: Job) {
    Devices.missing = .error
    defer { Devices.missing = .copy }
    let here = Self.train(job, on: .cpu, compiled: false)
    // Which way a number is rounded to bfloat16 may depend on the order of a sum: steps of 2^-8 in gradients, of which Adam makes steps of its own.
    let tolerance = job.isMixed ? (loss: 1e-3, weight: 3e-4) : (loss: 1e-4, weight: 1e-4)
    for compiled in [false, true] {
      let there = Self.train(job, on: device, compiled: compiled)
      for (a, b) in zip(there.losses, here.losses) { #expect(abs(a - b) < tolerance.loss * max(1, abs(b))) }
      // Adam divides by the root of squares, which makes small differences of small gradients large: a step is 1e-3 at most.
      for (a, b) in zip(there.weights, here.weights) {
        #expect(a.device == device)
        #expect((a.cpu() - b).abs().mean().item() < tolerance.weight)
      }
    }
  }

  @Test("A model reads sentences both ways and gives what the host gives")
  func encoder() {
    Devices.missing = .error
    defer { Devices.missing = .copy }
    manualSeed(1)
    let model = TransformerEncoder(
      TransformerEncoderLayer(dModel: 24, nhead: 3, dimFeedforward: 48, activation: .gelu, batchFirst: true),
      numLayers: 2)
    model.eval()
    let x = randn([2, 10, 24])
    let here = noGrad { model(x) }
    model.to(device)
    let there = noGrad { model(x.to(device)) }
    #expect(there.device == device && allclose(there.cpu(), here, rtol: 1e-4, atol: 1e-4))
  }

  @Test("A GPT with a cache writes what it writes on the host")
  func decoding() {
    Devices.missing = .error
    defer { Devices.missing = .copy }
    func written(on device: Device) -> [Int] {
      manualSeed(11)
      let model = SmallGPT()
      model.eval()
      let prompt = randint(0, 50, [1, 3])
      model.to(device)
      return noGrad {
        var cache = model.cache(on: device)
        var (token, read): (Tensor, [Int]) = (prompt.to(device), [])
        for position in 0..<12 {
          let input = position < 3 ? prompt[0..., position..<position + 1].to(device) : token
          token = model.next(input, position, &cache)
          if position >= 2 { read.append(token.item()) }
        }
        return read
      }
    }
    #expect(written(on: device) == written(on: .cpu))
  }

  @Test("Eight tasks train side by side on one device, each as by itself")
  func sideBySide() async {
    let device = device
    let losses: @Sendable (Int, Device) -> [Double] = { task, device in
      let generator = Generator(seed: UInt64(task))
      let first = Tensor((randn([12, 16], generator: generator) * 0.3).to(device), requiresGrad: true)
      let second = Tensor((randn([16, 5], generator: generator) * 0.3).to(device), requiresGrad: true)
      let optimizer = SGD([first, second], lr: 0.5, momentum: 0.9)
      let x = randn([20, 12], generator: generator).to(device)
      let y = randint(0, 5, [20], generator: generator).to(device)
      return (0..<10).map { _ in
        optimizer.zeroGrad()
        let loss = crossEntropy(x.matmul(first).tanh().matmul(second), y)
        loss.backward()
        optimizer.step()
        return loss.item()
      }
    }
    let found = await withTaskGroup(of: (Int, [Double]).self) { group in
      for task in 0..<8 { group.addTask { (task, losses(task, device)) } }
      return await group.reduce(into: [Int: [Double]]()) { $0[$1.0] = $1.1 }
    }
    for task in 0..<8 {
      let expected = losses(task, .cpu)
      #expect(found[task]?.count == expected.count)
      for (a, b) in zip(found[task] ?? [], expected) { #expect(abs(a - b) < 1e-4) }
    }
  }
}

/// Two convolutions around which the input goes.
private final class Residual: Layer {
  let layers: Sequential
  let shortcut: Conv2d?

  init(_ inputs: Int, _ outputs: Int, stride: Int) {
    layers = Sequential(
      Conv2d(inputs, outputs, 3, stride: stride, padding: 1, bias: false), BatchNorm2d(outputs), ReLU(),
      Conv2d(outputs, outputs, 3, padding: 1, bias: false), BatchNorm2d(outputs))
    shortcut = stride == 1 ? nil : Conv2d(inputs, outputs, 1, stride: stride, bias: false)
  }

  func forward(_ x: Tensor) -> Tensor { (layers(x) + (shortcut?(x) ?? x)).relu() }
}

private final class SmallResNet: Layer {
  let stem = Sequential(Conv2d(3, 8, 3, padding: 1, bias: false), BatchNorm2d(8), ReLU())
  let blocks = Sequential(Residual(8, 8, stride: 1), Residual(8, 16, stride: 2))
  let scores = Linear(16, 10)

  func forward(_ x: Tensor) -> Tensor { scores(blocks(stem(x)).mean([2, 3])) }
}

private final class GPTBlock: Layer {
  static let (width, heads) = (32, 4)
  let norm1 = LayerNorm(width)
  let qkv = Linear(width, 3 * width)
  let projection = Linear(width, width)
  let rest = Sequential(LayerNorm(width), Linear(width, 4 * width), GELU(approximate: .tanh), Linear(4 * width, width))

  private func split(_ x: Tensor) -> [Tensor] {
    qkv(norm1(x)).split(Self.width, dim: 2).map {
      $0.view(x.shape[0], x.shape[1], Self.heads, Self.width / Self.heads).transpose(1, 2)
    }
  }

  private func end(_ x: Tensor, _ attended: Tensor) -> Tensor {
    let y = x + projection(attended.transpose(1, 2).reshape(x.shape))
    return y + rest(y)
  }

  func forward(_ x: Tensor) -> Tensor {
    let parts = split(x)
    return end(x, scaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: true))
  }

  func step(_ x: Tensor, _ position: Int, _ cache: inout (keys: Tensor, values: Tensor)) -> Tensor {
    let parts = split(x)
    cache.keys[0..., 0..., position] = parts[1].squeeze(2)
    cache.values[0..., 0..., position] = parts[2].squeeze(2)
    let (keys, values) = (cache.keys[0..., 0..., 0...position], cache.values[0..., 0..., 0...position])
    return end(x, scaledDotProductAttention(parts[0], keys, values))
  }
}

private final class SmallGPT: Layer {
  private static let context = 16
  let tokens = Embedding(50, GPTBlock.width)
  let positions = Embedding(context, GPTBlock.width)
  let blocks = ModuleList([GPTBlock(), GPTBlock()])
  let norm = LayerNorm(GPTBlock.width)

  private func scores(_ x: Tensor) -> Tensor { linear(norm(x), tokens.weight) }

  func forward(_ x: Tensor) -> Tensor {
    var h = tokens(x) + positions.weight[0..<x.shape[1]]
    for case let block as GPTBlock in blocks { h = block(h) }
    return scores(h).flatten(0, 1)
  }

  func cache(on device: Device) -> [(keys: Tensor, values: Tensor)] {
    let shape = [1, GPTBlock.heads, Self.context, GPTBlock.width / GPTBlock.heads]
    return blocks.map { _ in (Tensor.zeros(shape, device: device), Tensor.zeros(shape, device: device)) }
  }

  /// The likeliest token after `token`, which stands at `position`.
  func next(_ token: Tensor, _ position: Int, _ cache: inout [(keys: Tensor, values: Tensor)]) -> Tensor {
    var h = tokens(token) + positions.weight[position..<position + 1]
    for (i, block) in blocks.enumerated() {
      if let block = block as? GPTBlock { h = block.step(h, position, &cache[i]) }
    }
    return scores(h).argmax(-1)
  }
}

private final class WordModel: Layer {
  let table = Embedding(60, 16)
  let recurrence = LSTM(inputSize: 16, hiddenSize: 24, numLayers: 2, batchFirst: true)
  let scores = Linear(24, 60)

  func forward(_ x: Tensor) -> Tensor { scores(recurrence(table(x)).0).flatten(0, 1) }
}
