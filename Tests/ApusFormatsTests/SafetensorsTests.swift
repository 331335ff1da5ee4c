import ApusCore
import ApusFormats
import Glibc
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  /// A file's bytes from its header's text and its data.
  func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let text = Array(header.utf8)
    let length = length ?? UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + text
      + [UInt8](repeating: 7, count: data)
  }

  /// The message with which a file of these bytes is refused; nil when it is accepted.
  func refusal(_ bytes: [UInt8]) -> String? {
    let folder = TemporaryFolder()
    let path = folder.file("x.safetensors")
    put(bytes, at: path)
    do {
      _ = try SafetensorsFile(path: path)
      return nil
    } catch {
      #expect(error.operation == path)
      return error.message
    }
  }

  func expectRefusal(_ bytes: [UInt8], _ part: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let message = refusal(bytes)
    #expect(message?.contains(part) == true, "\(message ?? "accepted")", sourceLocation: sourceLocation)
  }

  @Test func whatIsWrittenIsRead() throws {
    let folder = TemporaryFolder()
    let path = folder.file("model.safetensors")
    // The format has no complex128 and no complex32.
    let types = DType.allCases.filter { $0 != .complex128 && $0 != .complex32 }
    let tensors = types.enumerated().map { number, dtype in
      SafetensorsTensor(
        name: "layer.\(number) \"é\"\n", dtype: dtype, shape: [number, 3],
        bytes: (0..<number * 3 * dtype.size).map { UInt8(truncatingIfNeeded: $0 * 31 + number) })
    }
    try writeSafetensors(tensors, metadata: ["format": "pt", "note": "a \\ b\u{1}"], to: path)
    let read = try SafetensorsFile(path: path)
    #expect(read.metadata == ["format": "pt", "note": "a \\ b\u{1}"])
    #expect(read.entries.count == types.count)
    #expect(read.entries.allSatisfy { $0.isAligned })
    for (number, dtype) in types.enumerated() {
      let entry = try read.entry(named: "layer.\(number) \"é\"\n")
      #expect(entry.shape == [number, 3])
      #expect(try entry.requireDType() == dtype)
      let expected = (0..<number * 3 * dtype.size).map { UInt8(truncatingIfNeeded: $0 * 31 + number) }
      #expect(try read.withBytes(of: entry) { Array($0) } == expected)
    }
    #expect(folder.names == ["model.safetensors"])
  }

  /// Complex numbers of two float32 parts have a name in the format; for those of float64 parts the message helps.
  @Test func complexNumbersAreStoredAsPairs() throws {
    let folder = TemporaryFolder()
    let path = folder.file("x.safetensors")
    let z = Tensor([Complex(1, -2), Complex(0.5, 4)])
    try z.withUnsafeBytes { bytes in
      try writeSafetensors([.init(name: "z", dtype: .complex64, shape: [2], bytes: Array(bytes))], to: path)
    }
    let file = try SafetensorsFile(path: path)
    let entry = try file.entry(named: "z")
    #expect(entry.dtypeName == "C64")
    #expect(try file.withBytes(of: entry) { Array($0.bindMemory(to: Float.self)) } == [1, -2, 0.5, 4])
    let error = #expect(throws: TensorError.self) {
      try writeSafetensors([.init(name: "z", dtype: .complex128, shape: [0], bytes: [])], to: path)
    }
    #expect(error?.message.contains("complex128") == true)
  }

  @Test func theBytesAreThoseOfTheReference() throws {
    // safetensors 0.8: save({"b": uint8 [1, 2, 3], "a": float32 [[1]], "n": int64 0}, {"k": "v"}).
    let header =
      #"{"__metadata__":{"k":"v"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"#
      + #""a":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]},"b":{"dtype":"U8","shape":[3],"data_offsets":[12,15]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let expected = Array(file(padded)) + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f, 1, 2, 3]
    let folder = TemporaryFolder()
    try writeSafetensors(
      [
        .init(name: "b", dtype: .uint8, shape: [3], bytes: [1, 2, 3]),
        .init(name: "a", dtype: .float32, shape: [1, 1], bytes: [0, 0, 0x80, 0x3f]),
        .init(name: "n", dtype: .int64, shape: [], bytes: [UInt8](repeating: 0, count: 8)),
      ], metadata: ["k": "v"], to: folder.file("x"))
    #expect(contents(of: folder.file("x")) == expected)
  }

  @Test func noTensorsMakeAFile() throws {
    let folder = TemporaryFolder()
    try writeSafetensors([], to: folder.file("x"))
    let read = try SafetensorsFile(path: folder.file("x"))
    #expect(read.entries.isEmpty)
    #expect(throws: TensorError.self) { try read.entry(named: "w") }
  }

  @Test func typesThatTensorsLackAreNamed() throws {
    let folder = TemporaryFolder()
    put(file(#"{"w":{"dtype":"F8_E8M0","shape":[4],"data_offsets":[0,4]}}"#, data: 4), at: folder.file("x"))
    let entry = try SafetensorsFile(path: folder.file("x")).entry(named: "w")
    let error = #expect(throws: TensorError.self) { try entry.requireDType() }
    #expect(error?.kind == .unsupported)
    #expect(error?.message.contains("'w' has elements of type F8_E8M0") == true)
    #expect(refusal(file(#"{"w":{"dtype":"F4","shape":[4],"data_offsets":[0,2]}}"#, data: 2)) == nil)
    expectRefusal(file(#"{"w":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}"#, data: 2), "number of bytes")
    expectRefusal(file(#"{"w":{"dtype":"Q8","shape":[4],"data_offsets":[0,4]}}"#, data: 4), "'Q8' is unknown")
  }

  @Test func damagedHeadersAreRefused() {
    expectRefusal([], "the file is empty")
    expectRefusal([1, 2, 3], "only 3 bytes")
    expectRefusal(file("{}", length: 3), "cut short")
    expectRefusal(file("{}", length: 100_000_001), "more than 100000000")
    expectRefusal(file("{}", length: .max), "more than 100000000")
    expectRefusal(file("", length: 0), "shortest header")
    expectRefusal([0x50, 0x4b, 3, 4, 0, 0, 0, 9, 9], "zip archive")
    expectRefusal(Array("version https://git-lfs.github.com/spec/v1".utf8), "git lfs pull")
    expectRefusal(file("[]"), "not a JSON object")
    expectRefusal(file("{} x"), "cannot be read")
    expectRefusal(file("{]"), "cannot be read")
    expectRefusal(file("{ "), "not a JSON object")
    expectRefusal(file("{\"a"), "not a JSON object")
    expectRefusal(file("{\"a\\"), "not a JSON object")
    expectRefusal(file("{}\0"), "not a JSON object")
    expectRefusal([3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d], "not a JSON object")
    expectRefusal(file("{\"a\":" + String(repeating: "[", count: 100_000)), "not a JSON object")
    expectRefusal(file(#"{"w":3}"#), "at 'w'")
    expectRefusal(file(#"{"w":{"dtype":"F32","shape":[]}}"#), "'data_offsets' is missing")
    expectRefusal(file(#"{"__metadata__":{"a":1}}"#), "__metadata__")
    expectRefusal(file("{\"__metadata__\":{\"a\":\"\u{1}\"}}"), "no control character")
    expectRefusal(file(#"{"__metadata__":{"a":"\ud800"}}"#), "other half")
    expectRefusal(file(#"{"__metadata__":{"a":NaN}}"#), "cannot be read")
    #expect(refusal(file(#"{"__metadata__":{"a":"1"}}   "#)) == nil)
  }

  @Test func namesGivenTwiceAreRefused() {
    let one = #""w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}"#
    expectRefusal(file("{\(one),\(one)}", data: 1), "'w' occurs twice")
    expectRefusal(
      file(#"{"w":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}"#, data: 1), "occurs twice")
    expectRefusal(
      file(
        #"{"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\u0077":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
        data: 1),
      "occurs twice")
    expectRefusal(file(#"{"__metadata__":{"a":"1","a":"2"}}"#), "occurs twice")
  }

  @Test(arguments: [
    ("[4]", "[0,3]", 3, "needs 4 bytes, but it has 3"), ("[4]", "[0,4]", 3, "may be cut short"),
    ("[4]", "[0,4]", 5, "1 bytes at the end"), ("[4]", "[1,5]", 5, "leave a hole"), ("[4]", "[4,0]", 4, "not a range"),
    ("[4]", "[-4,0]", 4, "not a range"), ("[-4]", "[0,4]", 4, "number of bytes"),
    ("[-2,-2]", "[0,4]", 4, "number of bytes"), ("[4611686018427387904,4]", "[0,0]", 0, "number of bytes"),
    ("[4611686018427387904,4,0]", "[0,0]", 0, "number of bytes"),
    ("[99999999999999999999]", "[0,0]", 0, "cannot be read"),
    ("[4.5]", "[0,4]", 4, "cannot be read"), ("[04]", "[0,4]", 4, "cannot be read"),
    ("[4]", "[0]", 4, "data_offsets has 1 numbers"),
    ("[4]", "[0,9223372036854775807]", 4, "may be cut short"), ("\"4\"", "[0,4]", 4, "cannot be read"),
  ])
  func positionsAndShapesAreChecked(shape: String, offsets: String, data: Int, part: String) {
    expectRefusal(file("{\"w\":{\"dtype\":\"U8\",\"shape\":\(shape),\"data_offsets\":\(offsets)}}", data: data), part)
  }

  @Test func overlapsAndManyDimensionsAreRefused() {
    expectRefusal(
      file(
        #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#,
        data: 6), "'b': its bytes begin at 2 and overlap")
    let ones = repeatElement("1", count: 129).joined(separator: ",")
    expectRefusal(
      file("{\"a\":{\"dtype\":\"U8\",\"shape\":[\(ones)],\"data_offsets\":[0,1]}}", data: 1), "129 dimensions")
  }

  @Test func headersThatWouldFillTheMemoryAreRefused() {
    expectRefusal(
      file(
        "{\"w\":{\"dtype\":\"U8\",\"shape\":[\(String(repeating: "1,", count: 1_000_000))1],\"data_offsets\":[0,1]}}"),
      "a list of 1000001 numbers")
    expectRefusal(file("{\((0..<100_000).map { "\"\($0)\":{}" }.joined(separator: ","))}"), "100000 names in")
    expectRefusal(
      file("{\"__metadata__\":{\((0..<100_009).map { "\"\($0)\":\"\"" }.joined(separator: ","))}}"), "100009 fields")
  }

  @Test func everyDamagedByteIsAnErrorOrAFile() throws {
    let folder = TemporaryFolder()
    let path = folder.file("x")
    try writeSafetensors(
      [
        .init(name: "a", dtype: .float32, shape: [2], bytes: [UInt8](repeating: 1, count: 8)),
        .init(name: "b", dtype: .int8, shape: [3], bytes: [1, 2, 3]),
      ], metadata: ["k": "v"], to: path)
    let whole = contents(of: path)
    for position in whole.indices {
      for value: UInt8 in [0, 0x22, 0x2c, 0x31, 0x5d, 0x7d, 0xff] {
        var damaged = whole
        damaged[position] = value
        put(damaged, at: path)
        _ = try? SafetensorsFile(path: path)
      }
      put(Array(whole[..<position]), at: path)
      #expect(throws: TensorError.self) { try SafetensorsFile(path: path) }
    }
  }

  @Test func pathsThatAreNoFilesAreErrors() {
    let folder = TemporaryFolder()
    func message(_ path: String) -> String {
      do {
        _ = try SafetensorsFile(path: path)
        return "opened"
      } catch { return error.message }
    }
    #expect(message(folder.file("none")).contains("No such file"))
    #expect(message(folder.path).contains("directory"))
    mkfifo(folder.file("pipe"), 0o600)
    #expect(message(folder.file("pipe")).contains("not a regular file"))
    put([1], at: folder.file("secret"))
    chmod(folder.file("secret"), 0)
    // The superuser may read everything.
    if geteuid() != 0 { #expect(message(folder.file("secret")).contains("Permission denied")) }
  }

  @Test func aFailedWriteLeavesTheOldFile() throws {
    let folder = TemporaryFolder()
    let path = folder.file("x")
    put([1, 2, 3], at: path)
    struct Interruption: Error {}
    #expect(throws: Interruption.self) {
      try writeSafetensors(
        [.init(name: "a", dtype: .uint8, shape: [3]) { _ in throw Interruption() }], to: path)
    }
    let wrong = #expect(throws: TensorError.self) {
      try writeSafetensors([.init(name: "a", dtype: .float32, shape: [3], bytes: [1])], to: path)
    }
    #expect(wrong?.message.contains("needs 12 bytes, but it has 1") == true)
    #expect(throws: TensorError.self) {
      try writeSafetensors([.init(name: "a", dtype: .float32, shape: [-3], bytes: [])], to: path)
    }
    #expect(throws: TensorError.self) {
      let empty = SafetensorsTensor(name: "a", dtype: .float32, shape: [0], bytes: [])
      try writeSafetensors([empty, empty], to: path)
    }
    #expect(contents(of: path) == [1, 2, 3])
    #expect(folder.names == ["x"])
    #expect(throws: TensorError.self) { try writeSafetensors([], to: folder.path) }
    #expect(throws: TensorError.self) { try writeSafetensors([], to: folder.file("none/x")) }
    let device = #expect(throws: TensorError.self) { try writeSafetensors([], to: "/dev/full") }
    #expect(device?.message.contains("not a regular file") == true)
  }

  @Test func aFullDiskIsAnError() throws {
    // The device that is always full.
    let file = try OutputFile(path: "/dev/full", flags: 0)
    let error = #expect(throws: TensorError.self) { try file.write([1, 2, 3]) }
    #expect(error?.kind == .file && error?.operation == "/dev/full")
    #expect(error?.message.contains("cannot write 3 bytes: No space left on device") == true)
  }

  @Test func aLinkStaysALink() throws {
    let folder = TemporaryFolder()
    put([1], at: folder.file("target"))
    chmod(folder.file("target"), 0o640)
    symlink("target", folder.file("link"))
    try writeSafetensors([], to: folder.file("link"))
    #expect(contents(of: folder.file("target")).count == 16)
    var status = stat()
    #expect(lstat(folder.file("link"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(folder.file("target"), &status) == 0 && status.st_mode & 0o777 == 0o640)
  }

  /// Memory that is given up is read from the file again.
  @Test func pagesThatAreForgottenAreReadAgain() throws {
    let folder = TemporaryFolder()
    let path = folder.file("x.safetensors")
    let values = (0..<50_000).map { Float($0) }
    let wanted = Tensor(values, shape: [50_000], dtype: .float32)
    let bytes = values.withUnsafeBytes { Array($0) }
    try writeSafetensors(
      [
        SafetensorsTensor(name: "first", dtype: .float32, shape: [2], bytes: Array(bytes[..<8])),
        SafetensorsTensor(name: "x", dtype: .float32, shape: [50_000], bytes: bytes),
        SafetensorsTensor(name: "last", dtype: .float32, shape: [50_000], bytes: bytes),
      ], to: path)
    let file = try SafetensorsFile(path: path)
    let tensor = try file.tensor(named: "x")
    #expect(tensor.eq(wanted).all().item() != 0)
    file.forgetPages(of: "x")
    file.forgetPages(of: "first")
    file.forgetPages(of: "nothing")
    #expect(tensor.eq(wanted).all().item() != 0)
    #expect(try file.tensor(named: "last").eq(wanted).all().item() != 0)
  }
}
