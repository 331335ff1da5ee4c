import Apus
import ApusCore
import TestSupport
import Testing

/// Attention of several heads and transformers: ways of computing against each other, copies, and mistakes.
///
/// All tests here draw from one generator of their own process-wide seed: they run one after the other.
@Suite(.serialized) struct TransformerTests {
  private func close(_ tensor: Tensor?, _ expected: [Double], _ tolerance: Double = 2e-6) -> Bool {
    guard let found = tensor?.array(as: Double.self), found.count == expected.count else { return false }
    return zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance || ($0.isNaN && $1.isNaN) }
  }

  /// Numbers from -1 to 1 in no order.
  private func numbers(_ shape: Int..., step: Int = 37) -> Tensor {
    Tensor((0..<shape.reduce(1, *)).map { Float(($0 * step) % 101) / 50 - 1 }, shape: shape)
  }

  // MARK: Attention

  /// Both ways give the same result and gradients, whatever the masks.
  @Test(arguments: [false, true], [false, true])
  func theFastWayGivesTheSame(_ isBatchFirst: Bool, _ isBool: Bool) {
    manualSeed(5)
    let attention = MultiheadAttention(
      embedDim: 8, numHeads: 2, addBiasKv: true, addZeroAttn: true, batchFirst: isBatchFirst)
    let shape = isBatchFirst ? [2, 5, 8] : [5, 2, 8]
    let x = Tensor(randn(shape), requiresGrad: true)
    let pairs = Tensor.ones([5, 5], dtype: .bool).triu(1)
    let padding = Tensor([false, false, false, false, true, false, false, false, false, false], shape: [2, 5])
    func mask(_ hidden: Tensor) -> Tensor {
      isBool ? hidden : Tensor.zeros(hidden.shape).maskedFill(hidden, -Double.infinity)
    }
    func run(_ needWeights: Bool) -> (Tensor, [Tensor?]) {
      let (result, _) = attention(
        x, x, x, keyPaddingMask: mask(padding), needWeights: needWeights, attnMask: mask(pairs))
      return (result, gradients(of: [(result * result).sum()], wrt: [x, attention.inProjWeight, attention.biasK]))
    }
    let (slow, fast) = (run(true), run(false))
    #expect(close(fast.0, slow.0.array(as: Double.self), 1e-5))
    for (a, b) in zip(fast.1, slow.1) { #expect(close(a, b?.array(as: Double.self) ?? [], 1e-4)) }
  }

  @Test func theCausalMaskNeedsNotBeRead() {
    manualSeed(6)
    let attention = MultiheadAttention(embedDim: 4, numHeads: 2, batchFirst: true)
    let (x, mask) = (numbers(2, 3, 4), Transformer.generateSquareSubsequentMask(3))
    let read = attention(x, x, x, needWeights: false, attnMask: mask).0
    let told = attention(x, x, x, needWeights: false, attnMask: mask, isCausal: true).0
    #expect(close(told, read.array(as: Double.self)))
    // A mask that is trained keeps its gradient.
    let trained = Tensor(Tensor.zeros([3, 3]), requiresGrad: true)
    attention(x, x, x, needWeights: false, attnMask: trained, isCausal: true).0.sum().backward()
    #expect(trained.grad != nil)
  }

  @Test func attentionUnderTransformations() {
    manualSeed(7)
    let attention = MultiheadAttention(embedDim: 4, numHeads: 2)
    let x = numbers(3, 5, 4)
    let mapped = vmap { (x: Tensor) in attention(x, x, x, needWeights: false).0 }(x)
    for i in 0..<3 {
      #expect(close(mapped[i], attention(x[i], x[i], x[i], needWeights: false).0.array(as: Double.self), 1e-5))
    }
    let compiled = compile { (x: Tensor) in attention(x, x, x, needWeights: false).0 }
    #expect(close(compiled(x), attention(x, x, x, needWeights: false).0.array(as: Double.self), 1e-5))
  }

  // MARK: Transformers

  @Test func encodersCopyTheirLayerAndFillPadding() {
    manualSeed(3)
    let layer = TransformerEncoderLayer(dModel: 4, nhead: 2, dimFeedforward: 6, dropout: 0.1, batchFirst: true)
    let encoder = TransformerEncoder(encoderLayer: layer, numLayers: 2, norm: LayerNorm(normalizedShape: 4))
    #expect(encoder.layers.count == 2 && encoder.layers[0] !== encoder.layers[1] && encoder.layers[0] !== layer)
    #expect(encoder.parameters().count == 2 * layer.parameters().count + 2)
    #expect(
      encoder.namedParameters().map(\.name).prefix(2) == [
        "layers.0.self_attn.in_proj_weight", "layers.0.self_attn.in_proj_bias",
      ])
    encoder.eval()
    let (x, isPadding) = (numbers(2, 3, 4), Tensor([false, false, true, false, false, false], shape: [2, 3]))
    let (recorded, filled) = (
      encoder(x, srcKeyPaddingMask: isPadding), noGrad { encoder(x, srcKeyPaddingMask: isPadding) }
    )
    // Padding gives zeros before the normalisation where PyTorch computes without it, whose bias is zero.
    #expect(close(filled[0, 2], [0, 0, 0, 0]) && !close(recorded[0, 2], [0, 0, 0, 0]))
    #expect(close(filled[1], recorded[1].array(as: Double.self)))
  }

  @Test func transformersTakeOtherEncoders() {
    let model = Transformer(dModel: 4, nhead: 2, numDecoderLayers: 1, customEncoder: Doubling())
    #expect(model.stateDict().names.allSatisfy { $0.hasPrefix("decoder.") })
    #expect(model(numbers(2, 1, 4), numbers(3, 1, 4)).shape == [3, 1, 4])
  }

  // MARK: Mistakes

  private static let mistakes: [Mistake] = [
    .init("heads that do not divide", .value, "embedDim 5", "numHeads", "2") {
      MultiheadAttention(embedDim: 5, numHeads: 2)(ones(2, 5), ones(2, 5), ones(2, 5)).0
    },
    .init("no heads", .value, "greater than 0", "numHeads=0") {
      MultiheadAttention(embedDim: 4, numHeads: 0)(ones(2, 4), ones(2, 4), ones(2, 4)).0
    },
    .init("another width", .shape, "embedding dimension of 4", "5") {
      MultiheadAttention(embedDim: 4, numHeads: 2)(ones(2, 5), ones(2, 4), ones(2, 4)).0
    },
    .init("key of another rank", .shape, "unbatched (2-D)", "3-D") {
      MultiheadAttention(embedDim: 4, numHeads: 2)(ones(2, 4), ones(2, 1, 4), ones(2, 4)).0
    },
    .init("key and value", .shape, "[3, 4]", "[2, 4]") {
      MultiheadAttention(embedDim: 4, numHeads: 2)(ones(2, 4), ones(3, 4), ones(2, 4)).0
    },
    .init("batches", .shape, "batches of query and key differ", "batchFirst") {
      MultiheadAttention(embedDim: 4, numHeads: 2)(ones(5, 2, 4), ones(5, 3, 4), ones(5, 3, 4)).0
    },
    .init("attnMask's shape", .shape, "[2, 3]", "[2, 2]") {
      let x = ones(2, 4)
      return MultiheadAttention(embedDim: 4, numHeads: 2)(x, x, x, attnMask: Tensor.zeros([2, 3])).0
    },
    .init("keyPaddingMask's shape", .shape, "[2, 5]", "[3, 5]") {
      let x = ones(5, 2, 4)
      return MultiheadAttention(embedDim: 4, numHeads: 2)(x, x, x, keyPaddingMask: Tensor.zeros([3, 5])).0
    },
    .init("a mask of integers", .dtype, "attnMask", "int64") {
      let x = ones(2, 4)
      return MultiheadAttention(embedDim: 4, numHeads: 2)(x, x, x, attnMask: Tensor.zeros([2, 2], dtype: .int64)).0
    },
    .init("isCausal without a mask", .value, "Need attnMask", "generateSquareSubsequentMask") {
      let x = ones(2, 4)
      return MultiheadAttention(embedDim: 4, numHeads: 2)(x, x, x, isCausal: true).0
    },
    .init("an activation", .value, "relu/gelu", "tanh") {
      TransformerEncoderLayer(dModel: 4, nhead: 2, activation: "tanh")(ones(2, 4))
    },
    .init("batches of source and target", .shape, "batch number of src and tgt must be equal", "2 and 3") {
      Transformer(dModel: 4, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1)(ones(5, 2, 4), ones(5, 3, 4))
    },
    .init("features of source", .shape, "dModel", "4") {
      Transformer(dModel: 4, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1)(ones(5, 2, 3), ones(5, 2, 4))
    },
    .init("no layers", .state, "no layers") {
      TransformerEncoder(encoderLayer: TransformerEncoderLayer(dModel: 4, nhead: 2), numLayers: 0)(ones(2, 4))
    },
    .init("too many layers", .memory, "TransformerEncoder") {
      TransformerEncoder(encoderLayer: TransformerEncoderLayer(dModel: 4, nhead: 2), numLayers: 1 << 50)(ones(2, 4))
    },
  ]

  @Test(arguments: mistakes)
  func mistakesAreErrors(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }
}

/// An encoder of one's own.
private final class Doubling: TransformerEncoding {
  func forward(_ src: Tensor, mask: Tensor?, srcKeyPaddingMask: Tensor?, isCausal: Bool?) -> Tensor { src * 2 }
}
