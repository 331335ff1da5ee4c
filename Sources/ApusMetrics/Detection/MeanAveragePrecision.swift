import ApusCore
import ApusNumerics

/// The mean average precision of detections, as COCO measures it: over thresholds of overlap, areas and numbers of detections.
///
/// Gives by name `map`, `map_50`, `map_75`, `map_small`, `map_medium`, `map_large`, the recalls `mar_1`, `mar_10`, `mar_100`,
/// `mar_small`, `mar_medium`, `mar_large`, the values of classes `map_per_class`, `mar_100_per_class`, and their numbers, `classes`. A
/// value is -1 where there is nothing to measure.
///
/// Lin and others, 2014: Microsoft COCO, common objects in context; the evaluation is that of pycocotools.
public final class MeanAveragePrecision: Metric, DetectionMetric {
  /// What is compared: boxes or masks.
  public enum IoUType: String, Sendable, Hashable, NamedChoice {
    /// Boxes, masks.
    case bbox, segm
  }
  /// Whether classes are measured apart and averaged, or all objects as of one class.
  public enum Average: String, Sendable, Hashable, NamedChoice {
    /// Classes apart, all objects together.
    case macro, micro
  }

  private let boxFormat: BoxFormat
  private let iouTypes: [IoUType]
  private let evaluation: COCOEvaluation
  private let classMetrics: Bool
  private let extendedSummary: Bool
  private let average: Average
  private let detectionBox = MetricState.list()
  private let detectionMask = MetricState.list()
  private let detectionScores = MetricState.list()
  private let detectionLabels = MetricState.list()
  private let groundtruthBox = MetricState.list()
  private let groundtruthMask = MetricState.list()
  private let groundtruthLabels = MetricState.list()
  private let groundtruthCrowds = MetricState.list()
  private let groundtruthArea = MetricState.list()

  /// - Parameters:
  ///   - boxFormat: what the four numbers of a box are.
  ///   - iouType: what is compared; with both, names begin with `bbox_` and `segm_`.
  ///   - iouThresholds: the overlaps from which on a detection is right; nil for 0.5, 0.55 ... 0.95.
  ///   - recThresholds: the recalls at which precision is taken; nil for 0, 0.01 ... 1.
  ///   - maxDetectionThresholds: three numbers of detections of a picture that count; nil for 1, 10, 100.
  ///   - classMetrics: whether classes have values of their own.
  ///   - extendedSummary: whether `precision` `[T, R, K, A, M]`, `recall` `[T, K, A, M]` and `scores` are given for all thresholds,
  ///     recalls, classes, areas and numbers of detections.
  ///   - average: whether classes are measured apart.
  public init(
    boxFormat: BoxFormat = .xyxy, iouType: [IoUType] = [.bbox], iouThresholds: [Double]? = nil,
    recThresholds: [Double]? = nil, maxDetectionThresholds: [Int]? = nil, classMetrics: Bool = false,
    extendedSummary: Bool = false, average: Average = .macro
  ) {
    self.boxFormat = boxFormat
    iouTypes = iouType.isEmpty ? [.bbox] : iouType
    self.classMetrics = classMetrics
    self.extendedSummary = extendedSummary
    self.average = average
    func given(_ values: [Double]?) -> [Double]? { values?.isEmpty ?? true ? nil : values }
    let limits = maxDetectionThresholds.map { $0.count == 3 ? $0 : [1, 10, 100] } ?? [1, 10, 100]
    evaluation = COCOEvaluation(
      overlaps: given(iouThresholds) ?? linspace(0.5, 0.95, 10, dtype: .float32).doubles,
      recalls: given(recThresholds) ?? linspace(0.0, 1.0, 101, dtype: .float32).doubles, limits: limits.sorted())
    super.init()
    expect(!iouType.isEmpty, "needs a type of overlap, bbox or segm, and found none")
    expect(
      maxDetectionThresholds?.count ?? 3 == 3,
      "needs three numbers of detections, and found \(maxDetectionThresholds ?? [])")
  }

  public override var higherIsBetter: Bool? { true }

  /// Adds pictures: predictions with scores, and boxes or masks as ``init(boxFormat:iouType:iouThresholds:recThresholds:maxDetectionThresholds:classMetrics:extendedSummary:average:)``
  /// asks for.
  public func update(_ preds: [Detections], _ target: [Detections]) {
    updating { () throws(TensorError) in
      try requireSameCount(preds.count, target.count)
      for item in preds {
        try append(item, "predictions", detectionBox, detectionMask, detectionLabels)
        guard let scores = item.scores, scores.shape == item.labels.shape else {
          throw mistake(.shape, "predictions have a score for each label, \(item.labels.shape), and found others")
        }
        detectionScores.append(scores)
      }
      for item in target {
        try append(item, "targets", groundtruthBox, groundtruthMask, groundtruthLabels)
        for extra in [item.isCrowd, item.area] where extra?.count ?? item.labels.count != item.labels.count {
          throw mistake(.shape, "crowds and areas have one element for each label, \(item.labels.shape)")
        }
        groundtruthCrowds.append(item.isCrowd ?? zerosLike(item.labels))
        groundtruthArea.append(item.area ?? zerosLike(item.labels))
      }
    }
  }

