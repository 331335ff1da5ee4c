import ApusCore
import CKernels

// Normalisation of rows: layer norm and RMS norm.

/// Calls `body` for blocks of rows with an accumulator for each block: `n` zeros for each of `sums`, nil if there are
/// none. The accumulators are added up in `sums`.
private func accumulateRows<T: NormElement>(
  _: T.Type, _ rows: Int, _ n: Int, into sums: ArraySlice<Tensor>,
  _ body: (_ first: Int, _ count: Int, _ sums: UnsafeMutablePointer<T>?) -> Void
) {
  let grain = max(1, parallelGrain / max(1, n))
  let parts = parallelParts(rows, grain: grain)
  let width = sums.count * n
  let partial = Tensor.zeros([parts, width], dtype: T.computeType)
  let base = sums.isEmpty ? nil : partial.body.data.assumingMemoryBound(to: T.self)
  withExtendedLifetime(partial) {
    parallelChunks(rows, parts: parts) { index, range in
      body(range.lowerBound, range.count, base.map { $0 + index * width })
    }
  }
  if sums.isEmpty { return }
  let total = parts == 1 ? partial : noGrad { partial.sum([0]) }
  for (i, sum) in sums.enumerated() { sum.fill(with: total.view([n], strides: [1], offset: i * n)) }
}

/// Whether the elements of an array of generated C lie one behind the other.
private func isRowMajor(_ array: CArray) -> Bool { array.strides == rowMajorStrides(array.type.shape) }

/// The square root of C for a type.
private func cRoot(_ type: String) -> String { type == "double" ? "__builtin_sqrt" : "__builtin_sqrtf" }

/// The type of a number for each row of `count` elements.
private func rowStatistics(_ x: TensorType, _ count: Int) -> TensorType {
  TensorType([count == 0 ? 0 : x.count / count], x.dtype.accumulateType)
}

private let normalisedFormula = Formula("NativeLayerNorm") { x, mean, invstd in (x - mean) * invstd }

/// `(x - mean) / sqrt(variance + eps) * weight + bias` over the last `count` elements. Inputs: x, then weight and bias if
/// there, flat. Results: the normalised tensor, and the rows' means and inverse deviations.
package struct LayerNormRows: Primitive, Hashable {
  /// Elements of a row: the product of the normalised dimensions.
  package let count: Int
  package let eps: Double
  package let hasWeight: Bool
  package let hasBias: Bool
  package var name: String { "NativeLayerNorm" }
  package var saves: Saves { [.inputs, .outputs] }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let statistics = rowStatistics(inputs[0], count)
    return [inputs[0], statistics, statistics]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = results[1].dtype
    let source = try inputs[0].dense(compute)
    let weight = hasWeight ? try inputs[1].dense(compute) : nil
    let bias = hasBias ? try inputs[hasWeight ? 2 : 1].dense(compute) : nil
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      let (x, w, b, n) = (source.data, weight?.data, bias?.data, count)
      let (y, m, s) = (result.data, results[1].body.data, results[2].body.data)
      withExtendedLifetime((source, weight, bias)) {
        forRowBlocks(results[1].count, n) { i, count in
          if compute == .float32 {
            ck_layer_norm_f32(
              y.f32 + i * n, m.f32 + i, s.f32 + i, x.f32 + i * n, w?.f32, b?.f32, count, n, Float(eps))
          } else {
            ck_layer_norm_f64(y.f64 + i * n, m.f64 + i, s.f64 + i, x.f64 + i * n, w?.f64, b?.f64, count, n, eps)
          }
        }
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y) = (inputs[0], outputs[0])
    guard isRowMajor(x), isRowMajor(y) else { return nil }
    let wide = y.accumulator(of: count)
    let scale = hasWeight ? " * \(inputs[1]("k"))" : ""
    let shift = hasBias ? " + \(inputs[hasWeight ? 2 : 1]("k"))" : ""
    return """
      for (long i = 0; i < \(x.type.count / max(1, count)); i++) {
      const \(x.element) *from = \(x.name) + i * \(count);
      \(y.element) *to = \(y.name) + i * \(count);
      \(wide) sum = 0, squares = 0;
      for (long k = 0; k < \(count); k++) sum += from[k];
      const \(wide) mean = sum / \(count);
      for (long k = 0; k < \(count); k++) { const \(wide) d = from[k] - mean; squares += d * d; }
      const \(y.element) m = (\(y.element))mean, s = (\(y.element))(1 / \(cRoot(wide))(squares / \(count) + \(cNumber(eps, wide == "double" ? .float64 : .float32))));
      for (long k = 0; k < \(count); k++) to[k] = (from[k] - m) * s\(scale)\(shift);
      \(outputs[1].isRead ? "\(outputs[1]("i")) = m;" : "")
      \(outputs[2].isRead ? "\(outputs[2]("i")) = s;" : "")
      }
      """
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let x = everySample(inputs, isBatched, size)[0]
    let rows = x.count / size / count
    if !isBatched.dropFirst().contains(true) {
      let made = results(apply(self, [x] + inputs.dropFirst()), 3)
      return [made[0]] + made.dropFirst().map { $0.reshape([size, rows]) }
    }
    // Scales and shifts of each sample's own follow the normalisation.
    let made = results(apply(LayerNormRows(count: count, eps: eps, hasWeight: false, hasBias: false), [x]), 3)
    let affine = zip(inputs, isBatched).dropFirst().map { $1 ? $0.unsqueeze(1) : $0 }
    var y = made[0].reshape([size, rows, count])
    if hasWeight { y = y * affine[0] }
    if hasBias { y = y + affine[hasWeight ? 1 : 0] }
    return [y.to(x.dtype).reshape(x.shape)] + made.dropFirst().map { $0.reshape([size, rows]) }
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let inputs =
      [single(node, cotangents), node.input(0), node.output(1), node.output(2)] + (hasWeight ? [node.input(1)] : [])
    let wantsSums = (hasWeight && node.needs(1)) || (hasBias && node.needs(hasWeight ? 2 : 1))
    let rule = LayerNormGradient(count: count, eps: eps, hasWeight: hasWeight, wantsSums: wantsSums)
    let made = results(apply(rule, inputs), wantsSums ? 3 : 1)
    var result: [Tensor?] = [made[0]]
    if hasWeight { result.append(wantsSums ? made[1].to(node.inputType(1).dtype) : nil) }
    if hasBias { result.append(wantsSums ? made[2].to(node.inputType(hasWeight ? 2 : 1).dtype) : nil) }
    return result
  }
}

