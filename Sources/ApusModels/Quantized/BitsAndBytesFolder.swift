import ApusCore
import ApusFormats
import ApusFunctional

/// The weights of a folder that `transformers` saved after `load_in_4bit`: beside `NAME.weight` (two numbers a byte) lie `absmax`,
/// `quant_map`, perhaps `nested_absmax` and `nested_quant_map`, and the text `quant_state.bitsandbytes__nf4` with sizes and shape.
struct BitsAndBytesFolder: ModelWeights {
  private let folder: FolderWeights
  private let places: [String: Place]
  let names: [String]
  var path: String { folder.path }

  private struct Place {
    let form: FourBitForm
    let shape: [Int]
    let offset: Float?
  }

  /// What stands behind a weight's name.
  private static let parts = [".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map"]
  private static let statePart = ".quant_state.bitsandbytes__"

  /// Whether the configuration is one of such a folder.
  /// - Throws: `TensorError` of kind `unsupported` for the library's 8 bits.
  static func recognizes(_ configuration: ModelConfiguration) throws(TensorError) -> Bool {
    guard let section = configuration["quantization_config"], section["quant_method"]?.string == "bitsandbytes"
    else { return false }
    guard section["load_in_8bit"]?.bool != true else {
      throw TensorError(
        .unsupported, configuration.path,
        "the weights are bitsandbytes' of 8 bits (load_in_8bit); those of 4 bits (nf4, fp4) are read, and all that are not quantised"
      )
    }
    return true
  }

  init(path: String) throws {
    folder = try FolderWeights(path: path)
    var places: [String: Place] = [:]
    for name in folder.names {
      for type in FourBitType.allCases where name.hasSuffix(Self.statePart + type.rawValue) {
        let weight = String(name.dropLast(Self.statePart.utf8.count + type.rawValue.utf8.count))
        places[weight] = try Self.place(folder, name, type)
      }
    }
    let left = Set(places.keys)
    names = folder.names.filter { name in
      guard let place = Self.parts.first(where: { name.hasSuffix($0) }) else { return !name.contains(Self.statePart) }
      return !left.contains(String(name.dropLast(place.utf8.count)))
    }
    self.places = places
  }

  /// What the text beside a weight says.
  private static func place(_ folder: FolderWeights, _ name: String, _ type: FourBitType) throws -> Place {
    let text = try folder.tensor(named: name).contiguous()
    guard text.dtype == .uint8 else {
      throw TensorError(.format, folder.path, "'\(name)' must be a text in bytes (U8), and is \(text.dtype)")
    }
    let state: JSON
    do { state = try JSON(parsing: text.withUnsafeBytes { Array($0) }) } catch {
      throw TensorError(.format, folder.path, "'\(name)' is no JSON text: \(error)")
    }
    guard let size = state["blocksize"]?.int, FourBitForm.blockSizes.contains(size),
      let shape = state["shape"]?.array?.compactMap(\.int), shape.count == state["shape"]?.array?.count,
      shape.allSatisfy({ $0 >= 0 }), checkedElementCount(shape) != nil
    else {
      throw TensorError(
        .format, folder.path, "'\(name)' must have a 'shape' and a 'blocksize' of \(FourBitForm.blockSizes)")
    }
    let offset = state["nested_offset"]?.double
    if let nested = state["nested_blocksize"]?.int, nested != 256 {
      throw TensorError(.unsupported, folder.path, "'\(name)': scales are nested in blocks of \(nested); 256 is known")
    }
    return Place(
      form: FourBitForm(type, blockSize: size, isNested: offset != nil), shape: shape, offset: offset.map { Float($0) })
  }

  func shape(of name: String) -> [Int]? { places[name]?.shape ?? folder.shape(of: name) }

  func tensor(named name: String) throws -> Tensor {
    guard let place = places[name] else { return try folder.tensor(named: name) }
    return try blocks(name, place).dequantized().reshape(place.shape)
  }

  func packed(named name: String) throws -> (any PackedWeight)? {
    guard let place = places[name], place.shape.count == 2 else { return nil }
    return try QuantizedWeight(blocks(name, place), shape: place.shape)
  }

  private func blocks(_ name: String, _ place: Place) throws -> FourBitBlocks {
    try check("\(name).quant_map", place.form.type.code)
    let packed = try folder.tensor(named: name).contiguous()
    // Bytes may be kept as elements of another type (`bnb_4bit_quant_storage`).
    let bytes = packed.dtype == .uint8 ? packed : packed.withUnsafeBytes { Tensor(Array($0), dtype: .uint8) }
    var nested: FourBitBlocks.Nested?
    if let offset = place.offset {
      try check("\(name).nested_quant_map", DynamicCode.signed.values)
      nested = FourBitBlocks.Nested(absmax: try folder.tensor(named: "\(name).nested_absmax"), offset: offset)
    }
    return try FourBitBlocks(
      place.form, count: elementCount(place.shape), packed: bytes, absmax: folder.tensor(named: "\(name).absmax"),
      nested: nested, "\(path): \(name)")
  }

  /// Refuses numbers that codes stand for when they are others than the type's.
  private func check(_ name: String, _ values: [Float]) throws {
    guard folder.shape(of: name) != nil else { return }
    let found = try folder.tensor(named: name).to(.float32).contiguous()
    let numbers = found.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    guard numbers.count == values.count, zip(numbers, values).allSatisfy({ ($0 - $1).magnitude < 1e-6 }) else {
      throw TensorError(.unsupported, path, "'\(name)' has other values than the type's own, which alone are known")
    }
  }

  // MARK: - Writing

  /// The tensors that stand for a weight in such a folder, their names with its.
  static func tensors(_ name: String, _ blocks: FourBitBlocks, shape: [Int], dtype: DType) -> [(name: String, Tensor)] {
    var state: [String: JSON] = [
      "quant_type": .string(blocks.form.type.rawValue), "blocksize": .int(blocks.form.blockSize),
      "dtype": .string("\(dtype)"), "shape": .array(shape.map { .int($0) }),
    ]
    var made: [(name: String, Tensor)] = [
      (name, blocks.packed.reshape([-1, 1])), ("\(name).absmax", blocks.absmax),
      ("\(name).quant_map", Tensor(blocks.form.type.code)),
    ]
    if let nested = blocks.nested {
      state["nested_blocksize"] = .int(FourBitBlocks.Nested.blockSize)
      state["nested_dtype"] = .string("float32")
      state["nested_offset"] = .double(Double(nested.offset))
      made.append(("\(name).nested_absmax", nested.absmax))
      made.append(("\(name).nested_quant_map", Tensor(DynamicCode.signed.values)))
    }
    let text = Array(JSON.object(state).text(indented: false).utf8)
    made.append((name + statePart + blocks.form.type.rawValue, Tensor(text, dtype: .uint8)))
    return made
  }

  /// What `config.json` says of such a folder.
  static func section(_ form: FourBitForm) -> JSON {
    .object([
      "quant_method": .string("bitsandbytes"), "load_in_4bit": .bool(true), "load_in_8bit": .bool(false),
      "_load_in_4bit": .bool(true), "_load_in_8bit": .bool(false),
      "bnb_4bit_quant_type": .string(form.type.rawValue), "bnb_4bit_use_double_quant": .bool(form.isNested),
      "bnb_4bit_compute_dtype": .string("float32"), "bnb_4bit_quant_storage": .string("uint8"),
      "llm_int8_threshold": .double(6), "llm_int8_skip_modules": .null,
      "llm_int8_enable_fp32_cpu_offload": .bool(false), "llm_int8_has_fp16_weight": .bool(false),
    ])
  }
}
