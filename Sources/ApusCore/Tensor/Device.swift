import Synchronization

// Where the elements of tensors lie and who computes with them.

/// A place that holds tensors and computes with them: the processor of the host (`cpu`), or one for which an engine has
/// been added with ``Devices/add(_:)``.
///
///     let x = randn(8, 4).to("cuda:0")
///     print(x.device)  // cuda:0
public struct Device: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  /// The kind: "cpu", "cuda" ...
  public let type: String
  /// Which one of its kind.
  public let index: Int

  /// The host.
  public static let cpu = Device("cpu")

  public init(_ type: String, index: Int) {
    self.type = type
    self.index = index
  }

  /// As PyTorch writes devices: a kind, and its number behind a colon if it is not the first one.
  public init(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1)
    if parts.count == 2, let index = Int(parts[1]), index >= 0 {
      self.init(String(parts[0]), index: index)
    } else {
      self.init(text, index: 0)
    }
  }

  public init(stringLiteral text: String) { self.init(text) }

  public var description: String { self == .cpu ? "cpu" : "\(type):\(index)" }
}

/// What holds and computes the tensors of a device. All of it may be called by several threads at once.
public protocol DeviceEngine: AnyObject, Sendable {
  /// The device that it computes for.
  var device: Device { get }

  /// A block of the device's memory, not initialised; nil where it has none left.
  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer?
  /// Gives back a block of `byteCount` bytes that ``allocate(_:)`` gave.
  func deallocate(_ block: UnsafeMutableRawPointer, _ byteCount: Int)

  /// Copies bytes of the host to the device.
  func copyIn(_ host: UnsafeRawPointer, to block: UnsafeMutableRawPointer, _ byteCount: Int)
  /// Copies bytes of a block, from the byte `offset` on, to the host.
  func copyOut(_ block: UnsafeRawPointer, at offset: Int, to host: UnsafeMutableRawPointer, _ byteCount: Int)

  /// A copy on the host of bytes of a block, from the byte `offset` on, which nobody writes to.
  func hostCopy(of block: UnsafeRawPointer, at offset: Int, _ byteCount: Int) -> UnsafeMutableRawPointer
  /// Gives back a host's copy of a block of `byteCount` bytes.
  func releaseHostCopy(_ copy: UnsafeMutableRawPointer, _ byteCount: Int)

  /// Computes the results of `primitive` into the memory that was made for them on this device, where ``Tensor/deviceAddress``
  /// says. False, with nothing done, where the engine has no such operation: the host computes it then.
  func evaluate(_ primitive: any Primitive, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool

  /// Asked at the end of each ``withErrors(_:)``: mistakes that only the device can see, such as positions out of range, belong to the scope in
  /// which they were made.
  /// - Throws: what went wrong in work that nobody has waited for.
  func checkWork() throws(TensorError)
}

extension DeviceEngine {
  public func checkWork() throws(TensorError) {}
  public func hostCopy(of block: UnsafeRawPointer, at offset: Int, _ byteCount: Int) -> UnsafeMutableRawPointer {
    let copy = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    copyOut(block, at: offset, to: copy, byteCount)
    return copy
  }
  public func releaseHostCopy(_ copy: UnsafeMutableRawPointer, _ byteCount: Int) { copy.deallocate() }
}

/// Who knows of devices that this machine may have. The core finds the one of the library by its name.
package protocol DeviceProvider: Sendable {
  /// Adds an engine for each device that there is.
  static func addAll()

  /// What this machine lacks for devices of a kind, for people; nil where there is one, or the kind is not known.
  static func missing(for kind: String) -> String?
}

/// The devices of this program.
public enum Devices {
  /// What happens when a device's engine lacks an operation.
  public enum Missing: Sendable {
    /// The host computes it on copies, and a note on standard error tells so at the first call of each operation.
    case copy
    /// The same without a note.
    case copySilently
    /// An error.
    case error
  }

  private struct State {
    var engines: [Device: any DeviceEngine] = [:]
    var missing = Missing.copy
    var noted: Set<String> = []
  }
  private static let state = Lock(State())
  private static let used = Atomic(false)

  /// Whether there is a device but the host: without one nobody need ask where tensors lie.
  @inline(__always)
  static var isUsed: Bool { used.load(ordering: .relaxed) }

  /// Makes a device usable; an engine that was there for it before is replaced.
  public static func add(_ engine: any DeviceEngine) {
    state.withLock { $0.engines[engine.device] = engine }
  }

  /// Looks once for the devices of this machine, if the program has the module that knows of them. It is found by its name, so that who
  /// links it need not say so, and costs nothing before somebody asks for a device.
  private static let provider: (any DeviceProvider.Type)? = {
    // The enumeration GPUDevices of the module ApusGPU.
    let provider = _typeByName("7ApusGPU10GPUDevicesO") as? any DeviceProvider.Type
    provider?.addAll()
    return provider
  }()

