import ApusCore
import ApusFunctional
import ApusNumerics

// Pruning: a parameter reads as itself times a mask of zeros and ones.

/// The parameter under `weight_orig`, and the mask as the buffer `weight_mask`.
final class MaskedWeight: ValueSource {
  let original: Tensor
  private let held: Changeable<Tensor>
  let order = nextSourceOrder()

  init(_ original: Tensor, _ mask: Tensor) {
    self.original = original
    held = Changeable(buffer(mask))
  }

  var mask: Tensor {
    get { held.value }
    set { held.value = stored(newValue, in: held.value) }
  }

  func value() -> Tensor { original * held.value }
  func assign(_ value: Tensor?) {
    if let value { _ = stored(value.detach(), in: original) }
  }
  func variables(_ name: String) -> [(name: String, tensor: Tensor)] {
    [("\(name)_orig", original), ("\(name)_mask", mask)]
  }
}

/// How much to prune: a share from 0 to 1 (`0.3`) or a number (`20`) of elements or channels.
public enum PruningAmount: Sendable, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A share of all.
  case share(Double)
  /// So many.
  case count(Int)

  public init(floatLiteral value: Double) { self = .share(value) }
  public init(integerLiteral value: Int) { self = .count(value) }
  /// A share of all.
  public init(_ value: Double) { self = .share(value) }
  /// So many.
  public init(_ value: Int) { self = .count(value) }

  /// How many of `total` these are.
  func number(of total: Int) throws(TensorError) -> Int {
    switch self {
    case .count(let n):
      guard n >= 0 else { throw TensorError(.value, "prune", "the amount must not be negative, and found \(n)") }
      guard n <= total else {
        throw TensorError(.value, "prune", "\(n) cannot be pruned where there are \(total)")
      }
      return n
    case .share(let share):
      guard share >= 0, share <= 1 else {
        throw TensorError(.value, "prune", "a share to prune must be from 0 to 1, and found \(share)")
      }
      return Int((share * Double(total)).rounded(.toNearestOrEven))
    }
  }
}

/// A way to choose what is pruned, for ``prune/apply(_:_:_:importanceScores:)``.
public protocol PruningMethod: Sendable {
  /// What is chosen: elements or channels of those that are left, or of all.
  var pruningType: PruningType { get }
  /// The new mask for elements of importance `t` that `defaultMask` has left.
  func computeMask(_ t: Tensor, _ defaultMask: Tensor) throws(TensorError) -> Tensor
}

/// What a ``PruningMethod`` chooses among where something has been pruned before.
public enum PruningType: Sendable, Hashable {
  /// The elements that are left, as a vector.
  case unstructured
  /// The channels of a dimension of which something is left.
  case structured(dim: Int)
  /// The whole tensor.
  case global
}

/// Pruning of parameters, PyTorch's `torch.nn.utils.prune`: `weight` becomes `weight_orig` times `weight_mask`.
///
///     prune.l1Unstructured(layer, name: "weight", amount: 0.3)
///     prune.remove(layer, name: "weight")
public enum prune {
  /// Nothing is pruned, but the parameter has a mask from now on.
  @discardableResult
  public static func identity<M: Module>(_ module: M, _ name: String) -> M { applied(Keep(), module, name, nil) }

  /// Prunes elements at random.
  @discardableResult
  public static func randomUnstructured<M: Module>(_ module: M, name: String, amount: PruningAmount) -> M {
    applied(RandomElements(amount: amount), module, name, nil)
  }

  /// Prunes the elements of the least magnitude.
  /// - Parameter importanceScores: what is compared in place of the parameter's elements.
  @discardableResult
  public static func l1Unstructured<M: Module>(
    _ module: M, name: String, amount: PruningAmount, importanceScores: Tensor? = nil
  ) -> M {
    applied(LeastMagnitude(amount: amount), module, name, importanceScores)
  }

  /// Prunes whole channels of the dimension `dim` at random.
  @discardableResult
  public static func randomStructured<M: Module>(
    _ module: M, name: String, amount: PruningAmount, dim: Int
  ) -> M {
    applied(RandomChannels(amount: amount, dim: dim), module, name, nil)
  }

