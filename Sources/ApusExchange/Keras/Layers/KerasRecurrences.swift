import ApusCore
import ApusFormats

/// Recurrent layers: one or several cells run over the steps of sequences.
enum KerasRecurrences {
  static let makers: [String: KerasBuilder.Maker] = {
    var makers: [String: KerasBuilder.Maker] = ["RNN": recurrent, "Bidirectional": bidirectional]
    for name in ["LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"] { makers.add(name, recurrent) }
    return makers
  }()

  /// What a recurrent layer is set to give.
  private struct Settings: Sendable {
    let sequences: Bool
    let state: Bool
    let backwards: Bool
    /// Whether steps that are masked give zeros, instead of the output before them.
    let zeros: Bool
    let timeMajor: Bool

    init(_ config: KerasConfig) throws(TensorError) {
      sequences = try config.bool("return_sequences")
      state = try config.bool("return_state")
      backwards = try config.bool("go_backwards")
      zeros = try config.bool("zero_output_for_mask")
      timeMajor = try config.bool("time_major")
    }
  }

  private static func recurrent(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    let settings = try Settings(config)
    let input = request.input
    let step = KerasShape(input.sizes.map { $0.count > 2 ? [$0[settings.timeMajor ? 1 : 0]] + $0[2...] : $0 })
    var source = config
    if let cells = config["cell"]?.array {
      source = KerasConfig(
        of: config, className: "StackedRNNCells", name: "stacked_rnn_cells", ["cells": .array(cells)])
    } else if let object = config["cell"] {
      source = try KerasConfig(object, file: config.file, isOld: config.isOld)
    }
    if let constants = config["num_constants"]?.int, constants > 0 {
      throw config.fail(.unsupported, "constants beside the sequence are for cells of one's own, which are not run")
    }
    let (plan, cell) = try KerasCells.cell(source, step, request.builder)
    var sequence: [Int?] = [input[0], input[1]]
    if !settings.sequences { sequence = [step[0]] }
    let output = KerasShape(cell.output.isEmpty ? nil : sequence + cell.output)
    let states = [KerasShape](repeating: .unknown, count: settings.state ? cell.stateCount : 0)
    var weights: [KerasPlan.Weight] = []
    if try config.bool("stateful"), !config.isOld, let batch = input[0] {
      // What the layer remembers is stored with its weights.
      for _ in 0..<cell.stateCount {
        let size = cell.stateCount <= 2 ? cell.output : nil
        weights.append(
          KerasPlan.Weight(
            name: "rnn_state\(weights.isEmpty ? "" : "_\(weights.count)")",
            shape: KerasShape(size.map { [batch] + $0 }),
            isTrainable: false))
      }
    }
    let remembers = !weights.isEmpty
    return KerasPlan(
      config, weights: weights, parts: [("cell", plan)], outputs: [output] + states, masking: .own
    ) { call throws(TensorError) in
      // Keras 2 has the state before the first step in a list with the sequence.
      var given = call.inputs.dropFirst().compactMap(\.tensor)
      if let state = call.argument("initial_state", 1) { given = state.flat.compactMap(\.tensor) }
      if given.isEmpty, remembers { given = call.weights }
      let x = try call.tensor()
      guard x.rank > 2, let layer = call.parts.first else {
        throw call.fail("needs at least 3 dimensions, and found \(x.shape)")
      }
      guard given.isEmpty || given.count == cell.stateCount else {
        throw call.fail("has \(cell.stateCount) tensors of state, and is given \(given.count)")
      }
      let mask = call.mask
      let turned = settings.timeMajor ? x.transpose(0, 1) : x
      let result = scan(turned, cell, layer, given, mask, settings)
      let sequence = settings.timeMajor && settings.sequences ? result.output.transpose(0, 1) : result.output
      let value = KerasValue.tensor(sequence, mask: settings.sequences ? mask : nil)
      return settings.state ? .list([value] + result.states.map { KerasValue($0) }) : value
    }
  }

