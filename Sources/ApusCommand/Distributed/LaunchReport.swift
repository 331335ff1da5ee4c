import Apus

/// What the lines of a job say about its end: which rank failed first, and what it wrote last.
struct LaunchReport {
  /// What the program that starts each rank writes where that has failed; status and host follow.
  static let endMark = "apus-launch-ended"
  /// What a rank writes when all have come to a good end.
  static let finishMark = "apus-launch-finished"
  /// Lines of a rank that are kept.
  private static let kept = 5

  /// Whether Open MPI writes the lines, with its way to name ranks.
  let isOpenMPI: Bool
  /// Whether the launcher names the rank before each line.
  let hasRanks: Bool
  private var lines: [Int: [String]] = [:]
  /// Ranks of which the line that says why they end has come: what follows is about where.
  private var fatal: Set<Int> = []
  /// The first rank that ended with a failure: rank, host, how.
  private var failed: (rank: Int?, host: String?, how: String)?
  /// Whether that was ended by SIGTERM: somebody else failed before, who may be named later.
  private var isEndedByOthers = false
  /// Ranks that ended with status 0, with their hosts.
  private var endedWell: [(rank: Int?, host: String)] = []
  /// The words with which ranks ended the program themselves.
  private(set) var givenUp: [String] = []
  private var isInWords = false
  /// Whether a rank has said that all have come to a good end: what happens after that is no failure.
  private(set) var hasFinished = false
  /// Whether after that end something went wrong, so that the launcher may not come to its own.
  private(set) var isLate = false
  private var pendingHost: String?

  init(isOpenMPI: Bool, hasRanks: Bool) {
    self.isOpenMPI = isOpenMPI
    self.hasRanks = hasRanks
  }

  /// Whether something has failed, after which the job has to end.
  var isFailure: Bool { failed != nil || !givenUp.isEmpty }

  /// Whether the launcher has lost a host that it cannot name.
  var hasLostSomeHost: Bool { failed.map { $0.rank == nil && $0.host == nil } ?? false }

  /// Names the hosts that give no answer, where the launcher cannot.
  mutating func name(lost hosts: [LaunchHost]) {
    guard hasLostSomeHost, !hosts.isEmpty else { return }
    failed = (nil, nil, "the launcher has lost a host: no answer from \(hosts.map(\.name).joined(separator: ", "))")
  }

  /// Takes a line, and gives what is to be shown of it; nil: nothing.
  mutating func take(_ line: String) -> String? {
    let (rank, text) = Self.parts(line, isOpenMPI: isOpenMPI, hasRanks: hasRanks)
    if let match = text.prefixMatch(of: #/apus-launch-ended (\d+) (\S+)/#), let status = Int(match.1) {
      if status == 0 {
        endedWell.append((rank, String(match.2)))
      } else {
        fail(rank, String(match.2), Self.words(shellStatus: status))
      }
      return nil
    }
    if text == Self.finishMark {
      hasFinished = hasFinished || !isFailure
      return nil
    }
    if text.contains(#/^apus: rank \d+ of \d+ \(/#) {
      isLate = isLate || hasFinished
      // Those that end with another say what that has said.
      isInWords = !hasFinished && (givenUp.isEmpty || !text.contains(") ends with the others: ")) && givenUp.count < 8
      if isInWords { givenUp.append(text) }
    } else if isInWords, text.hasPrefix("  ") {
      if givenUp.count < 32 { givenUp.append(text) }
    } else {
      isInWords = false
    }
    takeLauncher(text)
    if let rank {
      keep(text, of: rank)
      return "[\(rank)] \(text)"
    }
    return line
  }

  /// Keeps the first failure. A rank that gave up says so before, and those that end with it come after it.
  private mutating func fail(_ rank: Int?, _ host: String?, _ how: String) {
    isLate = isLate || hasFinished
    if hasFinished || isFailure && !(isEndedByOthers && givenUp.isEmpty) { return }
    let isEnded = how == Self.words(signal: 15)
    if failed != nil, isEnded { return }
    (failed, isEndedByOthers) = ((rank, host, how), isEnded)
  }

