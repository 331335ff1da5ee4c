import ApusCore
import ApusFormats

/// How a ``Trainer`` shows its progress.
public enum ProgressForm: String, Sendable, Hashable, CaseIterable {
  /// What fits: ``screen`` in a terminal of 40 columns and 10 lines or more that has Unicode, ``bar`` in another one, ``lines`` elsewhere.
  case automatic
  /// The whole terminal: bars, curves, numbers, a table of epochs. What is printed meanwhile appears at the end.
  case screen
  /// One line that is drawn again (``ProgressBar``).
  case bar
  /// Plain lines, ten seconds apart, as for a log file.
  case lines
  /// Nothing.
  case none
}

/// What a display is told of a step.
package struct StepProgress {
  var epoch: Int
  /// Batches of the epoch that are done.
  var step: Int
  /// Examples of the epoch so far.
  var items: Int
  var loss: Double
  var learningRate: Double
  /// That of all gradients together, where it is known.
  var gradientNorm: Double?

  package init(
    epoch: Int, step: Int, items: Int, loss: Double, learningRate: Double, gradientNorm: Double? = nil
  ) {
    (self.epoch, self.step, self.items) = (epoch, step, items)
    (self.loss, self.learningRate, self.gradientNorm) = (loss, learningRate, gradientNorm)
  }
}

/// Shows a run to a person.
package protocol TrainingDisplay: AnyObject {
  /// A step is over. `values` are those of the epoch so far, which are computed when they are drawn.
  func update(_ progress: StepProgress, values: () -> [ProgressBar.Value])
  /// Values of a validation inside of an epoch.
  func noteValidation(_ values: [(name: String, value: Double)])
  /// An epoch of `items` examples is over.
  func endEpoch(_ values: EpochValues, items: Int)
  /// Shows a line.
  func log(_ line: String)
  /// Gives the terminal back. Once.
  func finish(_ end: ScreenState.End)
}

/// A ``ProgressBar`` as the display of a run.
final class BarDisplay: TrainingDisplay {
  private let bar: ProgressBar

  init(_ bar: ProgressBar) { self.bar = bar }

  func update(_ progress: StepProgress, values: () -> [ProgressBar.Value]) {
    bar.update(epoch: progress.epoch, step: progress.step, items: progress.items, values: values())
  }

  func noteValidation(_ values: [(name: String, value: Double)]) {}

  /// Everything but the rate.
  func endEpoch(_ values: EpochValues, items: Int) {
    let shown = values.names.compactMap { name in name == "lr" ? nil : values[name].map { ProgressBar.Value(name, $0) }
    }
    bar.endEpoch(values.epoch, items: items, values: shown)
  }

  func log(_ line: String) { bar.log(line) }

  func finish(_ end: ScreenState.End) { bar.finish() }
}

extension ProgressForm {
  /// What is meant in a terminal of these abilities.
  package func resolved(_ terminal: Terminal) -> ProgressForm {
    guard self == .automatic else { return self }
    guard terminal.isInteractive else { return .lines }
    return terminal.hasUnicode && terminal.width >= 40 && terminal.height >= 10 ? .screen : .bar
  }
}
