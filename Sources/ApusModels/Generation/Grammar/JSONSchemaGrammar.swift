import ApusCore
import ApusFormats

extension Grammar {
  /// Any JSON value.
  public static func json() throws(TensorError) -> Grammar { try jsonSchema("{}") }

  /// JSON that `schema` describes, a JSON schema: types, properties in their order (required or not, further ones), lists with
  /// their lengths, `enum`, `const`, lengths and patterns of texts, bounds of whole numbers, `anyOf`, `oneOf`, `allOf` of objects and
  /// `$ref` within the schema.
  /// - Throws: ``TensorError`` that names the place of what the schema says and a grammar cannot keep.
  public static func jsonSchema(_ schema: String) throws(TensorError) -> Grammar {
    let root: ByteJSON
    do { root = try ByteJSON(parsing: Array(schema.utf8)) } catch {
      throw TensorError(.format, "schema", error.description)
    }
    var writer = SchemaWriter(root: root)
    return try writer.grammar()
  }
}

/// Writes the rules of a schema.
private struct SchemaWriter {
  let root: ByteJSON
  private var builder = GrammarBuilder()
  /// Rules of places that a `$ref` names.
  private var references: [String: Grammar.Element] = [:]
  private var basics: [String: Grammar.Element] = [:]

  typealias Sequence = [Grammar.Element]

  init(root: ByteJSON) { self.root = root }

  mutating func grammar() throws(TensorError) -> Grammar {
    let rule = builder.rule("root")
    references["#"] = .rule(rule)
    try builder.define(rule, [try value(root, "#")])
    return try builder.finish()
  }

  private func fail(_ place: String, _ message: String) -> TensorError {
    TensorError(.unsupported, "schema", "\(place): \(message)")
  }

  private func text(_ text: String) -> Sequence { GrammarBuilder.text(text) }

  // MARK: Values

  private mutating func value(_ schema: ByteJSON, _ place: String, depth: Int = 0) throws(TensorError) -> Sequence {
    guard depth < 128 else { throw fail(place, "the schema is nested too deeply") }
    if schema.bool == true { return [try any()] }
    guard schema.members != nil else { throw fail(place, "a schema is an object or true") }
    if let reference = schema["$ref"]?.string { return [try target(of: reference, place, depth)] }
    if let constant = schema["const"] { return text(constant.text) }
    if let items = schema["enum"]?.array {
      guard !items.isEmpty else { throw fail(place, "enum is empty") }
      return [try builder.group(items.map { text($0.text) })]
    }
    for key in ["anyOf", "oneOf"] {
      guard let items = schema[key]?.array else { continue }
      var sequences: [Sequence] = []
      for (i, item) in items.enumerated() {
        sequences.append(try value(item, "\(place)/\(key)/\(i)", depth: depth + 1))
      }
      guard !sequences.isEmpty else { throw fail(place, "\(key) is empty") }
      return [try builder.group(sequences)]
    }
    if let items = schema["allOf"]?.array {
      return try value(try joined(items, schema, place), place, depth: depth + 1)
    }
    for key in [
      "not", "if", "patternProperties", "dependentRequired", "dependentSchemas", "contains", "multipleOf",
      "propertyNames",
    ]
    where schema[key] != nil {
      throw fail(place, "'\(key)' cannot be kept by a grammar")
    }
    var types = schema["type"]?.array?.compactMap(\.string) ?? []
    if let type = schema["type"]?.string { types = [type] }
    if types.isEmpty {
      if schema["properties"] != nil || schema["additionalProperties"] != nil { types = ["object"] }
      if schema["items"] != nil || schema["prefixItems"] != nil { types = ["array"] }
      if schema["pattern"] != nil || schema["minLength"] != nil || schema["maxLength"] != nil { types = ["string"] }
      if types.isEmpty { return [try any()] }
    }
    var sequences: [Sequence] = []
    for type in types { sequences.append(try value(of: type, schema, place, depth)) }
    return sequences.count == 1 ? sequences[0] : [try builder.group(sequences)]
  }

