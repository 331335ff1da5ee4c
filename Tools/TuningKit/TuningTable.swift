import ApusCore
import ApusFormats
import ApusTrain
import ApusTune

/// A recorded tuning: what a training came to for every setting of a grid. A sampler that asks for a setting gets its recorded value
/// at once, so that many studies of a real task cost nothing.
package struct TuningTable: Sendable {
  /// A parameter, and what it may be.
  package struct Parameter: Sendable {
    package enum Values: Sendable {
      /// Numbers in order; a study sees their places, as a whole number.
      case levels([Double])
      case choices([String])
    }

    package let name: String
    package let values: Values
    /// The parameter is there only where another one has this value. Its absence is a row of its own, so that the other parameter
    /// has none.
    package let condition: (name: String, choice: String)?

    package init(_ name: String, _ levels: [Double], where condition: (name: String, choice: String)? = nil) {
      (self.name, values, self.condition) = (name, .levels(levels), condition)
    }

    package init(_ name: String, _ choices: [String]) {
      (self.name, values, condition) = (name, .choices(choices), nil)
    }

    fileprivate var count: Int {
      switch values {
      case .levels(let levels): levels.count
      case .choices(let choices): choices.count
      }
    }

    fileprivate func value(_ place: Int) -> SettingValue {
      switch values {
      case .levels(let levels): .double(levels[place])
      case .choices(let choices): .string(choices[place])
      }
    }
  }

  package let name: String
  package let parameters: [Parameter]
  /// After how many epochs there are values.
  package let epochs: [Int]
  /// How many examples were judged.
  package let judged: Int
  /// How many of them were wrong, row by row and epoch by epoch.
  package var errors: [Int]

  package init(_ name: String, _ parameters: [Parameter], epochs: [Int], judged: Int, errors: [Int] = []) {
    (self.name, self.parameters, self.epochs) = (name, parameters, epochs)
    (self.judged, self.errors) = (judged, errors)
  }

  /// Whether another parameter depends on it: its value follows from which row of that one it is.
  private func isSwitch(_ parameter: Parameter) -> Bool {
    parameters.contains { $0.condition?.name == parameter.name }
  }

  /// How many rows a parameter multiplies.
  private func factor(_ parameter: Parameter) -> Int {
    isSwitch(parameter) ? 1 : parameter.condition == nil ? parameter.count : parameter.count + 1
  }

  package var count: Int { parameters.reduce(1) { $0 * factor($1) } }

  /// The settings of a row. Those of a switch whose dependent is absent are its first other choice.
  package func settings(_ row: Int) -> [String: SettingValue] {
    var settings: [String: SettingValue] = [:]
    var rest = row
    for parameter in parameters.reversed() where !isSwitch(parameter) {
      let place = rest % factor(parameter)
      rest /= factor(parameter)
      guard let condition = parameter.condition else {
        settings[parameter.name] = parameter.value(place)
        continue
      }
      if place > 0 { settings[parameter.name] = parameter.value(place - 1) }
      guard case .choices(let choices) = parameters.first(where: { $0.name == condition.name })?.values else {
        continue
      }
      let other = choices.first { $0 != condition.choice } ?? condition.choice
      settings[condition.name] = .string(place > 0 ? condition.choice : other)
    }
    return settings
  }

  /// The parameters of a row as a study has them: places of levels.
  package func asked(_ row: Int) -> [String: SettingValue] {
    var asked = settings(row)
    for parameter in parameters {
      guard case .levels(let levels) = parameter.values, case .double(let level) = asked[parameter.name] else {
        continue
      }
      asked[parameter.name] = levels.firstIndex(of: level).map { .int($0) }
    }
    return asked
  }

  /// Asks a trial for its parameters.
  /// - Returns: the row that they are.
  package func row(_ trial: Trial) throws -> Int {
    var row = 0
    var chosen: [String: String] = [:]
    for parameter in parameters {
      switch parameter.values {
      case .choices(let choices):
        let choice = try trial.suggest(parameter.name, choices)
        chosen[parameter.name] = choice
        if !isSwitch(parameter) { row = row * choices.count + (choices.firstIndex(of: choice) ?? 0) }
      case .levels(let levels):
        guard let condition = parameter.condition else {
          row = row * levels.count + (try trial.suggest(parameter.name, 0...levels.count - 1))
          continue
        }
        let isThere = chosen[condition.name] == condition.choice
        let place = isThere ? 1 + (try trial.suggest(parameter.name, 0...levels.count - 1)) : 0
        row = row * (levels.count + 1) + place
      }
    }
    return row
  }

  /// The share of wrong examples after the epochs, of a row.
  package func shares(_ row: Int) -> [Double] {
    errors[(row * epochs.count)..<((row + 1) * epochs.count)].map { Double($0) / Double(judged) }
  }

  /// The share after the last epoch, as a problem for samplers.
  package var problem: TuningProblem {
    TuningProblem(
      name: name, kind: .table, dim: 0, reference: [],
      objective: { [try shares(row($0)).last ?? .nan] }, checks: [], checksHypervolume: nil)
  }
}

extension TuningTable {
  /// The tables in a file.
  package static func all(in file: String) throws -> [TuningTable] {
    try ByteJSON(file: file).required("tables").items.map { json in
      let parameters = try json.required("parameters").items.map { item in
        let name = try item.required("name").textValue
        if let choices = item["choices"] { return Parameter(name, try choices.items.map { try $0.textValue }) }
        let condition = try item["when"]?.items.map { try $0.textValue }
        return Parameter(name, try item.required("levels").numbers, where: condition.map { ($0[0], $0[1]) })
      }
      let table = TuningTable(
        try json.required("name").textValue, parameters, epochs: try json.required("epochs").items.map { try $0.whole },
        judged: try json.required("judged").whole, errors: try json.required("errors").items.map { try $0.whole })
      guard table.errors.count == table.count * table.epochs.count else {
        throw JSON.SyntaxError(
          description: "the table '\(table.name)' has \(table.errors.count) values for \(table.count) rows")
      }
      return table
    }
  }

  /// The table as JSON, without spaces.
  package var json: String {
    let parameters = parameters.map { parameter in
      let when = parameter.condition.map { ",\"when\":[\(quotedJSON($0.name)),\(quotedJSON($0.choice))]" } ?? ""
      let values =
        switch parameter.values {
        case .levels(let levels): "\"levels\":[\(levels.map { "\($0)" }.joined(separator: ","))]"
        case .choices(let choices): "\"choices\":[\(choices.map { quotedJSON($0) }.joined(separator: ","))]"
        }
      return "{\"name\":\(quotedJSON(parameter.name)),\(values)\(when)}"
    }
    func list(_ numbers: [Int]) -> String { "[\(numbers.map { "\($0)" }.joined(separator: ","))]" }
    return "{\"name\":\(quotedJSON(name)),\"parameters\":[\(parameters.joined(separator: ","))],"
      + "\"epochs\":\(list(epochs)),\"judged\":\(judged),\"errors\":\(list(errors))}"
  }
}
