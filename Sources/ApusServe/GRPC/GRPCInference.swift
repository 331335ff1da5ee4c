import ApusCore
import ApusFormats

/// The Open Inference Protocol over gRPC, `inference.GRPCInferenceService`, and `grpc.health.v1.Health`.
struct GRPCInference: GRPCHandler {
  let state: ServerState
  private let repository: ModelRepository
  private let allowsLoading: Bool

  init(_ state: ServerState) {
    self.state = state
    repository = state.repository
    allowsLoading = if case .explicit = state.options.control { true } else { false }
  }

  private static let service = "/inference.GRPCInferenceService/"

  func handle(_ call: GRPCCall) {
    let arrival = Clock.seconds
    let identity = RequestIdentity(call.head)
    let path = call.head.path
    let isHealth =
      path.hasPrefix("/grpc.health.v1.Health/") || path == Self.service + "ServerLive"
      || path == Self.service + "ServerReady"
    let trace = isHealth ? nil : state.traces?.begin(call.head, name: String(path.dropFirst()), arrival: arrival)
    let answer = Answer(call, state, identity, arrival, trace)
    if !isHealth, let refusal = state.refusal(of: call.head) { return answer.fail(refusal) }
    if path == Self.service + "ModelStreamInfer" { return InferenceStream(self, call, answer).next() }
    call.receive { message in
      guard let message else { return answer.fail(ServeError(400, "the call has no message")) }
      answer.bytes = message.count
      do throws(ServeError) {
        try self.handle(path, message, call, answer, arrival)
      } catch {
        answer.fail(error)
      }
    }
  }

  /// A call's end, which is counted and logged.
  final class Answer: @unchecked Sendable {
    private let call: GRPCCall
    private let state: ServerState
    private let identity: RequestIdentity
    private let arrival: Double
    let trace: RequestTrace?
    var bytes = 0

    init(
      _ call: GRPCCall, _ state: ServerState, _ identity: RequestIdentity, _ arrival: Double, _ trace: RequestTrace?
    ) {
      (self.call, self.state, self.identity, self.arrival) = (call, state, identity, arrival)
      self.trace = trace
      guard let trace else { return }
      let parts = call.head.path.split(separator: "/").map(String.init)
      trace.set("rpc.system", .text("grpc"))
      if parts.count == 2 {
        trace.set("rpc.service", .text(parts[0]))
        trace.set("rpc.method", .text(parts[1]))
      }
      trace.set("client.address", .text(call.head.peer))
      trace.set("apus.request_id", .text(identity.id))
    }

    func send(_ message: ProtobufWriter?) {
      call.finish(.ok, message: message?.bytes)
      note(200, .ok)
    }

    func fail(_ error: ServeError) {
      let status = GRPCStatus(http: error.status)
      call.finish(status, error.message)
      note(error.status, status)
    }

    /// The answer that `make` gives, or its error.
    func send(_ make: () throws(ServeError) -> ProtobufWriter) {
      do { send(try make()) } catch { fail(error) }
    }

    private func note(_ status: Int, _ code: GRPCStatus) {
      trace?.end([("rpc.grpc.status_code", .number(Int(code.rawValue)))], error: status >= 500 ? "" : nil)
      state.counters.add(status)
      state.log.request(call.head, bytes, identity, status, Clock.seconds - arrival)
    }
  }

