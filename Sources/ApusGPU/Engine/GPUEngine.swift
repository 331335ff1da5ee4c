import ApusCore

/// The engine of a device with a driver of kernels: a graphics card, or the processor by way of PoCL.
package final class GPUEngine: DeviceEngine {
  package let device: Device
  package let driver: any Driver
  private let dialect: String
  private let pool: BlockPool
  private let kernels = KernelCache()
  let faults: FaultReports

  package init(_ device: Device, _ driver: any Driver, dialect: String) throws(TensorError) {
    (self.device, self.driver, self.dialect) = (device, driver, dialect)
    pool = BlockPool(driver)
    faults = try FaultReports(driver)
  }

  package var memory: GPUMemory { pool.statistics }
  package func emptyCache() { pool.drain() }

  // MARK: Memory

  package func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? { pool.allocate(byteCount) }
  package func deallocate(_ block: UnsafeMutableRawPointer, _ byteCount: Int) { pool.deallocate(block, byteCount) }

  package func copyIn(_ host: UnsafeRawPointer, to block: UnsafeMutableRawPointer, _ byteCount: Int) {
    guard byteCount > 0 else { return }
    do throws(TensorError) { try driver.write(host, to: block, byteCount) } catch { report(error) }
  }

  package func copyOut(
    _ block: UnsafeRawPointer, at offset: Int, to host: UnsafeMutableRawPointer, _ byteCount: Int
  ) {
    guard byteCount > 0 else { return }
    do throws(TensorError) {
      try driver.read(block, at: offset, to: host, byteCount)
      try faults.check()
    } catch { report(error) }
  }

  /// Waits until all work is done.
  /// - Throws: what went wrong in it.
  package func synchronize() throws(TensorError) {
    try driver.synchronize()
    try faults.check()
  }

  package func checkWork() throws(TensorError) { try faults.check() }

  // MARK: Work

  package func evaluate(
    _ primitive: any Primitive, _ inputs: [Tensor], into results: [Tensor]
  ) throws(TensorError) -> Bool {
    if let pointwise = primitive as? Pointwise { return try run(pointwise, inputs, into: results) }
    guard let operation = primitive as? any GPUOperation else { return false }
    if results.allSatisfy({ $0.count == 0 }) { return true }
    return try operation.run(on: self, inputs, into: results)
  }

  /// The kernel of `key`; `write` writes its text where it has not been made yet.
  func kernel(_ key: KernelKey, _ write: () -> KernelSource) throws(TensorError) -> any DriverKernel {
    if let known = kernels[key]?.kernel { return known }
    return try make(key, nil, write())
  }

  /// The kernel of `key`, which computes `formula`; nil where `write` finds no text for it.
  func kernel(
    _ key: KernelKey, _ formula: Formula, _ write: () -> KernelSource?
  ) throws(TensorError) -> (any DriverKernel)? {
    if let known = kernels[key] { return known.kernel }
    if let source = write() { return try make(key, formula, source) }
    kernels.add(KernelCache.Entry(kernel: nil, source: nil, formula: formula), key)
    return nil
  }

  private func make(
    _ key: KernelKey, _ formula: Formula?, _ source: KernelSource
  ) throws(TensorError) -> any DriverKernel {
    let made = try driver.build(source.text(dialect)).kernel(source.name)
    kernels.add(KernelCache.Entry(kernel: made, source: source, formula: formula), key)
    return made
  }

  /// The sources of all kernels that have been made.
  var kernelSources: [KernelSource] { kernels.sources }

  func launch(_ kernel: any DriverKernel, _ grid: Grid, _ arguments: [Argument]) throws(TensorError) {
    // Copies that were made for the kernel are theirs alone.
    try withExtendedLifetime(arguments) { () throws(TensorError) in
      if grid.groups > 0 { try driver.launch(kernel, grid, arguments) }
    }
  }
}

/// An operation that kernels compute.
protocol GPUOperation: Primitive {
  /// Queues the kernels that compute the results. False, with nothing done, where there are none for these types.
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool
}

/// Where kernels tell of positions that are out of range. They go on with others in their place, and who next reads anything from
/// the device gets the error.
final class FaultReports: Sendable {
  private struct Block: @unchecked Sendable { let start: UnsafeMutableRawPointer }

  private let driver: any Driver
  private let block: Block
  private struct Watched: Sendable {
    /// The operations that check positions, each at its number less one.
    var operations: [String] = []
    /// Whether one of them has been launched since the last look.
    var isPending = false
  }
  private let watched = Lock(Watched())

  /// Three numbers: which operation (from 1), the position, and the size that it does not fit.
  private static let byteCount = 3 * MemoryLayout<Int64>.size

  init(_ driver: any Driver) throws(TensorError) {
    self.driver = driver
    guard let start = driver.allocate(512) else {
      throw TensorError(.memory, "device", "\(driver.description.name) has no memory left")
    }
    block = Block(start: start)
    try clear()
  }

  deinit { driver.release(block.start) }

  private func clear() throws(TensorError) {
    var zeros = (Int64(0), Int64(0), Int64(0))
    try driver.write(&zeros, to: block.start, Self.byteCount)
  }

  /// The arguments of a kernel that checks positions of `operation`: the block, and the operation's number.
  func arguments(_ operation: String) -> [Argument] {
    let number = watched.withLock { watched in
      watched.isPending = true
      if let known = watched.operations.firstIndex(of: operation) { return known + 1 }
      watched.operations.append(operation)
      return watched.operations.count
    }
    return [.place(block.start, offset: 0), .int(number)]
  }

  /// The parameters for these, and the function `ap_checked(position, size)` that gives a position that can be followed.
  static func declare(_ source: inout KernelSource) {
    source.place("long", "fault")
    source.parameters.append("long operation")
    source.head += """
      FUNCTION long ap_checked(GLOBAL long *fault, long operation, long position, long size) {
        if (position >= 0 && position < size) return position;
        fault[0] = operation; fault[1] = position; fault[2] = size;
        return 0;
      }

      """
  }

  /// - Throws: what a kernel has told since the last look.
  func check() throws(TensorError) {
    let watched = watched.withLock { watched in
      let found = watched
      watched.isPending = false
      return found
    }
    guard watched.isPending else { return }
    var told = (operation: Int64(0), position: Int64(0), size: Int64(0))
    try driver.read(block.start, at: 0, to: &told, Self.byteCount)
    guard told.operation > 0, told.operation <= watched.operations.count else { return }
    try clear()
    throw TensorError(
      .index, watched.operations[Int(told.operation) - 1],
      "index \(told.position) is out of range for a dimension of size \(told.size)")
  }
}
