import ApusCore
import ApusTrain
import Testing

import ApusRecipes

/// Settings of recipes as files, command lines and structures.
@Suite struct RecipeSettingsTests {
  enum Kind: String, CaseIterable, SettingFieldValue { case fast, slow }

  struct Inner: RecipeSettings {
    @Field("the rank", 1...64) var rank = 8
    @Field("the scale", 0...100) var alpha = 16.0
  }

  struct Outer: RecipeSettings {
    @Field("the learning rate", 0...1) var lr = 1e-3
    @Field("which kind") var kind = Kind.fast
    @Field("the most steps", 1...Int.max) var steps: Int? = nil
    @Field("names") var names: [String] = ["a"]
    @Field("whether to pack") var packs = false
    @Field var inner = Inner()
  }

  @Test func fieldsComeFromCommandLinesAndFiles() throws {
    var settings = Outer()
    let before = settings
    try settings.set("inner.rank", "16")
    try settings.set("kind", "slow")
    try settings.set("steps", "100")
    try settings.set("names", "b, c")
    try settings.set("packs", "true")
    try settings.set("lr", "1")
    #expect(settings.inner.rank == 16 && settings.kind == .slow && settings.steps == 100)
    #expect(settings.names == ["b", "c"] && settings.packs && settings.lr == 1)
    #expect(before.inner.rank == 8 && before.kind == .fast && before.steps == nil && !before.packs)
    let again = try Outer(settings.values)
    #expect(again.values == settings.values && again.inner.rank == 16)
    try settings.set("steps", "null")
    #expect(settings.steps == nil && again.steps == 100)
    var copy = settings
    copy.inner.rank = 3
    #expect(settings.inner.rank == 16 && copy.inner.rank == 3)
    #expect(try Outer(["inner": ["rank": 4]]).inner.rank == 4)
    #expect(try Outer(["inner.rank": 4]).inner.rank == 4)
  }

  @Test func mistakesAreNamed() throws {
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return ""
    }
    var settings = Outer()
    #expect(message { try settings.set("inner.rnk", "3") }.contains("did you mean 'inner.rank'?"))
    #expect(message { try settings.set("rank", "3") }.contains("did you mean 'inner.rank'?"))
    #expect(message { try settings.set("inner", "3") }.contains("inner.rank, inner.alpha"))
    #expect(
      message { try settings.set("inner.rank", "65") }.contains("'inner.rank' must be a whole number from 1 to 64"))
    #expect(message { try settings.set("kind", "middle") }.contains("one of fast, slow"))
    #expect(message { _ = try Outer(["inner": 3]) }.contains("inner"))
    #expect(settings.inner.rank == 8)
  }
}
