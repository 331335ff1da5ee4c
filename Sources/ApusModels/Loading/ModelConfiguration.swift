import ApusCore
import ApusFormats

/// What a model's `config.json` says: sizes, kinds and options, under the names that the file gives them.
///
/// Reading is typed, with a value for what is absent; a value that makes no sense is an error that names the file and the key.
/// `null` is as good as absent.
public struct ModelConfiguration: Sendable {
  /// The file, for messages.
  public let path: String
  /// All values.
  package var values: [String: JSON]
  /// Where in the file it stands: `text_config.`, or nothing.
  private var place = ""

  /// No number of positions and the like may be larger.
  package static let largest = 1 << 31
  /// No size may be larger: with the weights at hand, what they can have.
  private var largestSize = 1 << 24
  /// No model has more layers, or experts in one of them.
  package static let mostLayers = 4096
  private var layerLimit = ModelConfiguration.mostLayers
  /// A model is not made with more weights that take memory at once: with the weights at hand, some times what these are.
  package private(set) var weightLimit = 1 << 28

  /// Reads the file at `path`, or `config.json` in the folder at `path`.
  /// - Throws: `TensorError` of kind `file` when it cannot be read, of kind `format` when it is no JSON object.
  public init(path: String) throws(TensorError) {
    let path = expandedPath(path)
    let file = isFolder(path) ? "\(path)/config.json" : path
    guard fileExists(file) else {
      throw TensorError(
        .file, file, "there is no such file; a published model is a folder with config.json and weights")
    }
    guard case .object(let values) = try JSON(file: file) else {
      throw TensorError(.format, file, "a configuration is a JSON object")
    }
    self.init(values, path: file)
  }

  /// Values that come from elsewhere, such as the metadata of a GGUF file.
  package init(_ values: [String: JSON], path: String) {
    self.values = values
    self.path = path
  }

  /// Keeps sizes and numbers of layers within what `weights` can have, so that a damaged file does not make a huge model.
  package mutating func limit(by weights: any ModelWeights) {
    let names = weights.names
    let widest = names.reduce(0) { max($0, weights.shape(of: $1)?.max() ?? 0) }
    largestSize = max(1 << 16, min(widest, 1 << 24) * 4)
    layerLimit = min(layerLimit, max(names.count, 64))
    let total = names.reduce(0) { total, name in
      let sizes = weights.shape(of: name) ?? []
      return min(weightLimit, total + sizes.reduce(1) { min(weightLimit, $0 * min($1, weightLimit)) })
    }
    weightLimit = min(weightLimit, max(1 << 22, 4 * total))
  }

  /// The kind of model: `llama`, `bert`.
  public var modelType: String { self["model_type"]?.string ?? "" }
  /// The classes that the weights are of: `["LlamaForCausalLM"]`.
  public var architectures: [String] { self["architectures"]?.array?.compactMap(\.string) ?? [] }

  /// The value of a key; nil where it is absent or null.
  package subscript(_ key: String) -> JSON? {
    guard let value = values[key], !value.isNull else { return nil }
    return value
  }

  /// The values of an object in this one, such as `text_config`; nil where it is absent.
  package func section(_ key: String) throws(TensorError) -> ModelConfiguration? {
    guard let value = self[key] else { return nil }
    guard case .object(let inner) = value else { throw wrong(key, "an object") }
    var section = ModelConfiguration(inner, path: path)
    section.place = "\(place)\(key)."
    (section.largestSize, section.layerLimit, section.weightLimit) = (largestSize, layerLimit, weightLimit)
    return section
  }

  /// An error about `key`: what it must be, and what it is.
  package func wrong(_ key: String, _ expected: String) -> TensorError {
    guard let value = self[key] else {
      return TensorError(.format, path, "'\(place)\(key)' is missing; it must be \(expected)")
    }
    let text = value.text()
    return TensorError(
      .format, path, "'\(place)\(key)' must be \(expected), and is \(text.count > 60 ? text.prefix(60) + "..." : text)")
  }

  /// An error about a value that changes what a model computes, and that nothing here computes.
  package func unsupported(_ key: String, _ supported: String) -> TensorError {
    var error = wrong(key, supported)
    error.kind = .unsupported
    return error
  }
}

