import ApusTrain

/// The settings of several trials, by parameter, in the order of the trials' numbers.
struct TrialSettings {
  /// How many trials there are.
  let count: Int
  /// The internal values of each parameter.
  let columns: [[Double]]
  /// For each parameter the positions of its values in ascending order, earlier ones first among equals.
  let orders: [[Int]]

  /// The settings of those of the rows, and of trials that run, which have all parameters of the space.
  init(_ table: ObservationTable, _ rows: [Int], _ running: [TrialRecord], _ space: NamedValues<ParameterDistribution>)
  {
    let known = space.names.map { table.columns[$0] ?? ObservationTable.Column(rows: table.rows.count) }
    var whole = rows
    for column in known { whole.removeAll { column.values[$0].isNaN } }
    let others = running.compactMap { trial in
      Self.settings(of: trial, space).map { (number: trial.number, values: $0) }
    }
    guard others.isEmpty else {
      var all = whole.map { row in (number: table.rows[row].number, values: known.map { $0.values[row] }) }
      all += others
      all.sort { $0.number < $1.number }
      count = all.count
      columns = known.indices.map { c in all.map { $0.values[c] } }
      orders = columns.map(sortedOrder)
      return
    }
    count = whole.count
    columns = known.map { column in whole.map { column.values[$0] } }
    guard whole.count > 32 else {
      orders = columns.map(sortedOrder)
      return
    }
    // The table's order, of which only some rows are there.
    var places = [Int](repeating: -1, count: table.rows.count)
    for (place, row) in whole.enumerated() { places[row] = place }
    orders = known.map { column in
      var order: [Int] = []
      order.reserveCapacity(whole.count)
      for row in column.order where places[Int(row)] >= 0 { order.append(places[Int(row)]) }
      return order
    }
  }

  /// The internal values of a running trial, those it has asked for and those drawn for it; nil where one is missing.
  private static func settings(of trial: TrialRecord, _ space: NamedValues<ParameterDistribution>) -> [Double]? {
    var text = ""
    for piece in 0... {
      guard case .string(let part) = trial.systemAttributes["\(TPESampler.shareKey):\(piece)"] else { break }
      text += part
    }
    var drawn: [String: SettingValue] = [:]
    if !text.isEmpty, case .dictionary(let members)? = try? SettingValue(pythonJSON: text, "") { drawn = members }
    var values: [Double] = []
    for (name, distribution) in space {
      if let parameter = trial.parameters[name] {
        values.append(parameter.internal)
      } else if let value = drawn[name], let value = try? distribution.internalValue(value, name) {
        values.append(value)
      } else {
        return nil
      }
    }
    return values
  }
}

/// The positions of the numbers in ascending order, earlier ones first among equals.
func sortedOrder(_ values: [Double]) -> [Int] {
  values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
}
