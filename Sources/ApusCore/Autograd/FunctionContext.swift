/// What `forward` and `backward` of a ``Function`` share during one call: saved tensors and values of one's own.
///
///     ctx.saveForBackward(x, weight)   // tensors
///     ctx.eps = eps                    // anything else, read with its type: let eps: Double = ctx.eps
@dynamicMemberLookup
public final class FunctionContext {
  /// What outlives the call of `forward`.
  let shared: SharedValues
  /// What `forward` saves.
  private(set) var saving: [Tensor?] = []
  /// Tensors that `forward` says to be constants.
  private(set) var constants: [Tensor] = []

  /// The tensors that `forward` has saved, in order; one that is an input or a result of `forward` is connected to the graph, so
  /// that `backward` can be differentiated again.
  public internal(set) var savedTensors: SavedTensors

  /// For each input whether its gradient is asked for; false for inputs that hold no tensor.
  public let needsInputGrad: [Bool]

  init(_ shared: SharedValues, saved: [Tensor?] = [], needs: [Bool]) {
    self.shared = shared
    savedTensors = SavedTensors(tensors: saved)
    needsInputGrad = needs
  }

  /// Keeps tensors for `backward`, which finds them in ``savedTensors``; nil keeps its place. A second call replaces what the
  /// first one has saved.
  public func saveForBackward(_ tensors: Tensor?...) { save(tensors) }

  func save(_ tensors: [Tensor?]) {
    saving = tensors
    savedTensors = SavedTensors(tensors: tensors)
  }

  /// Says that these results of `forward` have no gradient.
  public func markNonDifferentiable(_ outputs: Tensor...) { constants += outputs }

  /// Whether `backward` gets zeros for a result to which no gradient comes (the default), or nil if it takes `Tensor?`.
  public func setMaterializeGrads(_ value: Bool) { shared.materializes = value }

  /// Tensors are values here: a changed one is returned, and nobody else's changes.
  @available(*, unavailable, message: "tensors are values: return the changed tensor, and leave the input as it is")
  public func markDirty(_ tensors: Tensor...) {}

  /// Values of one's own by name, for what is no tensor to differentiate.
  public var values: [String: Any] {
    get { shared.values }
    set { shared.values = newValue }
  }

  /// A value of one's own: stored in `forward`, read in `backward` as the type that is asked for. A number is converted to
  /// another number type or to a tensor.
  public subscript<Value>(dynamicMember name: String) -> Value {
    get {
      guard let stored = shared.values[name] else {
        fatalError("\(shared.name): ctx.\(name) is read and was not stored in forward")
      }
      guard let value = (stored as? Value) ?? (converted(stored, to: Value.self) as? Value) else {
        fatalError("\(shared.name): ctx.\(name) is read as \(Value.self), and a \(type(of: stored)) was stored")
      }
      return value
    }
    set { shared.values[name] = newValue }
  }

  private func converted(_ stored: Any, to type: Any.Type) -> Any? {
    if type == Tensor.self {
      // A number without dimensions takes the type of the tensor that it meets.
      if let integer = stored as? any BinaryInteger { return Tensor(Int(integer)) }
      if let number = stored as? any BinaryFloatingPoint { return Tensor(Double(number), dtype: .float64) }
      return nil
    }
    let number =
      (stored as? any BinaryFloatingPoint).map { Double($0) } ?? (stored as? any BinaryInteger).map { Double($0) }
    guard let number else { return nil }
    switch type {
    case is Double.Type: return number
    case is Float.Type: return Float(number)
    case is Int.Type: return Int(exactly: number)
    default: return nil
    }
  }

  /// What one call shares between `forward` and `backward`, which may run on other threads.
  final class SharedValues: @unchecked Sendable {
    private struct State: @unchecked Sendable {
      var values: [String: Any] = [:]
      var materializes = true
      var constants: Set<Int> = []
      var autocast: DType?
    }
    private let state = Lock(State())
    /// The name of the function.
    let name: String

    init(_ name: String) { self.name = name }

