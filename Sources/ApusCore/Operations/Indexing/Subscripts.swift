// One subscript for every number of indices: parameter packs cannot be assigned through. Each overload costs the compiler time in
// every expression with a subscript, so there are no more than these; `scripts/check-hints.py` holds it under 100 ms.

extension Tensor {
  /// The part of the tensor that the indices name; see ``TensorIndex``. Assigning writes to it.
  public subscript(_ a: some TensorIndexConvertible) -> Tensor {
    get { read(at: [a.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex]) }
  }

  /// The part of the tensor that two indices name. Assigning writes to it.
  public subscript(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible) -> Tensor {
    get { read(at: [a.tensorIndex, b.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex]) }
  }

  /// The part of the tensor that three indices name. Assigning writes to it.
  public subscript(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible, _ c: some TensorIndexConvertible)
    -> Tensor
  {
    get { read(at: [a.tensorIndex, b.tensorIndex, c.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex, c.tensorIndex]) }
  }

  /// The part of the tensor that four indices name. Assigning writes to it.
  public subscript(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible, _ c: some TensorIndexConvertible,
    _ d: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
  }

  /// The part of the tensor that five indices name. Assigning writes to it.
  public subscript(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible, _ c: some TensorIndexConvertible,
    _ d: some TensorIndexConvertible, _ e: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex, e.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex, e.tensorIndex]) }
  }

  /// The part of the tensor at any number of indices; nil makes a new dimension. Assigning writes to it.
  @_disfavoredOverload
  public subscript(_ indices: (any TensorIndexConvertible)?...) -> Tensor {
    get { read(at: indices.tensorIndices) }
    set { write(newValue, at: indices.tensorIndices) }
  }
}

// `...` for all dimensions that no other index names.

extension Tensor {
  /// The part of the tensor that the last indices name; nil makes a new dimension. Assigning writes to it.
  public subscript(_ ellipsis: UnboundedRange, _ indices: (any TensorIndexConvertible)?...) -> Tensor {
    get { read(at: [.remaining] + indices.tensorIndices) }
    set { write(newValue, at: [.remaining] + indices.tensorIndices) }
  }

  /// The part of the tensor that the first and the last indices name; nil makes a new dimension. Assigning writes to it.
  public subscript(_ a: (any TensorIndexConvertible)?, _ ellipsis: UnboundedRange,
    _ indices: (any TensorIndexConvertible)?...
  ) -> Tensor {
    get { read(at: [a.tensorIndex, .remaining] + indices.tensorIndices) }
    set { write(newValue, at: [a.tensorIndex, .remaining] + indices.tensorIndices) }
  }

  /// The part of the tensor that the first two and the last indices name; nil makes a new dimension. Assigning writes to it.
  public subscript(_ a: (any TensorIndexConvertible)?, _ b: (any TensorIndexConvertible)?, _ ellipsis: UnboundedRange,
    _ indices: (any TensorIndexConvertible)?...
  ) -> Tensor {
    get { read(at: [a.tensorIndex, b.tensorIndex, .remaining] + indices.tensorIndices) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex, .remaining] + indices.tensorIndices) }
  }
}

// nil for a new dimension, as Python's None, where it is written most: the compiler finds these faster than the one of any number.

/// What `nil` is as an index: a new dimension of size 1.
public struct NewAxis: ExpressibleByNilLiteral, TensorIndexConvertible {
  public init(nilLiteral: ()) {}
  public var tensorIndex: TensorIndex { .newDimension }
}

extension Tensor {
  /// The tensor with a new dimension in front. Assigning writes to it.
  public subscript(_ a: NewAxis) -> Tensor {
    get { read(at: [a.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex]) }
  }

  /// A new dimension, then what an index names. Assigning writes to it.
  public subscript(_ a: NewAxis, _ b: some TensorIndexConvertible) -> Tensor {
    get { read(at: [a.tensorIndex, b.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex]) }
  }

  /// What an index names, then a new dimension. Assigning writes to it.
  public subscript(_ a: some TensorIndexConvertible, _ b: NewAxis) -> Tensor {
    get { read(at: [a.tensorIndex, b.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex]) }
  }
}

// Numbers are stored through an existential type: through a generic one the compiler would try all of Swift's numbers for what is
// written to a part, `x[0] -= rate * y[0]`. They are read by `item()`: were there a subscript of the type that is asked for, the
// compiler would take the product of two Doubles for `x[0] * rate`, whose gradient is none.

extension Tensor {
  /// The element that the indices name, and a number stored in every element that they name: `x[0, 1] = 2.5`.
  @_disfavoredOverload
  public subscript(_ indices: (any TensorIndexConvertible)?...) -> any ScalarConvertible {
    get { read(at: indices.tensorIndices).itemScalar() }
    set { write(Tensor.full([], newValue.scalar), at: indices.tensorIndices) }
  }

  /// The same with `...` for all dimensions that no other index names.
  @_disfavoredOverload
  public subscript(_ ellipsis: UnboundedRange, _ indices: (any TensorIndexConvertible)?...) -> any ScalarConvertible {
    get { read(at: [.remaining] + indices.tensorIndices).itemScalar() }
    set { write(Tensor.full([], newValue.scalar), at: [.remaining] + indices.tensorIndices) }
  }

  /// The same with an index before `...`.
  @_disfavoredOverload
  public subscript(_ a: (any TensorIndexConvertible)?, _ ellipsis: UnboundedRange,
    _ indices: (any TensorIndexConvertible)?...
  ) -> any ScalarConvertible {
    get { read(at: [a.tensorIndex, .remaining] + indices.tensorIndices).itemScalar() }
    set { write(Tensor.full([], newValue.scalar), at: [a.tensorIndex, .remaining] + indices.tensorIndices) }
  }
}

extension Optional where Wrapped == any TensorIndexConvertible {
  fileprivate var tensorIndex: TensorIndex { self?.tensorIndex ?? .newDimension }
}

extension Array where Element == (any TensorIndexConvertible)? {
  fileprivate var tensorIndices: [TensorIndex] { map(\.tensorIndex) }
}
