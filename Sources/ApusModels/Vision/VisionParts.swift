import ApusCore
import ApusFunctional
import ApusNN

// What several models of pictures share.

/// Height and width of pictures or patches, which configurations give as one number or as two.
struct PictureSize: Sendable, Equatable {
  let height, width: Int

  /// The numbers in their order.
  var sizes: [Int] { [height, width] }

  /// How many patches of the given size a picture of this one has, in each direction.
  func grid(of patch: PictureSize) -> PictureSize {
    PictureSize(height: height / patch.height, width: width / patch.width)
  }

  /// How many places a grid of this size has.
  var count: Int { height * width }
}

extension ModelConfiguration {
  /// The widest layer of a model of pictures, and the longest side of its pictures.
  static let widest = 1 << 16

  /// A number of channels, features and the like, at least 1.
  func width(_ key: String, default value: Int? = nil) throws(TensorError) -> Int {
    if self[key] == nil, let value { return value }
    return try int(key, in: 1...Self.widest)
  }

  /// A size of pictures or patches: a number, or height and width.
  func pictureSize(_ key: String, default value: Int? = nil) throws(TensorError) -> PictureSize {
    guard self[key]?.array != nil else {
      let side = try width(key, default: value)
      return PictureSize(height: side, width: side)
    }
    guard let sides = try ints(key), sides.count == 2, sides.allSatisfy({ (1...Self.widest).contains($0) }) else {
      throw wrong(key, "a number, or height and width")
    }
    return PictureSize(height: sides[0], width: sides[1])
  }

  /// A list of `count` whole numbers in `range`, one for each stage of a model.
  func stages(
    _ key: String, default value: [Int]? = nil, count: Int? = nil, in range: ClosedRange<Int> = 1...widest
  ) throws(TensorError) -> [Int] {
    guard let found = try ints(key) ?? value else { throw wrong(key, "a list of whole numbers") }
    guard !found.isEmpty, found.count <= 64, found.count == count ?? found.count, found.allSatisfy(range.contains)
    else {
      let many = count.map { "\($0) whole numbers" } ?? "whole numbers"
      throw wrong(key, "a list of \(many) from \(range.lowerBound) to \(range.upperBound)")
    }
    return found
  }

  /// A probability of dropping something.
  func dropout(_ key: String, default value: Double = 0) throws(TensorError) -> Double {
    let found = try double(key, default: value)
    guard (0..<1).contains(found) else { throw wrong(key, "a probability below 1") }
    return found
  }
}

/// Counts the weights that a model of pictures is made with before any is read, so that no configuration takes more memory than a
/// model that exists.
struct WeightCount {
  /// More than there can be of those that are made at once: of convolutions, norms, biases and positions.
  private let most: Int
  private let configuration: ModelConfiguration
  private var count = 0

  init(_ configuration: ModelConfiguration) {
    self.configuration = configuration
    most = configuration.weightLimit
  }

  /// Adds a weight of the given sizes.
  mutating func add(_ sizes: Int...) throws(TensorError) {
    var product = 1
    for size in sizes {
      let (next, isTooLarge) = product.multipliedReportingOverflow(by: size)
      product = isTooLarge ? most + 1 : min(next, most + 1)
      if size == 0 { return }
    }
    count += product
    guard count <= most else {
      throw TensorError(
        .unsupported, configuration.path,
        "the configuration asks for a model with more than \(most) weights in convolutions and norms")
    }
  }
}

/// What a forward pass writes down on its way, if it is asked to.
struct ForwardNotes {
  private(set) var hiddenStates: [Tensor]?
  private(set) var attentions: [Tensor]?

  init(_ inputs: ModelInputs) {
    hiddenStates = inputs.outputHiddenStates ? [] : nil
    attentions = inputs.outputAttentions ? [] : nil
  }

  /// With nothing to write down.
  init() {}

  /// Writes down the states before the first layer, or after one.
  mutating func add(state: Tensor) { hiddenStates?.append(state) }

  /// Writes down the weights of attention.
  mutating func add(attention: Tensor) { attentions?.append(attention) }

  /// Whether attention must give its weights.
  var wantsAttentions: Bool { attentions != nil }

  /// Puts what was written down into an output.
  func write(to output: inout ModelOutput) {
    output.hiddenStates = hiddenStates
    output.attentions = attentions
  }
}

