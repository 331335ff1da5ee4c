import ApusCore
import ApusFormats
import ApusTrain

/// Which trials are read.
enum TrialSelection {
  /// Those of a study whose id is above one.
  case after(Int, study: Int)
  /// These.
  case ids([Int])
}

/// The names by which the tables keep states and directions.
extension TrialState {
  var optunaName: String {
    switch self {
    case .running: "RUNNING"
    case .waiting: "WAITING"
    case .complete: "COMPLETE"
    case .pruned: "PRUNED"
    case .failed: "FAIL"
    }
  }

  init?(optunaName: String) {
    guard let state = Self.allCases.first(where: { $0.optunaName == optunaName }) else { return nil }
    self = state
  }
}

extension StudyDirection {
  var optunaName: String {
    switch self {
    case .minimize: "MINIMIZE"
    case .maximize: "MAXIMIZE"
    case .unset: "NOT_SET"
    }
  }

  init?(optunaName: String) {
    guard let direction = Self.allCases.first(where: { $0.optunaName == optunaName }) else { return nil }
    self = direction
  }
}

/// A number as the tables keep it: infinities and what is no number by the name of a type, with null as the value.
struct StoredNumber {
  let value: SQLValue
  let type: String

  init(_ number: Double) {
    type = number.isNaN ? "NAN" : number == .infinity ? "INF_POS" : number == -.infinity ? "INF_NEG" : "FINITE"
    value = number.isFinite ? .double(number) : .null
  }

  static func read(_ row: any SQLRow, _ value: Int, type: Int) -> Double {
    switch row.text(type) {
    case "INF_POS": .infinity
    case "INF_NEG": -.infinity
    case _ where row.isNull(value): .nan
    default: row.double(value)
    }
  }
}

/// The distributions of texts that were read before: a study has few and repeats them in every trial.
struct DistributionTexts: Sendable {
  private var known: [String: ParameterDistribution] = [:]

  mutating func distribution(_ text: String) throws -> ParameterDistribution {
    if let distribution = known[text] { return distribution }
    let distribution = try ParameterDistribution(json: text)
    if known.count >= 4096 { known = [:] }
    known[text] = distribution
    return distribution
  }
}

/// Reads trials from the tables, all of a selection at once, in ascending order of their ids.
func loadTrials(
  _ selection: TrialSelection, from connection: any SQLConnection, _ texts: inout DistributionTexts
) throws -> [TrialRecord] {
  let condition: String
  let values: [SQLValue]
  switch selection {
  case .after(let id, let study):
    condition = "IN (SELECT trial_id FROM trials WHERE study_id = $1 AND trial_id > $2)"
    values = [.int(study), .int(id)]
  case .ids(let ids):
    condition = connection.dialect.isAmongIDs
    values = [connection.dialect.ids(ids)]
  }
  var trials: [TrialRecord] = []
  let columns = "trial_id, number, state, datetime_start, datetime_complete"
  try connection.run("SELECT \(columns) FROM trials WHERE trial_id \(condition) ORDER BY trial_id", values) { row in
    let id = row.int(0)
    guard let state = TrialState(optunaName: row.text(2)) else {
      throw TensorError(.format, connection.description, "the trial of id \(id) has the unknown state '\(row.text(2))'")
    }
    trials.append(
      TrialRecord(
        id: id, number: row.isNull(1) ? trials.count : row.int(1), state: state,
        start: row.optionalText(3).flatMap { TrialTime($0) }, end: row.optionalText(4).flatMap { TrialTime($0) }))
  }
  if trials.isEmpty { return [] }

  // The rows of all tables come in the order of the trials: each is met by walking on.
  func forEach(
    _ columns: String, _ table: String, _ order: String, _ body: (inout TrialRecord, any SQLRow) throws -> Void
  ) throws {
    var position = 0
    let sql = "SELECT trial_id, \(columns) FROM \(table) WHERE trial_id \(condition) ORDER BY trial_id, \(order)"
    try connection.run(sql, values) { row in
      let id = row.int(0)
      while position < trials.count, trials[position].id < id { position += 1 }
      guard position < trials.count, trials[position].id == id else { return }
      try body(&trials[position], row)
    }
  }
  func place(_ trial: TrialRecord, _ name: String) -> String {
    "\(connection.description), trial \(trial.number), '\(name)'"
  }
  try forEach("param_name, param_value, distribution_json", "trial_params", "param_id") { trial, row in
    let name = row.text(1)
    do {
      let distribution = try texts.distribution(row.text(3))
      trial.parameters.append(name, .init(internal: row.double(2), distribution: distribution))
    } catch let error as TensorError {
      throw TensorError(.format, place(trial, name), error.description)
    }
  }
  try forEach("value, value_type", "trial_values", "objective") { trial, row in
    trial.values.append(StoredNumber.read(row, 1, type: 2))
  }
  try forEach(
    "step, intermediate_value, intermediate_value_type", "trial_intermediate_values", "step"
  ) { trial, row in
    trial.reports.append(.init(step: row.int(1), value: StoredNumber.read(row, 2, type: 3)))
  }
  try forEach("\"key\", value_json", "trial_user_attributes", "\"key\"") { trial, row in
    let name = row.text(1)
    trial.userAttributes.append(name, try SettingValue(pythonJSON: row.text(2), place(trial, name)))
  }
  try forEach("\"key\", value_json", "trial_system_attributes", "\"key\"") { trial, row in
    let name = row.text(1)
    trial.systemAttributes.append(name, try SettingValue(pythonJSON: row.text(2), place(trial, name)))
  }
  return trials
}
