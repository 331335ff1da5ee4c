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
