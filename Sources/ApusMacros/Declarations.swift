// Reading declarations: as much of Swift's grammar as a macro has to know.

/// A piece of source: a word, a number, a text, an operator or one of `( ) [ ] { } , : ; @ =`.
struct Token {
  var text: Substring
  /// Whether it is the first on its line.
  var startsLine: Bool
  var range: Range<String.Index> { text.startIndex..<text.endIndex }
}

/// The tokens of `source` without blanks and comments.
func tokens(of source: String) -> [Token] {
  var scanner = Scanner(source: source)
  return scanner.all()
}

private struct Scanner {
  let source: String
  private var place: String.Index
  private var startsLine = true

  init(source: String) {
    self.source = source
    place = source.startIndex
  }

  private var rest: Substring { source[place...] }

  mutating func all() -> [Token] {
    var found: [Token] = []
    while true {
      skipBlanks()
      guard place < source.endIndex else { return found }
      let start = place
      skipToken()
      found.append(Token(text: source[start..<place], startsLine: startsLine))
      startsLine = false
    }
  }

  private mutating func skipBlanks() {
    while let letter = rest.first {
      if letter.isWhitespace {
        if letter.isNewline { startsLine = true }
        place = source.index(after: place)
      } else if rest.hasPrefix("//") {
        while let letter = rest.first, !letter.isNewline { place = source.index(after: place) }
      } else if rest.hasPrefix("/*") {
        skipComment()
      } else {
        return
      }
    }
  }

  /// Past a comment that may hold others.
  private mutating func skipComment() {
    var depth = 0
    while place < source.endIndex {
      if rest.hasPrefix("/*") {
        depth += 1
        place = source.index(place, offsetBy: 2)
      } else if rest.hasPrefix("*/") {
        depth -= 1
        place = source.index(place, offsetBy: 2)
        if depth == 0 { return }
      } else {
        place = source.index(after: place)
      }
    }
  }

  private mutating func skipToken() {
    let letter = source[place]
    if letter == "\"" || (letter == "#" && rest.drop { $0 == "#" }.first == "\"") {
      skipText()
    } else if letter == "`" {
      advance()
      while let next = rest.first, next != "`" { advance() }
      advance()
    } else if letter.isLetter || letter.isNumber || "_$#".contains(letter) {
      advance()
      while let next = rest.first, next.isLetter || next.isNumber || next == "_" || next == "$" { advance() }
    } else if "()[]{},:;@".contains(letter) {
      advance()
    } else {
      // An operator; the point between names is one, too.
      advance()
      while let next = rest.first, "=+-*/%<>!&|^~?.".contains(next), !rest.hasPrefix("//"), !rest.hasPrefix("/*") {
        // Angle brackets and question marks close types one by one: `[Tensor?]?`, `Lock<Box<Int>>`.
        if "<>?!".contains(next) || "<>?!".contains(source[source.index(before: place)]) {
          if source[source.index(before: place)] == "-" && next == ">" { advance() }
          return
        }
        advance()
      }
    }
  }

  private mutating func advance() {
    if place < source.endIndex { place = source.index(after: place) }
  }

  /// Past a text, raw or of several lines, with what is interpolated in it.
  private mutating func skipText() {
    let pounds = rest.prefix { $0 == "#" }.count
    place = source.index(place, offsetBy: pounds)
    let quote = rest.hasPrefix("\"\"\"") ? "\"\"\"" : "\""
    place = source.index(place, offsetBy: quote.count)
    let end = quote + String(repeating: "#", count: pounds)
    let escape = "\\" + String(repeating: "#", count: pounds)
    while place < source.endIndex {
      if rest.hasPrefix(end) {
        place = source.index(place, offsetBy: end.count)
        return
      }
      if rest.hasPrefix(escape + "(") {
        place = source.index(place, offsetBy: escape.count)
        skipParentheses()
      } else if rest.hasPrefix(escape) {
        place = source.index(place, offsetBy: escape.count)
        advance()
      } else {
        advance()
      }
    }
  }

