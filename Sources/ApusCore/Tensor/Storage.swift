import CKernels

/// What a block of memory knows of itself.
package struct StorageHeader {
  package let pointer: UnsafeMutableRawPointer
  package let byteCount: Int
  /// What owns the memory if it is not ours: a mapped file, for example.
  package let owner: AnyObject?
  package let isInline: Bool
  /// Whether there is nothing to do when it ends.
  fileprivate var endsAlone: Bool
  /// Whether ``MemoryHistory`` knows it.
  fileprivate var isNoted = false
  /// Whether it is memory of a device, owned by a ``DeviceMemory``.
  let isDevice: Bool
  /// Whether the elements are a variable's.
  var isLasting = false
  /// What engines have made of the elements; nil before the first of them has asked. See ``TensorBody/prepared(where:_:)``.
  var forms: PreparedForms?

  fileprivate init(
    pointer: UnsafeMutableRawPointer, byteCount: Int, owner: AnyObject? = nil, isInline: Bool = false,
    isDevice: Bool = false
  ) {
    self.pointer = pointer
    self.byteCount = byteCount
    self.owner = owner
    self.isInline = isInline
    self.isDevice = isDevice
    endsAlone = isInline
  }
}

/// A block of memory that tensors share. Whoever holds the only reference may write to it. Small blocks lie behind the
/// object itself, so that a small tensor costs one allocation less.
package final class Storage: ManagedBuffer<StorageHeader, SIMD2<UInt64>> {
  /// Bytes that may lie behind the object; none while memory is watched (``ck_inline_limit``).
  static let inlineLimit = 512

  // Read through its address: `header` is a variable of the standard library, whose accesses are checked at run time.
  @inline(__always)
  package var pointer: UnsafeMutableRawPointer { withUnsafeMutablePointerToHeader { $0.pointee.pointer } }
  @inline(__always)
  package var byteCount: Int { withUnsafeMutablePointerToHeader { $0.pointee.byteCount } }
  @inline(__always)
  var isDevice: Bool { withUnsafeMutablePointerToHeader { $0.pointee.isDevice } }
  /// What owns the memory if it is not ours.
  package var owner: AnyObject? { withUnsafeMutablePointerToHeader { $0.pointee.owner } }

  /// A block of `byteCount` bytes, not initialised.
  package static func make(byteCount: Int) -> Storage {
    if byteCount <= ck_inline_limit() { return makeInline(byteCount: byteCount) }
    let watched = Profiling.watched
    let liesBehind = byteCount <= inlineLimit && !watched.contains(.memory)
    let storage = liesBehind ? makeInline(byteCount: byteCount) : makeBlock(byteCount: byteCount)
    if watched.contains(.history) { storage.note() }
    return storage
  }

  @inline(__always)
  private static func makeInline(byteCount: Int) -> Storage {
    let buffer = Storage.create(minimumCapacity: (byteCount + 15) / 16) { buffer in
      buffer.withUnsafeMutablePointerToElements {
        StorageHeader(pointer: UnsafeMutableRawPointer($0), byteCount: byteCount, isInline: true)
      }
    }
    return unsafeDowncast(buffer, to: Storage.self)
  }

  private static func makeBlock(byteCount: Int) -> Storage {
    guard let block = Allocator.shared.allocate(byteCount) else {
      stop(TensorError(.memory, "out of memory", "cannot allocate \(byteCount) bytes for a tensor"))
    }
    if Profiling.watched.contains(.memory) { Profiling.noteMemory(byteCount) }
    return make(StorageHeader(pointer: block, byteCount: byteCount))
  }

  /// Memory that `owner` keeps alive, for example a mapped file.
  package static func make(
    pointer: UnsafeMutableRawPointer, byteCount: Int, owner: AnyObject, isDevice: Bool = false
  ) -> Storage {
    let storage = make(StorageHeader(pointer: pointer, byteCount: byteCount, owner: owner, isDevice: isDevice))
    if isDevice, owner is DeviceMemory, MemoryHistory.isOn { storage.note() }
    return storage
  }

  /// Enters the block in the history of memory.
  private func note() {
    withUnsafeMutablePointerToHeader {
      ($0.pointee.isNoted, $0.pointee.endsAlone) = (true, false)
      MemoryHistory.note(UInt(bitPattern: $0), byteCount: $0.pointee.byteCount)
    }
  }

  private static func make(_ header: StorageHeader) -> Storage {
    unsafeDowncast(Storage.create(minimumCapacity: 0) { _ in header }, to: Storage.self)
  }

  deinit {
    withUnsafeMutablePointerToHeader {
      if $0.pointee.endsAlone { return }
      if $0.pointee.isNoted { MemoryHistory.forget(UInt(bitPattern: $0)) }
      if !$0.pointee.isInline && $0.pointee.owner == nil {
        if Profiling.watched.contains(.memory) { Profiling.noteMemory(-$0.pointee.byteCount) }
        Allocator.shared.deallocate($0.pointee.pointer, $0.pointee.byteCount)
      }
    }
  }

  /// The block of tensors that have no content of their own: variables' handles, failed results.
  package nonisolated(unsafe) static let none = Storage.make(byteCount: 64)
}

/// Refuses a tensor of negative sizes, or of more bytes than an Int can tell.
///
/// - Returns: the number of bytes.
@discardableResult
func checkSize(_ type: TensorType, _ operation: String) throws(TensorError) -> Int {
  guard let count = checkedElementCount(type.shape, elementSize: type.dtype.size) else {
    if let bad = type.shape.first(where: { $0 < 0 }) {
      throw TensorError(.shape, operation, "sizes must not be negative, and found \(bad) in \(type.shape)")
    }
    throw TensorError(
      .memory, operation, "elements of type \(type.dtype) in the shape \(type.shape) are more than any memory holds")
  }
  return count * type.dtype.size
}

/// A number of elements that a user asks for, if it is `least` or more and memory can hold as many.
///
/// - Parameters:
///   - bytes: what each of them takes.
///   - what: its name in the error.
@discardableResult
package func checkedCount(
  _ count: Int, least: Int = 0, bytes: Int = 8, _ what: String, _ operation: String
) throws(TensorError) -> Int {
  guard count >= least else {
    throw TensorError(.value, operation, "\(what) must be \(least) or more, and is \(count)")
  }
  try checkMemory(TensorType([count, bytes], .uint8), operation)
  return count
}

/// Refuses a tensor of negative sizes, or one that cannot fit into this machine's memory or into what the process may have of it,
/// before anything is allocated.
///
/// - Throws: an error that names the size asked for and the memory there is.
package func checkMemory(_ type: TensorType, _ operation: String) throws(TensorError) {
  let bytes = try checkSize(type, operation)
  guard bytes >= 64 << 20 else { return }
  let isTooLarge = bytes > CPUInfo.memoryBytes
  if isTooLarge || !Allocator.shared.canAllocate(bytes) {
    let most = isTooLarge ? "this machine has \(CPUInfo.memoryBytes >> 20) MiB" : "the system refuses as much now"
    throw TensorError(
      .memory, operation,
      "the shape \(type.shape) with elements of type \(type.dtype) needs \(bytes >> 20) MiB, and \(most); use a "
        + "smaller batch or a smaller element type")
  }
}
