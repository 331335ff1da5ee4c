"""The calls with which scripts/peers/operation_speed.py measures operations: for each name of the registry one call on a medium input
(about 10^4 elements) and one on a large input (about 10^6 to 10^7).

A call is (positional arguments, arguments with names). A tensor is described by how its elements are drawn: `normal(shape)` ...
"""


def tensor(kind, shape, **rest):
    return {"tensor": kind, "shape": list(shape), **rest}


def normal(*shape):
    return tensor("normal", shape)


def uniform(low, high, *shape):
    return tensor("uniform", shape, low=low, high=high)


def ints(high, *shape, dtype="int64"):
    return tensor("ints", shape, high=high, dtype=dtype)


def complexes(*shape):
    return tensor("complex", shape)


def booleans(*shape):
    return tensor("bool", shape)


def definite(*shape):
    """Symmetric positive definite matrices."""
    return tensor("definite", shape)


def triangular(*shape):
    """Upper triangular matrices with a diagonal that is not small."""
    return tensor("triangular", shape)


# Functions of one tensor that is taken element by element, by where they are defined.
POSITIVE = """log log10 log2 log1p sqrt rsqrt reciprocal lgamma digamma special.entr special.modified_bessel_k0 special.modified_bessel_k1
special.scaled_modified_bessel_k0 special.scaled_modified_bessel_k1 special.bessel_y0 special.bessel_y1""".split()
UNIT = "acos asin atanh erfinv logit special.ndtri".split()
REAL = """abs asinh atan ceil cos cosh erf erfc exp exp2 expm1 floor frac isnan logical_not neg sigmoid sign sin sinh square tan tanh
trunc angle deg2rad rad2deg round frexp isfinite isinf isneginf isposinf signbit relu nn.functional.relu6 nn.functional.leaky_relu
nn.functional.elu selu nn.functional.celu nn.functional.gelu nn.functional.silu nn.functional.mish nn.functional.hardtanh
nn.functional.hardsigmoid nn.functional.hardswish nn.functional.hardshrink nn.functional.softshrink nn.functional.tanhshrink
nn.functional.softsign nn.functional.logsigmoid nn.functional.softplus nan_to_num i0 sinc special.i0e special.i1 special.i1e
special.modified_bessel_i0 special.modified_bessel_i1 special.bessel_j0 special.bessel_j1 special.spherical_bessel_j0 special.airy_ai
special.erfcx special.ndtr special.log_ndtr isreal sgn zeros_like ones_like rand_like randn_like uniform_ normal_
exponential_ log_normal_ cauchy_ bernoulli_ nn.functional.dropout nn.functional.alpha_dropout nn.functional.rrelu
bool byte char short int long half bfloat16 double clone msort nonzero argwhere unique sum mean prod amax amin nansum nanmean all any
count_nonzero norm var std var_mean std_mean aminmax max min argmax argmin median nanmedian fliplr flipud tril triu
nn.functional.glu linalg.norm linalg.vector_norm""".split()
COMPLEX = "conj real imag view_as_real".split()
TWO = """eq ne lt le gt ge add sub rsub mul __rdiv__ true_divide div floor_divide remainder fmod atan2 hypot copysign maximum minimum fmax
fmin nextafter heaviside logaddexp logaddexp2 isclose allclose complex polar dist equal""".split()
INTEGERS = """gcd lcm bitwise_and bitwise_or bitwise_xor __rand__ __ror__ __rxor__""".split()
POLYNOMIALS = """special.chebyshev_polynomial_t special.chebyshev_polynomial_u special.chebyshev_polynomial_v special.chebyshev_polynomial_w
special.shifted_chebyshev_polynomial_t special.shifted_chebyshev_polynomial_u special.shifted_chebyshev_polynomial_v
special.shifted_chebyshev_polynomial_w special.hermite_polynomial_h special.hermite_polynomial_he special.laguerre_polynomial_l
special.legendre_polynomial_p""".split()
ROWS = """cumsum cumprod logcumsumexp cummax cummin logsumexp softmax log_softmax nn.functional.softmin""".split()
LAST = """sort argsort mode diff cumulative_trapezoid trapezoid""".split()
WINDOWS = "hamming hann bartlett blackman cosine nuttall gaussian exponential kaiser general_hamming".split()
LOSSES = """mse_loss l1_loss smooth_l1_loss huber_loss kl_div poisson_nll_loss soft_margin_loss hinge_embedding_loss""".split()
# Matrices: decompositions and what stands on them, of one tensor.
MATRICES = """linalg.lu_factor linalg.lu_factor_ex lu linalg.lu linalg.qr qr geqrf linalg.inv linalg.inv_ex linalg.det linalg.slogdet
linalg.pinv pinverse linalg.svd svd linalg.svdvals linalg.eig linalg.eigvals linalg.matrix_rank svd_lowrank pca_lowrank linalg.matrix_exp
linalg.matrix_norm linalg.cond trace corrcoef cov""".split()
DEFINITE = "linalg.cholesky cholesky linalg.cholesky_ex linalg.eigh linalg.eigvalsh logdet cholesky_inverse".split()

