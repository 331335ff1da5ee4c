import ApusCore

/// Runs the texts of a ``ContinuousBatch`` together.
final class BatchScheduler: @unchecked Sendable {
  // Only the one task that runs the batch uses what changes.
  private let model: any GenerativeModel
  private let limits: ContinuousBatch.Limits
  private let refusal: TensorError?
  private let cache: PagedCache
  private var pool: PagePool
  private var queue = BatchQueue()
  private var texts: [BatchText] = []
  private var arrivals = 0
  private var counts = ContinuousBatch.Statistics()

  init(_ model: any GenerativeModel, _ limits: ContinuousBatch.Limits) {
    (self.model, self.limits) = (model, limits)
    let pages = max(1, (limits.tokens + PagedCache.pageRows - 1) / PagedCache.pageRows)
    let isKept = PagedCache.types.contains(limits.cacheType)
    cache = PagedCache(pageCount: pages, type: isKept ? limits.cacheType : .float32)
    pool = PagePool(count: pages, rows: PagedCache.pageRows)
    if !isKept {
      refusal = TensorError(
        .dtype, "generate", "keys and values are kept in float32, float16 or bfloat16, and not in \(limits.cacheType)")
    } else if model.isEncoderDecoder {
      refusal = TensorError(.unsupported, "generate", "texts of encoder-decoders are not batched continuously")
    } else if !(model.makeCache(capacity: nil) is KeyValueCache) {
      refusal = TensorError(
        .unsupported, "generate", "only models that keep keys and values of one text are batched continuously")
    } else {
      refusal = nil
    }
  }

  var isEmpty: Bool { texts.isEmpty && queue.isEmpty }

  /// What there is now, and was so far.
  var statistics: ContinuousBatch.Statistics {
    var found = counts
    found.running = texts.count
    found.waiting = queue.count
    found.tokensInAll = pool.count * PagedCache.pageRows
    found.tokensInUse = (pool.count - pool.availableCount) * PagedCache.pageRows
    found.tokensKept = pool.idleCount * PagedCache.pageRows
    found.bytesPerToken = cache.bytesPerToken
    return found
  }

  /// Checks a request before it waits; reads only what never changes.
  func check(_ request: BatchRequest) throws {
    if let refusal { throw refusal }
    guard !request.ids.isEmpty else {
      throw TensorError(.value, "generate", "needs a prompt of at least one token")
    }
    let configuration = request.configuration
    guard configuration.numBeams == 1 else {
      throw TensorError(.unsupported, "generate", "beams are not batched continuously")
    }
    guard request.choices == 1 || configuration.doSample else {
      throw TensorError(
        .value, "generate", "\(request.choices) texts are asked for, and without sampling they are equal")
    }
    guard request.choices <= limits.texts else {
      throw TensorError(
        .value, "generate", "\(request.choices) texts are asked for, and \(limits.texts) are generated at once at most")
    }
    try withErrors { try configuration.check(promptLength: request.ids.count) }
    let length = request.isScored ? request.ids.count : configuration.finalLength(promptLength: request.ids.count)
    let limit = cache.pageCount * PagedCache.pageRows
    if length > limit { throw ContinuousBatch.Refusal.isTooLong(tokens: length, limit: limit) }
  }

  /// Lets a request wait.
  func add(_ request: BatchRequest) {
    arrivals += 1
    queue.add(BatchText(request, choice: 0, order: arrivals))
  }

  /// Lets texts begin, and runs the model once.
  func step() {
    leave { $0.request.isCancelled }
    queue.clean()
    admit()
    perform(plan())
  }

  private func perform(_ runs: [(text: BatchText, run: PagedStep.Run)]) {
    // Texts may leave while others are given their tokens.
    let runs = runs.filter { isRunning($0.text) }
    guard !runs.isEmpty else { return }
    do {
      let logits = try withErrors { try run(runs) }
      var row = 0
      for (text, run) in runs {
        let rows = run.logits == .none ? 0 : run.logits == .last ? 1 : run.count
        defer { row += rows }
        guard isRunning(text) else { continue }
        let first = text.readCount
        text.readCount += run.count
        learn(text)
        if rows > 0 { hand(logits.narrow(0, row, rows), to: text, from: first) }
      }
    } catch {
      // One text's mistake is not that of the others.
      if runs.count > 1 { return runs.forEach { perform([$0]) } }
      runs[0].text.request.fail(error)
      leave { $0.request.isCancelled }
    }
  }

