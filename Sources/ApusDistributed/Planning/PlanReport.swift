import ApusCore
import ApusFormats

extension DistributedPlan: CustomStringConvertible {
  /// The plan as a table, at most 100 columns wide, and the lines of Swift that ask for the best way.
  public var description: String {
    let ideal = Self.singleTime(model, training, cluster) / Double(cluster.world)
    var text = heading + "without any loss: \(Quantity.text(seconds: ideal)) a step\n\n"
    var rows = [["", "divided by", "parts", "memory", "sent", "step", "speed", "in the way"]]
    for (i, entry) in entries.enumerated() {
      rows.append(
        [
          entry.fits ? "\(i + 1)" : "-", entry.layout.description, entry.layout.parts,
          Quantity.text(bytes: entry.memory.total),
        ]
          + (entry.simulation.map {
            [
              Quantity.text(bytes: $0.sentBytes), Quantity.text(seconds: $0.stepTime),
              Self.percent(entry.efficiency), entry.limit,
            ]
          } ?? ["", "", "", "does not fit"]))
    }
    text += Self.aligned(rows) + Self.legend
    guard let best = entries.first, best.fits else { return text + hint }
    let memory = best.memory
    let parts = [
      ("parameters", memory.parameters), ("gradients", memory.gradients), ("states", memory.states),
      ("activations", memory.activations), ("buffers", memory.buffers),
    ]
    text += "\nbest: \(best.layout.description): \(rate(of: best)) \(examplesName) a second\n  "
    text += parts.map { "\($0) \(Quantity.text(bytes: $1))" }.joined(separator: ", ") + "\n\n"
    return text + best.layout.swift.map { "    \($0)\n" }.joined()
  }

  /// The model, what is trained and the machines.
  var heading: String {
    let examples = model.length > 1 ? "\(training.batch) x \(model.length) tokens" : "\(training.batch) examples"
    let active = model.activeParameters.map { ", \(Quantity.text(count: Double($0))) for a token" } ?? ""
    let hosts = cluster.hosts == 1 ? "1 host" : "\(cluster.hosts) hosts of \(cluster.ranksPerHost)"
    return
      "\(model.name): \(Quantity.text(count: Double(model.parameterCount))) parameters\(active), a step of \(examples)\n"
      + "\(cluster.world) ranks on \(hosts), \(Quantity.text(bytes: cluster.memory)) each, \(Self.text(flops: cluster.flops)); "
      + "between hosts \(Quantity.text(bytes: cluster.between.bandwidth))/s, \(Quantity.text(seconds: cluster.between.latency))\n"
  }

  /// What the letters of a table say.
  static let legend = """

    parts: microbatches of a rank; r: layers are computed again in the backward pass;
    i: interleaved, two stages a rank; tensor 4s: positions are divided too

    """

  /// `94 %`.
  static func percent(_ part: Double) -> String { "\(Int((part * 100).rounded())) %" }

  /// What is counted.
  var examplesName: String { model.length > 1 ? "tokens" : "examples" }

  /// How many of ``examplesName`` go by in a second.
  func rate(of entry: Entry) -> String {
    let all = Double(training.batch) * Double(model.length)
    return Quantity.text(count: (all / (entry.simulation?.stepTime ?? .infinity)).rounded())
  }

  /// What would work where nothing fits.
  private var hint: String {
    guard let least = entries.first else { return "" }
    let states =
      Double(model.parameterCount) * Double(training.elementBytes + training.gradientBytes + training.stateBytes)
    let ranks = Int((states / cluster.memory * 1.3).rounded(.up))
    return """

      nothing fits: the least is \(Quantity.text(bytes: least.memory.total)) (\(least.layout.description)),
      and a rank has \(Quantity.text(bytes: cluster.memory)). Parameters, gradients and states are \
      \(Quantity.text(bytes: states)) together, for which
      about \(ranks) such ranks are needed; or a smaller batch, shorter texts, 16 bits (--dtype bfloat16)

      """
  }

  private static func text(flops: Double) -> String {
    flops >= 1e12 ? "\(Quantity.digits(flops / 1e12)) TFLOP/s" : "\(Quantity.digits(flops / 1e9)) GFLOP/s"
  }

  /// Rows of cells in columns, which come closer where they would take more than 100 signs: the second and the last to the left, the others to the
  /// right.
  static func aligned(_ rows: [[String]]) -> String {
    let columns = rows.first?.count ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let gap = widths.reduce(0, +) + 2 * (columns - 1) > 100 ? " " : "  "
    return rows.map { row in
      let line = row.enumerated().map { column, cell -> String in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 1 || column == columns - 1 ? cell + space : space + cell
      }.joined(separator: gap)
      return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
    }.joined()
  }

  /// The plan for programs: an object with `model`, `cluster` and `entries`.
  public var json: String {
    let all: JSON = .object([
      "model": .object([
        "name": .string(model.name), "parameters": .int(model.parameterCount), "length": .int(model.length),
        "operations": number(model.work),
      ]),
      "cluster": .object([
        "world": .int(cluster.world), "ranks_per_host": .int(cluster.ranksPerHost), "memory": number(cluster.memory),
        "flops": number(cluster.flops), "bandwidth": number(cluster.between.bandwidth),
        "latency": number(cluster.between.latency), "inside": number(cluster.inside.bandwidth),
        "library": .string(cluster.library.rawValue),
      ]),
      "batch": .int(training.batch), "entries": .array(entries.map(\.json)),
    ])
    return all.text()
  }
}

