import ApusCore
import ApusModels
import Testing

@Suite struct PoolingTests {
  private let states = Tensor([[[1.0, 8], [3, 4], [100, 100]], [[2, 2], [4, 6], [9, 1]]], dtype: .float32)
  private let mask = Tensor([[1, 1, 0], [1, 1, 1]], dtype: .int64)

  private static let cases: [(Pooling, [Double])] = {
    let (root2, root3) = (2.0.squareRoot(), 3.0.squareRoot())
    let weighted: [Double] = [7.0 / 3, 16.0 / 3, 37.0 / 6, 17.0 / 6]
    let rooted: [Double] = [4 / root2, 12 / root2, 15 / root3, 9 / root3]
    return [
      (.mean, [2, 6, 5, 3]), (.cls, [1, 8, 2, 2]), (.max, [3, 8, 9, 6]), (.lastToken, [3, 4, 9, 1]),
      (.weightedMean, weighted), (.meanOverRoot, rooted),
    ]
  }()

  @Test(arguments: cases)
  func paddingDoesNotCount(_ pooling: Pooling, _ wanted: [Double]) {
    let got = pooling(states, mask).reshape([-1]).array(as: Double.self)
    #expect(zip(got, wanted).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func withoutAMaskAllTokensCount() {
    #expect(Pooling.lastToken(states, nil).reshape([-1]).array(as: Double.self) == [100, 100, 9, 1])
  }
}