  private func handle(
    _ path: String, _ message: [UInt8], _ call: GRPCCall, _ answer: Answer, _ arrival: Double
  ) throws(ServeError) {
    var writer = ProtobufWriter()
    if path == "/grpc.health.v1.Health/Check" {
      let (name, _) = try names(message)
      let isServing =
        name.isEmpty || name == "inference.GRPCInferenceService" ? state.isReady : (try? repository.model(name)) != nil
      writer.add(1, int64: isServing ? 1 : 2)
      return answer.send(writer)
    }
    guard path.hasPrefix(Self.service) else { throw ServeError(501, "there is no method \(path)") }
    switch path.dropFirst(Self.service.count) {
    case "ServerLive": writer.add(1, int64: 1)
    case "ServerReady": writer.addUnlessZero(1, state.isReady ? 1 : 0)
    case "ModelReady":
      let (name, version) = try names(message)
      writer.addUnlessZero(1, (try? model(name, version)) == nil ? 0 : 1)
    case "ServerMetadata":
      writer.add(1, string: "apus")
      writer.addUnlessEmpty(2, state.options.version)
      for name in InferenceRoutes.extensions { writer.add(3, string: name) }
    case "ModelMetadata":
      let (name, version) = try names(message)
      metadata(try model(name, version), &writer)
    case "ModelConfig":
      let (name, version) = try names(message)
      let model = try model(name, version)
      writer.add(1) { configuration(model, &$0) }
    case "ModelStatistics":
      let (name, version) = try names(message)
      var models = repository.models
      if !name.isEmpty {
        // Of all versions where none is asked for, of which there must be one.
        let asked = try model(name, version)
        models = version.isEmpty ? models.filter { $0.name == name } : [asked]
      }
      for model in models { writer.add(1) { statistics(model, &$0) } }
    case "ModelInfer":
      let request = try InferenceMessage(message)
      let submitted = try submit(request, arrival, answer.trace, state.caller(of: call.head)) { result in
        answer.send { () throws(ServeError) in try result.get() }
      }
      return call.whenClientGoes { submitted.cancel() }
    case "RepositoryIndex":
      var (reader, readyOnly) = (
        ProtobufReader(ByteSlice(message), name: "request", message: "RepositoryIndexRequest"), false
      )
      try Self.reading { () throws(TensorError) in
        while let field = try reader.next() {
          if field.number == 2 { readyOnly = try reader.integer(field) != 0 } else { try reader.skip(field) }
        }
      }
      for row in repository.index(readyOnly: readyOnly) {
        writer.add(1) { writer in
          writer.add(1, string: row.name)
          if let version = row.version { writer.add(2, string: "\(version)") }
          writer.addUnlessEmpty(3, row.state)
          writer.addUnlessEmpty(4, row.reason)
        }
      }
    case "RepositoryModelLoad": return try load(message, true, answer)
    case "RepositoryModelUnload": return try load(message, false, answer)
    case "SystemSharedMemoryStatus", "CudaSharedMemoryStatus": break
    default: throw ServeError(501, "\(path.dropFirst(Self.service.count)) is not served")
    }
    answer.send(writer)
  }

  /// Submits a request of a stream.
  fileprivate func submit(
    _ message: [UInt8], caller: String, completion: @escaping @Sendable (Result<ProtobufWriter, ServeError>) -> Void
  ) throws(ServeError) -> InferenceRequest {
    try submit(try InferenceMessage(message), Clock.seconds, nil, caller, completion)
  }

  private func submit(
    _ request: InferenceMessage, _ arrival: Double, _ trace: RequestTrace?, _ caller: String,
    _ completion: @escaping @Sendable (Result<ProtobufWriter, ServeError>) -> Void
  ) throws(ServeError) -> InferenceRequest {
    let version = request.version.isEmpty ? nil : request.version
    return try repository.submit(request.model, version: version) { model throws(ServeError) in
      try model.submit(request.body, arrival: arrival, trace: trace, caller: caller) { result in
        do {
          let values = try result.get()
          completion(.success(try withErrors { try noGrad { try ProtobufWriter.answer(model, request.body, values) } }))
        } catch {
          completion(.failure(ServeError(error)))
        }
      }
    }
  }

  // MARK: Requests

  private func model(_ name: String, _ version: String) throws(ServeError) -> ServedModel {
    try repository.model(name, version: version.isEmpty ? nil : version)
  }

  private static func reading(_ body: () throws(TensorError) -> Void) throws(ServeError) {
    do throws(TensorError) { try body() } catch { throw ServeError(400, error.message) }
  }

  /// The texts of the fields 1 and 2, as most requests have them.
  private func names(_ message: [UInt8]) throws(ServeError) -> (String, String) {
    var reader = ProtobufReader(ByteSlice(message), name: "request", message: "request")
    var found = ("", "")
    try Self.reading { () throws(TensorError) in
      while let field = try reader.next() {
        switch field.number {
        case 1: found.0 = try reader.string(field)
        case 2: found.1 = try reader.string(field)
        default: try reader.skip(field)
        }
      }
    }
    return found
  }

