import ApusCore
import ApusFormats

extension ONNXOperator {
  /// Tensors put together and taken apart.
  static let joining: [ONNXOperator] = [
    ONNXOperator("Concat", inputs: .atLeast(1)) { node in
      let axis = try node.int("axis", default: node.opset < 4 ? 1 : nil)
      return { call in [try concatenated(call, axis)] }
    },
    ONNXOperator("Split", inputs: 1...2, outputs: .atLeast(1)) { node in
      let axis = try node.int("axis", default: 0)
      let fixed = node.opset < 13 ? try node.ints("split") : nil
      let parts = try node.optionalInt("num_outputs") ?? node.outputs.count
      return { call in
        let value = try call.value(0)
        guard let shape = value.shape else {
          throw call.error(.dtype, "a tensor is needed, and found \(value.kindName)")
        }
        let d = try call.axis(axis, rank: shape.count)
        let sizes: [Int]
        if let given = try fixed ?? (node.opset < 13 ? nil : call.optionalInts(1)) {
          sizes = given
        } else {
          guard parts > 0, parts <= 1 << 16 else { throw call.error(.value, "it is to be split into \(parts) parts") }
          let chunk = (shape[d] + parts - 1) / parts
          // Only the last part may be smaller, and there may be none left for it.
          sizes = (0..<parts).map { max(0, min(chunk, shape[d] - chunk * $0)) }
        }
        guard sizes.allSatisfy({ $0 >= 0 }), sizes.reduce(0, { $0.clampedAdding($1) }) == shape[d] else {
          throw call.error(.shape, "the parts \(sizes) do not add up to dimension \(d) of \(shape)")
        }
        var (start, results): (Int, [ONNXValue?]) = (0, [])
        for size in sizes {
          let first = start
          results.append(try value.moved { $0.narrow(d, first, size) })
          start += size
        }
        return results
      }
    },
  ]

  private static func concatenated(_ call: ONNXCall, _ axis: Int) throws -> ONNXValue {
    let first = try call.value(0)
    guard let shape = first.shape else { throw call.error(.dtype, "tensors are needed, and found \(first.kindName)") }
    let d = try call.axis(axis, rank: shape.count)
    switch first {
    case .strings:
      var (all, places): ([String], [Tensor]) = ([], [])
      for i in call.inputs.indices {
        let part = try call.strings(i)
        places.append(arange(part.elements.count).reshape(part.shape) + all.count)
        all += part.elements
      }
      return .strings(StringTensor(all).moved { _ in cat(places, dim: d) })
    case .narrow(_, let type):
      let parts = try call.inputs.indices.map { i -> Tensor in
        guard case .narrow(let part, type) = try call.value(i) else {
          throw call.error(.dtype, "all inputs must be of type \(type.name)")
        }
        return part
      }
      return .narrow(cat(parts, dim: d), type)
    default:
      let parts = try call.tensors()
      for part in parts {
        guard part.rank == shape.count,
          shape.indices.allSatisfy({ $0 == d || part.shape[$0] == shape[$0] })
        else { throw call.error(.shape, "\(shape) and \(part.shape) cannot be joined along dimension \(d)") }
      }
      return .tensor(parts.count == 1 ? parts[0] : cat(parts, dim: d))
    }
  }
}
