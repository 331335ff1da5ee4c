import ApusCore
import ApusFunctional

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The power of sound in bands of the mel scale (Slaney's Auditory Toolbox, as librosa), over frames of a length under Hann's window.
struct MelSpectrum: Sendable {
  let frameLength: Int
  let hop: Int
  /// Cosines and sines of the Fourier transform under the window, `[frameLength, 2 * bins]`, float64.
  private let waves: Tensor
  /// What each frequency adds to each band, `[bins, bands]`, float64.
  private let filters: Tensor

  init(frameLength: Int, hop: Int, bands: Int, sampleRate: Int, lowest: Double = 0, highest: Double = 8000) {
    self.frameLength = frameLength
    self.hop = hop
    let bins = frameLength / 2 + 1
    var waves = [Double](repeating: 0, count: frameLength * 2 * bins)
    for n in 0..<frameLength {
      let window = 0.5 - 0.5 * cos(2 * Double.pi * Double(n) / Double(frameLength))
      for k in 0..<bins {
        let angle = 2 * Double.pi * Double(n * k % frameLength) / Double(frameLength)
        waves[n * 2 * bins + k] = window * cos(angle)
        waves[n * 2 * bins + bins + k] = window * sin(angle)
      }
    }
    self.waves = Tensor(waves, shape: [frameLength, 2 * bins], dtype: .float64)
    filters = Self.filters(bins: bins, bands: bands, sampleRate: sampleRate, lowest: lowest, highest: highest)
  }

  /// The powers of all frames around each hop, the sound reflected at its ends: `[bands, 1 + count / hop]`, float64.
  func callAsFunction(_ samples: [Float]) -> Tensor {
    let half = frameLength / 2
    let bins = half + 1
    let frames = 1 + samples.count / hop
    var rows: [Tensor] = []
    // Some frames at a time, so that they stay in the cache.
    for start in stride(from: 0, to: frames, by: 512) {
      let count = min(512, frames - start)
      let cut = [Double](unsafeUninitializedCapacity: count * frameLength) { buffer, filled in
        for i in 0..<count {
          let first = (start + i) * hop - half
          for j in 0..<frameLength { buffer[i * frameLength + j] = Double(Self.reflected(samples, first + j)) }
        }
        filled = count * frameLength
      }
      let spectrum = Tensor(cut, shape: [count, frameLength], dtype: .float64).matmul(waves)
      let (real, imaginary) = (spectrum.narrow(1, 0, bins), spectrum.narrow(1, bins, bins))
      rows.append((real * real + imaginary * imaginary).matmul(filters))
    }
    return cat(rows, dim: 0).transpose(0, 1)
  }

  private static func reflected(_ samples: [Float], _ place: Int) -> Float {
    let last = samples.count - 1
    guard last > 0 else { return samples.first ?? 0 }
    var place = place < 0 ? -place : place
    place %= 2 * last
    return samples[place > last ? 2 * last - place : place]
  }

  /// Triangles between bands that lie evenly on the mel scale, each of area 1.
  private static func filters(bins: Int, bands: Int, sampleRate: Int, lowest: Double, highest: Double) -> Tensor {
    let (low, high) = (mel(lowest), mel(highest))
    let corners = (0..<bands + 2).map { hertz(low + (high - low) * Double($0) / Double(bands + 1)) }
    var weights = [Double](repeating: 0, count: bins * bands)
    for k in 0..<bins {
      let frequency = Double(sampleRate / 2) * Double(k) / Double(bins - 1)
      for b in 0..<bands {
        let rising = (frequency - corners[b]) / (corners[b + 1] - corners[b])
        let falling = (corners[b + 2] - frequency) / (corners[b + 2] - corners[b + 1])
        weights[k * bands + b] = max(0, min(rising, falling)) * 2 / (corners[b + 2] - corners[b])
      }
    }
    return Tensor(weights, shape: [bins, bands], dtype: .float64)
  }

  private static func mel(_ hertz: Double) -> Double {
    hertz < 1000 ? 3 * hertz / 200 : 15 + log(hertz / 1000) * 27 / log(6.4)
  }

  private static func hertz(_ mel: Double) -> Double {
    mel < 15 ? 200 * mel / 3 : 1000 * exp(log(6.4) / 27 * (mel - 15))
  }
}