  private func load(_ message: [UInt8], _ isLoad: Bool, _ answer: Answer) throws(ServeError) {
    guard allowsLoading else {
      throw ServeError(
        400, "explicit model load / unload is not allowed: start the server with --model-control explicit")
    }
    var (reader, name, parameters) = (
      ProtobufReader(ByteSlice(message), name: "request", message: "request"), "", [String: JSON]()
    )
    try Self.reading { () throws(TensorError) in
      while let field = try reader.next() {
        switch field.number {
        case 2: name = try reader.string(field)
        case 3: try InferenceMessage.parameter(&reader, field, &parameters)
        default: try reader.skip(field)
        }
      }
    }
    let (wanted, settings) = (name, parameters)
    try repository.change(wanted, settings, isLoad: isLoad) { error in
      if let error { answer.fail(error) } else { answer.send(ProtobufWriter()) }
    }
  }

  // MARK: Answers

  private func metadata(_ model: ServedModel, _ writer: inout ProtobufWriter) {
    let states = model.configuration.states
    writer.add(1, string: model.name)
    for version in repository.versions(model.name) { writer.add(2, string: "\(version)") }
    writer.add(3, string: model.platform)
    for (field, ports) in [
      (4, model.inputs.filter { port in !states.contains { $0.input == port.name } }),
      (5, model.outputs.filter { port in !states.contains { $0.output == port.name } }),
    ] {
      for port in ports {
        writer.add(field) { writer in
          writer.add(1, string: port.name)
          writer.add(2, string: port.type.protocolName)
          writer.add(3, packed: port.shape ?? [-1])
        }
      }
    }
  }

  private func configuration(_ model: ServedModel, _ writer: inout ProtobufWriter) {
    let settings = model.configuration
    writer.add(1, string: model.name)
    writer.add(2, string: model.platform)
    writer.add(3) { writer in
      switch settings.versionPolicy {
      case .latest(let count): writer.add(1) { $0.add(1, int64: Int64(count)) }
      case .all: writer.add(2) { _ in }
      case .specific(let versions): writer.add(3) { $0.add(1, packed: versions) }
      }
    }
    writer.addUnlessZero(4, model.takesRows ? model.largestBatch ?? ServedModel.rowsJoined : 0)
    for (field, dims, ports) in [(5, 4, model.inputs), (6, 3, model.outputs)] {
      for port in ports {
        writer.add(field) { writer in
          writer.add(1, string: port.name)
          writer.addUnlessZero(2, port.type.configurationNumber)
          writer.add(dims, packed: (port.shape ?? [-1]).dropFirst(model.takesRows ? 1 : 0))
        }
      }
    }
    writer.add(7) { writer in
      writer.add(1, string: model.name)
      writer.add(2, int64: Int64(settings.instances))
      writer.add(4, int64: 2)
    }
    if model.takesRows, settings.joinsRequests ?? (settings.largestBatch == nil) {
      writer.add(11) { writer in
        writer.add(1, packed: settings.preferredBatches)
        writer.addUnlessZero(2, Int(settings.delay * 1e6))
        writer.addUnlessZero(4, settings.priorities)
        writer.addUnlessZero(5, settings.standardPriority)
      }
    }
    if !settings.steps.isEmpty {
      writer.add(15) { writer in for step in settings.steps { writer.add(1) { Self.add(step, &$0) } } }
    }
    for (key, value) in settings.parameters.sorted(by: { $0.key < $1.key }) {
      writer.add(14) { writer in
        writer.add(1, string: key)
        writer.add(2) { $0.add(1, string: value) }
      }
    }
    writer.add(17, string: "apus")
  }

  private static func add(_ step: ModelConfiguration.EnsembleStep, _ writer: inout ProtobufWriter) {
    writer.add(1, string: step.model)
    writer.add(2, int64: step.version.flatMap { Int64($0) } ?? -1)
    for (field, map) in [(3, step.inputs), (4, step.outputs)] {
      for (key, value) in map.sorted(by: { $0.key < $1.key }) {
        writer.add(field) { writer in
          writer.add(1, string: key)
          writer.add(2, string: value)
        }
      }
    }
  }

