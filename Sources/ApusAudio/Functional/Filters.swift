import ApusCore
import ApusFunctional
import ApusNumerics

/// What comes of the recursion y[n] = x[n] - Σ a[k] y[n - 1 - k]: signals `[rows, filters, time]` and the factors `[filters, order]`.
struct RecursiveFilter: Primitive, Hashable {
  var name: String { "RecursiveFilter" }
  var saves: Saves { [.inputs, .outputs] }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [inputs[0]] }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (x, a) = (try inputs[0].dense(), try inputs[1].dense())
    if inputs[0].dtype == .float64 {
      run(x, a, results[0].body, Double.self)
    } else {
      run(x, a, results[0].body, Float.self)
    }
  }

  private func run<T: BinaryFloatingPoint>(_ x: TensorBody, _ a: TensorBody, _ y: TensorBody, _: T.Type) {
    nonisolated(unsafe) let from = UnsafePointer(x.data.assumingMemoryBound(to: T.self))
    nonisolated(unsafe) let factors = UnsafePointer(a.data.assumingMemoryBound(to: T.self))
    nonisolated(unsafe) let to = y.data.assumingMemoryBound(to: T.self)
    let (filters, time, order) = (x.shape[1], x.shape[2], a.shape[1])
    parallelFor(x.shape[0] * filters, grain: max(1, (1 << 15) / max(1, time * (order + 1)))) { range in
      for row in range {
        let (input, output) = (from + row * time, to + row * time)
        let own = factors + row % filters * order
        if order == 2 {
          // What the second-order filters of sound need: the last two values stay in registers.
          let (a1, a2) = (own[0], own[1])
          var (y1, y2) = (T(0), T(0))
          for n in 0..<time {
            let value = input[n] - a1 * y1 - a2 * y2
            (y2, y1) = (y1, value)
            output[n] = value
          }
          continue
        }
        for n in 0..<time {
          var value = input[n]
          for k in 0..<min(order, n) { value -= own[k] * output[n - 1 - k] }
          output[n] = value
        }
      }
    }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    // The same recursion backwards in time.
    let (a, y) = (node.input(1), node.output(0))
    let dx = apply(self, single(node, cotangents).flip([2]), a).flip([2])
    guard node.needs(1) else { return [dx, nil] }
    let (time, order) = (y.size(2), a.size(1))
    let parts = (0..<order).map { k -> Tensor in
      guard k + 1 < time else { return Tensor.zeros([a.size(0)], dtype: a.dtype) }
      return -(dx.narrow(2, k + 1, time - k - 1) * y.narrow(2, 0, time - k - 1)).sum([0, 2])
    }
    return [dx, stack(parts, dim: 1)]
  }
}

extension AF {
  /// A sound through filters of any order, torchaudio's `lfilter`:
  /// a[0] y[n] = Σ b[k] x[n - k] - Σ a[k] y[n - k], the last sum from k = 1.
  /// - Parameters:
  ///   - aCoeffs: `[order + 1]`, or `[filters, order + 1]`.
  ///   - bCoeffs: of the same shape.
  ///   - clamp: whether the result is kept within -1 ... 1.
  ///   - batching: with several filters: whether each is for one of the channels `[..., filters, time]`; else each makes a channel
  ///     of the sound.
  public static func lfilter(
    _ waveform: Tensor, aCoeffs: Tensor, bCoeffs: Tensor, clamp: Bool = true, batching: Bool = true
  ) -> Tensor {
    attempt(waveform, aCoeffs, bCoeffs) { () throws(TensorError) in
      try checkSound(waveform, "lfilter")
      guard aCoeffs.shape == bCoeffs.shape, aCoeffs.rank == 1 || aCoeffs.rank == 2, aCoeffs.size(-1) > 0,
        aCoeffs.dtype == waveform.dtype, bCoeffs.dtype == waveform.dtype
      else {
        throw TensorError(
          .shape, "lfilter",
          "needs as many factors [order + 1] or [filters, order + 1] of each kind, of the type of the sound \(waveform.dtype), "
            + "and found \(aCoeffs.type) and \(bCoeffs.type)")
      }
      var x = waveform
      let filters = aCoeffs.rank == 2 ? aCoeffs.size(0) : 1
      if aCoeffs.rank == 2 {
        if batching {
          guard x.rank >= 2, x.size(-2) == filters else {
            throw TensorError(
              .shape, "lfilter",
              "with batching the sound has a channel for each of \(filters) filters, and it is \(x.shape); pass batching: false "
                + "to let each filter make a channel")
          }
        } else {
          x = stack(Array(repeating: x, count: filters), dim: -2)
        }
      }
      let (time, count) = (x.size(-1), aCoeffs.size(-1))
      let rows = x.reshape([-1, filters, time])
      let (a, b) = (aCoeffs.reshape([filters, count]), bCoeffs.reshape([filters, count]))
      let lead = a.narrow(1, 0, 1)
      var made = rows
      if count > 1 {
        let padded = rows.pad([count - 1, 0])
        made = Tensor.zeros(rows.shape, dtype: rows.dtype)
        for k in 0..<count { made = made + padded.narrow(2, count - 1 - k, time) * b.narrow(1, k, 1) }
        made = apply(RecursiveFilter(), made / lead, a.narrow(1, 1, count - 1) / lead)
      } else {
        made = rows * (b / lead)
      }
      if clamp { made = made.clamp(min: -1, max: 1) }
      return made.reshape(x.shape)
    }
  }

  /// A sound through a filter forwards and then backwards in time, so that no phase is shifted, torchaudio's `filtfilt`.
  public static func filtfilt(_ waveform: Tensor, aCoeffs: Tensor, bCoeffs: Tensor, clamp: Bool = true) -> Tensor {
    let forward = lfilter(waveform, aCoeffs: aCoeffs, bCoeffs: bCoeffs, clamp: false)
    if forward.hasFailed { return forward }
    return lfilter(forward.flip([forward.rank - 1]), aCoeffs: aCoeffs, bCoeffs: bCoeffs, clamp: clamp)
      .flip([forward.rank - 1])
  }

  /// A sound whose high frequencies are raised: x[n] - `coeff` x[n - 1].
  public static func preemphasis(_ waveform: Tensor, coeff: Double = 0.97) -> Tensor {
    attempt(waveform) { () throws(TensorError) in
      try checkSound(waveform, "preemphasis")
      let time = waveform.size(-1)
      return waveform - waveform.pad([1, 0]).narrow(-1, 0, time) * coeff
    }
  }

  /// The inverse of ``preemphasis(_:coeff:)``, kept within -1 ... 1.
  public static func deemphasis(_ waveform: Tensor, coeff: Double = 0.97) -> Tensor {
    lfilter(
      waveform, aCoeffs: Tensor([1, -coeff], shape: [2], dtype: waveform.dtype),
      bCoeffs: Tensor([1, 0], shape: [2], dtype: waveform.dtype))
  }
}
