/// What operations lack, and why, in one place: a test compares each line with what is found.
package let operationMarks: [OperationMark] = [
  OperationMark(
    [.derivative, .forwardDerivative], "Its results are truths, places or whole numbers.",
    """
    isnan logical_not eq ne lt le gt ge gcd lcm bitwise_not isfinite isinf isneginf isposinf signbit __rand__ __ror__ __rxor__
    logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift isclose isreal bool
    byte char short int long all any count_nonzero argmax argmin argsort searchsorted bucketize isin linalg.matrix_rank
    hash_tensor masked.argmax masked.argmin
    """),
  OperationMark(
    [.derivative, .forwardDerivative], "PyTorch has no derivative of it either.",
    """
    heaviside special.scaled_modified_bessel_k0 special.scaled_modified_bessel_k1 special.spherical_bessel_j0 special.airy_ai igamma
    igammac special.zeta special.chebyshev_polynomial_t special.chebyshev_polynomial_u special.chebyshev_polynomial_v
    special.chebyshev_polynomial_w special.shifted_chebyshev_polynomial_t special.shifted_chebyshev_polynomial_u
    special.shifted_chebyshev_polynomial_v special.shifted_chebyshev_polynomial_w special.hermite_polynomial_h
    special.hermite_polynomial_he special.laguerre_polynomial_l special.legendre_polynomial_p geqrf
    linalg.ldl_factor linalg.ldl_factor_ex linalg.ldl_solve
    """),
  OperationMark(
    [.derivative, .forwardDerivative], "Its results do not depend on the elements of what it is given.",
    "new_zeros new_ones new_empty new_full resize_ zeros_like ones_like full_like empty_like zero"),
  OperationMark(
    [.derivative, .forwardDerivative, .batching, .compiling], "It takes no tensors, or looks at their shapes alone.",
    """
    scalar_tensor full zeros ones empty empty_strided new_empty_strided empty_permuted resize_as_ arange linspace logspace eye
    tril_indices triu_indices broadcast_shapes signal.windows.hamming signal.windows.hann signal.windows.bartlett
    signal.windows.blackman signal.windows.cosine signal.windows.nuttall signal.windows.gaussian signal.windows.exponential
    signal.windows.kaiser signal.windows.general_hamming signal.windows.general_cosine fft.fftfreq fft.rfftfreq
    """),
  OperationMark(
    [.derivative, .forwardDerivative, .batching, .compiling], "It draws random numbers, others at each call.",
    "rand randn randint randperm randint_like normal multinomial geometric_"),
  OperationMark(
    [.derivative, .forwardDerivative, .batching],
    "It draws random numbers: nothing flows back, and samples would have others.",
    "rand_like randn_like uniform_ normal_ exponential_ log_normal_ cauchy_ bernoulli_"),
  OperationMark([.batching, .compiling], "It draws random numbers, others at each call.", "bernoulli"),
  OperationMark(
    [.batching], "It draws random numbers, which samples would not share.",
    """
    svd_lowrank pca_lowrank nn.functional.fractional_max_pool2d nn.functional.fractional_max_pool3d nn.functional.dropout1d
    nn.functional.gumbel_softmax
    """),
  OperationMark(
    [.derivative, .forwardDerivative, .batching, .compiling],
    "The size of the result, or the result outside of any tensor, depends on the elements.",
    """
    allclose item equal nonzero nonzero_static argwhere unravel_index unique unique_consecutive bincount histc histogram histogramdd
    nn.functional.one_hot
    """),
  OperationMark(
    [.batching, .compiling], "The size of the result, or the way to it, depends on the elements.",
    "masked_select masked_scatter segment_reduce linalg.lstsq linalg.matrix_exp nn.functional.ctc_loss"),
  OperationMark([.compiling], "Its weights are looked at before it computes.", "cov"),
  OperationMark(
    [.batching],
    "The samples of the check, which have the same elements in other orders, are no positive definite matrices.",
    "linalg.cholesky cholesky"),
  OperationMark([.batching], "Samples go one by one: bags are cut by offsets.", "nn.functional.embedding_bag"),
  OperationMark(
    [.derivative, .forwardDerivative, .batching, .compiling],
    "Its calls have more tensors than the check moves; the operations that it is made of are checked under their own names.",
    "nn.functional.multi_head_attention_forward"),
]
