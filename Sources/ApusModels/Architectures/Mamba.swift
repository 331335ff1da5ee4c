import ApusCore
import ApusFunctional
import ApusNN

/// Mamba (Gu and Dao, 2023) without a head: a state that each token changes and reads in its own way takes the place of attention.
public final class MambaModel: DecoderModel {
  public let state = ModuleState()
  let embeddings: TokenEmbedding
  let layers: [MambaBlock]
  let normF: RootMeanSquareNorm
  public let configuration: ModelConfiguration

  public static var family: String { "Mamba" }
  public static var baseName: String { "backbone" }
  public static var sharesTokens: Bool { true }
  public static var defaultPaddingToken: Int? { 0 }
  public var tokens: TokenEmbedding { embeddings }

  /// The name of the table of tokens in the first files.
  public static func presentName(_ name: String) -> String? {
    name.hasSuffix("embedding.weight") ? String(name.dropLast(16)) + "embeddings.weight" : name
  }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    let hidden = try configuration.size("hidden_size", default: 768)
    let eps = try configuration.double("layer_norm_epsilon", default: 1e-5)
    let sizes = try MambaSizes(configuration, hidden: hidden)
    embeddings = TokenEmbedding(try configuration.size("vocab_size", default: 50280), hidden)
    layers = (0..<(try configuration.layers("num_hidden_layers", "n_layer", default: 32))).map { i in
      MambaBlock(sizes, layer: i, eps: eps)
    }
    normF = RootMeanSquareNorm(hidden, eps: eps)
  }

  public func makeCache(capacity: Int?) -> (any ModelCache)? { MambaCache() }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    var x = embedded(inputs)
    if x.hasFailed { return ModelOutput(lastHiddenState: x) }
    let length = x.size(1)
    let cache = inputs.cache as? MambaCache
    if inputs.cache != nil, cache == nil {
      report(TensorError(.value, "cache", "this model keeps states: make the cache with its makeCache"))
    }
    // With a cache the mask has the positions before as well.
    let mask = inputs.attentionMask.flatMap { mask -> Tensor? in
      guard mask.rank == 2, mask.size(1) >= length else { return nil }
      return mask.narrow(1, mask.size(1) - length, length).unsqueeze(-1).to(x.dtype)
    }
    var states: [Tensor] = []
    for layer in layers {
      x = layer.forward(x, mask, cache)
      if inputs.outputHiddenStates { states.append(x) }
    }
    cache?.advance(by: length)
    var output = ModelOutput()
    let last = normF(x)
    output.lastHiddenState = last
    if inputs.outputHiddenStates { output.hiddenStates = states + [last] }
    return output
  }
}

/// The sizes of a mixer.
struct MambaSizes {
  let hidden: Int
  let inner: Int
  /// Numbers of state per feature.
  let states: Int
  let kernel: Int
  /// Features that the time step comes from.
  let rank: Int
  let hasBias: Bool
  let hasConvolutionBias: Bool
  let activation: Activation

  init(_ configuration: ModelConfiguration, hidden: Int) throws(TensorError) {
    self.hidden = hidden
    let expand = try configuration.double("expand", default: 2)
    guard expand > 0, expand <= 1024 else { throw configuration.wrong("expand", "a number above 0") }
    inner = try configuration.size("intermediate_size", default: max(1, Int(expand * Double(hidden))))
    states = try configuration.size("state_size", default: 16)
    kernel = try configuration.int("conv_kernel", default: 4, in: 1...1024)
    rank =
      configuration["time_step_rank"]?.string == "auto"
      ? (hidden + 15) / 16 : try configuration.size("time_step_rank", default: (hidden + 15) / 16)
    hasBias = try configuration.bool("use_bias", default: false)
    hasConvolutionBias = try configuration.bool("use_conv_bias", default: true)
    activation = try configuration.activation("hidden_act", default: "silu")
  }
}

/// `x + mixer(norm(x))`.
final class MambaBlock: Module {
  let state = ModuleState()
  let norm: RootMeanSquareNorm
  let mixer: MambaMixer

  init(_ sizes: MambaSizes, layer: Int, eps: Double) {
    norm = RootMeanSquareNorm(sizes.hidden, eps: eps)
    mixer = MambaMixer(sizes, layer: layer)
  }

  func forward(_ x: Tensor, _ mask: Tensor?, _ cache: MambaCache?) -> Tensor {
    x + mixer.forward(norm(x), mask, cache)
  }
}

/// A selective state space, equation 2 and algorithm 2 of the paper: `h = exp(dt A) h + dt B x`, `y = C h + D x`, where the step
/// dt and the matrices B and C depend on the token.
final class MambaMixer: Module {
  let state = ModuleState()
  let aLog: Tensor
  let d: Tensor
  let conv1d: Conv1d
  let inProj: Projection
  let xProj: Projection
  let dtProj: Projection
  let outProj: Projection
  private let sizes: MambaSizes
  private let layer: Int

  static let stateNames = ["aLog": "A_log", "d": "D"]
  /// Positions whose states are held at once.
  private static let chunk = 128

