import ApusCore
import ApusFormats

/// A picture of curves, such as the loss and the accuracy of a training run, of points, bars, histograms, heat maps, confusion
/// matrices and pictures, as SVG or PNG. Both are drawn by code of our own.
///
///     let chart = Chart(title: "Digits", panels: [
///       .init(title: "loss", xLabel: "epoch", series: [.init(name: "train", y: trainLoss), .init(name: "validation", y: loss)]),
///       .init(title: "accuracy", xLabel: "epoch", series: [.init(name: "validation", y: accuracy)]),
///     ])
///     try chart.write(to: "curves.svg")
public struct Chart: Sendable, Hashable {
  /// One curve, or dots or bars. Points that are not finite leave a gap.
  public struct Series: Sendable, Hashable {
    public var name: String
    public var x: [Double]
    public var y: [Double]
    /// Whether the line is dashed.
    public var isDashed: Bool
    /// How the points are shown.
    public var mark: Mark

    /// A curve through the points `(x[i], y[i])`; surplus numbers of the longer list are left out.
    public init(name: String, x: [Double], y: [Double], isDashed: Bool = false, mark: Mark = .line) {
      let count = min(x.count, y.count)
      self.name = name
      self.x = Array(x.prefix(count))
      self.y = Array(y.prefix(count))
      self.isDashed = isDashed
      self.mark = mark
    }

    /// A curve through `(1, y[0]), (2, y[1])` ..., as for epochs.
    public init(name: String, y: [Double], isDashed: Bool = false, mark: Mark = .line) {
      self.init(name: name, x: y.indices.map { Double($0 + 1) }, y: y, isDashed: isDashed, mark: mark)
    }
  }

  /// How numbers become heights.
  public enum Scale: Sendable, Hashable {
    /// The values themselves.
    case linear
    /// Powers of ten at equal distances; values that are not positive are left out.
    case logarithmic
  }

  /// A pair of axes with curves, or another content.
  public struct Panel: Sendable, Hashable {
    /// Written above the panel.
    public var title: String
    public var xLabel: String
    public var xScale: Scale
    public var yScale: Scale
    /// The names of 0, 1, 2 ... on the horizontal axis, in place of numbers.
    public var xNames: [String] = []
    /// What the panel shows.
    public var content: Content

    /// The series of a panel of series; none in another one.
    public var series: [Series] {
      get { if case .series(let series) = content { series } else { [] } }
      set { content = .series(newValue) }
    }

    /// A panel of curves; titles may be empty.
    public init(
      title: String, xLabel: String = "", xScale: Scale = .linear, yScale: Scale = .linear, series: [Series]
    ) {
      self.title = title
      self.xLabel = xLabel
      self.xScale = xScale
      self.yScale = yScale
      content = .series(series)
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
    let layout = ChartLayout(self, panelWidth, panelHeight)
    var canvas = SVGCanvas(width: layout.width, height: layout.height)
    layout.draw(self, on: &canvas)
    return canvas.finished
  }

  /// The picture as a PNG file.
  /// - Parameters:
  ///   - panelWidth: the width of each panel in units of the SVG picture, at least 240.
  ///   - panelHeight: the height of each panel, at least 180.
  ///   - scale: the number of pixels of a unit, 0.25 to 8; less where the picture would have more than 64 million pixels.
  /// - Throws: `TensorError` of kind `shape` when it is larger than a PNG file can be.
  public func png(panelWidth: Int = 480, panelHeight: Int = 340, scale: Double = 2) throws(TensorError) -> [UInt8] {
    let raster = rasterized(panelWidth: panelWidth, panelHeight: panelHeight, scale: scale)
    return try encodePNG(samples: raster.samples, width: raster.width, height: raster.height, channels: 3)
  }

  private static let mostPixels = 64e6

