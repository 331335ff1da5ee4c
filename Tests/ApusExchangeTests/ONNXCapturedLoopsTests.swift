import Apus
import ApusCore
import TestSupport
import Testing

/// Branches and loops written as ONNX, and those of ONNX models in captured functions.
@Suite struct ONNXCapturedLoopsTests {
  /// Exports a function, and compares what the model gives for several arguments. The operators of its nodes, in graphs too.
  private func check(
    _ function: @escaping ([Tensor]) -> [Tensor], _ arguments: [[Tensor]], open axes: [String: [Int: String]] = [:]
  ) throws -> Set<String> {
    let folder = TemporaryFolder()
    let path = folder.file("model.onnx")
    try exportONNX({ function($0) }, inputs: arguments[0], to: path, dynamicAxes: axes)
    let model = try ONNXModel(path: path)
    for given in arguments {
      let named = Dictionary(uniqueKeysWithValues: given.enumerated().map { ("input_\($0)", $1) })
      let found = try model.run(named)
      for (i, expected) in noGrad({ function(given) }).enumerated() {
        let y = try #require(found["output_\(i)"])
        #expect(y.type == expected.type)
        #expect(y.to(.float64).allclose(expected.to(.float64), rtol: 1e-5, atol: 1e-5), "\(y) \(expected)")
      }
    }
    func operators(_ graph: ONNX.GraphProto) -> [String] {
      graph.node.flatMap { node in
        [node.opType]
          + node.attribute.flatMap { if case .graph(let inner) = $0.value { operators(inner) } else { [String]() } }
      }
    }
    return Set(try ONNX.ModelProto(path: path).graph.map(operators) ?? [])
  }

  @Test func branchesBecomeIf() throws {
    manualSeed(1)
    let (a, b) = (Linear(4, 4), Linear(4, 4))
    let found = try check(
      { x in
        [
          cond(x[0].sum().gt(0), then: { a(x[0]).relu() }, else: { b(x[0]) + x[1].sum([0]) }),
          cond(x[0].sum().gt(0), then: { x[1] }, else: { x[1] * 2 }),
        ]
      }, [[ones(2, 4), randn(3, 4)], [-ones(5, 4), randn(2, 4)]],
      open: ["input_0": [0: "n"], "input_1": [0: "m"]])
    #expect(found.contains("If"))
  }

  @Test func loopsBecomeLoopAndScan() throws {
    manualSeed(2)
    let w = parameter(randn(3, 3) * 0.5)
    let found = try check(
      { x in
        let factor = x[1] * 2
        let (last, all) = scan(over: x[0], initial: zeros(3), reverse: true) { (h: Tensor, row: Tensor) in
          let small = whileLoop(h + row, while: { $0.abs().max().gt(1) }) { state in
            cond(state.sum().gt(factor), then: { state / 2 }, else: { linear(state, w).tanh() * 0.9 })
          }
          return (small, small + factor)
        }
        return [last, all]
      }, [[randn(5, 3) * 2, Tensor(0.1)], [randn(20, 3) * 3, Tensor(-0.4)]], open: ["input_0": [0: "n"]])
    #expect(found.isSuperset(of: ["If", "Loop", "Scan"]))
  }

  @Test func gradientsOfScansAreWrittenStepByStep() throws {
    manualSeed(3)
    let found = try check(
      { t in
        let slope = grad { (w: Tensor) in
          scan(over: t[0], initial: zeros(3)) { (h: Tensor, row: Tensor) in
            let h = (linear(row, w) + h).sin()
            return (h, h)
          }.1.square().sum()
        }(t[1])
        return [slope]
      }, [[randn(9, 3), randn(3, 3)], [randn(9, 3), randn(3, 3)]])
    #expect(found.contains("Cos"))
  }

