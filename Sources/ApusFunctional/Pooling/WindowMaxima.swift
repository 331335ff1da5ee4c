import ApusCore
import CKernels

// Maxima of windows that tables give along three spatial dimensions: pooling of volumes, adaptive and fractional pooling.

/// The windows along one dimension: where each begins, how many elements it sees, and how far these lie apart.
package struct WindowTable: Hashable, Sendable {
  var firsts: [Int64] = []
  var lengths: [Int64] = []
  var step = 1

  var count: Int { firsts.count }

  /// What each window sees.
  package var positions: [[Int]] {
    zip(firsts, lengths).map { first, length in (0..<Int(length)).map { Int(first) + $0 * step } }
  }

  /// Adds the windows that see `range`.
  mutating func append(_ range: Range<Int>) {
    firsts.append(Int64(range.lowerBound))
    lengths.append(Int64(range.count))
  }
}

extension WindowTable {
  /// Calls `body` with the table as the kernels take it, for a dimension of `size` elements.
  fileprivate func withKernelTable<R>(_ size: Int, _ body: (UnsafePointer<ck_windows>) -> R) -> R {
    firsts.withUnsafeBufferPointer { firsts in
      lengths.withUnsafeBufferPointer { lengths in
        var table = ck_windows(
          size: size, count: count, step: step, firsts: firsts.baseAddress, lengths: lengths.baseAddress)
        return body(&table)
      }
    }
  }
}

/// Maxima of windows of `[N, C, D, H, W]`. Places are positions in the volume.
struct GeneralMaxPool: Primitive, Hashable {
  let operation: String
  /// The windows along depth, height and width.
  let windows: [WindowTable]
  var name: String { operation }
  var saves: Saves { .outputs }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let shape = Array(inputs[0].shape[..<2]) + windows.map(\.count)
    return [TensorType(shape, inputs[0].dtype), TensorType(shape, .int64)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = PoolGeometry.computeType(inputs[0].dtype)
    let source = try inputs[0].dense(compute)
    try results[0].fill(as: compute) { (result) throws(TensorError) in
      if compute == .float32 {
        run(Float.self, source, result, results[1].body)
      } else {
        run(Double.self, source, result, results[1].body)
      }
    }
  }

  private func run<T: PoolElement>(_: T.Type, _ x: TensorBody, _ out: TensorBody, _ places: TensorBody) {
    let (area, outArea) = (elementCount(Array(x.shape[2...])), windows.reduce(1) { $0 * $1.count })
    let from = x.data.assumingMemoryBound(to: T.self)
    let to = out.data.assumingMemoryBound(to: T.self)
    let index = places.data.i64
    withExtendedLifetime(x) {
      windows[0].withKernelTable(x.shape[2]) { depth in
        windows[1].withKernelTable(x.shape[3]) { height in
          windows[2].withKernelTable(x.shape[4]) { width in
            parallelFor(x.shape[0] * x.shape[1], grain: max(1, parallelGrain / max(1, area))) { planes in
              for plane in planes {
                T.poolKernels.maxWindows(
                  to + plane * outArea, index + plane * outArea, from + plane * area, depth, height, width)
              }
            }
          }
        }
      }
    }
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, y, found) = (inputs[0], outputs[0], outputs[1])
    let size = Array(x.type.shape[2...])
    let tables = windows.enumerated().map { d, table in
      cTable("first\(d)", table.firsts.map(Int.init)) + " " + cTable("length\(d)", table.lengths.map(Int.init))
    }
    return tables.joined(separator: "\n") + "\n"
      + cLoops(y.type.shape) { i in
        let loops = (0..<3).map { "for (long k\($0) = 0; k\($0) < length\($0)[\(i[$0 + 2])]; k\($0)++) " }
        let places = (0..<3).map { "first\($0)[\(i[$0 + 2])] + k\($0) * \(windows[$0].step)" }
        let place = "((\(places[0])) * \(size[1]) + \(places[1])) * \(size[2]) + \(places[2])"
        let keep = found.isRead ? "{ top = v; place = \(place); }" : "top = v;"
        let (start, end) = found.isRead ? ("long place = -1;\n", "\n\(found(i)) = place;") : ("", "")
        return """
          \(y.element) top = \(y.lowest);
          \(start)\(loops.joined()){
          \(y.element) v = \(x([i[0], i[1]] + places));
          if ((v > top) | (v != v)) \(keep)
          }
          \(y(i)) = top;\(end)
          """
      }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    rowsOfSamples(inputs, isBatched, size)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [scatterToPlaces(single(node, cotangents), node.output(1), node.inputType(0).shape)]
  }
}

/// The positions, int64 `[N, C, windows]`, of the maxima of windows of `[N, C, D, H, W]` whose distances vary at random (Graham,
/// 2014): the second input has a number from 0 to 1 for each image, channel and dimension, `[N, C, 3]`.
struct FractionalMaxima: Primitive, Hashable {
  /// How many elements a window sees along each dimension, and how many windows there are.
  let window: [Int]
  let counts: [Int]
  var name: String { "FractionalMaxima" }
  var saves: Saves { .nothing }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(Array(inputs[0].shape[..<2]) + [elementCount(counts)], .int64)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let compute = PoolGeometry.computeType(inputs[0].dtype)
    let (source, numbers) = (try inputs[0].dense(compute), try inputs[1].dense(compute))
    if compute == .float32 {
      run(Float.self, source, numbers, results[0].body)
    } else {
      run(Double.self, source, numbers, results[0].body)
    }
  }

  private func run<T: PoolElement & BinaryFloatingPoint>(
    _: T.Type, _ x: TensorBody, _ numbers: TensorBody, _ places: TensorBody
  ) {
    let (area, outArea) = (elementCount(Array(x.shape[2...])), places.shape[2])
    let from = UnsafePointer(x.data.assumingMemoryBound(to: T.self))
    let samples = UnsafePointer(numbers.data.assumingMemoryBound(to: T.self))
    let index = places.data.i64
    withExtendedLifetime((x, numbers)) {
      parallelFor(x.shape[0] * x.shape[1], grain: max(1, parallelGrain / max(1, area))) { planes in
        var tables = (0..<3).map { d in
          var table = WindowTable()
          for _ in 0..<counts[d] { table.append(0..<window[d]) }
          return table
        }
        for plane in planes {
          for d in 0..<3 { tables[d].begin(at: samples[plane * 3 + d], size: x.shape[d + 2], window: window[d]) }
          tables[0].withKernelTable(x.shape[2]) { depth in
            tables[1].withKernelTable(x.shape[3]) { height in
              tables[2].withKernelTable(x.shape[4]) { width in
                T.poolKernels.maxWindows(nil, index + plane * outArea, from + plane * area, depth, height, width)
              }
            }
          }
        }
      }
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    rowsOfSamples(inputs, isBatched, size)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { [nil, nil] }
}

extension WindowTable {
  /// Moves the windows to where they begin for a random number; the last one lies at the end.
  fileprivate mutating func begin<T: BinaryFloatingPoint>(at number: T, size: Int, window: Int) {
    let last = count - 1
    if last > 0 {
      let step = T(Double(size - window) / Double(last))
      let start = Int64(number * step)
      for i in 0..<last { firsts[i] = Int64((T(i) + number) * step) - start }
    }
    firsts[last] = Int64(size - window)
  }
}
