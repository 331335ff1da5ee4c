import ApusCore
import ApusNumerics

/// The Hausdorff distance of the borders of segmentations in the plane: how far the farthest point of one is from the other.
public final class HausdorffDistance: SegmentationMetric, PairMetric {
  /// How distances are measured.
  public enum DistanceMetric: String, Sendable, Hashable, NamedChoice {
    /// By the root of the sum of squares, the larger difference, the sum of differences.
    case euclidean, chessboard, taxicab

    fileprivate func callAsFunction(_ y: Double, _ x: Double) -> Double {
      switch self {
      case .euclidean: (y * y + x * x).squareRoot()
      case .chessboard: max(y, x)
      case .taxicab: y + x
      }
    }
  }

  private let distanceMetric: DistanceMetric
  private let spacing: [Double]
  private let directed: Bool
  private let score = MetricState(0)
  private let total = MetricState(0)

  /// - Parameters:
  ///   - numClasses: the number of classes.
  ///   - includeBackground: whether class 0 counts.
  ///   - distanceMetric: how distances are measured.
  ///   - spacing: the distance of rows and of columns; 1 if nil.
  ///   - directed: whether only distances of predictions from targets count.
  ///   - inputFormat: what segmentations are given as.
  public init(
    numClasses: Int, includeBackground: Bool = false, distanceMetric: DistanceMetric = .euclidean,
    spacing: [Double]? = nil, directed: Bool = false, inputFormat: SegmentationFormat = .oneHot
  ) {
    self.distanceMetric = distanceMetric
    self.spacing = spacing?.count == 2 ? spacing ?? [1, 1] : [1, 1]
    self.directed = directed
    super.init(numClasses, includeBackground, inputFormat)
    expect(spacing?.count ?? 2 == 2, "needs the distance of rows and of columns, and found \(spacing ?? [])")
  }

  public override var higherIsBetter: Bool? { false }

  /// Adds segmentations of pictures.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      let (a, b) = try planes(preds, target)
      guard a.rank == 4 else { throw mistake(.shape, "needs planes [N, C, H, W], and found \(a.shape)") }
      let (height, width) = (a.shape[2], a.shape[3])
      let (x, y) = (a.reshape([-1, height * width]).ne(0), b.reshape([-1, height * width]).ne(0))
      let (found, wanted) = (x.to(.int64).integers, y.to(.int64).integers)
      let size = height * width
      for i in 0..<x.shape[0] {
        let first = border(found[i * size..<(i + 1) * size], height, width)
        let second = border(wanted[i * size..<(i + 1) * size], height, width)
        let there = farthest(first, second)
        score.add(directed ? there : max(there, farthest(second, first)))
      }
      total.add(x.shape[0])
    }
  }

  /// The points of a plane that have a neighbour outside.
  private func border(_ plane: ArraySlice<Int>, _ height: Int, _ width: Int) -> [(Int, Int)] {
    let start = plane.startIndex
    func isInside(_ i: Int, _ j: Int) -> Bool {
      i >= 0 && i < height && j >= 0 && j < width && plane[start + i * width + j] != 0
    }
    var points: [(Int, Int)] = []
    for i in 0..<height {
      for j in 0..<width where isInside(i, j) {
        if !isInside(i - 1, j) || !isInside(i + 1, j) || !isInside(i, j - 1) || !isInside(i, j + 1) {
          points.append((i, j))
        }
      }
    }
    return points
  }

  /// The largest distance of a point from the nearest one of others; without points 0, without others endless.
  private func farthest(_ points: [(Int, Int)], _ others: [(Int, Int)]) -> Double {
    var largest = 0.0
    for (i, j) in points {
      var least = Double.infinity
      for (k, l) in others {
        least = min(least, distanceMetric(spacing[0] * Double(abs(i - k)), spacing[1] * Double(abs(j - l))))
      }
      largest = max(largest, least)
    }
    return largest
  }

  public func compute() -> Tensor { score.value / total.value }
}
