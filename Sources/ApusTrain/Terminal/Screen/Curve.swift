/// A series of values over time in bounded memory: where there are many, neighbours are merged into their means.
struct Curve {
  struct Point: Equatable {
    var x: Double
    var y: Double
  }

  /// The means of neighbours, in order, and the last value as it is.
  private(set) var points: [Point] = []
  private let limit: Int
  /// How many values a point is the mean of.
  private var stride = 1
  private var pending = Point(x: 0, y: 0)
  private var pendingCount = 0

  /// - Parameter limit: the most points that are kept, an even number.
  init(limit: Int = 1024) { self.limit = max(2, limit) }

  var last: Double? { points.last?.y }

  /// Adds a value; one that is no finite number leaves no trace.
  mutating func append(_ x: Double, _ y: Double) {
    guard x.isFinite, y.isFinite else { return }
    if pendingCount > 0 { points.removeLast() }
    pending = Point(x: pending.x + x, y: pending.y + y)
    pendingCount += 1
    points.append(Point(x: pending.x / Double(pendingCount), y: pending.y / Double(pendingCount)))
    guard pendingCount == stride else { return }
    pending = Point(x: 0, y: 0)
    pendingCount = 0
    if points.count == limit {
      points = Swift.stride(from: 0, to: limit - 1, by: 2).map { i in
        Point(x: (points[i].x + points[i + 1].x) / 2, y: (points[i].y + points[i + 1].y) / 2)
      }
      stride *= 2
    }
  }

  /// The points with the noise taken out: each is the mean of its neighbours, a fortieth of the curve to both sides.
  var smoothed: [Point] {
    let reach = points.count / 40
    var sum = 0.0
    var (start, end) = (0, 0)
    return points.indices.map { i in
      while end < min(points.count, i + reach + 1) {
        sum += points[end].y
        end += 1
      }
      while start < i - reach {
        sum -= points[start].y
        start += 1
      }
      return Point(x: points[i].x, y: sum / Double(end - start))
    }
  }

  /// The whole curve as a row of bars, at most `width` characters: means of equal parts. What hardly changes is level.
  func sparkline(width: Int) -> String {
    let count = min(width, points.count)
    guard count > 0 else { return "" }
    let parts = (0..<count).map { i in
      let part = points[(points.count * i / count)..<(points.count * (i + 1) / count)]
      return part.reduce(0) { $0 + $1.y } / Double(part.count)
    }
    guard let low = parts.min(), let high = parts.max() else { return "" }
    let bars = Array("▁▂▃▄▅▆▇█")
    let isLevel = high - low <= 0.02 * max(abs(high), abs(low))
    return String(parts.map { isLevel ? bars[3] : bars[Int(($0 - low) / (high - low) * 7.999)] })
  }
}
