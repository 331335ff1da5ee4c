import ApusCore
import ApusFormats

// What losses are made of.

let lossExports: [String: ExportLowering] = [
  "CrossEntropyRows": { operation in
    let ignored = try operation.attributes.int("ignoreIndex")
    let compute = operation.dtype.accumulateType
    let x = try operation.cast(operation.inputs[0], from: operation.dtype, to: compute)
    let top = try operation.reduce("ReduceMax", x, [1], keepDims: true)
    let terms = operation.add("Exp", [operation.add("Sub", [x, top])])
    let total = operation.add("Log", [try operation.reduce("ReduceSum", terms, [1], keepDims: true)])
    let sums = try operation.squeeze(operation.add("Add", [total, top]), [1])
    let targets = try operation.cast(operation.inputs[1], from: operation.inputTypes[1].dtype, to: .int64)
    let isIgnored = operation.add("Equal", [targets, try operation.graph.constant(Tensor(Int64(ignored)))])
    let safe = operation.add("Where", [isIgnored, try operation.scalar(0, .int64), targets])
    let chosen = operation.add("GatherElements", [x, try operation.unsqueeze(safe, [1])], [("axis", .int(1))])
    let losses = operation.add("Sub", [sums, try operation.squeeze(chosen, [1])])
    let kept = operation.add("Where", [isIgnored, try operation.scalar(0, compute), losses])
    return try [kept, sums].map { try operation.cast($0, from: compute, to: operation.dtype) }
  },
  "ChosenClasses": { operation in
    let targets = try operation.cast(operation.inputs[1], from: operation.inputTypes[1].dtype, to: .int64)
    let ignored = try operation.graph.constant(Tensor(Int64(try operation.attributes.int("ignoreIndex"))))
    let isIgnored = operation.add("Equal", [targets, ignored])
    let safe = operation.add("Where", [isIgnored, try operation.scalar(0, .int64), targets])
    let column = try operation.unsqueeze(safe, [1])
    let chosen = operation.add("GatherElements", [operation.inputs[0], column], [("axis", .int(1))])
    let zero = try operation.scalar(0, operation.dtype)
    return [operation.add("Where", [isIgnored, zero, try operation.squeeze(chosen, [1])])]
  },
  "OneHotRows": { operation in
    let a = operation.attributes
    let (classes, ignored) = (try a.int("classes"), try a.int("ignoreIndex"))
    let targets = try operation.cast(operation.inputs[0], from: operation.dtype, to: .int64)
    let column = try operation.unsqueeze(targets, [operation.rank])
    let numbers = try operation.graph.constant(Tensor((0..<classes).map(Int64.init)).reshape([classes]))
    var isHot = operation.add("Equal", [column, numbers])
    if (0..<classes).contains(ignored) {
      let isIgnored = operation.add("Equal", [column, try operation.scalar(Double(ignored), .int64)])
      isHot = operation.add("And", [isHot, operation.add("Not", [isIgnored])])
    }
    return [try operation.cast(isHot, from: .bool, to: operation.outputTypes[0].dtype)]
  },
  "TargetCount": { operation in
    let a = operation.attributes
    let targets = try operation.cast(operation.inputs[0], from: operation.dtype, to: .int64)
    let isIgnored = operation.add(
      "Equal", [targets, try operation.graph.constant(Tensor(Int64(try a.int("ignoreIndex"))))])
    let kept = try operation.cast(operation.add("Not", [isIgnored]), .int64)
    let count = try operation.reduce("ReduceSum", kept, Array(0..<operation.rank), keepDims: false)
    return [try operation.cast(count, from: .int64, to: operation.outputTypes[0].dtype)]
  },
]