  private func statistics(_ model: ServedModel, _ writer: inout ProtobufWriter) {
    let counts = model.statistics.current
    func add(_ field: Int, _ tally: ModelStatistics.Tally, _ writer: inout ProtobufWriter) {
      writer.add(field) { writer in
        writer.addUnlessZero(1, tally.count)
        writer.addUnlessZero(2, tally.nanoseconds)
      }
    }
    writer.add(1, string: model.name)
    writer.add(2, string: "\(model.version)")
    writer.addUnlessZero(3, counts.last)
    writer.addUnlessZero(4, counts.rows)
    writer.addUnlessZero(5, counts.runs)
    writer.add(6) { writer in
      let all = [counts.success, counts.failure, counts.queue, counts.input, counts.compute, counts.output]
      for (i, tally) in all.enumerated() { add(i + 1, tally, &writer) }
      for field in 7...8 { add(field, ModelStatistics.Tally(), &writer) }
    }
    for (size, time) in counts.batches.sorted(by: { $0.key < $1.key }) {
      writer.add(7) { writer in
        writer.addUnlessZero(1, size)
        add(3, time, &writer)
      }
    }
  }
}

/// A stream of requests and answers. Answers come in the order in which they are ready.
private final class InferenceStream: @unchecked Sendable {
  private let service: GRPCInference
  private let call: GRPCCall
  private let answer: GRPCInference.Answer
  private struct Progress {
    /// Requests that are not answered.
    var open = 0
    var hasEnded = false
    var isSending = false
    var ready: [[UInt8]] = []
    var isBroken = false
    /// Those that can be cancelled, by their numbers, and those that were answered before they could be.
    var requests: [Int: InferenceRequest] = [:]
    var early: Set<Int> = []
    var last = 0
  }
  private let progress = Lock(Progress())
  /// The most requests that wait for their answers; the client's next ones are read when some have been sent.
  private static let mostOpen = 1024

  init(_ service: GRPCInference, _ call: GRPCCall, _ answer: GRPCInference.Answer) {
    (self.service, self.call, self.answer) = (service, call, answer)
    call.whenClientGoes { [weak self] in self?.cancel() }
  }

  private func cancel() {
    let requests = progress.withLock { progress -> [InferenceRequest] in
      progress.isBroken = true
      return Array(progress.requests.values)
    }
    for request in requests { request.cancel() }
  }

  /// Reads the next request.
  func next() {
    call.receive { [self] message in
      guard let message else {
        progress.withLock { $0.hasEnded = true }
        return send()
      }
      let (number, isFull) = progress.withLock { progress -> (Int, Bool) in
        progress.open += 1
        progress.last += 1
        return (progress.last, progress.open > Self.mostOpen)
      }
      do throws(ServeError) {
        if isFull { throw ServeError(429, "the stream has \(Self.mostOpen) requests that wait for their answers") }
        let request = try service.submit(message, caller: service.state.caller(of: call.head)) { [self] result in
          progress.withLock { if $0.requests.removeValue(forKey: number) == nil { $0.early.insert(number) } }
          switch result {
          case .success(let response): add(response, nil)
          case .failure(let error): add(nil, error)
          }
        }
        progress.withLock { if $0.early.remove(number) == nil { $0.requests[number] = request } }
      } catch {
        add(nil, error)
      }
      next()
    }
  }

  private func add(_ response: ProtobufWriter?, _ error: ServeError?) {
    var writer = ProtobufWriter()
    if let error { writer.add(1, string: error.message) }
    if let response { writer.add(2, message: response) }
    let bytes = writer.bytes
    progress.withLock { progress in
      progress.open -= 1
      progress.ready.append(bytes)
    }
    send()
  }

  /// Sends what is ready, one message at a time, and ends the call when the client has no more requests and all are answered.
  private func send() {
    enum Step { case wait, send([UInt8]), end }
    let step = progress.withLock { progress -> Step in
      if progress.isSending { return .wait }
      if !progress.ready.isEmpty, !progress.isBroken {
        progress.isSending = true
        return .send(progress.ready.removeFirst())
      }
      return progress.hasEnded && progress.open == 0 ? .end : .wait
    }
    switch step {
    case .wait: return
    case .end: answer.send(nil)
    case .send(let bytes):
      call.send(bytes) { [self] success in
        progress.withLock { progress in
          progress.isSending = false
          if !success { progress.isBroken = true }
        }
        send()
      }
    }
  }
}
