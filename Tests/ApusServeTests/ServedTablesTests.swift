import Apus
import ApusFeatures
import ApusServe
import Foundation
import Testing

/// Raw rows of a table, over every protocol, through the program of a transform and a model.
@Suite(.enabled(if: hasHTTP)) struct ServedTablesTests {
  private let models: ServedModels
  private let client: LoopClient
  private let server: InferenceServer
  private let table: Table
  /// What the transform and the model give without a program, and what the program's file gives: shape [rows, 2].
  private let eager: Tensor
  private let expected: [Float]

  private static let islands: [String?] = [
    "Biscoe", "Dream", nil, "Torgersen", "M\u{f6}wen \"1\"", "Biscoe", "Dream", "Biscoe",
  ]
  private static let lengths: [Double?] = [190.5, 181, 203, nil, 177.25, 210, 195, 0.1]
  private static let years = [2007, 2008, 2009, 2007, 2008, 2009, 2007, 2008]
  private static let notes: [String?] = [
    "small, brown", "Big bird", nil, "", "brown bird; BROWN", "a b c d e f", "big", "x",
  ]

  init() throws {
    models = try ServedModels()
    table = try Table([
      ("island", Column(Self.islands)), ("length", Column(Self.lengths)), ("year", Column(Self.years)),
      ("note", Column(Self.notes)), ("kind", Column(["a", "b", "a", "b", "a", "a", "b", "b"])),
    ])
    var transform = TableTransform()
    transform.category("island", .index, vocabulary: .most(2), unknown: .buckets(3))
    transform.numeric("length", .standardised, missing: .mean, indicator: true)
    transform.category("year")
    transform.text("note", vocabulary: .given(["brown", "bird", "brown bird"]), ngrams: 2, hashed: 2, length: 4)
    transform.category("kind", role: .label)
    let fitted = try transform.fit(table)
    manualSeed(5)
    let embedding = Embedding(fitted.categoryCounts["island"] ?? 0, 3)
    let linear = Linear(3 + fitted.featureNames.count, 2)
    let model = Sequential(embedding, linear)
    func call(_ features: TableFeatures) -> Tensor {
      linear(cat([embedding(features["island"]), features.dense], dim: 1))
    }
    let folder = models.file("tables")
    try exportServed(of: model, transform: fitted, to: folder, outputNames: ["logits"]) { [call($0)] }
    eager = call(try fitted(table))
    let program = try Program.load("\(folder)/1/model.apus")
    expected = try program(try fitted.raw(table))[0].reshape([-1]).array(as: Float.self)
    server = try models.start()
    client = try #require(LoopClient(server.address))
  }

  private static func json(_ values: [Any?]) -> String {
    let data = try? JSONSerialization.data(withJSONObject: values.map { $0 ?? NSNull() })
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  private func numbers(_ value: Any?) -> [Float] {
    if let list = value as? [Any] { return list.flatMap { numbers($0) } }
    return (value as? NSNumber).map { [Float(truncating: $0)] } ?? []
  }

  @Test func programsGiveWhatTheModelGives() {
    #expect(allclose(eager.reshape([-1]), Tensor(expected), rtol: 1e-5, atol: 1e-6) && expected.count == 16)
  }

  @Test func openInferenceProtocolInJSON() throws {
    let body = """
      {"inputs":[
      {"name":"island","shape":[8],"datatype":"BYTES","data":\(Self.json(Self.islands))},
      {"name":"length","data":\(Self.json(Self.lengths)),"shape":[8],"datatype":"FP32"},
      {"name":"year","shape":[8],"datatype":"INT64","data":\(Self.json(Self.years))},
      {"name":"note","shape":[8],"datatype":"BYTES","data":\(Self.json(Self.notes))}]}
      """
    let answer = try #require(client.ask("POST", "/v2/models/tables/infer", text: body))
    let output = try #require((answer["outputs"] as? [[String: Any]])?.first, "\(answer.text)")
    #expect(numbers(output["data"]) == expected)
  }

  @Test func openInferenceProtocolInBinary() throws {
    func texts(_ values: [String?]) -> [UInt8] {
      values.flatMap { bytes([UInt32(($0 ?? "").utf8.count)]) + Array(($0 ?? "").utf8) }
    }
    let parts = [
      texts(Self.islands), bytes(Self.lengths.map { Float($0 ?? .nan) }), bytes(Self.years.map { Int64($0) }),
      texts(Self.notes),
    ]
    let names = [("island", "BYTES"), ("length", "FP32"), ("year", "INT64"), ("note", "BYTES")]
    let inputs = zip(names, parts).map { name, part in
      "{\"name\":\"\(name.0)\",\"shape\":[8],\"datatype\":\"\(name.1)\",\"parameters\":{\"binary_data_size\":\(part.count)}}"
    }
    let head = Array(
      "{\"inputs\":[\(inputs.joined(separator: ","))],\"parameters\":{\"binary_data_output\":true}}".utf8)
    let answer = try #require(
      client.ask(
        "POST", "/v2/models/tables/infer", headers: ["Inference-Header-Content-Length": "\(head.count)"],
        body: head + parts.flatMap { $0 }))
    let length = try #require(answer.headers["inference-header-content-length"].flatMap { Int($0) }, "\(answer.text)")
    #expect(Array(answer.body[length...]) == bytes(expected))
  }

  @Test func instancesByName() throws {
    let instances = (0..<8).map { row -> [String: Any] in
      [
        "island": Self.islands[row] ?? NSNull(), "length": Self.lengths[row] ?? NSNull(), "year": Self.years[row],
        "note": Self.notes[row] ?? NSNull(),
      ]
    }
    let rows = try JSONSerialization.data(withJSONObject: ["instances": instances])
    let byRow = try #require(client.ask("POST", "/v1/models/tables:predict", body: Array(rows)))
    #expect(numbers(byRow["predictions"]) == expected, "\(byRow.text)")
    // Each row alone, without those that it is joined with.
    for row in 0..<8 {
      let one = try JSONSerialization.data(withJSONObject: ["instances": [instances[row]]])
      let answer = client.ask("POST", "/v1/models/tables:predict", body: Array(one))
      #expect(zip(numbers(answer?["predictions"]), expected[(2 * row)...]).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    let columns = """
      {"inputs":{"island":\(Self.json(Self.islands)),"length":\(Self.json(Self.lengths)),"year":\(Self.json(Self.years)),
      "note":\(Self.json(Self.notes))}}
      """
    let byColumn = client.ask("POST", "/v1/models/tables:predict", text: columns)
    #expect(numbers(byColumn?["outputs"]) == expected)
    let classes = try JSONSerialization.data(withJSONObject: ["examples": instances])
    let classified = client.ask("POST", "/v1/models/tables:classify", body: Array(classes))
    let first = ((classified?["results"] as? [[Any]])?.first?.first as? [Any])?.first as? String
    #expect(first == "a", "\(classified?.text ?? "")")
  }

  @Test func metadataTellTexts() throws {
    let answer = try #require(client.ask("GET", "/v2/models/tables"))
    let inputs = try #require(answer["inputs"] as? [[String: Any]])
    #expect(inputs.map { $0["datatype"] as? String } == ["BYTES", "FP32", "INT64", "BYTES"])
    #expect(inputs.map { $0["shape"] as? [Int] } == [[-1], [-1], [-1], [-1]])
  }

  @Test func mistakesAreTold() throws {
    func status(_ instance: String) -> Int? {
      client.ask("POST", "/v1/models/tables:predict", text: "{\"instances\":[\(instance)]}")?.status
    }
    #expect(status(#"{"island":"Biscoe","length":1,"year":2007,"note":"a"}"#) == 200)
    #expect(status(#"{"island":3,"length":1,"year":2007,"note":"a"}"#) == 400)
    #expect(status(#"{"island":"Biscoe","length":"long","year":2007,"note":"a"}"#) == 400)
    #expect(status(#"{"island":"Biscoe","length":1,"year":2007.5,"note":"a"}"#) == 400)
    #expect(status(#"{"island":"Biscoe","length":nul,"year":2007,"note":"a"}"#) == 400)
    #expect(status(#"{"island":"Biscoe","length":1,"year":2007}"#) == 400)
    // Where nothing is said of missing values, null is refused over both protocols.
    let row = client.ask("POST", "/v1/models/pair:predict", text: #"{"inputs":{"a":[[null,1,1,1]],"b":[[1,1,1,1]]}}"#)
    #expect(row?.status == 400 && row?.text.contains("allow_missing") == true)
    let tensor = #"{"name":"b","datatype":"FP32","shape":[1,4],"data":[1,2,3,4]}"#
    let body = #"{"inputs":[{"name":"a","datatype":"FP32","shape":[1,4],"data":[1,null,3,4]},\#(tensor)]}"#
    let answer = client.ask("POST", "/v2/models/pair/infer", text: body)
    #expect(answer?.status == 400 && answer?.text.contains("allow_missing") == true)
  }

  @Test func vocabulariesThatDoNotFitAreNotServed() throws {
    func failure(_ name: String, _ input: String, _ words: [UInt8]) throws -> String {
      try models.pair(version: 1, to: name)
      try models.write("{\"input\":[\(input)]}", to: "\(name)/config.json")
      try Data(words).write(to: URL(fileURLWithPath: models.file("\(name)/words.txt")))
      let answer = client.ask("POST", "/v2/repository/models/\(name)/load", text: "{}")
      return answer?.text ?? ""
    }
    let told = #"{"name":"a","vocabulary_filename":"words.txt"}"#
    #expect(try failure("floats", told, Array("a\nb\n".utf8)).contains("TYPE_INT64"))
    #expect(
      try failure("outside", #"{"name":"a","vocabulary_filename":"../words.txt"}"#, []).contains("no name of a file"))
    let whole = #"{"input":[{"name":"n","vocabulary_filename":"words.txt"}]}"#
    for (name, words, reason) in [
      ("latin", [97, 255, 10], "not UTF-8"), ("twice", [97, 10, 97, 10], "line 2 repeats line 1"),
    ] as [(String, [UInt8], String)] {
      // The configuration and the vocabulary of a version lie in its folder.
      try models.write(whole, to: "\(name)/1/config.json")
      try Data(words).write(to: URL(fileURLWithPath: models.file("\(name)/1/words.txt")))
      try export(
        { (n: Tensor) in n * 2 }, example: Tensor([1, 2, 3]), to: models.file("\(name)/1/model.apus"), inputNames: ["n"]
      )
      let answer = client.ask("POST", "/v2/repository/models/\(name)/load", text: "{}")
      #expect(answer?.text.contains(reason) == true, "\(answer?.text ?? "")")
    }
  }
}
