import Apus
import ApusCore
import ApusOptim

/// Runs a case of the area `optim`: ten steps of an optimiser, or thirty of a learning-rate schedule, each compared with
/// what was recorded.
func runOptimizerCase(_ item: Case) throws -> Outcome {
  do {
    if item.json["kind"]?.string == "lr_scheduler" { return try runScheduleCase(item) }
    return try runStepsCase(item)
  } catch let missing as MissingOption {
    return item.unsupported(missing.reason)
  }
}

/// An optimiser, schedule or option that there is not.
private struct MissingOption: Error {
  let reason: String
}

private func runStepsCase(_ item: Case) throws -> Outcome {
  let isError = item.json["error"] != nil
  let parameters = try (item.json["params"]?.array ?? []).map { name in
    parameter(item.tensors.placed(try item.tensors(name.string ?? "")))
  }
  let options = Options(item.json["kwargs"], item)
  if isError {
    let values = [parameter(Tensor.zeros(item.op == "optim.Muon" ? [2, 2] : [2]))]
    do {
      _ = try withErrors { try makeOptimizer(item.op, [(values, options)]) }
    } catch is TensorError {
      return .passed
    }
    return .failed("made an optimiser where PyTorch refuses")
  }

  var groups = [(parameters, options)]
  if let recorded = item.json["param_groups"]?.array {
    groups = recorded.map { group in
      let members = (group["params"]?.array ?? []).compactMap(\.int).map { parameters[$0] }
      return (members, options.overridden(by: Options(group["kwargs"], item)))
    }
  }
  let optimizer = try withErrors { try makeOptimizer(item.op, groups) }
  let tolerance = Tolerance(
    relative: item.json["rtol"]?.double ?? 1e-5, absolute: item.json["atol"]?.double ?? 1e-5)
  for (number, step) in (item.json["steps"]?.array ?? []).enumerated() {
    if let closure = item.json["closure"] {
      if let problem = try runClosure(closure, step, optimizer, parameters, item, tolerance) {
        return .failed("step \(number), \(problem)")
      }
    } else {
      for (i, name) in (step["grads"]?.array ?? []).enumerated() {
        parameters[i].grad = try name.string.map { item.tensors.placed(try item.tensors($0)) }
      }
      for (i, gradient) in (step["sparse_grads"]?.array ?? []).enumerated() {
        parameters[i].grad = try dense(gradient, like: parameters[i], item)
      }
      optimizer.step()
    }
    for (i, name) in (step["params"]?.array ?? []).enumerated() {
      let expected = try item.tensors(name.string ?? "")
      if let found = difference(parameters[i].detach(), expected, tolerance) {
        return .failed("step \(number), parameter \(i): \(found)")
      }
    }
  }
  // The memory of LBFGS is near zero over near zero by its end.
  if item.json["closure"] != nil { return .passed }
  let state = optimizer.stateDict()
  for (i, entries) in (item.json["final_state"]?.array ?? []).enumerated() {
    for (name, value) in entries.object ?? [:] {
      guard let found = state["state.\(i).\(name)"] else {
        if value["none"] != nil { continue }
        return .failed("no state \(name) of parameter \(i)")
      }
      let number = value["int"]?.double ?? value["float"]?.double
      let expected = try value["tensor"]?.string.map { try item.tensors($0) } ?? number.map { Tensor($0) }
      guard let expected else { continue }
      if let problem = difference(found.to(expected.dtype), expected, tolerance) {
        return .failed("state \(name) of parameter \(i): \(problem)")
      }
    }
  }
  return .passed
}

/// A sparse gradient of rows as a dense one, whose other rows are zero.
private func dense(_ gradient: JSON, like parameter: Tensor, _ item: Case) throws -> Tensor {
  let rows = try item.tensors(gradient["indices"]?.string ?? "").reshape([-1])
  let values = try item.tensors(gradient["values"]?.string ?? "")
  let full = Tensor.zeros(parameter.shape, dtype: values.dtype).indexAdd(0, rows, values)
  return item.tensors.placed(full)
}

