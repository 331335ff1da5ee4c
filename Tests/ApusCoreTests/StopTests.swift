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
  }

  // What a user wrote, kept from the optimiser as in a debug build: it would take calls into each other until no line is left.

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

  extension Tensor {
    @inline(never) @_optimize(none)
    fileprivate func timesItself() -> Tensor { matmul(self) }
  }
#endif
