/// A block of memory that tensors share. Whoever holds the only reference may write to it.
final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int
  /// What owns the memory if it is not ours: a mapped file, for example.
  private let owner: AnyObject?

  /// A block of `byteCount` bytes, not initialised.
  init(byteCount: Int) {
    self.byteCount = byteCount
    self.owner = nil
    guard let block = Allocator.shared.allocate(byteCount) else {
      fatalError("out of memory: cannot allocate \(byteCount) bytes for a tensor")
    }
    pointer = block
  }

  /// Memory that `owner` keeps alive, for example a mapped file.
  init(pointer: UnsafeMutableRawPointer, byteCount: Int, owner: AnyObject) {
    self.pointer = pointer
    self.byteCount = byteCount
    self.owner = owner
  }

  deinit {
    if owner == nil { Allocator.shared.deallocate(pointer, byteCount) }
  }

  /// The block of tensors that have no content of their own: variables' handles, failed results.
  static let none = Storage(byteCount: 64)
}

/// Refuses a tensor that cannot fit into this machine's memory, before anything is allocated for it.
///
/// - Throws: an error that names the size asked for and the memory there is.
func checkMemory(_ type: TensorType, _ operation: String) throws(TensorError) {
  guard let count = checkedElementCount(type.shape, elementSize: type.dtype.size) else {
    throw TensorError(.memory, operation, "a \(type.dtype) tensor of shape \(type.shape) is not possible")
  }
  let bytes = count * type.dtype.size
  if bytes > 1 << 30, bytes > CPUInfo.memoryBytes {
    throw TensorError(
      .memory, operation,
      "a \(type.dtype) tensor of shape \(type.shape) needs \(bytes >> 20) MiB, and this machine has "
        + "\(CPUInfo.memoryBytes >> 20) MiB; use a smaller batch or a smaller element type")
  }
}