/// A step of an optimiser that evaluates its loss itself. Gives what differs.
private func runClosure(
  _ closure: JSON, _ step: JSON, _ optimizer: Optimizer, _ parameters: [Tensor], _ item: Case, _ tolerance: Tolerance
) throws -> String? {
  func tensors(_ name: String) throws -> [Tensor] {
    try (closure[name]?.array ?? []).map { item.tensors.placed(try item.tensors($0.string ?? "")) }
  }
  let (weights, targets, sign) = (try tensors("w"), try tensors("t"), closure["sign"]?.double ?? 1)
  var calls = 0
  let found = try withErrors {
    optimizer.step {
      calls += 1
      optimizer.zeroGrad()
      var loss = Tensor(0.0, dtype: parameters[0].dtype)
      for ((p, w), t) in zip(zip(parameters, weights), targets) {
        let away = p - t
        loss = loss + 0.5 * (w * away.pow(2)).sum() + 0.1 * away.pow(4).sum()
      }
      loss = loss * sign
      loss.backward()
      return loss
    }.detach().to(.float64).item()
  }
  if let expected = step["loss"]?.double, !tolerance.allows(found, expected) {
    return "loss: \(found), expected \(expected)"
  }
  if let expected = step["closure_calls"]?.int, calls != expected {
    return "evaluated the loss \(calls) times, expected \(expected)"
  }
  return nil
}

/// The keyword arguments of an optimiser or schedule.
private struct Options {
  var values: [String: JSON]
  /// The case, for options that are tensors.
  let item: Case

  init(_ json: JSON?, _ item: Case) {
    values = json?.object ?? [:]
    self.item = item
  }

  func overridden(by other: Options) -> Options {
    var result = self
    result.values.merge(other.values) { $1 }
    return result
  }

  func number(_ name: String, _ standard: Double) throws -> Double {
    guard let value = values[name] else { return standard }
    if let number = value["float"]?.double ?? value["int"]?.double { return number }
    if let tensor = value["tensor"]?.string {
      return tensorOption(
        try item.tensors(tensor), name, of: item.op, foreach: values["foreach"]?["bool"]?.bool,
        capturable: flag("capturable"))
    }
    throw MissingOption(reason: "\(name) of this kind")
  }

  func integer(_ name: String) -> Int? { values[name]?["int"]?.int }

  func flag(_ name: String, _ standard: Bool = false) -> Bool { values[name]?["bool"]?.bool ?? standard }

  func text(_ name: String) -> String? { values[name]?["str"]?.string }

  func pair(_ name: String, _ standard: (Double, Double)) throws -> (Double, Double) {
    guard let list = values[name]?["list"]?.array else { return standard }
    if list.count == 2, let a = list[0]["tensor"]?.string, let b = list[1]["tensor"]?.string {
      return tensorOption(
        (try item.tensors(a), try item.tensors(b)), name, of: item.op, foreach: values["foreach"]?["bool"]?.bool,
        capturable: flag("capturable"))
    }
    // One tensor and one number is what the compiler refuses here, and PyTorch as the program runs.
    if list.count == 2, list.contains(where: { $0["tensor"] != nil }) {
      throw TensorError(.value, item.op, "\(name) are two numbers or two tensors")
    }
    guard list.count == 2, let a = list[0]["float"]?.double ?? list[0]["int"]?.double,
      let b = list[1]["float"]?.double ?? list[1]["int"]?.double
    else { throw MissingOption(reason: "\(name) of this kind") }
    return (a, b)
  }

  /// Three numbers.
  func triple(_ name: String) -> (Double, Double, Double)? {
    let list = (values[name]?["list"]?.array ?? []).compactMap { $0["float"]?.double ?? $0["int"]?.double }
    return list.count == 3 ? (list[0], list[1], list[2]) : nil
  }

  /// One number for every group, or a list.
  func numbers(_ name: String, groups: Int) -> [Double]? {
    guard let value = values[name] else { return nil }
    if let list = value["list"]?.array { return list.compactMap { $0["float"]?.double ?? $0["int"]?.double } }
    return (value["float"]?.double ?? value["int"]?.double).map { Array(repeating: $0, count: groups) }
  }
}

