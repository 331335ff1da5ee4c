import ApusCore
import Synchronization

// What a property of a module can read as in place of the tensor that it stores: the one mechanism behind parametrisations,
// weight and spectral norms, pruning, and parameters that the first call makes.

/// Gives the value of a ``Changeable`` property.
protocol ValueSource: AnyObject, Sendable {
  /// The tensor that the property reads as.
  func value() -> Tensor
  /// Takes what is assigned to the property.
  func assign(_ value: Tensor?)
  /// What the module holds in place of the property `name`, in order: parameters and buffers with their names.
  func variables(_ name: String) -> [(name: String, tensor: Tensor)]
  /// When it came to be: what came later is listed later.
  var order: Int { get }
}

/// Numbers that grow, for ``ValueSource/order``.
private let sourceCount = Atomic<Int>(0)
func nextSourceOrder() -> Int { sourceCount.add(1, ordering: .relaxed).newValue }

extension Module {
  /// The property of that name, as it is written in Swift or in the state dictionary, if it is one that can change.
  func changeable(_ name: String) -> (property: String, place: any AnyChangeable)? {
    let names = Self.stateNames
    var next = Mirror(reflecting: self) as Mirror?
    while let mirror = next {
      for case (let label?, let held as any AnyChangeable) in mirror.children {
        let property = label.hasPrefix("_") ? String(label.dropFirst()) : label
        let saved = names[property] ?? ModuleContents.snakeCase(property)
        if property == name || saved == name { return (saved, held) }
      }
      next = mirror.superclassMirror
    }
    return nil
  }

  /// The property `name`, whose tensor something else shall give from now on.
  /// - Throws: where there is no such property, where it cannot change, or where it holds no tensor.
  func place(_ name: String, _ operation: String) throws(TensorError) -> (property: String, place: any AnyChangeable) {
    if let found = changeable(name), found.place.source != nil || found.place.currentValue is Tensor { return found }
    let contents = ModuleContents(of: self)
    let held = (contents.parameters + contents.buffers).map(\.name)
    if held.contains(name) || held.contains(ModuleContents.snakeCase(name)) {
      throw TensorError(
        .state, operation,
        "'\(name)' of \(Self.typeName) cannot be replaced: declare it as `@Changeable var`, or the class with @Module and `var`"
      )
    }
    let hint = nearest(to: name, among: held).map { "; did you mean '\($0)'?" } ?? ""
    throw TensorError(
      .state, operation, "\(Self.typeName) has no parameter or buffer '\(name)'\(hint)")
  }
}
