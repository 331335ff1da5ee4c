import ApusCore
import Dispatch
import Synchronization

/// Generates many texts at once that begin and end at different times: requests join as soon as there is room and leave when they end, and
/// each run of the model gives every text in it a token.
///
///     let batch = ContinuousBatch(model)
///     async let first = batch.generate([1, 2, 3], configuration)
///     for try await token in batch.stream([4, 5], configuration) { print(token.id) }
///
/// A text gets the tokens that it gets alone, up to rounding; draws of requests with a seed are their own. Keys and values lie in pages of
/// 32 tokens (Kwon et al., 2023), of which texts that begin alike share the first. Prompts are read in parts, between which the other texts
/// go on. Where pages run out, the text of least priority that began last gives its own back and goes on later.
///
/// For decoders that keep keys and values; others are refused. The number of texts is `numReturnSequences` of a request that samples.
public final class ContinuousBatch: Sendable {
  /// How much a batch holds.
  public struct Limits: Sendable, Hashable {
    /// How many texts are generated at once at most.
    public var texts = 16
    /// How many tokens of all texts, and of beginnings that are kept, there is memory for; whole pages of 32.
    public var tokens = 16384
    /// How many tokens a run of the model reads at most: what a long prompt may hold up the others by.
    public var tokensPerRun = 128
    /// How many requests wait at most; further ones are refused.
    public var waiting = 256
    /// What keys and values are kept in: `float32`, or `float16` or `bfloat16` in half the memory.
    public var cacheType = DType.float32

    /// The usual limits.
    public init() {}
  }

  /// What a request asks of the batch besides its tokens.
  public struct Priority: Sendable, Hashable {
    /// Requests of a higher level go first, and take the place of running ones if they have to.
    public var level = 0
    /// Whose request it is: among requests of a level, callers get equal shares of the tokens.
    public var caller = ""
    /// Seconds after which the text ends, or is refused if it has not begun; nil: never.
    public var deadline: Double?

    /// The usual level, no caller and no deadline.
    public init(level: Int = 0, caller: String = "", deadline: Double? = nil) {
      (self.level, self.caller, self.deadline) = (level, caller, deadline)
    }
  }

  /// Why a request is not worked on.
  public enum Refusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// As many requests wait as may.
    case queueIsFull(waiting: Int)
    /// The text may become longer than there is memory for.
    case isTooLong(tokens: Int, limit: Int)
    /// The time was up before it began.
    case deadlineHasPassed
    /// The batch takes no requests any more.
    case isClosed

