/// How a character of the screen looks.
enum ScreenStyle: UInt8 {
  case plain, faint, border, title, strong, training, trainingFaint, validation, good, rest

  /// The ANSI code, for 256 colours on a dark or a light background.
  var code: String {
    switch self {
    case .plain: "0"
    case .faint: "38;5;245"
    case .border: "38;5;240"
    case .title: "1;38;5;75"
    case .strong: "1"
    case .training: "38;5;75"
    case .trainingFaint: "38;5;25"
    case .validation: "38;5;215"
    case .good: "38;5;114"
    case .rest: "38;5;238"
    }
  }
}

/// A part of the screen, in characters.
struct ScreenArea: Equatable {
  var x: Int
  var y: Int
  var width: Int
  var height: Int

  /// What lies inside of a frame.
  var inner: ScreenArea { ScreenArea(x: x + 2, y: y + 1, width: max(0, width - 4), height: max(0, height - 2)) }

  /// `count` areas side by side.
  func columns(_ count: Int) -> [ScreenArea] {
    (0..<count).map { i in
      let (start, end) = (width * i / count, width * (i + 1) / count)
      return ScreenArea(x: x + start, y: y, width: end - start, height: height)
    }
  }
}

/// Characters in rows and columns, which are written as lines of text.
package struct ScreenCanvas {
  private struct Cell {
    /// 0 behind a character that is two columns wide.
    var scalar: UInt32 = 32
    var style = ScreenStyle.plain
  }

  let width: Int
  let height: Int
  private var cells: [Cell]

  init(width: Int, height: Int) {
    (self.width, self.height) = (max(0, width), max(0, height))
    cells = Array(repeating: Cell(), count: self.width * self.height)
  }

  var area: ScreenArea { ScreenArea(x: 0, y: 0, width: width, height: height) }

  /// Writes `text` from column `x` on, at most `limit` columns of it.
  /// - Returns: the column behind it.
  @discardableResult
  mutating func put(_ text: String, x: Int, y: Int, _ style: ScreenStyle = .plain, limit: Int = .max) -> Int {
    guard (0..<height).contains(y) else { return x }
    let end = min(width, limit == .max ? width : x + limit)
    var x = x
    for scalar in text.unicodeScalars {
      let columns = columnCount(scalar)
      if columns == 0 { continue }
      guard x >= 0, x + columns <= end else { break }
      let isControl = scalar.value < 0x20 || 0x7f..<0xa0 ~= scalar.value
      cells[y * width + x] = Cell(scalar: isControl ? 32 : scalar.value, style: style)
      if columns == 2 { cells[y * width + x + 1] = Cell(scalar: 0, style: style) }
      x += columns
    }
    return x
  }

  /// Writes `text` so that it ends before column `end`.
  mutating func put(_ text: String, before end: Int, y: Int, _ style: ScreenStyle = .plain) {
    put(text, x: max(0, end - columnCount(text)), y: y, style)
  }

  /// Sets dots of a braille character: bit `d` of `dots` as Unicode numbers them.
  mutating func dot(_ dots: UInt32, x: Int, y: Int, _ style: ScreenStyle) {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return }
    let old = cells[y * width + x].scalar
    let before = 0x2800..<0x2900 ~= old ? old - 0x2800 : 0
    cells[y * width + x] = Cell(scalar: 0x2800 + (before | dots), style: style)
  }

  /// A frame with rounded corners and a title in its upper edge.
  mutating func frame(_ area: ScreenArea, title: String, note: String = "") {
    guard area.width >= 4, area.height >= 2 else { return }
    let (right, bottom) = (area.x + area.width - 1, area.y + area.height - 1)
    put("╭" + String(repeating: "─", count: area.width - 2) + "╮", x: area.x, y: area.y, .border)
    put("╰" + String(repeating: "─", count: area.width - 2) + "╯", x: area.x, y: bottom, .border)
    for y in (area.y + 1)..<max(area.y + 1, bottom) {
      put("│", x: area.x, y: y, .border)
      put("│", x: right, y: y, .border)
    }
    let limit = area.width - 4
    put(" " + title + " ", x: area.x + 2, y: area.y, .title, limit: limit)
    if !note.isEmpty, columnCount(title) + columnCount(note) + 6 <= limit {
      put(" " + note + " ", before: right - 1, y: area.y, .faint)
    }
  }

  /// A bar that is filled up to `fraction`, to half a character.
  mutating func bar(_ fraction: Double, x: Int, y: Int, width: Int, _ style: ScreenStyle) {
    guard width > 0 else { return }
    let halves = fraction.isNaN ? 0 : Int((min(max(fraction, 0), 1) * Double(2 * width)).rounded(.down))
    let done = put(String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : ""), x: x, y: y, style)
    put(String(repeating: "━", count: max(0, x + width - done)), x: done, y: y, .rest)
  }

  /// Row `y` as text without spaces at its end, in colours or plain.
  func line(_ y: Int, isStyled: Bool) -> String {
    let row = cells[(y * width)..<((y + 1) * width)]
    let end = row.lastIndex { $0.scalar != 32 }.map { $0 + 1 } ?? row.startIndex
    var text = ""
    var style = ScreenStyle.plain
    for cell in row[row.startIndex..<end] where cell.scalar != 0 {
      // The style of a space cannot be seen.
      if isStyled, cell.scalar != 32, cell.style != style {
        if style != .plain { text += "\u{1b}[0m" }
        if cell.style != .plain { text += "\u{1b}[\(cell.style.code)m" }
        style = cell.style
      }
      if let scalar = Unicode.Scalar(cell.scalar) { text.unicodeScalars.append(scalar) }
    }
    return style == .plain ? text : text + "\u{1b}[0m"
  }

  /// All rows.
  package func lines(isStyled: Bool) -> [String] { (0..<height).map { line($0, isStyled: isStyled) } }
}

/// How many columns of a terminal a character takes.
private func columnCount(_ scalar: Unicode.Scalar) -> Int {
  let value = scalar.value
  if value < 0x300 { return 1 }
  if scalar.properties.generalCategory == .nonspacingMark || scalar.properties.generalCategory == .enclosingMark
    || scalar.properties.generalCategory == .format
  {
    return 0
  }
  // East Asian wide characters and pictures.
  let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
    0xff00...0xff60,
    0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff, 0x20000...0x3fffd,
  ]
  return wide.contains { $0.contains(value) } ? 2 : 1
}

/// How many columns of a terminal a text takes.
func columnCount(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + columnCount($1) } }
