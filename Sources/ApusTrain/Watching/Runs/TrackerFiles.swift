import ApusCore
import ApusFormats

extension RecordedRun {
  /// The folder of a run in a file store of MLflow.
  mutating func readMLflow() throws {
    add(kind: "mlflow")
    name = yamlValue("run_name", in: try readText(folder + "/meta.yaml")) ?? name
    for (key, path) in Self.files(folder + "/params") { settings[key] = try readText(path) }
    for (key, path) in Self.files(folder + "/metrics") {
      for line in try readText(path).split(whereSeparator: \.isNewline) {
        let words = line.split(separator: " ")
        guard words.count == 3, let value = Double(words[1]), let step = Int(words[2]) else { continue }
        add(key, step: step, value: value)
      }
    }
  }

  /// The files in a folder and those in it, by their paths from there.
  private static func files(_ folder: String) -> [(name: String, path: String)] {
    folderContents(folder).flatMap { entry -> [(name: String, path: String)] in
      let path = folder + "/" + entry
      return isFolder(path) ? files(path).map { (entry + "/" + $0.name, $0.path) } : [(entry, path)]
    }
  }

  /// The records of an offline run of Weights & Biases; a record that was cut off is the last one.
  mutating func readWandb(_ path: String) throws {
    let file = try MappedFile(path: path)
    let bytes = withExtendedLifetime(file) { Array(file.bytes) }
    guard bytes.starts(with: Array(":W&B".utf8)) else {
      throw TensorError(.format, path, "this is no file of Weights & Biases: it does not begin with ':W&B'")
    }
    add(kind: "wandb")
    let (header, block) = (7, 32768)
    var position = header
    var record: [UInt8] = []
    while position + header <= bytes.count {
      let left = block - position % block
      if left < header {
        position += left
        continue
      }
      let length = Int(bytes[position + 4]) | Int(bytes[position + 5]) << 8
      let (kind, end) = (bytes[position + 6], position + header + length)
      guard end <= bytes.count else { return }
      // Whole, first, middle and last parts.
      if kind == 1 || kind == 2 { record = [] }
      record += bytes[(position + header)..<end]
      if kind == 1 || kind == 4 { try readRecord(ByteSlice(record), path) }
      position = end
    }
  }

  private mutating func readRecord(_ bytes: ByteSlice, _ path: String) throws {
    var run = self
    var record = ProtobufReader(bytes, name: path, message: "Record")
    try record.each { field, reader in
      switch field.number {
      case 2:
        var history = try reader.inner(field, "HistoryRecord")
        let items = try Self.items(&history)
        // Values of an epoch count by its number, others by that of their row.
        let place = items.first { $0.name == "epoch" } ?? items.first { $0.name == "_step" }
        let step = place.flatMap { $0.json.int } ?? 0
        for item in items where !["epoch", "trainer/step"].contains(item.name) && !item.name.hasPrefix("_") {
          if let value = item.json.number { run.add(item.name, step: step, value: value) }
        }
      case 17:
        var message = try reader.inner(field, "RunRecord")
        try message.each { field, reader in
          switch field.number {
          case 4:
            var config = try reader.inner(field, "ConfigRecord")
            for item in try Self.items(&config) where item.name != "_wandb" {
              run.settings[item.name] = item.json.settingText
            }
          case 8: run.name = try reader.string(field)
          default: try reader.skip(field)
          }
        }
      default: try reader.skip(field)
      }
    }
    self = run
  }

  /// The pairs of names and values in field 1 of a message.
  private static func items(_ message: inout ProtobufReader) throws -> [(name: String, json: JSON)] {
    var items: [(name: String, json: JSON)] = []
    try message.each { field, reader in
      guard field.number == 1 else { return try reader.skip(field) }
      var path: [String] = []
      var json = JSON.null
      var item = try reader.inner(field, "Item")
      try item.each { field, reader in
        switch field.number {
        case 1, 2: path.append(try reader.string(field))
        case 16: json = (try? JSON(parsing: try reader.string(field).utf8)) ?? .null
        default: try reader.skip(field)
        }
      }
      items.append((path.joined(separator: "."), json))
    }
    return items
  }
}
