import ApusCore
import ApusFunctional
import ApusNumerics

// How far points lie apart: of clouds that may be moved, and of lips.

/// Procrustes' disparity of clouds of points: what is left of their squared distance after the best move, turn and scaling.
public final class ProcrustesDisparity: Metric, PairMetric {
  private let reduction: MetricReduction
  private let disparity = MetricState(0)
  private let total = MetricState(0)

  /// - Parameter reduction: `.mean` or `.sum` over the clouds.
  public init(reduction: MetricReduction = .mean) {
    self.reduction = reduction
    super.init()
    expect(reduction != .none, "the reduction is mean or sum, and found none")
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds clouds `[N, points, dimensions]`.
  public func update(_ pointCloud1: Tensor, _ pointCloud2: Tensor) {
    updating(pointCloud1, pointCloud2) { () throws(TensorError) in
      try requireSameShape(pointCloud1, pointCloud2, name)
      guard pointCloud1.rank == 3 else {
        throw mistake(.shape, "needs clouds [N, points, dimensions], and found \(pointCloud1.shape)")
      }
      func standard(_ x: Tensor) -> Tensor {
        let centered = x - x.mean([1], keepDim: true)
        return centered / centered.norm(2, [1, 2], keepDim: true)
      }
      let (a, b) = (standard(pointCloud1.floating), standard(pointCloud2.floating))
      let (u, w, v) = linalg.svd(matmul(b.transpose(1, 2), a).transpose(1, 2), fullMatrices: false)
      let turned = matmul(b, matmul(u, v).transpose(1, 2)) * w.sum([1]).reshape([-1, 1, 1])
      let values = (a - turned).square().sum([1, 2])
      disparity.add(values.sum())
      total.add(values.count)
    }
  }

  public func compute() -> Tensor { reduction == .sum ? disparity.value : disparity.value / total.value }
}

/// The mean over frames of the largest squared distance of the points of a mouth.
public final class LipVertexError: Metric, PairMetric {
  private let mouthMap: [Int]
  private let sum = MetricState(0)
  private let frames = MetricState(0)

  /// - Parameters:
  ///   - mouthMap: the numbers of the points of the mouth.
  ///   - validateArgs: for PyTorch's spelling; shapes are always checked.
  public init(mouthMap: [Int], validateArgs: Bool = true) {
    self.mouthMap = mouthMap
    super.init()
    expect(!mouthMap.isEmpty, "needs the points of the mouth, and found none")
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds points `[frames, points, 3]`; of more frames than the other has the last ones are left out.
  public func update(_ verticesPred: Tensor, _ verticesGt: Tensor) {
    updating(verticesPred, verticesGt) { () throws(TensorError) in
      guard verticesPred.rank == 3, verticesGt.rank == 3, verticesPred.shape.dropFirst() == verticesGt.shape.dropFirst()
      else {
        throw mistake(
          .shape, "needs points [frames, points, 3], and found \(verticesPred.shape) and \(verticesGt.shape)")
      }
      guard !mouthMap.isEmpty, mouthMap.allSatisfy({ (0..<verticesPred.shape[1]).contains($0) }) else {
        throw mistake(.index, "the mouth has points that are none of \(verticesPred.shape[1]): \(mouthMap)")
      }
      let n = min(verticesPred.shape[0], verticesGt.shape[0])
      let points = Tensor(mouthMap)
      let difference =
        verticesGt.narrow(0, 0, n).indexSelect(1, points) - verticesPred.narrow(0, 0, n).indexSelect(1, points)
      sum.add(difference.square().sum([2]).amax([1]).sum())
      frames.add(n)
    }
  }

  public func compute() -> Tensor { sum.value / frames.value }
}