  /// Keeps the last lines of a rank, or those from the one on that says why it ends.
  private mutating func keep(_ text: String, of rank: Int) {
    // What Open MPI writes of a signal, in pieces of lines: addresses.
    if text.contains(#/^\[\S+:\d+\] |^\[ ?\d+\]|^\S+\(\S*\+0x[0-9a-f]+\)\[0x/#) { return }
    if fatal.contains(rank) {
      if lines[rank, default: []].count < Self.kept { lines[rank]?.append(text) }
      return
    }
    if text.contains("Fatal error: ") {
      fatal.insert(rank)
      lines[rank] = [text]
      return
    }
    lines[rank, default: []].append(text)
    if lines[rank, default: []].count > Self.kept { lines[rank]?.removeFirst() }
  }

  /// The lines that a line is made of: Open MPI begins that of another rank where one has not ended its own.
  static func split(_ line: String, isOpenMPI: Bool, hasRanks: Bool) -> [String] {
    guard isOpenMPI, hasRanks, !line.isEmpty else { return [line] }
    let places = line.ranges(of: #/\[\d+,\d+\]<std(?:out|err|diag)>:/#).map(\.lowerBound)
    var parts: [String] = []
    var begin = line.startIndex
    for place in places + [line.endIndex] where place > begin {
      parts.append(String(line[begin..<place]))
      begin = place
    }
    return parts
  }

  /// What mpirun itself says of a process that was killed together with the one that would have told it.
  private mutating func takeLauncher(_ text: String) {
    if let match = text.firstMatch(of: #/process rank (\d+) with PID \d+ on node (\S+) exited on signal (\d+)/#) {
      fail(Int(match.1), String(match.2), Self.words(signal: Int(match.3) ?? 0))
    } else if let match = text.firstMatch(of: #/PID \d+ RUNNING AT (\S+)/#) {
      pendingHost = String(match.1)
    } else if let host = pendingHost, let match = text.firstMatch(of: #/KILLED BY SIGNAL: (\d+)/#) {
      fail(nil, host, Self.words(signal: Int(match.1) ?? 0))
      pendingHost = nil
    } else if let match = text.firstMatch(of: #/Remote daemon: .* on node (\S+)/#) {
      fail(nil, String(match.1), "is out of reach: the launcher has lost its host")
    } else if text.contains("unable to reliably start one or more daemons") {
      fail(nil, nil, "the launcher has lost a host, or cannot start processes there")
    }
  }

  /// The end in words: the rank that failed first, with its last lines, and what ranks said who ended the program.
  func summary(_ ending: String) -> String {
    var text: [String] = []
    // Where no rank is known to have failed, the launcher has ended the others for one that was through before them.
    let quiet = givenUp.isEmpty && (failed == nil || isEndedByOthers) ? endedWell.first : nil
    if let quiet {
      text.append(
        "\(quiet.rank.map { "rank \($0)" } ?? "a process") on \(quiet.host) ended with status 0, and without a word to the others, as by _exit"
      )
    } else if let failed {
      let rank = failed.rank.map { "rank \($0)" } ?? "a process"
      if failed.host == nil {
        text.append(failed.how)
      } else {
        text.append("\(rank)\(failed.host.map { " on \($0)" } ?? "") \(failed.how)")
      }
      if let rank = failed.rank, let last = lines[rank], !last.isEmpty {
        text.append("  its last lines:")
        text += last.map { "    " + $0 }
      }
    } else if givenUp.isEmpty {
      text.append("the launcher \(ending)")
    }
    for (i, words) in givenUp.enumerated() {
      text.append(i == 0 && failed == nil ? Self.plain(words) : "  " + Self.plain(words))
    }
    return text.joined(separator: "\n")
  }

  private static func plain(_ words: String) -> String {
    words.hasPrefix("apus: ") ? String(words.dropFirst(6)) : words
  }

  /// The rank that wrote a line, where that is known, and the line itself.
  static func parts(_ line: String, isOpenMPI: Bool, hasRanks: Bool) -> (rank: Int?, text: String) {
    guard hasRanks else { return (nil, line) }
    if isOpenMPI {
      guard let match = line.prefixMatch(of: #/\[\d+,(\d+)\]<std(?:out|err|diag)>:/#) else { return (nil, line) }
      return (Int(match.1), String(line[match.range.upperBound...]))
    }
    guard let match = line.prefixMatch(of: #/\[(\d+)\] /#) else { return (nil, line) }
    return (Int(match.1), String(line[match.range.upperBound...]))
  }

  /// What a shell's status says: from 129 on a signal ended the program.
  static func words(shellStatus status: Int) -> String {
    status > 128 && status < 193 ? words(signal: status - 128) : "ended with status \(status)"
  }

  static func words(signal: Int) -> String {
    let names = [
      1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
      9: "SIGKILL", 11: "SIGSEGV", 13: "SIGPIPE", 15: "SIGTERM",
    ]
    return "was ended by signal \(signal)\(names[signal].map { " (\($0))" } ?? "")"
  }
}
