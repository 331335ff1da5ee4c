// One subscript for every number of indices: parameter packs cannot be assigned through.

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

  /// The same with `...` for all dimensions that no other index names.
  public subscript(_ ellipsis: UnboundedRange) -> Tensor {
    get { read(at: [.remaining]) }
    set { write(newValue, at: [.remaining]) }
  }

  /// The part of the tensor that one index names, with `...` for all dimensions that are left over. Assigning writes
  /// to it.
  public subscript(_ ellipsis: UnboundedRange, _ a: some TensorIndexConvertible) -> Tensor {
    get { read(at: [.remaining, a.tensorIndex]) }
    set { write(newValue, at: [.remaining, a.tensorIndex]) }
  }

  /// The part of the tensor that two indices name, with `...` for all dimensions that are left over. Assigning writes
  /// to it.
  public subscript(_ ellipsis: UnboundedRange, _ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible)
    -> Tensor
  {
    get { read(at: [.remaining, a.tensorIndex, b.tensorIndex]) }
    set { write(newValue, at: [.remaining, a.tensorIndex, b.tensorIndex]) }
  }

  /// The part of the tensor that three indices name, with `...` for all dimensions that are left over. Assigning
  /// writes to it.
  public subscript(_ ellipsis: UnboundedRange, _ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [.remaining, a.tensorIndex, b.tensorIndex, c.tensorIndex]) }
    set { write(newValue, at: [.remaining, a.tensorIndex, b.tensorIndex, c.tensorIndex]) }
  }

  /// The part of the tensor that four indices name, with `...` for all dimensions that are left over. Assigning
  /// writes to it.
  public subscript(_ ellipsis: UnboundedRange, _ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible, _ d: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [.remaining, a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
    set { write(newValue, at: [.remaining, a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
  }

  /// The part of the tensor that one index names, with `...` for all dimensions that are left over. Assigning writes
  /// to it.
  public subscript(_ a: some TensorIndexConvertible, _ ellipsis: UnboundedRange) -> Tensor {
    get { read(at: [a.tensorIndex, .remaining]) }
    set { write(newValue, at: [a.tensorIndex, .remaining]) }
  }

  /// The part of the tensor that two indices name, with `...` for all dimensions that are left over. Assigning writes
  /// to it.
  public subscript(_ a: some TensorIndexConvertible, _ ellipsis: UnboundedRange, _ b: some TensorIndexConvertible)
    -> Tensor
  {
    get { read(at: [a.tensorIndex, .remaining, b.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, .remaining, b.tensorIndex]) }
  }

  /// The part of the tensor that three indices name, with `...` for all dimensions that are left over. Assigning
  /// writes to it.
  public subscript(_ a: some TensorIndexConvertible, _ ellipsis: UnboundedRange, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [a.tensorIndex, .remaining, b.tensorIndex, c.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, .remaining, b.tensorIndex, c.tensorIndex]) }
  }

  /// The part of the tensor that four indices name, with `...` for all dimensions that are left over. Assigning
  /// writes to it.
  public subscript(_ a: some TensorIndexConvertible, _ ellipsis: UnboundedRange, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible, _ d: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [a.tensorIndex, .remaining, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, .remaining, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
  }

  /// The part of the tensor that two indices name, with `...` for all dimensions that are left over. Assigning writes
  /// to it.
  public subscript(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible, _ ellipsis: UnboundedRange)
    -> Tensor
  {
    get { read(at: [a.tensorIndex, b.tensorIndex, .remaining]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex, .remaining]) }
  }

  /// The part of the tensor that three indices name, with `...` for all dimensions that are left over. Assigning
  /// writes to it.
  public subscript(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible, _ ellipsis: UnboundedRange,
    _ c: some TensorIndexConvertible
  ) -> Tensor {
    get { read(at: [a.tensorIndex, b.tensorIndex, .remaining, c.tensorIndex]) }
    set { write(newValue, at: [a.tensorIndex, b.tensorIndex, .remaining, c.tensorIndex]) }
  }

  /// The part of the tensor that four indices name, with `...` for all dimensions that are left over. Assigning
  /// writes to it.
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

  /// The element as a Swift number that two indices name. Assigning writes to it.
  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible)
    -> Value
  {
    get { element(at: [a.tensorIndex, b.tensorIndex]) }
    set { write(Tensor.full([], newValue), at: [a.tensorIndex, b.tensorIndex]) }
  }

  /// The element as a Swift number that three indices name. Assigning writes to it.
  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible
  ) -> Value {
    get { element(at: [a.tensorIndex, b.tensorIndex, c.tensorIndex]) }
    set { write(Tensor.full([], newValue), at: [a.tensorIndex, b.tensorIndex, c.tensorIndex]) }
  }

  /// The element as a Swift number that four indices name. Assigning writes to it.
  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible, _ d: some TensorIndexConvertible
  ) -> Value {
    get { element(at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
    set { write(Tensor.full([], newValue), at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex]) }
  }

  /// The element as a Swift number that five indices name. Assigning writes to it.
  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible, _ b: some TensorIndexConvertible,
    _ c: some TensorIndexConvertible, _ d: some TensorIndexConvertible, _ e: some TensorIndexConvertible
  ) -> Value {
    get { element(at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex, e.tensorIndex]) }
    set {
      write(Tensor.full([], newValue), at: [a.tensorIndex, b.tensorIndex, c.tensorIndex, d.tensorIndex, e.tensorIndex])
    }
  }

  /// The only element as a Swift number, with `...` for all dimensions that are left over. Assigning writes to it.
  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ ellipsis: UnboundedRange) -> Value {
    get { element(at: [.remaining]) }
    set { write(Tensor.full([], newValue), at: [.remaining]) }
  }

  /// The element as a Swift number that one index names, with `...` for all dimensions that are left over. Assigning
  /// writes to it.
  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ ellipsis: UnboundedRange, _ a: some TensorIndexConvertible) -> Value
  {
    get { element(at: [.remaining, a.tensorIndex]) }
    set { write(Tensor.full([], newValue), at: [.remaining, a.tensorIndex]) }
  }

  /// The element as a Swift number that two indices name, with `...` for all dimensions that are left over. Assigning
  /// writes to it.
  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ ellipsis: UnboundedRange, _ a: some TensorIndexConvertible,
    _ b: some TensorIndexConvertible
  ) -> Value {
    get { element(at: [.remaining, a.tensorIndex, b.tensorIndex]) }
    set { write(Tensor.full([], newValue), at: [.remaining, a.tensorIndex, b.tensorIndex]) }
  }

  /// The element as a Swift number that one index names, with `...` for all dimensions that are left over. Assigning
  /// writes to it.
  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible, _ ellipsis: UnboundedRange) -> Value
  {
    get { element(at: [a.tensorIndex, .remaining]) }
    set { write(Tensor.full([], newValue), at: [a.tensorIndex, .remaining]) }
  }

  /// The element as a Swift number that two indices name, with `...` for all dimensions that are left over. Assigning
  /// writes to it.
  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ a: some TensorIndexConvertible, _ ellipsis: UnboundedRange,
    _ b: some TensorIndexConvertible
  ) -> Value {
    get { element(at: [a.tensorIndex, .remaining, b.tensorIndex]) }
    set { write(Tensor.full([], newValue), at: [a.tensorIndex, .remaining, b.tensorIndex]) }
  }

  /// The element as a Swift number that two indices name, with `...` for all dimensions that are left over. Assigning
  /// writes to it.
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
  /// The part of the tensor at any number of indices; nil makes a new dimension. Assigning writes to it.
  @_disfavoredOverload
  public subscript(_ indices: (any TensorIndexConvertible)?...) -> Tensor {
    get { read(at: indices.tensorIndices) }
    set { write(newValue, at: indices.tensorIndices) }
  }

  /// The part of the tensor at any number of indices; nil makes a new dimension, and `...` stands for the dimensions
  /// between. Assigning writes to it.
  @_disfavoredOverload
  public subscript(_ ellipsis: UnboundedRange, _ indices: (any TensorIndexConvertible)?...) -> Tensor {
    get { read(at: [.remaining] + indices.tensorIndices) }
    set { write(newValue, at: [.remaining] + indices.tensorIndices) }
  }

  /// The part of the tensor at any number of indices; nil makes a new dimension, and `...` stands for the dimensions
  /// between. Assigning writes to it.
  @_disfavoredOverload
  public subscript(_ a: (any TensorIndexConvertible)?, _ ellipsis: UnboundedRange,
    _ indices: (any TensorIndexConvertible)?...
  ) -> Tensor {
    get { read(at: [a.tensorIndex, .remaining] + indices.tensorIndices) }
    set { write(newValue, at: [a.tensorIndex, .remaining] + indices.tensorIndices) }
  }

  /// The element at any number of indices; nil makes a new dimension. Assigning writes to it.
  @_disfavoredOverload
  public subscript<Value: TensorSubscriptScalar>(_ indices: (any TensorIndexConvertible)?...) -> Value {
    get { element(at: indices.tensorIndices) }
    set { write(Tensor.full([], newValue), at: indices.tensorIndices) }
  }

  /// The element at any number of indices; nil makes a new dimension, and `...` stands for the dimensions between.
  /// Assigning writes to it.
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
