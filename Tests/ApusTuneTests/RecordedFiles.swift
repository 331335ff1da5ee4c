import ApusFormats

/// A recorded document beside the tests.
func recorded(_ name: String, file: String = #filePath) throws -> ByteJSON {
  let folder = file.split(separator: "/").dropLast().joined(separator: "/")
  return try ByteJSON(file: "/\(folder)/Recorded/\(name)")
}
