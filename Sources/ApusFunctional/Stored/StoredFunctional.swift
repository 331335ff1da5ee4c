import ApusCore

// The operations of this module in files.

extension StoredOperations {
  /// Operations of `nn.functional` by their names in files.
  package static let functional: StoredTable = [
    "linear": LinearProduct.self, "matmul": MatrixProduct.self, "convolution": ConvolutionForward.self,
    "convolution_transposed": ConvolutionInputGradient.self, "embedding": EmbeddingRows.self,
    "bag_maxima": BagMaxima.self, "attention": FusedAttention.self, "softmax": SoftmaxRows.self,
    "layer_norm": LayerNormRows.self, "rms_norm": RMSNormRows.self, "batch_norm": BatchNormTraining.self,
    "among_results": AmongResults.self, "max_pool": MaxPool.self, "max_windows": GeneralMaxPool.self,
    "average_pool": AveragePool.self, "range_means": RangeMeans.self, "grid_sample": GridSamples.self,
    "recurrence": Recurrence.self, "pair_distances": PairDistances.self, "chosen_classes": ChosenClasses.self,
    "cross_entropy": CrossEntropyRows.self, "one_hot": OneHotRows.self, "target_count": TargetCount.self,
  ]
}

extension StoredOperations {
  /// Formulas of this module that have a loop of their own.
  package static let functionalLoops: [Formula] = [LossFormula.smoothL1, LossFormula.huber]
}

extension StoredOperands {
  /// Refuses operand `i` unless its elements are numbers that products are computed of.
  fileprivate func numbers(_ i: Int) throws(TensorError) {
    try demand(types[i].dtype != .bool, "operand \(i) must have numbers")
  }
}

// MARK: Products

extension LinearProduct: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2...3)
    try operands.oneType()
    try operands.numbers(0)
    try operands.demand(operands.rank(0) > 0, "needs at least one dimension")
    try operands.rank(1, is: 2)
  }
}

extension MatrixProduct: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try operands.oneType()
    try operands.numbers(0)
    try operands.demand(operands.rank(0) >= 2 && operands.rank(1) >= 2, "needs matrices")
  }
}

// MARK: Convolution

extension ConvolutionSettings: StoredRecord {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    [
      "stride": stride, "padding": padding, "padding_after": paddingAfter, "dilation": dilation, "groups": groups,
    ]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      stride: try attributes["stride"], padding: try attributes["padding"],
      paddingAfter: try attributes["padding_after"], dilation: try attributes["dilation"],
      groups: try attributes["groups"])
  }

  /// Refuses settings that do not fit images and filters of these shapes.
  func check(_ input: [Int], _ weight: [Int], _ operands: StoredOperands) throws(TensorError) {
    let rank = stride.count
    let most = StoredOperands.largestNumber
    try operands.number(rank, in: 1...3, "the number of spatial dimensions")
    try operands.numbers(stride, in: 1...most, "stride")
    try operands.numbers(padding, count: rank, in: -most...most, "padding")
    try operands.numbers(paddingAfter, count: rank, in: -most...most, "padding_after")
    try operands.numbers(dilation, count: rank, in: 1...most, "dilation")
    try operands.number(groups, in: 1...most, "groups")
    try operands.demand(
      input.count == rank + 2 && weight.count == rank + 2, "needs images and filters of \(rank) dimensions")
    try operands.demand(weight.allSatisfy { $0 > 0 && $0 <= 1 << 30 }, "no filters can have the shape \(weight)")
    try check(input, weight, "convolution")
  }
}

extension ConvolutionForward: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { settings.attributes }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(settings: try ConvolutionSettings(attributes))
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2...3)
    try operands.real(0)
    try settings.check(operands.shape(0), operands.shape(1), operands)
  }
}

extension ConvolutionInputGradient: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["settings": settings, "shape": shape] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(settings: try attributes["settings"], shape: try attributes["shape"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try operands.real(0)
    try operands.possible(shape)
    try settings.check(shape, operands.shape(1), operands)
    try operands.shape(0, is: settings.outputShape(shape, operands.shape(1)))
  }
}

// MARK: Tables

extension EmbeddingRows: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["padding_index": paddingIndex, "scales_by_frequency": scalesByFrequency, "is_sparse": isSparse]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      paddingIndex: try attributes["padding_index"],
      scalesByFrequency: try attributes["scales_by_frequency", default: false],
      isSparse: try attributes["is_sparse", default: false])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try operands.rank(0, is: 2)
    try operands.integers(1)
  }
}

