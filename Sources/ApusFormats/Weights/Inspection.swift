import ApusCore

/// What a file of tensors holds, line by line: format, metadata, names, types, shapes and sizes. Elements are not read.
///
/// - Parameter mostTensors: how many tensors are listed.
/// - Throws: as ``openTensorFile(_:)``.
public func inspectTensorFile(_ path: String, mostTensors: Int = .max) throws -> [String] {
  let format = try TensorFileFormat.of(path)
  let file = try format.open(expandedPath(path))
  let entries = file.entries
  let elements = entries.reduce(0) { $0.clampedAdding($1.count) }
  let bytes = entries.reduce(0) { $0.clampedAdding($1.byteCount) }
  var lines = [
    "\(path): \(format.name), \(counted(entries.count, "tensor")), \(grouped(elements)) elements, \(sizeText(bytes))"
  ]
  for section in file.sections where !section.lines.isEmpty {
    lines.append("")
    lines.append(section.title)
    lines += section.lines.map { "  \($0)" }
  }
  guard !entries.isEmpty else { return lines }
  lines.append("")
  lines.append("tensors")
  let shown = entries.prefix(mostTensors)
  let cells = shown.map { [$0.name, $0.typeName, "\($0.shape)", sizeText($0.byteCount)] }
  lines += table(cells).map { "  \($0)" }
  if entries.count > shown.count { lines.append("  ... and \(entries.count - shown.count) more") }
  return lines
}

extension TensorFileConversion.Summary: CustomStringConvertible {
  /// The summary for people.
  public var description: String {
    let (before, after) = tensors.reduce((0, 0)) {
      ($0.0.clampedAdding($1.old.byteCount), $0.1.clampedAdding($1.new.byteCount))
    }
    var lines = [
      "\(source) to \(target): \(counted(tensors.count, "tensor")), \(sizeText(before)) to \(sizeText(after))"
    ]
    let renamed = tensors.count { $0.old.name != $0.new.name }
    if renamed > 0 { lines.append("  \(counted(renamed, "tensor")) renamed") }
    if !leftOut.isEmpty {
      lines.append("  left out: \(leftOut.prefix(8).joined(separator: ", "))\(leftOut.count > 8 ? ", ..." : "")")
    }
    var changes: [String: Int] = [:]
    for (old, new) in tensors { changes["\(old.typeName) to \(new.typeName)", default: 0] += 1 }
    for (change, count) in changes.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      lines.append("  \(change): \(counted(count, "tensor"))")
    }
    return lines.joined(separator: "\n")
  }
}

/// Rows whose columns stand below each other.
private func table(_ rows: [[String]]) -> [String] {
  let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    let cells = zip(row, widths).map { cell, width in
      cell + String(repeating: " ", count: max(0, min(width, 80) - cell.count))
    }
    let line = cells.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}

/// `1 tensor`, `2 tensors`.
private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// `1,234,567`.
private func grouped(_ number: Int) -> String {
  let digits = Array(String(number))
  let groups = digits.indices.map { i in (i > 0 && (digits.count - i) % 3 == 0 ? "," : "") + String(digits[i]) }
  return groups.joined()
}
