/// Texts that wait for room in a batch: the highest level first, then whose caller had the smallest share so far, then who came first.
package struct BatchQueue {
  private var waiting: [BatchText] = []
  /// What each caller with work had so far, in tokens.
  private var shares: [String: Int] = [:]
  /// The share of the caller that was served last: where one begins that had no work.
  private var clock = 0

  /// A queue without texts.
  package init() {}

  package var isEmpty: Bool { waiting.isEmpty }
  package var count: Int { waiting.count }

  /// Adds a text that has not begun.
  package mutating func add(_ text: BatchText) {
    let caller = text.request.priority.caller
    shares[caller] = max(shares[caller] ?? 0, clock)
    waiting.append(text)
  }

  /// Adds a text that was under way, which goes before those of its level.
  package mutating func resume(_ text: BatchText) { waiting.append(text) }

  /// Who comes next.
  package var next: BatchText? { nextIndex.map { waiting[$0] } }

  /// Takes the next one out, and counts its prompt.
  package mutating func removeNext() {
    guard let index = nextIndex else { return }
    let text = waiting.remove(at: index)
    clock = max(clock, shares[text.request.priority.caller] ?? 0)
    if !text.hasBegun { charge(text.request, text.ids.count) }
  }

  /// Counts tokens of a caller.
  package mutating func charge(_ request: BatchRequest, _ count: Int) {
    shares[request.priority.caller, default: clock] += count
  }

  /// Takes out what nobody waits for, and refuses what comes too late.
  package mutating func clean() {
    let now = seconds()
    for text in waiting where text.request.deadline.map({ $0 < now }) ?? false {
      text.request.fail(ContinuousBatch.Refusal.deadlineHasPassed)
    }
    waiting.removeAll { $0.request.isCancelled }
  }

  /// Forgets callers that have no work.
  package mutating func forgetIdleCallers(_ running: [BatchText]) {
    guard shares.count > 64 else { return }
    let busy = Set((waiting + running).map(\.request.priority.caller))
    shares = shares.filter { busy.contains($0.key) }
  }

  private var nextIndex: Int? { waiting.indices.min { isBefore(waiting[$0], waiting[$1]) } }

  private func isBefore(_ a: BatchText, _ b: BatchText) -> Bool {
    let (first, second) = (a.request.priority, b.request.priority)
    if first.level != second.level { return first.level > second.level }
    if a.hasBegun != b.hasBegun { return a.hasBegun }
    let (own, other) = (shares[first.caller] ?? 0, shares[second.caller] ?? 0)
    return own != other ? own < other : a.order < b.order
  }
}
