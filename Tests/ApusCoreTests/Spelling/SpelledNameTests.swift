import Apus
import Testing

/// That each name is there, Tools/Spellings/spelled.swift shows, which scripts/check-hints.py compiles.
@Suite struct SpelledNameTests {
  @Test("Spellings of one operation give one result")
  func oneResult() {
    let x = Tensor([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])
    let sums = [
      x.sum(1), x.sum(dim: 1), x.sum([1]), x.sum(dim: [1]), sum(x, 1), sum(x, dim: 1), x.sum(1, false),
      x.sum(1, keepdim: true).flatten(), sum(x, [1], keepdim: true).flatten(0, 1),
    ]
    for s in sums { #expect(s.array() == [2, 3]) }
    // The first argument of norm is p.
    #expect(x.norm(1).array() == [21])
    #expect(x.norm(p: 1, dim: 1).array() == [6, 15])
    #expect(x.flatten(startDim: 1).shape == [2, 3])
    #expect(x.std(dim: 0, keepdim: true).shape == [1, 3])
    #expect(max(x, 1).values.array() == [3, 5])
    #expect(maximum(x, -x).array() == abs(x).array())
    #expect(x.clamp(0, 1).array() == clamp(x, min: 0, max: 1).array())
    #expect(relu(x).array() == x.relu().array())
    #expect(cat([x, x], 1).shape == [2, 6])
    #expect(x.softmax(dim: 1).allclose(softmax(x, 1)))
    #expect(x.topk(2, dim: 1).values.array() == topk(x, k: 2, dim: 1).values.array())
    #expect(x.roll(1, dims: 1).array() == [3, 1, -2, -6, 4, 5])
    #expect(gather(x, dim: 1, index: Tensor([[0], [2]])).array() == [1, -6])
    #expect(transpose(x, dim0: 0, dim1: 1).shape == [3, 2])
  }
}
