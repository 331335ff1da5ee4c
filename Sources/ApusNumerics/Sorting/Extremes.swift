import ApusCore

// Extremes, medians, sorted and selected values: the public face of ``Pick``.

/// Values along a dimension with the positions they came from. It prints as PyTorch's `torch.return_types.max(...)`, and can
/// be taken apart: `let (values, indices) = x.max(1)`.
public struct ValuesIndices: Sendable {
  /// The name of the operation in PyTorch.
  let operation: String
  /// The values found.
  public var values: Tensor
  /// int64 positions along the dimension.
  public var indices: Tensor

  /// Both, to be taken apart.
  public var pair: (values: Tensor, indices: Tensor) { (values, indices) }
}

extension ValuesIndices: CustomStringConvertible {
  public var description: String { resultText(operation, [("values", values), ("indices", indices)]) }

  /// The values (0) or the indices (1).
  public subscript(_ position: Int) -> Tensor { resultItem(position, [values, indices], operation) }
}

/// The smallest and the largest elements. It prints as PyTorch's `torch.return_types.aminmax(...)`, and can be taken apart:
/// `let (min, max) = x.aminmax()`.
public struct MinMax: Sendable {
  /// The minima.
  public var min: Tensor
  /// The maxima.
  public var max: Tensor

  /// Both, to be taken apart.
  public var pair: (min: Tensor, max: Tensor) { (min, max) }
}

extension MinMax: CustomStringConvertible {
  public var description: String { resultText("aminmax", [("min", min), ("max", max)]) }

  /// The smallest (0) or the largest (1).
  public subscript(_ position: Int) -> Tensor { resultItem(position, [min, max], "aminmax") }
}

/// Several results as PyTorch prints them.
private func resultText(_ operation: String, _ results: [(name: String, value: Tensor)]) -> String {
  "torch.return_types.\(operation)(\n\(results.map { "\($0.name)=\($0.value)" }.joined(separator: ",\n")))"
}

/// One of several results.
private func resultItem(_ position: Int, _ results: [Tensor], _ operation: String) -> Tensor {
  results.indices.contains(position)
    ? results[position]
    : fail(TensorError(.index, operation, "has \(results.count) results, and none at \(position)"))
}

extension Tensor {
  /// Runs a pick along `dim`. Scalars are picked from as vectors of one element.
  func pick(_ operation: String, _ kind: Pick.Kind, _ dim: Int, keepDim: Bool) -> ValuesIndices {
    let (values, indices) = attempt(self) { () throws(TensorError) in
      let d = try normalize(dim: dim, rank: rank, operation)
      let source = rank == 0 ? reshape([1]) : self
      let found = results(apply(Pick(kind: kind, dim: d, operation: operation), [source]), 2)
      if found[0].hasFailed { return (found[0], found[0]) }
      var shape = found[0].shape
      if rank == 0 {
        if shape == [1] { shape = [] }
      } else if !keepDim {
        shape.remove(at: d)
      }
      return (found[0].reshape(shape).titled(kind.title), found[1].reshape(shape))
    }
    return ValuesIndices(operation: operation, values: values, indices: indices)
  }

  /// The largest elements along `dim` and their positions (the first of equal ones); NaN wins.
  public func max(_ dim: Int, keepDim: Bool = false) -> ValuesIndices { pick("max", .max, dim, keepDim: keepDim) }
  /// The smallest elements along `dim` and their positions (the first of equal ones); NaN wins.
  public func min(_ dim: Int, keepDim: Bool = false) -> ValuesIndices { pick("min", .min, dim, keepDim: keepDim) }
  /// The largest of all elements; NaN wins. Equal ones share the gradient, as do those that are NaN.
  public func max() -> Tensor {
    reduce(.max, nil, false, dtype, "max", sharesAmongNaN: true).titled("MaxBackward1")
  }
  /// The smallest of all elements; NaN wins. Equal ones share the gradient, as do those that are NaN.
  public func min() -> Tensor {
    reduce(.min, nil, false, dtype, "min", sharesAmongNaN: true).titled("MinBackward1")
  }

