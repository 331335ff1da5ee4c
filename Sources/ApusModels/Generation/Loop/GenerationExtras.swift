/// What a generation is given besides options.
public struct GenerationExtras: Sendable {
  /// Change scores, after those of the options and before those of sampling.
  public var processors: [any ScoreProcessor] = []
  /// End texts.
  public var stopping: [any StopCondition] = []
  /// What the text must be: a grammar, a JSON schema.
  public var constraint: (any TokenConstraint)?

  /// Nothing but what is given.
  public init(
    processors: [any ScoreProcessor] = [], stopping: [any StopCondition] = [], constraint: (any TokenConstraint)? = nil
  ) {
    (self.processors, self.stopping, self.constraint) = (processors, stopping, constraint)
  }
}
