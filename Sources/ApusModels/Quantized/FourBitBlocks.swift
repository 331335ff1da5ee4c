import ApusCore
import ApusFormats
import ApusFunctional

/// Which 16 numbers four bits stand for.
public enum FourBitType: String, Sendable, Hashable, CaseIterable {
  /// Normal float: the middles of 16 parts of the normal distribution that are equally likely, -1 to 1 with an exact 0 (Dettmers and others,
  /// 2023, "QLoRA").
  case nf4
  /// A sign, two bits of exponent and one of the fraction, the largest being 1.
  case fp4

  /// The numbers that 0 to 15 stand for.
  public var code: [Float] {
    switch self {
    case .nf4:
      [
        -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
        -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
        0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
      ]
    case .fp4:
      [
        0, 0.0625 / 12, 8 / 12, 1, 4 / 12, 6 / 12, 2 / 12, 3 / 12, 0, -0.0625 / 12, -8 / 12, -1, -4 / 12, -6 / 12,
        -2 / 12, -3 / 12,
      ]
    }
  }

  /// The codes in the order of their numbers.
  fileprivate var order: [UInt8] {
    switch self {
    case .nf4: Array(0..<16)
    case .fp4: [11, 10, 13, 12, 15, 14, 9, 0, 8, 1, 6, 7, 4, 5, 2, 3]
    }
  }

  /// For each byte the numbers of its upper and of its lower half.
  fileprivate static let pairs: [FourBitType: [SIMD2<Float>]] = {
    var pairs: [FourBitType: [SIMD2<Float>]] = [:]
    for type in allCases {
      let code = type.code
      pairs[type] = (0..<256).map { SIMD2(code[$0 >> 4], code[$0 & 15]) }
    }
    return pairs
  }()
}

/// How numbers become blocks of four bits.
public struct FourBitForm: Sendable, Hashable {
  /// What four bits stand for.
  public var type: FourBitType
  /// The numbers that share a scale, in the order of memory: 32, 64, ... 4096.
  public var blockSize: Int
  /// Whether the scales are themselves quantised, to 8 bits with a scale for each 256 of them (QLoRA's double quantisation): 0.37 bits a number
  /// less for blocks of 64.
  public var isNested: Bool

  /// Blocks of 64 with float32 scales, unless said otherwise.
  public init(_ type: FourBitType, blockSize: Int = 64, isNested: Bool = false) {
    (self.type, self.blockSize, self.isNested) = (type, blockSize, isNested)
  }

  /// The sizes of blocks that there are.
  static let blockSizes = [32, 64, 128, 256, 512, 1024, 2048, 4096]
}

extension FourBitForm: CustomStringConvertible {
  /// `nf4`, `fp4-128`, `nf4-nested`.
  public var description: String {
    type.rawValue + (blockSize == 64 ? "" : "-\(blockSize)") + (isNested ? "-nested" : "")
  }

  /// The form of that description.
  init?(_ description: String) {
    var parts = description.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard let type = FourBitType(rawValue: parts.removeFirst()) else { return nil }
    self.init(type)
    if parts.last == "nested" {
      isNested = true
      parts.removeLast()
    }
    guard let size = parts.first else { return }
    guard parts.count == 1, let number = Int(size), Self.blockSizes.contains(number) else { return nil }
    blockSize = number
  }
}

/// Numbers of four bits in blocks with a scale, bit for bit as bitsandbytes' `quantize_4bit` makes them on the processor: a block's numbers
/// are divided by its largest size, and each becomes the nearest of 16 (``FourBitType``).
public struct FourBitBlocks: Sendable {
  public let form: FourBitForm
  /// How many numbers there are.
  public let count: Int
  /// Two numbers a byte, the first in the upper half: uint8, `[(count + 1) / 2]`.
  public let packed: Tensor
  /// The scale of each block: float32, or uint8 where they are nested.
  public let absmax: Tensor
  /// The scales of the scales, and what is added to them; nil where they are float32.
  public let nested: Nested?

  /// How quantised scales become numbers: `signed dynamic value * absmax[i / 256] + offset`.
  public struct Nested: Sendable {
    /// The scale of each 256 scales, float32.
    public let absmax: Tensor
    /// The mean of the scales.
    public let offset: Float
    /// The scales that share one.
    static let blockSize = 256
  }

