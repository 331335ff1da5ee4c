import ApusCore

/// What a model is made of, and what a call of it takes, as torchinfo's `summary` tells it: ``Module/summary(input:dtype:depth:columns:)``.
///
///     print(model.summary(input: [1, 3, 224, 224], depth: 2, columns: [.outputSize, .numParams, .kernelSize, .flops]))
public struct ModelStatistics: Sendable {
  /// A module: in a summary with inputs each call is a row, in the order of the calls.
  public struct Row: Sendable {
    /// The names on the way from the model, `encoder.0`: empty for the model itself.
    public internal(set) var path: String
    /// The module's type.
    public internal(set) var typeName: String
    /// How many modules it is inside of.
    public internal(set) var depth: Int
    /// Its number among the rows of its depth, from 1.
    public internal(set) var index = 1
    /// The shapes of the tensors that it was called with.
    public internal(set) var inputShapes: [[Int]] = []
    /// The shapes of the tensors that it gave.
    public internal(set) var outputShapes: [[Int]] = []
    /// The size of the windows that it moves, of convolutions and pooling.
    public internal(set) var kernelSize: [Int]?
    /// The number of elements of its parameters, those of modules inside it included.
    public internal(set) var totalParams = 0
    /// The part of ``totalParams`` that is in none of the rows below it.
    public internal(set) var ownParams = 0
    /// The part of ``totalParams`` that is trained.
    public internal(set) var trainableParams = 0
    /// Multiplications with an addition as torchinfo estimates them: the number of parameters times that of examples, and for
    /// convolutions times that of places, for recurrent layers times that of steps. Other dimensions are not in it, so that a
    /// linear layer on a sequence counts as on one element: ``flops`` counts what runs.
    public internal(set) var multAdds = 0
    /// Floating-point operations of the call, as ``countFLOPs(_:)`` counts them.
    public internal(set) var flops = 0
    /// Bytes of its results.
    public internal(set) var outputBytes = 0
    /// Whether an earlier row is of the same module: its parameters are not counted again.
    public internal(set) var isRecursive = false
    /// Whether there are no modules inside it.
    public internal(set) var isLeaf = true
    /// The last of the names of ``path``.
    var name: String { path.split(separator: ".").last.map(String.init) ?? "" }
  }

  /// A column of the table.
  public enum Column: Sendable, Hashable, CaseIterable {
    /// The shapes of inputs and results, and the window of convolutions and pooling.
    case inputSize, outputSize, kernelSize
    /// Parameters, their part of all, and whether they are trained.
    case numParams, paramsPercent, trainable
    /// See ``Row/multAdds`` and ``Row/flops``.
    case multAdds, flops

    var title: String {
      switch self {
      case .inputSize: "Input Shape"
      case .outputSize: "Output Shape"
      case .numParams: "Param #"
      case .paramsPercent: "Param %"
      case .kernelSize: "Kernel Shape"
      case .multAdds: "Mult-Adds"
      case .flops: "FLOPs"
      case .trainable: "Trainable"
      }
    }
  }

  /// All rows, whatever the depth of the table.
  public let rows: [Row]
  /// The number of elements of all parameters.
  public let totalParams: Int
  /// Of those that are trained.
  public let trainableParams: Int
  /// Of those that are not.
  public var nonTrainableParams: Int { totalParams - trainableParams }
  /// Of all modules without others inside.
  public let totalMultAdds: Int
  /// Floating-point operations of the call.
  public let totalFLOPs: Int
  /// Bytes of the inputs.
  public let inputBytes: Int
  /// Bytes of the results of all modules with parameters and without others inside, and of their gradients.
  public let forwardBackwardBytes: Int
  /// Bytes of the parameters.
  public let paramBytes: Int
  /// Inputs, results with their gradients, and parameters: what a pass takes about.
  public var totalBytes: Int { inputBytes + forwardBackwardBytes + paramBytes }
  /// Whether there was a call.
  public let hasCall: Bool
  private let depth: Int?
  private let columns: [Column]

  init(
    _ rows: [Row], parameters: [Tensor], inputs: [Tensor], hasCall: Bool, flops: Int, depth: Int?, columns: [Column]
  ) {
    var rows = rows
    var counts: [Int: Int] = [:]
    for i in rows.indices {
      counts[rows[i].depth, default: 0] += 1
      rows[i].index = counts[rows[i].depth] ?? 1
    }
    self.rows = rows
    self.depth = depth
    let needsCall: Set<Column> = [.inputSize, .outputSize, .multAdds, .flops]
    self.columns = hasCall ? columns : columns.filter { !needsCall.contains($0) }
    self.hasCall = hasCall
    totalParams = parameters.reduce(0) { $0 + $1.count }
    trainableParams = parameters.reduce(0) { $0 + ($1.requiresGrad ? $1.count : 0) }
    paramBytes = parameters.reduce(0) { $0 + $1.count * $1.dtype.size }
    totalFLOPs = flops
    inputBytes = inputs.reduce(0) { $0 + $1.count * $1.dtype.size }
    let leaves = rows.filter(\.isLeaf)
    totalMultAdds = leaves.reduce(0) { $0 + $1.multAdds }
    forwardBackwardBytes = leaves.reduce(0) { $0 + ($1.totalParams > 0 ? 2 * $1.outputBytes : 0) }
  }
}

