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
