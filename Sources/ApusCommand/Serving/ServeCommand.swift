import Apus
import ApusFormats
import ApusServe

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `apus serve`: answers for the models in a folder over HTTP.
struct ServeCommand: Command {
  static let name = "serve"
  static let summary = "serve the models in a folder over HTTP, as Triton, KServe and TensorFlow Serving do"
  static let help = """
    usage: apus serve PATH [--http ADDRESS] [--grpc ADDRESS|off] [--metrics ADDRESS|off] [OPTIONS]

    Serves a folder of models, PATH/NAME/VERSION/model.apus or model.onnx (or PATH/NAME/model.apus), or one model: a file
    that ends with .apus, .onnx or .gguf, or a folder of Hugging Face. They are served by the Open Inference Protocol with
    Triton's extensions (/v2/models/NAME/infer) and TensorFlow Serving's REST interface (/v1/models/NAME:predict). A
    config.pbtxt or config.json beside the versions says how; docs/serving.md tells more. At SIGTERM or Ctrl-C requests that
    came are answered first. Language models of the folder (NAME/VERSION/model.gguf, or a folder of Hugging Face) are served
    by OpenAI's interface.

      --http ADDRESS            where, 127.0.0.1:8000 unless told; 0.0.0.0:8000 for other machines
      --grpc ADDRESS            where gRPC is spoken, 127.0.0.1:8001 unless told, if the library libgrpc is there; off for nowhere
      --metrics ADDRESS         metrics for Prometheus at /metrics, 127.0.0.1:8002 unless told; off for none
      --language NAME=PATH      a language model, a folder or a GGUF file, by OpenAI's interface (/v1/chat/completions,
                                /v1/completions); once for each; docs/serving-language-models.md tells more
      --embedding NAME=PATH     a model of sentences, by OpenAI's /v1/embeddings; once for each
      --chats N                 how many texts of a language model are generated at once (16)
      --chat-tokens N           how many tokens of all these texts there is memory for (16384)
      --kv-type TYPE            what their keys and values are kept in: float32 (the default), float16 or bfloat16 in half the
                                memory
      --model-control MODE      poll: what changes in the folder is loaded anew (the default); none: only what is there at
                                the start; explicit: what --load-model names, and what clients load and unload
      --load-model NAME         a model to load at the start, with --model-control explicit; once for each; * for all
      --poll-seconds N          how often the folder is looked at (5)
      --keys FILE               the keys of clients, a line each: KEY [NAME] [REQUESTS-PER-SECOND]
      --jwt-key FILE            JSON Web Tokens are taken for keys: a public key of RSA in PEM (RS256), or a secret (HS256);
      --jwt-issuer, --jwt-audience NAME   what their iss and aud have to be
      --tls-certificate FILE    a certificate in PEM, and
      --tls-key FILE            its key: HTTPS instead of HTTP
      --max-body MIB            the longest body of a request, in MiB (256)
      --max-connections N       how many connections there may be at once (8192)
      --memory MIB              requests are refused while the process takes more memory than this
      --http-threads N          threads that read and write (2)
      --drain-seconds N         how long what came is answered after a signal to end (30)
      --otlp URL                traces of requests are sent to this collector of OpenTelemetry (http://collector:4318);
                                the variables OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME and so on are read too
      --take-over               take the sockets over of the server that runs at this address, once the models are loaded; that
                                one answers what it has and ends
      --log DETAIL              off, events (models that come and go; the default) or requests (each one too), as lines of
                                JSON on the error output
    """

  private let path: String
  private let options: ServeOptions
  private let drain: Int

