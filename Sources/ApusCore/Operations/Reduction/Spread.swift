import CKernels

// Variance and standard deviation, in one primitive: two passes in double whatever the type, the root taken before rounding.

/// The variance over `dims`, or its root, and the mean: of float32 and float64.
package struct Spread: Primitive, Hashable {
  package let dims: [Int]
  package let keepDim: Bool
  /// What is subtracted from the number of elements that the sum of squares is divided by.
  package let correction: Double
  package let isRoot: Bool

  package var name: String { isRoot ? "Std" : "Var" }
  package var saves: Saves { [.inputs, .outputs] }

  private func count(_ shape: [Int]) -> Int { dims.reduce(1) { $0 * shape[$1] } }
  private func divisor(_ shape: [Int]) -> Double { max(0, Double(count(shape)) - correction) }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    guard inputs[0].dtype == .float32 || inputs[0].dtype == .float64 else {
      throw TensorError(.dtype, isRoot ? "std" : "var", "needs float32 or float64, and found \(inputs[0].dtype)")
    }
    let type = TensorType(reducedShape(inputs[0].shape, dims, keepDim: keepDim), inputs[0].dtype)
    return [type, type]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    if results[0].dtype == .float32 {
      run(SpreadKernels.float, inputs[0].body, results)
    } else {
      run(SpreadKernels.double, inputs[0].body, results)
    }
  }

  private func run<T: BinaryFloatingPoint>(_ kernels: SpreadKernels<T>, _ source: TensorBody, _ results: [Tensor]) {
    let (n, divisor) = (Double(count(source.shape)), divisor(source.shape))
    let spreads = results[0].body.data.assumingMemoryBound(to: T.self)
    let means = results[1].body.data.assumingMemoryBound(to: T.self)
    let kept = source.shape.indices.filter { !dims.contains($0) }
    let outputs = elementCount(kept.map { source.shape[$0] })
    if outputs == 0 { return }
    func finish(_ i: Int, _ mean: Double, _ squares: Double) {
      means[i] = T(mean)
      spreads[i] = T(isRoot ? (squares / divisor).squareRoot() : squares / divisor)
    }
    if source.count == 0 {
      for i in 0..<outputs { finish(i, .nan, .nan) }
      return
    }
    // Reduced dimensions in memory order, so that runs are as long as can be.
    let reduced = dims.filter { source.shape[$0] != 1 }.sorted { source.strides[$0] > source.strides[$1] }
    var inner = Walk(reduced, source.shape, source.strides)
    var outer = Walk(kept, source.shape, source.strides)
    let data = UnsafeRawPointer(source.data).assumingMemoryBound(to: T.self)
    if inner.strides.last == 1 || inner.sizes.isEmpty {
      let length = inner.dropLast().size
      // One long run is cut, so that all threads have a part.
      let part = outputs == 1 ? min(length, parallelGrain) : length
      let (parts, runs) = ((length + part - 1) / part, inner.count)
      func total(_ base: UnsafePointer<T>, _ sum: (UnsafePointer<T>, Int) -> Double) -> Double {
        (0..<runs).reduce(0) { $0 + sum(base + inner.offset($1), length) }
      }
      func partTotals(_ sum: (UnsafePointer<T>, Int) -> Double) -> Double {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: runs * parts) { scratch in
          let totals = scratch
          parallelFor(runs * parts, grain: 1) { range in
            for i in range {
              let start = i % parts * part
              totals[i] = sum(data + inner.offset(i / parts) + start, min(part, length - start))
            }
          }
          return totals.reduce(0, +)
        }
      }
      if parts > 1 {
        let mean = partTotals(kernels.sum) / n
        finish(0, mean, partTotals { kernels.squares($0, $1, mean) })
        return
      }
      parallelFor(outputs, grain: max(1, parallelGrain / max(1, length * runs))) { range in
        for i in range {
          let base = data + outer.offset(i)
          let mean = total(base, kernels.sum) / n
          finish(i, mean, total(base) { kernels.squares($0, $1, mean) })
        }
      }
    } else if outer.strides.last == 1 {
      // Results lie along a contiguous dimension: rows are added up, a block of columns at a time.
      let columns = outer.dropLast().size
      let (rows, width) = (inner.count, min(columns, 512))
      let blocks = (columns + width - 1) / width
      parallelFor(outer.count * blocks, grain: max(1, parallelGrain / max(1, width * rows))) { range in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * width) { scratch in
          guard let mean = scratch.baseAddress else { return }
          let squares = mean + width
          for item in range {
            let (group, first) = (item / blocks, item % blocks * width)
            let count = min(width, columns - first)
            let base = data + outer.offset(group) + first
            scratch.initialize(repeating: 0)
            for row in 0..<rows { kernels.addRow(mean, base + inner.offset(row), count) }
            for j in 0..<count { mean[j] /= n }
            for row in 0..<rows { kernels.addSquares(squares, base + inner.offset(row), mean, count) }
            for j in 0..<count { finish(group * columns + first + j, mean[j], squares[j]) }
          }
        }
      }
    } else {
      run(kernels, Tensor(TensorBody(sharing: source)).contiguousCopy().body, results)
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(Spread(dims: dims.map { $0 + 1 }, keepDim: keepDim, correction: correction, isRoot: isRoot), inputs)
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, shape) = (inputs[0], inputs[0].type.shape)
    let kept = shape.indices.filter { !dims.contains($0) }
    return cLoops(kept.map { shape[$0] }) { outer in
      func overElements(_ body: (String) -> String) -> String {
        cLoops(dims.map { shape[$0] }, prefix: "r") { inner in
          body(
            x(
              shape.indices.map { d in
                dims.firstIndex(of: d).map { inner[$0] } ?? outer[kept.firstIndex(of: d) ?? 0]
              }))
        }
      }
      let place = keepDim ? shape.indices.map { d in kept.firstIndex(of: d).map { outer[$0] } ?? "0" } : outer
      let variance = "squares / \(divisor(shape))"
      return """
        double sum = 0, squares = 0;
        \(overElements { "sum += \($0);" })
        double mean = sum / \(Double(count(shape)));
        \(overElements { "{ double d = \($0) - mean; squares += d * d; }" })
        \(outputs[0](place)) = (\(x.element))\(isRoot ? "__builtin_sqrt(\(variance))" : "(\(variance))");
        \(outputs[1](place)) = (\(x.element))mean;
        """
    }
  }

  private static let shareOfDeviation = Formula("StdBackward") { g, deviation in
    let isZero = Expression.binary(.eq, deviation, .constant(0))
    return .select(isZero, .constant(0), g / Expression.select(isZero, .constant(1), deviation))
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let shape = node.inputType(0).shape
    let kept = reducedShape(shape, dims, keepDim: true)
    var result: Tensor?
    if let g = cotangents[0]?.reshape(kept) {
      // The gradient of a deviation of 0 is 0, as PyTorch has it.
      let share =
        isRoot
        ? pointwise(Self.shareOfDeviation, g, node.output(0).reshape(kept)) / divisor(shape)
        : g * (2 / divisor(shape))
      result = (node.input(0) - node.output(1).reshape(kept)) * share
    }
    if let g = cotangents[1]?.reshape(kept) {
      let part = (g / Double(count(shape))).expand(shape)
      result = result.map { $0 + part } ?? part
    }
    return [result]
  }
}

