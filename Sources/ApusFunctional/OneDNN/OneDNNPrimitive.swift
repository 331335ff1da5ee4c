import ApusCore
import Synchronization

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Shape, type and place in memory of one operand, in the library's terms.
final class OneDNNDescriptor: @unchecked Sendable {
  let library: OneDNNLibrary
  let handle: OpaquePointer

  /// A strided operand. Nil where the library refuses the strides: they may be negative, or overlap.
  init?(_ library: OneDNNLibrary, _ element: OneDNN.Element, dims: [Int], strides: [Int]) {
    var made: OpaquePointer?
    let status = library.descriptorWithStrides(&made, Int32(dims.count), dims, element.rawValue, strides)
    guard status == 0, let made else { return nil }
    self.library = library
    handle = made
  }

  /// An operand whose place in memory the library chooses.
  init?(_ library: OneDNNLibrary, _ element: OneDNN.Element, anyLayoutOf dims: [Int]) {
    var made: OpaquePointer?
    let any = OneDNNLibrary.Constant.formatAny
    guard library.descriptorWithTag(&made, Int32(dims.count), dims, element.rawValue, any) == 0, let made else {
      return nil
    }
    self.library = library
    handle = made
  }

  var bytes: Int { library.descriptorSize(handle) }

  deinit { _ = library.descriptorDestroy(handle) }
}

/// What the library made for one operation on one set of shapes: a plan, which owns the layouts that it chose.
final class OneDNNPlan: @unchecked Sendable {
  let library: OneDNNLibrary
  let handle: OpaquePointer

  /// What is done besides the operation itself.
  struct Attributes {
    /// What the former elements of the result are multiplied by before they are added; nil: they are not.
    var sum: Float?
    /// Where what is added to the result lies.
    var addend: OneDNNDescriptor?
    /// Functions of the result, by their numbers in the library, with two parameters.
    var functions: [(algorithm: Int32, alpha: Float, beta: Float)] = []
    /// Arguments that are multiplied by numbers given at the call, and the bits of the dimensions that these go along.
    var scales: [(argument: Int32, mask: Int32)] = []
    /// Arguments from whose elements a number is subtracted that is given at the call.
    var zeroPoints: [Int32] = []

    init(sum: Float? = nil, addend: OneDNNDescriptor? = nil, epilogue: Epilogue = .none) {
      (self.sum, self.addend) = (sum, addend)
      if let algorithm = epilogue.algorithm { functions.append((algorithm, 0, 0)) }
    }
  }

  /// Calls `create` with attributes that leave the scratch memory to us; nil where it fails.
  convenience init?(
    _ library: OneDNNLibrary, accumulate: Bool = false, addend: OneDNNDescriptor? = nil, epilogue: Epilogue = .none,
    _ create: (UnsafeMutablePointer<OpaquePointer?>, OpaquePointer) -> Int32
  ) {
    self.init(library, Attributes(sum: accumulate ? 1 : nil, addend: addend, epilogue: epilogue), create)
  }

  /// Calls `create` with these attributes; nil where it fails.
  init?(
    _ library: OneDNNLibrary, _ wanted: Attributes,
    _ create: (UnsafeMutablePointer<OpaquePointer?>, OpaquePointer) -> Int32
  ) {
    var attributes: OpaquePointer?
    guard library.attributesCreate(&attributes) == 0, let attributes else { return nil }
    defer { _ = library.attributesDestroy(attributes) }
    guard library.attributesSetScratchpad(attributes, OneDNNLibrary.Constant.scratchpadUser) == 0 else { return nil }
    for (argument, mask) in wanted.scales {
      guard let set = library.attributesSetScales, set(attributes, argument, mask) == 0 else { return nil }
    }
    for argument in wanted.zeroPoints {
      guard let set = library.attributesSetZeroPoints, set(attributes, argument, 0) == 0 else { return nil }
    }
    if wanted.sum != nil || wanted.addend != nil || !wanted.functions.isEmpty {
      var operations: OpaquePointer?
      guard library.postOpsCreate(&operations) == 0, let operations else { return nil }
      defer { _ = library.postOpsDestroy(operations) }
      if let scale = wanted.sum, library.postOpsAppendSum(operations, scale, 0, 0) != 0 { return nil }
      if let addend = wanted.addend {
        let status = library.postOpsAppendBinary(operations, OneDNNLibrary.Constant.add, addend.handle)
        guard status == 0 else { return nil }
      }
      for (algorithm, alpha, beta) in wanted.functions {
        guard library.postOpsAppendEltwise(operations, algorithm, alpha, beta) == 0 else { return nil }
      }
      guard library.attributesSetPostOps(attributes, operations) == 0 else { return nil }
    }
    var made: OpaquePointer?
    guard create(&made, attributes) == 0, let made else { return nil }
    self.library = library
    handle = made
  }

  /// The implementation's name, as `brgconv:avx2`.
  var implementation: String {
    var name: UnsafePointer<CChar>?
    let status = withUnsafeMutablePointer(to: &name) {
      library.query(handle, OneDNNLibrary.Constant.queryImplementation, 0, $0)
    }
    guard status == 0, let name else { return "ref:unknown" }
    return String(cString: name)
  }

