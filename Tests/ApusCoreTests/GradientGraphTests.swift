import Apus
import Testing

/// The graph behind a loss as text and in Graphviz' language.
@Suite struct GradientGraphTests {
  private static func loss(_ model: Sequential) -> Tensor { model(ones(5, 3)).pow(2).mean() }

  @Test func theTextIsATreeDownToTheParameters() {
    let model = Sequential(Linear(3, 4), ReLU(), Linear(4, 2))
    let text = graph(of: Self.loss(model), params: model.namedParameters()).text
    #expect(
      text == """
        result ()
        MeanBackward0 ()
        SumBackward1 ()
        PowBackward0 (5, 2)
        AddmmBackward0 (5, 2)
        ├─ ReluBackward0 (5, 4)
        │  AddmmBackward0 (5, 4)
        │  ├─ 0.weight (4, 3)
        │  └─ 0.bias (4,)
        ├─ 2.weight (2, 4)
        └─ 2.bias (2,)
        """, "\(text)")
  }

  @Test func whatIsReachedTwiceIsWrittenOnce() {
    let x = Tensor([1.0, 2.0], requiresGrad: true)
    let y = x.exp()
    let found = graph(of: y * y.sin())
    #expect(
      found.text == """
        result (2,)
        MulBackward0 (2,)
        ├─ ExpBackward0 (2,)
        │  variable (2,)
        └─ SinBackward0 (2,)
           ExpBackward0 (2,)  (see above)
        """, "\(found.text)")
    #expect(found.nodes.count == 5 && found.edges.count == 5)
  }

  @Test func savedTensorsAreShownWhereAskedFor() {
    let x = Tensor([1.0, 2.0], requiresGrad: true)
    #expect(graph(of: x.exp()).nodes.allSatisfy { $0.kind != .saved })
    let saved = graph(of: x.exp(), showSaved: true).nodes.filter { $0.kind == .saved }
    #expect(saved.map(\.name) == ["result 0"] && saved[0].shape == [2])
  }

  @Test func theDotHasTorchvizColours() {
    let x = Tensor([1.0, 2.0], requiresGrad: true)
    let dot = makeDot((x * 2).sum(), params: [("x \"1\"", x)]).dot
    #expect(dot.hasPrefix("digraph {\n") && dot.hasSuffix("}\n"))
    #expect(dot.contains("n0 [label=\"result\\n()\" fillcolor=darkolivegreen1]"), "\(dot)")
    #expect(dot.contains("[label=\"x \\\"1\\\"\\n(2,)\" fillcolor=lightblue]"), "\(dot)")
    #expect(dot.contains("[label=\"SumBackward0\\n()\"]") && dot.contains("n1 -> n0"), "\(dot)")
  }

  @Test func hugeGraphsAreCut() {
    var x = Tensor([1.0], requiresGrad: true)
    for _ in 0..<20000 { x = x + 1 }
    let cut = graph(of: x, limit: 100)
    #expect(cut.leftOut == 19899 && cut.nodes.count == 102)
    #expect(cut.text.hasSuffix("and 19899 further operations"))
    let whole = graph(of: x, limit: 50000)
    #expect(whole.leftOut == 0 && whole.text.split(separator: "\n").count == 20002)
  }

  #if compiler(>=6.2) && os(Linux)
    @Test func callsAreToldWhereTheyWereNoted() {
      let x = Tensor([1.0], requiresGrad: true)
      let line = #line + 1
      let y = withWarnings(.silent) { detectAnomaly { x.exp() } }
      #expect(graph(of: y).nodes[1].call?.hasSuffix("GradientGraphTests.swift:\(line)") == true)
    }
  #endif

  @Test func aTensorWithoutGraphIsAlone() {
    #expect(graph(of: ones(2, 3)).text == "result (2, 3)")
    let p = parameter(ones(2))
    #expect(graph(of: p, params: [("p", p)]).text == "p (2,)\np (2,)")
  }
}
