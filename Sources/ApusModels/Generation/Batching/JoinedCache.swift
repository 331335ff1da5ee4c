import ApusCore

/// Keys and values of texts of different lengths, which come and go: all of them end at the same place, so that one run gives each
/// of them a token. What lies before a text's first token is hidden by the mask.
///
/// Built for decoders whose attention keeps keys and values (``AttentionCache``); a text begins in a cache of its own.
final class JoinedCache: AttentionCache, @unchecked Sendable {
  // One scheduler uses it, one step after the other.
  private var layers: [Layer] = []
  private(set) var length = 0

  func update(_ keys: Tensor, _ values: Tensor, layer: Int, window: Int?) -> (keys: Tensor, values: Tensor) {
    while layers.count <= layer { layers.append(Layer()) }
    if keys.hasFailed || values.hasFailed { return (keys, values) }
    let before = layers[layer].keys.count
    layers[layer].keys.append(keys)
    layers[layer].values.append(values)
    if layer == 0 { length = layers[0].keys.count }
    let visible = (window.map { min(before, $0 - 1) } ?? before) + keys.size(2)
    return (layers[layer].keys.last(visible), layers[layer].values.last(visible))
  }

  /// Adds the rows of another cache, which end where these end.
  func join(_ other: JoinedCache) {
    let total = max(length, other.length)
    while layers.count < other.layers.count { layers.append(Layer()) }
    for i in other.layers.indices {
      layers[i].keys.join(other.layers[i].keys, length: total)
      layers[i].values.join(other.layers[i].values, length: total)
    }
    length = total
  }

  func reorder(_ rows: [Int]) {
    if rows.isEmpty {
      layers = []
      length = 0
      return
    }
    let index = Tensor(rows.map { Int64($0) }, shape: [rows.count])
    for i in layers.indices {
      layers[i].keys.reorder(index)
      layers[i].values.reorder(index)
    }
  }

  /// Forgets the first positions, before which no text begins.
  func dropFirst(_ count: Int) {
    guard count > 0, count < length else { return }
    for i in layers.indices {
      layers[i].keys.start += count
      layers[i].keys.count -= count
      layers[i].values.start += count
      layers[i].values.count -= count
    }
    length -= count
  }

  func truncate(to length: Int) {
    guard length < self.length else { return }
    for i in layers.indices {
      layers[i].keys.count = length
      layers[i].values.count = length
    }
    self.length = length
  }

  private struct Layer {
    var keys = JoinedRows()
    var values = JoinedRows()
  }
}

/// Rows `[batch, heads, capacity, width]`, of which `count` from `start` on are filled.
private struct JoinedRows {
  private var memory: Tensor?
  var start = 0
  var count = 0

  mutating func append(_ rows: Tensor) {
    let source = rows.detach().contiguous().resolved
    let added = source.size(2)
    if memory == nil || start + count + added > (memory?.size(2) ?? 0) {
      move(
        [source.size(0), source.size(1), 2 * (count + added) + 32, source.size(3)], source.dtype, to: 0, batch: 0)
    }
    guard let memory else { return }
    copy(source, rows: 0..<added, into: memory, at: start + count, batch: 0)
    count += added
  }

  func last(_ visible: Int) -> Tensor {
    memory.map { $0.narrow(2, start + count - visible, visible) } ?? Tensor.zeros([0])
  }

  mutating func join(_ other: JoinedRows, length: Int) {
    guard let rows = other.memory else { return }
    let batch = memory?.size(0) ?? 0
    let pad = length - count
    move([batch + rows.size(0), rows.size(1), 2 * length + 32, rows.size(3)], rows.dtype, to: pad, batch: 0)
    guard let memory else { return }
    copy(rows, rows: other.start..<other.start + other.count, into: memory, at: length - other.count, batch: batch)
    (start, count) = (0, length)
  }

  mutating func reorder(_ index: Tensor) { memory = memory?.indexSelect(0, index).contiguous() }

  /// New memory of `shape`, with what there is from row `place` on.
  private mutating func move(_ shape: [Int], _ dtype: DType, to place: Int, batch: Int) {
    // Hidden rows are read and multiplied by 0: they must be numbers.
    let room = Tensor.zeros(shape, dtype: dtype)
    if let memory, count > 0 { copy(memory, rows: start..<start + count, into: room, at: place, batch: batch) }
    (memory, start) = (room, place)
  }
}

/// Copies rows of all matrices of `source` to those of `room` from the text `batch` on.
private func copy(_ source: Tensor, rows: Range<Int>, into room: Tensor, at place: Int, batch: Int) {
  let (heads, width) = (room.size(1), room.size(3) * room.dtype.size)
  let (from, to) = (source.body.data, room.body.data)
  for matrix in 0..<source.size(0) * heads {
    (to + ((batch * heads + matrix) * room.size(2) + place) * width).copyMemory(
      from: from + (matrix * source.size(2) + rows.lowerBound) * width, byteCount: rows.count * width)
  }
  withExtendedLifetime((source, room)) {}
}
