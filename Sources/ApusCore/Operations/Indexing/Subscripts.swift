// One subscript for every number of indices: parameter packs cannot be assigned through.

extension Tensor {
  /// The part of the tensor that the indices name; see ``TensorIndex``. Assigning writes to it.
  public subscript(_ a: some TensorIndexConvertible) -> Tensor {
    get { read(at: [a.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex]) }
  }

  public subscript(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible) -> Tensor {
    get { read(at: [a.tensorIndex, b.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex]) }
  }

  public subscript(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible, _ c: some TensorIndexConvertible)
    -> Tensor
  {
    get { read(at: [a.tensorIndex, b.tensorIndex, c.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex, c.tensorIndex]) }
  }

  public subscript(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible, _ c: some TensorIndexConvertible,
    _ d: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
  }

  public subscript(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible, _ c: some TensorIndexConvertible,
    _ d: some TensorIndexConvertible, _ e: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex, e.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex, e.tensorIndex]) }
  }

  /// The same with `...` for all dimensions that no other index names.
  public subscript(_ ellipsis: UnboundedRange) -> Tensor {
    get { read(at: [.remaining]) }
    set { write(newValue, at: [.remaining]) }
  }

  public subscript(_ ellipsis: UnboundedRange, _ a: some TensorIndexConvertible) -> Tensor {
    get { read(at: [.remaining, a.tensorIndex]) }
    set { write(newValue, at: [.remaining, a.tensorIndex]) }
  }

  public subscript(_ ellipsis: UnboundedRange, _ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible)
    -> Tensor
  {
    get { read(at: [.remaining, a.tensorIndex, b.tensorIndex]) }
    set { write(newValue, at: [.remaining, a.tensorIndex, b.tensorIndex]) }
  }

  public subscript(_ ellipsis: UnboundedRange, _ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [.remaining, a.tensorIndex, b.tensorIndex, c.tensorIndex]) }
    set { write(newValue, at: [.remaining, a.tensorIndex, b.tensorIndex, c.tensorIndex]) }
  }

  public subscript(_ ellipsis: UnboundedRange, _ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible, _ d: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [.remaining, a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
    set { write(newValue, at: [.remaining, a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
  }

  public subscript(_ a: some TensorIndexConvertible, _ ellipsis: UnboundedRange) -> Tensor {
    get { read(at: [a.tensorIndex, .remaining]) }
    set { write(newValue, at: [a.tensorIndex, .remaining]) }
  }

  public subscript(_ a: some TensorIndexConvertible, _ ellipsis: UnboundedRange, _ b: some TensorIndexConvertible)
    -> Tensor
  {
    get { read(at: [a.tensorIndex, .remaining, b.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, .remaining, b.tensorIndex]) }
  }

  public subscript(_ a: some TensorIndexConvertible, _ ellipsis: UnboundedRange, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [a.tensorIndex, .remaining, b.tensorIndex, c.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, .remaining, b.tensorIndex, c.tensorIndex]) }
  }

  public subscript(_ a: some TensorIndexConvertible, _ ellipsis: UnboundedRange, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible, _ d: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [a.tensorIndex, .remaining, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, .remaining, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
  }

  public subscript(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible, _ ellipsis: UnboundedRange)
    -> Tensor
  {
    get { read(at: [a.tensorIndex, b.tensorIndex, .remaining]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex, .remaining]) }
  }

  public subscript(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible, _ ellipsis: UnboundedRange,
    _ c: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [a.tensorIndex, b.tensorIndex, .remaining, c.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex, .remaining, c.tensorIndex]) }
  }

  public subscript(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible, _ ellipsis: UnboundedRange,
    _ c: some TensorIndexConvertible, _ d: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [a.tensorIndex, b.tensorIndex, .remaining, c.tensorIndex, d.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex, .remaining, c.tensorIndex, d.tensorIndex]) }
  }
}

