import ApusCore
import CKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Makes machine code of C sources with the compiler that is at hand, and keeps it on disk.
///
/// An entry is the source and the library made from it, named by the content of the source, the compiler and the
/// processor. Several processes may use one cache: an entry appears whole, by renaming. An entry whose source or library is
/// not what was written is made anew. What is loaded is code, so a folder or an entry that another user owns or may write
/// to is not used. The folder is `APUS_CACHE`, else `apus/kernels` in `XDG_CACHE_HOME` or `~/.cache`;
/// the oldest entries go when there are more than ``entryLimit``.
package enum NativeCompiler {
  private static let entryLimit = 512
  private static let loaded = Lock<[String: DynamicLibrary]>([:])

  /// The C compiler: `APUS_CC`, or the first of clang, cc and gcc on the search path; nil where there is none or
  /// `APUS_CC=off`.
  package static let compiler: String? = {
    if DynamicLibrary.isDisabled("APUS_CC") { return nil }
    if let told = DynamicLibrary.environment("APUS_CC") { return findProgram(told) }
    return ["clang", "cc", "gcc"].lazy.compactMap(findProgram).first
  }()

  private static let flags =
    [
      "-O3", "-march=native", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-shared", "-w",
    ] + (CPUInfo.hasAVX512 ? ["-mprefer-vector-width=512"] : [])

  /// The library made of `source` with the math prelude in front of it, which has to define `symbol`; nil where there is
  /// no compiler or it fails.
  package static func library(_ source: String, symbol: String) -> DynamicLibrary? {
    guard let compiler else { return nil }
    let prelude = String(cString: ck_math_text()).replacing("#pragma once\n", with: "")
    let header = "// Made by Apus with \(compiler) for \(CPUInfo.features.sorted().joined(separator: " "))\n"
    let text = header + prelude + "\n" + source
    let key = fingerprint(text)
    if let known = loaded.withLock({ $0[key] }) { return known }
    guard let made = entry(text, key, compiler, symbol: symbol) else { return nil }
    loaded.withLock { $0[key] = made }
    return made
  }

  /// The library from the cache, made anew if it is not there whole.
  private static func entry(_ text: String, _ key: String, _ compiler: String, symbol: String) -> DynamicLibrary? {
    guard let folder = cacheFolder() else { return nil }
    let (sourcePath, libraryPath) = ("\(folder)/\(key).c", "\(folder)/\(key).so")
    if let library = open(libraryPath, sourcePath, text, symbol) { return library }

    // Made under names of this process and thread, and moved into place.
    let own = "\(folder)/.\(key).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
    defer { for suffix in [".c", ".so", ".sum"] { unlink(own + suffix) } }
    guard write(text, to: own + ".c"),
      run([compiler] + flags + ["-o", own + ".so", own + ".c"]), chmod(own + ".so", 0o700) == 0,
      let made = read(own + ".so"), write(fingerprint(made), to: own + ".sum"),
      rename(own + ".sum", libraryPath + ".sum") == 0, rename(own + ".so", libraryPath) == 0,
      rename(own + ".c", sourcePath) == 0
    else { return nil }
    prune(folder)
    return open(libraryPath, sourcePath, text, symbol)
  }

  /// Forgets what this process has loaded, so that the next use looks into the cache again.
  package static func forgetLoaded() { loaded.withLock { $0 = [:] } }

  /// What the compiler makes of `source` with `arguments`, not kept.
  package static func build(_ source: String, _ arguments: [String]) -> [UInt8]? {
    guard let compiler, let folder = cacheFolder() else { return nil }
    let own = "\(folder)/.build.\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
    defer { for suffix in [".c", ".out"] { unlink(own + suffix) } }
    guard write(source, to: own + ".c"), run([compiler] + arguments + ["-o", own + ".out", own + ".c"]),
      chmod(own + ".out", 0o700) == 0
    else { return nil }
    return read(own + ".out")
  }

  /// The entry, if it is whole and was made from `text`.
  private static func open(_ path: String, _ sourcePath: String, _ text: String, _ symbol: String) -> DynamicLibrary? {
    guard let source = read(sourcePath), source == Array(text.utf8), let bytes = read(path),
      let sum = read(path + ".sum"), sum == Array(fingerprint(bytes).utf8)
    else { return nil }
    // The time of use decides which entries stay.
    utimensat(AT_FDCWD, path, nil, 0)
    return DynamicLibrary(firstOf: [path], thatHas: symbol)
  }

  /// A name for the content of `bytes`, the same in every process: two 64-bit FNV-1a sums from different starts.
  private static func fingerprint(_ bytes: some Sequence<UInt8>) -> String {
    var (a, b): (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x6c62_272e_07bb_0142)
    for byte in bytes {
      a = (a ^ UInt64(byte)) &* 0x100_0000_01b3
      b = (b ^ UInt64(byte ^ 0x5a)) &* 0x100_0000_01b3
    }
    return hex(a) + hex(b)
  }
  private static func fingerprint(_ text: String) -> String { fingerprint(text.utf8) }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  // MARK: Files and processes

  private static func cacheFolder() -> String? {
    let base: String
    if let told = DynamicLibrary.environment("APUS_CACHE") {
      base = told
    } else if let cache = DynamicLibrary.environment("XDG_CACHE_HOME") {
      base = "\(cache)/apus/kernels"
    } else if let home = DynamicLibrary.environment("HOME") {
      base = "\(home)/.cache/apus/kernels"
    } else {
      base = "\(DynamicLibrary.environment("TMPDIR") ?? "/tmp")/apus-kernels-\(getuid())"
    }
    var path = base.hasPrefix("/") ? "" : "."
    for part in base.split(separator: "/") {
      path += "/\(part)"
      mkdir(path, 0o700)
    }
    // A link to the folder must be the user's as much as the folder itself.
    var link = stat()
    var status = stat()
    guard lstat(path, &link) == 0, link.st_uid == geteuid(), stat(path, &status) == 0,
      status.st_mode & S_IFMT == S_IFDIR, isPrivate(status), access(path, W_OK) == 0
    else { return nil }
    return path
  }

  /// Whether a file or folder is the user's, and nobody else may write to it.
  private static func isPrivate(_ status: stat) -> Bool {
    status.st_uid == geteuid() && status.st_mode & (S_IWGRP | S_IWOTH) == 0
  }

  private static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var status = stat()
    guard fstat(fileno(file), &status) == 0, isPrivate(status) else { return nil }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let n = fread(&buffer, 1, buffer.count, file)
      if n == 0 { return ferror(file) == 0 ? result : nil }
      result += buffer[..<n]
    }
  }

  private static func write(_ text: String, to path: String) -> Bool {
    guard let file = fopen(path, "wb") else { return false }
    fchmod(fileno(file), 0o600)
    let bytes = Array(text.utf8)
    let written = fwrite(bytes, 1, bytes.count, file)
    return fclose(file) == 0 && written == bytes.count
  }

  private static func findProgram(_ name: String) -> String? {
    if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
    let folders = (DynamicLibrary.environment("PATH") ?? "/usr/bin:/bin").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// Runs a program without input and output; true where it ends well.
  private static func run(_ arguments: [String]) -> Bool {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in 0...2 as ClosedRange<Int32> {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    var pointers = arguments.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    var process = pid_t()
    guard posix_spawn(&process, arguments[0], &actions, nil, pointers, environ) == 0 else { return false }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 { if errno != EINTR { return false } }
    return status == 0
  }

  /// Removes the entries that were not used for longest, above the limit.
  private static func prune(_ folder: String) {
    guard let directory = opendir(folder) else { return }
    var entries: [(name: String, used: Int)] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasSuffix(".so"), !name.hasPrefix(".") else { continue }
      var status = stat()
      if stat("\(folder)/\(name)", &status) == 0 {
        entries.append((String(name.dropLast(3)), Int(status.st_mtim.tv_sec)))
      }
    }
    closedir(directory)
    guard entries.count > entryLimit else { return }
    for entry in entries.sorted(by: { $0.used < $1.used }).prefix(entries.count - entryLimit) {
      for suffix in [".so", ".so.sum", ".c"] { unlink("\(folder)/\(entry.name)\(suffix)") }
    }
  }
}
