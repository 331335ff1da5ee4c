import ApusCore
import ApusFormats
import ApusNN

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What one layer loses when it computes with integers, measured on a batch.
public struct LayerLoss: Sendable {
  /// The name of its weight, without `.weight`.
  public let name: String
  /// `convolution`, `linear` or `table`.
  public let kind: String
  /// The mean square of its result over that of the error, in decibels, when it is given the exact input: 20 is an error of a tenth.
  public let signalToNoise: Double
  /// The cosine of the angle between its result in the quantised network and in the exact one.
  public let cosine: Double
  /// The share of numbers outside of the range of the integers: of its result, or of its input where that stays floating point.
  public let clipped: Double
  /// Whether it computes with integers; false where it stays in floating point.
  public let isQuantized: Bool

  private init(
    name: String, kind: String, signalToNoise: Double, cosine: Double, clipped: Double, isQuantized: Bool
  ) {
    (self.name, self.kind, self.signalToNoise) = (name, kind, signalToNoise)
    (self.cosine, self.clipped, self.isQuantized) = (cosine, clipped, isQuantized)
  }

  init(
    _ layer: QuantizedLayer, _ site: QuantizedSite, exact: Tensor, alone: Tensor, found: Tensor, clipped: Double
  ) {
    self.init(
      name: layer.name, kind: site.isConvolution ? "convolution" : "linear",
      signalToNoise: Self.signalToNoise(exact, alone), cosine: Self.cosine(exact, found), clipped: clipped,
      isQuantized: true)
  }

  /// Of a table, whose rows are compared as they stand.
  init(table layer: QuantizedLayer, exact: Tensor?) {
    let rows = layer.weight.detach().to(.float32) * layer.scale.detach().unsqueeze(1)
    let exact = exact?.detach() ?? rows
    self.init(
      name: layer.name, kind: "table", signalToNoise: Self.signalToNoise(exact, rows), cosine: Self.cosine(exact, rows),
      clipped: 0, isQuantized: true)
  }

  /// The same layer that stays in floating point for what it would lose.
  func asFloat() -> LayerLoss {
    LayerLoss(
      name: name, kind: kind, signalToNoise: signalToNoise, cosine: cosine, clipped: clipped, isQuantized: false)
  }

  /// As members of an object, which ``init(_:)`` reads.
  var json: JSON {
    .object([
      "name": .string(name), "kind": .string(kind),
      "signal_to_noise": signalToNoise.isFinite ? .double(signalToNoise) : .null,
      "cosine": .double(cosine), "clipped": .double(clipped), "in_8_bits": .bool(isQuantized),
    ])
  }

  init?(_ json: JSON) {
    guard let name = json["name"]?.string, let kind = json["kind"]?.string, let isQuantized = json["in_8_bits"]?.bool
    else { return nil }
    self.init(
      name: name, kind: kind, signalToNoise: json["signal_to_noise"]?.double ?? .infinity,
      cosine: json["cosine"]?.double ?? .nan, clipped: json["clipped"]?.double ?? .nan, isQuantized: isQuantized)
  }

  static func signalToNoise(_ exact: Tensor, _ found: Tensor) -> Double {
    noGrad {
      let noise = (exact - found).square().sum().item(as: Double.self)
      return decibels(signal: exact.square().sum().item(as: Double.self), noise: noise)
    }
  }

  /// The ratio of two mean squares.
  static func decibels(signal: Double, noise: Double) -> Double {
    noise == 0 ? .infinity : 10 * log10(signal / noise)
  }

  static func cosine(_ a: Tensor, _ b: Tensor) -> Double {
    noGrad {
      let norms = (a.square().sum().item(as: Double.self) * b.square().sum().item(as: Double.self)).squareRoot()
      return norms == 0 ? 1 : (a * b).sum().item(as: Double.self) / norms
    }
  }

  static func clipped(_ x: Tensor, _ bounds: ClosedRange<Float>) -> Double {
    noGrad {
      let outside = x.lt(bounds.lowerBound).logicalOr(x.gt(bounds.upperBound))
      return outside.to(.float32).mean().item(as: Double.self)
    }
  }
}

