import ApusServe
import Foundation
import Testing

/// What clients of Triton, KServe and TensorFlow Serving send and read, byte by byte.
@Suite(.enabled(if: hasHTTP)) struct ProtocolTests {
  private let models: ServedModels
  private let client: LoopClient
  private let server: InferenceServer

  init() throws {
    models = try ServedModels()
    server = try models.start()
    client = try #require(LoopClient(server.address))
  }

  private func isEqual(_ found: Any?, _ text: String) -> Bool {
    guard let found,
      let expected = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
    else { return false }
    return (found as? NSObject)?.isEqual(expected) ?? false
  }

  private static let pair = """
    {"id":"42","inputs":[{"name":"a","shape":[2,4],"datatype":"FP32","data":[1,2,3,4,5,6,7,8]},
    {"name":"b","data":[[1,1,1,1],[0.5,5e-1,0.5,0.5]],"datatype":"FP32","shape":[2,4]}]}
    """

  @Test func inferInJSON() throws {
    let answer = try #require(client.ask("POST", "/v2/models/pair/infer", text: Self.pair))
    #expect(
      isEqual(
        answer.json,
        """
        {"id":"42","model_name":"pair","model_version":"1","outputs":[
        {"name":"sum","datatype":"FP32","shape":[2,4],"data":[2,3,4,5,5.5,6.5,7.5,8.5]},
        {"name":"difference","datatype":"FP32","shape":[2,4],"data":[0,1,2,3,4.5,5.5,6.5,7.5]}]}
        """))
    #expect(answer.headers["content-type"] == "application/json" && answer.headers["x-request-id"] != nil)
  }

  @Test func inferInBinary() throws {
    let json = Array(
      """
      {"inputs":[{"name":"a","shape":[1,4],"datatype":"FP32","parameters":{"binary_data_size":16}},
      {"name":"b","shape":[1,4],"datatype":"FP32","data":[1,1,1,1]}],
      "outputs":[{"name":"difference","parameters":{"binary_data":true}},{"name":"sum"}]}
      """.utf8)
    let body = json + bytes([Float](arrayLiteral: 1, 2, 3, 4))
    let answer = try #require(
      client.ask(
        "POST", "/v2/models/pair/versions/1/infer", headers: ["Inference-Header-Content-Length": "\(json.count)"],
        body: body))
    let length = try #require(answer.headers["inference-header-content-length"].flatMap { Int($0) })
    #expect(Array(answer.body[length...]) == bytes([Float](arrayLiteral: 0, 1, 2, 3)))
    let head = try JSONSerialization.jsonObject(with: Data(answer.body[..<length])) as? [String: Any]
    #expect(
      isEqual(
        head?["outputs"],
        """
        [{"name":"difference","datatype":"FP32","shape":[1,4],"parameters":{"binary_data_size":16}},
        {"name":"sum","datatype":"FP32","shape":[1,4],"data":[2,3,4,5]}]
        """))
  }

  @Test func textsInBothForms() throws {
    let json = Array(
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"BYTES\",\"parameters\":{\"binary_data_size\":11}}]}"
        .utf8)
    let answer = client.ask(
      "POST", "/v2/models/texts/infer", headers: ["Inference-Header-Content-Length": "\(json.count)"],
      body: json + [3, 0, 0, 0, 97, 98, 99, 0, 0, 0, 0])
    #expect(isEqual((answer?["outputs"] as? [[String: Any]])?[0]["data"], "[\"abc\",\"\"]"))
    let second = client.ask(
      "POST", "/v2/models/texts/infer",
      text:
        #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"BYTES","data":["\u00fc\n\"","b"]}],"parameters":{"binary_data_output":true}}"#
    )
    #expect(second?.body.suffix(13) == [4, 0, 0, 0, 0xc3, 0xbc, 10, 34, 1, 0, 0, 0, 98][...])
  }

  @Test func classesOfAnOutput() {
    let text = Self.pair.dropLast() + #","outputs":[{"name":"sum","parameters":{"classification":2}}]}"#
    let answer = client.ask("POST", "/v2/models/pair/infer", text: String(text))
    #expect(
      isEqual(
        answer?["outputs"],
        #"[{"name":"sum","datatype":"BYTES","shape":[2,2],"data":["5.0:3","4.0:2","8.5:3","7.5:2"]}]"#))
  }

  @Test func sequencesKeepTheirState() {
    func send(_ number: Int, _ parameters: String) -> Any? {
      let answer = client.ask(
        "POST", "/v2/models/total/infer",
        text:
          #"{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[\#(number)]}],"parameters":{\#(parameters)}}"#)
      return (answer?["outputs"] as? [[String: Any]])?.first?["data"] ?? answer?.status
    }
    #expect(isEqual(send(5, #""sequence_id":1,"sequence_start":true"#), "[5]"))
    #expect(isEqual(send(7, #""sequence_id":"two","sequence_start":true"#), "[7]"))
    #expect(isEqual(send(1, #""sequence_id":1,"sequence_end":true"#), "[6]"))
    #expect(isEqual(send(1, #""sequence_id":"two""#), "[8]"))
    #expect(isEqual(send(1, #""sequence_id":1"#), "400"))
    #expect(isEqual(send(1, ""), "400"))
  }

  @Test func whatTheServerTellsOfItself() {
    #expect(client.ask("GET", "/v2/health/live")?["live"] as? Bool == true)
    #expect(client.ask("GET", "/v2/health/ready")?["ready"] as? Bool == true)
    #expect(client.ask("GET", "/v2/models/pair/ready")?.status == 200)
    #expect(client.ask("GET", "/v2/models/none/ready")?.status == 400)
    #expect(client.ask("GET", "/v2")?["name"] as? String == "apus")
    #expect(
      isEqual(
        client.ask("GET", "/v2/models/pair")?.json,
        """
        {"name":"pair","versions":["1"],"platform":"apus_program","inputs":[{"name":"a","datatype":"FP32","shape":[-1,4]},
        {"name":"b","datatype":"FP32","shape":[-1,4]}],"outputs":[{"name":"sum","datatype":"FP32","shape":[-1,4]},
        {"name":"difference","datatype":"FP32","shape":[-1,4]}]}
        """))
    #expect(client.ask("GET", "/v2/models/pair/config")?["max_batch_size"] as? Int == 64)
    _ = client.ask("POST", "/v2/models/pair/infer", text: Self.pair)
    // The count follows the answer.
    var counted = false
    for _ in 0..<1000 where !counted {
      let statistics = (client.ask("GET", "/v2/models/pair/stats")?["model_stats"] as? [[String: Any]])?.first
      counted = statistics?["inference_count"] as? Int == 2 && statistics?["execution_count"] as? Int == 1
    }
    #expect(counted)
    let metrics = server.metricsAddress.flatMap { LoopClient($0) }?.ask("GET", "/metrics")
    #expect(metrics?.text.contains("nv_inference_request_success{model=\"pair\",version=\"1\"} 1\n") == true)
    #expect(client.ask("GET", "/", headers: ["Accept": "text/html,*/*"])?.text.contains("<html") == true)
    #expect(client.ask("GET", "/")?["status"] as? String == "alive")
  }

  @Test func modelsComeAndGo() {
    func states() -> [String] {
      let rows = client.ask("POST", "/v2/repository/index")?.json as? [[String: Any]]
      return (rows ?? []).map { "\($0["name"] ?? "") \($0["state"] ?? "-")" }
    }
    #expect(states() == ["fixed READY", "pair READY", "texts READY", "total READY"])
    #expect(client.ask("POST", "/v2/repository/models/pair/unload")?.status == 200)
    #expect(states() == ["fixed READY", "pair -", "texts READY", "total READY"])
    #expect(client.ask("POST", "/v2/models/pair/infer", text: Self.pair)?.status == 404)
    let configuration = #"{"parameters":{"config":"{\"max_batch_size\":1}"}}"#
    #expect(client.ask("POST", "/v2/repository/models/pair/load", text: configuration)?.status == 200)
    let answer = client.ask("POST", "/v2/models/pair/infer", text: Self.pair)
    #expect((answer?["error"] as? String)?.contains("batch-size must be <= 1") == true)
    for name in ["none", "..", "..%2fpair", "%2e"] {
      #expect(client.ask("POST", "/v2/repository/models/\(name)/load").map { $0.status >= 400 } == true)
    }
  }

  @Test func predictAsTensorFlowServing() {
    let rows = #"[{"a":[1,2,3,4],"b":[1,1,1,1]},{"a":[5,6,7,8],"b":[0,0,0,0]}]"#
    #expect(
      isEqual(
        client.ask(
          "POST", "/v1/models/pair:predict", text: "{\"signature_name\":\"serving_default\",\"instances\":\(rows)}")?
          .json,
        #"{"predictions":[{"sum":[2,3,4,5],"difference":[0,1,2,3]},{"sum":[5,6,7,8],"difference":[5,6,7,8]}]}"#))
    #expect(
      isEqual(
        client.ask(
          "POST", "/v1/models/pair/versions/1:predict", text: #"{"inputs":{"a":[[1,2,3,4]],"b":[[1,1,1,1]]}}"#)?.json,
        #"{"outputs":{"sum":[[2,3,4,5]],"difference":[[0,1,2,3]]}}"#))
    #expect(
      isEqual(
        client.ask("POST", "/v1/models/fixed:predict", text: #"{"inputs":[1,2,3]}"#)?.json, #"{"outputs":[2,4,6]}"#))
    #expect(
      isEqual(
        client.ask("POST", "/v1/models/texts:predict", text: #"{"instances":[["a",{"b64":"Yg=="}],["c","d"]]}"#)?.json,
        #"{"predictions":[["a","b"],["c","d"]]}"#))
    #expect(
      isEqual(
        client.ask("POST", "/v1/models/pair:classify", text: #"{"examples":[{"a":[1,2,3,4],"b":[1,1,1,1]}]}"#)?.json,
        #"{"results":[[["0",2],["1",3],["2",4],["3",5]]]}"#))
    #expect(
      isEqual(
        client.ask("GET", "/v1/models/pair")?["model_version_status"],
        #"[{"version":"1","state":"AVAILABLE","status":{"error_code":"OK","error_message":""}}]"#
      ))
    #expect(client.ask("GET", "/v1/models/pair/metadata")?["model_spec"] != nil)
    #expect(client.ask("GET", "/v1/models/pair")?["ready"] as? Bool == true)
  }

  @Test(
    arguments: [
      ("", "parse"), ("{", "byte"), ("[]", "'{'"), ("{}", "inputs"), (#"{"inputs":[]}"#, "expected 2 inputs"),
      (#"{"inputs":[{"name":"a"}]}"#, "datatype"), (#"{"inputs":[{"datatype":"FP32"}]}"#, "name"),
      (#"{"inputs":[{"name":"a","datatype":"F","shape":[1],"data":[1]}]}"#, "'F'"),
      (#"{"inputs":[{"name":"a","datatype":"FP32","data":[1]}]}"#, "shape"),
      (#"{"inputs":[{"name":"a","datatype":"FP32","shape":[-1],"data":[1]}]}"#, "no size"),
      (#"{"inputs":[{"name":"a","datatype":"FP32","shape":[2,4],"data":[1]}]}"#, "has 8"),
      (
        #"{"inputs":[{"name":"a","datatype":"FP32","shape":[1099511627776,1099511627776],"data":[1]}]}"#, "1 were found"
      ),
      (#"{"inputs":[{"name":"a","datatype":"INT8","shape":[1,1],"data":[128]}]}"#, "INT8"),
      (#"{"inputs":[{"name":"a","datatype":"FP32","shape":[1,4],"data":[1,2,3,"4"]}]}"#, "number"),
      (
        #"{"inputs":[{"name":"a","datatype":"FP32","shape":[1,4],"parameters":{"binary_data_size":16}}]}"#,
        "binary_data_size"
      ),
      (#"{"inputs":[{"name":"c","datatype":"FP32","shape":[1],"data":[1]}]}"#, "'c'"),
      (#"{"inputs":[{"name":"a","datatype":"INT32","shape":[1,4],"data":[1,2,3,4]}]}"#, "FP32"),
      (#"{"inputs":[{"name":"a","datatype":"FP32","shape":[1,3],"data":[1,2,3]}]}"#, "[-1,4]"),
      ("{\"inputs\":" + String(repeating: "[", count: 100_000), "byte"),
      ("{\"x\":" + String(repeating: "[", count: 1000), "64"),
    ]) func whatIsWrongIsTold(_ body: String, _ words: String)
  {
    let answer = client.ask("POST", "/v2/models/pair/infer", text: body)
    #expect(answer?.status == 400 && (answer?["error"] as? String)?.contains(words) == true, "\(answer?.text ?? "")")
  }

  /// Requests that are damaged at random get an answer, and the server goes on. `APUS_FUZZ` is how many there are.
  @Test func damagedRequests() throws {
    let count = ProcessInfo.processInfo.environment["APUS_FUZZ"].flatMap { Int($0) } ?? 400
    var random = Sequence64(state: 5)
    let seeds = [
      ("/v2/models/pair/infer", Self.pair),
      ("/v2/models/texts/infer", #"{"inputs":[{"name":"x","shape":[1,1],"datatype":"BYTES","data":["a"]}]}"#),
      ("/v1/models/pair:predict", #"{"instances":[{"a":[1,2,3,4],"b":[1,1,1,1]}]}"#),
      ("/v1/models/texts:predict", #"{"inputs":[["a",{"b64":"Yg=="}]]}"#), ("/v2/repository/index", #"{"ready":true}"#),
    ]
    let words = [
      "[", "]", "{", "}", ",", ":", "\"", "1e999", "-1", "99999999999999999999", "null", "\\u12", "NaN", "shape",
      "INT64", "BYTES",
    ]
    var answered = 0
    for _ in 0..<count {
      let (path, text) = seeds[random.next(seeds.count)]
      var body = Array(text.utf8)
      for _ in 0...random.next(4) {
        let place = random.next(body.count + 1)
        switch random.next(4) {
        case 0 where place < body.count: body[place] = UInt8(random.next(256))
        case 1: body.insert(contentsOf: words[random.next(words.count)].utf8, at: place)
        case 2: body.removeSubrange(place..<min(body.count, place + random.next(12)))
        default: body.insert(contentsOf: body[place..<min(body.count, place + random.next(30))], at: place)
        }
      }
      if let status = client.ask("POST", path, body: body)?.status, [200, 400].contains(status) { answered += 1 }
    }
    #expect(answered == count)
    #expect(client.ask("POST", "/v2/models/pair/infer", text: Self.pair)?.status == 200)
  }
}

/// Numbers that look random and are the same each time.
private struct Sequence64 {
  var state: UInt64
  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(max(bound, 1)))
  }
}
