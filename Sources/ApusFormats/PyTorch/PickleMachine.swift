import ApusCore

/// Reads pickles (protocols 0 to 5) without running anything: the only classes and functions are those of ``PickleGlobal``,
/// whose effects are written here.
struct PickleMachine {
  var input: PickleBytes
  /// What a persistent identifier stands for.
  let storages: any PickleStorages
  /// Whether classes of TorchScript are known.
  let inScript: Bool
  var containers: [PickleContainer] = []
  private var stack: [PickleItem] = []
  /// Where the open marks are on the stack.
  private var marks: [Int] = []
  private var memo: [Int: PickleItem] = [:]
  /// How much may still be made: each value counts, and what is copied. A file of its size has less than four times its bytes.
  private var left: Int
  private let most: Int
  /// How much has been made.
  var made: Int { most - left }

  /// - Parameter fileSize: what the number of values is bounded by, where the pickle is compressed.
  init(
    _ bytes: UnsafeRawBufferPointer, name: String, fileSize: Int, storages: any PickleStorages, inScript: Bool = false
  ) {
    input = PickleBytes(bytes, name: name)
    self.storages = storages
    self.inScript = inScript
    most = 1_000_000 + 4 * fileSize
    left = most
  }

  /// Reads one pickle, up to its STOP.
  /// - Throws: `TensorError` of kind `format` when it is damaged, of kind `unsupported` when it names a class or function
  ///   that is not known.
  mutating func load() throws(TensorError) -> PickleItem {
    stack = []
    marks = []
    memo = [:]
    while true {
      let start = input.position
      guard start < input.bytes.count else { throw input.failure("it has no end; it is cut short") }
      let code = try input.byte()
      if code == UInt8(ascii: ".") {
        guard marks.isEmpty, stack.count == 1 else { throw input.failure("\(stack.count) values are left at its end") }
        return try pop()
      }
      try step(code, at: start)
    }
  }

  // Stack and memo

  mutating func pushAgain(_ item: PickleItem) throws(TensorError) {
    try charge(1)
    stack.append(item)
  }

  /// Counts what is made, so that no few bytes make much by copying it again and again.
  mutating func charge(_ count: Int) throws(TensorError) {
    left -= count
    guard left > 0 else { throw input.failure("it has more values than a file of its size can have") }
  }

  mutating func push(_ value: PickledValue) throws(TensorError) { try pushAgain(.value(value)) }

  mutating func popTop() throws(TensorError) -> PickleItem { try pop() }

  private mutating func pop() throws(TensorError) -> PickleItem {
    guard stack.count > (marks.last ?? 0), let item = stack.popLast() else {
      throw input.failure("a value is taken from an empty stack")
    }
    return item
  }

  private func top() throws(TensorError) -> PickleItem {
    guard stack.count > (marks.last ?? 0), let item = stack.last else {
      throw input.failure("a value of an empty stack is asked for")
    }
    return item
  }

  private mutating func popMark() throws(TensorError) -> [PickleItem] {
    guard let mark = marks.popLast() else { throw input.failure("values down to a mark are taken, and there is none") }
    let items = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return items
  }

  mutating func make(_ kind: PickleContainer.Kind, _ items: [PickleItem] = []) throws(TensorError) {
    try charge(3 + items.count)
    containers.append(PickleContainer(kind: kind, items: items))
    try pushAgain(.container(containers.count - 1))
  }

  private mutating func recall(_ index: Int) throws(TensorError) {
    guard let item = memo[index] else { throw input.failure("the memo has nothing under \(index)") }
    try pushAgain(item)
  }

  private mutating func memorize(_ index: Int) throws(TensorError) {
    try charge(2)
    memo[index] = try top()
  }

  // Opcodes

