import ApusCore

// What a linear layer over many classes says of some of them, without its results ever lying in memory.

/// Rows of a matrix `[rows, in]`, made when they are asked for: a tensor, or a matrix that is kept in another form.
package struct MatrixRows: Sendable {
  package let rows: Int
  package let features: Int
  /// The rows of a range as numbers `[count, in]`.
  package let take: @Sendable (Range<Int>) -> Tensor

  package init(rows: Int, features: Int, take: @escaping @Sendable (Range<Int>) -> Tensor) {
    (self.rows, self.features, self.take) = (rows, features, take)
  }
}

/// The logarithms of the probabilities that a linear layer over classes gives to one class of each row:
/// `logSoftmax(x @ weight^T)[i, targets[i]]`, as `logSoftmax(linear(x, weight)).gather(1, targets)`, in the memory of
/// a part of the classes.
///
/// It goes once over the classes, a few thousand at a time, and keeps for each row the sum of exponentials so far and, where the gradient
/// to `x` will be asked for, the sum of the weight's rows by their probabilities, as attention without a matrix of scores does; the backward
/// pass then only multiplies by a number for each row. The gradient to `weight` goes over the classes once more.
///
/// - Parameters:
///   - x: `[N, in]`.
///   - weight: `[classes, in]`, of the same element type.
///   - targets: `[N]`, integers; `ignoreIndex` where nothing is asked.
///   - ignoreIndex: rows with this target have a result of 0, and cost nothing.
/// - Returns: `[N]` in float32, or float64 for elements of that type.
/// - Source: Dao et al., FlashAttention, 2022, for the running sums; Hsu et al., Liger Kernel, 2024, for the gradient in the forward pass.
public func linearLogProbabilities(_ x: Tensor, _ weight: Tensor, _ targets: Tensor, ignoreIndex: Int = -100) -> Tensor
{
  attempt(x, weight, targets) { () throws(TensorError) in
    try requireMatrix(weight.shape, x)
    return try chosen(x, weight, targets, nil, ignoreIndex)
  }
}

/// ``linearLogProbabilities(_:_:_:ignoreIndex:)`` with a weight that is kept in another form and gets no gradient.
package func linearLogProbabilities(_ x: Tensor, _ weight: MatrixRows, _ targets: Tensor, ignoreIndex: Int = -100)
  -> Tensor
{
  attempt(x, targets) { () throws(TensorError) in
    try requireMatrix([weight.rows, weight.features], x)
    return try chosen(x, nil, targets, weight, ignoreIndex)
  }
}

private func requireMatrix(_ weight: [Int], _ x: Tensor) throws(TensorError) {
  guard x.rank == 2, weight.count == 2, x.shape[1] == weight[1] else {
    throw TensorError(
      .shape, "linear_log_probabilities",
      "needs x [N, in] and a weight [classes, in], and found \(x.shape) and \(weight)")
  }
}

private func chosen(
  _ x: Tensor, _ weight: Tensor?, _ targets: Tensor, _ rows: MatrixRows?, _ ignoreIndex: Int
) throws(TensorError) -> Tensor {
  let operation = "linear_log_probabilities"
  guard targets.shape == [x.shape[0]], targets.dtype.isInteger else {
    throw TensorError(
      .shape, operation, "needs integer targets [\(x.shape[0])], and found \(targets.dtype) of \(targets.shape)")
  }
  let classes = rows?.rows ?? weight?.shape[0] ?? 0
  // Rows that nothing is asked of are left out.
  let all = targets.detach().array(as: Int.self)
  let asked = all.indices.filter { all[$0] != ignoreIndex }
  if let wrong = asked.first(where: { !(0..<classes).contains(all[$0]) }) {
    throw TensorError(
      .index, operation, "targets lie from 0 to \(classes - 1) or are \(ignoreIndex), and found \(all[wrong])")
  }
  let type: DType = x.dtype == .float64 ? .float64 : .float32
  if asked.isEmpty { return x.sum([1], dtype: type) * 0 }
  let places = asked.count == all.count ? nil : Tensor(asked, dtype: .int64)
  let states = places.map { x.indexSelect(0, $0) } ?? x
  let keeps = Context.isGradientEnabled && x.requiresGrad
  let primitive = LinearLogProbabilities(rows: rows, keepsGradient: keeps)
  let inputs = [states.to(type), Tensor(asked.map { all[$0] }, dtype: .int64)] + (weight.map { [$0] } ?? [])
  let results = apply(primitive, inputs)
  guard let places else { return results[0] }
  return Tensor.zeros([x.shape[0]], dtype: type).indexAdd(0, places, results[0])
}

