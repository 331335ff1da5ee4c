import ApusCore

/// A text of a batch: its tokens, its pages, and how its next token is chosen.
package final class BatchText {
  package let request: BatchRequest
  /// Which of the request's texts it is; before the prompt is read it stands for all.
  package let choice: Int
  /// In which order texts came.
  package let order: Int
  /// The prompt and what was generated.
  private(set) var ids: [Int]
  /// Pages of the tokens, in order.
  var pages: [Int32] = []
  /// How many tokens have been read: their keys and values lie in the pages.
  var readCount = 0
  /// How many pages others may know of, see ``PagePool/learn(_:parent:_:)``.
  var knownPages = 0
  private let chooser: TokenChooser
  private let stops: StopRules

  package init(_ request: BatchRequest, choice: Int, order: Int) {
    (self.request, self.choice, self.order) = (request, choice, order)
    ids = request.ids
    var configuration = request.configuration
    // Texts of one request draw differently, and each as it would alone with its own seed.
    configuration.seed = configuration.seed.map { $0 &+ choice }
    chooser = TokenChooser(
      configuration, request.extras, promptLength: request.ids.count, sources: [request.ids], rows: 1)
    stops = StopRules(configuration, promptLength: request.ids.count, request.extras.stopping)
  }

  /// How many tokens are yet to be read.
  var unreadCount: Int { ids.count - readCount }

  /// Whether it has a token of its own.
  var hasBegun: Bool { ids.count > request.ids.count }

  /// Chooses a token by `logits`, `[1, vocabulary]`, and gives it away; false where the text ends with it.
  func take(_ logits: Tensor) throws(TensorError) -> Bool {
    let token = try chooser.choose(logits) { _ in self.text }[0]
    ids.append(token)
    var reason = chooser.advance(0, token) ?? stops.reason(text)
    if reason == nil, let deadline = request.deadline, seconds() > deadline { reason = .time }
    let logProbability = request.configuration.logProbabilities == nil ? nil : chooser.logProbability(token, 0)
    request.send(
      GeneratedToken(
        id: token, index: ids.count - request.ids.count - 1, logProbability: logProbability, finishReason: reason,
        choice: choice))
    return reason == nil
  }

  /// What `logits` `[tokens, vocabulary]` behind the tokens from `first` on say of those that follow them.
  func scores(_ logits: Tensor, from first: Int) throws(TensorError) -> [TokenLogProbability] {
    let rows = ScoreRows()
    try rows.take(logits)
    rows.normalise()
    let count = request.configuration.logProbabilities ?? 0
    var found: [TokenLogProbability] = []
    for row in 0..<rows.rows where first + row + 1 < ids.count {
      found.append(TokenLogProbability(ids[first + row + 1], UnsafeBufferPointer(rows[row]), alternatives: count))
    }
    return found
  }

  private var text: TextSoFar { TextSoFar(ids: ids, promptLength: request.ids.count) }
}
