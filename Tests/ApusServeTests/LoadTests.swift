import Apus
import ApusServe
import Foundation
import Synchronization
import Testing

/// What becomes of many requests, of models that change, and of clients without rights.
@Suite(.enabled(if: hasHTTP)) struct LoadTests {
  private static func body(_ number: Int, parameters: String = "") -> String {
    """
    {"inputs":[{"name":"a","shape":[1,4],"datatype":"FP32","data":[\(number),2,3,4]},
    {"name":"b","shape":[1,4],"datatype":"FP32","data":[1,1,1,1]}],
    "outputs":[{"name":"sum"}],"parameters":{\(parameters)}}
    """
  }

  private static func sum(_ answer: LoopClient.Answer?) -> Double? {
    ((answer?["outputs"] as? [[String: Any]])?.first?["data"] as? [Double])?.first
  }

  private static func request(_ path: String, _ body: String) -> [UInt8] {
    Array("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
  }

  private func statistics(_ client: LoopClient, _ model: String) -> [String: Any] {
    (client.ask("GET", "/v2/models/\(model)/stats")?["model_stats"] as? [[String: Any]])?.first ?? [:]
  }

  @Test func requestsAreJoinedAndComeApart() throws {
    let models = try ServedModels()
    try models.write(
      """
      max_batch_size: 16
      dynamic_batching { preferred_batch_size: [ 16 ] max_queue_delay_microseconds: 2000000 }
      """, to: "pair/config.pbtxt")
    let server = try models.start()
    let clients = try (0..<16).map { _ in try #require(LoopClient(server.address)) }
    for (i, client) in clients.enumerated() { client.send(Self.request("/v2/models/pair/infer", Self.body(i))) }
    for (i, client) in clients.enumerated() { #expect(Self.sum(client.answer()) == Double(i + 1)) }
    var found: [String: Any] = [:]
    for _ in 0..<1000 where found["inference_count"] as? Int != 16 { found = statistics(clients[0], "pair") }
    #expect(found["inference_count"] as? Int == 16)
    // All wait for the sixteenth.
    #expect(found["execution_count"] as? Int == 1)
  }

  @Test func aRequestThatIsTooLateIsToldSo() throws {
    let models = try ServedModels()
    try models.write(
      """
      max_batch_size: 4
      dynamic_batching {
        preferred_batch_size: [ 4 ] max_queue_delay_microseconds: 300000
        default_queue_policy { max_queue_size: 2 allow_timeout_override: true }
      }
      """, to: "pair/config.pbtxt")
    let server = try models.start()
    let clients = try (0..<8).map { _ in try #require(LoopClient(server.address)) }
    // Two wait for others longer than they allow; the queue has no room for more.
    for client in clients {
      client.send(Self.request("/v2/models/pair/infer", Self.body(1, parameters: "\"timeout\":50000")))
    }
    var statuses: [Int: Int] = [:]
    for client in clients {
      guard let answer = client.answer() else { continue }
      statuses[answer.status, default: 0] += 1
      if answer.status != 200 {
        let words = answer["error"] as? String ?? ""
        #expect(words.contains("requests waiting") || words.contains("timeout"), "\(words)")
      }
    }
    #expect(statuses.values.reduce(0, +) == 8 && (statuses[503] ?? 0) > 0 && statuses.count <= 2)
  }

  @Test func aRequestWhoseClientLeftIsNotRun() throws {
    let models = try ServedModels()
    try models.write(
      """
      max_batch_size: 4
      dynamic_batching { max_queue_delay_microseconds: 300000 }
      """, to: "pair/config.pbtxt")
    let server = try models.start()
    let metrics = try #require(LoopClient(server.metricsAddress ?? ""))
    func pending() -> Bool {
      metrics.ask("GET", "/metrics")?.text.contains(
        "nv_inference_pending_request_count{model=\"pair\",version=\"1\"} 1\n")
        == true
    }
    do {
      let client = try #require(LoopClient(server.address))
      client.send(Self.request("/v2/models/pair/infer", Self.body(1)))
      while !pending() {}
    }
    while pending() {}
    let found = statistics(try #require(LoopClient(server.address)), "pair")
    #expect(found["execution_count"] as? Int == 0)
  }

  @Test func aBadVersionDoesNotReplaceAGoodOne() throws {
    let models = try ServedModels()
    let server = try models.start()
    let client = try #require(LoopClient(server.address))
    try models.pair(version: 2, adding: 10)
    #expect(client.ask("POST", "/v2/repository/models/pair/load")?.status == 200)
    #expect(Self.sum(client.ask("POST", "/v2/models/pair/infer", text: Self.body(1))) == 12)
    #expect(client.ask("POST", "/v2/models/pair/versions/1/infer", text: Self.body(1))?.status == 404)
    try models.write("no program", to: "pair/3/model.apus")
    let answer = client.ask("POST", "/v2/repository/models/pair/load")
    #expect(answer?.status == 400 && (answer?["error"] as? String)?.contains("model.apus") == true)
    #expect(Self.sum(client.ask("POST", "/v2/models/pair/infer", text: Self.body(1))) == 12)
    let rows = client.ask("POST", "/v2/repository/index")?.json as? [[String: Any]]
    #expect(rows?.contains { $0["version"] as? String == "3" && $0["state"] as? String == "UNAVAILABLE" } == true)
    // The same version with other numbers, while requests are on their way.
    try FileManager.default.removeItem(atPath: models.file("pair/3"))
    try models.pair(version: 2, adding: 20)
    #expect(client.ask("POST", "/v2/repository/models/pair/load")?.status == 200)
    #expect(Self.sum(client.ask("POST", "/v2/models/pair/infer", text: Self.body(1))) == 22)
    try models.write("max_batch_size: -", to: "pair/config.pbtxt")
    #expect(client.ask("POST", "/v2/repository/models/pair/load")?.status == 400)
    #expect(Self.sum(client.ask("POST", "/v2/models/pair/infer", text: Self.body(1))) == 22)
  }

  @Test func aFolderThatIsLookedAt() throws {
    let models = try ServedModels()
    let server = try models.start { $0.control = .poll(seconds: 0.05) }
    let client = try #require(LoopClient(server.address))
    #expect(client.ask("POST", "/v2/repository/models/pair/load")?.status == 400)
    try models.pair(version: 1, adding: 5, to: "more")
    try FileManager.default.removeItem(atPath: models.file("texts"))
    var isChanged = false
    for _ in 0..<2000 where !isChanged {
      isChanged = server.models == ["fixed/1", "more/1", "pair/1", "total/1"]
      usleep(2000)
    }
    #expect(isChanged)
    #expect(Self.sum(client.ask("POST", "/v2/models/more/infer", text: Self.body(1))) == 7)
  }

  @Test func aLinkThatLeadsOutIsNotFollowed() throws {
    let models = try ServedModels()
    let outside = FileManager.default.temporaryDirectory.appendingPathComponent("apus-outside-\(UUID().uuidString)")
      .path
    defer { try? FileManager.default.removeItem(atPath: outside) }
    try FileManager.default.copyItem(atPath: models.file("pair"), toPath: outside)
    try FileManager.default.createSymbolicLink(atPath: models.file("linked"), withDestinationPath: outside)
    let server = try models.start()
    #expect(!server.models.contains("linked/1"))
  }

  @Test func aKeyWithManyRequestsKeepsNobodyWaiting() throws {
    let models = try ServedModels()
    try models.write("secret-one alice\nsecret-two bob\n", to: "pair/keys.txt")
    try models.write(
      """
      max_batch_size: 64
      dynamic_batching {
        max_queue_delay_microseconds: 500000
        default_queue_policy { max_queue_size: 4 }
      }
      """, to: "pair/config.pbtxt")
    let server = try models.start { $0.keys = models.file("pair/keys.txt") }
    func client(_ key: String) throws -> LoopClient {
      let client = try #require(LoopClient(server.address))
      let body =
        #"{"inputs":[{"name":"a","datatype":"FP32","shape":[1,4],"data":[1,2,3,4]},"#
        + #"{"name":"b","datatype":"FP32","shape":[1,4],"data":[1,2,3,4]}]}"#
      client.send(
        "POST /v2/models/pair/infer HTTP/1.1\r\nHost: t\r\nX-API-Key: \(key)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
          + body)
      usleep(20_000)
      return client
    }
    // Five requests of one key for four places, and one of another, which takes the place of the last.
    let many = try (0..<5).map { _ in try client("secret-one") }
    let one = try client("secret-two")
    #expect(one.answer()?.status == 200)
    #expect(many.map { $0.answer()?.status } == [200, 200, 200, 503, 503])
  }

  @Test func oneModelByItsPath() throws {
    let models = try ServedModels()
    let server = try InferenceServer(folder: models.file("pair/1/model.apus"), options: quiet())
    #expect(server.waitUntilLoaded() && server.models == ["1/1"])
    server.stop(within: 0)
    try FileManager.default.copyItem(atPath: models.file("pair/1/model.apus"), toPath: models.file("sums.apus"))
    let named = try InferenceServer(folder: models.file("sums.apus"), options: quiet())
    #expect(named.waitUntilLoaded() && named.models == ["sums/1"])
    #expect(LoopClient(named.address)?.ask("GET", "/v2/models/sums")?.status == 200)
    #expect(throws: (any Error).self) { try InferenceServer(folder: models.file("none.apus"), options: quiet()) }
    try models.write("text", to: "notes/notes.txt")
    #expect(throws: (any Error).self) { try InferenceServer(folder: models.file("notes/notes.txt"), options: quiet()) }
  }

  private func quiet() -> ServeOptions {
    var options = ServeOptions()
    (options.http, options.metrics, options.log) = ("127.0.0.1:0", nil, .off)
    return options
  }

  @Test func aServerTakesThePlaceOfAnother() throws {
    let models = try ServedModels()
    let first = try models.start()
    let taken = Atomic<Bool>(false)
    try first.offerSockets { taken.store(true, ordering: .releasing) }
    let kept = try #require(LoopClient(first.address))
    #expect(kept.ask("GET", "/v2/models/pair")?.status == 200)
    var options = quiet()
    (options.http, options.metrics, options.takesOver) = (first.address, first.metricsAddress, true)
    // One that cannot load its models takes nothing.
    try models.write("{", to: "broken/bad/config.json")
    #expect(throws: (any Error).self) { try InferenceServer(folder: models.file("broken"), options: options) }
    let isTakenTooSoon = taken.load(ordering: .acquiring)
    #expect(!isTakenTooSoon)
    try FileManager.default.removeItem(atPath: models.file("broken"))
    let right = Atomic<Int>(0), wrong = Atomic<Int>(0), isOver = Atomic<Bool>(false)
    let (address, threads) = (first.address, 4)
    let ended = DispatchGroup()
    for _ in 0..<threads {
      ended.enter()
      Thread.detachNewThread {
        while !isOver.load(ordering: .relaxed) {
          let answer = LoopClient(address)?.ask("GET", "/v2/models/pair")
          if answer?.status == 200 { right.add(1, ordering: .relaxed) } else { wrong.add(1, ordering: .relaxed) }
        }
        ended.leave()
      }
    }
    let second = try InferenceServer(folder: models.path, options: options)
    #expect(second.address == first.address && second.metricsAddress == first.metricsAddress)
    for _ in 0..<2000 where !taken.load(ordering: .acquiring) { usleep(1000) }
    let isTaken = taken.load(ordering: .acquiring)
    #expect(isTaken)
    first.stop(within: 5)
    usleep(100_000)
    isOver.store(true, ordering: .relaxed)
    ended.wait()
    #expect(wrong.load(ordering: .relaxed) == 0 && right.load(ordering: .relaxed) > 10)
    #expect(LoopClient(address)?.ask("GET", "/v2/models/pair")?.status == 200)
    second.stop(within: 5)
    #expect(LoopClient(address) == nil)
    // Nobody offers anything now.
    #expect(throws: (any Error).self) { try InferenceServer(folder: models.path, options: options) }
  }

  @Test func keysAndTheirLimits() throws {
    let models = try ServedModels()
    try models.write("# clients\nsecret-one alice\nsecret-two bob 2\n", to: "pair/keys.txt")
    let server = try models.start { $0.keys = models.file("pair/keys.txt") }
    func status(_ headers: [String: String], _ path: String = "/v2/models/pair") -> Int? {
      LoopClient(server.address)?.ask("GET", path, headers: headers)?.status
    }
    #expect(status([:]) == 401)
    #expect(status(["Authorization": "Bearer secret-on"]) == 401)
    #expect(status(["Authorization": "Bearer secret-one"]) == 200)
    #expect(status(["X-API-Key": "secret-one"]) == 200)
    #expect(status([:], "/v2/health/ready") == 200)
    let statuses = (0..<5).map { _ in status(["X-API-Key": "secret-two"]) }
    #expect(statuses[0] == 200 && statuses[4] == 429)
    #expect(throws: (any Error).self) { try models.start { $0.keys = models.file("none.txt") } }
  }

  @Test func memoryThatIsUsedUp() throws {
    let models = try ServedModels()
    let server = try models.start { $0.memory = 1 }
    let client = try #require(LoopClient(server.address))
    let answer = client.ask("POST", "/v2/models/pair/infer", text: Self.body(1))
    #expect(answer?.status == 503 && answer?.headers["retry-after"] == "1")
    #expect(LoopClient(server.address)?.ask("GET", "/v2/health/live")?.status == 200)
  }

  @Test func aConfigurationInJSON() throws {
    let models = try ServedModels()
    try models.write(
      """
      {"max_batch_size": 3, "input": [{"name": "a", "data_type": "TYPE_FP32", "dims": ["4"]}],
       "output": [{"name": "sum", "label_filename": "names.txt"}], "instance_group": [{"count": 2}]}
      """, to: "pair/config.json")
    try models.write("one\ntwo\n", to: "pair/names.txt")
    for (name, text, words) in [
      ("type", #"{"input": [{"name": "a", "data_type": "TYPE_INT8"}]}"#, "TYPE_FP32"),
      ("port", #"{"output": [{"name": "c"}]}"#, "'c'"), ("rows", #"{"max_batch_size": -1}"#, "max_batch_size"),
      ("text", "{", "JSON"),
      ("label", #"{"output": [{"name": "sum", "label_filename": "../names"}]}"#, "label_filename"),
    ] {
      try models.pair(version: 1, to: name)
      try models.write(text, to: "\(name)/config.json")
      let server = try models.start { $0.control = .explicit(load: [name]) }
      let client = try #require(LoopClient(server.address))
      let answer = client.ask("POST", "/v2/repository/models/\(name)/load")
      #expect(answer?.status == 400 && (answer?["error"] as? String)?.contains(words) == true, "\(answer?.text ?? "")")
      server.stop(within: 0)
      try FileManager.default.removeItem(atPath: models.file(name))
    }
    let server = try models.start { $0.http = "localhost:0" }
    let client = try #require(LoopClient(server.address))
    let configuration = client.ask("GET", "/v2/models/pair/config")
    #expect(configuration?["max_batch_size"] as? Int == 3)
    #expect(((configuration?["instance_group"] as? [[String: Any]])?.first?["count"]) as? Int == 2)
    let answer = client.ask(
      "POST", "/v1/models/pair:classify", text: #"{"examples":[{"a":[1,2,3,4],"b":[0,0,0,0]}]}"#)
    let results = (answer?["results"] as? [[[Any]]])?.first
    #expect(results?.map { $0.first as? String } == ["one", "two", "2", "3"])
  }

  @Test func identitiesGoThrough() throws {
    let models = try ServedModels()
    let server = try models.start()
    let client = try #require(LoopClient(server.address))
    #expect(client.ask("GET", "/v2", headers: ["X-Request-Id": "abc-1"])?.headers["x-request-id"] == "abc-1")
    #expect(client.ask("GET", "/v2", headers: ["X-Request-Id": "a\u{7f}b"])?.headers["x-request-id"]?.count == 16)
  }

  @Test func aMeasurement() throws {
    let models = try ServedModels()
    let server = try models.start()
    for rate in [nil, 500.0] {
      var test = try LoadTest(url: "http://\(server.address)/v2/models/pair/infer")
      test.body = Array(Self.body(1).utf8)
      test.clients = 4
      test.seconds = 0.2
      test.rate = rate
      let report = try test.run()
      #expect(report.statuses.keys.sorted() == [200])
      #expect(report.latencies.count == report.statuses[200] && report.percentile(0.5) ?? 0 > 0)
      if rate != nil { #expect(report.latencies.count <= 100) }
    }
    #expect(throws: (any Error).self) { try LoadTest(url: "ftp://127.0.0.1") }
  }

  @Test func languageModelsOfTheFolderAreFound() throws {
    let models = try ServedModels()
    try models.write("", to: "chat/1/model.gguf")
    try models.write("", to: "chat/2/model.gguf")
    try models.write("", to: "plain/model.gguf")
    try models.write(#"{"architectures": ["LlamaForCausalLM"]}"#, to: "folder/config.json")
    try models.write("{}", to: "folder/tokenizer.json")
    try models.write(#"{"architectures": ["BertModel"]}"#, to: "sentences/1/config.json")
    try models.write("{}", to: "sentences/1/tokenizer.json")
    try models.write("[]", to: "sentences/1/modules.json")
    // Neither writes texts.
    try models.write(#"{"architectures": ["BertForTokenClassification"]}"#, to: "classes/config.json")
    try models.write("{}", to: "classes/tokenizer.json")
    try models.write(#"{"max_batch_size": 4}"#, to: "pair/config.json")
    try models.write("", to: "outside.gguf")
    try FileManager.default.createDirectory(atPath: models.file("linked"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: models.file("linked/model.gguf"), withDestinationPath: "/etc/hostname")
    let found = LanguageFolder.all(in: models.path)
    #expect(found.map(\.name) == ["chat", "folder", "plain", "sentences"])
    #expect(found.map(\.kind) == [.language, .language, .language, .embedding])
    #expect(found.first?.path.hasSuffix("chat/2/model.gguf") ?? false)
    // The others of the folder are served as ever, and these are not looked for among them.
    let server = try models.start()
    #expect(server.models == ["fixed/1", "pair/1", "texts/1", "total/1"])
    let index = LoopClient(server.address)?.ask("POST", "/v2/repository/index")?.text ?? ""
    #expect(index.contains("pair") && index.contains("chat"))
  }

  /// `x` and `y` go through the model of sums twice, the second time with its own results.
  private static let chain = """
    platform: "ensemble"
    max_batch_size: 8
    input [ { name: "x" data_type: TYPE_FP32 dims: [ 4 ] }, { name: "y" data_type: TYPE_FP32 dims: [ 4 ] } ]
    output [ { name: "z" data_type: TYPE_FP32 dims: [ 4 ] }, { name: "first" data_type: TYPE_FP32 dims: [ 4 ] } ]
    ensemble_scheduling {
      step [
        { model_name: "pair" model_version: -1
          input_map { key: "a" value: "first" } input_map { key: "b" value: "difference" }
          output_map { key: "sum" value: "z" } },
        { model_name: "pair" input_map { key: "a" value: "x" } input_map { key: "b" value: "y" }
          output_map { key: "sum" value: "first" } output_map { key: "difference" value: "difference" } }
      ]
    }
    """

  private func request(_ a: String, _ b: String, _ rows: Int) -> String {
    let data = { (n: Int) in (0..<4 * rows).map { "\(n * $0)" }.joined(separator: ",") }
    return """
      {"inputs":[{"name":"\(a)","shape":[\(rows),4],"datatype":"FP32","data":[\(data(3))]},
      {"name":"\(b)","shape":[\(rows),4],"datatype":"FP32","data":[\(data(1))]}]}
      """
  }

  @Test func modelsOneBehindTheOther() throws {
    let models = try ServedModels()
    try models.write(Self.chain, to: "chain/config.pbtxt")
    let server = try models.start()
    #expect(server.models.contains("chain/1"))
    let client = try #require(LoopClient(server.address))
    #expect(client.ask("GET", "/v2/models/chain")?["platform"] as? String == "ensemble")
    let scheduling = client.ask("GET", "/v2/models/chain/config")?["ensemble_scheduling"] as? [String: Any]
    #expect((scheduling?["step"] as? [[String: Any]])?.count == 2)
    let answer = try #require(client.ask("POST", "/v2/models/chain/infer", text: request("x", "y", 2)))
    let outputs = answer["outputs"] as? [[String: Any]] ?? []
    // x + y = 4 i, x - y = 2 i, and the sum of both.
    #expect((outputs.first?["data"] as? [Double]) == (0..<8).map { 6.0 * Double($0) })
    #expect((outputs.last?["data"] as? [Double]) == (0..<8).map { 4.0 * Double($0) })
    #expect(client.ask("POST", "/v2/models/chain/infer", text: request("x", "y", 9))?.status == 400)
    #expect(client.ask("POST", "/v2/models/chain/infer", text: request("x", "w", 1))?.status == 400)
    // Many at once, through one model that is a step and is asked itself.
    let statuses = Mutex<[Int?]>([])
    DispatchQueue.concurrentPerform(iterations: 32) { i in
      let client = LoopClient(server.address)
      let status =
        i % 2 == 0
        ? client?.ask("POST", "/v2/models/chain/infer", text: request("x", "y", 1 + i % 3))?.status
        : client?.ask("POST", "/v2/models/pair/infer", text: request("a", "b", 1))?.status
      statuses.withLock { $0.append(status) }
    }
    #expect(statuses.withLock { $0 } == [Int?](repeating: 200, count: 32))
    // A step whose model has gone is an error of the request.
    #expect(client.ask("POST", "/v2/repository/models/pair/unload")?.status == 200)
    let gone = client.ask("POST", "/v2/models/chain/infer", text: request("x", "y", 1))
    #expect(gone?.status == 404 && gone?.text.contains("pair") ?? false)
  }

  @Test(arguments: [
    ("value: \"x\"", "value: \"nowhere\"", "'nowhere', which is no input"),
    ("value: \"y\"", "value: \"z\"", "'pair', 'pair' wait for each other"),
    ("value: \"z\" }", "value: \"other\" }", "no step makes the output 'z'"),
    ("value: \"z\" }", "value: \"first\" }", "two steps of the ensemble make 'first'"),
    ("dims: [ 4 ] } ]", "} ]", "needs data_type and dims"),
    ("model_name: \"pair\" input", "input", "needs a model_name"),
    ("model_name: \"pair\" input", "model_name: \"../pair\" input", "needs a model_name"),
  ])
  func ensemblesThatCannotBe(_ part: String, _ other: String, _ message: String) throws {
    let models = try ServedModels()
    try models.write(Self.chain.replacingOccurrences(of: part, with: other), to: "chain/config.pbtxt")
    let server = try models.start()
    #expect(!server.models.contains("chain/1"))
    let index = LoopClient(server.address)?.ask("POST", "/v2/repository/index")?.text ?? ""
    #expect(index.contains(message), "\(index)")
  }

  @Test func ensemblesOfEnsemblesAreRefused() throws {
    let models = try ServedModels()
    try models.write(Self.chain.replacingOccurrences(of: "\"pair\"", with: "\"chain\""), to: "chain/config.pbtxt")
    let server = try models.start()
    let answer = LoopClient(server.address)?.ask("POST", "/v2/models/chain/infer", text: request("x", "y", 1))
    #expect(answer?.status == 400 && answer?.text.contains("cannot be a step") ?? false)
  }
}
