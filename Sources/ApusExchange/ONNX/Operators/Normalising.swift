import ApusCore
import ApusFormats
import ApusFunctional
import ApusNumerics

extension ONNXOperator {
  /// Normalisation, softmax and dropout.
  static let normalising: [ONNXOperator] = overChannels + overElements + softmaxes

  private static let overChannels: [ONNXOperator] = [
    ONNXOperator("BatchNormalization", inputs: 5...5, outputs: 1...5, statistics: [3, 4]) { node in
      let (eps, momentum) = (try node.float("epsilon", default: 1e-5), try node.float("momentum", default: 0.9))
      let isTraining =
        node.opset >= 14 ? try node.flag("training_mode") : node.opset < 7 ? try !node.flag("is_test") : false
      return { call in
        let x = try call.tensor(0)
        let inputs = try (1...4).map { try call.tensor($0) }
        return try batchNormalised(x, inputs, eps, momentum, isTraining: isTraining)
      }
    },
    ONNXOperator("InstanceNormalization", inputs: 3...3) { node in
      let eps = try node.float("epsilon", default: 1e-5)
      return { call in
        let (x, scale, bias) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
        guard x.rank >= 3 else { throw call.error(.shape, "needs an input [N, C, ...], and found \(x.shape)") }
        if elementCount(Array(x.shape[2...])) == 1 {
          // Nothing is left of a single element but the bias.
          return [.tensor(x * 0 + bias.reshape([bias.count] + [Int](repeating: 1, count: x.rank - 2)))]
        }
        return [.tensor(instanceNorm(x, weight: scale, bias: bias, eps: eps))]
      }
    },
    ONNXOperator("GroupNormalization", since: 18, inputs: 3...3) { node in
      let (eps, groups) = (try node.float("epsilon", default: 1e-5), try node.int("num_groups"))
      return { call in
        let (x, scale, bias) = (try call.tensor(0), try call.tensor(1), try call.tensor(2))
        guard x.rank >= 2, groups > 0, x.shape[1] % groups == 0 else {
          throw call.error(.shape, "\(x.shape) cannot be divided into \(groups) groups of channels")
        }
        // The first version had one scale for each group.
        let each = x.shape[1] / groups
        let isOld = node.opset < 21 && scale.count == groups && each != 1
        func spread(_ t: Tensor) -> Tensor { isOld ? t.repeatInterleave(each) : t }
        return [.tensor(groupNorm(x, groups, weight: spread(scale), bias: spread(bias), eps: eps))]
      }
    },
    ONNXOperator("LRN", inputs: 1...1) { node in
      let (alpha, beta) = (try node.float("alpha", default: 1e-4), try node.float("beta", default: 0.75))
      let (bias, size) = (try node.float("bias", default: 1), try node.int("size"))
      guard size > 0, size < 1 << 14 else { throw TensorError(.value, "", "the attribute 'size' is \(size)") }
      return { call in
        let x = try call.tensor(0)
        guard x.rank >= 2 else { throw call.error(.shape, "needs an input [N, C, ...], and found \(x.shape)") }
        let channels = x.shape[1]
        var pads = [Int](repeating: 0, count: 2 * (x.rank - 1))
        (pads[2 * (x.rank - 2)], pads[2 * (x.rank - 2) + 1]) = ((size - 1) / 2, size / 2)
        let squares = (x * x).pad(pads)
        let sums = (1..<max(size, 1)).reduce(squares.narrow(1, 0, channels)) { $0 + squares.narrow(1, $1, channels) }
        return [.tensor(x / (sums * (alpha / Double(size)) + bias).pow(beta))]
      }
    },
  ]

  private static func batchNormalised(
    _ x: Tensor, _ inputs: [Tensor], _ eps: Double, _ momentum: Double, isTraining: Bool
  ) throws(TensorError) -> [ONNXValue?] {
    let (scale, bias, mean, variance) = (inputs[0], inputs[1], inputs[2], inputs[3])
    let channels = x.rank > 1 ? x.shape[1] : 1
    guard inputs.allSatisfy({ $0.count == channels }) else {
      throw TensorError(
        .shape, "", "\(x.shape) has \(channels) channels, and the parameters are \(inputs.map(\.shape))")
    }
    guard isTraining || x.rank < 2 || inputs.contains(where: { $0.dtype != x.dtype }) else {
      return [.tensor(batchNorm(x, runningMean: mean, runningVar: variance, weight: scale, bias: bias, eps: eps))]
    }
    func spread(_ t: Tensor) -> Tensor {
      t.to(t.dtype.size > x.dtype.size ? t.dtype : x.dtype).reshape(
        x.rank > 1 ? [channels] + [Int](repeating: 1, count: x.rank - 2) : [1])
    }
    func normalised(_ mean: Tensor, _ variance: Tensor) -> Tensor {
      ((x - spread(mean)) * (spread(variance) + eps).rsqrt() * spread(scale) + spread(bias)).to(x.dtype)
    }
    guard isTraining else { return [.tensor(normalised(mean, variance))] }
    let dims = x.shape.indices.filter { $0 != 1 || x.rank == 1 }
    let wide = x.to(mean.dtype)
    let now = (mean: wide.mean(dims).reshape([channels]), variance: wide.var(dims, correction: 0).reshape([channels]))
    func moved(_ old: Tensor, _ new: Tensor) -> ONNXValue {
      .tensor((old * momentum + new.to(old.dtype) * (1 - momentum)).to(old.dtype))
    }
    return [
      .tensor(normalised(now.mean, now.variance)), moved(mean, now.mean), moved(variance, now.variance),
      .tensor(now.mean), .tensor(now.variance),
    ]
  }

