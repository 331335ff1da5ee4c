import ApusCore
import ApusFormats
import ApusFunctional
import ApusNumerics
import Synchronization

extension ONNXOperatorTable {
  /// Graphs that run other graphs.
  static let controlFlow: [ONNXOperator] = [
    ONNXOperator("If", inputs: 1...1, outputs: .atLeast(1), prepare: ONNXOperators.branch),
    ONNXOperator("Loop", inputs: .atLeast(2), outputs: .atLeast(1), prepare: ONNXOperators.loop),
    ONNXOperator("Scan", inputs: .atLeast(1), outputs: .atLeast(1), prepare: ONNXOperators.scanBatches),
    ONNXOperator("Scan", since: 9, inputs: .atLeast(1), outputs: .atLeast(1), prepare: ONNXOperators.scan),
    ONNXOperator(
      "SequenceMap", since: 17, inputs: .atLeast(1), outputs: .atLeast(1), prepare: ONNXOperators.sequenceMap),
  ]
}

private let loopSteps = Atomic<Int>(1_000_000)

extension ONNXModel {
  /// How many steps a `Loop` may make, in all models: one of more is taken for one without end, which is an error. For models of
  /// strangers a smaller number bounds what a file can make the process do.
  public static var maxLoopSteps: Int {
    get { loopSteps.load(ordering: .relaxed) }
    set { loopSteps.store(newValue, ordering: .relaxed) }
  }
}

extension ONNXOperators {
  static func branch(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let (then, otherwise) = (try node.subgraph("then_branch"), try node.subgraph("else_branch"))
    for (graph, name) in [(then, "then_branch"), (otherwise, "else_branch")] {
      guard graph.outputs.count >= node.outputs.count else {
        throw TensorError(
          .format, "", "'\(name)' gives \(graph.outputs.count) values for \(node.outputs.count) outputs")
      }
    }
    return { call in
      let condition = try call.tensor(0).settled
      guard condition.count == 1 else {
        throw call.error(.shape, "needs a condition of one element, and found \(condition.shape)")
      }
      if let made = capturedBranch(condition, then, otherwise, call) { return made }
      return try (condition.array(as: Bool.self).first == true ? then : otherwise)([], in: call)
    }
  }

  static func loop(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let body = try node.subgraph("body")
    let carried = node.inputs.count - 2
    let collected = body.outputs.count - 1 - carried
    guard body.inputs.count == carried + 2, collected >= 0, node.outputs.count <= carried + collected else {
      throw TensorError(
        .format, "",
        "the body takes \(body.inputs.count) values and gives \(body.outputs.count), which does not fit "
          + "\(carried) values that are carried on and \(node.outputs.count) outputs")
    }
    return { call in
      let most = try call.optionalInt(0)
      var values = (0..<carried).map { call.inputs[$0 + 2] }
      if collected == 0, let start = call.inputs[1],
        let last = capturedRest([start] + values, body, most, 0, call)
      {
        return last
      }
      var goesOn = true
      if let condition = try call.optionalTensor(1)?.settled { goesOn = condition.array(as: Bool.self).first ?? true }
      var rows = [[Tensor]](repeating: [], count: collected)
      var step = 0
      while goesOn, most.map({ step < $0 }) ?? true {
        guard step < ONNXModel.maxLoopSteps else {
          throw call.error(
            .value, "the loop has not ended after \(step) steps; ONNXModel.maxLoopSteps sets how many it may make")
        }
        let number = Tensor(Int64(step))
        let given: [ONNXValue?] = [.tensor(number), .tensor(Tensor(true))] + values
        let made = try body(given, in: call)
        if let fault = Context.current?.errors?.first { throw fault }
        if collected == 0, let last = capturedRest(made, body, most, step + 1, call) { return last }
        if case .tensor(let condition) = made[0] { goesOn = condition.settled.array(as: Bool.self).first ?? false }
        values = Array(made[1..<1 + carried])
        for k in 0..<collected {
          guard case .tensor(let row) = made[1 + carried + k] else {
            throw call.error(.dtype, "the body gives \(made[1 + carried + k].kindName), and only tensors are collected")
          }
          rows[k].append(row)
        }
        step += 1
      }
      return try values
        + rows.enumerated().map { k, rows in
          rows.isEmpty
            ? .tensor(try noRows(body.graph.outputs[1 + carried + k].type)) : .tensor(stack(rows))
        }
    }
  }

  /// Both branches as one operation of the function that is being captured, whose course depends on what calls bring along; nil where
  /// that cannot be: nothing is captured, or the branches give values that are no tensors, or of different shapes.
  private static func capturedBranch(
    _ condition: Tensor, _ then: ONNXSubgraph, _ otherwise: ONNXSubgraph, _ call: ONNXCall
  ) -> [ONNXValue]? {
    guard let tracer = Tracer.current, tracer.compileStep != nil, tracer.reaches(condition.resolved) else { return nil }
    let made = try? withErrors {
      try cond(condition, then: { try tensors(then([], in: call)) }, else: { try tensors(otherwise([], in: call)) })
    }
    return made?.map { .tensor($0) }
  }

