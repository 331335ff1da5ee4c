import ApusCore

/// Named tensors in order: what a module's parameters and buffers hold, PyTorch's `state_dict()`.
public struct StateDict: Sendable, RandomAccessCollection, ExpressibleByDictionaryLiteral, CustomStringConvertible {
  public typealias Element = (name: String, tensor: Tensor)

  private var entries: [Element] = []
  private var positions: [String: Int] = [:]

  public init() {}

  /// The entries in their order; of equal names the last one counts.
  public init(_ entries: some Sequence<Element>) {
    for entry in entries { self[entry.name] = entry.tensor }
  }

  public init(dictionaryLiteral elements: (String, Tensor)...) {
    for (name, tensor) in elements { self[name] = tensor }
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { entries.count }
  public subscript(position: Int) -> Element { entries[position] }

  /// The names in their order.
  public var keys: [String] { entries.map(\.name) }
  /// The tensors in the order of their names.
  public var values: [Tensor] { entries.map(\.tensor) }

  /// The tensor of that name. A new name is added at the end; nil removes one.
  public subscript(name: String) -> Tensor? {
    get { positions[name].map { entries[$0].tensor } }
    set {
      switch (positions[name], newValue) {
      case (let position?, let tensor?): entries[position].tensor = tensor
      case (nil, let tensor?):
        positions[name] = entries.count
        entries.append((name, tensor))
      case (let position?, nil):
        entries.remove(at: position)
        positions[name] = nil
        for i in position..<entries.count { positions[entries[i].name] = i }
      case (nil, nil): break
      }
    }
  }

  /// The names in order.
  public var names: [String] { entries.map(\.name) }

  public var description: String {
    entries.map { "\($0.name): \($0.tensor.dtype) \($0.tensor.shape)" }.joined(separator: "\n")
  }
}

extension Module {
  /// The parameters and buffers of this module and of all inside it as they are now: later training does not change
  /// the result. Names and order are those of PyTorch: a module's parameters, its buffers, then its children.
  public func stateDict() -> StateDict {
    var state = StateDict()
    for (name, variable) in stateVariables() { state[name] = variable.detach() }
    return state
  }

  private func stateVariables() -> [(name: String, tensor: Tensor)] { ModuleTree(self).checked().stateVariables() }

  /// Stores the tensors of `saved` in the parameters and buffers of their names, converted to their element types.
  ///
  /// - Parameter strict: whether every name must be found on both sides.
  /// - Returns: the names that only one side has, which is none if `strict`.
  /// - Throws: `TensorError` that lists names and shapes that do not fit; nothing has been stored then.
  @discardableResult
  public func loadStateDict(
    _ saved: StateDict, strict: Bool = true
  ) throws(TensorError) -> IncompatibleKeys {
    if Hooks.areAny {
      for (path, module) in namedModules() { module.state.initialise(module, path, saved) }
    }
    let state = renamed(saved)
    let variables = stateVariables()
    let known = Set(variables.map(\.name))
    let missing = variables.map(\.name).filter { state[$0] == nil }
    let unexpected = state.names.filter { !known.contains($0) }
    var problems: [String] = []
    if strict {
      problems += missing.map { "missing: \($0)" }
      problems += unexpected.map { name in
        let guess = nearest(to: name, among: missing.isEmpty ? Array(known) : missing)
        return "unexpected: \(name)" + (guess.map { " (did you mean \($0)?)" } ?? "")
      }
    }
    for (name, variable) in variables {
      guard let value = state[name], value.shape != variable.shape else { continue }
      problems.append("wrong shape: \(name) is \(value.shape) in the state and \(variable.shape) in the module")
    }
    guard problems.isEmpty else {
      let shown = problems.prefix(20).joined(separator: "\n  ")
      let rest = problems.count > 20 ? "\n  and \(problems.count - 20) more" : ""
      let hint =
        strict && !(missing.isEmpty && unexpected.isEmpty) ? "\n  (strict: false skips names on one side only)" : ""
      throw TensorError(
        .state, "loadStateDict", "the state does not fit \(type(of: self).typeName):\n  \(shown)\(rest)\(hint)")
    }
    for (name, variable) in variables {
      if let value = state[name] { variable.store(value) }
    }
    return IncompatibleKeys(missingKeys: missing, unexpectedKeys: unexpected)
  }
}

/// The names that only the module or only the saved state has, as ``Module/loadStateDict(_:strict:)`` reports them.
public struct IncompatibleKeys: Hashable, Sendable, CustomStringConvertible {
  /// Names of the module that the state lacks.
  public let missingKeys: [String]
  /// Names of the state that the module lacks.
  public let unexpectedKeys: [String]

  /// PyTorch's text.
  public var description: String {
    if missingKeys.isEmpty && unexpectedKeys.isEmpty { return "<All keys matched successfully>" }
    func list(_ names: [String]) -> String { "[" + names.map { "'\($0)'" }.joined(separator: ", ") + "]" }
    return "_IncompatibleKeys(missing_keys=\(list(missingKeys)), unexpected_keys=\(list(unexpectedKeys)))"
  }
}

/// The candidate with the fewest edits to `name`, if it is close enough to be meant.
package func nearest(to name: String, among candidates: [String]) -> String? {
  // A state saved around the model, or of a part of it, differs by a prefix.
  if let match = candidates.first(where: { name.hasSuffix("." + $0) || $0.hasSuffix("." + name) }) { return match }
  let scored = candidates.map { (name: $0, edits: editDistance(name, $0)) }
  guard let best = scored.min(by: { ($0.edits, $0.name) < ($1.edits, $1.name) }) else { return nil }
  return best.edits <= max(2, name.count / 3) ? best.name : nil
}

/// How many letters must be inserted, removed or replaced to make `a` into `b` (Levenshtein).
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.utf8), Array(b.utf8))
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let next = Swift.min(row[j + 1] + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
      diagonal = row[j + 1]
      row[j + 1] = next
    }
  }
  return row[b.count]
}
