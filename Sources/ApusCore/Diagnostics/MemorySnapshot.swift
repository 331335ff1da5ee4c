/// The tensors that are alive at one moment, by the place in the program where they were made, as
/// `torch.cuda.memory._snapshot()` and Python's `tracemalloc` tell. Only those are known that were made since
/// ``recordMemoryHistory(_:)`` or in ``trackAllocations(_:)``. Views count as the tensor whose elements they see.
public struct MemorySnapshot: Sendable, CustomStringConvertible {
  /// What was made in one place of the program and is alive.
  public struct Place: Sendable, Hashable {
    /// The user's call, `step in train.swift:42`; nil where none is known.
    public let call: String?
    /// The path of the module in which it was made, `Net.encoder.layers.0`.
    public let module: String?
    /// The number of tensors with memory of their own.
    public internal(set) var count = 0
    /// The memory of them.
    public internal(set) var bytes = 0
    /// The number of operations of graphs: a tensor that carries a graph keeps all of its operations alive.
    public internal(set) var operations = 0

    fileprivate init(_ stack: CallStack?, _ module: String?) {
      call = stack?.userCall?.description
      self.module = module
    }

    /// `created at step in train.swift:42 in module Net.fc`.
    fileprivate var words: String {
      "created " + (call.map { "at \($0)" } ?? "in a place that is not known")
        + (module.map { " in module \($0)" } ?? "")
    }
    fileprivate var key: [String?] { [call, module] }
  }

  /// The places, those with the most memory first.
  public private(set) var places: [Place]
  /// Results that nothing was computed from, with all operations that their graphs hold: who keeps them keeps the graphs.
  fileprivate let holders: [Holder]

  /// The last operation of a graph.
  fileprivate struct Holder: Sendable {
    var name: String
    var call: String?
    var module: String?
    var isReleased: Bool
  }

  /// The number of tensors.
  public var count: Int { places.reduce(0) { $0 + $1.count } }
  /// The memory of the tensors.
  public var bytes: Int { places.reduce(0) { $0 + $1.bytes } }
  /// The number of operations of graphs.
  public var operations: Int { places.reduce(0) { $0 + $1.operations } }

  /// What is alive now.
  public init() {
    var found: [[String?]: Place] = [:]
    func add(_ stack: CallStack?, _ module: String?, _ change: (inout Place) -> Void) {
      let place = Place(stack, module)
      change(&found[place.key, default: place])
    }
    let (blocks, nodes) = MemoryHistory.live()
    for block in blocks {
      add(block.stack, block.module) {
        $0.count += block.count
        $0.bytes += block.bytes
      }
    }
    var inner: Set<ObjectIdentifier> = []
    for node in nodes {
      add(node.forwardCall?.stack, node.forwardCall?.module) { $0.operations += 1 }
      for i in 0..<node.edges.count { if let record = node.edges[i].record { inner.insert(ObjectIdentifier(record)) } }
    }
    holders = nodes.filter { !inner.contains(ObjectIdentifier($0)) }.map { node in
      let call = node.forwardCall
      return Holder(
        name: node.functionName, call: call?.stack.userCall?.description, module: call?.module,
        isReleased: node.saved.withLock { $0.isReleased })
    }
    places = found.values.sorted { ($0.bytes, $0.count, $0.operations) > ($1.bytes, $1.count, $1.operations) }
  }

  /// What came to be since an earlier snapshot and is alive, as `snapshot.compare_to(old)` of `tracemalloc`.
  public func growth(since earlier: MemorySnapshot) -> MemoryGrowth {
    let before = Dictionary(uniqueKeysWithValues: earlier.places.map { ($0.key, $0) })
    let after = Set(places.map(\.key))
    var changes = places.map { place in
      var change = place
      if let old = before[place.key] {
        change.count -= old.count
        change.bytes -= old.bytes
        change.operations -= old.operations
      }
      return change
    }
    for old in earlier.places where !after.contains(old.key) {
      var change = old
      (change.count, change.bytes, change.operations) = (-old.count, -old.bytes, -old.operations)
      changes.append(change)
    }
    return MemoryGrowth(
      places: changes.filter { $0.count != 0 || $0.bytes != 0 || $0.operations != 0 }.sorted {
        ($0.bytes, $0.count, $0.operations) > ($1.bytes, $1.count, $1.operations)
      }, holders: holders)
  }

