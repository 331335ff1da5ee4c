// The one place where results come from: a view of the input, or memory that is allocated here and filled by the
// operation.

/// How the elements of a result lie in memory.
public enum Layout: Sendable {
  /// The last dimension goes fastest.
  case rowMajor
  /// Dimensions from the slowest to the fastest.
  case order([Int])
  /// Images `[N, C, spatial...]` with their channels innermost.
  case channelsLast

  /// The steps between neighbours for a dense tensor of `shape`, in elements.
  public func strides(_ shape: [Int]) -> [Int] {
    switch self {
    case .rowMajor: rowMajorStrides(shape)
    case .order(let order): denseStrides(shape, order: order)
    case .channelsLast: channelsLastStrides(shape)
    }
  }

  /// The order of the first input that has the shape of the result, so that channels-last stays channels-last.
  static func kept(_ inputs: [Tensor], _ shape: [Int]) -> Layout {
    guard let leader = inputs.first(where: { $0.body.shape == shape && $0.count > 1 })?.body, !leader.isContiguous,
      let order = memoryOrder(leader.shape, leader.strides)
    else { return .rowMajor }
    return .order(order)
  }

  /// Channels-last if all of `inputs` are.
  package static func images(_ inputs: [Tensor]) -> Layout {
    inputs.allSatisfy { !$0.body.isContiguous && isChannelsLast($0.body.shape, $0.body.strides) }
      ? .channelsLast : .rowMajor
  }
}

/// A result that is no memory of its own: the elements of the input, seen in another way. The shape is the result's.
public struct View: Sendable {
  /// The steps between neighbours along each dimension, in elements of the result.
  public var strides: [Int]
  /// Where element [0, 0, ...] lies behind that of the input, in elements of the input.
  public var offset: Int

  /// A view with a stride for each dimension, `offset` elements behind the input's first; strides count elements too.
  public init(strides: [Int], offset: Int = 0) {
    self.strides = strides
    self.offset = offset
  }
}

/// The results of `primitive`, whose types are known, on inputs that no interpreter follows.
///
/// - Parameter place: memory that the caller has for a result with these strides.
package func perform(
  _ primitive: any Primitive, _ inputs: [Tensor], types: [TensorType],
  in place: ((_ result: Int, _ strides: [Int]) -> Tensor?)? = nil
) throws(TensorError) -> [Tensor] {
  if primitive.destination != nil || inputs.contains(where: { $0.body.flags.contains(.device) }) {
    return try performOnDevice(primitive, inputs, types: types)
  }
  return try performOnHost(primitive, inputs, types: types, in: place)
}

/// ``perform(_:_:types:in:)`` where all inputs lie on the host.
func performOnHost(
  _ primitive: any Primitive, _ inputs: [Tensor], types: [TensorType],
  in place: ((_ result: Int, _ strides: [Int]) -> Tensor?)? = nil
) throws(TensorError) -> [Tensor] {
  if let seen = try primitive.seen(inputs, types) { return [seen] }
  // A view larger than the memory cannot be made dense, which most operations do.
  for input in inputs where !input.body.isContiguous { try checkMemory(input.body.type, primitive.name) }
  var results: [Tensor] = []
  results.reserveCapacity(types.count)
  for (i, type) in types.enumerated() {
    try checkMemory(type, primitive.name)
    let strides = primitive.layout(of: i, inputs, type).strides(type.shape)
    results.append(place?(i, strides) ?? Tensor.uninitialized(type, strides: strides))
  }
  try primitive.evaluate(inputs, into: results)
  return results
}

extension Primitive {
  /// The result if it is a view: of any size that an Int can tell, for it takes no memory.
  func seen(_ inputs: [Tensor], _ types: [TensorType]) throws(TensorError) -> Tensor? {
    guard types.count == 1, let view = try view(inputs, type: types[0]) else { return nil }
    try checkSize(types[0], name)
    return inputs[0].seen(view, types[0])
  }
}

extension Tensor {
  /// These elements seen as `view` says, which gives them the type and shape of `type`. Nothing is read.
  package func seen(_ view: View, _ type: TensorType) -> Tensor {
    Tensor(
      TensorBody(
        storage: body.storage, data: body.address + view.offset * body.dtype.size, shape: type.shape,
        strides: view.strides, dtype: type.dtype))
  }

  /// The elements in row-major order and of type `dtype`, its own if none is given: the tensor's where they are so
  /// already. For what fills results; nothing of it is recorded or followed.
  package func dense(_ dtype: DType? = nil) throws(TensorError) -> TensorBody {
    let dtype = dtype ?? body.dtype
    if body.isContiguous && body.dtype == dtype { return body }
    let type = TensorType(body.shape, dtype)
    try checkMemory(type, "contiguous")
    let copy = Tensor.uninitialized(type.shape, dtype).body
    copyElements(from: body, to: copy)
    return copy
  }

  /// The elements in type `dtype` as they lie, converted only if they have another one. See ``dense(_:)``.
  package func converted(_ dtype: DType) throws(TensorError) -> TensorBody {
    if body.dtype == dtype { return body }
    return try perform(Cast(dtype: dtype), [self], types: [TensorType(body.shape, dtype)])[0].body
  }

  /// Lets `compute` write row-major elements of type `dtype` that become those of this result.
  package func fill(
    as dtype: DType, _ compute: (TensorBody) throws(TensorError) -> Void
  ) throws(TensorError) {
    if body.isContiguous && body.dtype == dtype { return try compute(body) }
    let type = TensorType(body.shape, dtype)
    try checkMemory(type, "contiguous")
    let wide = Tensor.uninitialized(type.shape, dtype).body
    try compute(wide)
    copyElements(from: wide, to: body)
  }

  /// Stores the elements of `value`, broadcast and converted, in this tensor, a result that an operation of one's own has to
  /// fill (see ``Primitive/evaluate(_:into:)``): nobody else has seen it yet.
  public func fill(from value: Tensor) throws(TensorError) {
    if value.hasFailed { return }
    guard broadcastShapes(shape, value.shape) == shape else {
      throw TensorError(.shape, "fill", "elements of shape \(value.shape) do not fit a result of shape \(shape)")
    }
    fill(with: value.resolved.view(shape, strides: broadcastStrides(value.shape, value.strides, to: shape)))
  }

  /// Stores the elements of `value`, of the same shape, in this result.
  package func fill(with value: Tensor) { copyElements(from: value.body, to: body) }

  /// Stores zeros in this result.
  package func fillZero() { fillElements(.int(0)) }
}
