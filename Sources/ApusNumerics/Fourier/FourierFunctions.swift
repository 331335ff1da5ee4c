import ApusCore

/// Where the factor 1 / n of a transform and its inverse stands, PyTorch's `norm`.
public enum FourierNorm: String, Sendable, Hashable, CaseIterable, NamedChoice {
  /// In the inverse transform.
  case backward
  /// In the transform.
  case forward
  /// Half in each: both are divided by the square root of n.
  case ortho

  /// The same with transform and inverse exchanged.
  var reversed: FourierNorm {
    switch self {
    case .backward: .forward
    case .forward: .backward
    case .ortho: .ortho
    }
  }

  /// The factor of a transform of `n` numbers.
  func scale(_ n: Int, isInverse: Bool) -> Double {
    switch self {
    case .ortho: 1 / Double(n).squareRoot()
    case .backward: isInverse ? 1 / Double(n) : 1
    case .forward: isInverse ? 1 : 1 / Double(n)
    }
  }
}

/// Discrete Fourier transforms, under PyTorch's names in `torch.fft`.
///
///     let spectrum = fft.rfft(x)                      // complex, [..., n / 2 + 1]
///     let y = fft.irfft(spectrum, n: x.size(-1))      // x again
///
/// `n` (or `s`) is the length of the signal: it is cut or filled up with zeros. Numbers are float32, float64, complex64 or complex128;
/// whole numbers and truth values become floating point. Lengths with small prime factors are fastest; others take some four
/// times as long. All transforms have gradients.
public enum fft {
  /// The spectrum of complex (or real) numbers along `dim`: y[k] = Σ x[j] exp(-2πi j k / n).
  /// - Parameters:
  ///   - n: the length of the signal, that of `input` if nil.
  ///   - norm: where the factor 1 / n stands.
  /// - Returns: a complex tensor with `n` elements along `dim`.
  public static func fft(_ input: Tensor, n: Int? = nil, dim: Int = -1, norm: FourierNorm = .backward) -> Tensor {
    attempt(input) { () throws(TensorError) in try complexes(input, [(dim, n)], norm, isInverse: false, "fft.fft") }
  }

  /// The numbers of a spectrum: x[j] = Σ y[k] exp(2πi j k / n) / n, see ``fft(_:n:dim:norm:)``.
  public static func ifft(_ input: Tensor, n: Int? = nil, dim: Int = -1, norm: FourierNorm = .backward) -> Tensor {
    attempt(input) { () throws(TensorError) in try complexes(input, [(dim, n)], norm, isInverse: true, "fft.ifft") }
  }

  /// The first n / 2 + 1 numbers of the spectrum of real ones; the others are their conjugates.
  /// - Parameters: as of ``fft(_:n:dim:norm:)``.
  public static func rfft(_ input: Tensor, n: Int? = nil, dim: Int = -1, norm: FourierNorm = .backward) -> Tensor {
    attempt(input) { () throws(TensorError) in try half(input, n, dim, norm, isInverse: false, "fft.rfft") }
  }

  /// The real numbers whose spectrum's first half is given, see ``rfft(_:n:dim:norm:)``.
  /// - Parameter n: how many there are; 2 (m - 1) of m numbers if nil.
  public static func irfft(_ input: Tensor, n: Int? = nil, dim: Int = -1, norm: FourierNorm = .backward) -> Tensor {
    attempt(input) { () throws(TensorError) in try whole(input, n, dim, norm, isInverse: true, "fft.irfft") }
  }

  /// The real spectrum of a signal of which the first half is given: the other half are its conjugates.
  /// - Parameter n: the numbers of the spectrum; 2 (m - 1) of m numbers if nil.
  public static func hfft(_ input: Tensor, n: Int? = nil, dim: Int = -1, norm: FourierNorm = .backward) -> Tensor {
    attempt(input) { () throws(TensorError) in try whole(input, n, dim, norm, isInverse: false, "fft.hfft") }
  }

  /// The first half of the signal whose spectrum is real, see ``hfft(_:n:dim:norm:)``.
  public static func ihfft(_ input: Tensor, n: Int? = nil, dim: Int = -1, norm: FourierNorm = .backward) -> Tensor {
    attempt(input) { () throws(TensorError) in try half(input, n, dim, norm, isInverse: true, "fft.ihfft") }
  }

