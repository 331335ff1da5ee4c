/// How a pointwise operation walks memory, worked out before there are elements: the sizes of merged dimensions and the
/// way each operand goes along. See ``Iteration``.
package struct PointwiseLayout: Sendable {
  package enum Access: Sendable, Hashable {
    /// Element i of the walk is element i of memory.
    case dense
    /// The same element everywhere.
    case uniform
    /// By strides over the merged dimensions.
    case strided([Int])
  }
  /// Merged dimensions, slowest first.
  package let sizes: [Int]
  package let access: [Access]
  /// The strides that results have under their own shape; they are dense in the order of the walk.
  package let resultStrides: [Int]

  /// The walk over results of `shape` with inputs of these types and strides.
  package init(shape: [Int], inputs: [(type: TensorType, strides: [Int])]) {
    self.init(Iteration(shape: shape, inputs: Self.bodies(inputs)))
  }

  /// The same for results that lie by these strides, without gaps.
  package init(shape: [Int], resultStrides: [Int], inputs: [(type: TensorType, strides: [Int])]) {
    self.init(Iteration(shape: shape, resultStrides: resultStrides, inputs: Self.bodies(inputs)))
  }

  private static func bodies(_ inputs: [(type: TensorType, strides: [Int])]) -> [TensorBody] {
    inputs.map {
      TensorBody(
        storage: .none, data: Storage.none.pointer, shape: $0.type.shape, strides: $0.strides, dtype: $0.type.dtype)
    }
  }

  private init(_ iteration: Iteration) {
    sizes = iteration.sizes
    resultStrides = iteration.resultStrides
    access = iteration.operands.map { operand in
      switch operand.access {
      case .dense: .dense
      case .uniform: .uniform
      case .strided(let strides): .strided(strides)
      }
    }
  }
}

extension Tensor {
  /// A new tensor of `type` with elements not initialised, in a dense layout of the given strides.
  package static func uninitialized(_ type: TensorType, strides: [Int]) -> Tensor {
    uninitialized(type.shape, type.dtype, strides: strides)
  }

  /// A tensor in the memory of this one, `offset` bytes behind its start.
  package func part(at offset: Int, _ type: TensorType, strides: [Int]) -> Tensor {
    body.noteRead()
    return Tensor(
      TensorBody(
        storage: body.storage, data: body.address + offset, shape: type.shape, strides: strides, dtype: type.dtype))
  }

  /// The address of element [0, 0, ...], which stays while the tensor is held.
  package var address: UnsafeMutableRawPointer { body.data }
}

/// Elements below which one thread is faster.
package let pointwiseGrain = parallelGrain
