import ApusCore

/// A tensor of a PyTorch file: a view of a storage. Its elements are read when they are asked for.
public final class PickledTensor: Sendable {
  public let elementType: PickledElementType
  public let shape: [Int]
  /// Steps between neighbours along each dimension, in elements.
  public let strides: [Int]
  /// The first element, counted from the start of the storage.
  public let offset: Int
  /// The memory; nil for a tensor of the device `meta`, which has none.
  public let storage: PickledStorage?
  public let requiresGrad: Bool
  /// Whether it was saved as a `torch.nn.Parameter`.
  public let isParameter: Bool
  /// Whether the elements stand for their complex conjugates, or their negatives: PyTorch's lazy views.
  public let isConjugated, isNegated: Bool
  /// What integers of a quantised tensor stand for.
  public let quantization: PickledQuantization?
  /// Attributes that a program gave to the tensor object.
  public let attributes: [(name: String, value: PickledValue)]
  /// The tensor that `storage` was made from, for tensors to be written.
  let source: KeptTensor?

  init(
    _ elementType: PickledElementType, shape: [Int], strides: [Int], offset: Int = 0, storage: PickledStorage?,
    requiresGrad: Bool = false, isParameter: Bool = false, isConjugated: Bool = false, isNegated: Bool = false,
    quantization: PickledQuantization? = nil, attributes: [(name: String, value: PickledValue)] = [],
    source: KeptTensor? = nil
  ) {
    self.elementType = elementType
    self.shape = shape
    self.strides = strides
    self.offset = offset
    self.storage = storage
    self.requiresGrad = requiresGrad
    self.isParameter = isParameter
    self.isConjugated = isConjugated
    self.isNegated = isNegated
    self.quantization = quantization
    self.attributes = attributes
    self.source = source
  }

