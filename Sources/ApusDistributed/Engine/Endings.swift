import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// How a program ends that cannot go on, and the watch over an end that does not come.

extension Engine {
  /// Seconds that a rank has to answer a question.
  static let answerTime = 2.0
  /// Seconds that MPI has to end all ranks, before this one ends alone: its launcher may be out of reach.
  static let abortTime = 3.0

  /// Writes why, tells those that can be reached, and ends the program on all ranks. Called under the lock, or where MPI cannot be called any more.
  /// - Parameter tells: whether MPI can be called.
  func giveUp(_ text: String, tells: Bool = true) -> Never {
    let cause = String(text.prefix { $0 != "\n" })
    say(text, cause)
    // The end of a job is the launcher's task. Ranks on a host that is cut off from it, and those that it cannot end, end by themselves,
    // for the same reason as the first of them that noticed.
    if tells, library != nil {
      for other in 0..<size where other != rank { post(cause, to: other, .farewell) }
    }
    // The launcher passes lines on; it drops what comes after the end.
    for _ in 0..<10 {
      usleep(10_000)
      if tells { releasePosted() }
    }
    abort(1)
  }

  /// Ends this rank since another has given up: `cause` is the first line of what that wrote.
  func endWithOthers(_ cause: String) -> Never {
    let reason = cause.hasPrefix("apus: ") ? String(cause.dropFirst(6)) : cause
    let text = "apus: rank \(rank) of \(size) (\(hosts[rank])) ends with the others: \(reason)"
    say(text, text)
    // The one that noticed ends all where it can, and its words come first.
    usleep(500_000)
    abort(1, within: 1)
  }

  /// Ends all ranks since this one ends with a failure.
  func endAll(_ status: Int32) -> Never {
    let text = "apus: rank \(rank) of \(size) (\(hosts[rank])) ends with status \(status), and all ranks with it"
    say(text, text)
    usleep(100_000)
    abort(status)
  }

  /// Writes why the program ends, also into the record.
  private func say(_ text: String, _ cause: String) {
    complain(text)
    recorder?.note(cause)
  }

  /// Writes lines on the standard error stream.
  private func complain(_ text: String) {
    var lines = text + "\n"
    lines.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
  }

  /// Ends the program on all ranks with a status that is no success.
  /// - Parameter limit: seconds after which this rank ends alone.
  func abort(_ status: Int32, within limit: Double = abortTime) -> Never {
    _ = startThread {
      usleep(UInt32(limit * 1e6))
      _exit(status)
    }
    if let library { _ = library.abort(library.world, status) }
    _exit(status)
  }

  /// The thread that notices where the engine itself is stuck, in a call of MPI that does not come back.
  func watch() {
    while true {
      usleep(250_000)
      let (pulse, now) = (pulse.withLock { $0 }, Clock.seconds)
      if pulse.isEnding { return }
      guard let deadline = pulse.deadline, now > deadline + Self.answerTime + 3, now > pulse.time + Self.answerTime + 3
      else {
        continue
      }
      giveUp(
        "apus: rank \(rank) of \(size) (\(hosts[rank])): a call of MPI has not come back for \(Int(now - pulse.time)) s, and a "
          + "collective is late; the other ranks say which", tells: false)
    }
  }

  /// Parts the processes by `MPI_Finalize`, when all have said that they come to it. A rank or host that goes in this moment, or a library
  /// that waits for messages which nobody sends, would have the others wait for ever, though there is nothing left to do.
  /// - Parameters:
  ///   - limit: seconds that it may take.
  ///   - status: what the program ends with, which then ends at once with it; nil: the program goes on, and the call is left alone.
  /// - Returns: whether the processes have parted.
  func finalize(within limit: Double, endingWith status: Int32?) throws(TensorError) -> Bool {
    guard let library else { return true }
    if let status {
      let hasParted = Lock(false)
      _ = startThread { [self] in
        let deadline = Clock.seconds + limit
        while Clock.seconds < deadline {
          usleep(50_000)
          if hasParted.withLock({ $0 }) { return }
        }
        hasParted.withLock { hasParted in
          if hasParted { return }
          complain(lateEnd(limit) + "\n  this rank ends without it, with status \(status)")
          fflush(nil)
          _exit(status)
        }
      }
      defer { hasParted.withLock { $0 = true } }
      try library.check(library.finalize(), "destroyProcessGroup")
      return true
    }
    let result = Lock<Int32?>(nil)
    let isStarted = startThread {
      let status = library.finalize()
      result.withLock { $0 = status }
    }
    if !isStarted {
      try library.check(library.finalize(), "destroyProcessGroup")
      return true
    }
    let deadline = Clock.seconds + limit
    while Clock.seconds < deadline {
      if let status = result.withLock({ $0 }) {
        try library.check(status, "destroyProcessGroup")
        return true
      }
      usleep(1000)
    }
    complain(lateEnd(limit) + "\n  this rank goes on without it")
    return false
  }

  /// Who keeps the processes from parting, as far as that can be seen.
  private func lateEnd(_ limit: Double) -> String {
    var lines = [
      "apus: rank \(rank) of \(size) (\(hosts[rank])): all ranks have come to the end of the program, and within "
        + "\(secondsText(limit)) they have not parted (MPI_Finalize; APUS_DISTRIBUTED_FINALIZE_TIMEOUT is its limit in seconds)"
    ]
    for other in 0..<size where other != rank && hosts[other] == hosts[rank] {
      let found = whereabouts(of: other)
      // Those that wait in the same call look like those that are stuck.
      if !found.hasSuffix("a call") { lines.append("  rank \(other) (\(hosts[other])) is missing: \(found)") }
    }
    let elsewhere = Set(hosts).subtracting([hosts[rank]]).sorted()
    if lines.count == 1 {
      lines.append(
        elsewhere.isEmpty
          ? "  all processes of this host are there"
          : "  all processes of this host are there; one on \(elsewhere.joined(separator: ", ")) is stopped, has ended, or cannot be reached"
      )
    }
    return lines.joined(separator: "\n")
  }
}
