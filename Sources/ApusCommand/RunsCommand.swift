import Apus
import ApusFormats
import ApusTrain

/// `apus runs`: the runs in a folder, and how they compare.
struct RunsCommand: Command {
  static let name = "runs"
  static let summary = "list and compare training runs by what their loggers wrote"
  static let help = """
    usage: apus runs [FOLDER] [--sort NAME] [--values NAME,NAME...] [--json]
           apus runs compare RUN RUN... [--in FOLDER] [--json]

    Lists the runs in a folder and those inside it: files of CSVLogger, JSONLinesLogger and TensorBoard, offline runs of
    Weights & Biases, file stores of MLflow. Shown are the best values: the least of losses, errors and times, the greatest of others.
    compare shows settings and values of runs beside each other. A run is named by its folder, or by its name in the list of FOLDER.

      --sort NAME     the best run first, by this value; without it runs stand in the order of their names
      --values NAMES  the values to show, with commas between them; without it those of the validation, or of the training
      --in FOLDER     where runs are that are named; without it the folder where one is
      --json          as JSON, with all settings and values
    """

  private let isComparison: Bool
  private let sort: String?
  private let values: [String]?
  private let isJSON: Bool
  private let folder: String
  private let names: [String]

  init(_ words: inout Words) throws {
    isJSON = words.takeFlag("--json")
    sort = try words.take("--sort")
    values = try words.take("--values")?.split(separator: ",").map(String.init)
    let place = try words.take("--in")
    var operands: [String] = []
    while let operand = try? words.takeOperand("RUN") { operands.append(operand) }
    isComparison = operands.first == "compare"
    if isComparison {
      names = Array(operands.dropFirst())
      folder = place ?? "."
      guard !names.isEmpty else { throw UsageError(message: "compare needs the names or folders of runs") }
    } else {
      guard operands.count < 2, place == nil else {
        throw UsageError(message: "one FOLDER is listed; for several runs say 'apus runs compare RUN RUN'")
      }
      names = []
      folder = operands.first ?? "."
    }
  }

  func run() throws {
    if isComparison {
      let runs = try names.map(named)
      print(isJSON ? json(runs) : comparison(runs), terminator: "")
      return
    }
    guard isFolder(folder) else { throw UsageError(message: "there is no folder '\(folder)'") }
    let (found, problems) = recordedRuns(under: folder)
    for problem in problems { complain("apus runs: left out: \(problem)") }
    let runs = try sorted(found)
    print(isJSON ? json(runs) : table(runs), terminator: "")
  }

  private func sorted(_ runs: [RecordedRun]) throws -> [RecordedRun] {
    guard let sort else { return runs }
    let known = Self.curveNames(runs)
    guard known.contains(sort) else {
      throw UsageError(
        message:
          "no run has values called '\(sort)'; there are \(known.isEmpty ? "none" : known.joined(separator: ", "))")
    }
    let isLoss = nameIsLoss(sort)
    return runs.sorted { a, b in
      guard let first = a[sort]?.best?.value else { return false }
      guard let second = b[sort]?.best?.value else { return true }
      return isLoss ? first < second : first > second
    }
  }

  private func named(_ name: String) throws -> RecordedRun {
    if isFolder(name) {
      let found = recordedRuns(under: name).runs
      guard found.count == 1 else {
        throw UsageError(
          message: found.isEmpty
            ? "'\(name)' has no files of a logger"
            : "'\(name)' holds \(found.count) runs: \(found.map(\.folder).joined(separator: ", "))")
      }
      return found[0]
    }
    let all = recordedRuns(under: folder).runs
    let matches = all.filter { $0.name == name || $0.folder.hasSuffix("/" + name) }
    guard matches.count == 1 else {
      throw UsageError(
        message: matches.isEmpty
          ? "there is no run '\(name)' in '\(folder)'; there are \(all.map(\.name).joined(separator: ", "))"
          : "'\(name)' are \(matches.count) runs: \(matches.map(\.folder).joined(separator: ", "))")
    }
    return matches[0]
  }

  // MARK: Tables

  private static func curveNames(_ runs: [RecordedRun]) -> [String] {
    var seen: Set<String> = []
    return runs.flatMap { $0.curves.map(\.name) }.filter { seen.insert($0).inserted }.sorted()
  }

  private func table(_ runs: [RecordedRun]) -> String {
    if runs.isEmpty { return "no runs in '\(folder)'\n" }
    let all = Self.curveNames(runs)
    var columns = values ?? all.filter { $0.hasPrefix("validation/") }
    if columns.isEmpty { columns = all.filter { $0.hasPrefix("train/") } }
    if columns.isEmpty { columns = Array(all.prefix(4)) }
    if let sort, !columns.contains(sort) { columns.insert(sort, at: 0) }
    let rows = runs.map { run in
      [run.name, run.kinds.joined(separator: "+"), "\(run.curves.flatMap { $0.points.map(\.step) }.max() ?? 0)"]
        + columns.map { name in
          run[name]?.best.map { "\(NumberText.steady($0.value)) @\($0.step)" } ?? "-"
        }
    }
    return aligned([["run", "files", "steps"] + columns] + rows, texts: 2)
  }

  private func comparison(_ runs: [RecordedRun]) -> String {
    let settings = Set(runs.flatMap(\.settings.keys)).sorted()
    var rows = [[""] + runs.map(\.name)]
    for name in settings {
      let texts = runs.map { $0.settings[name] ?? "-" }
      // What differs is what one looks for.
      rows.append([name + (Set(texts).count > 1 ? " *" : "")] + texts)
    }
    for name in Self.curveNames(runs) {
      let bests = runs.map { $0[name]?.best }
      let isLoss = nameIsLoss(name)
      let winner = bests.compactMap { $0?.value }.max { isLoss ? $0 > $1 : $0 < $1 }
      rows.append(
        ["best " + name]
          + bests.map { best in
            best.map {
              "\(NumberText.steady($0.value)) @\($0.step)" + (runs.count > 1 && $0.value == winner ? " <" : "  ")
            } ?? "-"
          })
      rows.append(["last " + name] + runs.map { $0[name]?.last.map { NumberText.steady($0) + "  " } ?? "-" })
    }
    return aligned(rows, texts: 1)
      + (settings.isEmpty ? "" : "* differs\n") + (runs.count > 1 ? "< the best of them\n" : "")
  }

  /// Lines whose columns stand below each other; the first `texts` ones begin at the left, others end at the right.
  // MARK: JSON

  private func json(_ runs: [RecordedRun]) -> String {
    let items = runs.map { run -> String in
      let settings = SettingValue.dictionary(run.settings.mapValues { .string($0) })
      let curves = run.curves.map { curve -> (String, SettingValue) in
        var members: [String: SettingValue] = ["points": .int(curve.points.count)]
        if let last = curve.points.last { members["last"] = ["step": .int(last.step), "value": .double(last.value)] }
        if let best = curve.best { members["best"] = ["step": .int(best.step), "value": .double(best.value)] }
        return (curve.name, .dictionary(members))
      }
      let members: [String: SettingValue] = [
        "name": .string(run.name), "folder": .string(run.folder), "files": .list(run.kinds.map { .string($0) }),
        "settings": settings, "values": .dictionary(Dictionary(curves, uniquingKeysWith: { $1 })),
      ]
      return "  " + SettingValue.dictionary(members).json
    }
    return "[\n" + items.joined(separator: ",\n") + "\n]\n"
  }
}