  /// The devices that tensors can be moved to: the host, those of this machine's drivers, and what has been added.
  public static var available: [Device] {
    _ = provider
    return [.cpu] + state.withLock { Array($0.engines.keys) }.sorted { $0.description < $1.description }
  }

  /// What happens when a device's engine lacks an operation.
  public static var missing: Missing {
    get { state.withLock { $0.missing } }
    set { state.withLock { $0.missing = newValue } }
  }

  /// The engine of a device; nil for the host.
  static func engine(_ device: Device, _ operation: String) throws(TensorError) -> (any DeviceEngine)? {
    if device == .cpu { return nil }
    let provider = provider
    if let engine = state.withLock({ $0.engines[device] }) {
      used.store(true, ordering: .releasing)
      return engine
    }
    let missing =
      if let provider { provider.missing(for: device.type).map { ". " + $0 } ?? "" } else {
        ". Graphics cards are known to the module ApusGPU, which it does not import"
      }
    throw TensorError(
      .value, operation,
      "there is no device \(device); this program has \(available.map(\.description).joined(separator: ", "))\(missing)"
    )
  }

  /// The engine of the device that `APUS_DEVICE` names, on which tensors are made where no scope says otherwise.
  static let initial: (any DeviceEngine)? = {
    guard let name = DynamicLibrary.environment("APUS_DEVICE") else { return nil }
    do throws(TensorError) {
      return try engine(Device(name), "APUS_DEVICE")
    } catch {
      report(error)
      return nil
    }
  }()

  /// - Throws: what went wrong on a device and nobody has heard of yet.
  static func checkWork() throws(TensorError) {
    guard isUsed else { return }
    for engine in state.withLock({ Array($0.engines.values) }) { try engine.checkWork() }
  }

  /// Whether the first call of an operation that `device` lacks is to be told of.
  static func noteMissing(_ operation: String, on device: Device) throws(TensorError) {
    let (missing, isNew) = state.withLock { state in
      (state.missing, state.missing == .copy && state.noted.insert("\(device) \(operation)").inserted)
    }
    if missing == .error { throw TensorError(.value, operation, "the engine of \(device) has no such operation") }
    if isNew {
      warn(
        operation, "\(device) has none: the host computes it, with copies of its operands", about: device.description)
    }
  }
}

/// A block of a device's memory, owned by the storage of tensors.
final class DeviceMemory: Sendable {
  let engine: any DeviceEngine
  private let block: MemoryBlock
  /// The same bytes for who reads elements on the host, made when they are read. What lies on a device does not change.
  private let mirrors = Lock<[Mirror]>([])

  private struct MemoryBlock: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    let byteCount: Int
  }

  /// Bytes from `offset` on.
  private struct Mirror: Sendable {
    let offset: Int
    let copy: MemoryBlock
  }

  /// Who reads more parts than so many gets the whole.
  private static let partLimit = 8

  init(_ engine: any DeviceEngine, _ start: UnsafeMutableRawPointer, byteCount: Int) {
    self.engine = engine
    block = MemoryBlock(start: start, byteCount: byteCount)
  }

  deinit {
    engine.deallocate(block.start, block.byteCount)
    for mirror in mirrors.withLock({ $0 }) { engine.releaseHostCopy(mirror.copy.start, mirror.copy.byteCount) }
  }

  /// Where the host finds the bytes at places `range`, counted from an address of the device; the result is what they are counted from
  /// there. Of a block that is large beside them, no others are copied.
  func hostAddress(of address: UnsafeMutableRawPointer, _ range: Range<Int>) -> UnsafeMutableRawPointer {
    if range.isEmpty { return address }
    var (offset, size) = (address - block.start + range.lowerBound, range.count)
    return mirrors.withLock { mirrors in
      let known = mirrors.first { $0.offset <= offset && offset + size <= $0.offset + $0.copy.byteCount }
      if let known { return known.copy.start + (offset - range.lowerBound - known.offset) }
      let place = offset - range.lowerBound
      if size > block.byteCount / 4 || mirrors.count >= Self.partLimit { (offset, size) = (0, block.byteCount) }
      let copy = MemoryBlock(start: engine.hostCopy(of: block.start, at: offset, size), byteCount: size)
      mirrors.append(Mirror(offset: offset, copy: copy))
      return copy.start + (place - offset)
    }
  }
}

extension TensorBody {
  /// Who computes with these elements; nil: the host.
  var engine: (any DeviceEngine)? { deviceMemory?.engine }

