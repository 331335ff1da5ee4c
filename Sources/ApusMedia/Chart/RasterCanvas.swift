#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A chart as pixels. Everything but rectangles and pictures is made of strokes with round ends: a pixel is covered as far as
/// its distance from the stroke says, so that edges are smooth.
struct RasterCanvas: ChartCanvas {
  let width: Int
  let height: Int
  /// Red, green and blue of each pixel, row by row.
  private(set) var samples: [UInt8]
  private let scale: Double

  typealias Point = (x: Double, y: Double)

  /// A white canvas of `scale` pixels for each unit.
  init(width: Double, height: Double, scale: Double) {
    self.width = max(1, Int((width * scale).rounded()))
    self.height = max(1, Int((height * scale).rounded()))
    self.scale = scale
    samples = [UInt8](repeating: 255, count: self.width * self.height * 3)
  }

  mutating func text(
    _ text: String, x: Double, y: Double, size: Double, weight: Int, fill: String, anchor: TextAnchor,
    followedBy value: String, inColour colour: String
  ) {
    let gap = value.isEmpty ? 0.0 : 6
    let length = StrokeFont.width(text, size: size)
    let all = length + gap + StrokeFont.width(value, size: size)
    let start = anchor == .start ? x : anchor == .end ? x - all : x - all / 2
    write(text, start, y, size, isBold: weight >= 600, fill)
    write(value, start + length + gap, y, size, isBold: true, colour)
  }

  private mutating func write(_ text: String, _ x: Double, _ y: Double, _ size: Double, isBold: Bool, _ colour: String)
  {
    if text.isEmpty { return }
    stroke(StrokeFont.strokes(text, x: x, y: y, size: size), width: size * (isBold ? 0.125 : 0.088), colour)
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke colour: String, width: Double, dashed: Bool
  ) {
    let points: [Point] = [(x1, y1), (x2, y2)]
    stroke(dashed ? Self.dashes(points) : [points], width: width, colour)
  }

  mutating func circle(_ x: Double, _ y: Double, radius: Double, fill: String, name: String) {
    stroke([[(x, y)]], width: 2 * radius + 1.5, "#ffffff")
    stroke([[(x, y)]], width: 2 * radius - 1, fill)
  }

  mutating func path(_ points: [Point], stroke colour: String, dashed: Bool, name: String) {
    stroke(dashed ? Self.dashes(points) : [points], width: 2, colour)
  }

  mutating func rectangle(x: Double, y: Double, width: Double, height: Double, fill: String, name: String) {
    let colour = Self.components(fill)
    let (left, right, top, bottom) = (x * scale, (x + width) * scale, y * scale, (y + height) * scale)
    guard let rows = Self.range(top, bottom, self.height), let columns = Self.range(left, right, self.width) else {
      return
    }
    for row in rows {
      let high = min(Double(row + 1), bottom) - max(Double(row), top)
      for column in columns {
        blend(column, row, colour, high * (min(Double(column + 1), right) - max(Double(column), left)))
      }
    }
  }

  mutating func picture(_ picture: Chart.Picture, x: Double, y: Double, width: Double, height: Double) {
    let (left, top) = (x * scale, y * scale)
    let (wide, high) = (width * scale, height * scale)
    guard wide > 0, high > 0, let rows = Self.range(top, top + high, self.height),
      let columns = Self.range(left, left + wide, self.width)
    else { return }
    for row in rows {
      let sourceRow = Int((Double(row) + 0.5 - top) / high * Double(picture.height))
      guard 0..<picture.height ~= sourceRow else { continue }
      for column in columns {
        let sourceColumn = Int((Double(column) + 0.5 - left) / wide * Double(picture.width))
        guard 0..<picture.width ~= sourceColumn else { continue }
        let source = (sourceRow * picture.width + sourceColumn) * 3
        for channel in 0..<3 { samples[(row * self.width + column) * 3 + channel] = picture.samples[source + channel] }
      }
    }
  }

  // MARK: Strokes

  /// Draws lines with round ends, one through each list of points, as one figure: where they overlap nothing is darker.
  private mutating func stroke(_ lines: [[Point]], width: Double, _ colour: String) {
    let half = max(width * scale, 0.7) / 2
    let all = lines.joined()
    guard let least = all.map(\.x).min(), let most = all.map(\.x).max(), let low = all.map(\.y).min(),
      let high = all.map(\.y).max(),
      let columns = Self.range(least * scale - half - 1, most * scale + half + 1, self.width),
      let rows = Self.range(low * scale - half - 1, high * scale + half + 1, height)
    else { return }
    var coverage = [Float](repeating: 0, count: columns.count * rows.count)
    for line in lines {
      for (a, b) in zip(line, line.count > 1 ? Array(line.dropFirst()) : line) {
        let (ax, ay, bx, by) = (a.x * scale, a.y * scale, b.x * scale, b.y * scale)
        guard let across = Self.range(min(ax, bx) - half - 1, max(ax, bx) + half + 1, self.width),
          let down = Self.range(min(ay, by) - half - 1, max(ay, by) + half + 1, height)
        else { continue }
        let (dx, dy) = (bx - ax, by - ay)
        let length = dx * dx + dy * dy
        for row in down {
          let py = Double(row) + 0.5 - ay
          for column in across {
            let px = Double(column) + 0.5 - ax
            let along = length > 0 ? min(max((px * dx + py * dy) / length, 0), 1) : 0
            let (ex, ey) = (px - along * dx, py - along * dy)
            let covered = Float(min(max(half + 0.5 - (ex * ex + ey * ey).squareRoot(), 0), 1))
            let place = (row - rows.lowerBound) * columns.count + column - columns.lowerBound
            if covered > coverage[place] { coverage[place] = covered }
          }
        }
      }
    }
    let components = Self.components(colour)
    for (i, row) in rows.enumerated() {
      for (j, column) in columns.enumerated() where coverage[i * columns.count + j] > 0 {
        blend(column, row, components, Double(coverage[i * columns.count + j]))
      }
    }
  }

  /// The pixels between two coordinates; nil where there are none.
  private static func range(_ low: Double, _ high: Double, _ count: Int) -> Range<Int>? {
    let first = Int(max(0, min(low.rounded(.down), Double(count))))
    let end = Int(max(0, min(high.rounded(.up), Double(count))))
    return first < end ? first..<end : nil
  }

  /// The dashes of SVG's pattern "2 5" with round ends.
  private static func dashes(_ points: [Point]) -> [[Point]] {
    var result: [[Point]] = []
    var position = 0.0
    for (a, b) in zip(points, points.dropFirst()) {
      let length = hypot(b.x - a.x, b.y - a.y)
      guard length > 0, length < 1e5 else { continue }
      func point(_ distance: Double) -> Point {
        (a.x + (b.x - a.x) * distance / length, a.y + (b.y - a.y) * distance / length)
      }
      var start = -position.truncatingRemainder(dividingBy: 7)
      while start < length {
        let (from, to) = (max(start, 0), min(start + 2, length))
        if to > from { result.append([point(from), point(to)]) }
        start += 7
      }
      position += length
    }
    return result
  }

  private mutating func blend(_ column: Int, _ row: Int, _ colour: [Double], _ part: Double) {
    let place = (row * width + column) * 3
    for channel in 0..<3 {
      let below = Double(samples[place + channel])
      samples[place + channel] = UInt8(max(0, min(255, (below + (colour[channel] - below) * part).rounded())))
    }
  }

  private static func components(_ colour: String) -> [Double] {
    let number = Int(colour.dropFirst(), radix: 16) ?? 0
    return [16, 8, 0].map { Double(number >> $0 & 255) }
  }
}
