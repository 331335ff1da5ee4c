import ApusCore

/// The functions of SQLite's C library, found at run time.
struct SQLiteLibrary: Sendable {
  typealias Handle = OpaquePointer
  typealias Text = UnsafePointer<CChar>

  let open: @convention(c) (Text, UnsafeMutablePointer<Handle?>, Int32, Text?) -> Int32
  let close: @convention(c) (Handle?) -> Int32
  let message: @convention(c) (Handle?) -> Text?
  let extendedCode: @convention(c) (Handle?) -> Int32
  let execute: @convention(c) (Handle?, Text, UnsafeRawPointer?, UnsafeRawPointer?, UnsafeRawPointer?) -> Int32
  let prepare: @convention(c) (Handle?, Text, Int32, UnsafeMutablePointer<Handle?>, UnsafeRawPointer?) -> Int32
  let finalize: @convention(c) (Handle?) -> Int32
  let step: @convention(c) (Handle?) -> Int32
  let reset: @convention(c) (Handle?) -> Int32
  let clearBindings: @convention(c) (Handle?) -> Int32
  let bindNull: @convention(c) (Handle?, Int32) -> Int32
  let bindInt: @convention(c) (Handle?, Int32, Int64) -> Int32
  let bindDouble: @convention(c) (Handle?, Int32, Double) -> Int32
  let bindText: @convention(c) (Handle?, Int32, Text?, Int32, Int) -> Int32
  let bindBytes: @convention(c) (Handle?, Int32, UnsafeRawPointer?, Int32, Int) -> Int32
  let columnType: @convention(c) (Handle?, Int32) -> Int32
  let columnInt: @convention(c) (Handle?, Int32) -> Int64
  let columnDouble: @convention(c) (Handle?, Int32) -> Double
  let columnText: @convention(c) (Handle?, Int32) -> UnsafePointer<UInt8>?
  let columnBlob: @convention(c) (Handle?, Int32) -> UnsafeRawPointer?
  let columnBytes: @convention(c) (Handle?, Int32) -> Int32
  let changes: @convention(c) (Handle?) -> Int32
  let busyHandler:
    @convention(c) (
      Handle?, (@convention(c) (UnsafeMutableRawPointer?, Int32) -> Int32)?, UnsafeMutableRawPointer?
    ) -> Int32

  /// The library of this machine, looked for once.
  private static let found: SQLiteLibrary? = SQLiteLibrary()

  /// The library.
  /// - Throws: `TensorError` of kind `unsupported` where the machine has none.
  static func loaded() throws -> SQLiteLibrary {
    guard let found else {
      throw TensorError(
        .unsupported, "SQLite",
        "the library libsqlite3.so.0 of version 3.35 or later was not found; install it (Debian and Ubuntu: "
          + "`apt install libsqlite3-0`, Fedora: `dnf install sqlite-libs`, Alpine: `apk add sqlite-libs`), or name it in the "
          + "environment variable APUS_SQLITE")
    }
    return found
  }

  private init?() {
    let names = ["libsqlite3.so.0", "libsqlite3.so"]
    let candidates = DynamicLibrary.candidates(names: names, folder: nil, variable: "APUS_SQLITE")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "sqlite3_open_v2"),
      let version = library.function("sqlite3_libversion_number", as: (@convention(c) () -> Int32).self),
      version() >= 3_035_000
    else { return nil }
    func find<Function>(_ name: String) -> Function? { library.function("sqlite3_" + name, as: Function.self) }
    guard let open: @convention(c) (Text, UnsafeMutablePointer<Handle?>, Int32, Text?) -> Int32 = find("open_v2"),
      let close: @convention(c) (Handle?) -> Int32 = find("close_v2"),
      let message: @convention(c) (Handle?) -> Text? = find("errmsg"),
      let extendedCode: @convention(c) (Handle?) -> Int32 = find("extended_errcode"),
      let execute: @convention(c) (Handle?, Text, UnsafeRawPointer?, UnsafeRawPointer?, UnsafeRawPointer?) -> Int32 =
        find("exec"),
      let prepare: @convention(c) (Handle?, Text, Int32, UnsafeMutablePointer<Handle?>, UnsafeRawPointer?) -> Int32 =
        find("prepare_v2"),
      let finalize: @convention(c) (Handle?) -> Int32 = find("finalize"),
      let step: @convention(c) (Handle?) -> Int32 = find("step"),
      let reset: @convention(c) (Handle?) -> Int32 = find("reset"),
      let clearBindings: @convention(c) (Handle?) -> Int32 = find("clear_bindings"),
      let bindNull: @convention(c) (Handle?, Int32) -> Int32 = find("bind_null"),
      let bindInt: @convention(c) (Handle?, Int32, Int64) -> Int32 = find("bind_int64"),
      let bindDouble: @convention(c) (Handle?, Int32, Double) -> Int32 = find("bind_double"),
      let bindText: @convention(c) (Handle?, Int32, Text?, Int32, Int) -> Int32 = find("bind_text"),
      let bindBytes: @convention(c) (Handle?, Int32, UnsafeRawPointer?, Int32, Int) -> Int32 = find("bind_blob"),
      let columnType: @convention(c) (Handle?, Int32) -> Int32 = find("column_type"),
      let columnInt: @convention(c) (Handle?, Int32) -> Int64 = find("column_int64"),
      let columnDouble: @convention(c) (Handle?, Int32) -> Double = find("column_double"),
      let columnText: @convention(c) (Handle?, Int32) -> UnsafePointer<UInt8>? = find("column_text"),
      let columnBlob: @convention(c) (Handle?, Int32) -> UnsafeRawPointer? = find("column_blob"),
      let columnBytes: @convention(c) (Handle?, Int32) -> Int32 = find("column_bytes"),
      let changes: @convention(c) (Handle?) -> Int32 = find("changes"),
      let busyHandler:
        @convention(c) (
          Handle?, (@convention(c) (UnsafeMutableRawPointer?, Int32) -> Int32)?, UnsafeMutableRawPointer?
        ) -> Int32 = find("busy_handler")
    else { return nil }
    (self.open, self.close, self.message, self.extendedCode) = (open, close, message, extendedCode)
    (self.execute, self.prepare, self.finalize) = (execute, prepare, finalize)
    (self.step, self.reset, self.clearBindings) = (step, reset, clearBindings)
    (self.bindNull, self.bindInt, self.bindDouble, self.bindText) = (bindNull, bindInt, bindDouble, bindText)
    (self.columnType, self.columnInt, self.columnDouble) = (columnType, columnInt, columnDouble)
    (self.columnText, self.columnBytes, self.changes) = (columnText, columnBytes, changes)
    (self.bindBytes, self.columnBlob, self.busyHandler) = (bindBytes, columnBlob, busyHandler)
  }
}
