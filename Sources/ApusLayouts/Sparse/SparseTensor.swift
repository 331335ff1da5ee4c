import ApusCore

/// A tensor of which few elements are there; all others are zero.
///
///     let indices = tensor([[0, 1, 1], [2, 0, 2]])
///     let a = sparseCooTensor(indices, tensor([3.0, 4.0, 5.0]), size: [2, 3])
///     let y = a.matmul(x)                 // a dense tensor
///     let c = a.toSparseCsr()
///
/// It is a value made of dense tensors: ``values()`` at the positions that ``indices()``, or ``crowIndices()`` and
/// ``colIndices()``, tell. Operations on it are operations on these, so gradients reach the values, the dense operands, and through
/// them whatever they come from; `vmap`, `compile` and devices see dense tensors only.
public struct SparseTensor: Sendable {
  /// How positions are told, under PyTorch's names.
  public enum Layout: String, Sendable, Hashable, CustomStringConvertible {
    /// The coordinates of each element: a column of a matrix `[dimensions, elements]`.
    case sparseCoo = "sparse_coo"
    /// Rows one after the other: where each begins among the elements, and the column of each element.
    case sparseCsr = "sparse_csr"
    /// Columns one after the other: where each begins among the elements, and the row of each element.
    case sparseCsc = "sparse_csc"
    public var description: String { "torch." + rawValue }
  }

  /// The sizes of the whole tensor.
  public let shape: [Int]
  public let layout: Layout
  /// Whether each position occurs once, in order.
  public let isCoalesced: Bool
  /// Coordinates, or compressed and plain indices.
  let positions: [Tensor]
  /// The elements at the positions.
  let elements: Tensor
  /// What has been found out about the positions.
  let memo: PatternMemo

  init(
    _ layout: Layout, _ positions: [Tensor], _ elements: Tensor, _ shape: [Int], isCoalesced: Bool,
    memo: PatternMemo = PatternMemo()
  ) {
    (self.layout, self.positions, self.elements, self.shape) = (layout, positions, elements, shape)
    (self.isCoalesced, self.memo) = (isCoalesced, memo)
  }

  /// What takes the place of a result after a mistake.
  init(failed: Tensor) { self.init(.sparseCoo, [failed], failed, [0, 0], isCoalesced: false) }

  /// The tensor that has failed, if one has.
  var failed: Tensor? { elements.failed ?? positions.lazy.compactMap(\.failed).first }

  /// With other elements at the same positions.
  func with(_ elements: Tensor) -> SparseTensor {
    SparseTensor(layout, positions, elements, shape, isCoalesced: isCoalesced, memo: memo)
  }
}

// What it is.

extension SparseTensor {
  /// The element type.
  public var dtype: DType { elements.dtype }
  /// Where the elements lie.
  public var device: Device { elements.device }
  /// The number of dimensions.
  public var rank: Int { shape.count }
  /// The number of dimensions, under PyTorch's name.
  public func dim() -> Int { shape.count }
  /// The size of a dimension; negative numbers count from the end.
  public func size(_ dim: Int) -> Int {
    do throws(TensorError) { return shape[try normalize(dim: dim, rank: rank, "size")] } catch {
      report(error)
      return 0
    }
  }
  /// The number of elements that the whole tensor has, zeros too.
  public var numel: Int { shape.reduce(1, *) }
  /// How many elements are there: PyTorch's `_nnz()`.
  public var nnz: Int { elements.shape.first ?? 0 }
  /// How many dimensions positions tell; behind them each "element" is a dense tensor.
  public var sparseDim: Int { layout == .sparseCoo ? positions[0].shape.first ?? 0 : 2 }
  /// How many dimensions each element has.
  public var denseDim: Int { rank - sparseDim }
  /// Whether gradients are recorded for the values.
  public var requiresGrad: Bool { elements.requiresGrad }
  /// The gradient of the values, at the same positions: nil before a backward pass, or where values are no variable.
  public var grad: SparseTensor? { elements.grad.map(with) }

