import ApusCore
import ApusFormats

/// The Open Inference Protocol (KServe's version 2) with Triton's extensions: binary tensors, classification,
/// statistics, model configuration, model repository.
struct InferenceRoutes: Sendable {
  let repository: ModelRepository
  /// Whether clients may load and unload models.
  let allowsLoading: Bool
  /// How many bytes a body may have once it is decompressed.
  let largestBody: Int
  /// What metadata tell of the server.
  let version: String
  /// Whether all models that are to answer do.
  let isReady: @Sendable () -> Bool

  static let extensions = [
    "binary_tensor_data", "classification", "sequence", "model_repository", "model_repository(unload_dependents)",
    "parameters", "statistics", "model_configuration",
  ]

  /// Answers a request below `/v2`.
  /// - Parameter path: the parts of the path behind `v2`.
  func handle(_ exchange: HTTPExchange, _ path: ArraySlice<Substring>, arrival: Double) throws(ServeError) {
    let method = exchange.request.head.method
    let parts = path.map(String.init)
    switch (method, parts.first, parts.count) {
    case ("GET", nil, _):
      exchange.answer(
        HTTPAnswer(
          text: JSON.object([
            "name": .string("apus"), "version": .string(version),
            "extensions": .array(Self.extensions.map { .string($0) }),
          ]).text()))
    case ("GET", "health", 2):
      switch parts[1] {
      // Triton's clients look at the status, KServe's at the body.
      case "live": exchange.answer(HTTPAnswer(text: "{\"live\":true}"))
      case "ready":
        let ready = isReady()
        exchange.answer(HTTPAnswer(status: ready ? 200 : 400, text: "{\"ready\":\(ready)}"))
      default: throw notFound(exchange)
      }
    case ("GET", "models", 2) where parts[1] == "stats":
      exchange.answer(statistics(repository.models))
    case (_, "models", 2...): try handleModel(exchange, parts, arrival)
    case ("POST", "repository", _): try handleRepository(exchange, parts)
    default: throw notFound(exchange)
    }
  }

  private func notFound(_ exchange: HTTPExchange) -> ServeError {
    ServeError(404, "there is no \(exchange.request.head.method) \(exchange.request.head.path)")
  }

  // MARK: Models

  private func handleModel(_ exchange: HTTPExchange, _ parts: [String], _ arrival: Double) throws(ServeError) {
    let name = parts[1]
    var rest = parts[2...]
    var version: String?
    if rest.first == "versions", rest.count >= 2 {
      version = rest[3]
      rest = rest[4...]
    }
    let action = rest.first ?? ""
    guard rest.count <= 1 else { throw notFound(exchange) }
    switch (exchange.request.head.method, action) {
    case ("GET", ""): exchange.answer(metadata(try repository.model(name, version: version)))
    case ("GET", "ready"):
      let isReady = (try? repository.model(name, version: version)) != nil
      exchange.answer(HTTPAnswer(status: isReady ? 200 : 400))
    case ("GET", "config"): exchange.answer(configuration(try repository.model(name, version: version)))
    case ("GET", "stats"):
      let model = try repository.model(name, version: version)
      exchange.answer(
        statistics(version == nil ? repository.models.filter { $0.name == name } : [model]))
    case ("POST", "infer"): try infer(exchange, name, version, arrival)
    default: throw notFound(exchange)
    }
  }

  private func infer(
    _ exchange: HTTPExchange, _ name: String, _ version: String?, _ arrival: Double
  ) throws(ServeError) {
    // A request for a model that is not there need not be read.
    _ = try repository.model(name, version: version)
    let request = exchange.request
    var length: Int?
    if let text = request.head.header("inference-header-content-length") {
      guard let told = Int(text), told >= 0 else {
        throw ServeError(400, "Inference-Header-Content-Length is '\(text)', which is no number of bytes")
      }
      length = told
    }
    let plain = try ContentEncoding.decoded(request, limit: largestBody)
    let body = try InferenceBody(plain, jsonLength: length)
    let submitted = try repository.submit(name, version: version) { model throws(ServeError) in
      try model.submit(body, arrival: arrival, trace: exchange.trace, caller: exchange.caller) { result in
        exchange.answer(answerOrError { try InferenceAnswer.make(model, body, try result.get()) })
      }
    }
    exchange.whenClientGoes { submitted.cancel() }
  }

  private func metadata(_ model: ServedModel) -> HTTPAnswer {
    func ports(_ ports: [ServedPort]) -> JSON {
      .array(
        ports.map { port in
          .object([
            "name": .string(port.name), "datatype": .string(port.type.protocolName),
            "shape": .array((port.shape ?? [-1]).map { .int($0) }),
          ])
        })
    }
    let states = model.configuration.states
    return HTTPAnswer(
      text: JSON.object([
        "name": .string(model.name),
        "versions": .array(repository.versions(model.name).map { .string("\($0)") }),
        "platform": .string(model.platform),
        "inputs": ports(model.inputs.filter { port in !states.contains { $0.input == port.name } }),
        "outputs": ports(model.outputs.filter { port in !states.contains { $0.output == port.name } }),
      ]).text())
  }

