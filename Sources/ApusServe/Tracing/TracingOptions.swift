import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Where the traces of requests are sent: a collector of OpenTelemetry, by OTLP over HTTP.
public struct TracingOptions: Sendable {
  /// Where spans are posted: `http://collector:4318/v1/traces`.
  public var url: String
  /// Headers of each post.
  public var headers: [HTTPField] = []
  /// What is said of this server with all its spans, `service.name` among it.
  public var resource: [HTTPField] = []
  /// Which requests are traced.
  public var sampler = TraceSampler()
  /// How many spans wait at most; further ones are dropped, and counted.
  public var mostWaiting = 2048
  /// How many spans are sent in a post at most.
  public var mostTogether = 512
  /// How long spans wait for others, in seconds.
  public var delay = 5.0
  /// How long a post may take, in seconds.
  public var timeout = 10.0

  /// Options for a collector at an address, to which the path of the protocol is added.
  /// - Parameter collector: `http://collector:4318`.
  public init(collector: String) {
    url = collector + (collector.hasSuffix("/") ? "" : "/") + "v1/traces"
    resource = [HTTPField("service.name", "apus")]
  }

  /// The options that the standard variables of OpenTelemetry tell: `OTEL_EXPORTER_OTLP_ENDPOINT` (or `_TRACES_ENDPOINT`), `OTEL_EXPORTER_OTLP_HEADERS`,
  /// `OTEL_EXPORTER_OTLP_TIMEOUT`, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER` with `_ARG`, `OTEL_BSP_MAX_QUEUE_SIZE`,
  /// `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`, `OTEL_BSP_SCHEDULE_DELAY`, `OTEL_SDK_DISABLED`, `OTEL_TRACES_EXPORTER`.
  /// - Parameter collector: the address of the collector, before all variables.
  /// - Returns: nil where there is no collector, or tracing is turned off.
  /// - Throws: `TensorError` of kind `value` that names the variable and what is wrong with it.
  public static func standard(collector: String? = nil) throws(TensorError) -> TracingOptions? {
    try standard(collector: collector) { DynamicLibrary.environment($0) }
  }

  /// The same, with variables that `value` gives.
  package static func standard(
    collector: String?, value: (String) -> String?
  ) throws(TensorError) -> TracingOptions? {
    if value("OTEL_SDK_DISABLED")?.lowercased() == "true" || value("OTEL_TRACES_EXPORTER") == "none" { return nil }
    var options: TracingOptions
    if let address = collector ?? value("OTEL_EXPORTER_OTLP_ENDPOINT") {
      options = TracingOptions(collector: address)
    } else if let url = value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
      options = TracingOptions(collector: "")
      options.url = url
    } else {
      return nil
    }
    if collector == nil, let url = value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") { options.url = url }
    let spoken = value("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? value("OTEL_EXPORTER_OTLP_PROTOCOL") ?? "http/protobuf"
    guard spoken == "http/protobuf" else {
      throw TensorError(
        .value, "OTEL_EXPORTER_OTLP_PROTOCOL", "'\(spoken)' is not spoken here; http/protobuf is, mostly at port 4318")
    }
    let headers = value("OTEL_EXPORTER_OTLP_TRACES_HEADERS") ?? value("OTEL_EXPORTER_OTLP_HEADERS")
    options.headers = try pairs(headers, "OTEL_EXPORTER_OTLP_HEADERS")
    for header in options.headers
    where !(header.name + header.value).utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) || header.name.contains(" ") {
      throw TensorError(.value, "OTEL_EXPORTER_OTLP_HEADERS", "'\(header.name)' is no header of HTTP")
    }
    var resource = try pairs(value("OTEL_RESOURCE_ATTRIBUTES"), "OTEL_RESOURCE_ATTRIBUTES")
    let name = value("OTEL_SERVICE_NAME") ?? resource.last { $0.name == "service.name" }?.value ?? "apus"
    resource.removeAll { $0.name == "service.name" }
    options.resource = [HTTPField("service.name", name)] + resource
    options.sampler = try TraceSampler(value("OTEL_TRACES_SAMPLER"), argument: value("OTEL_TRACES_SAMPLER_ARG"))
    func number(_ name: String, _ range: ClosedRange<Int>) throws(TensorError) -> Int? {
      guard let text = value(name) else { return nil }
      guard let number = Int(text), range.contains(number) else {
        throw TensorError(
          .value, name, "'\(text)' is no whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
    options.mostWaiting = try number("OTEL_BSP_MAX_QUEUE_SIZE", 1...1 << 20) ?? options.mostWaiting
    let together = try number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 1...1 << 20) ?? options.mostTogether
    options.mostTogether = min(together, options.mostWaiting)
    if let delay = try number("OTEL_BSP_SCHEDULE_DELAY", 1...86_400_000) { options.delay = Double(delay) / 1000 }
    if let time = try number("OTEL_EXPORTER_OTLP_TIMEOUT", 1...600_000) { options.timeout = Double(time) / 1000 }
    // What is wrong with the address is told at the start.
    _ = try WebAddress(options.url)
    return options
  }

  /// `name=value,name=value`, with percent signs decoded.
  private static func pairs(_ text: String?, _ variable: String) throws(TensorError) -> [HTTPField] {
    var found: [HTTPField] = []
    for part in (text ?? "").split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1)
      guard sides.count == 2 else {
        throw TensorError(.value, variable, "'\(part)' is not of the form NAME=VALUE")
      }
      func trimmed(_ text: Substring) -> String {
        let text = text.drop { $0 == " " }
        return String(text.prefix(text.count - text.reversed().prefix { $0 == " " }.count))
      }
      found.append(HTTPField(trimmed(sides[0]), RequestTarget(trimmed(sides[1])).path))
    }
    return found
  }
}

/// Which requests are traced.
public struct TraceSampler: Sendable, Hashable {
  /// The part of the requests without a parent that are: 1 for all.
  public var ratio: Double
  /// Whether a request with a parent is traced as that one is.
  public var followsParent: Bool

  /// A sampler.
  public init(ratio: Double = 1, followsParent: Bool = true) {
    (self.ratio, self.followsParent) = (ratio, followsParent)
  }

  /// A sampler by OpenTelemetry's name for it; nil for the standard one, `parentbased_always_on`.
  init(_ name: String?, argument: String?) throws(TensorError) {
    var ratio = 1.0
    let name = name ?? "parentbased_always_on"
    let isPart = name.hasSuffix("traceidratio")
    if isPart, let argument {
      guard let number = Double(argument), 0...1 ~= number else {
        throw TensorError(.value, "OTEL_TRACES_SAMPLER_ARG", "'\(argument)' is no number from 0 to 1")
      }
      ratio = number
    }
    switch name {
    case "always_on", "traceidratio": self.init(ratio: ratio, followsParent: false)
    case "always_off": self.init(ratio: 0, followsParent: false)
    case "parentbased_always_on", "parentbased_traceidratio": self.init(ratio: ratio)
    case "parentbased_always_off": self.init(ratio: 0)
    default:
      throw TensorError(
        .value, "OTEL_TRACES_SAMPLER",
        "'\(name)' is not known; there are always_on, always_off, traceidratio, and each behind parentbased_")
    }
  }

  /// Whether a request is traced.
  package func samples(_ trace: TraceID, parent isSampled: Bool?) -> Bool {
    if followsParent, let isSampled { return isSampled }
    if ratio >= 1 { return true }
    // All servers that a request goes through decide alike.
    return Double(trace.low >> 1) < ratio * 0x1p63
  }
}
