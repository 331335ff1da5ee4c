/// A dictionary of a PyTorch file, in the order of its entries.
///
///     for (key, value) in dictionary { print(key, value.typeName) }
///     dictionary["epoch"] = 4
public struct PickledDictionary: Sendable {
  /// The class in Python.
  public enum Kind: String, Sendable, Hashable {
    /// Python's `dict`.
    case plain = "dict"
    /// `collections.OrderedDict`, as state dictionaries are.
    case ordered = "OrderedDict"
    /// `collections.Counter`.
    case counter = "Counter"
  }

  public typealias Element = (key: PickledValue, value: PickledValue)

  public var kind: Kind
  public private(set) var entries: [Element] = []
  /// Attributes of the object itself: a state dictionary has the versions of its modules under `_metadata`.
  public var attributes: [(name: String, value: PickledValue)] = []
  private var positions: [Key: Int] = [:]

  /// What can be looked up: texts and numbers, which are the same key where Python says that they are equal.
  private enum Key: Hashable {
    case string(String)
    case int(Int)
    case float(Double)

    init?(_ value: PickledValue) {
      switch value {
      case .string(let text): self = .string(text)
      case .int(let number): self = .int(number)
      case .bool(let value): self = .int(value ? 1 : 0)
      case .float(let number): self = Int(exactly: number).map { .int($0) } ?? .float(number)
      default: return nil
      }
    }
  }

  /// A dictionary with these entries; a later one with the same key takes the place of an earlier one.
  public init(_ entries: [Element] = [], kind: Kind = .plain) {
    self.kind = kind
    self.entries.reserveCapacity(entries.count)
    for entry in entries { set(entry.key, entry.value) }
  }

  private mutating func set(_ key: PickledValue, _ value: PickledValue) {
    if let key = Key(key) {
      if let position = positions[key] {
        entries[position].value = value
        return
      }
      positions[key] = entries.count
    }
    entries.append((key, value))
  }

  private mutating func remove(_ key: Key) {
    guard let position = positions.removeValue(forKey: key) else { return }
    entries.remove(at: position)
    for (key, other) in positions where other > position { positions[key] = other - 1 }
  }

  /// The value under a text. Setting nil removes the entry.
  public subscript(_ key: String) -> PickledValue? {
    get { positions[.string(key)].map { entries[$0].value } }
    set { if let newValue { set(.string(key), newValue) } else { remove(.string(key)) } }
  }

  /// The value under an integer. Setting nil removes the entry.
  public subscript(_ key: Int) -> PickledValue? {
    get { positions[.int(key)].map { entries[$0].value } }
    set { if let newValue { set(.int(key), newValue) } else { remove(.int(key)) } }
  }

  /// The keys that are texts.
  public var names: [String] { entries.compactMap(\.key.string) }
}

extension PickledDictionary: Sequence {
  public func makeIterator() -> IndexingIterator<[Element]> { entries.makeIterator() }
  /// The number of entries.
  public var count: Int { entries.count }
  /// Whether there are no entries.
  public var isEmpty: Bool { entries.isEmpty }
}

extension PickledDictionary: CustomStringConvertible {
  public var description: String {
    let text = entries.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    return kind == .plain ? "{\(text)}" : "\(kind.rawValue)({\(text)})"
  }
}
