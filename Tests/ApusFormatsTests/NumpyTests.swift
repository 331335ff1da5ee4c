import ApusCore
import ApusFormats
import Foundation
import TestSupport
import Testing

@Suite struct NumpyTests {
  /// The bytes of a `.npy` file of version 1 with the header `text`.
  func file(_ text: String, data: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
    let header = Array((text + "\n").utf8)
    let length = [UInt8(header.count & 0xff), UInt8(header.count >> 8)] + (version == 1 ? [] : [0, 0])
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + header + data
  }

  func read(_ bytes: [UInt8]) throws -> Tensor {
    let folder = TemporaryFolder()
    let path = folder.file("x.npy")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return try loadNumpy(path)
  }

  func expectRefusal(_ bytes: [UInt8], _ part: String, sourceLocation: SourceLocation = #_sourceLocation) {
    do {
      _ = try read(bytes)
      Issue.record("was read", sourceLocation: sourceLocation)
    } catch {
      #expect("\(error)".contains(part), sourceLocation: sourceLocation)
    }
  }

  @Test func bothOrdersOfBytesAndDimensions() throws {
    let numbers: [UInt8] = [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0]
    let rows = try read(file("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }", data: numbers))
    #expect(rows.dtype == .int16 && rows.array(as: Int.self) == [1, 2, 3, 4, 5, 6])
    let columns = try read(file("{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }", data: numbers))
    #expect(
      columns.shape == [2, 3] && columns.strides == [1, 2] && columns.array(as: Int.self) == [1, 3, 5, 2, 4, 6])
    let big = try read(file("{\"shape\": (3,), 'descr': u'>i2', 'fortran_order': False}", data: numbers, version: 2))
    #expect(big.array(as: Int.self) == [256, 512, 768])
  }

  @Test func aTensorOfAFileIsAValue() throws {
    let folder = TemporaryFolder()
    let path = folder.file("x.npy")
    try saveNumpy(Tensor([1.0, 2.0, 3.0]), to: path)
    let file = try NumpyFile(path: path)
    var (x, y) = (try file.tensor(), try file.tensor())
    x += 1
    #expect(x.array() == [2, 3, 4] && y.array() == [1, 2, 3])
    y *= 2
    #expect(try loadNumpy(path).array() == [1, 2, 3])
  }

  @Test func whatIsWrittenIsNumPys() throws {
    let folder = TemporaryFolder()
    let path = folder.file("x.npy")
    try saveNumpy(Tensor([[1, 2], [3, 4]], dtype: .int8), to: path)
    // As numpy.save writes it: room for 21 digits, padded to 128 bytes.
    let text = "{'descr': '|i1', 'fortran_order': False, 'shape': (2, 2), }"
    let header = text + String(repeating: " ", count: 117 - text.count) + "\n"
    let expected = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8) + [1, 2, 3, 4]
    #expect(Array(try Data(contentsOf: URL(fileURLWithPath: path))) == expected)
    #expect(throws: TensorError.self) { try saveNumpy(Tensor.zeros([2], dtype: .bfloat16), to: path) }
  }

  @Test(arguments: [false, true]) func archives(isCompressed: Bool) throws {
    let folder = TemporaryFolder()
    let path = folder.file("x.npz")
    let (a, b) = (Tensor.zeros([100, 3]), Tensor([true, false]))
    try saveNumpyArchive([("layer/0", a), ("flags.npy", b)], to: path, isCompressed: isCompressed)
    let archive = try NumpyArchive(path: path)
    #expect(archive.names == ["layer/0", "flags.npy"])
    #expect(try archive.header(named: "layer/0").shape == [100, 3])
    #expect(try archive.tensor(named: "flags.npy").array(as: Bool.self) == [true, false])
    #expect(throws: TensorError.self) { try archive.tensor(named: "other") }
    #expect(throws: TensorError.self) { try saveNumpyArchive([("a", a), ("a", b)], to: path) }
  }

  @Test func whatIsNoArrayOfNumbersIsRefusedByName() {
    let header = { (descr: String) in file("{'descr': \(descr), 'fortran_order': False, 'shape': (1,), }") }
    expectRefusal(header("'|O'"), "pickle")
    expectRefusal(header("'<U3'"), "texts")
    expectRefusal(header("[('a', '<f4')]"), "structured")
    expectRefusal(header("'<M8[s]'"), "dates")
    expectRefusal(header("'<f16'"), "extended precision")
    expectRefusal(header("__import__('os').system('true')"), "at byte")
    expectRefusal(header("'<f4'"), "cut short")
    let shape = { (shape: String) in file("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }") }
    expectRefusal(shape("(-1, -4)"), "dimension 0")
    expectRefusal(shape("(4294967296, 4294967296, 16)"), "larger than any file")
    expectRefusal(shape("(99999999999999999999,)"), "64 bits")
    expectRefusal(shape("[1]"), "tuple")
    expectRefusal(shape(String(repeating: "(", count: 5000)), "nested")
    expectRefusal(Array("PK".utf8), "begin with")
    expectRefusal([], "empty")
  }
}
