import ApusCore

/// The element type of an input or output: a type of tensors, or `BYTES`, texts of any bytes.
struct ServedType: Sendable, Hashable {
  /// The type of tensors; nil for `BYTES`.
  let dtype: DType?

  static let bytes = ServedType(dtype: nil)

  private static let names: [(DType, String)] = [
    (.bool, "BOOL"), (.uint8, "UINT8"), (.uint16, "UINT16"), (.uint32, "UINT32"), (.uint64, "UINT64"), (.int8, "INT8"),
    (.int16, "INT16"), (.int32, "INT32"), (.int64, "INT64"), (.float16, "FP16"), (.bfloat16, "BF16"),
    (.float32, "FP32"), (.float64, "FP64"),
  ]

  init(dtype: DType?) { self.dtype = dtype }

  /// The type that the Open Inference Protocol calls so, or nil.
  init?(protocolName: String) {
    if protocolName == "BYTES" { self = .bytes; return }
    guard let found = Self.names.first(where: { $0.1 == protocolName }) else { return nil }
    self.init(dtype: found.0)
  }

  /// The type that a configuration calls so (`TYPE_FP32`, `TYPE_STRING`), or nil.
  init?(configurationName: String) {
    guard configurationName.hasPrefix("TYPE_") else { return nil }
    let name = String(configurationName.dropFirst(5))
    self.init(protocolName: name == "STRING" ? "BYTES" : name)
  }

  /// The name in the Open Inference Protocol; that of the library for types that it lacks.
  var protocolName: String {
    guard let dtype else { return "BYTES" }
    return Self.names.first { $0.0 == dtype }?.1 ?? dtype.name
  }

  /// The name in configurations.
  var configurationName: String { dtype == nil ? "TYPE_STRING" : "TYPE_\(protocolName)" }

  /// The number in configurations of protocol buffers; 0 for types that these lack.
  var configurationNumber: Int {
    let names = [
      "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BYTES",
      "BF16",
    ]
    return (names.firstIndex(of: protocolName) ?? -1) + 1
  }

  /// The name in TensorFlow.
  var tensorFlowName: String {
    guard let dtype else { return "DT_STRING" }
    switch dtype {
    case .float32: return "DT_FLOAT"
    case .float64: return "DT_DOUBLE"
    case .float16: return "DT_HALF"
    default: return "DT_\(dtype.name.uppercased())"
    }
  }
}

/// An input or output of a served model.
struct ServedPort: Sendable, Hashable {
  let name: String
  let type: ServedType
  /// The size of each dimension, -1 for open ones; nil where not even their number is known.
  let shape: [Int]?
  /// The first dimension's name, where it is open and has one.
  var rows: String?
  var isOptional = false
  /// Whether a value may be missing, see ``ElementBuffer``.
  var allowsMissing = false
}

/// What goes into a model and comes out.
enum ServedValue: Sendable {
  case tensor(Tensor)
  /// Texts of any bytes, in row-major order.
  case texts([[UInt8]], shape: [Int])

  var shape: [Int] {
    switch self {
    case .tensor(let tensor): tensor.shape
    case .texts(_, let shape): shape
    }
  }

  var type: ServedType {
    switch self {
    case .tensor(let tensor): ServedType(dtype: tensor.dtype)
    case .texts: .bytes
    }
  }

  var count: Int { shape.reduce(1) { $0.clampedMultiplying($1) } }

  /// Values one behind the other along the first dimension.
  static func joined(_ values: [ServedValue]) -> ServedValue {
    guard case .texts(_, let shape)? = values.first else {
      let tensors = values.compactMap { value -> Tensor? in if case .tensor(let tensor) = value { tensor } else { nil }
      }
      return .tensor(cat(tensors, dim: 0))
    }
    let texts = values.flatMap { value -> [[UInt8]] in if case .texts(let texts, _) = value { texts } else { [] } }
    return .texts(texts, shape: [values.reduce(0) { $0 + ($1.shape.first ?? 0) }] + shape.dropFirst())
  }

  /// The rows in `range` of the first dimension.
  func rows(_ range: Range<Int>) -> ServedValue {
    switch self {
    case .tensor(let tensor): return .tensor(tensor.narrow(0, range.lowerBound, range.count))
    case .texts(let texts, let shape):
      let row = shape.dropFirst().reduce(1, *)
      return .texts(
        Array(texts[range.lowerBound * row..<range.upperBound * row]), shape: [range.count] + shape.dropFirst())
    }
  }
}
