#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A shared library opened at run time. It stays open for the life of the process.
package struct DynamicLibrary: @unchecked Sendable {
  /// The file that the loader took, as an absolute path where the loader tells it.
  package let path: String
  private let handle: UnsafeMutableRawPointer

  /// Opens the first of `candidates` (paths or bare names for the system's search) that loads, or returns nil.
  package init?(firstOf candidates: [String], thatHas symbol: String) {
    for candidate in candidates {
      // A path that is not there is skipped here: dlopen would only compose an error text for it.
      if candidate.contains("/"), access(candidate, R_OK) != 0 { continue }
      guard let opened = dlopen(candidate, RTLD_NOW | RTLD_LOCAL) else { continue }
      guard let address = dlsym(opened, symbol) else { continue }
      handle = opened
      path = Self.file(of: address) ?? candidate
      return
    }
    return nil
  }

  /// The file that the code at `address` came from.
  private static func file(of address: UnsafeMutableRawPointer) -> String? {
    // The C library's header shows dladdr to C programs of the GNU dialect only, so it is looked up like any other.
    typealias Lookup = @convention(c) (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Int32
    guard let symbol = dlsym(nil, "dladdr") else { return nil }
    let lookup = unsafeBitCast(symbol, to: Lookup.self)
    // Four pointers: file name, base of the file, symbol name, address of the symbol.
    return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: 4) { information in
      information.initialize(repeating: nil)
      guard let base = information.baseAddress, lookup(address, base) != 0, let name = information[0] else {
        return nil
      }
      return String(cString: name)
    }
  }

  /// The function called `name`, as the C function pointer type `Function`; nil where the library has none.
  /// Libraries that this one depends on are searched too.
  package func function<Function>(_ name: String, as type: Function.Type) -> Function? {
    guard let address = dlsym(handle, name) else { return nil }
    return unsafeBitCast(address, to: Function.self)
  }
}

extension DynamicLibrary {
  /// The value of an environment variable, or nil where it is unset or empty.
  package static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// Whether the environment variable `name` asks to leave a library alone.
  package static func isDisabled(_ name: String) -> Bool {
    guard let value = environment(name)?.lowercased() else { return false }
    return value == "off" || value == "0" || value == "no" || value == "false"
  }

  /// Where to look for a library, best place first: the path in `variable`, beside the executable, the folders that the
  /// set-up script fills (below the current folder and every folder above the executable), the active Python
  /// environments, and at last the system's own search by name.
  package static func candidates(names: [String], folder: String?, variable: String) -> [String] {
    var found: [String] = []
    if let told = environment(variable) {
      found.append(told)
      for name in names { found.append("\(told)/\(name)") }
    }
    var folders: [String] = []
    let executable = executableFolder()
    if let executable {
      folders += [executable, "\(executable)/lib", "\(executable)/../lib"]
    }
    if let folder {
      var roots = ["."]
      var parent = executable
      while let here = parent, !here.isEmpty {
        roots.append(here)
        parent = here.lastIndex(of: "/").map { String(here[..<$0]) }
      }
      for root in roots { folders += ["\(root)/.apus/\(folder)/lib", "\(root)/.apus/\(folder)"] }
    }
    for variable in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
      if let root = environment(variable) { folders.append("\(root)/lib") }
    }
    if let home = environment("HOME") { folders.append("\(home)/.local/lib") }
    for folder in folders {
      for name in names { found.append("\(folder)/\(name)") }
    }
    return found + names
  }

  /// The folder of the running program.
  private static func executableFolder() -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard length > 0 else { return nil }
    let path = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.lastIndex(of: "/").map { String(path[..<$0]) }
  }
}
