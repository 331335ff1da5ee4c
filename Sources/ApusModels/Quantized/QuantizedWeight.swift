import ApusCLoops
import ApusCore
import ApusFormats
import ApusFunctional

/// How the numbers of a weight are kept small.
public enum WeightForm: Sendable, Hashable {
  /// Blocks of a GGUF file, as they are.
  case blocks(GGUFTensorType)
  /// 8 bits a number, a float32 scale for each row (output channel).
  case int8
  /// 4 bits a number, a float16 scale and offset for each `group` numbers of a row: 32 or another multiple of it.
  case int4(group: Int)
  /// float16 numbers.
  case float16
  /// bfloat16 numbers.
  case bfloat16
  /// 4 bits a number in blocks along memory, as bitsandbytes has them: ``nf4``, ``fp4``.
  case fourBits(FourBitForm)

  /// Normal floats of 4 bits with a float32 scale for each 64 of them (QLoRA).
  public static let nf4 = WeightForm.fourBits(FourBitForm(.nf4))
  /// Floats of 4 bits with a float32 scale for each 64 of them.
  public static let fp4 = WeightForm.fourBits(FourBitForm(.fp4))
}

/// A matrix whose numbers take a few bits each. Products are computed with it as it is: rows of activations become 16-bit
/// integers with a scale for each 32 of them, which is exact to about 1e-5 of the largest result, and sums are float32.
public struct QuantizedWeight: Sendable {
  public let form: WeightForm
  /// `[out, in]`.
  public let shape: [Int]
  /// Rows of bytes (uint8, one dimension), or `[out, in]` numbers of 16 bits.
  let storage: Tensor
  /// The blocks of 4-bit numbers, whose bytes are ``storage``; nil for other forms.
  let fourBits: FourBitBlocks?
  /// Rows of each head whose two halves take turns in the file, as llama.cpp keeps the weights of rotated queries and keys; nil
  /// where rows lie in their order.
  let interleaved: Int?

  /// Blocks of a GGUF file, in place.
  /// - Parameter interleaved: how many rows belong to a head whose halves take turns in the file; nil: rows lie in their order.
  /// - Throws: `TensorError` of kind `unsupported` for types without products, of kind `shape` for what is no matrix.
  public init(_ blocks: QuantizedTensor, interleaved: Int? = nil) throws(TensorError) {
    guard blocks.shape.count == 2 else {
      throw TensorError(.shape, "QuantizedWeight", "a weight has two dimensions, and found \(blocks.shape)")
    }
    if let dtype = blocks.type.dtype, dtype == .float16 || dtype == .bfloat16 {
      try self.init(blocks.dequantized(dtype), interleaved: interleaved)
      return
    }
    guard ck_quantized_has(Int32(blocks.type.rawValue)) else {
      throw TensorError(
        .unsupported, "QuantizedWeight", "there are no products with weights of type \(blocks.type.name)")
    }
    try self.init(.blocks(blocks.type), blocks.shape, blocks.bytes, interleaved)
  }

  /// A matrix of float16 or bfloat16 numbers, in place.
  public init(_ numbers: Tensor, interleaved: Int? = nil) throws(TensorError) {
    guard numbers.rank == 2, numbers.dtype == .float16 || numbers.dtype == .bfloat16 else {
      throw TensorError(
        .dtype, "QuantizedWeight",
        "a matrix of float16 or bfloat16 was expected, and found \(numbers.dtype) of shape \(numbers.shape)")
    }
    try self.init(
      numbers.dtype == .float16 ? .float16 : .bfloat16, numbers.shape, numbers.detach().contiguous(), interleaved)
  }

  /// The matrix of float16 or bfloat16 numbers of a layer that float32 activations reach: widening all of it for each call would
  /// take longer than the product. Nil where it needs a gradient, where a program is being captured or a transformation follows it,
  /// and on devices.
  init?(reading weight: Tensor, for x: Tensor) {
    guard x.dtype == .float32, weight.rank == 2, weight.dtype == .float16 || weight.dtype == .bfloat16,
      Context.isPlain || Context.tracer == nil, !(Context.isGradientEnabled && weight.requiresGrad),
      !weight.isPoisoned, !weight.isMarked, weight.device == .cpu, let made = try? QuantizedWeight(weight)
    else { return nil }
    self = made
  }

