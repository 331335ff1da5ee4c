import Apus

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Says in lines what happens in a run.
struct RunReport: Sendable {
  private let width: Int
  private let isQuiet: Bool

  init(steps: [String], isQuiet: Bool) {
    width = steps.map(\.count).max() ?? 0
    self.isQuiet = isQuiet
  }

  func tell(_ event: PipelineEvent) {
    switch event {
    case .began(let step, let attempt):
      if attempt > 1 { say(step, "attempt \(attempt)") }
    case .line(let step, let line):
      if !isQuiet { say(step, line) }
    case .failedOnce(let step, let error): say(step, "failed, and is tried again: \(error)")
    case .ended(let result):
      switch result.state {
      case .failed: say(result.name, "failed: \(result.error?.description ?? "no reason is known")")
      case .left: break
      case .made: say(result.name, "made in \(Self.seconds(result.seconds))" + Self.text(result.properties))
      case .cached: say(result.name, "known from before" + Self.text(result.properties))
      case .kept: say(result.name, "done already" + Self.text(result.properties))
      }
    }
  }

  private func say(_ step: String, _ text: String) {
    let start = String(repeating: " ", count: width + 4)
    print("  " + step + start.dropFirst(step.count + 2) + text.replacing("\n", with: "\n" + start))
    fflush(nil)
  }

  private static func seconds(_ value: Double) -> String {
    value < 10 ? "\((value * 100).rounded() / 100) s" : "\((value * 10).rounded() / 10) s"
  }

  private static func text(_ properties: [String: SettingValue]) -> String {
    let parts = properties.sorted { $0.key < $1.key }.compactMap { name, value -> String? in
      switch value {
      case .double(let number): "\(name) \((number * 10000).rounded() / 10000)"
      case .int, .bool: "\(name) \(value.json)"
      case .string(let text): text.count <= 60 ? "\(name) \(text)" : nil
      case .none, .list, .dictionary: nil
      }
    }
    return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
  }
}
