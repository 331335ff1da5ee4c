import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Ranks that are gone. Each rank sends signs of life to two others, the next one and the next one on another host; they come from the
// thread of the engine, so also from a rank that computes for long. Where they stay away for the time that was asked for, the rank that
// misses them calls all the others: those that do not answer either are missing, and the program ends on all ranks. A process of the same
// host that runs is not, however long it has no processor. A
// host that is cut off is so missed by the next host, which knows of each of its ranks what that called last.

/// What a rank knows of those that it looks after.
struct Heartbeat {
  /// Seconds without a sign of life after which a rank counts as gone.
  let limit: Double
  /// The ranks that get signs of life from this one.
  let watchers: [Int]
  /// The ranks that this one looks after: when they were last heard, and what they said.
  private var watched: [Int: (time: Double, text: String)] = [:]
  private var nextBeat = 0.0
  private var lastLook: Double
  /// A roll call that is going on: who has been heard since, who was missed, and until when the others have time.
  private(set) var call: RollCall?

  struct RollCall {
    let missed: Int
    let begin: Double
    var present: Set<Int> = []
  }

  /// - Parameter hosts: the names of the hosts of all ranks.
  init(limit: Double, rank: Int, hosts: [String], now: Double) {
    self.limit = limit
    lastLook = now
    watchers = Self.watchers(of: rank, hosts)
    for other in hosts.indices where other != rank && Self.watchers(of: other, hosts).contains(rank) {
      watched[other] = (now, "")
    }
  }

  /// The next rank, and the next one on another host.
  static func watchers(of rank: Int, _ hosts: [String]) -> [Int] {
    let count = hosts.count
    guard count > 1 else { return [] }
    let next = (rank + 1) % count
    let elsewhere = (1..<count).lazy.map { (rank + $0) % count }.first { hosts[$0] != hosts[rank] }
    return [next] + (elsewhere == next ? [] : elsewhere.map { [$0] } ?? [])
  }

  /// What `rank` last said that it had called.
  func lastWords(of rank: Int) -> String? { watched[rank].flatMap { $0.text.isEmpty ? nil : $0.text } }

  mutating func hear(_ rank: Int, _ text: String, _ now: Double) {
    if watched[rank] != nil { watched[rank] = (now, text) }
    call?.present.insert(rank)
  }

  /// Whether it is time for a sign of life: four within the limit, at most one a second.
  mutating func isTimeToBeat(_ now: Double) -> Bool {
    guard now >= nextBeat else { return false }
    nextBeat = now + min(1, limit / 4)
    return true
  }

  /// A rank that has been silent for too long.
  mutating func silentRank(_ now: Double) -> Int? {
    defer { lastLook = now }
    if now - lastLook > limit / 2 {
      // This process itself was held up; what came meanwhile may not have been read yet.
      for rank in watched.keys { watched[rank]?.time = now }
    }
    return watched.filter { now - $0.value.time > limit }.keys.min()
  }

  mutating func beginCall(missing rank: Int, _ now: Double) { call = RollCall(missed: rank, begin: now) }

  /// Ends the roll call after which nobody was missing.
  mutating func endCall(_ now: Double) {
    if let missed = call?.missed { watched[missed]?.time = now }
    call = nil
  }
}

extension Engine {
  /// Sends signs of life and sees that those of others come. Called a few times a second, under the lock.
  func keepBeating(_ now: Double) {
    guard heartbeat != nil, !isParting else { return }
    if heartbeat?.isTimeToBeat(now) == true, let watchers = heartbeat?.watchers {
      let text = lastCollective
      for watcher in watchers { post(text, to: watcher, .beat) }
    }
    if let call = heartbeat?.call {
      if call.present.contains(call.missed) {
        heartbeat?.endCall(now)
      } else if call.present.count == size - 2
        || now > call.begin + min(Self.answerTime, max(0.5, heartbeat?.limit ?? 0))
      {
        let missing = (0..<size).filter { $0 != rank && !call.present.contains($0) && !isRunningHere($0) }
        if missing.isEmpty {
          heartbeat?.endCall(now)
        } else {
          giveUp(account(of: call, missing))
        }
      }
    } else if let silent = heartbeat?.silentRank(now) {
      heartbeat?.beginCall(missing: silent, now)
      for other in 0..<size where other != rank { post("", to: other, .call) }
    }
  }

  /// What this rank called last, as a sign of life says it.
  var lastCollective: String {
    guard let group = lastGroup, group.entered.number > 0 else { return "it had called no collective" }
    let (number, text, _) = group.entered
    let state = group.left >= number ? "which it had ended" : "in which it was"
    return "its last collective was number \(number) of group '\(group.name)', \(text), \(state)"
  }

  /// Whether a rank is a process of this host that is neither stopped nor gone: it may have no processor for long where there are too
  /// many, and what hangs is a matter of the time limits.
  private func isRunningHere(_ other: Int) -> Bool {
    guard hosts[other] == hosts[rank], processes.indices.contains(other), let state = processState(processes[other])
    else { return false }
    return !"ZXTt".contains(state)
  }

  private func account(of call: Heartbeat.RollCall, _ missing: [Int]) -> String {
    let first = missing.contains(call.missed) ? call.missed : missing[0]
    var lines = [
      "apus: rank \(rank) of \(size) (\(hosts[rank])): rank \(first) (\(hosts[first])) has given no sign of life for "
        + "\(secondsText(heartbeat?.limit ?? 0)); \(size - 1 - missing.count) of \(size - 1) others answer"
    ]
    for other in missing.prefix(64) {
      let words = heartbeat?.lastWords(of: other).map { "; " + $0 } ?? ""
      lines.append("  rank \(other) (\(hosts[other])) is missing: \(whereabouts(of: other))\(words)")
    }
    if missing.count > 64 { lines.append("  and \(missing.count - 64) more") }
    return lines.joined(separator: "\n")
  }

  /// What can be seen of a rank that does not answer: of a process of this host its state.
  func whereabouts(of other: Int) -> String {
    let unknown = "it has ended, is stopped or cannot be reached, or is stuck in a call"
    guard hosts[other] == hosts[rank], processes.indices.contains(other) else { return unknown }
    switch processState(processes[other]) {
    case nil, "Z", "X": return "its process \(processes[other]) has ended"
    case "T", "t": return "its process \(processes[other]) is stopped"
    default: return "its process \(processes[other]) is stuck in a call"
    }
  }
}

/// The letter that Linux gives for the state of a process; nil: there is none.
private func processState(_ process: Int) -> Character? {
  guard let file = fopen("/proc/\(process)/stat", "r") else { return nil }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 512)
  let count = fread(&bytes, 1, bytes.count, file)
  // The name of the program stands in parentheses, and may contain some.
  guard let end = bytes[..<count].lastIndex(of: UInt8(ascii: ")")), end + 2 < count else { return nil }
  return Character(UnicodeScalar(bytes[end + 2]))
}
