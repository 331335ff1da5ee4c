import Apus
import ApusCore
import ConformanceKit
import Foundation
import Testing

/// What operations do beside their values: every one has each rule, or a mark that says why not.
@Suite(.serialized) struct OperationRulesTests {
  /// How many of PyTorch's operations have had counterparts already: it only grows.
  private let leastCounterparts = 613
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let cases = ["Fixtures/cases", "Fixtures/further"].map { folder.appendingPathComponent($0).path }

  /// Every entry of the registry is differentiated, forward too, mapped and compiled, or is marked; the page tells the same.
  @Test func everyOperationHasItsRules() throws {
    let rules = OperationRules.all(try Self.cases.flatMap(OperationsCommand.areas))
    #expect(OperationRules.disagreements(rules).joined(separator: "\n") == "")
    #expect(rules.filter { $0.calls == 0 }.map { $0.names[0] } == [])
    let page = Self.folder.appendingPathComponent("../../docs/operations.md")
    // `conformance operations Tests/ConformanceTests/Fixtures/{cases,further} --page > docs/operations.md` writes it.
    #expect(try String(contentsOf: page, encoding: .utf8) == OperationRules.page(rules))
  }

  /// By name operations take numbers to the left where PyTorch takes them, and give strided tensors only.
  @Test func numbersStandWherePyTorchTakesThem() throws {
    let one = OperationValue.tensor(Tensor([3]))
    for name in ["ge", "fmod", "copysign", "__radd__", "__rand__"] {
      #expect(throws: TensorError.self) { try knownOperations.call(name, [.int(2), one]) }
    }
    for name in ["remainder", "pow", "bitwise_and"] {
      #expect(try knownOperations.call(name, [.int(2), one]).count == 1)
      #expect(throws: TensorError.self) { try knownOperations.call(name, [.int(2), .int(3)]) }
    }
    #expect(try knownOperations.call("mul", [.int(2), .int(3)]).count == 1)
    #expect(throws: TensorError.self) {
      try knownOperations.call("zeros", [.list([.int(2)])], ["layout": .string("sparse_coo")])
    }
  }

  /// PyTorch's operations have counterparts: a name that gets lost is noticed.
  @Test func namesOfPyTorchHaveCounterparts() throws {
    let text = try String(
      contentsOf: Self.folder.appendingPathComponent("Fixtures/operation-names.txt"), encoding: .utf8)
    let names = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    #expect(names.count == 613)
    let known = Set(knownOperations.names)
    let missing = names.filter { name in
      !known.contains(name) && !known.contains("Tensor." + name) && !known.contains(name + "_")
    }
    #expect(names.count - missing.count >= leastCounterparts, "\(missing)")
  }
}
