import ApusCore
import ApusFormats
import ApusNN

// Reductions over dimensions, and running sums.

let reductionExports: [String: ExportLowering] = [
  "Reduce": { operation in
    let a = operation.attributes
    let types = ["sum": "ReduceSum", "prod": "ReduceProd", "max": "ReduceMax", "min": "ReduceMin"]
    let choice = try a.choice("reduction")
    guard let type = types[choice] else { throw operation.refusal("reduction by \(choice)") }
    let (dims, result) = (try a.ints("dims"), operation.outputTypes[0].dtype)
    let compute: DType = result.isFloatingPoint ? result.accumulateType : .int64
    let wide = try operation.cast(operation.inputs[0], from: operation.dtype, to: compute)
    let made = try operation.reduce(type, wide, dims, keepDims: a.bool("keepDim"))
    return [try operation.cast(made, from: compute, to: result)]
  },
  "Spread": { operation in
    let a = operation.attributes
    let (dims, keepDim, correction) = (try a.ints("dims"), try a.bool("keepDim"), try a.double("correction"))
    let x = operation.inputs[0]
    let mean = try operation.reduce("ReduceMean", x, dims, keepDims: true)
    let away = operation.add("Sub", [x, mean])
    let squares = try operation.reduce("ReduceSum", operation.add("Mul", [away, away]), dims, keepDims: keepDim)
    let count = dims.reduce(operation.fixed([1])[0]) { $0 * operation.inputSizes[0][$1] }
    var divisor = try operation.scalar(max(0, Double(count.fixed ?? 0) - correction), operation.dtype)
    if !count.isFixed {
      let number = try operation.number(count, operation.dtype)
      divisor = operation.add("Sub", [number, try operation.scalar(correction, operation.dtype)])
    }
    let variance = operation.add("Div", [squares, divisor])
    let made = try a.bool("isRoot") ? operation.add("Sqrt", [variance]) : variance
    let plain = keepDim || dims.isEmpty ? mean : operation.isUsed[1] ? try operation.squeeze(mean, dims) : mean
    return [made, plain]
  },
  "Scan": { operation in
    let a = operation.attributes
    let dim = try a.int("dim")
    let (x, dtype) = (operation.inputs[0], operation.dtype)
    if operation.rank == 0 { return [x] }
    switch try a.choice("kind") {
    case "sum":
      let compute: DType = dtype.isFloatingPoint ? dtype.accumulateType : .int64
      let wide = try operation.cast(x, from: dtype, to: compute)
      let axis = try operation.squeeze(operation.ints([dim]), [0])
      return [try operation.cast(operation.add("CumSum", [wide, axis]), from: compute, to: dtype)]
    case "prod":
      return [
        try operation.scanned([x], dim, [operation.scalar(1, dtype)]) { [operation.add("Mul", [$0[0], $1[0]])] }[0]
      ]
    case "logSumExp":
      return [
        try operation.scanned([x], dim, [operation.scalar(-Double.infinity, dtype)]) { before, now in
          let top = operation.add("Max", [before[0], now[0]])
          let isLow = operation.add("Equal", [top, try operation.scalar(-Double.infinity, dtype)])
          let base = operation.add("Where", [isLow, try operation.scalar(0, dtype), top])
          let terms = [before[0], now[0]].map { operation.add("Exp", [operation.add("Sub", [$0, base])]) }
          return [operation.add("Add", [operation.add("Log", [operation.add("Add", terms)]), base])]
        }[0]
      ]
    case let other: throw operation.refusal("the scan \(other)")
    }
  },
]

extension ExportedOperation {
  /// What `combine` makes of all elements up to each along a dimension, from neutral elements: by distances that double.
  func scanned(
    _ values: [String], _ dim: Int, _ neutral: [String],
    _ combine: (_ before: [String], _ now: [String]) throws -> [String]
  ) throws -> [String] {
    let count = try fixed([inputSizes[0][dim]], "the length of a scan")[0]
    var now = values
    var step = 1
    while step < count {
      var sizes = inputSizes[0]
      sizes[dim] = fixed([step])[0]
      var before: [String] = []
      for (i, value) in now.enumerated() {
        let start = try expand(neutral[i], sizes)
        before.append(concat([start, try slice(value, dim, 0, count - step)], dim))
      }
      now = try combine(before, now)
      step *= 2
    }
    return now
  }
}
