import ApusCore
import ApusFormats
import ApusMetrics

/// The cases of the group `metrics`: batches, and what torchmetrics computes of them.
enum MetricsCases {
  @Sendable static func run(_ item: FormatCase) throws {
    guard let path = item.json["metric"]?.string, let name = path.split(separator: ".").last.map(String.init) else {
      throw FormatDifference("the case has no metric")
    }
    guard Metric.names.contains(name) else { throw UnknownKind(name) }
    let metric = try Metric.named(name, (item.json["args"]?.object ?? [:]).mapValues(argument))
    let data = try item.json["data"].map { _ in try SafetensorsFile(path: item.path("data")) }
    let forward = item.json["forward"]?.array
    for (i, batch) in (item.json["batches"]?.array ?? []).enumerated() {
      guard let inputs = batch.object else { throw FormatDifference("batch \(i) is none") }
      if let forward {
        let value = try withErrors {
          var fault: (any Error)?
          let value = metric.forwardValue {
            do { try update(metric, inputs, data) } catch { fault = fault ?? error }
          }
          if let fault { throw fault }
          return value
        }
        try compare(value, forward[i], item, data, "the value of batch \(i)")
      } else {
        try withErrors { try update(metric, inputs, data) }
      }
    }
    guard let expected = item.json["value"] else { return }
    try compare(withErrors { metric.computedValue }, expected, item, data, "the value")
  }

  private static func argument(_ json: JSON) -> MetricArgument {
    switch json {
    case .null: .null
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .double(let value): .double(value)
    case .string(let value): .text(value)
    case .array(let items): .list(items.map(argument))
    case .object: .null
    }
  }

  // MARK: Inputs

  /// A tensor or what stands in its place.
  private static func tensor(_ json: JSON?, _ data: SafetensorsFile?) throws -> Tensor {
    if let key = json?["tensor"]?.string, let data { return try data.tensor(named: key) }
    if let number = (json?["data"] ?? json)?.double { return Tensor(number) }
    throw FormatDifference("\(json ?? .null) is no tensor")
  }

  private static func texts(_ json: JSON?) throws -> [String] {
    let json = json?["data"] ?? json
    if let text = json?.string { return [text] }
    guard let items = json?.array else { throw FormatDifference("\(json ?? .null) are no texts") }
    return try items.map { item in
      guard let text = item.string else { throw FormatDifference("\(item) is no text") }
      return text
    }
  }

  private static func items(_ json: JSON?) -> [JSON] {
    let json = json?["data"] ?? json
    return json?.array ?? json.map { [$0] } ?? []
  }

  private static func detections(_ json: JSON?, _ data: SafetensorsFile?) throws -> [Detections] {
    try items(json).map { item in
      func part(_ name: String) throws -> Tensor? { try item[name].map { try tensor($0, data) } }
      guard let labels = try part("labels") else { throw FormatDifference("a picture has no labels") }
      return Detections(
        boxes: try part("boxes"), masks: try part("masks"), scores: try part("scores"), labels: labels,
        isCrowd: try part("iscrowd"), area: try part("area"))
    }
  }

  private static func answers(_ json: JSON?) throws -> [SQuAD.Prediction] {
    items(json).map {
      SQuAD.Prediction(id: $0["id"]?.string ?? "", predictionText: $0["prediction_text"]?.string ?? "")
    }
  }

  private static func questions(_ json: JSON?) throws -> [SQuAD.Target] {
    try items(json).map { SQuAD.Target(id: $0["id"]?.string ?? "", answers: try texts($0["answers"]?["text"])) }
  }

