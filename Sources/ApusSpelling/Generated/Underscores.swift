// swift-format-ignore-file
// What PyTorch's names with underscores are here, said by the compiler. Written by scripts/make-spellings.py; change the table or the script, not this file.

import ApusCore
import ApusFunctional
import ApusNumerics

@available(*, unavailable, message: "names are written without underscores here: alphaDropout")
public var alpha_dropout: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: asStrided")
public var as_strided: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: asStridedScatter")
public var as_strided_scatter: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: asTensor")
public var as_tensor: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: atleast1d")
public var atleast_1d: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: atleast2d")
public var atleast_2d: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: atleast3d")
public var atleast_3d: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: batchNorm")
public var batch_norm: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: binaryCrossEntropy")
public var binary_cross_entropy: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: binaryCrossEntropyWithLogits")
public var binary_cross_entropy_with_logits: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: bitwiseAnd")
public var bitwise_and: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: bitwiseLeftShift")
public var bitwise_left_shift: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: bitwiseOr")
public var bitwise_or: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: bitwiseRightShift")
public var bitwise_right_shift: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: bitwiseXor")
public var bitwise_xor: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: blockDiag")
public var block_diag: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: broadcastTensors")
public var broadcast_tensors: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: broadcastTo")
public var broadcast_to: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: cartesianProd")
public var cartesian_prod: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: channelShuffle")
public var channel_shuffle: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: choleskyInverse")
public var cholesky_inverse: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: choleskySolve")
public var cholesky_solve: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: clipGradNorm")
public var clip_grad_norm_: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: constantPadNd")
public var constant_pad_nd: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: cosineEmbeddingLoss")
public var cosine_embedding_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: cosineSimilarity")
public var cosine_similarity: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: countNonzero")
public var count_nonzero: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: crossEntropy")
public var cross_entropy: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: ctcLoss")
public var ctc_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: cumulativeTrapezoid")
public var cumulative_trapezoid: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: diagEmbed")
public var diag_embed: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: diagonalScatter")
public var diagonal_scatter: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: embeddingBag")
public var embedding_bag: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: emptyLike")
public var empty_like: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: featureAlphaDropout")
public var feature_alpha_dropout: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: featureDropout")
public var feature_dropout: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: floatPower")
public var float_power: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: floorDivide")
public var floor_divide: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: Tensor")
public var from_numpy: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: fullLike")
public var full_like: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: gaussianNllLoss")
public var gaussian_nll_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: greaterEqual")
public var greater_equal: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: gridSample")
public var grid_sample: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: groupNorm")
public var group_norm: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: hashTensor")
public var hash_tensor: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: hingeEmbeddingLoss")
public var hinge_embedding_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: huberLoss")
public var huber_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: indexAdd")
public var index_add: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: indexCopy")
public var index_copy: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: indexFill")
public var index_fill: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: indexPut")
public var index_put: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: indexReduce")
public var index_reduce: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: indexSelect")
public var index_select: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: inferenceMode")
public var inference_mode: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: instanceNorm")
public var instance_norm: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: isGradEnabled")
public var is_grad_enabled: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: isTensor")
public var is_tensor: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: klDiv")
public var kl_div: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: l1Loss")
public var l1_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: layerNorm")
public var layer_norm: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: leakyRelu")
public var leaky_relu: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: lessEqual")
public var less_equal: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: linearCrossEntropy")
public var linear_cross_entropy: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: localResponseNorm")
public var local_response_norm: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: logSoftmax")
public var log_softmax: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: logicalAnd")
public var logical_and: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: logicalNot")
public var logical_not: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: logicalOr")
public var logical_or: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: logicalXor")
public var logical_xor: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: luSolve")
public var lu_solve: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: luUnpack")
public var lu_unpack: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: manualSeed")
public var manual_seed: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: marginRankingLoss")
public var margin_ranking_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: maskedFill")
public var masked_fill: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: maskedScatter")
public var masked_scatter: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: maskedSelect")
public var masked_select: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: matrixExp")
public var matrix_exp: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: mseLoss")
public var mse_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: multiHeadAttentionForward")
public var multi_head_attention_forward: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: multiMarginLoss")
public var multi_margin_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: multilabelMarginLoss")
public var multilabel_margin_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: multilabelSoftMarginLoss")
public var multilabel_soft_margin_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: nanToNum")
public var nan_to_num: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: nllLoss")
public var nll_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: noGrad")
public var no_grad: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: nonzeroStatic")
public var nonzero_static: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: notEqual")
public var not_equal: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: oneHot")
public var one_hot: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: onesLike")
public var ones_like: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: pairwiseDistance")
public var pairwise_distance: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: pixelShuffle")
public var pixel_shuffle: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: pixelUnshuffle")
public var pixel_unshuffle: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: poissonNllLoss")
public var poisson_nll_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: randLike")
public var rand_like: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: randintLike")
public var randint_like: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: randnLike")
public var randn_like: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: repeatInterleave")
public var repeat_interleave: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: rmsNorm")
public var rms_norm: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: scaledDotProductAttention")
public var scaled_dot_product_attention: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: scatterAdd")
public var scatter_add: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: scatterReduce")
public var scatter_reduce: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: segmentReduce")
public var segment_reduce: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: selectScatter")
public var select_scatter: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: setDefaultDtype")
public var set_default_dtype: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: setPrintOptions")
public var set_printoptions: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: sliceScatter")
public var slice_scatter: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: smoothL1Loss")
public var smooth_l1_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: softMarginLoss")
public var soft_margin_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: stdMean")
public var std_mean: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: takeAlongDim")
public var take_along_dim: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: tensorSplit")
public var tensor_split: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: triangularSolve")
public var triangular_solve: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: trilIndices")
public var tril_indices: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: tripletMarginLoss")
public var triplet_margin_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: tripletMarginWithDistanceLoss")
public var triplet_margin_with_distance_loss: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: triuIndices")
public var triu_indices: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: trueDivide")
public var true_divide: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: uniqueConsecutive")
public var unique_consecutive: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: unravelIndex")
public var unravel_index: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: varMean")
public var var_mean: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: viewAsComplex")
public var view_as_complex: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: viewAsReal")
public var view_as_real: Misspelt { Misspelt() }
@available(*, unavailable, message: "names are written without underscores here: zerosLike")
public var zeros_like: Misspelt { Misspelt() }

