import ApusCore
import CServe

/// The functions of libnghttp2, found at run time.
struct HTTP2Library: @unchecked Sendable {
  typealias Handle = UnsafeMutableRawPointer
  typealias Bytes = UnsafePointer<UInt8>
  typealias Frame = UnsafePointer<cserve_http2_frame>
  typealias Field = UnsafePointer<cserve_http2_field>
  typealias FrameCallback = @convention(c) (Handle?, Frame?, Handle?) -> Int32
  typealias FieldCallback = @convention(c) (Handle?, Frame?, Bytes?, Int, Bytes?, Int, UInt8, Handle?) -> Int32
  typealias DataCallback = @convention(c) (Handle?, UInt8, Int32, Bytes?, Int, Handle?) -> Int32
  typealias CloseCallback = @convention(c) (Handle?, Int32, UInt32, Handle?) -> Int32
  typealias Make = @convention(c) (UnsafeMutablePointer<Handle?>) -> Int32
  typealias Release = @convention(c) (Handle?) -> Void
  typealias Question = @convention(c) (Handle) -> Int32
  typealias SetFrame = @convention(c) (Handle, FrameCallback) -> Void

  let makeCallbacks: Make
  let freeCallbacks: Release
  let onBeginHeaders: SetFrame
  let onBeginFrame: SetFrame
  let onFrame: SetFrame
  let onSentFrame: SetFrame
  let onField: @convention(c) (Handle, FieldCallback) -> Void
  let onData: @convention(c) (Handle, DataCallback) -> Void
  let onClose: @convention(c) (Handle, CloseCallback) -> Void
  let makeOptions: Make
  let freeOptions: Release
  let keepNoClosedStreams: @convention(c) (Handle, Int32) -> Void
  let makeSession: @convention(c) (UnsafeMutablePointer<Handle?>, Handle, Handle?, Handle?) -> Int32
  let freeSession: Release
  let submitSettings: @convention(c) (Handle, UInt8, UnsafePointer<cserve_http2_setting>, Int) -> Int32
  let setWindow: @convention(c) (Handle, UInt8, Int32, Int32) -> Int32
  let receive: @convention(c) (Handle, Bytes?, Int) -> Int
  let send: @convention(c) (Handle, UnsafeMutablePointer<Bytes?>) -> Int
  let wantsToRead: Question
  let wantsToWrite: Question
  let submitResponse: @convention(c) (Handle, Int32, Field?, Int, UnsafePointer<cserve_http2_body>?) -> Int32
  let submitHeaders:
    @convention(c) (Handle, UInt8, Int32, UnsafeRawPointer?, Field?, Int, UnsafeMutableRawPointer?) -> Int32
  let submitReset: @convention(c) (Handle, UInt8, Int32, UInt32) -> Int32
  let resume: @convention(c) (Handle, Int32) -> Int32
  let submitNotice: Question
  let lastStream: Question
  let submitGoAway: @convention(c) (Handle, UInt8, Int32, UInt32, Bytes?, Int) -> Int32
  let terminate: @convention(c) (Handle, UInt32) -> Int32

  /// The library of this machine, looked for once; nil where it has none.
  static let found: HTTP2Library? = DynamicLibrary.isDisabled("APUS_NGHTTP2") ? nil : HTTP2Library()

