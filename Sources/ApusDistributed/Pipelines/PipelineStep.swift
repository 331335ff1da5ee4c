import ApusCore
import ApusFunctional
import ApusNN
import ApusProfiling

/// A batch cut into microbatches.
struct PipelineBatch {
  let inputs: [[Tensor]]
  let extras: [[String: Tensor]]
  let targets: [[Tensor]]
  /// What is wrong with it: told when somebody needs it.
  private(set) var failure: TensorError?

  init(_ count: Int, _ inputs: [Tensor], _ extras: [String: Tensor], _ targets: [Tensor]) {
    var failure: TensorError?
    func cut(_ x: Tensor, _ what: String) -> [Tensor] {
      guard !x.isPoisoned, let rows = x.shape.first, rows >= count else {
        failure = TensorError(
          .shape, "step",
          "\(count) microbatches need at least \(count) rows, and \(what) has the shape \(x.shape)")
        return [Tensor](repeating: x, count: count)
      }
      return noGrad { x.detach().tensorSplit(count) }
    }
    func transposed(_ columns: [[Tensor]]) -> [[Tensor]] {
      (0..<count).map { i in columns.map { $0[i] } }
    }
    self.inputs = transposed(inputs.enumerated().map { cut($1, "input \($0)") })
    self.targets = transposed(targets.enumerated().map { cut($1, "target \($0)") })
    let cutExtras = extras.map { name, x in
      (name, x.shape.first ?? 1 > 1 ? cut(x, "'\(name)'") : [Tensor](repeating: x, count: count))
    }
    self.extras = (0..<count).map { i in
      Dictionary(uniqueKeysWithValues: cutExtras.map { ($0, $1[i]) })
    }
    self.failure = failure
  }
}

/// One step on its way: runs a rank's actions one after the other.
///
/// After a failure it goes on to the end without computing: what others wait for is answered with the error, and what they send is
/// taken, so that no rank is left waiting.
final class PipelineStep {
  /// A stage and a microbatch.
  private struct Key: Hashable {
    let stage: Int
    let microbatch: Int
  }

  /// What a microbatch keeps between its forward and its backward pass.
  private struct Kept {
    var inputs: [Tensor]
    var outputs: [Tensor]
  }

  /// What a computation needs of another stage.
  private enum Arrival {
    case here([Tensor?])
    case underWay(Work<[Tensor?]>)
  }

  private let stages: [Int: PipelineStage]
  private let order: PipelineOrder
  private let group: ProcessGroup
  private let batch: PipelineBatch
  private let loss: PipelineLoss?
  private let isTraining: Bool
  private let keepsOutputs: Bool
  private let factors: [Double]
  private(set) var messageCounts: [Int: Int]
  private(set) var events: [PipelineTimeline.Event] = []
  private(set) var failure: TensorError?
  private var kept: [Key: Kept] = [:]
  private var putOff: [Key: DeferredBackward] = [:]
  /// What has come for a stage, forward or backward: from this rank itself, or on its way.
  private var arrivals: [PipelineAction: Arrival] = [:]
  private var sending: [Work<Void>] = []
  /// What is to be sent: results, and gradients of inputs.
  private var results: [PipelineAction: [Tensor?]] = [:]
  private var losses: [Int: Tensor] = [:]
  private var outputs: [Int: [Tensor]] = [:]

  init(
    _ stages: [PipelineStage], _ order: PipelineOrder, _ group: ProcessGroup, _ batch: PipelineBatch,
    _ loss: PipelineLoss?, isTraining: Bool, keepsOutputs: Bool, messageCounts: [Int: Int]
  ) {
    self.stages = Dictionary(uniqueKeysWithValues: stages.map { ($0.stageIndex, $0) })
    self.order = order
    self.group = group
    self.batch = batch
    self.loss = loss
    self.isTraining = isTraining
    self.keepsOutputs = keepsOutputs
    self.messageCounts = messageCounts
    factors = loss.map { $0.factors(batch.targets) } ?? []
    failure = batch.failure
  }

  /// Runs all actions; `beforeLast` is called before the last backward pass of a stage, `afterLast` after it, with whether anything has failed.
  func run(
    _ beforeLast: (PipelineStage) -> Void,
    afterLast: (PipelineStage, _ hasFailed: Bool) throws(TensorError) -> Void
  ) {
    let actions = order.withMessages(rank: group.rank)
    var left: [Int: Int] = [:]
    for action in actions where action.kind == .backward || action.kind == .backwardWeight {
      left[action.stage, default: 0] += 1
    }
    for action in actions {
      let isBackward = action.kind == .backward || action.kind == .backwardWeight
      if isBackward, left[action.stage] == 1, let stage = stages[action.stage] { beforeLast(stage) }
      do throws(TensorError) { try perform(action) } catch { fail(error) }
      guard isBackward else { continue }
      left[action.stage, default: 0] -= 1
      guard left[action.stage] == 0, let stage = stages[action.stage] else { continue }
      do throws(TensorError) { try afterLast(stage, failure != nil) } catch { fail(error) }
    }
  }

