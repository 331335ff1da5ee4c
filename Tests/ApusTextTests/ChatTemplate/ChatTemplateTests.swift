import ApusCore
import ApusText
import Testing

/// Expected texts were recorded from Jinja 3.1.6 as `transformers` 5.24 sets it up.
@Suite struct ChatTemplateTests {
  private func render(_ source: String, _ variables: [String: ChatValue] = [:]) throws -> String {
    try ChatTemplate(source: source).render(messages: [.user("Hi")], variables: variables)
  }

  @Test func conversationsAreWritten() throws {
    let template = try ChatTemplate(
      source: """
        {{- bos_token }}
        {%- for message in messages %}
        <|{{ message.role }}|>
        {{ message['content'] | trim }}{{ eos_token }}
        {% endfor %}
        {% if add_generation_prompt %}
        <|assistant|>
        {% endif %}
        """)
    let text = try template.render(
      messages: [.system("Be brief."), .user("  Hi ")], addGenerationPrompt: true,
      variables: ["bos_token": "<s>", "eos_token": "</s>"])
    #expect(text == "<s><|system|>\nBe brief.</s>\n<|user|>\nHi</s>\n<|assistant|>\n")
  }

  @Test func valuesArePrintedAsPythonPrintsThem() throws {
    #expect(try render("{{ [1, 2.0, none, true, 'it\\'s', \"é\\n\"] }}") == "[1, 2.0, None, True, \"it's\", 'é\\n']")
    #expect(try render("{{ {'a': (1,), 'b': 1e16} }}") == "{'a': (1,), 'b': 1e+16}")
    #expect(try render("{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 3 }}") == "3 -4 2 3.5 8")
    #expect(try render("{{ missing }}|{{ 'abc'[::-1] }}|{{ 'abc'[-2:] }}") == "|cba|bc")
    #expect(try render("{{ x | tojson }}", ["x": ["b": [1, "ü<"], "a": nil]]) == "{\"b\": [1, \"ü<\"], \"a\": null}")
    #expect(try render("{{ x | tojson(indent=2) }}", ["x": ["b": [1]]]) == "{\n  \"b\": [\n    1\n  ]\n}")
  }

  @Test func macrosNamespacesAndLoops() throws {
    #expect(
      try render("{% macro f(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ f(1) }} {{ f(b=3, a=0) }}") == "1-2 0-3")
    #expect(
      try render(
        "{% set ns = namespace(n=0) %}{% for i in range(5) if i is odd %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}"
      )
        == "4")
    #expect(
      try render(
        "{% for i in [1, 2, 3, 4] %}{% if i == 3 %}{% break %}{% endif %}{{ loop.index0 }}{{ ',' if not loop.last }}{% endfor %}"
      )
        == "0,1,")
    #expect(
      try render("{% macro f(n) %}{{ caller(n) }}{% endmacro %}{% call(x) f(2) %}<{{ x }}>{% endcall %}") == "<2>")
  }

  @Test func refusalsAreErrors() throws {
    let template = try ChatTemplate(source: "{{ raise_exception('System role not supported') }}")
    #expect(throws: TensorError(.value, "chat template", "System role not supported")) {
      try template.render(messages: [.system("x")])
    }
    #expect(throws: TensorError.self) { try ChatTemplate(source: "{% if x %}") }
    #expect(throws: TensorError.self) { try render("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}") }
    #expect(throws: TensorError.self) {
      try render("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}")
    }
    #expect(throws: TensorError.self) { try render("{{ 'a' * 10 ** 15 }}") }
  }

  @Test func misplacedTagsAreErrorsInJinjasWords() {
    let template = Result { try ChatTemplate(source: "{% if a %}{% for b in c %}{% endif %}{% endfor %}") }
    guard case .failure(let error) = template else {
      Issue.record("the template was read")
      return
    }
    #expect("\(error)".contains("Encountered unknown tag 'endif'. You probably made a nesting mistake."))
    #expect("\(error)".contains("The innermost block that needs to be closed is 'for'."))
  }

  @Test func theLastMessageIsContinued() throws {
    let template = try ChatTemplate(
      source: "{% for m in messages %}[{{ m.role }}]{{ m.content | trim }}[end]{% endfor %}")
    let text = try template.render(messages: [.user("x"), .assistant("It is ")], continueFinalMessage: true)
    #expect(text == "[user]x[end][assistant]It is")
  }
}
