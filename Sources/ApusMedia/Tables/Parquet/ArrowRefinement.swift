extension ColumnType {
  /// This type of a Parquet column with what `origin`, the type of Arrow that was written, says beyond it.
  func refined(by origin: ColumnType) -> ColumnType {
    switch (self, origin) {
    case (.string, .largeString), (.string, .stringView), (.binary, .largeBinary), (.binary, .binaryView): return origin
    case (.timestamp(let unit, "UTC"?), .timestamp(_, let zone?)) where !zone.isEmpty:
      return .timestamp(unit, timezone: zone)
    case (.int64, .duration): return origin
    case (.decimal(_, let precision, let scale), .decimal(let bits, let other, let same))
    where precision == other && scale == same:
      return .decimal(bits: bits, precision: precision, scale: scale)
    case (.string, .dictionary(let index, let value, let ordered)),
      (.binary, .dictionary(let index, let value, let ordered)):
      return .dictionary(index: index, value: refined(by: value), ordered: ordered)
    case (_, .dictionary(_, let value, _)): return refined(by: value)
    case (.list(let item), .list(let other)): return .list(item.refined(by: other))
    case (.list(let item), .largeList(let other)): return .largeList(item.refined(by: other))
    case (.list(let item), .fixedList(let other, let size)): return .fixedList(item.refined(by: other), size: size)
    case (.map(let key, let value, let entries, _), .map(let otherKey, let otherValue, _, let sorted)):
      return .map(
        key: key.refined(by: otherKey), value: value.refined(by: otherValue), entries: entries, keysSorted: sorted)
    case (.structure(let fields), .structure(let others)) where fields.count == others.count:
      return .structure(zip(fields, others).map { $0.refined(by: $1) })
    default: return self
    }
  }
}

extension ColumnField {
  func refined(by origin: ColumnField) -> ColumnField {
    ColumnField(name, type.refined(by: origin.type), nullable: nullable)
  }
}

extension Column {
  /// The column under a type that ``ColumnType/refined(by:)`` gave.
  func refined(to wanted: ColumnType) -> Column {
    if type == wanted { return self }
    switch (storage, wanted.decoded) {
    case (.structure(let columns), .structure(let fields)):
      return Column(
        type: wanted, count: count, validity: validity,
        storage: .structure(zip(columns, fields).map { $0.refined(to: $1.type) }))
    case (.list(let offsets, let items), .list(let item)), (.list(let offsets, let items), .largeList(let item)),
      (.list(let offsets, let items), .fixedList(let item, _)):
      return Column(
        type: wanted, count: count, validity: validity,
        storage: .list(offsets: offsets, items: items.refined(to: item.type)))
    case (.list(let offsets, let items), .map(let key, let value, _, _)):
      return Column(
        type: wanted, count: count, validity: validity,
        storage: .list(offsets: offsets, items: items.refined(to: .structure([key, value]))))
    case (.fixed(let bytes), .decimal(let bits, _, _)):
      guard let from = type.width, case let to = bits / 8, from != to else { return retyped(wanted) }
      var result: [UInt8] = []
      for i in 0..<count {
        let value = bytes[i * from..<(i + 1) * from]
        result += value.prefix(to)
        if to > from { result += repeatElement((value.last ?? 0) >= 128 ? 255 : 0, count: to - from) }
      }
      return Column(type: wanted, count: count, validity: validity, storage: .fixed(result))
    default: return retyped(wanted)
    }
  }
}
