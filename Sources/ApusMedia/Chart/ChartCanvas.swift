/// What charts are drawn on. Coordinates are pixels from the upper left corner; colours are `#rrggbb`.
protocol ChartCanvas {
  /// A line of text whose baseline is at `y`.
  /// - Parameter value: a bold word behind the text, where that ends.
  mutating func text(
    _ text: String, x: Double, y: Double, size: Double, weight: Int, fill: String, anchor: TextAnchor,
    followedBy value: String, inColour colour: String)
  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: String, width: Double, dashed: Bool)
  /// A disc with a white rim; `name` is what a pointer over it shows.
  mutating func circle(_ x: Double, _ y: Double, radius: Double, fill: String, name: String)
  /// A line through points.
  mutating func path(_ points: [(x: Double, y: Double)], stroke: String, dashed: Bool, name: String)
  mutating func rectangle(x: Double, y: Double, width: Double, height: Double, fill: String, name: String)
  /// A picture, each of whose pixels is a rectangle.
  mutating func picture(_ picture: Chart.Picture, x: Double, y: Double, width: Double, height: Double)
}

/// Which point of a text lies at its x coordinate.
enum TextAnchor: String { case start, middle, end }

extension ChartCanvas {
  mutating func text(
    _ text: String, x: Double, y: Double, size: Double, weight: Int = 400, fill: String, anchor: TextAnchor = .start
  ) {
    self.text(
      text, x: x, y: y, size: size, weight: weight, fill: fill, anchor: anchor, followedBy: "", inColour: fill)
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: String, width: Double) {
    line(x1, y1, x2, y2, stroke: stroke, width: width, dashed: false)
  }
}
