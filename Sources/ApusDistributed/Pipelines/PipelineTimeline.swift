import ApusCore

/// How long the computations of a stage take, in any unit.
public struct PipelineCosts: Sendable, Hashable {
  /// A forward pass.
  public var forward: Double
  /// A whole backward pass.
  public var backward: Double
  /// The gradients of inputs alone.
  public var backwardInput: Double
  /// The gradients of parameters alone.
  public var backwardWeight: Double
  /// What passes between the end of a computation and the begin of one on another rank that needs it.
  public var message: Double

  /// A backward pass takes twice as long as a forward pass, and half of it is for the parameters, unless said otherwise.
  public init(
    forward: Double = 1, backward: Double = 2, backwardInput: Double = 1, backwardWeight: Double = 1,
    message: Double = 0
  ) {
    self.forward = forward
    self.backward = backward
    self.backwardInput = backwardInput
    self.backwardWeight = backwardWeight
    self.message = message
  }

  func of(_ kind: PipelineAction.Kind) -> Double {
    switch kind {
    case .forward: forward
    case .backward: backward
    case .backwardInput: backwardInput
    case .backwardWeight: backwardWeight
    case .sendForward, .receiveForward, .sendBackward, .receiveBackward: 0
    }
  }
}

/// When the ranks of a pipeline computed what: of a model of it (``PipelineOrder/timeline(_:)``), or measured
/// (``PipelineSchedule/gatherTimeline()``).
public struct PipelineTimeline: Sendable, Codable, CustomStringConvertible {
  /// A computation and its time, in seconds or in the unit of ``PipelineCosts``.
  public struct Event: Sendable, Hashable, Codable {
    /// What was computed.
    public let action: PipelineAction
    /// When it began, from any moment on.
    public let begin: Double
    /// When it ended.
    public let end: Double
  }

  /// The computations of each rank in their order.
  public let ranks: [[Event]]

  init(_ ranks: [[Event]]) { self.ranks = ranks }

  /// The time from the first begin to the last end.
  public var duration: Double { (all.map(\.end).max() ?? 0) - begin }

  /// The part of ``duration`` in which a rank computes nothing, on average over the ranks: 0 to 1.
  public var bubble: Double {
    let whole = duration * Double(ranks.count)
    return whole > 0 ? 1 - all.map { $0.end - $0.begin }.reduce(0, +) / whole : 0
  }

  /// How many microbatches of a stage each rank keeps at most between their forward pass and the end of their backward pass.
  public var peakMicrobatches: [Int] {
    ranks.map { events in
      var (live, peak) = (0, 0)
      for event in events {
        switch event.action.kind {
        case .forward: live += 1
        case .backward, .backwardWeight: live -= 1
        default: break
        }
        peak = max(peak, live)
      }
      return peak
    }
  }

  private var all: [Event] { ranks.flatMap { $0 } }
  private var begin: Double { all.map(\.begin).min() ?? 0 }

  /// A line for each rank, as time goes by: `F2` is the forward pass of microbatch 2, with the stage before it where ranks have
  /// several; `B`, `I` and `W` are backward passes, `-` what goes on and `.` what is idle.
  ///
  ///     rank 0  F0 F1 .  .  B0 -- B1 --
  ///     rank 1  .  F0 B0 -- F1 B1 -- .
  public var description: String {
    let unit = all.map { $0.end - $0.begin }.filter { $0 > 0 }.min() ?? 1
    let columns = Int((duration / unit).rounded(.up))
    // A measured timeline is drawn in at most 120 columns.
    let width = columns > 120 ? duration / 120 : unit
    let showsStages = Set(all.map(\.action.stage)).count > ranks.count
    func name(_ action: PipelineAction) -> String {
      showsStages ? action.description : "\(action.kind.rawValue)\(action.microbatch)"
    }
    let length = all.map { name($0.action).count }.max() ?? 1
    let label = "rank \(max(ranks.count - 1, 0))".count
    let start = begin
    return ranks.enumerated().map { rank, events in
      var cells: [String] = []
      for event in events {
        let from = Int(((event.begin - start) / width).rounded())
        let to = Int(((event.end - start) / width).rounded())
        while cells.count < from { cells.append(".") }
        if cells.count < to || cells.count == from { cells.append(name(event.action)) }
        while cells.count < to { cells.append(String(repeating: "-", count: length)) }
      }
      let padded = cells.map { $0 + String(repeating: " ", count: max(length - $0.count, 0)) }.joined(separator: " ")
      let title = "rank \(rank)"
      let line = title + String(repeating: " ", count: label - title.count) + "  " + padded
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  /// The timeline as Chrome and Perfetto read it (`chrome://tracing`): a process for each rank, a row for each stage; times in seconds are
  /// shown as such.
  public var chromeTrace: String {
    let start = begin
    var lines: [String] = []
    for (rank, events) in ranks.enumerated() {
      lines.append(#"{"name": "process_name", "ph": "M", "pid": \#(rank), "args": {"name": "rank \#(rank)"}}"#)
      for event in events {
        let (from, length) = ((event.begin - start) * 1e6, (event.end - event.begin) * 1e6)
        let action = event.action
        lines.append(
          #"{"name": "\#(action)", "cat": "pipeline", "ph": "X", "pid": \#(rank), "tid": \#(action.stage), "#
            + #""ts": \#(from), "dur": \#(length), "args": {"microbatch": \#(action.microbatch)}}"#)
      }
    }
    return "{\"traceEvents\": [\n" + lines.joined(separator: ",\n") + "\n]}\n"
  }
}

extension PipelineAction: Codable {
  public init(from decoder: any Decoder) throws {
    try self.init(try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
