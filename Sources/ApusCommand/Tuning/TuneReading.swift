import Apus
import ApusFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `apus tune list`: the studies of a storage.
struct TuneList: Command {
  static let name = "list"
  static let summary = "the studies of a storage"
  static let help = """
    usage: apus tune list [--storage ADDRESS]

    Lists the studies of a storage with their directions, numbers of trials and best values.
    """

  private let place: StudyPlace

  init(_ words: inout Words) throws { place = try StudyPlace(&words) }

  func run() throws {
    let storage = try place.storage()
    let rows = try storage.studies().map { record -> [String] in
      let study = try Study(loading: record.name, from: storage)
      let trials = try study.trials
      let best = record.directions.count == 1 ? (try? study.bestValue).map(NumberText.steady) ?? "-" : "-"
      return [
        record.name, record.directions.map(\.rawValue).joined(separator: ","), "\(trials.count)",
        "\(trials.count { $0.state == .complete })", best,
      ]
    }
    print(aligned([["study", "direction", "trials", "complete", "best"]] + rows, texts: 2), terminator: "")
  }
}

/// `apus tune best`: what was found.
struct TuneBest: Command {
  static let name = "best"
  static let summary = "the best trial"
  static let help = """
    usage: apus tune best [OPTIONS]

    Prints the best trial: its number, value and settings. With several objectives the trials that none is better than.

    \(TuneCommand.studyOptions)
      --json  as JSON: a list of trials
    """

  private let place: StudyPlace
  private let isJSON: Bool

  init(_ words: inout Words) throws {
    place = try StudyPlace(&words)
    isJSON = words.takeFlag("--json")
  }

  func run() throws {
    let study = try place.study()
    let best = try study.directions.count == 1 ? [study.bestTrial] : study.bestTrials
    print(isJSON ? SettingValue.list(best.map(\.summary)).json + "\n" : try Self.text(study), terminator: "")
  }

  static func text(_ study: Study) throws -> String {
    let best: [TrialRecord]
    if study.directions.count == 1 {
      guard let trial = try? study.bestTrial else { return "no trial is complete\n" }
      best = [trial]
    } else {
      best = try study.bestTrials
      if best.isEmpty { return "no trial is complete\n" }
    }
    return best.map { trial in
      "trial \(trial.number): " + trial.values.map { "\($0)" }.joined(separator: ", ") + "\n"
        + trial.parameters.map { "  \($0.name) = \($0.value.value.plain)\n" }.joined()
    }.joined()
  }
}

/// `apus tune show`: all trials.
struct TuneShow: Command {
  static let name = "show"
  static let summary = "all trials"
  static let help = """
    usage: apus tune show [OPTIONS]

    Lists the trials of a study.

    \(TuneCommand.studyOptions)
      --last N  only the last N
      --failed  only failed ones, with what went wrong
      --sort    the best first
    """

  private let place: StudyPlace
  private let last: Int?
  private let onlyFailed: Bool
  private let isSorted: Bool

  init(_ words: inout Words) throws {
    place = try StudyPlace(&words)
    last = try words.takeNumber("--last", in: 1...(.max))
    onlyFailed = words.takeFlag("--failed")
    isSorted = words.takeFlag("--sort")
  }

  func run() throws {
    let study = try place.study()
    var trials = Array(try study.trials)
    if onlyFailed { trials.removeAll { $0.state != .failed } }
    if let last { trials = Array(trials.suffix(last)) }
    if isSorted {
      let sign = study.directions[0] == .maximize ? -1.0 : 1
      trials.sort { a, b in
        guard let x = a.values.first else { return false }
        return b.values.first.map { sign * x < sign * $0 } ?? true
      }
    }
    let names = study.parameterNames(of: trials)
    let rows = trials.map { trial in
      ["\(trial.number)", trial.state.rawValue, trial.values.map(NumberText.steady).joined(separator: ",")]
        + [trial.duration.map { NumberText.steady($0) } ?? "-"]
        + names.map { name in
          guard let value = trial.parameters[name]?.value else { return "-" }
          if case .double(let number) = value { return NumberText.steady(number) }
          return value.plain
        }
    }
    print(aligned([["trial", "state", "value", "seconds"] + names] + rows, texts: 2), terminator: "")
    guard onlyFailed else { return }
    for trial in trials {
      if case .string(let text)? = trial.userAttributes["error"] { print("\ntrial \(trial.number): \(text)") }
    }
  }
}