private func makeOptimizer(_ op: String, _ groups: [([Tensor], Options)]) throws -> Optimizer {
  func each<O: OptimizerOptions>(_ make: (Options) throws -> O) throws -> [ParameterGroup] {
    try groups.map { ParameterGroup($0.0, try make($0.1)) }
  }
  let decays: (Options) throws -> Double = { try $0.number("weight_decay", 0) }
  switch op {
  case "optim.SGD":
    return SGD(
      groups: try each {
        SGDOptions(
          lr: try $0.number("lr", 1e-3), momentum: try $0.number("momentum", 0),
          dampening: try $0.number("dampening", 0), weightDecay: try decays($0), nesterov: $0.flag("nesterov"),
          maximize: $0.flag("maximize"))
      })
  case "optim.Adam", "optim.AdamW":
    let isW = op == "optim.AdamW"
    let made = try each {
      AdamOptions(
        lr: try $0.number("lr", 1e-3), betas: try $0.pair("betas", (0.9, 0.999)), eps: try $0.number("eps", 1e-8),
        weightDecay: try $0.number("weight_decay", isW ? 1e-2 : 0), amsgrad: $0.flag("amsgrad"),
        maximize: $0.flag("maximize"), decoupledWeightDecay: isW)
    }
    return isW ? AdamW(groups: made) : Adam(groups: made)
  case "optim.RMSprop":
    return RMSprop(
      groups: try each {
        RMSpropOptions(
          lr: try $0.number("lr", 1e-2), alpha: try $0.number("alpha", 0.99), eps: try $0.number("eps", 1e-8),
          weightDecay: try decays($0), momentum: try $0.number("momentum", 0), centered: $0.flag("centered"),
          maximize: $0.flag("maximize"))
      })
  case "optim.Adagrad":
    return Adagrad(
      groups: try each {
        AdagradOptions(
          lr: try $0.number("lr", 1e-2), lrDecay: try $0.number("lr_decay", 0), weightDecay: try decays($0),
          initialAccumulatorValue: try $0.number("initial_accumulator_value", 0), eps: try $0.number("eps", 1e-10),
          maximize: $0.flag("maximize"))
      })
  case "optim.Adadelta":
    return Adadelta(
      groups: try each {
        AdadeltaOptions(
          lr: try $0.number("lr", 1), rho: try $0.number("rho", 0.9), eps: try $0.number("eps", 1e-6),
          weightDecay: try decays($0), maximize: $0.flag("maximize"))
      })
  case "optim.Adamax", "optim.NAdam", "optim.RAdam":
    let made = try each {
      AdamVariantOptions(
        lr: try $0.number("lr", op == "optim.RAdam" ? 1e-3 : 2e-3), betas: try $0.pair("betas", (0.9, 0.999)),
        eps: try $0.number("eps", 1e-8), weightDecay: try decays($0),
        momentumDecay: try $0.number("momentum_decay", 4e-3),
        decoupledWeightDecay: $0.flag("decoupled_weight_decay"), maximize: $0.flag("maximize"))
    }
    return op == "optim.Adamax" ? Adamax(groups: made) : op == "optim.NAdam" ? NAdam(groups: made) : RAdam(groups: made)
  case "optim.Rprop":
    return Rprop(
      groups: try each {
        RpropOptions(
          lr: try $0.number("lr", 1e-2), etas: try $0.pair("etas", (0.5, 1.2)),
          stepSizes: try $0.pair("step_sizes", (1e-6, 50)), maximize: $0.flag("maximize"))
      })
  case "optim.ASGD":
    return ASGD(
      groups: try each {
        ASGDOptions(
          lr: try $0.number("lr", 1e-2), lambd: try $0.number("lambd", 1e-4), alpha: try $0.number("alpha", 0.75),
          t0: try $0.number("t0", 1e6), weightDecay: try decays($0), maximize: $0.flag("maximize"))
      })
  case "optim.Adafactor":
    return Adafactor(
      try each { options in
        let eps = options.values["eps"]?["list"]?.array
        return AdafactorOptions(
          lr: try options.number("lr", 1e-2), beta2Decay: try options.number("beta2_decay", -0.8),
          eps: eps.map { ($0[0]["float"]?.double, $0[1]["float"]?.double ?? 1e-3) }, d: try options.number("d", 1),
          weightDecay: try decays(options), maximize: options.flag("maximize"))
      })
  case "optim.Muon":
    return Muon(
      try each {
        MuonOptions(
          lr: try $0.number("lr", 1e-3), weightDecay: try $0.number("weight_decay", 0.1),
          momentum: try $0.number("momentum", 0.95), nesterov: $0.flag("nesterov", true),
          nsCoefficients: $0.triple("ns_coefficients"), eps: try $0.number("eps", 1e-7),
          nsSteps: $0.integer("ns_steps"), adjustLrFn: $0.text("adjust_lr_fn").map { MuonAdjustment(named: $0) }
        )
      })
  case "optim.SparseAdam":
    return SparseAdam(
      try each {
        SparseAdamOptions(
          lr: try $0.number("lr", 1e-3), betas: try $0.pair("betas", (0.9, 0.999)), eps: try $0.number("eps", 1e-8),
          maximize: $0.flag("maximize"))
      })
  case "optim.LBFGS":
    return LBFGS(
      try each {
        LBFGSOptions(
          lr: try $0.number("lr", 1), maxIter: $0.integer("max_iter"), maxEval: $0.integer("max_eval"),
          toleranceGrad: try $0.number("tolerance_grad", 1e-7),
          toleranceChange: try $0.number("tolerance_change", 1e-9), historySize: $0.integer("history_size"),
          lineSearchFn: $0.text("line_search_fn").map { LineSearch(named: $0) },
          maximize: $0.flag("maximize"))
      })
  default: throw MissingOption(reason: "no such optimiser")
  }
}

