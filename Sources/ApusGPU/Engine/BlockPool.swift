import ApusCore

/// Blocks of a device's memory, kept for the next tensor of about their size: a driver takes much longer to give one. What is
/// queued on a block may still run when it is handed out again, since the queue keeps the order.
final class BlockPool: Sendable {
  private struct Blocks: @unchecked Sendable {
    /// Blocks that nobody uses, by their size.
    var free: [Int: [UnsafeMutableRawPointer]] = [:]
    var statistics = GPUMemory()
  }

  private let driver: any Driver
  private let blocks = Lock(Blocks())

  init(_ driver: any Driver) { self.driver = driver }

  deinit { drain() }

  /// The size of a block for so many bytes: at most an eighth more, so that few sizes serve all.
  static func blockSize(_ byteCount: Int) -> Int {
    if byteCount <= 512 { return 512 }
    let step = 1 << max(9, (Int.bitWidth - 1 - byteCount.leadingZeroBitCount) - 3)
    return (byteCount + step - 1) / step * step
  }

  /// A block of so many bytes; nil where neither the pool nor the device has one.
  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let size = Self.blockSize(byteCount)
    // An address is no more than a number to us.
    nonisolated(unsafe) let kept = blocks.withLock { blocks -> UnsafeMutableRawPointer? in
      nonisolated(unsafe) let kept = blocks.free[size]?.popLast()
      if kept != nil { blocks.statistics.kept -= size }
      return kept
    }
    guard let block = kept ?? driver.allocate(size) ?? drained(then: size) else { return nil }
    blocks.withLock { blocks in
      blocks.statistics.used += size
      blocks.statistics.peak = max(blocks.statistics.peak, blocks.statistics.used)
    }
    return block
  }

  func deallocate(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
    let size = Self.blockSize(byteCount)
    nonisolated(unsafe) let block = block
    blocks.withLock { blocks in
      blocks.free[size, default: []].append(block)
      blocks.statistics.used -= size
      blocks.statistics.kept += size
    }
  }

  var statistics: GPUMemory { blocks.withLock { $0.statistics } }

  /// Gives the blocks that nobody uses back to the device.
  func drain() {
    let free = blocks.withLock { blocks in
      nonisolated(unsafe) let free = blocks.free
      blocks.free = [:]
      blocks.statistics.kept = 0
      return free
    }
    for block in free.values.joined() { driver.release(block) }
  }

  private func drained(then size: Int) -> UnsafeMutableRawPointer? {
    drain()
    return driver.allocate(size)
  }
}

/// What a device's memory holds, in bytes.
public struct GPUMemory: Sendable, Equatable {
  /// Blocks of tensors.
  public internal(set) var used = 0
  /// The most that tensors have held at once.
  public internal(set) var peak = 0
  /// Blocks that wait for the next tensor.
  public internal(set) var kept = 0
}
