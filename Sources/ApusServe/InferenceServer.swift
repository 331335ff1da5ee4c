import ApusCore
import ApusFormats
import ApusModels
import Synchronization

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How models are served.
public struct ServeOptions: Sendable {
  /// Which models are loaded when.
  public enum ModelControl: Sendable, Hashable {
    /// All in the folder, at the start.
    case atStart
    /// All in the folder; what changes there is loaded anew, looked for every so many seconds.
    case poll(seconds: Double)
    /// These, at the start (`*` for all); clients may load and unload models.
    case explicit(load: [String])
  }

  /// How much is written on the error output, lines of JSON.
  public enum Log: String, Sendable, CaseIterable {
    /// Nothing.
    case off
    /// Models that come and go.
    case events
    /// Each request too.
    case requests
  }

  /// Where the protocols are spoken.
  public var http = "127.0.0.1:8000"
  /// Where Prometheus reads metrics at `/metrics`; nil for nowhere.
  public var metrics: String? = "127.0.0.1:8002"
  /// Where gRPC is spoken, with the library libgrpc; nil for nowhere.
  public var grpc: String?
  /// What clients may do.
  public var limits = HTTPLimits()
  /// The certificate of TLS; nil for plain HTTP.
  public var certificate: HTTPCertificate?
  /// A file of keys, a line each: `KEY [NAME] [REQUESTS-PER-SECOND]`. With one, every request needs a key, apart from
  /// those of health.
  public var keys: String?
  /// Which signed tokens are taken for keys; nil for none. With rules, every request needs a token or a key.
  public var tokens: TokenRules?
  /// Which models are loaded when.
  public var control = ModelControl.poll(seconds: 5)
  /// How much is written.
  public var log = Log.events
  /// How many bytes the process may take before requests are refused; nil for any number.
  public var memory: Int?
  /// The version that metadata tell.
  public var version = ""
  /// Where traces of requests are sent; nil for nowhere.
  public var tracing: TracingOptions?
  /// Whether the sockets of a server that runs at the same addresses are taken over, see ``InferenceServer/offerSockets(whenTaken:)``.
  public var takesOver = false
  /// Models of OpenAI's interface beside those of the folder.
  public var languages: [LanguageFolder] = []
  /// How much of the texts of a language model is worked on at once.
  public var texts = ContinuousBatch.Limits()
  /// What answers further paths, asked before the protocols here.
  public var routes: [any HTTPRoutes] = []

  /// The options above.
  public init() {}
}

/// Answers for some paths.
public protocol HTTPRoutes: Sendable {
  /// Whether a request is one of these.
  func takes(_ head: HTTPHead) -> Bool
  /// Answers such a request, see ``HTTPHandler/handle(_:)``.
  func handle(_ exchange: HTTPExchange)
  /// The answer to such a request that is refused before it is read, for want of a key for example, in the form that its clients
  /// read; nil for the usual one.
  func refusal(status: Int, message: String) -> HTTPAnswer?
  /// What there is to be counted of them, in the text format of Prometheus.
  var metrics: String { get }
}

extension HTTPRoutes {
  public var metrics: String { "" }
  public func refusal(status: Int, message: String) -> HTTPAnswer? { nil }
}

/// Serves the models in a folder over HTTP: the Open Inference Protocol with Triton's extensions, and TensorFlow
/// Serving's REST interface.
///
///     let server = try InferenceServer(folder: "models")
///     print(server.address)                     // 127.0.0.1:8000
///     server.waitUntilLoaded()
///     ...
///     server.stop(within: 30)
///
/// The folder has `NAME/VERSION/model.apus` or `model.onnx`, or these without a folder of a version, and beside them a
/// configuration if there is one; see docs/serving.md.
public final class InferenceServer: Sendable {
  /// Where the protocols are spoken.
  public var address: String { server.address }
  /// Where metrics are read, if they are.
  public var metricsAddress: String? { metricsServer?.address }
  /// Where gRPC is spoken, if it is.
  public var grpcAddress: String? { grpcServer?.address }
  /// Whether this machine has what gRPC needs.
  public static var hasGRPC: Bool { GRPCLibrary.isThere }

