import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension AF {
  /// A sound louder by `gainDB` decibels.
  public static func gain(_ waveform: Tensor, gainDB: Double = 1) -> Tensor {
    gainDB == 0 ? waveform : waveform * pow(10, gainDB / 20)
  }

  /// A sound that seems louder, torchaudio's `contrast`.
  /// - Parameter enhancementAmount: 0 to 100.
  public static func contrast(_ waveform: Tensor, enhancementAmount: Double = 75) -> Tensor {
    guard (0...100).contains(enhancementAmount) else {
      return fail(
        TensorError(
          .value, "contrast", "Allowed range of values for enhancement_amount : 0-100, and found \(enhancementAmount)"))
    }
    let turn = waveform * (Double.pi / 2)
    return (turn + (turn * 4).sin() * (enhancementAmount / 750)).sin()
  }

  /// A sound moved by a constant, kept within -1 ... 1, torchaudio's `dcshift`.
  /// - Parameter limiterGain: by how much what lies at the edge is pressed together; nothing is if nil.
  public static func dcshift(_ waveform: Tensor, shift: Double, limiterGain: Double? = nil) -> Tensor {
    let moved = (waveform + shift).clamp(min: -1, max: 1)
    guard let limiterGain, shift != 0 else { return moved }
    let edge = 1 - (abs(shift) - limiterGain)
    let sign: Double = shift > 0 ? 1 : -1
    let pressed = (waveform * sign - edge) * (limiterGain / (1 - edge)) + (edge + abs(shift))
    return `where`((waveform * sign).gt(edge), pressed.clamp(max: edge) * sign, moved)
  }

  /// A sound distorted as by an amplifier that is driven too far, torchaudio's `overdrive`.
  /// - Parameters:
  ///   - gain: in decibels, 0 to 100.
  ///   - colour: how much of the even harmonics there is, 0 to 100.
  public static func overdrive(_ waveform: Tensor, gain: Double = 20, colour: Double = 20) -> Tensor {
    attempt(waveform) { () throws(TensorError) in
      try checkSound(waveform, "overdrive")
      let driven = (waveform * pow(10, gain / 20) + colour / 200).clamp(min: -1, max: 1)
      let bent = driven - driven * driven * driven / 3
      // last = bent[n] - bent[n - 1] + 0.995 last
      let time = waveform.size(-1)
      let rows = bent.reshape([-1, 1, time])
      let steps = rows - rows.pad([1, 0]).narrow(2, 0, time)
      let factors = Tensor([-0.995], shape: [1, 1], dtype: waveform.dtype)
      let last = apply(RecursiveFilter(), steps, factors).reshape(waveform.shape)
      return (waveform * 0.5 + last * 0.75).clamp(min: -1, max: 1)
    }
  }

  /// The form of a rise and fall of a sound.
  public enum FadeShape: String, Sendable, Hashable, CaseIterable {
    /// Straight.
    case linear
    /// Slow at first.
    case exponential
    /// Fast at first.
    case logarithmic
    /// The first quarter of a sine.
    case quarterSine = "quarter_sine"
    /// Half a sine, which is flat at both ends.
    case halfSine = "half_sine"

    /// The factor after a part of the rise.
    func rise(_ x: Double) -> Double {
      switch self {
      case .linear: x
      case .exponential: pow(2, x - 1) * x
      case .logarithmic: log10(0.1 + x) + 1
      case .quarterSine: sin(x * Double.pi / 2)
      case .halfSine: sin(x * Double.pi - Double.pi / 2) / 2 + 0.5
      }
    }

    /// The factor after a part of the fall.
    func fall(_ x: Double) -> Double {
      switch self {
      case .linear: 1 - x
      case .exponential: pow(2, -x) * (1 - x)
      case .logarithmic: log10(1.1 - x) + 1
      case .quarterSine: sin(x * Double.pi / 2 + Double.pi / 2)
      case .halfSine: sin(x * Double.pi + Double.pi / 2) / 2 + 0.5
      }
    }
  }

  /// A sound that rises at its beginning and falls at its end over so many samples.
  public static func fade(
    _ waveform: Tensor, fadeInLen: Int = 0, fadeOutLen: Int = 0, fadeShape: FadeShape = .linear
  ) -> Tensor {
    attempt(waveform) { () throws(TensorError) in
      try checkSound(waveform, "fade")
      let time = waveform.size(-1)
      guard (0...time).contains(fadeInLen), (0...time).contains(fadeOutLen) else {
        throw TensorError(
          .value, "fade", "a sound of \(time) samples cannot rise over \(fadeInLen) and fall over \(fadeOutLen) of them"
        )
      }
      var factors = [Double](repeating: 1, count: time)
      for i in 0..<fadeInLen {
        factors[i] *= min(1, max(0, fadeShape.rise(fadeInLen > 1 ? Double(i) / Double(fadeInLen - 1) : 0)))
      }
      for i in 0..<fadeOutLen {
        factors[time - fadeOutLen + i] *=
          min(1, max(0, fadeShape.fall(fadeOutLen > 1 ? Double(i) / Double(fadeOutLen - 1) : 0)))
      }
      return waveform * Tensor(factors, shape: [time], dtype: waveform.dtype)
    }
  }
}
