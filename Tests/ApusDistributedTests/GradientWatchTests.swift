import Apus
import Testing

// When a gradient counts as complete.

@Suite(.enabled(if: caseName == nil)) struct GradientWatchTests {
  /// Writes down what it is told.
  private final class Notes: GradientObserver, @unchecked Sendable {
    var lines: [String] = []
    /// What is written beside a variable.
    var note: (Int) -> String = { _ in "" }

    func passBegan(reaching variables: [Int]) { lines.append("began \(variables)") }
    func gradientIsComplete(_ variable: Int) { lines.append("\(variable)\(note(variable))") }
    func passEnded() throws(TensorError) { lines.append("ended") }
  }

  private func variable(_ value: Double) -> Tensor { Tensor(Tensor([value]), requiresGrad: true) }

  @Test func gradientsAreCompleteBeforeThePassIsOver() {
    let (a, b, c, unused) = (variable(2), variable(3), variable(5), variable(7))
    let notes = Notes()
    // What the variable has collected when it is complete, and whether the first one has anything yet.
    notes.note = { number in
      let own = [a, b, c, unused][number].grad?.item() ?? .nan
      return " \(own) \(a.grad != nil)"
    }
    let watch = GradientWatch([a, b, c, unused], notes)
    // c is read last, b before it and once more at last, a first of all.
    let y = (a * 2) * b
    (y + b * c).backward()
    #expect(notes.lines == ["began [2, 1, 0]", "2 3.0 false", "1 9.0 false", "0 6.0 true", "ended"], "\(notes.lines)")
    // Only some, and those of another graph not at all.
    notes.lines = []
    (variable(1) * 2).backward()
    #expect(notes.lines.isEmpty)
    (unused * 3).backward()
    #expect(notes.lines == ["began [3]", "3 3.0 true", "ended"], "\(notes.lines)")
    // Hooks change a gradient at the end, and with inputs named only these get one.
    notes.lines = []
    let handle = c.registerHook { $0 * 2 }
    c.grad = nil
    (c * a).backward()
    #expect(notes.lines == ["began [0, 2]", "0 11.0 true", "2 4.0 true", "ended"], "\(notes.lines)")
    handle.remove()
    notes.lines = []
    b.grad = nil
    (b * a).backward(inputs: [b])
    #expect(notes.lines == ["began [1]", "1 2.0 true", "ended"], "\(notes.lines)")
    withExtendedLifetime(watch) {}
  }

  @Test func watchesEnd() {
    let a = variable(2)
    let notes = Notes()
    do {
      let watch = GradientWatch([a], notes)
      (a * 2).backward()
      withExtendedLifetime(watch) {}
    }
    (a * 2).backward()
    #expect(notes.lines.filter { $0 == "ended" }.count == 1)
  }
}