  private let server: HTTPServer
  private let grpcServer: GRPCServer?
  private let metricsServer: HTTPServer?
  private let state: ServerState
  private let offered = Lock<HandoverOffer?>(nil)

  /// Begins to serve what lies at a path: a folder of models, or one model. Models are loaded behind it: until they are, the server is live and not ready.
  /// - Throws: `TensorError` where the folder is missing, an address cannot be had, a library or the file of keys is
  ///   missing.
  public init(folder: String, options: ServeOptions = ServeOptions()) throws {
    let log = ServeLog(detail: options.log)
    let languages = LanguageRepository(options.texts) { log.event($0, $1) }
    try languages.load(options.languages)
    let repository = try ModelRepository(folder: folder, languages) { log.event($0, $1) }
    var options = options
    options.routes.append(
      OpenAIRoutes(languages, countsKeys: options.keys != nil || options.tokens != nil))
    let state = ServerState(
      repository, options, log, try options.keys.map { try APIKeys(file: $0) },
      try options.tokens.map { try SignedTokens($0) },
      try options.tracing.map { try TraceExporter($0, version: options.version) })
    self.state = state
    let taken = options.takesOver ? try Handover(from: options.http) : nil
    if taken != nil {
      // Until this server can answer, the one before does.
      state.load()
      guard state.isReady else {
        throw TensorError(.state, "serve", "a model could not be loaded; the server that runs goes on")
      }
    }
    func listen(_ address: String) throws -> ListeningSocket {
      try taken?.take(address) ?? ListeningSocket(address)
    }
    server = try HTTPServer(
      try listen(options.http), options.limits, options.certificate, InferenceHandler(state))
    metricsServer = try options.metrics.map {
      try HTTPServer(try listen($0), HTTPLimits(), nil, MetricsHandler(state))
    }
    grpcServer = try options.grpc.map {
      try GRPCServer(
        at: $0, limits: options.limits, certificate: options.certificate, sharesPort: taken != nil,
        handler: GRPCInference(state))
    }
    taken?.finish()
    guard startThread({ state.keepLoaded() }) else {
      throw TensorError(.memory, "serve", "cannot start a thread")
    }
  }

  /// Offers the listening sockets to a server that is to take the place of this one (`ServeOptions.takesOver`), of the same user on the
  /// same machine. Connections that wait are then that one's; clients notice nothing.
  /// - Parameter whenTaken: is called once when the other server has its models loaded and answers: this one is to be stopped.
  /// - Throws: `TensorError` where the sockets cannot be offered.
  public func offerSockets(whenTaken: @escaping @Sendable () -> Void) throws {
    let servers = [server] + (metricsServer.map { [$0] } ?? [])
    let offer = try HandoverOffer(servers.map { ($0.address, $0.listener) }, whenTaken: whenTaken)
    offered.withLock { $0 = offer }
  }

  /// Waits until the models that are loaded at the start are, or have failed.
  /// - Returns: whether each of them has a version that answers.
  @discardableResult
  public func waitUntilLoaded() -> Bool {
    while !state.isLoaded { usleep(1000) }
    return state.isReady
  }

  /// The models that answer, as `name/version`, and those of OpenAI's interface by their names.
  public var models: [String] {
    state.repository.models.map { "\($0.name)/\($0.version)" } + state.repository.languages.names
  }

  /// Is no longer ready, takes no more connections, answers what has been asked, for at most so many seconds, and ends.
  public func stop(within seconds: Double = 30) {
    state.stop()
    offered.withLock { $0 }?.end()
    let start = Clock.seconds
    server.stop(within: seconds)
    grpcServer?.stop(within: max(0, seconds - (Clock.seconds - start)))
    metricsServer?.stop(within: 0)
    state.repository.close()
    // What is told of the last requests.
    state.traces?.end(within: min(max(1, seconds - (Clock.seconds - start)), 5))
  }

