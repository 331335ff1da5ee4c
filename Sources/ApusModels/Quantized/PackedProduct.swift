import ApusCLoops
import ApusCore
import ApusFunctional
import CKernels

/// `x @ weight^T + bias` with weights that stay as they are stored: `[..., in]` to `[..., out]` for each, float32. Several weights share
/// what is made of `x`, and one region of threads.
struct PackedProduct: Primitive {
  let weights: [QuantizedWeight]
  /// Which of the weights have a bias among the inputs.
  let hasBias: [Bool]
  /// Matrices of so many numbers at most are widened, which costs next to nothing and is exact.
  private static let fewNumbers = 1 << 16
  var name: String { "QuantizedLinear" }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let x = inputs[0]
    var bias = 1
    var types: [TensorType] = []
    for (weight, hasBias) in zip(weights, hasBias) {
      guard x.dtype == .float32, x.shape.last == weight.shape[1] else {
        throw TensorError(
          .shape, "linear",
          "a weight of shape \(weight.shape) takes float32 inputs of shape [..., \(weight.shape[1])], and found \(x.dtype) of "
            + "\(x.shape)")
      }
      if hasBias {
        if inputs[bias] != TensorType([weight.shape[0]], .float32) {
          throw TensorError(
            .shape, "linear", "a weight of shape \(weight.shape) needs a float32 bias of shape [\(weight.shape[0])]")
        }
        bias += 1
      }
      types.append(TensorType(x.shape.dropLast() + [weight.shape[0]], .float32))
    }
    return types
  }

  func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    results.reduce(0) { $0 + 2 * $1.count * (inputs[0].shape.last ?? 0) }
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let x = try inputs[0].dense(.float32)
    let width = weights[0].shape[1]
    let tokens = width == 0 ? elementCount(Array(inputs[0].shape.dropLast())) : x.count / width
    let parts = zip(weights, results).map { weight, result in
      ProductPart(weight: weight, out: result.body.data.assumingMemoryBound(to: Float.self))
    }
    let source = UnsafePointer(x.data.assumingMemoryBound(to: Float.self))
    defer { withExtendedLifetime((x, weights, results)) {} }
    if width == 0 {
      for part in parts { part.out.update(repeating: 0, count: tokens * part.weight.shape[0]) }
    } else if parts.allSatisfy({ $0.weight.count <= Self.fewNumbers }) {
      for (part, result) in zip(parts, results) {
        result.fill(with: noGrad { ApusFunctional.linear(inputs[0], part.weight.widened()) })
      }
    } else {
      let blocks = parts.filter { $0.weight.kernel != nil }
      if !blocks.isEmpty { try Integers.multiply(blocks, width: width, source, tokens: tokens) }
      for (part, result) in zip(parts, results) where part.weight.kernel == nil {
        if tokens < Widening.manyTokens {
          try Widening.multiply(part.weight, source, tokens: tokens, into: part.out)
        } else {
          result.fill(with: noGrad { ApusFunctional.linear(inputs[0], part.weight.widened()) })
        }
      }
    }
    var next = 1
    for (part, hasBias) in zip(parts, hasBias) where hasBias {
      let bias = try inputs[next].dense(.float32)
      next += 1
      let (added, columns) = (bias.data.assumingMemoryBound(to: Float.self), part.weight.shape[0])
      for t in 0..<tokens { for j in 0..<columns { part.out[t * columns + j] += added[j] } }
      withExtendedLifetime(bias) {}
    }
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    var x: Tensor?
    var biases: [Tensor?] = []
    for (i, weight) in weights.enumerated() {
      let flat = cotangents[i]?.reshape([-1, weight.shape[0]])
      if node.needs(0), let flat {
        let part = matmul(flat, weight.widened())
        x = x.map { $0 + part } ?? part
      }
      if hasBias[i] { biases.append(node.needs(biases.count + 1) ? flat?.sum([0]) : nil) }
    }
    return [x?.reshape(node.inputType(0).shape)] + biases
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    isBatched.dropFirst().contains(true) ? nil : apply(self, inputs)
  }
}

/// One of several products with the same rows, and where it goes.
private struct ProductPart {
  let weight: QuantizedWeight
  nonisolated(unsafe) let out: UnsafeMutablePointer<Float>
}

