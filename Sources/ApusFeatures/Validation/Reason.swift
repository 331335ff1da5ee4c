import ApusFormats

/// Why something is an anomaly.
public struct AnomalyReason: MessageView {
  package static let messageName = "Reason"
  package var message: ProtobufMessage
  package init(message: ProtobufMessage) { self.message = message }

  init(_ type: AnomalyType, _ short: String, _ long: String = "") {
    self.init()
    self[integer: 1] = type.number
    self[text: 2] = short
    self[text: 3] = long
  }

  /// What kind of anomaly it is.
  public var type: AnomalyType { AnomalyType(number: self[integer: 1]) }
  /// A few words.
  public var shortDescription: String { self[text: 2] }
  /// A sentence with the figures.
  public var description: String { self[text: 3] }
}