  /// The coordinates `[sparseDim, nnz]` of a coalesced tensor in coordinate layout.
  public func indices() -> Tensor {
    part("indices", .sparseCoo) {
      isCoalesced
        ? positions[0]
        : fail(
          TensorError(
            .state, "indices", "positions may occur more than once: call coalesce() first, or take storedIndices"))
    }
  }
  /// The elements: `[nnz]`, and `[nnz, ...]` where they have dimensions.
  public func values() -> Tensor {
    if let failed { return failed }
    guard layout != .sparseCoo || isCoalesced else {
      return fail(
        TensorError(.state, "values", "positions may occur more than once: call coalesce() first, or take storedValues")
      )
    }
    return elements
  }
  /// Where each row begins among the elements, and the last one ends: `[rows + 1]`, of compressed rows.
  public func crowIndices() -> Tensor { part("crowIndices", .sparseCsr) { positions[0] } }
  /// The column of each element: `[nnz]`, of compressed rows.
  public func colIndices() -> Tensor { part("colIndices", .sparseCsr) { positions[1] } }
  /// Where each column begins among the elements, and the last one ends: `[columns + 1]`, of compressed columns.
  public func ccolIndices() -> Tensor { part("ccolIndices", .sparseCsc) { positions[0] } }
  /// The row of each element: `[nnz]`, of compressed columns.
  public func rowIndices() -> Tensor { part("rowIndices", .sparseCsc) { positions[1] } }

  /// The coordinates as they are, whether or not they repeat: PyTorch's `_indices()`.
  public var storedIndices: Tensor { part("storedIndices", .sparseCoo) { positions[0] } }
  /// The elements as they are, in the order of the stored positions: PyTorch's `_values()`.
  public var storedValues: Tensor { elements }

  private func part(_ name: String, _ needed: Layout, _ body: () -> Tensor) -> Tensor {
    if let failed { return failed }
    if layout == needed { return body() }
    return fail(
      TensorError(
        .state, name, "a tensor of layout \(layout) has none; convert it with .to(layout: .\(needed.swiftName))"))
  }
}

extension SparseTensor.Layout {
  /// The name of the case.
  var swiftName: String {
    switch self {
    case .sparseCoo: "sparseCoo"
    case .sparseCsr: "sparseCsr"
    case .sparseCsc: "sparseCsc"
    }
  }
  /// Whether rows or columns are compressed.
  var isCompressed: Bool { self != .sparseCoo }
}

// The elements in another way.

extension SparseTensor {
  /// The same positions with elements of another type.
  public func to(_ dtype: DType) -> SparseTensor { with(elements.to(dtype)) }
  /// The same tensor on a device.
  public func to(_ device: Device) -> SparseTensor {
    SparseTensor(
      layout, positions.map { $0.to(device) }, elements.to(device), shape, isCoalesced: isCoalesced)
  }
  /// As float32.
  public func float() -> SparseTensor { to(.float32) }
  /// As float64.
  public func double() -> SparseTensor { to(.float64) }
  /// The same elements without the graph.
  public func detach() -> SparseTensor { with(elements.detach()) }
  /// A copy of the elements.
  public func clone() -> SparseTensor { with(elements.clone()) }
}

extension SparseTensor: TensorTree {
  public func mapTensors(_ transform: (Tensor) -> Tensor) -> SparseTensor {
    SparseTensor(layout, positions.map(transform), transform(elements), shape, isCoalesced: isCoalesced)
  }
  public var signatureParts: [AnyHashable] { [AnyHashable(layout), AnyHashable(shape), AnyHashable(isCoalesced)] }
}

/// ``attempt(_:_:_:_:_:body:)-(_,_,_,_,_,()->Tensor)`` for operations that give a sparse tensor.
func attemptSparse(
  _ operands: [Tensor?], _ body: () throws(TensorError) -> SparseTensor
) -> SparseTensor {
  if let failed = operands.lazy.compactMap({ $0?.failed }).first { return SparseTensor(failed: failed) }
  do throws(TensorError) { return try body() } catch { return SparseTensor(failed: fail(error)) }
}
