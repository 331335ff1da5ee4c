import ApusCore
import Synchronization

// Parametrisations: what a property of a module reads as is computed from other tensors, which are trained in its place.

/// A layer that can stand behind a parameter and be undone: what it makes of `rightInverse(value)` is `value`.
///
///     final class Symmetric: Parametrization {
///       func forward(_ x: Tensor) -> Tensor { x.triu() + x.triu(1).mT }
///       func rightInverse(_ value: Tensor) -> Tensor { value.triu() }
///     }
///     parametrize.registerParametrization(layer, "weight", Symmetric())
///
/// A ``Layer`` without an inverse can be registered as well; its parameter cannot be assigned then.
public protocol Parametrization: Layer {
  /// What ``Layer/forward(_:)`` makes `value` of.
  func rightInverse(_ value: Tensor) -> Tensor
  /// Whether there is an inverse.
  var hasRightInverse: Bool { get }
}

extension Parametrization {
  public var hasRightInverse: Bool { true }
}

/// A parametrisation by several tensors, as a length and a direction.
public protocol JointParametrization: Module {
  /// The value that `originals` stand for.
  func forward(_ originals: [Tensor]) -> Tensor
  /// Tensors of which ``forward(_:)`` makes `value`.
  func rightInverse(_ value: Tensor) -> [Tensor]
}

/// The parametrisations of one property, and the tensors that are trained for it: PyTorch's `ParametrizationList`.
@dynamicMemberLookup
public final class ParametrizationList: ModuleContainer, RepeatedEntries, ValueSource {
  public let state = ModuleState()
  private let entries: Changeable<[any Module]>
  /// Parameters or buffers: one, or those of a ``JointParametrization``.
  private let trained: Changeable<[Tensor]>
  /// Whether the first parametrisation takes a list of tensors.
  let isJoint: Bool
  let order = nextSourceOrder()

  fileprivate init(_ first: any Module, _ originals: [Tensor], isJoint: Bool) {
    entries = Changeable([first])
    trained = Changeable(originals)
    self.isJoint = isJoint
  }

  /// How many parametrisations there are, one applied to the result of the other.
  public var count: Int { entries.value.count }
  /// The parametrisation at `index`.
  /// - Precondition: there is one.
  public subscript(index: Int) -> any Module {
    let all = entries.value
    if all.indices.contains(index) { return all[index] }
    report(TensorError(.index, "ParametrizationList", "index \(index) is out of range: there are \(all.count) entries"))
    return self
  }
  /// The tensor that is trained: `original`, or of several `original0`, `original1` ...
  /// - Precondition: there is one of that name.
  public subscript(dynamicMember name: String) -> Tensor {
    let all = extraValues
    return all.first { $0.name == name }?.tensor
      ?? fail(
        TensorError(
          .state, "ParametrizationList", "there is no '\(name)', but \(all.map(\.name).joined(separator: ", "))"))
  }

  var namedValues: [(name: String, value: Any)] { entries.value.enumerated().map { (String($0), $1) } }
  var extraValues: [(name: String, tensor: Tensor)] {
    let all = trained.value
    return all.enumerated().map { (isJoint ? "original\($0)" : "original", $1) }
  }

  fileprivate func append(_ parametrization: any Module) { entries.value.append(parametrization) }

  // MARK: The property

  func variables(_ name: String) -> [(name: String, tensor: Tensor)] { [] }

  func value() -> Tensor {
    guard let cache = ParametrizationCache.current else { return computed() }
    return cache.value(of: self, computed)
  }

  private func computed() -> Tensor {
    let originals = trained.value
    var result = originals.first ?? Tensor.zeros([0])
    for (i, entry) in entries.value.enumerated() {
      switch entry {
      case let joint as any JointParametrization:
        result = callModule(joint, i == 0 ? originals : [result]) { joint.forward($0) }
      case let layer as any Layer: result = layer(result)
      default: break
      }
    }
    return result
  }

  func assign(_ value: Tensor?) {
    guard let value else {
      report(TensorError(.state, "parametrize", "a parametrised tensor cannot be replaced by nil"))
      return
    }
    if value.hasFailed { return }
    do throws(TensorError) { try store(try noGrad { () throws(TensorError) in try inverse(of: value.detach()) }) } catch
    {
      report(error)
    }
  }

  private func inverse(of value: Tensor) throws(TensorError) -> [Tensor] {
    var tensors = [value]
    for entry in entries.value.reversed() {
      guard let next = rightInverse(of: entry, tensors[0]) else {
        throw TensorError(
          .state, "parametrize",
          "\(type(of: entry).typeName) has no right inverse, so that the parametrised tensor cannot be assigned: make it a "
            + "Parametrization, or store in the original")
      }
      tensors = next
    }
    return tensors
  }

  private func store(_ values: [Tensor]) throws(TensorError) {
    let targets = trained.value
    guard values.count == targets.count else {
      throw TensorError(
        .state, "parametrize", "the right inverse gave \(values.count) tensors, and \(targets.count) are trained")
    }
    trained.value = zip(targets, values).map { stored($1, in: $0) }
  }

