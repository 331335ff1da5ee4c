import ApusCore

// Modules that hold modules or parameters by position or name.

/// A module whose parts are named by itself, not by its properties.
protocol ModuleContainer: Module {
  /// Modules or parameters with their names in the state dictionary.
  var namedValues: [(name: String, value: Any)] { get }
  /// Parameters and buffers beside them.
  var extraValues: [(name: String, tensor: Tensor)] { get }
}

extension ModuleContainer {
  var extraValues: [(name: String, tensor: Tensor)] { [] }
}

/// Layers one after the other, named by their position in the state dictionary: `0.weight`, `1.weight` ...
///
///     let net = Sequential(Linear(784, 128), ReLU(), Linear(128, 10))
///     let named = Sequential(["hidden": Linear(784, 128), "act": ReLU(), "output": Linear(128, 10)])
///     net[2] = Linear(128, 2)
public final class Sequential: Layer, ModuleContainer, ExpressibleByArrayLiteral {
  public let state = ModuleState()
  private let entries: Changeable<[(name: String?, layer: any Layer)]>

  /// Without layers.
  public init() { entries = Changeable([]) }
  public init(_ layers: any Layer...) { entries = Changeable(layers.map { (nil, $0) }) }
  public init(_ layers: [any Layer]) { entries = Changeable(layers.map { (nil, $0) }) }
  public init(arrayLiteral layers: any Layer...) { entries = Changeable(layers.map { (nil, $0) }) }
  /// Layers with names of their own, PyTorch's `OrderedDict`.
  public init(_ layers: (String, any Layer)...) { entries = Changeable(layers.map { ($0.0, $0.1) }) }
  /// Layers with names of one's own, as in PyTorch's `OrderedDict([("conv", conv), ("relu", relu)])`.
  @_disfavoredOverload
  public init(_ layers: [(String, any Layer)]) { entries = Changeable(layers.map { ($0.0, $0.1) }) }
  /// Layers with names of one's own, as a literal: `Sequential(["conv": conv, "relu": relu])`.
  public init(_ layers: KeyValuePairs<String, any Layer>) { entries = Changeable(layers.map { ($0.key, $0.value) }) }

  public func forward(_ x: Tensor) -> Tensor {
    var x = x
    for (_, layer) in entries.value { x = layer(x) }
    return x
  }

  /// The layers in order.
  public var layers: [any Layer] { entries.value.map(\.layer) }
  /// How many layers there are.
  public var count: Int { entries.value.count }

  /// The layer at `index`, which may be replaced; negative ones count from the end.
  public subscript(index: Int) -> any Layer {
    get {
      let all = entries.value
      return all[position(index, all.count, "Sequential")].layer
    }
    set {
      let i = position(index, count, "Sequential")
      entries.value[i].layer = newValue
    }
  }

  /// The layers of a range as a `Sequential` that shares them.
  public subscript(range: some RangeExpression<Int>) -> Sequential {
    Sequential(Array(layers[range.relative(to: layers)]))
  }

  /// The layer of that name.
  public subscript(name: String) -> (any Layer)? { entries.value.first { $0.name == name }?.layer }

  /// Adds a layer at the end.
  @discardableResult
  public func append(_ layer: any Layer) -> Sequential {
    entries.value.append((nil, layer))
    return self
  }

  /// Puts a layer before the one at `index`.
  @discardableResult
  public func insert(_ index: Int, _ layer: any Layer) -> Sequential {
    let all = entries.value.count
    entries.value.insert((nil, layer), at: index == all ? all : position(index, all, "Sequential"))
    return self
  }

  /// Adds layers at the end.
  @discardableResult
  public func extend(_ layers: some Sequence<any Layer>) -> Sequential {
    entries.value += layers.map { (nil, $0) }
    return self
  }

  var namedValues: [(name: String, value: Any)] {
    entries.value.enumerated().map { ($1.name ?? String($0), $1.layer) }
  }
}

extension Sequential: Sequence {
  public func makeIterator() -> IndexingIterator<[any Layer]> { layers.makeIterator() }
}

