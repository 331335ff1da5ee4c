import ApusCore

// The primitives of pooling: maxima and means of windows, their gradients, and ranges of any position.

/// The maximum of each window of `[N, C, H, W]`, with the places of the maxima as a second result.
package struct MaxPool: Primitive, Hashable {
  package let window: PoolWindow
  package let layout: ImageLayout
  package var name: String { "MaxPool2DWithIndices" }
  package var saves: Saves { .outputs }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let shape = Array(inputs[0].shape[..<2]) + window.outputSizes(Array(inputs[0].shape[2...]))
    return [TensorType(shape, inputs[0].dtype), TensorType(shape, layout == .channelsLast ? .int32 : .int64)]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { layout.order }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let geometry = PoolGeometry(window: window, layout: layout, input: inputs[0].shape, output: results[0].shape)
    try geometry.maximum(inputs[0], into: results)
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y, found) = (inputs[0], outputs[0], outputs[1])
    let size = Array(x.type.shape[2...])
    func isRowMajor(_ a: CArray) -> Bool { a.strides == rowMajorStrides(a.type.shape) }
    if !found.isRead, y.type.dtype == .float32, isRowMajor(x), isRowMajor(y) {
      let steps = window.kernel + window.stride + window.padding + window.dilation
      let numbers = x.type.shape[..<2] + size + [x.type.shape[1], 1] + steps + y.type.shape[2...]
      let sizes = "const apus_conv sizes = {\(numbers.map(String.init).joined(separator: ", "))};"
      return "\(sizes)\napus_max_pool(team, &sizes, \(x.name), \(y.name));"
    }
    return cLoops(y.type.shape) { i in
      let inner = cLoops(window.kernel, prefix: "k") { k in
        let places = (0..<2).map { window.place(i[$0 + 2], k[$0], $0) }
        let element = x([i[0], i[1]] + places)
        let place =
          layout == .channelsLast
          ? "\(k[0]) * \(window.kernel[1]) + \(k[1])" : "(\(places[0])) * \(size[1]) + \(places[1])"
        let keep = found.isRead ? "{ top = v; place = \(place); }" : "top = v;"
        let look = "{ \(y.element) v = \(element); if ((v > top) | (v != v)) \(keep) }"
        return window.guarded(places, size, y.type.shape, look)
      }
      let place = found.isRead ? ("long place = 0;\n", "\n\(found(i)) = place;") : ("", "")
      return "\(y.element) top = \(y.lowest);\n\(place.0)\(inner)\n\(y(i)) = top;\(place.1)"
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    rowsOfSamples(inputs, isBatched, size)
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let select = MaxPoolSelect(window: window, layout: layout, shape: inputs[0].shape)
    return [tangents[0].map { apply(select, $0, outputs[1]) }, nil]
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let shape = node.inputType(0).shape
    return [
      apply(
        MaxPoolGradient(window: window, layout: layout, shape: shape), single(node, cotangents), node.output(1))
    ]
  }
}

/// Adds each cotangent at the place of its window's maximum: inputs cotangent and places, result of `shape`.
package struct MaxPoolGradient: Primitive, Hashable {
  package let window: PoolWindow
  package let layout: ImageLayout
  package let shape: [Int]
  package var name: String { "MaxPool2DWithIndicesBackward" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(shape, inputs[0].dtype)]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { layout.order }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let geometry = PoolGeometry(window: window, layout: layout, input: shape, output: inputs[0].shape)
    try geometry.maximumGradient(inputs[0], inputs[1], into: results[0])
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (g, places, y) = (inputs[0], inputs[1], outputs[0])
    // Places are positions in the window where channels come last, else in the image.
    let isInWindow = layout == .channelsLast
    let sizes = isInWindow ? window.kernel : Array(shape[2...])
    return cFill(y, "0") + "\n"
      + cLoops(places.type.shape) { i in
        let own = ["(place / \(sizes[1]))", "(place % \(sizes[1]))"]
        let found =
          isInWindow ? (0..<2).map { "apus_index(\(window.place(i[$0 + 2], own[$0], $0)), \(shape[$0 + 2]))" } : own
        return "const long place = apus_index(\(places(i)), \(sizes[0] * sizes[1]));\n"
          + "\(y([i[0], i[1]] + found)) += \(g(i));"
      }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let wide = MaxPoolGradient(window: window, layout: layout, shape: rowShape(shape, samples: size))
    return wide.rowsOfSamples(inputs, isBatched, size)
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    linear(inputs, tangents, positions: 1)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [
      apply(
        MaxPoolSelect(window: window, layout: layout, shape: shape), single(node, cotangents), node.input(1)), nil,
    ]
  }
}

