import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Memory for the states of an optimiser that lies in a file: the system writes out what is not needed at present, so that states take
/// little more of the process's memory than those of the parameter that is being changed. bitsandbytes' paged optimisers do the same
/// with the memory of a graphics card.
///
///     let optimizer = AdamW8bit(model.parameters(), lr: 1e-4, pagedStates: try PagedStates())
///
/// The file has no name once it is open, and is gone with the states.
public final class PagedStates: Sendable {
  private let folder: String
  private let file: Int32
  private let used = Lock<Int>(0)

  /// The bytes of the file.
  public var byteCount: Int { used.withLock { $0 } }

  /// With a file in `folder`, which should lie on a disk and not in memory (`/tmp` often does); nil: the folder that `TMPDIR` names, else
  /// `/var/tmp`.
  /// - Throws: `TensorError` of kind `file` when no file can be made there.
  public init(folder: String? = nil) throws(TensorError) {
    let place = NamelessFile.folder(folder)
    self.folder = place
    file = NamelessFile.make(in: place)
    guard file >= 0 else {
      throw TensorError(
        .file, place, "cannot make a file for the states of an optimiser here; give a folder that can be written to")
    }
  }

  deinit { close(file) }

  /// A tensor of zeros in the file; nil where there is no room.
  func zeros(_ shape: [Int], _ dtype: DType) -> Tensor? {
    let size = shape.reduce(dtype.size, *)
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let bytes = (size + page - 1) / page * page
    guard bytes > 0 else { return nil }
    let offset = used.withLock { used in
      defer { used += bytes }
      return used
    }
    guard ftruncate(file, offset + bytes) == 0,
      let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, offset), start != MAP_FAILED
    else { return nil }
    let storage = Storage.make(pointer: start, byteCount: bytes, owner: Mapping(start, bytes, self))
    return Tensor(
      TensorBody(storage: storage, data: start, shape: shape, strides: rowMajorStrides(shape), dtype: dtype))
  }

  /// Pages of the file in memory.
  private final class Mapping: Sendable {
    private nonisolated(unsafe) let start: UnsafeMutableRawPointer
    private let bytes: Int
    private let file: PagedStates

    init(_ start: UnsafeMutableRawPointer, _ bytes: Int, _ file: PagedStates) {
      (self.start, self.bytes, self.file) = (start, bytes, file)
    }

    deinit { munmap(start, bytes) }
  }

  /// Gives up the memory of a tensor, whose elements stay in the file.
  func leave(_ tensor: Tensor) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let bytes = (tensor.count * tensor.dtype.size + page - 1) / page * page
    madvise(tensor.body.data, bytes, MADV_DONTNEED)
  }
}

/// Where an optimiser keeps states that it changes in place: in memory, or large ones in a file.
struct StateMemory {
  var pages: PagedStates?

  /// States of fewer bytes stay in memory.
  private static let leastPaged = 1 << 16

  func zeros(_ shape: [Int], _ dtype: DType) -> Tensor {
    if shape.reduce(dtype.size, *) >= Self.leastPaged, let made = pages?.zeros(shape, dtype) { return made }
    return Tensor.zeros(shape, dtype: dtype)
  }

  /// The elements of a tensor, in memory that nobody else has.
  func copy(_ tensor: Tensor) -> Tensor {
    let made = zeros(tensor.shape, tensor.dtype)
    let source = tensor.contiguous()
    source.withUnsafeBytes { bytes in
      if let start = bytes.baseAddress, bytes.count > 0 {
        made.body.data.copyMemory(from: start, byteCount: bytes.count)
      }
    }
    leave(made)
    return made
  }

  /// Says that a state is not needed for a while.
  func leave(_ tensor: Tensor) {
    if let pages, tensor.count * tensor.dtype.size >= Self.leastPaged { pages.leave(tensor) }
  }
}