  private mutating func skipParentheses() {
    var depth = 0
    while place < source.endIndex {
      skipBlanks()
      guard let letter = rest.first else { return }
      if letter == "(" { depth += 1 }
      if letter == ")" { depth -= 1 }
      skipToken()
      if depth == 0 { return }
    }
  }
}

extension ArraySlice<Token> {
  /// The source from the first token to the last.
  func text(in source: String) -> String {
    guard let first, let last else { return "" }
    return String(source[first.range.lowerBound..<last.range.upperBound])
  }

  /// Where `isWanted` first holds outside of all brackets; angle brackets count as such where `inTypes`.
  func firstIndex(inTypes: Bool = false, outside isWanted: (Token) -> Bool) -> Int? {
    var depth = 0
    for i in indices {
      if depth == 0, isWanted(self[i]) { return i }
      switch self[i].text {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case "<" where inTypes: depth += 1
      case ">" where inTypes && depth > 0: depth -= 1
      default: break
      }
    }
    return nil
  }

  /// The parts between commas outside of brackets.
  func separated() -> [ArraySlice<Token>] {
    var parts: [ArraySlice<Token>] = []
    var rest = self
    while !rest.isEmpty {
      guard let comma = rest.firstIndex(inTypes: true, outside: { $0.text == "," }) else { return parts + [rest] }
      parts.append(rest[..<comma])
      rest = rest[(comma + 1)...]
    }
    return parts
  }

  /// The index behind the bracket that closes the one at `open`.
  func end(ofBracketAt open: Int) -> Int {
    var depth = 0
    for i in open..<endIndex {
      switch self[i].text {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      default: break
      }
      if depth == 0 { return i + 1 }
    }
    return endIndex
  }
}

/// A type's declaration as the macros need it.
struct TypeDeclaration {
  let source: String
  private let all: [Token]
  private let body: Range<Int>
  let name: String
  let isClass: Bool
  let isPublic: Bool

  init?(_ source: String) {
    self.source = source
    all = tokens(of: source)
    let kinds: Set<Substring> = ["class", "struct", "enum", "actor", "protocol"]
    guard let kind = all[...].firstIndex(outside: { kinds.contains($0.text) }), kind + 1 < all.count,
      let open = all[...].firstIndex(outside: { $0.text == "{" })
    else { return nil }
    name = String(all[kind + 1].text)
    isClass = all[kind].text == "class"
    isPublic = all[..<kind].contains { $0.text == "public" || $0.text == "open" }
    body = (open + 1)..<(all[...].end(ofBracketAt: open) - 1)
  }

  /// The methods of this name that an instance has.
  func methods(named name: String) -> [Method] {
    var found: [Method] = []
    var i = body.lowerBound
    while i < body.upperBound {
      if all[i].text == "func", i + 1 < body.upperBound, all[i + 1].text == name,
        let method = Method(source, all[body], at: i)
      {
        if !method.modifiers.contains("static") && !method.modifiers.contains("class") { found.append(method) }
      }
      i = ["(", "[", "{"].contains(all[i].text) ? all[...].end(ofBracketAt: i) : i + 1
    }
    return found
  }
}

/// A method's declaration without its body.
struct Method {
  var modifiers: Set<String> = []
  /// `<T: P>` or nothing.
  var generics = ""
  var parameters: [Parameter] = []
  /// `async throws` or nothing.
  var effects = ""
  /// `Void` if none is written.
  var result = "Void"
  /// `where ...` or nothing.
  var requirements = ""

  struct Parameter {
    /// As it is declared, with its default value.
    var declaration: String
    /// What the caller writes before the colon; nil for `_`.
    var label: String?
    /// The name in the body.
    var name: String
    var type: String
    var hasDefault: Bool
  }

