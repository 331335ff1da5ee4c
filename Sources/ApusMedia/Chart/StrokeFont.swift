/// Letters as strokes of a pen, for pictures on machines with or without fonts.
///
/// A stroke is a list of pairs of digits: a column from 0 to 6 and a row from 0 to 9, of which 2 is the line that letters stand
/// on, 7 the height of small ones and 9 that of capitals. Strokes that begin with `~` are rounded at their corners.
enum StrokeFont {
  typealias Point = (x: Double, y: Double)

  private static let glyphs: [Character: String] = [
    "0": "~294942020929", "1": "072922", "2": "~070949474602 0242", "3": "~0809494626 ~2646420203", "4": "32390444",
    "5": "490906 ~062646420203", "6": "~4849090242460605", "7": "094912", "8": "~294946060929 ~264642020626",
    "9": "~0302424909054546",
    "A": "022942 1434", "B": "020929 ~29494626 0626 ~26464222 2202", "C": "~484909024243", "D": "020929 ~29494222 2202",
    "E": "49090242 0636", "F": "490902 0636", "G": "~484909024244 444525", "H": "0902 4942 0646", "I": "0902",
    "J": "4944 ~44420203", "K": "0902 4905 1642", "L": "090242", "M": "0209346962", "N": "02094249",
    "O": "~295952020929", "P": "0209 0929 ~29494525 2505", "Q": "~295952020929 3461",
    "R": "0209 0929 ~29494525 2505 2542",
    "S": "~4849090645420203", "T": "0949 2922", "U": "0904 ~04024244 4449", "V": "092249", "W": "0912375269",
    "X": "0942 4902", "Y": "0925 4925 2522", "Z": "09490242",
    "a": "4742 ~464707024243", "b": "0902 ~060747420203", "c": "~464707024243", "d": "4942 ~464707024243",
    "e": "0545 ~454707024243", "f": "~391917 1712 0737", "g": "~464707024243 4741 ~41400001",
    "h": "0902 ~05074745 4542",
    "i": "0702 0909", "j": "1711 ~111000 1919", "k": "0902 3704 1532", "l": "0902",
    "m": "0702 ~05073735 3532 ~35376765 6562",
    "n": "0702 ~05074745 4542", "o": "~274742020727", "p": "0700 ~060747420203", "q": "4740 ~464707024243",
    "r": "0702 ~05073736", "s": "~4647070544420203", "t": "1914 ~141232 0737", "u": "0704 ~04024244 4742",
    "v": "072247",
    "w": "0712365267", "x": "0742 4702", "y": "0722 4710", "z": "07470242",
    ".": "0202", ",": "1200", ":": "0202 0606", ";": "1200 1616", "-": "0535", "–": "0545", "—": "0565",
    "+": "0545 2723",
    "=": "0646 0444", "%": "4902 ~0929270709 ~3454523234", "/": "0139", "\\": "0931", "(": "~19080310",
    ")": "~09181300",
    "[": "19090010", "]": "09191000", "!": "0904 0202", "?": "~0809494624 2424 2222", "'": "0907", "\"": "0907 2927",
    "_": "0141", "*": "2925 0846 0648", "#": "1219 3239 0747 0444", "<": "480542", ">": "084502", "|": "0900",
    "&": "4208 ~0809292705 ~0502023245", "^": "072947", "~": "~050616354546", "$": "~4849090645420203 2921",
    "°": "~0929270709", "·": "0505", "×": "1346 4316", "→": "0555 375533", "↑": "2229 072947", "↓": "2922 042244",
    "…": "0202 2222 4242", "µ": "0700 ~04024244 4742", "μ": "0700 ~04024244 4742", "{": "29181605140210",
    "}": "09181625142200", "@": "~520208686444 ~4626244446", "`": "0918",
  ]

  /// What stands for a letter that there is no form of.
  private static let unknown = "0209494202"
  /// Rows and columns in a unit of size.
  private static let units = 9.6
  private static let space = 3.0
  private static let gap = 1.75

  private static let forms: [Character: (lines: [[Point]], width: Double)] = glyphs.mapValues(form)

  private static func form(_ text: String) -> (lines: [[Point]], width: Double) {
    let lines = text.split(separator: " ").map { stroke -> [Point] in
      let digits = stroke.compactMap(\.wholeNumberValue)
      let points = stride(from: 0, to: digits.count - 1, by: 2).map {
        (x: Double(digits[$0]), y: Double(digits[$0 + 1] - 2))
      }
      return stroke.hasPrefix("~") ? rounded(rounded(rounded(points))) : points
    }
    return (lines, lines.joined().map(\.x).max() ?? 0)
  }

  /// The line with its corners cut at a quarter of their sides; its ends stay.
  private static func rounded(_ points: [Point]) -> [Point] {
    guard points.count > 2, let first = points.first, let last = points.last else { return points }
    var cut: [Point] = []
    for (a, b) in zip(points, points.dropFirst()) { cut += [between(a, b, 0.25), between(a, b, 0.75)] }
    return [first] + cut.dropFirst().dropLast() + [last]
  }

  private static func form(of letter: Character) -> (lines: [[Point]], width: Double) {
    if letter == " " { return ([], space - gap) }
    return forms[letter] ?? form(unknown)
  }

  private static func between(_ a: Point, _ b: Point, _ part: Double) -> Point {
    (x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part)
  }

  /// How wide a text is.
  static func width(_ text: String, size: Double) -> Double {
    text.isEmpty ? 0 : (text.reduce(0) { $0 + form(of: $1).width + gap } - gap) * size / units
  }

  /// The lines of a text that begins at `x` and stands on `y`.
  static func strokes(_ text: String, x: Double, y: Double, size: Double) -> [[Point]] {
    let unit = size / units
    var left = x
    var lines: [[Point]] = []
    for letter in text {
      let (strokes, width) = form(of: letter)
      for stroke in strokes { lines.append(stroke.map { (left + $0.x * unit, y - $0.y * unit) }) }
      left += (width + gap) * unit
    }
    return lines
  }
}
