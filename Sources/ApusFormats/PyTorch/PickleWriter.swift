import ApusCore

/// Writes a value as a pickle of protocol 2, in the words that `torch.load(weights_only=True)` knows.
struct PickleWriter {
  private(set) var bytes: [UInt8] = [0x80, 2]
  private let plan: StoragePlan
  private let path: String
  /// The memo: what was written before is referred to.
  private var texts: [String: Int] = [:]
  private var globals: [String: Int] = [:]
  private var tensors: [ObjectIdentifier: Int] = [:]
  private var memoCount = 0

  /// Values nested deeper cannot be written, as they cannot be read.
  private static let deepest = 400

  init(plan: StoragePlan, path: String) {
    self.plan = plan
    self.path = path
  }

  /// Writes the one value of the pickle.
  mutating func finish(_ value: PickledValue) throws(TensorError) {
    try write(value, depth: 0)
    op(".")
  }

  // Parts

  private mutating func op(_ code: UnicodeScalar) { bytes.append(UInt8(code.value)) }

  private mutating func little<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  private mutating func memoize() -> Int {
    let index = memoCount
    memoCount += 1
    if index < 256 {
      op("q")
      little(UInt8(index))
    } else {
      op("r")
      little(UInt32(truncatingIfNeeded: index))
    }
    return index
  }

  private mutating func recall(_ index: Int) {
    if index < 256 {
      op("h")
      little(UInt8(index))
    } else {
      op("j")
      little(UInt32(truncatingIfNeeded: index))
    }
  }

  mutating func text(_ text: String) throws(TensorError) {
    if let index = texts[text] { return recall(index) }
    let utf8 = Array(text.utf8)
    guard utf8.count <= UInt32.max else { throw TensorError(.value, path, "a text is longer than a pickle can hold") }
    op("X")
    little(UInt32(utf8.count))
    bytes += utf8
    // Long texts are rarely repeated.
    if utf8.count <= 256 { texts[text] = memoize() }
  }

  mutating func global(_ module: String, _ name: String) {
    let key = "\(module) \(name)"
    if let index = globals[key] { return recall(index) }
    op("c")
    bytes += Array("\(module)\n\(name)\n".utf8)
    globals[key] = memoize()
  }

  mutating func int(_ value: Int) {
    switch value {
    case 0..<256:
      op("K")
      little(UInt8(value))
    case 256..<65536:
      op("M")
      little(UInt16(value))
    case Int(Int32.min)...Int(Int32.max):
      op("J")
      little(Int32(value))
    default:
      op("\u{8a}")
      little(UInt8(8))
      little(Int64(value))
    }
  }

  mutating func bool(_ value: Bool) { op(value ? "\u{88}" : "\u{89}") }

  private mutating func float(_ value: Double) {
    op("G")
    little(value.bitPattern.byteSwapped)
  }

  /// A tuple of what `body` writes, `count` values.
  mutating func tuple(_ count: Int, _ body: (inout PickleWriter) throws(TensorError) -> Void) throws(TensorError) {
    if count == 0 { return op(")") }
    if count > 3 { op("(") }
    try body(&self)
    op(count == 1 ? "\u{85}" : count == 2 ? "\u{86}" : count == 3 ? "\u{87}" : "t")
  }

  mutating func ints(_ values: [Int]) throws(TensorError) {
    try tuple(values.count) { writer throws(TensorError) in for value in values { writer.int(value) } }
  }

  /// An empty OrderedDict: what PyTorch has for hooks.
  private mutating func noHooks() {
    global("collections", "OrderedDict")
    op(")")
    op("R")
  }

  // Values