/// Memory of the caching allocator for the length of a call.
private func withScratch(_ bytes: Int, _ body: (UnsafeMutableRawPointer) -> Void) throws(TensorError) {
  let bytes = max(bytes, 64)
  guard let memory = Allocator.shared.allocate(bytes) else {
    throw TensorError(.memory, "linear", "cannot allocate \(bytes) bytes for a product with a quantised weight")
  }
  body(memory)
  Allocator.shared.deallocate(memory, bytes)
}

/// Products of 16-bit integers with weights of few bits.
private enum Integers {
  /// Rows of activations that are converted at a time.
  static let mostTokens = 2048
  /// From so many on, weights are unpacked for all of them.
  static let severalTokens = 4

  static func multiply(
    _ parts: [ProductPart], width: Int, _ x: UnsafePointer<Float>, tokens: Int
  ) throws(TensorError) {
    for first in stride(from: 0, to: tokens, by: mostTokens) {
      let count = min(mostTokens, tokens - first)
      // The integers, then scales and sums: 64 bytes of slack, since whole vectors are read.
      let quants = (count * width * 2 + 63) & ~63
      let floats = (count * width / 16 * 4 + 127) & ~63
      try withScratch(quants + 2 * floats) { memory in
        let q = memory.assumingMemoryBound(to: Int16.self)
        let scales = (memory + quants).assumingMemoryBound(to: Float.self)
        let sums = (memory + quants + floats).assumingMemoryBound(to: Float.self)
        parallelFor(count, grain: max(1, 32768 / width)) { range in
          for t in range {
            ck_quantize_activations(
              x + (first + t) * width, width, q + t * width, scales + t * width / 16, sums + t * width / 16)
          }
        }
        multiply(parts, first, Activations(q: q, scales: scales, sums: sums, tokens: count, width: width))
      }
    }
  }

  /// Rows of activations as 16-bit integers.
  private struct Activations {
    let q: UnsafePointer<Int16>
    let scales: UnsafePointer<Float>
    let sums: UnsafePointer<Float>
    let tokens: Int
    let width: Int
  }

  /// The results from row `first` on. Threads share the rows of all weights.
  private static func multiply(_ parts: [ProductPart], _ first: Int, _ x: Activations) {
    let isSeveral = x.tokens >= severalTokens
    let unit = isSeveral ? 16 : 4
    let units = parts.map { ($0.weight.shape[0] + unit - 1) / unit }
    parallelFor(units.reduce(0, +), grain: max(1, 65536 / (unit * x.width * x.tokens))) { range in
      let bytes = isSeveral ? ck_quantized_scratch(x.width) : 0
      let scratch = isSeveral ? Allocator.shared.allocate(bytes) : nil
      defer { if let scratch { Allocator.shared.deallocate(scratch, bytes) } }
      var start = 0
      for (part, count) in zip(parts, units) {
        let own = max(range.lowerBound - start, 0)..<max(min(range.upperBound - start, count), 0)
        start += count
        if own.lowerBound >= own.upperBound { continue }
        let columns = part.weight.shape[0]
        rows(part, own.lowerBound * unit..<min(columns, own.upperBound * unit), first, x, scratch)
      }
    }
  }

  private static func rows(
    _ part: ProductPart, _ range: Range<Int>, _ first: Int, _ x: Activations, _ scratch: UnsafeMutableRawPointer?
  ) {
    let weight = part.weight
    guard let kernel = weight.kernel else { return }
    let (columns, group, width) = (weight.shape[0], weight.group, x.width)
    let out = part.out + first * columns
    weight.forEachRun(in: range) { row, start, stride, count in
      let w = start.assumingMemoryBound(to: UInt8.self)
      if let scratch {
        ck_quantized_tile(
          kernel, out + row, columns, w, stride, count, width, group, x.q, x.scales, x.sums, x.tokens, scratch)
        return
      }
      for t in 0..<x.tokens {
        let place = t * width / 16
        ck_quantized_rows(
          kernel, out + t * columns + row, w, stride, count, width, group, x.q + t * width, x.scales + place,
          x.sums + place)
      }
    }
  }
}