extension BagMaxima: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["bags": bags] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(bags: try attributes["bags"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(3)
    try operands.rank(0, is: 2)
    try operands.real(0)
    try operands.integers(1)
    try operands.integers(2)
    try operands.demand(operands[1].count == operands[2].count, "needs a bag for each index")
    try operands.number(bags, in: 0...StoredOperands.mostElements, "bags")
  }
}

// MARK: Attention

extension AttentionForm: StoredRecord {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    [
      "scale": scale, "soft_cap": softCap, "before": before, "after": after, "position": position, "group": group,
      "kept_factor": keptFactor,
    ]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    scale = try attributes["scale"]
    softCap = try attributes["soft_cap"]
    before = try attributes["before"]
    after = try attributes["after"]
    position = try attributes["position"]
    group = try attributes["group", default: 1]
    keptFactor = try attributes["kept_factor", default: nil]
  }
}

extension FusedAttention: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { form.attributes }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(form: try AttentionForm(attributes)) }

  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(3...4)
    let farthest = AttentionForm.farthest
    try operands.demand(form.keptFactor == nil, "dropout is no part of a program")
    try operands.demand(form.softCap.map { $0 > 0 && $0.isFinite } ?? true, "soft_cap must be above 0")
    try operands.numbers([form.before, form.after].compactMap { $0 }, in: 0...farthest, "before and after")
    try operands.number(form.position, in: 0...farthest, "position")
    try operands.number(form.group, in: 1...StoredOperands.largestNumber, "group")
    let (q, k, v) = (operands.shape(0), operands.shape(1), operands.shape(2))
    try operands.demand(
      q.count >= 2 && k.count == q.count && v.count == q.count, "needs matrices of queries, keys and values")
    for i in 0..<3 { try operands.filled(i) }
    let rank = q.count
    var lead = Array(k.dropLast(2))
    if form.group > 1 {
      try operands.demand(rank >= 3, "a group of heads needs heads")
      lead[rank - 3] *= form.group
    }
    try operands.demand(
      Array(q.dropLast(2)) == lead && Array(v.dropLast(2)) == Array(k.dropLast(2)) && q[rank - 1] == k[rank - 1]
        && k[rank - 2] == v[rank - 2], "queries, keys and values do not fit together")
    try operands.demand(
      operands[0].dtype == .float32 && operands[1].dtype == operands[2].dtype
        && [.float32, .float16, .bfloat16].contains(operands[1].dtype),
      "needs float32 queries, and keys and values in float32, float16 or bfloat16")
    if operands.count == 4 {
      try operands.shape(3, is: Array(q.dropLast()) + [k[rank - 2]])
      try operands.demand([.bool, .float32].contains(operands[3].dtype), "needs a mask of bool or float32")
    }
  }
}

// MARK: Normalisation

extension SoftmaxKind: StoredChoice {
  package static var choices: [SoftmaxKind] { [.plain, .logarithm, .safe] }
}

extension SoftmaxRows: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["kind": kind] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(kind: try attributes["kind"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.floating(0)
  }
}

extension StoredOperands {
  /// Refuses anything but `x` in rows of `count` elements, and as many weights and biases.
  fileprivate func checkRows(_ count: Int, affine: Int) throws(TensorError) {
    try self.count(1 + affine)
    try floating(0)
    try demand(
      count > 0 && types[0].count % count == 0, "rows of \(count) elements do not make up operand 0")
    for i in 1..<(1 + affine) {
      try demand(types[i].count == count && types[i].dtype.isFloatingPoint, "operand \(i) must have \(count) numbers")
    }
  }
}

extension LayerNormRows: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["count": count, "eps": eps, "has_weight": hasWeight, "has_bias": hasBias]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      count: try attributes["count"], eps: try attributes["eps"], hasWeight: try attributes["has_weight"],
      hasBias: try attributes["has_bias"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.checkRows(count, affine: (hasWeight ? 1 : 0) + (hasBias ? 1 : 0))
  }
}

extension RMSNormRows: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["count": count, "eps": eps, "has_weight": hasWeight]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(count: try attributes["count"], eps: try attributes["eps"], hasWeight: try attributes["has_weight"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.checkRows(count, affine: hasWeight ? 1 : 0)
  }
}