  /// A tensor to be written, which shares its elements with `tensor`. Tensors that share memory with each other do so in
  /// the file.
  public convenience init(_ tensor: Tensor, isParameter: Bool = false) {
    let requiresGrad = tensor.requiresGrad
    let value = tensor.detach().resolved
    self.init(
      PickledElementType(any: value.dtype), shape: value.shape, strides: value.strides, storage: nil,
      requiresGrad: requiresGrad || isParameter,
      isParameter: isParameter, source: KeptTensor(tensor: value))
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
  /// The number of bytes of the elements.
  public var byteCount: Int { count * elementType.size }
  /// Whether it is a tensor of the device `meta`: a shape without elements.
  public var isMeta: Bool { storage == nil && source == nil }

  /// The tensor: a view of the memory that it shares with other tensors of the storage, mapped from the file where possible.
  /// The integers of a quantised tensor come as they are.
  /// - Throws: `TensorError` of kind `unsupported` for element types that tensors do not have and for `meta` tensors, of
  ///   kind `format` when the bytes are damaged.
  public func tensor() throws(TensorError) -> Tensor {
    if let source { return source.tensor }
    guard let dtype = elementType.dtype else {
      throw TensorError(
        .unsupported, storage?.path ?? "PickledTensor",
        "a tensor has elements of type \(elementType.name), which tensors cannot hold; take its bytes()")
    }
    guard isConjugated || isNegated else { return try view(as: dtype) }
    let result = Tensor.uninitialized(shape, dtype)
    let bytes = try bytes()
    bytes.withUnsafeBytes {
      if let base = $0.baseAddress { result.body.data.copyMemory(from: base, byteCount: $0.count) }
    }
    return result
  }

  /// The elements in row-major order, in this machine's byte order, conjugated or negated where the tensor says so.
  /// - Throws: as ``tensor()``, but for element types.
  public func bytes() throws(TensorError) -> [UInt8] {
    // A view may show an element many times: a few bytes are not to become a memory full.
    let (kept, written) = (storage?.byteCount ?? byteCount, byteCount)
    guard written <= max(64 << 20, kept.multipliedReportingOverflow(by: 64).partialValue) else {
      throw TensorError(
        .memory, storage?.path ?? "PickledTensor",
        "a tensor of shape \(shape) shows \(kept) bytes so often that they would be \(written); take the view, tensor()"
      )
    }
    // Elements are moved, not computed with: a type of the same size stands for each.
    let type: DType =
      switch elementType.size {
      case 2: .uint16
      case 4: .uint32
      case 8: .uint64
      case 16: .complex128
      default: .uint8
      }
    let view = if let source { source.tensor } else { try view(as: type) }
    var bytes = view.withUnsafeBytes { [UInt8]($0) }
    let parts = elementType.name.hasPrefix("complex") ? 2 : 1
    let size = elementType.size / parts
    guard isConjugated || isNegated else { return bytes }
    for part in 0..<bytes.count / max(size, 1) {
      // A sign is the highest bit of the highest byte.
      let isImaginary = parts == 2 && part % 2 == 1
      if isNegated != (isConjugated && isImaginary) { bytes[part * size + size - 1] ^= 0x80 }
    }
    return bytes
  }

  private func view(as dtype: DType) throws(TensorError) -> Tensor {
    guard let storage else {
      throw TensorError(.unsupported, "PickledTensor", "a tensor of the device meta has a shape and no elements")
    }
    let memory = try storage.memory()
    let start = count == 0 ? 0 : offset * dtype.size
    return Tensor(
      TensorBody(storage: memory, data: memory.pointer + start, shape: shape, strides: strides, dtype: dtype))
  }

  /// The same tensor as a Parameter, or with attributes.
  func with(
    isParameter: Bool? = nil, requiresGrad: Bool? = nil, attributes: [(name: String, value: PickledValue)]? = nil
  ) -> PickledTensor {
    PickledTensor(
      elementType, shape: shape, strides: strides, offset: offset, storage: storage,
      requiresGrad: requiresGrad ?? self.requiresGrad, isParameter: isParameter ?? self.isParameter,
      isConjugated: isConjugated, isNegated: isNegated, quantization: quantization,
      attributes: attributes ?? self.attributes, source: source)
  }
}

extension PickledTensor: CustomStringConvertible {
  public var description: String {
    "\(isParameter ? "Parameter" : "tensor")(\(shape.map(String.init).joined(separator: "x")) \(elementType.name))"
  }
}

/// What the integers of a quantised tensor stand for: `(q - zeroPoint) * scale`.
public enum PickledQuantization: Sendable {
  /// One scale for all elements.
  case perTensor(scale: Double, zeroPoint: Int)
  /// A scale for each position along a dimension. Zero points are integers in all but the scheme with floating point
  /// parameters.
  case perChannel(scales: [Double], zeroPoints: [Double], axis: Int)
}

/// A sparse tensor of a PyTorch file.
public struct PickledSparseTensor: Sendable {
  /// PyTorch's layout: `sparse_coo`, `sparse_csr`, `sparse_csc`, `sparse_bsr`, `sparse_bsc`.
  public let layout: String
  /// The sizes of the whole tensor.
  public let shape: [Int]
  /// The positions: of coordinates one tensor [dimensions, elements]; of the others the compressed and the plain indices.
  public let indices: [PickledTensor]
  /// The elements at those positions.
  public let values: PickledTensor
  /// Whether each position occurs once, in order, as far as the file tells.
  public let isCoalesced: Bool?

  /// Of its parts, to be written.
  package init(
    layout: String, shape: [Int], indices: [PickledTensor], values: PickledTensor, isCoalesced: Bool?
  ) {
    (self.layout, self.shape, self.indices) = (layout, shape, indices)
    (self.values, self.isCoalesced) = (values, isCoalesced)
  }
}

extension PickledSparseTensor: CustomStringConvertible {
  public var description: String {
    "\(layout)(\(shape.map(String.init).joined(separator: "x")) \(values.elementType.name))"
  }
}

/// A tensor that is not a variable, so that its elements stay.
struct KeptTensor: Sendable {
  let tensor: Tensor
}
