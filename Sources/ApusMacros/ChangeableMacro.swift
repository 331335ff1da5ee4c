// @Changeable: a `var` of a class that tasks may share. The value lies in a constant that has a lock.

func expandChangeable(_ asked: Request.AttachedMacro) throws(MacroError) -> String {
  guard let property = Variable(asked.declSyntax.source) else {
    throw MacroError("@Changeable belongs in front of one stored `var` with a type or a value")
  }
  let isOptional = property.type.map { $0.hasSuffix("?") || $0.hasSuffix("!") } ?? false
  let value = property.value ?? (isOptional ? "nil" : nil)
  let type = property.type.map { $0.hasSuffix("!") ? String($0.dropLast()) + "?" : $0 }
  let box = "ApusNN.Changeable" + (type.map { "<\($0)>" } ?? "")
  switch asked.macroRole {
  case .peer:
    // A second value in an initialiser needs a `var`; nothing else writes it.
    if let value { return "nonisolated(unsafe) private var _\(property.name) = \(box)(\(value))" }
    return "private let _\(property.name): \(box)"
  case .accessor:
    return """
      {
        @storageRestrictions(initializes: _\(property.name)) init(initialValue) {
          _\(property.name) = ApusNN.Changeable(initialValue)
        }
        get { _\(property.name).value }
        set { _\(property.name).value = newValue }
        _modify { yield &_\(property.name).value }
      }
      """
  default:
    return ""
  }
}