extension ModelStatistics: CustomStringConvertible {
  /// The table and the totals.
  public var description: String {
    let shown = rows.indices.filter { rows[$0].depth <= depth ?? .max }
    var lines = [["Layer (type (name):depth-index)"] + columns.map(\.title)]
    for i in shown { lines.append([label(i)] + columns.map { cell($0, i) }) }
    let widths = lines[0].indices.map { c in lines.map { $0[c].count }.max() ?? 0 }
    let width = widths.reduce(0, +) + 3 * (widths.count - 1)
    let (double, single) = (String(repeating: "=", count: width), String(repeating: "-", count: width))
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).enumerated().map { c, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return c == 0 || isText(columns[c - 1]) ? cell.0 + space : space + cell.0
      }.joined(separator: "   ")
      return String(padded.reversed().drop { $0 == " " }.reversed())
    }
    var text = [double, line(lines[0]), double] + lines.dropFirst().map(line) + [double]
    text += [
      "Total params: \(grouped(totalParams))", "Trainable params: \(grouped(trainableParams))",
      "Non-trainable params: \(grouped(nonTrainableParams))",
    ]
    if hasCall {
      text.append("Total mult-adds (M): \(hundredths(Double(totalMultAdds) / 1e6))")
      text.append("Total FLOPs (M): \(hundredths(Double(totalFLOPs) / 1e6))")
      text += [
        single, "Input size (MB): \(megabytes(inputBytes))",
        "Forward/backward pass size (MB): \(megabytes(forwardBackwardBytes))",
        "Params size (MB): \(megabytes(paramBytes))", "Estimated Total Size (MB): \(megabytes(totalBytes))",
      ]
    }
    text.append(double)
    return text.joined(separator: "\n")
  }

  private func isText(_ column: Column) -> Bool {
    switch column {
    case .inputSize, .outputSize, .kernelSize, .trainable: true
    case .numParams, .paramsPercent, .multAdds, .flops: false
    }
  }

  private func label(_ i: Int) -> String {
    let row = rows[i]
    if row.depth == 0 { return row.typeName }
    let lead = row.depth == 1 ? "├─" : "│" + String(repeating: "    │", count: row.depth - 2) + "    └─"
    return "\(lead)\(row.typeName) (\(row.name)): \(row.depth)-\(row.index)"
  }

  private func cell(_ column: Column, _ i: Int) -> String {
    let row = rows[i]
    // What is not shown below a row belongs to it.
    let isClosed = row.isLeaf || row.depth == depth
    switch column {
    case .inputSize: return shapes(row.inputShapes)
    case .outputSize: return shapes(row.outputShapes)
    case .numParams:
      if row.isRecursive, row.totalParams > 0 { return "(recursive)" }
      let count = isClosed ? row.totalParams : row.ownParams
      if count == 0 { return "--" }
      return row.trainableParams == 0 ? "(\(grouped(count)))" : grouped(count)
    case .paramsPercent:
      let count = row.isRecursive ? 0 : isClosed ? row.totalParams : row.ownParams
      return count == 0 ? "--" : hundredths(100 * Double(count) / Double(max(1, totalParams))) + "%"
    case .kernelSize: return row.kernelSize.map { "\($0)" } ?? "--"
    case .multAdds:
      let count = isClosed ? inner(i).reduce(0) { $0 + (rows[$1].isLeaf ? rows[$1].multAdds : 0) } : 0
      return count == 0 ? "--" : grouped(count)
    case .flops: return row.flops == 0 ? "--" : grouped(row.flops)
    case .trainable:
      if row.totalParams == 0 { return "--" }
      return row.trainableParams == row.totalParams ? "True" : row.trainableParams == 0 ? "False" : "Partial"
    }
  }

  /// The row and those of what was called inside it.
  private func inner(_ i: Int) -> Range<Int> {
    let next = rows[(i + 1)...].firstIndex { $0.depth <= rows[i].depth }
    return i..<(next ?? rows.count)
  }

  private func shapes(_ shapes: [[Int]]) -> String {
    shapes.isEmpty ? "--" : shapes.map { "\($0)" }.joined(separator: ", ")
  }
}

/// A number with its thousands set apart: 1,234,567.
private func grouped(_ number: Int) -> String {
  let digits = Array(String(number))
  return digits.indices.map { i in
    (i > 0 && (digits.count - i) % 3 == 0 ? "," : "") + String(digits[i])
  }.joined()
}

private func megabytes(_ bytes: Int) -> String { hundredths(Double(bytes) / 1e6) }

/// A number that is not negative with two digits behind the point.
private func hundredths(_ value: Double) -> String {
  let all = Int((value * 100).rounded())
  return "\(grouped(all / 100)).\(all % 100 < 10 ? "0" : "")\(all % 100)"
}
