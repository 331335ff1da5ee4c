import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a ``CLibrary`` is written as.
public enum CTarget: String, Sendable, CaseIterable {
  /// `NAME.h`, `NAME.c`, where the weights are apart `NAME.weights`, and for several threads `apus_threads.h`, in a folder.
  case files = "c"
  /// A library that programs load.
  case shared
  /// A library that is linked into programs (`.a`).
  case `static`
  /// A WebAssembly module with memory of its own; see ``exportWebAssembly(_:example:name:)``. Where the weights are apart, hosts bring
  /// them into its memory and give their address to `NAME_init`.
  case webAssembly = "wasm"
  /// One header with all in it; see ``CLibrary/singleHeader``.
  case header
}

extension CLibrary {
  /// Flags of the libraries that are made: the processor is the caller's to name.
  private static let flags = ["-O3", "-std=gnu11", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=fast"]

  /// Writes the library.
  /// - Parameters:
  ///   - path: of a folder for ``CTarget/files``, of a file for others. Beside libraries and modules whose weights are apart, a file
  ///     `PATH.weights` is written.
  ///   - flags: for the compiler, such as `-march=native` or `--target=aarch64-linux-gnu`.
  /// - Throws: `TensorError` where there is no compiler, where it fails, or where nothing can be written.
  public func write(_ target: CTarget, to path: String, flags: [String] = []) throws(TensorError) {
    func store(_ bytes: some Sequence<UInt8>, _ path: String) throws(TensorError) {
      try Self.store(Array(bytes), path, "CLibrary")
    }
    switch target {
    case .files:
      guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
        throw TensorError(.value, "CLibrary", "cannot make the folder \(path)")
      }
      try store(header.utf8, "\(path)/\(name).h")
      try store(source.utf8, "\(path)/\(name).c")
      if placement == .apart { try store(weights, "\(path)/\(name).weights") }
      if threads > 1 { try store(Self.threadsHeader.utf8, "\(path)/apus_threads.h") }
      return
    case .header: try store(singleHeader.utf8, path)
    case .shared:
      try store(compiled(["-fPIC", "-shared"] + flags, "a shared library"), path)
      chmod(path, 0o755)
    case .static:
      let symbols =
        ["_workspace_size", "_weights_size", "_about", "_init", "_run"] + (placement == .inSource ? ["_weights"] : [])
        + (threads > 1 ? ["_parallel"] : [])
      try store(
        Archive.bytes(
          name: "\(name).o", try compiled(["-fPIC", "-c"] + flags, "an object file"), symbols.map { name + $0 }), path)
    case .webAssembly: try store(webAssembly("CLibrary"), path)
    }
    if placement == .apart { try store(weights, path + ".weights") }
  }

  /// What the C compiler makes of the source.
  private func compiled(_ flags: [String], _ what: String) throws(TensorError) -> [UInt8] {
    let text = header + source.replacing("#include \"\(name).h\"\n", with: "")
    if let bytes = NativeCompiler.build(text, Self.flags + flags) { return bytes }
    throw Self.noCompiler("CLibrary", what, flags.joined(separator: " "))
  }

  /// Writes the bytes of a file.
  static func store(_ bytes: [UInt8], _ path: String, _ operation: String) throws(TensorError) {
    let file = fopen(path, "wb")
    let written = file.map { fwrite(bytes, 1, bytes.count, $0) } ?? 0
    guard let file, fclose(file) == 0, written == bytes.count else {
      throw TensorError(
        .value, operation, "cannot write \(path); is its folder there, with room for \(bytes.count) bytes?")
    }
  }

  /// The bytes of a WebAssembly module.
  func webAssembly(_ operation: String) throws(TensorError) -> [UInt8] {
    let exports =
      ["", "_input", "_output", "_run", "_about"] + (placement == .apart ? ["_weights_size", "_init"] : [])
    return try Self.webAssembly(simpleSource, exports: exports.map { name + $0 }, operation)
  }

  /// What the compiler makes of a source for WebAssembly.
  static func webAssembly(
    _ source: String, exports: [String], flags more: [String] = [], _ operation: String
  ) throws(TensorError) -> [UInt8] {
    let flags = [
      "--target=wasm32", "-O3", "-msimd128", "-mbulk-memory", "-ffp-contract=fast", "-nostdlib", "-w", "-Wl,--no-entry",
    ]
    if let bytes = NativeCompiler.build(source, flags + more + exports.map { "-Wl,--export=\($0)" }) { return bytes }
    throw Self.noCompiler(operation, "a WebAssembly module", "the target wasm32 and wasm-ld")
  }

  private static func noCompiler(_ operation: String, _ what: String, _ needs: String) -> TensorError {
    TensorError(
      .value, operation,
      "no compiler made \(what): "
        + (NativeCompiler.compiler.map { "\($0) failed; it needs \(needs)" }
          ?? "no C compiler was found; put clang on the search path or name it in APUS_CC"))
  }
}

/// Archives of object files, as linkers of Unix systems other than Apple's read them.
enum Archive {
  /// An archive with one member, which defines `symbols`.
  static func bytes(name: String, _ object: [UInt8], _ symbols: [String]) -> [UInt8] {
    func field(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }
    func member(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
      let head =
        field(name, 16) + field("0", 12) + field("0", 6) + field("0", 6) + field("644", 8) + field("\(bytes.count)", 10)
      return Array((head + "`\n").utf8) + bytes + (bytes.count % 2 == 0 ? [] : [10])
    }
    func number(_ value: Int) -> [UInt8] { (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    let text = Array(symbols.map { $0 + "\0" }.joined().utf8)
    let names = member("//", Array((name + "/\n").utf8))
    let magic = Array("!<arch>\n".utf8)
    // The table of symbols says where the member begins: behind it and the names.
    let size = 4 + 4 * symbols.count + text.count
    let start = magic.count + 60 + size + size % 2 + names.count
    let places = symbols.indices.reduce(into: [UInt8]()) { bytes, _ in bytes += number(start) }
    let table = number(symbols.count) + places + text
    return magic + member("/", table) + names + member("/0", object)
  }
}
