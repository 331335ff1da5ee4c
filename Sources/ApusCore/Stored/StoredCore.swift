// The operations of the core in files.

extension StoredOperations {
  /// Operations of the core by their names in files.
  package static let core: StoredTable = [
    "pointwise": Pointwise.self, "cast": Cast.self, "where": Where.self, "checked": Checked.self,
    "reduce": Reduce.self, "variance": Spread.self, "cumulative": Scan.self, "linear_recurrence": Recurrence.self,
    "hash": HashTensor.self, "permute": Permute.self, "expand": Expand.self, "reshape": Reshape.self,
    "contiguous": Contiguous.self, "alias": Alias.self, "as_strided": AsStrided.self, "slice": Slice.self,
    "place_slice": PlaceSlice.self, "replace_slice": ReplaceSlice.self, "unfold": Unfold.self,
    "diagonal": Diagonal.self, "place_diagonal": PlaceDiagonal.self, "replace_diagonal": ReplaceDiagonal.self,
    "triangle": Triangle.self, "cat": Cat.self, "gather": Gather.self, "take_rows": TakeRows.self,
    "add_rows": AddRows.self, "put_rows": PutRows.self, "linear_index": LinearIndex.self,
    "scatter": ScatterValues.self, "scatter_sum": ScatterSum.self, "scatter_combine": ScatterCombine.self,
    "view_as_real": ViewAsReal.self, "view_as_complex": ViewAsComplex.self,
  ]
}

extension Cast: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["dtype": dtype] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(dtype: try attributes["dtype"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) { try operands.count(1) }
}

extension Where: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) { try operands.count(3) }
}

extension Checked.Demand: AttributeValue {
  package var attribute: Attribute {
    switch self {
    case .probabilities: .string("probabilities")
    case .noZero: .string("no_zero")
    case .noNegative(let what): .record(["no_negative": what.attribute])
    }
  }

  package init(_ attribute: Attribute) throws(TensorError) {
    switch attribute {
    case .string("probabilities"): self = .probabilities
    case .string("no_zero"): self = .noZero
    case .record(let parts):
      guard let what = parts["no_negative"] else { throw attribute.isNot("a demand") }
      self = .noNegative(try String(what))
    default: throw attribute.isNot("a demand")
    }
  }
}

extension Checked: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["demand": demand, "operation": operation] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(demand: try attributes["demand"], operation: try attributes["operation"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.real(0)
  }
}

extension Reduction: StoredChoice {
  package static var choices: [Reduction] { [.sum, .prod, .max, .min] }
}

extension Reduce: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["reduction": reduction, "dims": dims, "keep_dim": keepDim, "dtype": dtype, "shares_among_nan": sharesAmongNaN]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      reduction: try attributes["reduction"], dims: try attributes["dims"], keepDim: try attributes["keep_dim"],
      dtype: try attributes["dtype"], sharesAmongNaN: try attributes["shares_among_nan", default: false])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.axes(dims)
    try operands.demand(
      dtype.isComplex == operands[0].dtype.isComplex,
      "complex elements are reduced to complex ones, and others to others")
  }
}

extension Spread: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["dims": dims, "keep_dim": keepDim, "correction": correction, "is_root": isRoot]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      dims: try attributes["dims"], keepDim: try attributes["keep_dim"], correction: try attributes["correction"],
      isRoot: try attributes["is_root"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.axes(dims)
  }
}

extension Scan.Kind: AttributeValue {
  private static let named: [(String, Scan.Kind)] = [("sum", .sum), ("prod", .prod), ("log_sum_exp", .logSumExp)]
  package var attribute: Attribute { .string(Self.named.first { $0.1 == self }?.0 ?? "") }
  package init(_ attribute: Attribute) throws(TensorError) {
    guard let found = Self.named.first(where: { .string($0.0) == attribute }) else {
      throw attribute.isNot("sum, prod or log_sum_exp")
    }
    self = found.1
  }
}

extension Scan: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["kind": kind, "dim": dim] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(kind: try attributes["kind"], dim: try attributes["dim"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.axis(dim)
    if kind == .logSumExp { try operands.floating(0) }
  }
}

extension Recurrence: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try operands.demand(operands.rank(1) > 0, "needs at least one dimension")
    try operands.shape(0, is: operands.shape(1))
  }
}

extension HashTensor: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["dims": dims, "keep_dim": keepDim] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(dims: try attributes["dims"], keepDim: try attributes["keep_dim"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.axes(dims)
    try operands.real(0)
  }
}

