import ApusCore

/// Which storages a file is to have, and where each tensor lies in them. Tensors that share memory share a storage.
struct StoragePlan {
  /// Where a tensor lies.
  struct Place {
    let storage: Int
    /// The number of elements of the storage, in the type of the tensor.
    let count: Int
    let offset: Int
    let strides: [Int]
  }

  /// The bytes of a storage.
  enum Content {
    case storage(PickledStorage)
    /// Memory that a tensor keeps alive.
    case memory(UnsafeRawBufferPointer, owner: Tensor)
  }

  private(set) var contents: [Content] = []
  private var places: [ObjectIdentifier: Place] = [:]
  private var numbers: [ObjectIdentifier: Int] = [:]

  /// A tensor of this program and the memory from its first to its last element.
  private struct Span {
    let id: ObjectIdentifier
    let tensor: Tensor
    let strides: [Int]
    let start, end: Int
    let order: Int
  }

  /// Plans a file that holds `value`.
  init(_ value: PickledValue) {
    var tensors: [PickledTensor] = []
    var storages: [PickledStorage] = []
    Self.collect(value, &tensors, &storages)
    var spans: [Span] = []
    for tensor in tensors {
      let id = ObjectIdentifier(tensor)
      if let source = tensor.source {
        spans.append(Self.span(source.tensor, id, order: spans.count))
      } else if let storage = tensor.storage {
        places[id] = Place(
          storage: add(storage), count: storage.byteCount / tensor.elementType.size, offset: tensor.offset,
          strides: tensor.strides)
      }
    }
    for storage in storages { _ = add(storage) }
    place(spans)
  }

  func place(of tensor: PickledTensor) -> Place? { places[ObjectIdentifier(tensor)] }
  func number(of storage: PickledStorage) -> Int? { numbers[ObjectIdentifier(storage)] }

  private mutating func add(_ storage: PickledStorage) -> Int {
    if let number = numbers[ObjectIdentifier(storage)] { return number }
    contents.append(.storage(storage))
    numbers[ObjectIdentifier(storage)] = contents.count - 1
    return contents.count - 1
  }

  private static func span(_ tensor: Tensor, _ id: ObjectIdentifier, order: Int) -> Span {
    // Steps backwards are not PyTorch's: such a tensor is copied.
    let tensor = tensor.strides.allSatisfy { $0 >= 0 } ? tensor : tensor.contiguous()
    let strides = tensor.strides
    let start = Int(bitPattern: tensor.body.data)
    let last = tensor.count == 0 ? -1 : zip(tensor.shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
    return Span(
      id: id, tensor: tensor, strides: strides, start: start, end: start + (last + 1) * tensor.dtype.size, order: order)
  }

  /// Gives a storage to each group of tensors of one type whose memory overlaps.
  private mutating func place(_ spans: [Span]) {
    var groups: [[Span]] = []
    var ends: [DType: (group: Int, end: Int)] = [:]
    for span in spans.sorted(by: { ($0.start, $0.order) < ($1.start, $1.order) }) {
      let type = span.tensor.dtype
      if let open = ends[type], span.start < open.end, span.end > span.start,
        let first = groups[open.group].first, (span.start - first.start) % type.size == 0
      {
        groups[open.group].append(span)
        ends[type] = (open.group, max(open.end, span.end))
      } else {
        groups.append([span])
        if span.end > span.start { ends[type] = (groups.count - 1, span.end) }
      }
    }
    // In the order in which the tensors come, so that the same value gives the same file.
    for group in groups.sorted(by: { ($0.map(\.order).min() ?? 0) < ($1.map(\.order).min() ?? 0) }) {
      guard let first = group.first else { continue }
      let count = (group.map(\.end).max() ?? first.end) - first.start
      contents.append(
        .memory(
          UnsafeRawBufferPointer(start: UnsafeRawPointer(first.tensor.body.data), count: count), owner: first.tensor))
      for span in group {
        let size = span.tensor.dtype.size
        places[span.id] = Place(
          storage: contents.count - 1, count: count / size, offset: (span.start - first.start) / size,
          strides: span.strides)
      }
    }
  }

  /// All tensors and storages of a tree, each once.
  private static func collect(
    _ value: PickledValue, _ tensors: inout [PickledTensor], _ storages: inout [PickledStorage]
  ) {
    var seen: Set<ObjectIdentifier> = []
    func walk(_ value: PickledValue, _ depth: Int) {
      guard depth < 500 else { return }
      switch value {
      case .tensor(let tensor):
        guard seen.insert(ObjectIdentifier(tensor)).inserted else { return }
        tensors.append(tensor)
        for (_, value) in tensor.attributes { walk(value, depth + 1) }
      case .sparse(let tensor): for part in tensor.indices + [tensor.values] { walk(.tensor(part), depth + 1) }
      case .storage(let storage): storages.append(storage)
      case .list(let items), .tuple(let items), .set(let items): for item in items { walk(item, depth + 1) }
      case .dictionary(let entries), .object(_, let entries):
        for (key, value) in entries {
          walk(key, depth + 1)
          walk(value, depth + 1)
        }
        for (_, value) in entries.attributes { walk(value, depth + 1) }
      default: break
      }
    }
    walk(value, 0)
  }
}