  /// What was exported is captured by `compile`, and goes into a program file.
  @Test func modelsWithLoopsAreCaptured() throws {
    let folder = TemporaryFolder()
    let path = folder.file("model.onnx")
    @Sendable func settle(_ x: Tensor) -> Tensor {
      let small = whileLoop(x, while: { $0.norm().gt(1) }, do: { $0 / 2 })
      return cond(small.sum().gt(0), then: { small }, else: { -small })
    }
    try exportONNX(settle, inputs: Tensor([3.0, 4.0]), to: path)
    let model = try ONNXModel(path: path)
    let call = { @Sendable (x: Tensor) in (try? model.run(["input_0": x])["output_0"]) ?? zeros(1) }
    let compiled = compile(call)
    let program = folder.file("model.apus")
    try export({ (x: Tensor) in call(x) }, of: model, example: Tensor([3.0, 4.0]), to: program)
    let loaded = try Program.load(program)
    #expect(Set(loaded.operations.map(\.name)).isSuperset(of: ["cond", "while_loop"]))
    for x in [Tensor([3.0, 4.0]), Tensor([-30.0, 0.5]), Tensor([-0.1, 0.05])] {
      for _ in 0..<2 { #expect(compiled(x).allclose(settle(x))) }
      #expect(try loaded(x)[0].allclose(settle(x)))
    }
    #expect(!compiled.explain().contains("eagerly"), "\(compiled.explain())")
  }

  /// A model with a sequence of any length stays one as a program file.
  @Test func sequencesOfAnyLengthAreKept() throws {
    manualSeed(4)
    let folder = TemporaryFolder()
    let path = folder.file("model.onnx")
    let w = parameter(randn(3, 3) * 0.5)
    @Sendable func states(_ x: Tensor) -> Tensor {
      scan(over: x, initial: zeros(3), reverse: true) { (h: Tensor, row: Tensor) in
        let h = (linear(row, w) + h).tanh()
        return (h, h)
      }.1
    }
    try exportONNX(states, inputs: randn(5, 3), to: path, dynamicAxes: ["input_0": [0: "n"]])
    let model = try ONNXModel(path: path)
    let program = folder.file("model.apus")
    try export(
      { (x: Tensor) in (try? model.run(["input_0": x])["output_0"]) ?? zeros(1) }, of: model, example: randn(5, 3),
      to: program, dynamic: ["input_0": [0: "n"]])
    let loaded = try Program.load(program)
    #expect(loaded.operations.map(\.name).contains("scan"))
    for n in [1, 6, 30] {
      let x = randn(n, 3)
      #expect(try loaded(x)[0].allclose(states(x), atol: 1e-6))
    }
  }

  @Test func branchesOfOtherShapesRunEagerly() throws {
    typealias Models = ONNXNodeModels
    func branch(_ type: String) -> ONNX.AttributeProto.Value {
      .graph(Models.graph([ONNX.NodeProto(type, input: ["x"], output: [type])], inputs: [], outputs: [type]))
    }
    let model = try Models.model(
      Models.graph(
        [
          ONNX.NodeProto(
            "ReduceMax", input: ["x"], output: ["top"], attribute: [ONNX.AttributeProto("keepdims", .int(0))]),
          ONNX.NodeProto("Cast", input: ["top"], output: ["test"], attribute: [ONNX.AttributeProto("to", .int(9))]),
          ONNX.NodeProto(
            "If", name: "if", input: ["test"], output: ["y"],
            attribute: [
              ONNX.AttributeProto("then_branch", branch("Abs")),
              ONNX.AttributeProto("else_branch", branch("Shape")),
            ]),
        ], inputs: ["x"], outputs: ["y"]))
    let compiled = compile { (x: Tensor) in (try? model.run(["x": x])["y"]) ?? zeros(1) }
    withWarnings(.silent) {
      for _ in 0..<2 {
        #expect(compiled(Tensor([-2.0, 1.0])).array(as: Double.self) == [2, 1])
        #expect(compiled(Tensor([-0.0, 0.0])).array(as: Double.self) == [2])
      }
    }
  }
}