  /// Quantises the numbers of a tensor of float32, float16 or bfloat16 in the order of its elements.
  /// - Throws: `TensorError` of kind `value` for a size of blocks that bitsandbytes lacks, of kind `dtype` for other elements.
  public init(quantizing tensor: Tensor, as form: FourBitForm) throws(TensorError) {
    guard FourBitForm.blockSizes.contains(form.blockSize) else {
      throw TensorError(
        .value, "FourBitBlocks", "blocks of \(form.blockSize) were asked for; possible are \(FourBitForm.blockSizes)")
    }
    guard tensor.dtype.isFloatingPoint, !tensor.dtype.isCustom else {
      throw TensorError(
        .dtype, "FourBitBlocks", "\(tensor.dtype) elements cannot be quantised; floating-point ones can")
    }
    let source = try tensor.detach().dense(.float32)
    let count = tensor.count
    let blocks = (count + form.blockSize - 1) / form.blockSize
    let packed = Tensor.uninitialized([(count + 1) / 2], .uint8)
    let scales = Tensor.uninitialized([blocks], .float32)
    let x = UnsafePointer(source.data.assumingMemoryBound(to: Float.self))
    let out = packed.body.data.assumingMemoryBound(to: UInt8.self)
    let absmax = scales.body.data.assumingMemoryBound(to: Float.self)
    withExtendedLifetime((source, packed, scales)) {
      Self.quantize(x, count, form, into: out, absmax)
    }
    guard form.isNested else {
      self.init(form: form, count: count, packed: packed, absmax: scales, nested: nil)
      return
    }
    let offset: Float = blocks == 0 ? 0 : scales.mean().item()
    let codes = Tensor.uninitialized([blocks], .uint8)
    let outer = Tensor.uninitialized([(blocks + Nested.blockSize - 1) / Nested.blockSize], .float32)
    let (bytes, sizes) = (
      codes.body.data.assumingMemoryBound(to: UInt8.self), outer.body.data.assumingMemoryBound(to: Float.self)
    )
    withExtendedLifetime((scales, codes, outer)) {
      for i in 0..<blocks { absmax[i] -= offset }
      for i in 0..<outer.count {
        let first = i * Nested.blockSize
        let size = min(Nested.blockSize, blocks - first)
        sizes[i] = DynamicCode.signed.quantize(absmax + first, size, into: bytes + first)
      }
    }
    self.init(
      form: form, count: count, packed: packed, absmax: codes, nested: Nested(absmax: outer, offset: offset))
  }

  /// Blocks that are there already.
  /// - Throws: `TensorError` of kind `shape` where sizes do not fit each other.
  init(
    _ form: FourBitForm, count: Int, packed: Tensor, absmax: Tensor, nested: Nested?, _ name: String
  ) throws(TensorError) {
    let blocks = (count + form.blockSize - 1) / max(form.blockSize, 1)
    func check(_ what: String, _ tensor: Tensor, _ dtype: DType, _ size: Int) throws(TensorError) {
      guard tensor.dtype == dtype, tensor.count == size else {
        throw TensorError(
          .shape, name,
          "\(what) must be \(size) elements of \(dtype) for \(count) numbers in blocks of \(form.blockSize), and found \(tensor.dtype) of "
            + "\(tensor.shape)")
      }
    }
    guard FourBitForm.blockSizes.contains(form.blockSize) else {
      throw TensorError(
        .value, name, "blocks of \(form.blockSize) are not known; possible are \(FourBitForm.blockSizes)")
    }
    try check("the packed numbers", packed, .uint8, (count + 1) / 2)
    try check("absmax", absmax, nested == nil ? .float32 : .uint8, blocks)
    if let nested {
      try check("nested_absmax", nested.absmax, .float32, (blocks + Nested.blockSize - 1) / Nested.blockSize)
    }
    func flat(_ tensor: Tensor) -> Tensor { tensor.detach().contiguous().reshape([-1]) }
    self.init(
      form: form, count: count, packed: flat(packed), absmax: flat(absmax),
      nested: nested.map { Nested(absmax: flat($0.absmax), offset: $0.offset) })
  }

  private init(form: FourBitForm, count: Int, packed: Tensor, absmax: Tensor, nested: Nested?) {
    (self.form, self.count, self.packed, self.absmax, self.nested) = (form, count, packed, absmax, nested)
  }