  private mutating func write(_ value: PickledValue, depth: Int) throws(TensorError) {
    guard depth < Self.deepest else {
      throw TensorError(.value, path, "the values are nested more than \(Self.deepest) deep")
    }
    switch value {
    case .none: op("N")
    case .bool(let value): bool(value)
    case .int(let value): int(value)
    case .bigInt(let digits): try long(digits)
    case .float(let value): float(value)
    case .complex(let value):
      global("__builtin__", "complex")
      float(value.real)
      float(value.imaginary)
      op("\u{86}")
      op("R")
    case .string(let value): try text(value)
    case .bytes(let value): try data(value)
    case .byteArray(let value):
      global("__builtin__", "bytearray")
      try data(value)
      op("\u{85}")
      op("R")
    case .list(let items): try list(items, depth)
    case .tuple(let items):
      try tuple(items.count) { writer throws(TensorError) in
        for item in items { try writer.write(item, depth: depth + 1) }
      }
    case .set(let items):
      global("__builtin__", "set")
      try list(items, depth)
      op("\u{85}")
      op("R")
    case .dictionary(let entries): try dictionary(entries, depth)
    case .size(let sizes):
      global("torch", "Size")
      try ints(sizes)
      op("\u{85}")
      op("R")
    case .dtype(let type): global("torch", type.name)
    case .layout(let name): try layout(name)
    case .device(let name):
      global("torch", "device")
      let parts = name.split(separator: ":", maxSplits: 1)
      let index = parts.count == 2 ? Int(parts[1]) : nil
      try text(String(parts.first ?? "cpu"))
      if let index { int(index) }
      op(index == nil ? "\u{85}" : "\u{86}")
      op("R")
    case .tensor(let value): try tensor(value, depth)
    case .sparse(let value): try sparse(value, depth)
    case .storage(let storage):
      guard let number = plan.number(of: storage) else { throw TensorError(.state, path, "a storage has no number") }
      try identifier(number, type: storage.elementType, count: storage.count)
    case .object(let type, _):
      throw TensorError(
        .unsupported, path, "an object of \(type) cannot be written as a value; write its tensors in a dictionary")
    }
  }

  private mutating func layout(_ name: String) throws(TensorError) {
    global("torch.serialization", "_get_layout")
    try text("torch.\(name)")
    op("\u{85}")
    op("R")
  }

  private mutating func list(_ items: [PickledValue], _ depth: Int) throws(TensorError) {
    op("]")
    guard !items.isEmpty else { return }
    op("(")
    for item in items { try write(item, depth: depth + 1) }
    op("e")
  }

  private mutating func dictionary(_ entries: PickledDictionary, _ depth: Int) throws(TensorError) {
    switch entries.kind {
    case .plain: op("}")
    case .ordered: noHooks()
    case .counter:
      global("collections", "Counter")
      op("}")
    }
    if !entries.isEmpty {
      op("(")
      for (key, value) in entries {
        switch key {
        case .list, .dictionary, .set, .byteArray:
          throw TensorError(.value, path, "a \(key.typeName) cannot be the key of a dictionary")
        default: break
        }
        try write(key, depth: depth + 1)
        try write(value, depth: depth + 1)
      }
      op("u")
    }
    if entries.kind == .counter {
      op("\u{85}")
      op("R")
    }
    guard !entries.attributes.isEmpty else { return }
    guard entries.kind == .ordered else {
      throw TensorError(
        .value, path, "only an OrderedDict has attributes, and a \(entries.kind.rawValue) is given some")
    }
    try attributes(entries.attributes, depth)
    op("b")
  }

  private mutating func attributes(
    _ attributes: [(name: String, value: PickledValue)], _ depth: Int
  ) throws(TensorError) {
    op("}")
    op("(")
    for (name, value) in attributes {
      try text(name)
      try write(value, depth: depth + 1)
    }
    op("u")
  }

  /// Bytes, as protocol 2 holds them: a text of the characters 0 to 255, and its encoding.
  private mutating func data(_ value: [UInt8]) throws(TensorError) {
    global("_codecs", "encode")
    try text(String(String.UnicodeScalarView(value.map { UnicodeScalar($0) })))
    try text("latin1")
    op("\u{86}")
    op("R")
  }

  /// A decimal number in two's complement.
  private mutating func long(_ digits: String) throws(TensorError) {
    let isNegative = digits.hasPrefix("-")
    let magnitude = digits.utf8.dropFirst(isNegative ? 1 : 0)
    guard !magnitude.isEmpty, magnitude.count <= 600, magnitude.allSatisfy({ (48...57).contains($0) }) else {
      throw TensorError(.value, path, "'\(digits.prefix(60))' is no integer of at most 600 digits")
    }
    var value: [UInt8] = [0]
    for digit in magnitude {
      var carry = Int(digit) - 48
      for i in value.indices {
        carry += Int(value[i]) * 10
        value[i] = UInt8(truncatingIfNeeded: carry)
        carry >>= 8
      }
      if carry > 0 { value.append(UInt8(carry)) }
    }
    value.append(0)
    if isNegative {
      var carry = 1
      for i in value.indices {
        carry += Int(~value[i])
        value[i] = UInt8(truncatingIfNeeded: carry)
        carry >>= 8
      }
    }
    op("\u{8a}")
    little(UInt8(value.count))
    bytes += value
  }

  // Tensors

