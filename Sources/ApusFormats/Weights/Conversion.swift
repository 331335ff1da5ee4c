import ApusCore

/// From one format of tensors to another: names, element types and the number of files may change, values do not beyond that.
/// One tensor is in memory at a time, where the format to be written allows it.
///
///     var conversion = TensorFileConversion()
///     conversion.elementType = try .init("float16")
///     let summary = try conversion.run(from: "model.pth", to: "model.safetensors")
///
public struct TensorFileConversion: Sendable {
  /// What floating point tensors are to be stored as.
  public enum ElementType: Sendable, Hashable {
    /// Numbers of an element type.
    case dtype(DType)
    /// A quantised type, for GGUF files. Tensors that it cannot store (of one dimension, or whose rows are no whole blocks) become
    /// float32.
    case quantized(GGUFTensorType)

    /// The type called by PyTorch's name (`float16`, `bfloat16`), a short form of it (`f16`, `fp16`, `bf16`), or ggml's (`q8_0`).
    /// - Throws: `TensorError` of kind `value` for other names.
    public init(_ name: String) throws(TensorError) {
      let short = ["f16": "float16", "fp16": "float16", "bf16": "bfloat16", "f32": "float32", "fp32": "float32"]
      if let dtype = DType(name: short[name.lowercased()] ?? name), dtype.isFloatingPoint, !dtype.isCustom {
        self = .dtype(dtype)
      } else if let type = GGUFTensorType(name: name), type.blockWriter != nil {
        self = .quantized(type)
      } else {
        throw TensorError(
          .value, "--dtype",
          "'\(name)' is no type that weights can be converted to; there are float64, float32, float16, bfloat16, "
            + "float8_e4m3fn, float8_e5m2, and for GGUF \(GGUFTensorType.writable)")
      }
    }
  }

  /// What floating point tensors become; nil: they stay, and blocks that the other format lacks become float32.
  public var elementType: ElementType?
  /// New names.
  public var rules = RenameRules()
  /// The largest size of a safetensors file; nil: one file, however large.
  public var maxShardSize: Int?
  /// Whether a NumPy archive is compressed.
  public var isCompressed = false

  /// A conversion that changes only the format.
  public init() {}

  /// What was done.
  public struct Summary: Sendable {
    /// The format that was read.
    public var source: String
    /// The format that was written.
    public var target: String
    /// The tensors that were written, as they were and as they are.
    public var tensors: [(old: TensorFileEntry, new: TensorFileEntry)] = []
    /// The names of those that a rule left out.
    public var leftOut: [String] = []
  }

  /// Reads the tensors of the file at `source` and writes them to `target`, whose name tells the format. A file that is there is
  /// replaced only when the new one is wholly on disk.
  /// - Throws: `TensorError` of kind `value` where two tensors get one name or the format is not known, of kind `dtype` where the
  ///   other format lacks an element type; what reading and writing throw.
  @discardableResult
  public func run(from source: String, to target: String) throws -> Summary {
    guard let format = TensorFileFormat.named(target), let write = format.write else {
      let known = TensorFileFormat.all.filter(\.isWritable).flatMap(\.extensions).map { ".\($0)" }
      throw TensorError(
        .value, target, "the end of the name tells no format that can be written: \(known.joined(separator: ", "))")
    }
    let sourceFormat = try TensorFileFormat.of(source)
    let file = try sourceFormat.open(expandedPath(source))
    var summary = Summary(source: sourceFormat.name, target: format.name)
    var request = TensorsToWrite(
      path: expandedPath(target), tensors: [], metadata: file.metadata, maxShardSize: maxShardSize,
      isCompressed: isCompressed)
    if let gguf = file as? GGUFTensorFile, format.name == TensorFileFormat.gguf.name {
      request.ggufMetadata = gguf.file.metadata
      request.metadata = [:]
    }
    var names: [String: String] = [:]
    for old in file.entries {
      guard let name = rules(old.name) else {
        summary.leftOut.append(old.name)
        continue
      }
      if let other = names.updateValue(old.name, forKey: name) {
        throw TensorError(.value, source, "the tensors '\(other)' and '\(old.name)' would both be called '\(name)'")
      }
      let (tensor, new) = try converted(old, name: name, from: file, path: source, to: format)
      request.tensors.append(tensor)
      summary.tensors.append((old, new))
    }
    try write(request)
    return summary
  }

  private func converted(
    _ old: TensorFileEntry, name: String, from file: any TensorFile, path: String, to format: TensorFileFormat
  ) throws -> (TensorToWrite, TensorFileEntry) {
    guard let dtype = old.dtype else {
      throw TensorError(
        .unsupported, path,
        "tensor '\(old.name)' has elements of type \(old.typeName), which cannot be read; leave it out with a rule")
    }
    var target = dtype
    var block: GGUFTensorType?
    if dtype.isFloatingPoint, let elementType {
      switch elementType {
      case .dtype(let wanted): target = wanted
      case .quantized(let wanted):
        guard format.name == TensorFileFormat.gguf.name else {
          throw TensorError(
            .value, path,
            "\(wanted.name) is a type of GGUF files; give the file to be written a name that ends in .gguf")
        }
        let fits = old.shape.count > 1 && (old.shape.last ?? 1) % wanted.block.count == 0
        (target, block) = (.float32, fits ? wanted : nil)
      }
    }
    let (oldName, newType) = (old.name, target)
    var tensor = TensorToWrite(name: name, dtype: target, shape: old.shape, ggufType: block) {
      let tensor = try file.tensor(named: oldName)
      guard tensor.shape == old.shape else {
        throw TensorError(
          .format, path, "tensor '\(oldName)' has the shape \(tensor.shape), and was said to have \(old.shape)")
      }
      return tensor.detach().to(newType)
    }
    var new = TensorFileEntry(
      name: name, typeName: block?.name ?? target.name, dtype: target, shape: old.shape,
      byteCount: block?.byteCount(old.shape) ?? old.count.clampedMultiplying(target.size))
    if elementType == nil, let gguf = (file as? GGUFTensorFile)?.file, format.name == TensorFileFormat.gguf.name,
      let type = GGUFTensorType(name: old.typeName), type.dtype == nil
    {
      tensor.ggufType = type
      tensor.loadBlocks = { try gguf.quantizedTensor(named: oldName) }
      (new.typeName, new.byteCount) = (type.name, old.byteCount)
    }
    return (tensor, new)
  }
}