extension ModelConfiguration {
  /// A whole number in `range` under one of the names of a thing; the first one that is there counts.
  /// - Throws: where it is none, and where it is absent and there is no `value` for that.
  package func int(
    _ keys: String..., default value: Int? = nil, in range: ClosedRange<Int> = 0...largest
  ) throws(TensorError) -> Int {
    guard let key = keys.first(where: { self[$0] != nil }) else {
      if let value { return value }
      throw wrong(keys[0], "a whole number")
    }
    guard let found = whole(self[key]), range.contains(found) else {
      throw wrong(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return found
  }

  /// A size of a weight, at least 1.
  package func size(_ keys: String..., default value: Int? = nil) throws(TensorError) -> Int {
    guard let key = keys.first(where: { self[$0] != nil }) else {
      if let value { return value }
      throw wrong(keys[0], "a whole number")
    }
    return try int(key, in: 1...largestSize)
  }

  /// A number of layers, experts and the like.
  package func layers(_ keys: String..., default value: Int? = nil) throws(TensorError) -> Int {
    guard let key = keys.first(where: { self[$0] != nil }) else {
      if let value { return value }
      throw wrong(keys[0], "a whole number")
    }
    return try int(key, in: 0...layerLimit)
  }

  /// A whole number, or nil where it is absent.
  package func optionalInt(
    _ key: String, in range: ClosedRange<Int> = 0...largest
  ) throws(TensorError) -> Int? {
    self[key] == nil ? nil : try int(key, in: range)
  }

  /// A finite number.
  package func double(_ keys: String..., default value: Double? = nil) throws(TensorError) -> Double {
    guard let key = keys.first(where: { self[$0] != nil }) else {
      if let value { return value }
      throw wrong(keys[0], "a number")
    }
    guard let found = self[key]?.double, found.isFinite else { throw wrong(key, "a number") }
    return found
  }

  /// A finite number, or nil where it is absent.
  package func optionalDouble(_ key: String) throws(TensorError) -> Double? {
    self[key] == nil ? nil : try double(key)
  }

  /// True or false.
  package func bool(_ key: String, default value: Bool) throws(TensorError) -> Bool {
    guard let found = self[key] else { return value }
    guard let found = found.bool else { throw wrong(key, "true or false") }
    return found
  }

  /// A text.
  package func string(_ keys: String..., default value: String? = nil) throws(TensorError) -> String {
    guard let key = keys.first(where: { self[$0] != nil }) else {
      if let value { return value }
      throw wrong(keys[0], "a text")
    }
    guard let found = self[key]?.string else { throw wrong(key, "a text") }
    return found
  }

  /// Texts, or nil where they are absent.
  package func strings(_ key: String) throws(TensorError) -> [String]? {
    try list(key, "a list of texts", \.string)
  }

  /// Whole numbers, or nil where they are absent.
  package func ints(_ key: String) throws(TensorError) -> [Int]? {
    try list(key, "a list of whole numbers") { whole($0).flatMap { $0.magnitude <= Self.largest ? $0 : nil } }
  }

  /// Numbers, or nil where they are absent.
  package func doubles(_ key: String) throws(TensorError) -> [Double]? {
    try list(key, "a list of numbers") { $0.double.flatMap { $0.isFinite ? $0 : nil } }
  }

  private func list<Element>(
    _ key: String, _ expected: String, _ element: (JSON) -> Element?
  ) throws(TensorError) -> [Element]? {
    guard let value = self[key] else { return nil }
    guard let items = value.array else { throw wrong(key, expected) }
    var found: [Element] = []
    for item in items {
      guard let one = element(item) else { throw wrong(key, expected) }
      found.append(one)
    }
    return found
  }

  private func whole(_ value: JSON?) -> Int? {
    switch value {
    case .int(let number): number
    case .double(let number): Int(exactly: number)
    default: nil
    }
  }

  /// How many labels a head tells apart: `num_labels`, or the number of those in `id2label`, or 2.
  package func labelCount() throws(TensorError) -> Int {
    if self["num_labels"] == nil, let labels = self["id2label"]?.object { return labels.count }
    return try int("num_labels", default: 2, in: 1...(1 << 20))
  }

  /// The names of labels by number, where the file has them.
  public var labels: [Int: String] {
    var names: [Int: String] = [:]
    for (number, name) in self["id2label"]?.object ?? [:] {
      if let number = Int(number), let name = name.string { names[number] = name }
    }
    return names
  }

  /// The number of the padding token; null is none, a negative one counts from the end of the vocabulary.
  package func paddingToken(default value: Int? = nil) throws(TensorError) -> Int? {
    values["pad_token_id"] == nil ? value : try optionalInt("pad_token_id", in: -Self.largest...Self.largest)
  }

  /// A whole number, where null says that there is none and `value` stands for what is absent.
  package func nullableInt(_ key: String, default value: Int?) throws(TensorError) -> Int? {
    values[key] == nil ? value : try optionalInt(key, in: 1...Self.largest)
  }

  /// A number, where null says that there is none and `value` stands for what is absent.
  package func nullableDouble(_ key: String, default value: Double?) throws(TensorError) -> Double? {
    values[key] == nil ? value : try optionalDouble(key)
  }
}
