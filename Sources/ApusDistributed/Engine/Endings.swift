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
  private static let abortTime = 3.0

  /// Writes why, and ends the program on all ranks.
  func giveUp(_ text: String) -> Never {
    var lines = text + "\n"
    lines.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
    recorder?.note(String(text.prefix { $0 != "\n" }))
    // The launcher passes lines on; it drops what comes after the end.
    usleep(100_000)
    abort(1)
  }

  /// Ends the program on all ranks with a status that is no success.
  func abort(_ status: Int32) -> Never {
    _ = startThread {
      usleep(UInt32(Self.abortTime * 1e6))
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
          + "collective is late; the other ranks say which")
    }
  }

  /// Runs `body`, in which the processes part. All have said before that they come to it; one that is then stopped, killed or cut
  /// off would have the others wait for ever, which ends the program after `limit` seconds.
  func parting<Result>(within limit: Double, _ body: () throws(TensorError) -> Result) throws(TensorError) -> Result {
    let hasParted = Lock(false)
    let deadline = Clock.seconds + limit
    _ = startThread { [self] in
      while Clock.seconds < deadline {
        usleep(50_000)
        if hasParted.withLock({ $0 }) { return }
      }
      hasParted.withLock { hasParted in
        if hasParted { return }
        var lines = [
          "apus: rank \(rank) of \(size) (\(hosts[rank])): all ranks have come to the end of the program, and within "
            + "\(secondsText(limit)) they have not parted (MPI_Finalize)"
        ]
        for other in 0..<size where other != rank && hosts[other] == hosts[rank] {
          let found = whereabouts(of: other)
          // Those that wait in the same call look like those that are stuck.
          if !found.hasSuffix("a call") { lines.append("  rank \(other) (\(hosts[other])) is missing: \(found)") }
        }
        if lines.count == 1 { lines.append("  one of the other hosts' is stopped, has ended, or cannot be reached") }
        giveUp(lines.joined(separator: "\n"))
      }
    }
    defer { hasParted.withLock { $0 = true } }
    return try body()
  }
}