  /// The positions of the largest elements along `dim`, or in the flat tensor if nil.
  public func argmax(_ dim: Int? = nil, keepDim: Bool = false) -> Tensor { place("argmax", .max, dim, keepDim) }
  /// The positions of the smallest elements along `dim`, or in the flat tensor if nil.
  public func argmin(_ dim: Int? = nil, keepDim: Bool = false) -> Tensor { place("argmin", .min, dim, keepDim) }

  private func place(_ operation: String, _ kind: Pick.Kind, _ dim: Int?, _ keepDim: Bool) -> Tensor {
    let source = detach()
    if let dim { return source.pick(operation, kind, dim, keepDim: keepDim).indices }
    let found = source.reshape([count]).pick(operation, kind, 0, keepDim: false).indices
    return keepDim && !found.hasFailed ? found.reshape(shape.map { _ in 1 }) : found
  }

  /// Smallest and largest elements along `dim` (all if nil).
  public func aminmax(dim: Int? = nil, keepDim: Bool = false) -> MinMax {
    let dims = dim.map { [$0] }
    return MinMax(
      min: amin(dims, keepDim: keepDim).titled("AminmaxBackward0"),
      max: amax(dims, keepDim: keepDim).titled("AminmaxBackward0"))
  }

  /// The elements along `dim` in ascending (or descending) order, and where they were. Equal ones keep their order;
  /// NaN is larger than every number.
  public func sort(_ dim: Int = -1, descending: Bool = false, stable: Bool = true) -> ValuesIndices {
    pick("sort", .sort(descending: descending), dim, keepDim: true)
  }
  /// The positions that sort along `dim`.
  public func argsort(_ dim: Int = -1, descending: Bool = false, stable: Bool = true) -> Tensor {
    detach().sort(dim, descending: descending).indices
  }
  /// Sorted along the first dimension.
  public func msort() -> Tensor { sort(0).values }

  /// The `k` largest (or smallest) elements along `dim`, sorted, and where they were.
  public func topk(_ k: Int, dim: Int = -1, largest: Bool = true, sorted: Bool = true) -> ValuesIndices {
    pick("topk", .top(k, largest: largest), dim, keepDim: true)
  }

  /// The `k`-th smallest element along `dim`, counted from 1, and where it was.
  public func kthvalue(_ k: Int, dim: Int = -1, keepDim: Bool = false) -> ValuesIndices {
    pick("kthvalue", .smallest(k), dim, keepDim: keepDim)
  }

  /// The lower median along `dim` and where it was; NaN if there is one.
  public func median(_ dim: Int, keepDim: Bool = false) -> ValuesIndices {
    pick("median", .median(ignoresNaN: false), dim, keepDim: keepDim)
  }
  /// ``median(_:keepDim:)`` of the elements that are not NaN.
  public func nanmedian(_ dim: Int, keepDim: Bool = false) -> ValuesIndices {
    pick("nanmedian", .median(ignoresNaN: true), dim, keepDim: keepDim)
  }
  /// The lower median of all elements; equal ones share the gradient.
  public func median() -> Tensor { apply(Median(ignoresNaN: false), self) }
  /// The lower median of all elements that are not NaN; equal ones share the gradient.
  public func nanmedian() -> Tensor { apply(Median(ignoresNaN: true), self) }

  /// The most frequent value along `dim` (the smallest of several) and its last position.
  public func mode(_ dim: Int = -1, keepDim: Bool = false) -> ValuesIndices {
    pick("mode", .mode, dim, keepDim: keepDim)
  }

  /// The largest element so far along `dim`, and its (last) position.
  public func cummax(_ dim: Int) -> ValuesIndices { pick("cummax", .cumulativeMax, dim, keepDim: true) }
  /// The smallest element so far along `dim`, and its (last) position.
  public func cummin(_ dim: Int) -> ValuesIndices { pick("cummin", .cumulativeMin, dim, keepDim: true) }
}

