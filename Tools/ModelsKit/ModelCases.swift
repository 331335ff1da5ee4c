import ApusCore
import ApusFormats
import ApusFunctional
import ApusModels
import ApusNN
import FormatsKit
import Foundation

/// Runs recorded models: outputs, losses and the norms of gradients against those of `transformers`.
enum ModelCases {
  static func run(_ folder: String, _ only: String?, _ tally: inout Tally) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    for name in names where only == nil || name == only {
      let path = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: "\(path)/cases.json") else { continue }
      do {
        var run = try ModelRun(name: name, folder: path)
        run.all(&tally)
      } catch {
        tally.add(.failed("\(error)"), id: name)
      }
    }
  }
}

/// The cases of one recorded model.
struct ModelRun {
  let name: String
  let folder: String
  let spec: JSON
  let tensors: SafetensorsFile
  /// Models by their class, loaded once.
  var models: [String: any PretrainedModel] = [:]

  init(name: String, folder: String) throws {
    (self.name, self.folder) = (name, folder)
    spec = try JSON(parsing: Data(contentsOf: URL(fileURLWithPath: "\(folder)/cases.json")))
    tensors = try SafetensorsFile(path: "\(folder)/cases.safetensors")
  }

  mutating func all(_ tally: inout Tally) {
    let cases = spec["cases"]?.array ?? []
    let isExternal = spec["weights"]?.string == "external"
    guard let source = isExternal ? external : folder else {
      let wanted = "the weights of \(spec["package"]?["name"]?.string ?? "?") (HFSET_EXTERNAL)"
      for _ in cases { tally.add(.skipped("external", wanted), id: name) }
      return
    }
    for item in cases { run(item, from: source, &tally) }
    if !isExternal { saved(cases, &tally) }
    let older = "\(folder)/config_v4.json"
    if FileManager.default.fileExists(atPath: older), let first = cases.first {
      checked("\(name)/config_v4", &tally) { tally in
        let given = ModelSource(
          path: folder, configuration: try ModelConfiguration(path: older), weights: try FolderWeights(path: folder))
        let model = try AutoModel.load(given, as: first["class"]?.string ?? spec["class"]?.string)
        let output = noGrad { model(inputs(first, labels: false)) }
        for (path, expected) in first["outputs"]?.object ?? [:] {
          judge(try value(path, output, first), expected, "\(name)/config_v4/\(path)", &tally)
        }
      }
    }
  }

  /// What a model is written as must load as the same model.
  private func saved(_ cases: [JSON], _ tally: inout Tally) {
    guard let first = cases.first, let type = first["class"]?.string ?? spec["class"]?.string,
      let model = models[type]
    else { return }
    let copy = "\(FileManager.default.temporaryDirectory.path)/apus-model-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: copy) }
    checked("\(name)/saved", &tally) { tally in
      try model.save(to: copy, maxShardSize: 20_000)
      let again = noGrad { [model = try AutoModel.load(copy)] in model(inputs(first, labels: false)) }
      for (path, expected) in first["outputs"]?.object ?? [:] {
        judge(try value(path, again, first), expected, "\(name)/saved/\(path)", &tally)
      }
    }
  }

  /// Where the package with the weights lies, as the recording looks for it.
  private var external: String? {
    guard let root = ProcessInfo.processInfo.environment["HFSET_EXTERNAL"],
      let module = spec["package"]?["module"]?.string, let path = spec["package"]?["path"]?.string
    else { return nil }
    let places = ["\(root)/\(module)/\(path)", root]
    return places.first { FileManager.default.fileExists(atPath: "\($0)/config.json") }
  }

