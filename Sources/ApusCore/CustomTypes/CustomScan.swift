// Scans along a dimension of tensors of registered types.

extension Scan {
  /// out[i] = out[i - 1] combined with x[i].
  func scanCustom(_ source: TensorBody, into result: TensorBody) throws(TensorError) {
    let f: BinaryFunction
    switch kind {
    case .sum: f = .add
    case .prod: f = .mul
    case .logSumExp:
      throw TensorError(.dtype, name, "is not defined for \(source.dtype) tensors; use exp, cumsum and log")
    }
    copyElements(from: source, to: result)
    let lanes = Lanes(result.shape, dim)
    let (kernels, data, rowBytes) = (result.dtype.custom, result.data, lanes.inner * result.dtype.size)
    if result.count == 0 { return }
    parallelFor(lanes.outer, grain: max(1, parallelGrain / (lanes.size * lanes.inner))) { range in
      for o in range {
        for i in 1..<max(lanes.size, 1) {
          let row = data + (o * lanes.size + i) * rowBytes
          kernels.binary(f, row, row - rowBytes, row, lanes.inner)
        }
      }
    }
  }
}
