import Apus
import ApusFeatures
import ApusFormats
import ApusServe

extension Pipeline {
  /// Serves a model for a moment and asks it for raw rows over HTTP: TensorFlow Extended's `InfraValidator`. It blesses the model where the server
  /// loads it, and answers what the model itself says.
  /// - Parameters:
  ///   - split: the split whose first rows are asked for.
  ///   - rows: how many.
  public mutating func checkServing(
    _ model: StepOutput<ModelArtifact>, with examples: StepOutput<Examples>, split: String = "evaluation",
    rows: Int = 10,
    named name: String = "serving_check"
  ) -> StepOutput<ModelBlessing> {
    add(
      PipelineStep(
        name, type: "InfraValidator", version: "1",
        inputs: [StepInput("model", model), StepInput("examples", examples)],
        outputs: [OutputDescription("blessing", ModelBlessing.self)],
        parameters: ["split": .string(split), "rows": .int(rows)]
      ) { step in
        var problem: String?
        do { try askServed(split: split, rows: rows, step) } catch { problem = "\(error)" }
        let said = SettingValue.dictionary([
          "ok": .bool(problem == nil), "problem": problem.map { .string($0) } ?? .none,
        ])
        try writeText(said.json + "\n", to: try step.output("blessing") + "/serving.json")
        try step.describe("blessing", ["blessed": .int(problem == nil ? 1 : 0)])
        step.note(["blessed": .bool(problem == nil)])
        if let problem { step.log("not fit to serve: \(problem)") }
      }, giving: "blessing", ModelBlessing.self)
  }
}

/// Asks a served model for rows.
/// - Throws: `TensorError` that says what did not go as it should.
private func askServed(split: String, rows: Int, _ step: StepRun) throws {
  let model = try step.input("model")
  let folder = "\(step.scratch)/served/model"
  try removeTree("\(step.scratch)/served")
  for name in try filesBelow(model.path) {
    try makeFolder(of: "\(folder)/\(name)")
    try copyFile(model.path(name), to: "\(folder)/\(name)")
  }
  var options = ServeOptions()
  options.http = "127.0.0.1:0"
  options.metrics = nil
  options.control = .explicit(load: ["model"])
  options.log = .off
  let server = try InferenceServer(folder: "\(step.scratch)/served", options: options)
  defer { server.stop(within: 5) }
  server.waitUntilLoaded()
  var reader = try ExampleReader(step.input("examples"), split: split)
  guard let part = try reader.nextBatch() else { throw TensorError(.file, split, "the split has no rows") }
  let asked = try part.gathering(Array(0..<min(rows, part.rows)))
  let predictor = try BatchPredictor(folder: model.path)
  let names = predictor.transform.inputs.map(\.name)
  let instances = try (0..<asked.rows).map { row in
    SettingValue.dictionary(
      Dictionary(uniqueKeysWithValues: try names.map { ($0, SettingValue(try asked[$0][row])) }))
  }
  let body = SettingValue.dictionary(["instances": .list(instances)]).json
  let answer = try post(body, to: "/v1/models/model:predict", at: server.address)
  guard answer.status == 200 else {
    throw TensorError(.state, "model", "the server answers \(answer.status): \(answer.body.prefix(300))")
  }
  let json = try SettingValue(pythonJSON: answer.body, "answer")
  let expected = try predictor.outputs(asked)[0].to(.float64)
  var found: [Double] = []
  func take(_ value: SettingValue) {
    if let list = value.asList {
      for item in list { take(item) }
    } else if let number = value.asDouble {
      found.append(number)
    }
  }
  // Rows of a model with several outputs are objects by name.
  let first = predictor.program.outputs[0].name
  for row in json["predictions"]?.asList ?? [] { take(row[first] ?? row) }
  let wanted = expected.flatten().array(as: Double.self)
  guard found.count == wanted.count else {
    throw TensorError(
      .shape, "model", "the server gives \(found.count) numbers for \(asked.rows) rows, and the model \(wanted.count)")
  }
  for (i, (served, own)) in zip(found, wanted).enumerated() where abs(served - own) > 1e-5 * max(1, abs(own)) {
    throw TensorError(.value, "model", "number \(i) is \(served) from the server, and \(own) from the model itself")
  }
}

extension SettingValue {
  /// A value of a table as JSON has it.
  fileprivate init(_ value: ColumnValue) {
    switch value {
    case .null: self = .none
    case .bool(let truth): self = .bool(truth)
    case .int(let number): self = .int(Int(number))
    case .unsigned(let number): self = .double(Double(number))
    case .double(let number): self = number.isFinite ? .double(number) : .none
    case .text(let text), .decimal(let text): self = .string(text)
    case .bytes(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
    case .list(let values): self = .list(values.map { SettingValue($0) })
    case .structure(let fields):
      self = .dictionary(Dictionary(fields.map { ($0.name, SettingValue($0.value)) }, uniquingKeysWith: { $1 }))
    }
  }
}
