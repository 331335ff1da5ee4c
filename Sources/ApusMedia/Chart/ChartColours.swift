/// Colours for numbers from 0 to 1.
enum ColourScale {
  /// From dark violet over green to yellow, even to the eye and in grey too, like matplotlib's viridis.
  case sequential
  /// From white to the colour of a first curve.
  case share

  private static let violetToYellow: [(Double, Double, Double)] = [
    (68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37),
  ]
  private static let whiteToBlue: [(Double, Double, Double)] = [
    (246, 248, 252), (191, 212, 248), (110, 158, 242), (37, 99, 235), (23, 55, 140),
  ]

  /// The colour of a number, and one for text on it.
  func colours(_ value: Double) -> (fill: String, text: String) {
    let stops = self == .sequential ? Self.violetToYellow : Self.whiteToBlue
    let place = (value.isNaN ? 0 : min(max(value, 0), 1)) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    let (a, b, part) = (stops[index], stops[index + 1], place - Double(index))
    let red = a.0 + (b.0 - a.0) * part
    let green = a.1 + (b.1 - a.1) * part
    let blue = a.2 + (b.2 - a.2) * part
    let brightness = 0.299 * red + 0.587 * green + 0.114 * blue
    return ("#" + Self.hex(red) + Self.hex(green) + Self.hex(blue), brightness > 145 ? ChartStyle.title : "#ffffff")
  }

  private static func hex(_ value: Double) -> String {
    let digits = String(Int(value.rounded()), radix: 16)
    return digits.count < 2 ? "0" + digits : digits
  }
}