  /// The bytes that numbers and scales take.
  public var byteCount: Int { packed.count + absmax.count * absmax.dtype.size + (nested?.absmax.count ?? 0) * 4 }

  /// All numbers in float32, one dimension.
  public func dequantized() -> Tensor {
    let result = Tensor.uninitialized([count], .float32)
    let out = result.body.data.assumingMemoryBound(to: Float.self)
    let size = form.blockSize
    parallelFor((count + size - 1) / size, grain: max(1, 16384 / size)) { range in
      let first = range.lowerBound * size
      dequantize(first..<min(count, range.upperBound * size), into: out + first)
    }
    return result
  }

  /// Writes the numbers in `range`, one after the other.
  /// - Precondition: they are there, and `out` has room for them.
  func dequantize(_ range: Range<Int>, into out: UnsafeMutablePointer<Float>) {
    guard let pairs = FourBitType.pairs[form.type] else { return }
    let bytes = UnsafePointer(packed.body.data.assumingMemoryBound(to: UInt8.self))
    let size = form.blockSize
    pairs.withUnsafeBufferPointer { pairs in
      var place = range.lowerBound
      while place < range.upperBound {
        let block = place / size
        let end = min((block + 1) * size, range.upperBound)
        let scale = scale(of: block)
        let target = out + (place - range.lowerBound)
        var i = 0
        if place % 2 == 1 {
          target[0] = pairs[Int(bytes[place / 2])].y * scale
          i = 1
        }
        let count = end - place
        while i + 1 < count {
          let pair = pairs[Int(bytes[(place + i) / 2])] * scale
          target[i] = pair.x
          target[i + 1] = pair.y
          i += 2
        }
        if i < count { target[i] = pairs[Int(bytes[(place + i) / 2])].x * scale }
        place = end
      }
    }
    withExtendedLifetime(packed) {}
  }

  @inline(__always)
  private func scale(of block: Int) -> Float {
    guard let nested else { return absmax.body.data.assumingMemoryBound(to: Float.self)[block] }
    let code = absmax.body.data.assumingMemoryBound(to: UInt8.self)[block]
    let outer = nested.absmax.body.data.assumingMemoryBound(to: Float.self)[block / Nested.blockSize]
    return DynamicCode.signed.values[Int(code)] * outer + nested.offset
  }

  private static func quantize(
    _ x: UnsafePointer<Float>, _ count: Int, _ form: FourBitForm, into out: UnsafeMutablePointer<UInt8>,
    _ absmax: UnsafeMutablePointer<Float>
  ) {
    let (size, code, order) = (form.blockSize, form.type.code, form.type.order)
    let sorted = order.map { code[Int($0)] }
    // The middles between neighbours; one that is not above its bound lies below.
    let bounds = zip(sorted, sorted.dropFirst()).map { ($0 + $1) / 2 }
    parallelFor((count + size - 1) / size, grain: max(1, 8192 / size)) { range in
      for block in range {
        let first = block * size
        let length = min(size, count - first)
        var most: Float = 0
        for i in first..<first + length where !(x[i].magnitude <= most) {
          most = x[i].magnitude
          if most.isNaN { break }
        }
        // A whole block is multiplied by the inverse, the last part divided; no scale is below the least one.
        let isWhole = length == size
        let scale = most < 1e-38 ? 1e-38 : most
        let inverse = 1 / scale
        absmax[block] = isWhole ? most : scale
        func number(_ i: Int) -> UInt8 {
          var value = isWhole ? x[first + i] * inverse : x[first + i] / scale
          value = value < -1 ? -1 : value > 1 ? 1 : value
          var low = 0
          var step = 8
          while step > 0 {
            if low + step <= 15, !(bounds[low + step - 1] >= value) { low += step }
            step /= 2
          }
          return order[low]
        }
        var i = 0
        while i < length {
          // The half of a byte that is left over is what 0 becomes.
          let second = i + 1 < length ? number(i + 1) : zero(bounds, order)
          out[(first + i) / 2] = number(i) << 4 | second
          i += 2
        }
      }
    }
  }

  /// The code of 0.
  private static func zero(_ bounds: [Float], _ order: [UInt8]) -> UInt8 {
    order[bounds.firstIndex { $0 >= 0 } ?? 15]
  }
}
