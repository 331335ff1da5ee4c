import ApusCore
import CServe

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// gRPC's C core, found at run time.
struct GRPCLibrary: @unchecked Sendable {
  let functions: OpaquePointer
  /// Whether it can speak TLS.
  let hasTLS: Bool

  private static let found: Result<GRPCLibrary, TensorError> = {
    do throws(TensorError) { return .success(try GRPCLibrary()) } catch { return .failure(error) }
  }()

  /// Whether this machine has the library.
  static var isThere: Bool { if case .success = found { true } else { false } }

  /// The library of this machine, looked for once.
  /// - Throws: `TensorError` of kind `unsupported` where the machine has none, or one that lacks a function.
  static func loaded() throws(TensorError) -> GRPCLibrary { try found.get() }

  private init() throws(TensorError) {
    // Distributions count the versions of its interface apart, and all of these have the same functions.
    let names = ["libgrpc", "libgrpc_unsecure"].flatMap { name in
      ["\(name).so"] + (10...60).reversed().map { "\(name).so.\($0)" }
    }
    let candidates = DynamicLibrary.candidates(names: names, folder: nil, variable: "APUS_GRPC")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "grpc_server_request_call") else {
      throw TensorError(
        .unsupported, "gRPC",
        "the library libgrpc.so was not found; install it (Debian 12: `apt install libgrpc29`, Ubuntu 24.04: `apt install "
          + "libgrpc29t64`, Fedora: `dnf install grpc`, Alpine: `apk add grpc`), or name it in the environment variable APUS_GRPC"
      )
    }
    // What goes wrong is told by errors; the library's own lines would stand among those of the log.
    setenv("GRPC_VERBOSITY", "NONE", 0)
    let box = Unmanaged.passRetained(LibraryBox(library))
    defer { box.release() }
    var missing: UnsafePointer<CChar>?
    let functions = cserve_grpc_load(
      { state, name in
        guard let state, let name else { return nil }
        let library = Unmanaged<LibraryBox>.fromOpaque(state).takeUnretainedValue().library
        return library.function(String(cString: name), as: UnsafeMutableRawPointer.self)
      }, box.toOpaque(), &missing)
    guard let functions else {
      let name = missing.map { String(cString: $0) } ?? ""
      throw TensorError(.unsupported, "gRPC", "\(library.path) has no function \(name)")
    }
    self.functions = functions
    hasTLS = library.function("grpc_ssl_server_credentials_create", as: UnsafeMutableRawPointer.self) != nil
  }
}

private final class LibraryBox {
  let library: DynamicLibrary
  init(_ library: DynamicLibrary) { self.library = library }
}
