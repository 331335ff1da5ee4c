// swift-format-ignore-file
// What users write: it must compile without a word, and no expression may keep the type checker for long.
import Apus
import Foundation
func expressions(grid: Tensor, phase: Tensor, mu: Tensor, logvar: Tensor, x: Tensor, y: Tensor, m: Linear, d: Double, mask: Tensor, params: [Tensor], lr: Double) {
  _ = sin(grid.view(1, 1, 1, 32) * (phase + 1) * 3 + grid.view(1, 1, 32, 1) * (10 - phase))
  _ = -0.5 * sum(1 + logvar - mu.pow(2) - logvar.exp())
  _ = sin(x) * 3 + y
  _ = exp(x) / sum(exp(x), 1, keepdim: true)
  _ = (x - x.mean(0)) / (x.std(0) + 1e-5)
  _ = 2.0 * x ** 2 + 3 * x - 1
  _ = x ** 2 + y ** 2
  _ = sqrt(x ** 2 + y ** 2 + 1e-8)
  _ = max(3, 4) + min(2, 1) + Int(abs(-3.0))
  let e = exp(-Double(3) / 200) * 0.9 + 0.05
  _ = max(x, 1)
  _ = abs(x - y).mean() + max(d, 0.1) * e
  _ = 0.5 * (x.sign() + 1) * sin(2 * Double.pi * d) * cos(x * 2 * Float.pi)
  _ = mask & (x .> 0) | !(0 .< y)
  _ = (x .> 0.5) .& (y .< 1)
  _ = x % 2 .== 0
  _ = log(x + 1e-9).mean() - log(1 - sigmoid(y) + 1e-9).mean()
  _ = relu(matmul(x, y) + 1).sum(dim: [0, 1], keepdim: true)
  _ = tanh(x * sqrt(2 / Double.pi) * (1 + 0.044715 * x * x)) * 0.5 * x + 0.5
  _ = 0.5 * x * (1 + tanh(sqrt(2.0 / Double.pi) * (x + 0.044715 * pow(x, 3))))
  let q = pow(2.0, 3.0) + pow(d, 2) + floor(d) + round(d * 3)
  _ = q
  noGrad {
    for p in params { p.sub_(lr * p.grad!); p -= lr * p.grad!; p.data.normal_(0, 0.02); p.zero_(); p.data -= p.grad! * 0.1; p.data = y; p.mul_(0.9).add_(y) }
    m.weight -= lr * m.weight.grad!
    m.weight.data.normal_(mean: 0, std: 0.02)
    m.weight.data[0].zero_()
  }
  var v = x
  v += 1; v -= 0.5 * y; v.clamp_(0, 1); v.clamp_(min: 0); v[0].zero_(); v.uniform_(-1, 1); v.relu_(); v **= 2; v %= 3
  v.add_(y, alpha: 2)
  v.maskedFill_(mask, value: 0)
  v &= y
  let (a, b) = (x.float(), x.long())
  _ = (a, b)
  for _ in 0..<3 { print(String(format: "%.3f", sin(d) * 2)) }
  _ = x.view(-1, 28 * 28) * -0.5 + 1 / (1 + exp(-x))
  _ = (1 - d) * x + d * y - lr * (x - y) * 2 + 0.1 * x
  _ = 1 - cos(x) * 0.5 - (1.0 / 3) * x ** 3 + 2 ** x
  // Subscripts: nil, `...`, parts that are written.
  let pairs = x[nil, 0] * y[nil, 1] + x[nil, 2] * 2
  let near = exp(-(x[0..., nil] - y[nil, 0...]) ** 2 / 2)
  let distances = (x[0..., nil, 0...] - y[nil, 0..., 0...]).pow(2).sum(-1).sqrt()
  let kept = (x * mask[nil, nil, 0..., 0...]).maskedFill(mask[nil] .== 0, -1e9).softmax(-1)
  let joined = cat([x[nil, 3], x[nil, 3 + 1], x[..., nil] * y[nil, ...]], 0)
  print(pairs, near, distances, kept, joined)
  v[0] -= x[1] * y[2] / 2 + x[1] * y[2]
  v[0, 1] -= lr * x[1, 2] * y[2, 3] / 2 + d
  v[0] += x[0..., nil] * y[nil, 0...]
  v[0..., 1] += x[..., 0] / 2
  v[0, 1] = 3; v[0] = 2.5; v[0, nil] = d; v[x .> 0] = 0; v[..., 0] = d * 2 + 1; v[0, ...] = -1; v[0][1] = d == 1 ? 2 : 3
  let (number, count): (Double, Int) = (v[0, 1].item(), v[0].item())
  print(number + Double(count), x[0].item() + y[1].item(), lr * (x[1] - x[0]), x[0] * (lr - x[2]) - x[1], x[0] / lr)
}