  /// The bytes that elements lie in, counted from element [0, 0, ...].
  var byteRange: Range<Int> {
    if count == 0 { return 0..<0 }
    let ends = zip(shape, strides).map { $1 * ($0 - 1) }
    let (first, last) = (ends.reduce(0) { $0 + Swift.min(0, $1) }, ends.reduce(0) { $0 + Swift.max(0, $1) })
    return first * dtype.size..<(last + 1) * dtype.size
  }

  var deviceMemory: DeviceMemory? {
    guard flags.contains(.device), let owner = storage.owner else { return nil }
    return unsafeDowncast(owner, to: DeviceMemory.self)
  }
}

extension Tensor {
  /// Where its elements lie.
  public var device: Device { engine?.device ?? .cpu }

  /// Who computes with its elements; nil: the host.
  var engine: (any DeviceEngine)? { body.flags.contains(.variable) ? variable.engine : body.engine }

  /// ``device`` if there is any but the host.
  package var deviceIfUsed: Device? { Devices.isUsed ? device : nil }

  /// This tensor, which the host made of elements of `source`, on the device of that one.
  package func placed(with source: Tensor) -> Tensor { source.deviceIfUsed.map { to($0) } ?? self }

  /// Moves the variable that this is a handle of, with the gradient that it has collected.
  package func moveVariable(to device: Device) {
    if body.flags.contains(.variable) { variable.move(to: device) }
  }

  /// Converts the variable that this is a handle of, with the gradient that it has collected.
  package func convertVariable(to dtype: DType) {
    if body.flags.contains(.variable) { variable.convert(to: dtype) }
  }

  /// A new variable of the kind of this one, with its own copies of elements and gradient.
  package func copiedVariable() -> Tensor {
    guard body.flags.contains(.variable) else { return contiguousCopy() }
    let copy = Tensor.variable(noGrad { detach().contiguousCopy() }, kind: variable.kind, requiresGrad: requiresGrad)
    copy.variable.gradient = noGrad { variable.storedGradient?.detach().contiguousCopy() }
    return copy
  }

  /// Where element [0, 0, ...] lies in its device's memory: for engines, which alone may follow it.
  public var deviceAddress: UnsafeMutableRawPointer { body.address }

  /// The block of its device's memory that it lies in.
  package var deviceBlock: UnsafeMutableRawPointer { body.storage.pointer }

  /// A tensor of the host over the same memory, for an engine whose memory the host can read while it computes.
  package var onHost: Tensor {
    let whole = Storage.make(pointer: body.storage.pointer, byteCount: body.storage.byteCount, owner: body.storage)
    return Tensor(
      TensorBody(storage: whole, data: body.address, shape: body.shape, strides: body.strides, dtype: body.dtype))
  }

  /// A tensor on `engine`'s device with elements not initialised.
  package static func uninitialized(
    _ type: TensorType, strides: [Int], on engine: any DeviceEngine
  ) throws(TensorError) -> Tensor {
    let byteCount = Swift.max(type.count * type.dtype.size, 1)
    guard let block = engine.allocate(byteCount) else {
      throw TensorError(.memory, "to", "\(engine.device) has no \(byteCount) bytes left for a tensor of \(type)")
    }
    let storage = Storage.make(
      pointer: block, byteCount: byteCount, owner: DeviceMemory(engine, block, byteCount: byteCount), isDevice: true)
    return Tensor(TensorBody(storage: storage, data: block, shape: type.shape, strides: strides, dtype: type.dtype))
  }

  /// The tensor on `device`, as PyTorch's `to(device)`: itself where it is there already, else a copy, through which gradients
  /// flow back.
  public func to(_ device: Device) -> Tensor {
    attempt(self) { () throws(TensorError) in
      if self.device == device { return self }
      _ = try Devices.engine(device, "to")
      return apply(Transfer(source: self.device, target: device), self)
    }
  }

  /// The tensor on the device and in the type given, as PyTorch's `to(device, dtype)`.
  public func to(_ device: Device, _ dtype: DType) -> Tensor { to(dtype).to(device) }

  /// ``to(_:)-(Device)`` with PyTorch's label.
  public func to(device: Device) -> Tensor { to(device) }

  /// ``to(_:)-(DType)`` with PyTorch's label.
  public func to(dtype: DType) -> Tensor { to(dtype) }

  /// ``to(_:_:)`` with PyTorch's labels.
  public func to(device: Device, dtype: DType) -> Tensor { to(dtype).to(device) }

  /// The tensor on the host.
  public func cpu() -> Tensor { to(.cpu) }
}

/// A copy on another device.
package struct Transfer: Primitive, Hashable, ElementMove {
  package let source, target: Device
  package var name: String { "ToCopy" }
  package var isLinear: Bool { true }
  package var takesCustomElements: Bool { true }
  package var destination: Device? { target }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .kept(inputs, type.shape) }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    results[0].fill(with: inputs[0])
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, inputs)
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    [cotangents[0].map { $0.to(source) }]
  }
}
