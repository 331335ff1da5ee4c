import ApusCore

extension ProfilerAverages: CustomStringConvertible {
  /// The table in the order of the first events.
  public var description: String { table() }

  /// A table as PyTorch's profiler prints it.
  ///
  /// - Parameters:
  ///   - sortBy: what the largest of comes first; nil: as they are.
  ///   - rowLimit: the number of lines; -1: all.
  ///   - header: a line above.
  ///   - maxNameColumnWidth: from where on names are cut short.
  ///   - maxShapesColumnWidth: from where on shapes are cut short.
  ///   - topLevelEventsOnly: whether events inside of others are left out.
  public func table(
    sortBy: SortKey? = nil, rowLimit: Int = 100, header: String? = nil, maxNameColumnWidth: Int = 55,
    maxShapesColumnWidth: Int = 80, topLevelEventsOnly: Bool = false
  ) -> String {
    guard !isEmpty else { return "" }
    var rows = Array(self)
    if let sortBy {
      rows = rows.enumerated().sorted { a, b in
        let (x, y) = (sortBy.value(a.element), sortBy.value(b.element))
        return x != y ? x > y : a.offset < b.offset
      }.map(\.element)
    }
    let total = selfCPUTimeTotal
    var table = TextTable()
    table.add("Name", width: Swift.min(maxNameColumnWidth, (map(\.key.count).max() ?? 0) + 4))
    for name in ["Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg"] { table.add(name) }
    if options.memory {
      table.add("CPU Mem")
      table.add("Self CPU Mem")
    }
    table.add("# of Calls")
    if isGroupedByShape {
      table.add(
        "Input Shapes", width: Swift.min(maxShapesColumnWidth, (map { "\($0.inputShapes)".count }.max() ?? 0) + 4))
    }
    let hasStack = contains { !$0.stack.isEmpty }
    if hasStack {
      let longest = flatMap { $0.stack.map(\.count) }.max() ?? 0
      table.add("Source Location", width: Swift.min(75, longest + 4), isLeft: true)
    }
    let unit = FLOPUnit(smallest: map(\.flops).filter { $0 > 0 }.min())
    if let unit { table.add("Total \(unit.name)") }

    let shown = topLevelEventsOnly ? rows.filter(\.isTopLevel) : rows
    for row in shown.prefix(rowLimit < 0 ? .max : rowLimit) {
      var cells = [
        cut(row.key, maxNameColumnWidth), share(row.selfCPUTimeTotal, of: total), timeText(row.selfCPUTimeTotal),
        share(row.cpuTimeTotal, of: total), timeText(row.cpuTimeTotal), timeText(row.cpuTime),
      ]
      if options.memory { cells += [byteText(row.cpuMemoryUsage), byteText(row.selfCPUMemoryUsage)] }
      cells.append("\(row.count)")
      if isGroupedByShape { cells.append(cut("\(row.inputShapes)", maxShapesColumnWidth)) }
      if hasStack { cells.append(row.stack.first ?? "") }
      if let unit { cells.append(row.flops > 0 ? decimal(Double(row.flops) / unit.size, 3) : "--") }
      table.rows.append(cells)
      if hasStack {
        table.rows += row.stack.dropFirst().map { call in
          table.columns.map { $0.name == "Source Location" ? call : "" }
        }
      }
    }
    return (header.map { String(repeating: "=", count: table.width) + "\n\($0)\n" } ?? "") + table.text
      + "Self CPU time total: \(timeText(total))\n"
  }

  private func cut(_ text: String, _ width: Int) -> String {
    let text = String(text.map { $0.isNewline ? " " : $0 })
    return text.count >= width - 3 ? "\(text.prefix(Swift.max(0, width - 3)))..." : text
  }

  private func share(_ part: Double, of whole: Double) -> String {
    whole > 0 ? decimal(100 * part / whole, 2) + "%" : "NaN"
  }
}

/// The unit in which the smallest of several numbers of floating-point operations is 1 or more.
private struct FLOPUnit {
  let name: String
  let size: Double

  init?(smallest: Int?) {
    guard let smallest else { return nil }
    var (size, names) = (1.0, ["FLOPs", "KFLOPs", "MFLOPs", "GFLOPs", "TFLOPs", "PFLOPs"][...])
    while names.count > 1, Double(smallest) >= size * 1000 {
      size *= 1000
      names.removeFirst()
    }
    (self.name, self.size) = (names.first ?? "", size)
  }
}

/// Lines of columns below a head, as PyTorch's profiler sets them.
struct TextTable {
  struct Column {
    var name: String
    var width: Int
    var isLeft: Bool
  }
  private(set) var columns: [Column] = []
  var rows: [[String]] = []

  mutating func add(_ name: String, width: Int = 12, isLeft: Bool = false) {
    columns.append(Column(name: name, width: max(width, name.count), isLeft: isLeft))
  }

  var width: Int { columns.reduce(-2) { $0 + $1.width + 2 } }

  var text: String {
    func line(_ cells: [String]) -> String {
      zip(columns, cells).map { column, cell in
        let space = String(repeating: " ", count: max(0, column.width - cell.count))
        return (column.isLeft ? cell + space : space + cell) + "  "
      }.joined() + "\n"
    }
    let rule = columns.map { String(repeating: "-", count: $0.width) + "  " }.joined() + "\n"
    return rule + line(columns.map(\.name)) + rule + rows.map(line).joined() + rule
  }
}

/// A number with so many digits behind the point.
func decimal(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
  let all = Int((abs(value) * Double(scale)).rounded())
  let rest = String(all % scale)
  let sign = value < 0 && all > 0 ? "-" : ""
  return sign + "\(all / scale)" + (digits > 0 ? "." + String(repeating: "0", count: digits - rest.count) + rest : "")
}

/// Microseconds in PyTorch's way: `12.300us`, `1.500ms`, `2.000s`.
func timeText(_ microseconds: Double) -> String {
  microseconds >= 1e6
    ? decimal(microseconds / 1e6, 3) + "s"
    : microseconds >= 1e3 ? decimal(microseconds / 1e3, 3) + "ms" : decimal(microseconds, 3) + "us"
}

/// Bytes in PyTorch's way: `512 B`, `1.50 KB`.
func byteText(_ bytes: Int) -> String {
  for (size, name) in [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")] where abs(bytes) >= size {
    return decimal(Double(bytes) / Double(size), 2) + " " + name
  }
  return "\(bytes) B"
}