  private mutating func tensor(_ tensor: PickledTensor, _ depth: Int) throws(TensorError) {
    if let index = tensors[ObjectIdentifier(tensor)] { return recall(index) }
    guard PickledElementType(name: tensor.elementType.name) != nil else {
      throw TensorError(
        .dtype, path,
        "PyTorch has no elements of type \(tensor.elementType.name), as a tensor of shape \(tensor.shape) has; convert it with "
          + ".to(...)")
    }
    if tensor.isParameter {
      global("torch._utils", tensor.attributes.isEmpty ? "_rebuild_parameter" : "_rebuild_parameter_with_state")
      op("(")
      try plain(tensor)
      bool(tensor.requiresGrad)
      noHooks()
      if !tensor.attributes.isEmpty { try attributes(tensor.attributes, depth) }
      op("t")
      op("R")
    } else if !tensor.attributes.isEmpty, !tensor.isMeta, tensor.quantization == nil {
      global("torch._tensor", "_rebuild_from_type_v2")
      op("(")
      global("torch._utils", function(tensor))
      global("torch", "Tensor")
      try arguments(tensor)
      try attributes(tensor.attributes, depth)
      op("t")
      op("R")
    } else {
      try plain(tensor)
    }
    tensors[ObjectIdentifier(tensor)] = memoize()
  }

  private func function(_ tensor: PickledTensor) -> String {
    if tensor.quantization != nil { return "_rebuild_qtensor" }
    return tensor.elementType.storageClass == nil ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2"
  }

  /// The tensor without what makes it a Parameter.
  private mutating func plain(_ tensor: PickledTensor) throws(TensorError) {
    if tensor.isMeta {
      global("torch._utils", "_rebuild_meta_tensor_no_storage")
      op("(")
      global("torch", tensor.elementType.name)
      try ints(tensor.shape)
      try ints(tensor.strides)
      bool(tensor.requiresGrad && !tensor.isParameter)
      op("t")
    } else {
      global("torch._utils", function(tensor))
      try arguments(tensor)
    }
    op("R")
  }

  /// What a tensor is rebuilt from: storage, offset, sizes, strides and so on.
  private mutating func arguments(_ tensor: PickledTensor) throws(TensorError) {
    guard let place = plan.place(of: tensor) else { throw TensorError(.state, path, "a tensor has no storage") }
    op("(")
    try identifier(place.storage, type: tensor.elementType, count: place.count)
    int(place.offset)
    try ints(tensor.shape)
    try ints(place.strides)
    if let quantization = tensor.quantization { try scheme(quantization) }
    bool(tensor.requiresGrad && !tensor.isParameter)
    noHooks()
    if tensor.quantization == nil, tensor.elementType.storageClass == nil { global("torch", tensor.elementType.name) }
    if tensor.isConjugated || tensor.isNegated {
      op("}")
      op("(")
      for (name, isSet) in [("conj", tensor.isConjugated), ("neg", tensor.isNegated)] where isSet {
        try text(name)
        bool(true)
      }
      op("u")
    }
    op("t")
  }

  private mutating func scheme(_ quantization: PickledQuantization) throws(TensorError) {
    op("(")
    switch quantization {
    case .perTensor(let scale, let zeroPoint):
      global("torch", "per_tensor_affine")
      float(scale)
      int(zeroPoint)
    case .perChannel(let scales, let zeroPoints, let axis):
      let isWhole = zeroPoints.allSatisfy { Int(exactly: $0) != nil }
      global("torch", isWhole ? "per_channel_affine" : "per_channel_affine_float_qparams")
      try list(scales.map { .float($0) }, 0)
      try list(zeroPoints.map { zero in isWhole ? .int(Int(exactly: zero) ?? 0) : .float(zero) }, 0)
      int(axis)
    }
    op("t")
  }

  private mutating func sparse(_ tensor: PickledSparseTensor, _ depth: Int) throws(TensorError) {
    global("torch._utils", "_rebuild_sparse_tensor")
    try layout(tensor.layout)
    op("(")
    for part in tensor.indices { try self.tensor(part, depth) }
    try self.tensor(tensor.values, depth)
    try write(.size(tensor.shape), depth: depth)
    if tensor.layout == "sparse_coo", let isCoalesced = tensor.isCoalesced { bool(isCoalesced) }
    op("t")
    op("\u{86}")
    op("R")
  }

  /// The storage of number `storage`, which is a record of the archive.
  private mutating func identifier(
    _ storage: Int, type: PickledElementType, count: Int
  ) throws(TensorError) {
    op("(")
    try text("storage")
    if let name = type.storageClass { global("torch", name) } else { global("torch.storage", "UntypedStorage") }
    try text(String(storage))
    try text("cpu")
    int(type.storageClass == nil ? count * type.size : count)
    op("t")
    op("Q")
  }
}
