import Apus

// Networks of number types that round: fixed point, posits, or one of your own.

extension NumberWay {
  /// A registered type whose elements round numbers. In training the numbers of float32 are rounded as its elements would be; in use
  /// everything is computed with its elements.
  public static func elements(_ name: String, _ dtype: DType) -> NumberWay {
    NumberWay(name) { network, _ in
      rounded(folded(network), dtype)
    } finish: { network in
      let made = plain(network).to(dtype)
      return (Converted(made, dtype), made.parameters().reduce(0) { $0 + $1.count * dtype.size })
    }
  }
}

/// Rounds numbers as a registered type does, and lets gradients through.
private final class RoundTo: Layer {
  let dtype: DType
  init(_ dtype: DType) { self.dtype = dtype }
  func forward(_ x: Tensor) -> Tensor { x.to(dtype).to(.float32) }
}

/// A network of a registered type that takes and gives float32.
private final class Converted: Layer {
  let network: Sequential
  let dtype: DType
  init(_ network: Sequential, _ dtype: DType) { (self.network, self.dtype) = (network, dtype) }
  func forward(_ x: Tensor) -> Tensor { network(x.to(dtype)).to(.float32) }
}

/// The network with every batch normalisation inside of the convolution before it.
private func folded(_ network: Sequential) -> Sequential {
  var layers: [any Layer] = []
  for layer in deepCopy(network).eval().layers {
    if let norm = layer as? BatchNorm2d, let conv = layers.last as? Conv2d {
      layers[layers.count - 1] = fuseConvBN(conv, norm)
    } else {
      layers.append(layer)
    }
  }
  return Sequential(layers)
}

/// The network with rounding of its weights, and of what goes from layer to layer.
private func rounded(_ network: Sequential, _ dtype: DType) -> Sequential {
  var layers: [any Layer] = [RoundTo(dtype)]
  for layer in network.layers {
    if layer is Conv2d || layer is Linear {
      for name in ["weight", "bias"] { parametrize.registerParametrization(layer, name, RoundTo(dtype)) }
      layers += [layer, RoundTo(dtype)]
    } else {
      layers.append(layer)
    }
  }
  return Sequential(layers)
}

/// A copy of the network without the rounding: the numbers that were trained.
private func plain(_ network: Sequential) -> Sequential {
  let layers = deepCopy(network).eval().layers.filter { !($0 is RoundTo) }
  for layer in layers where layer is Conv2d || layer is Linear {
    for name in ["weight", "bias"] {
      parametrize.removeParametrizations(layer, name, leaveParametrized: false)
    }
  }
  return Sequential(layers)
}