  init(_ form: WeightForm, _ shape: [Int], _ storage: Tensor, _ interleaved: Int? = nil) throws(TensorError) {
    if let interleaved, interleaved < 2 || interleaved % 2 != 0 || shape[0] % interleaved != 0 {
      throw TensorError(
        .shape, "QuantizedWeight", "\(shape[0]) rows are no heads of \(interleaved) rows, an even number each")
    }
    (self.form, self.shape, self.storage, self.interleaved, fourBits) = (form, shape, storage, interleaved, nil)
  }

  /// A matrix `[out, in]` whose numbers lie row by row in blocks of 4 bits.
  /// - Throws: `TensorError` of kind `shape` where they are not as many.
  public init(_ blocks: FourBitBlocks, shape: [Int]) throws(TensorError) {
    guard shape.count == 2, shape.allSatisfy({ $0 >= 0 }), checkedElementCount(shape) == blocks.count else {
      throw TensorError(.shape, "QuantizedWeight", "\(blocks.count) numbers in blocks are no matrix of shape \(shape)")
    }
    (form, self.shape, storage, interleaved, fourBits) = (.fourBits(blocks.form), shape, blocks.packed, nil, blocks)
  }

  /// How many numbers there are.
  var count: Int { shape[0] * shape[1] }
  /// The bytes that the numbers take.
  public var byteCount: Int { fourBits?.byteCount ?? storage.count * storage.dtype.size }

  /// The number of the form among the kernels; nil for numbers that are widened for products: of 16 bits, of 4 bits in blocks.
  var kernel: Int32? {
    switch form {
    case .blocks(let type): Int32(type.rawValue)
    case .int8: CK_INT8_ROWS
    case .int4: CK_INT4_GROUPS
    case .float16, .bfloat16, .fourBits: nil
    }
  }

  /// How many numbers of a row share a scale, where the kernel asks for it.
  var group: Int { if case .int4(let group) = form { group } else { 32 } }

  /// The bytes of a row.
  var rowBytes: Int { shape[0] == 0 ? 0 : byteCount / shape[0] }

  /// Calls `body` with parts of the rows in `range` that lie evenly apart: where the first is among the results and in memory, how
  /// many bytes lie between rows, and how many they are.
  func forEachRun(
    in range: Range<Int>, _ body: (_ row: Int, _ bytes: UnsafeRawPointer, _ stride: Int, _ count: Int) -> Void
  ) {
    let base = UnsafeRawPointer(storage.body.data)
    guard let interleaved else {
      return body(range.lowerBound, base + range.lowerBound * rowBytes, rowBytes, range.count)
    }
    let half = interleaved / 2
    var row = range.lowerBound
    while row < range.upperBound {
      let (part, within) = (row / half, row % half)
      let count = min(half - within, range.upperBound - row)
      let first = part / 2 * interleaved + part % 2 + 2 * within
      body(row, base + first * rowBytes, 2 * rowBytes, count)
      row += count
    }
  }
}

extension QuantizedWeight: PackedWeight {
  /// `x @ weight^T + bias` in float32: `[..., in]` to `[..., out]`. A gradient flows to `x` and to the bias.
  public func product(_ x: Tensor, bias: Tensor? = nil) -> Tensor {
    Self.products(x, [self], [bias])[0]
  }

  /// ``product(_:bias:)`` of the same `x` with several weights, which cost less together.
  static func products(_ x: Tensor, _ weights: [QuantizedWeight], _ biases: [Tensor?]) -> [Tensor] {
    let wide = x.dtype == .float32 ? x : x.to(.float32)
    let product = PackedProduct(weights: weights, hasBias: biases.map { $0 != nil })
    let made = results(apply(product, [wide] + biases.compactMap { $0 }), weights.count)
    return x.dtype == .float32 || !x.dtype.isFloatingPoint ? made : made.map { $0.to(x.dtype) }
  }
}

extension Projection {
  /// The results of several layers for the same `x`: in one pass where all weights lie in blocks and nothing stands beside them.
  package static func together(_ projections: [Projection], _ x: Tensor) -> [Tensor] {
    let packed = projections.compactMap { $0.adapter == nil ? $0.packed as? QuantizedWeight : nil }
    guard packed.count == projections.count, packed.allSatisfy({ $0.shape[1] == packed[0].shape[1] }) else {
      return projections.map { $0(x) }
    }
    return QuantizedWeight.products(x, packed, projections.map(\.bias))
  }
}
