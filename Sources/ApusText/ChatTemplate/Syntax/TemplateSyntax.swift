/// What a template computes: an expression of Jinja.
final class TemplateExpression: Sendable {
  enum Kind: Sendable {
    case constant(TemplateConstant)
    case name(String)
    case list([TemplateExpression])
    case tuple([TemplateExpression])
    case dictionary([(key: TemplateExpression, value: TemplateExpression)])
    case attribute(TemplateExpression, String)
    case item(TemplateExpression, TemplateExpression)
    case slice(TemplateExpression, TemplateExpression?, TemplateExpression?, TemplateExpression?)
    case call(TemplateExpression, CallArguments)
    /// A filter of a value, or of the text of a block if there is none.
    case filter(TemplateExpression?, String, CallArguments)
    case test(TemplateExpression, String, CallArguments)
    case not(TemplateExpression)
    case negative(TemplateExpression)
    case positive(TemplateExpression)
    case and(TemplateExpression, TemplateExpression)
    case or(TemplateExpression, TemplateExpression)
    case binary(TemplateOperator, TemplateExpression, TemplateExpression)
    case concatenation([TemplateExpression])
    case comparison(TemplateExpression, [(TemplateComparison, TemplateExpression)])
    case conditional(if: TemplateExpression, then: TemplateExpression, else: TemplateExpression?)
  }

  let kind: Kind
  let line: Int
  /// How many expressions nest in this one; bounded, so that releasing it is.
  let depth: Int

  static let mostDepth = 1000

  init(_ kind: Kind, line: Int) throws {
    self.kind = kind
    self.line = line
    depth = 1 + (Self.children(of: kind).map(\.depth).max() ?? 0)
    guard depth < Self.mostDepth else { throw TemplateError(.limit, "the expression nests too deeply", line: line) }
  }

  private static func children(of kind: Kind) -> [TemplateExpression] {
    switch kind {
    case .constant, .name: []
    case .list(let items), .tuple(let items), .concatenation(let items): items
    case .dictionary(let members): members.flatMap { [$0.key, $0.value] }
    case .attribute(let value, _), .not(let value), .negative(let value), .positive(let value): [value]
    case .item(let value, let key), .and(let value, let key), .or(let value, let key), .binary(_, let value, let key):
      [value, key]
    case .slice(let value, let start, let stop, let step): [value] + [start, stop, step].compactMap { $0 }
    case .call(let value, let arguments), .test(let value, _, let arguments): [value] + arguments.expressions
    case .filter(let value, _, let arguments): (value.map { [$0] } ?? []) + arguments.expressions
    case .comparison(let value, let others): [value] + others.map(\.1)
    case .conditional(let test, let then, let otherwise): [test, then] + (otherwise.map { [$0] } ?? [])
    }
  }
}

/// The arguments of a call, a filter or a test.
struct CallArguments: Sendable {
  var positional: [TemplateExpression] = []
  var named: [(name: String, value: TemplateExpression)] = []
  /// What stands behind `*`.
  var list: TemplateExpression?
  /// What stands behind `**`.
  var dictionary: TemplateExpression?

  var expressions: [TemplateExpression] {
    positional + named.map(\.value) + [list, dictionary].compactMap { $0 }
  }
}

enum TemplateConstant: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case text(String)
}

enum TemplateOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
  case power = "**"
}

enum TemplateComparison: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case isIn = "in"
  case isNotIn = "not in"
}

/// What is assigned to: a name, an attribute of a namespace, or several of them.
indirect enum AssignmentTarget: Sendable {
  case name(String)
  case attribute(String, String)
  case tuple([AssignmentTarget])
}

/// What a template does.
indirect enum TemplateStatement: Sendable {
  case text(String)
  case output(TemplateExpression)
  case loop(TemplateLoop)
  case condition([(test: TemplateExpression, body: [TemplateStatement])], otherwise: [TemplateStatement])
  case assignment(AssignmentTarget, TemplateExpression)
  case blockAssignment(AssignmentTarget, filter: TemplateExpression?, [TemplateStatement], line: Int)
  case macro(TemplateMacro)
  case callBlock(TemplateMacro, TemplateExpression)
  case filterBlock(TemplateExpression, [TemplateStatement])
  case with([(AssignmentTarget, TemplateExpression)], [TemplateStatement], line: Int)
  case generation([TemplateStatement])
  case scope([TemplateStatement])
  case leaveLoop
  case nextRound
  /// What needs other templates, which there are none of.
  case unavailable(String, line: Int)
}

final class TemplateLoop: Sendable {
  let target: AssignmentTarget
  let items: TemplateExpression
  let test: TemplateExpression?
  let isRecursive: Bool
  let body: [TemplateStatement]
  let otherwise: [TemplateStatement]

  init(
    target: AssignmentTarget, items: TemplateExpression, test: TemplateExpression?, isRecursive: Bool,
    body: [TemplateStatement], otherwise: [TemplateStatement]
  ) {
    self.target = target
    self.items = items
    self.test = test
    self.isRecursive = isRecursive
    self.body = body
    self.otherwise = otherwise
  }
}

final class TemplateMacro: Sendable {
  let name: String?
  let parameters: [(name: String, value: TemplateExpression?)]
  let body: [TemplateStatement]
  /// Whether the body asks for further arguments by the names that Jinja gives them.
  let usesList: Bool
  let usesDictionary: Bool
  let usesCaller: Bool

  init(
    name: String?, parameters: [(name: String, value: TemplateExpression?)], body: [TemplateStatement],
    names: Set<String>
  ) {
    self.name = name
    self.parameters = parameters
    self.body = body
    usesList = names.contains("varargs")
    usesDictionary = names.contains("kwargs")
    usesCaller = names.contains("caller")
  }
}