  private init?() {
    let candidates = DynamicLibrary.candidates(
      names: ["libnghttp2.so.14", "libnghttp2.so"], folder: nil, variable: "APUS_NGHTTP2")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "nghttp2_session_server_new2") else { return nil }
    func find<Function>(_ name: String, _: Function.Type = Function.self) -> Function? {
      library.function("nghttp2_" + name, as: Function.self)
    }
    func callback<Function>(_ name: String) -> Function? { find("session_callbacks_set_on_\(name)_callback") }
    guard let makeCallbacks: Make = find("session_callbacks_new"),
      let freeCallbacks: Release = find("session_callbacks_del"),
      let onBeginHeaders: SetFrame = callback("begin_headers"), let onBeginFrame: SetFrame = callback("begin_frame"),
      let onFrame: SetFrame = callback("frame_recv"), let onSentFrame: SetFrame = callback("frame_send"),
      let onField: @convention(c) (Handle, FieldCallback) -> Void = callback("header"),
      let onData: @convention(c) (Handle, DataCallback) -> Void = callback("data_chunk_recv"),
      let onClose: @convention(c) (Handle, CloseCallback) -> Void = callback("stream_close"),
      let makeOptions: Make = find("option_new"), let freeOptions: Release = find("option_del"),
      let keepNoClosedStreams: @convention(c) (Handle, Int32) -> Void = find("option_set_no_closed_streams"),
      let makeSession: @convention(c) (UnsafeMutablePointer<Handle?>, Handle, Handle?, Handle?) -> Int32 =
        find("session_server_new2"),
      let freeSession: Release = find("session_del"),
      let submitSettings: @convention(c) (Handle, UInt8, UnsafePointer<cserve_http2_setting>, Int) -> Int32 =
        find("submit_settings"),
      let setWindow: @convention(c) (Handle, UInt8, Int32, Int32) -> Int32 = find("session_set_local_window_size"),
      let receive: @convention(c) (Handle, Bytes?, Int) -> Int = find("session_mem_recv"),
      let send: @convention(c) (Handle, UnsafeMutablePointer<Bytes?>) -> Int = find("session_mem_send"),
      let wantsToRead: Question = find("session_want_read"), let wantsToWrite: Question = find("session_want_write"),
      let submitResponse: @convention(c) (Handle, Int32, Field?, Int, UnsafePointer<cserve_http2_body>?) -> Int32 =
        find("submit_response"),
      let submitHeaders:
        @convention(c) (Handle, UInt8, Int32, UnsafeRawPointer?, Field?, Int, UnsafeMutableRawPointer?) -> Int32 =
        find("submit_headers"),
      let submitReset: @convention(c) (Handle, UInt8, Int32, UInt32) -> Int32 = find("submit_rst_stream"),
      let resume: @convention(c) (Handle, Int32) -> Int32 = find("session_resume_data"),
      let submitNotice: Question = find("submit_shutdown_notice"),
      let lastStream: Question = find("session_get_last_proc_stream_id"),
      let submitGoAway: @convention(c) (Handle, UInt8, Int32, UInt32, Bytes?, Int) -> Int32 = find("submit_goaway"),
      let terminate: @convention(c) (Handle, UInt32) -> Int32 = find("session_terminate_session")
    else { return nil }
    (self.makeCallbacks, self.freeCallbacks, self.onBeginHeaders) = (makeCallbacks, freeCallbacks, onBeginHeaders)
    (self.onBeginFrame, self.onFrame, self.onSentFrame) = (onBeginFrame, onFrame, onSentFrame)
    (self.onField, self.onData, self.onClose) = (onField, onData, onClose)
    (self.makeOptions, self.freeOptions, self.keepNoClosedStreams) = (makeOptions, freeOptions, keepNoClosedStreams)
    (self.makeSession, self.freeSession, self.submitSettings) = (makeSession, freeSession, submitSettings)
    (self.setWindow, self.receive, self.send) = (setWindow, receive, send)
    (self.wantsToRead, self.wantsToWrite) = (wantsToRead, wantsToWrite)
    (self.submitResponse, self.submitHeaders, self.submitReset) = (submitResponse, submitHeaders, submitReset)
    (self.resume, self.submitNotice, self.lastStream) = (resume, submitNotice, lastStream)
    (self.submitGoAway, self.terminate) = (submitGoAway, terminate)
  }

  /// The numbers of the protocol (RFC 9113) and of the library's interface that are used here.
  enum Number {
    /// Kinds of frames.
    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let priority: UInt8 = 2
    static let reset: UInt8 = 3
    static let settings: UInt8 = 4
    static let ping: UInt8 = 6
    static let continuation: UInt8 = 9
    /// Flags of frames.
    static let endOfStream: UInt8 = 1
    /// Settings.
    static let mostStreams: Int32 = 3
    static let window: Int32 = 4
    static let largestHead: Int32 = 6
    /// Errors.
    static let noError: UInt32 = 0
    static let refused: UInt32 = 7
    static let cancelled: UInt32 = 8
    static let calmDown: UInt32 = 11
    /// What callbacks return.
    static let endOfBody: UInt32 = 1
    static let later = -508
    static let breakStream = -521
    static let failure: Int32 = -902
  }
}
