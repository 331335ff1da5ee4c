import ApusCore

// The functions that make tensors.

extension PickleMachine {
  /// `(storage, offset, size, stride, requires_grad, hooks, [dtype], [metadata])`.
  func tensor(_ arguments: [PickleItem], version: Int) throws(TensorError) -> PickledTensor {
    let global = PickleGlobal.rebuildTensor(version: version)
    let least = version == 1 ? 4 : version == 2 ? 6 : 7
    guard (least...least + (version == 1 ? 0 : 1)).contains(arguments.count) else { throw wrong(global) }
    var type: PickledElementType?
    if version == 3 {
      guard case .value(.dtype(let found)) = arguments[6] else { throw wrong(global) }
      type = found
    }
    var (isConjugated, isNegated) = (false, false)
    if version > 1, arguments.count > least, case .container(let number) = arguments[least] {
      for (key, value) in pairs(number) {
        guard case .value(.bool(let flag)) = value, let name = text(key) else { throw wrong(global) }
        switch name {
        case "conj": isConjugated = flag
        case "neg": isNegated = flag
        default: throw wrong(global)
        }
      }
    }
    var requiresGrad = false
    if version > 1 {
      guard let flag = value(arguments[4])?.bool else { throw wrong(global) }
      requiresGrad = flag
    }
    return try view(
      arguments, type, global, requiresGrad: requiresGrad, isConjugated: isConjugated, isNegated: isNegated)
  }

  private func pairs(_ number: Int) -> [(key: PickleItem, value: PickleItem)] {
    let items = containers[number].items
    return stride(from: 0, to: items.count - 1, by: 2).map { (items[$0], items[$0 + 1]) }
  }

  /// The view that the first four arguments describe, if it lies in its storage.
  private func view(
    _ arguments: [PickleItem], _ type: PickledElementType?, _ global: PickleGlobal, requiresGrad: Bool,
    isConjugated: Bool = false, isNegated: Bool = false, quantization: PickledQuantization? = nil
  ) throws(TensorError) -> PickledTensor {
    guard case .storage(let memory) = arguments[0], let offset = value(arguments[1])?.int else { throw wrong(global) }
    let (shape, strides) = (try integers(arguments[2], global), try integers(arguments[3], global))
    let type = type ?? memory.elementType
    let describe = "a tensor of shape \(shape.prefix(128)), strides \(strides.prefix(128)) and offset \(offset)"
    guard StorageRegion(shape: shape, strides: strides, offset: offset).fits(memory, elementSize: type.size) else {
      throw TensorError(
        .format, input.name,
        "\(describe) reaches beyond the \(memory.byteCount / type.size) elements of storage '\(memory.storage.key)'")
    }
    // An empty tensor may begin anywhere.
    let start = shape.contains(0) ? offset : offset + memory.start / type.size
    return PickledTensor(
      type, shape: shape, strides: strides, offset: start,
      storage: memory.storage, requiresGrad: requiresGrad, isConjugated: isConjugated, isNegated: isNegated,
      quantization: quantization)
  }

  /// `(data, requires_grad, hooks, [attributes])`.
  mutating func pushParameter(_ global: PickleGlobal, _ arguments: [PickleItem]) throws(TensorError) {
    guard case .value(.tensor(let data))? = arguments.first, arguments.count <= 4 else { throw wrong(global) }
    var requiresGrad = true
    if arguments.count > 1 {
      guard let flag = value(arguments[1])?.bool else { throw wrong(global) }
      requiresGrad = flag
    }
    try push(.tensor(data.with(isParameter: true, requiresGrad: requiresGrad)))
    if arguments.count == 4 { try setAttributes(arguments[3], global) }
  }

  /// `(layout, (indices, ..., values, size, [is_coalesced]))`.
  func sparse(_ arguments: [PickleItem]) throws(TensorError) -> PickledSparseTensor {
    let global = PickleGlobal.rebuildSparse
    guard arguments.count == 2, case .value(.layout(let layout)) = arguments[0],
      case .container(let number) = arguments[1]
    else { throw wrong(global) }
    let data = containers[number].items
    let count =
      layout == "sparse_coo" ? 1 : ["sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc"].contains(layout) ? 2 : 0
    guard count > 0, data.count >= count + 2, data.count <= count + 3 else { throw wrong(global) }
    let tensors = data.prefix(count + 1).compactMap { value($0)?.tensor }
    let shape = try integers(data[count + 1], global)
    guard tensors.count == count + 1, shape.count <= 128, checkedElementCount(shape) != nil else { throw wrong(global) }
    let isCoalesced = data.count == count + 3 ? value(data[count + 2])?.bool : nil
    return PickledSparseTensor(
      layout: layout, shape: shape, indices: Array(tensors.prefix(count)), values: tensors[count],
      isCoalesced: isCoalesced)
  }

  /// `(storage, offset, size, stride, (scheme, parameters ...), requires_grad, hooks)`.
  mutating func quantized(_ arguments: [PickleItem]) throws(TensorError) -> PickledTensor {
    let global = PickleGlobal.rebuildQuantized
    guard arguments.count == 7, case .container(let number) = arguments[4],
      case .global(.scheme(let scheme))? = containers[number].items.first, let requiresGrad = value(arguments[5])?.bool
    else { throw wrong(global) }
    let parameters = Array(containers[number].items.dropFirst())
    let quantization: PickledQuantization
    if scheme == "per_tensor_affine" {
      guard parameters.count == 2, let scale = value(parameters[0])?.double, let zero = value(parameters[1])?.int else {
        throw wrong(global)
      }
      quantization = .perTensor(scale: scale, zeroPoint: zero)
    } else if scheme.hasPrefix("per_channel_affine") {
      guard parameters.count == 3, let axis = value(parameters[2])?.int else { throw wrong(global) }
      let (scales, zeros) = (try numbers(parameters[0], global), try numbers(parameters[1], global))
      let shape = try integers(arguments[2], global)
      guard shape.indices.contains(axis), scales.count == shape[axis], zeros.count == shape[axis] else {
        throw wrong(global)
      }
      quantization = .perChannel(scales: scales, zeroPoints: zeros, axis: axis)
    } else {
      throw TensorError(.unsupported, input.name, "tensors quantised by the scheme \(scheme) are not read")
    }
    return try view(arguments, nil, global, requiresGrad: requiresGrad, quantization: quantization)
  }

  /// Numbers in a list or in a tensor of one dimension.
  private mutating func numbers(_ item: PickleItem, _ global: PickleGlobal) throws(TensorError) -> [Double] {
    if case .value(.tensor(let tensor)) = item {
      guard tensor.shape.count == 1, tensor.count <= tensor.storage?.count ?? 0, let dtype = tensor.elementType.dtype,
        !dtype.isComplex, !dtype.isCustom
      else {
        throw wrong(global)
      }
      return try tensor.tensor().array(as: Double.self)
    }
    guard case .container(let number) = item, case .list = containers[number].kind else { throw wrong(global) }
    try charge(containers[number].items.count)
    let found = containers[number].items.compactMap { value($0)?.double }
    guard found.count == containers[number].items.count else { throw wrong(global) }
    return found
  }
}
