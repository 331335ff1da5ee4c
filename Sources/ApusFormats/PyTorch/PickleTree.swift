import ApusCore

/// Turns what a pickle machine made into a value: containers that hold each other into a tree.
struct PickleTree {
  private let containers: [PickleContainer]
  private let name: String
  /// The finished containers, with the number of values in each: a container in two places is finished once.
  private var finished: [Int: (value: PickledValue, size: Int)] = [:]
  private var open: Set<Int> = []

  /// Deeper nesting than this is refused: whoever walks the tree does so by recursion.
  private static let deepest = 400
  /// More values than these are refused, where containers stand in several places.
  private let largest: Int

  init(_ containers: [PickleContainer], name: String, made: Int = 0) {
    self.containers = containers
    largest = made + 10_000_000
    self.name = name
  }

  mutating func value(of item: PickleItem) throws(TensorError) -> PickledValue { try finish(item, depth: 0).value }

  /// The value and the number of values in it.
  mutating func measured(_ item: PickleItem) throws(TensorError) -> (value: PickledValue, size: Int) {
    try finish(item, depth: 0)
  }

  private mutating func finish(
    _ item: PickleItem, depth: Int
  ) throws(TensorError) -> (value: PickledValue, size: Int) {
    switch item {
    case .value(let value): return (value, 1)
    case .storage(let view): return (.storage(view.storage), 1)
    case .global(let global):
      throw TensorError(
        .unsupported, name, "the file holds '\(global.name)' itself, which is no value that can be read")
    case .container(let number):
      if let known = finished[number] { return known }
      guard depth < Self.deepest else {
        throw TensorError(.format, name, "the values are nested more than \(Self.deepest) deep")
      }
      guard open.insert(number).inserted else {
        throw TensorError(.format, name, "a \(kindName(containers[number].kind)) contains itself, which no value can")
      }
      let result = try finish(containers[number], depth: depth + 1)
      open.remove(number)
      finished[number] = result
      return result
    }
  }

  private mutating func finish(
    _ container: PickleContainer, depth: Int
  ) throws(TensorError) -> (value: PickledValue, size: Int) {
    var values: [PickledValue] = []
    values.reserveCapacity(container.items.count)
    var size = 1
    for item in container.items {
      let (value, count) = try finish(item, depth: depth)
      values.append(value)
      size = try sum(size, count)
    }
    switch container.kind {
    case .list: return (.list(values), size)
    case .tuple: return (.tuple(values), size)
    case .set: return (.set(values), size)
    case .dictionary(let kind):
      var result = PickledDictionary(entries(values), kind: kind)
      if let state = container.state {
        let (value, count) = try finish(state, depth: depth)
        size = try sum(size, count)
        for (key, value) in value.dictionary?.entries ?? [] {
          if case .string(let name) = key { result.attributes.append((name, value)) }
        }
      }
      return (.dictionary(result), size)
    case .object(let type):
      guard let state = container.state else { return (.object(type: type, attributes: PickledDictionary()), size) }
      let (value, count) = try finish(state, depth: depth)
      let attributes = value.dictionary ?? PickledDictionary([("__state__", value)])
      return (.object(type: type, attributes: attributes), try sum(size, count))
    }
  }

  private func entries(_ values: [PickledValue]) -> [PickledDictionary.Element] {
    stride(from: 0, to: values.count - 1, by: 2).map { (values[$0], values[$0 + 1]) }
  }

  /// Containers in several places make trees that are larger than the file; a few doublings would make one without end.
  private func sum(_ a: Int, _ b: Int) throws(TensorError) -> Int {
    let size = a + b
    guard size <= largest else {
      throw TensorError(.format, name, "the values, written out as a tree, are more than \(largest)")
    }
    return size
  }

  private func kindName(_ kind: PickleContainer.Kind) -> String {
    switch kind {
    case .list: "list"
    case .tuple: "tuple"
    case .set: "set"
    case .dictionary(let kind): kind.rawValue
    case .object(let name): name
    }
  }
}

extension PickleMachine {
  /// What was made so far, as a tree to be taken from.
  var tree: PickleTree { PickleTree(containers, name: input.name, made: made) }

  /// Gives attributes to the tensor on top of the stack.
  mutating func setAttributes(_ state: PickleItem, _ global: PickleGlobal) throws(TensorError) {
    guard case .value(.tensor(let tensor)) = try popTop() else { throw wrong(global) }
    var tree = tree
    let (value, size) = try tree.measured(state)
    try charge(size)
    guard case .dictionary(let entries) = value else {
      // A tensor without attributes has a state of None or a tuple of two.
      return try push(.tensor(tensor))
    }
    var attributes: [(name: String, value: PickledValue)] = []
    for (key, value) in entries {
      guard case .string(let name) = key else { throw wrong(global) }
      attributes.append((name, value))
    }
    try push(.tensor(tensor.with(attributes: attributes)))
  }
}
