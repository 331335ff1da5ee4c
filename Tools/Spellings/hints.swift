// swift-format-ignore-file
// Each marked line must fail to compile, with the text behind "says" in the compiler's message.
import Apus
import Foundation

func hints(x: Tensor, y: Tensor, mask: Tensor, index: Tensor) {
  _ = x == y  // says: write x .== y for each element, equal(x, y) or allclose(x, y) for one Bool
  _ = x == 0  // says: write x .== y
  _ = x != y  // says: write x .!= y
  _ = x != 0.5  // says: write x .!= y
  _ = x > y  // says: write x .> y
  if x.sum() > 0 {}  // says: x.item() > y for one Bool
  while x.mean() < 1 {}  // says: x.item() < y for one Bool
  let positive = x >= 0  // says: write x .>= y
  _ = 1 <= x  // says: write x .<= y
  _ = (x > 0).float()  // says: write x .> y
  _ = x.maskedFill(x < 0, 0)  // says: write x .< y
  _ = mask && mask  // says: write x & y
  _ = mask || mask  // says: write x | y
  if x > 0 && y > 0 {}  // says: write x .> y
  _ = x.zeros()  // says: write zerosLike(x)
  var changed = x
  changed.zero()  // says: zero_
  _ = x.index_select(0, index)  // says: indexSelect
  _ = x.masked_fill(mask, value: 0)  // says: maskedFill
  changed.masked_fill_(mask, 0)  // says: maskedFill_
  _ = x.log_softmax(dim: 1)  // says: logSoftmax
  _ = cross_entropy(x, index)  // says: crossEntropy
  _ = zeros_like(x)  // says: zerosLike
  _ = x.new_zeros([2])  // says: newZeros
  changed.requires_grad_()  // says: requiresGrad_
}
