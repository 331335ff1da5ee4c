import ApusCore

// What the known classes and functions give.

extension PickleMachine {
  /// Pushes what calling `function` gives.
  mutating func call(_ function: PickleItem, _ arguments: [PickleItem]) throws(TensorError) {
    guard case .global(let global) = function else { throw input.failure("something is called that is no function") }
    switch global {
    case .orderedDict, .counter: try makeDictionary(global == .counter ? .counter : .ordered, arguments)
    case .set:
      guard arguments.count <= 1 else { throw wrong(global) }
      try make(.set, try arguments.first.map { item throws(TensorError) in try items(item, global) } ?? [])
    case .byteArray: try push(.byteArray(try arguments.first.map { item throws(TensorError) in try bytes(item) } ?? []))
    case .encode:
      guard arguments.count == 2, case .value(.string(let text)) = arguments[0],
        case .value(.string(let encoding)) = arguments[1]
      else { throw wrong(global) }
      try push(.bytes(try encode(text, encoding)))
    case .complex:
      let parts = arguments.compactMap { value($0)?.double }
      guard parts.count == arguments.count, (1...2).contains(parts.count) else { throw wrong(global) }
      try push(.complex(Complex(parts[0], parts.count == 2 ? parts[1] : 0)))
    case .size:
      let sizes =
        try arguments.first.map { item throws(TensorError) in try integers(item, global, most: 1 << 20) } ?? []
      try charge(sizes.count)
      try push(.size(sizes))
    case .device:
      guard case .value(.string(let name))? = arguments.first else { throw wrong(global) }
      let index = arguments.count > 1 ? value(arguments[1])?.int : nil
      try push(.device(index.map { "\(name):\($0)" } ?? name))
    case .layout:
      guard arguments.count == 1, case .value(.string(let name)) = arguments[0] else { throw wrong(global) }
      try push(.layout(name.hasPrefix("torch.") ? String(name.dropFirst(6)) : name))
    case .rebuildTensor(let version): try push(.tensor(try tensor(arguments, version: version)))
    case .rebuildParameter, .parameter, .rebuildParameterWithState: try pushParameter(global, arguments)
    case .rebuildFromType:
      // (function, class, arguments, attributes): the class may only be the plain one.
      guard arguments.count == 4, case .container(let inner) = arguments[2] else { throw wrong(global) }
      guard case .global(let type) = arguments[1], type == .tensor || type == .parameter else { throw wrong(global) }
      try call(arguments[0], containers[inner].items)
      try setAttributes(arguments[3], global)
    case .rebuildOnDevice:
      guard arguments.count == 4, case .value(.tensor(let tensor)) = arguments[0],
        case .value(.bool(let requiresGrad)) = arguments[3]
      else { throw wrong(global) }
      try push(.tensor(tensor.with(requiresGrad: requiresGrad)))
    case .rebuildSparse: try push(.sparse(try sparse(arguments)))
    case .rebuildMeta:
      guard arguments.count == 4, case .value(.dtype(let type)) = arguments[0],
        case .value(.bool(let requiresGrad)) = arguments[3]
      else { throw wrong(global) }
      let (shape, strides) = (try integers(arguments[1], global), try integers(arguments[2], global))
      guard shape.count == strides.count, shape.count <= 128, checkedElementCount(shape, elementSize: type.size) != nil
      else { throw wrong(global) }
      try push(.tensor(PickledTensor(type, shape: shape, strides: strides, storage: nil, requiresGrad: requiresGrad)))
    case .rebuildQuantized: try push(.tensor(try quantized(arguments)))
    case .scriptClass(let name): try make(.object(name))
    case .typeTag:
      guard let first = arguments.first else { throw wrong(global) }
      try pushAgain(first)
    case .tensor, .storage, .scheme, .dtype: throw wrong(global)
    }
  }

  /// Gives `state` to `object`, as BUILD does.
  mutating func build(_ object: PickleItem, _ state: PickleItem) throws(TensorError) {
    if case .container(let number) = object {
      switch containers[number].kind {
      case .object:
        // The classes of TorchScript are not run: whatever they keep is data.
        containers[number].state = state
        return try pushAgain(object)
      case .dictionary(.ordered):
        guard let state = dictionaryState(state) else {
          throw input.failure("the state of an object is no dictionary of attributes")
        }
        containers[number].state = state
        return try pushAgain(object)
      default: break
      }
    }
    throw input.failure("a state is given to an object that takes none")
  }