  private func isRunning(_ text: BatchText) -> Bool { texts.contains { $0 === text } }

  // MARK: Who runs

  private func admit() {
    while let text = queue.next {
      let room = limits.texts - texts.reduce(0) { $0 + ($1.hasBegun ? 1 : $1.request.choices) }
      if room < (text.hasBegun ? 1 : text.request.choices) {
        guard preempt(below: text.request.priority.level) else { return }
        continue
      }
      guard begin(text) else {
        guard preempt(below: text.request.priority.level) else { return }
        continue
      }
      queue.removeNext()
      texts.append(text)
    }
  }

  /// Gives a text pages for all its tokens, those of an earlier text where it begins as that one.
  private func begin(_ text: BatchText) -> Bool {
    // The logits behind the last token are asked for: it has to be read. Of what is scored all have.
    let reuses = !text.request.isScored && !cache.dependsOnLengths
    let match = reuses ? pool.match(text.ids, limit: text.ids.count - 1) : PagePool.Match()
    let source = match.partial?.page
    for page in match.pages { pool.retain(page) }
    if let source { pool.retain(source) }
    defer { if let source { pool.release([source]) } }
    var pages = match.pages
    let needed = (text.ids.count + PagedCache.pageRows) / PagedCache.pageRows - pages.count
    guard pool.availableCount >= needed || texts.isEmpty else {
      pool.release(match.pages)
      return false
    }
    while pages.count * PagedCache.pageRows < text.ids.count, let page = pool.allocate() { pages.append(page) }
    text.pages = pages
    text.knownPages = match.pages.count
    text.readCount = match.pages.count * PagedCache.pageRows
    if let partial = match.partial, pages.count > match.pages.count {
      cache.copy(from: partial.page, to: pages[match.pages.count], count: partial.rows)
      text.readCount += partial.rows
    }
    counts.reusedTokens += text.readCount
    return true
  }

  /// Sends the text of least priority that began last back to wait; false where none is below `level`.
  private func preempt(below level: Int) -> Bool {
    let order = texts.filter { $0.request.priority.level < level }
    guard let victim = order.min(by: Self.goesFirst) else { return false }
    sendBack(victim)
    return true
  }

  private static func goesFirst(_ a: BatchText, _ b: BatchText) -> Bool {
    let (first, second) = (a.request.priority.level, b.request.priority.level)
    return first == second ? a.order > b.order : first < second
  }

  private func sendBack(_ text: BatchText) {
    counts.preemptions += 1
    texts.removeAll { $0 === text }
    giveBack(text)
    queue.resume(text)
  }

  /// What each text reads in the next run: a token of those that are under way, then parts of prompts in the order in which they came.
  private func plan() -> [(text: BatchText, run: PagedStep.Run)] {
    // Texts under way need a page now and then; somebody has to go where there is none.
    for text in texts where isRunning(text) {
      while text.pages.count * PagedCache.pageRows < text.ids.count {
        if let page = pool.allocate() {
          text.pages.append(page)
        } else if let victim = texts.min(by: Self.goesFirst) {
          sendBack(victim)
          if victim === text { break }
        }
      }
    }
    var room = limits.tokensPerRun
    var result: [(text: BatchText, run: PagedStep.Run)] = []
    for text in texts.filter({ $0.unreadCount == 1 }) + texts.filter({ $0.unreadCount > 1 }) {
      let count = min(text.unreadCount, max(room, text.unreadCount == 1 ? 1 : 0))
      guard count > 0 else { break }
      room -= count
      let isLast = count == text.unreadCount
      result.append(
        (
          text,
          PagedStep.Run(
            start: 0, count: count, position: text.readCount, pages: text.pages, length: text.ids.count,
            logits: text.request.isScored ? .all : isLast ? .last : .none)
        ))
    }
    return result
  }

  // MARK: The model

