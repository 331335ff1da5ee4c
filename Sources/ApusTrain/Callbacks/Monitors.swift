import ApusCore
import ApusFormats
import ApusNN
import ApusOptim

/// Logs the learning rate of each parameter group of each optimiser after every step, and its momentum if asked: `lr`, or
/// `lr 0`, `lr 1` ... where there are several.
public final class LearningRateMonitor: TrainingCallback {
  private let logsMomentum: Bool

  /// - Parameter logMomentum: log the momentum (of Adam's kind the first beta) too.
  public init(logMomentum: Bool = false) { logsMomentum = logMomentum }

  public func stepEnded(_ step: Int, loss: Double, of run: any TrainingRun) throws {
    let rates = run.optimizers.flatMap(\.learningRates)
    for (i, rate) in rates.enumerated() { run.log(rates.count == 1 ? "lr" : "lr \(i)", rate) }
    guard logsMomentum else { return }
    let momenta = run.optimizers.flatMap(\.momenta)
    for case (let i, let momentum?) in momenta.enumerated() {
      run.log(momenta.count == 1 ? "momentum" : "momentum \(i)", momentum)
    }
  }
}

/// Logs the norm of all gradients together, before it is bounded: `gradient norm`.
public final class GradientNormMonitor: TrainingCallback {
  private let everySteps: Int

  /// - Parameter everySteps: how many steps lie between two values.
  public init(everySteps: Int = 1) { self.everySteps = max(1, everySteps) }

  public func gradientsReady(_ run: any TrainingRun) throws {
    guard run.step % everySteps == 0 else { return }
    let gradients = run.model.parameters().compactMap(\.grad)
    if gradients.isEmpty { return }
    let total: Double = noGrad { getTotalNorm(gradients) }.item()
    run.log("gradient norm", total)
  }
}

/// Ends the run after a time. Time before a break is not counted.
public final class Timer: TrainingCallback {
  private let limit: Double
  private var started = 0.0

  /// - Parameter seconds: how long training may take; the step that is being made is finished.
  public init(seconds: Double) { limit = seconds }

  /// The seconds since the run began.
  public var elapsed: Double { Clock.seconds - started }

  public func runStarted(_ run: any TrainingRun) throws { started = Clock.seconds }

  public func stepEnded(_ step: Int, loss: Double, of run: any TrainingRun) throws {
    guard elapsed > limit else { return }
    run.say("the time of \(NumberText.steady(limit)) s is over after step \(step)")
    run.stop()
  }
}

/// Prints the table of modules when a run begins.
public final class ModelSummary: TrainingCallback {
  private let input: [Int]?

  /// - Parameter input: a shape of input to find the shapes of results with; nil to leave them out.
  public init(input: [Int]? = nil) { self.input = input }

  public func runStarted(_ run: any TrainingRun) throws { run.say(run.model.summary(input: input).description) }
}
