import ApusCore
import ApusFormats

/// The weights of a GGUF file under the names of `transformers`, in the mapped file: matrices stay as they are stored.
public struct GGUFWeights: ModelWeights {
  public let path: String
  public let names: [String]
  /// The file, whose metadata have the tokenizer and the chat template as well.
  public let file: GGUFFile
  private let architecture: GGUFArchitecture
  private let places: [String: Place]
  private let heads: (queries: Int, keys: Int)

  /// No layer has more experts.
  private static let mostExperts = 4096

  /// Where a weight lies: a tensor of the file, one of its parts where it has those of all experts.
  private struct Place {
    let entry: GGUFFile.Entry
    /// The name in the file without its layer.
    let stem: String
    var expert: Int?
  }

  /// Opens the file at `path`.
  /// - Throws: `TensorError` as ``GGUFFile`` does, and of kind `unsupported` for an unknown architecture.
  public init(path: String) throws(TensorError) { try self.init(GGUFFile(path: path)) }

  /// The weights of a file that is open.
  public init(_ file: GGUFFile) throws(TensorError) {
    let (prefix, architecture) = try GGUFArchitecture.of(file)
    (self.file, self.architecture, path) = (file, architecture, file.path)
    func count(_ key: String) -> Int? {
      let value = file.metadata["\(prefix).attention.\(key)"]
      return value?.int ?? value?.array?.ints?.first
    }
    let queries = count("head_count") ?? 0
    heads = (queries, count("head_count_kv") ?? queries)
    var names: [String] = []
    var places: [String: Place] = [:]
    for entry in file.entries where !GGUFArchitecture.elsewhere.contains(entry.name) {
      let (stem, pattern) = Self.pattern(entry.name, architecture)
      if pattern.contains("*"), entry.shape.count == 3 {
        for expert in 0..<min(entry.shape[0], Self.mostExperts) {
          let name = pattern.replacingFirst("*", by: "\(expert)")
          names.append(name)
          places[name] = Place(entry: entry, stem: stem, expert: expert)
        }
      } else {
        names.append(pattern)
        places[pattern] = Place(entry: entry, stem: stem)
      }
    }
    (self.names, self.places) = (names, places)
  }

  /// The name of `transformers` for a tensor, and the file's name without its layer; an unknown name stays.
  private static func pattern(_ name: String, _ architecture: GGUFArchitecture) -> (stem: String, pattern: String) {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 2, let ending = parts.popLast() else { return (name, name) }
    var layer = ""
    if parts.count == 3, parts[0] == "blk", Int(parts[1]) != nil {
      layer = parts[1]
      parts.removeFirst(2)
    }
    let stem = parts.joined(separator: ".")
    guard let found = architecture.names[stem] else { return (stem, name) }
    return (stem, "\(found.replacingFirst("#", by: layer)).\(ending)")
  }

  public func shape(of name: String) -> [Int]? {
    guard let place = places[name] else { return nil }
    let shape = place.expert == nil ? place.entry.shape : Array(place.entry.shape.dropFirst())
    return isTransposed(place) ? shape.reversed() : shape
  }

  private func isTransposed(_ place: Place) -> Bool {
    architecture.transposed.contains(place.stem) && place.entry.shape.count == 2
  }

  /// Rows of each head of a matrix whose halves take turns; nil for others.
  private func interleaved(_ place: Place) -> Int? {
    guard architecture.interleavesHeads, let rows = place.entry.shape.first else { return nil }
    let count = place.stem == "attn_q" ? heads.queries : place.stem == "attn_k" ? heads.keys : 0
    guard count > 0, rows % count == 0, rows / count % 2 == 0, rows > count else { return nil }
    return rows / count
  }

  public func tensor(named name: String) throws -> Tensor {
    let place = try place(named: name)
    if place.expert != nil { return try blocks(place).dequantized() }
    var tensor = try file.tensor(named: place.entry.name)
    if let width = interleaved(place) {
      let shape = tensor.shape
      tensor = tensor.reshape([shape[0] / width, width / 2, 2] + shape.dropFirst()).transpose(1, 2).reshape(shape)
    }
    if isTransposed(place) { tensor = tensor.mT.contiguous() }
    if architecture.normOffset != 0, place.stem.hasSuffix("norm") { tensor = tensor - architecture.normOffset }
    return tensor
  }

  public func packed(named name: String) throws -> (any PackedWeight)? {
    let place = try place(named: name)
    let type = place.entry.type
    guard shape(of: name)?.count == 2, type.dtype == nil || type == .f16 || type == .bf16 else { return nil }
    if type.dtype != nil, place.expert == nil {
      // In place, where `QuantizedTensor` would widen.
      return try QuantizedWeight(file.tensor(named: place.entry.name), interleaved: interleaved(place))
    }
    return try QuantizedWeight(blocks(place), interleaved: interleaved(place))
  }

  private func place(named name: String) throws(TensorError) -> Place {
    if let place = places[name] { return place }
    throw TensorError(.index, path, "no weight is called '\(name)'")
  }

  /// The blocks of a tensor, or those of one expert.
  private func blocks(_ place: Place) throws(TensorError) -> QuantizedTensor {
    let whole = try file.quantizedTensor(named: place.entry.name)
    guard let expert = place.expert else { return whole }
    let size = whole.byteCount / whole.shape[0]
    return try QuantizedTensor(
      type: whole.type, shape: Array(whole.shape.dropFirst()), bytes: whole.bytes.narrow(0, expert * size, size))
  }
}

extension String {
  /// With the first `part` in it replaced.
  fileprivate func replacingFirst(_ part: Character, by text: String) -> String {
    guard let place = firstIndex(of: part) else { return self }
    return self[..<place] + text + self[index(after: place)...]
  }
}