/// Inputs: states `[N, in]`, targets `[N]` that are all classes, and the weight unless it is kept in another form. Results: the
/// logarithms `[N]`, those of the sums of exponentials `[N]`, and `weight[target] - sum of softmax * weight` `[N, in]` where it is kept.
package struct LinearLogProbabilities: Primitive {
  let rows: MatrixRows?
  let keepsGradient: Bool
  package var name: String { "LinearLogProbabilities" }
  package var takesComplexElements: Bool { false }
  package var saves: Saves { [.inputs, .outputs] }

  /// How many classes are looked at at once: their scores for a few hundred rows stay in the caches.
  static let part = 2048

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let (n, type) = (inputs[0].shape[0], inputs[0].dtype)
    return [
      TensorType([n], type), TensorType([n], type), TensorType([n, keepsGradient ? inputs[0].shape[1] : 0], type),
    ]
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    guard rows == nil, !keepsGradient else { return nil }
    let (x, targets, weight) = (inputs[0], inputs[1], inputs[2])
    let type = outputs[0].element
    return """
      for (long i = 0; i < \(x.type.shape[0]); i++) {
      \(type) top = -__builtin_inff(), sum = 0, own = 0;
      for (long c = 0; c < \(weight.type.shape[0]); c++) {
      \(type) score = 0;
      for (long k = 0; k < \(weight.type.shape[1]); k++) score += \(x("i", "k")) * \(weight("c", "k"));
      if (c == \(targets("i"))) own = score;
      if (score > top) { sum *= \(outputs[0].math("exp"))(top - score); top = score; }
      sum += \(outputs[0].math("exp"))(score - top);
      }
      const \(type) all = top + \(outputs[0].math("log"))(sum);
      \(outputs[0]("i")) = own - all;
      \(outputs[1]("i")) = all;
      }
      """
  }

  package func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    let classes = rows?.rows ?? inputs[2].shape[0]
    return (keepsGradient ? 4 : 2) * elementCount(inputs[0].shape) * classes
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (x, targets) = (inputs[0], inputs[1])
    let classes = rows?.rows ?? inputs[2].shape[0]
    try withoutRecording(servesGradients: keepsGradient) {
      var target = Tensor.zeros([x.shape[0]], dtype: x.dtype)
      var sums = Tensor.full([x.shape[0]], -Double.infinity, dtype: x.dtype)
      var mean: Tensor?
      for start in stride(from: 0, to: classes, by: Self.part) {
        let weight = take(start..<min(classes, start + Self.part), inputs)
        let scores = ApusFunctional.linear(x, weight)
        target = target + atTargets(scores, targets - start)
        let own = scores.logsumexp(1)
        let both = sums.logaddexp(own)
        if keepsGradient {
          let share = matmul((scores - both.unsqueeze(1)).exp(), weight)
          mean = mean.map { $0 * (sums - both).exp().unsqueeze(1) + share } ?? share
        }
        sums = both
      }
      results[0].fill(with: target - sums)
      results[1].fill(with: sums)
      if let mean { results[2].fill(with: chosenRows(targets, inputs) - mean) }
    }
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    guard let g = cotangents[0], cotangents[1] == nil, cotangents[2] == nil else {
      throw TensorError(
        .unsupported, "linear_log_probabilities",
        "has first derivatives; for further ones take logSoftmax(linear(x, weight)) and gather")
    }
    var result: [Tensor?] = [node.needs(0) ? g.unsqueeze(1) * node.output(2) : nil, nil]
    if node.inputCount == 3 {
      result.append(
        node.needs(2)
          ? apply(
            LinearLogProbabilitiesWeightGradient(), [node.input(0), node.input(1), node.input(2), node.output(1), g])[0]
          : nil)
    }
    return result
  }

  /// Some rows of the weight, in the type of the states.
  private func take(_ range: Range<Int>, _ inputs: [Tensor]) -> Tensor {
    let found = rows?.take(range) ?? inputs[2].narrow(0, range.lowerBound, range.count)
    return found.to(inputs[0].dtype)
  }

  /// The weight's row of each target.
  private func chosenRows(_ targets: Tensor, _ inputs: [Tensor]) -> Tensor {
    guard let rows else { return inputs[2].indexSelect(0, targets).to(inputs[0].dtype) }
    let places = targets.array(as: Int.self)
    return cat(places.map { rows.take($0..<$0 + 1) }, dim: 0).to(inputs[0].dtype)
  }
}

/// The scores at the targets that lie in a part of the classes, 0 for others; `targets` count from its first one.
private func atTargets(_ scores: Tensor, _ targets: Tensor) -> Tensor {
  let count = scores.shape[1]
  let isHere = targets.ge(0) & targets.lt(count)
  let found = scores.gather(1, targets.clamp(min: 0, max: count - 1).unsqueeze(1)).squeeze([1])
  return `where`(isHere, found, Tensor.zeros([], dtype: scores.dtype))
}

/// The gradient to the weight, of states, targets, weight, logarithms of sums and the rows' cotangents.
private struct LinearLogProbabilitiesWeightGradient: Primitive, Hashable {
  var name: String { "LinearLogProbabilitiesWeightBackward" }
  var takesComplexElements: Bool { false }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { [inputs[2]] }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (x, targets, weight, sums, g) = (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4].unsqueeze(1))
    let classes = weight.shape[0]
    try withoutRecording {
      // What the targets bring, then what all classes take away.
      let chosen = Tensor.zeros(weight.shape, dtype: x.dtype).indexAdd(0, targets, g * x)
      for start in stride(from: 0, to: classes, by: LinearLogProbabilities.part) {
        let count = min(classes - start, LinearLogProbabilities.part)
        let scores = ApusFunctional.linear(x, weight.narrow(0, start, count).to(x.dtype))
        let shares = (scores - sums.unsqueeze(1)).exp() * g
        let part = chosen.narrow(0, start, count) - matmul(shares.mT, x)
        results[0].narrow(0, start, count).fill(with: part)
      }
    }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    throw TensorError(
      .unsupported, "linear_log_probabilities",
      "has first derivatives; for further ones take logSoftmax(linear(x, weight)) and gather")
  }
}

/// Runs operations inside of another one.
private func withoutRecording(servesGradients: Bool = true, _ body: () -> Void) throws(TensorError) {
  do {
    try withErrors { servesGradients ? Context.forGradients(body) : noGrad(body) }
  } catch let error as TensorError {
    throw error
  } catch {
    throw TensorError(.value, "linear_log_probabilities", "\(error)")
  }
}