/// Attention of several heads: `[batch, L, features]` of queries and `[batch, S, features]` of keys and values to
/// `[batch, L, features]`.
func attend(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, heads: Int, mask: AttentionMask = AttentionMask(),
  dropout: Double = 0, notes: inout ForwardNotes
) -> Tensor {
  let width = max(1, query.size(-1) / heads)
  let found = attend(
    query.splitHeads(heads), key.splitHeads(heads), value.splitHeads(heads), mask,
    scale: 1 / Double(width).squareRoot(), dropout: dropout, wantsWeights: notes.wantsAttentions)
  if let weights = found.weights { notes.add(attention: weights) }
  return found.output.mergedHeads()
}

/// Embeddings of positions that were learned on a square grid, `[1, special + side * side, features]`, for a grid of another
/// size: the ones of special tokens stay, the others are interpolated by cubic polynomials.
func interpolatedPositions(
  _ positions: Tensor, special: Int, to grid: PictureSize, antialias: Bool = false
) -> Tensor {
  let (count, features) = (positions.size(1) - special, positions.size(2))
  let side = Int(Double(count).squareRoot())
  let learned = positions.narrow(1, special, count).reshape(1, side, side, features).permute(0, 3, 1, 2)
  let resized = interpolate(
    learned, size: grid.sizes, mode: .bicubic, alignCorners: false, antialias: antialias)
  let found = resized.permute(0, 2, 3, 1).reshape(1, -1, features)
  return special == 0 ? found : cat([positions.narrow(1, 0, special), found], dim: 1)
}

/// Leaves out what a block adds, for each row of the batch with probability `p`, and makes the rest larger by as much (Huang et
/// al., 2016); in evaluation, and where `p` is 0, nothing.
func stochasticDepth(_ x: Tensor, _ p: Double, isTraining: Bool) -> Tensor {
  guard isTraining, p > 0 else { return x }
  let shape = [x.size(0)] + [Int](repeating: 1, count: x.rank - 1)
  let kept = (rand(shape, dtype: x.dtype) + (1 - p)).floor()
  return x / (1 - p) * kept
}

/// Pictures `[N, C, H, W]` as a sequence of their places, `[N, H * W, C]`.
func sequence(of x: Tensor) -> Tensor { x.flatten(2).transpose(1, 2) }

/// A sequence of the places of pictures, `[N, H * W, C]`, as pictures `[N, C, H, W]`.
func picture(of x: Tensor, _ size: PictureSize) -> Tensor {
  x.transpose(1, 2).reshape(x.size(0), x.size(2), size.height, size.width)
}

extension ModelInputs {
  /// The pictures.
  var pictures: Tensor {
    pixelValues
      ?? fail(TensorError(.value, "forward", "a model of pictures needs pixelValues, [N, channels, height, width]"))
  }
}

extension ModelOutput {
  /// The last states, which every body gives.
  var states: Tensor { lastHiddenState ?? fail(TensorError(.state, "forward", "the model gave no states")) }

  /// Puts the scores of labels into the output, and with labels their loss; what only a model without a head gives goes.
  mutating func classify(
    _ x: Tensor, by classifier: Projection?, _ inputs: ModelInputs, _ configuration: ModelConfiguration
  ) {
    let scores = classifier?(x) ?? x
    logits = scores
    if let labels = inputs.labels { loss = HeadLoss.sequence(scores, labels, configuration) }
    (lastHiddenState, poolerOutput) = (nil, nil)
  }
}

extension ModelConfiguration {
  /// A layer from features to scores of the configuration's labels; nil where a model was published without labels, whose scores
  /// are the features.
  func classifier(_ features: Int) throws(TensorError) -> Projection? {
    let count = try labelCount()
    return count == 0 ? nil : Projection(features, count, bias: true)
  }
}

extension Tensor {
  /// Patches `[N, count, features]` with `token` in place of those where `masked`, `[N, count]`, is true.
  func replaced(where masked: Tensor, by token: Tensor) -> Tensor {
    let mask = masked.to(dtype).unsqueeze(-1)
    return self * (1 - mask) + token * mask
  }

  /// Height and width of pictures `[N, C, H, W]`.
  var pictureSize: PictureSize { PictureSize(height: size(2), width: size(3)) }
}