  /// Reference implementations are for checking only: hundreds of times slower.
  var isReference: Bool {
    let name = Array(implementation.utf8)
    let reference = Array("ref".utf8)
    return name.indices.contains { name[$0...].starts(with: reference) }
  }

  /// The layout of the operand that `query` names. It lives as long as the plan.
  func descriptor(_ query: Int32, _ index: Int32 = 0) -> OpaquePointer? {
    library.queryDescriptor(handle, query, index)
  }

  func bytes(_ query: Int32) -> Int { library.descriptorSize(descriptor(query)) }

  deinit { _ = library.primitiveDescriptorDestroy(handle) }
}

/// A plan made ready to run: code is generated, and what a call needs waits in a list for the next caller.
final class OneDNNPrimitive: @unchecked Sendable {
  let plan: OneDNNPlan
  let name: String
  private let handle: OpaquePointer
  private let operands: [(argument: Int32, descriptor: OpaquePointer)]
  /// Descriptors of operands that the plan does not tell.
  private let further: [OneDNNDescriptor]
  private let scratchBytes: Int
  private let idle = Lock<[Call]>([])

  /// An argument by its number, and the query (with an index) that tells its layout.
  struct Operand {
    var argument: Int32
    var query: Int32
    var index: Int32 = 0

    init(_ argument: Int32, _ query: Int32, _ index: Int32 = 0) {
      self.argument = argument
      self.query = query
      self.index = index
    }
  }

  /// `operands` come in the order in which ``run(_:_:_:_:)`` takes their memory, two to four of them; behind them those that the
  /// plan does not tell, scales and zero points, which ``run(_:)`` takes.
  init?(_ plan: OneDNNPlan, operands: [Operand], further: [(argument: Int32, descriptor: OneDNNDescriptor)] = []) {
    var made: OpaquePointer?
    guard plan.library.primitiveCreate(&made, plan.handle) == 0, let made else { return nil }
    self.plan = plan
    handle = made
    name = plan.implementation
    scratchBytes = plan.bytes(OneDNNLibrary.Constant.queryScratchpad)
    var found: [(Int32, OpaquePointer)] = []
    for operand in operands {
      guard let descriptor = plan.descriptor(operand.query, operand.index) else { continue }
      found.append((operand.argument, descriptor))
    }
    for (argument, descriptor) in further { found.append((argument, descriptor.handle)) }
    self.further = further.map(\.descriptor)
    if scratchBytes > 0, let scratch = plan.descriptor(OneDNNLibrary.Constant.queryScratchpad) {
      found.append((OneDNNLibrary.Constant.scratchpad, scratch))
    }
    self.operands = found
    // A missing layout would shift the arguments: such a primitive is not used.
    guard found.count == operands.count + further.count + (scratchBytes > 0 ? 1 : 0) else { return nil }
  }

  deinit {
    for call in idle.withLock({ $0 }) { destroy(call) }
    _ = plan.library.primitiveDestroy(handle)
  }

  /// Computes on the operands' memory. False where memory for scratch was missing or the library failed.
  func run(
    _ first: UnsafeRawPointer, _ second: UnsafeRawPointer, _ third: UnsafeRawPointer? = nil,
    _ fourth: UnsafeRawPointer? = nil
  ) -> Bool {
    run { library, arguments, given in
      _ = library.memorySet(arguments[0].memory, UnsafeMutableRawPointer(mutating: first))
      _ = library.memorySet(arguments[1].memory, UnsafeMutableRawPointer(mutating: second))
      if given > 2 { _ = library.memorySet(arguments[2].memory, UnsafeMutableRawPointer(mutating: third)) }
      if given > 3 { _ = library.memorySet(arguments[3].memory, UnsafeMutableRawPointer(mutating: fourth)) }
    }
  }

  /// ``run(_:_:_:_:)`` with the memory of all operands and of what stands behind them.
  func run(_ pointers: [UnsafeRawPointer]) -> Bool {
    run { library, arguments, given in
      for i in 0..<min(given, pointers.count) {
        _ = library.memorySet(arguments[i].memory, UnsafeMutableRawPointer(mutating: pointers[i]))
      }
    }
  }

  @inline(__always)
  private func run(_ fill: (OneDNNLibrary, UnsafeMutablePointer<Argument>, Int) -> Void) -> Bool {
    guard let call = idle.withLock({ $0.popLast() }) ?? makeCall() else { return false }
    var scratch: UnsafeMutableRawPointer?
    if scratchBytes > 0 {
      scratch = Allocator.shared.allocate(scratchBytes)
      guard scratch != nil else {
        idle.withLock { $0.append(call) }
        return false
      }
    }
    let library = plan.library
    let count = operands.count
    let given = scratchBytes > 0 ? count - 1 : count
    let arguments = call.arguments
    fill(library, arguments, given)
    if scratchBytes > 0 { _ = library.memorySet(arguments[given].memory, scratch) }
    let status = library.primitiveExecute(handle, call.stream, Int32(count), arguments)
    if let scratch { Allocator.shared.deallocate(scratch, scratchBytes) }
    idle.withLock { $0.append(call) }
    return status == 0
  }

