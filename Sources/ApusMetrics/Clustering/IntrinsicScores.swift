import ApusCore
import ApusFunctional
import ApusNumerics

// How compact clusters are and how far apart, judged by the data alone.

/// What the metrics of clusters without given ones share: data and labels of all examples.
public class IntrinsicClusterMetric: Metric {
  private let data = MetricState.list()
  private let labels = MetricState.list()

  public override init() {}
  public override var higherIsBetter: Bool? { true }

  /// Adds data `[N, D]` and clusters, integers `[N]`.
  public func update(_ data: Tensor, _ labels: Tensor) {
    updating(data, labels) { () throws(TensorError) in
      guard data.rank == 2, labels.rank == 1, data.shape[0] == labels.shape[0] else {
        throw mistake(.shape, "needs data [N, D] and clusters [N], and found \(data.shape) and \(labels.shape)")
      }
      guard data.dtype.isFloatingPoint else {
        throw mistake(.dtype, "data are floating point numbers, and found \(data.dtype)")
      }
      self.data.append(data)
      self.labels.append(labels)
    }
  }

  /// Whether there must be fewer clusters than examples.
  fileprivate var needsFewClusters: Bool { true }

  /// The examples of each cluster and their centre, and the mean of all.
  fileprivate struct Clusters {
    let examples: [Tensor]
    let centers: [Tensor]
    let mean: Tensor
    let count: Int
  }

  fileprivate func value(_ clusters: Clusters) -> Tensor { clusters.mean }

  /// The value of all that was gathered.
  public func compute() -> Tensor {
    attempt(data.value, labels.value) { () throws(TensorError) in
      let (data, labels) = (data.value, labels.value)
      let (names, places) = labels.unique(returnInverse: true)
      let (k, n) = (names.count, data.shape[0])
      guard k > 1, !needsFewClusters || k < n else {
        throw mistake(.value, "needs more than one cluster and fewer than examples, and found \(k) of \(n) examples")
      }
      let examples = (0..<k).map { data.kept(places.eq($0)) }
      return value(
        Clusters(examples: examples, centers: examples.map { $0.mean([0]) }, mean: data.mean([0]), count: n))
    }
  }
}

/// The Calinski-Harabasz score: the dispersion between clusters over that within them.
public final class CalinskiHarabaszScore: IntrinsicClusterMetric, PairMetric {
  fileprivate override func value(_ clusters: Clusters) -> Tensor {
    var (between, within) = (Tensor(0.0), Tensor(0.0))
    for (examples, center) in zip(clusters.examples, clusters.centers) {
      between = between + (center - clusters.mean).square().sum() * examples.shape[0]
      within = within + (examples - center).square().sum()
    }
    if within.item() == 0 { return Tensor(1.0) }
    let k = clusters.centers.count
    return between * (clusters.count - k) / (within * Double(k - 1))
  }
}

/// The Davies-Bouldin score: for each cluster the largest sum of two spreads over the distance of the centres, averaged.
public final class DaviesBouldinScore: IntrinsicClusterMetric, PairMetric {
  public override var higherIsBetter: Bool? { false }

  fileprivate override func value(_ clusters: Clusters) -> Tensor {
    let spreads = stack(
      zip(clusters.examples, clusters.centers).map { ($0 - $1).square().sum([1]).sqrt().mean() }, dim: 0)
    let centers = stack(clusters.centers, dim: 0)
    let distances = (centers.unsqueeze(0) - centers.unsqueeze(1)).square().sum([2]).sqrt()
    if spreads.allclose(zerosLike(spreads)) || distances.allclose(zerosLike(distances)) { return Tensor(0.0) }
    let apart = distances.maskedFill(distances.eq(0), Double.infinity)
    return ((spreads.unsqueeze(0) + spreads.unsqueeze(1)) / apart).amax([1]).mean()
  }
}

/// Dunn's index: the least distance of two centres over the largest distance of an example from its centre.
public final class DunnIndex: IntrinsicClusterMetric, PairMetric {
  private let p: Double

  /// - Parameter p: the order of the norm.
  public init(p: Double = 2) { self.p = p }

  fileprivate override var needsFewClusters: Bool { false }

  fileprivate override func value(_ clusters: Clusters) -> Tensor {
    let centers = clusters.centers
    let pairs = centers.indices.flatMap { i in centers.indices.dropFirst(i + 1).map { centers[i] - centers[$0] } }
    let between = stack(pairs, dim: 0).norm(p, [1]).amin()
    let within = zip(clusters.examples, centers).map { ($0 - $1).norm(p, [1]).amax() }
    return between / stack(within, dim: 0).amax()
  }
}
