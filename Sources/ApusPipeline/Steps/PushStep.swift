import Apus
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Pipeline {
  /// Puts a model into service where it was blessed: TensorFlow Extended's `Pusher`. A server that watches the folder takes the new version
  /// at once.
  ///
  ///     penguins.push(model, if: [blessing], to: "serving/penguins")
  ///
  /// The folder gets the next version, `serving/penguins/N`, in one piece. A model that is the newest version already is not written again.
  /// - Parameters:
  ///   - blessings: all must say yes; without any the model is pushed.
  ///   - folder: the folder of the model below that of a server.
  @discardableResult
  public mutating func push(
    _ model: StepOutput<ModelArtifact>, if blessings: [StepOutput<ModelBlessing>] = [], to folder: String,
    named name: String = "pusher"
  ) -> StepOutput<PushedModel> {
    let inputs = blessings.enumerated().map { StepInput("blessing_\($0.offset + 1)", $0.element) }
    let count = blessings.count
    var step = PipelineStep(
      name, type: "Pusher", version: "1", inputs: [StepInput("model", model)] + inputs,
      outputs: [OutputDescription("pushed_model", PushedModel.self)], parameters: ["folder": .string(folder)]
    ) { step in
      try pushModel(to: expandedPath(folder), blessings: count, step)
    }
    step.isCached = false
    return add(step, giving: "pushed_model", PushedModel.self)
  }
}

private func pushModel(to folder: String, blessings: Int, _ step: StepRun) throws {
  let model = try step.input("model")
  let output = try step.output("pushed_model")
  let refusals = try (0..<blessings).map { try step.input("blessing_\($0 + 1)") }.filter {
    $0.properties["blessed"]?.asInt != 1
  }
  guard refusals.isEmpty else {
    let reason = "the model was not blessed: \(refusals.map(\.path).joined(separator: ", "))"
    try writeText(
      SettingValue.dictionary(["pushed": 0, "reason": .string(reason)]).json + "\n", to: "\(output)/pushed.json")
    try step.describe("pushed_model", ["pushed": 0])
    step.note(["pushed": false])
    step.log("not pushed: \(reason)")
    return
  }
  try makeFolders(folder)
  let version = try FileLock.holding("\(folder)/.push.lock") { try addVersion(of: model, to: folder, step) }
  // The artifact is what a later evaluation compares with; its files are those of the model, which never change.
  for name in try filesBelow(model.path) {
    let target = "\(output)/\(name)"
    try makeFolder(of: target)
    if link(model.path(name), target) != 0 { try copyFile(model.path(name), to: target) }
  }
  try step.describe(
    "pushed_model",
    [
      "pushed": 1, "pushed_version": .int(version), "pushed_destination": .string("\(folder)/\(version)"),
      "model": .string(model.digest),
    ])
  step.note(["pushed": true, "version": .int(version)])
}

/// Makes a model the newest version in a folder, and says which that is.
private func addVersion(of model: Artifact, to folder: String, _ step: StepRun) throws -> Int {
  let newest = folderContents(folder).compactMap { Int($0) }.filter { $0 > 0 }.max() ?? 0
  let mark = ".artifact"
  if newest > 0, (try? readText("\(folder)/\(newest)/\(mark)")) == model.digest {
    step.log("version \(newest) in \(folder) is this model already")
    return newest
  }
  let version = newest + 1
  let temporary = "\(folder)/.\(version).new"
  try removeTree(temporary)
  try makeFolders(temporary)
  for name in try filesBelow(model.path) {
    let target = "\(temporary)/\(name.hasPrefix("1/") ? String(name.dropFirst(2)) : name)"
    try makeFolder(of: target)
    try copyFile(model.path(name), to: target)
  }
  try writeText(model.digest, to: "\(temporary)/\(mark)")
  try synchronize(temporary)
  guard rename(temporary, "\(folder)/\(version)") == 0 else {
    throw fileError("\(folder)/\(version)", "cannot put the version in place", errno)
  }
  try synchronize(folder)
  step.log("version \(version) in \(folder)")
  return version
}
