/// A simulation of things that take time one after the other and side by side: each takes a part of what it needs (processor cores of a
/// host, directions of a link), which others need too. What is there is shared evenly, and nobody gets more than it can use; so an activity
/// goes on at a rate that changes whenever another one begins or ends that needs the same.
struct Simulator {
  /// Something that takes time.
  struct Activity {
    /// What it is, for timelines.
    var name: String
    /// Seconds that it takes when nobody else needs anything.
    var duration: Double
    /// The rank whose program waits for it to end, or that it computes for.
    var lane: Int
    /// Whether it computes: others move data.
    var isCompute: Bool
  }

  /// A part of a resource: `amount` of it at full speed, for so many that share it by heads.
  struct Use {
    var resource: Int
    var amount: Double
    var heads = 1.0
  }

  /// When an activity began and ended.
  struct Span {
    var begin = Double.nan
    var end = Double.nan
  }

  private(set) var activities: [Activity] = []
  /// What activities need, those of one behind those of the one before: of each thing how much of it.
  fileprivate var uses = Rows<Use>()
  /// What has to have ended before they begin.
  fileprivate var needs = Rows<Int>()
  /// How much of each resource there is.
  fileprivate var capacities: [Double] = []
  /// How many times longer computing takes when a resource is used up by it.
  fileprivate var slowdowns: [Double] = []
  /// The last activity of each queue, whose activities go on one after the other.
  private var last: [Int?] = []

  /// A resource of which there is so much.
  mutating func addResource(_ capacity: Double, slowdown: Double = 1) -> Int {
    capacities.append(capacity)
    slowdowns.append(slowdown)
    return capacities.count - 1
  }

  /// Adds an activity behind those of `queue`, which begins when `needs` have ended.
  mutating func add(_ activity: Activity, uses: [Use], after needs: [Int], queue: Int) -> Int {
    while last.count <= queue { last.append(nil) }
    activities.append(activity)
    self.uses.add(uses)
    self.needs.add(needs, last[queue])
    last[queue] = activities.count - 1
    return activities.count - 1
  }

  /// Runs all, or as much as takes less than `limit` seconds.
  /// - Returns: when each began and ended; activities that wait for each other for ever have no end. Nil where it takes longer.
  func run(below limit: Double = .infinity) -> [Span]? {
    var course = Course(self)
    return course.run(below: limit) ? course.spans : nil
  }
}

/// Lists of different lengths in one array.
private struct Rows<Element> {
  private(set) var elements: [Element] = []
  private var ends: [Int] = []

  mutating func add(_ row: [Element], _ more: Element? = nil) {
    elements.append(contentsOf: row)
    if let more { elements.append(more) }
    ends.append(elements.count)
  }

  subscript(_ row: Int) -> Range<Int> { (row > 0 ? ends[row - 1] : 0)..<ends[row] }
}

/// A run of a simulation.
private struct Course {
  let simulator: Simulator
  var spans: [Simulator.Span]
  /// How many needs of each activity have not ended.
  private var waiting: [Int]
  /// Those that wait for an activity, from its place on.
  private var followers: [Int]
  private var firstFollower: [Int]
  /// What is left of each activity at `since`, 1 at its begin, how much of it goes by in a second, and when it ends at that rate.
  private var left, since, rates, endTimes: [Double]
  /// The part of its full speed that each use allows.
  private var factors: [Double]
  /// The uses of each resource at present, and whose they are.
  private var users: [[(use: Int, activity: Int)]]
  /// Resources whose users are others than before.
  private var changed: [Int] = []
  private var isChanged: [Bool]
  private var ends = Ends()
  private var now = 0.0

  init(_ simulator: Simulator) {
    self.simulator = simulator
    let count = simulator.activities.count
    spans = [Simulator.Span](repeating: .init(), count: count)
    waiting = [Int](repeating: 0, count: count)
    firstFollower = [Int](repeating: 0, count: count + 1)
    for need in simulator.needs.elements { firstFollower[need + 1] += 1 }
    for i in 0..<count { firstFollower[i + 1] += firstFollower[i] }
    var next = firstFollower
    followers = [Int](repeating: 0, count: simulator.needs.elements.count)
    for i in 0..<count {
      let own = simulator.needs[i]
      waiting[i] = own.count
      for need in simulator.needs.elements[own] {
        followers[next[need]] = i
        next[need] += 1
      }
    }
    left = [Double](repeating: 1, count: count)
    since = [Double](repeating: 0, count: count)
    (rates, endTimes) = (since, since)
    factors = [Double](repeating: 1, count: simulator.uses.elements.count)
    users = [[(use: Int, activity: Int)]](repeating: [], count: simulator.capacities.count)
    isChanged = [Bool](repeating: false, count: simulator.capacities.count)
  }

