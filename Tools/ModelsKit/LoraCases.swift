import ApusCore
import ApusFormats
import ApusModels
import ApusNN
import ApusOptim
import FormatsKit
import Foundation

/// Runs recorded adapters: logits with them and merged, the weights that merging changes, losses of training and what it leaves.
enum LoraCases {
  static func run(_ folder: String, _ only: String?, _ tally: inout Tally) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where only == nil || only == name {
      let path = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: "\(path)/lora.json") else { continue }
      do {
        try withErrors { try LoraRun(name, path).all(&tally) }
      } catch {
        tally.add(.failed("\(error)"), id: name)
      }
    }
  }
}

struct LoraRun {
  let name: String
  let path: String
  let spec: JSON
  let tensors: SafetensorsFile

  init(_ name: String, _ path: String) throws {
    (self.name, self.path) = (name, path)
    spec = try JSON(parsing: Data(contentsOf: URL(fileURLWithPath: "\(path)/lora.json")))
    tensors = try SafetensorsFile(path: "\(path)/cases.safetensors")
  }

  func model() throws -> any PretrainedModel {
    try AutoModel.load("\(path)/\(spec["base"]?.string ?? "")", as: spec["class"]?.string)
  }

  func inputs(labels: Bool) throws -> ModelInputs {
    var inputs = ModelInputs()
    for (argument, key) in spec["inputs"]?.object ?? [:] {
      let tensor = try tensors.tensor(named: key.string ?? "")
      switch argument {
      case "input_ids": inputs.inputIds = tensor
      case "attention_mask": inputs.attentionMask = tensor
      case "token_type_ids": inputs.tokenTypeIds = tensor
      case "position_ids": inputs.positionIds = tensor
      case "pixel_values": inputs.pixelValues = tensor
      case "decoder_input_ids": inputs.decoderInputIds = tensor
      default: throw TensorError(.unsupported, name, "the argument '\(argument)' is unknown")
      }
    }
    if labels { inputs.labels = try tensors.tensor(named: spec["labels"]?.string ?? "labels") }
    return inputs
  }

  private func check(_ got: Tensor?, _ want: Tensor, _ tolerance: Double, _ id: String, _ tally: inout Tally) throws {
    guard var got else { return tally.add(.failed("there is none"), id: "\(name)/\(id)") }
    var want = want
    if let key = spec["compare"]?.string, key != "all", got.rank > 1, got.shape == want.shape, id.hasSuffix("logits") {
      let mask = try tensors.tensor(named: key).ne(0)
      (got, want) = (got[mask], want[mask])
    }
    let reason = GGUFModelCases.compare(got, want, tolerance)
    tally.add(reason.map { .failed($0) } ?? .passed, id: "\(name)/\(id)")
  }

  func all(_ tally: inout Tally) throws {
    let tolerance = spec["tol"]
    var model = try model()
    let before = Dictionary(
      noGrad { model.namedParameters().map { ($0.name, $0.tensor.detach() * 1) } },
      uniquingKeysWith: { first, _ in first })
    var adapter = try LoraAdapter(path: path, on: model)
    let given = try inputs(labels: false)
    let plain = tolerance?["logits"]?.double ?? 1e-4
    try check(noGrad { model(given).logits }, tensors.tensor(named: "logits"), plain, "logits", &tally)
    adapter.merge()
    try check(noGrad { model(given).logits }, tensors.tensor(named: "merged.logits"), plain, "merged.logits", &tally)
    let merged = try SafetensorsFile(path: "\(path)/merged.safetensors")
    let after = Dictionary(
      model.namedParameters().map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    for entry in merged.entries {
      try check(after[entry.name], merged.tensor(named: entry.name), 1e-5, "merged \(entry.name)", &tally)
    }
    adapter.unmerge()
    adapter.remove()
    let restored = Dictionary(
      model.namedParameters().map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    let changed = before.filter { name, value in restored[name].map { !$0.detach().equal(value) } ?? true }.keys
      .sorted()
    tally.add(
      changed.isEmpty ? .passed : .failed("taking the adapters out leaves \(changed.prefix(3)) changed"),
      id: "\(name)/unmerge")
    model = try self.model()
    adapter = try LoraAdapter(path: path, on: model)
    try train(model, adapter, &tally)
  }

  private func train(_ model: any PretrainedModel, _ adapter: LoraAdapter, _ tally: inout Tally) throws {
    let training = spec["training"]
    let betas = training?["betas"]?.array?.compactMap(\.double) ?? []
    let optimizer = AdamW(
      adapter.parameters.map(\.tensor), lr: training?["lr"]?.double ?? 1e-3,
      betas: betas.count == 2 ? (betas[0], betas[1]) : (0.9, 0.999), eps: training?["eps"]?.double ?? 1e-8,
      weightDecay: training?["weight_decay"]?.double ?? 0)
    let given = try inputs(labels: true)
    let most = spec["tol"]?["losses"]?.double ?? 1e-3
    for (step, want) in (spec["losses"]?.array ?? []).enumerated() {
      optimizer.zeroGrad()
      guard let loss = model(given).loss, let want = want.double else {
        return tally.add(.failed("there is no loss"), id: "\(name)/losses")
      }
      loss.backward()
      optimizer.step()
      let error = abs(loss.item() - want) / max(abs(want), 1e-3)
      tally.add(
        error <= most ? .passed : .failed("\(loss.item()), and \(want) is recorded"), id: "\(name)/loss \(step)")
    }
    let trained = try SafetensorsFile(path: "\(path)/trained_adapter.safetensors")
    let parameters = Dictionary(
      adapter.parameters.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    for entry in trained.entries {
      try check(parameters[entry.name], trained.tensor(named: entry.name), 1e-2, "trained \(entry.name)", &tally)
    }
    let extra = Set(parameters.keys).subtracting(trained.entries.map(\.name)).sorted()
    tally.add(extra.isEmpty ? .passed : .failed("not recorded: \(extra.prefix(3))"), id: "\(name)/trained names")
  }
}