  /// The method whose word `func` is at `start`.
  init?(_ source: String, _ tokens: ArraySlice<Token>, at start: Int) {
    var before = start - 1
    let words: Set<Substring> = [
      "public", "open", "package", "internal", "fileprivate", "private", "static", "class", "final", "override",
      "nonisolated", "mutating",
    ]
    while before >= tokens.startIndex, words.contains(tokens[before].text) {
      modifiers.insert(String(tokens[before].text))
      before -= 1
    }
    var i = start + 2
    if i < tokens.endIndex, tokens[i].text == "<" {
      guard let open = tokens[i...].firstIndex(where: { $0.text == "(" }) else { return nil }
      generics = tokens[i..<open].text(in: source)
      i = open
    }
    guard i < tokens.endIndex, tokens[i].text == "(" else { return nil }
    let close = tokens.end(ofBracketAt: i)
    for part in tokens[(i + 1)..<(close - 1)].separated() {
      guard let parameter = Parameter(source, part) else { return nil }
      parameters.append(parameter)
    }
    i = close
    let end = tokens[i...].firstIndex { $0.text == "{" } ?? tokens.endIndex
    let tail = tokens[i..<end]
    let arrow = tail.firstIndex(outside: { $0.text == "->" })
    let condition = tail.firstIndex(outside: { $0.text == "where" }) ?? end
    effects = tail[i..<(arrow ?? condition)].text(in: source)
    if let arrow { result = tail[(arrow + 1)..<condition].text(in: source) }
    requirements = tail[condition..<end].text(in: source)
  }
}

extension Method.Parameter {
  init?(_ source: String, _ tokens: ArraySlice<Token>) {
    // Attributes of the parameter come first.
    var tokens = tokens
    while tokens.first?.text == "@" {
      tokens = tokens.dropFirst(2)
      if tokens.first?.text == "(" { tokens = tokens[tokens.end(ofBracketAt: tokens.startIndex)...] }
    }
    guard let colon = tokens.firstIndex(where: { $0.text == ":" }), colon > tokens.startIndex else { return nil }
    declaration = tokens.text(in: source)
    let names = tokens[..<colon]
    name = names.last.map { String($0.text) } ?? ""
    let outer = names.first.map { String($0.text) }
    label = outer == "_" ? nil : outer
    let value = tokens[(colon + 1)...].firstIndex(inTypes: true) { $0.text == "=" }
    type = tokens[(colon + 1)..<(value ?? tokens.endIndex)].text(in: source)
    hasDefault = value != nil
  }
}

/// A stored property that can change: `var name: Type = value`.
struct Variable {
  var hasAttributes: Bool
  /// `public` and its like, with a blank behind; or nothing.
  var access: String
  var name: String
  var type: String?
  var value: String?

  /// Nil for what is no such property: a constant, a computed, observed, lazy or static one, several in one declaration.
  init?(_ source: String) {
    let tokens = tokens(of: source)[...]
    guard let start = tokens.firstIndex(outside: { $0.text == "var" || $0.text == "let" }), tokens[start].text == "var",
      start + 1 < tokens.endIndex
    else { return nil }
    let before = tokens[..<start].map { String($0.text) }
    guard !before.contains(where: ["static", "class", "lazy", "weak", "unowned", "unsafe"].contains) else { return nil }
    hasAttributes = before.contains("@")
    access =
      before.first { ["public", "open", "package", "fileprivate", "private"].contains($0) }.map { $0 + " " } ?? ""
    name = String(tokens[start + 1].text)
    let rest = tokens[(start + 2)...]
    let equals = rest.firstIndex(inTypes: true) { $0.text == "=" }
    let head = rest[..<(equals ?? rest.endIndex)]
    guard !head.contains(where: { $0.text == "{" }),
      rest.firstIndex(inTypes: equals == nil, outside: { $0.text == "," }) == nil
    else { return nil }
    if head.first?.text == ":" { type = head.dropFirst().text(in: source) }
    if let equals {
      let part = rest[(equals + 1)...]
      let observers: Set<Substring> = ["get", "set", "willSet", "didSet"]
      if let open = part.lastIndex(where: { $0.text == "{" }), open + 1 < part.endIndex,
        observers.contains(part[open + 1].text)
      {
        return nil
      }
      value = part.text(in: source)
    }
    if type == nil && value == nil { return nil }
  }
}
