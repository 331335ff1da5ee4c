import ApusCore
import CServe

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The functions of libmicrohttpd, found at run time.
struct MicroHTTPLibrary: @unchecked Sendable {
  typealias Handle = UnsafeMutableRawPointer
  typealias Text = UnsafePointer<CChar>
  typealias Iterator = @convention(c) (Handle?, Int32, Text?, Text?) -> Int32
  typealias Reader = @convention(c) (Handle?, UInt64, UnsafeMutablePointer<CChar>?, Int) -> Int
  typealias Release = @convention(c) (Handle?) -> Void

  let startDaemon: Handle
  let connectionInfo: Handle
  let stopDaemon: @convention(c) (Handle) -> Void
  let quiesceDaemon: @convention(c) (Handle) -> Int32
  let addConnection: @convention(c) (Handle, Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  let hasFeature: @convention(c) (Int32) -> Int32
  let connectionValues: @convention(c) (Handle, Int32, Iterator?, Handle?) -> Int32
  let suspend: @convention(c) (Handle) -> Void
  let resume: @convention(c) (Handle) -> Void
  let responseOfBuffer: @convention(c) (Int, Handle?, Int32) -> Handle?
  let responseOfReader: @convention(c) (UInt64, Int, Reader?, Handle?, Release?) -> Handle?
  let addHeader: @convention(c) (Handle, Text, Text) -> Int32
  let queue: @convention(c) (Handle, UInt32, Handle) -> Int32
  let destroy: @convention(c) (Handle) -> Void

  private static let found: MicroHTTPLibrary? = MicroHTTPLibrary()

  /// The library of this machine, looked for once.
  /// - Throws: `TensorError` of kind `unsupported` where the machine has none.
  static func loaded() throws(TensorError) -> MicroHTTPLibrary {
    guard let found else {
      throw TensorError(
        .unsupported, "HTTP",
        "the library libmicrohttpd.so.12 was not found; install it (Debian and Ubuntu: `apt install libmicrohttpd12`, "
          + "Fedora: `dnf install libmicrohttpd`, Alpine: `apk add libmicrohttpd`), or name it in the environment "
          + "variable APUS_MICROHTTPD")
    }
    return found
  }

  private init?() {
    let names = ["libmicrohttpd.so.12", "libmicrohttpd.so"]
    let candidates = DynamicLibrary.candidates(names: names, folder: nil, variable: "APUS_MICROHTTPD")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "MHD_start_daemon") else { return nil }
    func find<Function>(_ name: String) -> Function? { library.function("MHD_" + name, as: Function.self) }
    guard let startDaemon: Handle = find("start_daemon"), let connectionInfo: Handle = find("get_connection_info"),
      let stopDaemon: @convention(c) (Handle) -> Void = find("stop_daemon"),
      let quiesceDaemon: @convention(c) (Handle) -> Int32 = find("quiesce_daemon"),
      let addConnection: @convention(c) (Handle, Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32 =
        find("add_connection"),
      let hasFeature: @convention(c) (Int32) -> Int32 = find("is_feature_supported"),
      let connectionValues: @convention(c) (Handle, Int32, Iterator?, Handle?) -> Int32 = find("get_connection_values"),
      let suspend: @convention(c) (Handle) -> Void = find("suspend_connection"),
      let resume: @convention(c) (Handle) -> Void = find("resume_connection"),
      let responseOfBuffer: @convention(c) (Int, Handle?, Int32) -> Handle? = find("create_response_from_buffer"),
      let responseOfReader: @convention(c) (UInt64, Int, Reader?, Handle?, Release?) -> Handle? =
        find("create_response_from_callback"),
      let addHeader: @convention(c) (Handle, Text, Text) -> Int32 = find("add_response_header"),
      let queue: @convention(c) (Handle, UInt32, Handle) -> Int32 = find("queue_response"),
      let destroy: @convention(c) (Handle) -> Void = find("destroy_response")
    else { return nil }
    (self.startDaemon, self.connectionInfo) = (startDaemon, connectionInfo)
    (self.stopDaemon, self.quiesceDaemon, self.hasFeature) = (stopDaemon, quiesceDaemon, hasFeature)
    self.addConnection = addConnection
    (self.connectionValues, self.suspend, self.resume) = (connectionValues, suspend, resume)
    (self.responseOfBuffer, self.responseOfReader) = (responseOfBuffer, responseOfReader)
    (self.addHeader, self.queue, self.destroy) = (addHeader, queue, destroy)
  }

  /// The numbers of the library's interface that are used here.
  enum Number {
    /// How a server works: on threads of its own that wait by epoll, with connections that can be held.
    static let epollThreads: UInt32 = 512 | 8
    static let holding: UInt32 = 8192 | 1024
    static let turbo: UInt32 = 4096
    static let tls: UInt32 = 2
    /// Connections are handed over.
    static let withoutListener: UInt32 = 256
    /// Settings.
    static let memoryOfConnection: Int32 = 1
    static let mostConnections: Int32 = 2
    static let silence: Int32 = 3
    static let whenCompleted: Int32 = 4
    static let mostConnectionsOfPeer: Int32 = 5
    static let key: Int32 = 8
    static let certificate: Int32 = 9
    static let socket: Int32 = 12
    static let threads: Int32 = 14
    static let whenConnected: Int32 = 27
    /// What is known of a connection.
    static let peer: Int32 = 2
    static let descriptor: Int32 = 6
    static let context: Int32 = 7
    /// Kinds of values.
    static let headers: Int32 = 1
    static let query: Int32 = 8
    static let featureTLS: Int32 = 2
    /// The bytes of an answer are copied.
    static let copied: Int32 = 2
    static let endOfStream = -1
    static let endWithError = -2
    static let unknownSize = UInt64.max
  }
}