  /// The spectrum along several dimensions.
  /// - Parameters:
  ///   - s: the lengths along `dim`; -1 leaves one as it is.
  ///   - dim: the dimensions; all of them, or the last ones where only `s` is given.
  public static func fftn(
    _ input: Tensor, s: [Int]? = nil, dim: [Int]? = nil, norm: FourierNorm = .backward
  ) -> Tensor { severally(input, s, dim, norm, isInverse: false, "fft.fftn") }

  /// The inverse of ``fftn(_:s:dim:norm:)``.
  public static func ifftn(
    _ input: Tensor, s: [Int]? = nil, dim: [Int]? = nil, norm: FourierNorm = .backward
  ) -> Tensor { severally(input, s, dim, norm, isInverse: true, "fft.ifftn") }

  /// The spectrum of real numbers along several dimensions, of which the last has its first half.
  public static func rfftn(
    _ input: Tensor, s: [Int]? = nil, dim: [Int]? = nil, norm: FourierNorm = .backward
  ) -> Tensor { halves(input, s, dim, norm, isInverse: false, "fft.rfftn") }

  /// The inverse of ``rfftn(_:s:dim:norm:)``: real numbers.
  public static func irfftn(
    _ input: Tensor, s: [Int]? = nil, dim: [Int]? = nil, norm: FourierNorm = .backward
  ) -> Tensor { wholes(input, s, dim, norm, isInverse: true, "fft.irfftn") }

  /// The real spectrum along several dimensions of a signal whose last dimension has its first half.
  public static func hfftn(
    _ input: Tensor, s: [Int]? = nil, dim: [Int]? = nil, norm: FourierNorm = .backward
  ) -> Tensor { wholes(input, s, dim, norm, isInverse: false, "fft.hfftn") }

  /// The inverse of ``hfftn(_:s:dim:norm:)``.
  public static func ihfftn(
    _ input: Tensor, s: [Int]? = nil, dim: [Int]? = nil, norm: FourierNorm = .backward
  ) -> Tensor { halves(input, s, dim, norm, isInverse: true, "fft.ihfftn") }

  /// ``fftn(_:s:dim:norm:)`` along two dimensions, the last ones unless said otherwise.
  public static func fft2(
    _ input: Tensor, s: [Int]? = nil, dim: [Int] = [-2, -1], norm: FourierNorm = .backward
  ) -> Tensor { fftn(input, s: s, dim: dim, norm: norm) }

  /// ``ifftn(_:s:dim:norm:)`` along two dimensions.
  public static func ifft2(
    _ input: Tensor, s: [Int]? = nil, dim: [Int] = [-2, -1], norm: FourierNorm = .backward
  ) -> Tensor { ifftn(input, s: s, dim: dim, norm: norm) }

  /// ``rfftn(_:s:dim:norm:)`` along two dimensions.
  public static func rfft2(
    _ input: Tensor, s: [Int]? = nil, dim: [Int] = [-2, -1], norm: FourierNorm = .backward
  ) -> Tensor { rfftn(input, s: s, dim: dim, norm: norm) }

  /// ``irfftn(_:s:dim:norm:)`` along two dimensions.
  public static func irfft2(
    _ input: Tensor, s: [Int]? = nil, dim: [Int] = [-2, -1], norm: FourierNorm = .backward
  ) -> Tensor { irfftn(input, s: s, dim: dim, norm: norm) }

  /// ``hfftn(_:s:dim:norm:)`` along two dimensions.
  public static func hfft2(
    _ input: Tensor, s: [Int]? = nil, dim: [Int] = [-2, -1], norm: FourierNorm = .backward
  ) -> Tensor { hfftn(input, s: s, dim: dim, norm: norm) }

  /// ``ihfftn(_:s:dim:norm:)`` along two dimensions.
  public static func ihfft2(
    _ input: Tensor, s: [Int]? = nil, dim: [Int] = [-2, -1], norm: FourierNorm = .backward
  ) -> Tensor { ihfftn(input, s: s, dim: dim, norm: norm) }

