import Apus
import Testing

#if compiler(>=6.2) && os(Linux)
  /// A program that stops for a mistake: what it printed stays, and the first lines say what and where.
  @Suite struct StopTests {
    private static func text(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }

    @Test func whatWasPrintedBeforeIsNotLost() async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardOutputContent, \.standardErrorContent]
      ) {
        print("before")
        _ = Tensor.ones(2, 3).matmul(Tensor.ones(2, 3))
      }
      let printed = Self.text(result?.standardOutputContent)
      #expect(printed.contains("before\n"))
    }

    @Test func theFirstLineIsTheMessageAndTheSecondTheUsersPlace() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        multiplyWhatDoesNotFit()
      }
      let lines = Self.text(result?.standardErrorContent).split(separator: "\n").map(String.init)
      #expect(lines.first == "matmul: cannot multiply [2, 3] by [2, 3]: the inner dimensions 3 and 2 differ")
      #expect(
        lines.count > 1 && lines[1].hasPrefix("  at ") && lines[1].hasSuffix("StopTests.swift:\(lineOfTheProduct)"))
      #expect(!lines.contains { $0.contains("/Sources/Apus") || $0.contains("Thread") || $0.contains("rax") })
    }

    /// What a program adds to a type of the library is the program's.
    @Test func extensionsOfTheUserAreTheUsers() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        squareWhatIsNoSquare()
      }
      let lines = Self.text(result?.standardErrorContent).split(separator: "\n")
      #expect(
        lines.count > 2 && lines[1].contains("timesItself") && lines[2].contains("squareWhatIsNoSquare"), "\(lines)")
    }

    /// Mistakes found in another thread's work are told from there.
    @Test func theModuleIsNamed() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        callLayersThatDoNotFit()
      }
      let lines = Self.text(result?.standardErrorContent).split(separator: "\n")
      #expect(lines.first?.contains("(in module Sequential.1)") == true, "\(lines)")
      #expect(lines.count > 1 && lines[1].contains("StopTests.swift"))
    }

    /// The path leads from the outermost module's type to the layer whose input does not fit.
    @Test func modulesDeepInsideAreNamedByTheirPath() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { callDeepNetwork() }
      let lines = Self.text(result?.standardErrorContent).split(separator: "\n")
      #expect(lines.first?.hasSuffix("(in module DeepNet.encoder.layers.0.attn.out)") == true, "\(lines)")
      let calls = ["DeepAttention.forward", "DeepBlock.forward", "DeepEncoder.forward", "DeepNet.forward"]
      for (line, call) in zip(lines.dropFirst(), calls) { #expect(line.contains("at \(call) in "), "\(lines)") }
    }

    @Test func aCompiledFunctionIsToldLikeAnyOther() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { callCompiled() }
      let lines = Self.text(result?.standardErrorContent).split(separator: "\n")
      #expect(lines.first?.hasPrefix("matmul: cannot multiply [2, 3] by [2, 3]") == true, "\(lines)")
      #expect(lines.count > 1 && lines[1].hasSuffix("StopTests.swift:\(lineOfTheCompiledProduct)"), "\(lines)")
    }

    @Test func tasksAreToldFromTheirOwnCalls() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        await Task.detached { multiplyWhatDoesNotFit() }.value
      }
      let lines = Self.text(result?.standardErrorContent).split(separator: "\n")
      #expect(lines.count > 1 && lines[1].hasSuffix("StopTests.swift:\(lineOfTheProduct)"), "\(lines)")
    }

    /// A failed tensor that is used elsewhere tells both places.
    @Test func whatWasKeptTellsWhereItFailed() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var kept = Tensor(0.0)
        try? withErrors { kept = failingProduct() }
        useLater(kept)
      }
      let lines = Self.text(result?.standardErrorContent).split(separator: "\n")
      #expect(lines.count > 1 && lines[1].contains("at failingProduct in "), "\(lines)")
      #expect(lines.contains { $0.hasPrefix("  met at useLater in ") }, "\(lines)")
    }

    @Test func caughtErrorsTellTheirPlace() throws {
      let error = try #require(throws: TensorError.self) { try withErrors { failingProduct() } }
      #expect(error.backtrace.first?.hasPrefix("failingProduct in ") == true, "\(error.backtrace)")
      #expect(error.debugDescription.hasPrefix("\(error)\n  at failingProduct in "))
      let missing = try #require(throws: TensorError.self) { try loadNothing() }
      #expect(missing.backtrace.first?.hasPrefix("loadNothing in ") == true, "\(missing.backtrace)")
    }

    /// What a compiled function prints makes it run eagerly, which is told once with the line.
    @Test func printingInACompiledFunctionTellsTheLine() {
      let f = compile { (x: Tensor) in printed(x) + 1 }
      let warnings = catchWarnings { for _ in 0..<2 { _ = f(ones(2)) } }.warnings
      #expect(warnings.count == 1)
      #expect(warnings.first?.message.contains("StopTests.swift:\(lineOfThePrint)") == true, "\(warnings)")
    }
  }

  // What a user wrote, kept from the optimiser as in a debug build: it would take calls into each other until no line is left.
  // Functions with the same body are made one, without a line: each has one of its own.

  private let lineOfTheProduct = #line + 4
  @inline(never) @_optimize(none)
  private func multiplyWhatDoesNotFit() {
    let x = Tensor.ones(2, 3)
    _ = x.matmul(x)
  }

  @inline(never) @_optimize(none)
  private func squareWhatIsNoSquare() { _ = Tensor.ones(2, 3).timesItself() }

  @inline(never) @_optimize(none)
  private func callLayersThatDoNotFit() { _ = Sequential(Linear(4, 2), Linear(3, 2))(Tensor.ones(1, 4)) }

  private let lineOfTheCompiledProduct = #line + 2
  @inline(never) @_optimize(none)
  private func productOfCompiled(_ x: Tensor) -> Tensor { x.matmul(x).relu() }
  @inline(never) @_optimize(none)
  private func callCompiled() {
    let f = compile { (x: Tensor) in productOfCompiled(x.relu()) }
    _ = f(Tensor.ones(3, 3))
    _ = f(Tensor.ones(2, 3))
  }

  @inline(never) @_optimize(none)
  private func failingProduct() -> Tensor { Tensor.ones(2, 3).matmul(Tensor.ones(2, 3)) }

  @inline(never) @_optimize(none)
  private func useLater(_ x: Tensor) { _ = x + 1 }

  @inline(never) @_optimize(none)
  private func loadNothing() throws { _ = try load("/nowhere/nothing.safetensors") }

  private let lineOfThePrint = #line + 3
  @inline(never) @_optimize(none)
  private func printed(_ x: Tensor) -> Tensor {
    _ = "\(x)"
    return x
  }

  @inline(never) @_optimize(none)
  private func callDeepNetwork() { _ = DeepNet()(Tensor.ones(1, 8)) }

  private final class DeepAttention: Layer {
    let qkv = Linear(8, 24)
    let out = Linear(9, 8)
    @inline(never) @_optimize(none)
    func forward(_ x: Tensor) -> Tensor { out(qkv(x)[0..., ..<8]) }
  }
  private final class DeepBlock: Layer {
    let attn = DeepAttention()
    @inline(never) @_optimize(none)
    func forward(_ x: Tensor) -> Tensor { x + attn(x) }
  }
  private final class DeepEncoder: Layer {
    let layers = [DeepBlock(), DeepBlock()]
    @inline(never) @_optimize(none)
    func forward(_ x: Tensor) -> Tensor { layers[1](layers[0](x)) }
  }
  private final class DeepNet: Layer {
    let encoder = DeepEncoder()
    @inline(never) @_optimize(none)
    func forward(_ x: Tensor) -> Tensor { encoder(x) }
  }

  extension Tensor {
    @inline(never) @_optimize(none)
    fileprivate func timesItself() -> Tensor { matmul(self) - 1 }
  }
#endif
