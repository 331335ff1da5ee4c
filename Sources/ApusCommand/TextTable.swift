/// Rows of cells as lines, in columns of one width: the first `texts` columns to the left, the others to the right.
func aligned(_ rows: [[String]], texts: Int) -> String {
  let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    let cells = row.enumerated().map { column, cell -> String in
      let space = String(repeating: " ", count: widths[column] - cell.count)
      return column < texts ? cell + space : space + cell
    }
    let line = cells.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
  }.joined()
}
