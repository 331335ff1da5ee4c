import ApusCore
import ApusFormats
import ApusNN
import ApusOptim

/// Where and when a trainer saves its state.
public struct CheckpointPlan: Sendable {
  /// `last.safetensors` has all that is needed to resume; `best.safetensors` only the model's parameters and buffers.
  public var folder: String
  /// Epochs between two checkpoints.
  public var everyEpochs: Int
  /// Steps between two checkpoints inside epochs; nil for none.
  public var everySteps: Int?
  /// The value whose best epoch is kept in `best.safetensors`; nil to keep none.
  public var monitor: String?
  /// Whether less of it is better.
  public var isLoss: Bool
  /// How many of the best epochs are kept; with more than one, each in `epoch-N.safetensors` too.
  public var topK: Int

  /// Saves into `folder` every `everyEpochs` epochs, at least 1; `monitor` names the value whose best epoch is kept.
  public init(
    folder: String, everyEpochs: Int = 1, everySteps: Int? = nil, monitor: String? = nil, isLoss: Bool = true,
    topK: Int = 1
  ) {
    self.folder = folder
    self.everyEpochs = max(1, everyEpochs)
    self.everySteps = everySteps.map { max(1, $0) }
    self.monitor = monitor
    self.isLoss = isLoss
    self.topK = max(1, topK)
  }

  /// Where the state to resume from lies.
  public var lastPath: String { folder + "/last.safetensors" }
  /// Where the best epoch's parameters and buffers lie.
  public var bestPath: String { folder + "/best.safetensors" }
  /// Where those of an epoch among the best lie, if more than one is kept.
  public func path(epoch: Int) -> String { folder + "/epoch-\(epoch).safetensors" }

  /// An epoch and its value.
  struct Ranked: Sendable, Hashable {
    var epoch: Int
    var value: Double
  }
}

/// All that a run needs to go on as if there had been no break, in one file.
struct Checkpoint {
  var state = StateDict()

  init() {}

  init(path: String) throws {
    state = try loadSafetensors(path)
    guard state["trainer.epoch"] != nil else {
      throw TensorError(
        .format, path, "this is no checkpoint of a trainer: it has no trainer.epoch; load a model with loadStateDict")
    }
  }

  /// A number that the trainer keeps.
  func number(_ name: String, path: String) throws -> Double {
    guard let tensor = state[name], tensor.count == 1 else {
      throw TensorError(.state, path, "the checkpoint has no number \(name)")
    }
    return tensor.item()
  }

  mutating func set(_ name: String, _ value: Double) { state[name] = Tensor(value, dtype: .float64) }

  mutating func set(_ name: String, _ values: [Double]) {
    state[name] = Tensor(values, shape: [values.count], dtype: .float64)
  }

  mutating func set(_ name: String, _ bytes: [UInt8]) {
    state[name] = Tensor(bytes.map { Int($0) }, shape: [bytes.count], dtype: .uint8)
  }
}
