import ApusCore
import ApusFormats
import ApusNN

/// A module that takes a weight as it lies in the file, without a copy: the large ones of a model.
package protocol WeightHolder: Module {
  /// The matrix; a tensor that was made by `parameter`.
  var weight: Tensor! { get set }
  /// The matrix in the form in which a file stores it, in place of ``weight``.
  var packed: (any PackedWeight)? { get set }
}

/// Puts the weights of files into the modules that bear their names.
struct WeightLoader {
  private let weights: any ModelWeights
  private let loading: ModelLoading
  private let requiresAll: Bool
  private let refusesOthers: Bool

  init(_ weights: any ModelWeights, _ loading: ModelLoading, requiresAll: Bool, refusesOthers: Bool) {
    (self.weights, self.loading, self.requiresAll, self.refusesOthers) = (weights, loading, requiresAll, refusesOthers)
  }

  /// A parameter or buffer of the model, all its names and the modules that hold it.
  private struct Target {
    var names: [String]
    let tensor: Tensor
    var holders: [any WeightHolder] = []
  }

  /// - Throws: `TensorError` of kind `state` with every weight that is missing, unexpected or of a wrong shape.
  func load(into model: some PretrainedModel) throws {
    try model.adapt(to: weights)
    var targets = targets(of: model)
    let (sources, unexpected) = sources(for: targets, of: model)
    var problems: [String] = []
    var found: [(target: Int, source: String)] = []
    for (i, target) in targets.enumerated() {
      guard let source = target.names.compactMap({ sources[$0] }).first else {
        if requiresAll || !target.tensor.isParameter { problems.append("missing: \(target.names[0])") }
        continue
      }
      let shape = weights.shape(of: source) ?? []
      if shape != target.tensor.shape {
        if loading.ignoresMismatchedSizes, target.tensor.isParameter { continue }
        problems.append("wrong shape: \(source) is \(shape) in the file and \(target.tensor.shape) in the model")
      }
      found.append((i, source))
    }
    if refusesOthers { problems += unexpected.map { "unexpected: \($0)" } }
    guard problems.isEmpty else {
      let shown = problems.prefix(30).joined(separator: "\n  ")
      let rest = problems.count > 30 ? "\n  and \(problems.count - 30) more" : ""
      throw TensorError(.state, weights.path, "the weights do not fit \(type(of: model).typeName):\n  \(shown)\(rest)")
    }
    for (target, source) in found { try store(source, in: &targets[target]) }
    let known = Set(found.map(\.target))
    for i in targets.indices where !known.contains(i) { draw(&targets[i]) }
    if !loading.requiresGrad { for tensor in model.parameters() { tensor.requiresGrad_(false) } }
  }

  private func targets(of model: some PretrainedModel) -> [Target] {
    var targets: [Target] = []
    var places: [ObjectIdentifier: Int] = [:]
    for (name, tensor) in model.namedParameters() + model.namedBuffers() where !tensor.isUnsavedBuffer {
      guard let identity = tensor.variableIdentity else { continue }
      places[identity] = targets.count
      targets.append(Target(names: [name], tensor: tensor))
    }
    for (path, module) in model.namedModules() {
      guard let holder = module as? any WeightHolder, let identity = holder.weight?.variableIdentity,
        let place = places[identity]
      else { continue }
      let name = path.isEmpty ? "weight" : "\(path).weight"
      if targets[place].names[0] != name { targets[place].names.append(name) }
      targets[place].holders.append(holder)
    }
    for (other, name) in model.tiedWeights {
      if let place = targets.firstIndex(where: { $0.names.contains(name) }) { targets[place].names.append(other) }
    }
    return targets
  }

  /// The name in the files of each weight of the model, and the names that fit none.
  private func sources(
    for targets: [Target], of model: some PretrainedModel
  ) -> (sources: [String: String], unexpected: [String]) {
    let type = type(of: model)
    let known = Set(targets.flatMap(\.names))
    let prefix = type.baseModelPrefix.isEmpty ? nil : "\(type.baseModelPrefix)."
    var sources: [String: String] = [:]
    var unexpected: [String] = []
    for name in weights.names {
      guard let present = type.presentName(name) else { continue }
      if known.contains(present) {
        sources[present] = name
      } else if let prefix, known.contains(prefix + present) {
        sources[prefix + present] = name
      } else if let prefix, present.hasPrefix(prefix), known.contains(String(present.dropFirst(prefix.count))) {
        sources[String(present.dropFirst(prefix.count))] = name
      } else {
        unexpected.append(name)
      }
    }
    return (sources, unexpected)
  }

  private func store(_ source: String, in target: inout Target) throws {
    guard let first = target.holders.first else {
      return target.tensor.storeData(try weights.tensor(named: source))
    }
    if loading.keepsPacked, let packed = try weights.packed(named: source) {
      for holder in target.holders { holder.packed = packed }
      // A parameter that nobody holds any more: the numbers are in `packed` alone.
      for holder in target.holders { holder.weight = nil }
      return
    }
    let stored = try weights.tensor(named: source)
    if let form = loading.quantizes, let packed = try quantized(stored, as: form, for: target.holders) {
      for holder in target.holders { (holder.packed, holder.weight) = (packed, nil) }
      weights.forgetPages(of: source)
      return
    }
    let type = stored.dtype.isFloatingPoint ? loading.dtype ?? stored.dtype : first.weight.dtype
    let made = parameter(stored.dtype == type ? stored : noGrad { stored.to(type) })
    for holder in target.holders { holder.weight = made }
    if stored.dtype != type { weights.forgetPages(of: source) }
  }

  /// A matrix in a form of few bits, a table of tokens with more of them; nil where its rows are no whole blocks.
  private func quantized(
    _ stored: Tensor, as form: WeightForm, for holders: [any WeightHolder]
  ) throws -> (any PackedWeight)? {
    guard stored.rank == 2, stored.dtype.isFloatingPoint else { return nil }
    let form = holders.contains { $0 is TokenEmbedding } ? form.ofTables : form
    let isTransposed = holders.contains { ($0 as? Projection)?.isTransposed == true }
    let matrix = noGrad { (isTransposed ? stored.mT : stored).to(.float32) }
    return form.rowBytes(matrix.shape[1]) == nil ? nil : try QuantizedWeight(quantizing: matrix, as: form)
  }

  /// Random numbers for a weight that no file has.
  private func draw(_ target: inout Target) {
    let tensor = target.tensor
    guard tensor.isParameter else { return }
    guard tensor.rank > 1, let first = target.holders.first else {
      // Vectors have their values already, but for some no memory of their own.
      tensor.storeData(tensor.detach())
      if tensor.rank > 1 { Init.kaimingUniform(tensor, a: 5.0.squareRoot()) }
      return
    }
    let made = parameter(Tensor.zeros(first.weight.shape, dtype: loading.dtype ?? .float32))
    Init.normal(made, std: 0.02)
    for holder in target.holders { holder.weight = made }
  }
}
