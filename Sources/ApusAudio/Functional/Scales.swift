import ApusCore
import ApusNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the pitch that is heard grows with the frequency.
public enum MelScaleKind: String, Sendable, Hashable, CaseIterable {
  /// 2595 log10(1 + f / 700), as the Hidden Markov Model Toolkit has it.
  case htk
  /// Linear up to 1000 hertz and logarithmic above, as Slaney's Auditory Toolbox has it.
  case slaney

  func mels(_ hertz: Double) -> Double {
    switch self {
    case .htk: 2595 * log10(1 + hertz / 700)
    case .slaney: hertz >= 1000 ? 15 + log(hertz / 1000) / (log(6.4) / 27) : hertz * 3 / 200
    }
  }

  func hertz(_ mels: Double) -> Double {
    switch self {
    case .htk: 700 * (pow(10, mels / 2595) - 1)
    case .slaney: mels >= 15 ? 1000 * exp(log(6.4) / 27 * (mels - 15)) : mels * 200 / 3
    }
  }
}

/// How the triangles of a filter bank are scaled.
public enum MelNorm: String, Sendable, Hashable, CaseIterable {
  /// Each to the same area.
  case slaney
}

/// How a discrete cosine transform is scaled.
public enum DCTNorm: String, Sendable, Hashable, CaseIterable {
  /// So that its rows are of length 1 and orthogonal.
  case ortho
}

extension AF {
  /// What each frequency adds to each band of the mel scale: triangles, `[nFreqs, nMels]`, float32.
  public static func melscaleFbanks(
    nFreqs: Int, fMin: Double, fMax: Double, nMels: Int, sampleRate: Int, norm: MelNorm? = nil,
    melScale: MelScaleKind = .htk
  ) -> Tensor {
    attempt { () throws(TensorError) in
      guard nFreqs > 1, nMels > 0, sampleRate > 0, fMin < fMax else {
        throw TensorError(
          .value, "melscaleFbanks",
          "cannot make \(nMels) bands from \(fMin) to \(fMax) hertz of \(nFreqs) frequencies at \(sampleRate) hertz")
      }
      let (low, high) = (melScale.mels(fMin), melScale.mels(fMax))
      let edges = (0..<nMels + 2).map { melScale.hertz(low + (high - low) * Double($0) / Double(nMels + 1)) }
      var bands = triangles(nFreqs, sampleRate, edges)
      if norm == .slaney {
        for i in 0..<nFreqs { for m in 0..<nMels { bands[i * nMels + m] *= 2 / (edges[m + 2] - edges[m]) } }
      }
      if let empty = (0..<nMels).first(where: { m in (0..<nFreqs).allSatisfy { bands[$0 * nMels + m] == 0 } }) {
        warn(
          "melscaleFbanks",
          "At least one mel filterbank has all zero values (band \(empty)). The value for nMels (\(nMels)) may be set too high. Or, the "
            + "value for nFreqs (\(nFreqs)) may be set too low.")
      }
      return Tensor(bands, shape: [nFreqs, nMels], dtype: .float32)
    }
  }

  /// What each frequency adds to each of `nFilter` bands of equal width: triangles, `[nFreqs, nFilter]`, float32.
  public static func linearFbanks(nFreqs: Int, fMin: Double, fMax: Double, nFilter: Int, sampleRate: Int) -> Tensor {
    attempt { () throws(TensorError) in
      guard nFreqs > 1, nFilter > 0, sampleRate > 0, fMin < fMax else {
        throw TensorError(
          .value, "linearFbanks",
          "cannot make \(nFilter) bands from \(fMin) to \(fMax) hertz of \(nFreqs) frequencies at \(sampleRate) hertz")
      }
      let edges = (0..<nFilter + 2).map { fMin + (fMax - fMin) * Double($0) / Double(nFilter + 1) }
      return Tensor(triangles(nFreqs, sampleRate, edges), shape: [nFreqs, nFilter], dtype: .float32)
    }
  }

