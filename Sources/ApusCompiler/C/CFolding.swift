import ApusCore

// What of a program can be computed when it is written.

extension Graph {
  /// How much larger than its operands a constant may be that is computed now, and how large in any case, in bytes.
  private static let growth = 2
  private static let smallSize = 1 << 16

  /// Constants by value, with the views of them.
  func constantsAndViews() throws(TensorError) -> [Int: Tensor] {
    var known = constants
    for node in nodes {
      guard case .primitive(let primitive) = node.operation, node.outputs.count == 1,
        values[node.outputs[0]].view != nil, let operands = operands(of: node, among: known)
      else { continue }
      known[node.outputs[0]] = try computed(primitive, node, operands)[0]
    }
    return known
  }

  private func operands(of node: Node, among known: [Int: Tensor]) -> [Tensor]? {
    let operands = node.inputs.compactMap { known[$0] }
    return operands.count == node.inputs.count ? operands : nil
  }

  private func computed(_ primitive: any Primitive, _ node: Node, _ operands: [Tensor]) throws(TensorError) -> [Tensor]
  {
    try perform(primitive, operands, types: node.outputs.map { values[$0].type })
  }

  /// Computes what depends on constants alone. Views of constants stay views.
  mutating func foldConstants() throws(TensorError) {
    var known = constants
    var kept: [Node] = []
    for node in nodes {
      guard case .primitive(let primitive) = node.operation, !primitive.isRandom,
        let operands = operands(of: node, among: known)
      else {
        kept.append(node)
        continue
      }
      let sizes = operands.map { $0.count * $0.dtype.size }
      let made = node.outputs.reduce(0) { $0 + values[$1].type.count * values[$1].type.dtype.size }
      let isView = node.outputs.contains { values[$0].view != nil }
      guard isView || made <= max(Self.smallSize, Self.growth * sizes.reduce(0, +)) else {
        kept.append(node)
        continue
      }
      for (value, tensor) in zip(node.outputs, try computed(primitive, node, operands)) {
        known[value] = tensor
        if !isView {
          constants[value] = tensor
          values[value].strides = tensor.strides
        }
      }
      if isView { kept.append(node) }
    }
    nodes = kept
  }

  /// Puts constants that operations read into the order that their C reads (``CPreparation``).
  mutating func prepareOperands() throws(TensorError) {
    let known = try constantsAndViews()
    for i in nodes.indices {
      guard case .primitive(let primitive) = nodes[i].operation, let preparation = primitive as? any CPreparation,
        let prepared = try preparation.prepared(
          nodes[i].inputs.map { values[$0].type }, known: nodes[i].inputs.map { known[$0] })
      else { continue }
      nodes[i].operation = .primitive(prepared.primitive)
      for (k, tensor) in prepared.operands.sorted(by: { $0.key < $1.key }) {
        let value = constant(tensor)
        // What the operation held itself is an operand of the prepared one, behind the others.
        if k < nodes[i].inputs.count { nodes[i].inputs[k] = value } else { nodes[i].inputs.append(value) }
      }
    }
  }

  /// Multiplies the weights of products (``ScalesWithWeight``) by the factors of a normalisation that follows, `y * scale + shift` with
  /// known numbers for each channel, which then costs nothing.
  mutating func foldNormalisations() throws(TensorError) {
    let known = try constantsAndViews()
    let uses = useCounts
    var maker: [Int: Int] = [:]
    for (i, node) in nodes.enumerated() { for output in node.outputs { maker[output] = i } }
    let scaled = Expression.binary(.add, .binary(.mul, .input(0), .input(1)), .input(2))
    for j in nodes.indices {
      guard case .primitive(let next) = nodes[j].operation, let form = next.pointwiseForm,
        form.formula.outputs == [scaled], let i = maker[nodes[j].inputs[0]], uses[nodes[j].inputs[0]] == 1,
        case .primitive(let primitive) = nodes[i].operation, let product = primitive as? any ScalesWithWeight,
        // Nothing is done to its result yet.
        product.absorbing(.relu) != nil, let weight = known[nodes[i].inputs[product.weightInput]],
        weight.dtype.isFloatingPoint
      else { continue }
      let result = values[nodes[i].outputs[0]].type.shape
      let behind = product.channelDimension < 0 ? -product.channelDimension : result.count - product.channelDimension
      func line(_ input: Int) -> Tensor? { perChannel(known[nodes[j].inputs[input]], weight, behind: behind - 1) }
      guard let scale = line(1), let shift = line(2) else { continue }
      var bias: Tensor?
      if nodes[i].inputs.count > product.biasInput {
        guard let own = known[nodes[i].inputs[product.biasInput]] else { continue }
        bias = own
      }
      let operands = noGrad {
        let column = scale.reshape([scale.count] + [Int](repeating: 1, count: weight.rank - 1))
        return [weight * column, bias.map { $0 * scale + shift } ?? shift].map { $0.contiguous() }
      }
      if operands.contains(where: \.hasFailed) { continue }
      nodes[i].inputs[product.weightInput] = constant(operands[0])
      nodes[i].inputs[product.biasInput...] = [constant(operands[1])]
      // What the normalisation gave is what the convolution gives now.
      nodes[i].outputs = nodes[j].outputs
      nodes[j].outputs = []
    }
    nodes.removeAll { $0.outputs.isEmpty && !$0.hasEffect }
  }

  /// The numbers of the channels of a product's result, if `tensor` has one for each in the dimension with `behind` others behind it.
  private func perChannel(_ tensor: Tensor?, _ weight: Tensor, behind: Int) -> Tensor? {
    let channels = weight.shape[0]
    guard let tensor, tensor.dtype == weight.dtype, tensor.count == channels else { return nil }
    let place = tensor.rank - 1 - behind
    guard tensor.shape.indices.contains(place), tensor.shape[place] == channels else { return nil }
    return tensor.reshape([channels])
  }

  /// A value that is always `tensor`.
  private mutating func constant(_ tensor: Tensor) -> Int {
    values.append(Trace.Value(type: tensor.type, strides: tensor.strides))
    constants[values.count - 1] = tensor
    return values.count - 1
  }
}
