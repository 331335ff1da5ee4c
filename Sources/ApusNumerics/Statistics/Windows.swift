import ApusCore

/// Signal processing, under PyTorch's names in `torch.signal`.
public enum signal {
  /// Window functions of `M` points. `sym`: symmetric, for filters; otherwise periodic, for spectra.
  public enum windows {
    /// The sum of (-1)^i a[i] cos(i k) for k over one period.
    public static func generalCosine(_ M: Int, a: [Double], sym: Bool = true, dtype: DType = .default) -> Tensor {
      guard !a.isEmpty else {
        return fail(TensorError(.value, "generalCosine", "needs at least one coefficient"))
      }
      return window("generalCosine", M, dtype) { i in
        // (-1)^j cos(j k) is the Chebyshev polynomial of degree j at -cos(k): Clenshaw's recurrence needs one cosine.
        let x = -(i * (2 * Double.pi / Double(sym ? M - 1 : M))).cos()
        var (b, before) = (Tensor.zeros([], dtype: .float64), Tensor.zeros([], dtype: .float64))
        for coefficient in a.dropFirst().reversed() { (b, before) = (2 * x * b - before + coefficient, b) }
        return x * b - before + a[0]
      }
    }
    /// alpha - (1 - alpha) cos.
    public static func generalHamming(
      _ M: Int, alpha: Double = 0.54, sym: Bool = true, dtype: DType = .default
    ) -> Tensor { generalCosine(M, a: [alpha, 1 - alpha], sym: sym, dtype: dtype) }
    /// The Hamming window of `M` points: 0.54 - 0.46 cos(2π i / N), symmetric (N = M - 1) or periodic (N = M).
    public static func hamming(_ M: Int, sym: Bool = true, dtype: DType = .default) -> Tensor {
      generalHamming(M, sym: sym, dtype: dtype)
    }
    /// The Hann window of `M` points: 0.5 - 0.5 cos(2π i / N), symmetric (N = M - 1) or periodic (N = M).
    public static func hann(_ M: Int, sym: Bool = true, dtype: DType = .default) -> Tensor {
      generalHamming(M, alpha: 0.5, sym: sym, dtype: dtype)
    }
    /// The Blackman window of `M` points: 0.42 - 0.5 cos(2π i / N) + 0.08 cos(4π i / N), N = M - 1 or, periodic, M.
    public static func blackman(_ M: Int, sym: Bool = true, dtype: DType = .default) -> Tensor {
      generalCosine(M, a: [0.42, 0.5, 0.08], sym: sym, dtype: dtype)
    }
    /// The four-term window of Nuttall (1981).
    public static func nuttall(_ M: Int, sym: Bool = true, dtype: DType = .default) -> Tensor {
      generalCosine(M, a: [0.3635819, 0.4891775, 0.1365995, 0.0106411], sym: sym, dtype: dtype)
    }
    /// A triangle.
    public static func bartlett(_ M: Int, sym: Bool = true, dtype: DType = .default) -> Tensor {
      window("bartlett", M, dtype) { 1 - ($0 * (2 / Double(sym ? M - 1 : M)) - 1).abs() }
    }
    /// Half a period of the sine.
    public static func cosine(_ M: Int, sym: Bool = true, dtype: DType = .default) -> Tensor {
      window("cosine", M, dtype) { (($0 + 0.5) * (Double.pi / Double(sym ? M : M + 1))).sin() }
    }
    /// exp(-n² / (2 std²)) around the middle.
    public static func gaussian(_ M: Int, std: Double = 1, sym: Bool = true, dtype: DType = .default) -> Tensor {
      guard std > 0 else {
        return fail(TensorError(.value, "gaussian", "the standard deviation must be positive, and found \(std)"))
      }
      return window("gaussian", M, dtype) { i in
        let k = (i - Double(sym ? M - 1 : M) / 2) / (std * 2.0.squareRoot())
        return (-k.square()).exp()
      }
    }
    /// exp(-|n - center| / tau); a center can be given for periodic windows only.
    public static func exponential(
      _ M: Int, center: Double? = nil, tau: Double = 1, sym: Bool = true, dtype: DType = .default
    ) -> Tensor {
      guard tau > 0 else { return fail(TensorError(.value, "exponential", "tau must be positive, and found \(tau)")) }
      guard !sym || center == nil else {
        return fail(
          TensorError(.value, "exponential", "the center of a symmetric window is its middle; pass sym: false"))
      }
      return window("exponential", M, dtype) { (($0 - (center ?? Double(sym ? M - 1 : M) / 2)).abs() / -tau).exp() }
    }
    /// I0(sqrt(beta² - k²)) / I0(beta) for k from -beta to beta.
    public static func kaiser(_ M: Int, beta: Double = 12, sym: Bool = true, dtype: DType = .default) -> Tensor {
      guard beta >= 0 else {
        return fail(TensorError(.value, "kaiser", "beta must not be negative, and found \(beta)"))
      }
      return window("kaiser", M, dtype) { i in
        let k = (i * (2 * beta / Double(sym ? M - 1 : M)) - beta).clamp(max: beta)
        return special.i0((beta * beta - k.square()).clamp(min: 0).sqrt()) / special.i0(Tensor([beta], dtype: .float64))
      }
    }

