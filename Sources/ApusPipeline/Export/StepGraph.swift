import Apus
import ApusTrain

/// The steps of a run as boxes in layers, with lines from what makes to what takes.
struct StepGraph {
  private static let width = 170
  private static let height = 34
  private static let gaps = (across: 46, down: 14)

  let steps: [ExecutionRecord]
  let events: [Int: [EventRecord]]
  let executions: [Int: ExecutionRecord]

  /// The lines: positions of two steps of the run. Steps that made the same thing in other runs are none of it.
  private var lines: [(from: Int, to: Int)] {
    var makers: [Int: Int] = [:]
    for (i, step) in steps.enumerated() {
      for event in events[step.id ?? 0] ?? [] where event.kind.isOutput { makers[event.artifactID ?? 0] = i }
    }
    var seen: Set<[Int]> = []
    return steps.enumerated().flatMap { i, step in
      (events[step.id ?? 0] ?? []).filter { !$0.kind.isOutput }.compactMap { event -> (from: Int, to: Int)? in
        guard let maker = makers[event.artifactID ?? 0], maker != i, seen.insert([maker, i]).inserted else {
          return nil
        }
        return (maker, i)
      }
    }
  }

  /// The picture; nothing where no step takes from another.
  var svg: String {
    let lines = lines
    guard !lines.isEmpty else { return "" }
    var layers = [Int](repeating: 0, count: steps.count)
    // As often as there are steps, so that it ends whatever the events say.
    for _ in steps.indices {
      for line in lines { layers[line.to] = max(layers[line.to], min(layers[line.from] + 1, steps.count)) }
    }
    var heights: [Int: Int] = [:]
    let places = layers.map { layer -> (x: Int, y: Int) in
      let row = heights[layer, default: 0]
      heights[layer] = row + 1
      return (
        4 + layer * (Self.width + Self.gaps.across), 4 + row * (Self.height + Self.gaps.down)
      )
    }
    let right = (places.map(\.x).max() ?? 0) + Self.width + 4
    let bottom = (places.map(\.y).max() ?? 0) + Self.height + 4
    let paths = lines.map { line -> String in
      let (a, b) = (places[line.from], places[line.to])
      let (x, y, u, v) = (a.x + Self.width, a.y + Self.height / 2, b.x, b.y + Self.height / 2)
      let middle = (x + u) / 2
      return "<path d=\"M\(x) \(y) C\(middle) \(y) \(middle) \(v) \(u) \(v)\"/>"
    }
    let boxes = zip(steps, places).map { step, place -> String in
      let name = step.step.count > 22 ? step.step.prefix(21) + "…" : step.step[...]
      let state = step.state?.name.lowercased() ?? "unknown"
      return
        "<rect class=\"\(state)\" x=\"\(place.x)\" y=\"\(place.y)\" width=\"\(Self.width)\" height=\"\(Self.height)\" rx=\"7\">"
        + "<title>\(escapedHTML("\(step.step), \(step.type): \(state)"))</title></rect>"
        + "<text x=\"\(place.x + 12)\" y=\"\(place.y + 22)\">\(escapedHTML(String(name)))</text>"
    }
    return "<div class=\"graph\"><svg width=\"\(right)\" height=\"\(bottom)\" viewBox=\"0 0 \(right) \(bottom)\">"
      + "\(paths.joined())\(boxes.joined())</svg></div>"
  }
}
