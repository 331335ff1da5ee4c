import Apus
import Foundation
import Testing

/// `apus laegna`, as a user runs it.
@Suite struct LaegnaCommandTests {
  private let folder = FileManager.default.temporaryDirectory

  private func lines(_ arguments: String...) throws -> [String] {
    let (status, output, errors) = try runTool(["laegna"] + arguments, in: folder)
    #expect(status == 0, "\(errors)")
    return output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
  }

  @Test func convertsBothWays() throws {
    let number = try lines("convert", "-1.75", "--r", "2")
    #expect(number.contains("nearest IO") && number.contains("signed -7") && number.contains("truth I"))
    let digits = try lines("convert", "EE")
    #expect(digits.contains("unsigned 16") && digits.contains("signed 8") && digits.contains("real 2.0"))
    let (status, _, errors) = try runTool(["laegna", "convert", "AU"], in: folder)
    #expect(status == 1 && errors.contains("'U' at place 2 stands alone"))
  }

  @Test func printsTables() throws {
    let table = try lines("table", "--r", "3")
    #expect(table.count == 65 && table[1] == "III OOOOOO 1 -32 -2.0" && table[64] == "EEE AAAAAA 64 32 2.0")
    #expect(try lines("table", "--r", "1", "--base", "2").dropFirst() == ["O O 1 -1 -2.0", "A A 2 1 2.0"])
  }

  @Test func showsWeightsAsDigits() throws {
    let path = folder.appendingPathComponent("laegna-\(UUID()).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try save(["layer.weight": Tensor([[0.25, -0.5], [1.0, 0.0]]), "other": Tensor([1.0])], to: path)
    let shown = try lines("digits", path, "--r", "2", "--name", "weight")
    // Steps of 1/4 would cut nothing, those of 1/16 would.
    #expect(shown == ["layer.weight [2, 2], steps of 0.25", "AI OA", "AE U"])
    #expect(try runTool(["laegna", "digits", path, "--name", "none"], in: folder).status == 2)
  }

  @Test func unknownPartsAreNamed() throws {
    let (status, _, errors) = try runTool(["laegna", "sing"], in: folder)
    #expect(status == 2 && errors.contains("'sing' is none of convert, table, digits, accuracy"))
  }
}
