import ApusCore
import ApusFormats
import ApusNN

// Views and other rearrangements of elements.

let viewExports: [String: ExportLowering] = [
  "Permute": { [$0.transpose($0.inputs[0], try $0.attributes.ints("order"))] },
  "Expand": { operation in
    operation.inputSizes[0] == operation.outputSizes[0]
      ? operation.inputs : [try operation.expand(operation.inputs[0], operation.outputSizes[0])]
  },
  "Reshape": { operation in
    operation.inputSizes[0] == operation.outputSizes[0]
      ? operation.inputs : [try operation.reshape(operation.inputs[0], operation.outputSizes[0])]
  },
  "Contiguous": { $0.inputs },
  "Alias": { $0.inputs },
  "Argument": { $0.inputs },
  "Transfer": { $0.inputs },
  // What is demanded of the elements cannot be said in ONNX.
  "Checked": { $0.inputs },
  "Cast": { operation in
    [try operation.cast(operation.inputs[0], from: operation.dtype, to: operation.outputTypes[0].dtype)]
  },
  "Where": { operation in
    let type = operation.outputTypes[0].dtype
    let condition = try operation.cast(operation.inputs[0], from: operation.dtype, to: .bool)
    let branches = try (1...2).map {
      try operation.cast(operation.inputs[$0], from: operation.inputTypes[$0].dtype, to: type)
    }
    return [operation.add("Where", [condition] + branches)]
  },
  "Cat": { operation in
    let parts = operation.inputs.indices.filter { !operation.inputSizes[$0].contains { $0.fixed == 0 } }
    if parts.count == 1 { return [operation.inputs[parts[0]]] }
    let all = parts.isEmpty ? operation.inputs : parts.map { operation.inputs[$0] }
    return [operation.concat(all, try operation.attributes.int("dim"))]
  },
  "Slice": { [try slice($0, of: $0.attributes, $0.inputs[0], $0.inputSizes[0])] },
  "Unfold": unfold,
  "Diagonal": { operation in
    let diagonal = try ExportedDiagonal(operation.attributes)
    let shape = try operation.fixed(operation.inputSizes[0], "the diagonal of a matrix")
    return [try operation.taken(diagonal.places(shape), operation.outputSizes[0])]
  },
  "AsStrided": strided,
  "Triangle": { operation in
    let a = operation.attributes
    let diagonal = try operation.ints([a.int("diagonal")])
    let upper: Int64 = try a.bool("lower") ? 0 : 1
    let isPlain = [.float32, .float64, .int64, .bool].contains(operation.dtype)
    let wide = isPlain ? operation.inputs[0] : try operation.cast(operation.inputs[0], .float64)
    let made = operation.add("Trilu", [wide, try operation.squeeze(diagonal, [0])], [("upper", .int(upper))])
    return [isPlain ? made : try operation.cast(made, operation.dtype)]
  },
]

/// An end of a range that goes backwards to the first element.
private let beforeAll = -Int.max

/// Every `step`-th element of ranges. Ends that follow the input's size are said in a way that holds for every size.
private func slice(
  _ operation: ExportedOperation, of attributes: PrimitiveAttributes, _ value: String, _ sizes: [Size]
) throws -> String {
  let (starts, counts) = (try attributes.sizes("starts"), try attributes.sizes("counts"))
  let steps = try attributes.ints("steps")
  var (first, last, axes, strides): ([Size], [Size], [Int], [Int]) = ([], [], [], [])
  for d in sizes.indices where starts[d].values.contains(where: { $0 != 0 }) || counts[d] != sizes[d] {
    axes.append(d)
    strides.append(steps[d])
    // Positions that stand at a fixed distance from the end are counted from there.
    let fromEnd = starts[d] - sizes[d]
    first.append(!starts[d].isFixed && fromEnd.isFixed && fromEnd.values[0] < 0 ? fromEnd : starts[d])
    let end = Size(
      counts[d].values.indices.map { k in
        let count = counts[d].values[k]
        if count == 0 { return starts[d].values[k] }
        let final = starts[d].values[k] + (count - 1) * steps[d]
        // Backwards, the end before the first element is said by a number that no size reaches.
        return steps[d] > 0 ? final + 1 : final == 0 ? beforeAll : final - 1
      })
    let rest = steps[d] > 0 ? end - sizes[d] : end
    let isWhole = steps[d] > 0 && zip(rest.values, counts[d].values).allSatisfy { $0 <= 0 && $0 > -steps[d] && $1 > 0 }
    let farthest = Size(end.values.map { _ in Int.max })
    last.append(
      end.isFixed ? end : isWhole ? farthest : steps[d] > 0 && rest.isFixed && rest.values[0] < 0 ? rest : end)
  }
  if axes.isEmpty { return value }
  return operation.add(
    "Slice",
    [
      value, try operation.graph.shape(first), try operation.graph.shape(last), try operation.ints(axes),
      try operation.ints(strides),
    ])
}

