import Apus
import ApusCore

// Attention and transformers: modules with several inputs, of which most have names.

private let layerParameters =
  "d_model nhead dim_feedforward dropout activation layer_norm_eps batch_first norm_first bias device dtype"

/// The builders of the modules around attention.
let transformerBuilders: [String: ModuleBuilder] = [
  "nn.MultiheadAttention": ModuleBuilder(
    any: "embed_dim num_heads dropout bias add_bias_kv add_zero_attn kdim vdim batch_first device dtype"
  ) { a in
    let attention = try MultiheadAttention(
      embedDim: a.int("embed_dim"), numHeads: a.int("num_heads"), dropout: a.double("dropout", 0),
      bias: a.bool("bias", true), addBiasKv: a.bool("add_bias_kv", false), addZeroAttn: a.bool("add_zero_attn", false),
      kdim: a.optionalInt("kdim"), vdim: a.optionalInt("vdim"), batchFirst: a.bool("batch_first", false),
      dtype: a.dtype)
    return BuiltModule(
      attention,
      inputs: "query key value key_padding_mask need_weights attn_mask average_attn_weights is_causal"
    ) { a in
      let (output, weights) = try attention(
        a.needed("query"), a.needed("key"), a.needed("value"), keyPaddingMask: a.tensor("key_padding_mask"),
        needWeights: a.bool("need_weights", true), attnMask: a.tensor("attn_mask"),
        averageAttnWeights: a.bool("average_attn_weights", true), isCausal: a.bool("is_causal", false))
      return [output] + (weights.map { [$0] } ?? [])
    }
  },
  "nn.TransformerEncoderLayer": ModuleBuilder(any: layerParameters) { a in
    let layer = try TransformerEncoderLayer(
      dModel: a.int("d_model"), nhead: a.int("nhead"), dimFeedforward: a.int("dim_feedforward", 2048),
      dropout: a.double("dropout", 0.1), activation: a.activation(), layerNormEps: a.double("layer_norm_eps", 1e-5),
      batchFirst: a.bool("batch_first", false), normFirst: a.bool("norm_first", false), bias: a.bool("bias", true),
      dtype: a.dtype)
    return BuiltModule(layer, inputs: "src src_mask src_key_padding_mask is_causal") { a in
      try [
        layer(
          a.needed("src"), srcMask: a.tensor("src_mask"), srcKeyPaddingMask: a.tensor("src_key_padding_mask"),
          isCausal: a.bool("is_causal", false))
      ]
    }
  },
  "nn.TransformerDecoderLayer": ModuleBuilder(any: layerParameters) { a in
    let layer = try TransformerDecoderLayer(
      dModel: a.int("d_model"), nhead: a.int("nhead"), dimFeedforward: a.int("dim_feedforward", 2048),
      dropout: a.double("dropout", 0.1), activation: a.activation(), layerNormEps: a.double("layer_norm_eps", 1e-5),
      batchFirst: a.bool("batch_first", false), normFirst: a.bool("norm_first", false), bias: a.bool("bias", true),
      dtype: a.dtype)
    return BuiltModule(
      layer,
      inputs:
        "tgt memory tgt_mask memory_mask tgt_key_padding_mask memory_key_padding_mask tgt_is_causal memory_is_causal"
    ) { a in
      try [
        layer(
          a.needed("tgt"), a.needed("memory"), tgtMask: a.tensor("tgt_mask"), memoryMask: a.tensor("memory_mask"),
          tgtKeyPaddingMask: a.tensor("tgt_key_padding_mask"),
          memoryKeyPaddingMask: a.tensor("memory_key_padding_mask"), tgtIsCausal: a.bool("tgt_is_causal", false),
          memoryIsCausal: a.bool("memory_is_causal", false))
      ]
    }
  },
  "nn.TransformerEncoder": ModuleBuilder(any: "encoder_layer num_layers norm enable_nested_tensor mask_check") { a in
    guard let layer = try a.module("encoder_layer") as? TransformerEncoderLayer else {
      throw a.mismatch("encoder_layer")
    }
    let encoder = try TransformerEncoder(
      encoderLayer: layer, numLayers: a.int("num_layers"), norm: a.layer("norm"),
      enableNestedTensor: a.bool("enable_nested_tensor", true), maskCheck: a.bool("mask_check", true))
    return BuiltModule(encoder, inputs: "src mask src_key_padding_mask is_causal") { a in
      try [
        encoder(
          a.needed("src"), mask: a.tensor("mask"), srcKeyPaddingMask: a.tensor("src_key_padding_mask"),
          isCausal: a.optionalBool("is_causal"))
      ]
    }
  },
  "nn.TransformerDecoder": ModuleBuilder(any: "decoder_layer num_layers norm") { a in
    guard let layer = try a.module("decoder_layer") as? TransformerDecoderLayer else {
      throw a.mismatch("decoder_layer")
    }
    let decoder = try TransformerDecoder(
      decoderLayer: layer, numLayers: a.int("num_layers"), norm: a.layer("norm"))
    return BuiltModule(
      decoder,
      inputs:
        "tgt memory tgt_mask memory_mask tgt_key_padding_mask memory_key_padding_mask tgt_is_causal memory_is_causal"
    ) { a in
      try [
        decoder(
          a.needed("tgt"), a.needed("memory"), tgtMask: a.tensor("tgt_mask"), memoryMask: a.tensor("memory_mask"),
          tgtKeyPaddingMask: a.tensor("tgt_key_padding_mask"),
          memoryKeyPaddingMask: a.tensor("memory_key_padding_mask"), tgtIsCausal: a.optionalBool("tgt_is_causal"),
          memoryIsCausal: a.bool("memory_is_causal", false))
      ]
    }
  },
  "nn.Transformer": ModuleBuilder(
    any: "d_model nhead num_encoder_layers num_decoder_layers dim_feedforward dropout activation custom_encoder "
      + "custom_decoder layer_norm_eps batch_first norm_first bias device dtype"
  ) { a in
    let model = try Transformer(
      dModel: a.int("d_model", 512), nhead: a.int("nhead", 8), numEncoderLayers: a.int("num_encoder_layers", 6),
      numDecoderLayers: a.int("num_decoder_layers", 6), dimFeedforward: a.int("dim_feedforward", 2048),
      dropout: a.double("dropout", 0.1), activation: a.activation(),
      customEncoder: a.module("custom_encoder") as? TransformerEncoder,
      customDecoder: a.module("custom_decoder") as? TransformerDecoder,
      layerNormEps: a.double("layer_norm_eps", 1e-5), batchFirst: a.bool("batch_first", false),
      normFirst: a.bool("norm_first", false), bias: a.bool("bias", true), dtype: a.dtype)
    return BuiltModule(
      model,
      inputs: "src tgt src_mask tgt_mask memory_mask src_key_padding_mask tgt_key_padding_mask memory_key_padding_mask "
        + "src_is_causal tgt_is_causal memory_is_causal"
    ) { a in
      try [
        model(
          a.needed("src"), a.needed("tgt"), srcMask: a.tensor("src_mask"), tgtMask: a.tensor("tgt_mask"),
          memoryMask: a.tensor("memory_mask"), srcKeyPaddingMask: a.tensor("src_key_padding_mask"),
          tgtKeyPaddingMask: a.tensor("tgt_key_padding_mask"),
          memoryKeyPaddingMask: a.tensor("memory_key_padding_mask"), srcIsCausal: a.optionalBool("src_is_causal"),
          tgtIsCausal: a.optionalBool("tgt_is_causal"), memoryIsCausal: a.bool("memory_is_causal", false))
      ]
    }
  },
]

extension ModuleArguments {
  /// A tensor that must be there.
  fileprivate mutating func needed(_ name: String) throws -> Tensor {
    guard let found = try tensor(name) else { throw mismatch(name) }
    return found
  }

  fileprivate mutating func optionalBool(_ name: String) throws -> Bool? {
    guard let value = take(name) else { return nil }
    guard case .bool(let v) = value else { throw mismatch(name) }
    return v
  }

  fileprivate mutating func layer(_ name: String) throws -> (any Layer)? {
    guard let found = try module(name) else { return nil }
    guard let layer = found as? any Layer else { throw mismatch(name) }
    return layer
  }

  /// The activation, a name, a function or a layer.
  fileprivate mutating func activation() throws -> TransformerActivation {
    if let layer = try layer("activation") { return TransformerActivation(layer) }
    switch functionName("activation") {
    case nil: return TransformerActivation(try string("activation", "relu"))
    case "relu": return .relu
    case "gelu": return .gelu
    case "silu": return TransformerActivation { $0.silu() }
    case "tanh": return TransformerActivation { $0.tanh() }
    default: throw mismatch("activation")
    }
  }
}