// The same to be taken apart at once: `let (values, indices) = x.max(1)`.
extension Tensor {
  /// The maxima along a dimension and where they stand, as a tuple.
  @_disfavoredOverload
  public func max(_ dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) {
    max(dim, keepDim: keepDim).pair
  }
  /// The minima along a dimension and where they stand, as a tuple.
  @_disfavoredOverload
  public func min(_ dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) {
    min(dim, keepDim: keepDim).pair
  }
  /// The minima and maxima along a dimension, or of all elements, as a tuple.
  @_disfavoredOverload
  public func aminmax(dim: Int? = nil, keepDim: Bool = false) -> (min: Tensor, max: Tensor) {
    aminmax(dim: dim, keepDim: keepDim).pair
  }
  /// The elements in order along a dimension and where they stood, as a tuple.
  @_disfavoredOverload
  public func sort(
    _ dim: Int = -1, descending: Bool = false, stable: Bool = true
  ) -> (values: Tensor, indices: Tensor) {
    sort(dim, descending: descending, stable: stable).pair
  }
  /// The `k` largest elements along a dimension and where they stand, as a tuple.
  @_disfavoredOverload
  public func topk(
    _ k: Int, dim: Int = -1, largest: Bool = true, sorted: Bool = true
  ) -> (values: Tensor, indices: Tensor) {
    topk(k, dim: dim, largest: largest, sorted: sorted).pair
  }
  /// The `k`th smallest element along a dimension, from 1, and where it stands, as a tuple.
  @_disfavoredOverload
  public func kthvalue(_ k: Int, dim: Int = -1, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) {
    kthvalue(k, dim: dim, keepDim: keepDim).pair
  }
  /// The lower median along a dimension and where it stands, as a tuple.
  @_disfavoredOverload
  public func median(_ dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) {
    median(dim, keepDim: keepDim).pair
  }
  /// The lower median along a dimension without NaN and where it stands, as a tuple.
  @_disfavoredOverload
  public func nanmedian(_ dim: Int, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) {
    nanmedian(dim, keepDim: keepDim).pair
  }
  /// The most frequent element along a dimension and where it stands, as a tuple.
  @_disfavoredOverload
  public func mode(_ dim: Int = -1, keepDim: Bool = false) -> (values: Tensor, indices: Tensor) {
    mode(dim, keepDim: keepDim).pair
  }
  /// The largest element so far along a dimension and where it stands, as a tuple.
  @_disfavoredOverload
  public func cummax(_ dim: Int) -> (values: Tensor, indices: Tensor) { cummax(dim).pair }
  /// The smallest element so far along a dimension and where it stands, as a tuple.
  @_disfavoredOverload
  public func cummin(_ dim: Int) -> (values: Tensor, indices: Tensor) { cummin(dim).pair }
}

/// The median of all elements, or of every row of a matrix. Its gradient is shared by all elements that equal it.
struct Median: Primitive, Hashable {
  let ignoresNaN: Bool
  var isOfRows = false
  var name: String { ignoresNaN ? "Nanmedian" : "Median" }
  var saves: Saves { [.inputs, .outputs] }
  var takesCustomElements: Bool { true }
  var takesComplexElements: Bool { false }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(isOfRows ? [inputs[0].shape[0]] : [], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (type, n) = (results[0].type, inputs[0].count)
    if n == 0 {
      let none: any ScalarConvertible = type.dtype.isFloatingPoint ? Double.nan : Int.min
      return results[0].fill(with: Tensor.full(type.shape, none, dtype: type.dtype))
    }
    let (rows, column) = (isOfRows ? inputs[0].shape : [1, n], [type.count, 1])
    let source = Tensor(try inputs[0].dense()).view(rows, strides: rowMajorStrides(rows))
    let values = results[0].view(column, strides: [1, 1])
    let pick = Pick(kind: .median(ignoresNaN: ignoresNaN), dim: 1, operation: "median")
    try pick.evaluate([source], into: [values, Tensor.uninitialized(column, .int64)])
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    if isOfRows { return rowsOfSamples(inputs, isBatched, size) }
    return apply(Median(ignoresNaN: ignoresNaN, isOfRows: true), [inputs[0].reshape([size, inputs[0].count / size])])
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    var g = single(node, cotangents)
    let x = node.input(0).detach()
    var y = node.output(0).detach()
    if isOfRows { (g, y) = (g.unsqueeze(1), y.unsqueeze(1)) }
    return [g.shared(by: x, equal: y, isOfRows ? [1] : nil, andNaN: true)]
  }
}

