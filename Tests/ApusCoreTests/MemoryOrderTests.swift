import Apus
import Testing

/// Results keep the order of their operand in memory; the stride of a dimension with one element says nothing about it.
@Suite struct MemoryOrderTests {
  /// Shapes of images with dimensions of one element in every place.
  @Test(arguments: [
    [2, 8, 1, 4], [2, 8, 4, 1], [1, 8, 4, 4], [2, 1, 4, 4], [1, 8, 1, 4], [1, 8, 4, 1], [2, 8, 1, 1], [1, 1, 4, 4],
    [1, 1, 1, 1], [3, 5, 2, 4],
  ])
  func channelsLastIsKept(_ shape: [Int]) {
    let n = shape.reduce(1, *)
    let x = arange(0, n, dtype: .float32).reshape([shape[0], shape[2], shape[3], shape[1]]).permute(0, 3, 1, 2)
    #expect(x.shape == shape)
    // PyTorch: is_contiguous(memory_format=torch.channels_last) of x, x * 2, x + x, x.relu(), x.double() ...
    for result in [x * 2.0 + 1.0, x + x, x.relu(), x.to(.float64), x.gelu() * x, `where`(x .> 3.0, x, x * 2.0)] {
      #expect(result.permute(0, 2, 3, 1).isContiguous, "\(shape): \(result.strides)")
    }
    var y = x.exp()
    y += 1.0
    #expect(y.permute(0, 2, 3, 1).isContiguous)
    #expect((x * 2.0).array() == x.contiguous().array().map { $0 * 2 })
  }

  /// As PyTorch: torch.randn(2, 4, 1, 8).permute(0, 3, 1, 2) has the strides (32, 1, 8, 8); those of x * 2 describe the
  /// same places.
  @Test func otherOrdersAreKeptToo() {
    let x = Tensor.ones(2, 3, 4).permute(2, 0, 1).unsqueeze(1)
    #expect((x * 2.0).squeeze([1]).permute(1, 2, 0).isContiguous)
    #expect((x.transpose(0, 1) * 2.0).squeeze([0]).permute(1, 2, 0).isContiguous)
    let strided = Tensor.ones(4, 6)[.all, .slice(step: 2)]
    #expect((strided * 2.0).isContiguous)
  }
}
