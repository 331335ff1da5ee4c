import ApusCore
import ApusNumerics

/// What the metrics of panoptic segmentations share: segments that match, and how well.
public class PanopticMetric: Metric {
  private let things: Set<Int>
  private let stuffs: Set<Int>
  private let allowUnknownPredsCategory: Bool
  /// The categories that are measured without matching.
  private let unmatched: Set<Int>
  /// The place of each category among the values.
  private let places: [Int: Int]
  private let iouSum: MetricState
  private let truePositives: MetricState
  private let falsePositives: MetricState
  private let falseNegatives: MetricState

  fileprivate init(things: [Int], stuffs: [Int], allowUnknown: Bool, isModified: Bool) {
    self.things = Set(things)
    self.stuffs = Set(stuffs)
    allowUnknownPredsCategory = allowUnknown
    unmatched = isModified ? Set(stuffs) : []
    let order = Set(things).sorted() + Set(stuffs).subtracting(things).sorted()
    places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    func state() -> MetricState { MetricState(Tensor.zeros([max(1, order.count)], dtype: .float64)) }
    (iouSum, truePositives, falsePositives, falseNegatives) = (state(), state(), state(), state())
    super.init()
    expect(
      Set(things).isDisjoint(with: stuffs), "things and stuffs share no category, and found \(things) and \(stuffs)")
    expect(!order.isEmpty, "needs things or stuffs, and found none")
  }

  public override var higherIsBetter: Bool? { true }

  /// A segment: its category and its number.
  private struct Segment: Hashable {
    var category: Int
    var instance: Int
  }
  private struct Pair: Hashable {
    var pred: Segment
    var target: Segment
  }
  /// What belongs to no category.
  private var void: Segment { Segment(category: 1 + max(0, places.keys.max() ?? 0), instance: 0) }

  /// Adds segmentations `[N, ..., 2]` of category and number of the segment.
  public func update(_ preds: Tensor, _ target: Tensor) {
    updating(preds, target) { () throws(TensorError) in
      try requireSameShape(preds, target, name)
      guard preds.rank >= 3, preds.shape[preds.rank - 1] == 2 else {
        throw mistake(.shape, "needs segmentations [N, ..., 2] of category and number, and found \(preds.shape)")
      }
      let size = preds.count / max(1, preds.shape[0] * 2)
      let found = try segments(preds, allowUnknownPredsCategory)
      let wanted = try segments(target, true)
      for start in stride(from: 0, to: found.count, by: max(1, size)) {
        add(found[start..<start + size], wanted[start..<start + size])
      }
    }
  }

  /// The segment of each position; all of one stuff are one.
  private func segments(_ x: Tensor, _ allowsUnknown: Bool) throws(TensorError) -> [Segment] {
    let numbers = x.integers
    var found: [Segment] = []
    found.reserveCapacity(numbers.count / 2)
    for i in stride(from: 0, to: numbers.count, by: 2) {
      let category = numbers[i]
      if stuffs.contains(category) {
        found.append(Segment(category: category, instance: 0))
      } else if things.contains(category) {
        found.append(Segment(category: category, instance: numbers[i + 1]))
      } else {
        guard allowsUnknown else {
          throw mistake(.value, "predictions have the category \(category), which is none of things and stuffs")
        }
        found.append(void)
      }
    }
    return found
  }

