// Indexing as PyTorch's `x[...]`: what an index can be, and how a list of them is read.

/// One position of a tensor subscript.
///
///     x[0]                          // the first row; negative numbers count from the end
///     x[1..<3], x[1...], x[..<(-1)] // a range of rows
///     x[..., 0]                     // the last dimension's first element everywhere
///     x[.slice(0, 10, step: 2)]     // every second row; a negative step walks backward
///     x[.all, .newAxis], x[nil, 0]  // a new dimension of size 1, also as Python's None
///     x[mask], x[rows, columns]     // by bool and integer tensors, as PyTorch's advanced indexing
///
/// All of them can be assigned to: `x[1..<3] += 1`, `x[mask] = 0.0`. The tensor is changed in place when nobody else
/// holds its elements, and no other tensor ever changes.
public enum TensorIndex: Sendable {
  /// One index; the dimension is removed. Negative ones count from the end.
  case index(Int)
  /// Elements `start`, `start + step` ... before `stop`, cut to the dimension as Python does.
  case range(start: Int?, stop: Int?, step: Int)
  /// A new dimension of size 1.
  case newDimension
  /// As many full dimensions as are left over by the other indices.
  case remaining
  /// Integer positions of one dimension, or a bool mask over as many as it has.
  case tensor(Tensor)
}

/// What can stand in a tensor subscript: integers, ranges, strides, tensors and ``TensorIndex``.
public protocol TensorIndexConvertible {
  /// What it selects of a dimension.
  var tensorIndex: TensorIndex { get }
}

extension TensorIndex: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { self }
}
extension TensorIndexConvertible where Self == TensorIndex {
  /// A whole dimension, Python's `:`.
  public static var all: TensorIndex { .range(start: nil, stop: nil, step: 1) }
  /// Python's `start:stop:step`; nil reaches to the end.
  public static func slice(_ start: Int? = nil, _ stop: Int? = nil, step: Int = 1) -> TensorIndex {
    .range(start: start, stop: stop, step: step)
  }
  /// A new dimension of size 1, Python's `None`.
  public static var newAxis: TensorIndex { .newDimension }
  /// As many full dimensions as are left over, `...`.
  public static var ellipsis: TensorIndex { .remaining }
}
extension Int: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .index(self) }
}
extension Int32: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .index(Int(self)) }
}
extension Int64: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .index(Int(self)) }
}
extension Bool: TensorIndexConvertible {
  /// A new dimension of size 1, or of size 0 for false.
  public var tensorIndex: TensorIndex { .tensor(Tensor(self)) }
}
extension Tensor: TensorIndexConvertible {
  public var tensorIndex: TensorIndex { .tensor(self) }
}
extension Array: TensorIndexConvertible where Element: TensorLiteral {
  /// A list of positions or of Booleans.
  public var tensorIndex: TensorIndex { .tensor(isEmpty ? Tensor.zeros([0], dtype: .int64) : Tensor(self)) }
}
extension Range: TensorIndexConvertible where Bound == Int {
  public var tensorIndex: TensorIndex { .range(start: lowerBound, stop: upperBound, step: 1) }
}
extension ClosedRange: TensorIndexConvertible where Bound == Int {
  public var tensorIndex: TensorIndex {
    .range(start: lowerBound, stop: upperBound == -1 ? nil : upperBound + 1, step: 1)
  }
}
extension PartialRangeFrom: TensorIndexConvertible where Bound == Int {
  public var tensorIndex: TensorIndex { .range(start: lowerBound, stop: nil, step: 1) }
}
extension PartialRangeUpTo: TensorIndexConvertible where Bound == Int {
  public var tensorIndex: TensorIndex { .range(start: nil, stop: upperBound, step: 1) }
}
extension PartialRangeThrough: TensorIndexConvertible where Bound == Int {
  public var tensorIndex: TensorIndex { .range(start: nil, stop: upperBound == -1 ? nil : upperBound + 1, step: 1) }
}
extension StrideTo: TensorIndexConvertible where Element == Int {
  public var tensorIndex: TensorIndex { positions(Array(self)) }
}
extension StrideThrough: TensorIndexConvertible where Element == Int {
  public var tensorIndex: TensorIndex { positions(Array(self)) }
}

