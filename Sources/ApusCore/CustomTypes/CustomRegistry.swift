import Synchronization

// The registered element types: how they become rows of the table.

/// What the table keeps of a registered type.
package final class RegisteredType: Sendable {
  package let loops: CustomKernels

  init(_ loops: CustomKernels) { self.loops = loops }
}

/// The types by identity and by name, in the order of registration, and the conversions between them.
private struct Registered {
  var names: [String] = []
  var types: [RegisteredKey: DType] = [:]
  var conversions: [Conversion: ElementConversion] = [:]
}

/// From one registered type to another.
private struct Conversion: Hashable, Sendable {
  let from, to: DType
}

/// What a type was registered by.
private enum RegisteredKey: Hashable, Sendable {
  case type(ObjectIdentifier)
  case name(String)
}

/// Converts as many elements of one registered type to another.
typealias ElementConversion = @Sendable (CustomKernels.Target, CustomKernels.Source, Int) -> Void

private let registry = Lock(Registered())

extension DType {
  /// Makes `type` an element type of tensors and gives its ``DType``. Calling it again gives the same one; it may be
  /// called from any thread. The name must be free, and a program can have up to 64 such types; anything else is reported
  /// as other mistakes are (see ``withErrors(_:)``), and gives `float32`.
  @discardableResult
  public static func register<T: CustomElement>(_ type: T.Type) -> DType {
    found(.type(ObjectIdentifier(type)), "\(type)") { T.kernels }
  }

  /// The element type of this name, for a family of types that are told apart only when the program runs: their loops are
  /// made by `kernels` when the name is asked for the first time, and nobody else may use it.
  ///
  /// Where there is a Swift type of such elements as well, its ``CustomElement/dtype`` gives this one.
  @discardableResult
  public static func register(named name: String, kernels: () -> CustomKernels) -> DType {
    found(.name(name), name, kernels)
  }

  /// Says how elements of one registered type become those of another, for ``Tensor/to(_:)``. Without it the two do not mix.
  public static func registerConversion<From: CustomElement, To: CustomElement>(
    _ convert: @escaping @Sendable (From) -> To
  ) {
    let key = Conversion(from: From.dtype, to: To.dtype)
    let loop: ElementConversion = { target, source, n in
      let (y, x) = (target.assumingMemoryBound(to: To.self), source.assumingMemoryBound(to: From.self))
      for i in 0..<n { y[i] = convert(x[i]) }
    }
    registry.withLock { $0.conversions[key] = loop }
  }

  /// How elements of this registered type become those of another; nil where nobody said.
  func conversion(to other: DType) -> ElementConversion? {
    registry.withLock { $0.conversions[Conversion(from: self, to: other)] }
  }

  /// Every `T.dtype` passes here: what is known costs no more than a look.
  private static func found(
    _ key: RegisteredKey, _ spoken: @autoclosure () -> String, _ make: () -> CustomKernels
  ) -> DType {
    if let known = registry.withLock({ $0.types[key] }) { return known }
    do throws(TensorError) {
      return try registered(key, spoken(), make)
    } catch {
      report(error)
      return .float32
    }
  }

  private static func registered(
    _ key: RegisteredKey, _ spoken: String, _ make: () -> CustomKernels
  ) throws(TensorError) -> DType {
    // Outside the lock: the type's own code runs here.
    let kernels = make()
    try check(kernels)
    let outcome = registry.withLock { registered -> Result<DType, TensorError> in
      if let known = registered.types[key] { return .success(known) }
      if registered.names.contains(kernels.name) {
        return .failure(
          TensorError(
            .dtype, "register",
            "another type is called '\(kernels.name)' already; give \(spoken) an elementName of its own"))
      }
      let i = registered.names.count
      guard i < customCapacity else {
        return .failure(
          TensorError(
            .dtype, "register", "cannot register \(spoken): there are \(customCapacity) registered types already"))
      }
      let dtype = append(kernels, number: i)
      registered.names.append(kernels.name)
      registered.types[key] = dtype
      return .success(dtype)
    }
    return try outcome.get()
  }

  private static func check(_ kernels: CustomKernels) throws(TensorError) {
    let name = kernels.name
    let isPlain = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
    }
    guard !name.isEmpty, isPlain, !ElementType.builtIn.contains(where: { $0.name == name || $0.aliases.contains(name) })
    else {
      throw TensorError(
        .dtype, "register",
        "'\(name)' cannot name an element type; use letters, digits and underscores, and no built-in type's name")
    }
    guard kernels.size > 0, kernels.size <= 256, kernels.alignment <= 16 else {
      throw TensorError(
        .dtype, "register",
        "elements of \(name) take \(kernels.size) bytes at multiples of \(kernels.alignment); possible are 1 to 256 bytes at "
          + "multiples of up to 16")
    }
  }

  /// The registered type of this name.
  static func registered(name: String) -> DType? {
    registry.withLock { $0.names.firstIndex(of: name) }.map { custom(number: $0) }
  }
}
