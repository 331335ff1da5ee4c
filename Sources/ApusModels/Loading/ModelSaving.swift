import ApusCore
import ApusFormats
import ApusNN

extension PretrainedModel {
  /// Writes the model to a folder that `transformers` loads: `config.json` and `model.safetensors`, or several files of at most
  /// `maxShardSize` bytes with their index. Weights that are others' too are written once. A missing folder is made.
  ///
  /// Packed weights are written as float32; what adapters add is left out.
  /// - Parameter dtype: the type in which floating point weights are written; nil: in which they are.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func save(to folder: String, dtype: DType? = nil, maxShardSize: Int = 5_000_000_000) throws {
    let folder = expandedPath(folder)
    let tensors = savedTensors().map { name, load in
      let sample = load()
      let type = sample.dtype.isFloatingPoint ? dtype ?? sample.dtype : sample.dtype
      return SafetensorsTensor(name: name, dtype: type, shape: sample.shape) { body in
        let tensor = noGrad { load().to(type).contiguous() }
        try tensor.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws in try body(bytes) }
      }
    }
    try writeShardedSafetensors(tensors, metadata: ["format": "pt"], maxShardSize: maxShardSize, to: folder)
    var values = configuration.values
    // What was packed is not any more.
    values["quantization_config"] = nil
    values["architectures"] = .array([.string(ArchitectureTable.name(of: self))])
    let largest = tensors.max { $0.shape.reduce(1, *) < $1.shape.reduce(1, *) }
    if let largest { values[values["torch_dtype"] == nil ? "dtype" : "torch_dtype"] = .string("\(largest.dtype)") }
    try writeText(JSON.object(values).text(indented: true) + "\n", to: "\(folder)/config.json")
  }

  /// The names of all weights, each once, and what gives them.
  func savedTensors() -> [(name: String, load: @Sendable () -> Tensor)] {
    let modules = namedModules()
    var adapters: [String] = []
    var found: [(name: String, load: @Sendable () -> Tensor)] = []
    for (path, module) in modules {
      let prefix = path.isEmpty ? "" : "\(path)."
      let adapter: (any Module)? = (module as? Projection)?.adapter ?? (module as? TokenEmbedding)?.adapter
      for (name, _) in adapter?.namedParameters() ?? [] { adapters.append(prefix + name) }
      if let packed = (module as? any WeightHolder)?.packed, tiedWeights["\(prefix)weight"] == nil {
        found.append(("\(prefix)weight", { packed.widened() }))
      }
    }
    let left = Set(adapters)
    let all = namedParameters() + namedBuffers()
    let names = Set(all.map(\.name))
    for (name, tensor) in all where !tensor.isUnsavedBuffer && !left.contains(name) {
      // A weight with two names is written under the other's, unless that one is a weight of its own.
      let other = tiedWeights[name].flatMap { names.contains($0) ? nil : $0 }
      found.append((other ?? name, { tensor.detach() }))
    }
    return found
  }
}
