import ApusCore

// Spectra of the parts of a signal, one after the other in time.

/// The short-time Fourier transform, PyTorch's `torch.stft`: spectra of frames of `nFFT` samples under a window, one every `hopLength`.
///
///     let spectrum = stft(x, nFFT: 400, window: hannWindow(400))      // [..., 201, frames], complex
///
/// - Parameters:
///   - input: real or complex samples, `[length]` or `[batch, length]`.
///   - hopLength: samples from frame to frame; a quarter of `nFFT` if nil.
///   - winLength: the size of the window, which stands in the middle of the frame; `nFFT` if nil.
///   - window: `[winLength]`; ones if nil.
///   - center: whether frame t lies around sample t hopLength: the signal is continued at both ends by `padMode`.
///   - normalized: whether spectra are divided by the square root of `nFFT`.
///   - onesided: whether only the first half of each spectrum is given; that of real samples under a real window if nil.
///   - returnComplex: whether the result is complex; else real and imaginary parts are a last dimension.
/// - Returns: `[batch, nFFT / 2 + 1 or nFFT, frames]`.
public func stft(
  _ input: Tensor, nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true,
  padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true
) -> Tensor {
  attempt(input, window) { () throws(TensorError) in
    let name = "stft"
    let frame = try FrameForm(nFFT, hopLength, winLength, window, input.dtype, name)
    guard input.rank == 1 || input.rank == 2 else {
      throw TensorError(.dimension, name, "expected a 1D or 2D tensor of samples, and found \(input.shape)")
    }
    guard input.dtype.isComplex || input.dtype == .float32 || input.dtype == .float64 else {
      throw TensorError(
        .dtype, name, "expected a tensor of floating point or complex values, and found \(input.dtype)")
    }
    let isComplex = input.isComplex || window?.isComplex == true
    let onesided = onesided ?? !isComplex
    guard !onesided || !isComplex else {
      throw TensorError(.value, name, "Cannot have onesided output if window or input is complex")
    }
    var x = input.rank == 1 ? input.unsqueeze(0) : input
    if center {
      let margin = nFFT / 2
      guard
        padMode == .constant || padMode == .replicate || margin < x.size(-1)
          || (padMode == .circular && margin <= x.size(-1))
      else {
        throw TensorError(
          .shape, name,
          "a signal of \(x.size(-1)) samples cannot be continued by \(margin) at each end by \(padMode.rawValue); give more "
            + "samples, a smaller nFFT, or padMode: .constant")
      }
      x = x.pad([margin, margin], mode: padMode)
    }
    guard nFFT <= x.size(-1) else {
      throw TensorError(
        .value, name, "expected 0 < nFFT <= \(x.size(-1)) samples, and found nFFT \(nFFT)")
    }
    var frames = x.unfold(-1, nFFT, frame.hop)
    if let window = frame.window { frames = frames * window }
    let norm: FourierNorm = normalized ? .ortho : .backward
    let spectra = onesided ? fft.rfft(frames, norm: norm) : fft.fft(frames, norm: norm)
    var result = spectra.transpose(-1, -2)
    if input.rank == 1 { result = result.squeeze(0) }
    return returnComplex ? result : result.viewAsReal()
  }
}

