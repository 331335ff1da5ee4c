import ApusCore

/// A token of a text under way.
public struct GeneratedToken: Sendable, Hashable {
  /// The number of the token.
  public let id: Int
  /// Its place among the new tokens, from 0 on.
  public let index: Int
  /// What the model thought of it, if the options ask for that.
  public let logProbability: TokenLogProbability?
  /// Why the text ends here; nil where it goes on.
  public let finishReason: FinishReason?
  /// Which of the texts it belongs to that go on from one prompt, from 0 on.
  public var choice = 0
}

/// The tokens of one text as they are generated: each is computed when it is asked for, so whoever stops asking stops the model.
/// A cancelled task ends the text.
///
///     for try await token in model.stream(prompt, configuration) { print(token.id) }
public struct GenerationStream: AsyncSequence, Sendable {
  /// What comes: a token at a time.
  public typealias Element = GeneratedToken

  let model: any GenerativeModel
  let inputs: ModelInputs
  let configuration: GenerationConfiguration
  let extras: GenerationExtras

  /// Begins the text anew.
  public func makeAsyncIterator() -> Iterator { Iterator(self) }

  /// Goes on step by step.
  public struct Iterator: AsyncIteratorProtocol {
    private let state: State

    init(_ stream: GenerationStream) { state = State(stream) }

    /// The next token; nil at the end.
    /// - Throws: ``TensorError`` where options or inputs make no sense.
    public mutating func next() async throws -> GeneratedToken? { try state.next() }
  }

  // One iterator uses it, one call after the other.
  private final class State: @unchecked Sendable {
    private let stream: GenerationStream
    private var decoding: Decoding?
    private var count = 0
    private var isDone = false

    init(_ stream: GenerationStream) { self.stream = stream }

    func next() throws -> GeneratedToken? {
      if isDone { return nil }
      do {
        return try withErrors { try step() }
      } catch {
        isDone = true
        throw error
      }
    }

    private func step() throws -> GeneratedToken? {
      let decoding =
        try decoding ?? Decoding(stream.model, stream.inputs, stream.configuration, stream.extras)
      self.decoding = decoding
      if Task.isCancelled { decoding.cancel() }
      guard let token = try decoding.step()?.first else {
        isDone = true
        return nil
      }
      count += 1
      return GeneratedToken(
        id: token, index: count - 1, logProbability: decoding.lastLogProbability(0),
        finishReason: decoding.finishReason(0))
    }
  }
}

extension GenerativeModel {
  /// The tokens that follow `ids`, one by one, under the options that the model was published with.
  /// - Throws: ``TensorError`` where the file of these options makes no sense.
  public func stream(_ ids: [Int], maxNewTokens: Int) throws -> GenerationStream {
    var configuration = try publishedGeneration()
    configuration.maxNewTokens = maxNewTokens
    return stream(ids, configuration)
  }

  /// The tokens that follow `ids`, one by one. Beams know their best text at the end only: they are not searched.
  public func stream(
    _ ids: [Int], _ configuration: GenerationConfiguration, _ extras: GenerationExtras = GenerationExtras()
  ) -> GenerationStream {
    stream(GenerationPrompt.inputs([ids], padding: configuration.paddingToken), configuration, extras)
  }

  /// The tokens that follow one row of inputs.
  public func stream(
    _ inputs: ModelInputs, _ configuration: GenerationConfiguration, _ extras: GenerationExtras = GenerationExtras()
  ) -> GenerationStream {
    var configuration = configuration
    (configuration.numBeams, configuration.numReturnSequences) = (1, 1)
    return GenerationStream(model: self, inputs: inputs, configuration: configuration, extras: extras)
  }
}
