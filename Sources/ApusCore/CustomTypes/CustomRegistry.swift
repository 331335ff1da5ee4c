import Synchronization

// The registered element types: how they become rows of the table.

/// The types by identity and by name, in the order of registration.
private struct Registered {
  var names: [String] = []
  var types: [ObjectIdentifier: DType] = [:]
}

private let registry = Lock(Registered())

extension DType {
  /// Makes `type` an element type of tensors and gives its ``DType``. Calling it again gives the same one; it may be
  /// called from any thread. The name must be free, and a program can have up to 64 such types; anything else is reported
  /// as other mistakes are (see ``withErrors(_:)``), and gives `float32`.
  @discardableResult
  public static func register<T: CustomElement>(_ type: T.Type) -> DType {
    do throws(TensorError) {
      return try found(type)
    } catch {
      report(error)
      return .float32
    }
  }

  private static func found<T: CustomElement>(_ type: T.Type) throws(TensorError) -> DType {
    if let known = registry.withLock({ $0.types[ObjectIdentifier(type)] }) { return known }
    // Outside the lock: the type's own code runs here.
    let kernels = T.kernels
    try check(kernels)
    let outcome = registry.withLock { registered -> Result<DType, TensorError> in
      if let known = registered.types[ObjectIdentifier(type)] { return .success(known) }
      if registered.names.contains(kernels.name) {
        return .failure(
          TensorError(
            .dtype, "register",
            "another type is called '\(kernels.name)' already; give \(type) an elementName of its own"))
      }
      let i = registered.names.count
      guard i < customCapacity else {
        return .failure(
          TensorError(
            .dtype, "register", "cannot register \(type): there are \(customCapacity) registered types already"))
      }
      let dtype = append(kernels, number: i)
      registered.names.append(kernels.name)
      registered.types[ObjectIdentifier(type)] = dtype
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