/// The signal of short-time spectra, PyTorch's `torch.istft`: the frames under the window, added up where they overlap and divided by the sum
/// of the squares of the windows there.
///
/// - Parameters:
///   - input: complex spectra `[batch, nFFT / 2 + 1 or nFFT, frames]`, or without the batch.
///   - onesided: whether the spectra are the first halves of those of real samples; told by their size if nil.
///   - length: the number of samples of the result.
///   - returnComplex: whether samples are complex: the spectra are whole then.
///   - other parameters: as of ``stft(_:nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)``.
/// - Returns: `[batch, length]`.
public func istft(
  _ input: Tensor, nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true,
  normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false
) -> Tensor {
  attempt(input, window) { () throws(TensorError) in
    let name = "istft"
    guard input.isComplex else {
      throw TensorError(
        .dtype, name,
        "requires a complex input tensor, as stft gives it, and found \(input.dtype); viewAsComplex() makes one")
    }
    let frame = try FrameForm(nFFT, hopLength, winLength, window, input.dtype, name)
    guard input.rank == 2 || input.rank == 3, input.count > 0 else {
      throw TensorError(
        .shape, name, "expected spectra [batch, frequencies, frames] that are not empty, and found \(input.shape)")
    }
    let onesided = onesided ?? (input.size(-2) != nFFT)
    guard input.size(-2) == (onesided ? nFFT / 2 + 1 : nFFT) else {
      throw TensorError(
        .shape, name,
        "expected \(onesided ? nFFT / 2 + 1 : nFFT) frequencies of \(onesided ? "onesided" : "whole") spectra of "
          + "\(nFFT) samples, and found \(input.size(-2))")
    }
    guard !returnComplex || !onesided else {
      throw TensorError(.value, name, "cannot have onesided spectra if returnComplex is true: samples are real then")
    }
    guard returnComplex || window?.isComplex != true else {
      throw TensorError(.value, name, "a complex window gives complex samples; pass returnComplex: true")
    }
    let spectra = (input.rank == 2 ? input.unsqueeze(0) : input).transpose(-1, -2)
    let norm: FourierNorm = normalized ? .ortho : .backward
    // Of whole spectra of real samples the second half is not read, as in PyTorch.
    let frames = returnComplex ? fft.ifft(spectra, norm: norm) : fft.irfft(spectra, n: nFFT, norm: norm)
    let window = frame.window ?? Tensor.ones([nFFT], dtype: frames.dtype.realType)
    let made = apply(OverlapAdd(hop: frame.hop), frames * window)
    let weights = apply(
      OverlapAdd(hop: frame.hop), (window * window).unsqueeze(0).expand([frames.size(-2), nFFT]).contiguous())
    let start = center ? nFFT / 2 : 0
    let whole = made.size(-1)
    let end = length.map { start + $0 } ?? (center ? whole - nFFT / 2 : whole)
    guard end > start, start < whole else {
      throw TensorError(.value, name, "\(frames.size(-2)) frames give no sample between \(start) and \(end)")
    }
    let kept = min(end, whole) - start
    let (samples, divisors) = (made.narrow(-1, start, kept), weights.narrow(-1, start, kept))
    let least = divisors.detach().abs().amin().item()
    guard least > 1e-11 else {
      throw TensorError(
        .value, name,
        "window overlap add min: \(least): the windows do not cover every sample; take a smaller hopLength "
          + "or another window")
    }
    var result = samples / divisors
    if end > whole { result = result.pad([0, end - whole]) }
    return input.rank == 2 ? result.squeeze(0) : result
  }
}

/// The frames of a transform, checked.
private struct FrameForm {
  let hop: Int
  /// As long as the frame; nil: ones.
  let window: Tensor?

  init(
    _ nFFT: Int, _ hopLength: Int?, _ winLength: Int?, _ window: Tensor?, _ dtype: DType, _ name: String
  ) throws(TensorError) {
    let (hop, size) = (hopLength ?? nFFT / 4, winLength ?? nFFT)
    guard nFFT > 0 else { throw TensorError(.value, name, "expected nFFT > 0, and found \(nFFT)") }
    guard hop > 0 else { throw TensorError(.value, name, "expected hopLength > 0, and found \(hop)") }
    guard size > 0, size <= nFFT else {
      throw TensorError(.value, name, "expected 0 < winLength <= nFFT, and found \(size) of \(nFFT)")
    }
    if let window {
      guard window.rank == 1, window.size(0) == size else {
        throw TensorError(.shape, name, "expected a window of shape [\(size)], and found \(window.shape)")
      }
    }
    self.hop = hop
    let left = (nFFT - size) / 2
    if let window {
      self.window = size == nFFT ? window : window.pad([left, nFFT - size - left])
    } else {
      self.window = size == nFFT ? nil : Tensor.ones([size], dtype: dtype.realType).pad([left, nFFT - size - left])
    }
  }
}