  /// - Returns: whether it ends below the limit.
  mutating func run(below limit: Double) -> Bool {
    for i in waiting.indices where waiting[i] == 0 && spans[i].begin.isNaN { begin(i) }
    share()
    while let first = ends.first {
      now = first.time
      if now >= limit { return false }
      // What ends at one time, apart from rounding, changes rates once.
      let present = now * (1 + 1e-13)
      while let one = ends.first, one.time <= present {
        ends.removeFirst()
        // Others are of a rate that has changed since.
        if one.time == endTimes[one.activity], spans[one.activity].end.isNaN { end(one.activity) }
      }
      share()
    }
    return true
  }

  private mutating func begin(_ first: Int) {
    var ready = [first]
    while let id = ready.popLast() {
      spans[id].begin = now
      // Those that take no time end at once.
      guard simulator.activities[id].duration > 0 else {
        spans[id].end = now
        release(id, &ready)
        continue
      }
      since[id] = now
      var shares = false
      for use in simulator.uses[id] where simulator.uses.elements[use].amount > 0 {
        let resource = simulator.uses.elements[use].resource
        users[resource].append((use, id))
        change(resource)
        shares = true
      }
      if !shares { setRate(id) }
    }
  }

  private mutating func end(_ id: Int) {
    spans[id].end = now
    for use in simulator.uses[id] where simulator.uses.elements[use].amount > 0 {
      let resource = simulator.uses.elements[use].resource
      if let place = users[resource].firstIndex(where: { $0.use == use }) { users[resource].remove(at: place) }
      change(resource)
    }
    var ready: [Int] = []
    release(id, &ready)
    for next in ready { begin(next) }
  }

  private mutating func release(_ id: Int, _ ready: inout [Int]) {
    for next in followers[firstFollower[id]..<firstFollower[id + 1]] {
      waiting[next] -= 1
      if waiting[next] == 0 { ready.append(next) }
    }
  }

  private mutating func change(_ resource: Int) {
    guard !isChanged[resource] else { return }
    isChanged[resource] = true
    changed.append(resource)
  }

  /// Shares what has other users than before.
  private mutating func share() {
    for resource in changed { share(resource) }
    for resource in changed {
      for (_, activity) in users[resource] { setRate(activity) }
      isChanged[resource] = false
    }
    changed.removeAll(keepingCapacity: true)
  }

  /// Shares a resource evenly among those that need it.
  private mutating func share(_ resource: Int) {
    let list = users[resource]
    let all = simulator.uses.elements
    let capacity = simulator.capacities[resource]
    let total = list.reduce(0) { $0 + all[$1.use].amount }
    for (use, _) in list { factors[use] = 1 }
    if total > capacity * (1 + 1e-9) {
      // Each gets an equal part, and who needs less leaves the rest to others.
      var left = capacity
      var open = list.reduce(0) { $0 + all[$1.use].heads }
      for (use, id) in list.sorted(by: {
        all[$0.use].amount / all[$0.use].heads < all[$1.use].amount / all[$1.use].heads
      }) {
        let (amount, heads) = (all[use].amount, all[use].heads)
        let part = min(amount, left / open * heads)
        // Those that go on together wait for the slowest, and of three on two cores two share one.
        let crowd = (heads / max(1, capacity)).rounded(.up)
        let most = simulator.activities[id].isCompute && heads > 1 ? 1 / crowd : 1
        factors[use] = min(part / amount, most)
        left -= part
        open -= heads
      }
    }
    let slowdown = simulator.slowdowns[resource]
    if slowdown > 1, capacity > 1 {
      // Cores that are busy beside each other slow each other down.
      let slow = 1 + (slowdown - 1) * max(0, min(total, capacity) - 1) / (capacity - 1)
      for (use, id) in list where simulator.activities[id].isCompute { factors[use] /= slow }
    }
  }

  /// Has an activity go on as fast as what it needs allows.
  private mutating func setRate(_ id: Int) {
    var factor = 1.0
    for use in simulator.uses[id] { factor = min(factor, factors[use]) }
    let rate = factor / simulator.activities[id].duration
    guard rate != rates[id] else { return }
    left[id] = max(0, left[id] - rates[id] * (now - since[id]))
    since[id] = now
    rates[id] = rate
    endTimes[id] = rate > 0 ? now + left[id] / rate : .infinity
    if rate > 0 { ends.insert(.init(time: endTimes[id], activity: id)) }
  }
}

/// When activities end at their present rates, the first one first: a binary heap.
private struct Ends {
  struct End {
    var time: Double
    var activity: Int
  }

  private var heap: [End] = []

  var first: End? { heap.first }

  mutating func insert(_ end: End) {
    var place = heap.count
    heap.append(end)
    while place > 0, heap[(place - 1) / 2].time > end.time {
      heap[place] = heap[(place - 1) / 2]
      place = (place - 1) / 2
    }
    heap[place] = end
  }

  mutating func removeFirst() {
    guard let end = heap.popLast(), !heap.isEmpty else { return }
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].time < heap[child].time { child += 1 }
      guard heap[child].time < end.time else { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = end
  }
}
