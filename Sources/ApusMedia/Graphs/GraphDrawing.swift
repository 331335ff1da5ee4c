import ApusCore
import ApusFormats

extension GraphDiagram {
  /// The graph as a picture: what is given above, what comes out below. Pointing at a node shows its note.
  public func svg() -> String {
    let (height, letter, margin) = (34.0, 6.65, 16.0)
    let widths = nodes.map { node in
      Double(max(node.name.count, node.detail.count)) * letter + 18
    }
    let layout = GraphLayout(
      widths: widths, nodeHeight: height, edges: edges.map { ($0.from, $0.to) },
      staysNear: nodes.map { $0.style == .leaf || $0.style == .saved })
    let note = escaped(caption)
    let width = max(layout.width, Double(note.count) * letter) + 2 * margin
    let full = layout.height + 2 * margin + (note.isEmpty ? 0 : 20)
    var out = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(full))" width="\(number(width))" \
      height="\(number(full))" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="11" \
      text-anchor="middle">
      <style>
      rect { stroke: #555; stroke-width: 0.8 } path { fill: none; stroke: #777; stroke-width: 1 }
      .operation { fill: #e6e6e6 } .leaf { fill: #b3d9f2 } .result { fill: #caff70 } .saved { fill: #ffc266 } .fused { fill: #e0c3f0 }
      </style>
      <defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
      <path d="M0 0.5 8 4 0 7.5z" style="fill:#777;stroke:none"/></marker></defs>
      <rect width="100%" height="100%" fill="#fff" style="stroke:none"/>

      """
    for (edge, bends) in zip(edges, layout.bends) {
      let (from, to) = (layout.nodes[edge.from], layout.nodes[edge.to])
      var points = bends
      points.insert(.init(x: from.x, y: from.y + height / 2), at: 0)
      points.append(.init(x: to.x, y: to.y - height / 2 - 1))
      var path = "M\(number(points[0].x + margin)) \(number(points[0].y + margin))"
      for (a, b) in zip(points, points.dropFirst()) {
        let middle = (a.y + b.y) / 2 + margin
        path +=
          "C\(number(a.x + margin)) \(number(middle)) \(number(b.x + margin)) \(number(middle)) "
          + "\(number(b.x + margin)) \(number(b.y + margin))"
      }
      out += "<path d=\"\(path)\" marker-end=\"url(#head)\"/>\n"
    }
    for (i, node) in nodes.enumerated() {
      let (x, y) = (layout.nodes[i].x + margin, layout.nodes[i].y + margin)
      let title = node.note.map { "<title>\(escaped($0))</title>" } ?? ""
      out +=
        "<g>\(title)<rect class=\"\(node.style.rawValue)\" x=\"\(number(x - widths[i] / 2))\" "
        + "y=\"\(number(y - height / 2))\" width=\"\(number(widths[i]))\" height=\"\(number(height))\" rx=\"3\"/>"
        + "<text x=\"\(number(x))\" y=\"\(number(y - 3))\">\(escaped(node.name))</text>"
        + "<text x=\"\(number(x))\" y=\"\(number(y + 11))\" fill=\"#555\">\(escaped(node.detail))</text></g>\n"
    }
    if !note.isEmpty {
      out += "<text x=\"\(number(width / 2))\" y=\"\(number(full - 12))\" fill=\"#555\">\(note)</text>\n"
    }
    return out + "</svg>\n"
  }

  /// Writes the graph to a file: `.svg`, `.dot` and `.gv` for Graphviz; `text` as `.txt`.
  /// - Throws: where the file cannot be written, or its name ends otherwise.
  public func write(to path: String, text lines: String) throws {
    let name = path.lowercased()
    let text: String
    if name.hasSuffix(".svg") {
      text = svg()
    } else if name.hasSuffix(".dot") || name.hasSuffix(".gv") {
      text = dot
    } else if name.hasSuffix(".txt") {
      text = lines + "\n"
    } else {
      throw TensorError(
        .file, path,
        "a graph is written as .svg, .dot, .gv or .txt, by the end of the file's name; Graphviz makes others of .dot")
    }
    try replaceFile(at: path) { file in try file.write(Array(text.utf8)) }
  }
}

extension GradientGraph {
  /// The graph as a picture: parameters above, the result below, in torchviz' colours. Pointing at a node shows where the program
  /// called it, if that was noted.
  public func svg() -> String { diagram.svg() }

  /// Writes the graph to a file: `.svg`, `.dot` and `.gv` for Graphviz, `.txt`.
  /// - Throws: where the file cannot be written, or its name ends otherwise.
  public func write(to path: String) throws { try diagram.write(to: path, text: text) }
}

/// A coordinate with one digit.
private func number(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
}

func escaped(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}