/// The elements of the first input (of `shape`) at the places of maxima: the adjoint of ``MaxPoolGradient``.
package struct MaxPoolSelect: Primitive, Hashable {
  package let window: PoolWindow
  package let layout: ImageLayout
  package let shape: [Int]
  package var name: String { "MaxPoolSelect" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(inputs[1].shape, inputs[0].dtype)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let (source, places) = (try inputs[0].dense(), try inputs[1].dense(.int64))
    let size = source.dtype.size
    let (input, output) = (Array(shape[2...]), Array(results[0].shape[2...]))
    let (area, outArea) = (elementCount(input), elementCount(output))
    let (x, index, y) = (source.data, places.data.i64, results[0].body.data)
    let isWindow = layout == .channelsLast
    withExtendedLifetime((source, places)) {
      parallelFor(results[0].count, grain: parallelGrain) { range in
        for i in range {
          var place = Int(index[i])
          if isWindow {
            let (row, column) = (i % outArea / output[1], i % output[1])
            let (a, b) = (place / window.kernel[1], place % window.kernel[1])
            place = (row * window.stride[0] - window.padding[0] + a * window.dilation[0]) * input[1]
            place += column * window.stride[1] - window.padding[1] + b * window.dilation[1]
          }
          (y + i * size).copyMemory(from: x + (i / outArea * area + place) * size, byteCount: size)
        }
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    guard layout == .channelsFirst else { return nil }
    let (x, places) = (inputs[0], inputs[1])
    return cLoops(places.type.shape) { i in
      "const long place = \(places(i));\n"
        + "\(outputs[0](i)) = \(x([i[0], i[1], "place / \(shape[3])", "place % \(shape[3])"]));"
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let wide = MaxPoolSelect(window: window, layout: layout, shape: rowShape(shape, samples: size))
    return wide.rowsOfSamples(inputs, isBatched, size)
  }

  package func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    linear(inputs, tangents, positions: 1)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [
      apply(
        MaxPoolGradient(window: window, layout: layout, shape: shape), single(node, cotangents), node.input(1)), nil,
    ]
  }
}

/// The mean of each window of `[N, C, H, W]`.
package struct AveragePool: LinearPrimitive, Hashable {
  package let window: PoolWindow
  package let layout: ImageLayout
  package let rule: AverageRule
  package var name: String { "AvgPool2D" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(Array(inputs[0].shape[..<2]) + window.outputSizes(Array(inputs[0].shape[2...])), inputs[0].dtype)]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { layout.order }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let geometry = PoolGeometry(window: window, layout: layout, input: inputs[0].shape, output: results[0].shape)
    try geometry.average(inputs[0], rule, into: results[0], isGradient: false)
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y) = (inputs[0], outputs[0])
    let size = Array(x.type.shape[2...])
    let areAllInside = (0..<2).allSatisfy { window.isInside(size[$0], y.type.shape[$0 + 2], $0) }
    return cLoops(y.type.shape) { i in
      let inner = cLoops(window.kernel, prefix: "k") { k in
        let places = (0..<2).map { window.place(i[$0 + 2], k[$0], $0) }
        return window.guarded(places, size, y.type.shape, "sum += \(x([i[0], i[1]] + places));")
      }
      // What the window covers of the image, or of the image with its padding.
      func extent(_ d: Int) -> String {
        let pad = window.padding[d]
        let first = "\(i[d + 2]) * \(window.stride[d]) - \(pad)"
        let (low, high) = rule.countIncludePad ? (-pad, size[d] + pad) : (0, size[d])
        return "apus_overlap(\(first), \(window.kernel[d]), \(low), \(high))"
      }
      let divisor =
        rule.divisor != 0
        ? "\(rule.divisor)"
        : areAllInside ? "\(window.kernel[0] * window.kernel[1])" : "(\(extent(0)) * \(extent(1)))"
      return "\(y.element) sum = 0;\n\(inner)\n\(y(i)) = sum / \(divisor);"
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    rowsOfSamples(inputs, isBatched, size)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let shape = node.inputType(0).shape
    return [
      apply(AveragePoolGradient(window: window, layout: layout, rule: rule, shape: shape), single(node, cotangents))
    ]
  }
}

/// The adjoint of ``AveragePool`` for an input of `shape`.
package struct AveragePoolGradient: LinearPrimitive, Hashable {
  package let window: PoolWindow
  package let layout: ImageLayout
  package let rule: AverageRule
  package let shape: [Int]
  package var name: String { "AvgPool2DBackward" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(shape, inputs[0].dtype)]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { layout.order }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let geometry = PoolGeometry(window: window, layout: layout, input: shape, output: inputs[0].shape)
    try geometry.average(inputs[0], rule, into: results[0], isGradient: true)
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let wide = AveragePoolGradient(window: window, layout: layout, rule: rule, shape: rowShape(shape, samples: size))
    return wide.rowsOfSamples(inputs, isBatched, size)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [apply(AveragePool(window: window, layout: layout, rule: rule), single(node, cotangents))]
  }
}