    public var description: String {
      switch self {
      case .queueIsFull(let waiting): "\(waiting) requests are waiting, as many as may: try again later"
      case .isTooLong(let tokens, let limit):
        "the text may have \(tokens) tokens with what is generated, and there is room for \(limit): ask for fewer tokens"
      case .deadlineHasPassed: "the deadline passed before the text could begin"
      case .isClosed: "no requests are taken any more"
      }
    }
  }

  /// What a batch does at a moment, and did so far.
  public struct Statistics: Sendable, Hashable {
    /// Texts that are generated.
    public internal(set) var running = 0
    /// Requests that wait.
    public internal(set) var waiting = 0
    /// Tokens there is memory for.
    public internal(set) var tokensInAll = 0
    /// Tokens that the pages of texts hold, filled or not.
    public internal(set) var tokensInUse = 0
    /// Tokens of pages that are kept for later texts.
    public internal(set) var tokensKept = 0
    /// Bytes of keys and values of a token; 0 before the first run.
    public internal(set) var bytesPerToken = 0
    /// Runs of the model.
    public internal(set) var runs = 0
    /// Tokens of prompts that were read.
    public internal(set) var promptTokens = 0
    /// Tokens that were not read because an earlier text began with them.
    public internal(set) var reusedTokens = 0
    /// Tokens that were generated.
    public internal(set) var generatedTokens = 0
    /// How often a text had to give its pages back.
    public internal(set) var preemptions = 0
  }

  private let scheduler: BatchScheduler
  private let limits: Limits
  private let queue = DispatchQueue(label: "ContinuousBatch")
  private let state = Mutex(State())

  private struct State {
    var arrived: [BatchRequest] = []
    var isRunning = false
    var isClosed = false
    var statistics = Statistics()
    /// Who waits for the end of all work.
    var drains: [CheckedContinuation<Void, Never>] = []
  }

  /// A batch for `model` that holds as much as `limits` say; what is less than 1 counts as 1.
  public init(_ model: any GenerativeModel, _ limits: Limits = Limits()) {
    var limits = limits
    limits.texts = max(1, limits.texts)
    limits.tokensPerRun = max(1, limits.tokensPerRun)
    limits.waiting = max(1, limits.waiting)
    self.limits = limits
    scheduler = BatchScheduler(model, limits)
  }

  /// The tokens that follow `ids`, as they come. Whoever stops asking ends the text. Texts of a request for several come mixed; each token
  /// says whose it is.
  ///
  /// The stream throws a ``Refusal`` where the request cannot be worked on now, and `TensorError` where it makes no sense.
  public func stream(
    _ ids: [Int], _ configuration: GenerationConfiguration, _ extras: GenerationExtras = GenerationExtras(),
    _ priority: Priority = Priority()
  ) -> AsyncThrowingStream<GeneratedToken, any Error> {
    AsyncThrowingStream { continuation in
      submit(BatchRequest(ids, configuration, extras, priority, .tokens(continuation)))
    }
  }

  /// `ids` and what follows them; the first text where several are asked for.
  /// - Throws: as the stream of ``stream(_:_:_:_:)``.
  public func generate(
    _ ids: [Int], _ configuration: GenerationConfiguration, _ extras: GenerationExtras = GenerationExtras(),
    _ priority: Priority = Priority()
  ) async throws -> [Int] {
    var all = ids
    for try await token in stream(ids, configuration, extras, priority) where token.choice == 0 { all.append(token.id) }
    return all
  }

  /// What the model thinks of each token of `ids` behind those before it; nothing of the first, which stands behind nothing.
  /// - Parameter alternatives: how many of the likeliest tokens come with each.
  /// - Throws: a ``Refusal``, or `TensorError` where the tokens make no sense.
  public func score(
    _ ids: [Int], alternatives: Int = 0, _ priority: Priority = Priority()
  ) async throws -> [TokenLogProbability] {
    let parts = AsyncThrowingStream<[TokenLogProbability], any Error> { continuation in
      var configuration = GenerationConfiguration(maxNewTokens: 1)
      configuration.logProbabilities = max(0, alternatives)
      submit(BatchRequest(ids, configuration, GenerationExtras(), priority, .scores(continuation)))
    }
    var all: [TokenLogProbability] = []
    for try await part in parts { all += part }
    return all
  }

  /// What the batch does now, and did so far.
  public var statistics: Statistics {
    state.withLock { state in
      var found = state.statistics
      found.waiting += state.arrived.count
      return found
    }
  }

  /// Takes no more requests, and returns once those that are there are done.
  public func close() async {
    await withCheckedContinuation { continuation in
      let isDone = state.withLock { state in
        state.isClosed = true
        if state.isRunning { state.drains.append(continuation) }
        return !state.isRunning
      }
      if isDone { continuation.resume() }
    }
  }

  private func submit(_ request: BatchRequest) {
    do {
      try scheduler.check(request)
    } catch {
      return request.fail(error)
    }
    let (refusal, starts) = state.withLock { state -> (Refusal?, Bool) in
      if state.isClosed { return (.isClosed, false) }
      let waiting = state.arrived.count + state.statistics.waiting
      if waiting >= limits.waiting { return (.queueIsFull(waiting: waiting), false) }
      state.arrived.append(request)
      defer { state.isRunning = true }
      return (nil, !state.isRunning)
    }
    if let refusal { return request.fail(refusal) }
    // The one thread that works as long as there is work: the model's threads belong to it, and tasks go on meanwhile.
    if starts { queue.async { self.run() } }
  }

  private func run() {
    while true {
      for request in state.withLock({ state in
        defer { state.arrived = [] }
        return state.arrived
      }) { scheduler.add(request) }
      scheduler.step()
      let (isDone, drains) = state.withLock { state in
        state.statistics = scheduler.statistics
        let isDone = state.arrived.isEmpty && scheduler.isEmpty
        guard isDone else { return (false, [CheckedContinuation<Void, Never>]()) }
        state.isRunning = false
        defer { state.drains = [] }
        return (true, state.drains)
      }
      for drain in drains { drain.resume() }
      if isDone { return }
    }
  }
}
