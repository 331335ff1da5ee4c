// Filters of lists, dictionaries and whatever else has items.

extension TemplateFilters {
  static func ofSequences(_ name: String) -> Filter? {
    switch name {
    case "length": return length
    case "count": return length
    case "list": return { interpreter, value, _ in try .list(try interpreter.items(of: value)) }
    case "first":
      return { interpreter, value, _ in
        if case .iterator(let iterator) = value {
          return iterator.next() ?? .undefined("No first item, sequence was empty.")
        }
        return try interpreter.items(of: value).first ?? .undefined("No first item, sequence was empty.")
      }
    case "last":
      return { interpreter, value, _ in
        if case .iterator = value { throw TemplateError(.type, "'generator' object is not reversible") }
        return try interpreter.items(of: value).last ?? .undefined("No last item, sequence was empty.")
      }
    case "random":
      return { interpreter, value, _ in
        try interpreter.items(of: value).randomElement() ?? .undefined("No random item, sequence was empty.")
      }
    case "join":
      return { interpreter, value, arguments in
        let values = try arguments.bound("join", "d", "attribute")
        let separator = try values[0].map { try interpreter.text($0) } ?? ""
        var parts: [String] = []
        for item in try interpreter.items(of: value) {
          let part = try values[1].map { try interpreter.attribute(path: $0, of: item) } ?? item
          parts.append(try interpreter.text(part))
          try interpreter.charge(text: parts[parts.count - 1].utf8.count + separator.utf8.count)
        }
        return .text(parts.joined(separator: separator))
      }
    case "reverse":
      return { interpreter, value, _ in
        if let text = value.string {
          var view = String.UnicodeScalarView()
          view.append(contentsOf: text.unicodeScalars.reversed())
          return .text(String(view))
        }
        if case .iterator(let iterator) = value { return try .list(iterator.rest().reversed()) }
        return .iterator(try TemplateIterator(try interpreter.items(of: value).reversed()))
      }
    case "items":
      return { interpreter, value, _ in
        switch value {
        case .undefined: return .iterator(try TemplateIterator([]))
        case .dictionary(let dictionary): return .iterator(try TemplateIterator(try dictionary.items().items))
        default: throw TemplateError(.type, "Can only get item pairs from a mapping.")
        }
      }
    case "dictsort":
      return { interpreter, value, arguments in
        let values = try arguments.bound("dictsort", "case_sensitive", "by", "reverse")
        guard case .dictionary(let dictionary) = value else {
          if case .undefined(let what) = value { throw TemplateError(.undefined, what) }
          throw TemplateError(.attribute, "'\(value.typeName)' object has no attribute 'items'")
        }
        let by = values[1]?.string ?? "key"
        guard by == "key" || by == "value" else {
          throw TemplateError(.filterArgument, "You can only sort by either \"key\" or \"value\"")
        }
        let sorted = try interpreter.sorted(dictionary.members, reverse: values[2]?.isTrue ?? false) {
          folded(by == "key" ? $0.0 : $0.1, unless: values[0])
        }
        return try .list(try sorted.map { try .tuple([$0.0, $0.1]) })
      }
    case "sort":
      return { interpreter, value, arguments in
        let values = try arguments.bound("sort", "reverse", "case_sensitive", "attribute")
        let sorted = try interpreter.sorted(try interpreter.items(of: value), reverse: values[0]?.isTrue ?? false) {
          item in
          guard let attribute = values[2], !attribute.isNone else { return folded(item, unless: values[1]) }
          let paths =
            attribute.string.map { $0.split(separator: ",").map { TemplateValue.text(String($0)) } } ?? [attribute]
          return try .tuple(try paths.map { folded(try interpreter.attribute(path: $0, of: item), unless: values[1]) })
        }
        return try .list(sorted)
      }
    case "unique":
      return { interpreter, value, arguments in
        let values = try arguments.bound("unique", "case_sensitive", "attribute")
        var seen: Set<TemplateKey> = []
        var found: [TemplateValue] = []
        for item in try interpreter.items(of: value) {
          let key = try values[1].map { try interpreter.attribute(path: $0, of: item) } ?? item
          if seen.insert(try TemplateKey(folded(key, unless: values[0]))).inserted { found.append(item) }
        }
        return .iterator(try TemplateIterator(found))
      }
    case "min": return { try extreme($0, $1, $2, "min") { try $0.less($1, $2) } }
    case "max": return { try extreme($0, $1, $2, "max") { try $0.less($2, $1, operation: ">") } }
    case "sum":
      return { interpreter, value, arguments in
        let values = try arguments.bound("sum", "attribute", "start")
        var total = values[1] ?? .int(0)
        for item in try interpreter.items(of: value) {
          let part = try values[0].flatMap { $0.isNone ? nil : try interpreter.attribute(path: $0, of: item) } ?? item
          total = try interpreter.binary(.add, total, part)
        }
        return total
      }
    case "map":
      return { interpreter, value, arguments in
        guard value.isTrue else { return .iterator(try TemplateIterator([])) }
        var arguments = arguments
        let items = try interpreter.items(of: value)
        if arguments.positional.isEmpty, let place = arguments.named.firstIndex(where: { $0.name == "attribute" }) {
          let path = arguments.named.remove(at: place).value
          let otherwise = arguments.named.first { $0.name == "default" }?.value
          if let other = arguments.named.first(where: { $0.name != "default" }) {
            throw TemplateError(.filterArgument, "Unexpected keyword argument '\(other.name)'")
          }
          return .iterator(
            try TemplateIterator(
              try items.map { item in
                let found = try interpreter.attribute(path: path, of: item)
                return found.isUndefined ? otherwise ?? found : found
              }))
        }
        guard let name = arguments.positional.first?.string else {
          throw TemplateError(.filterArgument, "map requires a filter argument")
        }
        arguments.positional.removeFirst()
        return .iterator(try TemplateIterator(try items.map { try interpreter.filter(name, $0, arguments) }))
      }
    case "select": return { try selected($0, $1, $2, byAttribute: false, keeps: true) }
    case "reject": return { try selected($0, $1, $2, byAttribute: false, keeps: false) }
    case "selectattr": return { try selected($0, $1, $2, byAttribute: true, keeps: true) }
    case "rejectattr": return { try selected($0, $1, $2, byAttribute: true, keeps: false) }
    case "groupby":
      return { interpreter, value, arguments in
        let values = try arguments.bound("groupby", "attribute", "default", "case_sensitive")
        guard let path = values[0] else { throw TemplateError(.type, "groupby needs an attribute") }
        func key(_ item: TemplateValue) throws -> TemplateValue {
          let found = try interpreter.attribute(path: path, of: item)
          return found.isUndefined ? values[1] ?? found : found
        }
        let items = try interpreter.sorted(try interpreter.items(of: value)) { folded(try key($0), unless: values[2]) }
        var groups: [(key: TemplateValue, items: [TemplateValue])] = []
        for item in items {
          let name = try key(item)
          if let last = groups.last,
            try interpreter.equal(folded(last.key, unless: values[2]), folded(name, unless: values[2]))
          {
            groups[groups.count - 1].items.append(item)
          } else {
            groups.append((name, [item]))
          }
        }
        return try .list(try groups.map { try .tuple([$0.key, try .list($0.items)]) })
      }
    case "batch":
      return { interpreter, value, arguments in
        let values = try arguments.bound("batch", "linecount", "fill_with")
        let size = max(1, try TextMethods.width(values[0], "batch", interpreter))
        var rows: [TemplateValue] = []
        let items = try interpreter.items(of: value)
        for start in stride(from: 0, to: items.count, by: size) {
          var row = Array(items[start..<min(start + size, items.count)])
          if let fill = values[1], !fill.isNone { row += [TemplateValue](repeating: fill, count: size - row.count) }
          rows.append(try .list(row))
        }
        return .iterator(try TemplateIterator(rows))
      }
    case "slice":
      return { interpreter, value, arguments in
        let values = try arguments.bound("slice", "slices", "fill_with")
        let count = try TextMethods.width(values[0], "slice", interpreter)
        guard count > 0 else { throw TemplateError(.zeroDivision, "integer division or modulo by zero") }
        let items = try interpreter.items(of: value)
        try interpreter.charge(items: count)
        var rows: [TemplateValue] = []
        var start = 0
        for i in 0..<count {
          let end = start + items.count / count + (i < items.count % count ? 1 : 0)
          var row = Array(items[start..<end])
          if let fill = values[1], !fill.isNone, i >= items.count % count { row.append(fill) }
          rows.append(try .list(row))
          start = end
        }
        return .iterator(try TemplateIterator(rows))
      }
    default: return nil
    }
  }