# What is not measured, and why.
NOT_MEASURED = {
    name: reason
    for names, reason in {
        """resolve_conj alias_copy contiguous mT T H mH expand reshape flatten view permute transpose t unsqueeze squeeze ravel broadcast_to
        expand_as view_as reshape_as unflatten movedim unfold select narrow slice diagonal as_strided atleast_1d atleast_2d atleast_3d unbind
        split_with_sizes chunk split tensor_split hsplit vsplit dsplit broadcast_tensors broadcast_shapes view_as_complex linalg.diagonal
        meshgrid""": "a view: no element is touched",
        "item scalar_tensor empty new_empty empty_like empty_strided new_empty_strided empty_permuted resize_ resize_as_ to float": "no work",
        """__radd__ __rmul__ __rsub__ __rpow__ __rmod__ rrelu new_zeros new_ones new_full Tensor.where Tensor.polygamma histogramdd
        nn.functional.triplet_margin_with_distance_loss native_layer_norm native_group_norm native_batch_norm
        nn.functional.multi_head_attention_forward slice_scatter cfloat cdouble linalg.polar linalg.matrix_sqrth
        nn.functional.linear_cross_entropy grid_sampler linalg.vander __rmatmul__ zero fill""": "measured under another name, or not in PyTorch",
    }.items()
    for name in names.split()
}


