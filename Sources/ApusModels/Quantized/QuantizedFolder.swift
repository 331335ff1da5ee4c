import ApusCore
import ApusFormats
import ApusNN

/// A folder of a model whose matrices are quantised: `config.json` lists them under `quantization_config` (`quant_method` is
/// `apus`, `weights` names the form of each, `transposed` those that the model holds as `[in, out]`), and `model.safetensors` holds
/// their rows as bytes.
struct QuantizedFolder: ModelWeights {
  private static let method = "apus"
  private let folder: FolderWeights
  private let forms: [String: WeightForm]
  private let transposed: Set<String>
  var path: String { folder.path }
  var names: [String] { folder.names }

  /// Whether the configuration is one of such a folder.
  static func recognizes(_ configuration: ModelConfiguration) -> Bool {
    configuration["quantization_config"]?["quant_method"]?.string == method
  }

  init(path: String, _ configuration: ModelConfiguration) throws {
    folder = try FolderWeights(path: path)
    guard let section = try configuration.section("quantization_config") else {
      throw configuration.wrong("quantization_config", "an object")
    }
    var forms: [String: WeightForm] = [:]
    for (name, value) in section["weights"]?.object ?? [:] {
      guard let text = value.string, let form = WeightForm(name: text) else {
        throw section.wrong("weights", "names of weights with forms such as int8, int4-32, Q4_0")
      }
      guard let stored = folder.shape(of: name), stored.count == 2, form.width(ofRow: stored[1]) != nil else {
        throw TensorError(.format, path, "weight '\(name)' is no matrix of rows of the form \(form)")
      }
      forms[name] = form
    }
    self.forms = forms
    transposed = Set(try section.strings("transposed") ?? [])
  }

  func shape(of name: String) -> [Int]? {
    guard let stored = folder.shape(of: name) else { return nil }
    guard let form = forms[name], let width = form.width(ofRow: stored[1]) else { return stored }
    return transposed.contains(name) ? [width, stored[0]] : [stored[0], width]
  }

  func tensor(named name: String) throws -> Tensor {
    guard let weight = try weight(name) else { return try folder.tensor(named: name) }
    return transposed.contains(name) ? weight.widened().mT.contiguous() : weight.widened()
  }

  func packed(named name: String) throws -> (any PackedWeight)? { try weight(name) }

  private func weight(_ name: String) throws -> QuantizedWeight? {
    guard let form = forms[name] else { return nil }
    let stored = try folder.tensor(named: name)
    guard stored.dtype == .uint8, stored.rank == 2, let width = form.width(ofRow: stored.size(1)) else {
      throw TensorError(
        .format, path, "weight '\(name)' must be rows of bytes (U8), and is \(stored.dtype) \(stored.shape)")
    }
    let shape = [stored.size(0), width]
    switch form {
    case .blocks(let type):
      return try QuantizedWeight(QuantizedTensor(type: type, shape: shape, bytes: stored.contiguous().reshape([-1])))
    case .float16, .bfloat16, .fourBits:
      throw TensorError(.format, path, "weight '\(name)' cannot have the form \(form)")
    default: return try QuantizedWeight(form, shape, stored.contiguous().reshape([-1]))
    }
  }

