import ApusCore
import ApusFormats
import ApusModels
import FormatsKit
import Foundation
import Synchronization

/// Runs recorded generations: greedy, beam and sampled ids, processed scores.
struct GenerationCases {
  private let folder: String
  private let json: JSON
  private let tensors: SafetensorsFile

  static func run(_ folder: String, _ only: String?, _ tally: inout Tally) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
      let model = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: "\(model)/generation.json") else { continue }
      // `--case NAME` is a model or a case of one: `gpt2`, `gpt2/beam4`.
      let parts = (only ?? "").split(separator: "/", maxSplits: 1)
      if let first = parts.first, first != name { continue }
      do {
        let cases = try GenerationCases(model)
        try cases.run(name, only: parts.count > 1 ? String(parts[1]) : nil, &tally)
      } catch {
        tally.add(.failed("\(error)"), id: name)
      }
    }
  }

  private init(_ folder: String) throws {
    self.folder = folder
    json = try JSON(parsing: Data(contentsOf: URL(fileURLWithPath: "\(folder)/generation.json")))
    tensors = try SafetensorsFile(path: "\(folder)/generation.safetensors")
  }

  private func run(_ name: String, only: String?, _ tally: inout Tally) throws {
    func isWanted(_ item: String) -> Bool { only == nil || only == item }
    if let processed = json["processed"], isWanted("processed") {
      for (i, step) in (processed["steps"]?.array ?? []).enumerated() {
        tally.add(outcome { try runProcessed(processed, step) }, id: "\(name)/processed.\(i)")
      }
    }
    let model: any PretrainedModel
    do {
      model = try AutoModel.load(folder, as: json["class"]?.string)
    } catch let error as TensorError where error.kind == .unsupported {
      tally.add(.skipped(json["class"]?.string ?? name, "\(error)".prefix(100) + "..."), id: name)
      return
    }
    let cases = (json["cases"]?.array ?? []) + (json["sampling"]?.array ?? [])
    for item in cases {
      let id = item["name"]?.string ?? ""
      guard isWanted(id) else { continue }
      tally.add(outcome { try runCase(item, model) }, id: "\(name)/\(id)")
      guard item["logits"] != nil || id == "greedy_longer" else { continue }
      for way in Way.allCases where way.suits(model) {
        tally.add(outcome { try runOtherwise(item, model, way) }, id: "\(name)/\(id).\(way.rawValue)")
      }
    }
  }

  /// Other ways to the same tokens.
  private enum Way: String, CaseIterable {
    case withoutCache, fixedCache, lookedUp, assisted, streamed, joined

    func suits(_ model: any PretrainedModel) -> Bool {
      switch self {
      case .withoutCache, .fixedCache: true
      case .streamed: !model.isEncoderDecoder
      case .lookedUp, .assisted: !(model.makeCache() is MambaCache)
      case .joined: model.makeCache() is KeyValueCache && !model.isEncoderDecoder
      }
    }
  }

  /// A greedy case by another way, which must give the recorded tokens.
  private func runOtherwise(_ item: JSON, _ model: any PretrainedModel, _ way: Way) throws {
    var options = try GenerationConfiguration(json: item["kwargs"] ?? .null, file: "kwargs")
    let inputs = try inputs(item["inputs"])
    let prompt = try ids(item["inputs"]?["input_ids"]).first ?? []
    var found: [[Int]]
    switch way {
    case .withoutCache:
      options.useCache = false
      found = try model.generate(inputs, options).sequences
    case .fixedCache:
      options.cache = .fixed
      found = try model.generate(inputs, options).sequences
    case .lookedUp:
      options.promptLookupNumTokens = 4
      found = try model.generate(inputs, options).sequences
    case .assisted:
      options.numAssistantTokens = 5
      found = try model.generate(inputs, options, assistant: model).sequences
    case .streamed:
      let tokens = try waitFor { [options] in
        var tokens: [Int] = []
        for try await token in model.stream(prompt, options) { tokens.append(token.id) }
        return tokens
      }
      found = [prompt + tokens]
    case .joined:
      // Others come before it and go while it is there.
      found = [
        try waitFor { [options] in
          var limits = ContinuousBatch.Limits()
          (limits.texts, limits.tokensPerRun) = (3, 8)
          let batch = ContinuousBatch(model, limits)
          async let first = batch.generate([prompt[0]] + prompt, GenerationConfiguration(maxNewTokens: 3))
          async let second = batch.generate(Array(prompt.prefix(1)), GenerationConfiguration(maxNewTokens: 9))
          async let wanted = batch.generate(prompt, options)
          async let last = batch.generate(prompt + prompt, GenerationConfiguration(maxNewTokens: 5))
          _ = try await (first, second, last)
          return try await wanted
        }
      ]
    }
    let wanted = try ids(item["output_ids"])
    if found != wanted { throw FormatDifference("\(found), expected \(wanted)") }
  }

  private func waitFor<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<Value, any Error>?>(nil)
    Task.detached {
      let outcome: Result<Value, any Error>
      do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
      result.withLock { $0 = outcome }
      done.signal()
    }
    done.wait()
    guard let outcome = result.withLock({ $0 }) else { throw FormatDifference("nothing came") }
    return try outcome.get()
  }

  private func outcome(_ body: () throws -> Void) -> Outcome {
    do {
      try body()
      return .passed
    } catch {
      return .failed("\(error)")
    }
  }

  private func runProcessed(_ processed: JSON, _ step: JSON) throws {
    let options = try GenerationConfiguration(json: step["kwargs"] ?? .null, file: "kwargs")
    let logits = try tensors.tensor(named: processed["logits"]?.string ?? "")
    let prompts = try ids(processed["inputs"]?["input_ids"])
    let mask = try ids(processed["inputs"]?["attention_mask"])
    let isEncoderDecoder = !options.decoderStartTokenIds.isEmpty
    let texts =
      isEncoderDecoder
      ? [[Int]](repeating: [options.decoderStartTokenIds[0]], count: logits.size(0)) : prompts
    let padding = isEncoderDecoder ? [] : mask.map { $0.firstIndex(of: 1) ?? 0 }
    let scores = try processedScores(options, logits, texts: texts, padding: padding, sources: prompts)
    try compare(scores, try tensors.tensor(named: step["tensor"]?.string ?? ""), "\(step["kwargs"] ?? .null)")
  }

  private func runCase(_ item: JSON, _ model: any PretrainedModel) throws {
    var options = try GenerationConfiguration(json: item["kwargs"] ?? .null, file: "kwargs")
    options.seed = item["seed"]?.int
    options.outputLogits = item["logits"] != nil
    let output = try model.generate(inputs(item["inputs"]), options)
    let wanted = try ids(item["output_ids"])
    let isLenient = item["batch_dependent"]?.bool == true || item["cache_dependent"]?.bool == true
    if output.sequences != wanted {
      // The library itself gives other tokens without the batch or the cache: then either are right.
      guard isLenient, try isRightAlone(item, model, options, wanted) else {
        throw FormatDifference("\(output.sequences), expected \(wanted)")
      }
      return
    }
    if let scores = item["sequences_scores"]?.array?.compactMap(\.double) {
      try compare(
        Tensor(output.sequencesScores ?? []), Tensor(scores.map { Float($0) }), "scores")
    }
    if let name = item["logits"]?.string, let logits = output.logits {
      try compare(stack(logits, dim: 1), try tensors.tensor(named: name), "logits")
    }
  }

  /// Whether all rows have the recorded form: the prompt, and as many tokens at most.
  private func isRightAlone(
    _ item: JSON, _ model: any PretrainedModel, _ options: GenerationConfiguration, _ wanted: [[Int]]
  ) throws -> Bool {
    var options = options
    options.useCache = false
    return try model.generate(inputs(item["inputs"]), options).sequences == wanted
      || item["batch_dependent"]?.bool == true
  }

  private func inputs(_ json: JSON?) throws -> ModelInputs {
    var inputs = ModelInputs()
    for (name, value) in json?.object ?? [:] {
      let tensor: Tensor
      if let key = value["tensor"]?.string {
        tensor = try tensors.tensor(named: key)
      } else {
        let rows = try ids(value)
        tensor = Tensor(rows.flatMap { $0.map { Int64($0) } }, shape: [rows.count, rows.first?.count ?? 0])
      }
      switch name {
      case "input_ids": inputs.inputIds = tensor
      case "attention_mask": inputs.attentionMask = tensor
      case "input_features": inputs.inputFeatures = tensor
      case "pixel_values": inputs.pixelValues = tensor
      case "decoder_input_ids": inputs.decoderInputIds = tensor
      default: throw FormatDifference("the input \(name) is not known")
      }
    }
    return inputs
  }

  /// Rows of whole numbers that stand in the file; none where they are a tensor.
  private func ids(_ value: JSON?) throws -> [[Int]] {
    (value?.array ?? []).map { ($0.array ?? []).compactMap(\.int) }
  }

  private func compare(_ found: Tensor, _ wanted: Tensor, _ what: String) throws {
    guard found.shape == wanted.shape else {
      throw FormatDifference("\(what): \(found.shape), expected \(wanted.shape)")
    }
    let pairs = zip(found.array(), wanted.array())
    var (most, largest) = (0.0, 1e-6)
    for (a, b) in pairs {
      if a.isInfinite || b.isInfinite {
        if a != b { throw FormatDifference("\(what): \(a), expected \(b)") }
        continue
      }
      most = max(most, abs(Double(a) - Double(b)))
      largest = max(largest, abs(Double(b)))
    }
    guard most / largest < 1e-4 else { throw FormatDifference("\(what): differs by \(most / largest)") }
  }
}