extension Tensor {
  @available(*, unavailable, message: "names are written without underscores here: asStrided")
  public var as_strided: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: asStrided_")
  public var as_strided_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: asStridedScatter")
  public var as_strided_scatter: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: bitwiseAnd")
  public var bitwise_and: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: bitwiseAnd_")
  public var bitwise_and_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: bitwiseLeftShift")
  public var bitwise_left_shift: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: bitwiseLeftShift_")
  public var bitwise_left_shift_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: bitwiseNot")
  public var bitwise_not: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: bitwiseNot_")
  public var bitwise_not_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: bitwiseOr")
  public var bitwise_or: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: bitwiseOr_")
  public var bitwise_or_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: bitwiseRightShift")
  public var bitwise_right_shift: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: bitwiseRightShift_")
  public var bitwise_right_shift_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: bitwiseXor")
  public var bitwise_xor: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: bitwiseXor_")
  public var bitwise_xor_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: broadcastTo")
  public var broadcast_to: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: choleskyInverse")
  public var cholesky_inverse: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: choleskySolve")
  public var cholesky_solve: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: countNonzero")
  public var count_nonzero: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: diagEmbed")
  public var diag_embed: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: diagonalScatter")
  public var diagonal_scatter: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: elementSize")
  public var element_size: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: expandAs")
  public var expand_as: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: floatPower")
  public var float_power: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: floatPower_")
  public var float_power_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: floorDivide")
  public var floor_divide: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: floorDivide_")
  public var floor_divide_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: gradFn")
  public var grad_fn: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: greaterEqual")
  public var greater_equal: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: greaterEqual_")
  public var greater_equal_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: hashTensor")
  public var hash_tensor: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: indexAdd")
  public var index_add: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: indexAdd_")
  public var index_add_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: indexCopy")
  public var index_copy: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: indexCopy_")
  public var index_copy_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: indexFill")
  public var index_fill: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: indexFill_")
  public var index_fill_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: indexPut")
  public var index_put: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: indexPut_")
  public var index_put_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: indexReduce")
  public var index_reduce: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: indexReduce_")
  public var index_reduce_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: indexSelect")
  public var index_select: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: isContiguous")
  public var is_contiguous: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: isLeaf")
  public var is_leaf: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: lessEqual")
  public var less_equal: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: lessEqual_")
  public var less_equal_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: logNormal_")
  public var log_normal_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: logSoftmax")
  public var log_softmax: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: logicalAnd")
  public var logical_and: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: logicalAnd_")
  public var logical_and_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: logicalNot_")
  public var logical_not_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: logicalOr")
  public var logical_or: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: logicalOr_")
  public var logical_or_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: logicalXor")
  public var logical_xor: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: logicalXor_")
  public var logical_xor_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: luSolve")
  public var lu_solve: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: maskedFill")
  public var masked_fill: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: maskedFill_")
  public var masked_fill_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: maskedScatter")
  public var masked_scatter: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: maskedScatter_")
  public var masked_scatter_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: maskedSelect")
  public var masked_select: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: nanToNum")
  public var nan_to_num: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: nanToNum_")
  public var nan_to_num_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: newEmpty")
  public var new_empty: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: newFull")
  public var new_full: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: newOnes")
  public var new_ones: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: newZeros")
  public var new_zeros: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: notEqual")
  public var not_equal: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: notEqual_")
  public var not_equal_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: registerHook")
  public var register_hook: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: repeatInterleave")
  public var repeat_interleave: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: requiresGrad")
  public var requires_grad: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: requiresGrad_")
  public var requires_grad_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: reshapeAs")
  public var reshape_as: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: retainGrad")
  public var retain_grad: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: scatterAdd")
  public var scatter_add: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: scatterAdd_")
  public var scatter_add_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: scatterReduce")
  public var scatter_reduce: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: scatterReduce_")
  public var scatter_reduce_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: selectScatter")
  public var select_scatter: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: sliceScatter")
  public var slice_scatter: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: sumToSize")
  public var sum_to_size: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: takeAlongDim")
  public var take_along_dim: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: tensorSplit")
  public var tensor_split: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: triangularSolve")
  public var triangular_solve: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: trueDivide")
  public var true_divide: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: trueDivide_")
  public var true_divide_: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: typeAs")
  public var type_as: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: uniqueConsecutive")
  public var unique_consecutive: Misspelt { Misspelt() }
  @available(*, unavailable, message: "names are written without underscores here: viewAs")
  public var view_as: Misspelt { Misspelt() }
}
