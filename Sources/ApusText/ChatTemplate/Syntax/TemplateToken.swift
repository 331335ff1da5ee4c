/// A piece of a template's text.
struct TemplateToken: Sendable {
  enum Kind: Sendable, Equatable {
    case data(String)
    case blockBegin, blockEnd
    case variableBegin, variableEnd
    case name(String)
    case string(String)
    case integer(Int)
    case float(Double)
    case symbol(String)
    case end
  }

  var kind: Kind
  var line: Int

  func isName(_ text: String) -> Bool { kind == .name(text) }
  func isSymbol(_ text: String) -> Bool { kind == .symbol(text) }

  /// The token in an error message.
  var text: String {
    switch kind {
    case .data: "template data"
    case .blockBegin: "begin of statement block"
    case .blockEnd: "end of statement block"
    case .variableBegin: "begin of print statement"
    case .variableEnd: "end of print statement"
    case .name(let text), .string(let text), .symbol(let text): text
    case .integer(let value): String(value)
    case .float(let value): pythonText(value)
    case .end: "end of template"
    }
  }
}
