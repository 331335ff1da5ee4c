import ApusFormats

// Values as text: what `str`, `repr` and `json.dumps` give.

extension TemplateInterpreter {
  /// A value as it is printed.
  func text(_ value: TemplateValue) throws -> String {
    switch value {
    case .text(let text), .markup(let text): return text
    case .undefined: return ""
    default: return try repr(value)
    }
  }

  /// A value as Python's `repr` writes it.
  func repr(_ value: TemplateValue) throws -> String {
    var out = ""
    try appendRepr(value, to: &out)
    return out
  }

  private func appendRepr(_ value: TemplateValue, to out: inout String) throws {
    let before = out.utf8.count
    switch value {
    case .undefined: out += "Undefined"
    case .none: out += "None"
    case .bool(let value): out += value ? "True" : "False"
    case .int(let value): out += String(value)
    case .float(let value): out += pythonText(value)
    case .text(let text): out += pythonRepr(text)
    case .markup(let text): out += "Markup(\(pythonRepr(text)))"
    case .list(let list):
      out += "["
      try appendItems(list.items, to: &out)
      out += "]"
    case .tuple(let list):
      out += "("
      try appendItems(list.items, to: &out)
      out += list.items.count == 1 ? ",)" : ")"
    case .view(let kind, let list):
      out += "dict_\(kind)(["
      try appendItems(list.items, to: &out)
      out += "])"
    case .dictionary(let dictionary): try appendMembers(dictionary.members, to: &out)
    case .range(let range):
      out += "range(\(range.start), \(range.stop)" + (range.step == 1 ? ")" : ", \(range.step))")
    case .iterator: out += "<generator object>"
    case .namespace(let namespace):
      try stack.check("the value")
      out += "<Namespace "
      try appendMembers(namespace.names.map { (.text($0), namespace[$0] ?? .none) }, to: &out)
      out += ">"
    case .loop(let loop): out += "<LoopContext \(loop.index + 1)/\(loop.items.count)>"
    case .function(let function):
      out += function.isMacro ? "<Macro \(pythonRepr(function.name))>" : "<function \(function.name)>"
    }
    switch value {
    case .text, .markup: try charge(text: out.utf8.count - before)
    default: try charge()
    }
  }

  private func appendItems(_ items: [TemplateValue], to out: inout String) throws {
    try stack.check("the value")
    for (i, item) in items.enumerated() {
      if i > 0 { out += ", " }
      try appendRepr(item, to: &out)
    }
  }

  private func appendMembers(_ members: [(TemplateValue, TemplateValue)], to out: inout String) throws {
    try stack.check("the value")
    out += "{"
    for (i, member) in members.enumerated() {
      if i > 0 { out += ", " }
      try appendRepr(member.0, to: &out)
      out += ": "
      try appendRepr(member.1, to: &out)
    }
    out += "}"
  }
}

/// How `json.dumps` writes.
struct JSONStyle {
  var ensuresASCII = false
  /// What a level is set in by; nil for one line.
  var indent: String?
  var itemSeparator = ", "
  var keySeparator = ": "
  var sortsKeys = false
}

extension TemplateInterpreter {
  /// A value as `json.dumps` writes it.
  func json(_ value: TemplateValue, _ style: JSONStyle) throws -> String {
    var out = ""
    try appendJSON(value, style, newline: "\n", to: &out)
    return out
  }

  private func appendJSON(_ value: TemplateValue, _ style: JSONStyle, newline: String, to out: inout String) throws {
    try charge()
    switch value {
    case .none: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .int(let value): out += String(value)
    case .float(let value): out += jsonText(value)
    case .text(let text), .markup(let text): try appendJSON(text, style, to: &out)
    case .list(let list), .tuple(let list):
      try stack.check("the value")
      if list.items.isEmpty {
        out += "[]"
        return
      }
      let inner = newline + (style.indent ?? "")
      try charge(text: inner.utf8.count)
      out += "["
      for (i, item) in list.items.enumerated() {
        if i > 0 { out += style.itemSeparator }
        if style.indent != nil { out += inner }
        try appendJSON(item, style, newline: inner, to: &out)
      }
      out += style.indent != nil ? newline + "]" : "]"
    case .dictionary(let dictionary):
      try stack.check("the value")
      if dictionary.keys.isEmpty {
        out += "{}"
        return
      }
      let inner = newline + (style.indent ?? "")
      try charge(text: inner.utf8.count)
      var members = dictionary.members
      if style.sortsKeys { members = try sorted(members) { $0.0 } }
      out += "{"
      for (i, member) in members.enumerated() {
        if i > 0 { out += style.itemSeparator }
        if style.indent != nil { out += inner }
        try appendJSON(try jsonKey(member.0), style, to: &out)
        out += style.keySeparator
        try appendJSON(member.1, style, newline: inner, to: &out)
      }
      out += style.indent != nil ? newline + "}" : "}"
    default: throw TemplateError(.type, "Object of type \(value.typeName) is not JSON serializable")
    }
  }

  private func jsonText(_ value: Double) -> String {
    value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : pythonText(value)
  }

  private func jsonKey(_ key: TemplateValue) throws -> String {
    switch key {
    case .text(let text), .markup(let text): text
    case .none: "null"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .float(let value): jsonText(value)
    default: throw TemplateError(.type, "keys must be str, int, float, bool or None, not \(key.typeName)")
    }
  }

  private func appendJSON(_ text: String, _ style: JSONStyle, to out: inout String) throws {
    try charge(text: text.utf8.count)
    out += quotedJSON(text, ensuresASCII: style.ensuresASCII)
  }
}
