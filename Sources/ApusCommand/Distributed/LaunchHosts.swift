import Apus
import ApusTrain

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A host of a job and how many processes it takes.
struct LaunchHost: Hashable {
  let name: String
  let slots: Int

  /// `a:2,b:2,c`; without a number one.
  static func list(_ text: String) throws -> [LaunchHost] {
    var hosts: [LaunchHost] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: ":", omittingEmptySubsequences: false)
      let slots = words.count == 1 ? 1 : Int(words[words.count - 1]) ?? 0
      guard words.count <= 2, let name = words.first, !name.isEmpty, !name.hasPrefix("-"), (1...100_000).contains(slots)
      else {
        throw UsageError(message: "--hosts needs NAME:N,NAME:N with numbers of processes above 0, and got '\(part)'")
      }
      guard !hosts.contains(where: { $0.name == name }) else {
        throw UsageError(message: "--hosts names '\(name)' twice")
      }
      hosts.append(LaunchHost(name: String(name), slots: slots))
    }
    return hosts
  }

  static func text(_ hosts: [LaunchHost]) -> String { hosts.map { "\($0.name):\($0.slots)" }.joined(separator: ",") }

  /// Those of `hosts` on which a program can be started now; all are tried at once.
  /// - Parameter agent: what starts a program on a host, with the words that come before the name of the host.
  static func reachable(_ hosts: [LaunchHost], agent: String) throws -> [LaunchHost] {
    // Words that follow are names of hosts; each tells of itself.
    let script = """
      agent=$1; shift
      for host; do
        if [ "$host" = localhost ] || [ "$host" = "$(uname -n)" ]; then echo "$host"; continue; fi
        ( $agent "$host" true </dev/null >/dev/null 2>&1 && echo "$host" ) &
      done
      wait
      """
    var found: Set<String> = []
    _ = try ChildProcess(["sh", "-c", script, "sh", agent] + hosts.map(\.name), environment: [:], input: "").finish(
      timeout: 6, isStopping: { StopSignal.number != nil }, line: { found.insert($0) })
    return hosts.filter { found.contains($0.name) }
  }
}
