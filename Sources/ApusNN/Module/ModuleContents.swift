import ApusCore

/// What a module holds itself, found by reflection on its stored properties.
///
/// Names: a property's name in snake case, or what ``Module/stateNames`` says; in it, points apart, the position in an array
/// or tuple, the key in a dictionary, the field of a struct, the case of an enum. Optionals, single values of a case and
/// the `wrappedValue` of a property wrapper add no level.
struct ModuleContents {
  var parameters: [(name: String, tensor: Tensor)] = []
  var buffers: [(name: String, tensor: Tensor)] = []
  /// A shared module is listed wherever it is held.
  var children: [(name: String, module: any Module)] = []
  /// What is held where no name can be given: it must also be held elsewhere.
  var unnamed: [Unnamed] = []
  /// Tensors in other values: PyTorch holds them in a child module, so they follow the module's own.
  private var nested: [(name: String, tensor: Tensor)] = []
  /// The place without names that is being looked into, and the objects on the way.
  private var namelessPlace: String?
  /// What gives the tensors of properties that do not store them.
  private var sources: [(name: String, source: any ValueSource)] = []
  private var visited: Set<ObjectIdentifier> = []

  struct Unnamed {
    /// A parameter, buffer or module.
    var identity: ObjectIdentifier
    /// What holds it and what to do about it.
    var place: String
  }

  init(of module: any Module) {
    var mirrors: [Mirror] = []
    var next: Mirror? = Mirror(reflecting: module)
    while let mirror = next {
      mirrors.append(mirror)
      next = mirror.superclassMirror
    }
    if let container = module as? any ModuleContainer {
      for (name, value) in container.namedValues { add(name, value, isNested: false) }
      addPlain(container.extraValues)
      return
    }
    let names = type(of: module).stateNames
    for mirror in mirrors.reversed() {
      for (label, value) in mirror.children {
        guard let label else { continue }
        let property = Self.propertyName(label)
        add(names[property] ?? Self.snakeCase(property), value, isNested: false)
      }
    }
    parameters += nested.filter(\.tensor.isParameter)
    buffers += nested.filter(\.tensor.isBuffer)
    nested = []
    visited = []
    for (name, source) in sources.sorted(by: { $0.source.order < $1.source.order }) {
      addPlain(source.variables(name))
    }
    sources = []
    if let list = ParametrizationDict.of(module) { children.append(("parametrizations", list)) }
  }

  /// Parameters and buffers that have their names already.
  private mutating func addPlain(_ values: [(name: String, tensor: Tensor)]) {
    for (name, tensor) in values { add(name, tensor, isNested: false) }
  }

  /// Types of values that hold no tensors and are frequent: looking into them takes longer than to tell them apart.
  private static let plainTypes: [any Any.Type] = [
    Int.self, Double.self, Bool.self, String.self, [Int].self, Float.self, ModuleState.self,
  ]

  private mutating func add(_ name: String, _ value: Any, isNested: Bool) {
    let type = Swift.type(of: value)
    if Self.plainTypes.contains(where: { $0 == type }) { return }
    if let tensor = value as? Tensor {
      add(name, tensor, isNested: isNested)
      return
    }
    if let held = value as? any AnyChangeable {
      if let source = held.source { return sources.append((name, source)) }
      return add(name, held.currentValue, isNested: isNested)
    }
    if let elements = (value as? any FixedSizeElements)?.reflectedElements {
      for (i, element) in elements.enumerated() { add(joined(name, String(i)), element, isNested: true) }
      return
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .class: add(name, object: value as AnyObject, mirror)
    case .optional:
      for (_, inner) in mirror.children { add(name, inner, isNested: isNested) }
    case .collection:
      if let elements = value as? any Collection, holdsPlainValues(elements) { return }
      for (i, element) in mirror.children.enumerated() { add(joined(name, String(i)), element.value, isNested: true) }
    case .set:
      if let elements = value as? any Collection, holdsPlainValues(elements) { return }
      lookInto("the set '\(name)', which has no order that names could follow: use an array or a dictionary") {
        for (_, element) in mirror.children { $0.add(name, element, isNested: true) }
      }
    case .tuple:
      for (i, element) in mirror.children.enumerated() {
        let label = element.label.map { $0.hasPrefix(".") ? String(i) : Self.snakeCase($0) } ?? String(i)
        add(joined(name, label), element.value, isNested: true)
      }
    case .dictionary:
      var entries: [(key: String, value: Any)] = []
      for (_, pair) in mirror.children {
        let parts = Array(Mirror(reflecting: pair).children)
        if parts.count == 2 { entries.append((String(describing: parts[0].value), parts[1].value)) }
      }
      // A dictionary has no order of its own.
      for entry in entries.sorted(by: { $0.key < $1.key }) { add(joined(name, entry.key), entry.value, isNested: true) }
    default:
      // Fields of a struct, the case of an enum with its values.
      for (i, field) in mirror.children.enumerated() {
        let label = field.label.map { Self.snakeCase(Self.propertyName($0)) } ?? String(i)
        add(joined(name, label == "wrapped_value" ? "" : label), field.value, isNested: true)
      }
    }
  }

