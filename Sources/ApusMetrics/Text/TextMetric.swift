import ApusCore

/// A metric of texts with one reference each.
public protocol TextMetric: ComputedMetric {
  /// Adds predictions and as many targets.
  func update(_ preds: [String], _ target: [String])
}

extension TextMetric {
  /// Adds a prediction and its target.
  public func update(_ preds: String, _ target: String) { update([preds], [target]) }
  /// Adds predictions and gives their value alone.
  @discardableResult
  public func callAsFunction(_ preds: [String], _ target: [String]) -> Value { forward { update(preds, target) } }
  /// Adds a prediction and gives its value alone.
  @discardableResult
  public func callAsFunction(_ preds: String, _ target: String) -> Value { callAsFunction([preds], [target]) }
}

/// A metric of texts with several references each.
public protocol ReferencesMetric: ComputedMetric {
  /// Adds predictions, and for each one its references.
  func update(_ preds: [String], _ target: [[String]])
}

extension ReferencesMetric {
  /// Adds predictions with one reference each; of a single prediction all targets are references.
  public func update(_ preds: [String], _ target: [String]) {
    update(preds, preds.count == 1 ? [target] : target.map { [$0] })
  }
  /// Adds a prediction and its references.
  public func update(_ preds: String, _ target: [String]) { update([preds], [target]) }
  /// Adds predictions and gives their value alone.
  @discardableResult
  public func callAsFunction(_ preds: [String], _ target: [[String]]) -> Value { forward { update(preds, target) } }
  /// Adds predictions with one reference each and gives their value alone.
  @discardableResult
  public func callAsFunction(_ preds: [String], _ target: [String]) -> Value { forward { update(preds, target) } }
}

extension Metric {
  /// - Throws: `TensorError` unless there are as many targets as predictions.
  func requireSameCount(_ preds: Int, _ target: Int) throws(TensorError) {
    guard preds == target else {
      throw mistake(.shape, "needs as many targets as predictions, and found \(target) and \(preds)")
    }
  }
}
