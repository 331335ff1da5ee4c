import ApusCore
import ApusExchange
import ApusFormats
import Testing

@Suite struct ONNXControlFlowTests {
  typealias Models = ONNXNodeModels

  /// `total += step; total < 10`, up to `most` times; each total is collected.
  private func loop() throws -> ONNXModel {
    let body = Models.graph(
      [
        ONNX.NodeProto("Add", input: ["in", "step"], output: ["out"]),
        ONNX.NodeProto("Less", input: ["out", "limit"], output: ["goes"]),
        ONNX.NodeProto("Identity", input: ["out"], output: ["row"]),
      ], inputs: ["i", "cond", "in"], outputs: ["goes", "out", "row"])
    return try Models.model(
      Models.graph(
        [
          ONNX.NodeProto(
            "Loop", name: "loop", input: ["most", "", "start"], output: ["last", "rows"],
            attribute: [ONNX.AttributeProto("body", .graph(body))])
        ], inputs: ["most", "start", "step", "limit"], outputs: ["last", "rows"]))
  }

  @Test func loopsUseValuesFromAround() throws {
    let model = try loop()
    let numbers = ["start": Tensor(1.0 as Float), "step": Tensor(4.0 as Float), "limit": Tensor(10.0 as Float)]
    let made = try model.run(numbers.merging(["most": Tensor(Int64(100))]) { $1 })
    #expect(made["rows"]?.array() == [5, 9, 13])
    #expect(made["last"]?.item() == 13)
    let none = try model.run(numbers.merging(["most": Tensor(Int64(0))]) { $1 })
    #expect(none["last"]?.item() == 1)
    #expect(none["rows"]?.shape == [0])
  }

  @Test func loopsWithoutEndAreRefused() throws {
    let most = ONNXModel.maxLoopSteps
    defer { ONNXModel.maxLoopSteps = most }
    ONNXModel.maxLoopSteps = 2
    let model = try loop()
    let numbers = ["start": Tensor(1.0 as Float), "step": Tensor(4.0 as Float), "limit": Tensor(10.0 as Float)]
    let mistake = #expect(throws: TensorError.self) {
      try model.run(numbers.merging(["most": Tensor(Int64(100))]) { $1 })
    }
    #expect(mistake?.message.contains("has not ended after 2 steps; ONNXModel.maxLoopSteps") == true)
    #expect(try model.run(numbers.merging(["most": Tensor(Int64(2))]) { $1 })["last"]?.item() == 9)
  }

  @Test func branchesHaveGradients() throws {
    func branch(_ type: String) -> ONNX.AttributeProto.Value {
      .graph(Models.graph([ONNX.NodeProto(type, input: ["x"], output: ["z"])], inputs: [], outputs: ["z"]))
    }
    let model = try Models.model(
      Models.graph(
        [
          ONNX.NodeProto(
            "If", input: ["c"], output: ["y"],
            attribute: [
              ONNX.AttributeProto("then_branch", branch("Neg")), ONNX.AttributeProto("else_branch", branch("Exp")),
            ])
        ], inputs: ["c", "x"], outputs: ["y"]))
    let x = Tensor([0.0, 1.0] as [Float], requiresGrad: true)
    let y = try model.run(["c": Tensor(true), "x": x])["y"]
    y?.sum().backward()
    #expect(x.grad?.array() == [-1, -1])
    #expect(try model.run(["c": Tensor(false), "x": Tensor(0.0 as Float)])["y"]?.item() == 1)
  }

  @Test func scansGoBackwards() throws {
    let body = Models.graph(
      [
        ONNX.NodeProto("Add", input: ["s", "x"], output: ["t"]),
        ONNX.NodeProto("Identity", input: ["t"], output: ["r"]),
      ], inputs: ["s", "x"], outputs: ["t", "r"])
    let made = try Models.run(
      "Scan", [.tensor(Tensor(0.0 as Float)), .tensor(Tensor([1, 2, 3] as [Float]))], outputs: 2,
      [("body", .graph(body)), ("num_scan_inputs", .int(1)), ("scan_input_directions", .ints([1]))])
    #expect(made[0].tensor?.item() == 6)
    #expect(made[1].tensor?.array() == [3, 5, 6])
  }

  @Test func functionsTakeAttributes() throws {
    let scale = ONNX.FunctionProto(
      name: "scale", domain: "own", input: ["x"], output: ["y"], attribute: ["by"],
      node: [
        ONNX.NodeProto(
          "Constant", output: ["c"], attribute: [ONNX.AttributeProto("value_float", .reference("by", .float))]),
        ONNX.NodeProto("Mul", input: ["x", "c"], output: ["y"]),
      ], opsetImport: [ONNX.OperatorSetID(version: 17)])
    let node = ONNX.NodeProto(
      "scale", domain: "own", name: "call", input: ["x"], output: ["y"],
      attribute: [ONNX.AttributeProto("by", .float(3))])
    let model = try Models.model(
      Models.graph([node], inputs: ["x"], outputs: ["y"]), functions: [scale], domains: ["own"])
    #expect(model(Tensor([1, 2] as [Float])).array() == [3, 6])
  }

  @Test func functionsThatCallThemselvesAreRefused() throws {
    let function = ONNX.FunctionProto(
      name: "f", domain: "own", input: ["x"], output: ["y"],
      node: [ONNX.NodeProto("f", domain: "own", name: "inner", input: ["x"], output: ["y"])],
      opsetImport: [ONNX.OperatorSetID(domain: "own", version: 1)])
    let node = ONNX.NodeProto("f", domain: "own", name: "outer", input: ["x"], output: ["y"])
    let error = #expect(throws: TensorError.self) {
      _ = try Models.model(
        Models.graph([node], inputs: ["x"], outputs: ["y"]), functions: [function], domains: ["own"])
    }
    #expect(error?.description.contains("'outer'") == true)
    #expect(error?.description.contains("calls itself") == true)
  }

  @Test func sequencesHoldTensorsOfDifferentShapes() throws {
    let parts = try Models.run(
      "SplitToSequence", [.tensor(arange(5)), .tensor(Tensor(Int64(2)))])
    guard case .sequence(let items, _) = parts[0] else { throw TensorError(.value, "test", "no sequence") }
    #expect(items.map { $0.shape } == [[2], [2], [1]])
    let last = try Models.run("SequenceAt", [parts[0], .tensor(Tensor(Int64(-1)))])
    #expect(last[0].tensor?.array(as: Int.self) == [4])
    #expect(throws: TensorError.self) { _ = try Models.run("SequenceAt", [parts[0], .tensor(Tensor(Int64(3)))]) }
  }

  @Test func gradientsAreNodes() throws {
    let model = try Models.model(
      Models.graph(
        [
          ONNX.NodeProto("Mul", input: ["a", "b"], output: ["c"]),
          ONNX.NodeProto("Mul", input: ["c", "a"], output: ["d"]),
          ONNX.NodeProto(
            "Gradient", domain: "ai.onnx.preview.training", input: ["a", "b"], output: ["da", "db"],
            attribute: [ONNX.AttributeProto("xs", .strings(["a", "b"])), ONNX.AttributeProto("y", .string("d"))]),
        ], inputs: ["a", "b"], outputs: ["da", "db"]), domains: ["ai.onnx.preview.training"])
    let made = try model.run(["a": Tensor(3.0 as Float), "b": Tensor(5.0 as Float)])
    #expect(made["da"]?.item() == 30)
    #expect(made["db"]?.item() == 9)
  }
}