  /// Where the parametrisation ends: the tensor that the property holds from now on.
  fileprivate func leftOver(parametrized: Bool) throws(TensorError) -> Tensor {
    let originals = trained.value
    if !parametrized {
      if isJoint {
        throw TensorError(
          .state, "parametrize", "what is parametrised by several tensors has no original to leave; leave the value")
      }
      return originals[0]
    }
    let value = noGrad { computed().detach() }
    if value.hasFailed { return value }
    if !isJoint { return stored(value, in: originals[0]) }
    let isTrained = originals.contains(where: \.requiresGrad)
    return originals[0].isParameter ? parameter(value, requiresGrad: isTrained) : buffer(value)
  }
}

/// What `entry` is to be given for `value`; nil where it cannot tell.
private func rightInverse(of entry: any Module, _ value: Tensor) -> [Tensor]? {
  switch entry {
  case let joint as any JointParametrization: joint.rightInverse(value)
  case let single as any Parametrization where single.hasRightInverse: [single.rightInverse(value)]
  default: nil
  }
}

/// The variable `target` with the elements of `value`; a new one of its kind where shapes or types differ.
func stored(_ value: Tensor, in target: Tensor) -> Tensor {
  if value.hasFailed { return target }
  if value.type == target.type, target.isVariable {
    noGrad {
      var target = target
      target.assign(value)
    }
    return target
  }
  return target.isBuffer ? buffer(value) : parameter(value, requiresGrad: target.requiresGrad)
}

/// The parametrisations of a module by the names of its parameters: `layer.parametrizationDict.weight.original`.
@dynamicMemberLookup
public final class ParametrizationDict: ModuleContainer {
  public let state = ModuleState()
  private let entries = Changeable<[(name: String, list: ParametrizationList)]>([])
  public static var typeName: String { "ModuleDict" }

  private static let count = Atomic<Int>(0)

  init() { Self.count.add(1, ordering: .relaxed) }

  /// That of `module`, unless it is empty. While there are none in the program, nobody looks for one.
  static func of(_ module: any Module) -> ParametrizationDict? {
    if count.load(ordering: .relaxed) == 0 { return nil }
    return module.state.parametrizations.flatMap { $0.names.isEmpty ? nil : $0 }
  }

  /// The names of the parametrised properties.
  public var names: [String] { entries.value.map(\.name) }
  /// The parametrisations of the property `name`, nil where it has none.
  public subscript(name: String) -> ParametrizationList? { entries.value.first { $0.name == name }?.list }
  /// The parametrisations of the property `name`.
  /// - Precondition: it has some.
  public subscript(dynamicMember name: String) -> ParametrizationList {
    if let found = self[name] ?? self[ModuleContents.snakeCase(name)] { return found }
    report(TensorError(.state, "parametrize", "'\(name)' is not parametrised; what is: \(names)"))
    return ParametrizationList(self, [], isJoint: false)
  }

  // Every module has `weight` and `bias`; here they are names like others.
  /// The parametrisations of `weight`.
  /// - Precondition: it has some.
  public var weight: ParametrizationList { self[dynamicMember: "weight"] }
  /// The parametrisations of `bias`.
  /// - Precondition: it has some.
  public var bias: ParametrizationList { self[dynamicMember: "bias"] }

  fileprivate func set(_ name: String, _ list: ParametrizationList?) {
    var all = entries.value.filter { $0.name != name }
    if let list { all.append((name, list)) }
    entries.value = all
  }

  var namedValues: [(name: String, value: Any)] { entries.value.map { ($0.name, $0.list) } }
}

extension Module {
  /// The parametrisations of this module's own parameters and buffers, PyTorch's `parametrizations`; empty where there are none.
  public var parametrizationDict: ParametrizationDict { state.parametrizations ?? ParametrizationDict() }
}

/// Values of parametrised properties inside ``parametrize/cached(_:)``.
private final class ParametrizationCache: Sendable {
  @TaskLocal static var current: ParametrizationCache?
  private let values = Lock<[ObjectIdentifier: (list: ParametrizationList, value: Tensor)]>([:])

  func value(of list: ParametrizationList, _ compute: () -> Tensor) -> Tensor {
    if let known = values.withLock({ $0[ObjectIdentifier(list)]?.value }) { return known }
    let value = compute()
    values.withLock { $0[ObjectIdentifier(list)] = (list, value) }
    return value
  }
}

/// Computed parameters, PyTorch's `torch.nn.utils.parametrize`.
public enum parametrize {
  /// Lets the property `name` of `module` read as what `parametrization` makes of a tensor that is trained in its place:
  /// `parametrizations.weight.original` in the state dictionary, or `original0`, `original1` ... of a ``JointParametrization``. A
  /// second one takes what the first one gives.
  ///
  /// - Parameters:
  ///   - name: in Swift or as in the state dictionary: a parameter or buffer that is declared as `@Changeable var`.
  ///   - parametrization: a ``Layer``, a ``Parametrization`` or a ``JointParametrization``.
  ///   - unsafe: whether shape and element type may change.
  @discardableResult
  public static func registerParametrization<M: Module>(
    _ module: M, _ name: String, _ parametrization: any Module, unsafe: Bool = false
  ) -> M {
    do throws(TensorError) { try register(module, name, parametrization, unsafe) } catch { report(error) }
    return module
  }

