// Operations on tensors of devices.

/// ``perform(_:_:types:in:)`` where an input or the results lie on a device.
@inline(never)
func performOnDevice(
  _ primitive: any Primitive, _ inputs: [Tensor], types: [TensorType]
) throws(TensorError) -> [Tensor] {
  let source = try engine(of: inputs, primitive.name)
  var engine = source
  if let destination = primitive.destination { engine = try Devices.engine(destination, primitive.name) }
  guard let engine, engine === source else {
    let results = try onHost(primitive, inputs, types: types)
    guard let engine else { return results }
    return try results.map { (result) throws(TensorError) in try result.copied(to: engine) }
  }
  if let seen = try primitive.seen(inputs, types) { return [seen] }
  var results: [Tensor] = []
  for (i, type) in types.enumerated() {
    try checkSize(type, primitive.name)
    let strides = primitive.layout(of: i, inputs, type).strides(type.shape)
    results.append(try Tensor.uninitialized(type, strides: strides, on: engine))
  }
  if try engine.evaluate(primitive, inputs, into: results) { return results }
  if let composed = primitive as? any ComposedPrimitive {
    return noGrad { Context.with(untraced: true, engine: .some(engine)) { composed.composed(inputs) } }
  }
  // Random numbers are the host's on every device.
  if !primitive.isRandom { try Devices.noteMissing(primitive.name, on: engine.device) }
  return try onHost(primitive, inputs, types: types).map { (result) throws(TensorError) in
    try result.copied(to: engine)
  }
}

/// Numbers (tensors without dimensions) of the host go with operands on any device: they move there, and their gradients
/// back, before the operation.
func withNumbersMoved(_ inputs: [Tensor]) -> [Tensor] {
  guard let device = inputs.lazy.compactMap(\.body.engine).first?.device else { return inputs }
  return inputs.map { $0.rank == 0 && !$0.body.flags.contains(.device) ? $0.to(device) : $0 }
}

/// The engine of all inputs that lie on a device.
private func engine(of inputs: [Tensor], _ operation: String) throws(TensorError) -> (any DeviceEngine)? {
  guard let engine = inputs.lazy.compactMap(\.body.engine).first else { return nil }
  for input in inputs where input.body.engine !== engine {
    let other = input.body.engine?.device ?? .cpu
    throw TensorError(
      .value, operation,
      "the operands lie on different devices, \(engine.device) and \(other); move one with .to(\"\(engine.device)\")")
  }
  return engine
}

/// The results on the host, from copies of what lies on a device.
private func onHost(
  _ primitive: any Primitive, _ inputs: [Tensor], types: [TensorType]
) throws(TensorError) -> [Tensor] {
  let copies = inputs.map(\.hostCopy)
  return try Context.onHost { () throws(TensorError) in
    try performOnHost(primitive, copies, types: types)
  }
}

extension Tensor {
  /// The same elements on the host, a view of the host's copy of what lies on a device.
  fileprivate var hostCopy: Tensor {
    guard let memory = body.deviceMemory else { return self }
    let range = body.byteRange
    let start = memory.hostAddress(of: body.address, range)
    let storage = Storage.make(pointer: start + range.lowerBound, byteCount: range.count, owner: body.storage)
    return Tensor(
      TensorBody(storage: storage, data: start, shape: body.shape, strides: body.strides, dtype: body.dtype))
  }

  /// A copy of this tensor of the host on a device, in the same order where it is dense.
  func copied(to engine: any DeviceEngine) throws(TensorError) -> Tensor {
    let order = memoryOrder(body.shape, body.strides)
    let strides = (order.map { Layout.order($0) } ?? .rowMajor).strides(body.shape)
    let source = order == nil ? try dense() : body
    let result = try Tensor.uninitialized(body.type, strides: strides, on: engine)
    engine.copyIn(source.data, to: result.body.address, body.count * body.dtype.size)
    return withExtendedLifetime(source) { result }
  }
}
