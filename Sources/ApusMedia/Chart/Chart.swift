import ApusCore
import ApusFormats

/// A picture of curves, such as the loss and the accuracy of a training run, as SVG.
///
///     let chart = Chart(title: "Digits", panels: [
///       .init(title: "loss", xLabel: "epoch", series: [.init(name: "train", y: trainLoss), .init(name: "validation", y: loss)]),
///       .init(title: "accuracy", xLabel: "epoch", series: [.init(name: "validation", y: accuracy)]),
///     ])
///     try chart.write(to: "curves.svg")
public struct Chart: Sendable, Hashable {
  /// One curve. Points that are not finite leave a gap.
  public struct Series: Sendable, Hashable {
    public var name: String
    public var x: [Double]
    public var y: [Double]
    /// Whether the line is dashed.
    public var isDashed: Bool

    /// A curve through the points `(x[i], y[i])`; surplus numbers of the longer list are left out.
    public init(name: String, x: [Double], y: [Double], isDashed: Bool = false) {
      let count = min(x.count, y.count)
      self.name = name
      self.x = Array(x.prefix(count))
      self.y = Array(y.prefix(count))
      self.isDashed = isDashed
    }

    /// A curve through `(1, y[0]), (2, y[1])` ..., as for epochs.
    public init(name: String, y: [Double], isDashed: Bool = false) {
      self.init(name: name, x: y.indices.map { Double($0 + 1) }, y: y, isDashed: isDashed)
    }
  }

  /// How numbers become heights.
  public enum Scale: Sendable, Hashable {
    /// The values themselves.
    case linear
    /// Powers of ten at equal distances; values that are not positive are left out.
    case logarithmic
  }

  /// A pair of axes with curves.
  public struct Panel: Sendable, Hashable {
    /// What the curves show; written above the vertical axis.
    public var title: String
    public var xLabel: String
    public var yScale: Scale
    public var series: [Series]

    /// A chart of curves; titles may be empty.
    public init(title: String, xLabel: String = "", yScale: Scale = .linear, series: [Series]) {
      self.title = title
      self.xLabel = xLabel
      self.yScale = yScale
      self.series = series
    }
  }

  public var title: String
  /// The panels, two in a row.
  public var panels: [Panel]

  /// A chart of several panels.
  public init(title: String, panels: [Panel]) {
    self.title = title
    self.panels = panels
  }

  /// A chart of one panel.
  public init(title: String, xLabel: String = "", yLabel: String = "", yScale: Scale = .linear, series: [Series]) {
    self.init(title: title, panels: [Panel(title: yLabel, xLabel: xLabel, yScale: yScale, series: series)])
  }

  /// The picture as the text of an SVG file.
  /// - Parameters:
  ///   - panelWidth: the width of each panel in pixels, at least 240.
  ///   - panelHeight: the height of each panel in pixels, at least 180.
  public func svg(panelWidth: Int = 480, panelHeight: Int = 340) -> String {
    let (cellWidth, cellHeight) = (Double(max(panelWidth, 240)), Double(max(panelHeight, 180)))
    let columns = max(1, min(2, panels.count))
    let rows = max(1, (panels.count + columns - 1) / columns)
    let top = title.isEmpty ? 12.0 : 50.0
    let (width, height) = (cellWidth * Double(columns), top + cellHeight * Double(rows))
    var canvas = SVGCanvas(width: width, height: height)
    if !title.isEmpty { canvas.text(title, x: 24, y: 36, size: 19, weight: 650, fill: ChartStyle.title) }
    for (position, panel) in panels.enumerated() {
      let x = cellWidth * Double(position % columns)
      let y = top + cellHeight * Double(position / columns)
      PanelDrawing(panel: panel, x: x, y: y, width: cellWidth, height: cellHeight, number: position).draw(on: &canvas)
    }
    return canvas.finished
  }

  /// Writes the picture to a file; an existing one is replaced only when the new one is wholly on disk.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func write(to path: String) throws {
    let text = Array(svg().utf8)
    try replaceFile(at: path) { file in try file.write(text) }
  }
}

/// The colours of charts, on white.
enum ChartStyle {
  static let title = "#111827"
  static let text = "#374151"
  static let quiet = "#6b7280"
  static let grid = "#e9ebef"
  static let axis = "#c3c8d0"
  /// Told apart by people who see few colours too, in this order.
  static let series = ["#2563eb", "#ea6a0a", "#0d9488", "#9333ea", "#db2777", "#64748b", "#a16207", "#16a34a"]
}

/// The elements of an SVG picture.
struct SVGCanvas {
  private var elements: [String] = []
  private let width: Double
  private let height: Double

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// The whole file.
  var finished: String {
    let (w, h) = (Self.number(width), Self.number(height))
    let font = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(w)\" height=\"\(h)\" viewBox=\"0 0 \(w) \(h)\" "
      + "font-family=\"\(font)\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
      + elements.joined(separator: "\n") + "\n</svg>\n"
  }

  enum Anchor: String { case start, middle, end }

  /// - Parameter value: a bold word behind the text, where that ends.
  mutating func text(
    _ text: String, x: Double, y: Double, size: Double, weight: Int = 400, fill: String, anchor: Anchor = .start,
    followedBy value: String = "", inColour colour: String = ChartStyle.text
  ) {
    let word =
      value.isEmpty ? "" : "<tspan dx=\"6\" font-weight=\"600\" fill=\"\(colour)\">\(Self.escaped(value))</tspan>"
    elements.append(
      "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(size))\" font-weight=\"\(weight)\" "
        + "fill=\"\(fill)\" text-anchor=\"\(anchor.rawValue)\">\(Self.escaped(text))\(word)</text>")
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: String, width: Double, dashed: Bool = false
  ) {
    elements.append(
      "<line x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\" "
        + "stroke=\"\(stroke)\" stroke-width=\"\(Self.number(width))\" stroke-linecap=\"round\"\(dashed ? Self.dashes : "")/>"
    )
  }

  mutating func circle(_ x: Double, _ y: Double, radius: Double, fill: String, name: String) {
    elements.append(
      "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\" fill=\"\(fill)\" "
        + "stroke=\"#ffffff\" stroke-width=\"1.5\"><title>\(Self.escaped(name))</title></circle>")
  }

  mutating func path(_ points: [(x: Double, y: Double)], stroke: String, dashed: Bool, name: String) {
    guard let first = points.first else { return }
    let rest = points.dropFirst().map { "L\(Self.number($0.x)) \(Self.number($0.y))" }.joined()
    elements.append(
      "<path d=\"M\(Self.number(first.x)) \(Self.number(first.y))\(rest)\" fill=\"none\" stroke=\"\(stroke)\" "
        + "stroke-width=\"2\" stroke-linejoin=\"round\" stroke-linecap=\"round\"\(dashed ? Self.dashes : "")>"
        + "<title>\(Self.escaped(name))</title></path>")
  }

  private static let dashes = " stroke-dasharray=\"2 5\""

  /// A coordinate with at most two decimals.
  private static func number(_ value: Double) -> String {
    let text = NumberText.fixed(value, decimals: 2)
    guard text.contains(".") else { return text }
    let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(trimmed.reversed())
  }

  private static func escaped(_ text: String) -> String {
    text.replacingScalars { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      // XML has no way to write control characters.
      case "\u{0}"..<"\u{20}", "\u{7f}", "\u{fffe}", "\u{ffff}": " "
      default: nil
      }
    }
  }
}
