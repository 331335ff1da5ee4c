import ApusCore
import ApusFormats
import ApusNN

// Elements picked along a dimension, with their positions.

let sortingExports: [String: ExportLowering] = [
  "Pick": pick,
  "Median": { operation in
    if try operation.attributes.bool("ignoresNaN") { throw operation.refusal("a median without what is no number") }
    let isOfRows = try operation.attributes.bool("isOfRows")
    let x = isOfRows ? operation.inputs[0] : try operation.reshape(operation.inputs[0], [1, -1])
    let counts = isOfRows ? [operation.inputSizes[0][1]] : operation.inputSizes[0]
    let count = try operation.fixed(counts, "the number of elements").reduce(1, *)
    let sorted = try operation.top(x, 1, try operation.ints([count]), largest: false)[0]
    let middle = try operation.slice(sorted, 1, (count - 1) / 2, (count - 1) / 2 + 1)
    return [try operation.reshape(middle, operation.outputSizes[0])]
  },
  "SearchSorted": { operation in
    let common = resultType(operation.inputTypes)
    var sequence = try operation.cast(operation.inputs[0], from: operation.dtype, to: common)
    // Each of several sequences is searched by values of its own.
    if operation.rank > 1 { sequence = try operation.unsqueeze(sequence, [operation.rank - 1]) }
    let values = try operation.cast(operation.inputs[1], from: operation.inputTypes[1].dtype, to: common)
    let rank = operation.inputTypes[1].rank
    let column = try operation.unsqueeze(values, [rank])
    let type = try operation.attributes.bool("right") ? "LessOrEqual" : "Less"
    let isBefore = try operation.cast(operation.add(type, [sequence, column]), .int64)
    return [try operation.reduce("ReduceSum", isBefore, [rank], keepDims: false)]
  },
]

private func pick(_ operation: ExportedOperation) throws -> [String] {
  let a = operation.attributes
  let (choice, dim) = (try a.choice("kind"), try a.int("dim"))
  let isScalar = operation.rank == 0
  let x = isScalar ? try operation.unsqueeze(operation.inputs[0], [0]) : operation.inputs[0]
  let length = isScalar ? operation.fixed([1])[0] : operation.inputSizes[0][dim]
  let made: [String]
  switch choice {
  case "max", "min":
    let values = try operation.reduce(choice == "max" ? "ReduceMax" : "ReduceMin", x, [dim], keepDims: true)
    let places =
      operation.isUsed[1]
      ? operation.add(
        choice == "max" ? "ArgMax" : "ArgMin", [x], [("axis", .int(Int64(dim))), ("keepdims", .int(1))]) : values
    made = [values, places]
  case "sort":
    let descending = try a.payload("kind").first as? Bool ?? false
    made = try operation.top(x, dim, try operation.graph.dimension(length), largest: descending)
  case "top":
    let carried = try a.payload("kind")
    guard let count = carried.first as? Int, let largest = carried.last as? Bool else {
      throw operation.refusal("its kind is not known")
    }
    made = try operation.top(x, dim, try operation.ints([count]), largest: largest)
  case "smallest", "median":
    var k = try a.payload("kind").first as? Int
    if choice == "median" {
      if try a.payload("kind").first as? Bool == true { throw operation.refusal("a median without what is no number") }
      k = (try operation.fixed([length], "the number of elements")[0] + 1) / 2
    }
    guard let k else { throw operation.refusal("its kind is not known") }
    made = try operation.top(x, dim, try operation.ints([k]), largest: false).map {
      try operation.slice($0, dim, k - 1, k)
    }
  case "cumulativeMax", "cumulativeMin":
    if isScalar { return [operation.inputs[0], try operation.scalar(0, .int64)] }
    let isMax = choice == "cumulativeMax"
    let (dtype, count) = (operation.dtype, try operation.fixed([length], "the length of a scan")[0])
    var line = [Int](repeating: 1, count: operation.rank)
    line[dim] = count
    let numbers = try operation.graph.constant(Tensor((0..<count).map(Int64.init)).reshape(line))
    let places = try operation.expand(numbers, operation.inputSizes[0])
    let least =
      dtype.isFloatingPoint
      ? try operation.scalar(isMax ? -Double.infinity : .infinity, dtype)
      : try operation.cast(
        operation.graph.constant(Tensor(isMax ? Int64.min : Int64.max)), from: .int64,
        to: dtype == .int32 ? .int32 : .int64)
    return try operation.scanned([x, places], dim, [least, operation.scalar(0, .int64)]) { before, now in
      let isNew = operation.add(isMax ? "GreaterOrEqual" : "LessOrEqual", [now[0], before[0]])
      return (0..<2).map { operation.add("Where", [isNew, now[$0], before[$0]]) }
    }
  default: throw operation.refusal("ONNX has no operator for \(choice)")
  }
  return isScalar ? try made.map { try operation.squeeze($0, [0]) } : made
}

extension ExportedOperation {
  /// The first elements in order, and their positions; `count` is a tensor of shape [1].
  func top(_ value: String, _ axis: Int, _ count: String, largest: Bool) throws -> [String] {
    let isPlain = [.float32, .float64, .int64, .int32].contains(dtype)
    let wide = isPlain ? value : try cast(value, dtype.isFloatingPoint ? .float32 : .int64)
    let made = addMany(
      "TopK", [wide, count], [("axis", .int(Int64(axis))), ("largest", .int(largest ? 1 : 0)), ("sorted", .int(1))],
      results: 2)
    return isPlain ? made : [try cast(made[0], dtype), made[1]]
  }
}
