#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Samples at another rate, through a sinc under Hann's window that is six zeros wide, as torchaudio's `resample`.
func resampled(_ samples: [Float], from rate: Int, to newRate: Int) -> [Float] {
  guard rate > 0, newRate > 0, rate != newRate, !samples.isEmpty else { return samples }
  let divisor = greatestCommonDivisor(rate, newRate)
  let (old, new) = (rate / divisor, newRate / divisor)
  let base = Double(min(old, new)) * 0.99
  let width = Int((6 * Double(old) / base).rounded(.up))
  let count = (new * samples.count + old - 1) / old
  // One filter for each place between two samples.
  let filters = (0..<min(new, count)).map { phase in
    (-width..<width + old).map { k -> Double in
      let time = max(-6, min(6, (Double(k) / Double(old) - Double(phase) / Double(new)) * base))
      let window = cos(time * .pi / 12)
      let wave = time == 0 ? 1 : sin(time * .pi) / (time * .pi)
      return wave * window * window * base / Double(old)
    }
  }
  return (0..<count).map { i in
    let filter = filters[i % new]
    let first = i / new * old - width
    var sum = 0.0
    for (k, weight) in filter.enumerated() where samples.indices.contains(first + k) {
      sum += weight * Double(samples[first + k])
    }
    return Float(sum)
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
