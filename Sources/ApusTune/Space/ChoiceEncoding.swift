import ApusCore
import ApusTrain

extension SettingValue {
  /// Anything `Encodable` as a value: numbers, texts, truth values and nil as they are, lists and structures as such.
  /// - Throws: what the value's `encode(to:)` throws.
  init(encoding value: some Encodable) throws {
    let target = EncodingTarget()
    try target.encode(value, [])
    self = target.value
  }
}

/// A value that comes to be: its items and members are others.
private final class EncodingTarget {
  private var leaf = SettingValue.none
  private(set) var items: [EncodingTarget]?
  private var members: [(name: String, target: EncodingTarget)]?

  var value: SettingValue {
    if let items { return .list(items.map(\.value)) }
    guard let members else { return leaf }
    return .dictionary(Dictionary(members.map { ($0.name, $0.target.value) }, uniquingKeysWith: { $1 }))
  }

  func becomeList() { items = items ?? [] }
  func becomeDictionary() { members = members ?? [] }

  func appended() -> EncodingTarget {
    let target = EncodingTarget()
    items?.append(target)
    return target
  }

  func member(_ name: String) -> EncodingTarget {
    let target = EncodingTarget()
    members?.append((name, target))
    return target
  }

  func encode(_ value: some Encodable, _ path: [any CodingKey]) throws {
    switch value {
    case let value as Bool: leaf = .bool(value)
    case let value as String: leaf = .string(value)
    case let value as any BinaryInteger:
      leaf = Int(exactly: value).map { .int($0) } ?? .double(Double(value))
    case let value as any BinaryFloatingPoint: leaf = .double(Double(value))
    default: try value.encode(to: SettingEncoder(codingPath: path, target: self))
    }
  }
}

private struct SettingEncoder: Encoder {
  let codingPath: [any CodingKey]
  let target: EncodingTarget
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    target.becomeDictionary()
    return KeyedEncodingContainer(KeyedTarget<Key>(codingPath: codingPath, target: target))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    target.becomeList()
    return ListTarget(codingPath: codingPath, target: target)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    ValueTarget(codingPath: codingPath, target: target)
  }
}

private struct ValueTarget: SingleValueEncodingContainer {
  let codingPath: [any CodingKey]
  let target: EncodingTarget
  func encodeNil() throws {}
  func encode(_ value: some Encodable) throws { try target.encode(value, codingPath) }
}

private struct ListTarget: UnkeyedEncodingContainer {
  let codingPath: [any CodingKey]
  let target: EncodingTarget

  var count: Int { target.items?.count ?? 0 }
  private func next() -> SettingEncoder { SettingEncoder(codingPath: codingPath, target: target.appended()) }

  func encodeNil() throws { _ = next() }
  func encode(_ value: some Encodable) throws { try target.appended().encode(value, codingPath) }
  func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    next().container(keyedBy: type)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { next().unkeyedContainer() }
  func superEncoder() -> any Encoder { next() }
}

private struct KeyedTarget<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let codingPath: [any CodingKey]
  let target: EncodingTarget

  private func member(_ key: any CodingKey) -> SettingEncoder {
    SettingEncoder(codingPath: codingPath + [key], target: target.member(key.stringValue))
  }

  func encodeNil(forKey key: Key) throws { _ = member(key) }
  func encode(_ value: some Encodable, forKey key: Key) throws {
    try target.member(key.stringValue).encode(value, codingPath + [key])
  }
  func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type, forKey key: Key) -> KeyedEncodingContainer<Inner> {
    member(key).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { member(key).unkeyedContainer() }
  func superEncoder() -> any Encoder { superEncoder(named: "super") }
  func superEncoder(forKey key: Key) -> any Encoder { member(key) }
  private func superEncoder(named name: String) -> any Encoder {
    SettingEncoder(codingPath: codingPath, target: target.member(name))
  }
}