/// The gradient of a pooling whose places are positions in the plane or volume: any number of spatial dimensions, seen
/// as one.
func scatterToPlaces(_ g: Tensor, _ places: Tensor, _ shape: [Int]) -> Tensor {
  let flat = Array(shape[..<2]) + [1, elementCount(Array(shape[2...]))]
  let outputs = [g.shape[0], g.shape[1], 1, elementCount(Array(g.shape[2...]))]
  let window = PoolWindow(kernel: [1, 1], stride: [1, 1], padding: [0, 0], dilation: [1, 1], ceilMode: false)
  let rule = MaxPoolGradient(window: window, layout: .channelsFirst, shape: flat)
  return apply(rule, g.reshape(outputs), places.reshape(outputs)).reshape(shape)
}

/// Means of ranges along each of three spatial dimensions of `[N, C, D, H, W]`; with `shape`, the adjoint for an input of
/// that shape.
package struct RangeMeans: LinearPrimitive, Hashable {
  package let ranges: [[Range<Int>]]
  package let shape: [Int]?
  package var name: String { shape == nil ? "AdaptiveAvgPool" : "AdaptiveAvgPoolBackward" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(shape ?? Array(inputs[0].shape[..<2]) + ranges.map(\.count), inputs[0].dtype)]
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = PoolGeometry.computeType(inputs[0].dtype)
    let source = try inputs[0].dense(compute)
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      if shape != nil { Tensor(result).fillZero() }
      if compute == .float32 { run(Float.self, source, result) } else { run(Double.self, source, result) }
    }
  }

  private func run<T: ColumnElement>(_: T.Type, _ x: TensorBody, _ result: TensorBody) {
    let whole = shape ?? x.shape
    let (h, w) = (whole[3], whole[4])
    let (area, outArea) = (elementCount(Array(whole[2...])), ranges.reduce(1) { $0 * $1.count })
    let isAdjoint = shape != nil
    withExtendedLifetime(x) {
      let from = x.data.assumingMemoryBound(to: T.self)
      let to = result.data.assumingMemoryBound(to: T.self)
      parallelFor(whole[0] * whole[1], grain: max(1, parallelGrain / max(1, area))) { planes in
        for plane in planes {
          var o = plane * outArea
          for ds in ranges[0] {
            for ys in ranges[1] {
              for xs in ranges[2] {
                let count = T(ds.count * ys.count * xs.count)
                var sum: T = 0
                let share = isAdjoint ? from[o] / count : 0
                for d in ds {
                  for y in ys {
                    let row = plane * area + (d * h + y) * w
                    if isAdjoint {
                      for column in xs { to[row + column] += share }
                    } else {
                      for column in xs { sum += from[row + column] }
                    }
                  }
                }
                if !isAdjoint { to[o] = sum / count }
                o += 1
              }
            }
          }
        }
      }
    }
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    guard shape == nil else { return nil }
    let (x, y) = (inputs[0], outputs[0])
    let tables = (0..<3).map { d in
      cTable("first\(d)", ranges[d].map(\.lowerBound)) + " " + cTable("end\(d)", ranges[d].map(\.upperBound))
    }
    return tables.joined(separator: "\n") + "\n"
      + cLoops(y.type.shape) { i in
        let loops = (0..<3).map { d in
          "for (long k\(d) = first\(d)[\(i[d + 2])]; k\(d) < end\(d)[\(i[d + 2])]; k\(d)++) "
        }
        let count = (0..<3).map { "(end\($0)[\(i[$0 + 2])] - first\($0)[\(i[$0 + 2])])" }
        return """
          \(y.accumulator(of: x.type.shape[2...].reduce(1, *))) sum = 0;
          \(loops.joined())sum += \(x(i[0], i[1], "k0", "k1", "k2"));
          \(y(i)) = (\(y.element))(sum / (\(count.joined(separator: " * "))));
          """
      }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    let wide = RangeMeans(ranges: ranges, shape: shape.map { rowShape($0, samples: size) })
    return wide.rowsOfSamples(inputs, isBatched, size)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let g = single(node, cotangents)
    return [apply(RangeMeans(ranges: ranges, shape: shape == nil ? node.inputType(0).shape : nil), g)]
  }
}