    /// `value` of 0, 1 ... in float64; a single point is 1.
    private static func window(
      _ name: String, _ M: Int, _ dtype: DType, _ value: (_ i: Tensor) -> Tensor
    ) -> Tensor {
      attempt { () throws(TensorError) in
        try checkedCount(M, "the number of points", name)
        guard dtype == .float32 || dtype == .float64 || dtype.isCustom else {
          throw TensorError(.dtype, name, "windows are float32 or float64, and found \(dtype)")
        }
        return M == 1 ? Tensor.ones([1], dtype: dtype) : value(arange(M, dtype: .float64)).to(dtype)
      }
    }
  }
}

extension Registry {
  /// Windows of signals.
  static let signalWindows: [Operation] = [
    .window("hamming") { signal.windows.hamming($0, sym: $1, dtype: $2) },
    .window("hann") { signal.windows.hann($0, sym: $1, dtype: $2) },
    .window("bartlett") { signal.windows.bartlett($0, sym: $1, dtype: $2) },
    .window("blackman") { signal.windows.blackman($0, sym: $1, dtype: $2) },
    .window("cosine") { signal.windows.cosine($0, sym: $1, dtype: $2) },
    .window("nuttall") { signal.windows.nuttall($0, sym: $1, dtype: $2) },
    .tensor("signal.windows.gaussian", "M, *, std=1.0, sym=True, dtype=float32") {
      try signal.windows.gaussian($0.int("M"), std: $0.double("std"), sym: $0.bool("sym"), dtype: windowType($0))
    },
    .tensor("signal.windows.exponential", "M, *, center=None, tau=1.0, sym=True, dtype=float32") {
      try signal.windows.exponential(
        $0.int("M"), center: $0.optionalDouble("center"), tau: $0.double("tau"), sym: $0.bool("sym"),
        dtype: windowType($0))
    },
    .tensor("signal.windows.kaiser", "M, *, beta=12.0, sym=True, dtype=float32") {
      try signal.windows.kaiser($0.int("M"), beta: $0.double("beta"), sym: $0.bool("sym"), dtype: windowType($0))
    },
    .tensor("signal.windows.general_hamming", "M, *, alpha=0.54, sym=True, dtype=float32") {
      try signal.windows.generalHamming(
        $0.int("M"), alpha: $0.double("alpha"), sym: $0.bool("sym"), dtype: windowType($0))
    },
    .tensor("signal.windows.general_cosine", "M, *, a, sym=True, dtype=float32") {
      try signal.windows.generalCosine($0.int("M"), a: $0.doubles("a"), sym: $0.bool("sym"), dtype: windowType($0))
    },
  ]
}

private func windowType(_ a: OperationArguments) throws -> DType { try a.optionalDType("dtype") ?? .default }

extension Operation {
  fileprivate static func window(_ name: String, _ body: @escaping @Sendable (Int, Bool, DType) -> Tensor) -> Operation
  {
    tensor("signal.windows." + name, "M, *, sym=True, dtype=float32") {
      body(try $0.int("M"), try $0.bool("sym"), try windowType($0))
    }
  }
}