  private func add(_ preds: ArraySlice<Segment>, _ target: ArraySlice<Segment>) {
    var (predAreas, targetAreas): ([Segment: Double], [Segment: Double]) = ([:], [:])
    var common: [Pair: Double] = [:]
    for (pred, wanted) in zip(preds, target) {
      predAreas[pred, default: 0] += 1
      targetAreas[wanted, default: 0] += 1
      common[Pair(pred: pred, target: wanted), default: 0] += 1
    }
    let count = places.count
    var sums = [[Double]](repeating: [Double](repeating: 0, count: max(1, count)), count: 4)
    var (matchedPreds, matchedTargets): (Set<Segment>, Set<Segment>) = ([], [])
    func inVoid(_ pred: Segment) -> Double { common[Pair(pred: pred, target: void)] ?? 0 }
    func fromVoid(_ target: Segment) -> Double { common[Pair(pred: void, target: target)] ?? 0 }
    for (pair, area) in common where pair.target != void && pair.pred.category == pair.target.category {
      guard let place = places[pair.target.category] else { continue }
      let union =
        (predAreas[pair.pred] ?? 0) - inVoid(pair.pred) + (targetAreas[pair.target] ?? 0) - fromVoid(pair.target) - area
      let overlap = area / union
      if unmatched.contains(pair.target.category) {
        sums[0][place] += overlap
      } else if overlap > 0.5 {
        matchedPreds.insert(pair.pred)
        matchedTargets.insert(pair.target)
        sums[0][place] += overlap
        sums[1][place] += 1
      }
    }
    for (segment, area) in predAreas where segment != void && !matchedPreds.contains(segment) {
      guard let place = places[segment.category], !unmatched.contains(segment.category) else { continue }
      if inVoid(segment) / area <= 0.5 { sums[2][place] += 1 }
    }
    for (segment, area) in targetAreas where segment != void {
      guard let place = places[segment.category] else { continue }
      if unmatched.contains(segment.category) {
        sums[1][place] += 1
      } else if !matchedTargets.contains(segment), fromVoid(segment) / area <= 0.5 {
        sums[3][place] += 1
      }
    }
    for (state, values) in zip([iouSum, truePositives, falsePositives, falseNegatives], sums) {
      state.add(Tensor(values, shape: [values.count], dtype: .float64))
    }
  }

  /// The quality of segmentation and of recognition of each category, and which of them occur.
  fileprivate var qualities: (segmentation: Tensor, recognition: Tensor, occurs: Tensor) {
    let tp = truePositives.value
    let all = tp + 0.5 * falsePositives.value + 0.5 * falseNegatives.value
    return (safeDivide(iouSum.value, tp), safeDivide(tp, all), all.gt(0))
  }
}

/// The panoptic quality: of segments that match by more than half, the mean overlap, times the F1 of matching.
///
/// Kirillov and others, 2019: Panoptic segmentation.
public final class PanopticQuality: PanopticMetric, PairMetric {
  private let returnSqAndRq: Bool
  private let returnPerClass: Bool

  /// - Parameters:
  ///   - things: the categories of countable objects.
  ///   - stuffs: the categories of regions.
  ///   - allowUnknownPredsCategory: whether other categories of predictions count as void instead of being a mistake.
  ///   - returnSqAndRq: whether the value has the qualities of segmentation and recognition too.
  ///   - returnPerClass: whether each category has a value of its own: things, then stuffs, in order.
  public init(
    things: [Int], stuffs: [Int], allowUnknownPredsCategory: Bool = false, returnSqAndRq: Bool = false,
    returnPerClass: Bool = false
  ) {
    self.returnSqAndRq = returnSqAndRq
    self.returnPerClass = returnPerClass
    super.init(things: things, stuffs: stuffs, allowUnknown: allowUnknownPredsCategory, isModified: false)
  }

  public func compute() -> Tensor {
    let (sq, rq, occurs) = qualities
    let all = [sq * rq, sq, rq]
    if returnPerClass { return returnSqAndRq ? stack(all, dim: -1) : all[0].reshape([1, -1]) }
    let means = all.map { $0.kept(occurs).mean() }
    return returnSqAndRq ? stack(means, dim: 0) : means[0]
  }
}

/// The panoptic quality in which stuffs count by their overlap alone, without matching.
///
/// Porzi and others, 2019: Seamless scene segmentation.
public final class ModifiedPanopticQuality: PanopticMetric, PairMetric {
  /// - Parameters:
  ///   - things: the categories of countable objects.
  ///   - stuffs: the categories of regions.
  ///   - allowUnknownPredsCategory: whether other categories of predictions count as void instead of being a mistake.
  public init(things: [Int], stuffs: [Int], allowUnknownPredsCategory: Bool = false) {
    super.init(things: things, stuffs: stuffs, allowUnknown: allowUnknownPredsCategory, isModified: true)
  }

  public func compute() -> Tensor {
    let (sq, rq, occurs) = qualities
    return (sq * rq).kept(occurs).mean()
  }
}
