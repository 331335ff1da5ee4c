/// Draws a panel of pictures in rows.
struct PicturesDrawing {
  let title: String
  let pictures: [Chart.Picture]
  let captions: [String]
  let columns: Int
  let x, y, width, height: Double

  func draw(on canvas: inout some ChartCanvas) {
    canvas.text(title, x: x + 24, y: y + 20, size: 14, weight: 600, fill: ChartStyle.text)
    guard !pictures.isEmpty else { return }
    let columns = max(1, min(self.columns, pictures.count))
    let rows = (pictures.count + columns - 1) / columns
    let top = y + (title.isEmpty ? 8 : 34)
    let caption = captions.isEmpty ? 0.0 : 18
    let cell = (width: (width - 48) / Double(columns), height: (y + height - 8 - top) / Double(rows))
    // All are equally wide, and the tallest one fits its cell.
    let tallest = pictures.map { Double($0.height) / Double($0.width) }.max() ?? 1
    let side = max(4, min(cell.width - 6, (cell.height - 6 - caption) / max(tallest, 0.01)))
    for (i, picture) in pictures.enumerated() {
      let size = (width: side, height: side * Double(picture.height) / Double(picture.width))
      let cellX = x + 24 + Double(i % columns) * cell.width
      let cellY = top + Double(i / columns) * cell.height
      let left = cellX + (cell.width - size.width) / 2
      canvas.picture(picture, x: left, y: cellY, width: size.width, height: size.height)
      if captions.indices.contains(i) {
        let most = max(1, Int(cell.width / 6.2))
        canvas.text(
          String(captions[i].prefix(most)), x: cellX + cell.width / 2, y: cellY + size.height + 14, size: 11,
          fill: ChartStyle.quiet, anchor: .middle)
      }
    }
  }
}