  /// A state of attributes: a dictionary whose keys are names, none of which Python gives a meaning of its own.
  private func dictionaryState(_ state: PickleItem) -> PickleItem? {
    guard case .container(let number) = state, case .dictionary = containers[number].kind else { return nil }
    let keys = stride(from: 0, to: containers[number].items.count, by: 2)
    for key in keys {
      guard case .value(.string(let name)) = containers[number].items[key], !name.hasPrefix("__") else { return nil }
    }
    return state
  }

  /// Pushes the storage that a persistent identifier names.
  mutating func persistent(_ identifier: PickleItem) throws(TensorError) {
    if case .value(.int(let number)) = identifier, let tensor = storages.tensor(number) {
      return try push(.tensor(tensor))
    }
    guard case .container(let number) = identifier, case .tuple = containers[number].kind,
      let kind = containers[number].items.first, text(kind) == "storage"
    else {
      throw TensorError(
        .unsupported, input.name,
        "the pickle refers to something outside it that is no storage, at byte \(input.position)")
    }
    let arguments = Array(containers[number].items.dropFirst())
    try pushAgain(.storage(try storages.storage(arguments, containers)))
  }

  // Arguments

  func wrong(_ global: PickleGlobal) -> TensorError {
    input.failure("\(global.name) is called with arguments that it does not take")
  }

  func value(_ item: PickleItem) -> PickledValue? { if case .value(let value) = item { value } else { nil } }

  /// A text; Python 2 wrote some as bytes.
  func text(_ item: PickleItem) -> String? {
    switch item {
    case .value(.string(let text)): text
    case .value(.bytes(let bytes)): String(validating: bytes, as: UTF8.self)
    default: nil
    }
  }

  private func items(_ item: PickleItem, _ global: PickleGlobal) throws(TensorError) -> [PickleItem] {
    if case .container(let number) = item {
      switch containers[number].kind {
      case .list, .tuple, .set: return containers[number].items
      default: break
      }
    }
    throw wrong(global)
  }

  func integers(_ item: PickleItem, _ global: PickleGlobal, most: Int = 128) throws(TensorError) -> [Int] {
    if case .value(.size(let sizes)) = item { return sizes }
    guard try items(item, global).count <= most else { throw wrong(global) }
    var result: [Int] = []
    for item in try items(item, global) {
      guard let number = value(item)?.int else { throw wrong(global) }
      result.append(number)
    }
    return result
  }

  private func bytes(_ item: PickleItem) throws(TensorError) -> [UInt8] {
    if case .value(.bytes(let bytes)) = item { return bytes }
    throw wrong(.byteArray)
  }

  /// Bytes that a pickle holds as a text of the characters 0 to 255.
  private mutating func encode(_ text: String, _ encoding: String) throws(TensorError) -> [UInt8] {
    guard encoding == "latin1" || encoding == "latin-1" || encoding == "iso-8859-1" else { throw wrong(.encode) }
    try charge(text.utf8.count / 8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      guard scalar.value < 256 else { throw wrong(.encode) }
      bytes.append(UInt8(scalar.value))
    }
    return bytes
  }

  private mutating func makeDictionary(
    _ kind: PickledDictionary.Kind, _ arguments: [PickleItem]
  ) throws(TensorError) {
    guard arguments.count <= 1 else { throw wrong(kind == .counter ? .counter : .orderedDict) }
    guard let first = arguments.first else { return try make(.dictionary(kind)) }
    guard case .container(let number) = first else { throw wrong(kind == .counter ? .counter : .orderedDict) }
    switch containers[number].kind {
    case .dictionary: try make(.dictionary(kind), containers[number].items)
    case .list where kind == .ordered, .tuple where kind == .ordered:
      // Python 2's OrderedDict: a list of pairs.
      var entries: [PickleItem] = []
      for pair in containers[number].items {
        let pair = try items(pair, .orderedDict)
        guard pair.count == 2 else { throw wrong(.orderedDict) }
        entries += pair
      }
      try make(.dictionary(kind), entries)
    default: throw wrong(kind == .counter ? .counter : .orderedDict)
    }
  }
}