extension Permute: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["order": order] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(order: try attributes["order"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.axes(order)
    try operands.demand(order.count == operands.rank(0), "the order \(order) does not name every dimension")
  }
}

extension Expand: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["shape": shape] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(shape: try attributes["shape"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.possible(shape)
  }
}

extension Reshape: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["shape": shape] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(shape: try attributes["shape"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.possible(shape)
  }
}

extension Contiguous: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) { try operands.count(1) }
}

extension Alias: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) { try operands.count(1) }
}

extension AsStrided.Geometry: StoredRecord {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["shape": shape, "strides": strides, "offset": offset]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      shape: try attributes["shape"], strides: try attributes["strides"], offset: try attributes["offset"])
  }
  fileprivate func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.possible(shape)
    try operands.numbers(strides, count: shape.count, in: 0...StoredOperands.mostElements, "strides")
    try operands.number(offset, in: 0...StoredOperands.mostElements, "offset")
  }
}

extension AsStrided: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["target": target, "source": source] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(target: try attributes["target"], source: try attributes["source"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try target.check(operands)
    try source.check(operands)
    // A program's operands are dense and have memory of their own: no more is there to be seen.
    try operands.shape(0, is: source.shape)
    let last = zip(target.shape, target.strides).reduce(target.offset - source.offset) {
      $0.clampedAdding(($1.0 - 1).clampedMultiplying($1.1))
    }
    try operands.demand(
      target.shape.contains(0)
        || (target.offset >= source.offset && last < operands.shape(0).reduce(1) { $0.clampedMultiplying($1) }),
      "the view reaches beyond the elements of its operand")
  }
}

extension Slice: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["starts": starts, "counts": counts, "steps": steps]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(starts: try attributes["starts"], counts: try attributes["counts"], steps: try attributes["steps"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try check(inside: operands.shape(0), operands)
  }

  /// Refuses a part that does not lie in a tensor of `shape`.
  fileprivate func check(inside shape: [Int], _ operands: StoredOperands) throws(TensorError) {
    let most = StoredOperands.mostElements
    try operands.numbers(starts, count: shape.count, in: -1...most, "starts")
    try operands.numbers(counts, count: shape.count, in: 0...most, "counts")
    // One element is not stepped from.
    try operands.numbers(steps, count: shape.count, in: Int.min...Int.max, "steps")
    for (d, size) in shape.enumerated() where counts[d] > 1 {
      try operands.demand(
        (1...max(size, 1)).contains(Int(clamping: steps[d].magnitude)),
        "no step of \(steps[d]) fits dimension \(d) of \(shape)")
    }
    if counts.contains(0) { return }
    for (d, size) in shape.enumerated() {
      let last = starts[d].clampedAdding((counts[d] - 1).clampedMultiplying(steps[d]))
      try operands.demand(
        (0..<size).contains(starts[d]) && (0..<size).contains(last),
        "\(counts[d]) elements from \(starts[d]) in steps of \(steps[d]) do not lie in dimension \(d) of \(shape)")
    }
  }
}

extension PlaceSlice: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["shape": shape, "slice": slice] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(shape: try attributes["shape"], slice: try attributes["slice"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.possible(shape)
    try slice.check(inside: shape, operands)
    try operands.shape(0, is: slice.counts)
  }
}

extension ReplaceSlice: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["slice": slice] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(slice: try attributes["slice"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try slice.check(inside: operands.shape(0), operands)
    try operands.shape(1, is: slice.counts)
  }
}

extension Unfold: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["dim": dim, "size": size, "step": step] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(dim: try attributes["dim"], size: try attributes["size"], step: try attributes["step"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.axis(dim)
    try operands.number(size, in: 0...operands.shape(0)[dim], "size")
    try operands.number(step, in: 1...StoredOperands.mostElements, "step")
  }
}

extension Diagonal: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["offset": offset, "dim1": dim1, "dim2": dim2] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(offset: try attributes["offset"], dim1: try attributes["dim1"], dim2: try attributes["dim2"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try check(in: operands.shape(0), operands)
  }

  /// Refuses a diagonal that a tensor of `shape` does not have.
  fileprivate func check(in shape: [Int], _ operands: StoredOperands) throws(TensorError) {
    try operands.demand(
      shape.indices.contains(dim1) && shape.indices.contains(dim2) && dim1 != dim2,
      "a diagonal needs two dimensions, and dim1 is \(dim1), dim2 \(dim2)")
    try operands.number(offset, in: -StoredOperands.mostElements...StoredOperands.mostElements, "offset")
  }
}