// MARK: Schedules

private func runScheduleCase(_ item: Case) throws -> Outcome {
  let rates = (item.json["optimizer"]?["lr"]?.array ?? []).compactMap(\.double)
  let momentum = item.json["optimizer"]?["momentum"]?.double ?? 0
  let optimizer = SGD(
    groups: rates.map { ParameterGroup([parameter(Tensor.zeros([1]))], SGDOptions(lr: $0, momentum: momentum)) })
  let name = String(item.op.split(separator: ".").last ?? "")
  let schedule = try withErrors { try makeSchedule(name, Options(item.json["kwargs"], item), optimizer) }
  let tolerance = Tolerance(
    relative: item.json["rtol"]?.double ?? 1e-9, absolute: item.json["atol"]?.double ?? 1e-12)
  let metrics = (item.json["metrics"]?.array ?? []).compactMap(\.double)
  let momenta = item.json["momentum"]?.array

  for (i, row) in (item.json["lr"]?.array ?? []).enumerated() {
    if i > 0 {
      if let plateau = schedule as? ReduceLROnPlateau {
        plateau.step(metrics[i - 1])
      } else {
        schedule.step()
      }
    }
    for (group, expected) in (row.array ?? []).compactMap(\.double).enumerated() {
      let found = optimizer.learningRates[group]
      if !tolerance.allows(found, expected) {
        return .failed("row \(i), group \(group): rate \(found), expected \(expected)")
      }
    }
    if let momenta, i < momenta.count {
      for (group, expected) in (momenta[i].array ?? []).compactMap(\.double).enumerated() {
        let found = optimizer.momenta[group] ?? .nan
        if !tolerance.allows(found, expected) {
          return .failed("row \(i), group \(group): momentum \(found), expected \(expected)")
        }
      }
    }
  }
  return .passed
}

