import ApusCore
import ApusFormats

/// Plans layers from a model's JSON.
struct KerasBuilder {
  typealias Maker = @Sendable (KerasRequest) throws(TensorError) -> KerasPlan

  let file: String
  /// Whether Keras 2 wrote the model.
  let isOld: Bool
  /// How deep layers lie in one another.
  var depth = 0

  /// The makers of layers by class name.
  static let layers: [String: Maker] = [
    KerasModels.makers, KerasDenses.makers, KerasConvolutions.makers, KerasPools.makers, KerasNormalisations.makers,
    KerasActivationLayers.makers, KerasReshapes.makers, KerasMerges.makers, KerasRecurrences.makers,
    KerasAttentions.makers, KerasPreprocessing.makers, KerasWrappers.makers, KerasImages.makers,
    KerasOldOperations.makers,
  ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

  /// Plans the layer of an object of the JSON, called with tensors of these shapes.
  func plan(_ object: JSON, _ inputs: [KerasShape]) throws(TensorError) -> KerasPlan {
    try plan(KerasConfig(object, file: file, isOld: isOld), inputs)
  }

  func plan(_ config: KerasConfig, _ inputs: [KerasShape]) throws(TensorError) -> KerasPlan {
    guard depth < 64 else { throw config.fail(.format, "layers lie in one another more than 64 deep") }
    var inner = self
    inner.depth += 1
    let inputs = inputs.allSatisfy({ $0.rank == nil }) ? recordedShapes(config) ?? inputs : inputs
    let request = KerasRequest(config: config, inputs: inputs, builder: inner)
    if config.isOperation { return try KerasOperations.plan(request) }
    guard let maker = Self.layers[config.className] else {
      let reason =
        switch config.className {
        case "Lambda": "a Lambda layer holds Python code, which is not run"
        case "StringLookup", "IntegerLookup", "TextVectorization", "Hashing", "HashedCrossing", "FeatureSpace":
          "layers of texts and hashes are not computed here"
        default:
          "there is no layer of this class here; it is newer than this library, or somebody's own, whose code is not run"
        }
      throw config.fail(.unsupported, reason)
    }
    if let rank = config["lora_rank"], !rank.isNull {
      throw config.fail(.unsupported, "weights with low-rank additions (LoRA) are not read; merge them in Keras first")
    }
    return try maker(request)
  }

  /// The shapes that Keras wrote down when it built the layer.
  private func recordedShapes(_ config: KerasConfig) -> [KerasShape]? {
    guard let build = config.build else { return nil }
    if let single = KerasShape(build["input_shape"]), single.rank ?? 0 > 0 { return [single] }
    if let several = build["input_shape"]?.array?.map({ KerasShape($0) }), !several.contains(nil), !several.isEmpty {
      return several.compactMap(\.self)
    }
    let shapes = build["shapes_dict"]
    for key in ["sequences_shape", "query_shape"] {
      if let first = KerasShape(shapes?[key]) {
        return [first] + ["value_shape", "key_shape"].compactMap { KerasShape(shapes?[$0]) }
      }
    }
    return nil
  }
}

extension String {
  /// Keras' name of an object of this class: `Conv2DTranspose` -> `conv2d_transpose`, `GRUCell` -> `gru_cell`.
  var kerasSnakeCase: String {
    let letters = Array(self).filter { $0.isLetter || $0.isNumber || $0 == "_" }
    var result = ""
    for (i, letter) in letters.enumerated() {
      if i > 0, letter.isUppercase {
        let next = i + 1 < letters.count ? letters[i + 1] : " "
        if next.isLowercase || letters[i - 1].isLowercase { result += "_" }
      }
      result += letter.lowercased()
    }
    return result
  }
}

extension [String: KerasBuilder.Maker] {
  /// Enters a maker. Assigning a function that throws errors of one type to an element crashes Swift 6.3's compiler.
  mutating func add(_ name: String, _ maker: @escaping KerasBuilder.Maker) { self[name] = maker }
}