  /// Prunes the channels of the dimension `dim` whose `n`-norms are the least.
  @discardableResult
  public static func lnStructured<M: Module>(
    _ module: M, name: String, amount: PruningAmount, n: Double, dim: Int, importanceScores: Tensor? = nil
  ) -> M {
    applied(LeastNorm(amount: amount, n: n, dim: dim), module, name, importanceScores)
  }

  /// Prunes what `mask`, of the parameter's shape, has zeros for.
  @discardableResult
  public static func customFromMask<M: Module>(_ module: M, name: String, mask: Tensor) -> M {
    applied(GivenMask(mask: mask), module, name, nil)
  }

  /// Prunes with a method of one's own.
  @discardableResult
  public static func apply<M: Module>(
    _ module: M, _ name: String, _ method: some PruningMethod, importanceScores: Tensor? = nil
  ) -> M {
    applied(method, module, name, importanceScores)
  }

  /// Prunes several parameters as if they were one, by `l1Unstructured` or another unstructured method.
  ///
  /// - Parameters:
  ///   - parameters: modules with the names of their parameters.
  ///   - importanceScores: what is compared in place of a parameter's elements, by the position in `parameters`.
  public static func globalUnstructured(
    _ parameters: [(any Module, String)], pruningMethod: GlobalMethod = .l1Unstructured, amount: PruningAmount,
    importanceScores: [Int: Tensor] = [:]
  ) {
    do throws(TensorError) {
      guard !parameters.isEmpty else { return }
      var scores: [Tensor] = []
      var masks: [Tensor] = []
      for (i, (module, name)) in parameters.enumerated() {
        let (value, mask) = try present(module, name)
        let given = importanceScores[i] ?? value
        if given.hasFailed { return }
        guard given.shape == value.shape else {
          throw TensorError(.shape, "prune", "scores of shape \(given.shape) do not fit a parameter of \(value.shape)")
        }
        scores.append(given.detach())
        masks.append(mask)
      }
      let method: any PruningMethod =
        pruningMethod == .l1Unstructured ? LeastMagnitude(amount: amount) : RandomElements(amount: amount)
      let all = try noGrad { () throws(TensorError) in
        try combined(
          method, cat(scores.map { $0.reshape([-1]) }, dim: 0), cat(masks.map { $0.reshape([-1]) }, dim: 0))
      }
      var start = 0
      for (i, (module, name)) in parameters.enumerated() {
        let mask = all.narrow(0, start, scores[i].count).reshape(scores[i].shape)
        customFromMask(module, name: name, mask: mask)
        start += scores[i].count
      }
    } catch {
      report(error)
    }
  }

  /// The methods of ``globalUnstructured(_:pruningMethod:amount:importanceScores:)``.
  public enum GlobalMethod: Sendable, Hashable {
    /// The smallest entries by amount.
    case l1Unstructured
    /// Entries drawn at random.
    case randomUnstructured
  }

  /// Makes pruning permanent: the parameter is `weight` again, with zeros where it is pruned.
  @discardableResult
  public static func remove<M: Module>(_ module: M, name: String) -> M {
    guard let found = module.changeable(name), let masked = found.place.source as? MaskedWeight else {
      report(
        TensorError(.state, "prune", "'\(name)' of \(M.typeName) is not pruned, so that there is nothing to remove"))
      return module
    }
    let value = noGrad { masked.value().detach() }
    if value.hasFailed { return module }
    let parameter = stored(value, in: masked.original)
    found.place.source = nil
    _ = found.place.setCurrentValue(parameter)
    return module
  }

  /// Whether any parameter of `module` or of a module inside it is pruned.
  public static func isPruned(_ module: any Module) -> Bool {
    module.modules().contains { inner in
      ModuleContents(of: inner).buffers.contains {
        $0.name.hasSuffix("_mask") && inner.isMasked(String($0.name.dropLast(5)))
      }
    }
  }

  // MARK: Masks

