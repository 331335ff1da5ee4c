import ApusCore
import ApusFormats

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes the folder of an offline run of Weights & Biases, which `wandb sync` uploads:
///
///     trainer.loggers = [try WandbLogger(project: "digits", config: ["lr": 0.003], dir: "runs")]
///
/// makes `runs/wandb/offline-run-20261129_081528-1a2b3c4d` with the file of records (`run-1a2b3c4d.wandb`) and `files/`:
/// `config.yaml`, `wandb-metadata.json`, `wandb-summary.json`. Nothing is sent anywhere.
///
/// Names are those of the epochs' values with a slash: `train/loss`, `validation/accuracy`; those of steps are `step/loss`.
/// A call of `fit` that ends leaves complete files; another one goes on in the same run.
public final class WandbLogger: TrainingLogger {
  /// The name of the run in addresses.
  public let id: String
  /// The folder of the run.
  public let folder: String
  private let everySteps: Int
  private let records: WandbRecords
  private let start: Double
  private var summary: [(name: String, json: String)] = []
  private var row = 0

  /// - Parameters:
  ///   - project: the project that the run is uploaded to.
  ///   - name: the run's name, for people; nil for its id.
  ///   - config: settings of the run, such as hyperparameters.
  ///   - dir: the folder in which `wandb` is made.
  ///   - tags: words by which runs are found.
  ///   - notes: a longer text.
  ///   - group: what the runs of an experiment have in common.
  ///   - jobType: such as "train".
  ///   - entity: the user or team; nil for whoever uploads it.
  ///   - id: letters and digits that no other run of the project has; nil for random ones.
  ///   - everySteps: how many training steps lie between two that are recorded; 0 for none.
  /// - Throws: `TensorError` when folder or file cannot be made.
  public init(
    project: String = "uncategorized", name: String? = nil, config: [String: SettingValue] = [:], dir: String = ".",
    tags: [String] = [], notes: String = "", group: String = "", jobType: String = "", entity: String? = nil,
    id: String? = nil, everySteps: Int = 10
  ) throws {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    let id = id ?? String((0..<8).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    guard !id.isEmpty, !id.contains(where: { "/\\#?%:".contains($0) }) else {
      throw TensorError(.value, "WandbLogger", "an id has letters and digits, and no / \\ # ? % :, as '\(id)' has")
    }
    self.id = id
    self.everySteps = everySteps
    start = secondsSince1970()
    let parent = (dir.isEmpty ? "." : dir) + "/wandb"
    let runFolder = "offline-run-\(LocalTime(start, isUTC: false).compact)-\(id)"
    folder = "\(parent)/\(runFolder)"
    try makeFolders(folder + "/files")
    try makeFolders(folder + "/logs")
    records = try WandbRecords(path: "\(folder)/run-\(id).wandb", stream: id)
    let link = parent + "/latest-run"
    unlink(link)
    symlink(runFolder, link)
    try writeText(Self.yaml(config), to: folder + "/files/config.yaml")
    try writeText(Self.metadata(start), to: folder + "/files/wandb-metadata.json")
    try writeText("{}", to: folder + "/files/wandb-summary.json")
    let started = start
    try records.add { record in
      record.add(17) { run in
        run.add(1, string: id)
        if let entity { run.add(2, string: entity) }
        run.add(3, string: project)
        run.add(4) { message in
          for (key, value) in config.sorted(by: { $0.key < $1.key }) {
            message.add(1) { item in
              item.add(1, string: key)
              item.add(16, string: value.json)
            }
          }
        }
        if !group.isEmpty { run.add(6, string: group) }
        if !jobType.isEmpty { run.add(7, string: jobType) }
        run.add(8, string: name ?? id)
        if !notes.isEmpty { run.add(9, string: notes) }
        for tag in tags { run.add(10, string: tag) }
        run.add(13, string: hostName())
        run.add(17) { $0.addTimestamp(started) }
      }
    }
    try addFiles(["config.yaml", "wandb-metadata.json", "wandb-summary.json"])
  }

  public func log(step: Int, values: [(name: String, value: Double)]) throws {
    guard everySteps > 0, step % everySteps == 0 else { return }
    try log(values.map { (name: "step/" + $0.name, value: $0.value) } + [(name: "trainer/step", value: Double(step))])
  }

  public func log(epoch: EpochValues, step: Int) throws {
    let values = epoch.names.map { (name: runTag($0), value: epoch[$0] ?? .nan) }
    try log(values + [(name: "epoch", value: Double(epoch.epoch)), (name: "trainer/step", value: Double(step))])
  }

  /// Records a row of values, as `wandb.log`.
  /// - Throws: `TensorError` when writing fails.
  public func log(_ values: [(name: String, value: Double)]) throws {
    let time = secondsSince1970()
    let all =
      values.map { (name: $0.name, json: Self.number($0.value)) }
      + [
        (name: "_timestamp", json: "\(time)"), (name: "_runtime", json: "\(time - start)"),
        (name: "_step", json: "\(row)"),
      ]
    let number = row
    row += 1
    try records.add { record in
      record.add(2) { history in
        for (name, json) in all {
          history.add(1) { item in
            item.add(2, string: name)
            item.add(16, string: json)
          }
        }
        history.add(2) { $0.add(1, int64: Int64(number)) }
      }
    }
    try setSummary(all)
  }

  /// Sets values of the summary, such as a best accuracy, as `wandb.run.summary`.
  /// - Throws: `TensorError` when writing fails.
  public func setSummary(_ values: [String: SettingValue]) throws {
    try setSummary(values.sorted { $0.key < $1.key }.map { (name: $0.key, json: $0.value.json) })
  }

  /// Copies a file, such as a checkpoint, into the run, as `wandb.save`.
  /// - Throws: `TensorError` when that is not possible.
  public func save(_ path: String) throws {
    let name = splitPath(path).name
    try copyFile(path, to: "\(folder)/files/\(name)")
    try addFiles([name])
  }

  public func close() throws {
    let members = summary.map { "\(quotedJSON($0.name)): \($0.json)" }.joined(separator: ", ")
    try writeText("{\(members)}", to: folder + "/files/wandb-summary.json")
    let seconds = Int64(secondsSince1970() - start)
    try records.add(isEnd: true) { record in record.add(18) { $0.add(2, int64: seconds) } }
  }

  private func setSummary(_ values: [(name: String, json: String)]) throws {
    for (name, json) in values {
      if let place = summary.firstIndex(where: { $0.name == name }) {
        summary[place].json = json
      } else {
        summary.append((name, json))
      }
    }
    try records.add { record in
      record.add(3) { message in
        for (name, json) in values {
          message.add(1) { item in
            item.add(2, string: name)
            item.add(16, string: json)
          }
        }
      }
    }
  }

  private func addFiles(_ names: [String]) throws {
    try records.add { record in
      record.add(6) { files in
        for name in names {
          files.add(1) { file in
            file.add(1, string: name)
            // To be uploaded at the end.
            file.add(2, int64: 1)
          }
        }
      }
    }
  }

  /// Numbers that are none are written as Python's `json` does, which wandb reads.
  private static func number(_ value: Double) -> String {
    value.isFinite
      ? (Int(exactly: value).map { "\($0)" } ?? "\(value)") : value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity"
  }

  private static func yaml(_ config: [String: SettingValue]) -> String {
    let entries = config.sorted { $0.key < $1.key }.map { "\(quotedJSON($0.key)):\n    value: \($0.value.json)\n" }
    return "_wandb:\n    value: {}\n" + entries.joined()
  }

  private static func metadata(_ start: Double) -> String {
    let members: [(String, SettingValue)] = [
      ("os", .string(RunEnvironment.system)), ("host", .string(hostName())), ("username", .string(userName())),
      ("program", .string(CommandLine.arguments.first ?? "")),
      ("startedAt", .string(LocalTime(start, isUTC: true).iso + "Z")),
      ("cpu_count", .int(CPUInfo.physicalCores)), ("cpu_count_logical", .int(CPUInfo.logicalProcessors.count)),
      ("memory", .dictionary(["total": .string("\(CPUInfo.memoryBytes)")])),
    ]
    return "{\n" + members.map { "  \(quotedJSON($0.0)): \($0.1.json)" }.joined(separator: ",\n") + "\n}\n"
  }
}

/// `validation loss` -> `validation/loss`, `loss` -> `train/loss`, `lr` as it is: how trackers and TensorBoard name the values of
/// epochs.
func runTag(_ name: String) -> String {
  if name == "lr" { return name }
  let prefix = "validation "
  return name.hasPrefix(prefix) ? "validation/" + name.dropFirst(prefix.count) : "train/" + name
}

extension ProtobufWriter {
  /// The fields of `google.protobuf.Timestamp`.
  fileprivate mutating func addTimestamp(_ seconds: Double) {
    add(1, int64: Int64(seconds))
    add(2, int64: Int64((seconds - seconds.rounded(.down)) * 1e9))
  }
}
