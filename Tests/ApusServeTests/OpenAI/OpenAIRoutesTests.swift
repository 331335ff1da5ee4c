import Apus
import ApusFormats
import ApusModels
import ApusServe
import ApusText
import Foundation
import Synchronization
import Testing

/// The routes over a tiny model of random weights, asked over a socket.
@Suite(.enabled(if: hasHTTP)) struct OpenAIRoutesTests {
  private static let template =
    "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if tools %}T{% endif %}assistant: "

  /// A tokeniser whose tokens are the visible letters of ASCII, a space and an end.
  private static func tokenizer() throws -> Tokenizer {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("openai-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try writeTokenizer(to: folder)
    return try Tokenizer(path: folder.path)
  }

  private static func writeTokenizer(to folder: URL) throws {
    var trainer = TokenizerTrainer(.bytePairs(), vocabularySize: 97, specialTokens: ["</s>"])
    trainer.initialAlphabet = String(
      String.UnicodeScalarView((10...126).filter { $0 == 10 || $0 > 31 }.map { Unicode.Scalar($0) }))
    trainer.decoder = #"{"type": "Fuse"}"#
    try trainer.train(["a"]).write(folder.appendingPathComponent("tokenizer.json").path)
    let configuration: ChatValue = ["eos_token": "</s>", "chat_template": .string(template)]
    try configuration.json.write(
      to: folder.appendingPathComponent("tokenizer_config.json"), atomically: true, encoding: .utf8)
  }

  private static func generator() throws -> TextGenerator {
    manualSeed(1)
    let tokenizer = try tokenizer()
    let sizes = [
      "vocab_size": tokenizer.vocabularySize, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
      "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 256,
    ]
    var values = sizes.mapValues { JSON.int($0) }
    values["model_type"] = .string("llama")
    let model = try CausalLanguageModel<LlamaModel>(ApusModels.ModelConfiguration(values, path: "config.json"))
    for parameter in model.parameters() where parameter.rank > 1 { Init.normal(parameter, std: 0.4) }
    model.eval()
    return try TextGenerator(model as any GenerativeModel, tokenizer)
  }

  private struct Server {
    let generator: TextGenerator
    let server: HTTPServer
    let service: LanguageService

    init() throws {
      generator = try OpenAIRoutesTests.generator()
      service = LanguageService("tiny", generator)
      server = try HTTPServer(at: "127.0.0.1:0", handler: OpenAIRoutes([service]))
    }

    func ask(_ path: String, _ body: String) throws -> LoopClient.Answer {
      try #require(LoopClient(server.address)?.ask("POST", path, text: body))
    }

    func json(_ path: String, _ body: String) throws -> ChatValue {
      let answer = try ask(path, body)
      #expect(answer.status == 200, "\(answer.text)")
      return try ChatValue(json: answer.text)
    }

    /// The objects of a stream of events, whose end must be marked.
    func events(_ path: String, _ body: String) throws -> [ChatValue] {
      let lines = try ask(path, body).text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
      #expect(lines.last == "data: [DONE]")
      return try lines.dropLast().map { try ChatValue(json: String($0.dropFirst("data: ".count))) }
    }
  }

  private let chat = #""model": "tiny", "messages": [{"role": "user", "content": "Hello"}], "temperature": 0"#

  @Test func answersAreThoseOfTheGenerator() throws {
    let server = try Server()
    let found = try server.json("/v1/chat/completions", "{\(chat), \"max_tokens\": 12}")
    var generator = server.generator
    generator.configuration.maxNewTokens = 12
    let wanted = try generator.chat([.user("Hello")])
    let choice = try #require(found["choices"]?.array?.first)
    #expect(choice["message"]?["content"]?.string == wanted)
    #expect(choice["finish_reason"]?.string == "length")
    let prompt = try generator.ids(of: [.user("Hello")]).count
    #expect(found["usage"]?["prompt_tokens"]?.int == prompt)
    #expect(found["usage"]?["completion_tokens"]?.int == 12)
    #expect(found["object"]?.string == "chat.completion" && found["model"]?.string == "tiny")

    let events = try server.events(
      "/v1/chat/completions",
      "{\(chat), \"max_tokens\": 12, \"stream\": true, \"stream_options\": {\"include_usage\": true}}")
    let text = events.compactMap { $0["choices"]?.array?.first?["delta"]?["content"]?.string }.joined()
    #expect(text == wanted)
    #expect(events.first?["choices"]?.array?[0]["delta"]?["role"]?.string == "assistant")
    #expect(events.last?["usage"]?["completion_tokens"]?.int == 12)
    #expect(events.dropLast().last?["choices"]?.array?[0]["finish_reason"]?.string == "length")

    // A stop string ends the text and is no part of it.
    let stop = String(wanted.dropFirst(4).prefix(2))
    let stopped = try server.json(
      "/v1/chat/completions", "{\(chat), \"max_tokens\": 12, \"stop\": \(ChatValue.string(stop).json)}")
    let place = try #require(wanted.range(of: stop))
    #expect(stopped["choices"]?.array?[0]["message"]?["content"]?.string == String(wanted[..<place.lowerBound]))
    #expect(stopped["choices"]?.array?[0]["finish_reason"]?.string == "stop")
  }

  @Test func schemasHold() throws {
    let server = try Server()
    let schema =
      #"{"type": "object", "properties": {"n": {"type": "integer", "minimum": 0, "maximum": 9}}, "required": ["n"], "additionalProperties": false}"#
    let found = try server.json(
      "/v1/chat/completions",
      "{\(chat), \"max_tokens\": 60, \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"s\", \"schema\": \(schema)}}}"
    )
    let text = try #require(found["choices"]?.array?[0]["message"]?["content"]?.string)
    #expect((0...9).contains(try #require(try ChatValue(json: text)["n"]?.int)))

    let tools = "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"roll\", \"parameters\": \(schema)}}]"
    let called = try server.json(
      "/v1/chat/completions", "{\(chat), \"max_tokens\": 100, \(tools), \"tool_choice\": \"required\"}")
    let choice = try #require(called["choices"]?.array?[0])
    #expect(choice["finish_reason"]?.string == "tool_calls")
    let call = try #require(choice["message"]?["tool_calls"]?.array?[0]["function"])
    #expect(call["name"]?.string == "roll")
    #expect(try ChatValue(json: call["arguments"]?.string ?? "")["n"]?.int != nil)
    let events = try server.events(
      "/v1/chat/completions",
      "{\(chat), \"max_tokens\": 100, \"stream\": true, \(tools), \"tool_choice\": \"required\"}")
    #expect(events.contains { $0["choices"]?.array?[0]["delta"]?["tool_calls"]?.array?[0]["index"]?.int == 0 })
  }

  @Test func textsGoOn() throws {
    let server = try Server()
    let found = try server.json(
      "/v1/completions",
      #"{"model": "tiny", "prompt": ["Hello", "Another one"], "max_tokens": 6, "temperature": 0, "echo": true, "logprobs": 2, "logit_bias": {"0": -100}}"#
    )
    let choices = try #require(found["choices"]?.array)
    var generator = server.generator
    generator.configuration.maxNewTokens = 6
    // No text ends before its length.
    generator.configuration.sequenceBias = [.init([0], -100)]
    for (choice, prompt) in zip(choices, ["Hello", "Another one"]) {
      #expect(try choice["text"]?.string == prompt + generator.generate(prompt))
      let values = try #require(choice["logprobs"]?["token_logprobs"]?.array)
      #expect(values.count == prompt.count + 6 && values[0] == .null)
      #expect(choice["logprobs"]?["text_offset"]?.array?.prefix(3) == [0, 1, 2])
    }
    // A text that is scored alone has the probabilities of its tokens when it was generated.
    let text = try #require(choices[0]["text"]?.string)
    let scored = try server.json(
      "/v1/completions",
      "{\"model\": \"tiny\", \"prompt\": \(ChatValue.string(text).json), \"max_tokens\": 0, \"echo\": true, \"logprobs\": 0}"
    )
    func number(_ value: ChatValue?) -> Double { if case .double(let x)? = value { x } else { .nan } }
    let first = choices[0]["logprobs"]?["token_logprobs"]?.array ?? []
    let second = scored["choices"]?.array?[0]["logprobs"]?["token_logprobs"]?.array ?? []
    #expect(first.count == second.count)
    for (a, b) in zip(first, second).dropFirst() { #expect(abs(number(a) - number(b)) < 1e-4) }

    let several = try server.events(
      "/v1/completions",
      #"{"model": "tiny", "prompt": "Hi", "max_tokens": 5, "n": 3, "seed": 4, "temperature": 1, "stream": true}"#)
    #expect(Set(several.compactMap { $0["choices"]?.array?[0]["index"]?.int }) == [0, 1, 2])
  }

  @Test func mistakesHaveTheirStatus() throws {
    let server = try Server()
    #expect(
      try server.ask("/v1/chat/completions", #"{"model": "other", "messages": [{"role": "user", "content": ""}]}"#)
        .status == 404)
    #expect(try server.ask("/v1/chat/completions", "{").status == 400)
    #expect(try server.ask("/v1/none", "{}").status == 404)
    #expect(try server.ask("/v1/models", "{}").status == 405)
    let long = try server.ask(
      "/v1/completions",
      "{\"model\": \"tiny\", \"prompt\": \"\(String(repeating: "a", count: 300))\", \"stream\": true}")
    #expect(long.status == 400)
    #expect(try ChatValue(json: long.text)["error"]?["code"]?.string == "context_length_exceeded")
    #expect(try server.ask("/v1/completions", "{\"model\": \"tiny\", \"prompt\": [100000]}").status == 400)
    let models = try #require(LoopClient(server.server.address)?.ask("GET", "/v1/models"))
    #expect(try ChatValue(json: models.text)["data"]?.array?[0]["id"]?.string == "tiny")
  }

  @Test func whoLeavesEndsTheText() throws {
    let server = try Server()
    var client = LoopClient(server.server.address)
    client?.send(
      "POST /v1/completions HTTP/1.1\r\nHost: t\r\nContent-Length: 66\r\n\r\n"
        + #"{"model": "tiny", "prompt": "a", "max_tokens": 250, "stream": true}"#.padding(
          toLength: 66, withPad: " ", startingAt: 0))
    client = nil
    // Others are answered as before, and nothing is left running.
    #expect(try server.ask("/v1/completions", #"{"model": "tiny", "prompt": "b", "max_tokens": 2}"#).status == 200)
    for _ in 0..<2000 where server.service.texts.batch.statistics.running > 0 { usleep(1000) }
    #expect(server.service.texts.batch.statistics.running == 0)
  }

  @Test func whatIsCountedOfLanguageModels() throws {
    let server = try Server()
    let routes = OpenAIRoutes([server.service])
    #expect(routes.metrics.contains("apus_generated_tokens_total{model=\"tiny\"} 0\n"))
    _ = try server.ask("/v1/completions", #"{"model":"tiny","prompt":"abc","max_tokens":5,"ignore_eos":true}"#)
    // They are counted behind the run that gave the last token.
    for _ in 0..<2000 where server.service.texts.batch.statistics.generatedTokens < 5 { usleep(1000) }
    let lines = routes.metrics.split(separator: "\n")
    #expect(lines.contains("apus_prompt_tokens_total{model=\"tiny\"} 3"))
    #expect(lines.contains { $0.hasPrefix("apus_cache_tokens{model=\"tiny\"} ") && !$0.hasSuffix(" 0") })
    #expect(OpenAIRoutes([]).metrics.isEmpty)
  }

  @Test func refusalsAreInTheFormOfTheirClients() throws {
    let models = try ServedModels()
    try models.write("secret-one alice\n", to: "keys/keys.txt")
    let server = try models.start { $0.keys = models.file("keys/keys.txt") }
    let client = try #require(LoopClient(server.address))
    let refused = client.ask("POST", "/v1/chat/completions", text: "{}")
    #expect(
      refused?.status == 401 && (refused?["error"] as? [String: Any])?["type"] as? String == "authentication_error")
    // Other routes have the form of theirs.
    #expect(LoopClient(server.address)?.ask("GET", "/v2/models/pair")?["error"] is String)
  }

  @Test func priorityAndTime() throws {
    let server = try Server()
    let short = #"{"model":"tiny","prompt":"a","max_tokens":2,"#
    #expect(try server.ask("/v1/completions", short + #""priority":-3,"timeout":20}"#).status == 200)
    let late = try server.ask(
      "/v1/completions", #"{"model":"tiny","prompt":"a","max_tokens":200,"ignore_eos":true,"timeout":0.001}"#)
    #expect(late.status == 503 || late.text.contains("length"), "\(late.text)")
    for wrong in [#""priority":"high"}"#, #""timeout":0}"#] {
      #expect(try server.ask("/v1/completions", short + wrong).status == 400)
    }
    let client = try #require(LoopClient(server.server.address))
    func ask(_ headers: [String: String]) -> Int? {
      client.ask("POST", "/v1/completions", headers: headers, text: #"{"model":"tiny","prompt":"a","max_tokens":2}"#)?
        .status
    }
    #expect(ask(["X-Request-Priority": "5", "X-Request-Timeout": "2.5"]) == 200)
    #expect(ask(["X-Request-Priority": "soon"]) == 400)
    #expect(ask(["X-Request-Timeout": "-1"]) == 400)
  }

  @Test func languageModelsComeAndGo() throws {
    let models = try ServedModels()
    let generator = try Self.generator()
    func write(_ name: String) throws {
      try (generator.model as? CausalLanguageModel<LlamaModel>)?.save(to: models.file(name))
      try Self.writeTokenizer(to: URL(fileURLWithPath: models.file(name)))
    }
    let server = try models.start { $0.control = .explicit(load: ["pair"]) }
    let client = try #require(LoopClient(server.address))
    func answers() -> Int? {
      client.ask("POST", "/v1/completions", text: #"{"model":"tiny","prompt":"a","max_tokens":2}"#)?.status
    }
    try write("tiny/1")
    #expect(answers() == 404)
    #expect(client.ask("POST", "/v2/repository/models/tiny/load")?.status == 200)
    #expect(answers() == 200 && server.models.contains("tiny"))
    #expect(client.ask("POST", "/v2/repository/index")?.text.contains(#""name": "tiny", "state": "READY""#) == true)
    // A version that is broken takes no place.
    try write("tiny/2")
    try models.write("none", to: "tiny/2/model.safetensors")
    #expect(client.ask("POST", "/v2/repository/models/tiny/load")?.status == 400)
    #expect(answers() == 200)
    // One that is whole takes the place while texts are written.
    let isOver = Atomic<Bool>(false), wrong = Atomic<Int>(0), ended = DispatchSemaphore(value: 0)
    let address = server.address
    Thread.detachNewThread {
      while !isOver.load(ordering: .relaxed) {
        let body = #"{"model":"tiny","prompt":"b","max_tokens":20}"#
        if LoopClient(address)?.ask("POST", "/v1/completions", text: body)?.status != 200 {
          wrong.add(1, ordering: .relaxed)
        }
      }
      ended.signal()
    }
    for version in 3...5 {
      try write("tiny/\(version)")
      #expect(client.ask("POST", "/v2/repository/models/tiny/load")?.status == 200)
    }
    isOver.store(true, ordering: .relaxed)
    ended.wait()
    #expect(wrong.load(ordering: .relaxed) == 0)
    #expect(client.ask("POST", "/v2/repository/models/tiny/unload")?.status == 200)
    #expect(answers() == 404)
    // A model of its own path.
    var options = ServeOptions()
    (options.http, options.metrics, options.log) = ("127.0.0.1:0", nil, .off)
    let alone = try InferenceServer(folder: models.file("tiny/5"), options: options)
    #expect(alone.waitUntilLoaded() && alone.models == ["5"])
    alone.stop(within: 1)
  }
}
