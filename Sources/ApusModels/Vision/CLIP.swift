import ApusCore
import ApusFunctional
import ApusNN
import ApusNumerics

// CLIP: two transformers, one for texts and one for pictures, whose vectors are alike where text and picture belong together (Radford
// et al., "Learning transferable visual models from natural language supervision", 2021).

/// What a tower of CLIP or SigLIP is made of.
struct TowerConfiguration: Sendable {
  let hiddenSize, layers, heads, intermediateSize: Int
  let activation: Activation
  let dropout, normEps: Double

  init(
    _ c: ModelConfiguration, hiddenSize: Int, heads: Int, intermediateSize: Int, activation: String, normEps: Double
  ) throws(TensorError) {
    self.hiddenSize = try c.width("hidden_size", default: hiddenSize)
    layers = try c.layers("num_hidden_layers", default: 12)
    self.heads = try c.width("num_attention_heads", default: heads)
    guard self.hiddenSize % self.heads == 0 else {
      throw c.wrong("num_attention_heads", "a divisor of hidden_size, which is \(self.hiddenSize)")
    }
    self.intermediateSize = try c.width("intermediate_size", default: intermediateSize)
    self.activation = try c.activation("hidden_act", default: activation)
    dropout = try c.dropout("attention_dropout")
    self.normEps = try c.double("layer_norm_eps", default: normEps)
    var weights = WeightCount(c)
    try weights.add(self.hiddenSize + self.intermediateSize, 8, layers)
  }
}

extension ModelConfiguration {
  /// The part of a configuration of both towers that is about one; the whole one where it is of one tower alone.
  func tower(_ key: String, of modelType: String) throws(TensorError) -> ModelConfiguration {
    guard self.modelType == modelType else { return self }
    // Older files repeat the values under another name, which counts.
    if let older = try section("\(key)_dict") { return older }
    return try section(key) ?? ModelConfiguration([:], path: path)
  }
}

/// Attention of all positions to all, or in texts of CLIP to those before.
final class CLIPAttention: Module {
  let state = ModuleState()
  let kProj, vProj, qProj, outProj: Projection
  private let heads: Int
  private let dropout: Double

  init(_ c: TowerConfiguration) {
    kProj = Projection(c.hiddenSize, c.hiddenSize, bias: true)
    vProj = Projection(c.hiddenSize, c.hiddenSize, bias: true)
    qProj = Projection(c.hiddenSize, c.hiddenSize, bias: true)
    outProj = Projection(c.hiddenSize, c.hiddenSize, bias: true)
    (heads, dropout) = (c.heads, c.dropout)
  }

  func callAsFunction(_ x: Tensor, _ mask: AttentionMask, _ notes: inout ForwardNotes) -> Tensor {
    outProj(
      attend(
        qProj(x), kProj(x), vProj(x), heads: heads, mask: mask,
        dropout: isTraining ? dropout : 0, notes: &notes))
  }
}

/// Attention and a network for each position, each on normalised states and added to them.
final class CLIPLayer: Module {
  let state = ModuleState()
  let selfAttn: CLIPAttention
  let layerNorm1, layerNorm2: LayerNorm
  let mlp: PlainMLP

  init(_ c: TowerConfiguration) {
    selfAttn = CLIPAttention(c)
    layerNorm1 = LayerNorm(c.hiddenSize, eps: c.normEps)
    layerNorm2 = LayerNorm(c.hiddenSize, eps: c.normEps)
    mlp = PlainMLP(c.hiddenSize, c.intermediateSize, c.activation)
  }

  func callAsFunction(_ x: Tensor, _ mask: AttentionMask, _ notes: inout ForwardNotes) -> Tensor {
    let x = x + selfAttn(layerNorm1(x), mask, &notes)
    return x + mlp(layerNorm2(x))
  }
}

/// The layers of a tower.
final class CLIPEncoder: Module {
  let state = ModuleState()
  let layers: [CLIPLayer]

  init(_ c: TowerConfiguration) { layers = (0..<c.layers).map { _ in CLIPLayer(c) } }

  func callAsFunction(_ x: Tensor, _ mask: AttentionMask, _ notes: inout ForwardNotes) -> Tensor {
    var x = x
    notes.add(state: x)
    for layer in layers {
      x = layer(x, mask, &notes)
      notes.add(state: x)
    }
    return x
  }
}

/// Tokens and where they stand.
final class CLIPTextEmbeddings: Module {
  let state = ModuleState()
  let tokenEmbedding, positionEmbedding: TokenEmbedding

  init(_ c: ModelConfiguration, hiddenSize: Int, vocabulary: Int, positions: Int) throws(TensorError) {
    tokenEmbedding = TokenEmbedding(try c.size("vocab_size", default: vocabulary), hiddenSize)
    positionEmbedding = TokenEmbedding(try c.width("max_position_embeddings", default: positions), hiddenSize)
  }

  func callAsFunction(_ inputs: ModelInputs) -> Tensor {
    let tokens =
      inputs.inputsEmbeds ?? inputs.inputIds.map { tokenEmbedding($0) }
      ?? fail(TensorError(.value, "forward", "a model of texts needs inputIds, [batch, length]"))
    let length = tokens.size(1)
    guard length <= positionEmbedding.count else {
      return fail(
        TensorError(
          .shape, "forward", "the text has \(length) tokens, and the model takes at most \(positionEmbedding.count)"))
    }
    return tokens + positionEmbedding(inputs.positionIds ?? arange(length).unsqueeze(0))
  }
}

