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
  struct Entry: Sendable {
    /// Nil where a formula has no text.
    let kernel: (any DriverKernel)?
    let source: KernelSource?
    /// Holds the formula whose identity the key is.
    let formula: Formula?
  }

  private let entries = Lock<[KernelKey: Entry]>([:])

  subscript(key: KernelKey) -> Entry? { entries.withLock { $0[key] } }

  func add(_ entry: Entry, _ key: KernelKey) { entries.withLock { $0[key] = entry } }

  /// The sources of all kernels that have been made.
  var sources: [KernelSource] { entries.withLock { $0.values.compactMap(\.source) } }
}
