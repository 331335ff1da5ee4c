import ApusFormats
import ApusTrain
import ApusTune
import Foundation

/// Parts of recorded documents, where what is not there is a mistake of the document.
extension ByteJSON {
  private func mistake(_ wanted: String) -> JSON.SyntaxError {
    JSON.SyntaxError(description: "expected \(wanted), found \(kind)")
  }

  package func required(_ name: String) throws -> ByteJSON {
    guard let value = self[name] else {
      throw JSON.SyntaxError(description: "there is no '\(name)' in \(text.prefix(80))")
    }
    return value
  }

  package var isNull: Bool { if case .null = self { true } else { false } }

  package var items: [ByteJSON] {
    get throws {
      guard let array else { throw mistake("a list") }
      return array
    }
  }

  package var textValue: String {
    get throws {
      guard let string else { throw mistake("a text") }
      return string
    }
  }

  package var whole: Int {
    get throws {
      guard let int else { throw mistake("a whole number") }
      return int
    }
  }

  /// A number, or one of the texts for those that JSON has no form for.
  package var number: Double {
    get throws {
      if let double { return double }
      switch string {
      case "nan": return .nan
      case "inf": return .infinity
      case "-inf": return -.infinity
      default: throw mistake("a number")
      }
    }
  }

  package var numbers: [Double] { get throws { try items.map { try $0.number } } }

  /// A value of a parameter or a note; `{"$float": "nan"}` stands for a number that JSON has no form for.
  package var setting: SettingValue {
    get throws {
      switch self {
      case .null: .none
      case .bool(let value): .bool(value)
      case .int(let value): .int(value)
      case .real: .double(try number)
      case .string: .string(try textValue)
      case .array(let items): .list(try items.map { try $0.setting })
      case .object(let members):
        if members.count == 1, members[0].name == "$float" {
          .double(try members[0].value.number)
        } else {
          .dictionary(try Dictionary(members.map { ($0.name, try $0.value.setting) }, uniquingKeysWith: { $1 }))
        }
      }
    }
  }
}

/// The documents of a file that has one in each line.
func jsonLines(_ file: String) throws -> [ByteJSON] {
  let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
  return try bytes.split(separator: UInt8(ascii: "\n")).enumerated().map { i, line in
    do {
      return try ByteJSON(parsing: Array(line))
    } catch let mistake as ByteJSON.Mistake {
      throw JSON.SyntaxError(description: "\(file), line \(i + 1): \(mistake.description)")
    }
  }
}

extension TrialState {
  /// A state by Optuna's name.
  init(recorded name: String) throws {
    switch name {
    case "RUNNING": self = .running
    case "WAITING": self = .waiting
    case "COMPLETE": self = .complete
    case "PRUNED": self = .pruned
    case "FAIL": self = .failed
    default: throw JSON.SyntaxError(description: "there is no state '\(name)'")
    }
  }
}
