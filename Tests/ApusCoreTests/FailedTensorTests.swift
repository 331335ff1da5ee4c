import Apus
import Foundation
import TestSupport
import Testing

/// The result of a failed operation that is kept beyond its `withErrors`: it carries what failed, and every use says so.
@Suite struct FailedTensorTests {
  /// What two matrices that do not fit leave behind.
  private static let failed: Tensor = {
    var kept = Tensor(0.0)
    _ = try? withErrors { kept = matmul(Tensor.ones(2, 3), Tensor.ones(4, 5)) }
    return kept
  }()

  private struct Use: Sendable, CustomStringConvertible {
    let description: String
    let body: @Sendable (Tensor) throws -> Void
    init<R>(_ name: String, _ body: @escaping @Sendable (Tensor) throws -> R) {
      description = name
      self.body = { _ = try body($0) }
    }
  }

  private static let readings: [Use] = [
    Use("item") { $0.item() }, Use("itemScalar") { $0.itemScalar() }, Use("array") { $0.array() },
    Use("array of integers") { $0.array(as: Int.self) }, Use("bytes") { $0.withUnsafeBytes { $0.count } },
    Use("equal") { $0.equal(Tensor.ones(2)) }, Use("allClose") { Tensor(1.0).allclose($0) },
    Use("backward") { $0.backward() }, Use("cotangent") { (leaf * 2.0).backward($0) },
    Use("gradients") { gradients(of: [$0], wrt: [leaf]) }, Use("size") { $0.size(1) },
    Use("hook") { $0.registerHook { $0 } },
    Use("gradient") { leaf.grad = $0 },
  ]

  private static let operations: [Use] = [
    Use("number") { $0 + 1.0 }, Use("left") { $0 * Tensor.ones(2) }, Use("right") { Tensor.ones(2) - $0 },
    Use("function") { $0.exp() }, Use("matmul") { matmul(Tensor.ones(2, 2), $0) }, Use("sum") { $0.sum() },
    Use("mean") { $0.mean(0) }, Use("reshape") { $0.reshape([]) }, Use("transpose") { $0.transpose(0, 0) },
    Use("t") { $0.t() }, Use("T") { $0.T }, Use("squeeze") { $0.squeeze() }, Use("expand") { $0.expand([]) },
    Use("convert") { $0.to(.float32) }, Use("contiguous") { $0.contiguous() }, Use("clone") { $0.clone() },
    Use("index") { $0[0] }, Use("indexed by") { Tensor.ones(2)[$0] }, Use("rows") { $0.indexSelect(0, Tensor([0])) },
    Use("cat") { cat([Tensor.ones(2), $0]) }, Use("stack") { stack([$0, $0]) },
    Use("where") { `where`(Tensor([true]), Tensor.ones(1), $0) }, Use("gather") { $0.gather(0, Tensor([0])) },
    Use("softmax") { softmax($0, dim: 0) }, Use("cross entropy") { crossEntropy(Tensor.ones(1, 2), $0) },
    Use("bias") { linear(Tensor.ones(2, 3), Tensor.ones(4, 3), $0) },
    Use("convolution") { conv2d(Tensor.ones(1, 1, 3, 3), $0) }, Use("pooling") { maxPool2d($0, 2) },
    Use("statistics") { batchNorm(Tensor.ones(2, 3), runningMean: $0, runningVar: Tensor.ones(3)) },
    Use("group norm") { groupNorm(Tensor.ones(2, 4), 2, weight: $0) }, Use("dropout") { dropout($0, p: 0.5) },
    Use("like") { zerosLike($0) }, Use("variable") { Tensor($0, requiresGrad: true) },
    Use("parameter") { parameter($0) },
    Use("sort") { $0.sort() }, Use("unbind") { $0.unbind() }, Use("narrow") { Tensor.ones(3).narrow(0, $0, 1) },
    Use("in place") {
      var x = $0
      x += 1.0
    },
    Use("into a tensor") {
      var x = Tensor.ones(2)
      x += $0
    },
    Use("into a part") {
      var x = Tensor.ones(2)
      x[0] = $0
    },
    Use("assigned") {
      var x = buffer(Tensor.ones(2))
      x.assign($0)
    },
    Use("formula of one's own") { jvp({ $0.sum() }, primals: $0, tangents: Tensor(1.0)) },
    Use("compiled") { compile { (x: Tensor) in x * 2.0 }($0) },
  ]

  private static let leaf = Tensor(1.0, requiresGrad: true)

