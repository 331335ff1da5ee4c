import ApusCore

/// What a module holds itself, found by reflection on its stored properties.
struct ModuleContents {
  var parameters: [(name: String, tensor: Tensor)] = []
  var buffers: [(name: String, tensor: Tensor)] = []
  /// A shared module is listed wherever it is held.
  var children: [(name: String, module: any Module)] = []
  /// Tensors in arrays and dictionaries: PyTorch holds them in a child module, so they follow the module's own.
  private var nested: [(name: String, tensor: Tensor)] = []

  init(of module: any Module) {
    var mirrors: [Mirror] = []
    var next: Mirror? = Mirror(reflecting: module)
    while let mirror = next {
      mirrors.append(mirror)
      next = mirror.superclassMirror
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
  }

  private mutating func add(_ name: String, _ value: Any, isNested: Bool) {
    if let tensor = value as? Tensor {
      if isNested {
        nested.append((name, tensor))
      } else if tensor.isParameter {
        parameters.append((name, tensor))
      } else if tensor.isBuffer {
        buffers.append((name, tensor))
      }
      return
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .class:
      if let module = value as? any Module { children.append((name, module)) }
    case .optional:
      for (_, inner) in mirror.children { add(name, inner, isNested: isNested) }
    case .collection:
      for (i, element) in mirror.children.enumerated() { add(joined(name, String(i)), element.value, isNested: true) }
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
    default: break
    }
  }

  /// The property behind the label of a lazy property or property wrapper.
  private static func propertyName(_ label: String) -> String {
    let lazyPrefix = "$__lazy_storage_$_"
    if label.hasPrefix(lazyPrefix) { return String(label.dropFirst(lazyPrefix.count)) }
    return label.hasPrefix("_") ? String(label.dropFirst()) : label
  }

  /// `runningMean` -> `running_mean`, `layer1` -> `layer1`, `useBNLayer` -> `use_bn_layer`.
  static func snakeCase(_ name: String) -> String {
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