  /// Triangles between each three edges, by rows of frequencies up to half the rate.
  private static func triangles(_ nFreqs: Int, _ sampleRate: Int, _ edges: [Double]) -> [Double] {
    let bands = edges.count - 2
    var values = [Double](repeating: 0, count: nFreqs * bands)
    for i in 0..<nFreqs {
      let hertz = Double(sampleRate / 2) * Double(i) / Double(nFreqs - 1)
      for m in 0..<bands {
        let up = (hertz - edges[m]) / (edges[m + 1] - edges[m])
        let down = (edges[m + 2] - hertz) / (edges[m + 2] - edges[m + 1])
        values[i * bands + m] = max(0, min(up, down))
      }
    }
    return values
  }

  /// The cosines of a discrete cosine transform of type 2, `[nMels, nMFCC]`, float32.
  public static func createDct(nMFCC: Int, nMels: Int, norm: DCTNorm? = .ortho) -> Tensor {
    attempt { () throws(TensorError) in
      guard nMFCC > 0, nMels > 0 else {
        throw TensorError(.value, "createDct", "cannot make \(nMFCC) coefficients of \(nMels) bands")
      }
      var values = [Double](repeating: 0, count: nMels * nMFCC)
      for n in 0..<nMels {
        for k in 0..<nMFCC {
          let cosine = cos(Double.pi / Double(nMels) * (Double(n) + 0.5) * Double(k))
          let scale = norm == .ortho ? (2 / Double(nMels)).squareRoot() * (k == 0 ? 0.5.squareRoot() : 1) : 2
          values[n * nMFCC + k] = cosine * scale
        }
      }
      return Tensor(values, shape: [nMels, nMFCC], dtype: .float32)
    }
  }

  /// Decibels: `multiplier` log10(max(x, `amin`)) - `multiplier` `dbMultiplier`.
  /// - Parameter topDB: nothing lies further than that below the loudest of each sound (of each spectrum `[..., channels, frequencies, time]`).
  public static func amplitudeToDB(
    _ x: Tensor, multiplier: Double, amin: Double, dbMultiplier: Double, topDB: Double? = nil
  ) -> Tensor {
    let made = x.clamp(min: amin).log10() * multiplier - multiplier * dbMultiplier
    guard let topDB, !made.hasFailed, made.rank >= 2 else { return made }
    let channels = made.rank > 2 ? made.size(-3) : 1
    let packed = made.reshape([-1, channels, made.size(-2), made.size(-1)])
    return packed.maximum(packed.amax([-3, -2, -1], keepDim: true) - topDB).reshape(made.shape)
  }

  /// The way back from decibels: `ref` (10^(0.1 x))^`power`.
  public static func DBToAmplitude(_ x: Tensor, ref: Double = 1, power: Double = 1) -> Tensor {
    (x * (0.1 * power * log(10))).exp() * ref
  }

  /// Samples of -1 to 1 as whole numbers below `quantizationChannels`, on a logarithmic scale (μ-law, ITU-T G.711), int64.
  public static func muLawEncoding(_ x: Tensor, quantizationChannels: Int = 256) -> Tensor {
    let mu = Double(quantizationChannels - 1)
    let values = x.dtype.isFloatingPoint ? x : x.to(.float32)
    return (((values.sign() * (values.abs() * mu).log1p() / log1p(mu)) + 1) / 2 * mu + 0.5).to(.int64)
  }

  /// The samples of ``muLawEncoding(_:quantizationChannels:)``.
  public static func muLawDecoding(_ xMu: Tensor, quantizationChannels: Int = 256) -> Tensor {
    let mu = Double(quantizationChannels - 1)
    let x = (xMu.dtype.isFloatingPoint ? xMu : xMu.to(.float32)) / mu * 2 - 1
    return x.sign() * ((x.abs() * log1p(mu)).exp() - 1) / mu
  }
}