  private mutating func add(_ name: String, _ tensor: Tensor, isNested: Bool) {
    guard tensor.isParameter || tensor.isBuffer else { return }
    if let namelessPlace {
      if let identity = tensor.variableIdentity { unnamed.append(Unnamed(identity: identity, place: namelessPlace)) }
    } else if isNested {
      nested.append((name, tensor))
    } else if tensor.isParameter {
      parameters.append((name, tensor))
    } else {
      buffers.append((name, tensor))
    }
  }

  private mutating func add(_ name: String, object: AnyObject, _ mirror: Mirror) {
    if let module = object as? any Module {
      if let namelessPlace {
        unnamed.append(Unnamed(identity: ObjectIdentifier(module), place: namelessPlace))
      } else {
        children.append((name, module))
      }
      return
    }
    guard !(object is ModuleState), visited.insert(ObjectIdentifier(object)).inserted else { return }
    let type = "\(type(of: object))"
    lookInto("'\(name)', an object of class \(type), which is no module: make \(type) a Module") {
      var next: Mirror? = mirror
      while let current = next {
        for (_, field) in current.children { $0.add(name, field, isNested: true) }
        next = current.superclassMirror
      }
    }
  }

  /// Runs `body`, where nothing can be given a name for the reason in `place`.
  private mutating func lookInto(_ place: String, _ body: (inout ModuleContents) -> Void) {
    let outer = namelessPlace
    namelessPlace = outer ?? place
    body(&self)
    namelessPlace = outer
  }

  /// The property behind the label of a lazy property or property wrapper.
  private static func propertyName(_ label: String) -> String {
    let lazyPrefix = "$__lazy_storage_$_"
    if label.hasPrefix(lazyPrefix) { return String(label.dropFirst(lazyPrefix.count)) }
    return label.hasPrefix("_") ? String(label.dropFirst()) : label
  }

  /// `runningMean` -> `running_mean`, `layer1` -> `layer1`, `useBNLayer` -> `use_bn_layer`.
  static func snakeCase(_ name: String) -> String {
    // Most names have no capital letter, and the others come again and again.
    guard name.utf8.contains(where: { (0x41...0x5a).contains($0) || $0 >= 0x80 }) else { return name }
    if let known = snakeCases.withLock({ $0[name] }) { return known }
    let result = splitAtCapitals(name)
    snakeCases.withLock { $0[name] = result }
    return result
  }

  private static let snakeCases = Lock<[String: String]>([:])

  private static func splitAtCapitals(_ name: String) -> String {
    let letters = Array(name)
    var result = ""
    for (i, letter) in letters.enumerated() {
      if letter.isUppercase, i > 0 {
        let startsWord = !letters[i - 1].isUppercase && letters[i - 1] != "_"
        let endsAcronym =
          letters[i - 1].isUppercase && i + 1 < letters.count && letters[i + 1].isLowercase
        if startsWord || endsAcronym { result += "_" }
      }
      result += letter.lowercased()
    }
    return result
  }
}

/// Whether the elements are numbers or texts, so that there is nothing to find in them, however many they are.
private func holdsPlainValues<Elements: Collection>(_ elements: Elements) -> Bool {
  Elements.Element.self is any Numeric.Type || Elements.Element.self is any StringProtocol.Type
    || Elements.Element.self == Bool.self
}

/// An array whose size is part of its type, which a mirror does not show.
private protocol FixedSizeElements {
  var reflectedElements: [Any] { get }
}

#if compiler(>=6.2)
  @available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *)
  extension InlineArray: FixedSizeElements {
    fileprivate var reflectedElements: [Any] { indices.map { self[$0] } }
  }
#endif
