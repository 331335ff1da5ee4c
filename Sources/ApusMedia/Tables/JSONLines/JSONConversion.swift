import ApusCore

extension Column {
  /// Texts as dates or times; nil where one of them is none.
  func parsedTimes(_ type: ColumnType) -> Column? {
    guard case .text(let offsets, let bytes) = storage, let width = type.width else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(count * width)
    let complete = bytes.withUnsafeBufferPointer { text -> Bool in
      for i in 0..<count {
        if isNull(i) {
          result += repeatElement(0, count: width)
          continue
        }
        let size = offsets[i + 1] - offsets[i]
        // What has blanks around it is text.
        guard size > 0, let base = text.baseAddress, text[offsets[i]] > 32, text[offsets[i + 1] - 1] > 32 else {
          return false
        }
        let start = base + offsets[i]
        let value: Int64?
        switch type {
        case .timestamp(let unit, _):
          value =
            TimeParsing.timestamp(start, size, unit, zoned: false)
            ?? TimeParsing.timestamp(start, size, unit, zoned: true)
        case .date32: value = TimeParsing.date(start, size).map { Int64($0) }
        case .date64: value = TimeParsing.date(start, size).map { Int64($0) * 86_400_000 }
        case .time32(let unit), .time64(let unit): value = TimeParsing.time(start, size, unit)
        default: value = nil
        }
        guard let value else { return false }
        withUnsafeBytes(of: value.littleEndian) { result += $0.prefix(width) }
      }
      return true
    }
    return complete ? Column(type: type, count: count, validity: validity, storage: .fixed(result)) : nil
  }

  /// The values as another type that can hold all of them: nulls as anything, whole numbers as numbers of another size,
  /// numbers as real ones, texts as times, and so on inside of lists and structures.
  /// - Throws: `TensorError` of kind `dtype` where a value does not fit.
  package func converted(to wanted: ColumnType, name: String) throws(TensorError) -> Column {
    if type == wanted { return self }
    let failure = TensorError(.dtype, name, "the column's values are \(type), which does not fit the type \(wanted)")
    if type == .null { return .nulls(wanted, count: count) }
    switch (type, wanted) {
    case (.string, .string), (.string, .largeString), (.string, .stringView), (.string, .binary),
      (.string, .largeBinary):
      return retyped(wanted)
    case (.string, _):
      guard let times = parsedTimes(wanted) else { throw failure }
      return times
    case (.list, .list(let item)), (.list, .largeList(let item)):
      guard case .list(let offsets, let items) = storage else { throw failure }
      let inner = try items.converted(to: item.type, name: name)
      return Column(type: wanted, count: count, validity: validity, storage: .list(offsets: offsets, items: inner))
    case (.structure(let have), .structure(let want)):
      guard case .structure(let columns) = storage else { throw failure }
      if let strange = have.first(where: { field in !want.contains { $0.name == field.name } }) {
        throw TensorError(.dtype, name, "the field '\(strange.name)' is not among those of \(wanted)")
      }
      var result: [Column] = []
      for field in want {
        if let place = have.firstIndex(where: { $0.name == field.name }) {
          result.append(try columns[place].converted(to: field.type, name: "\(name)/\(field.name)"))
        } else {
          result.append(.nulls(field.type, count: count))
        }
      }
      return Column(type: wanted, count: count, validity: validity, storage: .structure(result))
    case (.int64, _), (.float64, _):
      guard let bytes = convertedNumbers(to: wanted) else { throw failure }
      return Column(type: wanted, count: count, validity: validity, storage: .fixed(bytes))
    default: throw failure
    }
  }

  private func convertedNumbers(to wanted: ColumnType) -> [UInt8]? {
    func integers<T: FixedWidthInteger>(_ type: T.Type) -> [UInt8]? {
      var result: [UInt8] = []
      result.reserveCapacity(count * MemoryLayout<T>.size)
      for i in 0..<count {
        guard case .int(let value) = isNull(i) ? .int(0) : self[i], let fit = T(exactly: value) else { return nil }
        withUnsafeBytes(of: fit) { result += $0 }
      }
      return result
    }
    func real(_ index: Int) -> Double {
      switch self[index] {
      case .int(let value): Double(value)
      case .double(let value): value
      default: 0
      }
    }
    switch wanted {
    case .int8: return integers(Int8.self)
    case .int16: return integers(Int16.self)
    case .int32, .date32, .time32: return integers(Int32.self)
    case .int64, .date64, .time64, .timestamp, .duration: return integers(Int64.self)
    case .uint8: return integers(UInt8.self)
    case .uint16: return integers(UInt16.self)
    case .uint32: return integers(UInt32.self)
    case .uint64: return integers(UInt64.self)
    case .float32: return (0..<count).map { Float(real($0)) }.withUnsafeBytes { Array($0) }
    case .float64: return (0..<count).map { real($0) }.withUnsafeBytes { Array($0) }
    default: return nil
    }
  }
}
