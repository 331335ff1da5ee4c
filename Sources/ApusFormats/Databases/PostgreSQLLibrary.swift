import ApusCore

/// The functions of PostgreSQL's C library, found at run time.
struct PostgreSQLLibrary: Sendable {
  typealias Handle = OpaquePointer
  typealias Text = UnsafePointer<CChar>
  typealias Texts = UnsafePointer<UnsafePointer<CChar>?>

  let connect: @convention(c) (Text) -> Handle?
  let status: @convention(c) (Handle?) -> Int32
  let reset: @convention(c) (Handle?) -> Void
  let finish: @convention(c) (Handle?) -> Void
  let message: @convention(c) (Handle?) -> Text?
  let execute: @convention(c) (Handle?, Text) -> Handle?
  let prepare: @convention(c) (Handle?, Text, Text, Int32, UnsafeRawPointer?) -> Handle?
  let executePrepared:
    @convention(c) (Handle?, Text, Int32, Texts?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, Int32) -> Handle?
  let resultStatus: @convention(c) (Handle?) -> Int32
  let errorField: @convention(c) (Handle?, Int32) -> Text?
  let rowCount: @convention(c) (Handle?) -> Int32
  let isNull: @convention(c) (Handle?, Int32, Int32) -> Int32
  let value: @convention(c) (Handle?, Int32, Int32) -> Text?
  let changedRows: @convention(c) (Handle?) -> Text?
  let clear: @convention(c) (Handle?) -> Void

  /// The library of this machine, looked for once.
  private static let found: PostgreSQLLibrary? = PostgreSQLLibrary()

  /// The library.
  /// - Throws: `TensorError` of kind `unsupported` where the machine has none.
  static func loaded() throws -> PostgreSQLLibrary {
    guard let found else {
      throw TensorError(
        .unsupported, "PostgreSQL",
        "the library libpq.so.5 was not found; install it (Debian and Ubuntu: `apt install libpq5`, Fedora: `dnf install "
          + "libpq`, Alpine: `apk add libpq`), or name it in the environment variable APUS_LIBPQ")
    }
    return found
  }

  private init?() {
    let candidates = DynamicLibrary.candidates(names: ["libpq.so.5", "libpq.so"], folder: nil, variable: "APUS_LIBPQ")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "PQconnectdb") else { return nil }
    func find<Function>(_ name: String) -> Function? { library.function("PQ" + name, as: Function.self) }
    guard let connect: @convention(c) (Text) -> Handle? = find("connectdb"),
      let status: @convention(c) (Handle?) -> Int32 = find("status"),
      let reset: @convention(c) (Handle?) -> Void = find("reset"),
      let finish: @convention(c) (Handle?) -> Void = find("finish"),
      let message: @convention(c) (Handle?) -> Text? = find("errorMessage"),
      let execute: @convention(c) (Handle?, Text) -> Handle? = find("exec"),
      let prepare: @convention(c) (Handle?, Text, Text, Int32, UnsafeRawPointer?) -> Handle? = find("prepare"),
      let executePrepared:
        @convention(c) (Handle?, Text, Int32, Texts?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, Int32) -> Handle? =
        find("execPrepared"),
      let resultStatus: @convention(c) (Handle?) -> Int32 = find("resultStatus"),
      let errorField: @convention(c) (Handle?, Int32) -> Text? = find("resultErrorField"),
      let rowCount: @convention(c) (Handle?) -> Int32 = find("ntuples"),
      let isNull: @convention(c) (Handle?, Int32, Int32) -> Int32 = find("getisnull"),
      let value: @convention(c) (Handle?, Int32, Int32) -> Text? = find("getvalue"),
      let changedRows: @convention(c) (Handle?) -> Text? = find("cmdTuples"),
      let clear: @convention(c) (Handle?) -> Void = find("clear")
    else { return nil }
    (self.connect, self.status, self.reset, self.finish) = (connect, status, reset, finish)
    (self.message, self.execute, self.prepare) = (message, execute, prepare)
    (self.executePrepared, self.resultStatus, self.errorField) = (executePrepared, resultStatus, errorField)
    (self.rowCount, self.isNull, self.value) = (rowCount, isNull, value)
    (self.changedRows, self.clear) = (changedRows, clear)
  }
}
