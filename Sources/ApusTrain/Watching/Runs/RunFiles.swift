import ApusCore
import ApusFormats
import ApusMedia

extension RecordedRun {
  /// Adds what a file tells, if it is one of a logger.
  mutating func read(_ path: String) throws {
    let name = splitPath(path).name
    if name.hasSuffix(".csv") {
      try readTable(path)
    } else if name.hasSuffix(".jsonl") {
      try readJSONLines(path)
    } else if name.contains(".tfevents.") {
      try readEvents(path)
    } else if name.hasPrefix("run-"), name.hasSuffix(".wandb") {
      try readWandb(path)
    }
  }

  /// A table of ``CSVLogger``; other tables are left alone.
  private mutating func readTable(_ path: String) throws {
    guard let table = CSVLogger.table(try readText(path)), !table.columns.isEmpty else { return }
    add(kind: "csv")
    for row in table.rows {
      for name in table.columns {
        guard let value = row.values[name].flatMap(Double.init) else { continue }
        add(runTag(name), step: row.epoch, value: value)
      }
    }
  }

  /// A file of ``JSONLinesLogger``. A last line that was cut off is left out.
  private mutating func readJSONLines(_ path: String) throws {
    for line in try readText(path).split(whereSeparator: \.isNewline) {
      guard let object = (try? JSON(parsing: line.utf8))?.object, let kind = object["kind"]?.string else { continue }
      if kind == "settings", let members = object["settings"]?.object {
        add(kind: "jsonl")
        for (name, value) in members { settings[name] = value.settingText }
      }
      let isEpoch = kind == "epoch"
      guard isEpoch || kind == "step", let step = object[kind]?.int else { continue }
      add(kind: "jsonl")
      for (name, value) in object where !["kind", "step", "epoch", "time"].contains(name) {
        guard let number = value.number else { continue }
        add(isEpoch ? runTag(name) : "step/" + name, step: step, value: number)
      }
    }
  }

  /// The numbers of an event file of TensorBoard, and its hyperparameters.
  private mutating func readEvents(_ path: String) throws {
    let file = try MappedFile(path: path)
    let bytes = withExtendedLifetime(file) { Array(file.bytes) }
    add(kind: "tensorboard")
    var position = 0
    // A record that was cut off is the last one.
    while position + 16 <= bytes.count {
      let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[position + $1]) << UInt64(8 * $1) }
      guard length <= UInt64(bytes.count - position - 16) else { return }
      let record = bytes[(position + 12)..<(position + 12 + Int(length))]
      position += 16 + Int(length)
      try readEvent(ByteSlice(Array(record)), path)
    }
  }

  private mutating func readEvent(_ record: ByteSlice, _ path: String) throws {
    var event = ProtobufReader(record, name: path, message: "Event")
    var step = 0
    var values: [(tag: String, value: Double)] = []
    while let field = try event.next() {
      switch field.number {
      case 2: step = Int(try event.integer(field))
      case 5:
        var summary = try event.inner(field, "Summary")
        while let field = try summary.next() {
          guard field.number == 1 else {
            try summary.skip(field)
            continue
          }
          var value = try summary.inner(field, "Summary.Value")
          if let found = try readValue(&value) { values.append(found) }
        }
      default: try event.skip(field)
      }
    }
    for (tag, value) in values { add(tag, step: step, value: value) }
  }

  /// The tag and number of a value; nil where it is something else.
  private mutating func readValue(_ value: inout ProtobufReader) throws -> (tag: String, value: Double)? {
    var tag = ""
    var number: Double?
    while let field = try value.next() {
      switch field.number {
      case 1: tag = try value.string(field)
      case 2 where field.wire == .fixed32: number = Double(try value.float(field))
      case 8:
        var tensor = try value.inner(field, "TensorProto")
        var floats: [Float] = []
        var doubles: [Double] = []
        while let field = try tensor.next() {
          switch field.number {
          case 5: try tensor.append(field, to: &floats)
          case 6: try tensor.append(field, to: &doubles)
          default: try tensor.skip(field)
          }
        }
        let all = doubles + floats.map { Double($0) }
        if all.count == 1 { number = all[0] }
      case 9: try readHyperparameters(try value.inner(field, "SummaryMetadata"))
      default: try value.skip(field)
      }
    }
    return number.map { (tag, $0) }
  }

  /// The hyperparameters among the metadata of a value, where it is one of that plugin.
  private mutating func readHyperparameters(_ metadata: ProtobufReader) throws {
    var plugin = ""
    var content = ByteSlice()
    var metadata = metadata
    try metadata.each { field, reader in
      guard field.number == 1 else { return try reader.skip(field) }
      var data = try reader.inner(field, "PluginData")
      try data.each { field, reader in
        switch field.number {
        case 1: plugin = try reader.string(field)
        case 2: content = try reader.bytes(field)
        default: try reader.skip(field)
        }
      }
    }
    guard plugin == "hparams" else { return }
    var found: [String: String] = [:]
    var message = ProtobufReader(content, name: metadata.name, message: "HParamsPluginData")
    try message.each { field, reader in
      guard field.number == 3 else { return try reader.skip(field) }
      var session = try reader.inner(field, "SessionStartInfo")
      try session.each { field, reader in
        guard field.number == 1 else { return try reader.skip(field) }
        var key = ""
        var text: String?
        var entry = try reader.inner(field, "hparams")
        try entry.each { field, reader in
          switch field.number {
          case 1: key = try reader.string(field)
          case 2:
            var value = try reader.inner(field, "Value")
            try value.each { field, reader in
              switch field.number {
              case 2:
                let number = try reader.double(field)
                text = Int(exactly: number).map { "\($0)" } ?? "\(number)"
              case 3: text = try reader.string(field)
              case 4: text = SettingValue.bool(try reader.integer(field) != 0).text
              default: try reader.skip(field)
              }
            }
          default: try reader.skip(field)
          }
        }
        found[key] = text
      }
    }
    settings.merge(found) { $1 }
  }
}

extension ProtobufReader {
  /// Calls `body` for each field, which it must read or skip.
  mutating func each(_ body: (Field, inout ProtobufReader) throws -> Void) throws {
    while let field = try next() { try body(field, &self) }
  }
}

extension JSON {
  /// A number, also one that JSON has no form for, as ``jsonNumber(_:)`` writes it.
  var number: Double? {
    switch self {
    case .string("NaN"): .nan
    case .string("Infinity"): .infinity
    case .string("-Infinity"): -.infinity
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The value as the text of a setting.
  var settingText: String { setting.text }

  private var setting: SettingValue {
    switch self {
    case .null: .none
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .double(let value): .double(value)
    case .string(let value): .string(value)
    case .array(let values): .list(values.map(\.setting))
    case .object(let members): .dictionary(members.mapValues(\.setting))
    }
  }
}
