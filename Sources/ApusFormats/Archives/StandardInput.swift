import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// All bytes of the standard input, at most `limit`.
/// - Throws: `TensorError` of kind `file` when it cannot be read or is longer.
func standardInput(limit: Int) throws(TensorError) -> FileContents {
  let name = "the standard input"
  var bytes: [UInt8] = []
  let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  defer { block.deallocate() }
  while true {
    let count = read(STDIN_FILENO, block.baseAddress, block.count)
    if count < 0 {
      if errno == EINTR { continue }
      throw fileError(name, "cannot read", errno)
    }
    if count == 0 { return FileContents(bytes, path: name) }
    guard bytes.count + count <= limit else {
      throw TensorError(.file, name, "more than \(limit) bytes come; write them to a file and read that")
    }
    bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: block[..<count]))
  }
}