extension DistributedPlan.Entry {
  /// The way for programs.
  var json: JSON {
    var values: [String: JSON] = [
      "strategy": .string(layout.description), "data": .int(layout.data), "tensor": .int(layout.tensor),
      "pipeline": .int(layout.pipeline), "context": .int(layout.context), "experts": .int(layout.experts),
      "sequence_parallel": .bool(layout.dividesPositions),
      "sharding": .string(layout.sharding.rawValue),
      "microbatches": .int(layout.microbatches), "schedule": .string(layout.schedule.rawValue),
      "stages_per_rank": .int(layout.stagesPerRank), "recomputes": .bool(layout.recomputes),
      "fits": .bool(fits),
      "memory": .object([
        "parameters": number(memory.parameters), "gradients": number(memory.gradients),
        "states": number(memory.states),
        "activations": number(memory.activations), "buffers": number(memory.buffers), "total": number(memory.total),
      ]),
      "limit": .string(limit),
    ]
    if let simulation {
      values["step_seconds"] = number(simulation.stepTime)
      values["compute_seconds"] = number(simulation.computeTime)
      values["bubble_seconds"] = number(simulation.bubbleTime)
      values["exposed_seconds"] = number(simulation.exposedTime)
      values["sent_bytes"] = number(simulation.sentBytes)
      values["efficiency"] = number(efficiency)
    }
    return .object(values)
  }
}

/// A number, or nothing where it is infinite.
private func number(_ x: Double) -> JSON { x.isFinite ? .double(x) : .null }

extension TrainingLayout {
  /// `16r`: microbatches of a rank; whether layers are computed again, and whether stages are interleaved.
  var parts: String { "\(microbatches)\(recomputes ? "r" : "")\(schedule == .interleaved ? "i" : "")" }

  /// The lines of Swift that divide a training in this way.
  public var swift: [String] {
    var lines: [String] = []
    let dimensions = [
      (pipeline, "pipeline"), (replicas, "data"), (experts, "experts"), (context, "context"), (tensor, "tensor"),
    ].filter { $0.0 > 1 }
    if dimensions.count > 1 {
      lines.append(
        "let mesh = try DeviceMesh([\(dimensions.map { "\($0.0)" }.joined(separator: ", "))], names: ["
          + dimensions.map { "\"\($0.1)\"" }.joined(separator: ", ") + "])")
    }
    func group(_ name: String) -> String { dimensions.count > 1 ? ", group: try mesh.group(\"\(name)\")" : "" }
    if tensor > 1 {
      let plan = dividesPositions ? ", plan: ParallelPlan(for: model, sequenceParallel: true)" : ""
      let place = dimensions.count > 1 ? "try mesh[\"tensor\"]" : "group: world"
      lines.append("try parallelize(model, \(place)\(plan))")
    }
    if experts > 1 { lines.append("try divideExperts(of: model\(group("experts")))") }
    if pipeline > 1 {
      let stages = pipeline * stagesPerRank
      lines.append("let parts = try splitIntoStages(model, count: \(stages), by: .parameters)")
      let own = dimensions.count > 1 ? "try mesh.group(\"pipeline\")" : "world"
      if stagesPerRank > 1 {
        lines.append(
          "let stages = try stride(from: \(own).rank, to: \(stages), by: \(pipeline)).map { "
            + "try PipelineStage(parts[$0], stageIndex: $0, stageCount: \(stages)\(group("pipeline"))) }")
      } else {
        lines.append(
          "let stage = try PipelineStage(parts[\(own).rank], stageIndex: \(own).rank, stageCount: \(stages)\(group("pipeline")))"
        )
      }
    }
    let subject = pipeline > 1 ? (stagesPerRank > 1 ? "stages[0].module" : "stage.module") : "model"
    if context > 1 {
      lines.append(
        dimensions.count > 1
          ? "let context = try ContextParallel(try mesh[\"context\"], length: length)"
          : "let context = try ContextParallel(try DeviceMesh([world.size]), length: length)")
    }
    if replicas > 1 || context > 1, sharding == .zero2 || sharding == .zero3 {
      let option = sharding == .zero2 ? ", reshardAfterForward: false" : ""
      lines.append("try fullyShard(\(subject)\(group("data"))\(option)) { $0 is Block }")
    }
    if pipeline > 1 {
      let name = schedule == .gpipe ? "ScheduleGPipe" : stagesPerRank > 1 ? "ScheduleInterleaved1F1B" : "Schedule1F1B"
      let replicas =
        replicas > 1 && (sharding == .none || sharding == .zero1) ? ", dataGroup: try mesh.group(\"data\")" : ""
      lines.append(
        "let schedule = try \(name)(\(stagesPerRank > 1 ? "stages" : "stage"), microbatchCount: \(microbatches), loss: loss\(replicas))"
      )
    } else if replicas > 1, sharding == .none || sharding == .zero1 {
      lines.append("let parallel = try DistributedDataParallel(model\(group("data")))")
    }
    let parameters =
      pipeline > 1
      ? "schedule.parameters()"
      : replicas > 1 && (sharding == .none || sharding == .zero1)
        ? "parallel.parameters()"
        : "model.parameters()"
    lines.append(
      sharding == .zero1 && replicas > 1
        ? "let optimizer = try ZeroRedundancyOptimizer(\(parameters)\(group("data"))) { AdamW($0, lr: 3e-4) }"
        : "let optimizer = AdamW(\(parameters), lr: 3e-4)")
    if pipeline == 1, microbatches > 1 {
      lines.append("// Gradients of \(microbatches) batches are added up before each step.")
    }
    if experts > 1 {
      lines.append("// After backward(): try reduceExpertGradients(of: \(subject)\(group("experts")))")
    }
    if recomputes { lines.append("// Layers are called inside of checkpoint { ... }.") }
    return lines
  }
}
