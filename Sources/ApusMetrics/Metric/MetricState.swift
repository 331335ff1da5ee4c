import ApusCore

/// A value that a metric keeps between updates, with the way in which two of them become one: what several batches, devices
/// or processes have gathered.
///
///     final class Share: Metric, PairMetric {
///       private let hits = MetricState(0)
///       private let total = MetricState(0)
///       func update(_ preds: Tensor, _ target: Tensor) {
///         hits.value = hits.value + preds.eq(target).sum()
///         total.value = total.value + target.count
///       }
///       func compute() -> Tensor { hits.value / total.value }
///     }
///
/// The states of a metric are found by reflection, and named as its properties are.
public final class MetricState {
  /// How the values of two metrics become one.
  public enum Merge: String, Sendable, Hashable {
    /// Added, averaged (each counts as often as it was set), the smallest, the largest.
    case sum, mean, min, max
    /// One after the other, along the first dimension.
    case concat
    /// By the metric itself, in ``Metric/merge(_:)``; alone, the later one stays.
    case custom
  }

  /// How it merges.
  public let merge: Merge
  private let initial: Tensor?
  /// What is there: one tensor, or of ``Merge/concat`` those that were appended, in order.
  public private(set) var pieces: [Tensor]
  /// How often it was set.
  public private(set) var writes = 0
  /// Whether what is written stays connected to the graph.
  var keepsGraph = false

  /// A state that begins with `initial`.
  public init(_ initial: Tensor, _ merge: Merge = .sum) {
    self.merge = merge
    self.initial = initial
    pieces = [initial]
  }

  /// A state that begins with a number, in the default type.
  public convenience init(_ initial: Double, _ merge: Merge = .sum) { self.init(Tensor(initial), merge) }

  /// A list of tensors, empty at first.
  public static func list() -> MetricState { MetricState() }

  private init() {
    merge = .concat
    initial = nil
    pieces = []
  }

  /// The tensor; of a list, its pieces one after the other. A failed tensor is not taken, so that an update with a mistake
  /// does no harm.
  public var value: Tensor {
    get {
      guard initial == nil else { return pieces[0] }
      guard !pieces.isEmpty else {
        return fail(TensorError(.state, "compute", "the metric has seen no samples; call update before compute"))
      }
      return pieces.count == 1 ? pieces[0].atleast1d() : cat(pieces.map { $0.atleast1d() }, dim: 0)
    }
    set {
      if newValue.isPoisoned { return }
      pieces = [keepsGraph ? newValue : newValue.detach()]
      writes += 1
    }
  }

  /// Adds `piece` to a list.
  public func append(_ piece: Tensor) {
    if piece.isPoisoned { return }
    pieces.append(keepsGraph ? piece : piece.detach())
    writes += 1
  }

  /// Adds `other` to the value.
  func add(_ other: Tensor) { value = value + other }
  func add(_ other: Double) { value = value + other }
  func add(_ other: Int) { value = value + other }

  /// A number of elements, or pieces, that it holds.
  var isEmpty: Bool { pieces.isEmpty }

  /// Sets it back to what it began with.
  public func reset() {
    pieces = initial.map { [$0] } ?? []
    writes = 0
  }

  /// What it holds, to come back to.
  package struct Snapshot {
    package var pieces: [Tensor]
    package var writes: Int

    package init(pieces: [Tensor], writes: Int) {
      self.pieces = pieces
      self.writes = writes
    }
  }

  var snapshot: Snapshot {
    get { Snapshot(pieces: pieces, writes: writes) }
    set { (pieces, writes) = (newValue.pieces, newValue.writes) }
  }

  /// Takes in what another one holds, which comes after.
  func merge(_ other: Snapshot) {
    if other.writes == 0 { return }
    if writes == 0 && merge != .concat {
      (pieces, writes) = (other.pieces.map { $0.detach() }, other.writes)
      return
    }
    defer { writes += other.writes }
    guard merge != .concat else {
      pieces += other.pieces.map { $0.detach() }
      return
    }
    let (a, b) = (pieces[0].detach(), other.pieces[0].detach())
    switch merge {
    case .sum: pieces = [a + b]
    case .mean: pieces = [(a * Double(writes) + b * Double(other.writes)) / Double(writes + other.writes)]
    case .min: pieces = [a.minimum(b)]
    case .max: pieces = [a.maximum(b)]
    case .concat, .custom: pieces = [b]
    }
  }
}
