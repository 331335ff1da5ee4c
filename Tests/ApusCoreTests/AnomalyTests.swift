import Apus
import Testing

/// Backward passes that say where a gradient became no number. The functions and places of results are PyTorch's.
@Suite struct AnomalyTests {
  private static func message(_ body: () -> Void) -> String {
    var text = ""
    do { try withErrors { withWarnings(.silent) { detectAnomaly(body) } } } catch { text = "\(error)" }
    return text
  }

  @Test func theFunctionIsNamed() {
    let x = Tensor([0.0, 1.0], requiresGrad: true)
    let line = #line + 1
    let text = Self.message { ((x * 0).sqrt() * 0).sum().backward() }
    #expect(text.hasPrefix("backward: Function 'SqrtBackward0' returned nan values in its 0th output"))
    #if compiler(>=6.2) && os(Linux)
      #expect(text.contains("AnomalyTests.swift:\(line)"), "\(text)")
    #endif
    let second = Self.message {
      let h = x - x
      (h.sqrt() / h).sum().backward()
    }
    #expect(second.hasPrefix("backward: Function 'DivBackward0' returned nan values in its 1th output"))
  }

  @Test func aForwardPassOutsideIsToldAsSuch() {
    let x = Tensor([0.0, 1.0], requiresGrad: true)
    let y = ((x * 0).sqrt() * 0).sum()
    #expect(Self.message { y.backward() }.contains("No forward pass information available"))
  }

  @Test func theModuleIsNamed() {
    let model = Sequential(Linear(2, 2), ReLU())
    let x = Tensor.full([1, 2], Double.infinity)
    let text = Self.message { (model(x) * 0).sum().backward() }
    #expect(text.contains("Backward0' returned nan values") && text.contains("in module Sequential"), "\(text)")
  }

  @Test func withoutTheCheckNothingIsReported() throws {
    let x = Tensor([0.0, 1.0], requiresGrad: true)
    try withErrors {
      withWarnings(.silent) { detectAnomaly(checkNaN: false) { ((x * 0).sqrt() * 0).sum().backward() } }
    }
    #expect(x.grad?.array()[0].isNaN == true)
  }

  @Test func ofGradientsInfinityIsNoAnomaly() throws {
    let x = Tensor([0.0, 1.0], requiresGrad: true)
    try withErrors { withWarnings(.silent) { detectAnomaly { x.sqrt().sum().backward() } } }
    #expect(x.grad?.array() == [.infinity, 0.5])
  }

  @Test func infinityIsOneWhereItIsAskedFor() {
    let x = Tensor([0.0, 1.0], requiresGrad: true)
    var text = ""
    let line = #line + 3
    do {
      try withErrors {
        withWarnings(.silent) { detectAnomaly(checkInfinity: true) { x.sqrt().sum().backward() } }
      }
    } catch { text = "\(error)" }
    #expect(text.hasPrefix("backward: Function 'SqrtBackward0' returned infinite values in its 0th output"), "\(text)")
    #if compiler(>=6.2) && os(Linux)
      #expect(text.contains("AnomalyTests.swift:\(line)"), "\(text)")
    #endif
  }

  /// The function whose gradient is no number is often not the one that gave such a number first.
  @Test func theForwardPassIsNamedWhereItHadSuchValuesBefore() {
    let x = Tensor([-1.0, 1.0], requiresGrad: true)
    let line = #line + 2
    let text = Self.message {
      let logarithm = x.log()
      let shifted = logarithm + 1
      (shifted * shifted).sum().backward()
    }
    #expect(text.hasPrefix("backward: Function 'MulBackward0' returned nan values in its 0th output"), "\(text)")
    #expect(text.contains("The forward pass had nan values before that, first in 'LogBackward0', called"), "\(text)")
    #if compiler(>=6.2) && os(Linux)
      let origin = text.split(separator: "first in 'LogBackward0', called\n").last ?? ""
      #expect(origin.split(separator: "\n").first?.hasSuffix("AnomalyTests.swift:\(line)") == true, "\(text)")
    #endif
  }

  @Test func itIsOnOnlyInside() {
    #expect(!isAnomalyEnabled)
    setDetectAnomaly(true) {
      #expect(isAnomalyEnabled && isAnomalyCheckNaNEnabled)
      setDetectAnomaly(false) { #expect(!isAnomalyEnabled) }
      setDetectAnomaly(true, checkNaN: false) { #expect(isAnomalyEnabled && !isAnomalyCheckNaNEnabled) }
    }
    #expect(catchWarnings { detectAnomaly {} }.warnings.map(\.operation) == ["detect_anomaly"])
  }

  #if compiler(>=6.2)
    @Test func forAllOfTheProgram() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        setDetectAnomaly(true)
        let x = Tensor([0.0, 1.0], requiresGrad: true)
        ((x * 0).sqrt() * 0).sum().backward()
      }
      let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(text.hasPrefix("backward: Function 'SqrtBackward0' returned nan values in its 0th output"))
    }
  #endif
}
