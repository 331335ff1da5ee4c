import ApusCore

extension Chart {
  /// How the points of a series are shown.
  public enum Mark: Sendable, Hashable {
    /// A line through them.
    case line
    /// A dot at each.
    case scatter
    /// A bar up to each from zero, so wide in units of the horizontal axis; bars of several series stand side by side.
    case bar(width: Double)
  }

  /// A table of numbers shown as colours.
  public struct HeatMap: Sendable, Hashable {
    /// The numbers, row by row from the top. Those that are not finite are left white.
    public var values: [[Double]]
    /// The names of rows and columns; as many as there are, or none.
    public var rowNames: [String]
    public var columnNames: [String]
    public var rowLabel: String
    public var columnLabel: String
    /// Whether each cell shows its number.
    public var showsValues: Bool
    /// Whether colours stand for the share in the row, as in a confusion matrix, rather than for the number.
    public var isSharedByRow: Bool

    /// A table of numbers; names and labels may be left out.
    public init(
      _ values: [[Double]], rowNames: [String] = [], columnNames: [String] = [], rowLabel: String = "",
      columnLabel: String = "", showsValues: Bool = false, isSharedByRow: Bool = false
    ) {
      self.values = values
      self.rowNames = rowNames
      self.columnNames = columnNames
      self.rowLabel = rowLabel
      self.columnLabel = columnLabel
      self.showsValues = showsValues
      self.isSharedByRow = isSharedByRow
    }
  }

  /// A picture of 8-bit colours.
  public struct Picture: Sendable, Hashable {
    /// The number of columns.
    public let width: Int
    /// The number of rows.
    public let height: Int
    /// Red, green and blue of each pixel, row by row.
    let samples: [UInt8]

    /// The picture of a tensor `[channels, height, width]` with 1 or 3 channels, or `[height, width]`: uint8, or numbers from
    /// 0 to 1, beyond which they are cut.
    /// - Throws: `TensorError` of kind `shape` for other shapes.
    public init(_ tensor: Tensor) throws(TensorError) {
      let planes = tensor.rank == 2 ? tensor.unsqueeze(0) : tensor
      guard planes.rank == 3, [1, 3].contains(planes.shape[0]), !planes.shape.contains(0) else {
        throw TensorError(
          .shape, "Chart.Picture",
          "a picture is [channels, height, width] with 1 or 3 channels, or [height, width], not \(tensor.shape)")
      }
      (height, width) = (planes.shape[1], planes.shape[2])
      let rows = planes.detach().expand([3, height, width]).permute([1, 2, 0])
      let bytes = rows.dtype == .uint8 ? rows : (rows.to(.float32) * 255).clamp(min: 0.0, max: 255.0).to(.uint8)
      samples = bytes.reshape([-1]).array(as: UInt8.self)
    }

    /// The picture as a PNG file.
    package func png() throws(TensorError) -> [UInt8] {
      try encodePNG(samples: samples, width: width, height: height, channels: 3)
    }
  }

  /// What a panel shows.
  public enum Content: Sendable, Hashable {
    /// Series between two axes.
    case series([Series])
    /// A table of numbers as colours.
    case heatMap(HeatMap)
    /// Pictures in rows of `columns`, with a line of text below each (or none).
    case pictures([Picture], captions: [String], columns: Int)
  }
}

extension Chart.Panel {
  /// A panel of anything.
  public init(title: String, content: Chart.Content) {
    self.init(title: title, series: [])
    self.content = content
  }

  /// Dots at the points `(x[i], y[i])`.
  public static func scatter(
    title: String, xLabel: String = "", x: [Double], y: [Double], name: String = ""
  ) -> Self {
    Self(title: title, xLabel: xLabel, series: [.init(name: name, x: x, y: y, mark: .scatter)])
  }

  /// A bar for each name.
  public static func bar(title: String, xLabel: String = "", names: [String], values: [Double]) -> Self {
    bar(title: title, xLabel: xLabel, names: names, groups: [("", values)])
  }

  /// A group of bars for each name, one bar of each of the groups' series.
  public static func bar(
    title: String, xLabel: String = "", names: [String], groups: [(name: String, values: [Double])]
  ) -> Self {
    let series = groups.map { group in
      Chart.Series(
        name: group.name, x: group.values.indices.map(Double.init), y: group.values, mark: .bar(width: 0.8))
    }
    var panel = Self(title: title, xLabel: xLabel, series: series)
    panel.xNames = names
    return panel
  }

  /// How many of `values` lie in each of `bins` equal intervals between the least and the greatest. Values that are not finite
  /// are left out.
  public static func histogram(title: String, xLabel: String = "", values: [Double], bins: Int = 30) -> Self {
    let values = values.filter(\.isFinite)
    let count = max(1, min(bins, 10_000))
    var (low, high) = (values.min() ?? 0, values.max() ?? 1)
    if low == high { (low, high) = (low - 0.5, high + 0.5) }
    let width = high / Double(count) - low / Double(count)
    var counts = [Double](repeating: 0, count: count)
    for value in values {
      // Halves, since the whole range of large numbers is not finite.
      let part = (value / 2 - low / 2) / (high / 2 - low / 2) * Double(count)
      counts[part.isFinite ? Int(min(max(part, 0), Double(count - 1))) : 0] += 1
    }
    let centres = counts.indices.map { low + (Double($0) + 0.5) * width }
    return Self(
      title: title, xLabel: xLabel, series: [.init(name: "", x: centres, y: counts, mark: .bar(width: width))])
  }

  /// A table of numbers as colours.
  public static func heatMap(
    title: String, _ values: [[Double]], rowNames: [String] = [], columnNames: [String] = [], showsValues: Bool = false
  ) -> Self {
    Self(
      title: title,
      content: .heatMap(.init(values, rowNames: rowNames, columnNames: columnNames, showsValues: showsValues)))
  }

  /// How often each class (row) was taken for each class (column); the stronger a colour, the greater the share of its row.
  /// - Parameter counts: `counts[actual][predicted]`.
  public static func confusionMatrix(title: String = "", counts: [[Int]], classNames: [String]) -> Self {
    Self(
      title: title,
      content: .heatMap(
        .init(
          counts.map { $0.map(Double.init) }, rowNames: classNames, columnNames: classNames, rowLabel: "true",
          columnLabel: "predicted", showsValues: true, isSharedByRow: true)))
  }

  /// Pictures beside and below each other, with a line of text below each where there are `captions`.
  public static func images(
    title: String = "", _ pictures: [Chart.Picture], captions: [String] = [], columns: Int = 8
  ) -> Self {
    Self(title: title, content: .pictures(pictures, captions: captions, columns: columns))
  }
}