  init(_ words: inout Words) throws {
    var options = ServeOptions()
    options.version = apusVersion
    options.http = try words.take("--http") ?? options.http
    switch try words.take("--grpc") {
    case "off": break
    case let address?: options.grpc = address
    case nil: options.grpc = InferenceServer.hasGRPC ? "127.0.0.1:8001" : nil
    }
    if let metrics = try words.take("--metrics") { options.metrics = metrics == "off" ? nil : metrics }
    var load: [String] = []
    while let name = try words.take("--load-model") { load.append(name) }
    let seconds = try words.takeNumber("--poll-seconds", in: 1...86400) ?? 5
    switch try words.take("--model-control") ?? "poll" {
    case "poll": options.control = .poll(seconds: Double(seconds))
    case "none": options.control = .atStart
    case "explicit": options.control = .explicit(load: load)
    case let other: throw UsageError(message: "--model-control is one of poll, none, explicit, and got '\(other)'")
    }
    if !load.isEmpty, case .explicit = options.control {
    } else if !load.isEmpty {
      throw UsageError(message: "--load-model needs --model-control explicit")
    }
    options.keys = try words.take("--keys")
    let (issuer, audience) = (try words.take("--jwt-issuer"), try words.take("--jwt-audience"))
    options.tokens = try words.take("--jwt-key").map { TokenRules(keyFile: $0, issuer: issuer, audience: audience) }
    if options.tokens == nil, issuer != nil || audience != nil {
      throw UsageError(message: "--jwt-issuer and --jwt-audience need --jwt-key")
    }
    let (certificate, key) = (try words.take("--tls-certificate"), try words.take("--tls-key"))
    switch (certificate, key) {
    case (let certificate?, let key?):
      options.certificate = HTTPCertificate(chain: try readText(certificate), key: try readText(key))
    case (nil, nil): break
    default: throw UsageError(message: "--tls-certificate and --tls-key need each other")
    }
    if let size = try words.takeNumber("--max-body", in: 1...1 << 20) { options.limits.largestBody = size << 20 }
    options.limits.mostConnections =
      try words.takeNumber("--max-connections", in: 1...1 << 20) ?? options.limits.mostConnections
    options.memory = try words.takeNumber("--memory", in: 1...1 << 30).map { $0 << 20 }
    options.limits.threads = try words.takeNumber("--http-threads", in: 1...256) ?? options.limits.threads
    drain = try words.takeNumber("--drain-seconds", in: 0...86400) ?? 30
    options.tracing = try TracingOptions.standard(collector: try words.take("--otlp"))
    options.takesOver = words.takeFlag("--take-over")
    let log = try words.take("--log") ?? "events"
    guard let detail = ServeOptions.Log(rawValue: log) else {
      throw UsageError(message: "--log is one of off, events, requests, and got '\(log)'")
    }
    options.log = detail
    options.languages =
      try Self.models("--language", .language, &words) + Self.models("--embedding", .embedding, &words)
    options.texts.texts = try words.takeNumber("--chats", in: 1...4096) ?? options.texts.texts
    options.texts.tokens = try words.takeNumber("--chat-tokens", in: 32...1 << 30) ?? options.texts.tokens
    if let name = try words.take("--kv-type") {
      let types: [String: DType] = ["float32": .float32, "float16": .float16, "bfloat16": .bfloat16]
      guard let type = types[name] else {
        throw UsageError(message: "--kv-type is one of float32, float16, bfloat16, and got '\(name)'")
      }
      options.texts.cacheType = type
    }
    path = try words.takeOperand("PATH")
    self.options = options
  }

  /// The models that an option names, NAME=PATH each.
  private static func models(
    _ option: String, _ kind: LanguageFolder.Kind, _ words: inout Words
  ) throws -> [LanguageFolder] {
    var models: [LanguageFolder] = []
    while let text = try words.take(option) {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains("/") else {
        throw UsageError(message: "\(option) is NAME=PATH, and got '\(text)'")
      }
      models.append(LanguageFolder(parts[0], path: parts[1], kind))
    }
    return models
  }

  func run() throws {
    // Blocked before any thread is made, so that none of them takes these signals.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGTERM, SIGINT] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    signal(SIGPIPE, SIG_IGN)
    // Batches have many numbers of rows; that programs are made ready for each is no news.
    Warnings.mode = .silent
    let server = try InferenceServer(folder: path, options: options)
    print("listening on \(server.address)")
    if let grpc = server.grpcAddress { print("gRPC on \(grpc)") }
    if let metrics = server.metricsAddress { print("metrics on \(metrics)") }
    fflush(nil)
    // A server that takes the place of this one has it end as a signal does.
    do { try server.offerSockets { kill(getpid(), SIGTERM) } } catch { Terminal.writeError("\(error)\n") }
    let isReady = server.waitUntilLoaded()
    print(isReady ? "ready: \(server.models.joined(separator: ", "))" : "not ready: a model could not be loaded")
    fflush(nil)
    var number: Int32 = 0
    sigwait(&signals, &number)
    server.stop(within: Double(drain))
    print("stopped")
  }
}
