import ApusCore

/// What tells a kernel from all others: the name of what it does, the types, and whatever else its text depends on.
struct KernelKey: Hashable {
  private let name: UnsafePointer<UInt8>
  private var details: [Int] = []
  /// A formula that the text contains.
  private let formula: ObjectIdentifier?

  init(_ name: StaticString, _ formula: Formula? = nil) {
    self.name = name.utf8Start
    self.formula = formula.map { ObjectIdentifier($0) }
  }

  mutating func add(_ detail: Int) { details.append(detail) }
  mutating func add(_ dtype: DType) { add(Int(dtype.rawValue)) }
  mutating func add(_ flag: Bool) { add(flag ? 1 : 0) }
}

extension KernelKey: @unchecked Sendable {}

/// The kernels of a device that have been made.
final class KernelCache: Sendable {
  private struct Entry: Sendable {
    let kernel: any DriverKernel
    let source: KernelSource
    /// Holds the formula whose identity the key is.
    let formula: Formula?
  }

  private let entries = Lock<[KernelKey: Entry]>([:])

  /// The kernel of `key`, made by `build` from its source where there is none yet.
  func kernel(
    _ key: KernelKey, _ formula: Formula?, _ write: () -> KernelSource,
    _ build: (KernelSource) throws(TensorError) -> any DriverKernel
  ) throws(TensorError) -> any DriverKernel {
    if let known = entries.withLock({ $0[key] }) { return known.kernel }
    let source = write()
    let made = try build(source)
    entries.withLock { $0[key] = Entry(kernel: made, source: source, formula: formula) }
    return made
  }

  /// The sources of all kernels that have been made.
  var sources: [KernelSource] { entries.withLock { $0.values.map(\.source) } }
}
