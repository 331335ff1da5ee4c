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
/// processor, in the ``CacheFolder``. An entry whose source or library is not what was written is made anew;
/// the oldest entries go when there are more than ``entryLimit``.
package enum NativeCompiler {
  private static let entryLimit = 512
  private static let loaded = Lock<[String: DynamicLibrary]>([:])

  /// The C compiler: `APUS_CC`, or the first of clang, cc and gcc on the search path; nil where there is none or
  /// `APUS_CC=off`.
  package static let compiler: String? = {
    if DynamicLibrary.isDisabled("APUS_CC") { return nil }
    if let told = DynamicLibrary.environment("APUS_CC") { return programPath(told) }
    return ["clang", "cc", "gcc"].lazy.compactMap(programPath).first
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
    let key = CacheFolder.fingerprint(text.utf8)
    if let known = loaded.withLock({ $0[key] }) { return known }
    guard let made = entry(text, key, compiler, symbol: symbol) else { return nil }
    loaded.withLock { $0[key] = made }
    return made
  }

  /// The library from the cache, made anew if it is not there whole.
  private static func entry(_ text: String, _ key: String, _ compiler: String, symbol: String) -> DynamicLibrary? {
    guard let folder = CacheFolder() else { return nil }
    let (sourcePath, libraryPath) = ("\(folder.path)/\(key).c", "\(folder.path)/\(key).so")
    if let library = open(libraryPath, sourcePath, text, symbol) { return library }

    // Made under names of this process and thread, and moved into place.
    let own = folder.ownName(key)
    defer { for suffix in [".c", ".so", ".sum"] { unlink(own + suffix) } }
    guard CacheFolder.write(Array(text.utf8), to: own + ".c"),
      run([compiler] + flags + ["-o", own + ".so", own + ".c"]), chmod(own + ".so", 0o700) == 0,
      let made = CacheFolder.read(own + ".so"),
      CacheFolder.write(Array(CacheFolder.fingerprint(made).utf8), to: own + ".sum"),
      rename(own + ".sum", libraryPath + ".sum") == 0, rename(own + ".so", libraryPath) == 0,
      rename(own + ".c", sourcePath) == 0
    else { return nil }
    folder.prune(".so", with: [".so.sum", ".c"], limit: entryLimit)
    return open(libraryPath, sourcePath, text, symbol)
  }

  /// Forgets what this process has loaded, so that the next use looks into the cache again.
  package static func forgetLoaded() { loaded.withLock { $0 = [:] } }

  /// What the compiler makes of `source` with `arguments`, not kept.
  package static func build(_ source: String, _ arguments: [String]) -> [UInt8]? {
    guard let compiler, let folder = CacheFolder() else { return nil }
    let own = folder.ownName("build")
    defer { for suffix in [".c", ".out"] { unlink(own + suffix) } }
    guard CacheFolder.write(Array(source.utf8), to: own + ".c"),
      run([compiler] + arguments + ["-o", own + ".out", own + ".c"]), chmod(own + ".out", 0o700) == 0
    else { return nil }
    return CacheFolder.read(own + ".out")
  }

  /// The entry, if it is whole and was made from `text`.
  private static func open(_ path: String, _ sourcePath: String, _ text: String, _ symbol: String) -> DynamicLibrary? {
    guard let source = CacheFolder.read(sourcePath), source == Array(text.utf8), let bytes = CacheFolder.read(path),
      let sum = CacheFolder.read(path + ".sum"), sum == Array(CacheFolder.fingerprint(bytes).utf8)
    else { return nil }
    CacheFolder.touch(path)
    return DynamicLibrary(firstOf: [path], thatHas: symbol)
  }

  // MARK: Processes

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

}