  /// The rounds of a loop after the first ones as one operation of the function that is being captured, where whether it goes on
  /// depends on what calls bring along; nil where it does not, or that cannot be.
  /// - Parameters:
  ///   - made: what the last round gave: whether the loop goes on, and its values.
  ///   - round: the number of the next round.
  private static func capturedRest(
    _ made: [ONNXValue?], _ body: ONNXSubgraph, _ most: Int?, _ round: Int, _ call: ONNXCall
  ) -> [ONNXValue]? {
    guard let tracer = Tracer.current, tracer.compileStep != nil, let given = try? tensors(made), given[0].count == 1,
      tracer.reaches(given[0].resolved)
    else { return nil }
    let limit = ONNXModel.maxLoopSteps
    let last = try? withErrors {
      // Whether it goes on, the round, how many more there may be, and the values.
      let start = [given[0].to(.bool), Tensor(Int64(round)), Tensor(Int64(limit - round))] + given.dropFirst()
      return try whileLoop(
        start,
        while: { state in
          guard let most else { return state[0] }
          return state[0].reshape([]).logicalAnd(state[1].lt(most))
        },
        do: { state in
          let values = state.dropFirst(3).map { ONNXValue.tensor($0) }
          let next = try tensors(body([.tensor(state[1]), .tensor(Tensor(true))] + values, in: call))
          let left = (state[2] - 1).checked(
            .noNegative("the rounds of a loop that ONNXModel.maxLoopSteps leaves"), "Loop")
          return [next[0].to(.bool).reshape(state[0].shape), state[1] + 1, left] + next.dropFirst()
        })
    }
    return last?.dropFirst(3).map { .tensor($0) }
  }

  private static func tensors(_ values: [ONNXValue?]) throws -> [Tensor] {
    try values.map { value in
      guard case .tensor(let tensor)? = value else {
        throw TensorError(.unsupported, "", "\(value?.kindName ?? "nothing") is not captured")
      }
      return tensor
    }
  }

  /// What is collected of no step: a tensor of the type that the body states, with 0 for each size that it leaves open.
  private static func noRows(_ type: ONNX.TypeProto?) throws -> Tensor {
    guard case .tensor(let number, let shape)? = type?.value else { return Tensor.zeros([0]) }
    let sizes = (shape ?? []).map { dimension -> Int in
      if case .known(let size) = dimension.size { return max(0, Int(clamping: size)) }
      return 0
    }
    return Tensor.zeros([0] + sizes, dtype: ONNX.DataType(rawValue: number)?.dtype ?? .float32)
  }

  /// `Scan` up to opset 8: a batch of sequences, each of its own length.
  static func scanBatches(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let body = try node.subgraph("body")
    let scanned = try node.int("num_scan_inputs")
    let states = node.inputs.count - 1 - scanned
    let directions = try node.ints("directions") ?? [Int](repeating: 0, count: max(0, scanned))
    guard scanned > 0, states >= 0, body.inputs.count == states + scanned, directions.count == scanned else {
      throw TensorError(
        .format, "", "the body takes \(body.inputs.count) values, which are not \(states) and \(scanned)")
    }
    return { call in
      let given = try (1..<call.inputs.count).map { try call.tensor($0) }
      let lengths = try call.optionalInts(0)
      guard let samples = given.first?.shape.first, given.allSatisfy({ $0.rank > 0 && $0.size(0) == samples }),
        given[states...].allSatisfy({ $0.rank > 1 }), lengths.map({ $0.count == samples }) ?? true
      else { throw call.error(.shape, "needs inputs of one batch, and found \(given.map(\.shape))") }
      var results: [[Tensor]] = []
      for sample in 0..<samples {
        let inputs = given[states...].map { $0.select(0, sample) }
        let length = lengths?[sample] ?? inputs[0].size(0)
        guard length >= 0, inputs.allSatisfy({ $0.size(0) >= length }) else {
          throw call.error(.shape, "sequence \(sample) is said to have \(length) steps")
        }
        let cut = zip(inputs, directions).map { $1 == 1 ? $0.narrow(0, 0, length).flip(0) : $0.narrow(0, 0, length) }
        let made = try steppedThrough(
          body, call, states: given[..<states].map { $0.select(0, sample) }, inputs: cut,
          steps: length, collected: body.outputs.count - states)
        results.append(
          made.enumerated().map { i, tensor in
            let missing = inputs[0].size(0) - length
            guard i >= states, missing > 0 else { return tensor }
            return cat([tensor, Tensor.zeros([missing] + tensor.shape.dropFirst(), dtype: tensor.dtype)], dim: 0)
          })
      }
      guard let first = results.first else { throw call.error(.shape, "needs at least one sequence") }
      return first.indices.map { i in .tensor(stack(results.map { $0[i] })) }
    }
  }

