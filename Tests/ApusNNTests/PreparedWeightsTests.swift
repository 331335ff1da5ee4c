import Apus
import ApusCore
import Testing

/// What is kept of weights between calls changes no result, whatever happens to the weights.
@Suite struct PreparedWeightsTests {
  /// Layers whose weights are prepared, an input with few rows, and the weights in float64 as the reference.
  private static let layers: [(name: String, layer: any Layer, input: [Int])] = {
    manualSeed(3)
    return [
      ("linear", Linear(256, 320), [7, 256]), ("linear of one column", Linear(256, 1), [7, 256]),
      ("convolution", Conv2d(48, 64, kernelSize: 3, stride: 2, padding: 1), [1, 48, 14, 14]),
      ("pointwise", Conv2d(128, 64, kernelSize: 1), [2, 128, 7, 7]),
      ("by Winograd", Conv2d(64, 64, kernelSize: 3, padding: 1), [1, 64, 14, 14]),
      ("in groups", Conv2d(32, 64, kernelSize: 3, groups: 4), [1, 32, 9, 9]),
      ("on images of one pixel", Conv2d(64, 64, kernelSize: 3, padding: 1), [2, 64, 1, 1]),
      ("on images of one row", Conv2d(32, 48, kernelSize: 5, padding: 2), [2, 32, 1, 9]),
      ("along one dimension", Conv1d(64, 64, kernelSize: 5), [1, 64, 20]),
    ]
  }()

  private func expectRight(_ layer: any Layer, _ x: Tensor, _ what: String) throws {
    let wide = deepCopy(layer)
    wide.to(.float64)
    let expected = noGrad { wide(x.to(.float64)) }
    let found = noGrad { layer(x) }.to(.float64)
    #expect((found - expected).abs().amax().item() < 1e-4, "\(what)")
  }

  @Test(arguments: 0..<9) func changesAreSeen(_ i: Int) throws {
    let (name, layer, shape) = Self.layers[i]
    let x = randn(shape, generator: Generator(seed: 1))
    for round in 0..<4 { try expectRight(layer, x, "\(name), call \(round)") }

    let optimizer = SGD(layer.parameters(), lr: 0.1)
    for step in 0..<3 {
      optimizer.zeroGrad()
      layer(x).square().mean().backward()
      optimizer.step()
      for round in 0..<3 { try expectRight(layer, x, "\(name), step \(step), call \(round)") }
    }

    noGrad {
      for p in layer.parameters() { p.mul_(1.5) }
    }
    for round in 0..<3 { try expectRight(layer, x, "\(name), changed in place, call \(round)") }

    let other = deepCopy(layer)
    noGrad { for p in other.parameters() { p.zero_() } }
    for round in 0..<3 { try expectRight(layer, x, "\(name), beside a changed copy, call \(round)") }
    try layer.loadStateDict(other.stateDict())
    for _ in 0..<3 { #expect(noGrad { layer(x) }.abs().amax().item() == 0, "\(name), loaded") }
  }

  /// Inputs of other sizes use the same weights.
  @Test func sizesVary() throws {
    let (linear, conv) = (Linear(192, 256), Conv2d(32, 48, kernelSize: 3))
    for size in [3, 40, 3, 17, 1, 5, 40, 1500, 3] {
      try expectRight(linear, randn([size, 192], generator: Generator(seed: 2)), "\(size) rows")
      if size > 3, size < 100 {
        try expectRight(conv, randn([1, 32, size, 7], generator: Generator(seed: 2)), "height \(size)")
      }
    }
  }

  /// A part of a weight has forms of its own.
  @Test func partsOfAWeight() {
    let weight = parameter(randn([512, 128], generator: Generator(seed: 4)))
    let x = randn([6, 128], generator: Generator(seed: 5))
    for _ in 0..<3 {
      let whole = noGrad { x.matmul(weight.t()) }
      let (first, second) = noGrad { (x.matmul(weight[0..<256].t()), x.matmul(weight[256...].t())) }
      #expect((cat([first, second], dim: 1) - whole).abs().amax().item() < 1e-4)
    }
  }

  /// More parts than are kept are computed as ever.
  @Test func manyParts() {
    let weight = parameter(randn([40 * 64, 512], generator: Generator(seed: 6)))
    let x = randn([3, 512], generator: Generator(seed: 7))
    let whole = noGrad { x.matmul(weight.t()) }
    for _ in 0..<3 {
      let parts = noGrad { (0..<40).map { i in x.matmul(weight[(64 * i)..<(64 * i + 64)].t()) } }
      #expect((cat(parts, dim: 1) - whole).abs().amax().item() < 1e-3)
    }
  }

  /// Threads that use a weight while it is replaced see the old or the new one whole.
  @Test func threads() async {
    let layer = Linear(128, 256, bias: false)
    noGrad { layer.weight.fill_(1) }
    let x = ones([4, 128])
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<200 {
            let result = noGrad { layer(x) }
            let value = result[0, 0].item()
            if value.truncatingRemainder(dividingBy: 128) != 0 || (result - value).abs().amax().item() != 0 {
              return false
            }
          }
          return true
        }
      }
      group.addTask {
        for i in 2..<40 { noGrad { _ = layer.weight.fill_(Double(i)) } }
        return true
      }
      for await isWhole in group { #expect(isWhole) }
    }
  }
}
