import ApusCore
import ApusFormats

/// What the files of a run tell: settings and curves, whichever logger wrote them.
package struct RecordedRun: Sendable {
  /// A curve's points in the order of their steps.
  package struct Curve: Sendable {
    package let name: String
    package fileprivate(set) var points: [(step: Int, value: Double)] = []

    /// The last value.
    package var last: Double? { points.last?.value }

    /// The least value of losses, errors and times, the greatest one of others, and where that is.
    package var best: (step: Int, value: Double)? {
      let isLoss = nameIsLoss(name)
      return points.filter { $0.value.isFinite }.min { isLoss ? $0.value < $1.value : $0.value > $1.value }
    }
  }

  /// The name, for people: that of the logger or the folder.
  package internal(set) var name: String
  /// The folder of the files.
  package let folder: String
  /// What wrote the files: "csv", "jsonl", "tensorboard", "wandb", "mlflow".
  package private(set) var kinds: [String] = []
  /// Settings as text.
  package internal(set) var settings: [String: String] = [:]
  package private(set) var curves: [Curve] = []

  init(name: String, folder: String) {
    self.name = name
    self.folder = folder
  }

  package subscript(name: String) -> Curve? { curves.first { $0.name == name } }

  /// Notes that a file of this kind was read.
  mutating func add(kind: String) { if !kinds.contains(kind) { kinds.append(kind) } }

  /// Adds a point; of several at one step the last one counts, also where several loggers wrote the same curve.
  mutating func add(_ name: String, step: Int, value: Double) {
    let place = curves.firstIndex { $0.name == name } ?? curves.count
    if place == curves.count { curves.append(Curve(name: name)) }
    if let last = curves[place].points.last, step <= last.step {
      let points = curves[place].points
      let position = points.firstIndex { $0.step >= step } ?? points.count
      if points[position].step == step {
        curves[place].points[position].value = value
      } else {
        curves[place].points.insert((step, value), at: position)
      }
    } else {
      curves[place].points.append((step, value))
    }
  }
}

/// All runs in a folder and those inside it: a run is a folder with files of loggers, one of Weights & Biases or of MLflow.
/// Files that cannot be read are told in `problems` and left out.
package func recordedRuns(under root: String) -> (runs: [RecordedRun], problems: [String]) {
  var runs: [RecordedRun] = []
  var problems: [String] = []
  var waiting = [(path: expandedPath(root), name: "", depth: 0)]
  let deepest = 12
  while !waiting.isEmpty {
    let (path, name, depth) = waiting.removeFirst()
    var run = RecordedRun(name: name.isEmpty ? splitPath(path).name : name, folder: path)
    let contents = folderContents(path)
    if contents.contains("meta.yaml"), contents.contains("metrics") {
      do { try run.readMLflow() } catch { problems.append("\(error)") }
    } else {
      for file in contents.map({ path + "/" + $0 }) where !isFolder(file) {
        do { try run.read(file) } catch { problems.append("\(error)") }
      }
      for inner in contents where isFolder(path + "/" + inner) && depth < deepest {
        // A link to the latest run leads to one that is there already.
        if inner == "latest-run" || inner.hasPrefix(".") { continue }
        waiting.append((path + "/" + inner, name.isEmpty ? inner : name + "/" + inner, depth + 1))
      }
    }
    if !run.kinds.isEmpty { runs.append(run) }
  }
  return (runs.sorted { $0.folder < $1.folder }, problems)
}
