import Apus
import ApusCore

/// What an argument may be.
enum ArgumentKind {
  /// A tensor of numbers, of the call's type more often than not.
  case tensor
  /// A tensor of ints, most of them places in something small.
  case indices
  case mask
  case number
  case count
  case dim
  case dims
  case sizes
  case bool
  case dtype
  case none
  case list(of: [ArgumentKind])
  case text([String])
  case function
}

extension ArgumentKind {
  /// What the parameters of operations take, by name: each kind as likely as the others.
  static let byName: [String: [ArgumentKind]] = {
    var kinds: [String: [ArgumentKind]] = [:]
    func add(_ names: String, _ some: [ArgumentKind]) {
      for name in names.split(separator: " ") { kinds[String(name)] = some }
    }
    add(
      """
      input A B LU LU_data L a anchor b batch1 batch2 bias bias_k bias_v elements grid in_proj_bias in_proj_weight input1 input2 key \
      linear_weight log_probs logits mat mat1 mat2 negative out_proj_bias out_proj_weight positive query running_mean running_var \
      sorted_sequence source src target tau tensor tensor1 tensor2 test_elements theta values vec vec1 vec2 var weight x x1 x2 y
      """, [.tensor])
    add("index indices pivots LU_pivots targets input_lengths target_lengths", [.indices, .indices, .sizes, .tensor])
    add("condition mask key_padding_mask", [.mask])
    add("attn_mask", [.mask, .tensor, .none])
    add(
      """
      linear_bias weights pos_weight per_sample_weights q_proj_weight k_proj_weight v_proj_weight static_k static_v window fweights \
      aweights _random_samples prepend append
      """, [.tensor, .tensor, .none])
    add("offsets sorter", [.indices, .none])
    add("tensors operands sequences", [.list(of: [.tensor])])
    add("shapes", [.list(of: [.sizes])])
    add("other end start value fill_value mean std min max p low high boundaries", [.tensor, .number, .number])
    add("step steps n m N k q r repeats sections bins split_size M", [.count, .count, .tensor, .number])
    add("dim dim0 dim1 dim2 dimension start_dim end_dim", [.dim, .dim, .dim, .dims, .none])
    add("dims shifts", [.dims, .dim])
    add(
      "size shape sizes split_sizes normalized_shape stride pad output_size kernel_size padding dilation",
      [.sizes, .sizes, .count])
    add(
      "output_padding physical_layout s indices_or_sections spacing range output_ratio scale_factor",
      [.sizes, .count, .none])
    add("groups num_groups group num_heads num_classes num_samples chunks upscale_factor downscale_factor", [.count])
    add("n_fft hop_length win_length length minlength blank ignore_index padding_idx divisor_override", [.count])
    add("embed_dim_to_check C HxW row col split niter decimals destination driver storage_offset correction", [.count])
    add("dtype", [.dtype])
    add("device", [.text(["cpu", "cuda", "meta", "nowhere", ""])])
    add(
      "memory_format", [.text(["contiguous_format", "channels_last", "preserve_format", "channels_last_3d"]), .none])
    add("reduction", [.text(["mean", "sum", "none", "batchmean", "most"])])
    add("reduce", [.text(["sum", "prod", "mean", "amax", "amin", "add", "multiply", "most"]), .none])
    add("rounding_mode", [.text(["floor", "trunc", "up"]), .none])
    add("approximate", [.text(["none", "tanh"])])
    add("norm", [.text(["forward", "backward", "ortho", "other"]), .none])
    add("ord", [.text(["fro", "nuc", "inf"]), .number, .count, .none])
    add("indexing", [.text(["ij", "xy", "yx"])])
    add(
      "equation",
      [.text(["ij,jk->ik", "ii", "i,j", "...ij,...jk", "ij->ji", "bij,bjk->bik", "a->", "->", "ij,", "iii->i"])])
    add(
      "mode interpolation interpolation_mode",
      [
        .text([
          "nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact", "reduced", "complete", "r",
          "constant",
          "reflect", "replicate", "circular", "sum", "mean", "max", "lower", "higher", "midpoint",
        ]), .count,
      ])
    add("padding_mode", [.text(["zeros", "border", "reflection"]), .count])
    add("pad_mode", [.text(["reflect", "constant", "replicate"])])
    add("UPLO", [.text(["L", "U", "l", "X"])])
    add("driver", [.text(["gels", "gelsy", "gelsd", "gelss", "other"]), .none])
    add("side padding_side", [.text(["left", "right", "middle"]), .none])
    add("distance_function", [.function, .none])
    add(
      """
      add_zero_attn upper align_corners training unbiased as_tuple some compute_uv return_indices keepdim inplace is_causal left full
      """, [.bool])
    add("eps rtol atol rcond scale alpha beta momentum threshold maxnorm margin", [.number, .tensor, .none])
    add("dropout_p lambd theta s", [.number])
    return kinds
  }()

  /// What a parameter takes: by its name, else by what stands for it where it is left out.
  static func of(_ parameter: OperationParameter) -> [ArgumentKind] {
    if let known = byName[parameter.name] { return known }
    switch parameter.standard {
    case "True", "False": return [.bool]
    case "None", nil: return [.none, .tensor, .number, .count, .sizes]
    case let text? where text.hasPrefix("'"): return [.text([String(text.filter { $0 != "'" })])]
    default: return [.number, .count]
    }
  }

  static let any: [ArgumentKind] = [
    .tensor, .indices, .mask, .number, .count, .dim, .dims, .sizes, .bool, .dtype, .none, .text(["", "sum", "x"]),
    .function,
    .list(of: [.tensor, .number, .sizes, .none]),
  ]
}
