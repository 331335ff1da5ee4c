import ApusCore

/// Keys and values of 8 bits a number, with a scale for each head of each position: a quarter of the memory of float32, and within
/// 1/254 of a row's largest number. Rows are widened when they are read.
public final class QuantizedKeyValueCache: AttentionCache, @unchecked Sendable {
  // One decoding at a time uses a cache.
  private var layers: [Layer] = []
  private let capacity: Int

  /// An empty cache.
  /// - Parameter capacity: how many positions it holds before it grows.
  public init(capacity: Int? = nil) { self.capacity = max(1, capacity ?? 64) }

  public var length: Int { layers.first?.keys.count ?? 0 }

  /// Bytes that keys and values take.
  public var byteCount: Int { layers.reduce(0) { $0 + $1.keys.byteCount + $1.values.byteCount } }

  public func update(_ keys: Tensor, _ values: Tensor, layer: Int, window: Int?) -> (keys: Tensor, values: Tensor) {
    while layers.count <= layer { layers.append(Layer()) }
    // Rows that need a gradient cannot be rounded.
    if keys.hasFailed || values.hasFailed { return (keys, values) }
    let before = layers[layer].keys.count
    layers[layer].keys.append(keys, capacity: capacity)
    layers[layer].values.append(values, capacity: capacity)
    let kept = window.map { min(before, $0 - 1) } ?? before
    let visible = kept + keys.size(2)
    return (layers[layer].keys.last(visible, keys.dtype), layers[layer].values.last(visible, values.dtype))
  }

  public func reorder(_ rows: [Int]) {
    let index = Tensor(rows.map { Int64($0) }, shape: [rows.count])
    for i in layers.indices {
      layers[i].keys.reorder(index)
      layers[i].values.reorder(index)
    }
  }

  public func truncate(to length: Int) {
    for i in layers.indices {
      layers[i].keys.count = min(layers[i].keys.count, max(0, length))
      layers[i].values.count = min(layers[i].values.count, max(0, length))
    }
  }

  private struct Layer {
    var keys = QuantizedRows()
    var values = QuantizedRows()
  }
}

/// Rows `[batch, heads, capacity, width]` as whole numbers and scales.
private struct QuantizedRows {
  private var numbers: Tensor?
  private var scales: Tensor?
  /// How many rows are filled.
  var count = 0

  var byteCount: Int { (numbers?.count ?? 0) + 4 * (scales?.count ?? 0) }

  mutating func append(_ rows: Tensor, capacity: Int) {
    let dense = rows.detach().to(.float32).contiguous().resolved
    let added = dense.size(2)
    makeRoom(added, like: dense, capacity: capacity)
    guard let numbers, let scales else { return }
    let (width, room) = (dense.size(3), numbers.size(2))
    let source = dense.body.data.assumingMemoryBound(to: Float.self)
    let target = numbers.body.data.assumingMemoryBound(to: Int8.self)
    let factors = scales.body.data.assumingMemoryBound(to: Float.self)
    for matrix in 0..<dense.size(0) * dense.size(1) {
      for row in 0..<added {
        let place = matrix * room + count + row
        factors[place] = quantize(source + (matrix * added + row) * width, target + place * width, width)
      }
    }
    withExtendedLifetime((dense, numbers, scales)) {}
    count += added
  }

  /// The last `visible` rows, widened.
  func last(_ visible: Int, _ dtype: DType) -> Tensor {
    guard let numbers, let scales else { return Tensor.zeros([0]) }
    let (matrices, room, width) = (numbers.size(0) * numbers.size(1), numbers.size(2), numbers.size(3))
    let result = Tensor.uninitialized([numbers.size(0), numbers.size(1), visible, width], .float32)
    let target = result.body.data.assumingMemoryBound(to: Float.self)
    let source = numbers.body.data.assumingMemoryBound(to: Int8.self)
    let factors = scales.body.data.assumingMemoryBound(to: Float.self)
    for matrix in 0..<matrices {
      for row in 0..<visible {
        let place = matrix * room + count - visible + row
        let (from, to, scale) = (source + place * width, target + (matrix * visible + row) * width, factors[place])
        for i in 0..<width { to[i] = Float(from[i]) * scale }
      }
    }
    withExtendedLifetime((numbers, scales)) {}
    return dtype == .float32 ? result : result.to(dtype)
  }

  mutating func reorder(_ index: Tensor) {
    numbers = numbers?.indexSelect(0, index).contiguous()
    scales = scales?.indexSelect(0, index).contiguous()
  }

  private mutating func makeRoom(_ added: Int, like rows: Tensor, capacity: Int) {
    if let numbers, numbers.size(2) >= count + added { return }
    let room = max(capacity, count + added, numbers == nil ? 0 : 2 * count)
    numbers = moved(numbers, [rows.size(0), rows.size(1), room, rows.size(3)], .int8)
    scales = moved(scales, [rows.size(0), rows.size(1), room, 1], .float32)
  }

  private func moved(_ old: Tensor?, _ shape: [Int], _ dtype: DType) -> Tensor {
    let room = Tensor.zeros(shape, dtype: dtype)
    guard let old, count > 0 else { return room }
    let width = shape[3] * dtype.size
    for matrix in 0..<shape[0] * shape[1] {
      (room.body.data + matrix * shape[2] * width).copyMemory(
        from: old.body.data + matrix * old.size(2) * width, byteCount: count * width)
    }
    withExtendedLifetime((room, old)) {}
    return room
  }
}

/// Rounds a row to whole numbers from -127 to 127 of one scale, which is returned.
private func quantize(_ row: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Int8>, _ width: Int) -> Float {
  var largest: Float = 0
  for i in 0..<width { largest = max(largest, abs(row[i])) }
  guard largest > 0, largest.isFinite else {
    out.update(repeating: 0, count: width)
    return largest.isFinite ? 0 : .nan
  }
  let factor = 127 / largest
  for i in 0..<width { out[i] = Int8(max(-127, min(127, (row[i] * factor).rounded(.toNearestOrEven)))) }
  return largest / 127
}
