import ApusCore
import ApusFormats

/// Layers that move elements: shapes, orders, edges, repetitions.
enum KerasReshapes {
  static let makers: [String: KerasBuilder.Maker] = {
    var makers: [String: KerasBuilder.Maker] = [
      "Flatten": flatten, "Reshape": reshape, "Permute": permute, "RepeatVector": repeatVector,
    ]
    for rank in 1...3 {
      makers.add("ZeroPadding\(rank)D") { request throws(TensorError) in try padding(request, rank) }
      makers.add("Cropping\(rank)D") { request throws(TensorError) in try cropping(request, rank) }
      makers.add("UpSampling\(rank)D") { request throws(TensorError) in try upSampling(request, rank) }
    }
    return makers
  }()

  private static func flatten(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let last = try request.config.channelsLast()
    let shape = request.input
    let output = KerasShape(shape.rank.map { _ in [shape[0], shape.product(from: 1)] })
    return KerasPlan(request.config, output) { x throws(TensorError) in
      let turned = last || x.rank < 3 ? x : x.permute([0] + Array(2..<x.rank) + [1])
      return turned.reshape([x.shape.first ?? 1, x.shape.dropFirst().reduce(1, *)])
    }
  }

  private static func reshape(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let target = try config.ints("target_shape")
    guard target.allSatisfy({ (-1...1 << 40).contains($0) }), target.filter({ $0 == -1 }).count < 2 else {
      throw config.fail(.format, "'target_shape' \(target) is no shape")
    }
    var sizes = target.map { $0 == -1 ? nil : Optional($0) }
    if let open = target.firstIndex(of: -1), let all = request.input.product(from: 1),
      let known = KerasShape(sizes.filter { $0 != nil }).product(from: 0), known > 0
    {
      sizes[open] = all / known
    }
    return KerasPlan(config, KerasShape([request.input[0]] + sizes)) { x throws(TensorError) in
      x.reshape([x.shape.first ?? 1] + target)
    }
  }

  private static func permute(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let dims = try request.config.ints("dims")
    guard dims.sorted() == Array(1..<dims.count + 1) else {
      throw request.config.fail(.format, "'dims' \(dims) does not name every dimension once")
    }
    let output = KerasShape(
      request.input.rank == dims.count + 1 ? [request.input[0]] + dims.map { request.input[$0] } : nil)
    return KerasPlan(request.config, output) { x throws(TensorError) in x.permute([0] + dims) }
  }

  private static func repeatVector(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let count = try request.config.size("n", in: 0...1 << 32)
    return KerasPlan(request.config, KerasShape([request.input[0], count, request.input[-1]])) {
      x throws(TensorError) in
      guard x.rank == 2 else { throw request.config.fail(.shape, "needs 2 dimensions, and found \(x.shape)") }
      return x.unsqueeze(1).expand([x.shape[0], count, x.shape[1]])
    }
  }

  /// Whether channels come last; layers of one dimension know no other order.
  private static func first(_ config: KerasConfig) throws(TensorError) -> Int { try config.channelsLast() ? 1 : 2 }

  private static func padding(_ request: KerasRequest, _ rank: Int) throws(TensorError) -> KerasPlan {
    let pairs = try request.config.pairs("padding", rank: rank)
    let first = try first(request.config)
    var output = request.input
    for (axis, pair) in pairs.enumerated() { output[first + axis] = output[first + axis].map { $0 + pair.0 + pair.1 } }
    return KerasPlan(request.config, output) { x throws(TensorError) in
      var pads = [Int](repeating: 0, count: 2 * max(x.rank - first - rank, 0))
      for pair in pairs.reversed() { pads += [pair.0, pair.1] }
      return x.pad(pads)
    }
  }

  private static func cropping(_ request: KerasRequest, _ rank: Int) throws(TensorError) -> KerasPlan {
    let config = request.config
    let pairs = try config.pairs("cropping", rank: rank)
    let first = try first(config)
    var output = request.input
    for (axis, pair) in pairs.enumerated() {
      output[first + axis] = output[first + axis].map { max($0 - pair.0 - pair.1, 0) }
    }
    return KerasPlan(config, output) { x throws(TensorError) in
      guard x.rank >= first + rank else {
        throw config.fail(.shape, "needs \(rank + 2) dimensions, and found \(x.shape)")
      }
      var result = x
      for (axis, pair) in pairs.enumerated() {
        let size = x.shape[first + axis]
        guard pair.0 + pair.1 <= size else {
          throw config.fail(.shape, "cannot cut \(pair.0) and \(pair.1) from \(size)")
        }
        result = result.slice(first + axis, pair.0, size - pair.1)
      }
      return result
    }
  }

  private static func upSampling(_ request: KerasRequest, _ rank: Int) throws(TensorError) -> KerasPlan {
    let config = request.config
    let factors = try config.sizes("size", rank: rank, [Int](repeating: 2, count: rank))
    let first = rank == 1 ? 1 : try first(config)
    let kind = try config.string("interpolation", "nearest")
    var output = request.input
    for (axis, factor) in factors.enumerated() {
      output[first + axis] = output[first + axis].map { $0.multipliedReportingOverflow(by: factor).partialValue }
    }
    let method = kind == "nearest" ? nil : try KerasImages.Method(kind, config)
    return KerasPlan(config, output) { x throws(TensorError) in
      guard x.rank >= first + rank else {
        throw config.fail(.shape, "needs \(rank + 2) dimensions, and found \(x.shape)")
      }
      var result = x
      for (axis, factor) in factors.enumerated() {
        if let method {
          result = KerasImages.resized(result, first + axis, x.shape[first + axis] * factor, method, antialias: false)
        } else {
          result = result.repeatInterleave(factor, dim: first + axis)
        }
      }
      return result
    }
  }
}
