import ApusCore

/// An object of a PyTorch file: what `torch.load` gives, as a value.
///
///     let file = try PyTorchFile(path: "checkpoint.pt")
///     let epoch = file.root["epoch"]?.int
///     let rate = file.root["optimizer"]?["param_groups"]?[0]?["lr"]?.double
///     let weight = try file.root["model"]?["fc.weight"]?.tensor?.tensor()
///
/// Trees to be written are made of literals and of ``init(_:)-(Tensor)``:
///
///     let tree: PickledValue = ["epoch": 3, "model": PickledValue(weights), "best": 0.93, "note": nil]
public enum PickledValue: Sendable {
  /// Python's `None`.
  case none
  /// A truth value.
  case bool(Bool)
  /// An integer.
  case int(Int)
  /// An integer that Int cannot hold, in decimal digits.
  case bigInt(String)
  /// A floating point number.
  case float(Double)
  /// A complex number.
  case complex(Complex)
  /// A text, `str`.
  case string(String)
  /// Python's `bytes`.
  case bytes([UInt8])
  /// Python's `bytearray`.
  case byteArray([UInt8])
  /// A list.
  case list([PickledValue])
  /// A tuple.
  case tuple([PickledValue])
  /// A set, in the order of the file.
  case set([PickledValue])
  /// A `dict`, `OrderedDict` or `Counter`.
  indirect case dictionary(PickledDictionary)
  /// A strided tensor, also a quantised one or a Parameter, or one of the device `meta`.
  case tensor(PickledTensor)
  /// A sparse tensor.
  case sparse(PickledSparseTensor)
  /// A storage by itself.
  case storage(PickledStorage)
  /// A `torch.Size`.
  case size([Int])
  /// A `torch.dtype`.
  case dtype(PickledElementType)
  /// A `torch.layout`: `strided`, `sparse_coo` ...
  case layout(String)
  /// A `torch.device`: `cpu`, `cuda:1` ...
  case device(String)
  /// An object of a class that a TorchScript archive defines: its class and its attributes by name.
  indirect case object(type: String, attributes: PickledDictionary)
}

// Reading: nil where it is something else.

extension PickledValue {
  /// The value of a dictionary, or the attribute of an object, under a text.
  public subscript(_ key: String) -> PickledValue? {
    switch self {
    case .dictionary(let entries): entries[key]
    case .object(_, let attributes): attributes[key]
    default: nil
    }
  }

  /// The item of a list or tuple, or the value of a dictionary under an integer.
  public subscript(_ position: Int) -> PickledValue? {
    switch self {
    case .list(let items), .tuple(let items): items.indices.contains(position) ? items[position] : nil
    case .dictionary(let entries): entries[position]
    default: nil
    }
  }

  /// Whether it is `None`.
  public var isNone: Bool { if case .none = self { true } else { false } }
  /// The truth value.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The integer.
  public var int: Int? { if case .int(let value) = self { value } else { nil } }
  /// The text.
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The dictionary.
  public var dictionary: PickledDictionary? { if case .dictionary(let value) = self { value } else { nil } }
  /// The strided tensor.
  public var tensor: PickledTensor? { if case .tensor(let value) = self { value } else { nil } }
  /// An integer or floating point number.
  public var double: Double? {
    switch self {
    case .float(let value): value
    case .int(let value): Double(value)
    case .bigInt(let digits): Double(digits)
    default: nil
    }
  }
  /// The items of a list, tuple or set; the sizes of a `torch.Size`.
  public var items: [PickledValue]? {
    switch self {
    case .list(let items), .tuple(let items), .set(let items): items
    case .size(let sizes): sizes.map { .int($0) }
    default: nil
    }
  }
  /// The integers of a list, tuple or `torch.Size` that has nothing else.
  public var ints: [Int]? {
    if case .size(let sizes) = self { return sizes }
    guard let items else { return nil }
    let numbers = items.compactMap(\.int)
    return numbers.count == items.count ? numbers : nil
  }

  /// What it is, in Python's words: `dict`, `torch.Tensor` ...
  public var typeName: String {
    switch self {
    case .none: "None"
    case .bool: "bool"
    case .int, .bigInt: "int"
    case .float: "float"
    case .complex: "complex"
    case .string: "str"
    case .bytes: "bytes"
    case .byteArray: "bytearray"
    case .list: "list"
    case .tuple: "tuple"
    case .set: "set"
    case .dictionary(let entries): entries.kind.rawValue
    case .tensor(let tensor): tensor.isParameter ? "torch.nn.Parameter" : "torch.Tensor"
    case .sparse: "torch.Tensor"
    case .storage: "torch.UntypedStorage"
    case .size: "torch.Size"
    case .dtype: "torch.dtype"
    case .layout: "torch.layout"
    case .device: "torch.device"
    case .object(let type, _): type
    }
  }
}

// Making.

extension PickledValue {
  /// A tensor, which shares its elements with `tensor`.
  public init(_ tensor: Tensor) { self = .tensor(PickledTensor(tensor)) }

  /// An ordered dictionary of tensors, as `state_dict()` gives it.
  public init(_ tensors: [(name: String, tensor: Tensor)]) {
    self = .dictionary(
      PickledDictionary(tensors.map { (.string($0.name), PickledValue($0.tensor)) }, kind: .ordered))
  }
}

extension PickledValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(nilLiteral: ()) { self = .none }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .float(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: PickledValue...) { self = .list(elements) }
  public init(dictionaryLiteral elements: (PickledValue, PickledValue)...) {
    self = .dictionary(PickledDictionary(elements.map { (key: $0.0, value: $0.1) }))
  }
}

extension PickledValue: CustomStringConvertible {
  /// The value as Python would print it, tensors by their shape and type.
  public var description: String {
    func list(_ items: [PickledValue]) -> String { items.map(\.description).joined(separator: ", ") }
    switch self {
    case .none: return "None"
    case .bool(let value): return value ? "True" : "False"
    case .int(let value): return "\(value)"
    case .bigInt(let digits): return digits
    case .float(let value): return "\(value)"
    case .complex(let value): return "\(value)"
    case .string(let value): return "'\(value)'"
    case .bytes(let value): return "<\(value.count) bytes>"
    case .byteArray(let value): return "<bytearray of \(value.count) bytes>"
    case .list(let items): return "[\(list(items))]"
    case .tuple(let items): return items.count == 1 ? "(\(items[0]),)" : "(\(list(items)))"
    case .set(let items): return items.isEmpty ? "set()" : "{\(list(items))}"
    case .dictionary(let entries): return entries.description
    case .tensor(let tensor): return tensor.description
    case .sparse(let tensor): return tensor.description
    case .storage(let storage): return "<storage of \(storage.byteCount) bytes>"
    case .size(let sizes): return "torch.Size(\(sizes))"
    case .dtype(let type): return "torch.\(type.name)"
    case .layout(let name): return "torch.\(name)"
    case .device(let name): return "device(\(name))"
    case .object(let type, let attributes): return "\(type)\(attributes)"
    }
  }
}