  /// Logits of all tokens that get some, `[tokens, vocabulary]`.
  private func run(_ runs: [(text: BatchText, run: PagedStep.Run)]) throws(TensorError) -> Tensor {
    var step = PagedStep()
    var (ids, positions): ([Int64], [Int64]) = ([], [])
    for (text, run) in runs {
      step.append(run)
      ids += text.ids[run.position..<run.end].map { Int64($0) }
      positions += (run.position..<run.end).map { Int64($0) }
      if run.count > 1 || !text.hasBegun { counts.promptTokens += run.count }
    }
    counts.runs += 1
    cache.step = step
    let rows = step.rowsWithLogits.count
    var inputs = ModelInputs()
    inputs.inputIds = Tensor(ids, shape: [1, ids.count])
    inputs.positionIds = Tensor(positions, shape: [1, ids.count])
    inputs.cache = cache
    let output = noGrad { model.forward(inputs).logits }
    guard let output, !output.isPoisoned else {
      throw TensorError(.unsupported, "generate", "the model gives no logits: load it with its language head")
    }
    guard output.rank == 3, output.size(0) == 1, output.size(1) == rows else {
      throw TensorError(
        .unsupported, "generate", "the model gives logits \(output.shape) where \(rows) tokens are to have some")
    }
    return output.reshape([rows, output.size(2)]).to(.float32).contiguous().resolved
  }

  private func hand(_ logits: Tensor, to text: BatchText, from first: Int) {
    do {
      let goesOn = try withErrors { () throws -> Bool in
        if text.request.isScored {
          text.request.send(try text.scores(logits, from: first), isLast: text.unreadCount == 0)
          return text.unreadCount > 0
        }
        if text.request.choices > 1, !text.hasBegun { return try part(text, logits) }
        counts.generatedTokens += 1
        queue.charge(text.request, 1)
        return try text.take(logits)
      }
      if goesOn { return }
    } catch {
      text.request.fail(error)
    }
    leave { $0 === text || $0.request.isCancelled }
  }

  /// Makes of a text whose prompt has been read as many as were asked for, which share the pages of the prompt.
  /// - Returns: whether the first of them goes on.
  private func part(_ text: BatchText, _ logits: Tensor) throws -> Bool {
    for choice in 1..<text.request.choices {
      let other = BatchText(text.request, choice: choice, order: text.order)
      let shared = text.request.ids.count / PagedCache.pageRows
      let rest = text.request.ids.count % PagedCache.pageRows
      counts.generatedTokens += 1
      queue.charge(text.request, 1)
      guard try other.take(logits) else { continue }
      if rest > 0, pool.availableCount == 0 {
        queue.resume(other)
        continue
      }
      other.pages = Array(text.pages.prefix(shared))
      for page in other.pages { pool.retain(page) }
      if rest > 0, let page = pool.allocate() {
        cache.copy(from: text.pages[shared], to: page, count: rest)
        other.pages.append(page)
      }
      other.readCount = text.request.ids.count
      other.knownPages = min(text.knownPages, shared)
      texts.append(other)
    }
    counts.generatedTokens += 1
    queue.charge(text.request, 1)
    return try text.take(logits)
  }

  // MARK: Pages

  /// Lets others know of the pages that a text has filled.
  private func learn(_ text: BatchText) {
    guard !cache.dependsOnLengths else { return }
    while (text.knownPages + 1) * PagedCache.pageRows <= text.readCount {
      let (i, first) = (text.knownPages, text.knownPages * PagedCache.pageRows)
      text.pages[i] = pool.learn(
        text.pages[i], parent: i == 0 ? PagePool.root : text.pages[i - 1],
        Array(text.ids[first..<first + PagedCache.pageRows]))
      text.knownPages += 1
    }
  }

  private func leave(_ isGone: (BatchText) -> Bool) {
    for text in texts where isGone(text) { giveBack(text) }
    texts.removeAll(where: isGone)
    queue.forgetIdleCallers(texts)
  }

  /// Takes the pages of a text, which stay for others as long as nobody needs them.
  private func giveBack(_ text: BatchText) {
    let first = text.knownPages * PagedCache.pageRows
    if !cache.dependsOnLengths, text.readCount > first {
      let i = text.knownPages
      text.pages[i] = pool.learn(
        text.pages[i], parent: i == 0 ? PagePool.root : text.pages[i - 1], Array(text.ids[first..<text.readCount]))
    }
    pool.release(text.pages)
    (text.pages, text.readCount, text.knownPages) = ([], 0, 0)
  }
}