extension BatchNormTraining: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["eps": eps, "has_weight": hasWeight, "has_bias": hasBias]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      eps: try attributes["eps"], hasWeight: try attributes["has_weight"], hasBias: try attributes["has_bias"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1 + (hasWeight ? 1 : 0) + (hasBias ? 1 : 0))
    try operands.demand(operands.rank(0) >= 2, "needs channels in dimension 1")
    for i in 0..<operands.count { try operands.floating(i) }
    for i in 1..<operands.count { try operands.shape(i, is: [operands.shape(0)[1]]) }
  }
}

extension AmongResults: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { [:] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init() }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1...StoredOperands.mostDimensions)
  }
}

// MARK: Pooling

extension PoolWindow: StoredRecord {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceilMode]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      kernel: try attributes["kernel"], stride: try attributes["stride"], padding: try attributes["padding"],
      dilation: try attributes["dilation"], ceilMode: try attributes["ceil_mode"])
  }

  /// Refuses anything but windows of images `[N, C, H, W]`.
  func check(_ operands: StoredOperands) throws(TensorError) {
    let most = StoredOperands.largestNumber
    try operands.count(1)
    try operands.rank(0, is: 4)
    try operands.real(0)
    try operands.demand(operands.shape(0)[2] > 0 && operands.shape(0)[3] > 0, "needs images with elements")
    try operands.numbers(kernel, count: 2, in: 1...most, "kernel")
    try operands.numbers(stride, count: 2, in: 1...most, "stride")
    try operands.numbers(padding, count: 2, in: 0...most, "padding")
    try operands.numbers(dilation, count: 2, in: 1...most, "dilation")
    for d in 0..<2 { try operands.demand(padding[d] <= kernel[d] / 2, "padding is at most half of the kernel") }
    try operands.demand(
      outputSizes(Array(operands.shape(0)[2...])).allSatisfy { $0 > 0 }, "the windows are larger than the images")
  }
}

extension ImageLayout: StoredChoice {
  package static var choices: [ImageLayout] { [.channelsFirst, .channelsLast] }
}

extension AverageRule: StoredRecord {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["count_include_pad": countIncludePad, "divisor": divisor]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(countIncludePad: try attributes["count_include_pad"], divisor: try attributes["divisor"])
  }
}

extension MaxPool: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["window": window, "layout": layout] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(window: try attributes["window"], layout: try attributes["layout"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) { try window.check(operands) }
}

extension AveragePool: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["window": window, "layout": layout, "rule": rule]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(window: try attributes["window"], layout: try attributes["layout"], rule: try attributes["rule"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) { try window.check(operands) }
}

extension RangeMeans: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["ranges": ranges, "shape": shape] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(ranges: try attributes["ranges"], shape: try attributes["shape", default: nil])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.rank(0, is: 5)
    try operands.real(0)
    try operands.demand(ranges.count == 3, "needs ranges along three dimensions")
    let whole = shape ?? operands.shape(0)
    try operands.possible(whole)
    try operands.demand(whole.count == 5, "needs volumes")
    for (d, list) in ranges.enumerated() {
      try operands.demand(
        list.allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= whole[d + 2] },
        "a range of dimension \(d + 2) lies outside of \(whole)")
    }
    if shape != nil { try operands.shape(0, is: Array(whole[..<2]) + ranges.map(\.count)) }
  }
}

extension WindowTable: StoredRecord {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["firsts": firsts.map(Int.init), "lengths": lengths.map(Int.init), "step": step]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    let (firsts, lengths): ([Int], [Int]) = (try attributes["firsts"], try attributes["lengths"])
    self.init(firsts: firsts.map(Int64.init), lengths: lengths.map(Int64.init), step: try attributes["step"])
  }
}

extension GeneralMaxPool: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["operation": operation, "windows": windows] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(operation: try attributes["operation"], windows: try attributes["windows"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.rank(0, is: 5)
    try operands.real(0)
    try operands.demand(windows.count == 3, "needs windows along three dimensions")
    for (d, table) in windows.enumerated() {
      let size = operands.shape(0)[d + 2]
      try operands.number(table.step, in: 1...StoredOperands.largestNumber, "step")
      try operands.demand(table.firsts.count == table.lengths.count, "a window needs a first element and a length")
      for (first, length) in zip(table.firsts, table.lengths) {
        let last = Int(first).clampedAdding(Int(length).clampedAdding(-1).clampedMultiplying(table.step))
        try operands.demand(
          first >= 0 && length >= 1 && last < size, "a window of dimension \(d + 2) lies outside of the volume")
      }
    }
  }
}

