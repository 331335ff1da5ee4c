import ApusCore

// What encoders and decoders of transformers are made of.

/// The function between the two linear layers of a transformer's layer, written as a name, a function or a layer:
/// `activation: "gelu"`, `activation: .gelu`, `activation: F.gelu`, `activation: { $0.silu() }`, `activation: PReLU()`.
public struct TransformerActivation: Sendable, ExpressibleByStringLiteral {
  private let function: @Sendable (Tensor) -> Tensor
  /// A layer, which the model holds under the name of the property.
  private let wrappedValue: (any Layer)?
  /// Whether it is known to be one of the two that have names.
  let isNamed: Bool

  /// Rectified linear units.
  public static let relu = TransformerActivation({ $0.relu() }, nil, isNamed: true)
  /// Gaussian error linear units.
  public static let gelu = TransformerActivation({ $0.gelu() }, nil, isNamed: true)

  /// A function of one tensor.
  public init(_ function: @escaping @Sendable (Tensor) -> Tensor) { self.init(function, nil, isNamed: false) }

  /// A layer, whose parameters are trained with the others.
  public init(_ layer: any Layer) { self.init({ $0 }, layer, isNamed: layer is ReLU || layer is GELU) }

  private init(_ function: @escaping @Sendable (Tensor) -> Tensor, _ layer: (any Layer)?, isNamed: Bool) {
    self.function = function
    wrappedValue = layer
    self.isNamed = isNamed
  }

  /// "relu" or "gelu"; another name is reported.
  public init(_ name: String) {
    if name != "relu", name != "gelu" {
      report(TensorError(.value, "TransformerActivation", "activation should be relu/gelu, not \(name)"))
    }
    self = name == "gelu" ? .gelu : .relu
  }

  public init(stringLiteral name: String) { self.init(name) }

  package func callAsFunction(_ x: Tensor) -> Tensor { wrappedValue?(x) ?? function(x) }
}

/// The layers of an encoder or decoder, copies of one: PyTorch's `ModuleList` with the type of its elements.
public final class TransformerLayers<Element: Module>: ModuleContainer, RepeatedEntries, RandomAccessCollection {
  public static var typeName: String { "ModuleList" }
  public let state = ModuleState()
  private let entries: Changeable<[Element]>

  /// Those given.
  init(_ layers: [Element]) { entries = Changeable(layers) }

  /// `count` copies of `layer`, which share nothing with each other.
  init(copying layer: Element, count: Int, _ holder: String) {
    do throws(TensorError) {
      let bytes = (layer.parameters() + layer.buffers()).reduce(1 << 12) {
        $0.clampedAdding($1.count.clampedMultiplying($1.dtype.size))
      }
      try checkedCount(count, bytes: bytes, "the number of layers", holder)
      entries = Changeable((0..<count).map { _ in deepCopy(layer) })
    } catch {
      report(error)
      entries = Changeable([])
    }
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { entries.value.count }
  /// The layer at `index`, which may be replaced; negative ones count from the end.
  public subscript(index: Int) -> Element {
    get {
      let all = entries.value
      return all[position(index, all.count, "ModuleList")]
    }
    set {
      let i = position(index, count, "ModuleList")
      entries.value[i] = newValue
    }
  }

  var namedValues: [(name: String, value: Any)] { entries.value.enumerated().map { (String($0), $1) } }
}

/// The two linear layers of a transformer's layer, with what lies between them.
func feedForward(
  _ x: Tensor, _ linear1: Linear, _ activation: TransformerActivation, _ dropout: Dropout, _ linear2: Linear
) -> Tensor {
  linear2(dropout(activation(linear1(x))))
}

/// Whether `mask` is known to hide what comes later and nothing else: if nobody has said so, it is looked at, where that can be done.
///
/// - Parameter isSaid: nil where nobody has said.
func hidesLater(_ mask: Tensor?, isSaid: Bool?, length: Int) -> Bool {
  if let isSaid { return isSaid }
  guard let mask, mask.shape == [length, length], mask.isReadable else { return false }
  let causal = Transformer.generateSquareSubsequentMask(length, dtype: mask.dtype == .bool ? .float32 : mask.dtype)
  return noGrad { mask.dtype == .bool ? mask.equal(causal.ne(0)) : mask.equal(causal) }
}

extension Tensor {
  /// Whether the elements can be looked at without a gradient, a captured function or another device missing it.
  var isReadable: Bool { !isPoisoned && !requiresGrad && !isMarked && Tracer.current == nil && device == .cpu }
}

/// The number of positions in sequences `[L, E]`, `[L, N, E]` or, where the batch is first, `[N, L, E]`.
func sequenceLength(_ x: Tensor, batchFirst: Bool) -> Int {
  x.isPoisoned || x.rank == 0 ? 0 : x.shape[x.rank == 3 && batchFirst ? 1 : 0]
}