  private mutating func step(_ code: UInt8, at start: Int) throws(TensorError) {
    switch UnicodeScalar(code) {
    case "\u{80}":
      let version = try input.byte()
      guard version <= 5 else { throw input.failure("protocol \(version) is unknown; 0 to 5 are read") }
    case "\u{95}": _ = try input.length()
    case "(": marks.append(stack.count)
    case "0":
      // POP also takes a mark that has nothing above it.
      if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop() }
    case "1": _ = try popMark()
    case "2": try pushAgain(try top())
    case "q": try memorize(Int(try input.byte()))
    case "r": try memorize(Int(try input.integer(UInt32.self)))
    case "p": try memorize(try lineInteger())
    case "\u{94}": try memorize(memo.count)
    case "h": try recall(Int(try input.byte()))
    case "j": try recall(Int(try input.integer(UInt32.self)))
    case "g": try recall(try lineInteger())
    case "c": try pushGlobal(try input.line(), try input.line())
    case "\u{93}":
      guard case .value(.string(let name)) = try pop(), case .value(.string(let module)) = try pop() else {
        throw input.failure("the name of a class is no text")
      }
      try pushGlobal(module, name)
    case "R":
      let arguments = try popTuple()
      try call(try pop(), arguments)
    case "\u{81}":
      let arguments = try popTuple()
      try call(try pop(), arguments)
    case "\u{92}":
      guard case .container(let names) = try pop(), containers[names].items.isEmpty else {
        throw input.failure("an object is made with named arguments, which are not known")
      }
      let arguments = try popTuple()
      try call(try pop(), arguments)
    case "i":
      let (module, name) = (try input.line(), try input.line())
      let arguments = try popMark()
      try call(.global(try global(module, name)), arguments)
    case "o":
      let items = try popMark()
      guard let first = items.first else { throw input.failure("an object is made of nothing") }
      try call(first, Array(items.dropFirst()))
    case "b":
      let state = try pop()
      try build(try pop(), state)
    case "Q": try persistent(try pop())
    case "P":
      throw TensorError(
        .unsupported, input.name, "the pickle refers to something outside it by a text; it is no file of PyTorch")
    case "\u{82}", "\u{83}", "\u{84}":
      throw input.failure("it uses the registry of extensions (EXT), which has nothing")
    case "\u{97}", "\u{98}":
      throw input.failure("it refers to buffers outside it")
    default:
      if try !pushContainer(code), try !pushScalar(code) {
        throw TensorError(
          .format, input.name, "the pickle is damaged at byte \(start): there is no operation \(code)")
      }
    }
  }

  /// Lists, tuples, sets and dictionaries.
  private mutating func pushContainer(_ code: UInt8) throws(TensorError) -> Bool {
    switch UnicodeScalar(code) {
    case "]": try make(.list)
    case ")": try make(.tuple)
    case "}": try make(.dictionary(.plain))
    case "\u{8f}": try make(.set)
    case "l": try make(.list, try popMark())
    case "t": try make(.tuple, try popMark())
    case "d":
      let items = try popMark()
      try make(.dictionary(.plain))
      try add(items, "keys and values are added", toDictionary: true)
    case "\u{91}": try make(.set, try popMark())
    case "\u{85}": try makeTuple(1)
    case "\u{86}": try makeTuple(2)
    case "\u{87}": try makeTuple(3)
    case "a": try add([try pop()], "an item is added", toDictionary: false)
    case "e": try add(try popMark(), "items are added", toDictionary: false)
    case "\u{90}": try add(try popMark(), "items are added", toDictionary: false)
    case "s":
      let value = try pop()
      try add([try pop(), value], "a value is set", toDictionary: true)
    case "u": try add(try popMark(), "values are set", toDictionary: true)
    default: return false
    }
    return true
  }

  private mutating func makeTuple(_ count: Int) throws(TensorError) {
    guard stack.count - (marks.last ?? 0) >= count else { throw input.failure("a value is taken from an empty stack") }
    let items = Array(stack.suffix(count))
    stack.removeLast(count)
    try make(.tuple, items)
  }

  private mutating func add(
    _ items: [PickleItem], _ action: String, toDictionary: Bool
  ) throws(TensorError) {
    guard case .container(let number) = try top() else { throw input.failure("\(action), and not to a container") }
    switch containers[number].kind {
    case .dictionary where toDictionary:
      guard items.count % 2 == 0 else { throw input.failure("a key has no value") }
      for key in stride(from: 0, to: items.count, by: 2) {
        if case .container(let other) = items[key] {
          guard case .tuple = containers[other].kind else {
            throw input.failure("a container is the key of a dictionary")
          }
        }
      }
    case .list where !toDictionary, .set where !toDictionary: break
    default: throw input.failure("\(action), and not to a \(toDictionary ? "dictionary" : "list or set")")
    }
    containers[number].items += items
  }

  private mutating func popTuple() throws(TensorError) -> [PickleItem] {
    guard case .container(let number) = try pop(), case .tuple = containers[number].kind else {
      throw input.failure("the arguments of a call are no tuple")
    }
    return containers[number].items
  }

  private mutating func lineInteger() throws(TensorError) -> Int {
    guard let index = Int(try input.line()), index >= 0 else { throw input.failure("a number is expected") }
    return index
  }

  // Globals

  private mutating func pushGlobal(_ module: String, _ name: String) throws(TensorError) {
    switch try global(module, name) {
    case .dtype(let type): try push(.dtype(type))
    case let found: try pushAgain(.global(found))
    }
  }

  private func global(_ module: String, _ name: String) throws(TensorError) -> PickleGlobal {
    if let found = PickleGlobal(module, name, inScript: inScript) { return found }
    let path = PickleGlobal.path(module, name)
    throw TensorError(
      .unsupported, input.name,
      "the file holds an object of '\(path.prefix(300))', which is not among the types that can be read without running "
        + "code: tensors, storages, containers, numbers and texts. Save a state dictionary in Python: "
        + "torch.save(model.state_dict(), \"weights.pt\")")
  }
}

/// What persistent identifiers in a pickle stand for.
protocol PickleStorages {
  /// The storage that `arguments` name: the items of the identifier behind the word "storage".
  func storage(_ arguments: [PickleItem], _ containers: [PickleContainer]) throws(TensorError) -> PickleStorageView

  /// The tensor of a number, in the format that has them by numbers.
  func tensor(_ number: Int) -> PickledTensor?
}

extension PickleStorages {
  func tensor(_ number: Int) -> PickledTensor? { nil }
}
