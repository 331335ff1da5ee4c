// Scans along a dimension of tensors of registered types.

extension Tensor {
  /// ``logcumsumexp(_:)`` by one element after the other.
  func foldedLogcumsumexp(_ dim: Int) -> Tensor {
    attempt(self) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, "logcumsumexp")
      if rank == 0 || shape[d] == 0 { return clone() }
      var sums = [select(d, 0)]
      for i in 1..<shape[d] { sums.append(sums[i - 1].logaddexp(select(d, i))) }
      return stack(sums, dim: d)
    }
  }
}

extension Recurrence {
  /// y[k] = b[k] + a[k] y[k - 1] along the last dimension.
  func runCustom(_ a: TensorBody, _ b: TensorBody, into result: TensorBody) {
    let (loops, size) = (result.dtype.custom.loops, result.dtype.size)
    let n = result.shape[result.shape.count - 1]
    if result.count == 0 { return }
    result.data.copyMemory(from: b.data, byteCount: result.count * size)
    parallelFor(result.count / n, grain: max(1, parallelGrain / n)) { rows in
      withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { scratch in
        guard let product = scratch.baseAddress else { return }
        for row in rows {
          for i in (row * n + 1)..<max((row + 1) * n, row * n + 1) {
            let place = result.data + i * size
            loops.binary(.mul, product, a.data + i * size, place - size, 1)
            loops.binary(.add, place, place, product, 1)
          }
        }
      }
    }
  }
}

extension Scan {
  /// out[i] = out[i - 1] combined with x[i].
  func scanCustom(_ source: TensorBody, into result: TensorBody) throws(TensorError) {
    let f: BinaryFunction
    switch kind {
    case .sum: f = .add
    case .prod: f = .mul
    case .logSumExp: throw ElementCapability.unary(.exp).lacking(source.dtype, name)
    }
    copyElements(from: source, to: result)
    let lanes = Lanes(result.shape, dim)
    let (loops, data, size) = (result.dtype.custom.loops, result.data, result.dtype.size)
    if result.count == 0 { return }
    let rowBytes = lanes.inner * size
    let block = min(lanes.inner, 1024)
    let blocks = (lanes.inner + block - 1) / block
    parallelFor(lanes.outer * blocks, grain: max(1, parallelGrain / (lanes.size * block))) { range in
      let sums = UnsafeMutableRawPointer.allocate(byteCount: f == .add ? block * loops.sumSize : 1, alignment: 16)
      defer { sums.deallocate() }
      for item in range {
        let first = item % blocks * block
        let n = min(block, lanes.inner - first)
        var row = data + item / blocks * lanes.size * rowBytes + first * size
        if f == .add { loops.clearSums(sums, n) }
        for i in 0..<lanes.size {
          if f == .add {
            loops.addToSums(sums, row, n)
            loops.roundSums(row, sums, n)
          } else if i > 0 {
            loops.binary(f, row, row - rowBytes, row, n)
          }
          row += rowBytes
        }
      }
    }
  }
}