  /// Places that are shown.
  fileprivate static let shown = 10

  public var description: String {
    if places.isEmpty, !MemoryHistory.isUsed {
      return "nothing is known of tensors: call recordMemoryHistory() first, or use trackAllocations { }"
    }
    let lines = places.prefix(Self.shown).map { "  \(amounts($0, isChange: false)) \($0.words)" }
    let more = places.count > Self.shown ? ["  and \(places.count - Self.shown) further places"] : []
    return (["\(tensors(count)) alive, \(byteText(bytes))"] + lines + more).joined(separator: "\n")
  }
}

/// What came to be between two snapshots of memory and is alive; see ``MemorySnapshot/growth(since:)``.
public struct MemoryGrowth: Sendable, CustomStringConvertible {
  /// The places with what has changed in each, the largest growth first. Numbers are below zero where there is less.
  public let places: [MemorySnapshot.Place]
  fileprivate let holders: [MemorySnapshot.Holder]

  /// How many tensors more there are.
  public var count: Int { places.reduce(0) { $0 + $1.count } }
  /// How much more memory they have.
  public var bytes: Int { places.reduce(0) { $0 + $1.bytes } }
  /// How many more operations graphs have.
  public var operations: Int { places.reduce(0) { $0 + $1.operations } }

  public var description: String {
    let verb = bytes < 0 || (bytes == 0 && count < 0) ? "shrank" : "grew"
    var lines = ["\(verb) by \(tensors(abs(count))), \(byteText(abs(bytes)))"]
    if operations > 0 { lines[0] += ", and by \(operations) operations of graphs" }
    lines += places.prefix(MemorySnapshot.shown).map { "  \(amounts($0, isChange: true)) \($0.words)" }
    if places.count > MemorySnapshot.shown {
      lines.append("  and \(places.count - MemorySnapshot.shown) further places")
    }
    if let advice { lines.append(advice) }
    return lines.joined(separator: "\n")
  }

  /// What holds the graphs, where these have grown, and what helps.
  public var advice: String? {
    guard operations > 0 else { return nil }
    struct Kind: Hashable {
      var name: String
      var call: String?
    }
    var counts: [Kind: Int] = [:]
    for holder in holders { counts[Kind(name: holder.name, call: holder.call), default: 0] += 1 }
    let kinds = counts.sorted { ($0.value, $0.key.call ?? "") > ($1.value, $1.key.call ?? "") }.prefix(3)
    guard !kinds.isEmpty else { return nil }
    let texts = kinds.map { kind, count in
      (count == 1 ? "a result" : "\(count) results") + " of \(kind.name)" + (kind.call.map { " at \($0)" } ?? "")
    }
    return "Graphs are kept alive by " + texts.joined(separator: ", ")
      + ". Who keeps a loss keeps all that it was computed from: add up and store loss.item(), or loss.detach()"
  }
}

private func tensors(_ count: Int) -> String { count == 1 ? "1 tensor" : "\(count) tensors" }

private func amounts(_ place: MemorySnapshot.Place, isChange: Bool) -> String {
  func signed(_ number: Int, _ text: String) -> String { !isChange ? text : (number < 0 ? "-" : "+") + text }
  var parts: [String] = []
  if place.count != 0 || place.bytes != 0 {
    parts.append(signed(place.count, tensors(abs(place.count))))
    parts.append(signed(place.bytes, byteText(abs(place.bytes))))
  }
  if place.operations != 0 { parts.append(signed(place.operations, "\(abs(place.operations)) operations of graphs")) }
  return parts.joined(separator: ", ")
}

/// A number of bytes as people read it: `512 B`, `4.0 KiB`, `1.5 GiB`.
private func byteText(_ bytes: Int) -> String {
  var value = Double(bytes)
  var unit = "B"
  for next in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 {
    value /= 1024
    unit = next
  }
  return unit == "B" ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(unit)"
}
