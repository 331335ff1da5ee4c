import ApusCore

// Batch normalisation: statistics of every channel over all other dimensions, in one fused pass forward and one back.

/// Whether `1 / deviation` came of squares within the range of the type.
private func isInRange<T: NormElement>(_ invstd: T) -> Bool { invstd > 0 && invstd < 1e15 }

/// What one batch normalisation works on: `[N, C, ...]` in one of the layouts.
private struct BatchNormGeometry {
  let shape: [Int]
  let layout: ImageLayout
  let compute: DType

  init(_ body: TensorBody) {
    shape = body.shape
    compute = body.dtype.accumulateType
    // Two dimensions are rows of channels: channels last in any case.
    layout =
      shape.count == 2 || (!body.isContiguous && ImageLayout.channelsLast.fits(body)) ? .channelsLast : .channelsFirst
  }

  var channels: Int { shape[1] }
  var count: Int { elementCount(shape) / max(1, channels) }
  var plane: Int { elementCount(Array(shape[2...])) }

  func arranged(_ tensor: Tensor) throws(TensorError) -> TensorBody { try tensor.dense(layout, compute) }
}

private func pointer<T>(_ body: TensorBody, _: T.Type) -> UnsafeMutablePointer<T> {
  body.data.assumingMemoryBound(to: T.self)
}

/// Adds up, over blocks of rows on several threads, two sums for each channel.
private func sumRows<T: NormElement>(
  _: T.Type, _ rows: Int, _ channels: Int,
  _ body: (_ first: Int, _ count: Int, _ a: UnsafeMutablePointer<T>, _ b: UnsafeMutablePointer<T>) -> Void
) -> (a: [Double], b: [Double]) {
  let grain = max(1, parallelGrain / max(1, channels))
  let parts = parallelParts(rows, grain: grain)
  let scratch = UnsafeMutablePointer<T>.allocate(capacity: 2 * parts * channels)
  defer { scratch.deallocate() }
  scratch.initialize(repeating: 0, count: 2 * parts * channels)
  parallelChunks(rows, parts: parts) { index, range in
    let base = scratch + 2 * index * channels
    body(range.lowerBound, range.count, base, base + channels)
  }
  var (a, b) = ([Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels))
  for part in 0..<parts {
    let base = scratch + 2 * part * channels
    for c in 0..<channels {
      a[c] += Double(base[c])
      b[c] += Double(base[channels + c])
    }
  }
  return (a, b)
}

