import ApusServe
import ApusText
import Foundation
import Testing

@Suite struct OpenAIRequestTests {
  private func chat(_ text: String) throws(OpenAIError) -> ChatRequest { try ChatRequest(body: Array(text.utf8)) }

  @Test func chatsAreRead() throws {
    let request = try chat(
      #"""
      {"model": "m", "messages": [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        {"role": "assistant", "content": null, "tool_calls": [
          {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"x\": 1}"}}]},
        {"role": "tool", "tool_call_id": "1", "content": "2"}],
       "n": 2, "stream": true, "stream_options": {"include_usage": true}, "max_tokens": 5, "logprobs": true, "top_logprobs": 3,
       "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
       "tool_choice": {"type": "function", "function": {"name": "f"}}, "response_format": {"type": "json_object"}}
      """#)
    #expect(request.messages.map(\.role) == ["system", "user", "assistant", "tool"])
    #expect(request.messages[1].text == "ab")
    #expect(request.messages[2]["tool_calls"]?.array?[0]["function"]?["arguments"]?["x"]?.int == 1)
    #expect(request.messages[3]["tool_call_id"]?.string == "1")
    #expect(request.sampling.choices == 2 && request.sampling.isStreamed && request.sampling.wantsUsage)
    #expect(request.sampling.maxTokens == 5 && request.logProbabilities == 3)
    #expect(request.toolChoice == .function("f") && request.format == .json)
    let plain = try chat(#"{"model": "m", "messages": [{"role": "user", "content": "x"}], "temperature": null}"#)
    #expect(plain.toolChoice == .none && plain.logProbabilities == nil && plain.sampling.choices == 1)
  }

  /// What is wrong, and the field that the error names.
  static let mistakes: [(String, String?)] = [
    ("nothing", nil), ("[]", ""), ("{}", "model"), (#"{"model": "m"}"#, "messages"),
    (#"{"model": "m", "messages": []}"#, "messages"),
    (#"{"model": "m", "messages": [{"role": "x", "content": ""}]}"#, "messages[0].role"),
    (#"{"model": "m", "messages": [{"role": "user"}]}"#, "messages[0].content"),
    (
      #"{"model": "m", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]}"#,
      "messages[0].content[0].type"
    ),
    (with(#""n": 0"#), "n"), (with(#""temperature": 3"#), "temperature"), (with(#""stop": [1]"#), "stop"),
    (with(#""top_logprobs": 1"#), "top_logprobs"), (with(#""tool_choice": "required""#), "tool_choice"),
    (with(#""response_format": {"type": "xml"}"#), "response_format.type"),
    (with(#""logit_bias": {"a": 1}"#), "logit_bias"),
  ]

  /// A request with one field more.
  private static func with(_ field: String) -> String {
    #"{"model": "m", "messages": [{"role": "user", "content": "x"}], \#(field)}"#
  }

  @Test(arguments: mistakes) func mistakesAreNamed(_ text: String, _ parameter: String?) {
    let error = #expect(throws: OpenAIError.self) { try chat(text) }
    #expect(error?.status == 400)
    #expect(error?.parameter == parameter)
    #expect(error?.body["error"]?["type"]?.string == "invalid_request_error")
  }

  @Test func deepAndLongBodiesAreRefused() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: OpenAIError.self) { try chat(#"{"model": "m", "messages": \#(deep)"#) }
    #expect(throws: OpenAIError.self) { try ChatRequest(body: [UInt8](repeating: 32, count: 5 << 20)) }
  }

  @Test func promptsAreTextsOrTokens() throws {
    func prompts(_ text: String) throws -> [CompletionRequest.Prompt] {
      try CompletionRequest(body: Array(#"{"model": "m", "prompt": \#(text)}"#.utf8)).prompts
    }
    #expect(try prompts(#""a""#) == [.text("a")])
    #expect(try prompts("[1, 2]") == [.tokens([1, 2])])
    #expect(try prompts(#"["a", [3]]"#) == [.text("a"), .tokens([3])])
    #expect(throws: OpenAIError.self) { try prompts("[]") }
    #expect(throws: OpenAIError.self) { try prompts("[[]]") }
    #expect(throws: OpenAIError.self) { try prompts("1") }
  }

  @Test func vectorsAreNumbersOrBytes() throws {
    func answer(_ further: String) throws -> ChatValue {
      try EmbeddingRequest(body: Array(#"{"model": "m", "input": ["a", "b"]\#(further)}"#.utf8))
        .answer([[3, 4, 0], [0, 0, 1]], tokens: 5)
    }
    #expect(try answer("")["data"]?.array?[0]["embedding"] == [.double(3), .double(4), .double(0)])
    let text = try #require(try answer(#", "encoding_format": "base64""#)["data"]?.array?[0]["embedding"]?.string)
    let bytes = try #require(Data(base64Encoded: text))
    #expect(bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) } == [3, 4, 0])
    let short = try answer(#", "dimensions": 2"#)["data"]?.array?[0]["embedding"]?.array
    #expect(short == [.double(Double(Float(0.6))), .double(Double(Float(0.8)))])
    #expect(throws: OpenAIError.self) { try answer(#", "dimensions": 4"#) }
  }

  private func read(_ pieces: [String]) -> (text: String, calls: [ToolCallReader.Call]) {
    var reader = ToolCallReader(names: ["f", "g"])
    var text = ""
    for piece in pieces { text += reader.append(piece) }
    let (rest, calls) = reader.finish()
    return (text + rest, calls)
  }

  @Test func callsAreFound() {
    let f = ToolCallReader.Call(name: "f", arguments: #"{"x": 1}"#)
    let json = #"{"name": "f", "arguments": {"x": 1}}"#
    #expect(read(["<tool_call>\n", json, "\n</tool_call>"]).calls == [f])
    // However the text is cut.
    let whole = "Let me see. <tool_call>\(json)</tool_call><tool_call>\(json)</tool_call>"
    let found = read(whole.map { String($0) })
    #expect(found.text == "Let me see. " && found.calls == [f, f])
    #expect(read(["[TOOL_CALLS]", "[\(json)]"]).calls == [f])
    #expect(read([#"{"name": "g", "parameters": {}}"#]).calls == [.init(name: "g", arguments: "{}")])
  }

  @Test(arguments: [
    "a < b and <tool", "{\"x\": 1}", "[1, 2]", #"{"name": "unknown", "arguments": {}}"#,
    "<tool_call>no JSON</tool_call>",
    "  ", "see {\"name\": \"f\", \"arguments\": {}}",
  ]) func whatIsNoCallIsText(_ text: String) {
    let found = read(text.map { String($0) })
    #expect(found.text == text && found.calls.isEmpty)
  }
}
