import ApusCore

/// What serves the calls of one signature while the guards hold.
final class CompiledEntry {
  enum Plan {
    case program(GraphFunction)
    case eager(reason: String)
  }

  let signature: Signature
  let guards: [Trace.Guard]
  let plan: Plan
  /// Arguments whose place in their storage the program depends on, and the place of each.
  let places: [(argument: Int, offset: Int)]
  /// The ``Skeleton`` of the function's result.
  let skeleton: AnyObject?

  init(
    _ signature: Signature, _ guards: [Trace.Guard], _ plan: Plan, places: [(argument: Int, offset: Int)] = [],
    skeleton: AnyObject? = nil
  ) {
    (self.signature, self.guards, self.plan, self.skeleton) = (signature, guards, plan, skeleton)
    self.places = places
  }

  /// Whether it serves a call with these arguments and other parts now.
  func serves(_ tensors: [Tensor], _ parts: [AnyHashable]) -> Bool {
    signature.matches(tensors, parts) && guards.allSatisfy(\.holds)
      && places.allSatisfy { tensors[$0.argument].storageOffset() == $0.offset }
  }
}

/// A result of a compiled function with tensors that calls fill in.
final class Skeleton<Result> {
  let value: Result
  init(value: Result) { self.value = value }
}

/// The entries in the order in which they were made, and what is told about them. It knows nothing of the function's types,
/// so that a call needs none of the metadata of generic types to find its entry.
struct CompiledEntries {
  var entries: [CompiledEntry] = []
  var notes: [String] = []

  /// What serves a call with these arguments now, if anything. Comparing them one by one costs less than a hash would:
  /// most functions have few signatures, and most calls are like the last one.
  func find(_ tensors: [Tensor], _ parts: [AnyHashable]) -> CompiledEntry? {
    var i = entries.count - 1
    while i >= 0 {
      if entries[i].serves(tensors, parts) { return entries[i] }
      i -= 1
    }
    return nil
  }

  /// Graphs that are kept for arguments of the same types: for different numbers, and for different states of the host.
  private static let variantLimit = 8
  /// Entries and notes that are kept in all; the oldest go first.
  private static let limit = 64

  /// Why no further graph is made for a call that no entry serves, if so: there are many already that differ only in what
  /// tensors do not bring along. A number that is another one at each call would have a graph for each.
  func exhaustion(_ tensors: [Tensor], _ parts: [AnyHashable]) -> String? {
    let kin = entries.filter { $0.signature.matches(tensors, $0.signature.others) }
    let same = kin.filter { $0.signature.others == parts }
    if same.count >= Self.variantLimit {
      return "\(same.count) graphs were made of it, each for another state of the host; explain() tells what changed"
    }
    if same.isEmpty, Set(kin.map(\.signature.others)).count >= Self.variantLimit {
      return "\(Self.variantLimit) graphs were made of it for arguments that are no tensors, and this call has others; "
        + "pass a number that changes as a tensor: Tensor(rate)"
    }
    return nil
  }

  /// Adds an entry; the oldest goes where there are too many.
  mutating func add(_ entry: CompiledEntry) {
    if entries.count >= Self.limit { entries.removeFirst() }
    entries.append(entry)
  }

  /// Whether the function was compiled for arguments that differ from these in their shapes alone.
  func hasOtherShapes(than signature: Signature) -> Bool {
    entries.contains { signature.differsInShapes(from: $0.signature) }
  }

  /// How often the function was compiled again for other shapes, and what that took.
  private var shapes = 0
  private(set) var secondsOfShapes = 0.0

  /// Counts that the function was compiled for `signature` in `seconds`; whether it was for a third shape.
  mutating func noteRecompilation(_ signature: Signature, seconds: Double) -> Bool {
    guard let last = entries.last?.signature, signature.differsInShapes(from: last) else { return false }
    shapes += 1
    secondsOfShapes += seconds
    return shapes == 2
  }

  /// Notes something for ``CompiledFunction/explain()``.
  mutating func note(_ text: String) {
    if notes.count >= Self.limit { notes.removeFirst() }
    notes.append(text)
  }
}
