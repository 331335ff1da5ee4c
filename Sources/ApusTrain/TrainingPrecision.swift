import ApusCore
import ApusData
import ApusNN
import ApusOptim

/// The numbers that a ``Trainer`` computes with, under the names that Lightning gives them:
///
///     trainer.precision = "bf16-mixed"
public enum TrainingPrecision: String, Sendable, Hashable, CaseIterable, ExpressibleByStringLiteral {
  /// float32, and whatever else the model has: nothing is converted.
  case float32 = "32-true"
  /// Model and batches in float64.
  case float64 = "64-true"
  /// Model and batches in bfloat16: half the memory, and steps too small for its 8 bits are lost.
  case bfloat16 = "bf16-true"
  /// Model and batches in float16.
  case float16 = "16-true"
  /// Products in bfloat16, parameters and steps in float32 (``autocast(_:enabled:cacheEnabled:_:)-(DType,_,_,_)``).
  case bfloat16Mixed = "bf16-mixed"
  /// Products in float16, parameters and steps in float32, the loss scaled (`GradScaler`).
  case float16Mixed = "16-mixed"

  /// The short names that Lightning takes too, and Keras' names of its policies.
  private static let aliases: [String: TrainingPrecision] = [
    "32": .float32, "64": .float64, "16": .float16Mixed, "bf16": .bfloat16Mixed,
    "float32": .float32, "float64": .float64, "float16": .float16, "bfloat16": .bfloat16,
    "mixed_float16": .float16Mixed, "mixed_bfloat16": .bfloat16Mixed,
  ]

  /// The precision of this name, `"bf16-mixed"`; an unknown one is a mistake, whose message lists those there are.
  public init(stringLiteral name: String) {
    if let known = Self(rawValue: name) ?? Self.aliases[name] {
      self = known
      return
    }
    let names = Self.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    report(TensorError(.value, "Trainer", "there is no precision \"\(name)\"; known are \(names)"))
    self = .float32
  }

  /// What products compute in, where the rest stays in float32.
  var autocast: DType? {
    switch self {
    case .bfloat16Mixed: .bfloat16
    case .float16Mixed: .float16
    case .float32, .float64, .bfloat16, .float16: nil
    }
  }

  /// What model and batches are converted to.
  var converted: DType? {
    switch self {
    case .float64: .float64
    case .bfloat16: .bfloat16
    case .float16: .float16
    case .float32, .bfloat16Mixed, .float16Mixed: nil
    }
  }

  /// A tensor of a batch in the numbers of the precision.
  func input(_ tensor: Tensor) -> Tensor {
    guard let converted, tensor.dtype.isFloatingPoint else { return tensor }
    return tensor.to(converted)
  }

  /// `body`, a forward pass, with products as the precision has them.
  func forward<R>(_ body: () throws -> R) rethrows -> R {
    guard let autocast else { return try body() }
    return try ApusCore.autocast(autocast, body)
  }
}

extension Trainer {
  /// Converts the model where the precision asks for it, and makes the scaler.
  func preparePrecision() throws {
    if let dtype = precision.converted { model.to(dtype) }
    guard precision == .float16Mixed else {
      scaler = nil
      return
    }
    if isManual {
      throw TensorError(
        .value, "Trainer",
        "\"16-mixed\" scales the loss before backward, which a trainer of several optimizers leaves to its function; use "
          + "autocast(.float16) and a GradScaler there, or \"bf16-mixed\"")
    }
    if scaler == nil { scaler = GradScaler() }
  }

  /// The batch in the numbers of the precision.
  func converted(_ batch: Batch) -> Batch {
    guard precision.converted != nil else { return batch }
    let convert = precision.input
    if let three = batch as? (Tensor, Tensor, Tensor) {
      return (convert(three.0), convert(three.1), convert(three.2)) as? Batch ?? batch
    }
    if let pair = batch as? (Tensor, Tensor) { return (convert(pair.0), convert(pair.1)) as? Batch ?? batch }
    return (batch as? any TensorTree)?.mapTensors(convert) as? Batch ?? batch
  }

  func inPrecision<R>(_ body: () throws -> R) rethrows -> R { try precision.forward(body) }
}