  /// Runs a cell over [batch, steps, ...].
  private static func scan(
    _ x: Tensor, _ cell: KerasCell, _ layer: KerasLayer, _ given: [Tensor], _ mask: Tensor?, _ settings: Settings
  ) -> (output: Tensor, states: [Tensor]) {
    let (batch, steps) = (x.shape[0], x.shape[1])
    var states = given.isEmpty ? cell.initial(x.select(1, min(0, steps)), layer) : given
    let projected = cell.project(x.reshape([batch * steps] + x.shape[2...]), layer)
    guard !projected.hasFailed, steps > 0 else { return (projected, states) }
    let parts = projected.reshape([batch, steps] + projected.shape.dropFirst()).unbind(1)
    let masks = mask?.to(.bool).unbind(1)
    var outputs: [Tensor] = []
    var before: Tensor?
    for i in 0..<steps {
      let place = settings.backwards ? steps - 1 - i : i
      var (output, next) = cell.step(parts[place], states, layer)
      guard !output.hasFailed else { return (output, next) }
      if let masks, masks.indices.contains(place) {
        // Where a step is masked the state stays, and the output is that of the step before.
        func kept(_ new: Tensor, _ old: Tensor) -> Tensor {
          `where`(masks[place].reshape([batch] + [Int](repeating: 1, count: new.rank - 1)), new, old)
        }
        let last = before ?? output * 0.0
        output = kept(output, settings.zeros ? output * 0.0 : last)
        next = zip(next, states).map { kept($0, $1) }
      }
      before = output
      states = next
      if settings.sequences || i == steps - 1 { outputs.append(output) }
    }
    return (settings.sequences ? stack(outputs, dim: 1) : outputs.last ?? x, states)
  }

  private static func bidirectional(_ request: KerasRequest) throws(TensorError) -> KerasPlan {
    let config = request.config
    guard let object = config["layer"], let settings = object["config"]?.object else {
      throw config.fail(.format, "has no layer inside")
    }
    let mode = config.json["merge_mode"]?.isNull == true ? nil : try config.string("merge_mode", "concat")
    let forward = try request.builder.plan(renamed(object, "forward", nil), request.inputs)
    let turned = try !KerasConfig(object, file: config.file, isOld: config.isOld).bool("go_backwards")
    _ = settings
    let backward = try request.builder.plan(
      config["backward_layer"].map { renamed($0, "backward", nil) } ?? renamed(object, "backward", turned),
      request.inputs)
    let (sequences, state) =
      (try forward.config.bool("return_sequences"), try forward.config.bool("return_state"))
    var output = forward.outputs.first ?? .unknown
    if mode == "concat" { output[-1] = output[-1].map { $0 * 2 } }
    let count = state ? forward.outputs.count - 1 : 0
    let main: [KerasShape] = mode == nil ? [output, output] : [output]
    let outputs = main + [KerasShape](repeating: .unknown, count: 2 * count)
    return KerasPlan(
      config, parts: [("forward_layer", forward), ("backward_layer", backward)], outputs: outputs, masking: .own
    ) { call throws(TensorError) in
      var given = Array(call.inputs.dropFirst())
      if let states = call.argument("initial_state", 1) { given = states.flat }
      let half = given.count / 2
      guard let sequence = call.inputs.first, call.parts.count == 2 else {
        throw call.fail("is called without a sequence")
      }
      var options = call.options.filter { $0.key == "mask" }
      options["initial_state"] = half > 0 ? .list(Array(given[..<half])) : nil
      let a = try call.parts[0].call([sequence], options).flat
      options["initial_state"] = half > 0 ? .list(Array(given[half...])) : nil
      let b = try call.parts[1].call([sequence], options).flat
      guard let x = a.first?.tensor, var y = b.first?.tensor else { throw call.fail("its layers give nothing") }
      if sequences { y = y.flip(1) }
      let mask = sequences ? call.mask : nil
      let states = state ? Array(a.dropFirst() + b.dropFirst()) : []
      let merged: [KerasValue]
      switch mode {
      case "concat": merged = [.tensor(cat([x, y], dim: -1), mask: mask)]
      case "sum": merged = [.tensor(x + y, mask: mask)]
      case "ave": merged = [.tensor((x + y) / 2.0, mask: mask)]
      case "mul": merged = [.tensor(x * y, mask: mask)]
      case nil: merged = [.tensor(x, mask: mask), .tensor(y, mask: mask)]
      default: throw call.layer.config.fail(.format, "'merge_mode' is '\(mode ?? "")'")
      }
      let all = merged + states
      return all.count == 1 ? all[0] : .list(all)
    }
  }

  /// The object of a layer with `prefix` before its name, as the wrapper names its two, and another direction.
  private static func renamed(_ object: JSON, _ prefix: String, _ backwards: Bool?) -> JSON {
    guard var members = object.object, var settings = members["config"]?.object else { return object }
    let name = settings["name"]?.string ?? "layer"
    let plain = name.hasPrefix("forward_") && prefix == "backward" ? String(name.dropFirst(8)) : name
    settings["name"] = .string(plain.hasPrefix("\(prefix)_") ? plain : "\(prefix)_\(plain)")
    if let backwards { settings["go_backwards"] = .bool(backwards) }
    members["config"] = .object(settings)
    members["name"] = nil
    return .object(members)
  }
}
