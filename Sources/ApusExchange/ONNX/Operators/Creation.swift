import ApusCore
import ApusFormats

extension ONNXOperator {
  /// Tensors from numbers.
  static let creation: [ONNXOperator] = [
    ONNXOperator("Constant", inputs: 0...0) { node in
      let value = try constant(node)
      return { _ in [value] }
    },
    ONNXOperator("ConstantOfShape", since: 9, inputs: 1...1) { node in
      let value = try node.tensor("value") ?? .tensor(Tensor.zeros([1], dtype: .float32))
      return { call in
        let shape = try call.ints(0)
        return [
          try value.moved { element in
            guard element.count == 1 else {
              throw call.error(.shape, "the attribute 'value' has \(element.count) elements")
            }
            try call.requireMemory(shape, element.dtype)
            return element.reshape([]).expand(shape).contiguous()
          }
        ]
      }
    },
    ONNXOperator("EyeLike", since: 9, inputs: 1...1) { node in
      let (type, k) = (try node.dataType("dtype"), try node.int("k", default: 0))
      return { call in
        let value = try call.value(0)
        guard let shape = value.shape, shape.count == 2 else { throw call.error(.shape, "a matrix is needed") }
        let rows = arange(shape[0]).unsqueeze(1)
        let columns = arange(shape[1]).unsqueeze(0)
        let isOn = rows.eq(columns - min(max(k, -(1 << 40)), 1 << 40))
        return [try CastRules().cast(isOn, to: type ?? value.elementType ?? .float)]
      }
    },
    ONNXOperator("Range", since: 11, inputs: 3...3) { _ in
      { call in
        let start = try call.tensor(0)
        let dtype = start.dtype
        if dtype.isInteger {
          let (first, end, step) = (try call.int(0), try call.int(1), try call.int(2))
          guard step != 0 else { throw call.error(.value, "the step is 0") }
          guard first.magnitude < 1 << 60, end.magnitude < 1 << 60, step.magnitude < 1 << 60 else {
            throw call.error(.value, "a limit lies beyond 2^60")
          }
          let count = max(0, (end - first + step - step.signum()) / step)
          try call.requireMemory([count], .int64)
          return [.tensor((arange(count) * step + first).to(dtype))]
        }
        let (first, end, step) = (try call.double(0), try call.double(1), try call.double(2))
        let exact = ((end - first) / step).rounded(.up)
        guard exact.isFinite, exact < 1e15 else {
          throw call.error(.value, "\(first) to \(end) by \(step) is no range")
        }
        let count = max(0, Int(exact))
        try call.requireMemory([count], .float64)
        return [.tensor((arange(count).to(.float64) * step + first).to(dtype))]
      }
    },
    ONNXOperator("OneHot", since: 9, inputs: 3...3) { node in
      let axis = try node.int("axis", default: -1)
      return { call in
        let indices = try call.tensor(0)
        let depthTensor = try call.tensor(1).settled
        guard depthTensor.count == 1 else { throw call.error(.shape, "the depth must be one number") }
        let wide = depthTensor.to(.float64).item()
        guard wide >= 1, wide < 1e15 else { throw call.error(.value, "the depth is \(wide)") }
        let depth = Int(wide)
        let d = try call.axis(axis, rank: indices.rank + 1)
        let values = try call.tensor(2)
        guard values.shape == [2] else {
          throw call.error(.shape, "the values must be [off, on], and found \(values.shape)")
        }
        var shape = indices.shape
        shape.insert(depth, at: d)
        try call.requireMemory(shape, values.dtype)
        try call.requireMemory([depth], .int64)
        let whole = indices.dtype.isInteger ? indices.to(.int64) : indices.to(.float64)
        let positive = `where`(whole .< 0, whole + depth, whole).unsqueeze(d)
        let steps = arange(depth).to(positive.dtype).reshape(
          [depth] + [Int](repeating: 1, count: indices.rank - d))
        return [.tensor(`where`(positive.eq(steps), values.select(0, 1), values.select(0, 0)))]
      }
    },
  ]

  private static func constant(_ node: ONNXNode) throws(TensorError) -> ONNXValue {
    let known = node.attributes.keys.filter { $0.hasPrefix("value") || $0 == "sparse_value" }
    guard known.count == 1, let name = known.first else {
      throw TensorError(
        .format, "", "it needs one of the attributes 'value', 'value_float' and so on, and has \(known)")
    }
    switch name {
    case "value", "sparse_value":
      guard let value = try node.tensor(name) else { throw TensorError(.format, "", "it has no value") }
      return value
    case "value_float": return .tensor(Tensor(Float(try node.float(name))))
    case "value_int": return .tensor(Tensor(try node.int(name)))
    case "value_string": return .strings(StringTensor([try node.string(name)], shape: []))
    case "value_floats": return .tensor(Tensor(try node.floats(name) ?? [], dtype: .float32))
    case "value_ints": return .tensor(Tensor(try node.ints(name) ?? [], dtype: .int64))
    case "value_strings": return .strings(StringTensor(try node.strings(name) ?? []))
    default: throw TensorError(.unsupported, "", "the attribute '\(name)' is not known")
    }
  }
}
