import ApusCore

/// One thing that a rank does in a step of a pipeline: a computation of one microbatch on one stage, or a message about it.
///
/// Written as PyTorch writes it: `2F0` is the forward pass of microbatch 0 on stage 2, `1SEND_F3` sends what stage 1 made of
/// microbatch 3 to the next stage.
public struct PipelineAction: Sendable, Hashable, CustomStringConvertible {
  /// What is done.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The forward pass.
    case forward = "F"
    /// The backward pass: gradients of the stage's inputs and of its parameters.
    case backward = "B"
    /// The part of the backward pass that the stage before waits for: gradients of the stage's inputs.
    case backwardInput = "I"
    /// The part of the backward pass that nobody waits for: gradients of the parameters.
    case backwardWeight = "W"
    /// Sends results to the next stage.
    case sendForward = "SEND_F"
    /// Receives what the stage before has made.
    case receiveForward = "RECV_F"
    /// Sends gradients of inputs to the stage before.
    case sendBackward = "SEND_B"
    /// Receives gradients of results from the next stage.
    case receiveBackward = "RECV_B"

    /// Whether it computes; others are messages.
    public var computes: Bool {
      switch self {
      case .forward, .backward, .backwardInput, .backwardWeight: true
      case .sendForward, .receiveForward, .sendBackward, .receiveBackward: false
      }
    }
  }

  /// The stage, from 0 on.
  public let stage: Int
  /// What is done.
  public let kind: Kind
  /// The microbatch, from 0 on.
  public let microbatch: Int

  /// The action `kind` of a microbatch on a stage.
  public init(_ stage: Int, _ kind: Kind, _ microbatch: Int) {
    (self.stage, self.kind, self.microbatch) = (stage, kind, microbatch)
  }

  /// The action that `text` names: `2F0`.
  /// - Throws: `TensorError` of kind `format` where it names none.
  public init(_ text: String) throws(TensorError) {
    let stage = text.prefix { $0.isNumber }
    let rest = text.dropFirst(stage.count)
    let name = rest.prefix { !$0.isNumber }
    guard let stageNumber = Int(stage), let kind = Kind(rawValue: String(name)),
      let microbatch = Int(rest.dropFirst(name.count))
    else {
      throw TensorError(
        .format, "PipelineAction",
        "'\(text)' is no action; one is a stage, one of \(Kind.allCases.map(\.rawValue).joined(separator: ", ")), and a "
          + "microbatch: 2F0")
    }
    self.init(stageNumber, kind, microbatch)
  }

  public var description: String { "\(stage)\(kind.rawValue)\(microbatch)" }
}
