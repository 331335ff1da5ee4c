import ApusCore
import ApusFormats
import ApusMedia

extension SummaryWriter {
  /// Records precision and recall at thresholds.
  /// - Parameters:
  ///   - labels: whether each example is positive: 0 or 1, any shape.
  ///   - predictions: how probable that is: 0 to 1, of the same shape.
  ///   - numThresholds: how many thresholds, at most 127.
  ///   - weights: how much each example counts; nil for one each.
  public func addPrCurve(
    _ tag: String, _ labels: Tensor, _ predictions: Tensor, _ step: Int = 0, numThresholds: Int = 127,
    weights: Tensor? = nil, walltime: Double? = nil
  ) {
    if labels.hasFailed || predictions.hasFailed || weights?.hasFailed == true { return }
    func numbers(_ tensor: Tensor) -> [Double] {
      tensor.detach().to(.float64).reshape([-1]).array(as: Double.self)
    }
    let (positives, chances) = (numbers(labels), numbers(predictions))
    let shares = weights.map(numbers) ?? positives.map { _ in 1 }
    let count = min(numThresholds, 127)
    guard positives.count == chances.count, shares.count == positives.count, count > 1 else {
      report(
        TensorError(
          .shape, "addPrCurve",
          "\(positives.count) labels, \(chances.count) predictions and \(shares.count) weights must be as many, and there "
            + "are two thresholds or more, not \(numThresholds)"))
      return
    }
    guard chances.allSatisfy({ 0...1 ~= $0 }) else {
      report(TensorError(.value, "addPrCurve", "predictions are probabilities from 0 to 1"))
      return
    }
    var truePositives = [Double](repeating: 0, count: count)
    var falsePositives = truePositives
    for (i, chance) in chances.enumerated() {
      let bucket = Int((chance * Double(count - 1)).rounded(.down))
      truePositives[bucket] += positives[i] * shares[i]
      falsePositives[bucket] += (1 - positives[i]) * shares[i]
    }
    // At a threshold counts all that is above it.
    for i in (0..<(count - 1)).reversed() {
      truePositives[i] += truePositives[i + 1]
      falsePositives[i] += falsePositives[i + 1]
    }
    let trueNegatives = falsePositives.map { falsePositives[0] - $0 }
    let falseNegatives = truePositives.map { truePositives[0] - $0 }
    let least = 1e-7
    addPrCurveRaw(
      tag, truePositiveCounts: truePositives, falsePositiveCounts: falsePositives, trueNegativeCounts: trueNegatives,
      falseNegativeCounts: falseNegatives,
      precision: zip(truePositives, falsePositives).map { $0 / max(least, $0 + $1) },
      recall: zip(truePositives, falseNegatives).map { $0 / max(least, $0 + $1) }, step, numThresholds: count,
      walltime: walltime)
  }

  /// Records precision and recall that were counted elsewhere: a number of each kind for each threshold.
  public func addPrCurveRaw(
    _ tag: String, truePositiveCounts: [Double], falsePositiveCounts: [Double], trueNegativeCounts: [Double],
    falseNegativeCounts: [Double], precision: [Double], recall: [Double], _ step: Int = 0, numThresholds: Int = 127,
    walltime: Double? = nil
  ) {
    let rows = [
      truePositiveCounts, falsePositiveCounts, trueNegativeCounts, falseNegativeCounts, precision, recall,
    ]
    guard Set(rows.map(\.count)).count == 1 else {
      report(
        TensorError(.shape, "addPrCurveRaw", "the lists must be equally long, and have \(rows.map(\.count)) numbers"))
      return
    }
    var content = ProtobufWriter()
    content.add(2, int64: Int64(min(numThresholds, 127)))
    write {
      try $0.add(tag, step, walltime) { value in
        value.addPlugin("pr_curves", content: content.bytes)
        value.addTensor(rows.joined().map { Float($0) }, shape: [rows.count, rows[0].count])
      }
    }
  }

  /// How a chart of ``addCustomScalars(_:)`` shows its curves.
  public enum ScalarChart: Sendable, Hashable {
    /// All curves whose names match the regular expressions.
    case multiline([String])
    /// A curve and the margin around it: the names of the value, the lower and the upper limit.
    case margin(value: String, lower: String, upper: String)
  }

  /// Says which curves TensorBoard shows together under "Custom Scalars": charts by name in categories by name. The last
  /// layout of a run counts.
  public func addCustomScalars(_ layout: KeyValuePairs<String, KeyValuePairs<String, ScalarChart>>) {
    addLayout(layout.map { category in (category.key, category.value.map { ($0.key, $0.value) }) })
  }

  /// ``addCustomScalars(_:)`` with one chart of several curves.
  public func addCustomScalarsMultilinechart(
    _ tags: [String], category: String = "default", title: String = "untitled"
  ) {
    addLayout([(category, [(title, .multiline(tags))])])
  }

  /// ``addCustomScalars(_:)`` with one chart of a curve and its margin.
  /// - Parameter tags: the names of the value, the lower and the upper limit.
  public func addCustomScalarsMarginchart(
    _ tags: [String], category: String = "default", title: String = "untitled"
  ) {
    guard tags.count == 3 else {
      report(
        TensorError(
          .value, "addCustomScalarsMarginchart",
          "Expected 3 tags, got \(tags.count): those of the value, the lower and the upper limit"))
      return
    }
    addLayout([(category, [(title, .margin(value: tags[0], lower: tags[1], upper: tags[2]))])])
  }

  private func addLayout(_ categories: [(String, [(String, ScalarChart)])]) {
    var layout = ProtobufWriter()
    for (name, charts) in categories {
      layout.add(2) { category in
        category.add(1, string: name)
        for (title, chart) in charts {
          category.add(2) { message in
            message.add(1, string: title)
            switch chart {
            case .multiline(let tags): message.add(2) { lines in for tag in tags { lines.add(1, string: tag) } }
            case .margin(let value, let lower, let upper):
              message.add(3) { margin in
                margin.add(1) { series in
                  series.add(1, string: value)
                  series.add(2, string: lower)
                  series.add(3, string: upper)
                }
              }
            }
          }
        }
      }
    }
    let bytes = layout.bytes
    write {
      try $0.add("custom_scalars__config__", 0, nil) { value in
        value.addPlugin("custom_scalars")
        value.add(8) { tensor in
          tensor.add(1, int64: SummaryTensor.string)
          tensor.add(2, tensorShape: [])
          tensor.add(8, bytes: bytes)
        }
      }
    }
  }
}