  deinit { stop(within: 0) }
}

/// What the handlers share.
final class ServerState: Sendable {
  let repository: ModelRepository
  let options: ServeOptions
  let log: ServeLog
  let keys: APIKeys?
  let tokens: SignedTokens?
  let traces: TraceExporter?
  let memory = MemoryUse()
  let counters = RequestCounters()
  private let loaded = Atomic<Bool>(false)
  private let stopping = Atomic<Bool>(false)

  init(
    _ repository: ModelRepository, _ options: ServeOptions, _ log: ServeLog, _ keys: APIKeys?, _ tokens: SignedTokens?,
    _ traces: TraceExporter?
  ) {
    (self.repository, self.options, self.log, self.keys, self.tokens) = (repository, options, log, keys, tokens)
    self.traces = traces
  }

  var isLoaded: Bool { loaded.load(ordering: .acquiring) }
  var isReady: Bool { isLoaded && !isStopping && repository.isReady }
  private var isStopping: Bool { stopping.load(ordering: .relaxed) }

  func stop() { stopping.store(true, ordering: .relaxed) }

  /// Who asks, for shares of what is scarce: the key or token where these are checked, else the address.
  func caller(of head: HTTPHead) -> String {
    let credential = keys == nil && tokens == nil ? "" : head.credential
    return credential.isEmpty ? head.peer : credential
  }

  /// Why a request is not answered: without a key, too many with it, too little memory.
  func refusal(of head: HTTPHead) -> ServeError? {
    switch keys?.check(head) {
    case .allowed: break
    case .tooMany(let name): return ServeError(429, "\(name) sends more requests than its key allows; try again later")
    case nil, .unknown:
      let given = head.credential
      if let tokens, given.contains(".") {
        if let mistake = tokens.mistake(in: given) { return ServeError(401, mistake) }
      } else if keys != nil || tokens != nil {
        return ServeError(401, "a key is needed: Authorization: Bearer KEY")
      }
    }
    if head.method == "POST", let most = options.memory, memory.bytes > most {
      return ServeError(503, "the server takes all the memory that it may; try again later")
    }
    return nil
  }

  /// Loads the models of the start, where that has not happened, and then what changes.
  func keepLoaded() {
    if !isLoaded { load() }
    guard case .poll(let seconds) = options.control else { return }
    var next = Clock.seconds + seconds
    while !isStopping {
      usleep(100_000)
      if Clock.seconds >= next {
        repository.scan()
        next = Clock.seconds + seconds
      }
    }
  }

  /// Loads the models of the start.
  func load() {
    switch options.control {
    case .atStart, .poll: repository.scan()
    case .explicit(let names) where names.contains("*"): repository.scan()
    case .explicit(let names):
      for name in names {
        do { try repository.load(name) } catch { log.event("failed", [("model", name), ("error", "\(error)")]) }
      }
    }
    loaded.store(true, ordering: .releasing)
  }
}

/// Answers requests for metrics.
private struct MetricsHandler: HTTPHandler {
  let state: ServerState
  init(_ state: ServerState) { self.state = state }

  func handle(_ exchange: HTTPExchange) {
    guard exchange.request.head.path == "/metrics", exchange.request.head.method == "GET" else {
      return exchange.answer(errorAnswer(ServeError(404, "metrics are at /metrics")))
    }
    let metrics = PrometheusText(repository: state.repository, memory: state.memory, counters: state.counters)
    let traces = state.traces.map { exporter in
      "# HELP apus_spans_sent_total Spans that the collector of traces has taken\n# TYPE apus_spans_sent_total counter\n"
        + "apus_spans_sent_total \(exporter.sent)\n"
        + "# HELP apus_spans_dropped_total Spans that were dropped\n# TYPE apus_spans_dropped_total counter\n"
        + "apus_spans_dropped_total \(exporter.dropped)\n"
    }
    let text = metrics.text() + (traces ?? "") + state.options.routes.map(\.metrics).joined()
    exchange.answer(HTTPAnswer(text: text, type: "text/plain; version=0.0.4"))
  }
}

