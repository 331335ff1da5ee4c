import ApusCore
import ApusFormats

/// What a model's JSON says of one layer or operation, with errors that name it.
struct KerasConfig: Sendable {
  /// The file, for messages.
  let file: String
  let className: String
  /// Where the class lives: `keras.layers`, `keras.src.ops.numpy`; absent in old files.
  let module: String?
  let name: String
  /// The settings.
  let json: JSON
  /// What was written of the shapes with which it was built.
  let build: JSON?
  /// Whether Keras 2 wrote it.
  let isOld: Bool

  /// The layer that an object of a model's JSON describes.
  init(_ object: JSON, file: String, isOld: Bool) throws(TensorError) {
    let place = object["name"]?.string ?? object["config"]?["name"]?.string
    guard let className = object["class_name"]?.string else {
      throw TensorError(
        .format, file, "the model's JSON has a layer without class_name\(place.map { ": '\($0)'" } ?? "")")
    }
    self.file = file
    self.className = className
    self.isOld = isOld
    module = object["module"]?.string
    json = object["config"] ?? .object([:])
    build = object["build_config"]
    name = json["name"]?.string ?? place ?? className.lowercased()
    // Classes of somebody's own have a package in their registered name, or a module that is not Keras'.
    if let module, !Self.isKeras(module) {
      throw fail(
        .unsupported, "the class \(className) of the module '\(module)' is not part of Keras; nothing of it is run")
    }
    if let registered = object["registered_name"]?.string, registered.contains(">"), !registered.hasPrefix("Keras>") {
      throw fail(.unsupported, "the class is somebody's own ('\(registered)'), not part of Keras; nothing of it is run")
    }
  }

  /// Settings of a part that the layer makes itself.
  init(of layer: KerasConfig, className: String, name: String, _ settings: [String: JSON]) {
    file = layer.file
    self.className = className
    module = "keras.layers"
    self.name = name
    json = .object(settings)
    build = nil
    isOld = layer.isOld
  }

  static func isKeras(_ module: String) -> Bool {
    module == "keras" || module == "tf_keras" || module == "builtins" || module.hasPrefix("keras.")
      || module.hasPrefix("tf_keras.") || module.hasPrefix("tensorflow.keras")
      || module.hasPrefix("tensorflow.python.keras")
  }

  /// Whether it is one of `keras.ops`, called in a graph, not a layer.
  var isOperation: Bool { module.map { $0.contains(".ops") } ?? false }

  func fail(_ kind: TensorError.Kind = .format, _ message: String) -> TensorError {
    TensorError(kind, file, "layer '\(name)' (\(className)): \(message)")
  }

  subscript(_ key: String) -> JSON? {
    let value = json[key]
    return value?.isNull == true ? nil : value
  }

  private func wrong(_ key: String, _ expected: String) -> TensorError {
    fail(.format, "'\(key)' should be \(expected), and is \(self[key].map { "\($0)" } ?? "missing")")
  }

  func int(_ key: String, _ fallback: Int? = nil) throws(TensorError) -> Int {
    guard let value = self[key] else {
      guard let fallback else { throw wrong(key, "an integer") }
      return fallback
    }
    if let number = value.int { return number }
    if let number = value.double, let exact = Int(exactly: number) { return exact }
    throw wrong(key, "an integer")
  }

  /// An integer from `range`, such as a size, which memory is taken by.
  func size(_ key: String, _ fallback: Int? = nil, in range: ClosedRange<Int> = 1...1 << 40) throws(TensorError) -> Int
  {
    let value = try int(key, fallback)
    guard range.contains(value) else { throw wrong(key, "from \(range.lowerBound) to \(range.upperBound)") }
    return value
  }

  func number(_ key: String, _ fallback: Double? = nil) throws(TensorError) -> Double {
    guard let value = self[key] else {
      guard let fallback else { throw wrong(key, "a number") }
      return fallback
    }
    // Keras writes numbers of NumPy as objects that hold their value.
    guard let number = value.double ?? value["config"]?["value"]?.double ?? value["config"]?.double else {
      throw wrong(key, "a number")
    }
    return number
  }

