import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `path` with the home folder in place of a leading `~`, or that of a user in place of `~name`.
package func expandedPath(_ path: String) -> String {
  guard path.hasPrefix("~") else { return path }
  let end = path.firstIndex(of: "/") ?? path.endIndex
  let user = String(path[path.index(after: path.startIndex)..<end])
  var home: String?
  if user.isEmpty {
    home = DynamicLibrary.environment("HOME") ?? getpwuid(getuid())?.pointee.pw_dir.map { String(cString: $0) }
  } else {
    home = getpwnam(user)?.pointee.pw_dir.map { String(cString: $0) }
  }
  return home.map { $0 + path[end...] } ?? path
}

/// The paths that a shell pattern (`~/data/part-*.csv`) stands for, in alphabetical order; a path without wildcards stands for
/// itself.
/// - Throws: `TensorError` of kind `file` when nothing matches.
package func matchingPaths(_ pattern: String) throws(TensorError) -> [String] {
  let path = expandedPath(pattern)
  // A file may have a bracket in its name.
  guard path.contains(where: { "*?[".contains($0) }), !fileExists(path) else { return [path] }
  var found = glob_t()
  defer { globfree(&found) }
  guard glob(path, GLOB_ERR, nil, &found) == 0, let paths = found.gl_pathv else {
    throw TensorError(.file, pattern, "no file matches this pattern")
  }
  return (0..<Int(found.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
}
