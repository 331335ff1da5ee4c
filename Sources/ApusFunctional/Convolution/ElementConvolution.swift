import ApusCore

// Convolutions of registered types: every window becomes a row, and rows are multiplied by the type's own product of matrices.

extension ConvolutionForward: ElementComposition {
  package func composed(ofElements inputs: [Tensor]) -> [Tensor] {
    let (x, weight, groups) = (inputs[0], inputs[1], settings.groups)
    let rank = settings.stride.count
    let output = Array(settings.outputShape(x.shape, weight.shape)[2...])
    // [N, C, output..., kernel...]
    var windows = x
    for d in 0..<rank {
      let (kernel, step) = (weight.shape[d + 2], settings.dilation[d])
      windows = windows.surrounded(d + 2, settings.padding[d], settings.paddingAfter[d])
        .unfold(d + 2, step * (kernel - 1) + 1, settings.stride[d])
      if step > 1 { windows = windows.slice(rank + 2 + d, nil, nil, step) }
    }
    // [N, groups, points, elements of a window] @ [groups, elements of a window, channels]
    let (batch, points, perGroup) = (x.shape[0], elementCount(output), weight.shape[0] / groups)
    let taps = elementCount(Array(weight.shape.dropFirst()))
    let order = [0, 1] + Array(3..<(3 + rank)) + [2] + Array((3 + rank)..<(3 + 2 * rank))
    let rows = windows.reshape([batch, groups, weight.shape[1]] + output + weight.shape[2...]).permute(order)
    let filters = weight.reshape([groups, perGroup, taps]).mT
    var result =
      groups == 1
      ? matmul(rows.reshape([batch * points, taps]), filters[0]).reshape([batch, 1, points, perGroup])
      : matmul(rows.reshape([batch, groups, points, taps]), filters)
    result = result.mT.reshape([batch, weight.shape[0]] + output)
    if inputs.count == 3 { result = result + inputs[2].reshape([weight.shape[0]] + output.map { _ in 1 }) }
    return [epilogue.applied(to: result)]
  }
}

extension ConvolutionInputGradient: ElementComposition {
  /// The convolution of the input, its elements a stride apart among zeros, with the filters turned around.
  package func composed(ofElements inputs: [Tensor]) -> [Tensor] {
    let (weight, groups) = (inputs[1], settings.groups)
    let rank = settings.stride.count
    var spread = inputs[0]
    for d in 0..<rank {
      let reach = settings.dilation[d] * (weight.shape[d + 2] - 1)
      let apart = spread.spaced(d + 2, settings.stride[d])
      let before = reach - settings.padding[d]
      spread = apart.surrounded(d + 2, before, shape[d + 2] + reach - before - apart.shape[d + 2])
    }
    let kernel = Array(weight.shape[2...])
    let filters = weight.flip(Array(2..<(rank + 2)))
      .reshape([groups, weight.shape[0] / groups, weight.shape[1]] + kernel).transpose(1, 2)
      .reshape([groups * weight.shape[1], weight.shape[0] / groups] + kernel)
    let (ones, zeros) = ([Int](repeating: 1, count: rank), [Int](repeating: 0, count: rank))
    let plain = ConvolutionSettings(
      stride: ones, padding: zeros, paddingAfter: zeros, dilation: settings.dilation, groups: groups)
    return apply(ConvolutionForward(settings: plain), [spread, filters])
  }
}

extension Tensor {
  /// With what the type calls zero before and behind the elements along `dim`; fewer elements where a number is negative.
  fileprivate func surrounded(_ dim: Int, _ before: Int, _ after: Int) -> Tensor {
    if before == 0 && after == 0 { return self }
    func zeros(_ count: Int) -> [Tensor] {
      var shape = shape
      shape[dim] = count
      return count > 0 ? [Tensor.zeros(shape, dtype: dtype)] : []
    }
    let skipped = Swift.max(0, -before)
    let kept = narrow(dim, skipped, size(dim) - skipped - Swift.max(0, -after))
    return before <= 0 && after <= 0 ? kept : cat(zeros(before) + [kept] + zeros(after), dim: dim)
  }

  /// With `step - 1` of what the type calls zero between neighbours along `dim`.
  fileprivate func spaced(_ dim: Int, _ step: Int) -> Tensor {
    if step == 1 || size(dim) < 2 { return self }
    var (gap, joined) = (shape, shape)
    gap.insert(step - 1, at: dim + 1)
    joined[dim] *= step
    return cat([unsqueeze(dim + 1), Tensor.zeros(gap, dtype: dtype)], dim: dim + 1).reshape(joined)
      .narrow(dim, 0, joined[dim] - step + 1)
  }
}
