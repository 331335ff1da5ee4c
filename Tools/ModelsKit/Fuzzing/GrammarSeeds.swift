import FormatsKit

/// Grammars and schemas that are damaged.
enum GrammarSeeds {
  static let all: [FuzzFile] =
    grammars.enumerated().map { FuzzFile(name: "\($0.offset).gbnf", Array($0.element.utf8)) }
    + schemas.enumerated().map { FuzzFile(name: "\($0.offset).json", Array($0.element.utf8)) }

  private static let grammars = [
    """
    root ::= "yes" | "no" | number
    number ::= "-"? [1-9] [0-9]{0,5}   # a comment
    """,
    """
    root   ::= (expr "=" ws term "\\n")+
    expr   ::= term ([-+*/] term)*
    term   ::= ident | num | "(" ws expr ")" ws
    ident  ::= [a-z] [a-z0-9_]* ws
    num    ::= [0-9]+ ws
    ws     ::= [ \\t\\n]*
    """,
    """
    root ::= object
    value ::= object | array | string | number | ("true" | "false" | "null") ws
    object ::= "{" ws ( string ":" ws value ("," ws string ":" ws value)* )? "}" ws
    array ::= "[" ws ( value ("," ws value)* )? "]" ws
    string ::= "\\"" ( [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\bfnrt] | "u" [0-9a-fA-F]{4}) )* "\\"" ws
    number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws
    ws ::= | " " | "\\n" [ \\t]{0,20}
    """,
    """
    root ::= item{1,3} .{2}
    item ::= "- " [^\\r\\n\\u00e9-\\U0001f600]+ "\\n"
    """,
  ]

  private static let schemas = [
    """
    {"type": "object", "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 20},
      "age": {"type": "integer", "minimum": 0, "maximum": 150}, "tags": {"type": "array", "items": {"type": "string"},
      "minItems": 1, "maxItems": 3}}, "required": ["name"], "additionalProperties": false}
    """,
    """
    {"$defs": {"node": {"type": "object", "properties": {"value": {"type": "number"}, "next": {"$ref": "#/$defs/node"}},
      "required": ["value"]}}, "$ref": "#/$defs/node"}
    """,
    """
    {"anyOf": [{"type": "string", "pattern": "^[a-z]{2,4}-(x|y)+\\\\d?$"}, {"enum": ["a", 1, null, true]}, {"const": [1, "b"]},
      {"type": ["integer", "null"]}]}
    """,
    """
    {"type": "array", "prefixItems": [{"type": "boolean"}, {"type": "string", "format": "date-time"}], "items": {"oneOf": [
      {"type": "number", "exclusiveMinimum": -1.5}, {"allOf": [{"type": "object", "additionalProperties": {"type": "integer"}}]}]}}
    """,
  ]
}
