import ApusCore

// Gradients in files: those that a function computes as a part of itself.

extension StoredOperations {
  /// Gradients of operations of `nn.functional` by their names in files.
  package static let gradients: StoredTable = [
    "softmax_gradient": SoftmaxGradient.self, "layer_norm_gradient": LayerNormGradient.self,
    "rms_norm_gradient": RMSNormGradient.self, "batch_norm_gradient": BatchNormGradient.self,
    "cross_entropy_gradient": CrossEntropyRowsGradient.self, "embedding_gradient": EmbeddingGradient.self,
    "placed_classes": PlacedClasses.self, "convolution_weight_gradient": ConvolutionWeightGradient.self,
    "average_pool_gradient": AveragePoolGradient.self, "attention_gradient": FusedAttentionGradient.self,
    "recurrence_gradient": RecurrenceGradient.self,
  ]
}

extension SoftmaxGradient: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["is_logarithm": isLogarithm] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(isLogarithm: try attributes["is_logarithm"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try operands.floating(0)
    try operands.floating(1)
    try operands.shape(1, is: operands.shape(0))
  }
}

extension StoredOperands {
  /// Refuses anything but a cotangent, `x` in rows of `count` elements, `statistics` numbers for each row, and a weight if
  /// there is one.
  fileprivate func checkRowGradients(_ count: Int, statistics: Int, hasWeight: Bool) throws(TensorError) {
    try self.count(2 + statistics + (hasWeight ? 1 : 0))
    for i in 0..<self.count { try floating(i) }
    try shape(0, is: shape(1))
    try demand(count > 0 && types[1].count % count == 0, "rows of \(count) elements do not make up operand 1")
    for i in 2..<(2 + statistics) {
      try demand(
        types[i].count == types[1].count / count && types[i].dtype == types[1].dtype.accumulateType,
        "operand \(i) must have a number for each row")
    }
    if hasWeight { try demand(types[2 + statistics].count == count, "the weight must have \(count) numbers") }
  }
}

extension LayerNormGradient: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["count": count, "eps": eps, "has_weight": hasWeight, "wants_sums": wantsSums]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      count: try attributes["count"], eps: try attributes["eps"], hasWeight: try attributes["has_weight"],
      wantsSums: try attributes["wants_sums"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.checkRowGradients(count, statistics: 2, hasWeight: hasWeight)
  }
}

extension RMSNormGradient: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["count": count, "eps": eps, "has_weight": hasWeight]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(count: try attributes["count"], eps: try attributes["eps"], hasWeight: try attributes["has_weight"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.checkRowGradients(count, statistics: 1, hasWeight: hasWeight)
  }
}

extension BatchNormGradient: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["has_weight": hasWeight] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(hasWeight: try attributes["has_weight"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(4 + (hasWeight ? 1 : 0))
    for i in 0..<operands.count { try operands.floating(i) }
    try operands.demand(operands.rank(0) >= 2, "needs channels in dimension 1")
    try operands.shape(1, is: operands.shape(0))
    for i in 2..<operands.count {
      try operands.shape(i, is: [operands.shape(0)[1]])
      if i < 4 {
        try operands.demand(
          operands[i].dtype == operands[1].dtype.accumulateType, "operand \(i) must have the type of the statistics")
      }
    }
  }
}

extension CrossEntropyRowsGradient: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["ignore_index": ignoreIndex] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(ignoreIndex: try attributes["ignore_index"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(4)
    try operands.rank(0, is: 2)
    try operands.floating(0)
    try operands.integers(2)
    for i in 1..<4 {
      try operands.shape(i, is: [operands.shape(0)[0]])
      try operands.real(i)
    }
  }
}

extension EmbeddingGradient: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { ["rows": rows, "padding_index": paddingIndex] }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(rows: try attributes["rows"], paddingIndex: try attributes["padding_index"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try operands.floating(0)
    try operands.integers(1)
    try operands.demand(operands.rank(0) > 0, "needs rows")
    try operands.shape(1, is: Array(operands.shape(0).dropLast()))
    try operands.number(rows, in: 0...StoredOperands.mostElements >> 16, "rows")
  }
}

extension PlacedClasses: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["classes": classes, "ignore_index": ignoreIndex, "operation": operation]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      classes: try attributes["classes"], ignoreIndex: try attributes["ignore_index"],
      operation: try attributes["operation"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try operands.rank(0, is: 1)
    try operands.shape(1, is: operands.shape(0))
    try operands.integers(1)
    try operands.number(classes, in: 0...StoredOperands.mostElements, "classes")
  }
}

extension ConvolutionWeightGradient: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["settings": settings, "shape": shape, "has_bias": hasBias]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      settings: try attributes["settings"], shape: try attributes["shape"], hasBias: try attributes["has_bias"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(2)
    try operands.real(0)
    try operands.possible(shape)
    try settings.check(operands.shape(0), shape, operands)
    try operands.shape(1, is: settings.outputShape(operands.shape(0), shape))
  }
}

extension StoredOperands {
  /// Refuses operands from `first` on that are not what an operation on others gives.
  fileprivate func results(of types: [TensorType], from first: Int) throws(TensorError) {
    try demand(
      first + types.count <= count && Array(self.types[first..<first + types.count]) == types,
      "operands from \(first) on must be what the operation before gives")
  }
}

extension AveragePoolGradient: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["window": window, "layout": layout, "rule": rule, "shape": shape]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      window: try attributes["window"], layout: try attributes["layout"], rule: try attributes["rule"],
      shape: try attributes["shape"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(1)
    try operands.floating(0)
    try operands.possible(shape)
    // The cotangent is like the means of images of this shape.
    let images = TensorType(shape, operands[0].dtype)
    try window.check(StoredOperands([images], of: "average_pool"))
    try operands.results(of: AveragePool(window: window, layout: layout, rule: rule).outputTypes([images]), from: 0)
  }
}

extension FusedAttentionGradient: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> { form.attributes }
  package init(_ attributes: StoredAttributes) throws(TensorError) { self.init(form: try AttentionForm(attributes)) }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    try operands.count(6...7)
    let (forward, own) = (FusedAttention(form: form), Array(operands.types[..<3] + operands.types[6...]))
    try forward.check(StoredOperands(own, of: "attention"))
    let made = try forward.outputTypes(own)
    try operands.results(of: made + [made[0]], from: 3)
  }
}

extension RecurrenceGradient: StoredPrimitive {
  package var attributes: KeyValuePairs<String, any AttributeValue> {
    ["setup": setup, "wants_input": wantsInput, "wants_weights": wantsWeights]
  }
  package init(_ attributes: StoredAttributes) throws(TensorError) {
    self.init(
      setup: try attributes["setup"], wantsInput: try attributes["wants_input"],
      wantsWeights: try attributes["wants_weights"])
  }
  package func check(_ operands: StoredOperands) throws(TensorError) {
    let (given, count) = (1 + setup.stateCount, setup.inputCount)
    try operands.demand(operands.count > given + count, "needs cotangents, operands and results of a recurrence")
    let forward = Recurrence(setup: setup, savesGates: true)
    let own = Array(operands.types[given..<given + count])
    try forward.check(StoredOperands(own, of: "recurrence"))
    let made = try forward.outputTypes(own)
    try operands.results(of: Array(made[..<given]), from: 0)
    let saved = [made[0]] + made[given...]
    try operands.count(given + count + saved.count)
    try operands.results(of: saved, from: given + count)
  }
}
