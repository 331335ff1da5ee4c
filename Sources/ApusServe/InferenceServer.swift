import ApusCore
import ApusFormats
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
  /// What there is to be counted of them, in the text format of Prometheus.
  var metrics: String { get }
}

extension HTTPRoutes {
  public var metrics: String { "" }
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

  /// Begins to serve. Models are loaded behind it: until they are, the server is live and not ready.
  /// - Throws: `TensorError` where the folder is missing, an address cannot be had, a library or the file of keys is
  ///   missing.
  public init(folder: String, options: ServeOptions = ServeOptions()) throws {
    let log = ServeLog(detail: options.log)
    let repository = try ModelRepository(folder: folder) { log.event($0, $1) }
    let state = ServerState(
      repository, options, log, try options.keys.map { try APIKeys(file: $0) },
      try options.tokens.map { try SignedTokens($0) })
    self.state = state
    server = try HTTPServer(
      at: options.http, limits: options.limits, certificate: options.certificate, handler: InferenceHandler(state))
    metricsServer = try options.metrics.map { try HTTPServer(at: $0, handler: MetricsHandler(state)) }
    grpcServer = try options.grpc.map {
      try GRPCServer(at: $0, limits: options.limits, certificate: options.certificate, handler: GRPCInference(state))
    }
    guard startThread({ state.load() }) else {
      throw TensorError(.memory, "serve", "cannot start a thread")
    }
  }

  /// Waits until the models that are loaded at the start are, or have failed.
  /// - Returns: whether each of them has a version that answers.
  @discardableResult
  public func waitUntilLoaded() -> Bool {
    while !state.isLoaded { usleep(1000) }
    return state.isReady
  }

  /// The models that answer, as `name/version`.
  public var models: [String] { state.repository.models.map { "\($0.name)/\($0.version)" } }

  /// Is no longer ready, takes no more connections, answers what has been asked, for at most so many seconds, and ends.
  public func stop(within seconds: Double = 30) {
    state.stop()
    let start = Clock.seconds
    server.stop(within: seconds)
    grpcServer?.stop(within: max(0, seconds - (Clock.seconds - start)))
    metricsServer?.stop(within: 0)
    state.repository.close()
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
  let memory = MemoryUse()
  let counters = RequestCounters()
  private let loaded = Atomic<Bool>(false)
  private let stopping = Atomic<Bool>(false)

  init(
    _ repository: ModelRepository, _ options: ServeOptions, _ log: ServeLog, _ keys: APIKeys?, _ tokens: SignedTokens?
  ) {
    (self.repository, self.options, self.log, self.keys, self.tokens) = (repository, options, log, keys, tokens)
  }

  var isLoaded: Bool { loaded.load(ordering: .acquiring) }
  var isReady: Bool { isLoaded && !isStopping && repository.isReady }
  private var isStopping: Bool { stopping.load(ordering: .relaxed) }

  func stop() { stopping.store(true, ordering: .relaxed) }

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

  /// Loads the models of the start, and then what changes.
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
    let text = metrics.text() + state.options.routes.map(\.metrics).joined()
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
    if head.path.hasPrefix("/v2/health/") || head.path == "/" { return nil }
    guard let error = state.refusal(of: head) else { return nil }
    state.counters.add(error.status)
    state.log.request(head, 0, RequestIdentity(head), error.status, 0)
    return errorAnswer(error)
  }

  func handle(_ exchange: HTTPExchange) {
    let arrival = Clock.seconds
    let head = exchange.request.head
    let identity = RequestIdentity(head)
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
