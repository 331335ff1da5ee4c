import ApusCore

#if canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// CUDA's compiler as a library (`libnvrtc`), found at run time: beside the program, in the folders of the set-up, in CUDA's own or in those
/// of Python packages, where the wheel `nvidia-cuda-nvrtc` is. `APUS_NVRTC` names the file or its folder. It makes machine code for any
/// architecture, on machines without a card too.
struct NVRTC: Sendable {
  typealias Handle = UnsafeMutableRawPointer
  typealias Code = Int32

  private typealias Texts = UnsafePointer<UnsafePointer<CChar>?>
  private typealias Create =
    @Sendable @convention(c) (
      UnsafeMutablePointer<Handle?>, UnsafePointer<CChar>, UnsafePointer<CChar>, Int32, Texts?, Texts?
    ) -> Code
  private typealias Compile = @Sendable @convention(c) (Handle, Int32, Texts) -> Code
  private typealias GetSize = @Sendable @convention(c) (Handle, UnsafeMutablePointer<Int>) -> Code
  private typealias GetBytes = @Sendable @convention(c) (Handle, UnsafeMutableRawPointer) -> Code
  private typealias Destroy = @Sendable @convention(c) (UnsafeMutablePointer<Handle?>) -> Code
  private typealias Version =
    @Sendable @convention(c) (UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>) -> Code

  /// The library's file.
  let path: String
  /// "12.9".
  let version: String
  private let create: Create
  private let compile: Compile
  private let logSize: GetSize
  private let log: GetBytes
  private let codeSize: GetSize
  private let code: GetBytes
  private let destroy: Destroy

  static let shared: NVRTC? = load()

  private static func load() -> NVRTC? {
    guard !DynamicLibrary.isDisabled("APUS_NVRTC") else { return nil }
    let names = ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so"]
    let usual = folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
    let candidates = DynamicLibrary.candidates(names: names, folder: "nvrtc", variable: "APUS_NVRTC") + usual
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "nvrtcCreateProgram") else { return nil }
    return NVRTC(library)
  }

  /// Where CUDA and Python's packages put it, the newest first.
  private static var folders: [String] {
    var patterns: [String] = []
    for root in ["CUDA_HOME", "CUDA_PATH"].compactMap(DynamicLibrary.environment) + ["/usr/local/cuda*", "/opt/cuda*"] {
      patterns += ["\(root)/lib64", "\(root)/targets/*-linux/lib"]
    }
    let home = DynamicLibrary.environment("HOME").map { ["\($0)/.local"] } ?? []
    let environments = ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap(DynamicLibrary.environment)
    for root in environments + home + ["/usr/local", "/usr", "/opt/conda"] {
      for packages in ["python3*/site-packages", "python3*/dist-packages", "python3/dist-packages"] {
        patterns += ["cu1*", "cuda_nvrtc"].map { "\(root)/lib/\(packages)/nvidia/\($0)/lib" }
      }
    }
    return patterns.flatMap { matches(of: $0).reversed() }
  }

  /// The files and folders that a pattern fits, in alphabetical order.
  private static func matches(of pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, 0, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
  }

  private init?(_ library: DynamicLibrary) {
    guard let create = library.function("nvrtcCreateProgram", as: Create.self),
      let compile = library.function("nvrtcCompileProgram", as: Compile.self),
      let logSize = library.function("nvrtcGetProgramLogSize", as: GetSize.self),
      let log = library.function("nvrtcGetProgramLog", as: GetBytes.self),
      let codeSize = library.function("nvrtcGetCUBINSize", as: GetSize.self),
      let code = library.function("nvrtcGetCUBIN", as: GetBytes.self),
      let destroy = library.function("nvrtcDestroyProgram", as: Destroy.self),
      let version = library.function("nvrtcVersion", as: Version.self)
    else { return nil }
    (self.create, self.compile, self.logSize, self.log) = (create, compile, logSize, log)
    (self.codeSize, self.code, self.destroy) = (codeSize, code, destroy)
    var (major, minor): (Int32, Int32) = (0, 0)
    guard version(&major, &minor) == 0 else { return nil }
    self.version = "\(major).\(minor)"
    path = library.path
  }

  /// How sources are compiled. Kernels declare sizes that not all of them need, and the common head has functions for all.
  static func options(_ architecture: String) -> [String] {
    ["--gpu-architecture=\(architecture)", "--std=c++17", "--diag-suppress=177"]
  }

  /// The machine code of a source for an architecture, "sm_90a".
  /// - Throws: what the compiler has to say.
  func machineCode(_ source: String, architecture: String, warningsAreErrors: Bool = false) throws(TensorError)
    -> [UInt8]
  {
    var program: Handle?
    guard create(&program, source, "kernel.cu", 0, nil, nil) == 0, let program else {
      throw TensorError(.value, "building a kernel", "NVRTC \(version) cannot begin a program")
    }
    defer {
      var handle: Handle? = program
      _ = destroy(&handle)
    }
    let options = Self.options(architecture)
    let result = Self.withTexts(options) { compile(program, Int32(options.count), $0) }
    let told = text(logSize, log, program)
    guard result == 0, told.isEmpty || !warningsAreErrors else {
      throw TensorError(
        .value, "building a kernel", "NVRTC \(version) reports \(result) for \(architecture):\n\(told)")
    }
    var size = 0
    guard codeSize(program, &size) == 0, size > 0 else {
      throw TensorError(.value, "building a kernel", "NVRTC \(version) made no machine code for \(architecture)")
    }
    var bytes = [UInt8](repeating: 0, count: size)
    guard code(program, &bytes) == 0 else {
      throw TensorError(
        .value, "building a kernel", "NVRTC \(version) does not give the machine code for \(architecture)")
    }
    return bytes
  }

  private func text(_ size: GetSize, _ get: GetBytes, _ program: Handle) -> String {
    var count = 0
    guard size(program, &count) == 0, count > 0 else { return "" }
    var bytes = [UInt8](repeating: 0, count: count)
    guard get(program, &bytes) == 0 else { return "" }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Calls `body` with texts as C has lists of them.
  private static func withTexts<R>(_ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R {
    let bytes = texts.map { Array($0.utf8CString) }
    let starts = bytes.map { text in
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
      copy.initialize(from: text, count: text.count)
      return copy
    }
    defer { for start in starts { start.deallocate() } }
    var list: [UnsafePointer<CChar>?] = starts.map { UnsafePointer($0) }
    return body(&list)
  }
}
