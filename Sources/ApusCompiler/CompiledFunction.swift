import ApusCore

/// Makes a function that runs `function` as an optimised graph, PyTorch's `torch.compile`.
///
///     let step = compile { (x: Tensor, y: Tensor) in
///       optimizer.zeroGrad()
///       let loss = crossEntropy(model(x), y)
///       loss.backward()
///       optimizer.step()
///       return loss
///     }
///     for (x, y) in batches { print(step(x, y).item()) }
///
/// The first call with arguments of new shapes runs `function` as it stands and writes down its operations; later calls
/// run the graph made of them: without dead code, with pointwise operations fused, in memory planned beforehand. Parameters,
/// buffers and gradients that the function uses are read and stored at every call; an optimiser's step and random numbers
/// happen in every call. Tensors that the closure holds otherwise, numbers, and the way that `if` and loops of the host
/// language went are part of the graph. A function that reads a value (`item()`, `print`) runs eagerly for those shapes; this
/// is told once on the standard error stream and in ``CompiledFunction/explain()``.
///
/// - Parameters:
///   - executor: what runs the fused parts.
///   - function: takes and gives any trees of tensors. What it captures must be `Sendable`, so no variable that changes
///     between calls can hide in it; the compiled function may be called from several tasks at once.
public func compile<each Argument: TensorTree, Output: TensorTree>(
  executor: CompileExecutor = .automatic, _ function: @escaping @Sendable (repeat each Argument) -> Output
) -> CompiledFunction<Output, repeat each Argument> {
  CompiledFunction(function, executor) { output, transform in output.mapTensors(transform) }
}

/// ``compile(_:)-swift.function`` for a function that gives nothing or several trees.
@_disfavoredOverload
public func compile<each Argument: TensorTree, each Output: TensorTree>(
  executor: CompileExecutor = .automatic,
  _ function: @escaping @Sendable (repeat each Argument) -> (repeat each Output)
) -> CompiledFunction<(repeat each Output), repeat each Argument> {
  CompiledFunction(function, executor) { outputs, transform in (repeat (each outputs).mapTensors(transform)) }
}

/// What serves calls.
private enum Plan<Result> {
  case program(GraphFunction, skeleton: Result)
  case eager(reason: String)
}

/// What serves the calls of one signature while the guards hold.
private struct Entry<Result> {
  var guards: [Trace.Guard]
  var plan: Plan<Result>
}

private struct Entries<Result> {
  var bySignature: [Signature: [Entry<Result>]] = [:]
  var order: [Signature] = []
  var notes: [String] = []

  /// What serves a call now, if anything.
  func find(_ signature: Signature) -> Plan<Result>? {
    bySignature[signature]?.first { $0.guards.allSatisfy(\.holds) }?.plan
  }
}

/// A function made by ``compile(_:)``: call it as the original.
public final class CompiledFunction<Result, each Argument: TensorTree>: @unchecked Sendable {
  typealias MapTensors = (Result, (Tensor) -> Tensor) -> Result

  private let function: @Sendable (repeat each Argument) -> Result
  private let mapTensors: MapTensors
  private let executor: CompileExecutor
  private let lock = PlainLock()
  /// Under the lock.
  private var state = Entries<Result>()

  init(
    _ function: @escaping @Sendable (repeat each Argument) -> Result, _ executor: CompileExecutor,
    mapTensors: @escaping MapTensors
  ) {
    self.function = function
    self.executor = executor
    self.mapTensors = mapTensors
  }

  /// Entries kept for one signature whose guards differ, as when a module goes to and fro between training and evaluation.
  private let entryLimit = 8
  /// Signatures that are kept, and notes on them; the oldest go first.
  private let signatureLimit = 64