  private func configuration(_ model: ServedModel) -> HTTPAnswer {
    func ports(_ ports: [ServedPort]) -> JSON {
      .array(
        ports.map { port in
          .object([
            "name": .string(port.name), "data_type": .string(port.type.configurationName),
            "dims": .array((port.shape ?? [-1]).dropFirst(model.takesRows ? 1 : 0).map { .int($0) }),
          ])
        })
    }
    let settings = model.configuration
    let policy: JSON =
      switch settings.versionPolicy {
      case .all: .object(["all": .object([:])])
      case .latest(let count): .object(["latest": .object(["num_versions": .int(count)])])
      case .specific(let versions): .object(["specific": .object(["versions": .array(versions.map { .int($0) })])])
      }
    var members: [String: JSON] = [
      "name": .string(model.name), "platform": .string(model.platform), "backend": .string("apus"),
      "version_policy": policy,
      "max_batch_size": .int(model.takesRows ? model.largestBatch ?? ServedModel.rowsJoined : 0),
      "input": ports(model.inputs), "output": ports(model.outputs),
      "instance_group": .array([
        .object(["name": .string(model.name), "kind": .string("KIND_CPU"), "count": .int(settings.instances)])
      ]),
      "parameters": .object(settings.parameters.mapValues { .object(["string_value": .string($0)]) }),
    ]
    if model.takesRows, settings.joinsRequests ?? (settings.largestBatch == nil) {
      members["dynamic_batching"] = .object([
        "preferred_batch_size": .array(settings.preferredBatches.map { .int($0) }),
        "max_queue_delay_microseconds": .int(Int(settings.delay * 1e6)),
        "priority_levels": .int(settings.priorities), "default_priority_level": .int(settings.standardPriority),
      ])
    }
    if !settings.steps.isEmpty {
      members["ensemble_scheduling"] = .object([
        "step": .array(
          settings.steps.map { step in
            .object([
              "model_name": .string(step.model), "model_version": .int(step.version.flatMap { Int($0) } ?? -1),
              "input_map": .object(step.inputs.mapValues { .string($0) }),
              "output_map": .object(step.outputs.mapValues { .string($0) }),
            ])
          })
      ])
    }
    return HTTPAnswer(text: JSON.object(members).text())
  }

  // MARK: Statistics

  private func statistics(_ models: [ServedModel]) -> HTTPAnswer {
    func tally(_ tally: ModelStatistics.Tally) -> JSON {
      .object(["count": .int(tally.count), "ns": .int(tally.nanoseconds)])
    }
    let rows = models.map { model -> JSON in
      let counts = model.statistics.current
      let none = ModelStatistics.Tally()
      return .object([
        "name": .string(model.name), "version": .string("\(model.version)"), "last_inference": .int(counts.last),
        "inference_count": .int(counts.rows), "execution_count": .int(counts.runs),
        "inference_stats": .object([
          "success": tally(counts.success), "fail": tally(counts.failure), "queue": tally(counts.queue),
          "compute_input": tally(counts.input), "compute_infer": tally(counts.compute),
          "compute_output": tally(counts.output), "cache_hit": tally(none), "cache_miss": tally(none),
        ]),
        "batch_stats": .array(
          counts.batches.sorted { $0.key < $1.key }.map { size, time in
            .object(["batch_size": .int(size), "compute_infer": tally(time)])
          }),
      ])
    }
    return HTTPAnswer(text: JSON.object(["model_stats": .array(rows)]).text())
  }

  // MARK: The repository

  private func handleRepository(_ exchange: HTTPExchange, _ parts: [String]) throws(ServeError) {
    let body = exchange.request.body
    var json = JSON.object([:])
    if !body.isEmpty {
      guard body.count <= JSONCursor.largestValue,
        let parsed = try? ByteJSON(parsing: body, deepest: JSONCursor.deepest)
      else {
        throw ServeError(400, "failed to parse the request JSON buffer")
      }
      json = JSON(parsed)
    }
    if parts == ["repository", "index"] {
      let rows = repository.index(readyOnly: json["ready"]?.bool ?? false).map { row -> JSON in
        var members: [String: JSON] = ["name": .string(row.name)]
        if let version = row.version { members["version"] = .string("\(version)") }
        if !row.state.isEmpty { members["state"] = .string(row.state) }
        if !row.reason.isEmpty { members["reason"] = .string(row.reason) }
        return .object(members)
      }
      exchange.answer(HTTPAnswer(text: JSON.array(rows).text()))
      return
    }
    guard parts.count == 4, parts[1] == "models", parts[3] == "load" || parts[3] == "unload" else {
      throw notFound(exchange)
    }
    guard allowsLoading else {
      throw ServeError(
        400, "explicit model load / unload is not allowed: start the server with --model-control explicit")
    }
    try repository.change(parts[2], json["parameters"]?.object ?? [:], isLoad: parts[3] == "load") { error in
      exchange.answer(error.map(errorAnswer) ?? HTTPAnswer())
    }
  }
}

/// An error as all protocols here tell it.
func errorAnswer(_ error: ServeError) -> HTTPAnswer {
  HTTPAnswer(
    status: error.status, text: "{\"error\":\(quotedJSON(error.message))}",
    headers: error.status == 429 || error.status == 503 ? [HTTPField("Retry-After", "1")] : [])
}

/// The answer that `make` gives, or one of its error; mistakes of operations are errors too.
func answerOrError(_ make: () throws -> HTTPAnswer) -> HTTPAnswer {
  do { return try withErrors { try noGrad { try make() } } } catch { return errorAnswer(ServeError(error)) }
}