/// The tower of texts; its vector is the state at the text's end.
final class CLIPTextBody: Module {
  let state = ModuleState()
  let embeddings: CLIPTextEmbeddings
  let encoder: CLIPEncoder
  let finalLayerNorm: LayerNorm
  let width: Int
  private let endToken: Int

  init(_ c: ModelConfiguration) throws(TensorError) {
    let tower = try TowerConfiguration(
      c, hiddenSize: 512, heads: 8, intermediateSize: 2048, activation: "quick_gelu", normEps: 1e-5)
    embeddings = try CLIPTextEmbeddings(c, hiddenSize: tower.hiddenSize, vocabulary: 49408, positions: 77)
    encoder = CLIPEncoder(tower)
    finalLayerNorm = LayerNorm(tower.hiddenSize, eps: tower.normEps)
    width = tower.hiddenSize
    endToken = try c.int("eos_token_id", default: 49407)
  }

  func callAsFunction(_ inputs: ModelInputs) -> ModelOutput {
    var notes = ForwardNotes(inputs)
    let x = embeddings(inputs)
    // Where tokens stand says nothing of what they see.
    var seen = inputs
    (seen.positionIds, seen.cache) = (nil, nil)
    let mask = CausalMasks(seen, length: x.size(1)).mask(window: nil)
    let states = finalLayerNorm(encoder(x, mask, &notes))
    var output = ModelOutput()
    output.lastHiddenState = states
    output.poolerOutput = inputs.inputIds.map { atEnd($0, states) }
    notes.write(to: &output)
    return output
  }

  /// The state at the first end token. The first files had a wrong number for it, 2: there the end is the token of the highest
  /// number.
  private func atEnd(_ ids: Tensor, _ states: Tensor) -> Tensor {
    let ends = endToken == 2 ? ids.argmax(-1) : ids.eq(endToken).to(.int32).argmax(-1)
    let places = ends.reshape(-1, 1, 1).expand(-1, 1, states.size(2))
    return states.gather(1, places).squeeze(1)
  }
}

/// Patches as words after a special token, and where each is.
final class CLIPVisionEmbeddings: Module {
  let state = ModuleState()
  let classEmbedding: Tensor
  let patchEmbedding: Conv2d
  let positionEmbedding: TokenEmbedding
  private let image, patch: PictureSize

  init(_ c: ModelConfiguration, hiddenSize: Int) throws(TensorError) {
    image = try c.pictureSize("image_size", default: 224)
    patch = try c.pictureSize("patch_size", default: 32)
    let channels = try c.width("num_channels", default: 3)
    var weights = WeightCount(c)
    try weights.add(hiddenSize, channels, patch.count)
    classEmbedding = parameter(Init.normal(Tensor.zeros([hiddenSize]), std: 0.02))
    patchEmbedding = Conv2d(
      inChannels: channels, outChannels: hiddenSize, kernelSize: patch.sizes,
      stride: patch.sizes, bias: false)
    positionEmbedding = TokenEmbedding(image.grid(of: patch).count + 1, hiddenSize)
  }

  func callAsFunction(_ inputs: ModelInputs) -> Tensor {
    let pixels = inputs.pictures
    let patches = sequence(of: patchEmbedding(pixels))
    let x = cat([classEmbedding.expand(patches.size(0), 1, -1), patches], dim: 1)
    return x + positions(of: pixels.pictureSize, x.size(1), inputs.interpolatePosEncoding)
  }

  private func positions(of size: PictureSize, _ count: Int, _ isInterpolated: Bool) -> Tensor {
    let learned = positionEmbedding(arange(positionEmbedding.count)).unsqueeze(0)
    if !isInterpolated {
      if size == image { return learned }
      return fail(
        TensorError(
          .shape, "CLIP",
          "the pictures are \(size.sizes) and the model takes \(image.sizes); interpolatePosEncoding lets it take others"
        ))
    }
    if count == learned.size(1), size.height == size.width { return learned }
    return interpolatedPositions(learned, special: 1, to: size.grid(of: patch))
  }
}

/// The tower of pictures; its vector is the normalised state of the special token.
final class CLIPVisionBody: Module {
  let state = ModuleState()
  let embeddings: CLIPVisionEmbeddings
  let preNorm: LayerNorm
  let encoder: CLIPEncoder
  let postLayernorm: LayerNorm
  let width: Int
  /// The published name has a letter too few.
  static let stateNames = ["preNorm": "pre_layrnorm"]

  init(_ c: ModelConfiguration) throws(TensorError) {
    let tower = try TowerConfiguration(
      c, hiddenSize: 768, heads: 12, intermediateSize: 3072, activation: "quick_gelu", normEps: 1e-5)
    embeddings = try CLIPVisionEmbeddings(c, hiddenSize: tower.hiddenSize)
    preNorm = LayerNorm(tower.hiddenSize, eps: tower.normEps)
    encoder = CLIPEncoder(tower)
    postLayernorm = LayerNorm(tower.hiddenSize, eps: tower.normEps)
    width = tower.hiddenSize
  }

  func callAsFunction(_ inputs: ModelInputs) -> ModelOutput {
    var notes = ForwardNotes(inputs)
    let states = encoder(preNorm(embeddings(inputs)), AttentionMask(), &notes)
    var output = ModelOutput()
    output.lastHiddenState = states
    output.poolerOutput = postLayernorm(states.select(1, 0))
    notes.write(to: &output)
    return output
  }
}
