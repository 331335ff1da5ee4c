import ConformanceKit
import Foundation
import Testing

/// The derivatives of every operation that has one.
@Suite(.serialized) struct OperationDerivativesTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let found: [OperationDerivatives] = {
    let areas = try? ["Fixtures/cases", "Fixtures/further"].flatMap {
      try OperationsCommand.areas(folder.appendingPathComponent($0).path)
    }
    return OperationDerivatives.all(areas ?? [])
  }()

  /// First and second derivatives, forward and backward and in every order of both, agree with numerical ones in double precision,
  /// and forward ones with the transposed backward ones. An operation of which nothing could be compared fails.
  @Test func derivativesAgreeWithNumericalOnes() {
    var tally = Tally()
    for operation in Self.found { tally.add(operation.outcome, id: operation.name) }
    #expect(tally.failures.map { "\($0.id): \($0.reason)" }.joined(separator: "\n") == "")
    #expect(tally.passed > 350, "\(tally.summary)")
  }

  /// Operations that have complex numbers are differentiated with them.
  @Test func manyAreComparedOnComplexNumbers() {
    #expect(Self.found.filter { $0.first.complex > 0 && $0.second.complex > 0 }.count > 200)
  }
}