  private mutating func run(_ item: JSON, from source: String, _ tally: inout Tally) {
    let id = "\(name)/\(item["name"]?.string ?? "?")"
    let type = item["class"]?.string ?? spec["class"]?.string ?? ""
    if models[type] == nil {
      do {
        models[type] = try AutoModel.load(source, as: type)
      } catch {
        tally.add(.failed("\(error)"), id: "\(id) (\(type))")
        return
      }
    }
    guard let model = models[type] else { return }
    checked(id, &tally) { tally in
      let loss = item["loss"]
      model.zeroGrad()
      let output = loss == nil ? noGrad { model(inputs(item)) } : model(inputs(item))
      for (path, expected) in (item["outputs"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
        judge(try value(path, output, item), expected, "\(id)/\(path)", &tally)
      }
      if let loss { try judge(loss, item, output, model, id, &tally) }
    }
    if ["plain", "long", "left_pad"].contains(item["name"]?.string), item["class"] == nil {
      checked("\(id)/cached", &tally) { tally in try cached(item, model, id, &tally) }
    }
  }

  /// Tokens in pieces with a cache must come to what they are at once.
  private func cached(_ item: JSON, _ model: any PretrainedModel, _ id: String, _ tally: inout Tally) throws {
    var inputs = inputs(item, labels: false)
    guard let ids = inputs.inputIds, inputs.decoderInputIds == nil, let cache = model.makeCache() else { return }
    (inputs.outputHiddenStates, inputs.outputAttentions, inputs.cache) = (false, false, cache)
    let (length, mask, positions) = (ids.size(1), inputs.attentionMask, inputs.positionIds)
    var parts: [Tensor] = []
    var start = 0
    while start < length {
      let count = start == 0 ? length / 2 : start == length / 2 ? min(2, length - start) : 1
      guard count > 0 else { return }
      inputs.inputIds = ids.narrow(1, start, count)
      inputs.positionIds = positions?.narrow(1, start, count)
      inputs.attentionMask = mask?.narrow(1, 0, start + count)
      if let logits = noGrad({ model(inputs) }).logits { parts.append(logits) }
      start += count
    }
    if cache.length != length {
      tally.add(.failed("the cache counts \(cache.length) of \(length)"), id: "\(id)/cached")
    }
    if let expected = item["outputs"]?["logits"], !parts.isEmpty {
      judge(cat(parts, dim: 1), expected, "\(id)/cached", &tally)
    }
  }

  /// Runs `body`; what it reports or throws is a failure.
  private func checked(_ id: String, _ tally: inout Tally, _ body: (inout Tally) throws -> Void) {
    do {
      var inner = Tally()
      try withErrors { try body(&inner) }
      tally.add(inner)
    } catch {
      tally.add(.failed("\(error)"), id: id)
    }
  }

  // MARK: Inputs

  private func tensor(_ key: String?) throws -> Tensor {
    guard let key else { throw JSON.SyntaxError(description: "a tensor without a name") }
    return try tensors.tensor(named: key)
  }

  func inputs(_ item: JSON, labels: Bool = true) -> ModelInputs {
    var inputs = ModelInputs()
    for (argument, key) in item["inputs"]?.object ?? [:] { set(argument, key.string, &inputs) }
    if labels { for (argument, key) in item["loss"]?["labels"]?.object ?? [:] { set(argument, key.string, &inputs) } }
    for (flag, value) in item["flags"]?.object ?? [:] {
      let value = value.bool ?? false
      switch flag {
      case "output_hidden_states": inputs.outputHiddenStates = value
      case "output_attentions": inputs.outputAttentions = value
      case "output_router_logits": inputs.outputRouterLogits = value
      case "return_loss": inputs.returnLoss = value
      case "interpolate_pos_encoding": inputs.interpolatePosEncoding = value
      default: report(TensorError(.unsupported, name, "the flag '\(flag)' is unknown"))
      }
    }
    return inputs
  }

  private func set(_ argument: String, _ key: String?, _ inputs: inout ModelInputs) {
    guard let key, let tensor = try? tensors.tensor(named: key) else {
      return report(TensorError(.format, name, "there is no tensor for the argument '\(argument)'"))
    }
    switch argument {
    case "input_ids": inputs.inputIds = tensor
    case "inputs_embeds": inputs.inputsEmbeds = tensor
    case "attention_mask": inputs.attentionMask = tensor
    case "position_ids": inputs.positionIds = tensor
    case "token_type_ids": inputs.tokenTypeIds = tensor
    case "pixel_values": inputs.pixelValues = tensor
    case "bool_masked_pos": inputs.maskedPatches = tensor
    case "input_features": inputs.inputFeatures = tensor
    case "decoder_input_ids": inputs.decoderInputIds = tensor
    case "decoder_attention_mask": inputs.decoderAttentionMask = tensor
    case "decoder_inputs_embeds": inputs.decoderInputsEmbeds = tensor
    case "decoder_position_ids": inputs.decoderPositionIds = tensor
    case "labels": inputs.labels = tensor
    case "next_sentence_label", "sentence_order_label": inputs.nextSentenceLabel = tensor
    case "start_positions": inputs.startPositions = tensor
    case "end_positions": inputs.endPositions = tensor
    default: report(TensorError(.unsupported, name, "the argument '\(argument)' is unknown"))
    }
  }

  // MARK: Outputs

  /// What stands at a path of the output: `logits`, `hidden_states.2`.
  private func value(_ path: String, _ output: ModelOutput, _ item: JSON) throws -> Tensor {
    if path == "sentence_embedding" { return try sentence(output, item) }
    let parts = path.split(separator: ".")
    let plain: [String: Tensor?] = [
      "loss": output.loss, "logits": output.logits, "start_logits": output.startLogits, "end_logits": output.endLogits,
      "last_hidden_state": output.lastHiddenState, "pooler_output": output.poolerOutput, "aux_loss": output.auxLoss,
      "encoder_last_hidden_state": output.encoderLastHiddenState,
    ]
    if let found = plain[path] ?? output.others[path] { return found }
    let lists: [String: [Tensor]?] = [
      "hidden_states": output.hiddenStates, "attentions": output.attentions, "router_logits": output.routerLogits,
      "encoder_hidden_states": output.encoderHiddenStates, "encoder_attentions": output.encoderAttentions,
      "decoder_hidden_states": output.decoderHiddenStates, "decoder_attentions": output.decoderAttentions,
      "cross_attentions": output.crossAttentions,
    ]
    if parts.count == 2, let list = lists[String(parts[0])] ?? nil, let i = Int(parts[1]), list.indices.contains(i) {
      return list[i]
    }
    throw FormatDifference("the model gives no '\(path)'")
  }

  private func sentence(_ output: ModelOutput, _ item: JSON) throws -> Tensor {
    guard let states = output.lastHiddenState else { throw FormatDifference("the model gives no last_hidden_state") }
    let mask = try tensor(item["inputs"]?["attention_mask"]?.string).to(states.dtype).unsqueeze(-1)
    let pooled: Tensor =
      switch item["pooling"]?["mode"]?.string {
      case "cls": states.select(1, 0)
      case "max": states.maskedFill(mask.eq(0), -Double.infinity).max(1).values
      default: (states * mask).sum([1]) / mask.sum([1]).clamp(min: 1e-9)
      }
    return item["pooling"]?["normalize"]?.bool == true ? normalize(pooled, p: 2, dim: 1) : pooled
  }

  // MARK: Comparing

  private func judge(_ got: Tensor, _ expected: JSON, _ id: String, _ tally: inout Tally) {
    do {
      var (got, want) = (got.detach().to(.float64), try tensor(expected["tensor"]?.string).to(.float64))
      guard got.shape == want.shape else {
        return tally.add(.failed("shape \(got.shape), and \(want.shape) is recorded"), id: id)
      }
      if let key = expected["compare"]?.string, key != "all" {
        let mask = try tensor(key).ne(0)
        (got, want) = (got[mask], want[mask])
      }
      let error = difference(got, want)
      let tolerance = expected["tol"]?.double ?? 1e-4
      tally.add(error <= tolerance ? .passed : .failed("off by \(error), allowed is \(tolerance)"), id: id)
    } catch {
      tally.add(.failed("\(error)"), id: id)
    }
  }

  private func judge(
    _ loss: JSON, _ item: JSON, _ output: ModelOutput, _ model: any PretrainedModel, _ id: String,
    _ tally: inout Tally
  ) throws {
    let made: Tensor?
    if loss["kind"]?.string == "probe" {
      let probed = try value(loss["output"]?.string ?? "", output, item)
      made = try (probed * tensor(loss["probe"]?.string)).sum()
    } else {
      made = output.loss
    }
    guard let made, let want = loss["value"]?.double else { return tally.add(.failed("there is no loss"), id: id) }
    let (error, tolerance) = (abs(made.item() - want) / max(abs(want), 1e-3), loss["tol"]?.double ?? 1e-4)
    tally.add(
      error <= tolerance ? .passed : .failed("\(made.item()), and \(want) is recorded (off by \(error))"),
      id: "\(id)/loss")
    guard let norms = item["grad_norms"]?.object else { return }
    made.backward()
    let parameters = Dictionary(model.namedParameters().map { ($0.name, $0.tensor) }) { first, _ in first }
    let (floor, most) = (item["grad_floor"]?.double ?? 1e-3, item["grad_tol"]?.double ?? 1e-3)
    for (name, want) in norms.sorted(by: { $0.key < $1.key }) {
      guard let parameter = parameters[name] ?? type(of: model).presentName(name).flatMap({ parameters[$0] }) else {
        tally.add(.failed("the model has no parameter of that name"), id: "\(id)/grad \(name)")
        continue
      }
      let got = parameter.grad.map { $0.to(.float64).square().sum().sqrt().item() } ?? 0
      let want = want.double ?? 0
      let error = abs(got - want) / max(abs(want), floor)
      tally.add(
        error <= most ? .passed : .failed("norm \(got), and \(want) is recorded"), id: "\(id)/grad \(name)")
    }
  }

  /// The largest difference by the largest recorded number; infinite where infinities or NaN are elsewhere.
  private func difference(_ got: Tensor, _ want: Tensor) -> Double {
    if want.count == 0 { return 0 }
    let (left, right) = (got.reshape([-1]).array(as: Double.self), want.reshape([-1]).array(as: Double.self))
    var (worst, largest) = (0.0, 0.0)
    for (a, b) in zip(left, right) {
      if b.isInfinite || a.isInfinite || a.isNaN || b.isNaN {
        if a == b { continue }
        return .infinity
      }
      worst = max(worst, abs(a - b))
      largest = max(largest, abs(b))
    }
    return worst / max(largest, 1e-6)
  }
}