  /// Writes the folder `target`.
  static func write(_ source: String, to target: String, as form: WeightForm) throws -> QuantizedModelReport {
    guard source != target else {
      throw TensorError(.value, target, "a model cannot be quantised in its own place; give another folder")
    }
    let configuration = try ModelConfiguration(path: source)
    let model = try Init.skipped { () throws(TensorError) in
      try ArchitectureTable.named(nil, configuration).make(configuration)
    }
    let weights = try FolderWeights(path: source)
    let places = Places(model)
    var (forms, transposed): ([String: JSON], [String]) = ([:], [])
    var tensors: [SafetensorsTensor] = []
    var (before, after, fourBits) = (0, 0, 0)
    for name in weights.names {
      let stored = try weights.tensor(named: name)
      before += stored.count * stored.dtype.size
      if case .fourBits(let form) = form, stored.dtype.isFloatingPoint, stored.rank == 2, let place = places.find(name),
        !place.isTable, !place.isTransposed, places.isInBase(name, among: weights.names)
      {
        // Names by which `transformers` reads the folder too; it leaves tables and heads as they are.
        let blocks = try FourBitBlocks(quantizing: stored, as: form)
        for (name, part) in BitsAndBytesFolder.tensors(name, blocks, shape: stored.shape, dtype: stored.dtype) {
          tensors.append(SafetensorsTensor(name, part))
        }
        after += blocks.byteCount
        fourBits += 1
        continue
      }
      var kept = stored
      if form.isOwnFolder, stored.dtype.isFloatingPoint, let place = places.find(name), stored.rank == 2 {
        let wanted = place.isTable ? form.ofTables : form
        let matrix = place.isTransposed ? stored.mT : stored
        if wanted.rowBytes(matrix.size(1)) != nil {
          let weight = try QuantizedWeight(quantizing: matrix, as: wanted)
          switch wanted {
          case .float16, .bfloat16: kept = stored.to(wanted == .float16 ? .float16 : .bfloat16)
          default:
            kept = weight.storage.reshape([matrix.size(0), weight.rowBytes])
            forms[name] = .string(wanted.description)
            if place.isTransposed { transposed.append(name) }
          }
        }
      }
      after += kept.count * kept.dtype.size
      tensors.append(SafetensorsTensor(name, kept))
    }
    try makeFolder(of: "\(target)/config.json")
    for file in folderContents(source) where isCopied(file) && !isFolder("\(source)/\(file)") {
      try writeBytes([ByteSlice(MappedFile(path: "\(source)/\(file)"))], to: "\(target)/\(file)")
    }
    try writeSafetensors(tensors, metadata: ["format": "pt"], to: "\(target)/model.safetensors")
    var values = configuration.values
    if case .fourBits(let form) = form, fourBits > 0 {
      values["quantization_config"] = BitsAndBytesFolder.section(form)
    } else if !forms.isEmpty {
      values["quantization_config"] = .object([
        "quant_method": .string(method), "weights": .object(forms),
        "transposed": .array(transposed.map { .string($0) }),
      ])
    }
    try writeText(JSON.object(values).text(indented: true) + "\n", to: "\(target)/config.json")
    return QuantizedModelReport(
      matrices: forms.count + fourBits, tensors: tensors.count, bytesBefore: before, bytesAfter: after)
  }

  /// Everything but the configuration and the weights.
  private static func isCopied(_ file: String) -> Bool {
    if file == "config.json" || file.hasSuffix(".index.json") { return false }
    return ![".safetensors", ".bin", ".gguf", ".h5", ".msgpack", ".onnx", ".pt", ".pth"].contains { file.hasSuffix($0) }
  }

  /// The matrices of a model that are quantised, by name.
  private struct Places {
    private var places: [String: (isTable: Bool, isTransposed: Bool)] = [:]
    private let prefix: String
    private let presentName: (String) -> String?

    init(_ model: any PretrainedModel) {
      let type = type(of: model)
      (prefix, presentName) = (type.baseModelPrefix, type.presentName)
      var tables: Set<ObjectIdentifier> = []
      for (path, module) in model.namedModules() {
        if let table = module as? TokenEmbedding {
          places["\(path).weight"] = (true, false)
          if let identity = table.weight?.variableIdentity { tables.insert(identity) }
        }
      }
      for (path, module) in model.namedModules() {
        guard let projection = module as? Projection else { continue }
        let isTable = projection.weight?.variableIdentity.map { tables.contains($0) } ?? false
        places["\(path).weight"] = (isTable, projection.isTransposed)
      }
    }

    /// Whether a weight is not one of a head.
    func isInBase(_ name: String, among names: [String]) -> Bool {
      name.hasPrefix("\(prefix).") || !names.contains { $0.hasPrefix("\(prefix).") }
    }

    /// What a name in the files stands for.
    func find(_ name: String) -> (isTable: Bool, isTransposed: Bool)? {
      guard let present = presentName(name) else { return nil }
      return places[present] ?? places["\(prefix).\(present)"]
        ?? (present.hasPrefix("\(prefix).") ? places[String(present.dropFirst(prefix.count + 1))] : nil)
    }
  }
}

extension WeightForm {
  /// Whether folders of this form are the library's own, and not those of bitsandbytes.
  fileprivate var isOwnFolder: Bool { if case .fourBits = self { false } else { true } }
}

extension SafetensorsTensor {
  /// The elements that a tensor has now.
  fileprivate init(_ name: String, _ tensor: Tensor) {
    let value = tensor.detach().contiguous()
    self.init(name: name, dtype: value.dtype, shape: value.shape) { body in
      try value.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws in try body(bytes) }
    }
  }
}