  private static func update(_ metric: Metric, _ inputs: [String: JSON], _ data: SafetensorsFile?) throws {
    func tensor(_ names: String...) throws -> Tensor {
      let name = names.first { inputs[$0] != nil } ?? names[0]
      return try MetricsCases.tensor(inputs[name], data)
    }
    switch metric {
    case let metric as MeanMetric:
      try metric.update(tensor("value"), weight: inputs["weight"] == nil ? nil : tensor("weight"))
    case let metric as any QueryMetric:
      try metric.update(tensor("preds"), tensor("target"), indexes: tensor("indexes"))
    case let metric as any GroupedMetric:
      try metric.update(tensor("preds"), tensor("target"), tensor("groups"))
    case let metric as any TextMetric:
      try metric.update(texts(inputs["preds"]), texts(inputs["target"]))
    case let metric as any ReferencesMetric:
      let preds = try texts(inputs["preds"])
      let target = inputs["target"]?["data"] ?? inputs["target"]
      if let lists = target?.array, lists.contains(where: { $0.array != nil }) {
        try metric.update(preds, lists.map(texts))
      } else {
        try metric.update(preds, texts(target))
      }
    case let metric as any DetectionMetric:
      try metric.update(detections(inputs["preds"], data), detections(inputs["target"], data))
    case let metric as any FusionMetric:
      let parts = inputs["target"]
      try metric.update(
        tensor("preds"), ms: MetricsCases.tensor(parts?["ms"], data), pan: MetricsCases.tensor(parts?["pan"], data),
        panLr: parts?["pan_lr"].map { try MetricsCases.tensor($0, data) })
    case let metric as SQuAD: try metric.update(answers(inputs["preds"]), questions(inputs["target"]))
    case let metric as any ValueMetric:
      try metric.update(tensor("value", "img", "ratings"))
    case let metric as any PairMetric:
      try metric.update(
        tensor("preds", "p", "data", "point_cloud1", "vertices_pred"),
        tensor("target", "targets", "q", "labels", "point_cloud2", "vertices_gt"))
    default: throw UnknownKind("inputs of \(metric.name)")
    }
  }

  // MARK: Values

  private static func compare(
    _ found: MetricValue?, _ expected: JSON, _ item: FormatCase, _ data: SafetensorsFile?, _ what: String
  ) throws {
    guard let found else {
      guard expected.isNull else { throw FormatDifference("\(what) is missing") }
      return
    }
    let (atol, rtol) = (item.json["atol"]?.double ?? 1e-5, item.json["rtol"]?.double ?? 0)
    if let key = expected["tensor"]?.string, let data {
      try compare(found, try data.tensor(named: key), atol, rtol, what)
    } else if let number = expected.double {
      try compare(found, Tensor(number, dtype: .float64), atol, rtol, what)
    } else if let items = expected.array {
      guard case .list(let values) = found else {
        // A tensor may be recorded as the list of its rows.
        guard let tensor = found.tensor, tensor.rank > 0, tensor.shape[0] == items.count else {
          throw FormatDifference("\(what) is \(found), recorded is a list of \(items.count)")
        }
        for (i, row) in items.enumerated() {
          try compare(.tensor(tensor.select(0, i)), row, item, data, "\(what)[\(i)]")
        }
        return
      }
      guard values.count == items.count else {
        throw FormatDifference("\(what) has \(values.count) parts, recorded are \(items.count)")
      }
      for (i, part) in items.enumerated() { try compare(values[i], part, item, data, "\(what)[\(i)]") }
    } else if let members = expected.object {
      guard case .dictionary(let values) = found else {
        throw FormatDifference("\(what) is \(found), recorded is a dictionary of \(members.keys.sorted())")
      }
      guard values.keys.sorted() == members.keys.sorted() else {
        throw FormatDifference("\(what) has \(values.keys.sorted()), recorded are \(members.keys.sorted())")
      }
      for (key, part) in members { try compare(values[key], part, item, data, "\(what).\(key)") }
    } else if !expected.isNull {
      throw FormatDifference("\(what): \(expected) cannot be compared")
    }
  }

  private static func compare(
    _ found: MetricValue, _ expected: Tensor, _ atol: Double, _ rtol: Double, _ what: String
  ) throws {
    guard let tensor = found.tensor else { throw FormatDifference("\(what) is \(found), recorded is a tensor") }
    guard tensor.shape == expected.shape || tensor.count == 1 && expected.count == 1 else {
      throw FormatDifference("\(what) has the shape \(tensor.shape), recorded is \(expected.shape)")
    }
    let (a, b) = (tensor.reshape([-1]).to(.float64), expected.reshape([-1]).to(.float64))
    for (x, y) in zip(a.array(as: Double.self), b.array(as: Double.self)) {
      if x == y || x.isNaN && y.isNaN || abs(x - y) <= atol + rtol * abs(y) { continue }
      throw FormatDifference("\(what) is \(x), recorded \(y)")
    }
  }
}
