import Apus
import ApusCore

/// Operations that lack something, and the reason.
package struct OperationMark: Sendable {
  /// What an operation lacks.
  package enum Rule: String, CaseIterable, Sendable {
    case derivative, forwardDerivative, batching, compiling
  }
  package let lacks: Set<Rule>
  package let reason: String
  package let names: [String]

  init(_ lacks: Set<Rule>, _ reason: String, _ names: String) {
    (self.lacks, self.reason) = (lacks, reason)
    self.names = names.split { $0 == " " || $0 == "\n" }.map(String.init)
  }

  /// Whether the operation is marked as lacking a rule.
  static func lacks(_ rule: Rule, _ name: String) -> Bool {
    operationMarks.contains { $0.lacks.contains(rule) && $0.names.contains(name) }
  }
}

extension OperationRules {
  package func has(_ rule: OperationMark.Rule) -> Bool {
    switch rule {
    case .derivative: hasDerivative
    case .forwardDerivative: hasForwardDerivative
    case .batching: isBatched
    case .compiling: isCompiled
    }
  }

  /// A page of all operations, docs/operations.md.
  package static func page(_ rules: [OperationRules]) -> String {
    var lines = [
      "# Operations",
      "",
      "Every operation that can be called by PyTorch's name, in the order of the library's families: written by",
      "`conformance operations Tests/ConformanceTests/Fixtures/{cases,further} --page`, from what was seen on calls of each. The Swift names are",
      "in the [glossary](glossary.md). All of them run on every device: what a device's engine lacks, the host computes.",
      "",
      "*Elements*: bool, integers, floating point numbers, complex numbers. *Gradient*: `backward()` goes through it. *Forward*: so",
      "does `jvp`. *vmap*: mapped over samples it is one operation, not one for each. *Compiled*: it is part of the graphs that",
      "`compile` captures. A number stands for the reason below why something is not there.",
      "",
      "| operation | elements | gradient | forward | vmap | compiled |",
      "|---|---|---|---|---|---|",
    ]
    for rule in rules {
      let names = rule.names.map { "`\($0)`" }.joined(separator: " ")
      let kinds = ElementKind.allCases.filter(rule.kinds.contains).map(\.rawValue).joined(separator: " ")
      let cells = OperationMark.Rule.allCases.map { rule.has($0) ? "yes" : reason($0, rule.names[0]) }
      lines.append("| \(([names, kinds] + cells).joined(separator: " | ")) |")
    }
    lines += ["", "## Why something is not there", ""]
    for (i, mark) in operationMarks.enumerated() { lines.append("\(i + 1). \(mark.reason)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func reason(_ rule: OperationMark.Rule, _ name: String) -> String {
    operationMarks.firstIndex { $0.lacks.contains(rule) && $0.names.contains(name) }.map { "\($0 + 1)" } ?? "no"
  }

  /// Rules that an operation has neither nor a mark for, and marks for what is there.
  package static func disagreements(_ rules: [OperationRules]) -> [String] {
    var found: [String] = []
    for rule in rules {
      for kind in OperationMark.Rule.allCases {
        let isMarked = OperationMark.lacks(kind, rule.names[0])
        if rule.has(kind) == isMarked {
          found.append(
            "\(rule.names[0]): \(kind.rawValue) \(isMarked ? "is there, and marked as lacking" : "is lacking, without a mark")"
          )
        }
      }
    }
    let known = Set(rules.map { $0.names[0] })
    for name in operationMarks.flatMap(\.names) where !known.contains(name) {
      found.append("\(name): a mark for no operation")
    }
    return found
  }
}
