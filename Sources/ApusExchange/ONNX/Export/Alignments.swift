import ApusCore
import ApusFormats

// The loss over all alignments of labels with steps, and maxima of bags of rows.

let alignmentExports: [String: ExportLowering] = [
  "AlignmentLoss": alignmentLoss,
  "BagMaxima": { operation in
    let bags = try operation.attributes.int("bags")
    let (index, bag) = (try operation.positions(1), try operation.positions(2))
    let (places, members) = (
      try operation.cast(index, .int64), try operation.unsqueeze(operation.cast(bag, .int64), [0])
    )
    let values = operation.add("Gather", [try operation.wide(0), index], [("axis", .int(0))])
    let numbers = try operation.graph.constant(Tensor((0..<bags).map(Int64.init)).reshape([bags, 1]))
    let isMember = operation.add("Equal", [members, numbers])
    let never = try operation.scalar(-Double.infinity, operation.dtype.computeType)
    // The rows of each bag in their order: the first of the largest elements is taken.
    let seen = operation.add(
      "Where", [try operation.unsqueeze(isMember, [2]), try operation.unsqueeze(values, [0]), never])
    let first = operation.add("ArgMax", [seen], [("axis", .int(1)), ("keepdims", .int(0))])
    let rows = operation.add("Gather", [places, first], [("axis", .int(0))])
    let count = try operation.reduce("ReduceSum", operation.cast(isMember, .int64), [1], keepDims: true)
    let isEmpty = operation.add("Equal", [count, try operation.scalar(0, .int64)])
    return [operation.add("Where", [isEmpty, try operation.scalar(-1, .int64), rows])]
  },
]

/// Connectionist temporal classification: step by step, for the lengths that the sequences had when the function was captured.
private func alignmentLoss(_ operation: ExportedOperation) throws -> [String] {
  let a = operation.attributes
  guard try !a.bool("isGradient") else { throw operation.refusal("it is a gradient") }
  let (blank, lengths) = (try a.int("blank"), try a.ints("inputLengths"))
  let labels = try a.constant("labels", as: [[Int]].self)
  guard lengths.allSatisfy({ $0 > 0 }) else { throw operation.refusal("a sequence has no steps") }
  let dtype = operation.dtype
  let (count, width) = (labels.count, 2 * (labels.map(\.count).max() ?? 0) + 1)
  // Labels with blanks around them; what lies behind the end of a shorter one is never read.
  let states = labels.map { label in
    (0..<width).map { s in s % 2 == 1 && s / 2 < label.count ? label[s / 2] : blank }
  }
  let skips = states.map { row in row.indices.map { $0 > 1 && row[$0] != blank && row[$0] != row[$0 - 2] } }
  let index = try operation.graph.constant(Tensor(states.flatMap { $0.map(Int64.init) }).reshape([count, width]))
  let canSkip = try operation.graph.constant(Tensor(skips.flatMap { $0 }).reshape([count, width]))
  let never = try operation.scalar(-Double.infinity, dtype)
  let zero = try operation.scalar(0, dtype)
  func sum(_ terms: [String]) -> String {
    // The logarithm of a sum of exponentials, of nothing at all too.
    let top = operation.add("Max", terms)
    let base = operation.add("Where", [operation.add("Equal", [top, never]), zero, top])
    let parts = terms.map { operation.add("Exp", [operation.add("Sub", [$0, base])]) }
    let total = parts.dropFirst().reduce(parts[0]) { operation.add("Add", [$0, $1]) }
    return operation.add("Add", [operation.add("Log", [total]), base])
  }
  func shifted(_ value: String, by steps: Int) throws -> String {
    let start = try operation.expand(never, operation.fixed([count, min(steps, width)]))
    return steps >= width ? start : operation.concat([start, try operation.slice(value, 1, 0, width - steps)], 1)
  }
  func emitted(_ t: Int) throws -> String {
    let now = try operation.squeeze(operation.slice(operation.inputs[0], 0, t, t + 1), [0])
    return operation.add("GatherElements", [now, index], [("axis", .int(1))])
  }
  let isStart = labels.flatMap { label in (0..<width).map { $0 == 0 || $0 == 1 && !label.isEmpty } }
  let starts = try operation.graph.constant(Tensor(isStart).reshape([count, width]))
  var paths = operation.add("Where", [starts, try emitted(0), never])
  for t in 1..<max(lengths.max() ?? 1, 1) {
    let skipped = operation.add("Where", [canSkip, try shifted(paths, by: 2), never])
    let all = operation.add("Add", [sum([paths, try shifted(paths, by: 1), skipped]), try emitted(t)])
    let goesOn = lengths.map { t < $0 }
    if goesOn.allSatisfy({ $0 }) {
      paths = all
    } else {
      let still = try operation.graph.constant(Tensor(goesOn).reshape([count, 1]))
      paths = operation.add("Where", [still, all, paths])
    }
  }
  // It ends with the last label or the blank behind it.
  let ends = labels.flatMap { label in (0..<width).map { $0 == 2 * label.count || $0 == 2 * label.count - 1 } }
  let isEnd = try operation.graph.constant(Tensor(ends).reshape([count, width]))
  let final = operation.add("Where", [isEnd, paths, never])
  let top = try operation.reduce("ReduceMax", final, [1], keepDims: true)
  let base = operation.add("Where", [operation.add("Equal", [top, never]), zero, top])
  let terms = operation.add("Exp", [operation.add("Sub", [final, base])])
  let total = operation.add("Log", [try operation.reduce("ReduceSum", terms, [1], keepDims: true)])
  return [operation.add("Neg", [try operation.squeeze(operation.add("Add", [total, base]), [1])])]
}
