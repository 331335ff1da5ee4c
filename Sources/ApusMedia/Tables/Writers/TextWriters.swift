import ApusCore
import ApusFormats

extension Table {
  /// Writes a CSV file as pyarrow does: names and texts in quotes, nothing for missing values, dates and times in ISO 8601. An
  /// existing file is replaced only when the new one is wholly on disk.
  /// - Throws: `TensorError` of kind `unsupported` where a column holds lists or structures, of kind `value` where the
  ///   delimiter is no ASCII character, of kind `file` when writing fails.
  public func write(csv path: String, delimiter: Character = ",", header: Bool = true) throws {
    guard let separator = delimiter.asciiValue else {
      throw TensorError(.value, path, "the delimiter is '\(delimiter)'; one ASCII character works")
    }
    for (field, column) in zip(fields, columns) {
      switch column.storage {
      case .list, .structure:
        throw TensorError(
          .unsupported, path,
          "column '\(field.name)' holds \(field.type), which CSV files cannot hold; write JSON Lines, Arrow or Parquet")
      default: break
      }
    }
    try replaceFile(at: path) { file in
      var text: [UInt8] = []
      if header {
        for (i, name) in names.enumerated() {
          if i > 0 { text.append(separator) }
          ValueText.quote(name, into: &text)
        }
        text.append(10)
      }
      for row in 0..<rows {
        for (i, column) in columns.enumerated() {
          if i > 0 { text.append(separator) }
          switch column[row] {
          case .null: break
          case .text(let value): ValueText.quote(value, into: &text)
          case .bytes(let bytes): ValueText.quote(String(decoding: bytes, as: UTF8.self), into: &text)
          case let value: text += ValueText.plain(value, column.type.decoded).utf8
          }
        }
        text.append(10)
        if text.count > 1 << 20 {
          try file.write(text)
          text.removeAll(keepingCapacity: true)
        }
      }
      try file.write(text)
    }
  }

  /// Writes a JSON object for each row, one a line: dates and times as texts in ISO 8601, decimals as numbers, maps as lists of
  /// pairs. An existing file is replaced only when the new one is wholly on disk.
  /// - Throws: `TensorError` of kind `unsupported` where a column holds byte strings, of kind `file` when writing fails.
  public func write(jsonLines path: String) throws {
    try replaceFile(at: path) { file in
      var text: [UInt8] = []
      let keys = names.map { quotedJSON($0) + ":" }
      for row in 0..<rows {
        text.append(UInt8(ascii: "{"))
        for (i, column) in columns.enumerated() {
          if i > 0 { text.append(UInt8(ascii: ",")) }
          text += keys[i].utf8
          guard let value = ValueText.json(column[row], column.type.decoded) else {
            throw TensorError(
              .unsupported, path,
              "column '\(names[i])' holds byte strings, which JSON cannot hold; write Arrow or Parquet")
          }
          text += value.utf8
        }
        text += [UInt8(ascii: "}"), 10]
        if text.count > 1 << 20 {
          try file.write(text)
          text.removeAll(keepingCapacity: true)
        }
      }
      try file.write(text)
    }
  }
}

/// Values as text.
enum ValueText {
  static func quote(_ value: String, into text: inout [UInt8]) {
    text.append(34)
    for byte in value.utf8 {
      if byte == 34 { text.append(34) }
      text.append(byte)
    }
    text.append(34)
  }

  /// Numbers, truth values, dates and times.
  static func plain(_ value: ColumnValue, _ type: ColumnType) -> String {
    switch value {
    case .bool(let value): return value ? "true" : "false"
    case .unsigned(let value): return "\(value)"
    case .double(let value): return type == .float32 ? "\(Float(value))" : "\(value)"
    case .decimal(let value): return value
    case .int(let value):
      switch type {
      case .date32: return date(value)
      case .date64: return date(floor(value, 86_400_000))
      case .time32(let unit), .time64(let unit): return time(value, unit)
      case .timestamp(let unit, let zone):
        let day = floor(value, 86_400 * unit.perSecond)
        return "\(date(day)) \(time(value - day * 86_400 * unit.perSecond, unit))\(zone == nil ? "" : "Z")"
      default: return "\(value)"
      }
    default: return ""
    }
  }

  private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }

  private static func digits(_ value: Int64, _ count: Int) -> String {
    let text = "\(value)"
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }

  private static func date(_ days: Int64) -> String {
    let limit: Int64 = 1 << 40
    let (year, month, day) = TimeParsing.date(days: Int(max(-limit, min(limit, days))))
    let sign = year < 0 ? "-" : ""
    return "\(sign)\(digits(Int64(abs(year)), 4))-\(digits(Int64(month), 2))-\(digits(Int64(day), 2))"
  }

  private static func time(_ value: Int64, _ unit: TimeUnit) -> String {
    let seconds = value / unit.perSecond
    let rest = value % unit.perSecond
    let decimals = [TimeUnit.second: 0, .millisecond: 3, .microsecond: 6, .nanosecond: 9][unit] ?? 0
    let fraction = decimals == 0 ? "" : "." + digits(abs(rest), decimals)
    return "\(digits(seconds / 3600, 2)):\(digits(seconds / 60 % 60, 2)):\(digits(seconds % 60, 2))\(fraction)"
  }

  /// A value of JSON, or nil where it has none.
  static func json(_ value: ColumnValue, _ type: ColumnType) -> String? {
    switch value {
    case .null: return "null"
    case .text(let text): return quotedJSON(text)
    case .bytes: return nil
    case .double(let number) where !number.isFinite: return number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity"
    case .int:
      switch type {
      case .date32, .date64, .time32, .time64, .timestamp: return quotedJSON(plain(value, type))
      default: return plain(value, type)
      }
    case .list(let items):
      let inner: ColumnType
      switch type {
      case .list(let item), .largeList(let item), .fixedList(let item, _): inner = item.type.decoded
      case .map(let key, let value, _, _): inner = .structure([key, value])
      default: return nil
      }
      var parts: [String] = []
      for item in items {
        guard let text = json(item, inner) else { return nil }
        parts.append(text)
      }
      return "[\(parts.joined(separator: ","))]"
    case .structure(let members):
      guard case .structure(let fields) = type else { return nil }
      var parts: [String] = []
      for (member, field) in zip(members, fields) {
        guard let text = json(member.value, field.type.decoded) else { return nil }
        parts.append("\(quotedJSON(member.name)):\(text)")
      }
      return "{\(parts.joined(separator: ","))}"
    default: return plain(value, type)
    }
  }
}
