import ApusCore
import CKernels

// Rows of a table by index. Their gradient is the whole table's, or that of the rows alone.

/// Inputs: the table `[rows, width]` and indices of any shape; result `[indices..., width]`.
package struct EmbeddingRows: Primitive, Hashable {
  /// The row that gets no gradient.
  package let paddingIndex: Int?
  /// Whether a row's gradient is divided by the number of its uses.
  package var scalesByFrequency = false
  /// Whether a variable's gradient is left in it by rows.
  package var isSparse = false
  package var name: String { "Embedding" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(inputs[1].shape + [inputs[0].shape[1]], inputs[0].dtype)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let table = try inputs[0].dense()
    let indices = try checkedIndices(inputs[1], rows: table.shape[0])
    let bytes = table.shape[1] * table.dtype.size
    let (index, rows) = (indices.data.i64, results[0].body.data)
    withExtendedLifetime((table, indices)) {
      parallelFor(indices.count, grain: max(1, parallelGrain / max(1, table.shape[1]))) { range in
        ck_gather_rows(rows + range.lowerBound * bytes, table.data, index + range.lowerBound, range.count, bytes)
      }
    }
  }

  private func checkedIndices(_ tensor: Tensor, rows: Int) throws(TensorError) -> TensorBody {
    let body = try tensor.dense(.int64)
    let index = body.data.i64
    for i in 0..<body.count where index[i] < 0 || index[i] >= rows {
      throw TensorError(
        .index, "embedding", "index \(index[i]) at flat position \(i) is out of range for a table of \(rows) rows")
    }
    return body
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (table, index) = (inputs[0], inputs[1])
    return cLoops(index.type.shape) { i in
      """
      const long row = apus_index(\(index(i)), \(table.type.shape[0]));
      for (long k = 0; k < \(table.type.shape[1]); k++) \(outputs[0](i + ["k"])) = \(table("row", "k"));
      """
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    if scalesByFrequency { return [try scaledSamples(inputs, isBatched, size)] }
    guard isBatched[0] else { return apply(self, inputs) }
    let (indices, width) = (everySample(inputs, isBatched, size)[1], inputs[0].shape[2])
    let positions = positionsOfSamples(indices, rows: inputs[0].shape[1], size, wrap: false, "embedding")
    let rows = apply(EmbeddingRows(paddingIndex: nil), samplesMerged(inputs[0], into: 0), positions)
    let result = rows.reshape(indices.shape + [width])
    // The row that gets no gradient is another one in every sample's part of the table.
    return [paddingIndex.map { `where`(indices.eq($0).unsqueeze(-1), result.detach(), result) } ?? result]
  }

  /// Rows of samples whose gradients are divided by the uses in each of them.
  private func scaledSamples(_ inputs: [Tensor], _ isBatched: [Bool], _ size: Int) throws(TensorError) -> Tensor {
    let plain = EmbeddingRows(paddingIndex: paddingIndex)
    let rows = try plain.batch(inputs, isBatched: isBatched, size: size).map { $0[0] } ?? apply(plain, inputs)[0]
    guard Context.isGradientEnabled, rows.requiresGrad else { return rows }
    let indices = everySample(inputs, isBatched, size)[1]
    let table = inputs[0].shape[isBatched[0] ? 1 : 0]
    let index = positionsOfSamples(indices, rows: table, size, wrap: false, "embedding")
    let factors = uses(index, rows: table * size, rows.dtype).reciprocal().reshape(indices.shape).unsqueeze(-1)
    return rows.detach() + (rows - rows.detach()) * factors
  }

  /// How often the row of each index is used.
  fileprivate func uses(_ flat: Tensor, rows: Int, _ dtype: DType) -> Tensor {
    Tensor.zeros([rows], dtype: dtype).indexAdd(0, flat, Tensor.ones([flat.count], dtype: dtype)).indexSelect(0, flat)
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    linear(inputs, tangents, positions: 1)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let rows = node.inputType(0).shape[0]
    var gradient = single(node, cotangents)
    if scalesByFrequency {
      let indices = node.input(1).to(.int64)
      let flat = indices.reshape([indices.count])
      gradient = gradient / uses(flat, rows: rows, gradient.dtype).reshape(indices.shape).unsqueeze(-1)
    }
    if isSparse {
      let (width, count) = (node.inputType(0).shape[1], node.input(1).count)
      let used = gradient.reshape([count, width])
      if node.leaveRows(of: 0, node.input(1), used, skipping: paddingIndex) { return [nil, nil] }
    }
    return [apply(EmbeddingGradient(rows: rows, paddingIndex: paddingIndex), gradient, node.input(1)), nil]
  }
}

extension EmbeddingRows: ElementComposition {
  package func composed(ofElements inputs: [Tensor]) -> [Tensor] {
    let (table, indices) = (inputs[0], inputs[1].to(.int64))
    let flat = indices.reshape([indices.count])
    var rows = table.indexSelect(0, flat).reshape(indices.shape + [table.shape[1]])
    guard Context.isGradientEnabled, rows.requiresGrad else { return [rows] }
    if scalesByFrequency {
      let factors = uses(flat, rows: table.shape[0], .float64).reciprocal().reshape(indices.shape).unsqueeze(-1)
      rows = rows.detach() + (rows - rows.detach()) * factors
    }
    return [paddingIndex.map { `where`(indices.eq($0).unsqueeze(-1), rows.detach(), rows) } ?? rows]
  }
}

/// The cotangent's rows added at their indices: inputs cotangent and indices, result `[rows, width]`.
package struct EmbeddingGradient: Primitive, Hashable {
  package let rows: Int
  package let paddingIndex: Int?
  package var name: String { "EmbeddingDenseBackward" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType([rows, inputs[0].shape.last ?? 1], inputs[0].dtype)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = results[0].dtype.accumulateType
    let (gradient, indices) = (try inputs[0].dense(compute), try inputs[1].dense(.int64))
    try results[0].fill(as: compute) { (table) throws(TensorError) in
      Tensor(table).fillZero()
      add(gradient, indices, to: table)
    }
  }

  /// Adds the rows of `gradient` to those of `result` that `indices` name.
  private func add(_ gradient: TensorBody, _ indices: TensorBody, to result: TensorBody) {
    let (isFloat, width, n) = (result.dtype == .float32, result.shape[1], indices.count)
    let (g, index, table) = (gradient.data, indices.data.i64, result.data)
    // Each thread adds what belongs to its own range of rows, so that sums are in order whatever the number of threads.
    withExtendedLifetime((gradient, indices)) {
      let padding = paddingIndex.map { Int64($0) } ?? -1
      let parts = max(1, min(Parallel.availableThreads, n * width / parallelGrain))
      parallelFor(parts, grain: 1) { range in
        for part in range {
          let (low, high) = (Int64(rows * part / parts), Int64(rows * (part + 1) / parts))
          var i = 0
          while i < n {
            let row = index[i]
            if row < low || row >= high || row == padding {
              i += 1
              continue
            }
            // A run of rows of this thread goes to the kernel at once.
            var end = i + 1
            while end < n, index[end] >= low, index[end] < high, index[end] != padding { end += 1 }
            if isFloat {
              ck_scatter_add_rows_f32(table.f32, g.f32 + i * width, index + i, end - i, width)
            } else {
              ck_scatter_add_rows_f64(table.f64, g.f64 + i * width, index + i, end - i, width)
            }
            i = end
          }
        }
      }
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let all = everySample(inputs, isBatched, size)
    var g = all[0]
    if let paddingIndex { g = g.cleared(all[1].eq(paddingIndex)) }
    let positions = positionsOfSamples(all[1], rows: rows, size, wrap: false, "embedding")
    let wide = EmbeddingGradient(rows: rows * size, paddingIndex: nil)
    let width = g.shape[g.rank - 1]
    return [samplesParted(apply(wide, g.reshape([positions.count, width]), positions), from: 0, size)]
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    linear(inputs, tangents, positions: 1)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    var g = apply(EmbeddingRows(paddingIndex: nil), single(node, cotangents), node.input(1))
    if let paddingIndex { g = g.cleared(node.input(1).eq(paddingIndex)) }
    return [g, nil]
  }
}

extension Tensor {
  /// With zeros in the rows for which `condition` holds.
  fileprivate func cleared(_ condition: Tensor) -> Tensor {
    `where`(condition.unsqueeze(-1), Tensor.zeros([], dtype: dtype), self)
  }
}

/// The rows of `weight` `[rows, width]` at `indices` (integers of any shape): `[indices..., width]`, PyTorch's
/// `nn.functional.embedding`.
///
/// - Parameters:
///   - paddingIdx: a row whose gradient stays zero; negative ones count from the end.
///   - maxNorm: rows that are used and whose `normType`-norm is larger are scaled down to it first, in `weight` itself.
///   - scaleGradByFreq: whether gradients are divided by how often a row is used.
///   - sparse: whether `backward()` leaves the gradient of a variable by rows, so that its time and memory are those of the rows
///     that were used. ``SparseAdam``, ``SGD`` without momentum and ``Adagrad`` change these rows alone; for whoever else reads
///     ``Tensor/grad`` it becomes the whole tensor.
public func embedding(
  _ indices: Tensor, _ weight: Tensor, paddingIdx: Int? = nil, maxNorm: Double? = nil, normType: Double = 2,
  scaleGradByFreq: Bool = false, sparse: Bool = false
) -> Tensor {
  attempt(indices, weight) { () throws(TensorError) in
    guard weight.rank == 2 else {
      throw TensorError(.shape, "embedding", "needs a table of shape [rows, width], and found \(weight.shape)")
    }
    guard indices.dtype.isInteger else {
      throw TensorError(
        .dtype, "embedding", "indices must be integers, and found \(indices.dtype); convert them with .to(.int64)")
    }
    let padding = try paddingRow(paddingIdx, rows: weight.shape[0], "embedding")
    let table = try renormed(weight, indices, maxNorm, normType, "embedding")
    let lookup = EmbeddingRows(paddingIndex: padding, scalesByFrequency: scaleGradByFreq, isSparse: sparse)
    return apply(lookup, table, indices)
  }
}

/// One row of zeros and a single one for each class index: `[...]` to `[..., numClasses]`, int64.
///
/// - Parameter numClasses: -1 means one more than the largest index.
public func oneHot(_ indices: Tensor, numClasses: Int = -1) -> Tensor {
  attempt(indices) { () throws(TensorError) in
    guard indices.dtype == .int64 else {
      throw TensorError(
        .dtype, "one_hot", "indices must be int64, and found \(indices.dtype); convert them with .to(.int64)")
    }
    var classes = numClasses
    if classes == -1 {
      guard indices.count > 0 else {
        throw TensorError(.value, "one_hot", "an empty tensor does not tell the number of classes; pass numClasses")
      }
      classes = indices.resolved.amax().itemScalar().int.clampedAdding(1)
    }
    guard classes > 0 else {
      throw TensorError(.value, "one_hot", "numClasses must be positive, and found \(numClasses)")
    }
    return apply(OneHotRows(classes: classes, ignoreIndex: .min, dtype: .int64), indices)
  }
}

extension Registry {
  /// Rows by index.
  static let embeddings: [Operation] = [
    .tensor("nn.functional.embedding", embeddingSignature) {
      try embedding(
        $0.tensor("input"), $0.tensor("weight"), paddingIdx: $0.optionalInt("padding_idx"),
        maxNorm: $0.isNone("max_norm") ? nil : $0.double("max_norm"), normType: $0.double("norm_type"),
        scaleGradByFreq: $0.bool("scale_grad_by_freq"), sparse: $0.bool("sparse"))
    },
    .tensor("nn.functional.one_hot", "tensor, num_classes=-1") {
      try oneHot($0.tensor("tensor"), numClasses: $0.int("num_classes"))
    },
  ]

  private static let embeddingSignature =
    "input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False"
}
