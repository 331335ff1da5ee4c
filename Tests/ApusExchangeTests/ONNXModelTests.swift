import Apus
import ApusCore
import ApusExchange
import ApusFormats
import Testing

/// Graphs as modules.
@Suite struct ONNXModelTests {
  private func weight(_ name: String, _ shape: [Int], _ values: [Float]) -> ONNX.TensorProto {
    ONNX.TensorProto(name: name, dims: shape.map { Int64($0) }, dataType: 1, floatData: values)
  }

  private func model(
    _ nodes: [ONNX.NodeProto], _ weights: [ONNX.TensorProto] = [], inputs: [String] = ["x"], outputs: [String] = ["y"],
    opset: Int64 = 17
  ) throws -> ONNXModel {
    try ONNXModel(
      ONNX.ModelProto(
        opsetImport: [.init(version: opset)],
        graph: ONNX.GraphProto(
          name: "g", node: nodes, initializer: weights, input: inputs.map { .init($0) },
          output: outputs.map { .init($0) }
        )), name: "model")
  }

  /// The message with which a graph is refused.
  private func refusal(_ nodes: [ONNX.NodeProto], _ weights: [ONNX.TensorProto] = [], outputs: [String] = ["y"])
    -> String
  {
    do {
      _ = try model(nodes, weights, outputs: outputs)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  private func node(
    _ type: String, _ inputs: [String], _ output: String, _ attributes: [(String, ONNX.AttributeProto.Value)] = []
  ) -> ONNX.NodeProto {
    ONNX.NodeProto(
      type, name: "\(output)_node", input: inputs, output: [output], attribute: attributes.map { .init($0.0, $0.1) })
  }

  private var layer: [ONNX.NodeProto] {
    [node("Gemm", ["x", "w", "b"], "h", [("transB", .int(1))]), node("Tanh", ["h"], "y")]
  }
  private var weights: [ONNX.TensorProto] { [weight("w", [1, 2], [0.5, -0.25]), weight("b", [1], [0.125])] }

  @Test func parametersAreTrained() throws {
    let model = try model(layer, weights)
    #expect(model.namedParameters().map(\.name) == ["b", "w"])
    #expect("\(model)".contains("nodes=2: 1 Gemm, 1 Tanh"))
    let x = Tensor([[1.0, 2.0], [0.5, -1.0]])
    let target = Tensor([[0.5], [-0.5]])
    let optimizer = SGD(model.parameters(), lr: 0.5)
    var losses: [Double] = []
    for _ in 0..<100 {
      optimizer.zeroGrad()
      let loss = mseLoss(model(x), target)
      losses.append(loss.item())
      loss.backward()
      optimizer.step()
      // The form without gradients follows what has been trained.
      #expect(noGrad { model(x) }.allclose(model(x), atol: 1e-6))
    }
    #expect(losses[99] < 1e-3 && losses[0] > 0.05)
  }

  @Test func runsCompiled() throws {
    let model = try model(
      [
        node("Shape", ["x"], "s"), node("Slice", ["s", "zero", "one"], "n"),
        node("Concat", ["n", "minus"], "t", [("axis", .int(0))]),
        node("Reshape", ["x", "t"], "r"), node("MatMul", ["r", "w"], "y"),
      ],
      [
        weight("w", [4, 1], [1, 2, 3, 4]), ONNX.TensorProto(name: "zero", dims: [1], dataType: 7, int64Data: [0]),
        ONNX.TensorProto(name: "one", dims: [1], dataType: 7, int64Data: [1]),
        ONNX.TensorProto(name: "minus", dims: [1], dataType: 7, int64Data: [-1]),
      ])
    let compiled = compile { (x: Tensor) in model(x) }
    for n in [3, 5] {
      let x = randn([n, 2, 2])
      #expect(compiled(x).allclose(model(x), atol: 1e-5))
      #expect(compiled(x).allclose(model(x), atol: 1e-5))
    }
    #expect(!compiled.explain().contains("eagerly"))
  }

  @Test func fusedGraphsGiveTheSame() throws {
    let numbers = [
      weight("three", [], [3]), weight("zero", [], [0]), weight("six", [], [6]), weight("root", [], [1.4142135]),
      weight("one", [], [1]), weight("half", [], [0.5]), weight("two", [], [2]), weight("eps", [], [1e-5]),
      weight("k", [2, 2, 1, 1], [1, 2, -1, 0.5]), weight("c", [1, 2, 1, 1], [0.5, 2]), weight("m", [2], [0.1, -0.2]),
      weight("v", [2], [1, 2]), weight("g", [4], [1, 2, 3, 4]), weight("d", [4, 4], (0..<16).map { Float($0) / 8 }),
    ]
    let swish = [
      node("Add", ["x", "three"], "a"), node("Clip", ["a", "zero", "six"], "b"), node("Mul", ["x", "b"], "p"),
      node("Div", ["p", "six"], "y"),
    ]
    let gelu = [
      node("Div", ["x", "root"], "a"), node("Erf", ["a"], "b"), node("Add", ["b", "one"], "s"),
      node("Mul", ["x", "s"], "p"), node("Mul", ["p", "half"], "y"),
    ]
    let silu = [node("Sigmoid", ["x"], "a"), node("Mul", ["x", "a"], "y")]
    let convolution = [
      node("Conv", ["x", "k"], "a"), node("Mul", ["a", "c"], "b"), node("Add", ["b", "c"], "e"),
      node("BatchNormalization", ["e", "m", "m", "m", "v"], "y"),
    ]
    let layerNorm = [
      node("ReduceMean", ["x"], "mean", [("axes", .ints([-1]))]), node("Sub", ["x", "mean"], "a"),
      node("Pow", ["a", "two"], "b"), node("ReduceMean", ["b"], "e", [("axes", .ints([-1]))]),
      node("Add", ["e", "eps"], "f"), node("Sqrt", ["f"], "h"), node("Div", ["a", "h"], "i"),
      node("Mul", ["i", "g"], "j"),
      node("Add", ["j", "g"], "y"),
    ]
    let linear = [node("MatMul", ["x", "d"], "a"), node("Add", ["a", "g"], "y")]
    for (nodes, count) in [(swish, 1), (gelu, 1), (silu, 1), (convolution, 1), (layerNorm, 1), (linear, 1)] {
      let used = Set(nodes.flatMap(\.input))
      let model = try model(nodes, numbers.filter { used.contains($0.name) })
      let x = randn([3, 2, 4, 4])
      #expect(noGrad { model(x) }.allclose(model(x), atol: 1e-5))
      #expect(model.graph.frozen().steps.count == count, "\(nodes.map(\.opType))")
    }
  }

  @Test func constantsAreComputedWhenLoaded() throws {
    let two = ONNX.TensorProto(name: "two", dims: [], dataType: 1, floatData: [2])
    let model = try model([node("Mul", ["two", "two"], "four"), node("Mul", ["x", "four"], "y")], [two])
    #expect(model.graph.steps.count == 1)
    #expect(model(Tensor([1.0])).array() == [4] as [Float])
  }

  @Test func nodesInAnyOrder() throws {
    let model = try model([node("Neg", ["a"], "y"), node("Abs", ["x"], "a")])
    #expect(model(Tensor([-3.0])).array() == [-3] as [Float])
  }

  @Test func graphsThatContradictThemselves() {
    let circle = refusal([node("Add", ["x", "b"], "a"), node("Abs", ["a"], "b"), node("Neg", ["b"], "y")])
    #expect(circle.contains("in a circle") && circle.contains("a_node"))
    #expect(refusal([node("Abs", ["x"], "y"), node("Neg", ["x"], "y")]).contains("'y_node'"))
    #expect(refusal([node("Abs", ["nowhere"], "y")]).contains("its input 'nowhere' is made by no node"))
    #expect(refusal([node("Abs", ["x"], "a")]).contains("the output 'y'"))
    let unknown = refusal([node("Wiggle", ["x"], "y")])
    #expect(unknown.contains("'y_node' (Wiggle, ai.onnx opset 17)") && unknown.contains("not supported"))
    #expect(refusal([node("Add", ["x"], "y")]).contains("it has 1 inputs, and needs 2"))
    #expect(refusal([node("LeakyRelu", ["x"], "y", [("alpha", .string("much"))])]).contains("'alpha'"))
    #expect(refusal([node("Abs", ["x"], "y")], [weight("w", [2], [1])]).contains("tensor 'w'"))
  }

  @Test func mistakesOfCallsNameTheNode() throws {
    let model = try model(layer, weights)
    #expect(throws: TensorError.self) { try model.run(["z": Tensor([[1.0, 2.0]])]) }
    do {
      _ = try model.run(["x": Tensor([[1.0, 2.0, 3.0]])])
      Issue.record("was accepted")
    } catch {
      #expect(error.description.contains("'h_node' (Gemm, ai.onnx opset 17)"))
    }
  }
}