/// What a whole model loses, measured on samples that no range was taken from.
public struct ModelLoss: Sendable {
  /// The share of samples whose greatest result is at the same place as in floating point; 1 for results that have no dimension to compare
  /// along.
  public let agreement: Double
  /// The cosine of the angle between all results and those in floating point.
  public let cosine: Double
  /// The mean square of the results over that of the error, in decibels.
  public let signalToNoise: Double
  /// How much of the multiplications, and of the weights, went back to floating point.
  public let floatWork: Double, floatWeights: Double
  /// Whether the goal is kept.
  public let isKept: Bool

  init(
    agreement: Double, cosine: Double, signalToNoise: Double, floatWork: Double, floatWeights: Double, isKept: Bool
  ) {
    (self.agreement, self.cosine, self.signalToNoise) = (agreement, cosine, signalToNoise)
    (self.floatWork, self.floatWeights, self.isKept) = (floatWork, floatWeights, isKept)
  }

  /// As members of an object, which ``init(_:)`` reads.
  var json: JSON {
    .object([
      "agreement": .double(agreement), "cosine": .double(cosine),
      "signal_to_noise": signalToNoise.isFinite ? .double(signalToNoise) : .null, "float_work": .double(floatWork),
      "float_weights": .double(floatWeights), "is_kept": .bool(isKept),
    ])
  }

  init?(_ json: JSON) {
    guard let agreement = json["agreement"]?.double, let cosine = json["cosine"]?.double,
      let floatWork = json["float_work"]?.double, let floatWeights = json["float_weights"]?.double,
      let isKept = json["is_kept"]?.bool
    else { return nil }
    self.init(
      agreement: agreement, cosine: cosine, signalToNoise: json["signal_to_noise"]?.double ?? .infinity,
      floatWork: floatWork, floatWeights: floatWeights, isKept: isKept)
  }
}

/// What quantising a model did; its text is a table.
public struct QuantizationReport: Sendable, CustomStringConvertible {
  /// The layers in the order of their use; those that stay in floating point for their losses come last.
  public let layers: [LayerLoss]
  /// Bytes of the weights of the model before.
  public let bytesBefore: Int
  /// Bytes of all that the quantised model keeps.
  public let bytesAfter: Int
  /// What the whole model loses, where it was to keep something.
  public let whole: ModelLoss?

  public var description: String {
    let width = max(5, layers.map(\.name.count).max() ?? 0)
    func padded(_ text: String, _ width: Int, left: Bool = false) -> String {
      let space = String(repeating: " ", count: max(0, width - text.count))
      return left ? space + text : text + space
    }
    func fixed(_ value: Double, _ digits: Int) -> String {
      if !value.isFinite { return value > 0 ? "exact" : "-" }
      let scale = pow(10, Double(digits))
      let text = String(Int((value.magnitude * scale).rounded()))
      let filled = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
      return (value < 0 ? "-" : "") + filled.dropLast(digits) + "." + filled.suffix(digits)
    }
    var lines = [
      padded("layer", width) + "  kind         signal to noise  cosine   clipped  in 8 bits"
    ]
    for layer in layers {
      lines.append(
        padded(layer.name, width) + "  " + padded(layer.kind, 11)
          + padded(fixed(layer.signalToNoise, 1) + " dB", 17, left: true)
          + "  " + padded(fixed(layer.cosine, 5), 7) + padded(fixed(100 * layer.clipped, 3) + " %", 10, left: true)
          + "  "
          + (layer.isQuantized ? "yes" : "no"))
    }
    lines.append(
      "weights: \(bytesBefore) bytes before, \(bytesAfter) after, \(fixed(Double(bytesBefore) / Double(max(1, bytesAfter)), 2)) times smaller"
    )
    if let whole {
      lines.append(
        "results on samples put by: the greatest at the same place in \(fixed(100 * whole.agreement, 1)) %, cosine "
          + "\(fixed(whole.cosine, 5)), signal to noise \(fixed(whole.signalToNoise, 1)) dB; "
          + (whole.isKept ? "the goal is kept" : "the goal is not kept")
          + " with \(fixed(100 * whole.floatWork, 1)) % of the multiplications and \(fixed(100 * whole.floatWeights, 1)) % "
          + "of the weights back in floating point")
    }
    return lines.joined(separator: "\n")
  }
}