/// Answers requests for models.
private struct InferenceHandler: HTTPHandler {
  let state: ServerState
  private let inference: InferenceRoutes
  private let tensorFlow: TensorFlowRoutes

  init(_ state: ServerState) {
    self.state = state
    let allowsLoading = if case .explicit = state.options.control { true } else { false }
    inference = InferenceRoutes(
      repository: state.repository, allowsLoading: allowsLoading, largestBody: state.options.limits.largestBody,
      version: state.options.version
    ) { state.isReady }
    tensorFlow = TensorFlowRoutes(
      repository: state.repository, largestBody: state.options.limits.largestBody)
  }

  func refusal(of head: HTTPHead) -> HTTPAnswer? {
    if isHealth(head) { return nil }
    guard let error = state.refusal(of: head) else { return nil }
    state.counters.add(error.status)
    state.log.request(head, 0, RequestIdentity(head), error.status, 0)
    trace(head, arrival: Clock.seconds)?.end(status: error.status)
    for routes in state.options.routes where routes.takes(head) {
      if let answer = routes.refusal(status: error.status, message: error.message) { return answer }
    }
    return errorAnswer(error)
  }

  /// What everybody may ask, and does often.
  private func isHealth(_ head: HTTPHead) -> Bool { head.path.hasPrefix("/v2/health/") || head.path == "/" }

  /// The trace of a request, where it is traced.
  private func trace(_ head: HTTPHead, arrival: Double) -> RequestTrace? {
    guard let traces = state.traces else { return nil }
    let route = TraceRoute(head.path)
    guard let trace = traces.begin(head, name: "\(head.method) \(route.pattern)", arrival: arrival) else { return nil }
    trace.set("http.request.method", .text(head.method))
    trace.set("http.route", .text(route.pattern))
    trace.set("url.path", .text(head.path))
    trace.set("client.address", .text(head.peer))
    if let agent = head.header("user-agent") { trace.set("user_agent.original", .text(agent)) }
    if let model = route.model { trace.set("apus.model", .text(model)) }
    return trace
  }

  func handle(_ exchange: HTTPExchange) {
    let arrival = Clock.seconds
    let head = exchange.request.head
    let identity = RequestIdentity(head)
    if state.traces != nil, !isHealth(head) {
      let trace = trace(head, arrival: arrival)
      trace?.set("http.request.body.size", .number(exchange.request.body.count))
      trace?.set("apus.request_id", .text(identity.id))
      exchange.trace = trace
    }
    exchange.caller = state.caller(of: head)
    exchange.prepare(headers: [HTTPField("X-Request-Id", identity.id)]) { [state] status in
      state.counters.add(status)
      state.log.request(head, exchange.request.body.count, identity, status, Clock.seconds - arrival)
    }
    for routes in state.options.routes where routes.takes(head) { return routes.handle(exchange) }
    let path = head.path.split(separator: "/", omittingEmptySubsequences: true)
    do throws(ServeError) {
      switch path.first {
      // A page for browsers, and for KServe's clients whether it lives.
      case nil where head.method == "GET" && head.header("accept")?.contains("text/html") ?? false:
        exchange.answer(HTTPAnswer(text: trialPage, type: "text/html; charset=utf-8"))
      case nil where head.method == "GET": exchange.answer(HTTPAnswer(text: "{\"status\":\"alive\"}"))
      case "v2": try inference.handle(exchange, path.dropFirst(), arrival: arrival)
      case "v1" where path.count > 2 && path[1] == "models":
        try tensorFlow.handle(exchange, path.dropFirst(2), arrival: arrival)
      default: throw ServeError(404, "there is no \(head.method) \(head.path)")
      }
    } catch {
      exchange.answer(errorAnswer(error))
    }
  }
}
