import ApusCore

/// How often each class was taken for each class.
public struct ConfusionMatrix: Sendable, Hashable {
  /// The names of the classes, in order.
  public let classNames: [String]
  /// `counts[actual][predicted]`.
  public private(set) var counts: [[Int]]

  /// An empty matrix for classes with these names.
  public init(classNames: [String]) {
    self.classNames = classNames
    counts = [[Int]](repeating: [Int](repeating: 0, count: classNames.count), count: classNames.count)
  }

  /// An empty matrix for the classes 0 to `classes - 1`, which are called by their numbers.
  public init(classes: Int) {
    self.init(classNames: (0..<max(classes, 0)).map(String.init))
  }

  /// Counts one example of class `actual` that was taken for class `predicted`.
  /// - Throws: `TensorError` of kind `index` when either is no class.
  public mutating func add(actual: Int, predicted: Int) throws(TensorError) {
    for number in [actual, predicted] where !counts.indices.contains(number) {
      throw TensorError(
        .index, "ConfusionMatrix", "there is no class \(number); the \(counts.count) classes have the numbers from 0")
    }
    counts[actual][predicted] += 1
  }

  /// Counts the examples of class `actual[i]` that were taken for class `predicted[i]`.
  /// - Throws: `TensorError` of kind `shape` when the lists differ in length, else as ``add(actual:predicted:)-(Int,_)``.
  public mutating func add(actual: [Int], predicted: [Int]) throws(TensorError) {
    guard actual.count == predicted.count else {
      throw TensorError(
        .shape, "ConfusionMatrix",
        "\(actual.count) classes and \(predicted.count) predictions were given; they must be as many")
    }
    for (actual, predicted) in zip(actual, predicted) { try add(actual: actual, predicted: predicted) }
  }

  /// The number of examples.
  public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// The part of all examples that was recognised; nil when there are none.
  public var accuracy: Double? { Self.ratio(counts.indices.reduce(0) { $0 + counts[$1][$1] }, total) }

  /// The part of the examples of class `number` that was recognised; nil when there are none.
  public func recall(_ number: Int) -> Double? { Self.ratio(counts[number][number], counts[number].reduce(0, +)) }

  /// The part of what was taken for class `number` that is of it; nil when nothing was.
  public func precision(_ number: Int) -> Double? {
    Self.ratio(counts[number][number], counts.reduce(0) { $0 + $1[number] })
  }

  private static func ratio(_ part: Int, _ whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }

  /// The matrix as lines of text: a row for each class, a column for each prediction, and the recall of each class. Colours
  /// tell right from wrong where `terminal` has them.
  public func text(terminal: Terminal = .standardOutput) -> String {
    let names = classNames.map { String(singleLine($0).prefix(12)) }
    let cells = counts.map { row in row.map { $0 == 0 ? (terminal.hasUnicode ? "·" : ".") : String($0) } }
    let nameWidth = max(6, names.map(\.count).max() ?? 0)
    let widths = names.indices.map { column in
      max(names[column].count, cells.map { $0[column].count }.max() ?? 1) + 1
    }
    var header = padded(right: terminal.hasUnicode ? "true ↓" : "true", nameWidth) + " "
    for (name, width) in zip(names, widths) { header += padded(left: name, width) + " " }
    var lines = [terminal.styled(header + " recall", "1")]
    for (row, name) in names.enumerated() {
      let size = counts[row].reduce(0, +)
      var line = terminal.styled(padded(left: name, nameWidth), "1") + " "
      for column in names.indices {
        let text = padded(left: cells[row][column], widths[column]) + " "
        let share = size > 0 ? Double(counts[row][column]) / Double(size) : 0
        line += terminal.styled(text, style(share, isRight: row == column, count: counts[row][column]))
      }
      lines.append(line + padded(left: Self.percent(recall(row)), 7))
    }
    let sum = accuracy.map { "accuracy \(Self.percent($0)) of \(total)" } ?? "no examples"
    return (lines + [sum]).joined(separator: "\n") + "\n"
  }

  /// Green on the diagonal, red beside it, stronger with a greater share of the row.
  private func style(_ share: Double, isRight: Bool, count: Int) -> String {
    if count == 0 { return "38;5;240" }
    if isRight { return share >= 0.9 ? "48;5;29;38;5;231" : share >= 0.6 ? "48;5;23;38;5;231" : "48;5;58;38;5;231" }
    return share >= 0.1 ? "48;5;124;38;5;231" : share >= 0.03 ? "48;5;52;38;5;231" : "38;5;210"
  }

  private static func percent(_ fraction: Double?) -> String {
    guard let fraction else { return "-" }
    // Only a perfect score reads 100%.
    let thousandths = fraction == 1 ? 1000 : min(999, Int((fraction * 1000).rounded()))
    return "\(thousandths / 10).\(thousandths % 10)%"
  }
}