/// Layers in a list, named by their position, which may change.
///
///     let blocks = ModuleList((0..<12).map { _ in Block(64) })
///     for block in blocks { x = block(x) }
///
/// Modules that are called with more than one tensor, and such whose own properties are wanted, are held in an array, which a
/// module finds as well: `let blocks: [DecoderBlock]`.
public final class ModuleList: ModuleContainer, RepeatedEntries, RandomAccessCollection, ExpressibleByArrayLiteral {
  public let state = ModuleState()
  private let layers: Changeable<[any Layer]>

  public init(_ modules: [any Layer]) { layers = Changeable(modules) }
  @_disfavoredOverload
  public init(_ modules: some Sequence<some Layer>) { layers = Changeable(modules.map { $0 }) }
  public init() { layers = Changeable([]) }
  public init(arrayLiteral modules: any Layer...) { layers = Changeable(modules) }
  @available(
    *, unavailable,
    message: "ModuleList holds layers, called with one tensor; hold other modules in an array: `let blocks: [Block]`"
  )
  @_disfavoredOverload
  public init(_ modules: some Sequence<any Module>) { layers = Changeable([]) }

  public var startIndex: Int { 0 }
  public var endIndex: Int { layers.value.count }
  /// The layer at `index`, which may be replaced; negative ones count from the end.
  public subscript(index: Int) -> any Layer {
    get {
      let all = layers.value
      return all[position(index, all.count, "ModuleList")]
    }
    set {
      let i = position(index, count, "ModuleList")
      layers.value[i] = newValue
    }
  }

  /// Adds a layer at the end.
  @discardableResult
  public func append(_ layer: any Layer) -> ModuleList {
    layers.value.append(layer)
    return self
  }

  /// Adds layers at the end.
  @discardableResult
  public func extend(_ more: some Sequence<any Layer>) -> ModuleList {
    layers.value += more
    return self
  }

  /// Puts a layer before the one at `index`.
  public func insert(_ index: Int, _ layer: any Layer) {
    let all = layers.value.count
    layers.value.insert(layer, at: index == all ? all : position(index, all, "ModuleList"))
  }

  var namedValues: [(name: String, value: Any)] { layers.value.enumerated().map { (String($0), $1) } }
}

/// Layers by name, in the order in which they were added.
///
///     let heads = ModuleDict(["a": Linear(8, 2), "b": Linear(8, 3)])
///     let y = heads["a"]?(x)
public final class ModuleDict: ModuleContainer, ExpressibleByDictionaryLiteral {
  public let state = ModuleState()
  private let entries: Changeable<[(name: String, layer: any Layer)]>

  public init(_ modules: KeyValuePairs<String, any Layer>) { entries = Changeable(modules.map { ($0.key, $0.value) }) }
  public init(dictionaryLiteral modules: (String, any Layer)...) {
    entries = Changeable(modules.map { ($0.0, $0.1) })
  }

  /// The layer of that name; nil removes it.
  public subscript(name: String) -> (any Layer)? {
    get { entries.value.first { $0.name == name }?.layer }
    set {
      var all = entries.value
      let i = all.firstIndex { $0.name == name }
      switch (i, newValue) {
      case (let i?, let layer?): all[i].layer = layer
      case (let i?, nil): all.remove(at: i)
      case (nil, let layer?): all.append((name, layer))
      case (nil, nil): break
      }
      entries.value = all
    }
  }

  /// How many layers there are.
  public var count: Int { entries.value.count }
  /// The names in order.
  public var keys: [String] { entries.value.map(\.name) }
  /// The layers in order.
  public var values: [any Layer] { entries.value.map(\.layer) }
  /// Names and layers in order.
  public var items: [(name: String, layer: any Layer)] { entries.value }

  var namedValues: [(name: String, value: Any)] { entries.value.map { ($0.name, $0.layer) } }
}

/// Parameters in a list, named by their position. Tensors that are no parameters yet become some.
public final class ParameterList: ModuleContainer, RandomAccessCollection, ExpressibleByArrayLiteral {
  public let state = ModuleState()
  private let parameters_: Changeable<[Tensor]>

