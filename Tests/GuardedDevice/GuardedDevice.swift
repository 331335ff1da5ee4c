import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A device without hardware, to prove that nobody reads elements past the door: its memory cannot be touched but inside of
/// its engine, which computes a few families of operations with the host's code and leaves the others to the host.
package final class GuardedDevice: DeviceEngine {
  package static let shared = GuardedDevice()
  package let device = Device("guarded")

  /// What the engine computes, by name, besides pointwise operations.
  private static let operations: Set<String> = [
    "Clone", "ToCopy", "Where", "Cat", "View", "SliceScatter", "IndexSelect", "IndexAdd", "IndexPut",
    "Index", "Gather", "Scatter", "ScatterAdd", "Sum", "Prod", "Max", "Min", "Mm", "Linear",
  ]

  private struct Block {
    let byteCount: Int
    /// How many evaluations need it open.
    var users = 0
  }
  private let blocks = Lock<[UInt: Block]>([:])

  /// Makes the device usable in this process.
  package static func install() { Devices.add(shared) }

  /// The blocks that tensors hold at present.
  package var blockCount: Int { blocks.withLock { $0.count } }

  package func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let size = (byteCount + page - 1) / page * page
    guard let start = mmap(nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), start != MAP_FAILED else {
      return nil
    }
    let address = UInt(bitPattern: start)
    blocks.withLock { $0[address] = Block(byteCount: size) }
    return start
  }

  package func deallocate(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
    let address = UInt(bitPattern: block)
    let size = blocks.withLock { $0.removeValue(forKey: address)?.byteCount }
    if let size { munmap(block, size) }
  }

  package func copyIn(_ host: UnsafeRawPointer, to block: UnsafeMutableRawPointer, _ byteCount: Int) {
    open([block]) { block.copyMemory(from: host, byteCount: byteCount) }
  }

  package func copyOut(
    _ block: UnsafeRawPointer, at offset: Int, to host: UnsafeMutableRawPointer, _ byteCount: Int
  ) {
    open([UnsafeMutableRawPointer(mutating: block)]) { host.copyMemory(from: block + offset, byteCount: byteCount) }
  }

  /// Host code that writes where it should only read is caught too.
  package func hostCopy(of block: UnsafeRawPointer, at offset: Int, _ byteCount: Int) -> UnsafeMutableRawPointer {
    guard let copy = allocate(byteCount) else { fatalError("no memory for a copy of \(byteCount) bytes") }
    use(copy, 1)
    copyOut(block, at: offset, to: copy, byteCount)
    mprotect(copy, byteCount, PROT_READ)
    return copy
  }

  package func releaseHostCopy(_ copy: UnsafeMutableRawPointer, _ byteCount: Int) { deallocate(copy, byteCount) }

  package func evaluate(
    _ primitive: any Primitive, _ inputs: [Tensor], into results: [Tensor]
  ) throws(TensorError) -> Bool {
    guard primitive is Pointwise || Self.operations.contains(primitive.name) else { return false }
    try open((inputs + results).map(\.deviceBlock)) { () throws(TensorError) in
      try Context.onHost { () throws(TensorError) in
        try primitive.evaluate(inputs.map(\.onHost), into: results.map(\.onHost))
      }
    }
    return true
  }

  /// Runs `body` while the blocks can be read and written.
  private func open<E: Error>(_ starts: [UnsafeMutableRawPointer], _ body: () throws(E) -> Void) throws(E) {
    for start in starts { use(start, 1) }
    defer { for start in starts { use(start, -1) } }
    try body()
  }

  private func use(_ start: UnsafeMutableRawPointer, _ change: Int) {
    let address = UInt(bitPattern: start)
    blocks.withLock { blocks in
      guard var block = blocks[address] else { fatalError("\(address) is no block of the guarded device") }
      block.users += change
      if block.users == (change > 0 ? 1 : 0) {
        let access = block.users > 0 ? PROT_READ | PROT_WRITE : PROT_NONE
        mprotect(UnsafeMutableRawPointer(bitPattern: address), block.byteCount, access)
      }
      blocks[address] = block
    }
  }
}