  /// The frequencies of a spectrum of `n` numbers in cycles per unit: [0, 1, ..., (n - 1) / 2, -(n / 2), ..., -1] / (n d).
  /// - Parameter d: the time between samples.
  public static func fftfreq(_ n: Int, d: Double = 1, dtype: DType = .default) -> Tensor {
    frequencies("fft.fftfreq", n, d, dtype) { type in
      cat([arange(0, (n + 1) / 2, dtype: type), arange(-(n / 2), 0, dtype: type)])
    }
  }

  /// The frequencies of the first half of a spectrum: [0, 1, ..., n / 2] / (n d).
  public static func rfftfreq(_ n: Int, d: Double = 1, dtype: DType = .default) -> Tensor {
    frequencies("fft.rfftfreq", n, d, dtype) { type in arange(0, n == 0 ? 0 : n / 2 + 1, dtype: type) }
  }

  private static func frequencies(
    _ name: String, _ n: Int, _ d: Double, _ dtype: DType, _ numbers: (DType) -> Tensor
  ) -> Tensor {
    attempt { () throws(TensorError) in
      try checkedCount(n, "the number of samples", name)
      guard d != 0 || n == 0 else { throw TensorError(.value, name, "the time between samples must not be 0") }
      // In the type of the result, as PyTorch multiplies.
      return numbers(dtype.isFloatingPoint ? dtype : .int64).to(dtype) * (1 / (Double(n) * d))
    }
  }

  /// The spectrum with frequency 0 in the middle: each dimension of `dim` (nil: all) rolled by half its size.
  public static func fftshift(_ input: Tensor, dim: [Int]? = nil) -> Tensor {
    rolled(input, dim, "fft.fftshift") { $0 / 2 }
  }

  /// The inverse of ``fftshift(_:dim:)``.
  public static func ifftshift(_ input: Tensor, dim: [Int]? = nil) -> Tensor {
    rolled(input, dim, "fft.ifftshift") { ($0 + 1) / 2 }
  }

  private static func rolled(_ input: Tensor, _ dim: [Int]?, _ name: String, _ shift: (Int) -> Int) -> Tensor {
    attempt(input) { () throws(TensorError) in
      var result = input
      for d in try normalize(dims: dim, rank: input.rank, name) where input.rank > 0 {
        result = result.roll(shift(input.shape[d]), d)
      }
      return result
    }
  }
}

// MARK: One dimension

/// The dimension, counted from the end, and the length along it.
private func axis(
  _ input: Tensor, _ n: Int?, _ dim: Int, _ name: String, length: (Int) -> Int = { $0 }
) throws(TensorError) -> (dim: Int, length: Int) {
  guard input.rank > 0 else {
    throw TensorError(.dimension, name, "a tensor without dimensions has no dimension \(dim) to transform along")
  }
  let d = try normalize(dim: dim, rank: input.rank, name)
  let n = n ?? length(input.shape[d])
  guard n >= 1 else {
    throw TensorError(.value, name, "Invalid number of data points (\(n)) specified; at least 1 is needed")
  }
  return (d - input.rank, n)
}

/// Elements that can be transformed: of floating point, or complex where those are taken too.
private func numbers(_ input: Tensor, complex: Bool, _ name: String) throws(TensorError) -> Tensor {
  let dtype = input.dtype
  if dtype.isComplex {
    guard complex else {
      throw TensorError(.dtype, name, "expects a real input tensor, and found \(dtype); fft.fft takes complex numbers")
    }
    return input
  }
  guard dtype.kind != .floating || dtype == .float32 || dtype == .float64, !dtype.isCustom else {
    throw TensorError(
      .dtype, name,
      "transforms take float32, float64 and complex numbers, and found \(dtype); convert with .to(.float32)")
  }
  return dtype.kind == .floating ? input : input.to(.default)
}

/// The first `n` elements along a dimension, or all with zeros behind them.
private func resized(_ x: Tensor, _ dim: Int, _ n: Int) -> Tensor {
  let size = x.size(dim)
  if size == n { return x }
  return size > n ? x.narrow(dim, 0, n) : x.pad(Array(repeating: 0, count: -2 * dim - 2) + [0, n - size])
}

