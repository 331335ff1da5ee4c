#if canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The file of a program that may be run: `name` itself where it has a slash, else the first one that the folders of `PATH` have.
package func programPath(_ name: String) -> String? {
  if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
  let folders = (DynamicLibrary.environment("PATH") ?? "/usr/bin:/bin").split(separator: ":")
  return folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
}