  private mutating func value(
    of type: String, _ schema: ByteJSON, _ place: String, _ depth: Int
  ) throws(TensorError) -> Sequence {
    switch type {
    case "null": return text("null")
    case "boolean": return [try builder.group([text("true"), text("false")])]
    case "integer": return try integer(schema, place)
    case "number":
      for key in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] where schema[key] != nil {
        throw fail(place, "'\(key)' of numbers that are not whole cannot be kept by a grammar")
      }
      return [try basic("number")]
    case "string": return try string(schema, place)
    case "array": return try list(schema, place, depth)
    case "object": return try object(schema, place, depth)
    default: throw fail(place, "the type '\(type)' is not known")
    }
  }

  private mutating func target(
    of reference: String, _ place: String, _ depth: Int
  ) throws(TensorError) -> Grammar.Element {
    if let known = references[reference] { return known }
    guard reference.hasPrefix("#/") else { throw fail(place, "'\(reference)' is not in this schema") }
    var found: ByteJSON? = root
    for part in reference.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
      let key = part.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
        .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
      found = found.flatMap { value in
        if let items = value.array { return Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil } }
        return value[key]
      }
    }
    guard let found else { throw fail(place, "there is no '\(reference)'") }
    let rule = builder.rule("$ref \(reference)")
    references[reference] = .rule(rule)
    try builder.define(rule, [try value(found, reference, depth: depth + 1)])
    return .rule(rule)
  }

  /// Objects that are all of `items`, as one.
  private func joined(
    _ items: [ByteJSON], _ schema: ByteJSON, _ place: String
  ) throws(TensorError) -> ByteJSON {
    var members: [ByteJSON.Member] = []
    var properties: [ByteJSON.Member] = []
    var required: [ByteJSON] = []
    let own = ByteJSON.object((schema.members ?? []).filter { $0.name != "allOf" })
    for item in items + [own] {
      var item = item
      if let reference = item["$ref"]?.string, reference.hasPrefix("#/") {
        item = reference.dropFirst(2).split(separator: "/").reduce(root) { $0[String($1)] ?? $0 }
      }
      properties += item["properties"]?.members ?? []
      required += item["required"]?.array ?? []
      for member in item.members ?? [] where !["properties", "required"].contains(member.name) {
        members.append(member)
      }
    }
    if !properties.isEmpty { members.append(.init(name: "properties", value: .object(properties))) }
    members.append(.init(name: "required", value: .array(required)))
    return .object(members)
  }

  // MARK: Objects and lists

  private mutating func object(_ schema: ByteJSON, _ place: String, _ depth: Int) throws(TensorError) -> Sequence {
    var properties = schema["properties"]?.members ?? []
    let names = schema["required"]?.array?.compactMap(\.string) ?? []
    let required = Set(names)
    // What must be there and is not described.
    for name in names where !properties.contains(where: { $0.name == name }) {
      let further = schema["additionalProperties"] ?? .object([])
      guard further.bool != false else { throw fail(place, "'\(name)' is required, and forbidden") }
      properties.append(.init(name: name, value: further))
    }
    let least = schema["minProperties"]?.int ?? 0
    let most = schema["maxProperties"]?.int
    let space = try basic("space")
    var pairs: [Sequence] = []
    for property in properties {
      pairs.append(
        text(quotedJSON(property.name)) + [space] + text(":") + [space]
          + (try value(property.value, "\(place)/properties/\(property.name)", depth: depth + 1)))
    }
    // Further members: where the schema says so, and where it says nothing at all.
    var further: Sequence?
    switch schema["additionalProperties"] {
    case .bool(false): break
    case nil where !properties.isEmpty: break
    case nil, .bool(true): further = [try basic("member")]
    case .some(let inner):
      further =
        [try basic("string"), space] + text(":") + [space]
        + (try value(inner, "\(place)/additionalProperties", depth: depth + 1))
    }
    let comma = [space] + text(",") + [space]
    if properties.isEmpty, least > 0 || most != nil {
      guard let further, most ?? least >= least else { throw fail(place, "minProperties and maxProperties leave none") }
      return text("{") + [space] + (try items(further, comma, least, most)) + [space] + text("}")
    }
    guard least <= required.count, further == nil || most == nil, most ?? properties.count >= properties.count else {
      throw fail(place, "minProperties and maxProperties of described properties cannot be kept by a grammar")
    }
    // From the last to the first: what may follow behind a member, and where there is none yet.
    var later: Sequence = []
    var first: Sequence = []
    if let further {
      later = try builder.repeated(comma + further, 0, nil)
      first = [try builder.group([further + later, []])]
    }
    for (property, pair) in zip(properties, pairs).reversed() {
      let (laterRest, firstRest) = (later, first)
      if required.contains(property.name) {
        later = [try builder.group([comma + pair + laterRest])]
        first = [try builder.group([pair + laterRest])]
      } else {
        later = [try builder.group([comma + pair + laterRest, laterRest])]
        first = [try builder.group([pair + laterRest, firstRest])]
      }
    }
    return text("{") + [space] + first + [space] + text("}")
  }

  private mutating func list(_ schema: ByteJSON, _ place: String, _ depth: Int) throws(TensorError) -> Sequence {
    let space = try basic("space")
    let comma = [space] + text(",") + [space]
    if schema["uniqueItems"]?.bool == true { throw fail(place, "'uniqueItems' cannot be kept by a grammar") }
    let least = schema["minItems"]?.int ?? 0
    let most = schema["maxItems"]?.int
    guard least >= 0, most ?? least >= least else { throw fail(place, "minItems and maxItems leave no length") }
    let first = schema["prefixItems"]?.array ?? []
    var sequence: Sequence = []
    for (i, item) in first.prefix(most ?? first.count).enumerated() {
      sequence += (i == 0 ? [] : comma) + (try value(item, "\(place)/prefixItems/\(i)", depth: depth + 1))
    }
    let described = schema["items"] ?? .object([])
    // Behind given ones further items come where the schema asks for them.
    let isClosed = described.bool == false || !first.isEmpty && schema["items"] == nil && least <= first.count
    if isClosed || first.count >= most ?? .max {
      guard least <= first.count else { throw fail(place, "minItems is more than the items that there may be") }
    } else {
      let item = [try builder.group([try value(described, "\(place)/items", depth: depth + 1)])]
      sequence +=
        first.isEmpty
        ? try items(item, comma, least, most)
        : try builder.repeated(comma + item, max(0, least - first.count), most.map { $0 - first.count })
    }
    return text("[") + [space] + sequence + [space] + text("]")
  }

  /// From `least` to `most` of something, with something between.
  private mutating func items(
    _ item: Sequence, _ comma: Sequence, _ least: Int, _ most: Int?
  ) throws(TensorError) -> Sequence {
    if most == 0 { return [] }
    let all = item + (try builder.repeated(comma + item, max(0, least - 1), most.map { $0 - 1 }))
    return least > 0 ? all : [try builder.group([all, []])]
  }

  // MARK: Texts and numbers

  private mutating func string(_ schema: ByteJSON, _ place: String) throws(TensorError) -> Sequence {
    if let pattern = schema["pattern"]?.string {
      for key in ["minLength", "maxLength"] where schema[key] != nil {
        throw fail(place, "'\(key)' beside a pattern cannot be kept by a grammar")
      }
      var reader = PatternReader(pattern, place: place)
      return text("\"") + (try reader.read(&builder)) + text("\"")
    }
    if let format = schema["format"]?.string, let pattern = jsonFormats[format] {
      var reader = PatternReader(pattern, place: place)
      return text("\"") + (try reader.read(&builder)) + text("\"")
    }
    let least = schema["minLength"]?.int ?? 0
    let most = schema["maxLength"]?.int
    guard least > 0 || most != nil else { return [try basic("string")] }
    guard least >= 0, most ?? least >= least else { throw fail(place, "minLength and maxLength leave no length") }
    return text("\"") + (try builder.repeated([try basic("character")], least, most)) + text("\"")
  }

  private mutating func integer(_ schema: ByteJSON, _ place: String) throws(TensorError) -> Sequence {
    func bound(_ key: String) throws(TensorError) -> Int? {
      guard let value = schema[key] else { return nil }
      guard let number = value.int, number.magnitude < 1 << 53 else {
        throw fail(place, "'\(key)' must be a whole number of less than 2^53")
      }
      return number
    }
    var (low, high) = (try bound("minimum"), try bound("maximum"))
    if let above = try bound("exclusiveMinimum") { low = max(low ?? above + 1, above + 1) }
    if let below = try bound("exclusiveMaximum") { high = min(high ?? below - 1, below - 1) }
    if low == nil, high == nil { return [try basic("integer")] }
    var sequences: [Sequence] = []
    // Numbers below 0 are their absolute values behind a sign.
    if low ?? -1 < 0 {
      let most = low.map { -$0 }
      let least = max(1, -(high ?? -1))
      for pattern in decimalRanges(least, most) { sequences.append(text("-") + (try digits(pattern))) }
    }
    if high ?? 0 >= 0 {
      for pattern in decimalRanges(max(0, low ?? 0), high) { sequences.append(try digits(pattern)) }
    }
    guard !sequences.isEmpty else { throw fail(place, "minimum and maximum leave no number") }
    return [try builder.group(sequences)]
  }

  private mutating func digits(_ pattern: DigitPattern) throws(TensorError) -> Sequence {
    var sequence = pattern.digits.map { Grammar.Element.bytes(ByteSet(48 + $0.lowerBound...48 + $0.upperBound)) }
    if pattern.isOpen { sequence += try builder.repeated([.bytes(ByteSet(48...57))], 0, 15) }
    return sequence
  }

  // MARK: What all schemas share

  private mutating func any() throws(TensorError) -> Grammar.Element { try basic("value") }

  private mutating func basic(_ name: String) throws(TensorError) -> Grammar.Element {
    if let known = basics[name] { return known }
    let rule = builder.rule("json \(name)")
    basics[name] = .rule(rule)
    let digit = Grammar.Element.bytes(ByteSet(48...57))
    var sequences: [Sequence]
    switch name {
    case "space":
      let indent = try builder.repeated([try builder.character([9...9, 32...32])], 0, 20)
      sequences = [[], text(" "), text("\n") + indent]
    case "character":
      let plain = try builder.character(complement([0...0x1f, 0x22...0x22, 0x5c...0x5c, 0x7f...0x7f]))
      let hex = try builder.character([48...57, 65...70, 97...102])
      let escape = try builder.character("\"\\/bfnrt".unicodeScalars.map { $0.value...$0.value })
      sequences = [[plain], text("\\") + [escape], text("\\u") + [hex, hex, hex, hex]]
    case "string":
      sequences = [text("\"") + (try builder.repeated([try basic("character")], 0, nil)) + text("\"")]
    case "integer":
      let more = try builder.repeated([digit], 0, 15)
      let sign = [try builder.group([text("-"), []])]
      sequences = [sign + [try builder.group([text("0"), [.bytes(ByteSet(49...57))] + more])]]
    case "number":
      let fraction = text(".") + (try builder.repeated([digit], 1, 16))
      let exponent =
        [try builder.character([69...69, 101...101]), try builder.group([text("-"), text("+"), []])]
        + (try builder.repeated([digit], 1, 3))
      sequences = [
        [try basic("integer"), try builder.group([fraction, []]), try builder.group([exponent, []])]
      ]
    case "member":
      let space = try basic("space")
      sequences = [[try basic("string"), space] + text(":") + [space, try basic("value")]]
    default:
      let space = try basic("space")
      let comma = [space] + text(",") + [space]
      let member = try basic("member")
      let members = [member] + (try builder.repeated(comma + [member], 0, nil))
      let values = [.rule(rule)] + (try builder.repeated(comma + [.rule(rule)], 0, nil))
      sequences = [
        text("{") + [space, try builder.group([members, []]), space] + text("}"),
        text("[") + [space, try builder.group([values, []]), space] + text("]"),
        [try basic("string")], [try basic("number")], text("true"), text("false"), text("null"),
      ]
    }
    try builder.define(rule, sequences)
    return .rule(rule)
  }
}