/// The spectrum along `axes`, the last of them first.
private func complexes(
  _ input: Tensor, _ axes: [(dim: Int, n: Int?)], _ norm: FourierNorm, isInverse: Bool, _ name: String
) throws(TensorError) -> Tensor {
  var x = try numbers(input, complex: true, name)
  var dims: [Int] = []
  var scale = 1.0
  for (d, wanted) in axes.reversed() {
    let (dim, n) = try axis(x, wanted, d, name)
    x = resized(x, dim, n)
    dims.append(dim)
    scale *= norm.scale(n, isInverse: isInverse)
  }
  return dims.isEmpty ? x : apply(FourierTransform(dims: dims, isInverse: isInverse, scale: scale), x)
}

/// Real numbers to the first half of a spectrum (forward), or of the inverse of one.
private func half(
  _ input: Tensor, _ n: Int?, _ dim: Int, _ norm: FourierNorm, isInverse: Bool, _ name: String
) throws(TensorError) -> Tensor {
  let x = try numbers(input, complex: false, name)
  let (dim, n) = try axis(x, n, dim, name)
  let made = apply(
    RealFourierTransform(dim: dim, scale: norm.scale(n, isInverse: isInverse)), resized(x, dim, n))
  return isInverse ? made.conj() : made
}

/// The first half of a spectrum to real numbers (inverse), or of a signal to its real spectrum.
private func whole(
  _ input: Tensor, _ n: Int?, _ dim: Int, _ norm: FourierNorm, isInverse: Bool, _ name: String
) throws(TensorError) -> Tensor {
  var x = try numbers(input, complex: true, name)
  if !x.isComplex { x = ApusCore.complex(x, Tensor.zeros(x.shape, dtype: x.dtype)) }
  let (dim, n) = try axis(x, n, dim, name) { 2 * ($0 - 1) }
  let half = resized(isInverse ? x : x.conj(), dim, n / 2 + 1)
  return apply(
    InverseRealFourierTransform(dim: dim, length: n, scale: norm.scale(n, isInverse: isInverse)), half)
}

// MARK: Several dimensions

/// The dimensions, counted from the front, and the lengths that are asked for along them.
private func axes(
  _ input: Tensor, _ s: [Int]?, _ dim: [Int]?, _ name: String
) throws(TensorError) -> [(dim: Int, n: Int?)] {
  if let s, let dim, s.count != dim.count {
    throw TensorError(
      .value, name, "When given, dim and s must have the same length, and found dim \(dim) and s \(s)")
  }
  guard (s?.count ?? 0) <= input.rank else {
    throw TensorError(
      .dimension, name, "Got shape with \(s?.count ?? 0) values but input tensor only has \(input.rank) dimensions.")
  }
  let dims = dim ?? Array((s.map { input.rank - $0.count } ?? 0)..<input.rank)
  var found: [(dim: Int, n: Int?)] = []
  for (i, d) in dims.enumerated() {
    let d = try normalize(dim: d, rank: input.rank, name)
    guard !found.contains(where: { $0.dim == d }) else {
      throw TensorError(.dimension, name, "FFT dims must be unique, and found \(dims)")
    }
    found.append((d, s.flatMap { $0[i] == -1 ? nil : $0[i] }))
  }
  return found
}

private func severally(
  _ input: Tensor, _ s: [Int]?, _ dim: [Int]?, _ norm: FourierNorm, isInverse: Bool, _ name: String
) -> Tensor {
  attempt(input) { () throws(TensorError) in
    var x = try numbers(input, complex: true, name)
    let axes = try axes(input, s, dim, name)
    if axes.isEmpty, let type = x.dtype.complexType { x = x.to(type) }
    return try complexes(x, axes, norm, isInverse: isInverse, name)
  }
}

