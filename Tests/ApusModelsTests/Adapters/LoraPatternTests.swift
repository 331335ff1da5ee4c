import ApusModels
import Foundation
import Testing

@Suite struct LoraPatternTests {
  /// As in peft, the first name or expression of the file that a path matches counts, be it one or the other.
  @Test func order() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try #"""
    {"r": 8, "lora_alpha": 16,
     "rank_pattern": {"z.*\\.q": 1, "layers.0.q": 2, "q": 3, "layers.1.q": 4, "layers\\.\\d\\.k": 5, "k": 6, "a.*": 7},
     "alpha_pattern": {"v": 1.5, ".*\\.v": 2}}
    """#.write(to: file, atomically: true, encoding: .utf8)
    let configuration = try LoraConfiguration(path: file.path)
    #expect(configuration.rankPattern.names.last == "a.*")
    let targeting = try LoraTargeting(configuration)
    for (path, rank) in [
      ("model.layers.0.q", 2), ("model.layers.1.q", 3), ("zoo.layers.0.q", 1), ("layers.2.k", 5), ("k", 6),
      ("model.ab", 7), ("ab", 7), ("model.layers.0.o", 8),
    ] {
      #expect(try targeting.rank(of: path) == rank, "\(path)")
    }
    #expect(try targeting.scale(of: "layers.0.v", rank: 1) == 1.5)
    #expect(try targeting.scale(of: "layers.0.w", rank: 1) == 16)
  }
}
