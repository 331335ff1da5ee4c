import Apus
import ApusFormats
import ApusTune

extension SettingValue {
  /// The value of a member, where it is a dictionary that has it.
  subscript(_ name: String) -> SettingValue? { if case .dictionary(let members) = self { members[name] } else { nil } }
  var asString: String? { if case .string(let value) = self { value } else { nil } }
  var asInt: Int? { if case .int(let value) = self { value } else { nil } }
  var asBool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var asList: [SettingValue]? { if case .list(let values) = self { values } else { nil } }
  var asDictionary: [String: SettingValue]? { if case .dictionary(let members) = self { members } else { nil } }
  /// The number, whole or not.
  var asDouble: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// What the JSON file at `path` says.
  init(file path: String) throws(TensorError) { self.init(try ByteJSON(file: path, deepest: 64)) }
}