private func halves(
  _ input: Tensor, _ s: [Int]?, _ dim: [Int]?, _ norm: FourierNorm, isInverse: Bool, _ name: String
) -> Tensor {
  attempt(input) { () throws(TensorError) in
    let axes = try axes(input, s, dim, name)
    guard let last = axes.last else {
      throw TensorError(.dimension, name, "must transform at least one axis")
    }
    let x = try half(input, last.n, last.dim, norm, isInverse: isInverse, name)
    return try complexes(x, Array(axes.dropLast()), norm, isInverse: isInverse, name)
  }
}

private func wholes(
  _ input: Tensor, _ s: [Int]?, _ dim: [Int]?, _ norm: FourierNorm, isInverse: Bool, _ name: String
) -> Tensor {
  attempt(input) { () throws(TensorError) in
    let axes = try axes(input, s, dim, name)
    guard let last = axes.last else {
      throw TensorError(.dimension, name, "must transform at least one axis")
    }
    let x = try complexes(input, Array(axes.dropLast().reversed()), norm, isInverse: isInverse, name)
    return try whole(x, last.n, last.dim, norm, isInverse: isInverse, name)
  }
}

extension Registry {
  /// Fourier transforms.
  static let fourierTransforms: [Operation] = [
    .along("fft", fft.fft), .along("ifft", fft.ifft), .along("rfft", fft.rfft), .along("irfft", fft.irfft),
    .along("hfft", fft.hfft), .along("ihfft", fft.ihfft),
    .severally("fftn", fft.fftn), .severally("ifftn", fft.ifftn), .severally("rfftn", fft.rfftn),
    .severally("irfftn", fft.irfftn), .severally("hfftn", fft.hfftn), .severally("ihfftn", fft.ihfftn),
    .inTwo("fft2", fft.fft2), .inTwo("ifft2", fft.ifft2), .inTwo("rfft2", fft.rfft2), .inTwo("irfft2", fft.irfft2),
    .inTwo("hfft2", fft.hfft2), .inTwo("ihfft2", fft.ihfft2),
    .tensor("fft.fftfreq", "n, d=1.0, *, dtype=None") {
      try fft.fftfreq($0.int("n"), d: $0.double("d"), dtype: $0.optionalDType("dtype") ?? .default)
    },
    .tensor("fft.rfftfreq", "n, d=1.0, *, dtype=None") {
      try fft.rfftfreq($0.int("n"), d: $0.double("d"), dtype: $0.optionalDType("dtype") ?? .default)
    },
    .tensor("fft.fftshift", "input, dim=None") { try fft.fftshift($0.tensor("input"), dim: $0.optionalInts("dim")) },
    .tensor("fft.ifftshift", "input, dim=None") { try fft.ifftshift($0.tensor("input"), dim: $0.optionalInts("dim")) },
  ]
}

extension OperationArguments {
  fileprivate func norm() throws -> FourierNorm {
    guard let name = try optionalString("norm") else { return .backward }
    guard let norm = FourierNorm(rawValue: name) else {
      throw TensorError(.value, "fft", "norm must be 'forward', 'backward' or 'ortho', and found '\(name)'")
    }
    return norm
  }
}

extension Operation {
  fileprivate static func along(
    _ name: String, _ transform: @escaping @Sendable (Tensor, Int?, Int, FourierNorm) -> Tensor
  ) -> Operation {
    tensor("fft." + name, "input, n=None, dim=-1, norm=None") {
      transform(try $0.tensor("input"), try $0.optionalInt("n"), try $0.int("dim"), try $0.norm())
    }
  }
  fileprivate static func severally(
    _ name: String, _ transform: @escaping @Sendable (Tensor, [Int]?, [Int]?, FourierNorm) -> Tensor
  ) -> Operation {
    tensor("fft." + name, "input, s=None, dim=None, norm=None") {
      transform(try $0.tensor("input"), try $0.optionalInts("s"), try $0.optionalInts("dim"), try $0.norm())
    }
  }
  fileprivate static func inTwo(
    _ name: String, _ transform: @escaping @Sendable (Tensor, [Int]?, [Int], FourierNorm) -> Tensor
  ) -> Operation {
    tensor("fft." + name, "input, s=None, dim=None, norm=None") {
      transform(
        try $0.tensor("input"), try $0.optionalInts("s"), try $0.optionalInts("dim") ?? [-2, -1], try $0.norm())
    }
  }
}