  /// The parameter's present value and mask.
  private static func present(_ module: any Module, _ name: String) throws(TensorError) -> (value: Tensor, mask: Tensor)
  {
    let (property, place) = try module.place(name, "prune")
    if let masked = place.source as? MaskedWeight { return (noGrad { masked.value().detach() }, masked.mask.detach()) }
    guard place.source == nil, let tensor = place.currentValue as? Tensor, tensor.isParameter else {
      throw TensorError(
        .state, "prune", "'\(property)' of \(type(of: module).typeName) is no parameter, or is computed already")
    }
    return (tensor.detach(), noGrad { onesLike(tensor.detach()) })
  }

  private static func applied<M: Module>(
    _ method: some PruningMethod, _ module: M, _ name: String, _ scores: Tensor?
  ) -> M {
    if let scores, scores.hasFailed { return module }
    do throws(TensorError) {
      let (value, mask) = try present(module, name)
      if value.hasFailed { return module }
      if let scores, scores.shape != value.shape {
        throw TensorError(
          .shape, "prune", "importance scores must have the parameter's shape \(value.shape), and found \(scores.shape)"
        )
      }
      let made = try noGrad { () throws(TensorError) in try combined(method, scores?.detach() ?? value, mask) }
      if made.hasFailed { return module }
      let place = try module.place(name, "prune").place
      if let masked = place.source as? MaskedWeight {
        masked.mask = made
      } else if let original = place.currentValue as? Tensor {
        place.source = MaskedWeight(original, made)
      }
    } catch {
      report(error)
    }
    return module
  }

  /// The mask after `method` has chosen among what `mask` has left.
  private static func combined(
    _ method: any PruningMethod, _ t: Tensor, _ mask: Tensor
  ) throws(TensorError) -> Tensor {
    switch method.pruningType {
    case .global: return try method.computeMask(t, mask)
    case .unstructured:
      let flat = mask.reshape([-1])
      let left = positions(flat.ne(0))
      if left.count == flat.count {
        return try method.computeMask(t.reshape([-1]), flat).reshape(mask.shape)
      }
      let index = Tensor(left)
      let partial = try method.computeMask(t.reshape([-1]).indexSelect(0, index), flat.indexSelect(0, index))
      return flat.indexCopy(0, index, partial).reshape(mask.shape)
    case .structured(let dim):
      let dim = try normalize(dim: dim, rank: t.rank, "prune")
      let others = (0..<t.rank).filter { $0 != dim }
      let sums = others.isEmpty ? mask : mask.sum(others)
      let index = Tensor(positions(sums.ne(0)))
      let partial = try method.computeMask(t.indexSelect(dim, index), mask.indexSelect(dim, index))
      return mask.indexCopy(dim, index, partial)
    }
  }

  /// Where a vector of truth values is true.
  private static func positions(_ condition: Tensor) -> [Int] {
    let values = condition.to(.int64).array(as: Int.self)
    return values.indices.filter { values[$0] != 0 }
  }
}

extension Module {
  fileprivate func isMasked(_ name: String) -> Bool { changeable(name)?.place.source is MaskedWeight }
}

// MARK: Methods

private struct Keep: PruningMethod {
  var pruningType: PruningType { .unstructured }
  func computeMask(_ t: Tensor, _ defaultMask: Tensor) throws(TensorError) -> Tensor { defaultMask }
}

/// The mask with zeros at `indices` of a vector.
private func cleared(_ mask: Tensor, _ indices: Tensor) -> Tensor { mask.indexFill(0, indices, 0) }

private struct RandomElements: PruningMethod {
  let amount: PruningAmount
  var pruningType: PruningType { .unstructured }

  func computeMask(_ t: Tensor, _ defaultMask: Tensor) throws(TensorError) -> Tensor {
    let count = try amount.number(of: t.count)
    if count == 0 { return defaultMask }
    return cleared(defaultMask, rand(t.shape, dtype: t.dtype).topk(count).indices)
  }
}

private struct LeastMagnitude: PruningMethod {
  let amount: PruningAmount
  var pruningType: PruningType { .unstructured }

