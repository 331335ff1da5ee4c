import ApusCore
import ApusFormats
import Testing

@Suite struct ProtobufMessageTests {
  private let types = MessageTypes(
    """
    enum Stage NEW=0 OLD=2
    message Part
    1 name string
    2 sizes int64*
    message Whole
    1 part Part*
    2 stage Stage
    3 number double choice
    4 small float choice
    5 flag bool
    6 raw bytes
    7 huge uint64
    message Plain implicit
    1 count int64
    2 counts int64*
    """)

  private func message(_ text: String) throws -> ProtobufMessage {
    var message = types.message("Whole")
    try message.read(text: text, name: "text")
    return message
  }

  /// The format's own examples: escapes, lists, several texts behind each other, octal and hexadecimal numbers.
  @Test func texts() throws {
    let whole = try message(
      #"""
      part { name: "a\tb\x41\101" 'c' sizes: [1, -2, 0x10, 010] }  # a comment
      part: < name: "grün\u00e9" >
      stage: OLD; number: -inf, flag: t raw: "\377\000"
      huge: 18446744073709551615
      """#)
    #expect(
      whole.text == #"""
        part {
          name: "a\tbAAc"
          sizes: 1
          sizes: -2
          sizes: 16
          sizes: 8
        }
        part {
          name: "grüné"
        }
        stage: OLD
        number: -inf
        flag: true
        raw: "\377\000"
        huge: 18446744073709551615

        """#)
    #expect(try message(whole.text) == whole)
    var other = types.message("Whole")
    try other.read(ByteSlice(whole.bytes), name: "bytes")
    #expect(other == whole)
  }

  @Test func oneOfAGroup() throws {
    var whole = try message("number: 1.5")
    whole.set(4, .real(2))
    #expect(whole.text == "small: 2.0\n" && whole.member(of: "choice") == 4)
    whole.set(4, nil)
    #expect(whole.isEmpty && whole.bytes.isEmpty)
  }

  /// The third version of the language leaves out what stands for nothing, and packs numbers.
  @Test func whatStandsForNothing() throws {
    var plain = types.message("Plain")
    plain.set(1, .integer(0))
    #expect(plain.bytes.isEmpty)
    plain.setAll(2, [.integer(1), .integer(300)])
    #expect(plain.bytes == [0x12, 0x03, 0x01, 0xac, 0x02])
    var other = types.message("Plain")
    try other.read(ByteSlice([0x10, 0x01, 0x10, 0xac, 0x02]), name: "numbers one by one")
    #expect(other == plain)
  }

  /// What is too deep, or no value of its type.
  @Test func wrongTexts() {
    let deep = String(repeating: "part {", count: 200)
    #expect(throws: TensorError.self) { try message(deep) }
    #expect(throws: TensorError.self) { try message("part { name: \"\\xzz\" }") }
    #expect(throws: TensorError.self) { try message("huge: -1") }
    #expect(throws: TensorError.self) { try message("stage: YOUNG") }
  }
}
