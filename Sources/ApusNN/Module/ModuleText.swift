import ApusCore

extension Module {
  /// The module and all inside it as PyTorch prints them.
  ///
  ///     Net(
  ///       (fc1): Linear(in_features=64, out_features=128, bias=True)
  ///       (fc2): Linear(in_features=128, out_features=10, bias=True)
  ///     )
  public var description: String {
    let children = namedChildren().map { ($0.name, indented("\($0.module)")) }
    let extra = extraRepresentation.split(separator: "\n", omittingEmptySubsequences: false)
    let lines = (self is any RepeatedEntries ? collapsed(children) : children.map { "(\($0)): \($1)" })
    if lines.isEmpty && extra.count <= 1 { return "\(presentName)(\(extraRepresentation))" }
    let all = (extraRepresentation.isEmpty ? [] : extra.map(String.init)) + lines
    return "\(presentName)(\n" + all.map { "  \($0)\n" }.joined() + ")"
  }
}

extension Module {
  /// The name of the type as PyTorch prints it: `ParametrizedLinear` where something is parametrised, `LazyLinear` before the
  /// first call.
  private var presentName: String {
    let name = (self as? any NamedInText)?.printedName ?? Self.typeName
    if ParametrizationDict.of(self) != nil { return "Parametrized\(name)" }
    return hasUninitializedParams ? "Lazy\(name)" : name
  }
}

/// A module that is printed under a name that its type does not tell.
protocol NamedInText {
  var printedName: String { get }
}

/// A container whose equal neighbours are printed once: `(0-3): 4 x Block(`.
protocol RepeatedEntries {}

/// The lines after the first two columns further in.
private func indented(_ text: String) -> String { text.split(separator: "\n").joined(separator: "\n  ") }

private func collapsed(_ children: [(String, String)]) -> [String] {
  var lines: [String] = []
  var start = 0
  while start < children.count {
    var end = start + 1
    while end < children.count, children[end].1 == children[start].1 { end += 1 }
    lines.append(
      end == start + 1
        ? "(\(children[start].0)): \(children[start].1)"
        : "(\(children[start].0)-\(children[end - 1].0)): \(end - start) x \(children[start].1)")
    start = end
  }
  return lines
}