  /// An argument of a call, laid out as the C interface wants it.
  private struct Argument {
    var number: Int32
    var memory: OpaquePointer
  }

  /// Streams and memory objects are for one thread at a time, so that concurrent callers need their own.
  private struct Call: @unchecked Sendable {
    var arguments: UnsafeMutablePointer<Argument>
    var stream: OpaquePointer
  }

  private func makeCall() -> Call? {
    let library = plan.library
    var stream: OpaquePointer?
    guard library.streamCreate(&stream, library.engine, OneDNNLibrary.Constant.streamInOrder) == 0, let stream else {
      return nil
    }
    let arguments = UnsafeMutablePointer<Argument>.allocate(capacity: operands.count)
    for (index, operand) in operands.enumerated() {
      var memory: OpaquePointer?
      guard library.memoryCreate(&memory, operand.descriptor, library.engine, nil) == 0, let memory else {
        for made in 0..<index { _ = library.memoryDestroy(arguments[made].memory) }
        arguments.deallocate()
        _ = library.streamDestroy(stream)
        return nil
      }
      (arguments + index).initialize(to: Argument(number: operand.argument, memory: memory))
    }
    return Call(arguments: arguments, stream: stream)
  }

  private func destroy(_ call: Call) {
    for index in operands.indices { _ = plan.library.memoryDestroy(call.arguments[index].memory) }
    call.arguments.deallocate()
    _ = plan.library.streamDestroy(call.stream)
  }
}

extension Epilogue {
  /// Its number in the library, nil for none.
  fileprivate var algorithm: Int32? {
    switch self {
    case .none: nil
    case .relu: OneDNNLibrary.Constant.relu
    case .gelu: OneDNNLibrary.Constant.geluErf
    case .geluTanh: OneDNNLibrary.Constant.geluTanh
    }
  }
}

/// What an operation's objects are kept by: all numbers that they depend on, in the order that the operation chooses.
struct OneDNNKey: Hashable {
  private var numbers = SIMD32<Int>()
  private var count = 0
  // One multiplication a number; the standard hash of all of them would take longer than a small matrix product.
  private var mixed: UInt = 0x9e37_79b9_7f4a_7c15

  @inline(__always)
  mutating func append(_ number: Int) {
    withUnsafeMutableBytes(of: &numbers) { $0.storeBytes(of: number, toByteOffset: 8 * count, as: Int.self) }
    count += 1
    mixed = (mixed ^ UInt(bitPattern: number)) &* 0xff51_afd7_ed55_8ccd
    mixed ^= mixed >> 32
  }

  @inline(__always)
  mutating func append(_ numbers: SIMD3<Int>) {
    append(numbers.x)
    append(numbers.y)
    append(numbers.z)
  }

  static func == (left: OneDNNKey, right: OneDNNKey) -> Bool {
    guard left.mixed == right.mixed, left.count == right.count else { return false }
    return withUnsafeBytes(of: left.numbers) { left in
      withUnsafeBytes(of: right.numbers) { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return false }
        return memcmp(left, right, MemoryLayout<SIMD32<Int>>.size) == 0
      }
    }
  }

  func hash(into hasher: inout Hasher) { hasher.combine(mixed) }
}

/// Objects by key, the least recently used ones dropped when there are too many. A key can also stand for "not
/// supported", so that the library is not asked again.
final class OneDNNCache<Value: AnyObject & Sendable>: Sendable {
  private final class Slot: Sendable {
    let value: Value?
    let lastUse: Atomic<Int>
    init(_ value: Value?, _ tick: Int) {
      self.value = value
      lastUse = Atomic(tick)
    }
  }

  private struct State {
    var slots: [OneDNNKey: Slot] = [:]
    var tick = 0
  }

  private let state = Lock(State())
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  var count: Int { state.withLock { $0.slots.count } }

  /// The value for `key`, made by `make` where it is not there. Two threads may both make it: one of the two is kept.
  func value(for key: OneDNNKey, make: () -> Value?) -> Value? {
    let known: Slot? = state.withLock { state in
      guard let slot = state.slots[key] else { return nil }
      state.tick &+= 1
      slot.lastUse.store(state.tick, ordering: .relaxed)
      return slot
    }
    if let known { return known.value }
    let made = make()
    state.withLock { state in
      state.tick &+= 1
      if state.slots.count >= capacity { Self.shrink(&state, to: capacity - capacity / 8) }
      state.slots[key] = Slot(made, state.tick)
    }
    return made
  }

  func removeAll() { state.withLock { $0.slots = [:] } }

  private static func shrink(_ state: inout State, to count: Int) {
    let uses = state.slots.values.map { $0.lastUse.load(ordering: .relaxed) }.sorted()
    guard uses.count > count else { return }
    let oldest = uses[uses.count - count]
    state.slots = state.slots.filter { $0.value.lastUse.load(ordering: .relaxed) >= oldest }
  }
}
