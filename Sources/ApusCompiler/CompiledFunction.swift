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
/// language went are part of the graph; a number that changes from call to call belongs in a tensor, for only a few graphs are
/// made that differ in numbers. A function that reads a value (`item()`, `print`) runs eagerly for those shapes; this is told
/// once on the standard error stream and in ``CompiledFunction/explain()``.
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

/// ``compile(_:)-swift.function`` for a function whose arguments are meant to have many shapes, where `expectsShapes` says so.
package func compile<Argument: TensorTree, Output: TensorTree>(
  executor: CompileExecutor, expectsShapes: Bool, _ function: @escaping @Sendable (Argument) -> Output
) -> CompiledFunction<Output, Argument> {
  CompiledFunction(function, executor, expectsShapes: expectsShapes) { output, transform in
    output.mapTensors(transform)
  }
}

/// ``compile(_:)-swift.function`` for a function that gives nothing or several trees.
@_disfavoredOverload
public func compile<each Argument: TensorTree, each Output: TensorTree>(
  executor: CompileExecutor = .automatic,
  _ function: @escaping @Sendable (repeat each Argument) -> (repeat each Output)
) -> CompiledFunction<(repeat each Output), repeat each Argument> {
  CompiledFunction(function, executor) { outputs, transform in (repeat (each outputs).mapTensors(transform)) }
}

/// A function made by ``compile(_:)``: call it as the original.
public final class CompiledFunction<Result, each Argument: TensorTree>: @unchecked Sendable {
  typealias MapTensors = (Result, (Tensor) -> Tensor) -> Result

  private let function: @Sendable (repeat each Argument) -> Result
  private let mapTensors: MapTensors
  private let executor: CompileExecutor
  private let lock = PlainLock()
  /// Under the lock.
  private var state = CompiledEntries()
  /// Whether calls are meant to have arguments of many shapes: nothing is said of those that are compiled.
  private let expectsShapes: Bool

  init(
    _ function: @escaping @Sendable (repeat each Argument) -> Result, _ executor: CompileExecutor,
    expectsShapes: Bool = false, mapTensors: @escaping MapTensors
  ) {
    self.function = function
    self.executor = executor
    self.expectsShapes = expectsShapes
    self.mapTensors = mapTensors
  }

  /// Runs the graph of the arguments' signature; the first call of a signature captures it.
  public func callAsFunction(_ argument: repeat each Argument) -> Result {
    // Inside of another function that is being captured this is part of that one; a graph reads the variables themselves.
    if Tracer.current != nil || Context.current?.substitutes != nil { return function(repeat each argument) }
    if AnomalyMode.isEnabled {
      tellWatched()
      return function(repeat each argument)
    }
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
    if let entry = lock.withLock({ state.find(tensors, parts) }) { return run(entry, tensors, repeat each argument) }
    // Others who need the same function wait until it is there.
    let captured: Result? = lock.withLock {
      if state.find(tensors, parts) != nil { return nil }
      if let reason = state.exhaustion(tensors, parts) {
        tellEager(Signature(tensors, []), reason)
        return nil
      }
      return capture(Signature(tensors, parts), repeat each argument)
    }
    if let captured { return captured }
    guard let entry = lock.withLock({ state.find(tensors, parts) }) else { return function(repeat each argument) }
    return run(entry, tensors, repeat each argument)
  }

  private func run(_ entry: CompiledEntry, _ tensors: [Tensor], _ argument: repeat each Argument) -> Result {
    guard case .program(let program) = entry.plan, let known = entry.skeleton else {
      return function(repeat each argument)
    }
    // The entry was made here, for this type.
    let skeleton = unsafeDowncast(known, to: Skeleton<Result>.self)
    let made = program(tensors)
    var next = 0
    return mapTensors(skeleton.value) { kept in
      defer { next += 1 }
      return program.outputs[next].map { made[$0] } ?? kept
    }
  }

