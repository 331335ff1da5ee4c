import ApusCore
import ApusLayouts
import ApusNN

/// A weight that is read rounded to Laegna numbers, each row (output channel, word) in steps of its own; the gradient goes straight through.
///
///     parametrize.registerParametrization(layer, "weight", LaegnaWeight(layer.weight, format))
public final class LaegnaWeight: Parametrization {
  public let state = ModuleState()
  /// What one step stands for, for each row.
  @Changeable public var step: Tensor
  /// The format.
  public let format: LaegnaFormat

  /// Steps for which `weight` loses least. They stay as they are.
  public init(_ weight: Tensor, _ format: LaegnaFormat, scaling: LaegnaScaling = .real) {
    self.format = format
    step = buffer(format.steps(for: weight.detach().reshape([weight.size(0), -1]), scaling))
  }

  public func forward(_ x: Tensor) -> Tensor {
    fakeQuantizePerChannelAffine(
      x, scale: step, zeroPoint: Tensor.zeros(step.shape, dtype: .int64), axis: 0, quantMin: -format.limit,
      quantMax: format.limit)
  }

  public func rightInverse(_ value: Tensor) -> Tensor { value }

  /// The Laegna numbers of a weight.
  public func numbers(of weight: Tensor) -> Tensor {
    let rows = step.detach().reshape([-1] + [Int](repeating: 1, count: weight.rank - 1))
    return format.elements(format.rounded(weight.detach(), step: rows))
  }

  public var extraRepresentation: String { "\(format)" }
}

extension Quantize {
  /// Lets the weights of all `Linear`, `Conv1d`, `Conv2d`, `Conv3d` and `Embedding` layers of any model read as Laegna numbers
  /// (``LaegnaWeight``), while it is trained and after. Activations stay real numbers; a network that computes with integers only is made by
  /// ``laegna(_:digits:fraction:formats:scaling:calibration:)``.
  ///
  /// `parametrize.removeParametrizations(layer, "weight")` leaves the rounded weight in the place of the trained one.
  ///
  /// - Parameter formats: formats of layers of their own, by path in the model.
  /// - Returns: the paths of the layers.
  /// - Throws: where there is no such layer.
  @discardableResult
  public static func laegnaWeights(
    _ model: any Module, digits: Int, fraction: Int? = nil, formats: [String: LaegnaFormat] = [:],
    scaling: LaegnaScaling = .real
  ) throws(TensorError) -> [String] {
    let format = try LaegnaFormat(digits: digits, fraction: fraction)
    var paths: [String] = []
    for (path, module) in model.namedModules() {
      switch module {
      case let layer as Linear: round(layer, layer.weight)
      case let layer as Conv1d: round(layer, layer.weight)
      case let layer as Conv2d: round(layer, layer.weight)
      case let layer as Conv3d: round(layer, layer.weight)
      case let layer as Embedding: round(layer, layer.weight)
      default: continue
      }
      func round(_ layer: some Module, _ weight: Tensor) {
        parametrize.registerParametrization(
          layer, "weight", LaegnaWeight(weight, formats[path] ?? format, scaling: scaling))
        paths.append(path)
      }
    }
    guard !paths.isEmpty else {
      throw TensorError(
        .value, "Quantize", "there is no Linear, convolution or Embedding in \(type(of: model).typeName)")
    }
    return paths
  }
}
