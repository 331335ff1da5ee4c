import ApusCore
import CServe

/// How a call ended, by gRPC's numbers.
enum GRPCStatus: Int32, Sendable {
  case ok = 0
  case cancelled = 1
  case invalidArgument = 3
  case deadlineExceeded = 4
  case notFound = 5
  case permissionDenied = 7
  case resourceExhausted = 8
  case unimplemented = 12
  case internalError = 13
  case unavailable = 14
  case unauthenticated = 16

  /// That which stands for a status of HTTP.
  init(http status: Int) {
    switch status {
    case 200: self = .ok
    case 400, 413: self = .invalidArgument
    case 401: self = .unauthenticated
    case 403: self = .permissionDenied
    case 404: self = .notFound
    case 408, 504: self = .deadlineExceeded
    case 429: self = .resourceExhausted
    case 499: self = .cancelled
    case 501: self = .unimplemented
    case 503: self = .unavailable
    default: self = .internalError
    }
  }
}

/// What happens later: the body of an operation that the library has been asked for.
final class GRPCOperation {
  private let body: (Bool) -> Void
  private init(_ body: @escaping (Bool) -> Void) { self.body = body }

  /// What the library is given for it; ``happened(_:_:)`` takes it back.
  static func tag(_ body: @escaping (Bool) -> Void) -> UnsafeMutableRawPointer {
    Unmanaged.passRetained(GRPCOperation(body)).toOpaque()
  }

  static func happened(_ tag: UnsafeMutableRawPointer, _ success: Bool) {
    Unmanaged<GRPCOperation>.fromOpaque(tag).takeRetainedValue().body(success)
  }
}

/// A call of a client. Whatever is asked of the library holds it, so that it lives until all of that has happened.
final class GRPCCall: @unchecked Sendable {
  /// The method's name as the path, and what came beside the message as headers.
  let head: HTTPHead
  private let functions: OpaquePointer
  private let call: OpaquePointer
  private struct End {
    var isOver = false
    var isCancelled = false
    var whenCancelled: (@Sendable () -> Void)?
  }
  private let end = Lock(End())
  private let isFinished = Lock(false)
  private let over: @Sendable () -> Void

  /// The most fields that are looked at.
  private static let mostFields = 256

  /// A call that has come; `over` is called when it has ended.
  init(_ functions: OpaquePointer, _ call: OpaquePointer, over: @escaping @Sendable () -> Void) {
    (self.functions, self.call, self.over) = (functions, call, over)
    func text(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> String {
      String(decoding: UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count), as: UTF8.self)
    }
    var length = 0
    let method = cserve_grpc_method(call, &length)
    let path = text(method, length)
    var fields: [HTTPField] = []
    for i in 0..<min(cserve_grpc_fields(call), Self.mostFields) {
      var (key, value): (UnsafePointer<CChar>?, UnsafePointer<CChar>?)
      var (keyLength, valueLength) = (0, 0)
      cserve_grpc_field(call, i, &key, &keyLength, &value, &valueLength)
      fields.append(HTTPField(text(key, keyLength), text(value, valueLength)))
    }
    var peer = ""
    if let found = cserve_grpc_peer(functions, call) {
      peer = String(cString: found)
      cserve_grpc_free_text(functions, found)
    }
    head = HTTPHead(method: "POST", path: path, headers: fields, peer: peer)
    let tag = GRPCOperation.tag { [self] _ in ended() }
    if cserve_grpc_watch(functions, call, tag) == 0 { GRPCOperation.happened(tag, false) }
  }

  deinit { cserve_grpc_free(functions, call) }

  private func ended() {
    let wasCancelled = cserve_grpc_was_cancelled(call) != 0
    let body = end.withLock { end -> (@Sendable () -> Void)? in
      (end.isOver, end.isCancelled) = (true, wasCancelled)
      defer { end.whenCancelled = nil }
      return wasCancelled ? end.whenCancelled : nil
    }
    body?()
    over()
  }

  /// Calls `body` when the client goes before the call is answered, at once where it has gone.
  func whenClientGoes(_ body: @escaping @Sendable () -> Void) {
    let isGone = end.withLock { end -> Bool in
      if !end.isOver { end.whenCancelled = body }
      return end.isOver && end.isCancelled
    }
    if isGone { body() }
  }

  /// Asks for the next message: hands over its bytes, or nil where the client sends no more.
  func receive(_ done: @escaping @Sendable ([UInt8]?) -> Void) {
    let tag = GRPCOperation.tag { [self] success in
      var message: [UInt8]?
      if success {
        withUnsafeMutablePointer(to: &message) { place in
          _ = cserve_grpc_take(
            functions, call,
            { state, bytes, count in
              state?.assumingMemoryBound(to: [UInt8]?.self).pointee = Array(
                UnsafeBufferPointer(start: bytes, count: count))
            }, place)
        }
      }
      done(message)
    }
    if cserve_grpc_receive(functions, call, tag) == 0 { GRPCOperation.happened(tag, false) }
  }

  /// Sends a message. The next one may be sent when `done` has been called.
  func send(_ message: [UInt8], _ done: @escaping @Sendable (Bool) -> Void) {
    let tag = GRPCOperation.tag { [self] success in withExtendedLifetime(self) { done(success) } }
    let isStarted = message.withUnsafeBytes { cserve_grpc_send(functions, call, $0.baseAddress, $0.count, tag) }
    if isStarted == 0 { GRPCOperation.happened(tag, false) }
  }

  /// Ends the call; a second end is dropped.
  func finish(_ status: GRPCStatus, _ text: String = "", message: [UInt8]? = nil) {
    let isFirst = isFinished.withLock { isFinished -> Bool in
      defer { isFinished = true }
      return !isFinished
    }
    guard isFirst else { return }
    let tag = GRPCOperation.tag { [self] _ in withExtendedLifetime(self) {} }
    var words = text
    let isStarted = words.withUTF8 { words in
      (message ?? []).withUnsafeBytes { bytes in
        words.withMemoryRebound(to: CChar.self) { words in
          cserve_grpc_finish(
            functions, call, message == nil ? 0 : 1, bytes.baseAddress, bytes.count, status.rawValue, words.baseAddress,
            words.count, tag)
        }
      }
    }
    if isStarted == 0 { GRPCOperation.happened(tag, false) }
  }
}
