import Apus
import ApusFormats

/// What a step made, from the moment at which it was done.
package struct FinishedStep: Sendable, Equatable {
  package struct Output: Sendable, Equatable {
    package var key: String
    package var type: String
    package var digest: String
    package var properties: [String: SettingValue]
  }

  package var execution: Int
  package var outputs: [Output]
  /// What the step said of itself.
  package var properties: [String: SettingValue]

  /// Writes it in one piece.
  func write(to path: String) throws {
    let json = SettingValue.dictionary([
      "execution": .int(execution), "properties": .dictionary(properties),
      "outputs": .list(
        outputs.map {
          .dictionary([
            "key": .string($0.key), "type": .string($0.type), "digest": .string($0.digest),
            "properties": .dictionary($0.properties),
          ])
        }),
    ])
    try writeText(json.json + "\n", to: path)
  }

  /// Reads what ``write(to:)`` wrote.
  init(file: String) throws(TensorError) {
    let json = try SettingValue(file: file)
    guard let execution = json["execution"]?.asInt, let outputs = json["outputs"]?.asList else {
      throw TensorError(.format, file, "this is no record of a finished step")
    }
    self.execution = execution
    properties = json["properties"]?.asDictionary ?? [:]
    self.outputs = []
    for output in outputs {
      guard let key = output["key"]?.asString, let type = output["type"]?.asString,
        let digest = output["digest"]?.asString
      else { throw TensorError(.format, file, "an output of this record has no key, type or digest") }
      self.outputs.append(
        Output(key: key, type: type, digest: digest, properties: output["properties"]?.asDictionary ?? [:]))
    }
  }

  init(execution: Int, outputs: [Output], properties: [String: SettingValue]) {
    self.execution = execution
    self.outputs = outputs
    self.properties = properties
  }
}
