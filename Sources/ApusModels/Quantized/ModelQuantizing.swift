import ApusCore
import ApusFormats
import ApusNN

extension WeightForm: CustomStringConvertible {
  /// `Q4_0`, `int8`, `int4-32`, `float16`.
  public var description: String {
    switch self {
    case .blocks(let type): type.name
    case .int8: "int8"
    case .int4(let group): "int4-\(group)"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    case .fourBits(let form): form.description
    }
  }

  /// The form of that name: a GGUF type, `int8`, `int4` (groups of 32), `int4-128`, `float16`, `bfloat16`, `nf4`, `fp4`, `nf4-128`
  /// (blocks of 128), `nf4-nested`, `nf4-128-nested`.
  public init?(name: String) {
    switch name.lowercased() {
    case "int8": self = .int8
    case "int4": self = .int4(group: 32)
    case "float16", "f16": self = .float16
    case "bfloat16", "bf16": self = .bfloat16
    case let text where text.hasPrefix("int4-"):
      guard let group = Int(text.dropFirst(5)), group > 0, group % 32 == 0, group <= 1 << 16 else { return nil }
      self = .int4(group: group)
    case let text where FourBitForm(text) != nil:
      guard let form = FourBitForm(text) else { return nil }
      self = .fourBits(form)
    default:
      guard let type = GGUFTensorType(name: name), type.dtype == nil else { return nil }
      self = .blocks(type)
    }
  }

  /// The bytes of a row of `width` numbers; nil where it is no whole number of blocks or groups.
  func rowBytes(_ width: Int) -> Int? {
    switch self {
    case .blocks(let type): width % type.block.count == 0 ? width / type.block.count * type.block.bytes : nil
    case .int8: width % 32 == 0 ? width + 4 : nil
    case .int4(let group): width % group == 0 ? width / 2 + 4 * (width / group) : nil
    case .float16, .bfloat16: 2 * width
    case .fourBits: (width + 1) / 2
    }
  }

  /// The numbers in a row of so many bytes; nil where rows are no rows of bytes.
  func width(ofRow bytes: Int) -> Int? {
    let width =
      switch self {
      case .blocks(let type): bytes / type.block.bytes * type.block.count
      case .int8: bytes - 4
      case .int4(let group): bytes / (group / 2 + 4) * group
      case .float16, .bfloat16: bytes / 2
      case .fourBits: 0
      }
    return width > 0 && rowBytes(width) == bytes ? width : nil
  }

  /// The form of tables of tokens, which suffer more than other matrices: 8 bits at least.
  var ofTables: WeightForm {
    switch self {
    case .blocks(let type) where type != .q8_0: .blocks(.q8_0)
    case .int4, .fourBits: .int8
    default: self
    }
  }
}

/// Quantises the matrices of a model in place: its linear layers, and its table of tokens with 8 bits at least. Rows that are no whole
/// blocks stay as they are. What was trained is no parameter any more; adapters can be trained beside it.
/// - Returns: how many matrices were quantised.
/// - Throws: `TensorError` of kind `unsupported` for forms that are only read.
@discardableResult
public func quantize(_ model: any PretrainedModel, as form: WeightForm) throws -> Int {
  var tables: [ObjectIdentifier: QuantizedWeight] = [:]
  var count = 0
  for (_, module) in model.namedModules() {
    guard let table = module as? TokenEmbedding, let weight = table.weight, let identity = weight.variableIdentity,
      form.ofTables.rowBytes(table.width) != nil
    else { continue }
    tables[identity] = try QuantizedWeight(quantizing: weight, as: form.ofTables)
  }
  for (_, module) in model.namedModules() {
    guard let holder = module as? any WeightHolder, let weight = holder.weight else { continue }
    if let identity = weight.variableIdentity, let table = tables[identity] {
      holder.packed = table
    } else if let projection = module as? Projection, form.rowBytes(projection.inFeatures) != nil {
      holder.packed = try QuantizedWeight(quantizing: projection.isTransposed ? weight.mT : weight, as: form)
    } else {
      continue
    }
    holder.weight = nil
    count += 1
  }
  return count
}

/// What quantising a model on disk did.
public struct QuantizedModelReport: Sendable {
  /// Matrices that were quantised.
  public let matrices: Int
  /// Tensors altogether.
  public let tensors: Int
  /// Bytes of the weights before.
  public let bytesBefore: Int
  /// Bytes of the weights after.
  public let bytesAfter: Int
}

/// Quantises the model at `source` and writes it to `target`: a GGUF file becomes a GGUF file, whose types can be Q4_0, Q4_1, Q5_0,
/// Q5_1, Q8_0, Q4_K, Q6_K, F16 and BF16; a folder becomes a folder with everything else that is in it, in any form.
///
/// Perplexity before and after is that of ``perplexity(_:ids:context:)`` of both models.
/// - Throws: `TensorError` of kind `unsupported` for a form that cannot be written, and as loading a model does.
public func quantizeModel(_ source: String, to target: String, as form: WeightForm) throws -> QuantizedModelReport {
  let source = expandedPath(source)
  if isFolder(source) { return try QuantizedFolder.write(source, to: expandedPath(target), as: form) }
  return try quantizeGGUF(source, to: expandedPath(target), as: form)
}

/// A GGUF file with other types of matrices, and the same metadata.
private func quantizeGGUF(_ source: String, to target: String, as form: WeightForm) throws -> QuantizedModelReport {
  let file = try GGUFFile(path: source)
  let type: GGUFTensorType
  switch form {
  case .blocks(let found): type = found
  case .float16: type = .f16
  case .bfloat16: type = .bf16
  case .int8, .int4, .fourBits:
    throw TensorError(
      .unsupported, target,
      "GGUF files have no type \(form); possible are Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q6_K, F16 and BF16")
  }
  var tensors: [GGUFTensor] = []
  var (matrices, before, after) = (0, 0, 0)
  for entry in file.entries {
    let isTable = entry.name == "token_embd.weight" || entry.name == "output.weight"
    let wanted = isTable && type.dtype == nil && type != .q8_0 ? GGUFTensorType.q8_0 : type
    let isMatrix = entry.shape.count > 1 && entry.name.hasSuffix(".weight") && !entry.name.contains("norm")
    before += entry.byteRange.count
    guard isMatrix, (entry.shape.last ?? 1) % wanted.block.count == 0, entry.type.isReadable else {
      let kept = try file.quantizedTensor(named: entry.name)
      tensors.append(GGUFTensor(name: entry.name, kept))
      after += kept.byteCount
      continue
    }
    matrices += 1
    if let dtype = wanted.dtype {
      let numbers = try file.tensor(named: entry.name).to(dtype)
      tensors.append(try GGUFTensor(name: entry.name, numbers))
      after += numbers.count * dtype.size
    } else {
      let blocks = try QuantizedTensor(quantizing: file.tensor(named: entry.name), as: wanted)
      tensors.append(GGUFTensor(name: entry.name, blocks))
      after += blocks.byteCount
    }
  }
  var metadata = file.metadata
  if let kind = type.fileType { metadata["general.file_type"] = .uint32(kind) }
  try writeGGUF(tensors, metadata: metadata, to: target)
  return QuantizedModelReport(matrices: matrices, tensors: file.entries.count, bytesBefore: before, bytesAfter: after)
}
