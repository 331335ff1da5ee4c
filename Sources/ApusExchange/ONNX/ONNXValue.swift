import ApusCore
import ApusFormats

/// What flows between the nodes of an ONNX graph.
public enum ONNXValue: Sendable {
  /// A tensor of numbers.
  case tensor(Tensor)
  /// A tensor of an element type that ``Tensor`` lacks, such as `INT4` or `FLOAT8E5M2FNUZ`: its values in a tensor of
  /// the type's ``ONNX/DataType/carrier``.
  case narrow(Tensor, ONNX.DataType)
  /// A tensor of texts.
  case strings(StringTensor)
  /// Values of one type. An empty one may say what it is to hold.
  case sequence([ONNXValue], of: ONNX.DataType? = nil)
  /// A value or none.
  indirect case optional(ONNXValue?)
  /// Values by keys.
  case map(ONNXMap)

  /// The words for its kind in messages.
  public var kindName: String {
    switch self {
    case .tensor(let tensor): "a tensor of \(tensor.dtype) \(tensor.shape)"
    case .narrow(let tensor, let type): "a tensor of \(type.name) \(tensor.shape)"
    case .strings(let tensor): "a tensor of text \(tensor.shape)"
    case .sequence(let values, _): "a sequence of \(values.count)"
    case .optional: "an optional"
    case .map: "a map"
    }
  }

  /// The shape, where it is a tensor.
  public var shape: [Int]? {
    switch self {
    case .tensor(let tensor), .narrow(let tensor, _): tensor.shape
    case .strings(let tensor): tensor.shape
    case .sequence, .optional, .map: nil
    }
  }

  /// The element type, where it is a tensor.
  public var elementType: ONNX.DataType? {
    switch self {
    case .tensor(let tensor): ONNX.DataType(tensor.dtype)
    case .narrow(_, let type): type
    case .strings: .string
    case .sequence, .optional, .map: nil
    }
  }

  /// The tensor, where it is one of numbers.
  public var tensor: Tensor? {
    if case .tensor(let tensor) = self { return tensor }
    return nil
  }

  /// The same kind of value with its elements moved: for operators that take tensors of any type and do not look at the
  /// elements.
  /// - Throws: what `move` throws, and when this is no tensor.
  public func moved(_ move: (Tensor) throws -> Tensor) throws -> ONNXValue {
    switch self {
    case .tensor(let tensor): .tensor(try move(tensor))
    case .narrow(let tensor, let type): .narrow(try move(tensor), type)
    case .strings(let tensor): .strings(try tensor.moved(move))
    case .sequence, .optional, .map: throw TensorError(.dtype, "", "a tensor is needed, and found \(kindName)")
    }
  }

  /// A value of `type` whose elements `tensor` holds, as the type itself or its carrier.
  public init(_ tensor: Tensor, as type: ONNX.DataType) {
    self = type.dtype == nil ? .narrow(tensor, type) : .tensor(tensor)
  }
}

/// A tensor of texts, in row-major order.
public struct StringTensor: Sendable, Hashable {
  /// The size of each dimension.
  public var shape: [Int]
  /// As many as the product of `shape`.
  public var elements: [String]

  /// A tensor of that shape; without one, a row of all elements.
  public init(_ elements: [String], shape: [Int]? = nil) {
    self.elements = elements
    self.shape = shape ?? [elements.count]
  }

  /// The elements at the positions that `positions`, a tensor of whole numbers, has: how operations that only move elements
  /// work on texts. They are done to the positions `0, 1, ...` in this shape first.
  public func moved(_ move: (Tensor) throws -> Tensor) rethrows -> StringTensor {
    let places = try move(arange(elements.count).reshape(shape))
    let moved = places.array(as: Int.self).map { elements.indices.contains($0) ? elements[$0] : "" }
    return StringTensor(moved, shape: places.shape)
  }
}

/// Keys and their values in the same order, as ONNX's maps are.
public struct ONNXMap: Sendable {
  /// The keys.
  public enum Keys: Sendable, Hashable {
    /// Whole numbers.
    case integers([Int64])
    /// Texts.
    case strings([String])
  }

  public var keys: Keys
  /// The value of each key.
  public var values: [ONNXValue]

  /// A map of keys and as many values.
  public init(keys: Keys, values: [ONNXValue]) {
    self.keys = keys
    self.values = values
  }
}