  private static let length: Filter = { _, value, _ in
    switch value {
    case .undefined: return .int(0)
    case .text(let text), .markup(let text): return .int(text.unicodeScalars.count)
    case .list(let list), .tuple(let list), .view(_, let list): return .int(list.items.count)
    case .dictionary(let dictionary): return .int(dictionary.keys.count)
    case .range(let range): return .int(range.count)
    case .loop(let loop): return .int(loop.items.count)
    default: throw TemplateError(.type, "object of type '\(value.typeName)' has no len()")
    }
  }

  /// Text in lower case, unless cases are told apart.
  private static func folded(_ value: TemplateValue, unless isSensitive: TemplateValue?) -> TemplateValue {
    guard isSensitive?.isTrue != true, let text = value.string else { return value }
    return .text(text.lowercased())
  }

  private static func extreme(
    _ interpreter: TemplateInterpreter, _ value: TemplateValue, _ arguments: TemplateArguments, _ name: String,
    _ isBetter: (TemplateInterpreter, TemplateValue, TemplateValue) throws -> Bool
  ) throws -> TemplateValue {
    let values = try arguments.bound(name, "case_sensitive", "attribute")
    var best: (key: TemplateValue, item: TemplateValue)?
    for item in try interpreter.items(of: value) {
      let key = folded(try values[1].map { try interpreter.attribute(path: $0, of: item) } ?? item, unless: values[0])
      if let found = best, try !isBetter(interpreter, key, found.key) { continue }
      best = (key, item)
    }
    return best?.item ?? .undefined("No aggregated item, sequence was empty.")
  }