  private static func register(
    _ module: some Module, _ name: String, _ parametrization: any Module, _ isUnsafe: Bool
  ) throws(TensorError) {
    guard parametrization is any Layer || parametrization is any JointParametrization else {
      throw TensorError(
        .state, "parametrize",
        "\(type(of: parametrization).typeName) is neither a Layer, a Parametrization nor a JointParametrization")
    }
    let (property, place) = try module.place(name, "parametrize")
    parametrization.train(module.isTraining)
    if let list = place.source as? ParametrizationList {
      if !isUnsafe { try check(added: parametrization, to: noGrad { list.value() }, property) }
      list.append(parametrization)
      return
    }
    if place.source != nil {
      throw TensorError(
        .state, "parametrize",
        "'\(property)' of \(type(of: module).typeName) is pruned or normalised already; remove that first")
    }
    guard let original = place.currentValue as? Tensor, original.isParameter || original.isBuffer else {
      throw TensorError(
        .state, "parametrize", "'\(property)' of \(type(of: module).typeName) is no parameter or buffer")
    }
    let type = original.type
    let isTrained = original.requiresGrad
    let inverse = noGrad { rightInverse(of: parametrization, original.detach()) }
    if let failed = inverse?.first(where: \.isPoisoned) {
      _ = failed.hasFailed
      return
    }
    let list: ParametrizationList
    if parametrization is any JointParametrization {
      let made = (inverse ?? []).map { original.isBuffer ? buffer($0) : parameter($0, requiresGrad: isTrained) }
      list = ParametrizationList(parametrization, made, isJoint: true)
    } else {
      if let single = inverse?.first, single.dtype != original.dtype {
        throw TensorError(
          .dtype, "parametrize",
          "the right inverse of a \(original.dtype) tensor is \(single.dtype); it must keep the type")
      }
      list = ParametrizationList(
        parametrization, [inverse.map { stored($0[0], in: original) } ?? original], isJoint: false)
    }
    if !isUnsafe {
      let made = noGrad { list.value() }
      if made.hasFailed { return }
      try requireType(made, type, "the parametrised '\(property)'")
    }
    place.source = list
    module.state.ensureParametrizations().set(property, list)
  }

  private static func check(
    added parametrization: any Module, to value: Tensor, _ name: String
  ) throws(TensorError) {
    guard let layer = parametrization as? any Layer else { return }
    let made = noGrad { layer(value) }
    if made.hasFailed { return }
    try requireType(made, value.type, "the parametrised '\(name)'")
    if let back = noGrad({ rightInverse(of: parametrization, made) })?.first, !back.hasFailed {
      try requireType(back, value.type, "the right inverse of '\(name)'")
    }
  }

  private static func requireType(_ made: Tensor, _ type: TensorType, _ what: String) throws(TensorError) {
    guard made.type == type else {
      throw TensorError(
        .shape, "parametrize", "\(what) is \(made.type), and was \(type); pass unsafe: true where that is meant")
    }
  }

  /// Whether the property `name` of `module` is parametrised; without a name, whether any is.
  public static func isParametrized(_ module: any Module, _ name: String? = nil) -> Bool {
    guard let dict = ParametrizationDict.of(module) else { return false }
    return name.map { dict[$0] != nil || dict[ModuleContents.snakeCase($0)] != nil } ?? true
  }

  /// Ends the parametrisation of the property `name`, which keeps its present value, or with `leaveParametrized` false gets
  /// the original tensor back.
  @discardableResult
  public static func removeParametrizations<M: Module>(
    _ module: M, _ name: String, leaveParametrized: Bool = true
  ) -> M {
    do throws(TensorError) {
      guard let found = module.changeable(name), let list = found.place.source as? ParametrizationList else {
        throw TensorError(.state, "parametrize", "'\(name)' of \(M.typeName) is not parametrised")
      }
      let tensor = try list.leftOver(parametrized: leaveParametrized)
      if tensor.hasFailed { return module }
      found.place.source = nil
      _ = found.place.setCurrentValue(tensor)
      module.state.parametrizations?.set(found.property, nil)
    } catch {
      report(error)
    }
    return module
  }

  /// Computes each parametrised property once in `body`, however often it is read: for weights that a loop uses again and again.
  public static func cached<Result>(_ body: () throws -> Result) rethrows -> Result {
    if ParametrizationCache.current != nil { return try body() }
    return try ParametrizationCache.$current.withValue(ParametrizationCache(), operation: body)
  }

  /// The type of `module` as it was before anything was parametrised, which in Swift is the type that it has.
  public static func typeBeforeParametrizations(_ module: any Module) -> any Module.Type { type(of: module) }
}

/// Parametrisations that are often wanted, PyTorch's `torch.nn.utils.parametrizations`.
public enum parametrizations {}