/// Products of floats with weights that are widened on the way: of 16 bits, of 4 bits in blocks.
private enum Widening {
  /// From so many rows of activations on, a part of the weight is widened for all of them.
  static let severalTokens = 8
  /// From so many on, as in training, all of the weight is widened for the time of the product.
  static let manyTokens = 64
  /// Rows of the weight that are widened at a time.
  static let rows = 128

  static func multiply(
    _ weight: QuantizedWeight, _ x: UnsafePointer<Float>, tokens: Int, into out: UnsafeMutablePointer<Float>
  ) throws(TensorError) {
    let (columns, width) = (weight.shape[0], weight.shape[1])
    guard tokens < severalTokens else { return multiplySeveral(weight, x, tokens, out) }
    if let blocks = weight.fourBits { return multiplyFew(blocks, weight.shape, x, tokens, out) }
    let isBfloat = weight.form == .bfloat16
    parallelFor((columns + 3) / 4, grain: max(1, 65536 / (4 * width * max(tokens, 1)))) { range in
      weight.forEachRun(in: range.lowerBound * 4..<min(columns, range.upperBound * 4)) { row, start, stride, count in
        let w = start.assumingMemoryBound(to: UInt16.self)
        ck_half_rows(isBfloat, out + row, columns, w, stride / 2, count, width, x, tokens)
      }
    }
  }

  /// Row by row of the weight, which is widened where it stays in the nearest cache.
  private static func multiplyFew(
    _ blocks: FourBitBlocks, _ shape: [Int], _ x: UnsafePointer<Float>, _ tokens: Int,
    _ out: UnsafeMutablePointer<Float>
  ) {
    let (columns, width) = (shape[0], shape[1])
    parallelFor(columns, grain: max(1, 65536 / (width * max(tokens, 1)))) { range in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { memory in
        guard let row = memory.baseAddress else { return }
        for column in range {
          blocks.dequantize(column * width..<(column + 1) * width, into: row)
          for t in 0..<tokens { out[t * columns + column] = dot(row, x + t * width, width) }
        }
      }
    }
  }

  @inline(__always)
  private static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
    var sums = SIMD16<Float>.zero
    let (left, right) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
    let whole = count & ~15
    for i in stride(from: 0, to: whole, by: 16) {
      sums +=
        left.loadUnaligned(fromByteOffset: 4 * i, as: SIMD16<Float>.self)
        * right.loadUnaligned(fromByteOffset: 4 * i, as: SIMD16<Float>.self)
    }
    var sum = sums.sum()
    for i in whole..<count { sum += a[i] * b[i] }
    return sum
  }

  private static func multiplySeveral(
    _ weight: QuantizedWeight, _ x: UnsafePointer<Float>, _ tokens: Int, _ out: UnsafeMutablePointer<Float>
  ) {
    let (columns, width) = (weight.shape[0], weight.shape[1])
    let convert = weight.fourBits == nil ? ck_convert_function(weight.form == .bfloat16 ? 7 : 6, 8) : nil
    parallelFor((columns + rows - 1) / rows, grain: 1) { range in
      let product = ck_gemm_scratch_f32(tokens, rows, width)
      let bytes = rows * width * 4 + product + 64
      guard let memory = Allocator.shared.allocate(bytes) else {
        stop(TensorError(.memory, "out of memory", "cannot allocate \(bytes) bytes to widen weights in"))
      }
      defer { Allocator.shared.deallocate(memory, bytes) }
      let wide = memory.assumingMemoryBound(to: Float.self)
      let scratch = (memory + (rows * width * 4 + 63) & ~63).assumingMemoryBound(to: Float.self)
      for part in range {
        let place = part * rows..<min(columns, (part + 1) * rows)
        if let convert {
          weight.forEachRun(in: place) { row, start, stride, count in
            for i in 0..<count { convert(wide + (row - place.lowerBound + i) * width, start + i * stride, width) }
          }
        } else {
          weight.widen(place, into: wide)
        }
        ck_gemm_f32(
          out + place.lowerBound, columns, x, width, 1, wide, 1, width, tokens, place.count, width, 0, scratch)
      }
    }
  }
}