/// An arithmetic series of positions as a range.
private func positions(_ values: [Int]) -> TensorIndex {
  guard let first = values.first, let last = values.last else { return .range(start: 0, stop: 0, step: 1) }
  let step = values.count > 1 ? values[1] - values[0] : 1
  // Walking down to element 0 has no stop that Python could name: -1 counts from the end.
  let stop = step > 0 ? (last == -1 ? nil : last + 1) : (last == 0 ? nil : last - 1)
  return .range(start: first, stop: stop, step: step)
}

/// A list of indices read against a shape: a slice of every dimension, then dimensions removed and added, then positions
/// given by tensors.
struct IndexPlan {
  var starts: [Int] = []
  var counts: [Int] = []
  var steps: [Int] = []
  /// The shape of the sliced tensor with integers' dimensions gone and new ones there.
  package var shape: [Int] = []
  /// For each dimension of `shape` that of the sliced tensor, nil for a new one.
  var origin: [Int?] = []
  /// Integer tensors, by dimension of `shape`.
  package var tensors: [(dim: Int, index: Tensor)] = []

  /// The same with positions where the indexed tensor lies; they may come from the host.
  func placed(with indexed: Tensor) -> IndexPlan {
    guard Devices.isUsed else { return self }
    var plan = self
    plan.tensors = tensors.map { ($0.dim, $0.index.placed(with: indexed)) }
    return plan
  }

  var isWhole: Bool { zip(starts, steps).allSatisfy { $0 == 0 && $1 == 1 } }
  package var slice: Slice { Slice(starts: starts, counts: counts, steps: steps) }

  init(_ indices: [TensorIndex], for full: [Int]) throws(TensorError) {
    var used = 0
    var ellipses = 0
    for index in indices {
      switch index {
      case .index, .range: used += 1
      case .tensor(let t): used += t.dtype == .bool || t.dtype == .uint8 ? t.rank : 1
      case .remaining: ellipses += 1
      case .newDimension: break
      }
    }
    guard used <= full.count else {
      throw TensorError(
        .index, "subscript", "\(used) indices are too many for a tensor of shape \(full) with \(full.count) dimensions")
    }
    guard ellipses <= 1 else { throw TensorError(.index, "subscript", "only one ... can stand in a subscript") }
    for index in ellipses == 0 ? indices + [.remaining] : indices {
      switch index {
      case .index(let i): try append(index: i, full)
      case .range(let start, let stop, let step): try append(start, stop, step, full)
      case .newDimension: appendNew()
      case .remaining: for _ in used..<full.count { try append(nil, nil, 1, full) }
      case .tensor(let t): try append(t, full)
      }
    }
  }

  private mutating func keep(_ start: Int, _ count: Int, _ step: Int) {
    origin.append(starts.count)
    shape.append(count)
    starts.append(start)
    counts.append(count)
    steps.append(step)
  }

  private mutating func appendNew() {
    origin.append(nil)
    shape.append(1)
  }

  private mutating func append(index: Int, _ full: [Int]) throws(TensorError) {
    let d = starts.count
    guard index >= -full[d], index < full[d] else {
      throw TensorError(
        .index, "subscript",
        "index \(index) is out of range for dimension \(d) of size \(full[d]) of a tensor of shape \(full)")
    }
    starts.append(index < 0 ? index + full[d] : index)
    counts.append(1)
    steps.append(1)
  }

  private mutating func append(_ start: Int?, _ stop: Int?, _ step: Int, _ full: [Int]) throws(TensorError) {
    let size = full[starts.count]
    guard let (first, count) = sliceBounds(start, stop, step, size) else {
      throw TensorError(.index, "subscript", "the step of a slice must not be 0")
    }
    keep(first, count, step)
  }