  static func scan(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let body = try node.subgraph("body")
    let scanned = try node.int("num_scan_inputs")
    let states = node.inputs.count - scanned
    let collected = body.outputs.count - states
    guard scanned > 0, states >= 0, collected >= 0, body.inputs.count == states + scanned else {
      throw TensorError(
        .format, "",
        "the body takes \(body.inputs.count) values and gives \(body.outputs.count), which does not fit "
          + "\(states) states and \(scanned) scanned inputs")
    }
    func list(_ name: String, _ count: Int) throws -> [Int] {
      let found = try node.ints(name) ?? [Int](repeating: 0, count: count)
      guard found.count == count else {
        throw TensorError(.format, "", "'\(name)' has \(found.count) numbers, and \(count) are needed")
      }
      return found
    }
    let (inputAxes, inputDirections) = (
      try list("scan_input_axes", scanned), try list("scan_input_directions", scanned)
    )
    let outputAxes = try list("scan_output_axes", collected)
    let outputDirections = try list("scan_output_directions", collected)
    return { call in
      let given = try call.tensors()
      let inputs = try (0..<scanned).map { i in
        let x = given[states + i]
        let axis = try call.axis(inputAxes[i], rank: x.rank)
        let moved = axis == 0 ? x : x.movedim(axis, 0)
        return inputDirections[i] == 1 ? moved.flip(0) : moved
      }
      let steps = inputs[0].size(0)
      guard inputs.allSatisfy({ $0.size(0) == steps }) else {
        throw call.error(.shape, "needs scanned inputs of one length, and found \(given[states...].map(\.shape))")
      }
      let made = try steppedThrough(
        body, call, states: Array(given[..<states]), inputs: inputs, steps: steps, collected: collected)
      return try made.enumerated().map { i, tensor in
        guard i >= states else { return .tensor(tensor) }
        let turned = outputDirections[i - states] == 1 ? tensor.flip(0) : tensor
        let axis = try call.axis(outputAxes[i - states], rank: tensor.rank)
        return .tensor(axis == 0 ? turned : turned.movedim(0, axis))
      }
    }
  }

  /// The last states, and what the steps give, joined along a new first dimension.
  private static func steppedThrough(
    _ body: ONNXSubgraph, _ call: ONNXCall, states: [Tensor], inputs: [Tensor], steps: Int, collected: Int
  ) throws -> [Tensor] {
    // Of one sequence and what is given for each step, it is one operation of a function that is being captured.
    if steps > 0, inputs.count == 1, collected == 1, Tracer.current?.compileStep != nil {
      let count = states.count
      let (last, all) = try ApusFunctional.scan(over: inputs[0], initial: states) { (states: [Tensor], x: Tensor) in
        let made = try tensors(body((states + [x]).map { .tensor($0) }, in: call))
        return (Array(made[..<count]), made[count])
      }
      return last + [all]
    }
    var states = states
    var rows = [[Tensor]](repeating: [], count: collected)
    for step in 0..<steps {
      let made = try body((states + inputs.map { $0.select(0, step) }).map { .tensor($0) }, in: call)
      if let fault = Context.current?.errors?.first { throw fault }
      let tensors = try made.map { value in
        guard case .tensor(let tensor) = value else {
          throw call.error(.dtype, "the body gives \(value.kindName), and only tensors can be scanned")
        }
        return tensor
      }
      states = Array(tensors[..<states.count])
      for k in 0..<collected { rows[k].append(tensors[states.count + k]) }
    }
    return try states
      + rows.enumerated().map { k, rows in
        rows.isEmpty ? try noRows(body.graph.outputs[states.count + k].type) : stack(rows)
      }
  }

  static func sequenceMap(_ node: ONNXNode) throws -> ONNXOperator.Kernel {
    let body = try node.subgraph("body")
    guard body.inputs.count == node.inputs.count, body.outputs.count >= node.outputs.count else {
      throw TensorError(
        .format, "",
        "the body takes \(body.inputs.count) values and gives \(body.outputs.count), and the node has "
          + "\(node.inputs.count) inputs and \(node.outputs.count) outputs")
    }
    return { call in
      let count = try call.sequence(0).count
      var made = [[ONNXValue]](repeating: [], count: body.outputs.count)
      for i in 0..<count {
        let values = try call.inputs.indices.map { k in
          guard case .sequence(let items, _)? = call.inputs[k] else { return call.inputs[k] }
          guard items.count == count else {
            throw call.error(.shape, "needs sequences of \(count), and found one of \(items.count)")
          }
          return items[i]
        }
        for (k, value) in try body(values, in: call).enumerated() { made[k].append(value) }
      }
      return made.map { .sequence($0) }
    }
  }
}
