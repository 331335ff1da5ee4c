import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension ONNX.TensorProto {
  /// The file that external data lie in, as the tensor says: a path that starts at the model's folder.
  public var externalLocation: String? { externalData.last { $0.key == "location" }?.value }

  private func externalNumber(_ key: String) throws(TensorError) -> Int? {
    guard let text = externalData.last(where: { $0.key == key })?.value else { return nil }
    guard let number = Int(text), number >= 0 else { throw failure("the \(key) of its external data is '\(text)'") }
    return number
  }

  /// The bytes of the elements in another file, which must lie in the model's folder.
  func externalBytes(folder: String?, expected: Int) throws(TensorError) -> ByteSlice {
    guard let location = externalLocation, !location.isEmpty else {
      throw failure("its external data have no location")
    }
    guard let folder else {
      throw failure("its elements lie in the file '\(location)', and where the model lies is not known", .file)
    }
    let parts = location.split(separator: "/", omittingEmptySubsequences: true)
    guard !location.hasPrefix("/"), !parts.contains(".."), !location.utf8.contains(0) else {
      throw failure(
        "its elements are said to lie in '\(location)', outside of the model's folder; that is not allowed", .file)
    }
    let path = "\(folder)/\(location)"
    let offset = try externalNumber("offset") ?? 0
    let length = try externalNumber("length") ?? expected
    guard length == expected else {
      throw failure("its external data have \(length) bytes, and shape and type need \(expected)")
    }
    if expected == 0 { return ByteSlice() }
    // A link may lead out of the folder although its name does not.
    guard let inside = realPath(folder), let real = realPath(path) else {
      throw failure("cannot find the file '\(location)' with its elements in the model's folder", .file)
    }
    guard real.hasPrefix(inside == "/" ? "/" : inside + "/") else {
      throw failure("its elements lie in '\(location)', a link out of the model's folder; that is not allowed", .file)
    }
    let file: MappedFile
    do throws(TensorError) { file = try MappedFile(path: real) } catch {
      throw failure("the file '\(location)' with its elements: \(error.message)", .file)
    }
    let (end, overflow) = offset.addingReportingOverflow(length)
    guard !overflow, end <= file.bytes.count else {
      throw failure(
        "its elements are said to be the \(length) bytes from \(offset) on of '\(location)', which has "
          + "\(file.bytes.count)")
    }
    return ByteSlice(file)[offset..<end]
  }

  private func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