  func computeMask(_ t: Tensor, _ defaultMask: Tensor) throws(TensorError) -> Tensor {
    let count = try amount.number(of: t.count)
    if count == 0 { return defaultMask }
    return cleared(defaultMask, t.abs().topk(count, largest: false).indices)
  }
}

private struct RandomChannels: PruningMethod {
  let amount: PruningAmount
  let dim: Int
  var pruningType: PruningType { .structured(dim: dim) }

  func computeMask(_ t: Tensor, _ defaultMask: Tensor) throws(TensorError) -> Tensor {
    let dim = try normalize(dim: dim, rank: t.rank, "prune")
    let count = try amount.number(of: t.shape[dim])
    if count == 0 { return defaultMask }
    let chances = rand([t.shape[dim]])
    let threshold = chances.kthvalue(count).values
    let kept = chances.gt(threshold).to(defaultMask.dtype)
    return defaultMask * kept.reshape((0..<t.rank).map { $0 == dim ? -1 : 1 })
  }
}

private struct LeastNorm: PruningMethod {
  let amount: PruningAmount
  let n: Double
  let dim: Int
  var pruningType: PruningType { .structured(dim: dim) }

  func computeMask(_ t: Tensor, _ defaultMask: Tensor) throws(TensorError) -> Tensor {
    let dim = try normalize(dim: dim, rank: t.rank, "prune")
    let count = try amount.number(of: t.shape[dim])
    if count == 0 { return defaultMask }
    let others = (0..<t.rank).filter { $0 != dim }
    let norms = others.isEmpty ? t.abs() : t.norm(n, others)
    let kept = norms.topk(t.shape[dim] - count).indices
    let chosen = Tensor.zeros([t.shape[dim]], dtype: defaultMask.dtype).indexFill(0, kept, 1)
    return defaultMask * chosen.reshape((0..<t.rank).map { $0 == dim ? -1 : 1 })
  }
}

private struct GivenMask: PruningMethod {
  let mask: Tensor
  var pruningType: PruningType { .global }

  func computeMask(_ t: Tensor, _ defaultMask: Tensor) throws(TensorError) -> Tensor {
    if mask.hasFailed { return mask }
    guard mask.shape == defaultMask.shape else {
      throw TensorError(
        .shape, "prune", "a mask must have the parameter's shape \(defaultMask.shape), and found \(mask.shape)")
    }
    return defaultMask * mask.detach().to(defaultMask.dtype)
  }
}

// The name of the parameter without its label.

extension prune {
  /// ``randomUnstructured(_:name:amount:)``.
  @discardableResult
  public static func randomUnstructured<M: Module>(_ module: M, _ name: String, amount: PruningAmount) -> M {
    randomUnstructured(module, name: name, amount: amount)
  }
  /// ``l1Unstructured(_:name:amount:importanceScores:)``.
  @discardableResult
  public static func l1Unstructured<M: Module>(
    _ module: M, _ name: String, amount: PruningAmount, importanceScores: Tensor? = nil
  ) -> M {
    l1Unstructured(module, name: name, amount: amount, importanceScores: importanceScores)
  }
  /// ``randomStructured(_:name:amount:dim:)``.
  @discardableResult
  public static func randomStructured<M: Module>(
    _ module: M, _ name: String, amount: PruningAmount, dim: Int
  ) -> M {
    randomStructured(module, name: name, amount: amount, dim: dim)
  }
  /// ``lnStructured(_:name:amount:n:dim:importanceScores:)``.
  @discardableResult
  public static func lnStructured<M: Module>(
    _ module: M, _ name: String, amount: PruningAmount, n: Double, dim: Int, importanceScores: Tensor? = nil
  ) -> M {
    lnStructured(module, name: name, amount: amount, n: n, dim: dim, importanceScores: importanceScores)
  }
  /// ``customFromMask(_:name:mask:)``.
  @discardableResult
  public static func customFromMask<M: Module>(_ module: M, _ name: String, mask: Tensor) -> M {
    customFromMask(module, name: name, mask: mask)
  }
  /// ``remove(_:name:)``.
  @discardableResult
  public static func remove<M: Module>(_ module: M, _ name: String) -> M { remove(module, name: name) }
}
