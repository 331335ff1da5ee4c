import ApusCore

/// A ``ModelCache`` of keys and values, which attention adds to and reads.
public protocol AttentionCache: ModelCache {
  /// Adds the keys and values `[batch, heads, length, width]` of a layer's new positions.
  /// - Parameter window: how many keys a query of this layer sees, itself among them; all if nil.
  /// - Returns: all that these positions see: of a layer with a window the last `window - 1 + length` at most.
  func update(_ keys: Tensor, _ values: Tensor, layer: Int, window: Int?) -> (keys: Tensor, values: Tensor)
}

/// Keys and values of all positions so far, in memory that is written to and never copied as long as it is enough. It doubles
/// where it is not; layers with a window keep what the window needs.
public final class KeyValueCache: AttentionCache, @unchecked Sendable {
  // One decoding at a time uses a cache; nothing is shared but by their order.
  private var layers: [LayerRows] = []
  private let capacity: Int

  /// An empty cache.
  /// - Parameter capacity: how many positions it holds before it grows; with the length of the whole text it never does.
  public init(capacity: Int? = nil) { self.capacity = max(1, capacity ?? 64) }

  public var length: Int { layers.first?.end ?? 0 }

  public func update(_ keys: Tensor, _ values: Tensor, layer: Int, window: Int?) -> (keys: Tensor, values: Tensor) {
    while layers.count <= layer { layers.append(LayerRows()) }
    return layers[layer].append(keys, values, window: window, capacity: capacity)
  }

  public func reorder(_ rows: [Int]) {
    let index = Tensor(rows.map { Int64($0) })
    for i in layers.indices { layers[i].change { $0.indexSelect(0, index) } }
  }

  public func truncate(to length: Int) {
    for i in layers.indices { layers[i].truncate(to: length) }
  }

  public func canGoBack(to length: Int) -> Bool { layers.allSatisfy { $0.canGoBack(to: length) } }
}

/// Rows of keys and values of one layer, `[batch, heads, rows, width]`, the first of which belongs to position `start`.
private struct LayerRows {
  private var keys: Tensor?
  private var values: Tensor?
  private var start = 0
  private var count = 0
  /// How many keys a query sees; all if nil.
  private var window: Int?
  /// Rows before a window that stay, so that some positions can be taken back.
  private static let slack = 64

  /// The position behind the last one.
  var end: Int { start + count }

  mutating func append(
    _ newKeys: Tensor, _ newValues: Tensor, window: Int?, capacity: Int
  ) -> (keys: Tensor, values: Tensor) {
    let added = newKeys.size(2)
    self.window = window
    let kept = window.map { min(count, $0 - 1) } ?? count
    if Context.isGradientEnabled, newKeys.requiresGrad || newValues.requiresGrad || keys?.requiresGrad == true {
      join(newKeys, newValues)
    } else {
      makeRoom(for: added, like: newKeys, newValues, window: window, capacity: capacity)
      keys.map { write(newKeys, into: $0) }
      values.map { write(newValues, into: $0) }
      count += added
    }
    let visible = kept + added
    guard let keys, let values else { return (newKeys, newValues) }
    return (keys.narrow(2, count - visible, visible), values.narrow(2, count - visible, visible))
  }

  /// With a gradient to come, rows are joined to a new tensor.
  private mutating func join(_ newKeys: Tensor, _ newValues: Tensor) {
    keys = keys.map { cat([$0.narrow(2, 0, count), newKeys], dim: 2) } ?? newKeys
    values = values.map { cat([$0.narrow(2, 0, count), newValues], dim: 2) } ?? newValues
    count += newKeys.size(2)
  }

  /// Memory for `added` rows more. Rows that somebody reads stay where they are: what moves is copied to new memory.
  private mutating func makeRoom(
    for added: Int, like newKeys: Tensor, _ newValues: Tensor, window: Int?, capacity: Int
  ) {
    if let keys, !keys.requiresGrad, keys.isContiguous, keys.size(2) >= count + added, keys.dtype == newKeys.dtype {
      return
    }
    let kept = window.map { min(count, $0 - 1 + Self.slack) } ?? count
    let least = window.map { $0 - 1 + 2 * Self.slack } ?? capacity
    let rows = max(min(least, capacity), kept + added, keys == nil ? 0 : 2 * kept)
    func moved(_ old: Tensor?, _ like: Tensor) -> Tensor {
      let room = Tensor.uninitialized([like.size(0), like.size(1), rows, like.size(3)], like.dtype)
      if let old, kept > 0 { copyRows(old.narrow(2, count - kept, kept), into: room, at: 0) }
      return room
    }
    (keys, values) = (moved(keys, newKeys), moved(values, newValues))
    start += count - kept
    count = kept
  }

  private func write(_ rows: Tensor, into room: Tensor) { copyRows(rows, into: room, at: count) }

  mutating func truncate(to length: Int) {
    if length < end { count = max(0, length - start) }
    if length < start { start = length }
  }

  func canGoBack(to length: Int) -> Bool {
    length >= end || start <= max(0, length - (window.map { $0 - 1 } ?? length))
  }

  mutating func change(_ change: (Tensor) -> Tensor) {
    keys = keys.map { change($0.narrow(2, 0, count)) }
    values = values.map { change($0.narrow(2, 0, count)) }
  }
}

/// Copies `rows` `[batch, heads, length, width]` to the rows of `room` from `place` on, which nobody has seen yet.
private func copyRows(_ rows: Tensor, into room: Tensor, at place: Int) {
  guard let source = try? rows.detach().resolved.dense(room.dtype) else { return }
  let width = room.size(3) * room.dtype.size
  let (length, capacity) = (rows.size(2), room.size(2))
  let target = room.body.data
  withExtendedLifetime((source, room)) {
    for matrix in 0..<room.size(0) * room.size(1) {
      (target + (matrix * capacity + place) * width).copyMemory(
        from: source.data + matrix * length * width, byteCount: length * width)
    }
  }
}
