import ApusCore

/// A module and all inside it, with what each holds itself: outer before inner; each once, under its first name.
struct ModuleTree {
  private(set) var entries: [(name: String, module: any Module, contents: ModuleContents)] = []
  private var contents: [ObjectIdentifier: ModuleContents] = [:]

  init(_ root: any Module) { visit("", root) }

  private mutating func visit(_ name: String, _ module: any Module) {
    guard contents[ObjectIdentifier(module)] == nil else { return }
    let held = ModuleContents(of: module)
    contents[ObjectIdentifier(module)] = held
    entries.append((name, module, held))
    for child in held.children { visit(joined(name, child.name), child.module) }
  }

  /// Reports a parameter, buffer or module that is held only where it can be given no name: it would be neither trained
  /// nor saved.
  func checked() -> ModuleTree {
    guard entries.contains(where: { !$0.contents.unnamed.isEmpty }) else { return self }
    var known = Set(entries.map { ObjectIdentifier($0.module) })
    for entry in entries {
      for held in entry.contents.parameters + entry.contents.buffers {
        if let identity = held.tensor.variableIdentity { known.insert(identity) }
      }
    }
    for entry in entries {
      guard let lost = entry.contents.unnamed.first(where: { !known.contains($0.identity) }) else { continue }
      let holder = type(of: entry.module).typeName + (entry.name.isEmpty ? "" : " (\(entry.name))")
      report(TensorError(.state, holder, "parameters, buffers or modules are held only in \(lost.place)"))
      break
    }
    return self
  }

  /// The parameters or buffers, a shared one once.
  func variables(
    _ kind: KeyPath<ModuleContents, [(name: String, tensor: Tensor)]>
  ) -> [(name: String, tensor: Tensor)] {
    var seen: Set<ObjectIdentifier> = []
    var found: [(name: String, tensor: Tensor)] = []
    for entry in entries {
      for held in entry.contents[keyPath: kind] {
        guard let identity = held.tensor.variableIdentity, seen.insert(identity).inserted else { continue }
        found.append((joined(entry.name, held.name), held.tensor))
      }
    }
    return found
  }

  /// Every parameter and buffer under each of its names. Two that share a name are reported.
  func stateVariables() -> [(name: String, tensor: Tensor)] {
    var found: [(name: String, tensor: Tensor)] = []
    var known: [String: ObjectIdentifier] = [:]
    var outer: Set<ObjectIdentifier> = []
    func visit(_ path: String, _ module: any Module) {
      // A module that refers to one around it is not inside itself.
      guard let held = contents[ObjectIdentifier(module)], outer.insert(ObjectIdentifier(module)).inserted else {
        return
      }
      for entry in held.parameters + held.buffers {
        guard let identity = entry.tensor.variableIdentity, !entry.tensor.isUnsavedBuffer else { continue }
        let name = joined(path, entry.name)
        if let other = known.updateValue(identity, forKey: name), other != identity {
          report(
            TensorError(
              .state, type(of: module).typeName,
              "two parameters or buffers have the name '\(name)'; rename a property or key, or use stateNames"))
        }
        found.append((name, entry.tensor))
      }
      for child in held.children { visit(joined(path, child.name), child.module) }
      outer.remove(ObjectIdentifier(module))
    }
    if let root = entries.first { visit("", root.module) }
    return found
  }
}
