// @Module: makes a class callable with whatever its `forward` takes, and its `var` properties safe to share.

func expandModule(_ asked: Request.AttachedMacro) throws(MacroError) -> String {
  switch asked.macroRole {
  case .memberAttribute:
    guard let property = Variable(asked.declSyntax.source), !property.hasAttributes else { return "" }
    return "@Changeable"
  case .member:
    let type = try moduleClass(asked)
    return try type.methods(named: "forward").filter { !$0.isUnary }.map { method throws(MacroError) in
      try call(of: method)
    }.joined(separator: "\n")
  case .extension:
    return try conformance(asked)
  default:
    return ""
  }
}

private func moduleClass(_ asked: Request.AttachedMacro) throws(MacroError) -> TypeDeclaration {
  guard let type = TypeDeclaration(asked.declSyntax.source), type.isClass else {
    throw MacroError("@Module belongs in front of a class: `@Module final class Net { ... }`")
  }
  return type
}

/// Which of the protocols that are still missing the class conforms to.
private func conformance(_ asked: Request.AttachedMacro) throws(MacroError) -> String {
  let type = try moduleClass(asked)
  let missing = (asked.conformanceListSyntax?.source ?? "").split { !$0.isLetter && $0 != "_" && $0 != "." }
    .map { String($0.split(separator: ".").last ?? $0) }
  let isLayer = type.methods(named: "forward").contains(where: \.isUnary)
  let wanted = ["Sendable", "Module"] + (isLayer ? ["Layer"] : [])
  let added = wanted.filter(missing.contains)
  if added.isEmpty { return "" }
  let name = asked.extendedTypeSyntax.map { $0.source.filter { !$0.isWhitespace } } ?? type.name
  return added.map { "extension \(name): \($0 == "Sendable" ? "Swift" : "ApusNN").\($0) {}" }.joined(separator: "\n")
}

extension Method {
  /// Whether it is what the protocol `Layer` asks for.
  var isUnary: Bool {
    parameters.count == 1 && parameters[0].label == nil && parameters[0].type == "Tensor" && !parameters[0].hasDefault
      && result == "Tensor" && effects.isEmpty && generics.isEmpty
  }
}

/// `callAsFunction` with the parameters of `method`, and the hooks that see its result as what it is.
private func call(of method: Method) throws(MacroError) -> String {
  if let variadic = method.parameters.first(where: { $0.type.hasSuffix("...") }) {
    throw MacroError("forward cannot take '\(variadic.name)' as a list of arguments: take an array")
  }
  let access =
    ["public ", "open ", "package ", "fileprivate ", "private "].first {
      method.modifiers.contains(String($0.dropLast()))
    }.map { $0 == "open " ? "public " : $0 } ?? ""
  // What changes or is a function does not pass through a list of values.
  let isPassed = method.parameters.map { !$0.type.contains("->") && !$0.type.hasPrefix("inout") }
  var arguments: [String] = []
  var position = 0
  for (parameter, isPassed) in zip(method.parameters, isPassed) {
    let value = isPassed ? "$\(position)" : (parameter.type.hasPrefix("inout") ? "&" : "") + parameter.name
    if isPassed { position += 1 }
    arguments.append((parameter.label.map { $0 + ": " } ?? "") + value)
  }
  let marks = (method.effects.contains("throws") ? "try " : "") + (method.effects.contains("async") ? "await " : "")
  if method.effects.contains("async") {
    throw MacroError("forward cannot be async: layers compute where they are called")
  }
  let passed = zip(method.parameters, isPassed).filter(\.1).map(\.0.name)
  let list = passed.isEmpty ? "" : passed.joined(separator: ", ") + ", "
  let declared = method.parameters.map(\.declaration).joined(separator: ", ")
  let requirements = method.requirements.isEmpty ? "" : " " + method.requirements
  let effects = method.effects.isEmpty ? "" : " " + method.effects
  let body =
    "\(marks)ApusNN.callModule(self, \(list)of: \(method.result).self) { \(marks)self.forward(\(arguments.joined(separator: ", "))) }"
  return """
    /// Runs `forward` with hooks and module path.
    \(access)func callAsFunction\(method.generics)(\(declared))\(effects) -> \(method.result)\(requirements) {
      \(body)
    }
    """
}
