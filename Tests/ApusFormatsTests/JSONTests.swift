import ApusFormats
import Testing

@Suite struct JSONTests {
  /// Characters beyond the first plane stand as two escapes; a half of one alone is no character.
  @Test(arguments: [
    (#""\ud83d\ude00""#, "\u{1f600}"), (#""\ud800\u0000""#, "\u{fffd}\0"), (#""\ud800x""#, "\u{fffd}x"),
    (#""\ud800\ud800""#, "\u{fffd}\u{fffd}"), (#""\udc00""#, "\u{fffd}"),
  ])
  func surrogates(json: String, text: String) throws {
    #expect(try JSON(parsing: Array(json.utf8)).string == text)
  }
}
