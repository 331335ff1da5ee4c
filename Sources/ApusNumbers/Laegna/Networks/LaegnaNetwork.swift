import ApusCore
import ApusNN

/// A network of Laegna numbers that computes with integers only, from the rounded input to the wide results. Called with real numbers
/// it rounds these first and gives real numbers back; called with Laegna numbers, or by ``integers(_:)``, it meets none.
///
///     let network = try Quantize.laegna(model, digits: 4, calibration: [images])
///     network(images).argmax(1)
///     try exportLaegnaC(network, inputShape: [1, 8, 8], name: "digits").write(...)
public final class LaegnaNetwork: Layer {
  public let state = ModuleState()
  /// The layers: ``LaegnaConv2d``, ``LaegnaLinear``, ``LaegnaMaxPool2d``, `Flatten`.
  public let layers: Sequential
  /// The format of the input.
  public let inputFormat: LaegnaFormat
  /// What one step of the input stands for.
  public let inputStep: Double
  /// What one step of the results stands for.
  public let outputStep: Double

  init(_ layers: Sequential, _ inputFormat: LaegnaFormat, inputStep: Double, outputStep: Double) {
    (self.layers, self.inputFormat) = (layers, inputFormat)
    (self.inputStep, self.outputStep) = (inputStep, outputStep)
  }

  /// Real numbers as the network's inputs: the nearest steps.
  public func encode(_ x: Tensor) -> Tensor {
    inputFormat.elements(inputFormat.rounded(x.detach().to(.float32), step: Tensor(inputStep, dtype: .float32)))
  }

  /// The results in steps of ``outputStep``, int32, for inputs of Laegna numbers or real ones.
  public func integers(_ x: Tensor) -> Tensor { layers(x.dtype == inputFormat.dtype ? x : encode(x)) }

  public func forward(_ x: Tensor) -> Tensor { integers(x).to(.float32) * outputStep }

  /// What the parameters take where no bit is wasted: 2 R bits for the digits of a weight and one for U, 4 bytes for a bias.
  public var packedBytes: Int {
    weighted.reduce(0) { $0 + ($1.weight.count * (2 * $1.format.digits + 1) + 7) / 8 + 4 * $1.bias.count }
  }

  /// The layers that have weights.
  public var weighted: [LaegnaWeightedLayer] { layers.compactMap { $0 as? LaegnaWeightedLayer } }
}