def calls(is_large):
    """The call of each operation."""
    side = 1000 if is_large else 100
    count = side * side
    x = normal(side, side)
    made = {}

    def add(name, *positional, **named):
        made[name] = (list(positional), named)

    for name in POSITIVE:
        add(name, uniform(0.1, 5, side, side))
    for name in UNIT:
        add(name, uniform(0.01, 0.99, side, side))
    for name in REAL:
        add(name, x)
    for name in COMPLEX:
        add(name, complexes(side, side))
    for name in TWO:
        add(name, x, normal(side, side))
    for name in INTEGERS:
        add(name, ints(1000, side, side), ints(1000, side, side))
    for name in POLYNOMIALS:
        add(name, uniform(-1, 1, side, side), ints(8, side, side))
    for name in ROWS:
        add(name, x, 1)
    for name in LAST:
        add(name, x)
    for name in WINDOWS:
        add("signal.windows." + name, count)
    for name in LOSSES:
        add("nn.functional." + name, x, uniform(0.1, 0.9, side, side))
    matrix = 256 if is_large else 64
    for name in MATRICES:
        add(name, normal(matrix, matrix))
    for name in DEFINITE:
        add(name, definite(matrix, matrix))
    a, d = normal(matrix, matrix), definite(matrix, matrix)

    # Element by element, of several.
    add("acosh", uniform(1.1, 5, side, side))
    add("pow", uniform(0.1, 3, side, side), uniform(0.1, 3, side, side))
    add("float_power", uniform(0.1, 3, side, side), uniform(0.1, 3, side, side))
    add("ldexp", x, ints(8, side, side))
    for name in ("logical_and", "logical_or", "logical_xor"):
        add(name, booleans(side, side), booleans(side, side))
    add("bitwise_not", ints(1000, side, side))
    for name in ("bitwise_left_shift", "bitwise_right_shift"):
        add(name, ints(1000, side, side), ints(8, side, side))
    add("where", booleans(side, side), x, x)
    add("lerp", x, x, 0.3)
    add("addcmul", x, x, x)
    add("addcdiv", x, x, uniform(0.5, 2, side, side))
    add("threshold", x, 0.1, 2.0)
    add("prelu", normal(8, side, count // 8 // side), normal(side))
    add("clamp", x, -0.5, 0.5)
    add("clamp_min", x, 0.1)
    add("clamp_max", x, 0.1)
    for name in ("igamma", "igammac"):
        add(name, uniform(0.1, 5, side, side), uniform(0.1, 5, side, side))
    add("mvlgamma", uniform(3, 6, side, side), 3)
    add("polygamma", 1, uniform(0.5, 5, side, side))
    for name in ("xlogy", "special.xlog1py"):
        add(name, x, uniform(0.1, 5, side, side))
    add("special.zeta", uniform(1.5, 5, side, side), uniform(0.5, 5, side, side))

    # Made from nothing.
    for name in ("zeros", "ones", "rand", "randn"):
        add(name, [side, side])
    add("full", [side, side], 1.5)
    add("full_like", x, 1.5)
    add("arange", count)
    add("linspace", 0.0, 1.0, count)
    add("logspace", 0.0, 1.0, count)
    add("eye", side)
    add("tril_indices", side, side)
    add("triu_indices", side, side)
    add("randint", 0, 100, [side, side])
    add("randperm", count)
    add("randint_like", x, 100)
    add("normal", x, 1.0)
    add("bernoulli", uniform(0, 1, side, side))
    add("multinomial", uniform(0, 1, side, side), 5, True)
    add("geometric_", x, 0.5)

    # Moved.
    add("repeat", x, [2, 2])
    add("tile", x, [2, 2])
    add("repeat_interleave", x, 2, 1)
    add("select_scatter", x, normal(side), 0, 3)
    add("diagonal_scatter", x, normal(side))
    add("diag", normal(side))
    add("diag_embed", normal(side // 10, side // 10))
    add("diagflat", normal(side))
    add("flip", x, [0, 1])
    add("roll", x, [3, 5], [0, 1])
    add("rot90", x)
    for name in ("cat", "stack", "hstack", "vstack", "dstack", "column_stack"):
        add(name, [x, x])
    add("block_diag", [x, x])
    add("cartesian_prod", [normal(side), normal(side)])
    add("combinations", normal(side))
    add("constant_pad_nd", x, [3, 3, 2, 2])
    add("nn.functional.pad", normal(1, 4, side, count // 4 // side), [3, 3, 2, 2], "reflect")
    add("__getitem__", x, ints(side, side))

    # By places.
    add("masked_fill", x, booleans(side, side), 1.5)
    add("index_select", x, 1, ints(side, side))
    add("gather", x, 1, ints(side, side, side))
    add("take", x, ints(count, count))
    add("take_along_dim", x, ints(side, side, side), 1)
    add("masked_select", x, booleans(side, side))
    add("masked_scatter", x, booleans(side, side), x)
    for name in ("scatter", "scatter_add"):
        add(name, x, 1, ints(side, side, side), x)
    add("scatter_reduce", x, 1, ints(side, side, side), x, "amax")
    for name in ("index_add", "index_copy"):
        add(name, x, 0, ints(side, side), x)
    add("index_fill", x, 0, ints(side, side), 1.5)
    add("index_reduce", x, 0, ints(side, side), x, "amax")
    add("index_put", x, [ints(side, count), ints(side, count)], normal(count))
    add("put", x, ints(count, count), normal(count))

    # Sums and orders.
    add("sum_to_size", x, [1, side])
    add("renorm", x, 2.0, 0, 1.0)
    add("topk", x, 10)
    add("kthvalue", x, side // 2)
    add("unravel_index", ints(count, count), [side, side])
    add("nonzero_static", x, size=count)
    add("searchsorted", tensor("sorted", [side]), x)
    add("bucketize", x, tensor("sorted", [side]))
    add("unique_consecutive", tensor("sorted", [count]))
    add("isin", ints(1000, side, side), ints(1000, 100))
    add("quantile", x, 0.3, 1)
    add("nanquantile", x, 0.3, 1)
    add("bincount", ints(1000, count))
    add("histc", x)
    add("histogram", x, 100)
    add("gradient", x)
    add("signal.windows.general_cosine", count, [0.5, 0.3, 0.2])
    add("argsort", x)

    # Fourier transforms.
    for name in ("fft", "rfft", "ihfft", "rfftn", "rfft2", "ihfftn", "ihfft2"):
        add("fft." + name, normal(1024 if is_large else 128, 1024 if is_large else 128))
    for name in ("ifft", "irfft", "hfft", "fftn", "ifftn", "irfftn", "hfftn", "fft2", "ifft2", "irfft2", "hfft2"):
        add("fft." + name, complexes(1024 if is_large else 128, 1024 if is_large else 128))
    add("fft.fftfreq", count)
    add("fft.rfftfreq", count)
    add("fft.fftshift", x)
    add("fft.ifftshift", x)
    add("stft", normal(count), 256, window=normal(256), return_complex=True)
    add("istft", complexes(129, count // 128), 256, window=uniform(0.5, 1, 256))

    # Products.
    add("matmul", x, x)
    add("mm", x, x)
    add("bmm", normal(count // 1000, 32, 32), normal(count // 1000, 32, 32))
    add("mv", x, normal(side))
    add("dot", normal(count), normal(count))
    add("vdot", normal(count), normal(count))
    add("nn.functional.linear", x, x, normal(side))
    add("nn.functional.bilinear", normal(64, 32), normal(64, 32), normal(side // 5, 32, 32))
    add("addmm", x, x, x)
    add("addmv", normal(side), x, normal(side))
    add("addbmm", normal(32, 32), normal(count // 1000, 32, 32), normal(count // 1000, 32, 32))
    add("baddbmm", normal(count // 1000, 32, 32), normal(count // 1000, 32, 32), normal(count // 1000, 32, 32))
    add("addr", x, normal(side), normal(side))
    add("outer", normal(side), normal(side))
    add("inner", normal(count), normal(count))
    add("kron", normal(side // 10, side // 10), normal(10, 10))
    add("tensordot", x, x, 1)
    add("einsum", "ij,jk->ik", [x, x])
    add("cross", normal(count // 3, 3), normal(count // 3, 3))
    add("linalg.cross", normal(count // 3, 3), normal(count // 3, 3))
    add("linalg.vecdot", x, x)
    add("vander", normal(side), 20)

    # Matrices.
    add("lu_unpack", a, tensor("pivots", [matrix]))
    add("lu_solve", a, a, tensor("pivots", [matrix]))
    add("linalg.lu_solve", a, tensor("pivots", [matrix]), a)
    add("linalg.householder_product", a, uniform(0, 1, matrix))
    add("ormqr", a, uniform(0, 1, matrix), a)
    add("linalg.solve", a, a)
    add("linalg.solve_ex", a, a)
    add("linalg.solve_triangular", triangular(matrix, matrix), a, upper=True)
    add("triangular_solve", a, triangular(matrix, matrix))
    add("linalg.lstsq", a, a)
    add("linalg.tensorinv", normal(matrix, matrix // 8, 8), 1)
    add("linalg.tensorsolve", normal(matrix, matrix // 8, 8), normal(matrix))
    add("cholesky_solve", a, triangular(matrix, matrix), True)
    add("linalg.matrix_power", d, 3)
    add("linalg.multi_dot", [a, a, a])

    # Networks.
    big = 56 if is_large else 16
    images = normal(8 if is_large else 1, 32, big, big)
    signals = normal(8 if is_large else 1, 32, big * big // 4)
    volumes = normal(2 if is_large else 1, 8, big // 2, big // 2, big // 2)
    for dims, data, channels in ((1, signals, 32), (2, images, 32), (3, volumes, 8)):
        add(f"nn.functional.conv{dims}d", data, normal(channels, channels, *[3] * dims), normal(channels), padding=1)
        add(f"nn.functional.conv_transpose{dims}d", data, normal(channels, channels, *[3] * dims), normal(channels), stride=2)
        add(f"nn.functional.max_pool{dims}d", data, 2)
        add(f"nn.functional.avg_pool{dims}d", data, 2)
        add(f"nn.functional.adaptive_avg_pool{dims}d", data, 4)
        add(f"nn.functional.adaptive_max_pool{dims}d", data, 4)
        add(f"nn.functional.dropout{dims}d", data)
        size = data["shape"][2]
        add(f"nn.functional.max_unpool{dims}d", data, tensor("unpooled", data["shape"], dims=dims), 2)
        if dims > 1:
            add(f"nn.functional.fractional_max_pool{dims}d", data, 2, output_size=size // 2)
    add("nn.functional.batch_norm", images, normal(32), uniform(0.5, 1, 32), normal(32), normal(32), True)
    add("nn.functional.layer_norm", x, [side], normal(side), normal(side))
    add("nn.functional.rms_norm", x, [side], normal(side))
    add("nn.functional.group_norm", images, 8, normal(32), normal(32))
    add("nn.functional.instance_norm", images)
    add("nn.functional.local_response_norm", images, 5)
    add("nn.functional.normalize", x)
    add("nn.functional.feature_alpha_dropout", images, training=True)
    add("nn.functional.binary_cross_entropy", uniform(0.01, 0.99, side, side), uniform(0.01, 0.99, side, side))
    add("nn.functional.binary_cross_entropy_with_logits", x, uniform(0.01, 0.99, side, side))
    add("nn.functional.gaussian_nll_loss", x, x, uniform(0.1, 1, side, side))
    add("nn.functional.cross_entropy", x, ints(side, side))
    add("nn.functional.nll_loss", x, ints(side, side))
    add("nn.functional.margin_ranking_loss", normal(count), normal(count), tensor("signs", [count]))
    add("nn.functional.cosine_embedding_loss", x, x, tensor("signs", [side]))
    add("nn.functional.triplet_margin_loss", x, normal(side, side), normal(side, side))
    add("nn.functional.multi_margin_loss", x, ints(side, side))
    add("nn.functional.multilabel_margin_loss", x, ints(side, side, side))
    add("nn.functional.multilabel_soft_margin_loss", x, uniform(0, 1, side, side))
    add("nn.functional.cosine_similarity", x, normal(side, side))
    add("nn.functional.pairwise_distance", x, normal(side, side))
    add("cdist", x, normal(side, side))
    add("nn.functional.pdist", normal(side // 2, 32))
    add("nn.functional.ctc_loss", tensor("log_softmax", [side // 2, 16, 20]), tensor("labels", [16, 20], high=20), [side // 2] * 16, [20] * 16)
    heads = normal(2, 8, side // 4, 64)
    add("nn.functional.scaled_dot_product_attention", heads, heads, heads)
    add("nn.functional.embedding", ints(1000, count // 64), normal(1000, 64))
    add("nn.functional.one_hot", ints(100, count // 100), 100)
    add("nn.functional.embedding_bag", ints(1000, count // 640, 10), normal(1000, 64))
    add("nn.utils.rnn.pad_sequence", [normal(side // 2, 64), normal(side, 64)])
    add("nn.functional.gumbel_softmax", x)
    add("nn.functional.pixel_shuffle", images, 2)
    add("nn.functional.pixel_unshuffle", images, 2)
    add("nn.functional.channel_shuffle", images, 4)
    add("nn.functional.unfold", images, 3)
    add("nn.functional.fold", normal(1, 32 * 9, (big - 2) ** 2), [big, big], 3)
    add("nn.functional.interpolate", images, scale_factor=2.0, mode="bilinear")
    add("nn.functional.upsample_nearest", images, scale_factor=2)
    add("nn.functional.upsample_bilinear", images, scale_factor=2)
    add("nn.functional.grid_sample", images, uniform(-1, 1, images["shape"][0], big, big, 2))
    add("nn.functional.affine_grid", normal(8, 2, 3), [8, 3, big, big])
    return made