extension PlaceDiagonal: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["shape": shape, "diagonal": diagonal] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(shape: try attributes["shape"], diagonal: try attributes["diagonal"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.possible(shape)
    try diagonal.check(in: shape, operands)
    try operands.shape(0, is: try diagonal.outputTypes([TensorType(shape, operands[0].dtype)])[0].shape)
  }
}

extension ReplaceDiagonal: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["diagonal": diagonal] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(diagonal: try attributes["diagonal"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try diagonal.check(in: operands.shape(0), operands)
  }
}

extension Triangle: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["diagonal": diagonal, "lower": lower] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(diagonal: try attributes["diagonal"], lower: try attributes["lower"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.demand(operands.rank(0) >= 2, "needs matrices")
  }
}

extension Cat: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["dim": dim] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(dim: try attributes["dim"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1...(1 << 16))
    try operands.axis(dim)
    try operands.oneType()
  }
}

extension Gather: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["dim": dim] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(dim: try attributes["dim"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try operands.checkLanes(dim, 0, 1)
  }
}

extension StoredOperands {
  /// Refuses positions, operand `positions`, that do not stand beside the elements of operand `values` along `dim`.
  fileprivate func checkLanes(_ dim: Int, _ values: Int, _ positions: Int) throws(TensorError) {
    try axis(dim, of: values)
    try rank(positions, is: rank(values))
    try integers(positions)
    for d in shape(values).indices where d != dim {
      try demand(shape(values)[d] == shape(positions)[d], "positions and elements differ in dimension \(d)")
    }
  }

  /// Refuses anything but `[outer, rows, inner]` and positions.
  fileprivate func checkRows() throws(TensorError) {
    try rank(0, is: 3)
    try rank(1, is: 1)
    try integers(1)
  }
}

extension TakeRows: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["wrap": wrap] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(wrap: try attributes["wrap"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try operands.rank(0, is: 3)
    try operands.integers(1)
  }
}

extension AddRows: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["rows": rows, "wrap": wrap] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(rows: try attributes["rows"], wrap: try attributes["wrap"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try operands.rank(0, is: 3)
    try operands.integers(1)
    try operands.number(rows, in: 0...StoredOperands.mostElements, "rows")
    try operands.demand(operands[1].count == operands.shape(0)[1], "needs a position for each row")
  }
}

extension PutRows: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["accumulate": accumulate, "wrap": wrap] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(accumulate: try attributes["accumulate"], wrap: try attributes["wrap"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(3)
    try operands.rank(0, is: 3)
    try operands.integers(1)
    try operands.shape(2, is: [operands.shape(0)[0], operands[1].count, operands.shape(0)[2]])
    try operands.demand(
      operands[0].dtype.isComplex || !operands[2].dtype.isComplex, "complex numbers cannot be put among others")
  }
}

extension LinearIndex: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["sizes": sizes, "wrap": wrap, "operation": operation]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(sizes: try attributes["sizes"], wrap: try attributes["wrap"], operation: try attributes["operation"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1...StoredOperands.mostDimensions)
    try operands.possible(sizes)
    try operands.demand(sizes.count == operands.count, "needs a size for each operand")
    for i in 0..<operands.count { try operands.integers(i) }
  }
}

extension ScatterValues: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["dim": dim] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(dim: try attributes["dim"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) { try operands.checkScattering(dim) }
}

extension StoredOperands {
  /// Refuses anything but elements, positions, and an element for each of these.
  fileprivate func checkScattering(_ dim: Int) throws(TensorError) {
    try count(3)
    try checkLanes(dim, 0, 1)
    try shape(2, is: shape(1))
    try demand(types[0].dtype.isComplex || !types[2].dtype.isComplex, "complex numbers cannot be put among others")
  }
}

extension ScatterSum: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["dim": dim] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(dim: try attributes["dim"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) { try operands.checkScattering(dim) }
}

extension ScatterCombine.Kind: StoredChoice {
  package static var choices: [ScatterCombine.Kind] { [.prod, .max, .min] }
}

extension ScatterCombine: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["dim": dim, "kind": kind] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(dim: try attributes["dim"], kind: try attributes["kind"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) { try operands.checkScattering(dim) }
}

extension ViewAsReal: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.demand(operands[0].dtype.isComplex, "needs complex elements")
  }
}

extension ViewAsComplex: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.demand(operands.shape(0).last == 2, "needs pairs in the last dimension")
  }
}
