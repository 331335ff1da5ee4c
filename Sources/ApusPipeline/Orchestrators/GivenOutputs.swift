import Apus
import ApusFormats
import ApusTrain

extension StepResult {
  /// Copies what the step made to where an orchestrator wants it, which keeps artifacts of its own.
  /// - Parameter places: a path for each key.
  /// - Throws: `TensorError` of kind `index` for a key that the step does not have, of kind `file` when copying fails.
  func give(_ places: [(key: String, path: String)]) throws {
    for (key, path) in places {
      guard let artifact = outputs[key] else {
        let known = outputs.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
        throw TensorError(
          .index, "step \(name)", "it has no output '\(key)' to give; there are \(known.isEmpty ? "none" : known)")
      }
      try copyTree(artifact.path, to: path)
    }
  }
}

extension StepResult {
  /// Tells Kubeflow Pipelines what is known of the artifacts, in the file that it names for this.
  /// - Parameter input: what it says to the container, `{{$}}`: the file, and where each output lies with it.
  /// - Throws: `TensorError` of kind `format` where that is something else, of kind `file` when writing fails.
  func tellKubeflow(_ step: PipelineStep, input: String) throws {
    guard let told = try? JSON(parsing: input.utf8)["outputs"], let file = told["outputFile"]?.string else {
      throw TensorError(
        .format, "step \(name)",
        "the input of the executor names no file for what is known of outputs (outputs.outputFile)")
    }
    let names = KubeflowNames(step)
    let known = step.outputs.compactMap { output -> String? in
      guard let artifact = outputs[output.key] else { return nil }
      let place = told["artifacts"]?[names.output(output.key)]?["artifacts"]?.array?.first
      var metadata = artifact.properties
      metadata["digest"] = .string(artifact.digest)
      let members = [
        "\"name\": " + quotedJSON(place?["name"]?.string ?? ""), "\"uri\": " + quotedJSON(place?["uri"]?.string ?? ""),
        "\"metadata\": " + SettingValue.dictionary(metadata).json,
      ]
      return quotedJSON(names.output(output.key)) + ": {\"artifacts\": [{\(members.joined(separator: ", "))}]}"
    }
    try makeFolder(of: file)
    try writeText("{\"artifacts\": {\(known.joined(separator: ", "))}}", to: file)
  }
}

/// Copies a file, or a folder with all that is in it.
private func copyTree(_ source: String, to target: String) throws {
  guard isFolder(source) else {
    try makeFolder(of: target)
    try copyFile(source, to: target)
    return
  }
  try makeFolders(target)
  for name in folderContents(source) { try copyTree("\(source)/\(name)", to: "\(target)/\(name)") }
}
