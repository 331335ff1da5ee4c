import ApusCore
import ApusNumerics

/// What the metrics of overlapping boxes share: a matrix of overlaps for each picture.
public class BoxOverlapMetric: Metric {
  private let boxFormat: BoxFormat
  private let iouThreshold: Double?
  private let classMetrics: Bool
  private let respectLabels: Bool
  private let groundtruthLabels = MetricState.list()
  private let predLabels = MetricState.list()
  private let iouMatrix = MetricState.list()

  /// - Parameters:
  ///   - boxFormat: what the four numbers of a box are.
  ///   - iouThreshold: overlaps below do not count.
  ///   - classMetrics: whether each class has a value too.
  ///   - respectLabels: whether only boxes of one class are compared.
  public init(
    boxFormat: BoxFormat = .xyxy, iouThreshold: Double? = nil, classMetrics: Bool = false, respectLabels: Bool = true
  ) {
    self.boxFormat = boxFormat
    self.iouThreshold = iouThreshold
    self.classMetrics = classMetrics
    self.respectLabels = respectLabels
  }

  public override var higherIsBetter: Bool? { true }

  /// The name of the value.
  fileprivate var key: String { "iou" }
  /// What marks a pair that does not count.
  fileprivate var invalid: Double { -1 }
  fileprivate func overlaps(_ pairs: BoxPairs) -> Tensor { pairs.overlap }

  /// Adds pictures.
  public func update(_ preds: [Detections], _ target: [Detections]) {
    updating { () throws(TensorError) in
      try requireSameCount(preds.count, target.count)
      for (pred, given) in zip(preds, target) {
        let (found, wanted) = (try requireBoxes(pred, "predictions"), try requireBoxes(given, "targets"))
        let (a, b) = (boxFormat.corners(found), boxFormat.corners(wanted))
        var matrix: Tensor
        let isEmpty = a.count == 0 || b.count == 0
        if isEmpty {
          let n = max(a.shape[0], b.shape[0])
          matrix = Tensor.zeros([n, n])
        } else {
          matrix = overlaps(BoxPairs(a, b))
          if let iouThreshold { matrix = matrix.maskedFill(matrix.lt(iouThreshold), invalid) }
        }
        if respectLabels {
          let isOne = isEmpty ? eye(matrix.shape[0]).ne(0) : pred.labels.unsqueeze(1).eq(given.labels.unsqueeze(0))
          matrix = matrix.maskedFill(isOne.logicalNot(), invalid)
        }
        groundtruthLabels.append(given.labels)
        predLabels.append(pred.labels)
        iouMatrix.append(matrix)
      }
    }
  }

  /// The mean of the overlaps, by name, and with class metrics that of each class.
  public func compute() -> [String: Tensor] {
    let valid = iouMatrix.pieces.map { $0.kept($0.ne(invalid)) }
    func mean(_ parts: [Tensor]) -> Tensor {
      let values = parts.map { $0.to(.float32).reshape([-1]) }.filter { $0.count > 0 }
      return values.isEmpty ? Tensor(0.0) : cat(values).mean()
    }
    let all = mean(valid)
    var found = [key: all.item().isNaN ? Tensor(0.0) : all]
    guard classMetrics else { return found }
    let classes = Set((groundtruthLabels.pieces + predLabels.pieces).flatMap(\.integers))
    for number in classes.sorted() {
      let parts = zip(iouMatrix.pieces, groundtruthLabels.pieces).map { matrix, labels -> Tensor in
        let isClass = labels.eq(number)
        guard matrix.count > 0, labels.count == matrix.shape[1], isClass.hasAny else { return Tensor.zeros([0]) }
        let columns = matrix.transpose(0, 1).kept(isClass)
        return columns.kept(columns.ne(invalid))
      }
      found["\(key)/cl_\(number)"] = mean(parts)
    }
    return found
  }
}

/// The mean intersection over union of boxes: `iou`.
public final class IntersectionOverUnion: BoxOverlapMetric, DetectionMetric {}

/// The mean generalised intersection over union of boxes: `giou`.
///
/// Rezatofighi and others, 2019: Generalized intersection over union.
public final class GeneralizedIntersectionOverUnion: BoxOverlapMetric, DetectionMetric {
  fileprivate override var key: String { "giou" }
  fileprivate override func overlaps(_ pairs: BoxPairs) -> Tensor { pairs.generalized }
}

/// The mean distance intersection over union of boxes: `diou`.
///
/// Zheng and others, 2020: Distance-IoU loss.
public final class DistanceIntersectionOverUnion: BoxOverlapMetric, DetectionMetric {
  fileprivate override var key: String { "diou" }
  fileprivate override func overlaps(_ pairs: BoxPairs) -> Tensor { pairs.distance }
}

/// The mean complete intersection over union of boxes: `ciou`.
///
/// Zheng and others, 2020: Distance-IoU loss.
public final class CompleteIntersectionOverUnion: BoxOverlapMetric, DetectionMetric {
  fileprivate override var key: String { "ciou" }
  fileprivate override var invalid: Double { -2 }
  fileprivate override func overlaps(_ pairs: BoxPairs) -> Tensor { pairs.complete }
}
