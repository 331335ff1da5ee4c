import Apus
import ApusServe
import Foundation
import Testing

/// Models of ONNX behind the protocols: as programs where they can be, as they are where not.
@Suite(.enabled(if: hasHTTP)) struct ONNXServingTests {
  @Test func aNetworkForAnyNumberOfRows() throws {
    manualSeed(0)
    let network = Sequential(
      Conv2d(1, 4, kernelSize: 3, padding: 1), BatchNorm2d(4), ReLU(), Flatten(), Linear(256, 3)
    ).eval()
    let models = try ServedModels()
    try FileManager.default.createDirectory(atPath: models.file("network/1"), withIntermediateDirectories: true)
    try exportONNX(
      network, inputs: zeros(2, 1, 8, 8), to: models.file("network/1/model.onnx"), inputNames: ["x"],
      outputNames: ["y"], dynamicAxes: ["x": [0: "rows"]])
    let server = try models.start()
    let client = try #require(LoopClient(server.address))
    for rows in [1, 3, 2, 7] {
      let x = randn(rows, 1, 8, 8)
      let numbers = x.flatten().array(as: Float.self)
      let answer = try #require(
        client.ask(
          "POST", "/v2/models/network/infer",
          text: #"{"inputs":[{"name":"x","shape":[\#(rows),1,8,8],"datatype":"FP32","data":\#(numbers)}]}"#))
      let outputs = try #require((answer.json as? [String: Any])?["outputs"] as? [[String: Any]])
      let found = try #require(outputs.first?["data"] as? [Double])
      let expected = network(x).flatten().array(as: Double.self)
      #expect(found.count == 3 * rows && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    }
    let wrong = try #require(
      client.ask(
        "POST", "/v2/models/network/infer",
        text: #"{"inputs":[{"name":"x","shape":[1,1],"datatype":"FP32","data":[1]}]}"#))
    #expect(wrong.status == 400)
  }

  /// How many places there are depends on the elements, which no program has.
  @Test func aModelWhoseSizesDependOnElements() throws {
    let models = try ServedModels()
    func port(_ name: String, _ type: ONNX.DataType, _ shape: [String]) -> ONNX.ValueInfoProto {
      ONNX.ValueInfoProto(
        name,
        type: ONNX.TypeProto(.tensor(elementType: type.rawValue, shape: shape.map { ONNX.Dimension(.named($0)) })))
    }
    let graph = ONNX.GraphProto(
      name: "places", node: [ONNX.NodeProto("NonZero", input: ["x"], output: ["y"])],
      input: [port("x", .float, ["length"])], output: [port("y", .int64, ["one", "places"])])
    try FileManager.default.createDirectory(atPath: models.file("places/1"), withIntermediateDirectories: true)
    try ONNX.ModelProto(irVersion: 8, opsetImport: [ONNX.OperatorSetID(version: 17)], graph: graph).write(
      to: models.file("places/1/model.onnx"))
    try models.write("max_batch_size: 0\n", to: "places/config.pbtxt")
    let server = try models.start()
    let client = try #require(LoopClient(server.address))
    for (data, places) in [("[0,1,0,2]", [1.0, 3]), ("[5,0,0]", [0.0])] {
      let count = data.split(separator: ",").count
      let answer = try #require(
        client.ask(
          "POST", "/v2/models/places/infer",
          text: #"{"inputs":[{"name":"x","shape":[\#(count)],"datatype":"FP32","data":\#(data)}]}"#))
      let outputs = try #require((answer.json as? [String: Any])?["outputs"] as? [[String: Any]])
      #expect(outputs.first?["data"] as? [Double] == places)
    }
  }
}
