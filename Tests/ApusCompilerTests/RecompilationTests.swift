import Apus
import Testing

/// A function that is compiled for one shape after the other says so.
@Suite struct RecompilationTests {
  @Test func theThirdShapeIsTold() {
    let f = compile { (x: Tensor) in (x * 2 + 1).sum() }
    let lengths = [3, 4, 5, 6, 7]
    let warnings = lengths.map { n in catchWarnings { _ = f(Tensor.ones(n)) }.warnings }
    #expect(warnings.map(\.count) == [0, 0, 1, 0, 0])
    let warning = warnings[2].first
    #expect(warning?.operation == "compile")
    #expect(
      warning?.message.hasPrefix("compiled for the third time, as argument 0 is float32[5], and was float32[4]") == true
    )
    #expect(warning?.message.contains(" ms") == true && warning?.message.contains("Warnings.mode = .silent") == true)
  }

  /// From the second shape on, machine code is for any sizes: dense, broadcast and strided operands, sums of all, of rows and of
  /// columns.
  @Test func machineCodeServesOtherShapes() {
    let f = compile(executor: .native) { (x: Tensor, row: Tensor, column: Tensor) in
      let y = (x * row + column).tanh() - x.t().contiguous().t() / 3
      return [y, y.square().sum(), (y.exp() * row).sum([1]), (y * 2 + column).sum([0])]
    }
    manualSeed(0)
    for (rows, columns) in [(40, 70), (64, 33), (5, 300), (128, 16), (41, 70)] {
      let (x, row, column) = (randn(rows, columns), randn(columns), randn(rows, 1))
      let y = (x * row + column).tanh() - x / 3
      let expected = [y, y.square().sum(), (y.exp() * row).sum([1]), (y * 2 + column).sum([0])]
      for _ in 0..<2 {
        let found = catchWarnings { f(x, row, column) }.result
        for (a, b) in zip(found, expected) { #expect(a.allclose(b, rtol: 1e-4, atol: 1e-4), "\(rows) x \(columns)") }
      }
    }
    let lines = f.explain().split(separator: "\n").filter { $0.contains("machine code: ") }
    if lines.isEmpty { return }  // No C compiler is at hand.
    #expect(lines.count == 5 && lines.filter { $0.contains("for any sizes") }.count == 4, "\(f.explain())")
    // The same code for all of them, but for few rows, whose columns are not added up in the same pass.
    #expect(Set(lines.dropFirst().compactMap { $0.split(separator: " ").last }).count <= 2, "\(f.explain())")
  }

  @Test func otherNumbersAndTypesAreNotTold() {
    let f = compile { (x: Tensor) in (x * 2).sum() }
    let warnings = catchWarnings {
      for type in [DType.float32, .float64, .int32, .int64] { _ = f(Tensor.ones(3).to(type)) }
    }.warnings
    #expect(warnings.isEmpty)
  }

  @Test func whatRunsEagerlyIsToldOnce() {
    let f = compile { (x: Tensor) in x * x.sum().item() }
    let warnings = catchWarnings { for _ in 0..<3 { _ = f(Tensor.ones(3)) } }.warnings
    #expect(warnings.count == 1 && warnings.first?.message.hasPrefix("runs eagerly for (float32[3])") == true)
  }

  /// Anomaly detection sees the operations of a compiled function.
  @Test func anomaliesAreFoundInside() {
    let x = Tensor([0.0, 1.0], requiresGrad: true)
    let f = compile { (x: Tensor) in ((x * 0).sqrt() * 0).sum() }
    _ = f(x)
    let error = #expect(throws: TensorError.self) { try withErrors { setDetectAnomaly(true) { f(x).backward() } } }
    #expect(error?.message.hasPrefix("Function 'SqrtBackward0'") == true)
  }
}