extension Registry {
  /// Extremes with their positions, and sorting.
  static let extremes: [Operation] = [
    .tensors("aminmax", "input, *, dim=None, keepdim=False") {
      let (low, high) = try $0.tensor("input").aminmax(dim: try $0.optionalInt("dim"), keepDim: try $0.bool("keepdim"))
      return [low, high]
    },
    .tensors("max", "input, dim: int, keepdim=False") {
      try $0.tensor("input").max(try $0.int("dim"), keepDim: try $0.bool("keepdim")).both
    },
    .tensors("min", "input, dim: int, keepdim=False") {
      try $0.tensor("input").min(try $0.int("dim"), keepDim: try $0.bool("keepdim")).both
    },
    .unary("max") { $0.max() },
    .unary("min") { $0.min() },
    .tensor("max", "input, other: tensor") { try $0.tensor("input").maximum(try $0.tensor("other")) },
    .tensor("min", "input, other: tensor") { try $0.tensor("input").minimum(try $0.tensor("other")) },
    .tensor("argmax", "input, dim=None, keepdim=False") {
      try $0.tensor("input").argmax(try $0.optionalInt("dim"), keepDim: try $0.bool("keepdim"))
    },
    .tensor("argmin", "input, dim=None, keepdim=False") {
      try $0.tensor("input").argmin(try $0.optionalInt("dim"), keepDim: try $0.bool("keepdim"))
    },
    .tensors("median", "input, dim: int, keepdim=False") {
      try $0.tensor("input").median(try $0.int("dim"), keepDim: try $0.bool("keepdim")).both
    },
    .unary("median") { $0.median() },
    .tensors("nanmedian", "input, dim: int, keepdim=False") {
      try $0.tensor("input").nanmedian(try $0.int("dim"), keepDim: try $0.bool("keepdim")).both
    },
    .unary("nanmedian") { $0.nanmedian() },
    .tensors("cummax", "input, dim") { try $0.tensor("input").cummax(try $0.int("dim")).both },
    .tensors("cummin", "input, dim") { try $0.tensor("input").cummin(try $0.int("dim")).both },
    .tensors("sort", "input, dim=-1, descending=False, *, stable=False") {
      try $0.tensor("input").sort(try $0.int("dim"), descending: try $0.bool("descending")).both
    },
    .tensor("argsort", "input, dim=-1, descending=False, *, stable=False") {
      try $0.tensor("input").argsort(try $0.int("dim"), descending: try $0.bool("descending"))
    },
    .unary("msort") { $0.msort() },
    .tensors("topk", "input, k, dim=-1, largest=True, sorted=True") {
      try $0.tensor("input").topk(
        try $0.int("k"), dim: try $0.int("dim"), largest: try $0.bool("largest"), sorted: try $0.bool("sorted")
      ).both
    },
    .tensors("kthvalue", "input, k, dim=-1, keepdim=False") {
      try $0.tensor("input").kthvalue(
        try $0.int("k"), dim: try $0.int("dim"), keepDim: try $0.bool("keepdim")
      ).both
    },
    .tensors("mode", "input, dim=-1, keepdim=False") {
      try $0.tensor("input").mode(try $0.int("dim"), keepDim: try $0.bool("keepdim")).both
    },
  ]
}

extension ValuesIndices {
  /// Values and positions as a list.
  var both: [Tensor] { [values, indices] }
}
