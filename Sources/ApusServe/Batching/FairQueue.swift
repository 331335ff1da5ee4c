/// Requests that wait, in the order in which they run: those of the best priority first, of these the callers by turns, and of a caller
/// the first that came. A caller with many requests keeps nobody waiting who has few.
///
/// Each request has a turn: that of its caller's last one and its rows more, and no earlier than that of what ran last (start-time
/// fair queueing).
struct FairQueue {
  private struct Entry {
    let request: InferenceRequest
    let turn: Int
  }

  private var entries: [Entry] = []
  /// The next turn of each caller with requests.
  private var turns: [String: Int] = [:]
  /// How many requests of each caller wait.
  private var counts: [String: Int] = [:]
  /// The turn of what ran last.
  private var now = 0

  var count: Int { entries.count }
  var isEmpty: Bool { entries.isEmpty }
  var first: InferenceRequest? { entries.first?.request }
  var indices: Range<Int> { entries.indices }
  subscript(_ place: Int) -> InferenceRequest { entries[place].request }

  mutating func add(_ request: InferenceRequest) {
    let turn = max(now, turns[request.caller] ?? 0)
    turns[request.caller] = turn + max(1, request.rows)
    counts[request.caller, default: 0] += 1
    // Mostly it is one of the last.
    var place = entries.count
    while place > 0, isBefore(request.priority, turn, entries[place - 1]) { place -= 1 }
    entries.insert(Entry(request: request, turn: turn), at: place)
  }

  private func isBefore(_ priority: Int, _ turn: Int, _ entry: Entry) -> Bool {
    priority == entry.request.priority ? turn < entry.turn : priority < entry.request.priority
  }

  /// Takes the requests at these places, in ascending order, out of it to be run.
  mutating func take(_ places: [Int]) -> [InferenceRequest] {
    let taken = places.map { entries[$0] }
    for place in places.reversed() { entries.remove(at: place) }
    now = max(now, taken.map(\.turn).max() ?? 0)
    forget(taken)
    return taken.map(\.request)
  }

  /// Takes those out that `isLate` is true of.
  mutating func removeAll(where isLate: (InferenceRequest) -> Bool) -> [InferenceRequest] {
    guard entries.contains(where: { isLate($0.request) }) else { return [] }
    let late = entries.filter { isLate($0.request) }
    entries.removeAll { isLate($0.request) }
    forget(late)
    return late.map(\.request)
  }

  /// Makes room for a request of a caller in a full queue: takes out the last request of the caller who has most, if that one has more
  /// than this one would have.
  mutating func makeRoom(for caller: String) -> InferenceRequest? {
    guard let most = counts.max(by: { $0.value < $1.value }), most.value > counts[caller, default: 0] + 1,
      let place = entries.lastIndex(where: { $0.request.caller == most.key })
    else { return nil }
    let entry = entries.remove(at: place)
    turns[most.key] = entry.turn
    forget([entry])
    return entry.request
  }

  private mutating func forget(_ entries: [Entry]) {
    for entry in entries {
      let caller = entry.request.caller
      counts[caller, default: 1] -= 1
      // One that comes again begins with those that are there.
      if counts[caller] == 0 { (counts[caller], turns[caller]) = (nil, nil) }
    }
    if self.entries.isEmpty { now = 0 }
  }
}