  private mutating func append(_ t: Tensor, _ full: [Int]) throws(TensorError) {
    guard !t.dtype.isInexact else {
      throw TensorError(
        .dtype, "subscript", "an index tensor must be integer or bool, and found \(t.dtype); convert with .to(.int64)")
    }
    guard t.dtype == .bool || t.dtype == .uint8 else {
      tensors.append((shape.count, t))
      keep(0, full[starts.count], 1)
      return
    }
    if t.dtype == .uint8 {
      warn("subscript", "indexing with dtype uint8 is now deprecated, please use a dtype bool instead.")
    }
    if t.rank == 0 {
      tensors.append((shape.count, Tensor.zeros([t.itemScalar().isZero ? 0 : 1], dtype: .int64)))
      appendNew()
      return
    }
    let d = starts.count
    guard Array(full[d..<(d + t.rank)]) == t.shape else {
      throw TensorError(
        .shape, "subscript",
        "a mask of shape \(t.shape) does not fit the dimensions \(Array(full[d..<(d + t.rank)])) of a tensor of shape \(full)"
      )
    }
    for positions in nonzeroColumns(t) {
      tensors.append((shape.count, positions))
      keep(0, full[starts.count], 1)
    }
  }
}

extension [TensorIndex] {
  /// PyTorch's name of the view that these indices make one after the other: that of the last one that leaves something out
  /// or adds a dimension.
  var viewTitle: String {
    for index in reversed() {
      switch index {
      case .index: return "SelectBackward0"
      case .newDimension: return "UnsqueezeBackward0"
      case .range(nil, nil, 1), .range(0, nil, 1), .remaining: continue
      case .range, .tensor: return "SliceBackward0"
      }
    }
    return "SliceBackward0"
  }
}

/// Python's slice rules for a dimension of `size`: the first element and how many; nil for a step of 0.
func sliceBounds(_ start: Int?, _ stop: Int?, _ step: Int, _ size: Int) -> (first: Int, count: Int)? {
  func clamp(_ i: Int, _ low: Int, _ high: Int) -> Int { min(max(i < 0 ? i &+ size : i, low), high) }
  if step == 0 { return nil }
  if step > 0 {
    let first = start.map { clamp($0, 0, size) } ?? 0
    let end = stop.map { clamp($0, 0, size) } ?? size
    return (first, end > first ? (end - first - 1) / step + 1 : 0)
  }
  let first = start.map { clamp($0, -1, size - 1) } ?? size - 1
  let end = stop.map { clamp($0, -1, size - 1) } ?? -1
  return (max(first, 0), first > end ? (first - end - 1) / Int(clamping: step.magnitude) + 1 : 0)
}

extension Registry {
  /// What stands in brackets.
  static let subscripts: [Operation] = [
    .tensor("__getitem__", "input, *index") {
      let indices = try indexList(try $0.value("index"), $0)
      return try $0.tensor("input")[indices: indices]
    }
  ]

  /// What stands in Python's brackets as a list of indices.
  private static func indexList(_ value: OperationValue, _ arguments: OperationArguments) throws -> [TensorIndex] {
    guard case .list(let items) = value else { return [try index(value, arguments)] }
    return try items.map { try index($0, arguments) }
  }

  private static func index(_ value: OperationValue, _ arguments: OperationArguments) throws -> TensorIndex {
    switch value {
    case .int(let i): return .index(i)
    case .bool(let b): return .tensor(Tensor(b))
    case .tensor(let t):
      return t.rank == 0 && t.dtype != .bool && !t.dtype.isInexact ? .index(t.itemScalar().int) : .tensor(t)
    case .slice(let start, let stop, let step): return .range(start: start, stop: stop, step: step ?? 1)
    case .ellipsis: return .remaining
    case .none: return .newDimension
    case .list(let items):
      if items.isEmpty { return .tensor(Tensor.zeros([0], dtype: .int64)) }
      let flags = items.compactMap { item -> Bool? in
        if case .bool(let b) = item { return b }
        return nil
      }
      if flags.count == items.count { return .tensor(Tensor(flags)) }
      return .tensor(
        Tensor(
          try items.map { item in
            guard case .int(let i) = item else { throw arguments.mismatch("index", "indices") }
            return i
          }))
    default: throw arguments.mismatch("index", "indices")
    }
  }
}
