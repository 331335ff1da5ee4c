import ApusCore
import ApusFormats
import ApusMedia
import CDigits
import TestSupport
import Testing

@Suite struct IDXTests {
  func read(_ bytes: [UInt8]) throws -> IDXFile {
    try bytes.withUnsafeBytes { try IDXFile(contents: $0, name: "bytes") }
  }

  @Test func theDigitsAreThere() throws {
    var length = 0
    let start = digits_images(&length)
    let images = try IDXFile(contents: UnsafeRawBufferPointer(start: start, count: length), name: "digits")
    #expect(images.shape == [1797, 8, 8] && images.dtype == .uint8)
    #expect(images.bytes.prefix(8) == [0, 0, 5, 13, 9, 1, 0, 0])
    #expect(images.bytes.max() == 16)
    let labelStart = digits_labels(&length)
    let labels = try IDXFile(contents: UnsafeRawBufferPointer(start: labelStart, count: length), name: "digits")
    #expect(labels.shape == [1797])
    #expect(labels.bytes.prefix(12) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
    // The class sizes that scikit-learn's load_digits documents.
    #expect(
      (0..<10).map { digit in labels.bytes.count { $0 == digit } } == [
        178, 182, 177, 183, 181, 182, 181, 179, 174, 180,
      ])
  }

  @Test func elementsAreBigEndian() throws {
    let file = try read([0, 0, 0x0b, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 0xff, 0xfe])
    #expect(file.dtype == .int16 && file.shape == [1, 2])
    #expect(file.bytes.withUnsafeBytes { $0.loadUnaligned(as: Int16.self) } == 0x0102)
    #expect(file.fileContents == [0, 0, 0x0b, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 0xff, 0xfe])
  }

  @Test(arguments: [DType.uint8, .int8, .int16, .int32, .float32, .float64])
  func whatIsWrittenIsRead(dtype: DType) throws {
    let folder = TemporaryFolder()
    let array = try IDXFile(dtype: dtype, shape: [2, 3], bytes: (0..<6 * dtype.size).map { UInt8($0) })
    try array.write(to: folder.file("x"))
    #expect(try IDXFile(path: folder.file("x")) == array)
  }

  @Test(
    arguments: [
      ([], "0 bytes"), ([0x1f, 0x8b, 8, 0, 0, 0], "gunzip"),
      ([1, 0, 8, 1, 0, 0, 0, 0], "begins with the bytes 1 0 8 1"),
      ([0, 0, 7, 1, 0, 0, 0, 0], "element type"), ([0, 0, 8, 0], "no dimensions"),
      ([0, 0, 8, 3, 0, 0, 0, 1], "cut short"),
      ([0, 0, 8, 1, 0, 0, 0, 3, 1, 2], "cut short"), ([0, 0, 8, 1, 0, 0, 0, 1, 1, 2], "something else follows"),
      ([0, 0, 14, 3] + [UInt8](repeating: 255, count: 12), "more than any file holds"),
      ([0, 0, 8, 255] + [UInt8](repeating: 255, count: 1020), "more than any file holds"),
      ([0, 0, 8, 1, 255, 255, 255, 255], "cut short"),
    ] as [([UInt8], String)])
  func damagedFilesAreRefused(bytes: [UInt8], part: String) {
    let error = #expect(throws: TensorError.self) { try read(bytes) }
    #expect(error?.kind == .format)
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
  }

  @Test func compressedFilesAreRead() throws {
    let array = try IDXFile(dtype: .uint8, shape: [2, 3], bytes: [1, 2, 3, 4, 5, 6])
    let folder = TemporaryFolder()
    let packed = try array.fileContents.withUnsafeBytes { try Deflate.compress($0, as: .gzip, name: "x") }
    put(packed, at: folder.file("x.gz"))
    #expect(try IDXFile(path: folder.file("x.gz")) == array)
  }

  @Test func whatTheFormatCannotHoldIsRefused() {
    #expect(throws: TensorError.self) { try IDXFile(dtype: .int64, shape: [1], bytes: [UInt8](repeating: 0, count: 8)) }
    #expect(throws: TensorError.self) { try IDXFile(dtype: .uint8, shape: [], bytes: [1]) }
    #expect(throws: TensorError.self) { try IDXFile(dtype: .uint8, shape: [2], bytes: [1]) }
    #expect(throws: TensorError.self) { try IDXFile(path: "/no/such/file") }
  }
}
