import Apus
import Testing

/// A trainer that looks for gradients that are no numbers, as Lightning's `detect_anomaly`.
@Suite struct TrainerAnomalyTests {
  private final class Root: Layer {
    let fc = Linear(2, 1)
    func forward(_ x: Tensor) -> Tensor { (fc(x) * 0).sqrt() * 0 }
  }

  private static func message(compiles: Bool, detects: Bool) -> String {
    manualSeed(0)
    let model = Root()
    let data = TensorDataset(ones(8, 2), zeros(8, 1))
    let trainer = Trainer(model, optimizer: SGD(model.parameters(), lr: 0.1)) { (output: Tensor, target: Tensor) in
      (output - target).pow(2).mean()
    }
    trainer.showsProgress = false
    trainer.onInterrupt = .ignore
    trainer.compiles = compiles
    trainer.detectAnomaly = detects
    do {
      try withWarnings(.silent) { _ = try trainer.fit(DataLoader(data, batchSize: 4), epochs: 1) }
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: [false, true]) func theOperationEndsTheRun(compiles: Bool) {
    let text = Self.message(compiles: compiles, detects: true)
    #expect(text.hasPrefix("backward: Function 'SqrtBackward0' returned nan values in its 0th output"), "\(text)")
    #expect(text.contains("in module Root"), "\(text)")
    #if compiler(>=6.2) && os(Linux)
      #expect(text.contains("TrainerAnomalyTests.swift:8"), "\(text)")
    #endif
  }

  /// The gradient spoils the weights, so that the next loss is no number.
  @Test func withoutItTheNextLossIsTold() {
    let text = Self.message(compiles: false, detects: false)
    #expect(text.contains("nan in epoch 1, step 2"), "\(text)")
    #expect(text.hasSuffix("detectAnomaly = true names the operation and its line"), "\(text)")
  }
}
