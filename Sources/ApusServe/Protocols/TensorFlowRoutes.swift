import ApusCore
import ApusFormats

/// TensorFlow Serving's REST interface: `/v1/models/NAME[/versions/N]`, with `:predict`, `:classify`, `:regress`,
/// `/metadata`.
struct TensorFlowRoutes: Sendable {
  let repository: ModelRepository
  /// How many bytes a body may have once it is decompressed.
  let largestBody: Int

  /// Answers a request below `/v1/models`.
  /// - Parameter path: the parts of the path behind it.
  func handle(_ exchange: HTTPExchange, _ path: ArraySlice<Substring>, arrival: Double) throws(ServeError) {
    var parts = path.map(String.init)
    var verb = ""
    if let last = parts.last, let colon = last.lastIndex(of: ":") {
      verb = String(last[last.index(after: colon)...])
      parts[parts.count - 1] = String(last[..<colon])
    }
    guard let name = parts.first else { throw notFound(exchange) }
    var rest = parts.dropFirst()
    var version: String?
    if rest.first == "versions", rest.count >= 2 {
      version = rest[2]
      rest = rest.dropFirst(2)
    }
    if rest.first == "labels" { throw ServeError(404, "versions have no labels here; use /versions/N") }
    switch (exchange.request.head.method, verb, rest.first) {
    case ("GET", "", nil): exchange.answer(try status(name, version))
    case ("GET", "", "metadata") where rest.count == 1: exchange.answer(try metadata(name, version))
    case ("POST", "predict", nil): try predict(exchange, try repository.model(name, version: version), version, arrival)
    case ("POST", "classify", nil):
      try examples(exchange, try repository.model(name, version: version), version, arrival, true)
    case ("POST", "regress", nil):
      try examples(exchange, try repository.model(name, version: version), version, arrival, false)
    default: throw notFound(exchange)
    }
  }

  private func notFound(_ exchange: HTTPExchange) -> ServeError {
    ServeError(404, "there is no \(exchange.request.head.method) \(exchange.request.head.path)")
  }

  private func status(_ name: String, _ version: String?) throws(ServeError) -> HTTPAnswer {
    let ready = repository.versions(name)
    let failures = repository.failures(name)
    var rows: [JSON] = []
    for number in Set(ready).union(failures.keys).sorted(by: >) {
      if let version, version != "\(number)" { continue }
      let isReady = ready.contains(number)
      rows.append(
        .object([
          "version": .string("\(number)"), "state": .string(isReady ? "AVAILABLE" : "END"),
          "status": .object([
            "error_code": .string(isReady ? "OK" : "UNKNOWN"),
            "error_message": .string(isReady ? "" : failures[number] ?? ""),
          ]),
        ]))
    }
    guard !rows.isEmpty else {
      throw ServeError(404, "Could not find any versions of model \(name)\(version.map { " of version \($0)" } ?? "")")
    }
    // TensorFlow Serving tells the versions, and KServe's first protocol whether the model answers.
    let isReady = version.map { version in ready.contains { "\($0)" == version } } ?? !ready.isEmpty
    return HTTPAnswer(
      text: JSON.object(["model_version_status": .array(rows), "name": .string(name), "ready": .bool(isReady)]).text())
  }

  private func metadata(_ name: String, _ version: String?) throws(ServeError) -> HTTPAnswer {
    let model = try repository.model(name, version: version)
    func ports(_ ports: [ServedPort]) -> JSON {
      .object(
        Dictionary(
          ports.map { port in
            let dimensions = (port.shape ?? []).map { JSON.object(["size": .string("\($0)"), "name": .string("")]) }
            return (
              port.name,
              .object([
                "dtype": .string(port.type.tensorFlowName), "name": .string(port.name),
                "tensor_shape": .object(["dim": .array(dimensions), "unknown_rank": .bool(port.shape == nil)]),
              ])
            )
          }
        ) { first, _ in first })
    }
    return HTTPAnswer(
      text: JSON.object([
        "model_spec": .object([
          "name": .string(model.name), "signature_name": .string(""), "version": .string("\(model.version)"),
        ]),
        "metadata": .object([
          "signature_def": .object([
            "signature_def": .object([
              "serving_default": .object([
                "inputs": ports(model.inputs), "outputs": ports(model.outputs),
                "method_name": .string("tensorflow/serving/predict"), "defaults": .object([:]),
              ])
            ])
          ])
        ]),
      ]).text())
  }

  // MARK: Predict

