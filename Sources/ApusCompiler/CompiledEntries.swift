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
  /// The ``Skeleton`` of the function's result.
  let skeleton: AnyObject?

  init(_ signature: Signature, _ guards: [Trace.Guard], _ plan: Plan, skeleton: AnyObject? = nil) {
    (self.signature, self.guards, self.plan, self.skeleton) = (signature, guards, plan, skeleton)
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
      let entry = entries[i]
      if entry.signature.matches(tensors, parts), entry.guards.allSatisfy(\.holds) { return entry }
      i -= 1
    }
    return nil
  }

  /// Adds an entry; the oldest go where there are too many, for one signature or in all.
  mutating func add(_ entry: CompiledEntry, perSignature: Int, all: Int) {
    let same = entries.indices.filter { entries[$0].signature == entry.signature }
    if same.count >= perSignature { entries.remove(at: same[0]) }
    if entries.count >= all { entries.removeFirst() }
    entries.append(entry)
    if notes.count > all { notes.removeFirst() }
  }
}