  private func append(
    _ item: Detections, _ what: String, _ boxes: MetricState, _ masks: MetricState, _ labels: MetricState
  ) throws(TensorError) {
    if iouTypes.contains(.bbox) { boxes.append(boxFormat.cornerAndSize(try requireBoxes(item, what))) }
    if iouTypes.contains(.segm) {
      guard let mask = item.masks else { throw mistake(.value, "needs masks of \(what), and found none") }
      guard mask.count == 0 || mask.rank == 3 && mask.shape[0] == item.labels.count else {
        throw mistake(.shape, "masks of \(what) are [N, H, W], one for each label, and found \(mask.shape)")
      }
      masks.append(mask)
    }
    guard !item.labels.dtype.isFloatingPoint else {
      throw mistake(.dtype, "labels are integers, and found \(item.labels.dtype)")
    }
    labels.append(item.labels.reshape([-1]))
  }

  public func compute() -> [String: Tensor] {
    let classes = Set((detectionLabels.pieces + groundtruthLabels.pieces).flatMap(\.integers)).sorted()
    var found: [String: Tensor] = [:]
    let limits = evaluation.limits
    for type in iouTypes {
      let prefix = iouTypes.count == 1 ? "" : "\(type.rawValue)_"
      let names = [
        "map", "map_50", "map_75", "map_small", "map_medium", "map_large", "mar_\(limits[0])", "mar_\(limits[1])",
        "mar_\(limits[2])", "mar_small", "mar_medium", "mar_large",
      ]
      let pictures = pictures(type)
      guard !pictures.isEmpty else {
        for name in names { found[prefix + name] = Tensor(-1.0) }
        continue
      }
      let result = evaluation.run(
        average == .micro ? pictures.map(\.withoutClasses) : pictures, average == .micro ? [0] : classes)
      for (name, value) in zip(names, evaluation.summary(result)) { found[prefix + name] = Tensor(value) }
      if extendedSummary {
        found[prefix + "precision"] = result.precisionTensor
        found[prefix + "scores"] = result.scoresTensor
        found[prefix + "recall"] = result.recallTensor
      }
      var (precisions, recalls) = ([-1.0], [-1.0])
      if classMetrics {
        let each = classes.map { evaluation.summary(evaluation.run(pictures, [$0])) }
        (precisions, recalls) = (each.map { $0[0] }, each.map { $0[8] })
      }
      func tensor(_ values: [Double]) -> Tensor { Tensor(values, shape: [values.count], dtype: .float32) }
      found[prefix + "map_per_class"] = tensor(precisions)
      found[prefix + "mar_\(limits[2])_per_class"] = tensor(recalls)
    }
    found["classes"] = Tensor(classes, shape: [classes.count], dtype: .int32)
    return found
  }

  /// The objects of the pictures. Where only masks are compared, a picture without given ones does not count.
  private func pictures(_ type: IoUType) -> [COCOEvaluation.Picture] {
    func objects(
      _ i: Int, _ boxes: MetricState, _ masks: MetricState, _ labels: MetricState, scores: Tensor?, crowds: Tensor?,
      areas: Tensor?
    ) -> [COCOEvaluation.Object] {
      let numbers = labels.pieces[i].integers
      let box = boxes.isEmpty ? [] : boxes.pieces[i].doubles
      let size = masks.isEmpty || numbers.isEmpty ? 0 : masks.pieces[i].count / numbers.count
      let mask = masks.isEmpty ? [] : masks.pieces[i].ne(0).to(.int64).integers
      let (score, crowd, area) = (scores?.doubles, crowds?.integers, areas?.doubles)
      return numbers.indices.map { k in
        let shape: COCOEvaluation.Shape =
          type == .segm
          ? .mask(mask[k * size..<(k + 1) * size].map { $0 != 0 }) : .box(Array(box[k * 4..<(k + 1) * 4]))
        // The area of targets is that of masks, where there are any.
        let natural = masks.isEmpty || scores != nil ? shape.area : Double(mask[k * size..<(k + 1) * size].reduce(0, +))
        let given = area?[k] ?? 0
        return COCOEvaluation.Object(
          label: numbers[k], shape: shape, area: given > 0 ? given : natural, score: score?[k] ?? 0,
          isCrowd: (crowd?[k] ?? 0) != 0)
      }
    }
    return groundtruthLabels.pieces.indices.compactMap { i in
      if iouTypes == [.segm], groundtruthLabels.pieces[i].count == 0 { return nil }
      return COCOEvaluation.Picture(
        targets: objects(
          i, groundtruthBox, groundtruthMask, groundtruthLabels, scores: nil, crowds: groundtruthCrowds.pieces[i],
          areas: groundtruthArea.pieces[i]),
        preds: objects(
          i, detectionBox, detectionMask, detectionLabels, scores: detectionScores.pieces[i], crowds: nil, areas: nil))
    }
  }
}
