import Apus
import ConformanceKit
import Foundation
import Testing

/// Under autocast every operation of the recorded cases gives results of PyTorch's types, which scripts/record-autocast.py has
/// written down: for float32 operands and for bfloat16 ones.
@Suite(.serialized) struct AutocastCases {
  private struct Row {
    var id: String
    var wide: String
    var narrow: String
  }

  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  private static func rows() throws -> [String: [Row]] {
    let text = try String(contentsOf: fixtures.appendingPathComponent("autocast.tsv"), encoding: .utf8)
    let parts = text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }.filter { $0.count == 4 }
    return Dictionary(grouping: parts) { $0[0] }.mapValues { $0.map { Row(id: $0[1], wide: $0[2], narrow: $0[3]) } }
  }

  /// What gives other types than PyTorch, and stays so.
  private static let exceptions: Set<String> = [
    // PyTorch leaves these to what they are composed of; here all linear algebra takes 16 bits as float32.
    "linalg.det/float32/1", "linalg.polar/float32/1", "linalg.solve_ex/float32/1", "linalg.ldl_factor_ex/float32/0",
    // The product inside of them is PyTorch's own affair.
    "corrcoef/float32/0", "cov/float32/1",
  ]

  @Test func typesArePyTorchs() throws {
    var differences: [String] = []
    var compared = 0
    for (area, rows) in try Self.rows() {
      let cases = try Area(name: area, in: Self.fixtures.appendingPathComponent("cases").path).cases
      let byID = Dictionary(cases.map { ($0.id, $0) }) { $1 }
      for row in rows where !Self.exceptions.contains(row.id) {
        let item = try #require(byID[row.id], "\(row.id) is no case")
        for (operands, expected) in [(DType.float32, row.wide), (.bfloat16, row.narrow)] where expected != "-" {
          guard let found = item.typesUnderAutocast(operands: operands) else { continue }
          compared += 1
          if found != expected { differences.append("\(row.id) of \(operands): \(found), PyTorch \(expected)") }
        }
      }
    }
    #expect(differences.joined(separator: "\n") == "")
    #expect(compared > 700)
  }
}