  /// Takes down what went wrong, of which the first counts.
  func fail(_ error: TensorError) {
    if failure == nil { failure = error }
  }

  /// Waits for what is still on its way.
  func finish() {
    for work in sending {
      do throws(TensorError) { try work.wait() } catch { fail(error) }
    }
    sending = []
  }

  /// The losses and results of the batch.
  ///
  /// - Throws: what went wrong in the step.
  func result() throws(TensorError) -> PipelineResult {
    if let failure { throw failure }
    let each = losses.sorted { $0.key < $1.key }.map(\.value)
    guard let last = stages[order.stageCount - 1] else { return PipelineResult(loss: nil, losses: [], outputs: []) }
    let ordered = outputs.sorted { $0.key < $1.key }.map(\.value)
    do {
      return try withErrors {
        noGrad {
          var total: Tensor?
          for (loss, factor) in zip(each, factors) {
            let part = loss * factor
            total = total.map { $0 + part } ?? part
          }
          let joined = (0..<(ordered.first?.count ?? 0)).map { i in
            ordered.allSatisfy { $0[i].rank > 0 } ? cat(ordered.map { $0[i] }) : stack(ordered.map { $0[i] })
          }
          return PipelineResult(loss: total, losses: each, outputs: joined)
        }
      }
    } catch {
      throw Self.located(error, last.stageIndex, nil)
    }
  }

  // MARK: - Actions

  private func perform(_ action: PipelineAction) throws(TensorError) {
    switch action.kind {
    case .receiveForward: startReceive(action, from: action.stage - 1, boundary: action.stage - 1, isForward: true)
    case .receiveBackward: startReceive(action, from: action.stage + 1, boundary: action.stage, isForward: false)
    case .sendForward: try startSend(action, to: action.stage + 1, boundary: action.stage, isForward: true)
    case .sendBackward: try startSend(action, to: action.stage - 1, boundary: action.stage - 1, isForward: false)
    case .forward, .backward, .backwardInput, .backwardWeight: try compute(action)
    }
  }

  private func compute(_ action: PipelineAction) throws(TensorError) {
    guard let stage = stages[action.stage] else { return }
    let arrived = try takeArrival(action)
    guard failure == nil else { return }
    let begin = Clock.seconds
    do {
      try withErrors {
        try recordFunction("PP:\(action)") {
          switch action.kind {
          case .forward: try forward(stage, action, arrived)
          case .backward: try backward(stage, action, arrived, putsOff: false)
          case .backwardInput: try backward(stage, action, arrived, putsOff: true)
          default: try putOff.removeValue(forKey: Key(stage: action.stage, microbatch: action.microbatch))?.run()
          }
        }
      }
    } catch {
      throw Self.located(error, action.stage, action.microbatch)
    }
    events.append(PipelineTimeline.Event(action: action, begin: begin, end: Clock.seconds))
  }

  /// The error with the stage in which it happened.
  private static func located(_ error: any Error, _ stage: Int, _ microbatch: Int?) -> TensorError {
    var located = error as? TensorError ?? TensorError(.state, "PipelineSchedule", "\(error)")
    let place = microbatch.map { ", microbatch \($0)" } ?? ""
    located.message += " (in stage \(stage) of the pipeline\(place))"
    return located
  }

  private func forward(_ stage: PipelineStage, _ action: PipelineAction, _ arrived: [Tensor?]) throws {
    let microbatch = action.microbatch
    let given: [Tensor]
    if stage.isFirst {
      guard microbatch < batch.inputs.count, !batch.inputs[microbatch].isEmpty else {
        throw TensorError(.value, "step", "the rank of the first stage gives no inputs")
      }
      given = batch.inputs[microbatch]
    } else {
      given = arrived.compactMap { $0 }
    }
    let inputs =
      isTraining && !stage.isFirst
      ? given.map { $0.dtype.isInexact ? Tensor($0, requiresGrad: true) : $0 } : given
    let stageInputs = StageInputs(inputs, extras: batch.extras[microbatch], microbatch: microbatch)
    var outputs = isTraining ? stage.forward(stageInputs) : noGrad { stage.forward(stageInputs) }
    if let failed = outputs.first(where: \.isPoisoned) {
      _ = failed.hasFailed
      return
    }
    if stage.isLast {
      if keepsOutputs { self.outputs[microbatch] = outputs.map { $0.detach() } }
      if let loss, isTraining || !batch.targets[microbatch].isEmpty {
        guard !batch.targets[microbatch].isEmpty else {
          throw TensorError(.value, "step", "the rank of the last stage gives no targets")
        }
        guard !outputs.isEmpty else { throw TensorError(.value, "step", "the last stage gives no results") }
        // A mean over nothing is no number; it does not count.
        let isCounted = factors[microbatch] != 0
        let value = isCounted ? loss.function(outputs, batch.targets[microbatch]) : outputs[0].to(.float32).sum() * 0
        guard !value.hasFailed else { return }
        guard value.count == 1 else {
          throw TensorError(
            .shape, "loss", "the loss of a microbatch must be one number, and has the shape \(value.shape)")
        }
        losses[microbatch] = value.detach()
        outputs = [value]
      }
    } else {
      deliver(outputs, PipelineAction(action.stage + 1, .forward, microbatch), from: action)
    }
    if isTraining {
      kept[Key(stage: action.stage, microbatch: microbatch)] = Kept(inputs: inputs, outputs: outputs)
    }
  }

