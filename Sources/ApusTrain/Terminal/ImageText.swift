import ApusCore

/// A grey picture as lines of text.
///
/// - Parameters:
///   - pixels: `height * width` values from 0 (black) to 1 (white), row-major; others are brought into that range.
///   - terminal: half blocks in shades of grey where it has colours, blocks of four densities where it has Unicode, ASCII
///     characters elsewhere. A picture that is too wide for it is made smaller.
/// - Throws: `TensorError` of kind `shape` when the numbers do not fit together.
public func drawImage(
  _ pixels: [Float], width: Int, height: Int, terminal: Terminal = .standardOutput
) throws(TensorError) -> String {
  try drawImages([pixels], width: width, height: height, terminal: terminal)
}

/// Several grey pictures of the same size side by side, as many in a row as the terminal is wide, each with its caption
/// below it.
/// - Throws: as ``drawImage(_:width:height:terminal:)``.
public func drawImages(
  _ images: [[Float]], width: Int, height: Int, captions: [String] = [], terminal: Terminal = .standardOutput
) throws(TensorError) -> String {
  let (size, overflow) = width.multipliedReportingOverflow(by: height)
  guard width > 0, height > 0, !overflow else {
    throw TensorError(.shape, "drawImages", "a picture of height \(height) and width \(width) has no pixels")
  }
  if let wrong = images.firstIndex(where: { $0.count != size }) {
    throw TensorError(
      .shape, "drawImages",
      "picture \(wrong) has \(images[wrong].count) pixels, but height \(height) and width \(width) make \(size)")
  }
  let columnsPerPixel = terminal.hasColours && terminal.hasUnicode ? 1 : 2
  let available = max(terminal.width, 8)
  let factor = max(1, (width * columnsPerPixel + available - 1) / available)
  let drawn = images.map { GreyImage($0, width: width, height: height, factor: factor) }
  guard let first = drawn.first else { return "" }
  // A caption longer than the picture is wide moves the pictures apart.
  let longest = captions.map { singleLine($0).count }.max() ?? 0
  let columns = max(first.width * columnsPerPixel, min(longest, available))
  let margin = columns - first.width * columnsPerPixel
  let (left, right) = (String(repeating: " ", count: margin / 2), String(repeating: " ", count: margin - margin / 2))
  let perRow = max(1, (available + 2) / (columns + 2))
  var lines: [String] = []
  for start in stride(from: 0, to: drawn.count, by: perRow) {
    let row = start..<min(start + perRow, drawn.count)
    let blocks = row.map { drawn[$0].lines(terminal).map { left + $0 + right } }
    for line in blocks[0].indices { lines.append(blocks.map { $0[line] }.joined(separator: "  ")) }
    if !captions.isEmpty {
      let texts = row.map { number -> String in
        let caption = captions.indices.contains(number) ? singleLine(captions[number]) : ""
        let text = String(caption.prefix(columns))
        return padded(right: padded(left: text, (columns + text.count) / 2), columns)
      }
      lines.append(texts.joined(separator: "  "))
    }
  }
  return lines.joined(separator: "\n") + "\n"
}

/// A picture made `factor` times smaller in both directions by averaging.
private struct GreyImage {
  let width: Int
  let height: Int
  private var pixels: [Float]

  init(_ source: [Float], width: Int, height: Int, factor: Int) {
    self.width = (width + factor - 1) / factor
    self.height = (height + factor - 1) / factor
    pixels = []
    pixels.reserveCapacity(self.width * self.height)
    for top in stride(from: 0, to: height, by: factor) {
      for left in stride(from: 0, to: width, by: factor) {
        var (sum, count): (Float, Float) = (0, 0)
        for y in top..<min(top + factor, height) {
          for x in left..<min(left + factor, width) {
            let value = source[y * width + x]
            sum += value.isNaN ? 0 : min(max(value, 0), 1)
            count += 1
          }
        }
        pixels.append(sum / count)
      }
    }
  }

  func lines(_ terminal: Terminal) -> [String] {
    guard terminal.hasUnicode && terminal.hasColours else {
      let ramp = terminal.hasUnicode ? Array(" ░▒▓█") : Array(" .:-=+*#%@")
      return (0..<height).map { y in
        (0..<width).map { x in
          let shade = ramp[Int((pixels[y * width + x] * Float(ramp.count - 1)).rounded())]
          return String([shade, shade])
        }.joined()
      }
    }
    // Each character shows two pixels: its upper half in the text's colour, its lower half in the background's.
    return stride(from: 0, to: height, by: 2).map { y in
      let line = (0..<width).map { x in
        let below = y + 1 < height ? ";48;5;\(shade(x, y + 1))" : ""
        return "\u{1b}[38;5;\(shade(x, y))\(below)m▀"
      }.joined()
      return line + "\u{1b}[0m"
    }
  }

  /// The nearest of the 24 greys, black and white of the 256 colours of terminals.
  private func shade(_ x: Int, _ y: Int) -> Int {
    let level = Int((pixels[y * width + x] * 25).rounded())
    return level == 0 ? 16 : level == 25 ? 231 : 231 + level
  }
}