/// Normalisation with the statistics of the batch. Inputs: `[N, C, ...]`, then weight `[C]` and bias `[C]` if there.
/// Results: the normalised tensor, the channels' means, and `1 / sqrt(variance + eps)`.
package struct BatchNormTraining: Primitive, Hashable {
  package let eps: Double
  package let hasWeight: Bool
  package let hasBias: Bool
  package var name: String { "NativeBatchNorm" }
  package var saves: Saves { [.inputs, .outputs] }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let statistics = TensorType([inputs[0].shape[1]], inputs[0].dtype.accumulateType)
    return [inputs[0], statistics, statistics]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout {
    i == 0 ? .images([inputs[0]]) : .rowMajor
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let geometry = BatchNormGeometry(inputs[0].body)
    let x = try geometry.arranged(inputs[0])
    let weight = hasWeight ? try inputs[1].dense(geometry.compute) : nil
    let bias = hasBias ? try inputs[hasWeight ? 2 : 1].dense(geometry.compute) : nil
    try results[0].flat.fill(as: geometry.compute) { (y) throws(TensorError) in
      let made = [y, results[1].body, results[2].body]
      if geometry.compute == .float32 {
        run(Float.self, geometry, x, weight, bias, into: made)
      } else {
        run(Double.self, geometry, x, weight, bias, into: made)
      }
    }
  }

  private func run<T: NormElement>(
    _: T.Type, _ geometry: BatchNormGeometry, _ x: TensorBody, _ weight: TensorBody?, _ bias: TensorBody?,
    into results: [TensorBody]
  ) {
    let kernels = T.normKernels
    let (channels, count) = (geometry.channels, geometry.count)
    let (from, to) = (pointer(x, T.self), pointer(results[0], T.self))
    let (m, s) = (pointer(results[1], T.self), pointer(results[2], T.self))
    let (w, b) = (weight.map { pointer($0, T.self) }, bias.map { pointer($0, T.self) })
    let n = Double(count)
    withExtendedLifetime((x, weight, bias)) {
      if geometry.layout == .channelsFirst {
        let plane = geometry.plane
        let batch = geometry.shape[0]
        // A channel's planes are read again while they are in the cache.
        parallelFor(channels, grain: max(1, parallelGrain / max(1, count))) { range in
          for c in range {
            var (sum, squares) = (0.0, 0.0)
            for i in 0..<batch { kernels.statsPlane(&sum, &squares, from + (i * channels + c) * plane, plane) }
            m[c] = T(sum / n)
            squares = 0
            for i in 0..<batch { kernels.squaresPlane(&squares, from + (i * channels + c) * plane, m[c], plane) }
            s[c] = T(1 / (squares / n + eps).squareRoot())
            if !isInRange(s[c]) {
              squares = 0
              for i in 0..<batch { squares += kernels.wideSquares(from + (i * channels + c) * plane, plane, sum / n) }
              s[c] = T(1 / (squares / n + eps).squareRoot())
            }
            let scale = s[c] * (w?[c] ?? 1)
            let shift = (b?[c] ?? 0) - m[c] * scale
            for i in 0..<batch {
              let offset = (i * channels + c) * plane
              kernels.applyPlane(to + offset, from + offset, scale, shift, plane)
            }
          }
        }
        return
      }
      let sums = sumRows(T.self, count, channels) { first, rows, a, b in
        kernels.statsRows(a, b, from + first * channels, rows, channels)
      }
      var variances = [Double](repeating: 0, count: channels)
      var needsSecondPass = false
      for c in 0..<channels {
        let average = sums.a[c] / n
        m[c] = T(average)
        variances[c] = max(0, sums.b[c] / n - average * average)
        // Where the mean is large against the deviation, the difference above has lost its digits.
        if average * average > 4 * variances[c] || !variances[c].isFinite { needsSecondPass = true }
      }
      if needsSecondPass {
        let squares = sumRows(T.self, count, channels) { first, rows, a, _ in
          kernels.squaresRows(a, from + first * channels, m, rows, channels)
        }
        variances = squares.a.map { $0 / n }
      }
      if !variances.allSatisfy({ isInRange(T(1 / ($0 + eps).squareRoot())) }) {
        var means = [Double](repeating: 0, count: channels)
        for row in 0..<count { kernels.wideSumRow(&means, from + row * channels, channels) }
        for c in 0..<channels {
          means[c] /= n
          m[c] = T(means[c])
        }
        variances = [Double](repeating: 0, count: channels)
        for row in 0..<count { kernels.wideSquaresRow(&variances, from + row * channels, means, channels) }
        for c in 0..<channels { variances[c] /= n }
      }
      withUnsafeTemporaryAllocation(of: T.self, capacity: 2 * channels) { scratch in
        guard let scale = scratch.baseAddress else { return }
        let shift = scale + channels
        for c in 0..<channels {
          s[c] = T(1 / (variances[c] + eps).squareRoot())
          scale[c] = s[c] * (w?[c] ?? 1)
          shift[c] = (b?[c] ?? 0) - m[c] * scale[c]
        }
        parallelFor(count, grain: max(1, parallelGrain / max(1, channels))) { range in
          let offset = range.lowerBound * channels
          kernels.applyRows(to + offset, from + offset, scale, shift, range.count, channels)
        }
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y) = (inputs[0], outputs[0])
    let shape = x.type.shape
    let count = x.type.count / max(1, shape[1])
    func elements(_ body: (String, String) -> String) -> String {
      cLoops([shape[0]] + shape[2...], prefix: "k") { k in
        let place = [k[0], "c"] + k.dropFirst()
        return body(x(place), y(place))
      }
    }
    let scale = hasWeight ? " * \(inputs[1]("c"))" : ""
    let shift = hasBias ? " + \(inputs[hasWeight ? 2 : 1]("c"))" : ""
    return """
      for (long c = 0; c < \(shape[1]); c++) {
      double sum = 0, squares = 0;
      \(elements { from, _ in "sum += \(from);" })
      const double mean = sum / \(count);
      \(elements { from, _ in "{ const double d = \(from) - mean; squares += d * d; }" })
      const double s = 1 / __builtin_sqrt(squares / \(count) + \(cNumber(eps, .float64)));
      const \(y.element) m = (\(y.element))mean, scale = (\(y.element))(s\(scale));
      \(elements { from, to in "\(to) = (\(from) - m) * scale\(shift);" })
      \(outputs[1].isRead ? "\(outputs[1]("c")) = m;" : "")
      \(outputs[2].isRead ? "\(outputs[2]("c")) = (\(y.element))s;" : "")
      }
      """
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    // Every sample has statistics of its own: its channels stand beside those of the others.
    let all = everySample(inputs, isBatched, size)
    let made = results(
      apply(self, [samplesMerged(all[0], into: 1)] + all.dropFirst().map { samplesMerged($0, into: 0) }), 3)
    return [samplesParted(made[0], from: 1, size)] + made.dropFirst().map { samplesParted($0, from: 0, size) }
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let weight = hasWeight ? [node.input(1)] : []
    let rule = BatchNormGradient(hasWeight: hasWeight)
    let made = apply(
      rule, [single(node, cotangents), node.input(0), node.output(1), node.output(2)] + weight)
    let parts = results(made, 3)
    var result: [Tensor?] = [parts[0]]
    if hasWeight { result.append(parts[1].to(node.inputType(1).dtype)) }
    if hasBias { result.append(parts[2].to(node.inputType(hasWeight ? 2 : 1).dtype)) }
    return result
  }
}

/// The gradients of ``BatchNormTraining`` for input, weight and bias, from the cotangent, the input, the channels' means,
/// their inverse deviations and the weight if there.
package struct BatchNormGradient: Primitive, Hashable {
  package let hasWeight: Bool
  package var name: String { "NativeBatchNormBackward" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [inputs[1], inputs[2], inputs[2]]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout {
    i == 0 ? .images([inputs[1]]) : .rowMajor
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let geometry = BatchNormGeometry(inputs[1].body)
    let images = [try geometry.arranged(inputs[0]), try geometry.arranged(inputs[1])]
    let channels = try inputs[2...].map { (x) throws(TensorError) in try x.dense(geometry.compute) }
    try results[0].flat.fill(as: geometry.compute) { (dx) throws(TensorError) in
      let made = [dx, results[1].body, results[2].body]
      if geometry.compute == .float32 {
        run(Float.self, geometry, images + channels, into: made)
      } else {
        run(Double.self, geometry, images + channels, into: made)
      }
    }
  }

  private func run<T: NormElement>(
    _: T.Type, _ geometry: BatchNormGeometry, _ inputs: [TensorBody], into results: [TensorBody]
  ) {
    let kernels = T.normKernels
    let (channels, count) = (geometry.channels, geometry.count)
    let (back, from, to) = (pointer(inputs[0], T.self), pointer(inputs[1], T.self), pointer(results[0], T.self))
    let (m, s) = (pointer(inputs[2], T.self), pointer(inputs[3], T.self))
    let w = hasWeight ? pointer(inputs[4], T.self) : nil
    let (dw, db) = (pointer(results[1], T.self), pointer(results[2], T.self))
    let n = Double(count)
    /// dx = a g + b x + shift, and the gradients of weight and bias, of channel c.
    func factors(_ c: Int, _ sumG: Double, _ sumGX: Double) -> (Double, Double, Double) {
      let (mean, invstd) = (Double(m[c]), Double(s[c]))
      dw[c] = T(sumGX * invstd)
      db[c] = T(sumG)
      let a = invstd * Double(w?[c] ?? 1)
      let b = -a * invstd * invstd * sumGX / n
      return (a, b, -a * sumG / n - b * mean)
    }
    /// Whether T holds b: it goes with the third power of the deviation's inverse.
    func isRepresentable(_ b: Double) -> Bool { b == 0 || abs(T(b)) >= T.leastNormalMagnitude }
    withExtendedLifetime(inputs) {
      if geometry.layout == .channelsFirst {
        let plane = geometry.plane
        let batch = geometry.shape[0]
        parallelFor(channels, grain: max(1, parallelGrain / max(1, count))) { range in
          for c in range {
            var (sumG, sumGX) = (0.0, 0.0)
            for i in 0..<batch {
              let offset = (i * channels + c) * plane
              kernels.gradientStatsPlane(&sumG, &sumGX, back + offset, from + offset, m[c], plane)
            }
            let (a, b, shift) = factors(c, sumG, sumGX)
            let isHeld = isRepresentable(b)
            for i in 0..<batch {
              let offset = (i * channels + c) * plane
              if isHeld {
                kernels.gradientApplyPlane(to + offset, back + offset, from + offset, T(a), T(b), T(shift), plane)
              } else {
                for j in offset..<offset + plane { to[j] = T(a * Double(back[j]) + b * Double(from[j]) + shift) }
              }
            }
          }
        }
        return
      }
      let sums = sumRows(T.self, count, channels) { first, rows, a, b in
        kernels.gradientStatsRows(a, b, back + first * channels, from + first * channels, m, rows, channels)
      }
      withUnsafeTemporaryAllocation(of: T.self, capacity: 3 * channels) { scratch in
        guard let a = scratch.baseAddress else { return }
        let (b, shift) = (a + channels, a + 2 * channels)
        let exact = (0..<channels).map { factors($0, sums.a[$0], sums.b[$0]) }
        guard exact.allSatisfy({ isRepresentable($0.1) }) else {
          for j in 0..<count * channels {
            let (a, b, shift) = exact[j % channels]
            to[j] = T(a * Double(back[j]) + b * Double(from[j]) + shift)
          }
          return
        }
        for c in 0..<channels { (a[c], b[c], shift[c]) = (T(exact[c].0), T(exact[c].1), T(exact[c].2)) }
        parallelFor(count, grain: max(1, parallelGrain / max(1, channels))) { range in
          let offset = range.lowerBound * channels
          kernels.gradientApplyRows(to + offset, back + offset, from + offset, a, b, shift, range.count, channels)
        }
      }
    }
  }

  /// The same gradients in tensor operations, of cotangent, input and weight: for second derivatives.
  private static func composed(_ g: Tensor, _ x: Tensor, _ weight: Tensor?, eps variance: Tensor) -> [Tensor] {
    let dims = [0] + Array(2..<x.rank)
    let column = [1, x.shape[1]] + [Int](repeating: 1, count: x.rank - 2)
    let centred = x - x.mean(dims, keepDim: true)
    let invstd = (centred.square().mean(dims, keepDim: true) + variance.reshape(column)).rsqrt()
    let normalised = centred * invstd
    let scaled = weight.map { g * $0.reshape(column) } ?? g
    let dx =
      invstd
      * (scaled - scaled.mean(dims, keepDim: true) - normalised * (scaled * normalised).mean(dims, keepDim: true))
    return [dx, (g * normalised).sum(dims), g.sum(dims)]
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let all = everySample(inputs, isBatched, size)
    let joined = all.indices.map { samplesMerged(all[$0], into: $0 < 2 ? 1 : 0) }
    let made = results(apply(self, joined), 3)
    return [samplesParted(made[0], from: 1, size)] + made.dropFirst().map { samplesParted($0, from: 0, size) }
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let (g, x) = (node.input(0), node.input(1))
    // What was added to the variance, from the saved statistics.
    let dims = [0] + Array(2..<x.rank)
    let eps = noGrad {
      let x = x.detach().to(node.inputType(2).dtype)
      let variance = (x - x.mean(dims, keepDim: true)).square().mean(dims)
      return (node.input(3).detach().square().reciprocal() - variance)
    }
    let inputs = [g, x] + (hasWeight ? [node.input(4)] : [])
    let needs = [node.needs(0), node.needs(1)] + (hasWeight ? [node.needs(4)] : [])
    let found = composedGradients(inputs, needs: needs, cotangents: cotangents) { leaves in
      let wide = leaves.map { $0.to(eps.dtype) }
      let made = Self.composed(wide[0], wide[1], hasWeight ? wide[2] : nil, eps: eps)
      return [made[0].to(x.dtype)] + made.dropFirst()
    }
    return [found[0], found[1], nil, nil] + (hasWeight ? [found[2]] : [])
  }
}

private let scaleAndShift = Formula("NativeBatchNorm") { x, scale, shift in x * scale + shift }

/// Batch normalisation, PyTorch's `nn.functional.batch_norm`: `(x - mean) / sqrt(variance + eps) * weight + bias`.
///
/// - Parameters:
///   - x: `[N, C, ...]`.
///   - runningMean, runningVar: `[C]`; used where `training` is false, else moved towards the batch's statistics by
///     `momentum` if they are buffers.
///   - weight, bias: `[C]`.
///   - training: whether to normalise with the statistics of the batch.
public func batchNorm(
  _ x: Tensor, runningMean: Tensor? = nil, runningVar: Tensor? = nil, weight: Tensor? = nil, bias: Tensor? = nil,
  training: Bool = false, momentum: Double = 0.1, eps: Double = 1e-5
) -> Tensor {
  normalised(x, runningMean, runningVar, weight, bias, training, eps) { $0 * (1 - momentum) + $1 * momentum }
}

/// ``batchNorm(_:runningMean:runningVar:weight:bias:training:momentum:eps:)`` in training, with running statistics that are the plain
/// averages over `batches`, a tensor with one number that counts this batch, too.
package func batchNorm(
  _ x: Tensor, runningMean: Tensor?, runningVar: Tensor?, weight: Tensor?, bias: Tensor?, averagedOver batches: Tensor,
  eps: Double
) -> Tensor {
  normalised(x, runningMean, runningVar, weight, bias, true, eps) { old, new in
    let share = batches.to(.float64).reciprocal()
    return old * (1 - share) + new * share
  }
}

/// `move` gives the running statistics from those before and those of the batch.
private func normalised(
  _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ weight: Tensor?, _ bias: Tensor?, _ training: Bool,
  _ eps: Double, _ move: (Tensor, Tensor) -> Tensor
) -> Tensor {
  attempt(x, runningMean, runningVar, weight, bias) { () throws(TensorError) in
    if x.rank == 1 && x.count == 0 { return apply(Alias(), x) }
    guard x.rank >= 2 else {
      throw TensorError(.shape, "batch_norm", "needs an input of shape [N, C, ...], and found \(x.shape)")
    }
    guard x.dtype.isFloatingPoint else {
      throw TensorError(.dtype, "batch_norm", "needs a floating point input, and found \(x.dtype)")
    }
    let channels = x.shape[1]
    for (name, tensor) in [
      ("runningMean", runningMean), ("runningVar", runningVar), ("weight", weight), ("bias", bias),
    ] {
      if let tensor, tensor.shape != [channels] {
        throw TensorError(
          .shape, "batch_norm",
          "\(name) must have shape [\(channels)] for an input of \(x.shape), and found \(tensor.shape)")
      }
    }
    if training {
      let count = x.shape[2...].reduce(x.shape[0]) { $0.clampedMultiplying($1) }
      guard count != 1 else {
        throw TensorError(
          .value, "batch_norm", "expected more than 1 value per channel when training, got input of shape \(x.shape)")
      }
      let inputs = [x] + [weight, bias].compactMap { $0 }
      let primitive = BatchNormTraining(eps: eps, hasWeight: weight != nil, hasBias: bias != nil)
      let made = results(apply(primitive, inputs), 3)
      if made[0].hasFailed { return made[0] }
      noGrad {
        let unbiased = Double(count) / Double(max(1, count - 1))
        if var runningMean {
          let mean = made[1].detach()
          runningMean.assign(move(runningMean.widened, mean).to(runningMean.dtype))
        }
        if var runningVar {
          let variance = made[2].detach().to(.float64).square().reciprocal() - eps
          runningVar.assign(move(runningVar.to(.float64), variance * unbiased).to(runningVar.dtype))
        }
      }
      return made[0]
    }
    guard let runningMean, let runningVar else {
      throw TensorError(
        .value, "batch_norm",
        "needs runningMean and runningVar when not training; pass training: true to use the batch's")
    }
    let column = [channels] + [Int](repeating: 1, count: x.rank - 2)
    let compute = x.dtype.accumulateType
    var scale = (runningVar.to(compute) + eps).rsqrt()
    if let weight { scale = scale * weight }
    var shift = -(runningMean * scale)
    if let bias { shift = shift + bias }
    return pointwise(scaleAndShift, [x.to(compute), scale.reshape(column), shift.reshape(column)]).to(x.dtype)
  }
}

extension Registry {
  /// Batch normalisation.
  static let batchNorms: [Operation] = [
    runningNorm("batch_norm", "running_mean, running_var", usesBatch: ("training", "False"), batchNorm)
  ]

  /// An operation that moves statistics along or uses them, as the argument `usesBatch` says.
  static func runningNorm(
    _ name: String, _ statistics: String, usesBatch: (name: String, preset: String),
    _ function: @escaping @Sendable (Tensor, Tensor?, Tensor?, Tensor?, Tensor?, Bool, Double, Double) -> Tensor
  ) -> Operation {
    let choice = "\(usesBatch.name)=\(usesBatch.preset)"
    let signature = "input, \(statistics), weight=None, bias=None, \(choice), momentum=0.1, eps=1e-05"
    return .tensor("nn.functional.\(name)", signature) {
      try function(
        $0.tensor("input"), $0.optionalTensor("running_mean"), $0.optionalTensor("running_var"),
        $0.optionalTensor("weight"), $0.optionalTensor("bias"), $0.bool(usesBatch.name), $0.double("momentum"),
        $0.double("eps"))
    }
  }
}
