import ApusCore

/// One of two results, as a tensor says: PyTorch's `torch.cond`.
///
///     let y = cond(x.sum().gt(0), then: { x.sin() }, else: { x.cos() })
///
/// Only the chosen branch runs, and gradients flow through it alone. Inside of a compiled function both branches belong to the
/// graph and every call runs the one that it chooses, where `if` on the value would make the function run eagerly. Inside of
/// `vmap` both run, and each sample takes its own.
///
/// - Parameters:
///   - predicate: one element; zero, or false, chooses `otherwise`.
///   - then: gives a tensor or a tree of them.
///   - otherwise: gives the same tree, with tensors of the same shapes and element types.
public func cond<Output: TensorTree>(
  _ predicate: Tensor, then: () throws -> Output, else otherwise: () throws -> Output
) rethrows -> Output {
  guard predicate.count == 1, !predicate.hasFailed else {
    let failed =
      predicate.hasFailed
      ? predicate : fail(TensorError(.shape, "cond", "needs a predicate of one element, and found \(predicate.type)"))
    return try then().mapTensors { _ in failed }
  }
  if isMapping { return choice(predicate, try then(), try otherwise()) }
  if let made = captured(predicate, then, otherwise) { return made }
  if Context.current?.isBatching == true { return choice(predicate, try then(), try otherwise()) }
  return try predicate.detach().itemScalar().double != 0 ? then() : otherwise()
}

/// Both results, of which the predicate of each sample chooses.
private func choice<Output: TensorTree>(_ predicate: Tensor, _ then: Output, _ otherwise: Output) -> Output {
  let condition = predicate.reshape([]).to(.bool)
  return filled(then, zip(tensors(then), tensors(otherwise)).map { `where`(condition, $0, $1) })
}

/// Both branches as one operation of the function that is being captured; nil where they cannot be.
private func captured<Output: TensorTree>(
  _ predicate: Tensor, _ then: () throws -> Output, _ otherwise: () throws -> Output
) -> Output? {
  guard let tracer = Tracer.current, let compile = tracer.compileStep, tracer.reaches(predicate.resolved) else {
    return nil
  }
  var trees: [Output] = []
  func step(_ body: () throws -> Output) -> TracedStep? {
    capturedStep([], inside: tracer) { _ in
      guard let tree = try? body() else { return [] }
      trees.append(tree)
      return tensors(tree).map(ownResult)
    }
  }
  guard let first = step(then), let second = step(otherwise), trees.count == 2 else { return nil }
  guard first.outputTypes == second.outputTypes, trees[0].signatureParts == trees[1].signatureParts else {
    let found = [first, second].map { $0.outputTypes.map { "\($0)" }.joined(separator: ", ") }
    let failed = fail(
      TensorError(.shape, "cond", "one branch gives \(found[0]) and the other \(found[1]); both must give the same"))
    return trees[0].mapTensors { _ in failed }
  }
  let branch = Branch(
    branches: [first, second].map { CapturedStep($0, compile) }, split: 1 + first.free.count)
  let made = apply(branch, [predicate] + first.free + second.free)
  return filled(trees[0], results(made, first.outputTypes.count))
}

/// Inputs: the predicate, what the first branch uses, and from `split` on what the second one uses.
struct Branch: Primitive {
  let branches: [CapturedStep]
  let split: Int
  var name: String { "Cond" }
  var takesCustomElements: Bool { true }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { branches[0].step.outputTypes }

  /// Which branch runs, and which inputs it uses.
  func chosen(_ inputs: [Tensor]) -> (step: CapturedStep, range: Range<Int>) {
    inputs[0].itemScalar().double != 0 ? (branches[0], 1..<split) : (branches[1], split..<inputs.count)
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let made = try caught("cond") {
      noGrad {
        let (step, range) = chosen(inputs)
        return step.run(Array(inputs[range]))
      }
    }
    for (result, tensor) in zip(results, made) { result.fill(with: tensor) }
  }

  /// Both branches, in operations that everybody sees.
  func composed(_ inputs: [Tensor]) -> [Tensor] {
    let condition = inputs[0].reshape([]).to(.bool)
    let (a, b) = (branches[0].step(Array(inputs[1..<split])), branches[1].step(Array(inputs[split...])))
    return zip(a, b).map { `where`(condition, $0, $1) }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    mappedComposed(inputs, isBatched, composed)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let inputs = (0..<node.inputCount).map { node.input($0) }
    let wanted = inputs.indices.filter { node.needs($0) && inputs[$0].dtype.isInexact }
    let given = cotangents.enumerated().map { i, cotangent in
      let type = node.outputType(i)
      return cotangent ?? Tensor.zeros(type.shape, dtype: type.dtype).placed(with: inputs[0])
    }
    return scattered(
      results(apply(BranchGradient(branch: self, wanted: wanted), given + inputs), wanted.count), wanted,
      among: inputs.count)
  }
}

/// The gradients of those inputs of ``Branch`` that are `wanted`. Inputs: the cotangents of its results, then its inputs.
struct BranchGradient: Primitive {
  let branch: Branch
  let wanted: [Int]
  var name: String { "CondBackward" }
  var takesCustomElements: Bool { true }

  private var count: Int { branch.branches[0].step.outputTypes.count }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { wanted.map { inputs[count + $0] } }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let own = Array(inputs.dropFirst(count))
    let made = try caught("cond") {
      noGrad {
        let (step, range) = branch.chosen(own)
        let found = step.gradient(Array(own[range]), Array(inputs.prefix(count)))
        // What only the other branch uses has no share.
        return wanted.map { range.contains($0) ? found[$0 - range.lowerBound] : zerosLike(own[$0]) }
      }
    }
    for (result, tensor) in zip(results, made) { result.fill(with: tensor) }
  }

  /// The gradients of both branches, of which one counts.
  func composed(_ inputs: [Tensor]) -> [Tensor] {
    let own = Array(inputs.dropFirst(count))
    let found = composedGradients(
      own, needs: own.indices.map(wanted.contains), cotangents: inputs.prefix(count).map { $0 }, branch.composed)
    return wanted.map { found[$0] ?? zerosLike(own[$0]) }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    mappedComposed(inputs, isBatched, composed)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    composedGradients(node, cotangents: cotangents, composed)
  }
}