  private func backward(
    _ stage: PipelineStage, _ action: PipelineAction, _ arrived: [Tensor?], putsOff: Bool
  ) throws {
    let key = Key(stage: action.stage, microbatch: action.microbatch)
    guard let kept = kept.removeValue(forKey: key) else { return }
    let gradients: [Tensor?]
    if stage.isLast {
      let value = kept.outputs[0]
      gradients = [Tensor.full(value.shape, factors[action.microbatch], dtype: value.dtype)]
    } else {
      gradients = arrived
    }
    // What needs no gradient, and what nobody behind uses, has none.
    let roots = zip(kept.outputs, gradients).filter { $0.requiresGrad && $1 != nil }
    let inputs = kept.inputs.filter(\.requiresGrad)
    if putsOff {
      let (found, rest) = try DeferredBackward.inputs(
        of: roots.map(\.0), gradients: roots.compactMap(\.1), wrt: inputs)
      for (input, gradient) in zip(inputs, found) { input.grad = gradient }
      putOff[key] = rest
    } else if !roots.isEmpty {
      ApusCore.backward(roots.map(\.0), roots.map(\.1))
    }
    guard !stage.isFirst else { return }
    let found = kept.inputs.map { $0.requiresGrad ? $0.grad : nil }
    let target = PipelineAction(action.stage - 1, .backward, action.microbatch)
    deliver(found, target, from: action)
  }

  // MARK: - From stage to stage

  /// Leaves what a computation made for the stage that needs it, or for the message to it.
  private func deliver(_ tensors: [Tensor?], _ target: PipelineAction, from action: PipelineAction) {
    let detached = tensors.map { $0?.detach() }
    if order.stageRanks[target.stage] == group.rank {
      arrivals[target] = .here(detached)
    } else {
      let kind: PipelineAction.Kind = action.kind == .forward ? .sendForward : .sendBackward
      results[PipelineAction(action.stage, kind, action.microbatch)] = detached
    }
  }

  /// What has come for a computation, awaited where it is on its way.
  private func takeArrival(_ action: PipelineAction) throws(TensorError) -> [Tensor?] {
    // Both forms of the backward pass take the same gradients.
    let kind = action.kind == .backwardInput ? PipelineAction.Kind.backward : action.kind
    switch arrivals.removeValue(forKey: PipelineAction(action.stage, kind, action.microbatch)) {
    case nil: return []
    case .here(let tensors)?: return tensors
    case .underWay(let work)?: return try work.wait()
    }
  }

  /// The tag of the next message over a boundary. Two are on their way at most, and have different tags.
  private func tag(_ boundary: Int, isForward: Bool) -> Int {
    let channel = boundary * 2 + (isForward ? 0 : 1)
    let count = messageCounts[channel] ?? 0
    messageCounts[channel] = (count + 1) % 2
    return MPILibrary.largestTag - 1 - (channel * 2 + count)
  }

  private func startReceive(_ action: PipelineAction, from stage: Int, boundary: Int, isForward: Bool) {
    let work = group.startReceiveList(from: order.stageRanks[stage], tag: tag(boundary, isForward: isForward))
    arrivals[PipelineAction(action.stage, isForward ? .forward : .backward, action.microbatch)] = .underWay(work)
  }

  private func startSend(_ action: PipelineAction, to stage: Int, boundary: Int, isForward: Bool) throws(TensorError) {
    let list = failure.map { .failure($0) } ?? Result<[Tensor?], TensorError>.success(results[action] ?? [])
    results[action] = nil
    let (rank, tag) = (order.stageRanks[stage], tag(boundary, isForward: isForward))
    // Memory of what has been sent is given back.
    sending.removeAll { $0.isCompleted }
    do throws(TensorError) {
      sending.append(try group.startSendList(list, to: rank, tag: tag))
    } catch {
      // What cannot be sent is answered with the reason.
      sending.append(try group.startSendList(.failure(error), to: rank, tag: tag))
      throw error
    }
  }
}