  public init(_ tensors: some Sequence<Tensor>) { parameters_ = Changeable(tensors.map(asParameter)) }
  public init() { parameters_ = Changeable([]) }
  public init(arrayLiteral tensors: Tensor...) { parameters_ = Changeable(tensors.map(asParameter)) }

  public var startIndex: Int { 0 }
  public var endIndex: Int { parameters_.value.count }
  /// The parameter at `index`, which may be replaced; negative ones count from the end.
  public subscript(index: Int) -> Tensor {
    get {
      let all = parameters_.value
      return all[position(index, all.count, "ParameterList")]
    }
    set {
      let i = position(index, count, "ParameterList")
      parameters_.value[i] = asParameter(newValue)
    }
  }

  /// Adds a parameter at the end.
  @discardableResult
  public func append(_ tensor: Tensor) -> ParameterList {
    parameters_.value.append(asParameter(tensor))
    return self
  }

  /// Adds parameters at the end.
  @discardableResult
  public func extend(_ tensors: some Sequence<Tensor>) -> ParameterList {
    parameters_.value += tensors.map(asParameter)
    return self
  }

  public var extraRepresentation: String { lines(of: namedValues) }

  var namedValues: [(name: String, value: Any)] { parameters_.value.enumerated().map { (String($0), $1) } }
}

/// Parameters by name, in the order in which they were added. Tensors that are no parameters yet become some.
public final class ParameterDict: ModuleContainer, ExpressibleByDictionaryLiteral {
  public let state = ModuleState()
  private let entries: Changeable<[(name: String, tensor: Tensor)]>

  public init(_ tensors: KeyValuePairs<String, Tensor>) {
    entries = Changeable(tensors.map { ($0.key, asParameter($0.value)) })
  }
  public init(dictionaryLiteral tensors: (String, Tensor)...) {
    entries = Changeable(tensors.map { ($0.0, asParameter($0.1)) })
  }

  /// The parameter of that name; nil removes it.
  public subscript(name: String) -> Tensor? {
    get { entries.value.first { $0.name == name }?.tensor }
    set {
      var all = entries.value
      let i = all.firstIndex { $0.name == name }
      switch (i, newValue.map(asParameter)) {
      case (let i?, let tensor?): all[i].tensor = tensor
      case (let i?, nil): all.remove(at: i)
      case (nil, let tensor?): all.append((name, tensor))
      case (nil, nil): break
      }
      entries.value = all
    }
  }

  /// How many parameters there are.
  public var count: Int { entries.value.count }
  /// The names in order.
  public var keys: [String] { entries.value.map(\.name) }
  /// The parameters in order.
  public var values: [Tensor] { entries.value.map(\.tensor) }
  /// Names and parameters in order.
  public var items: [(name: String, tensor: Tensor)] { entries.value }

  public var extraRepresentation: String { lines(of: namedValues) }

  var namedValues: [(name: String, value: Any)] { entries.value.map { ($0.name, $0.tensor) } }
}

private func asParameter(_ tensor: Tensor) -> Tensor { tensor.isParameter ? tensor : parameter(tensor) }

/// `(0): Parameter containing: [torch.float32 of size 2x3]`, as PyTorch prints the entries.
private func lines(of values: [(name: String, value: Any)]) -> String {
  let entries = values.compactMap { name, value in (value as? Tensor).map { (name, $0) } }
  return entries.map { name, tensor in
    "  (\(name)): Parameter containing: [torch.\(tensor.dtype) of size "
      + tensor.shape.map(String.init).joined(separator: "x") + "]"
  }.joined(separator: "\n")
}

/// `index` from the start, which must be one of `count`.
func position(_ index: Int, _ count: Int, _ holder: String) -> Int {
  let position = index < 0 ? index + count : index
  if position < 0 || position >= count {
    report(TensorError(.index, holder, "index \(index) is out of range: there are \(count) entries"))
  }
  return position
}

/// Layers with names in order, for ``Sequential``: what Python's `OrderedDict` serves there.
public func OrderedDict(_ layers: [(String, any Layer)]) -> [(String, any Layer)] { layers }
