import Apus
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// SHA-256 of the contents of a file or folder as hexadecimal digits: names and bytes of all files, wherever it lies.
///
/// A folder's is the digest of lines `DIGEST SIZE NAME`, one for each file below it, sorted by name; that of a file the digest of its bytes.
/// - Throws: `TensorError` of kind `file` for what cannot be read, or is neither file nor folder.
func contentDigest(_ path: String) throws(TensorError) -> String {
  guard isFolder(path) else { return try SHA256.hexadecimal(ofFile: path) }
  var digest = SHA256()
  for name in try filesBelow(path) {
    let file = try MappedFile(path: "\(path)/\(name)")
    digest.update(Array("\(try SHA256.hexadecimal(ofFile: file.path)) \(file.bytes.count) \(name)\n".utf8))
  }
  return digest.hexadecimal()
}

/// The files below a folder, by their paths from there, in the order of their bytes.
/// - Throws: `TensorError` of kind `file` for a link, a socket and whatever else is no file, or names with line ends.
func filesBelow(_ folder: String) throws(TensorError) -> [String] {
  var found: [String] = []
  var waiting = [""]
  while let inner = waiting.popLast() {
    for name in folderContents(inner.isEmpty ? folder : "\(folder)/\(inner)") {
      let below = inner.isEmpty ? name : "\(inner)/\(name)"
      let path = "\(folder)/\(below)"
      guard !name.contains("\n") else {
        throw TensorError(.file, path, "the name of this file has a line end; an artifact cannot hold it")
      }
      var status = stat()
      guard lstat(path, &status) == 0 else { throw fileError(path, "cannot examine the file", errno) }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: waiting.append(below)
      case S_IFREG: found.append(below)
      default:
        throw TensorError(
          .file, path, "this is neither a file nor a folder; an artifact holds files alone, without links")
      }
    }
  }
  return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// Brings a folder to the disk with all that is in it, and takes the right to write from its files.
func seal(_ folder: String) throws(TensorError) {
  var folders: Set<String> = [folder]
  for name in try filesBelow(folder) {
    let path = "\(folder)/\(name)"
    try synchronize(path)
    chmod(path, 0o444)
    folders.insert(splitPath(path).folder)
  }
  for path in folders { try synchronize(path) }
}

/// Waits until a file, or the names in a folder, are on the disk.
func synchronize(_ path: String) throws(TensorError) {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw fileError(path, "cannot open the file", errno) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 || errno == EINVAL else { throw fileError(path, "cannot bring the file to disk", errno) }
}

/// Removes a file or a folder with all that is in it; what is not there is removed already.
func removeTree(_ path: String) throws(TensorError) {
  var status = stat()
  guard lstat(path, &status) == 0 else { return }
  if status.st_mode & S_IFMT == S_IFDIR {
    chmod(path, 0o700)
    for name in folderContents(path) { try removeTree("\(path)/\(name)") }
    guard rmdir(path) == 0 || errno == ENOENT else { throw fileError(path, "cannot remove the folder", errno) }
  } else {
    guard unlink(path) == 0 || errno == ENOENT else { throw fileError(path, "cannot remove the file", errno) }
  }
}
