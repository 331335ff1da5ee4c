#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file for what operations keep for their gradients: memory then holds what is computed on at present. PyTorch's
/// `torch.autograd.graph.save_on_cpu` does the same with the host's memory for a graphics card.
///
///     let file = try SavedTensorFile()
///     let loss = file.saving { crossEntropy(model(x), y) }
///     loss.backward()  // reads them back, one operation after the other
///
/// The file has no name once it is open. Its parts are used again as soon as the backward pass is done with them, so that it
/// grows to what one step needs. The system keeps of it in memory what fits.
public final class SavedTensorFile: Sendable {
  private let file: Int32

  private struct Space {
    var end = 0
    /// Parts that are free, by their size.
    var free: [Int: [Int]] = [:]
  }
  private let space = Lock(Space())

  /// A part of the file with the elements of a tensor; the tensor itself where they could not be written.
  private final class Part: Sendable {
    let file: SavedTensorFile
    let offset, byteCount: Int
    let kept: Tensor?

    init(_ file: SavedTensorFile, _ offset: Int, _ byteCount: Int, kept: Tensor?) {
      (self.file, self.offset, self.byteCount, self.kept) = (file, offset, byteCount, kept)
    }

    deinit { file.space.withLock { $0.free[byteCount, default: []].append(offset) } }
  }

  /// The bytes of the file.
  public var byteCount: Int { space.withLock { $0.end } }

  /// With a file in `folder`, which should lie on a disk and not in memory (`/tmp` often does); nil: the folder that `TMPDIR` names, else
  /// `/var/tmp`.
  /// - Throws: `TensorError` of kind `file` when no file can be made there.
  public init(folder: String? = nil) throws(TensorError) {
    let place = NamelessFile.folder(folder)
    file = NamelessFile.make(in: place)
    guard file >= 0 else {
      throw TensorError(
        .file, place, "cannot make a file for what operations keep here; give a folder that can be written to")
    }
  }

  deinit { close(file) }

  /// Runs `body`, whose operations keep tensors of at least `minimum` elements in the file; one that several operations keep, once.
  /// Where the file has no room, they stay in memory.
  public func saving<R, E: Error>(minimum: Int = 4096, _ body: () throws(E) -> R) throws(E) -> R {
    let known = SharedPacks<Part>()
    let hooks = SavedTensorHooks { [self] tensor in
      guard tensor.count >= minimum, tensor.body.flags.isDisjoint(with: [.custom, .device]) else { return { tensor } }
      let (part, type) = (known.pack(tensor) { write($0) }, tensor.type)
      return { [self] in part.kept ?? read(part, type) }
    }
    return try Context.with(savedTensorHooks: hooks, body)
  }

  private func write(_ tensor: Tensor) -> Part {
    let size = tensor.count * tensor.dtype.size
    let offset = space.withLock { space -> Int in
      if let known = space.free[size]?.popLast() { return known }
      defer { space.end += size }
      return space.end
    }
    let isWritten = tensor.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = pwrite(file, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset + done)
        if count <= 0 { return false }
        done += count
      }
      return true
    }
    return Part(self, offset, size, kept: isWritten ? nil : tensor)
  }

  private func read(_ part: Part, _ type: TensorType) -> Tensor {
    let made = Tensor.uninitialized(type.shape, type.dtype)
    var done = 0
    while done < part.byteCount {
      let count = pread(file, made.body.data + done, part.byteCount - done, part.offset + done)
      if count <= 0 {
        return fail(TensorError(.file, "SavedTensorFile", "what an operation kept cannot be read back from the file"))
      }
      done += count
    }
    return made
  }
}