  /// A scope that is entered later throws what failed then.
  @Test(arguments: readings + operations)
  private func laterUseThrowsTheFirstMistake(_ use: Use) {
    let failed = Self.failed
    #expect(failed.isPoisoned)
    let error = #expect(throws: TensorError.self) { try withErrors { try use.body(failed) } }
    #expect(
      error?.operation == "matmul" && error?.message.contains("[2, 3] by [4, 5]") == true, "\(use): \(error as Any)")
  }

  /// What is made from a failed tensor carries its failure, not another one of the same scope.
  @Test func resultsCarryTheirOwnFailure() {
    var made: [Tensor] = []
    _ = try? withErrors {
      let other = Tensor.ones(2) + Tensor.ones(3)
      let failed = cat([])
      made = [
        failed, failed * 2.0, failed.reshape([4]), softmax(failed, dim: 0), matmul(Tensor.ones(2), failed), other,
      ]
    }
    for (i, tensor) in made.enumerated() {
      let error = #expect(throws: TensorError.self) { try withErrors { tensor.item() } }
      #expect(error?.operation == (i == made.count - 1 ? "Add" : "cat"))
    }
  }

  /// The parts of what has failed, or cannot be cut so, are as many as were asked for: `parts[1]` in a scope is no stop.
  @Test(
    arguments: [
      { $0.chunk(3) }, { $0.split([1, 2, 3]) }, { $0.tensorSplit(3) }, { $0.tensorSplit([2, 4]) },
      { $0.hsplit(3) }, { $0.vsplit([1, 5]) }, { $0.dsplit(3) },
    ] as [@Sendable (Tensor) -> [Tensor]])
  private func partsOfFailedTensors(cut: @Sendable (Tensor) -> [Tensor]) {
    for whole in [Self.failed, Tensor(1.0)] {
      let error = #expect(throws: TensorError.self) {
        try withErrors {
          let parts = cut(whole)
          #expect(parts.count == 3)
          return parts[1] + parts[2]
        }
      }
      #expect(whole.isPoisoned == (error?.operation == "matmul"))
    }
  }

  /// Printing tells what failed, as often as it is asked.
  @Test func printingTellsWhatFailed() {
    #expect("\(Self.failed)".hasPrefix("tensor(<failed: matmul: ") && "\(Self.failed)".contains("[2, 3] by [4, 5]"))
  }

  /// A variable keeps its elements where a failed tensor would replace them.
  @Test func variablesKeepTheirElements() {
    let kept = buffer(Tensor([1.0, 2.0]))
    var handle = kept
    let error = #expect(throws: TensorError.self) { try withErrors { handle.assign(Self.failed) } }
    #expect(error?.operation == "matmul")
    #expect(kept.array() == [1, 2])
  }

  #if compiler(>=6.2)
    /// Without a scope the program stops with the first message.
    @Test func outsideOfScopesTheProgramStops() async {
      let results = [
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          var kept = Tensor(0.0)
          _ = try? withErrors { kept = matmul(Tensor.ones(2, 3), Tensor.ones(4, 5)) }
          _ = kept.item()
        },
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          var kept = Tensor(0.0)
          _ = try? withErrors { kept = matmul(Tensor.ones(2, 3), Tensor.ones(4, 5)) }
          kept.backward()
        },
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          var kept = Tensor(0.0)
          _ = try? withErrors { kept = matmul(Tensor.ones(2, 3), Tensor.ones(4, 5)) }
          _ = kept + 1.0
        },
      ]
      for result in results {
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("matmul: cannot multiply [2, 3] by [4, 5]"))
      }
    }
  #endif

  /// Two operations that once looked into what failed before them.
  @Test func normsOfIntegersFail() {
    let x = Tensor.ones([2, 4, 3], dtype: .int64)
    for norm in [groupNorm(_:_:weight:bias:eps:)] {
      let error = #expect(throws: TensorError.self) {
        try withErrors { norm(x, 2, Tensor.ones(4), Tensor.ones(4), 1e-5) }
      }
      #expect(error?.kind == .dtype)
    }
    let error = #expect(throws: TensorError.self) {
      try withErrors { instanceNorm(x, weight: Tensor.ones(4), bias: Tensor.ones(4)) }
    }
    #expect(error?.kind == .dtype)
  }

  /// A type whose name another has: its elements never come to lie in a tensor of another size.
  @Test func typesThatCannotBeRegisteredMakeNoTensors() {
    _ = Number<FailedTwin>.dtype
    let elements = [Second(1), Second(2), Second(3)]
    let error = #expect(throws: TensorError.self) { try withErrors { Tensor(elements) } }
    #expect(error?.operation == "register" && error?.message.contains("failed_twin") == true)
    #expect(throws: TensorError.self) { try withErrors { Tensor.ones(3).array(as: Second.self) } }
    #expect(throws: TensorError.self) { try withErrors { Tensor(1.0).item(as: Second.self) } }
  }
}

/// Four numbers that share a name with another type.
private struct Second: CustomElement {
  var a, b, c, d: Double
  init(_ value: Double) { (a, b, c, d) = (value, value, value, value) }
  var double: Double { a }
  static let elementName = "failed_twin"
  static let zero = Second(0)
  static let one = Second(1)
  static func + (a: Second, b: Second) -> Second { Second(a.a + b.a) }
  static func * (a: Second, b: Second) -> Second { Second(a.a * b.a) }
}

private enum FailedTwin: ElementName { static let text = "failed_twin" }
