import ApusCore
import ApusFormats
import ApusTrain

/// One line of a journal: an operation on studies, as Optuna writes it.
enum JournalEntry {
  case createStudy(name: String, directions: [StudyDirection])
  case deleteStudy(Int)
  case setStudyAttribute(AttributeOwner, String, SettingValue, study: Int)
  case createTrial(TrialRecord, study: Int)
  case setParameter(String, TrialRecord.Parameter, trial: Int)
  case setState(TrialState, values: [Double]?, time: TrialTime?, trial: Int)
  case report(step: Int, value: Double, trial: Int)
  case setTrialAttribute(AttributeOwner, String, SettingValue, trial: Int)
  /// Of another program, without a meaning here.
  case ignored

  // MARK: Writing

  /// The line, with its end.
  /// - Parameter worker: who writes it.
  func line(worker: String) -> String {
    var line = JournalLine(code, worker)
    switch self {
    case .createStudy(let name, let directions):
      line.add("study_name", .string(name))
      line.add("directions", .list(directions.map { .int($0.journalCode) }))
    case .deleteStudy(let study):
      line.add("study_id", .int(study))
    case .setStudyAttribute(let owner, let name, let value, let study):
      line.add("study_id", .int(study))
      line.add(owner.journalKey, .dictionary([name: value]))
    case .createTrial(let trial, let study):
      line.add("study_id", .int(study))
      line.add("datetime_start", time(trial.start))
      line.add(template: trial)
    case .setParameter(let name, let parameter, let trial):
      line.add("trial_id", .int(trial))
      line.add("param_name", .string(name))
      line.add("param_value_internal", .double(parameter.internal))
      line.add("distribution", .string(parameter.distribution.json))
    case .setState(let state, let values, let moment, let trial):
      line.add("trial_id", .int(trial))
      line.add("state", .int(state.journalCode))
      line.add("values", values.map { .list($0.map { .double($0) }) } ?? .none)
      switch state {
      case .running: line.add("datetime_start", time(moment))
      case .complete, .pruned, .failed: line.add("datetime_complete", time(moment))
      case .waiting: break
      }
    case .report(let step, let value, let trial):
      line.add("trial_id", .int(trial))
      line.add("step", .int(step))
      line.add("intermediate_value", .double(value))
    case .setTrialAttribute(let owner, let name, let value, let trial):
      line.add("trial_id", .int(trial))
      line.add(owner.journalKey, .dictionary([name: value]))
    case .ignored: break
    }
    return line.text
  }

  /// The number of the operation.
  private var code: Int {
    switch self {
    case .createStudy: 0
    case .deleteStudy: 1
    case .setStudyAttribute(.user, _, _, _): 2
    case .setStudyAttribute(.system, _, _, _): 3
    case .createTrial: 4
    case .setParameter: 5
    case .setState: 6
    case .report: 7
    case .setTrialAttribute(.user, _, _, _): 8
    case .setTrialAttribute(.system, _, _, _): 9
    case .ignored: 10
    }
  }

  private func time(_ time: TrialTime?) -> SettingValue { time.map { .string($0.iso) } ?? .none }

  // MARK: Reading

  /// Reads a line.
  /// - Throws: `TensorError` of kind `format` that says what is wrong with it.
  init(_ bytes: [UInt8], _ texts: inout DistributionTexts) throws {
    let json: ByteJSON
    do {
      json = try ByteJSON(parsing: bytes)
    } catch {
      throw TensorError(.format, "journal", "it is not JSON: \(error.description)")
    }
    let line = JournalReader(json: json)
    switch try line.int("op_code") {
    case 0:
      let directions = try line.list("directions").map { code in
        guard let code = code.int, let direction = StudyDirection(journalCode: code) else {
          throw line.mistake("a direction is \(code.kind)")
        }
        return direction
      }
      self = .createStudy(name: try line.text("study_name"), directions: directions)
    case 1: self = .deleteStudy(try line.int("study_id"))
    case let code where code == 2 || code == 3:
      let owner: AttributeOwner = code == 2 ? .user : .system
      let (name, value) = try line.attribute(owner.journalKey)
      self = .setStudyAttribute(owner, name, value, study: try line.int("study_id"))
    case 4: self = .createTrial(try line.template(&texts), study: try line.int("study_id"))
    case 5:
      let parameter = TrialRecord.Parameter(
        internal: try line.number("param_value_internal"),
        distribution: try texts.distribution(line.text("distribution")))
      self = .setParameter(try line.text("param_name"), parameter, trial: try line.int("trial_id"))
    case 6:
      let state = try line.state()
      self = .setState(
        state, values: try line.numbers("values"),
        time: try line.time(state.isFinished ? "datetime_complete" : "datetime_start"), trial: try line.int("trial_id"))
    case 7:
      self = .report(
        step: try line.int("step"), value: try line.number("intermediate_value"), trial: try line.int("trial_id"))
    case let code where code == 8 || code == 9:
      let owner: AttributeOwner = code == 8 ? .user : .system
      let (name, value) = try line.attribute(owner.journalKey)
      self = .setTrialAttribute(owner, name, value, trial: try line.int("trial_id"))
    case 10: self = .ignored
    case let code: throw line.mistake("the operation \(code) is unknown; a later program wrote it")
    }
  }
}

/// The text of a line that comes to be.
private struct JournalLine {
  private var members: String

  init(_ code: Int, _ worker: String) { members = "\"op_code\":\(code),\"worker_id\":" + quotedJSON(worker) }

  var text: String { "{" + members + "}\n" }

  mutating func add(_ name: String, _ value: SettingValue) { add(name, value.pythonJSON(isCompact: true)) }