  /// Runs the function, writes down what it does, and keeps the program made of it.
  private func capture(_ signature: Signature, _ argument: repeat each Argument) -> Result {
    let start = Clock.seconds
    let tracer = Tracer()
    tracer.compileStep = { [executor] in GraphProgram.compile($0, executor) }
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
    if capture.hasFailed { return untraced }
    let entry: CompiledEntry
    if let reason = tracer.failure ?? capture.problem {
      entry = CompiledEntry(signature, tracer.trace.guards, .eager(reason: reason))
      tellEager(signature, reason)
    } else {
      entry = CompiledEntry(
        signature, tracer.trace.guards,
        .program(capture.program(executor, anySizes: state.hasOtherShapes(than: signature))),
        places: capture.places,
        skeleton: Skeleton(value: mapTensors(result) { capture.skeleton($0) }))
    }
    let changed = state.entries.last { $0.signature == signature }?.guards.first { !$0.holds }
    if let changed {
      state.note("compiled again for \(signature.description): \(changed.description)")
    } else if let other = state.entries.last {
      let difference = signature.difference(from: other.signature)
      state.note("compiled again: \(difference)")
      if state.noteRecompilation(signature, seconds: Clock.seconds - start), !expectsShapes {
        tellRecompilations(difference)
      }
    }
    state.add(entry)
    return untraced
  }

  /// Says that one shape after the other is compiled, why, and what helps.
  private func tellRecompilations(_ difference: String) {
    let milliseconds = Int((state.secondsOfShapes * 1000).rounded())
    warn(
      "compile",
      "compiled for the third time, as \(difference); the last two took \(milliseconds) ms. Every new shape is compiled: pad "
        + "arguments to a few shapes, leave the function uncompiled if its shapes keep changing, or say nothing of it with "
        + "Warnings.mode = .silent")
  }

  /// Says once that calls run eagerly, and why.
  private func tellEager(_ signature: Signature, _ reason: String) {
    let text = "runs eagerly for \(signature.description): \(reason)"
    let note = "compile: " + text
    if state.notes.contains(note) { return }
    state.note(note)
    warn("compile", text, about: text)
  }

  /// Says that the graph is left out while its operations could not be named.
  private func tellWatched() {
    warn(
      "compile",
      "runs eagerly while anomalies are looked for (detectAnomaly, checkNumerics), so that the operation and its line can be told",
      about: "anomalies")
  }

  /// What was captured for each signature, what was fused and planned, and why anything was compiled again or runs eagerly.
  public func explain() -> String {
    lock.withLock {
      var lines: [String] = []
      if state.entries.isEmpty { lines.append("nothing is compiled yet: no call has succeeded") }
      for entry in state.entries {
        lines.append(entry.signature.description)
        switch entry.plan {
        case .eager(let reason): lines.append("  runs eagerly: \(reason)")
        case .program(let program): lines += program.summary.map { "  " + $0 }
        }
      }
      lines += state.notes
      return lines.joined(separator: "\n")
    }
  }

  /// The graphs as text, one operation a line.
  public var graph: String {
    lock.withLock {
      state.entries.map { entry in
        switch entry.plan {
        case .eager(let reason): "\(entry.signature.description): eager, \(reason)"
        case .program(let program): "\(entry.signature.description)\n\(program.text)"
        }
      }.joined(separator: "\n\n")
    }
  }

  /// The graph of the arguments that were compiled last, as captured and after every pass that changed it: what each did, as text
  /// and as a picture (`.diagram.dot`, `.diagram.svg()`). Empty where no graph was made.
  ///
  ///     try writePage(of: step.stages, to: "step.html")
  public var stages: [GraphStage] {
    let program = lock.withLock { () -> GraphFunction? in
      for entry in state.entries.reversed() { if case .program(let program) = entry.plan { return program } }
      return nil
    }
    return program?.stages ?? []
  }
}