  func bool(_ key: String, _ fallback: Bool = false) throws(TensorError) -> Bool {
    guard let value = self[key] else { return fallback }
    guard let flag = value.bool ?? value.int.map({ $0 != 0 }) else { throw wrong(key, "true or false") }
    return flag
  }

  func string(_ key: String, _ fallback: String? = nil) throws(TensorError) -> String {
    guard let value = self[key] else {
      guard let fallback else { throw wrong(key, "a text") }
      return fallback
    }
    guard let text = value.string else { throw wrong(key, "a text") }
    return text
  }

  /// A list of integers, or one integer for each of `rank` dimensions.
  func ints(_ key: String, rank: Int? = nil, _ fallback: [Int]? = nil) throws(TensorError) -> [Int] {
    guard let value = self[key] else {
      guard let fallback else { throw wrong(key, "integers") }
      return fallback
    }
    if let number = value.int { return [Int](repeating: number, count: rank ?? 1) }
    guard let numbers = value.array?.map(\.int), !numbers.contains(nil), rank == nil || numbers.count == rank else {
      throw wrong(key, rank.map { "\($0) integers" } ?? "integers")
    }
    return numbers.compactMap(\.self)
  }

  /// Sizes for `rank` dimensions: kernels, strides.
  func sizes(_ key: String, rank: Int, _ fallback: [Int]? = nil) throws(TensorError) -> [Int] {
    let numbers = try ints(key, rank: rank, fallback)
    guard numbers.allSatisfy({ (1...1 << 20).contains($0) }) else {
      throw wrong(key, "positive integers below a million")
    }
    return numbers
  }

  /// Pairs of integers for `rank` dimensions: one number for all, one for each, or before and behind each.
  func pairs(_ key: String, rank: Int) throws(TensorError) -> [(Int, Int)] {
    guard let value = self[key] else { throw wrong(key, "integers") }
    if let number = value.int { return [(Int, Int)](repeating: (number, number), count: rank) }
    if rank == 1, let both = value.array, both.count == 2, let a = both[0].int, let b = both[1].int { return [(a, b)] }
    var pairs: [(Int, Int)] = []
    for item in value.array ?? [] {
      if let number = item.int {
        pairs.append((number, number))
      } else if let both = item.array, both.count == 2, let a = both[0].int, let b = both[1].int {
        pairs.append((a, b))
      }
    }
    guard pairs.count == rank, pairs.allSatisfy({ (0...1 << 24).contains($0.0) && (0...1 << 24).contains($0.1) }) else {
      throw wrong(key, "\(rank) pairs of integers from 0 on")
    }
    return pairs
  }

  /// The channels' place among the dimensions.
  func channelsLast() throws(TensorError) -> Bool {
    switch try string("data_format", "channels_last") {
    case "channels_last": return true
    case "channels_first": return false
    default: throw wrong("data_format", "'channels_last' or 'channels_first'")
    }
  }

  /// The element types of weights and of the computation.
  func types() throws(TensorError) -> (variable: DType, compute: DType) {
    guard let value = self["dtype"] else { return (.float32, .float32) }
    guard let policy = value.string ?? value["config"]?["name"]?.string else {
      throw wrong("dtype", "the name of a type")
    }
    switch policy {
    case "mixed_float16": return (.float32, .float16)
    case "mixed_bfloat16": return (.float32, .bfloat16)
    default:
      guard let type = Self.dtype(policy) else {
        throw fail(.unsupported, "the type '\(policy)' is not computed with (weights quantised by Keras are not read)")
      }
      return (type, type)
    }
  }

  /// The element type of Keras' name for it.
  static func dtype(_ name: String) -> DType? {
    switch name {
    case "float", "float32": .float32
    case "float64", "double": .float64
    case "float16", "half": .float16
    case "bfloat16": .bfloat16
    case "int8": .int8
    case "int16": .int16
    case "int", "int32": .int32
    case "int64": .int64
    case "uint8": .uint8
    case "uint16": .uint16
    case "uint32": .uint32
    case "uint64": .uint64
    case "bool": .bool
    default: nil
    }
  }
}