  private mutating func add(_ name: String, _ json: String) {
    members += "," + quotedJSON(name, ensuresASCII: true) + ":" + json
  }

  /// Adds what a trial has that does not begin at this moment.
  mutating func add(template trial: TrialRecord) {
    let isPlain =
      trial.state == .running && trial.values.isEmpty && trial.parameters.isEmpty && trial.reports.isEmpty
      && trial.userAttributes.isEmpty && trial.systemAttributes.isEmpty && trial.end == nil
    if isPlain { return }
    func object<Value>(_ values: NamedValues<Value>, _ json: (Value) -> SettingValue) -> String {
      let members = values.map {
        quotedJSON($0.name, ensuresASCII: true) + ":" + json($0.value).pythonJSON(isCompact: true)
      }
      return "{" + members.joined(separator: ",") + "}"
    }
    add("state", .int(trial.state.journalCode))
    add("value", trial.values.count == 1 ? .double(trial.values[0]) : .none)
    add("values", trial.values.count > 1 ? .list(trial.values.map { .double($0) }) : .none)
    if let end = trial.end { add("datetime_complete", .string(end.iso)) }
    add("distributions", object(trial.parameters) { .string($0.distribution.json) })
    add("params", object(trial.parameters) { .double($0.internal) })
    add("user_attrs", object(trial.userAttributes) { $0 })
    add("system_attrs", object(trial.systemAttributes) { $0 })
    let reports = trial.reports.map { "\"\($0.step)\":\(pythonNumber($0.value))" }
    add("intermediate_values", "{" + reports.joined(separator: ",") + "}")
  }
}

/// The members of a line that is read.
private struct JournalReader {
  let json: ByteJSON

  func mistake(_ message: String) -> TensorError { TensorError(.format, "journal", message) }

  func int(_ name: String) throws -> Int {
    guard let value = json[name]?.int else { throw mistake("it has no whole number '\(name)'") }
    return value
  }

  func number(_ name: String) throws -> Double {
    guard let value = json[name]?.double else { throw mistake("it has no number '\(name)'") }
    return value
  }

  func text(_ name: String) throws -> String {
    guard let value = json[name]?.string else { throw mistake("it has no text '\(name)'") }
    return value
  }

  func list(_ name: String) throws -> [ByteJSON] {
    guard let value = json[name]?.array else { throw mistake("it has no list '\(name)'") }
    return value
  }

  /// Numbers, or nil where there are none.
  func numbers(_ name: String) throws -> [Double]? {
    guard let items = json[name]?.array else { return nil }
    return try items.map { item in
      guard let number = item.double else { throw mistake("'\(name)' holds \(item.kind), which is no number") }
      return number
    }
  }

  func time(_ name: String) throws -> TrialTime? {
    guard let text = json[name]?.string else { return nil }
    guard let time = TrialTime(text) else { throw mistake("'\(name)' is no time: \(text.prefix(40))") }
    return time
  }

  func state() throws -> TrialState {
    let code = try int("state")
    guard let state = TrialState(journalCode: code) else { throw mistake("the state \(code) is unknown") }
    return state
  }

  /// The only member of an object.
  func attribute(_ name: String) throws -> (String, SettingValue) {
    guard let members = json[name]?.members, let member = members.first else {
      throw mistake("it has no '\(name)'")
    }
    return (member.name, SettingValue(member.value))
  }

  func template(_ texts: inout DistributionTexts) throws -> TrialRecord {
    var trial = TrialRecord(start: try time("datetime_start"), end: try time("datetime_complete"))
    if json["state"] != nil { trial.state = try state() }
    trial.values = try numbers("values") ?? json["value"]?.double.map { [$0] } ?? []
    for member in json["params"]?.members ?? [] {
      guard let value = member.value.double, let text = json["distributions"]?[member.name]?.string else {
        throw mistake("the parameter '\(member.name)' has no number or no distribution")
      }
      trial.parameters[member.name] = .init(internal: value, distribution: try texts.distribution(text))
    }
    for member in json["user_attrs"]?.members ?? [] { trial.userAttributes[member.name] = SettingValue(member.value) }
    for member in json["system_attrs"]?.members ?? [] {
      trial.systemAttributes[member.name] = SettingValue(member.value)
    }
    for member in json["intermediate_values"]?.members ?? [] {
      guard let step = Int(member.name), let value = member.value.double else {
        throw mistake("'intermediate_values' has '\(member.name)' with \(member.value.kind)")
      }
      trial.reports.append(.init(step: step, value: value))
    }
    return trial
  }
}

// The numbers by which a journal knows states and directions, in their order.
extension TrialState {
  private static let journalCodes: [TrialState] = [.running, .complete, .pruned, .failed, .waiting]
  fileprivate var journalCode: Int { Self.journalCodes.firstIndex(of: self) ?? 0 }
  fileprivate init?(journalCode: Int) {
    guard Self.journalCodes.indices.contains(journalCode) else { return nil }
    self = Self.journalCodes[journalCode]
  }
}

extension StudyDirection {
  private static let journalCodes: [StudyDirection] = [.unset, .minimize, .maximize]
  fileprivate var journalCode: Int { Self.journalCodes.firstIndex(of: self) ?? 0 }
  fileprivate init?(journalCode: Int) {
    guard Self.journalCodes.indices.contains(journalCode) else { return nil }
    self = Self.journalCodes[journalCode]
  }
}

extension AttributeOwner {
  fileprivate var journalKey: String {
    switch self {
    case .user: "user_attr"
    case .system: "system_attr"
    }
  }
}
