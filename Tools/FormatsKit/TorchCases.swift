import ApusCore
import ApusFormats
import Foundation

/// Reads a file of PyTorch and compares it with the recorded value.
func runTorchCase(_ item: FormatCase) throws {
  let path = try item.path("file")
  let file = try PyTorchFile(path: path)
  // Every element is read, so that damage is found.
  for (_, tensor) in file.allTensors where !tensor.isMeta { _ = try tensor.bytes() }
  guard let name = item.json["expected"]?.string else { return }
  let json = try readFile("\(item.folder)/\(name).json").withBytes { try JSON(parsing: $0) }
  let elements = try SafetensorsFile(path: "\(item.folder)/\(name).safetensors")
  var comparison = TorchComparison(elements)
  guard let root = json["root"] else { throw FormatDifference("\(name).json has no root") }
  switch item.json["format"]?.string {
  case "torchscript": try comparison.compareState(file.tensors, root)
  case "pt2":
    for part in ["state_dict", "constants"] {
      let expected = (root["items"]?.array ?? []).first { $0.array?.first?["v"]?.string == part }?.array?.last
      guard let expected, let found = file.root[part] else { throw FormatDifference("there is no \(part)") }
      let tensors = (found.dictionary?.entries ?? []).compactMap { key, value in
        value.tensor.map { (name: key.string ?? "", tensor: $0) }
      }
      try comparison.compareState(tensors, expected)
    }
  default:
    try comparison.compare(file.root, root, "root")
    try compareWritten(file.root, item.id, elements, root)
  }
}

/// Writes a value and compares what is read from that file.
private func compareWritten(_ value: PickledValue, _ id: String, _ elements: SafetensorsFile, _ root: JSON) throws {
  let folder = ProcessInfo.processInfo.environment["APUS_KEEP_WRITTEN"]
  let path = "\(folder ?? NSTemporaryDirectory())/\(id).pt"
  defer { if folder == nil { try? FileManager.default.removeItem(atPath: path) } }
  try writePyTorch(value, to: path)
  var comparison = TorchComparison(elements)
  do {
    try comparison.compare(try PyTorchFile(path: path).root, root, "root")
  } catch {
    throw FormatDifference("written and read again: \(error)")
  }
}

/// Compares values with recorded nodes. Equal keys of tensors mean one object, equal numbers of storages one storage.
private struct TorchComparison {
  private let expected: SafetensorsFile
  private var objects: [String: PickledTensor] = [:]
  private var storages: [Int: PickledStorage] = [:]

  init(_ expected: SafetensorsFile) { self.expected = expected }

  mutating func compareState(_ found: [(name: String, tensor: PickledTensor)], _ node: JSON) throws {
    let items = node["items"]?.array ?? []
    let names = items.compactMap { $0.array?.first?["v"]?.string }
    guard names.sorted() == found.map(\.name).sorted() else {
      throw FormatDifference("tensors \(found.map(\.name)) instead of \(names)")
    }
    for item in items {
      guard let name = item.array?.first?["v"]?.string, let node = item.array?.last,
        let tensor = found.first(where: { $0.name == name })?.tensor
      else { throw FormatDifference("an entry of the expected dictionary is damaged") }
      try compareElements(tensor, node, name)
    }
  }

  mutating func compare(_ value: PickledValue, _ node: JSON, _ place: String) throws {
    let text = node["v"]?.string
    func check(_ isSame: Bool) throws {
      guard isSame else { throw FormatDifference("\(place): \(value), expected \(node["v"].map { "\($0)" } ?? "?")") }
    }
    switch (node["t"]?.string, value) {
    case ("none", .none): break
    case ("bool", .bool(let v)): try check(v == node["v"]?.bool)
    case ("int", .int(let v)): try check(String(v) == text)
    case ("int", .bigInt(let v)): try check(v == text)
    case ("float", .float(let v)): try check(isSame(v, node["v"]?.double))
    case ("complex", .complex(let v)):
      try check(isSame(v.real, node["v"]?.array?[0].double) && isSame(v.imaginary, node["v"]?.array?[1].double))
    case ("str", .string(let v)): try check(v == text)
    case ("bytes", .bytes(let v)), ("bytearray", .byteArray(let v)): try check(base64(v) == text)
    case ("size", .size(let v)): try check(v == node["v"]?.array?.compactMap(\.int))
    case ("dtype", .dtype(let v)): try check(v.name == text)
    case ("layout", .layout(let v)): try check(v == text || "torch.\(v)" == text)
    case ("device", .device(let v)): try check(v == text)
    case ("list", .list(let items)), ("tuple", .tuple(let items)):
      let nodes = node["items"]?.array ?? []
      guard nodes.count == items.count else { throw FormatDifference("\(place): \(items.count) items") }
      for (i, item) in items.enumerated() { try compare(item, nodes[i], "\(place)[\(i)]") }
    case ("set", .set(let items)):
      // A set has no order: numbers and texts are compared by what they look like.
      let order = { (a: JSON, b: JSON) in a["v"]?.string ?? "" < b["v"]?.string ?? "" }
      let nodes = (node["items"]?.array ?? []).sorted(by: order)
      guard nodes.count == items.count else { throw FormatDifference("\(place): \(items.count) items") }
      for (item, node) in zip(items.sorted { ($0.string ?? "\($0)") < ($1.string ?? "\($1)") }, nodes) {
        try compare(item, node, "\(place){}")
      }
    case (let kind, .dictionary(let entries)):
      let wanted: PickledDictionary.Kind? =
        kind == "dict" ? .plain : kind == "odict" ? .ordered : kind == "counter" ? .counter : nil
      guard wanted == entries.kind else {
        throw FormatDifference("\(place): \(entries.kind) instead of \(kind ?? "?")")
      }
      try compare(entries, node, place)
    case ("tensor", .tensor(let tensor)): try compare(tensor, node, place)
    case ("meta", .tensor(let tensor)):
      try check(
        tensor.isMeta && tensor.elementType.name == node["dtype"]?.string && tensor.shape == ints(node["shape"]))
    case (let kind, .sparse(let tensor)):
      try check(tensor.layout == kind && tensor.shape == ints(node["size"]))
      let names = kind == "sparse_coo" ? ["indices"] : ["crow", "col"]
      for (name, indices) in zip(names, tensor.indices) {
        try compare(.tensor(indices), node[name] ?? .null, "\(place).\(name)")
      }
      try compare(.tensor(tensor.values), node["values"] ?? .null, "\(place).values")
    default: throw FormatDifference("\(place): \(value.typeName), expected \(node["t"]?.string ?? "?")")
    }
  }

