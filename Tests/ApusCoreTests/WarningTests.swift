import Apus
import Testing

/// What PyTorch warns of is warned of, where the program did it.
@Suite struct WarningTests {
  private static let broadcasting =
    "Using a target size ([4]) that is different to the input size ([4, 1]). This will likely lead to incorrect results due "
    + "to broadcasting. Please ensure they have the same size."

  @Test(arguments: ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"])
  func lossesWarnOfBroadcasting(_ name: String) {
    let losses: [String: (Tensor, Tensor) -> Tensor] = [
      "mse_loss": { mseLoss($0, $1) }, "l1_loss": { l1Loss($0, $1) }, "smooth_l1_loss": { smoothL1Loss($0, $1) },
      "huber_loss": { huberLoss($0, $1) },
    ]
    guard let loss = losses[name] else { return }
    let (value, warnings) = catchWarnings { loss(Tensor.ones(4, 1), Tensor.zeros([4])) }
    #expect(value.shape == [])
    #expect(warnings.map(\.operation) == [name] && warnings.map(\.message) == [Self.broadcasting])
    for type in [DType.float16, .bfloat16] {
      let narrow = catchWarnings { loss(Tensor.ones(4, 1).to(type), Tensor.zeros([4]).to(type)) }
      #expect(narrow.warnings.map(\.message) == [Self.broadcasting])
    }
    #expect(catchWarnings { loss(Tensor.ones(4, 1), Tensor.zeros([4, 1])) }.warnings.isEmpty)
    #expect(catchWarnings { smoothL1Loss(Tensor.ones(4, 1), Tensor.zeros([4]), beta: 0) }.warnings.count == 1)
  }

  #if compiler(>=6.2) && os(Linux)
    @Test func theUsersPlaceIsNamed() {
      let line = #line + 1
      let (_, warnings) = catchWarnings { mseLoss(Tensor.ones(4, 1), Tensor.zeros([4])) }
      #expect(warnings.first?.place?.hasSuffix("WarningTests.swift:\(line)") == true)
      #expect(warnings.first?.description.contains(":\(line): warning: mse_loss: Using a target size") == true)
    }

    /// Lines on the standard error stream that warn.
    private static func warned(_ bytes: [UInt8]?) -> Int {
      String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n").count { $0.contains("warning: ") }
    }

    @Test func aPlaceWarnsOnce() async {
      let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
        warnAtTwoPlaces()
      }
      let count = Self.warned(result?.standardErrorContent)
      #expect(count == 2)
    }

    @Test func modesSayWhatBecomesOfWarnings() async {
      let results = [
        await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
          Warnings.mode = .always
          for _ in 0..<3 { _ = mseLoss(Tensor.ones(4, 1), Tensor.zeros([4])) }
        },
        await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
          Warnings.mode = .silent
          _ = mseLoss(Tensor.ones(4, 1), Tensor.zeros([4]))
        },
      ]
      let counts = results.map { Self.warned($0?.standardErrorContent) }
      #expect(counts == [3, 0])
      let stopped = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        Warnings.mode = .error
        _ = mseLoss(Tensor.ones(4, 1), Tensor.zeros([4]))
      }
      let text = String(decoding: stopped?.standardErrorContent ?? [], as: UTF8.self)
      #expect(text.hasPrefix("mse_loss: " + Self.broadcasting + "\n"))
    }
  #endif

  @Test func warningsCanBeErrorsInAPart() {
    let error = #expect(throws: TensorError.self) {
      try withWarnings(.error) { try withErrors { _ = mseLoss(Tensor.ones(4, 1), Tensor.zeros([4])) } }
    }
    #expect(error?.operation == "mse_loss" && error?.message == Self.broadcasting)
    let quiet = catchWarnings { withWarnings(.silent) { mseLoss(Tensor.ones(4, 1), Tensor.zeros([4])) } }
    #expect(quiet.warnings.isEmpty)
  }

  @Test func whatElsePyTorchWarnsOf() {
    func warned(_ body: () -> Void) -> [String] { catchWarnings(body).warnings.map(\.operation) }
    let one = Tensor.ones(1, 3)
    #expect(warned { _ = one.std(0) } == ["std"])
    #expect(warned { _ = Tensor.ones(1).var() } == ["var"])
    #expect(warned { _ = Tensor.zeros([0]).std(correction: 0) } == ["std"])
    #expect(
      warned {
        _ = one.std(1); _ = one.var(0, correction: 0)
      }.isEmpty)
    #expect(warned { _ = Tensor.ones(2, 1).cov() } == ["cov"])
    #expect(warned { _ = klDiv(one, one) } == ["kl_div"])
    #expect(warned { _ = klDiv(one, one, reduction: .batchMean) }.isEmpty)
    #expect(warned { _ = Tensor.ones(2, 3, 4).T } == ["T"])
    #expect(
      warned {
        _ = one.T; _ = Tensor.ones(2).T
      }.isEmpty)
    #expect(warned { _ = dropout2d(Tensor.ones(2, 3, 4)) } == ["dropout2d"])
    #expect(warned { _ = dropout2d(Tensor.ones(2, 3)) } == ["dropout2d"])
    #expect(warned { _ = dropout2d(Tensor.ones(2, 3, 4, 4)) }.isEmpty)
    #expect(warned { _ = one.to(.complex64).to(.float32) } == ["to"])
    #expect(warned { _ = one.to(.complex64).to(.bool) }.isEmpty)
    let mask = Tensor([1.0, 0.0]).to(.uint8)
    #expect(warned { _ = Tensor([1.0, 2.0])[mask] } == ["subscript"])
    #expect(warned { _ = `where`(mask, Tensor([1.0, 2.0]), Tensor([3.0, 4.0])) } == ["where"])
  }

  @Test func gradientsOfIntermediateResultsAreNotKept() {
    func warned(_ body: () -> Void) -> [String] { catchWarnings(body).warnings.map(\.operation) }
    let x = Tensor([1.0, 2.0], requiresGrad: true)
    let y = x * 2
    #expect(y.requiresGrad && warned { _ = y.grad } == ["grad"])
    let z = x * 2
    z.retainGrad()
    #expect(
      warned {
        _ = z.grad; _ = x.grad; _ = Tensor([1.0]).grad
      }.isEmpty)
    #expect(warned { (x * x).sum().backward(createGraph: true) } == ["backward"])
    x.grad = nil
  }
}

#if compiler(>=6.2) && os(Linux)
  /// What a user wrote, kept from the optimiser, which would make one place of the two.
  @inline(never) @_optimize(none)
  private func warnAtTwoPlaces() {
    let (x, t) = (Tensor.ones(4, 1), Tensor.zeros([4]))
    for _ in 0..<3 { _ = mseLoss(x, t) }
    for _ in 0..<3 { _ = mseLoss(x, t) }
  }
#endif
