import ApusCore
import ApusNN

/// An encoder that can fill in words.
public protocol MaskedTextEncoder: TextEncoder {
  /// The table of words, which the head may share.
  var words: TokenEmbedding { get }
  /// What the head is like.
  var maskedHead: MaskedHeadOptions { get }
  /// What the files call the parts of ``MaskedHead``: `transform`, `norm`, `decoder` and, where there is one, `bias`, which is
  /// another name for the decoder's.
  static var maskedHeadNames: [String: String] { get }
}

/// What a head that fills in words is like.
public struct MaskedHeadOptions: Sendable {
  var activation: Activation
  var eps: Double
  /// Whether the decoder is the table of words.
  var isTied: Bool
  var hasTransformBias = true
  var hasNormBias = true
  var hasDecoderBias = true
}

/// `decoder(norm(act(transform(x))))`: scores of all words at each position.
public final class MaskedHead<Encoder: MaskedTextEncoder>: Layer {
  public let state = ModuleState()
  let transform: Projection
  let norm: LayerNorm
  let decoder: Projection
  /// The decoder's bias, under the name that it has in files; where the decoder is no table of words, one that files hold and
  /// nothing uses.
  public let bias: Tensor?
  private let activation: Activation
  private let isTied: Bool

  public static var stateNames: [String: String] { Encoder.maskedHeadNames }

  init(_ encoder: Encoder) {
    let (options, words) = (encoder.maskedHead, encoder.words)
    transform = Projection(encoder.features, words.width, bias: options.hasTransformBias)
    norm = LayerNorm(normalizedShape: words.width, eps: options.eps, bias: options.hasNormBias)
    decoder =
      options.isTied
      ? Projection(tiedTo: words, bias: options.hasDecoderBias)
      : Projection(words.width, words.count, bias: options.hasDecoderBias)
    let isNamedTwice = Encoder.maskedHeadNames["bias"] != nil
    bias = !isNamedTwice ? nil : options.isTied ? decoder.bias : parameter(Tensor.zeros([words.count]))
    isTied = options.isTied
    activation = options.activation
  }

  public func forward(_ x: Tensor) -> Tensor { decoder(norm(activation(transform(x)))) }

  /// The other name of the decoder's bias.
  var tiedWeights: [String: String] {
    let names = Encoder.maskedHeadNames
    guard let bias = names["bias"], let decoder = names["decoder"] else { return [:] }
    return isTied ? ["\(decoder).bias": bias] : [bias: "\(decoder).bias"]
  }
}

/// An encoder that fills in words.
public final class MaskedLanguageModel<Encoder: MaskedTextEncoder>: HeadedModel {
  public let state = ModuleState()
  public let configuration: ModelConfiguration
  let base: Encoder
  let head: MaskedHead<Encoder>
  /// Whether scores are computed only where there are labels, in a list: `[labels, words]`.
  private let isSparse: Bool

  public static var stateNames: [String: String] { ["base": Encoder.baseModelPrefix, "head": ""] }
  public var tiedWeights: [String: String] { head.tiedWeights }

  public init(_ configuration: ModelConfiguration) throws(TensorError) {
    self.configuration = configuration
    base = try Encoder(configuration, isPooled: false)
    head = MaskedHead(base)
    isSparse = try configuration.bool("sparse_prediction", default: false)
  }

  func finish(_ output: inout ModelOutput, _ states: Tensor, _ inputs: ModelInputs) {
    var (states, labels) = (states, inputs.labels)
    if isSparse, let all = labels {
      let flat = all.reshape([-1])
      let places = flat.ne(-100).nonzero().reshape([-1])
      states = states.reshape([-1, states.size(-1)]).indexSelect(0, places)
      labels = flat.indexSelect(0, places)
    }
    output.setTokens(head(states), labels)
  }
}