  private func predict(
    _ exchange: HTTPExchange, _ model: ServedModel, _ version: String?, _ arrival: Double
  ) throws(ServeError) {
    var values: [(name: String, value: ServedValue)]?
    var rows: Int?
    try read(exchange) { key, cursor throws(ServeError) in
      switch key {
      case "instances", "inputs":
        guard values == nil else {
          throw ServeError(400, "Not formatted correctly: use either 'instances' or 'inputs'")
        }
        if key == "instances" {
          let found = try TensorFlowValues.rows(&cursor, model.inputs)
          (values, rows) = (found.values, found.count)
        } else {
          values = try TensorFlowValues.columns(&cursor, model.inputs)
        }
      case "signature_name":
        let name = try cursor.value().string ?? ""
        guard name == "" || name == "serving_default" else {
          throw ServeError(404, "Serving signature name: \"\(name)\" not found in signature def")
        }
      default: try cursor.skip()
      }
    }
    guard let values else { throw ServeError(400, "Missing 'inputs' or 'instances' key") }
    try submit(exchange, model, version, values, arrival) { [rows] model, results throws(ServeError) in
      var text: [UInt8] = []
      if let rows {
        text += "{\"predictions\":[".utf8
        for (port, value) in zip(model.outputs, results) where value.shape.first != rows {
          throw ServeError(
            400,
            "Tensor name: \(port.name) has no batch of \(rows) rows but shape \(value.shape); use 'inputs' instead of "
              + "'instances'"
          )
        }
        let parts = results.map { value in (0..<rows).map { row in value.rows(row..<row + 1) } }
        for row in 0..<rows {
          if row > 0 { text.append(UInt8(ascii: ",")) }
          try TensorFlowValues.append(zip(model.outputs, parts).map { ($0.name, $1[row].first) }, to: &text)
        }
        text += "]}".utf8
      } else {
        text += "{\"outputs\":".utf8
        try TensorFlowValues.append(zip(model.outputs, results).map { ($0.name, $1) }, to: &text)
        text.append(UInt8(ascii: "}"))
      }
      return text
    }
  }

  private func examples(
    _ exchange: HTTPExchange, _ model: ServedModel, _ version: String?, _ arrival: Double, _ classifies: Bool
  ) throws(ServeError) {
    var found: (values: [(name: String, value: ServedValue)], count: Int)?
    try read(exchange) { key, cursor throws(ServeError) in
      if key == "examples" { found = try TensorFlowValues.rows(&cursor, model.inputs) } else { try cursor.skip() }
    }
    guard let found else { throw ServeError(400, "Missing 'examples' key") }
    try submit(exchange, model, version, found.values, arrival) { [found] model, results throws(ServeError) in
      guard case .tensor(let scores)? = results.first, scores.shape.first == found.count,
        classifies ? scores.shape.count == 2 : scores.count == found.count
      else {
        throw ServeError(
          400,
          "the first output of the model has shape \(results.first?.shape ?? []), which is "
            + (classifies ? "no scores of classes for each example" : "no number for each example")
        )
      }
      guard classifies else {
        var text = Array("{\"results\":".utf8)
        try ElementText(.tensor(scores)).appendFlat(to: &text)
        return text + [UInt8(ascii: "}")]
      }
      let labels = model.labels[model.outputs.first?.name ?? ""] ?? []
      var text = Array("{\"results\":[".utf8)
      for row in 0..<found.count {
        text += row > 0 ? ",[".utf8 : "[".utf8
        for column in 0..<scores.shape[1] {
          let label = column < labels.count ? labels[column] : "\(column)"
          text += "\(column > 0 ? "," : "")[\(quotedJSON(label)),".utf8
          try ElementText(.tensor(scores[row, column])).appendNested(to: &text)
          text.append(UInt8(ascii: "]"))
        }
        text.append(UInt8(ascii: "]"))
      }
      return text + Array("]}".utf8)
    }
  }

  private func read(
    _ exchange: HTTPExchange, _ member: (String, inout JSONCursor) throws(ServeError) -> Void
  ) throws(ServeError) {
    let body = try ContentEncoding.decoded(exchange.request, limit: largestBody)
    var failure: ServeError?
    body.withUnsafeBufferPointer { bytes in
      do throws(ServeError) {
        var cursor = JSONCursor(bytes)
        try cursor.object(member)
        try cursor.end()
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private func submit(
    _ exchange: HTTPExchange, _ model: ServedModel, _ version: String?,
    _ values: [(name: String, value: ServedValue)], _ arrival: Double,
    _ text: @escaping @Sendable (ServedModel, [ServedValue]) throws(ServeError) -> [UInt8]
  ) throws(ServeError) {
    let asked = ServedModel.Asked(arrival: arrival, trace: exchange.trace, caller: exchange.caller)
    let submitted = try repository.submit(model.name, version: version) { model throws(ServeError) in
      try model.submit(values, asked) { result in
        exchange.answer(
          answerOrError {
            HTTPAnswer(
              headers: [HTTPField("Content-Type", "application/json")], body: try text(model, try result.get()))
          })
      }
    }
    exchange.whenClientGoes { submitted.cancel() }
  }
}

extension ServedValue {
  /// What the first row is, without the dimension of rows.
  var first: ServedValue {
    switch self {
    case .tensor(let tensor): .tensor(tensor.select(0, 0))
    case .texts(let texts, let shape): .texts(texts, shape: Array(shape.dropFirst()))
    }
  }
}