private func makeSchedule(_ name: String, _ options: Options, _ optimizer: Optimizer) throws -> LRScheduler {
  let groups = optimizer.learningRates.count
  func each(_ key: String, _ standard: Double) -> [Double] {
    options.numbers(key, groups: groups) ?? Array(repeating: standard, count: groups)
  }
  func nested() throws -> [LRScheduler] {
    try (options.values["schedulers"]?["list"]?.array ?? []).map { entry in
      let inner = entry["scheduler"]
      return try makeSchedule(inner?["class"]?.string ?? "", Options(inner?["kwargs"], options.item), optimizer)
    }
  }
  switch name {
  case "LambdaLR":
    let value = options.values["lr_lambda"]
    if let list = value?["list"]?.array {
      return LambdaLR(optimizer, lrLambdas: try list.map { try function($0["lambda"]?.string) })
    }
    return LambdaLR(optimizer, lrLambda: try function(value?["lambda"]?.string))
  case "MultiplicativeLR":
    let value = options.values["lr_lambda"]
    if let list = value?["list"]?.array {
      return MultiplicativeLR(optimizer, lrLambdas: try list.map { try function($0["lambda"]?.string) })
    }
    return MultiplicativeLR(optimizer, lrLambda: try function(value?["lambda"]?.string))
  case "StepLR":
    return StepLR(optimizer, stepSize: options.integer("step_size") ?? 1, gamma: try options.number("gamma", 0.1))
  case "MultiStepLR":
    let milestones = (options.values["milestones"]?["list"]?.array ?? []).compactMap { $0["int"]?.int }
    return MultiStepLR(optimizer, milestones: milestones, gamma: try options.number("gamma", 0.1))
  case "ConstantLR":
    return ConstantLR(
      optimizer, factor: try options.number("factor", 1.0 / 3), totalIters: options.integer("total_iters") ?? 5)
  case "LinearLR":
    return LinearLR(
      optimizer, startFactor: try options.number("start_factor", 1.0 / 3),
      endFactor: try options.number("end_factor", 1),
      totalIters: options.integer("total_iters") ?? 5)
  case "ExponentialLR": return ExponentialLR(optimizer, gamma: try options.number("gamma", 0.1))
  case "PolynomialLR":
    return PolynomialLR(
      optimizer, totalIters: options.integer("total_iters") ?? 5, power: try options.number("power", 1))
  case "CosineAnnealingLR":
    return CosineAnnealingLR(
      optimizer, tMax: options.integer("T_max") ?? 1, etaMin: try options.number("eta_min", 0))
  case "CosineAnnealingWarmRestarts":
    return CosineAnnealingWarmRestarts(
      optimizer, t0: options.integer("T_0") ?? 1, tMult: options.integer("T_mult") ?? 1,
      etaMin: try options.number("eta_min", 0))
  case "CyclicLR":
    let modes: [String: CyclicLR.Mode] = ["triangular2": .triangular2, "exp_range": .expRange]
    return CyclicLR(
      optimizer, baseLRs: each("base_lr", 0), maxLRs: each("max_lr", 0),
      stepSizeUp: options.integer("step_size_up") ?? 2000, stepSizeDown: options.integer("step_size_down"),
      mode: options.text("mode").flatMap { modes[$0] } ?? .triangular, gamma: try options.number("gamma", 1),
      cycleMomentum: options.values["cycle_momentum"]?["bool"]?.bool ?? true)
  case "OneCycleLR":
    let steps =
      options.integer("total_steps")
      ?? (options.integer("epochs") ?? 0) * (options.integer("steps_per_epoch") ?? 0)
    return OneCycleLR(
      optimizer, maxLRs: each("max_lr", 0), totalSteps: steps, pctStart: try options.number("pct_start", 0.3),
      annealStrategy: options.text("anneal_strategy") == "linear" ? .linear : .cos,
      divFactor: try options.number("div_factor", 25), finalDivFactor: try options.number("final_div_factor", 1e4),
      threePhase: options.flag("three_phase"))
  case "ReduceLROnPlateau":
    return ReduceLROnPlateau(
      optimizer, mode: options.text("mode") == "max" ? .max : .min, factor: try options.number("factor", 0.1),
      patience: options.integer("patience") ?? 10, threshold: try options.number("threshold", 1e-4),
      thresholdMode: options.text("threshold_mode") == "abs" ? .abs : .rel, cooldown: options.integer("cooldown") ?? 0,
      minLRs: each("min_lr", 0))
  case "SWALR":
    return SWALR(
      optimizer, swaLRs: each("swa_lr", 0), annealEpochs: options.integer("anneal_epochs") ?? 10,
      annealStrategy: options.text("anneal_strategy") == "linear" ? .linear : .cos)
  case "SequentialLR":
    let milestones = (options.values["milestones"]?["list"]?.array ?? []).compactMap { $0["int"]?.int }
    return SequentialLR(optimizer, schedulers: try nested(), milestones: milestones)
  case "ChainedScheduler": return ChainedScheduler(try nested())
  default: throw MissingOption(reason: "no such schedule")
  }
}

/// The functions of the recorded cases: a number, `a ** epoch`, `1 / (1 + epoch)`.
private func function(_ text: String?) throws -> (Int) -> Double {
  let text = (text ?? "").filter { $0 != " " }
  if let number = Double(text) { return { _ in number } }
  if text == "1/(1+epoch)" { return { 1 / (1 + Double($0)) } }
  if text.hasSuffix("**epoch"), let base = Double(text.dropLast("**epoch".count)) {
    return { epoch in (0..<epoch).reduce(1) { result, _ in result * base } }
  }
  throw MissingOption(reason: "the function \(text)")
}
