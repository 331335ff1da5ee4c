import ApusCore

// Files that are read and copied whole.

/// The text of a small file.
package func readText(_ path: String) throws -> String {
  let file = try MappedFile(path: path)
  return withExtendedLifetime(file) { String(decoding: file.bytes, as: UTF8.self) }
}

/// Copies a file; the copy is there as a whole or not at all.
package func copyFile(_ path: String, to target: String) throws {
  let file = try MappedFile(path: path)
  try withExtendedLifetime(file) {
    try replaceFile(at: target) { output in try output.write(file.bytes) }
  }
}
