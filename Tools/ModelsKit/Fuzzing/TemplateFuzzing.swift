import ApusCore
import ApusText
import FormatsKit
import Foundation

/// Chat templates: read, and rendered with recorded conversations.
struct TemplateFuzzing: FuzzTarget {
  let name = "templates"
  let files: [FuzzFile]
  private let records: [ChatValue]
  var words: [String] { Self.hostile }
  /// Rendering ends with an error where a template makes more than about 160 MB of text.
  var mostMemory: Int { 256 << 20 }

  init(_ path: String) throws {
    var (files, records) = ([FuzzFile](), [ChatValue]())
    for file in contents(path) where file.hasSuffix(".json") {
      let record = try ChatValue(json: try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8))
      let template = record["template"]?.string ?? "\(file.dropLast(5)).jinja"
      guard let found = FuzzFile(path: "\(path)/\(template)", name: template) else { continue }
      files.append(found)
      records.append(record)
    }
    (self.files, self.records) = (files, records)
  }

  func read(_ index: Int, _ bytes: [UInt8]?, in scratch: String) throws {
    let template = try ChatTemplate(source: String(decoding: bytes ?? [], as: UTF8.self))
    let record = records[index]
    for test in (record["cases"]?.array ?? []).prefix(4) {
      var variables: [String: ChatValue] = [:]
      for member in (record["special_tokens"]?.object ?? []) + (test["variables"]?.object ?? []) {
        variables[member.name] = member.value
      }
      _ = try template.render(
        messages: (test["messages"]?.array ?? []).map { ChatMessage(fields: $0.object ?? []) },
        tools: test["tools"]?.array, documents: test["documents"]?.array,
        addGenerationPrompt: test["add_generation_prompt"]?.bool ?? false,
        continueFinalMessage: test["continue_final_message"]?.bool ?? false, variables: variables)
    }
  }

  /// What runs long, grows or goes deep.
  static let hostile = [
    "{% for i in range(999999999) %}x{% endfor %}", "{{ 'a' * 999999999 }}", "{{ 9 ** 9 ** 9 }}",
    "{{ [0] * 999999999 }}",
    "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}", "{% set x = namespace(a=[]) %}{% set x.a = x %}{{ x }}",
    "{% set s = 'aa' %}{% for i in range(99) %}{% set s = s ~ s %}{% endfor %}", "{{ '%999999999d' % 1 }}",
    "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{{ c }}{% endfor %}{% endfor %}{% endfor %}",
    "{% set n = namespace(s='ab') %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
    "{{ messages | tojson(indent=99999999) }}",
    "{{ 'a' | replace('', 'b' * 99999) | replace('', 'c' * 99999) }}", "{{ 'a'.center(999999999) }}",
    "{{ messages|length / 0 }}",
    "{{ \"{:>99999999}\".format(1) }}", "{{ 'x' | indent(999999999) }}", "{{ messages[9999999999999999999] }}",
    "{{ 1 // 0 }}",
    "{{ 'abc'[::0] }}", "{{ 'abc'[-9223372036854775808:] }}",
    "{{ range(0, 9223372036854775807, 9223372036854775807) | list }}",
    "{{ -9223372036854775808 // -1 }}", "{{ 9223372036854775807 + 1 }}", "{{ 1e308 * 10 }}", "{{ (1e308 * 10) | int }}",
    "{{ ('a' * 1000000) | list | join('b' * 1000) }}", "{{ 'a b ' * 100000 | wordwrap }}",
    "{% set x %}{{ x }}{% endset %}",
    String(repeating: "(", count: 3000), String(repeating: "[", count: 3000),
    String(repeating: "{% if 1 %}", count: 3000),
    String(repeating: "not ", count: 3000), "{{ 1" + String(repeating: " + 1", count: 3000) + " }}", "{{", "}}", "{%",
    "%}",
    "{{ 1" + String(repeating: "|string", count: 3000) + " }}", String(repeating: "-", count: 3000), "{#", "{%- raw %}",
    "{% generation %}", "{{ loop.index }}", "{% break %}", "{{ messages | sort(attribute='a.b.c') }}", "{{ caller() }}",
    "{{ [[1, 2]] | map('map', 'map') | list }}", "{{ strftime_now('%' * 9999) }}", "{{ 'é'.encode('x') }}", "| tojson",
    "~",
  ]
}
