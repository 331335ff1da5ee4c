import ApusCore
import ApusFormats
import TestSupport
import Testing

@Suite struct ArchiveTests {
  private let text = Array(String(repeating: "the quick brown fox ", count: 500).utf8)

  private func archive() throws -> [UInt8] {
    try zipBytes { zip in
      try zip.add("a/plain", text, method: .stored(alignment: 64))
      try zip.add("a/packed", text, method: .deflated())
      try zip.add("a/empty", [])
    }
  }

  private func refusal(_ bytes: [UInt8]) -> String? {
    do throws(TensorError) {
      let zip = try ZipArchive(FileContents(bytes, path: "x.zip"))
      for entry in zip.entries { _ = try zip.bytes(of: entry) }
      return nil
    } catch {
      return error.message
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    let zip = try ZipArchive(FileContents(try archive(), path: "x.zip"))
    #expect(zip.entries.map(\.name) == ["a/plain", "a/packed", "a/empty"])
    for name in ["a/plain", "a/packed"] { #expect(try zip.bytes(of: zip.entry(named: name)) == text) }
    #expect(try zip.bytes(of: zip.entry(named: "a/empty")).isEmpty)
    let plain = try zip.entry(named: "a/plain")
    #expect(plain.range.lowerBound % 64 == 0)
    #expect(zip.storedBytes(of: plain)?.elementsEqual(text) == true)
    #expect(try zip.entry(named: "a/packed").range.count < 500)
    #expect(throws: TensorError.self) { try zip.bytes(of: plain, limit: 100) }
  }

  @Test func damageIsFound() throws {
    let bytes = try archive()
    for length in stride(from: 0, to: bytes.count, by: 97) { #expect(refusal(Array(bytes[..<length])) != nil) }
    var flipped = bytes
    flipped[100] ^= 1
    #expect(refusal(flipped)?.contains("'a/plain' is damaged") == true)
  }

  @Test func namesStayInTheFolder() throws {
    let bytes = try archive()
    for evil in ["../lain", "/../../", "a\\plain"] {
      var changed = bytes
      let name = Array(evil.utf8)
      for start in 0..<changed.count - 7 where changed[start..<start + 7].elementsEqual("a/plain".utf8) {
        changed.replaceSubrange(start..<start + 7, with: name)
      }
      #expect(refusal(changed)?.contains("leads out") == true)
    }
    #expect(throws: TensorError.self) { try zipBytes { try $0.add("../x", [1]) } }
    #expect(throws: TensorError.self) {
      try zipBytes { zip in
        try zip.add("x", [1])
        try zip.add("x", [2])
      }
    }
  }

  @Test func gzipAndZlib() throws {
    let packed = try text.withUnsafeBytes { try Deflate.compress($0, as: .gzip, name: "x") }
    func unpacked(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> [UInt8] {
      try bytes.withUnsafeBytes { try Deflate.decompress($0, as: .gzip, limit: limit, name: "x") }
    }
    #expect(try unpacked(packed) == text)
    #expect(try unpacked(packed + packed) == text + text)
    #expect(throws: TensorError.self) { try unpacked(packed, limit: 100) }
    #expect(throws: TensorError.self) { try unpacked(Array(packed.dropLast(9))) }
  }

  @Test func checksumsOfPartsJoin() throws {
    // The check of "123456789" is the published one of the polynomial.
    #expect(CRC32.of(Array("123456789".utf8)) == 0xcbf4_3926)
    let long = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let whole = CRC32.of(long)
    let parts = long.withUnsafeBytes { bytes in
      let first = CRC32.of(UnsafeRawBufferPointer(rebasing: bytes[..<1000]))
      return CRC32.of(UnsafeRawBufferPointer(rebasing: bytes[1000...]), from: first)
    }
    #expect(whole == parts)
  }

  @Test func filesAreUnwrapped() throws {
    let folder = TemporaryFolder()
    let path = folder.file("x.csv.gz")
    put(try text.withUnsafeBytes { try Deflate.compress($0, as: .gzip, name: "x") }, at: path)
    #expect(try readFile(path).withBytes { $0.elementsEqual(text) })
    let zipped = folder.file("x.zip")
    try writeZip(to: zipped) { try $0.add("x.csv", text, method: .deflated()) }
    #expect(try readFile(zipped, unwrapsZip: true).withBytes { $0.elementsEqual(text) })
    #expect(try matchingPaths(folder.file("x.*")) == [path, zipped])
    #expect(throws: TensorError.self) { try matchingPaths(folder.file("y.*")) }
  }
}
