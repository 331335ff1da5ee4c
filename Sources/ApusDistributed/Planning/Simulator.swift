/// A simulation of things that take time one after the other and side by side: each takes a part of what it needs (processor cores of a
/// host, directions of a link), which others need too. What is there is shared evenly, and nobody gets more than it can use; so an activity
/// goes on at a rate that changes whenever another one begins or ends.
struct Simulator {
  /// Something that takes time.
  struct Activity {
    /// What it is, for timelines.
    var name: String
    /// Seconds that it takes when nobody else needs anything.
    var duration: Double
    /// What it needs meanwhile: of each thing how much of it.
    var uses: [Use]
    /// What has to have ended before.
    var needs: [Int]
    /// The rank whose program waits for it to end, or that it computes for; nil: it goes on by itself.
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
  /// How much of each resource there is.
  private(set) var capacities: [Double] = []
  /// How many times longer computing takes when a resource is used up by it.
  private var slowdowns: [Double] = []
  /// The last activity of each queue, whose activities go on one after the other.
  private var last: [Int: Int] = [:]

  /// A resource of which there is so much.
  mutating func addResource(_ capacity: Double, slowdown: Double = 1) -> Int {
    capacities.append(capacity)
    slowdowns.append(slowdown)
    return capacities.count - 1
  }

  /// Adds an activity behind those of `queue`.
  mutating func add(_ activity: Activity, queue: Int) -> Int {
    var activity = activity
    if let before = last[queue] { activity.needs.append(before) }
    activities.append(activity)
    last[queue] = activities.count - 1
    return activities.count - 1
  }

  /// Makes an activity wait for another one too, which may have been added later.
  mutating func add(need: Int, to activity: Int) { activities[activity].needs.append(need) }

  /// Runs all.
  /// - Returns: when each began and ended; activities that wait for each other for ever have no end.
  func run() -> [Span] {
    var spans = [Span](repeating: Span(), count: activities.count)
    var waiting = activities.map { Set($0.needs).count }
    var followers = [[Int]](repeating: [], count: activities.count)
    for (i, activity) in activities.enumerated() { for need in Set(activity.needs) { followers[need].append(i) } }
    var active: [(id: Int, left: Double, rate: Double)] = []
    var now = 0.0
    var ready = waiting.indices.filter { waiting[$0] == 0 }
    while true {
      // Those that take no time end at once.
      while let id = ready.popLast() {
        spans[id].begin = now
        if activities[id].duration > 0 {
          active.append((id, 1, 0))
        } else {
          end(id, now, &spans, &waiting, followers, &ready)
        }
      }
      if active.isEmpty { return spans }
      setRates(&active)
      var step = Double.infinity
      for one in active where one.rate > 0 { step = min(step, one.left / one.rate) }
      guard step.isFinite else { return spans }
      now += step
      var kept: [(id: Int, left: Double, rate: Double)] = []
      kept.reserveCapacity(active.count)
      for var one in active {
        one.left -= one.rate * step
        if one.left <= 1e-12 {
          end(one.id, now, &spans, &waiting, followers, &ready)
        } else {
          kept.append(one)
        }
      }
      active = kept
    }
  }

  private func end(
    _ id: Int, _ now: Double, _ spans: inout [Span], _ waiting: inout [Int], _ followers: [[Int]], _ ready: inout [Int]
  ) {
    spans[id].end = now
    for next in followers[id] {
      waiting[next] -= 1
      if waiting[next] == 0 { ready.append(next) }
    }
  }

  /// Shares each resource evenly among those that need it.
  private func setRates(_ active: inout [(id: Int, left: Double, rate: Double)]) {
    var factors = [Double](repeating: 1, count: active.count)
    var users = [[(place: Int, amount: Double, heads: Double)]](repeating: [], count: capacities.count)
    for (place, one) in active.enumerated() {
      for use in activities[one.id].uses where use.amount > 0 {
        users[use.resource].append((place, use.amount, use.heads))
      }
    }
    for (resource, list) in users.enumerated() where !list.isEmpty {
      let total = list.reduce(0) { $0 + $1.amount }
      if total > capacities[resource] * (1 + 1e-9) {
        // Each gets an equal part, and who needs less leaves the rest to others.
        var left = capacities[resource]
        var open = list.reduce(0) { $0 + $1.heads }
        for (place, amount, heads) in list.sorted(by: { $0.amount / $0.heads < $1.amount / $1.heads }) {
          let part = min(amount, left / open * heads)
          // Those that go on together wait for the slowest, and of three on two cores two share one.
          let crowd = (heads / max(1, capacities[resource])).rounded(.up)
          let most = activities[active[place].id].isCompute && heads > 1 ? 1 / crowd : 1
          factors[place] = min(factors[place], part / amount, most)
          left -= part
          open -= heads
        }
      }
      if slowdowns[resource] > 1, capacities[resource] > 1 {
        // Cores that are busy beside each other slow each other down.
        let busy = min(total, capacities[resource])
        let slow = 1 + (slowdowns[resource] - 1) * max(0, busy - 1) / (capacities[resource] - 1)
        for (place, _, _) in list where activities[active[place].id].isCompute { factors[place] /= slow }
      }
    }
    for place in active.indices { active[place].rate = factors[place] / activities[active[place].id].duration }
  }
}
