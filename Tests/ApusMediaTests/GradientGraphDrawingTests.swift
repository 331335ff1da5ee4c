import Apus
import Foundation
import TestSupport
import Testing

/// The graph behind a loss as a picture and as files.
@Suite struct GradientGraphDrawingTests {
  private static func rectangles(_ svg: String) -> [(x: Double, y: Double, width: Double, height: Double)] {
    svg.split(separator: "<rect class=").dropFirst().map { part in
      func value(_ name: String) -> Double {
        guard let start = part.range(of: " \(name)=\"") else { return .nan }
        return Double(part[start.upperBound...].prefix { $0 != "\"" }) ?? .nan
      }
      return (value("x"), value("y"), value("width"), value("height"))
    }
  }

  private static func sample() -> GradientGraph {
    let model = Sequential(Linear(3, 4), ReLU(), Linear(4, 2))
    let x = ones(5, 3)
    let h = model(x)
    return graph(of: (h * h.sin() + h).pow(2).mean(), params: model.namedParameters(), showSaved: true)
  }

  @Test func boxesDoNotOverlapAndArrowsGoDown() throws {
    let found = Self.sample()
    let svg = found.svg()
    let boxes = Self.rectangles(svg)
    try #require(boxes.count == found.nodes.count)
    for (i, a) in boxes.enumerated() {
      #expect(a.x >= 0 && a.y >= 0)
      for b in boxes[..<i] {
        let isApart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
        #expect(isApart, "\(a) and \(b)")
      }
    }
    for edge in found.edges { #expect(boxes[edge.from].y < boxes[edge.to].y) }
    #expect(svg.contains(">0.weight</text>") && svg.contains("class=\"saved\""))
    #expect(svg.hasPrefix("<svg xmlns=") && svg.hasSuffix("</svg>\n"))
  }

  @Test func filesAreWrittenByTheirNames() throws {
    let folder = TemporaryFolder()
    let found = Self.sample()
    let texts = ["a.svg": found.svg(), "a.dot": found.dot, "a.gv": found.dot, "a.txt": found.text + "\n"]
    for (name, text) in texts {
      try found.write(to: folder.file(name))
      #expect(contents(of: folder.file(name)) == Array(text.utf8))
    }
    let error = #expect(throws: TensorError.self) { try found.write(to: folder.file("a.pdf")) }
    #expect(error?.message.contains(".svg") == true)
  }

  @Test func namesAreEscaped() {
    let x = Tensor([1.0], requiresGrad: true)
    #expect(graph(of: x.exp(), params: [("a<b>&c", x)]).svg().contains(">a&lt;b&gt;&amp;c</text>"))
  }

  @Test func largeGraphsAreLaidOut() {
    var x = Tensor([1.0], requiresGrad: true)
    let first = x
    for _ in 0..<300 { x = x.sin() + first }
    let svg = graph(of: x, limit: 1000).svg()
    #expect(Self.rectangles(svg).count == 602)
  }
}
