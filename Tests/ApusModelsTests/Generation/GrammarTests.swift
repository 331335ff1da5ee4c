import Apus
import Testing

@Suite struct GrammarTests {
  private let nothing = TokenVocabulary([])

  @Test(arguments: [("ab,abc,x", true), ("a", false), ("éé", true), ("zz9😀,x", true), ("ab,", false)])
  func rules(_ text: String, _ fits: Bool) throws {
    let grammar = try Grammar(
      """
      root ::= (item ",")* item   # a list
      item ::= [a-zà-ü]{2,3} | "x"
        | [^a-y,]+
      """)
    #expect(GrammarConstraint(grammar, nothing).accepts(text) == fits)
  }

  @Test(arguments: [
    "root ::= root \"a\"", "root ::= other", "root ::= \"a", "a ::= \"b\"", "root ::= a\na ::= \"b\"? a",
  ])
  func rulesThatMakeNoGrammar(_ text: String) {
    #expect(throws: TensorError.self) { try Grammar(text) }
  }

  @Test(arguments: [
    (#"{"name":"x","age":3}"#, true), (#"{"name":"x","age":151}"#, false),
    (#"{"name": "é\n", "age": 0, "tags": ["a"]}"#, true),
    (#"{"age":3,"name":"x"}"#, false), (#"{"name":"x","age":03}"#, false), (#"{"name":"x"}"#, false),
    (#"{"name":"x","age":3,"mail":"ab@c.de"}"#, true), (#"{"name":"x","age":3,"mail":"ab@c.d"}"#, false),
    (#"{"name":"x","age":3,"more":{"name":"y","age":99}}"#, true),
  ])
  func schemas(_ text: String, _ fits: Bool) throws {
    let schema = #"""
      {"type": "object", "required": ["name", "age"], "properties": {
        "name": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "tags": {"type": "array", "items": {"enum": ["a", "b"]}, "maxItems": 3},
        "mail": {"type": "string", "pattern": "^[a-z]+@[a-z]+\\.[a-z]{2,3}$"}, "more": {"$ref": "#"}}}
      """#
    #expect(GrammarConstraint(try Grammar.jsonSchema(schema), nothing).accepts(text) == fits)
  }

  @Test(arguments: [
    (
      #"{"type": "object", "minProperties": 1, "maxProperties": 2, "additionalProperties": {"type": "null"}}"#, "{}",
      false
    ),
    (#"{"type": "object", "maxProperties": 1, "additionalProperties": {"type": "null"}}"#, #"{"a":null}"#, true),
    (
      #"{"type": "object", "maxProperties": 1, "additionalProperties": {"type": "null"}}"#, #"{"a":null,"b":null}"#,
      false
    ),
    (#"{"type": "object", "required": ["x"]}"#, "{}", false),
    (#"{"type": "object", "required": ["x"]}"#, #"{"x":1}"#, true),
    (#"{"prefixItems": [{"type": "null"}], "items": {"type": "boolean"}, "maxItems": 2}"#, "[null,true]", true),
    (#"{"prefixItems": [{"type": "null"}], "items": {"type": "boolean"}, "maxItems": 2}"#, "[null,true,true]", false),
    (#"{"type": "integer", "minimum": 3, "exclusiveMinimum": 5}"#, "5", false),
    (#"{"type": "string", "format": "date"}"#, #""2023-09-31""#, false),
    (#"{"type": "string", "format": "ipv4"}"#, #""192.168.0.255""#, true),
  ])
  func bounds(_ schema: String, _ text: String, _ fits: Bool) throws {
    #expect(GrammarConstraint(try Grammar.jsonSchema(schema), nothing).accepts(text) == fits)
  }

  @Test func whatAGrammarCannotKeepIsRefused() {
    #expect(throws: TensorError.self) { try Grammar.jsonSchema(#"{"type": "array", "uniqueItems": true}"#) }
    #expect(throws: TensorError.self) { try Grammar.jsonSchema(#"{"type": "number", "minimum": 0.5}"#) }
    #expect(throws: TensorError.self) { try Grammar.jsonSchema(#"{"$ref": "other.json"}"#) }
    #expect(throws: TensorError.self) { try Grammar.jsonSchema("{") }
  }

  @Test func tokensThatDoNotFitDoNotCome() throws {
    // Of "a", "b", "ab", the end and "é" in two halves.
    let vocabulary = TokenVocabulary([[97], [98], [97, 98], [], [0xc3], [0xa9]])
    let constraint = GrammarConstraint(try Grammar(#"root ::= "ab" "é""#), vocabulary)
    var options = GenerationConfiguration(maxNewTokens: 9)
    options.eosTokenIds = [3]
    var extras = GenerationExtras()
    extras.constraint = constraint
    let ids = try TableModel(vocabulary: 6).generate([0], options, extras).dropFirst()
    let bytes = ids.flatMap { [[97], [98], [97, 98], [], [0xc3], [0xa9]][$0] as [UInt8] }
    #expect(String(decoding: bytes, as: UTF8.self) == "abé")
  }

  @Test(arguments: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"])
  func boundsThatAreTooLarge(_ key: String) {
    for number in [Int.min, Int.max] {
      #expect(throws: TensorError.self) { try Grammar.jsonSchema(#"{"type": "integer", "\#(key)": \#(number)}"#) }
    }
  }
}