/// Sums in double over elements of one type.
private struct SpreadKernels<T: BinaryFloatingPoint>: Sendable {
  let sum: @Sendable (UnsafePointer<T>, Int) -> Double
  let squares: @Sendable (UnsafePointer<T>, Int, Double) -> Double
  let addRow: @Sendable (UnsafeMutablePointer<Double>, UnsafePointer<T>, Int) -> Void
  let addSquares: @Sendable (UnsafeMutablePointer<Double>, UnsafePointer<T>, UnsafePointer<Double>, Int) -> Void
}

extension SpreadKernels where T == Float {
  static let float = SpreadKernels(
    sum: { ck_wide_sum_f32($0, $1) }, squares: { ck_wide_sum_sqdiff_f32($0, $1, $2) },
    addRow: { ck_wide_sum_into_f32($0, $1, $2) }, addSquares: { ck_wide_sqdiff_into_f32($0, $1, $2, $3) })
}

extension SpreadKernels where T == Double {
  static let double = SpreadKernels(
    sum: { ck_wide_sum_f64($0, $1) }, squares: { ck_wide_sum_sqdiff_f64($0, $1, $2) },
    addRow: { ck_wide_sum_into_f64($0, $1, $2) }, addSquares: { ck_wide_sqdiff_into_f64($0, $1, $2, $3) })
}
