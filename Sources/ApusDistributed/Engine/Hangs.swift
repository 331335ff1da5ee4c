import ApusCore

// Operations that do not end. A rank whose operation is late asks those that it waits for where they are, waits a little for
// answers, writes what it knows on the standard error stream, and ends the program on all ranks. The answers come from the thread
// of the engine, so also from a rank that computes, or waits elsewhere; a rank that says nothing has ended or is stuck.

/// A question to the other ranks on the way, about an operation that is late.
struct Inquiry {
  let operation: Operation
  let deadline: Double
  /// What has been said, by rank in the group.
  var answers: [Int: String] = [:]
}

/// A group that may be gone.
struct WeakGroup {
  weak var group: GroupCore?
}

extension Engine {
  /// Answers questions, and asks them where an operation is late or a rank silent. Called a few times a second, under the lock.
  func lookForHangs(among operations: [Operation], _ now: Double) {
    guard library != nil else { return }
    while let (source, subject, text) = receivedMessage() {
      switch subject {
      case .question: post(answer(to: text), to: source, .answer)
      case .answer:
        if let operation = inquiry?.operation, let i = operation.group.worldRanks.firstIndex(of: source) {
          inquiry?.answers[i] = text
        }
      case .beat: heartbeat?.hear(source, text, now)
      case .call: post(lastCollective, to: source, .presence)
      case .presence: heartbeat?.hear(source, text, now)
      case .farewell: endWithOthers(text)
      case .failure: breakOff(failure(of: source, text))
      case .leaving: leaving.insert(source)
      }
    }
    keepBeating(now)
    if let asked = inquiry {
      if asked.operation.isDone {
        inquiry = nil
      } else if asked.answers.count == asked.operation.partners.count || now > asked.deadline {
        giveUp(account(of: asked))
      }
      return
    }
    guard let late = operations.first(where: { $0.deadline.map { now > $0 } == true }) else { return }
    inquiry = Inquiry(operation: late, deadline: now + Self.answerTime)
    let question = "\(late.number ?? 0) \(late.group.name) \(late.text)"
    for partner in late.partners { post(question, to: late.group.worldRanks[partner], .question) }
  }

  /// What this rank says of a collective of a group: `question` is its number, the name of the group, and what it is.
  private func answer(to question: String) -> String {
    let parts = question.split(separator: " ", maxSplits: 2)
    guard parts.count == 3, let number = Int(parts[0]) else { return "was asked something unknown" }
    guard let group = groups.lazy.compactMap(\.group).first(where: { $0.name == parts[1] }) else {
      return "has left the group"
    }
    let (last, text, time) = group.entered
    let seconds = Int((Clock.seconds - time).rounded())
    if number == 0 { return "is there: its last collective was \(last == 0 ? "none" : "number \(last), \(text)")" }
    if last == number, group.left < number, text != parts[2] {
      return
        "calls something else there: number \(last), \(text); a collective was left out, or comes from another place in the program"
    }
    if last >= number {
      return group.left >= number ? "has ended it" : "is in it: number \(last), \(text)"
    }
    if last == 0 { return "has called no collective of this group yet" }
    let state = group.left < last ? "it has waited in that for \(seconds) s" : "it called that \(seconds) s ago"
    return "has not called it: its last was number \(last), \(text); \(state)"
  }

  private func account(of asked: Inquiry) -> String {
    let operation = asked.operation
    let group = operation.group
    let number = operation.number.map { ", number \($0)" } ?? ""
    var lines = [
      "apus: rank \(group.rank) of \(group.size) (\(hosts[rank])): \(operation.text)\(number) of group '\(group.name)', has not "
        + "ended within \(secondsText(operation.timeout))"
    ]
    for partner in operation.partners {
      let answer =
        asked.answers[partner] ?? "is missing: it does not answer; \(whereabouts(of: group.worldRanks[partner]))"
      lines.append("  rank \(partner) (\(hosts[group.worldRanks[partner]])) \(answer)")
    }
    return lines.joined(separator: "\n")
  }
}

/// `30 s`, `0.5 s`.
func secondsText(_ seconds: Double) -> String {
  seconds == seconds.rounded() && seconds < 1e15 ? "\(Int(seconds)) s" : "\(seconds) s"
}
