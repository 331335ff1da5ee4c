import ApusCore

// The weights of programs: TorchScript archives and exported programs. Their code is not run.

extension PyTorchArchive {
  /// Which attributes of each class of a TorchScript archive are parameters and buffers, as its source files say.
  func scriptClasses() throws(TensorError) -> [String: [String]] {
    var classes: [String: [String]] = [:]
    for name in names where name.hasPrefix("code/") && name.hasSuffix(".py") {
      let module = name.dropFirst("code/".count).dropLast(".py".count).split(separator: "/").joined(separator: ".")
      let text = String(decoding: try bytes(name), as: UTF8.self)
      var current: String?
      for line in text.split(separator: "\n") {
        if line.hasPrefix("class ") {
          current = line.dropFirst("class ".count).split(separator: "(").first.map { "\(module).\($0)" }
          if let current { classes[current] = classes[current] ?? [] }
        } else if let current, line.hasPrefix("  __parameters__ = ") || line.hasPrefix("  __buffers__ = ") {
          // The names stand in quotes: every second piece is one.
          let pieces = line.split(separator: "\"", omittingEmptySubsequences: false)
          classes[current]? += stride(from: 1, to: pieces.count, by: 2).map { String(pieces[$0]) }
        }
      }
    }
    return classes
  }

  /// The dictionary of `state_dict`, `constants` and where they are there `sample_inputs` of an exported program.
  func exportedProgram() throws(TensorError) -> PickledValue {
    var root = PickledDictionary()
    if self["serialized_state_dict.pt"] != nil {
      // The format of PyTorch 2.1 to 2.7: whole files inside the archive.
      for part in ["state_dict", "constants", "example_inputs"] where self["serialized_\(part).pt"] != nil {
        root[part == "example_inputs" ? "sample_inputs" : part] = try inner("serialized_\(part).pt")
      }
      return .dictionary(root)
    }
    let configs = names.filter { $0.hasPrefix("data/weights/") && $0.hasSuffix("_weights_config.json") }
    guard !configs.isEmpty else {
      throw TensorError(
        .format, zip.path,
        "the archive has neither a record data.pkl nor the weights of an exported program; it is no file of PyTorch")
    }
    guard configs.count == 1, let config = configs.first else {
      throw TensorError(.unsupported, zip.path, "the archive has \(configs.count) programs; files with one are read")
    }
    let model = config.dropFirst("data/weights/".count).dropLast("_weights_config.json".count)
    root["state_dict"] = try weights(config, folder: "data/weights/")
    let constants = "data/constants/\(model)_constants_config.json"
    root["constants"] =
      self[constants] == nil ? .dictionary(PickledDictionary()) : try weights(constants, folder: "data/constants/")
    let inputs = "data/sample_inputs/\(model).pt"
    if self[inputs] != nil { root["sample_inputs"] = try inner(inputs) }
    return .dictionary(root)
  }

  /// A whole file of PyTorch that is a record of the archive.
  private func inner(_ name: String) throws(TensorError) -> PickledValue {
    let contents = FileContents(try bytes(name), path: "\(zip.path): \(name)")
    // One more level of nesting is all that there is.
    guard Wrapper(contents.bytes) == .zip else { return try readLegacyCheckpoint(contents) }
    let archive = try PyTorchArchive(contents)
    return try archive.value("data.pkl", storages: "data/")
  }

  /// The tensors that a list in JSON describes, each in a record of its own or sharing one.
  private func weights(_ config: String, folder: String) throws(TensorError) -> PickledValue {
    let label = "\(zip.path): \(config)"
    let json: JSON
    do {
      json = try JSON(parsing: bytes(config))
    } catch {
      throw TensorError(.format, label, "\(error)")
    }
    var storages: [String: PickledStorage] = [:]
    var result = PickledDictionary(kind: .ordered)
    let order = try text("byteorder") ?? "little"
    for (name, entry) in (json["config"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      let failure = { (message: String) in TensorError(.format, label, "tensor '\(name)': \(message)") }
      guard let record = entry["path_name"]?.string, let found = self[folder + record] else {
        throw failure("its record is missing")
      }
      if entry["use_pickle"]?.bool == true {
        result[name] = try inner(folder + record)
        continue
      }
      guard let meta = entry["tensor_meta"], let code = meta["dtype"]?.int, let type = Self.elementTypes[code],
        let shape = Self.integers(meta["sizes"]), let strides = Self.integers(meta["strides"]),
        let offset = Self.integer(meta["storage_offset"]), order == "little"
      else { throw failure("its description is none that can be read") }
      let storage =
        storages[record]
        ?? PickledStorage(
          key: record, elementType: type, byteCount: found.size, device: "cpu",
          source: .entry(zip, found, swapping: 1))
      storages[record] = storage
      let described = PickleStorageView(storage, type, isTyped: true, byteCount: found.size)
      let view = StorageRegion(shape: shape, strides: strides, offset: offset)
      guard view.fits(described, elementSize: type.size) else {
        throw failure("shape \(shape) and strides \(strides) reach beyond the \(found.size) bytes of its record")
      }
      result[name] = .tensor(
        PickledTensor(
          type, shape: shape, strides: strides, offset: offset, storage: storage,
          requiresGrad: meta["requires_grad"]?.bool ?? false, isParameter: entry["is_param"]?.bool ?? false))
    }
    return .dictionary(result)
  }

  /// A number, as the export schema writes it: `{"as_int": 3}`.
  private static func integer(_ json: JSON?) -> Int? { json?["as_int"]?.int ?? json?.int }
  private static func integers(_ json: JSON?) -> [Int]? {
    guard let items = json?.array else { return nil }
    let numbers = items.compactMap { integer($0) }
    return numbers.count == items.count ? numbers : nil
  }

  /// The numbers of the element types in the export schema.
  private static let elementTypes: [Int: PickledElementType] = {
    let names = [
      1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32", 8: "float64",
      9: "complex32", 10: "complex64", 11: "complex128", 12: "bool", 13: "bfloat16", 28: "uint16",
      29: "float8_e4m3fn", 30: "float8_e5m2", 31: "float8_e4m3fnuz", 32: "float8_e5m2fnuz", 33: "float8_e8m0fnu",
      34: "uint32", 35: "uint64",
    ]
    return names.compactMapValues { PickledElementType(name: $0) }
  }()
}

/// Where a tensor lies in a storage, in elements.
struct StorageRegion {
  let shape, strides: [Int]
  let offset: Int

  /// Whether all numbers are in range and all elements lie inside the storage.
  func fits(_ memory: PickleStorageView, elementSize: Int) -> Bool {
    guard shape.count == strides.count, shape.count <= 128, offset >= 0, strides.allSatisfy({ $0 >= 0 }),
      memory.start % elementSize == 0, let count = checkedElementCount(shape, elementSize: elementSize)
    else { return false }
    guard count > 0 else { return true }
    var last = offset
    for (size, stride) in zip(shape, strides) {
      let (step, tooFar) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, tooMuch) = last.addingReportingOverflow(step)
      if tooFar || tooMuch { return false }
      last = sum
    }
    return last < memory.byteCount / elementSize
  }
}