    var values: [String: Any] {
      get { state.withLock { $0 }.values }
      set {
        let new = State(values: newValue)
        state.withLock { $0.values = new.values }
      }
    }
    var materializes: Bool {
      get { state.withLock { $0.materializes } }
      set { state.withLock { $0.materializes = newValue } }
    }
    /// What products computed in under autocast.
    var autocast: DType? {
      get { state.withLock { $0.autocast } }
      set { state.withLock { $0.autocast = newValue } }
    }
    /// Results without a gradient.
    var constants: Set<Int> {
      get { state.withLock { $0.constants } }
      set { state.withLock { $0.constants = newValue } }
    }
  }
}

/// The tensors that the `forward` of a ``Function`` has saved: a collection. Two to four also come apart as a tuple,
/// `let (x, weight) = ctx.savedTensors`. One that may be nil is read as such: `let bias: Tensor? = ctx.savedTensors[2]`.
public struct SavedTensors: RandomAccessCollection, Sendable {
  public typealias Element = Tensor
  public typealias Index = Int

  let tensors: [Tensor?]

  public var startIndex: Int { 0 }
  public var endIndex: Int { tensors.count }

  /// Tensor `i`, which was saved and not nil.
  public subscript(i: Int) -> Tensor {
    guard tensors.indices.contains(i) else {
      return fail(
        TensorError(.index, "savedTensors", "\(tensors.count) tensors were saved, and number \(i) is asked for"))
    }
    let tensor = part(i)
    return tensor.failed ?? tensor
  }

  /// Tensor `i`; one that was saved as nil is a mistake only when it is used.
  func part(_ i: Int) -> Tensor {
    guard tensors.indices.contains(i) else { return self[i] }
    return tensors[i]
      ?? Tensor(
        TensorBody(
          failed: TensorError(
            .value, "savedTensors", "number \(i) was saved as nil; read it as let x: Tensor? = ctx.savedTensors[\(i)]"))
      )
  }

  /// Tensor `i`, nil if nil was saved.
  public func optional(_ i: Int) -> Tensor? {
    tensors.indices.contains(i) && tensors[i] == nil ? .none : .some(self[i])
  }
}

/// A list of tensors some of which may be nil. Its subscript is taken where an optional is asked for, and only there.
public protocol OptionalTensors {
  /// Tensor `i`, nil if nil was saved.
  func optional(_ i: Int) -> Tensor?
}

extension OptionalTensors {
  /// Tensor `i`, nil if nil was saved.
  public subscript(i: Int) -> Tensor? { optional(i) }
}

extension SavedTensors: OptionalTensors {}

extension FunctionContext: SavedPair, SavedTriple, SavedQuadruple {}

// Python's `x, weight = ctx.saved_tensors`: a property for each number of them, which only a pattern of that form takes.

/// Two saved tensors as a tuple.
public protocol SavedPair {
  /// `let (x, y) = ctx.savedTensors`.
  var savedTensors: SavedTensors { get }
}
/// Three saved tensors as a tuple.
public protocol SavedTriple {
  /// `let (x, y, z) = ctx.savedTensors`.
  var savedTensors: SavedTensors { get }
}
/// Four saved tensors as a tuple.
public protocol SavedQuadruple {
  /// `let (x, y, z, w) = ctx.savedTensors`.
  var savedTensors: SavedTensors { get }
}

extension SavedPair {
  /// The two saved tensors.
  @_disfavoredOverload
  public var savedTensors: (Tensor, Tensor) {
    let saved: SavedTensors = savedTensors
    return (saved.part(0), saved.part(1))
  }
}
extension SavedTriple {
  /// The three saved tensors.
  @_disfavoredOverload
  public var savedTensors: (Tensor, Tensor, Tensor) {
    let saved: SavedTensors = savedTensors
    return (saved.part(0), saved.part(1), saved.part(2))
  }
}
extension SavedQuadruple {
  /// The four saved tensors.
  @_disfavoredOverload
  public var savedTensors: (Tensor, Tensor, Tensor, Tensor) {
    let saved: SavedTensors = savedTensors
    return (saved.part(0), saved.part(1), saved.part(2), saved.part(3))
  }
}
