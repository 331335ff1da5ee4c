import Apus

/// A run of a pipeline that came to its end.
public struct PipelineRun: Sendable {
  /// The name of the run.
  public let id: String
  /// What became of each step, in the order of the pipeline.
  public let steps: [StepResult]

  /// What a step made.
  /// - Throws: `TensorError` of kind `index` where the run has no such output.
  public func artifact<Kind>(_ output: StepOutput<Kind>) throws(TensorError) -> Artifact {
    guard let artifact = steps.first(where: { $0.name == output.step })?.outputs[output.key] else {
      throw TensorError(.index, "run \(id)", "the step '\(output.step)' made no '\(output.key)' in it")
    }
    return artifact
  }
}

/// What became of a step in a run.
public struct StepResult: Sendable {
  /// How it came to its result.
  public enum State: String, Sendable {
    /// It ran.
    case made
    /// A run before had made it.
    case cached
    /// This run had made it before it was ended and went on.
    case kept
    /// It failed.
    case failed
    /// A step that it needs failed, or the run was to end before it.
    case left
  }

  /// The name of the step.
  public let name: String
  /// How it came to its result.
  public let state: State
  /// What it made, by key.
  public let outputs: [String: Artifact]
  /// What it said of itself.
  public let properties: [String: SettingValue]
  /// How long it took, in seconds.
  public let seconds: Double
  /// Why it failed.
  public let error: TensorError?
}

/// What happens in a run, for whoever watches.
public enum PipelineEvent: Sendable {
  /// A step begins; the attempt counts from 1.
  case began(step: String, attempt: Int)
  /// A step says something.
  case line(step: String, String)
  /// An attempt failed, and another one follows.
  case failedOnce(step: String, TensorError)
  /// A step has come to its end.
  case ended(StepResult)
}
