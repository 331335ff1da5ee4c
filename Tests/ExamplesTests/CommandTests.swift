import Examples
import Foundation
import Testing

/// Settings from the command line, and the data that are read.
@Suite struct CommandTests {
  @Test(arguments: [
    (["--epochs", "-1"], "cannot be '-1'"), (["--epochs=many"], "cannot be 'many'"), (["--epochs"], "needs a value"),
    (["--rate", "nan"], "cannot be 'nan'"), (["--speed", "1"], "there are --epochs"), (["5"], "is no option of names"),
  ])
  func mistakesAreNamed(_ arguments: [String], _ part: String) {
    let error = #expect(throws: ExampleError.self) { try Names.run(arguments) }
    #expect(error?.description.contains(part) == true)
  }

  @Test func everyExampleHasAHelpAndItsOwnNames() throws {
    #expect(Set(examples.map { $0.name }).count == examples.count)
    for example in examples { try example.run(["--help"]) }
    try Bayes.run(["--steps=2", "--samples", "3"])
  }

  @Test func settingsThatMakeNoSenseAreRefused() {
    #expect(throws: ExampleError.self) { try Addition.run(["--digits", "4"]) }
    #expect(throws: ExampleError.self) { try CharGPT.run(["--text", "chapters", "--heads", "3"]) }
    #expect(throws: ExampleError.self) { try CharGPT.run(["--text", "chapters", "--context", "100000"]) }
    #expect(throws: ExampleError.self) { try VAE.run(["--data", "cats"]) }
  }

  @Test func damagedNovelsAreRefused() {
    for bytes: [UInt8] in [[1], [0, 0, 0, 9], [0, 0, 0, 2, 1, 2, 3], [255, 255, 255, 255, 0]] {
      #expect(throws: ExampleError.self) { try Novels.text(of: bytes) }
    }
  }

  @Test(.enabled(if: Novels.areInstalled)) func theNovelsAreRead() throws {
    let text = try #require(try Novels.text())
    #expect(text.unicodeScalars.count == 4_025_032)
    #expect(text.hasPrefix("EMMA\n") && text.contains("It is a truth universally acknowledged"))
  }

  @Test(.enabled(if: PictureData.hasFashion)) func fashionIsRead() throws {
    let data = try PictureData("fashion", limit: 5000)
    #expect(data.size == 28 && data.training.shape == [5000, 1, 28, 28] && data.testing.shape == [10000, 1, 28, 28])
  }
}
