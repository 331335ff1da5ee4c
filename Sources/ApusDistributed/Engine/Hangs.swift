import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Operations that do not end. A rank whose operation is late asks those that it waits for where they are, waits a little for
// answers, writes what it knows on the standard error stream, and ends the program on all ranks. The answers come from the thread
// of the engine, so also from a rank that computes, or waits elsewhere; a rank that says nothing has ended or is stuck.

/// A question to the other ranks on the way.
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

/// Bytes of a question or an answer, which are texts.
private let messageBytes = 512
private let questionTag: Int32 = 1
private let answerTag: Int32 = 2
/// Seconds that answers have.
private let answerTime = 2.0

extension Engine {
  /// Answers questions, and asks them where an operation is late. Called a few times a second, under the lock.
  func lookForHangs(among operations: [Operation], _ now: Double) {
    guard library != nil else { return }
    while let (source, tag, text) = message() {
      if tag == questionTag {
        post(answer(to: text), to: source, answerTag)
      } else if let operation = inquiry?.operation, let i = operation.group.worldRanks.firstIndex(of: source) {
        inquiry?.answers[i] = text
      }
    }
    if let asked = inquiry {
      if asked.operation.isDone {
        inquiry = nil
      } else if asked.answers.count == asked.operation.partners.count || now > asked.deadline {
        giveUp(account(of: asked))
      }
      return
    }
    guard let late = operations.first(where: { $0.deadline.map { now > $0 } == true }) else { return }
    inquiry = Inquiry(operation: late, deadline: now + answerTime)
    let question = "\(late.number ?? 0) \(late.group.name)"
    for partner in late.partners { post(question, to: late.group.worldRanks[partner], questionTag) }
  }

  /// What this rank says of a collective of a group: `question` is number and name.
  private func answer(to question: String) -> String {
    let parts = question.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, let number = Int(parts[0]) else { return "was asked something unknown" }
    guard let group = groups.lazy.compactMap(\.group).first(where: { $0.name == parts[1] }) else {
      return "has left the group"
    }
    let (last, text, time) = group.entered
    let seconds = Int((Clock.seconds - time).rounded())
    if number == 0 { return "is there: its last collective was \(last == 0 ? "none" : "number \(last), \(text)")" }
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
      let answer = asked.answers[partner] ?? "is missing: it does not answer; it has ended, or is stuck in a call"
      lines.append("  rank \(partner) (\(hosts[group.worldRanks[partner]])) \(answer)")
    }
    return lines.joined(separator: "\n")
  }

  /// Writes why, and ends the program on all ranks.
  func giveUp(_ text: String) -> Never {
    var lines = text + "\n"
    lines.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
    // The launcher passes lines on; it drops what comes after the end.
    usleep(100_000)
    if let library { _ = library.abort(library.world, 1) }
    _exit(1)
  }

  /// The thread that notices where the engine itself is stuck, in a call of MPI that does not come back.
  func watch() {
    while true {
      usleep(250_000)
      let (pulse, now) = (pulse.withLock { $0 }, Clock.seconds)
      if pulse.isEnding { return }
      guard let deadline = pulse.deadline, now > deadline + answerTime + 3, now > pulse.time + answerTime + 3 else {
        continue
      }
      giveUp(
        "apus: rank \(rank) of \(size) (\(hosts[rank])): a call of MPI has not come back for \(Int(now - pulse.time)) s, and a "
          + "collective is late; the other ranks say which")
    }
  }

  private func post(_ text: String, to rank: Int, _ tag: Int32) {
    guard let library else { return }
    var bytes = [UInt8](repeating: 0, count: messageBytes)
    for (i, byte) in text.utf8.prefix(messageBytes - 1).enumerated() { bytes[i] = byte }
    // Nobody waits for it: the receiver may be gone. The memory stays until the program ends, which is soon in most cases.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: messageBytes, alignment: 8)
    memory.copyMemory(from: bytes, byteCount: messageBytes)
    var request: MPILibrary.Handle = 0
    _ = library.send(memory, Int32(messageBytes), library.byte, Int32(rank), tag, control, &request)
  }

  /// A message that has come.
  private func message() -> (source: Int, tag: Int32, text: String)? {
    guard let library else { return nil }
    for tag in [questionTag, answerTag] {
      let source = withUnsafeTemporaryAllocation(of: Int.self, capacity: 16) { words -> Int32? in
        words.initialize(repeating: 0)
        guard let status = UnsafeMutableRawPointer(words.baseAddress) else { return nil }
        var flag: Int32 = 0
        guard library.probe(library.anySource, tag, control, &flag, status) == 0, flag != 0 else { return nil }
        return status.load(fromByteOffset: library.sourceOffset, as: Int32.self)
      }
      guard let source else { continue }
      var bytes = [UInt8](repeating: 0, count: messageBytes)
      let status = bytes.withUnsafeMutableBytes { bytes in
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 16) { words -> Int32 in
          guard let status = UnsafeMutableRawPointer(words.baseAddress) else { return -1 }
          return library.receiveNow(
            bytes.baseAddress, Int32(bytes.count), library.byte, source, tag, control, status)
        }
      }
      guard status == 0 else { return nil }
      return (Int(source), tag, String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
    }
    return nil
  }
}

/// `30 s`, `0.5 s`.
func secondsText(_ seconds: Double) -> String {
  seconds == seconds.rounded() && seconds < 1e15 ? "\(Int(seconds)) s" : "\(seconds) s"
}