  /// The picture as bytes of red, green and blue, row by row; see ``png(panelWidth:panelHeight:scale:)``.
  package func rasterized(
    panelWidth: Int, panelHeight: Int, scale: Double
  ) -> (samples: [UInt8], width: Int, height: Int) {
    let layout = ChartLayout(self, panelWidth, panelHeight)
    let most = (Self.mostPixels / (layout.width * layout.height)).squareRoot()
    var canvas = RasterCanvas(
      width: layout.width, height: layout.height, scale: min(max(scale, 0.25), 8, most))
    layout.draw(self, on: &canvas)
    return (canvas.samples, canvas.width, canvas.height)
  }

  /// Writes the picture to a file, as PNG where its name ends with `.png` and as SVG else; an existing one is replaced only
  /// when the new one is wholly on disk.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func write(to path: String) throws {
    let bytes = path.lowercased().hasSuffix(".png") ? try png() : Array(svg().utf8)
    try replaceFile(at: path) { file in try file.write(bytes) }
  }
}

/// Where the panels of a chart lie.
private struct ChartLayout {
  let width: Double
  let height: Double
  private let cells: [(x: Double, y: Double, width: Double, height: Double)]

  init(_ chart: Chart, _ panelWidth: Int, _ panelHeight: Int) {
    let (cellWidth, cellHeight) = (Double(min(max(panelWidth, 240), 8192)), Double(min(max(panelHeight, 180), 8192)))
    let columns = max(1, min(2, chart.panels.count))
    let rows = max(1, (chart.panels.count + columns - 1) / columns)
    let top = chart.title.isEmpty ? 12.0 : 50.0
    (width, height) = (cellWidth * Double(columns), top + cellHeight * Double(rows))
    cells = chart.panels.indices.map { position in
      (
        cellWidth * Double(position % columns), top + cellHeight * Double(position / columns), cellWidth, cellHeight
      )
    }
  }

  func draw(_ chart: Chart, on canvas: inout some ChartCanvas) {
    if !chart.title.isEmpty {
      canvas.text(chart.title, x: 24, y: 36, size: 19, weight: 650, fill: ChartStyle.title)
    }
    for (panel, cell) in zip(chart.panels, cells) {
      let (x, y, width, height) = cell
      switch panel.content {
      case .series: PanelDrawing(panel: panel, x: x, y: y, width: width, height: height).draw(on: &canvas)
      case .heatMap(let map):
        HeatMapDrawing(title: panel.title, map: map, x: x, y: y, width: width, height: height).draw(on: &canvas)
      case .pictures(let pictures, let captions, let columns):
        PicturesDrawing(
          title: panel.title, pictures: pictures, captions: captions, columns: columns, x: x, y: y, width: width,
          height: height
        ).draw(on: &canvas)
      }
    }
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
struct SVGCanvas: ChartCanvas {
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

  mutating func text(
    _ text: String, x: Double, y: Double, size: Double, weight: Int, fill: String, anchor: TextAnchor,
    followedBy value: String, inColour colour: String
  ) {
    let word =
      value.isEmpty ? "" : "<tspan dx=\"6\" font-weight=\"600\" fill=\"\(colour)\">\(Self.escaped(value))</tspan>"
    elements.append(
      "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(size))\" font-weight=\"\(weight)\" "
        + "fill=\"\(fill)\" text-anchor=\"\(anchor.rawValue)\">\(Self.escaped(text))\(word)</text>")
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: String, width: Double, dashed: Bool
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

  mutating func rectangle(x: Double, y: Double, width: Double, height: Double, fill: String, name: String) {
    elements.append(
      "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" "
        + "height=\"\(Self.number(height))\" fill=\"\(fill)\">"
        + (name.isEmpty ? "" : "<title>\(Self.escaped(name))</title>") + "</rect>")
  }

  mutating func picture(_ picture: Chart.Picture, x: Double, y: Double, width: Double, height: Double) {
    // A picture of valid size and samples is always encoded.
    guard let file = try? picture.png() else { return }
    elements.append(
      "<image x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" "
        + "height=\"\(Self.number(height))\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" "
        + "href=\"data:image/png;base64,\(encodeBase64(file))\"/>")
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
