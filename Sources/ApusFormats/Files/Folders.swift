import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whether there is a folder at `path`.
package func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The names of what is in a folder, in alphabetical order; none where it cannot be read.
package func folderContents(_ path: String) -> [String] {
  guard let folder = opendir(path) else { return [] }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let capacity = MemoryLayout.size(ofValue: entry.pointee.d_name)
    let name = withUnsafePointer(to: &entry.pointee.d_name) { start in
      start.withMemoryRebound(to: CChar.self, capacity: capacity) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Makes a folder and those above it; folders that exist stay as they are.
package func makeFolders(_ path: String) throws(TensorError) {
  var status = stat()
  if stat(path, &status) == 0 {
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw TensorError(.file, path, "this is a file; give the path of a folder")
    }
    return
  }
  let trimmed = String(path.reversed().drop { $0 == "/" }.reversed())
  let parent = splitPath(trimmed).folder
  if parent != trimmed, parent != "." { try makeFolders(parent) }
  guard mkdir(trimmed, 0o777) == 0 || errno == EEXIST else {
    throw fileError(path, "cannot make the folder", errno)
  }
}