/// The gradients of ``LayerNormRows``: inputs cotangent, x, means, inverse deviations and the weight if there; results for x
/// and, if `wantsSums`, weight and bias.
package struct LayerNormGradient: Primitive, Hashable {
  package let count: Int
  package let eps: Double
  package let hasWeight: Bool
  package let wantsSums: Bool
  package var name: String { "NativeLayerNormBackward" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let sums = TensorType([count], inputs[2].dtype)
    return [inputs[1]] + (wantsSums ? [sums, sums] : [])
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = inputs[2].dtype
    let bodies = try inputs.map { (x) throws(TensorError) in try x.dense(compute) }
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      let (g, x, m, s) = (bodies[0].data, bodies[1].data, bodies[2].data, bodies[3].data)
      let (w, dx, n) = (hasWeight ? bodies[4].data : nil, result.data, count)
      withExtendedLifetime(bodies) {
        if compute == .float32 {
          accumulateRows(Float.self, bodies[2].count, n, into: results[1...]) { i, count, sums in
            ck_layer_norm_grad_f32(
              dx.f32 + i * n, sums, sums.map { $0 + n }, g.f32 + i * n, x.f32 + i * n, m.f32 + i, s.f32 + i, w?.f32,
              count, n)
          }
        } else {
          accumulateRows(Double.self, bodies[2].count, n, into: results[1...]) { i, count, sums in
            ck_layer_norm_grad_f64(
              dx.f64 + i * n, sums, sums.map { $0 + n }, g.f64 + i * n, x.f64 + i * n, m.f64 + i, s.f64 + i, w?.f64,
              count, n)
          }
        }
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (g, x, dx) = (inputs[0], inputs[1], outputs[0])
    // Rows are those of as many last dimensions as make up the count.
    var (split, size) = (x.type.shape.count, 1)
    while size < count, split > 0 {
      split -= 1
      size *= x.type.shape[split]
    }
    guard size == count else { return nil }
    let (rows, inner) = (Array(x.type.shape[..<split]), Array(x.type.shape[split...]))
    func position(_ names: [String], _ sizes: [Int]) -> String {
      zip(names, sizes).reduce("0") { "(\($0)) * \($1.1) + \($1.0)" }
    }
    // The sums over rows go to the weight and the bias.
    let sums = wantsSums ? outputs.dropFirst().filter(\.isRead) : []
    return sums.map { cFill($0, "0") + "\n" }.joined()
      + cLoops(rows) { i in
        func each(_ body: (_ k: [String], _ place: String) -> String) -> String {
          cLoops(inner, prefix: "k") { k in
            let place = position(k, inner)
            let weight = hasWeight ? " * \(inputs[4](place))" : ""
            return "const \(dx.element) slope = \(g(i + k))\(weight), normal = (\(x(i + k)) - mean) * inverse;\n"
              + body(k, place)
          }
        }
        let first = each { k, place in
          var text = "sum += slope; turned += slope * normal;"
          if wantsSums, outputs[1].isRead { text += " \(outputs[1](place)) += \(g(i + k)) * normal;" }
          if wantsSums, outputs[2].isRead { text += " \(outputs[2](place)) += \(g(i + k));" }
          return text
        }
        let second = each { k, _ in "\(dx(i + k)) = inverse * (slope - sum - normal * turned);" }
        let row = position(i, rows)
        return """
          const \(dx.element) mean = \(inputs[2].name)[\(row)], inverse = \(inputs[3].name)[\(row)];
          \(dx.element) sum = 0, turned = 0;
          \(first)
          sum /= \(count);
          turned /= \(count);
          \(second)
          """
      }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let all = everySample(inputs, isBatched, size)
    let (shape, compute) = (all[1].shape, inputs[2].dtype)
    let rows = all[2].shape[1]
    let ownWeight = hasWeight && isBatched[4]
    let (g, x) = (all[0].reshape([size, rows, count]), all[1].reshape([size, rows, count]))
    let scaled = ownWeight ? (g * inputs[4].unsqueeze(1)).to(g.dtype) : g
    let rule = LayerNormGradient(count: count, eps: eps, hasWeight: hasWeight && !ownWeight, wantsSums: false)
    let dx = apply(rule, [scaled, x, all[2], all[3]] + (rule.hasWeight ? [inputs[4]] : []))[0].reshape(shape)
    guard wantsSums else { return [dx] }
    // The sums stay apart for every sample.
    let g0 = g.to(compute)
    let normalised = pointwise(normalisedFormula, [x.to(compute), all[2].unsqueeze(2), all[3].unsqueeze(2)])
    return [dx, (g0 * normalised).sum([1]), g0.sum([1])]
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let (g, x) = (node.input(0), node.input(1))
    let rows = node.inputType(2).count
    let inputs = [g, x] + (hasWeight ? [node.input(4)] : [])
    let needs = [node.needs(0), node.needs(1)] + (hasWeight ? [node.needs(4)] : [])
    let found = composedGradients(inputs, needs: needs, cotangents: cotangents) { leaves in
      let wide = leaves.map { $0.to(node.inputType(2).dtype) }
      let (g, x) = (wide[0].reshape([rows, count]), wide[1].reshape([rows, count]))
      let centred = x - x.mean(1, keepDim: true)
      let invstd = (centred.square().mean(1, keepDim: true) + eps).rsqrt()
      let normalised = centred * invstd
      let scaled = hasWeight ? g * wide[2] : g
      let dx =
        invstd * (scaled - scaled.mean(1, keepDim: true) - normalised * (scaled * normalised).mean(1, keepDim: true))
      return [dx.reshape(leaves[1].shape).to(leaves[1].dtype)] + (wantsSums ? [(g * normalised).sum(0), g.sum(0)] : [])
    }
    return [found[0], found[1], nil, nil] + (hasWeight ? [found[2]] : [])
  }
}

/// `x / sqrt(mean(x^2) + eps) * weight` over the last `count` elements. Inputs: x, then the weight if there, flat.
/// Results: the normalised tensor, and the rows' factors.
package struct RMSNormRows: Primitive, Hashable {
  package let count: Int
  package let eps: Double
  package let hasWeight: Bool
  package var name: String { "RmsNorm" }
  package var saves: Saves { [.inputs, .outputs] }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [inputs[0], rowStatistics(inputs[0], count)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = results[1].dtype
    let source = try inputs[0].dense(compute)
    let weight = hasWeight ? try inputs[1].dense(compute) : nil
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      let (x, w, y, s, n) = (source.data, weight?.data, result.data, results[1].body.data, count)
      withExtendedLifetime((source, weight)) {
        forRowBlocks(results[1].count, n) { i, count in
          if compute == .float32 {
            ck_rms_norm_f32(y.f32 + i * n, s.f32 + i, x.f32 + i * n, w?.f32, count, n, Float(eps))
          } else {
            ck_rms_norm_f64(y.f64 + i * n, s.f64 + i, x.f64 + i * n, w?.f64, count, n, eps)
          }
        }
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y) = (inputs[0], outputs[0])
    guard isRowMajor(x), isRowMajor(y) else { return nil }
    let wide = y.accumulator(of: count)
    return """
      for (long i = 0; i < \(x.type.count / max(1, count)); i++) {
      const \(x.element) *from = \(x.name) + i * \(count);
      \(y.element) *to = \(y.name) + i * \(count);
      \(wide) squares = 0;
      for (long k = 0; k < \(count); k++) squares += from[k] * from[k];
      const \(y.element) s = (\(y.element))(1 / \(cRoot(wide))(squares / \(count) + \(cNumber(eps, wide == "double" ? .float64 : .float32))));
      for (long k = 0; k < \(count); k++) to[k] = from[k] * s\(hasWeight ? " * \(inputs[1]("k"))" : "");
      \(outputs[1].isRead ? "\(outputs[1]("i")) = s;" : "")
      }
      """
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let x = everySample(inputs, isBatched, size)[0]
    let rows = x.count / size / count
    let ownWeight = hasWeight && isBatched[1]
    let rule = RMSNormRows(count: count, eps: eps, hasWeight: hasWeight && !ownWeight)
    let made = results(apply(rule, [x] + (rule.hasWeight ? [inputs[1]] : [])), 2)
    var y = made[0]
    if ownWeight { y = (y.reshape([size, rows, count]) * inputs[1].unsqueeze(1)).to(x.dtype).reshape(x.shape) }
    return [y, made[1].reshape([size, rows])]
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let inputs = [single(node, cotangents), node.input(0), node.output(1)] + (hasWeight ? [node.input(1)] : [])
    let rule = RMSNormGradient(count: count, eps: eps, hasWeight: hasWeight)
    let made = results(apply(rule, inputs), hasWeight ? 2 : 1)
    return [made[0]] + (hasWeight ? [made[1].to(node.inputType(1).dtype)] : [])
  }
}

/// The gradients of ``RMSNormRows``: inputs cotangent, x, factors and the weight if there; results for x and the weight.
package struct RMSNormGradient: Primitive, Hashable {
  package let count: Int
  package let eps: Double
  package let hasWeight: Bool
  package var name: String { "RmsNormBackward" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [inputs[1]] + (hasWeight ? [TensorType([count], inputs[2].dtype)] : [])
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = inputs[2].dtype
    let bodies = try inputs.map { (x) throws(TensorError) in try x.dense(compute) }
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      let (g, x, s) = (bodies[0].data, bodies[1].data, bodies[2].data)
      let (w, dx, n) = (hasWeight ? bodies[3].data : nil, result.data, count)
      withExtendedLifetime(bodies) {
        if compute == .float32 {
          accumulateRows(Float.self, bodies[2].count, n, into: results[1...]) { i, count, sums in
            ck_rms_norm_grad_f32(dx.f32 + i * n, sums, g.f32 + i * n, x.f32 + i * n, s.f32 + i, w?.f32, count, n)
          }
        } else {
          accumulateRows(Double.self, bodies[2].count, n, into: results[1...]) { i, count, sums in
            ck_rms_norm_grad_f64(dx.f64 + i * n, sums, g.f64 + i * n, x.f64 + i * n, s.f64 + i, w?.f64, count, n)
          }
        }
      }
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let all = everySample(inputs, isBatched, size)
    let (shape, compute) = (all[1].shape, inputs[2].dtype)
    let rows = all[2].shape[1]
    let (g, x) = (all[0].reshape([size, rows, count]), all[1].reshape([size, rows, count]))
    let scaled = hasWeight ? (g * all[3].unsqueeze(1)).to(g.dtype) : g
    let rule = RMSNormGradient(count: count, eps: eps, hasWeight: false)
    let dx = apply(rule, [scaled, x, all[2]])[0].reshape(shape)
    guard hasWeight else { return [dx] }
    // The sums stay apart for every sample.
    return [dx, (g.to(compute) * (x.to(compute) * all[2].unsqueeze(2))).sum([1])]
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let rows = node.inputType(2).count
    let inputs = [node.input(0), node.input(1)] + (hasWeight ? [node.input(3)] : [])
    let needs = [node.needs(0), node.needs(1)] + (hasWeight ? [node.needs(3)] : [])
    let found = composedGradients(inputs, needs: needs, cotangents: cotangents) { leaves in
      let wide = leaves.map { $0.to(node.inputType(2).dtype) }
      let (g, x) = (wide[0].reshape([rows, count]), wide[1].reshape([rows, count]))
      let factor = (x.square().mean(1, keepDim: true) + eps).rsqrt()
      let normalised = x * factor
      let scaled = hasWeight ? g * wide[2] : g
      let dx = factor * (scaled - normalised * (scaled * normalised).mean(1, keepDim: true))
      return [dx.reshape(leaves[1].shape).to(leaves[1].dtype)] + (hasWeight ? [(g * normalised).sum(0)] : [])
    }
    return [found[0], found[1], nil] + (hasWeight ? [found[2]] : [])
  }
}

private func checkNormalized(
  _ x: Tensor, _ shape: [Int], _ tensors: [(String, Tensor?)], _ operation: String, takesComplex: Bool = false
) throws(TensorError) {
  guard !shape.isEmpty else {
    throw TensorError(.shape, operation, "the normalized shape needs one dimension or more, and is []")
  }
  guard x.rank >= shape.count, Array(x.shape.suffix(shape.count)) == shape else {
    throw TensorError(
      .shape, operation, "the input must end with the normalized shape \(shape), and found \(x.shape)")
  }
  guard x.dtype.isFloatingPoint || (takesComplex && x.isComplex) else {
    throw TensorError(.dtype, operation, "needs a floating point input, and found \(x.dtype)")
  }
  for (name, tensor) in tensors {
    if let tensor, tensor.shape != shape {
      throw TensorError(.shape, operation, "\(name) must have the normalized shape \(shape), and found \(tensor.shape)")
    }
  }
}

/// Normalisation over the last dimensions, PyTorch's `nn.functional.layer_norm`:
/// `(x - mean) / sqrt(variance + eps) * weight + bias` with the biased variance.
///
/// - Parameters:
///   - x: `[..., normalizedShape]`.
///   - weight, bias: of shape `normalizedShape`.
public func layerNorm(
  _ x: Tensor, _ normalizedShape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5
) -> Tensor {
  attempt(x, weight, bias) { () throws(TensorError) in
    try checkNormalized(x, normalizedShape, [("weight", weight), ("bias", bias)], "layer_norm")
    let n = elementCount(normalizedShape)
    if x.count == 0 { return apply(Alias(), x) }
    let primitive = LayerNormRows(count: n, eps: eps, hasWeight: weight != nil, hasBias: bias != nil)
    return apply(primitive, [x] + [weight, bias].compactMap { $0?.reshape([n]) })[0]
  }
}

/// Normalisation by the root of the mean square over the last dimensions, PyTorch's `nn.functional.rms_norm`:
/// `x / sqrt(mean(x^2) + eps) * weight`. Without `eps` the type's machine epsilon is used.
public func rmsNorm(
  _ x: Tensor, _ normalizedShape: [Int], weight: Tensor? = nil, eps: Double? = nil
) -> Tensor {
  attempt(x, weight) { () throws(TensorError) in
    try checkNormalized(x, normalizedShape, [("weight", weight)], "rms_norm", takesComplex: true)
    let n = elementCount(normalizedShape)
    if x.count == 0 { return apply(Alias(), x) }
    // The 16-bit types are computed in float32, and so is their epsilon; registered types have float64's.
    let digits = (x.dtype.isCustom ? .float64 : x.dtype.accumulateType.realType).significandDigits
    let eps = eps ?? Double(sign: .plus, exponent: 1 - digits, significand: 1)
    if x.isComplex {
      let squares = x.square().mean(Array(-normalizedShape.count..<0), keepDim: true)
      let scaled = x * (squares + eps).rsqrt()
      return weight.map { scaled * $0 } ?? scaled
    }
    let primitive = RMSNormRows(count: n, eps: eps, hasWeight: weight != nil)
    return apply(primitive, [x] + [weight].compactMap { $0?.reshape([n]) })[0]
  }
}

extension Registry {
  /// Normalisation over the last dimensions.
  static let layerNorms: [Operation] = [
    .tensor("nn.functional.layer_norm", "input, normalized_shape, weight=None, bias=None, eps=1e-05") {
      try layerNorm(
        $0.tensor("input"), $0.ints("normalized_shape"), weight: $0.optionalTensor("weight"),
        bias: $0.optionalTensor("bias"), eps: $0.double("eps"))
    },
    .tensor("nn.functional.rms_norm rms_norm", "input, normalized_shape, weight=None, eps=None") {
      try rmsNorm(
        $0.tensor("input"), $0.ints("normalized_shape"), weight: $0.optionalTensor("weight"),
        eps: $0.optionalDouble("eps"))
    },
  ]
}
