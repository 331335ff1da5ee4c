import Apus

/// The network of the demo: three convolutions on 8x8 images, with a second, wider look at half the resolution.
final class DigitNet: Layer {
  let stem = Block(1, 16)
  let middle = Block(16, 32)
  let top = Block(32, 64)
  let dropout = Dropout(0.3)
  let classifier = Linear(64 * 2 * 2, 10)

  func forward(_ x: Tensor) -> Tensor {
    var x = stem(x)
    x = maxPool2d(middle(x), 2)
    x = maxPool2d(top(x), 2)
    return classifier(dropout(x.flatten(1)))
  }
}

/// A convolution that keeps the size, normalised and cut off at 0.
final class Block: Layer {
  let conv: Conv2d
  let norm: BatchNorm2d

  init(_ inChannels: Int, _ outChannels: Int) {
    conv = Conv2d(inChannels, outChannels, kernelSize: 3, padding: 1)
    norm = BatchNorm2d(outChannels)
  }

  func forward(_ x: Tensor) -> Tensor { norm(conv(x)).relu() }
}
