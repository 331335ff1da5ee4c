import Apus
import TestSupport
import Testing

@Suite struct TrainingPrecisionTests {
  private final class Run {
    let model = Sequential(Flatten(), Linear(64, 32), ReLU(), LayerNorm(32), Linear(32, 10))
    let trainer: Trainer<(Tensor, Tensor)>
    let loader = DataLoader(Digits(train: true).subset(0..<256), batchSize: 64, shuffle: true)
    var losses: [Double] = []

    init(_ precision: TrainingPrecision, compiles: Bool = false) {
      trainer = Trainer(model, optimizer: AdamW(model.parameters(), lr: 1e-2), loss: CrossEntropyLoss())
      trainer.showsProgress = false
      trainer.precision = precision
      trainer.compiles = compiles
      trainer.callbacks = [Callback(onStep: { [unowned self] in losses.append($1) })]
    }
  }

  private func run(_ precision: TrainingPrecision, compiles: Bool = false, accumulated: Int = 1) throws -> Run {
    manualSeed(3)
    let run = Run(precision, compiles: compiles)
    run.trainer.accumulatedBatches = accumulated
    try run.trainer.fit(run.loader, epochs: 3)
    return run
  }

  @Test func namesAreLightnings() {
    #expect(TrainingPrecision("bf16-mixed") == .bfloat16Mixed && TrainingPrecision("16-mixed") == .float16Mixed)
    let names: [TrainingPrecision] = ["32-true", "32", "64-true", "64", "16-true", "bf16-true", "bf16", "16"]
    #expect(
      names == [
        .float32, .float32, .float64, .float64, .float16, .bfloat16, .bfloat16Mixed, .float16Mixed,
      ])
    #expect(throws: TensorError.self) { try withErrors { _ = TrainingPrecision(stringLiteral: "bf17") } }
  }

  /// The curve is that of float32 but for rounding, with parameters in float32, compiled or not.
  @Test(arguments: [TrainingPrecision.bfloat16Mixed, .float16Mixed], [false, true])
  func mixedTrainingFollowsFloat32(precision: TrainingPrecision, compiles: Bool) throws {
    let wide = try run(.float32)
    let mixed = try run(precision, compiles: compiles)
    #expect(mixed.model.parameters().allSatisfy { $0.dtype == .float32 })
    #expect(mixed.losses != wide.losses)
    for (a, b) in zip(mixed.losses, wide.losses) { #expect(abs(a - b) < 0.05, "\(a) \(b)") }
    #expect((mixed.trainer.scaler == nil) == (precision == .bfloat16Mixed))
  }

  /// Gradients are those of the unscaled loss where they are seen and bounded.
  @Test func accumulatedAndBoundedGradientsAreUnscaled() throws {
    final class Norms: TrainingCallback {
      var values: [Double] = []
      func gradientsReady(_ run: any TrainingRun) throws {
        values.append(getTotalNorm(run.model.parameters().compactMap(\.grad)).item())
      }
    }
    func norms(_ precision: TrainingPrecision) throws -> [Double] {
      manualSeed(3)
      let run = Run(precision)
      let norms = Norms()
      run.trainer.callbacks = [norms]
      if precision == .float16Mixed { run.trainer.scaler = GradScaler(initScale: 256) }
      run.trainer.accumulatedBatches = 2
      run.trainer.maxGradNorm = 0.5
      try run.trainer.fit(run.loader, epochs: 1)
      return norms.values
    }
    let (wide, mixed) = (try norms(.float32), try norms("16-mixed"))
    #expect(wide.count == 2 && zip(wide, mixed).allSatisfy { abs($0 - $1) < 0.02 * $0 })
  }

  @Test(arguments: [(TrainingPrecision.float64, DType.float64), (.bfloat16, .bfloat16), (.float16, .float16)])
  func truePrecisionsConvertModelAndBatches(precision: TrainingPrecision, dtype: DType) throws {
    let run = try run(precision)
    #expect(run.model.parameters().allSatisfy { $0.dtype == dtype })
    #expect(run.losses.last ?? 9 < run.losses[0])
    #expect(try run.trainer.predict(run.loader).dtype == dtype)
  }

  /// A run that goes on inside an epoch gives the same bits, and the same scale.
  @Test func theScaleResumesExactly() throws {
    func parts(_ run: Run) throws -> ([Double], [Float]) {
      (
        try #require(run.trainer.scaler).stateDict().map { $0.tensor.item() },
        run.model.stateDict().flatMap { $0.tensor.array(as: Float.self) }
      )
    }
    func started() -> Run {
      manualSeed(5)
      let run = Run("16-mixed")
      // Small enough to grow within the run, large enough to overflow.
      run.trainer.scaler = GradScaler(initScale: 4_194_304, growthInterval: 2)
      return run
    }
    let whole = started()
    try whole.trainer.fit(whole.loader, epochs: 3)

    let folder = TemporaryFolder()
    let path = folder.file("run.safetensors")
    let broken = started()
    broken.trainer.callbacks.append(
      Callback(onStep: { [trainer = broken.trainer] step, _ in
        if step == 6 {
          try trainer.save(to: path)
          trainer.stop()
        }
      }))
    try broken.trainer.fit(broken.loader, epochs: 3)
    manualSeed(99)
    let resumed = Run("16-mixed")
    try resumed.trainer.resume(from: path)
    try resumed.trainer.fit(resumed.loader, epochs: 3)
    let (a, b) = (try parts(whole), try parts(resumed))
    #expect(a.0 == b.0 && a.1 == b.1)
    #expect(a.0.first != 4_194_304)
  }

  @Test func severalOptimizersScaleThemselves() throws {
    let model = Linear(64, 10)
    let trainer = Trainer<(Tensor, Tensor)>(model, optimizers: [SGD(model.parameters(), lr: 0.1)]) { images, labels in
      .init(loss: crossEntropy(model(images.flatten(1)), labels), count: labels.count)
    }
    trainer.showsProgress = false
    trainer.precision = "16-mixed"
    let loader = DataLoader(Digits(train: true).subset(0..<64), batchSize: 64)
    #expect(throws: TensorError.self) { try trainer.fit(loader, epochs: 1) }
  }
}
