import ApusCore
import ApusFormats
import ApusMedia

extension SummaryWriter {
  /// Records hyperparameters and what came out, which TensorBoard compares between runs.
  /// - Parameters:
  ///   - hparams: numbers, texts and truth values by name.
  ///   - metrics: the results by name; they are written as curves of one point too.
  ///   - hparamDomainDiscrete: the values that a hyperparameter can have, of its type.
  ///   - runName: the folder in `logDir` that it goes to; nil for the time.
  public func addHParams(
    _ hparams: [String: SettingValue], _ metrics: [String: Double],
    hparamDomainDiscrete: [String: [SettingValue]] = [:], runName: String? = nil, globalStep: Int = 0
  ) {
    let given = hparams.sorted { $0.key < $1.key }.filter { $0.value != .none }
    for (name, value) in given where HParam.kind(value) == nil {
      report(TensorError(.value, "addHParams", "'\(name)' is a number, a text or a truth value, not \(value.text)"))
      return
    }
    for (name, domain) in hparamDomainDiscrete {
      guard let value = hparams[name], domain.allSatisfy({ HParam.kind($0) == HParam.kind(value) }) else {
        report(
          TensorError(
            .value, "addHParams", "hparamDomainDiscrete[\(name)] should be a list of same type as hparams[\(name)]"))
        return
      }
    }
    let folder = logDir + "/" + (runName.flatMap { $0.isEmpty ? nil : $0 } ?? "\(secondsSince1970())")
    let success: Int64 = 1
    reported("addHParams") {
      let run = try TensorBoardWriter(logDir: folder)
      func add(_ tag: String, _ field: Int, _ build: @escaping (inout ProtobufWriter) -> Void) throws {
        var content = ProtobufWriter()
        content.add(field, build)
        try run.add("_hparams_/\(tag)", globalStep, nil) { $0.addPlugin("hparams", content: content.bytes) }
      }
      try add("experiment", 2) { experiment in
        for (name, value) in given {
          experiment.add(4) { HParam.describe(name, value, hparamDomainDiscrete[name], &$0) }
        }
        for name in metrics.keys.sorted() { experiment.add(5) { $0.add(1) { $0.add(2, string: name) } } }
      }
      try add("session_start_info", 3) { session in
        for (name, value) in given {
          session.add(1) { entry in
            entry.add(1, string: name)
            entry.add(2) { HParam.encode(value, &$0) }
          }
        }
      }
      try add("session_end_info", 4) { $0.add(1, int64: success) }
      for (name, value) in metrics.sorted(by: { $0.key < $1.key }) {
        try run.addScalar(name, value, step: globalStep)
      }
      try run.close()
    }
  }
}

/// Hyperparameters in the messages of TensorBoard's plugin.
private enum HParam {
  /// The number of the type: 1 text, 2 truth value, 3 number.
  static func kind(_ value: SettingValue) -> Int64? {
    switch value {
    case .string: 1
    case .bool: 2
    case .int, .double: 3
    default: nil
    }
  }

  /// `HParamInfo`.
  static func describe(
    _ name: String, _ value: SettingValue, _ domain: [SettingValue]?, _ message: inout ProtobufWriter
  ) {
    message.add(1, string: name)
    if let kind = kind(value) { message.add(4, int64: kind) }
    guard let domain else { return }
    message.add(5) { list in for value in domain { list.add(1) { encode(value, &$0) } } }
  }

  /// `google.protobuf.Value`.
  static func encode(_ value: SettingValue, _ message: inout ProtobufWriter) {
    switch value {
    case .string(let text): message.add(3, string: text)
    case .bool(let isTrue): message.add(4, int64: isTrue ? 1 : 0)
    case .int(let number): message.add(2, double: Double(number))
    case .double(let number): message.add(2, double: number)
    default: break
    }
  }
}