  private mutating func compare(_ entries: PickledDictionary, _ node: JSON, _ place: String) throws {
    let nodes = node["items"]?.array ?? []
    guard nodes.count == entries.count else { throw FormatDifference("\(place): \(entries.count) entries") }
    for ((key, value), pair) in zip(entries, nodes) {
      guard let pair = pair.array, pair.count == 2 else { throw FormatDifference("\(place): a damaged pair") }
      try compare(key, pair[0], "\(place).key")
      try compare(value, pair[1], "\(place)[\(key)]")
    }
    let attributes = node["attrs"]?.array ?? []
    guard attributes.count == entries.attributes.count else {
      throw FormatDifference("\(place): attributes \(entries.attributes.map(\.name))")
    }
    for (attribute, pair) in zip(entries.attributes, attributes) {
      guard let pair = pair.array, pair.count == 2, pair[0].string == attribute.name else {
        throw FormatDifference("\(place): attribute \(attribute.name)")
      }
      try compare(attribute.value, pair[1], "\(place).\(attribute.name)")
    }
  }

  private mutating func compare(_ tensor: PickledTensor, _ node: JSON, _ place: String) throws {
    func check(_ isSame: Bool, _ what: String) throws {
      guard isSame else { throw FormatDifference("\(place): \(what) of \(tensor), expected \(node)") }
    }
    try check(tensor.strides == ints(node["stride"]), "strides \(tensor.strides)")
    try check(tensor.offset == node["offset"]?.int, "offset \(tensor.offset)")
    try check(tensor.requiresGrad == node["requires_grad"]?.bool, "requires_grad")
    try check(tensor.isParameter == (node["class"]?.string == "Parameter"), "class")
    try check(tensor.isConjugated == node["conj"]?.bool ?? false, "conj")
    try check(tensor.isNegated == node["neg"]?.bool ?? false, "neg")
    if let number = node["storage"]?.int, let storage = tensor.storage {
      try check(storages[number].map { $0 === storage } ?? !storages.values.contains { $0 === storage }, "storage")
      storages[number] = storage
    }
    if let key = node["key"]?.string {
      try check(objects[key].map { $0 === tensor } ?? !objects.values.contains { $0 === tensor }, "identity")
      objects[key] = tensor
    }
    try compareElements(tensor, node, place)
  }

  private func compareElements(_ tensor: PickledTensor, _ node: JSON, _ place: String) throws {
    guard tensor.elementType.name == node["dtype"]?.string, tensor.shape == ints(node["shape"]) else {
      throw FormatDifference("\(place): \(tensor), expected \(node["dtype"]?.string ?? "?") \(ints(node["shape"]))")
    }
    let bytes = try tensor.bytes()
    let entry = try expected.entry(named: node["key"]?.string ?? "")
    guard try expected.withBytes(of: entry, { $0.elementsEqual(bytes) }) else {
      throw FormatDifference("\(place): other elements")
    }
    // What the tensor gives is the same.
    guard tensor.elementType.dtype != nil else { return }
    let value = try tensor.tensor()
    guard value.shape == tensor.shape, value.withUnsafeBytes({ $0.elementsEqual(bytes) }) else {
      throw FormatDifference("\(place): tensor() has other elements than bytes()")
    }
  }

  private func ints(_ json: JSON?) -> [Int] { json?.array?.compactMap(\.int) ?? [] }

  private func isSame(_ a: Double, _ b: Double?) -> Bool {
    guard let b else { return false }
    return a.bitPattern == b.bitPattern || a.isNaN && b.isNaN
  }

  private func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var result = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for i in 0..<4 { result.append(i <= group.count ? letters[bits >> (18 - 6 * i) & 63] : "=") }
    }
    return result
  }
}