  private static func selected(
    _ interpreter: TemplateInterpreter, _ value: TemplateValue, _ arguments: TemplateArguments, byAttribute: Bool,
    keeps: Bool
  ) throws -> TemplateValue {
    guard value.isTrue else { return .iterator(try TemplateIterator([])) }
    var arguments = arguments
    var path: TemplateValue?
    if byAttribute {
      guard let first = arguments.positional.first else {
        throw TemplateError(.filterArgument, "Missing parameter for attribute name")
      }
      path = first
      arguments.positional.removeFirst()
    }
    let test = arguments.positional.first
    if test != nil { arguments.positional.removeFirst() }
    let found = try interpreter.items(of: value).filter { item in
      let part = try path.map { try interpreter.attribute(path: $0, of: item) } ?? item
      guard let test else { return part.isTrue == keeps }
      return try interpreter.test(try interpreter.text(test), part, arguments) == keeps
    }
    return .iterator(try TemplateIterator(found))
  }
}

extension TemplateInterpreter {
  /// What lies in a value under a name, or under names with dots between.
  func attribute(path: TemplateValue, of value: TemplateValue) throws -> TemplateValue {
    guard let text = path.string else { return try item(path, of: value) }
    var found = value
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      let isNumber = !part.isEmpty && part.allSatisfy { $0.isASCII && $0.isNumber }
      found = try item(isNumber ? Int(part).map { .int($0) } ?? .none : .text(String(part)), of: found)
    }
    return found
  }
}