/// Frames `[..., frames, size]` added up, one every `hop` elements: the gradient of cutting them.
struct OverlapAdd: LinearPrimitive, Hashable {
  let hop: Int
  var name: String { "OverlapAdd" }
  var takesComplexElements: Bool { true }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try requireFourierNumbers(inputs[0].dtype)
    let shape = inputs[0].shape
    let count = (shape[shape.count - 2] - 1) * hop + shape[shape.count - 1]
    return [TensorType(shape.dropLast(2) + [count], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let source = try inputs[0].dense()
    let width = inputs[0].isComplex ? 2 : 1
    switch inputs[0].dtype.realType {
    case .float64: add(source, results[0].body, width, Double.self)
    default: add(source, results[0].body, width, Float.self)
    }
  }

  private func add<Part: FourierElement>(_ source: TensorBody, _ result: TensorBody, _ width: Int, _: Part.Type) {
    nonisolated(unsafe) let from = UnsafePointer(source.data.assumingMemoryBound(to: Part.self))
    nonisolated(unsafe) let to = result.data.assumingMemoryBound(to: Part.self)
    let shape = source.shape
    let (frames, size) = (shape[shape.count - 2], shape[shape.count - 1] * width)
    let count = (result.shape.last ?? 0) * width
    let signals = elementCount(Array(result.shape.dropLast()))
    parallelFor(signals, grain: max(1, (1 << 15) / max(1, frames * size))) { range in
      for signal in range {
        let out = to + signal * count
        out.update(repeating: 0, count: count)
        for frame in 0..<frames {
          let (part, place) = (from + (signal * frames + frame) * size, out + frame * hop * width)
          for i in 0..<size { place[i] += part[i] }
        }
      }
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? { apply(self, inputs) }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let shape = node.inputType(0).shape
    return [single(node, cotangents).unfold(-1, shape[shape.count - 1], hop)]
  }
}

extension Tensor {
  /// ``ApusNumerics/stft(_:nFFT:hopLength:winLength:window:center:padMode:normalized:onesided:returnComplex:)`` of this tensor.
  public func stft(
    nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true,
    padMode: PadMode = .reflect, normalized: Bool = false, onesided: Bool? = nil, returnComplex: Bool = true
  ) -> Tensor {
    ApusNumerics.stft(
      self, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center, padMode: padMode,
      normalized: normalized, onesided: onesided, returnComplex: returnComplex)
  }

  /// ``ApusNumerics/istft(_:nFFT:hopLength:winLength:window:center:normalized:onesided:length:returnComplex:)`` of this tensor.
  public func istft(
    nFFT: Int, hopLength: Int? = nil, winLength: Int? = nil, window: Tensor? = nil, center: Bool = true,
    normalized: Bool = false, onesided: Bool? = nil, length: Int? = nil, returnComplex: Bool = false
  ) -> Tensor {
    ApusNumerics.istft(
      self, nFFT: nFFT, hopLength: hopLength, winLength: winLength, window: window, center: center,
      normalized: normalized, onesided: onesided, length: length, returnComplex: returnComplex)
  }
}

extension Registry {
  /// Short-time Fourier transforms.
  static let shortTimeTransforms: [Operation] = [
    .tensor(
      "stft",
      "input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode='reflect', normalized=False, "
        + "onesided=None, return_complex=None"
    ) {
      let mode = try $0.string("pad_mode")
      guard let padMode = PadMode(rawValue: mode) else {
        throw TensorError(
          .value, "stft", "pad_mode must be constant, reflect, replicate or circular, and found '\(mode)'")
      }
      return try stft(
        $0.tensor("input"), nFFT: $0.int("n_fft"), hopLength: $0.optionalInt("hop_length"),
        winLength: $0.optionalInt("win_length"), window: $0.optionalTensor("window"), center: $0.bool("center"),
        padMode: padMode, normalized: $0.bool("normalized"),
        onesided: $0.isNone("onesided") ? nil : $0.bool("onesided"),
        returnComplex: $0.isNone("return_complex") ? true : $0.bool("return_complex"))
    },
    .tensor(
      "istft",
      "input, n_fft, hop_length=None, win_length=None, window=None, center=True, normalized=False, onesided=None, "
        + "length=None, return_complex=False"
    ) {
      try istft(
        $0.tensor("input"), nFFT: $0.int("n_fft"), hopLength: $0.optionalInt("hop_length"),
        winLength: $0.optionalInt("win_length"), window: $0.optionalTensor("window"), center: $0.bool("center"),
        normalized: $0.bool("normalized"), onesided: $0.isNone("onesided") ? nil : $0.bool("onesided"),
        length: $0.optionalInt("length"), returnComplex: $0.bool("return_complex"))
    },
  ]
}