  public func callAsFunction(_ argument: repeat each Argument) -> Result {
    // Inside of another function that is being captured this is part of that one.
    if Tracer.current != nil { return function(repeat each argument) }
    var tensors: [Tensor] = []
    var parts: [AnyHashable] = []
    func take<T: TensorTree>(_ tree: T) {
      _ = tree.mapTensors {
        tensors.append($0.untraced)
        return $0
      }
      parts += tree.signatureParts
    }
    repeat take(each argument)
    // So it is inside of jvp and vmap, whose interpreters have to see every operation.
    if tensors.contains(where: { $0.isPoisoned || $0.isMarked }) { return function(repeat each argument) }
    let signature = Signature(tensors, parts)

    if let plan = lock.withLock({ state.find(signature) }) { return run(plan, tensors, repeat each argument) }
    // Others who need the same function wait until it is there.
    let captured: Result? = lock.withLock {
      state.find(signature) == nil ? capture(signature, repeat each argument) : nil
    }
    if let captured { return captured }
    guard let plan = lock.withLock({ state.find(signature) }) else { return function(repeat each argument) }
    return run(plan, tensors, repeat each argument)
  }

  private func run(_ plan: Plan<Result>, _ tensors: [Tensor], _ argument: repeat each Argument) -> Result {
    switch plan {
    case .eager: return function(repeat each argument)
    case .program(let program, let skeleton):
      let outputs = program(tensors.filter { !$0.isVariable })
      var next = 0
      return mapTensors(skeleton) { kept in
        defer { next += 1 }
        return outputs[next] ?? kept
      }
    }
  }

  /// Runs the function, writes down what it does, and keeps the program made of it.
  private func capture(_ signature: Signature, _ argument: repeat each Argument) -> Result {
    let tracer = Tracer()
    var outputs: [Tensor] = []
    var capture = Capture(tracer)
    let result = tracer.follow {
      func follow<T: TensorTree>(_ tree: T) -> T { tree.mapTensors { capture.input($0) } }
      let result = function(repeat follow(each argument))
      _ = mapTensors(result) {
        outputs.append($0)
        return $0
      }
      capture.finish(outputs)
      return result
    }
    tracer.close()
    let untraced = mapTensors(result) { capture.result($0) }
    let entry: Entry<Result>
    if let reason = tracer.failure ?? capture.problem {
      entry = Entry(guards: tracer.trace.guards, plan: .eager(reason: reason))
      let text = "compile: runs eagerly for \(signature.description): \(reason)"
      if !state.notes.contains(text) {
        state.notes.append(text)
        printWarning(text)
      }
    } else {
      let skeleton = mapTensors(result) { capture.skeleton($0) }
      entry = Entry(guards: tracer.trace.guards, plan: .program(capture.program(executor), skeleton: skeleton))
    }
    if let last = state.bySignature[signature]?.last, let changed = last.guards.first(where: { !$0.holds }) {
      state.notes.append("compiled again for \(signature.description): \(changed.description)")
    } else if let other = state.order.last {
      state.notes.append("compiled again: \(signature.difference(from: other))")
    }
    var entries = state.bySignature[signature] ?? []
    if entries.isEmpty { state.order.append(signature) }
    if entries.count >= entryLimit { entries.removeFirst() }
    state.bySignature[signature] = entries + [entry]
    if state.order.count > signatureLimit { state.bySignature[state.order.removeFirst()] = nil }
    if state.notes.count > signatureLimit { state.notes.removeFirst() }
    return untraced
  }

  /// What was captured for each signature, what was fused and planned, and why anything was compiled again or runs eagerly.
  public func explain() -> String {
    lock.withLock {
      var lines: [String] = []
      if state.order.isEmpty { lines.append("nothing is compiled yet: no call has been made") }
      for signature in state.order {
        for entry in state.bySignature[signature] ?? [] {
          lines.append("\(signature.description)")
          switch entry.plan {
          case .eager(let reason): lines.append("  runs eagerly: \(reason)")
          case .program(let program, _): lines += program.summary.map { "  " + $0 }
          }
        }
      }
      lines += state.notes
      return lines.joined(separator: "\n")
    }
  }

  /// The graphs as text, one operation a line.
  public var graph: String {
    lock.withLock {
      state.order.flatMap { signature in
        (state.bySignature[signature] ?? []).map { entry in
          switch entry.plan {
          case .eager(let reason): "\(signature.description): eager, \(reason)"
          case .program(let program, _): "\(signature.description)\n\(program.text)"
          }
        }
      }.joined(separator: "\n\n")
    }
  }
}
