import ApusCore
import ApusFormats
import Testing

@Suite struct ProtobufReaderTests {
  private func reader(_ bytes: [UInt8]) -> ProtobufReader {
    ProtobufReader(ByteSlice(bytes), name: "file", message: "the message")
  }

  /// What is read of a message, or the message of the error.
  private func fields(_ bytes: [UInt8]) -> String {
    var reader = reader(bytes)
    var found: [String] = []
    do throws(TensorError) {
      while let field = try reader.next() {
        found.append("\(field.number)")
        try reader.skip(field)
      }
      return found.joined(separator: " ")
    } catch {
      return error.message
    }
  }

  @Test func fieldsOfAllKinds() {
    // A number, eight bytes, a text, a group, four bytes.
    let bytes: [UInt8] =
      [1 << 3, 0x96, 1] + [2 << 3 | 1, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f] + [3 << 3 | 2, 2, 65, 66]
      + [4 << 3 | 3, 1 << 3, 7, 4 << 3 | 4] + [5 << 3 | 5, 0, 0, 0x80, 0x3f]
    #expect(fields(bytes) == "1 2 3 4 5")
  }

  @Test func values() throws {
    var numbers = reader([1 << 3, 0x96, 1, 1 << 3] + [UInt8](repeating: 0xff, count: 9) + [1])
    #expect(try numbers.integer(try #require(try numbers.next())) == 150)
    #expect(try numbers.integer(try #require(try numbers.next())) == -1)
    var text = reader([2 << 3 | 2, 3, 0x41, 0xff, 0x42])
    #expect(try text.string(try #require(try text.next())) == "A\u{fffd}B")
    var list: [Int32] = []
    var packed = reader([1 << 3 | 2, 3, 1, 0x96, 1, 1 << 3, 7])
    while let field = try packed.next() { try packed.append(field, to: &list) }
    #expect(list == [1, 150, 7])
    var floats: [Float] = []
    var four = reader([1 << 3 | 2, 4, 0, 0, 0x80, 0x3f])
    try four.append(try #require(try four.next()), to: &floats)
    #expect(floats == [1])
  }

  @Test(
    arguments: [
      ([1 << 3, 0x80], "byte 1, in the message: a number does not end"),
      ([1 << 3] + [UInt8](repeating: 0x80, count: 11), "more than ten bytes"),
      ([1 << 3 | 2, 5, 1, 2], "a field of 5 bytes begins, but only 2 are left"),
      ([1 << 3 | 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], "bytes begins, but only 0 are left"),
      ([1 << 3 | 5, 0, 0], "4 bytes are missing"), ([1 << 3 | 7, 0], "a field of number 1 and kind 7 does not exist"),
      ([0, 0], "a field of number 0"), ([1 << 3 | 4], "a group ends that did not begin"),
      ([1 << 3 | 3, 2 << 3, 1], "a group does not end"), ([1 << 3 | 3, 2 << 3 | 4], "another group ends"),
      ([UInt8](repeating: 1 << 3 | 3, count: 1000), "too deeply"),
    ] as [([UInt8], String)])
  func damagedMessages(_ bytes: [UInt8], _ part: String) {
    #expect(fields(bytes).contains(part), "\(fields(bytes))")
  }

  @Test func messagesWithinMessages() {
    // Each lies in the one before.
    var bytes: [UInt8] = []
    for _ in 0..<120 where bytes.count < 120 { bytes = [1 << 3 | 2, UInt8(bytes.count)] + bytes }
    var depth = 0
    func enter(_ outer: ProtobufReader) throws(TensorError) {
      var outer = outer
      while let field = try outer.next() {
        depth += 1
        try enter(try outer.inner(field, "an inner message"))
      }
    }
    #expect(throws: Never.self) { try enter(reader(bytes)) }
    #expect(depth == 60)
  }
}
