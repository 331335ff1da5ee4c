import ApusCore

// Normalisation of registered types: the definitions by other operations.

extension Tensor {
  /// The means and reciprocal deviations over `dims`, which stay with size 1.
  fileprivate func centre(_ dims: [Int], _ eps: Double) -> (centred: Tensor, mean: Tensor, rstd: Tensor) {
    let mean = mean(dims, keepDim: true)
    let centred = self - mean
    return (centred, mean, (centred.square().mean(dims, keepDim: true) + eps).rsqrt())
  }
}

extension LayerNormRows: ElementComposition {
  package func composed(ofElements inputs: [Tensor]) -> [Tensor] {
    let x = inputs[0]
    let (centred, mean, rstd) = x.reshape([x.count / count, count]).centre([1], eps)
    var y = centred * rstd
    if hasWeight { y = y * inputs[1] }
    if hasBias { y = y + inputs[hasWeight ? 2 : 1] }
    return [y.reshape(x.shape).to(x.dtype), mean.reshape([mean.count]), rstd.reshape([rstd.count])]
  }
}

extension RMSNormRows: ElementComposition {
  package func composed(ofElements inputs: [Tensor]) -> [Tensor] {
    let x = inputs[0]
    let rows = x.reshape([x.count / count, count])
    let factors = (rows.square().mean([1], keepDim: true) + eps).rsqrt()
    let y = hasWeight ? rows * factors * inputs[1] : rows * factors
    return [y.reshape(x.shape).to(x.dtype), factors.reshape([factors.count])]
  }
}

extension BatchNormTraining: ElementComposition {
  package func composed(ofElements inputs: [Tensor]) -> [Tensor] {
    let x = inputs[0]
    let column = [x.shape[1]] + [Int](repeating: 1, count: x.rank - 2)
    let (centred, mean, rstd) = x.centre([0] + Array(2..<x.rank), eps)
    var y = centred * rstd
    if hasWeight { y = y * inputs[1].reshape(column) }
    if hasBias { y = y + inputs[hasWeight ? 2 : 1].reshape(column) }
    return [y.to(x.dtype), mean.reshape([mean.count]), rstd.reshape([rstd.count])]
  }
}