extension Tensor {
  /// A single element as a Swift number, and a number stored in every element that the indices name.
  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible) -> Value {
    get { element(at: [a.tensorIndex]) }
    set { write(Tensor.full([], newValue), at: [a.tensorIndex]) }
  }

  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible)
    -> Value
  {
    get { element(at: [a.tensorIndex, b.tensorIndex]) }
    set { write(Tensor.full([], newValue), at: [a.tensorIndex, b.tensorIndex]) }
  }

  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible
  ) -> Value {
    get { element(at: [a.tensorIndex, b.tensorIndex, c.tensorIndex]) }
    set { write(Tensor.full([], newValue), at: [a.tensorIndex, b.tensorIndex, c.tensorIndex]) }
  }

  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible, _ d: some TensorIndexConvertible
  ) -> Value {
    get { element(at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
    set { write(Tensor.full([], newValue), at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
  }

  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible, _ d: some TensorIndexConvertible, _ e: some TensorIndexConvertible
  ) -> Value {
    get { element(at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex, e.tensorIndex]) }
    set {
      write(Tensor.full([], newValue), at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex, e.tensorIndex])
    }
  }

  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ ellipsis: UnboundedRange) -> Value {
    get { element(at: [.remaining]) }
    set { write(Tensor.full([], newValue), at: [.remaining]) }
  }

  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ ellipsis: UnboundedRange, _ a: some TensorIndexConvertible) -> Value
  {
    get { element(at: [.remaining, a.tensorIndex]) }
    set { write(Tensor.full([], newValue), at: [.remaining, a.tensorIndex]) }
  }

  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ ellipsis: UnboundedRange, _ a: some TensorIndexConvertible,
    _ b: some TensorIndexConvertible
  ) -> Value {
    get { element(at: [.remaining, a.tensorIndex, b.tensorIndex]) }
    set { write(Tensor.full([], newValue), at: [.remaining, a.tensorIndex, b.tensorIndex]) }
  }

  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible, _ ellipsis: UnboundedRange) -> Value
  {
    get { element(at: [a.tensorIndex, .remaining]) }
    set { write(Tensor.full([], newValue), at: [a.tensorIndex, .remaining]) }
  }

  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible, _ ellipsis: UnboundedRange,
    _ b: some TensorIndexConvertible
  ) -> Value {
    get { element(at: [a.tensorIndex, .remaining, b.tensorIndex]) }
    set { write(Tensor.full([], newValue), at: [a.tensorIndex, .remaining, b.tensorIndex]) }
  }

  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible,
    _ ellipsis: UnboundedRange
  ) -> Value {
    get { element(at: [a.tensorIndex, b.tensorIndex, .remaining]) }
    set { write(Tensor.full([], newValue), at: [a.tensorIndex, b.tensorIndex, .remaining]) }
  }
}

// Any number of indices, with nil for a new dimension as Python's None. They stand behind the others, which are found faster.

extension Tensor {
  @_disfavoredOverload
  public subscript(_ indices: (any TensorIndexConvertible)?...) -> Tensor {
    get { read(at: indices.tensorIndices) }
    set { write(newValue, at: indices.tensorIndices) }
  }

  @_disfavoredOverload
  public subscript(_ ellipsis: UnboundedRange, _ indices: (any TensorIndexConvertible)?...) -> Tensor {
    get { read(at: [.remaining] + indices.tensorIndices) }
    set { write(newValue, at: [.remaining] + indices.tensorIndices) }
  }

  @_disfavoredOverload
  public subscript(_ a: (any TensorIndexConvertible)?, _ ellipsis: UnboundedRange,
    _ indices: (any TensorIndexConvertible)?...
  ) -> Tensor {
    get { read(at: [a.tensorIndex, .remaining] + indices.tensorIndices) }
    set { write(newValue, at: [a.tensorIndex, .remaining] + indices.tensorIndices) }
  }

  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ indices: (any TensorIndexConvertible)?...) -> Value {
    get { element(at: indices.tensorIndices) }
    set { write(Tensor.full([], newValue), at: indices.tensorIndices) }
  }

  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ ellipsis: UnboundedRange,
    _ indices: (any TensorIndexConvertible)?...
  ) -> Value {
    get { element(at: [.remaining] + indices.tensorIndices) }
    set { write(Tensor.full([], newValue), at: [.remaining] + indices.tensorIndices) }
  }
}

extension Optional where Wrapped == any TensorIndexConvertible {
  fileprivate var tensorIndex: TensorIndex { self?.tensorIndex ?? .newDimension }
}

extension Array where Element == (any TensorIndexConvertible)? {
  fileprivate var tensorIndices: [TensorIndex] { map(\.tensorIndex) }
}
