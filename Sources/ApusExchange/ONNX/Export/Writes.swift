import ApusCore
import ApusFormats
import ApusNN

// Tensors with some elements replaced.

let writeExports: [String: ExportLowering] = [
  "PlaceSlice": { operation in
    let part = try SlicePlaces(operation.attributes.inside("slice"))
    let sizes = operation.outputSizes[0]
    if part.isDense, let padded = try operation.padded(operation.inputs[0], part, sizes) { return [padded] }
    let zeros = try operation.zeros(sizes)
    return [try operation.replacing(zeros, operation.inputs[0], part.places(operation.fixed(sizes, "a part")), sizes)]
  },
  "ReplaceSlice": { operation in
    let part = try SlicePlaces(operation.attributes.inside("slice"))
    let sizes = operation.outputSizes[0]
    if sizes.allSatisfy(\.isFixed) {
      let places = part.places(try operation.fixed(sizes, "a part"))
      return [try operation.replacing(operation.inputs[0], operation.inputs[1], places, sizes)]
    }
    // With sizes that are not known, the part is brought to its place among zeros and chosen by a mask.
    let ones = try operation.expand(operation.scalar(1, .float32), operation.inputSizes[1])
    guard part.isDense, let padded = try operation.padded(operation.inputs[1], part, sizes),
      let mask = try operation.padded(ones, part, sizes)
    else { throw operation.refusal("a part with steps is replaced in a tensor of open size") }
    return [operation.add("Where", [try operation.cast(mask, .bool), padded, operation.inputs[0]])]
  },
  "PlaceDiagonal": { operation in
    let sizes = operation.outputSizes[0]
    let diagonal = try ExportedDiagonal(operation.attributes.inside("diagonal"))
    let places = diagonal.places(try operation.fixed(sizes, "a diagonal"))
    return [try operation.replacing(operation.zeros(sizes), operation.inputs[0], places, sizes)]
  },
  "ReplaceDiagonal": { operation in
    let sizes = operation.outputSizes[0]
    let diagonal = try ExportedDiagonal(operation.attributes.inside("diagonal"))
    let places = diagonal.places(try operation.fixed(sizes, "a diagonal"))
    return [try operation.replacing(operation.inputs[0], operation.inputs[1], places, sizes)]
  },
]

/// Ranges of every dimension.
private struct SlicePlaces {
  let starts, counts: [Size]
  let steps: [Int]

  init(_ attributes: PrimitiveAttributes) throws {
    starts = try attributes.sizes("starts")
    counts = try attributes.sizes("counts")
    steps = try attributes.ints("steps")
  }

  /// Whether all its elements are neighbours.
  var isDense: Bool { zip(steps, counts).allSatisfy { $0 == 1 || $1.fixed == 1 } }

  /// Where its elements stand among those of a tensor of `shape`.
  func places(_ shape: [Int]) -> [Int] {
    shape.indices.reduce([0]) { places, d in
      places.flatMap { place in
        (0..<counts[d].values[0]).map { place * shape[d] + starts[d].values[0] + $0 * steps[d] }
      }
    }
  }
}

extension ExportedOperation {
  func zeros(_ sizes: [Size]) throws -> String { try expand(scalar(0, outputTypes[0].dtype), sizes) }

  /// A part at its place among zeros; nil where its place is not known.
  fileprivate func padded(_ value: String, _ part: SlicePlaces, _ sizes: [Size]) throws -> String? {
    let ends = sizes.indices.map { sizes[$0] - part.starts[$0] - part.counts[$0] }
    guard [.float32, .float64, .int64, .int32].contains(outputTypes[0].dtype) else { return nil }
    return add("Pad", [value, try graph.shape(part.starts + ends)])
  }

  /// `value` with the elements at positions of its row-major order replaced by those of `source`.
  func replacing(_ value: String, _ source: String, _ places: [Int], _ sizes: [Size]) throws -> String {
    let index = try graph.constant(Tensor(places.map(Int64.init)).reshape([places.count]))
    let made = add(
      "ScatterElements", [try reshape(value, [-1]), index, try reshape(source, [-1])], [("axis", .int(0))])
    return try reshape(made, sizes)
  }
}