// MARK: Images, sequences, distances

extension GridSampleMode: StoredChoice {
  package static var choices: [GridSampleMode] { [.bilinear, .nearest, .bicubic] }
}

extension GridPaddingMode: StoredChoice {
  package static var choices: [GridPaddingMode] { [.zeros, .border, .reflection] }
}

extension GridSamples: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["mode": mode, "padding": padding, "align_corners": alignCorners]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      mode: try attributes["mode"], padding: try attributes["padding"], alignCorners: try attributes["align_corners"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try operands.rank(0, is: 4...5)
    try operands.rank(1, is: operands.rank(0))
    try operands.filled(0)
    let (image, grid) = (operands.shape(0), operands.shape(1))
    try operands.demand(
      mode != .bicubic && grid[0] == image[0] && grid[grid.count - 1] == image.count - 2,
      "needs a position for each dimension, and a grid for each image")
    try operands.demand(
      operands[0].dtype == operands[1].dtype && [.float32, .float64].contains(operands[0].dtype),
      "needs images and grids in float32 or float64")
  }
}

extension RecurrentCell: StoredChoice {
  package static var choices: [RecurrentCell] { [.tanh, .relu, .lstm, .gru] }
}

extension RecurrenceSetup: StoredRecord {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    [
      "cell": cell, "is_reverse": isReverse, "has_bias": hasBias, "has_projection": hasProjection,
      "batch_sizes": batchSizes,
    ]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      cell: try attributes["cell"], isReverse: try attributes["is_reverse"], hasBias: try attributes["has_bias"],
      hasProjection: try attributes["has_projection"], batchSizes: try attributes["batch_sizes"])
  }
}

extension Recurrence: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["setup": setup, "saves_gates": savesGates] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(setup: try attributes["setup"], savesGates: try attributes["saves_gates"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(setup.inputCount)
    for i in 0..<operands.count {
      try operands.floating(i)
      try operands.filled(i)
    }
    try operands.demand(!setup.hasProjection || setup.cell == .lstm, "only an LSTM has a projection")
    if let sizes = setup.batchSizes {
      try operands.numbers(sizes, in: 1...StoredOperands.mostElements >> 20, "batch_sizes")
      try operands.demand(
        !sizes.isEmpty && zip(sizes, sizes.dropFirst()).allSatisfy { $0 >= $1 }, "batch_sizes must not grow")
    }
  }
}

extension PairDistances: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["p": p] }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(p: try attributes["p"]) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.rank(0, is: 2)
    try operands.demand([.float32, .float64].contains(operands[0].dtype), "needs float32 or float64")
    try operands.number(operands.shape(0)[0], in: 0...1 << 22, "the number of rows")
    try operands.demand(p >= 0, "p must not be negative")
  }
}

// MARK: Classes

extension StoredOperands {
  /// Refuses anything but `[rows, classes]` and `[rows]` targets.
  fileprivate func checkClasses() throws(TensorError) {
    try count(2)
    try rank(0, is: 2)
    try shape(1, is: [shape(0)[0]])
    try integers(1)
  }
}

extension ChosenClasses: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["ignore_index": ignoreIndex, "operation": operation]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(ignoreIndex: try attributes["ignore_index"], operation: try attributes["operation"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) { try operands.checkClasses() }
}

extension CrossEntropyRows: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["ignore_index": ignoreIndex] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(ignoreIndex: try attributes["ignore_index"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.checkClasses()
    try operands.floating(0)
  }
}

extension OneHotRows: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["classes": classes, "ignore_index": ignoreIndex, "dtype": dtype, "operation": operation]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      classes: try attributes["classes"], ignoreIndex: try attributes["ignore_index"], dtype: try attributes["dtype"],
      operation: try attributes["operation"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.integers(0)
    try operands.number(classes, in: 0...StoredOperands.mostElements, "classes")
  }
}

extension TargetCount: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["ignore_index": ignoreIndex, "dtype": dtype] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(ignoreIndex: try attributes["ignore_index"], dtype: try attributes["dtype"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.integers(0)
  }
}