  private static let overElements: [ONNXOperator] = [
    ONNXOperator("LayerNormalization", since: 1, inputs: 2...3, outputs: 1...3) { node in
      let (eps, axis) = (try node.float("epsilon", default: 1e-5), try node.int("axis", default: -1))
      let wantsStatistics = node.hasOutput(1) || node.hasOutput(2)
      return { call in
        let (x, scale, bias) = (try call.tensor(0), try call.tensor(1), try call.optionalTensor(2))
        let d = try call.axis(axis, rank: x.rank)
        let shape = Array(x.shape[d...])
        if !wantsStatistics, scale.shape == shape, bias.map({ $0.shape == shape }) ?? true, scale.dtype == x.dtype {
          return [.tensor(layerNorm(x, shape, weight: scale, bias: bias, eps: eps))]
        }
        let wide = x.dtype.size < 4 ? x.to(.float32) : x
        let dims = Array(d..<x.rank)
        let mean = wide.mean(dims, keepDim: true)
        let inverse = (wide.var(dims, correction: 0, keepDim: true) + eps).rsqrt()
        let y = ((wide - mean) * inverse).to(x.dtype) * scale
        return [.tensor((bias.map { y + $0 } ?? y).to(x.dtype)), .tensor(mean), .tensor(inverse)]
      }
    },
    ONNXOperator("RMSNormalization", since: 23, inputs: 2...2) { node in
      let (eps, axis) = (try node.float("epsilon", default: 1e-5), try node.int("axis", default: -1))
      return { call in
        let (x, scale) = (try call.tensor(0), try call.tensor(1))
        let d = try call.axis(axis, rank: x.rank)
        let shape = Array(x.shape[d...])
        if scale.shape == shape, scale.dtype == x.dtype { return [.tensor(rmsNorm(x, shape, weight: scale, eps: eps))] }
        return [.tensor((rmsNorm(x, shape, eps: eps) * scale).to(scale.dtype))]
      }
    },
    ONNXOperator("LpNormalization", inputs: 1...1) { node in
      let (axis, p) = (try node.int("axis", default: -1), try node.int("p", default: 2))
      guard p == 1 || p == 2 else { throw TensorError(.value, "", "the attribute 'p' is \(p), and can be 1 or 2") }
      return { call in
        let x = try call.tensor(0)
        let d = try call.axis(axis, rank: x.rank)
        let norm = x.norm(Double(p), [d], keepDim: true)
        return [.tensor(x / `where`(norm.eq(0), onesLike(norm), norm))]
      }
    },
    ONNXOperator("MeanVarianceNormalization", since: 9, inputs: 1...1) { node in
      let axes = try node.ints("axes") ?? [0, 2, 3]
      return { call in
        let x = try call.tensor(0)
        let dims = try axes.map { try call.axis($0, rank: x.rank) }
        let mean = x.mean(dims, keepDim: true)
        let deviation = ((x * x).mean(dims, keepDim: true) - mean * mean).sqrt()
        return [.tensor((x - mean) / (deviation + 1e-9))]
      }
    },
  ]

  private static let softmaxes: [ONNXOperator] = [
    alongAxis("Softmax") { softmax($0, dim: $1) },
    alongAxis("LogSoftmax") { logSoftmax($0, dim: $1) },
    ONNXOperator("Dropout", inputs: 1...3, outputs: 1...2, settings: [1, 2], isPure: false) { node in
      let fixed = node.opset < 12 ? try node.float("ratio", default: 0.5) : nil
      let isOldTraining = node.opset < 7 ? try node.has("is_test") && !node.flag("is_test") : false
      return { call in
        let x = try call.tensor(0)
        let isTraining =
          node.opset < 12 ? isOldTraining : try call.optionalTensor(2)?.settled.to(.bool).item(as: Bool.self) ?? false
        let ratio = try fixed ?? call.optionalDouble(1) ?? 0.5
        guard (0...1).contains(ratio) else {
          throw call.error(.value, "the ratio is \(ratio), and must lie between 0 and 1")
        }
        let maskType: DType = node.opset < 10 ? x.dtype : .bool
        guard isTraining, ratio > 0 else { return [.tensor(x), .tensor(onesLike(x, dtype: maskType))] }
        let mask = rand(x.shape, dtype: .float32) .>= ratio
        let kept = `where`(mask, x, zerosLike(x))
        return [.tensor(ratio < 1 ? kept * (1 / (1 - ratio)) : kept), .tensor(mask.to(maskType))]
      }
    },
  ]

  private static func alongAxis(
    _ name: String, _ compute: @escaping @Sendable (Tensor, Int) -> Tensor
  ) -> ONNXOperator {
    ONNXOperator(name, inputs: 1...1) { node in
      let axis = try node.int("axis", default: node.opset < 13 ? 1 : -1)
      return { call in
        let x = try call.tensor(0)
        guard node.opset < 13 else {
          return [
            .tensor(
              x.rank == 0 ? compute(x.reshape([1]), 0).reshape([]) : compute(x, try call.axis(axis, rank: x.rank)))
          ]
        }
        // Older versions took all dimensions from the axis on as one.
        let d = axis == x.rank ? x.rank : try call.axis(axis, rank: x.rank)
        let flat = x.reshape([elementCount(Array(x.shape[..<d])), elementCount(Array(x.shape[d...]))])
        return [.tensor(compute(flat, 1).reshape(x.shape))]
      }
    }
  }
}
