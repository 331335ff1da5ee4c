import Apus
import ApusFormats
import ApusTrain

extension Pipeline {
  /// A step that is a program of any language.
  ///
  ///     let report = penguins.command(
  ///       "report", ["python3", "report.py", "--model", "{model}", "--out", "{page}/index.html"],
  ///       inputs: [StepInput("model", model)], outputs: [OutputDescription("page", OtherFile.self)], files: ["report.py"])
  ///
  /// `{KEY}` in a word stands for the folder of an input or output, `{scratch}` for the scratch folder, `{{` and `}}` for braces. The program runs in
  /// the folder in which the pipeline was started; `APUS_PIPELINE`, `APUS_RUN` and `APUS_STEP` are in its environment, and the step's parameters as
  /// JSON on its standard input. A line `property KEY NAME=VALUE` of its output describes an output, a line `note NAME=VALUE` the step.
  /// - Parameters:
  ///   - files: what its result depends on besides: the program's own sources.
  ///   - version: another one makes it run again.
  public mutating func command(
    _ name: String, _ words: [String], inputs: [StepInput] = [], outputs: [OutputDescription] = [],
    parameters: [String: SettingValue] = [:], files: [String] = [], version: String = "1", isCached: Bool = true
  ) {
    var all = parameters
    all["command"] = .list(words.map { .string($0) })
    var step = PipelineStep(
      name, type: "Command", version: version, inputs: inputs, outputs: outputs, parameters: all, files: files
    ) { step in
      try runCommand(words, inputs: inputs.map(\.key), outputs: outputs.map(\.key), step)
    }
    step.isCached = isCached
    add(step)
  }
}

private func runCommand(_ words: [String], inputs: [String], outputs: [String], _ step: StepRun) throws {
  var places: [(String, SettingValue)] = [("scratch", .string(step.scratch))]
  for key in inputs { if let artifact = try step.inputs(key).first { places.append((key, .string(artifact.path))) } }
  for key in outputs { places.append((key, .string(try step.output(key)))) }
  let template = try CommandTemplate(words, known: ["scratch"] + inputs + outputs)
  let process = try ChildProcess(
    template.words(NamedValues(places), trial: 0, study: ""),
    environment: ["APUS_PIPELINE": step.pipeline, "APUS_RUN": step.run, "APUS_STEP": step.step],
    input: SettingValue.dictionary(step.parameters).json + "\n")
  var last: [String] = []
  let ending = try process.finish(timeout: nil, isStopping: { false }) { line in
    step.log(line)
    last.append(String(line.prefix(500)))
    if last.count > 20 { last.removeFirst() }
    let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
    if parts.count == 3, parts[0] == "property", outputs.contains(parts[1]), let (name, value) = pair(parts[2]) {
      try step.describe(parts[1], [name: value])
    } else if parts.count >= 2, parts[0] == "note", let (name, value) = pair(String(line.dropFirst(5))) {
      step.note([name: value])
    }
  }
  guard ending != .exited(0) else { return }
  let how =
    switch ending {
    case .exited(let status): "ended with status \(status)"
    case .signalled(let signal): "was ended by signal \(signal)"
    case .timedOut, .stopped: "was ended"
    }
  throw TensorError(
    .state, words[0],
    "the program \(how)"
      + (last.isEmpty ? "; it printed nothing" : "; its last lines:\n" + last.joined(separator: "\n")))
}

/// `NAME=VALUE`, where the value is JSON or else a text.
private func pair(_ text: String) -> (String, SettingValue)? {
  guard let sign = text.firstIndex(of: "="), sign != text.startIndex else { return nil }
  let value = String(text[text.index(after: sign)...])
  return (String(text[..<sign]), (try? SettingValue(pythonJSON: value, "")) ?? .string(value))
}
