/// Values by name, in the order in which they were set.
public struct NamedValues<Value: Sendable>: Sendable, Sequence, ExpressibleByDictionaryLiteral {
  private var entries: [(name: String, value: Value)] = []

  /// None.
  public init() {}

  /// The entries, of which the last one of a name counts.
  public init(_ entries: some Sequence<(String, Value)>) {
    for (name, value) in entries { self[name] = value }
  }

  public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }

  /// The value of that name; setting nil removes it.
  public subscript(name: String) -> Value? {
    get { entries.first { $0.name == name }?.value }
    set {
      let position = entries.firstIndex { $0.name == name }
      switch (position, newValue) {
      case (let position?, let value?): entries[position].value = value
      case (let position?, nil): entries.remove(at: position)
      case (nil, let value?): entries.append((name, value))
      case (nil, nil): break
      }
    }
  }

  /// Appends an entry whose name is known to be new: constant time.
  mutating func append(_ name: String, _ value: Value) { entries.append((name, value)) }

  /// How many entries there are.
  public var count: Int { entries.count }
  /// Whether there are none.
  public var isEmpty: Bool { entries.isEmpty }
  /// The names, in their order.
  public var names: [String] { entries.map(\.name) }
  public var values: [Value] { entries.map(\.value) }

  /// The entries as a dictionary.
  public var dictionary: [String: Value] { Dictionary(entries.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }) }

  public func makeIterator() -> IndexingIterator<[(name: String, value: Value)]> { entries.makeIterator() }
}

extension NamedValues: Equatable where Value: Equatable {
  /// Whether both have the same entries, in any order.
  public static func == (a: NamedValues, b: NamedValues) -> Bool { a.dictionary == b.dictionary }
}