private func unfold(_ operation: ExportedOperation) throws -> [String] {
  let a = operation.attributes
  let (dim, size, step) = (try a.int("dim"), try a.int("size"), try a.int("step"))
  let windows = try operation.fixed([operation.outputSizes[0][dim]], "the number of windows")[0]
  let places = (0..<windows).flatMap { window in (0..<size).map { Int64(window * step + $0) } }
  let index = try operation.graph.constant(Tensor(places).reshape([windows, size]))
  let made = operation.add("Gather", [operation.inputs[0], index], [("axis", .int(Int64(dim)))])
  let rank = operation.rank
  return [operation.transpose(made, Array(0...dim) + Array((dim + 2)..<(rank + 1)) + [dim + 1])]
}

/// A view by strides: positions among the elements in row-major order.
private func strided(_ operation: ExportedOperation) throws -> [String] {
  let a = operation.attributes
  let (target, source) = (try a.inside("target"), try a.inside("source"))
  let start = try target.int("offset") - source.int("offset")
  let shape = try operation.fixed(operation.inputSizes[0], "a view by strides")
  // Where each element of the input lies.
  var place: [Int: Int] = [:]
  for (i, at) in offsets(shape, operation.inputStrides[0]).enumerated() where place[at] == nil { place[at] = i }
  let wanted = offsets(try target.ints("shape"), try target.ints("strides")).map { place[$0 + start] }
  guard !wanted.contains(nil) else {
    throw operation.refusal("a view by strides sees elements beyond those of its tensor")
  }
  return [try operation.taken(wanted.compactMap { $0 }, operation.outputSizes[0])]
}

/// The place in memory of every element in row-major order.
private func offsets(_ shape: [Int], _ strides: [Int]) -> [Int] {
  zip(shape, strides).reduce([0]) { places, dimension in
    places.flatMap { place in (0..<dimension.0).map { place + $0 * dimension.1 } }
  }
}

extension ExportedOperation {
  /// The elements of the first input at positions of its row-major order, in a shape.
  func taken(_ places: [Int], _ sizes: [Size]) throws -> String {
    let flat = try reshape(inputs[0], [-1])
    let index = try graph.constant(Tensor(places.map(Int64.init)).reshape([places.count]))
    return try reshape(add("Gather", [flat, index], [("axis", .int(0))]), sizes)
  }
}

/// A diagonal of planes.
struct ExportedDiagonal {
  private let offset, dim1, dim2: Int

  init(_ attributes: PrimitiveAttributes) throws {
    offset = try attributes.int("offset")
    dim1 = try attributes.int("dim1")
    dim2 = try attributes.int("dim2")
  }

  /// Where its elements stand among those of a tensor of `shape`.
  func places(_ shape: [Int]) -> [Int] {
    let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    let rest = shape.indices.filter { $0 != dim1 && $0 != dim2 }
    let (rows, columns) = (shape[dim1], shape[dim2])
    let length = max(0, offset >= 0 ? min(rows, columns - offset) : min(rows + offset, columns))
    let start = offset >= 0 ? offset * strides[dim2] : -offset * strides[dim1]
    return offsets(rest.map { shape[$0] } + [length], rest.map { strides[$0] } + [strides[dim1] + strides[dim2]])
      .map { $0 + start }
  }
}