  init(_ sizes: MambaSizes, layer: Int) {
    (self.sizes, self.layer) = (sizes, layer)
    let ladder = arange(1, sizes.states + 1).to(.float32).log()
    aLog = parameter(ladder.expand([sizes.inner, sizes.states]).contiguous())
    d = parameter(Tensor.ones([sizes.inner]))
    conv1d = Conv1d(
      inChannels: sizes.inner, outChannels: sizes.inner, kernelSize: sizes.kernel, padding: sizes.kernel - 1,
      groups: sizes.inner, bias: sizes.hasConvolutionBias)
    inProj = Projection(sizes.hidden, 2 * sizes.inner, bias: sizes.hasBias)
    xProj = Projection(sizes.inner, sizes.rank + 2 * sizes.states)
    dtProj = Projection(sizes.rank, sizes.inner, bias: true)
    outProj = Projection(sizes.inner, sizes.hidden, bias: sizes.hasBias)
  }

  /// - Parameter mask: 0 where padding is, `[batch, length, 1]`.
  func forward(_ x: Tensor, _ mask: Tensor?, _ cache: MambaCache?) -> Tensor {
    func masked(_ x: Tensor) -> Tensor { mask.map { x * $0 } ?? x }
    let halves = inProj(masked(x)).parts(2, dim: -1)
    let u = masked(sizes.activation(convolved(halves[0], cache)))
    let parts = xProj(u).parts([sizes.rank, sizes.states, sizes.states], dim: -1)
    let step = dtProj(parts[0]).softplus()
    let y = scanned(u, step, parts[1], parts[2], cache) + u * d
    return outProj(y * halves[1].silu())
  }

  /// The convolution over time, `[batch, length, features]`, each of which sees itself and the tokens before it.
  private func convolved(_ x: Tensor, _ cache: MambaCache?) -> Tensor {
    let length = x.size(1)
    var columns = x.transpose(1, 2)
    if let before = cache?.convolution(layer) { columns = cat([before, columns], dim: 2) }
    let margin = columns.size(2) - length
    cache?.keep(columns: columns, width: sizes.kernel - 1, layer: layer)
    return conv1d(columns).narrow(2, margin, length).transpose(1, 2)
  }

  /// All states, read by `c`: `[batch, length, features]`.
  private func scanned(_ u: Tensor, _ step: Tensor, _ b: Tensor, _ c: Tensor, _ cache: MambaCache?) -> Tensor {
    let a = -aLog.exp()
    let (batch, length) = (u.size(0), u.size(1))
    var h = cache?.states(layer) ?? Tensor.zeros([batch, sizes.inner, sizes.states])
    var read: [Tensor] = []
    for start in stride(from: 0, to: length, by: Self.chunk) {
      let count = min(Self.chunk, length - start)
      func part(_ x: Tensor) -> Tensor { x.narrow(1, start, count) }
      let dt = part(step).unsqueeze(-1)
      let decays = (dt * a).exp().unbind(1)
      let inflows = (dt * part(b).unsqueeze(2) * part(u).unsqueeze(-1)).unbind(1)
      var states: [Tensor] = []
      for (decay, inflow) in zip(decays, inflows) {
        h = decay * h + inflow
        states.append(h)
      }
      read.append(matmul(stack(states, dim: 1), part(c).unsqueeze(-1)).squeeze(-1))
    }
    cache?.keep(states: h, layer: layer)
    return read.count == 1 ? read[0] : cat(read, dim: 1)
  }
}

/// What Mamba keeps of the tokens it has seen: in each layer the last inputs of the convolution and the state, however many there
/// were. Tokens cannot be taken back but all at once.
public final class MambaCache: ModelCache, @unchecked Sendable {
  // One decoding at a time uses a cache.
  private var layers: [(columns: Tensor?, states: Tensor?)] = []
  public private(set) var length = 0

  /// An empty cache.
  public init() {}

  func convolution(_ layer: Int) -> Tensor? { layer < layers.count ? layers[layer].columns : nil }
  func states(_ layer: Int) -> Tensor? { layer < layers.count ? layers[layer].states : nil }

  /// Keeps the last `width` of the columns `[batch, features, length]`.
  func keep(columns: Tensor, width: Int, layer: Int) {
    makeRoom(layer)
    let kept = min(width, columns.size(2))
    layers[layer].columns = kept == 0 ? nil : columns.narrow(2, columns.size(2) - kept, kept).contiguous()
  }

  func keep(states: Tensor, layer: Int) {
    makeRoom(layer)
    layers[layer].states = states
  }

  private func makeRoom(_ layer: Int) {
    while layers.count <= layer { layers.append((nil, nil)) }
  }

  func advance(by count: Int) { length += count }

  /// States cannot be taken back.
  public func canGoBack(to length: Int) -> Bool { length >= self.length }

  public func reorder(_ rows: [Int]) {
    let index = Tensor(rows.map { Int64($0) })
    for i in layers.indices {
      layers[i] = (layers[i].columns?.indexSelect(0, index), layers[i].states?.indexSelect(0, index))
    }
  }

  public func truncate(to length: Int) {
    if length >= self.length { return }
    if length > 0 {
      return report(
        TensorError(
          .state, "truncate",
          "a state of \(self.length) tokens cannot go back to \(length); begin anew with truncate(to: 0)"))
    }
    layers = []
    self.length = 0
  }
}
