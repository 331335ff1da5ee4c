import ApusCore

/// How the elements of a tensor in a GGUF file are stored: as numbers, or in blocks of a few bits each with a scale.
///
/// The types and their numbers are those of ggml (`ggml.h`, `ggml-common.h`); a quantised row is a run of whole blocks.
public enum GGUFTensorType: UInt32, Sendable, Hashable, CaseIterable {
  /// float32 numbers.
  case f32 = 0
  /// float16 numbers.
  case f16 = 1
  /// Blocks of 32: 4 bits and a scale.
  case q4_0 = 2
  /// Blocks of 32: 4 bits, a scale and a minimum.
  case q4_1 = 3
  /// Blocks of 32: 5 bits and a scale.
  case q5_0 = 6
  /// Blocks of 32: 5 bits, a scale and a minimum.
  case q5_1 = 7
  /// Blocks of 32: 8 bits and a scale.
  case q8_0 = 8
  /// Blocks of 32: 8 bits, a scale and a sum; for products only.
  case q8_1 = 9
  /// Blocks of 256: 2 bits, scales and minima of 4 bits.
  case q2_K = 10
  /// Blocks of 256: 3 bits, scales of 6 bits.
  case q3_K = 11
  /// Blocks of 256: 4 bits, scales and minima of 6 bits.
  case q4_K = 12
  /// Blocks of 256: 5 bits, scales and minima of 6 bits.
  case q5_K = 13
  /// Blocks of 256: 6 bits, scales of 8 bits.
  case q6_K = 14
  /// Blocks of 256: 8 bits and a float32 scale.
  case q8_K = 15
  /// Blocks that are told by their name and not read.
  case iq2_xxs = 16
  /// Blocks that are told by their name and not read.
  case iq2_xs = 17
  /// Blocks that are told by their name and not read.
  case iq3_xxs = 18
  /// Blocks that are told by their name and not read.
  case iq1_s = 19
  /// Blocks of 32: 4 bits that stand for uneven steps, and a scale.
  case iq4_nl = 20
  /// Blocks that are told by their name and not read.
  case iq3_s = 21
  /// Blocks that are told by their name and not read.
  case iq2_s = 22
  /// Blocks that are told by their name and not read.
  case iq4_xs = 23
  /// int8 numbers.
  case i8 = 24
  /// int16 numbers.
  case i16 = 25
  /// int32 numbers.
  case i32 = 26
  /// int64 numbers.
  case i64 = 27
  /// float64 numbers.
  case f64 = 28
  /// Blocks that are told by their name and not read.
  case iq1_m = 29
  /// bfloat16 numbers.
  case bf16 = 30
  /// Blocks that are told by their name and not read.
  case tq1_0 = 34
  /// Blocks that are told by their name and not read.
  case tq2_0 = 35
  /// Blocks that are told by their name and not read.
  case mxfp4 = 39
  /// Blocks that are told by their name and not read.
  case nvfp4 = 40
  /// Blocks that are told by their name and not read.
  case q1_0 = 41

  /// ggml's name of the type: `F32`, `Q4_K`.
  public var name: String {
    // The only letter of a quantised type's name that is small here is the one that tells the family.
    "\(self)".uppercased()
  }

  /// The type that ggml calls by `name`, in small or capital letters.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name.uppercased() }) else { return nil }
    self = found
  }

  /// The numbers in a block, and the bytes that it takes.
  public var block: (count: Int, bytes: Int) {
    switch self {
    case .f32, .i32: (1, 4)
    case .f16, .bf16, .i16: (1, 2)
    case .f64, .i64: (1, 8)
    case .i8: (1, 1)
    case .q4_0, .iq4_nl: (32, 18)
    case .q4_1: (32, 20)
    case .q5_0: (32, 22)
    case .q5_1: (32, 24)
    case .q8_0: (32, 34)
    case .q8_1: (32, 40)
    case .q2_K: (256, 84)
    case .q3_K: (256, 110)
    case .q4_K: (256, 144)
    case .q5_K: (256, 176)
    case .q6_K: (256, 210)
    case .q8_K: (256, 292)
    case .iq2_xxs: (256, 66)
    case .iq2_xs: (256, 74)
    case .iq3_xxs: (256, 98)
    case .iq1_s: (256, 50)
    case .iq3_s: (256, 110)
    case .iq2_s: (256, 82)
    case .iq4_xs: (256, 136)
    case .iq1_m: (256, 56)
    case .tq1_0: (256, 54)
    case .tq2_0: (256, 66)
    case .mxfp4: (32, 17)
    case .nvfp4: (64, 36)
    case .q1_0: (128, 18)
    }
  }

  /// The element type of tensors that are stored as numbers; nil for quantised ones.
  public var dtype: DType? {
    switch self {
    case .f32: .float32
    case .f16: .float16
    case .bf16: .bfloat16
    case .f64: .float64
    case .i8: .int8
    case .i16: .int16
    case .i32: .int32
    case .i64: .int64
    default: nil
    }
  }

  /// Whether the numbers of such tensors can be read: of the quantised types those of ``readable``.
  public var isReadable: Bool { dtype != nil || blockReader != nil }

  /// The types that can be read, by name.
  static var readable: String { allCases.filter(\.isReadable).map(\.name).joined(separator: ", ") }

  /// The type that stores elements of `dtype` as they are.
  init?(_ dtype: DType) {
    guard let found = Self.allCases.first(where: { $0.dtype == dtype }) else { return nil }
    self = found
  }

  /// The bytes of a tensor of `shape`, or nil where they are too many or its rows are no whole blocks.
  func byteCount(_ shape: [Int]) -> Int? {
    guard let count = checkedElementCount(shape), (shape.last ?? 1) % block.count == 0 else { return nil }
    let (bytes, overflow) = (count / block.count).multipliedReportingOverflow(by: block.bytes)
    return overflow ? nil : bytes
  }

  /// The readers of blocks, whose results are bit for bit those of the `gguf` package, ggml's own for Python.
  var blockReader: BlockReader? {
    switch self {
    case .q4_0: readQ4_0
    case .q4_1: readQ4_1
    case .q5_0: readQ5_0
    case .q5_1: readQ5_1
    case .q8_0: readQ8_0
    case .q2_K: readQ2_K
    case .q3_K: readQ3_K
    case .q4_K: readQ4_K
    case .q5_K: readQ5_K
    case .q6_K: readQ6_K
    case .q8_K: readQ8_K
    case .iq4_nl: readIQ4_NL
    default: nil
    }
  }
}

/// Writes the numbers of blocks that lie one after the other.
typealias BlockReader =
  @Sendable (
    _ blocks: UnsafeRawPointer, _ count: Int, _ numbers: UnsafeMutablePointer<Float>
  ) -> Void
