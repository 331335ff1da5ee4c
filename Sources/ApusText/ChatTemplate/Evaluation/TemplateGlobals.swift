/// The functions that every template may call.
enum TemplateGlobals {
  static let all: [String: @Sendable () -> TemplateFunction] = [
    "range": { TemplateFunction("range", range) },
    "dict": { TemplateFunction("dict", dictionary) },
    "namespace": { TemplateFunction("namespace", namespace) },
    "raise_exception": {
      TemplateFunction("raise_exception") { interpreter, arguments in
        let message = try arguments.bound("raise_exception", "message")[0] ?? .none
        throw TemplateError(.raised, try interpreter.text(message), line: interpreter.line)
      }
    },
    "strftime_now": {
      TemplateFunction("strftime_now") { _, arguments in
        guard let format = try arguments.bound("strftime_now", "format")[0]?.string else {
          throw TemplateError(.type, "strftime_now needs a format")
        }
        return .text(presentTime(format))
      }
    },
    "cycler": { TemplateFunction("cycler", cycler) },
    "joiner": { TemplateFunction("joiner", joiner) },
    "lipsum": { TemplateFunction("lipsum") { _, _ in throw TemplateError(.runtime, "lipsum is not known") } },
  ]

  private static func range(_ interpreter: TemplateInterpreter, _ arguments: TemplateArguments) throws -> TemplateValue
  {
    let bounds = try arguments.positional.map { value -> Int in
      if case .undefined(let what) = value { throw TemplateError(.undefined, what) }
      guard let bound = value.integer else {
        throw TemplateError(.type, "'\(value.typeName)' object cannot be interpreted as an integer")
      }
      return bound
    }
    switch bounds.count {
    case 1: return .range(try TemplateRange(start: 0, stop: bounds[0], step: 1))
    case 2: return .range(try TemplateRange(start: bounds[0], stop: bounds[1], step: 1))
    case 3: return .range(try TemplateRange(start: bounds[0], stop: bounds[1], step: bounds[2]))
    default: throw TemplateError(.type, "range expected 1 to 3 arguments, got \(bounds.count)")
    }
  }

  /// The members that `dict(...)` and `namespace(...)` are made of.
  private static func members(
    _ interpreter: TemplateInterpreter, _ arguments: TemplateArguments
  ) throws -> [(TemplateValue, TemplateValue)] {
    var members: [(TemplateValue, TemplateValue)] = []
    if let first = arguments.positional.first {
      if case .dictionary(let dictionary) = first {
        members = dictionary.members
      } else {
        for item in try interpreter.items(of: first) {
          let pair = try interpreter.items(of: item)
          guard pair.count == 2 else {
            throw TemplateError(.value, "dictionary update sequence element has length \(pair.count); 2 is required")
          }
          members.append((pair[0], pair[1]))
        }
      }
    }
    return members + arguments.named.map { (.text($0.name), $0.value) }
  }

  private static func dictionary(_ interpreter: TemplateInterpreter, _ arguments: TemplateArguments) throws
    -> TemplateValue
  {
    .dictionary(try TemplateDictionary(try members(interpreter, arguments)))
  }

  private static func namespace(_ interpreter: TemplateInterpreter, _ arguments: TemplateArguments) throws
    -> TemplateValue
  {
    let made = interpreter.makeNamespace()
    for (key, value) in try members(interpreter, arguments) {
      guard let name = key.string else { continue }
      try interpreter.checkAttribute(name)
      made[name] = value
    }
    return .namespace(made)
  }

  /// `cycler(a, b)`: one after the other by `next()`.
  private static func cycler(_ interpreter: TemplateInterpreter, _ arguments: TemplateArguments) throws -> TemplateValue
  {
    guard !arguments.positional.isEmpty else { throw TemplateError(.runtime, "at least one item has to be provided") }
    let items = arguments.positional
    let made = interpreter.makeNamespace()
    var place = 0
    made["current"] = items[0]
    made["next"] = .function(
      TemplateFunction("next") { [unowned made] _, _ in
        let item = items[place]
        place = (place + 1) % items.count
        made["current"] = items[place]
        return item
      })
    made["reset"] = .function(
      TemplateFunction("reset") { [unowned made] _, _ in
        place = 0
        made["current"] = items[0]
        return .none
      })
    return .namespace(made)
  }

  /// `joiner(", ")`: nothing when it is called first, the text from then on.
  private static func joiner(_ interpreter: TemplateInterpreter, _ arguments: TemplateArguments) throws -> TemplateValue
  {
    let text = try arguments.bound("joiner", "sep")[0] ?? .text(", ")
    var isFirst = true
    return .function(
      TemplateFunction("joiner") { _, _ in
        defer { isFirst = false }
        return isFirst ? .text("") : text
      })
  }
}
