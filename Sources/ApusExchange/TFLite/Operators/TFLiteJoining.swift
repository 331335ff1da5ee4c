import ApusCore
import ApusFormats

extension TFLiteOperator {
  /// Tensors put together, taken apart and looked up.
  static let joining: [TFLiteOperator] = [
    TFLiteOperator(2, "CONCATENATION") { node in
      let axis = try node.int(0)
      let activate = try node.activation(1)
      return { call in [activate(cat(try call.tensors(), dim: axis))] }
    },
    TFLiteOperator(83, "PACK") { node in
      let axis = try node.int(1)
      return { call in [stack(try call.tensors(), dim: axis)] }
    },
    TFLiteOperator(88, "UNPACK") { node in
      let axis = try node.int(1)
      return { call in try call.tensor(0).unbind(axis) }
    },
    TFLiteOperator(106, "ADD_N") { _ in
      { call in
        let tensors = try call.tensors()
        return [tensors.dropFirst().reduce(tensors[0]) { $0 + $1 }]
      }
    },
    TFLiteOperator(49, "SPLIT") { node in
      let count = node.operation.outputs.count
      return { call in
        let x = try call.tensor(1)
        guard let axis = try call.axes(0, rank: x.rank).first, count > 0, x.shape[axis] % count == 0 else {
          throw TensorError(.shape, "", "\(x.shape) is not split in \(count) equal parts")
        }
        return x.split(Swift.max(x.shape[axis] / count, 1), dim: axis)
      }
    },
    TFLiteOperator(102, "SPLIT_V") { _ in
      { call in
        let x = try call.tensor(0)
        var sizes = try call.ints(1)
        guard let axis = try call.axes(2, rank: x.rank).first else { throw TensorError(.value, "", "there is no axis") }
        // One size may be left open.
        if let open = sizes.firstIndex(of: -1) { sizes[open] = x.shape[axis] - sizes.reduce(1, +) }
        return x.split(sizes, dim: axis)
      }
    },
    TFLiteOperator(36, "GATHER") { node in
      let axis = try node.int(0)
      guard try node.int(1) == 0 else { throw TensorError(.unsupported, "", "dimensions of batches are not read") }
      return { call in
        let (x, places) = (try call.tensor(0), try call.tensor(1))
        let dim = try TFLiteCall.axis(axis, rank: x.rank)
        guard places.dtype.isInteger else {
          throw TensorError(.dtype, "", "places are whole numbers, not \(places.dtype)")
        }
        let shape = Array(x.shape[..<dim]) + places.shape + Array(x.shape[(dim + 1)...])
        try ResultMemory.require(shape, x.dtype)
        return [x.indexSelect(dim, places.reshape([-1]).to(.int64)).reshape(shape)]
      }
    },
    TFLiteOperator(94, "FILL") { _ in
      { call in
        let (shape, value) = (try call.ints(0), try call.tensor(1))
        try ResultMemory.require(shape, value.dtype)
        return [value.expand(shape).contiguous()]
      }
    },
  ]
}

extension TFLiteCall {
  /// All inputs, of which there is at least one.
  func tensors() throws(TensorError) -> [Tensor] {
    let tensors = inputs.compactMap { $0 }
    guard tensors.count == inputs.count, !tensors.isEmpty else {
      throw TensorError(.value, "", "an input is missing")
    }
    return tensors
  }
}