/// `apus tune export`: all trials in a file.
struct TuneExport: Command {
  static let name = "export"
  static let summary = "all trials as CSV or JSON"
  static let help = """
    usage: apus tune export [OPTIONS] [FILE]

    Writes the trials as CSV to FILE or the standard output, as JSON where FILE ends in .json.

    \(TuneCommand.studyOptions)
    """

  private let place: StudyPlace
  private let file: String?

  init(_ words: inout Words) throws {
    place = try StudyPlace(&words)
    file = try? words.takeOperand("FILE")
  }

  func run() throws {
    let study = try place.study()
    let trials = Array(try study.trials)
    let text =
      file?.hasSuffix(".json") ?? false ? SettingValue.list(trials.map(\.summary)).json + "\n" : csv(study, trials)
    guard let file else {
      print(text, terminator: "")
      return
    }
    try replaceFile(at: file) { output in try output.write(Array(text.utf8)) }
    print("\(trials.count) trials in \(file)")
  }

  private func csv(_ study: Study, _ trials: [TrialRecord]) -> String {
    func cell(_ text: String) -> String {
      text.contains { ",\"\n\r".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
    let names = study.parameterNames(of: trials)
    let values = study.directions.indices.map { study.directions.count == 1 ? "value" : "value_\($0)" }
    let head = ["number", "state"] + values + ["start", "end"] + names.map { "param_\($0)" }
    let rows = trials.map { trial in
      ["\(trial.number)", trial.state.rawValue]
        + values.indices.map { $0 < trial.values.count ? "\(trial.values[$0])" : "" }
        + [trial.start?.text ?? "", trial.end?.text ?? ""]
        + names.map { trial.parameters[$0]?.value.plain ?? "" }
    }
    return ([head] + rows).map { $0.map(cell).joined(separator: ",") + "\n" }.joined()
  }
}

/// `apus tune importance`: what mattered.
struct TuneImportance: Command {
  static let name = "importance"
  static let summary = "how much each setting mattered"
  static let help = """
    usage: apus tune importance [OPTIONS]

    Says how much each setting mattered for the objective, as shares of 1.

    \(TuneCommand.studyOptions)
      --method NAME  ped-anova (for what the best trials have in common), fanova or mdi (for the whole range); without it ped-anova
      --objective N  which of several objectives, from 0
      --seed S       of the forests of fanova and mdi
    """

  private let place: StudyPlace
  private let method: String
  private let objective: Int?
  private let seed: UInt32?

  init(_ words: inout Words) throws {
    place = try StudyPlace(&words)
    method = try words.take("--method") ?? "ped-anova"
    objective = try words.takeNumber("--objective", in: 0...1000)
    seed = try words.takeNumber("--seed", in: 0...Int(UInt32.max)).map { UInt32($0) }
  }

  func run() throws {
    let study = try place.study()
    let evaluator: any ImportanceEvaluator
    switch method {
    case "ped-anova": evaluator = PedAnovaImportance()
    case "fanova": evaluator = FanovaImportance(seed: seed)
    case "mdi": evaluator = MeanDecreaseImpurityImportance(seed: seed)
    case let method: throw UsageError(message: "--method takes ped-anova, fanova or mdi, and got '\(method)'")
    }
    if let objective, objective >= study.directions.count {
      throw UsageError(message: "the study has \(study.directions.count) objectives; --objective counts them from 0")
    }
    let importances = try study.paramImportances(
      evaluator: evaluator, target: objective.map { objective in { $0.values[objective] } })
    let width = importances.names.map(\.count).max() ?? 0
    for (name, value) in importances {
      let bar = String(repeating: "#", count: Int((value * 40).rounded()))
      print(name + String(repeating: " ", count: width - name.count) + "  " + NumberText.steady(value) + "  " + bar)
    }
  }
}

/// `apus tune report`: a page of charts.
struct TuneReport: Command {
  static let name = "report"
  static let summary = "a page with charts"
  static let help = """
    usage: apus tune report [OPTIONS] [FILE]

    Writes one page that needs nothing else: history, importances, slices, contours, parallel coordinates, values on the way, times,
    and the table of all trials. Without FILE it is STUDY.html.

    \(TuneCommand.studyOptions)
    """

  private let place: StudyPlace
  private let file: String?

  init(_ words: inout Words) throws {
    place = try StudyPlace(&words)
    file = try? words.takeOperand("FILE")
  }

  func run() throws {
    let study = try place.study()
    let file = file ?? study.name.replacing("/", with: "_") + ".html"
    try StudyReport(study).write(to: file)
    print(file)
  }
}

/// `apus tune delete`: removes a study.
struct TuneDelete: Command {
  static let name = "delete"
  static let summary = "removes a study"
  static let help = """
    usage: apus tune delete --study NAME [--storage ADDRESS]

    Removes a study with all its trials from its storage.
    """

  private let place: StudyPlace

  init(_ words: inout Words) throws {
    place = try StudyPlace(&words)
    guard place.name != nil else { throw UsageError(message: "--study NAME is missing") }
  }

  func run() throws {
    let study = try place.study()
    let count = try study.trials.count
    try study.storage.deleteStudy(study.id)
    print("'\(study.name)' with \(count) trials is deleted")
  }
}

/// `apus tune dashboard`: Optuna's page.
struct TuneDashboard: Command {
  static let name = "dashboard"
  static let summary = "starts optuna-dashboard"
  static let help = """
    usage: apus tune dashboard [--storage ADDRESS] [--port N]

    Starts optuna-dashboard on a storage, where it is installed ('pip install optuna-dashboard'). Ctrl-C ends it.
    """

  private let place: StudyPlace
  private let port: Int

  init(_ words: inout Words) throws {
    place = try StudyPlace(&words)
    port = try words.takeNumber("--port", in: 1...65535) ?? 8080
  }

  func run() throws {
    _ = try place.storage()
    let words = ["optuna-dashboard", place.dashboardAddress, "--port", "\(port)"]
    var arguments = words.map { strdup($0) }
    arguments.append(nil)
    execvp(words[0], arguments)
    throw UsageError(
      message:
        "optuna-dashboard cannot be started (\(String(cString: strerror(errno)))); 'pip install optuna-dashboard' installs it"
    )
  }
}

extension StudyPlace {
  /// The address in the form that optuna-dashboard takes: a journal by its path.
  var dashboardAddress: String {
    if address.hasPrefix("journal:///") { return String(address.dropFirst("journal:///".count)) }
    if address.contains("://") || address.hasSuffix(".log") || address.hasSuffix(".journal") { return address }
    return "sqlite:///" + address
  }
}

extension Study {
  /// The names of the parameters of some trials, in the order in which they first occur.
  func parameterNames(of trials: [TrialRecord]) -> [String] {
    var names: [String] = []
    for trial in trials { for name in trial.parameters.names where !names.contains(name) { names.append(name) } }
    return names
  }
}

extension TrialRecord {
  /// All of it, as JSON.
  var summary: SettingValue {
    .dictionary([
      "number": .int(number), "state": .string(state.rawValue), "values": .list(values.map { .double($0) }),
      "params": .dictionary(params), "start": start.map { .string($0.text) } ?? .none,
      "end": end.map { .string($0.text) } ?? .none, "user_attributes": .dictionary(userAttributes.dictionary),
      "reports": .list(reports.map { .list([.int($0.step), .double($0.value)]) }),
    ])
  }
}
