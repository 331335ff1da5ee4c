import ApusCore

/// Layers one after the other, named by their position in the state dictionary: `0.weight`, `1.weight` ...
///
///     let net = Sequential(Linear(784, 128), ReLU(), Linear(128, 10))
public final class Sequential: Layer, ExpressibleByArrayLiteral {
  public let state = ModuleState()
  public let layers: [any Layer]

  public static var stateNames: [String: String] { ["layers": ""] }

  public init(_ layers: any Layer...) { self.layers = layers }
  public init(_ layers: [any Layer]) { self.layers = layers }
  public init(arrayLiteral layers: any Layer...) { self.layers = layers }

  public func forward(_ x: Tensor) -> Tensor {
    var x = x
    for layer in layers { x = layer(x) }
    return x
  }

  /// How many layers there are.
  public var count: Int { layers.count }
  /// The layer at `index`; negative ones count from the end.
  public subscript(index: Int) -> any Layer { layers[index < 0 ? index + layers.count : index] }
}

/// Modules in an array, named by their position. A stored array of modules does the same; this is for code that passes
/// such a list around as a module.
public final class ModuleList<Element: Module>: Module, RandomAccessCollection, ExpressibleByArrayLiteral {
  public let state = ModuleState()
  public let modules: [Element]

  public static var stateNames: [String: String] { ["modules": ""] }

  public init(_ modules: [Element]) { self.modules = modules }
  public init(arrayLiteral modules: Element...) { self.modules = modules }

  public var startIndex: Int { 0 }
  public var endIndex: Int { modules.count }
  public subscript(index: Int) -> Element { modules[index] }
}
