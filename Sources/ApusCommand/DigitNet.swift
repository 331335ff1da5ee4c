import Apus

/// The network of the demo: three convolutions on 8x8 images, with a second, wider look at half the resolution.
final class DigitNet: Layer {
  let conv1 = Conv2d(1, 16, kernelSize: 3, padding: 1)
  let norm1 = BatchNorm2d(16)
  let conv2 = Conv2d(16, 32, kernelSize: 3, padding: 1)
  let norm2 = BatchNorm2d(32)
  let conv3 = Conv2d(32, 64, kernelSize: 3, padding: 1)
  let norm3 = BatchNorm2d(64)
  let dropout = Dropout(0.3)
  let classifier = Linear(64 * 2 * 2, 10)

  func forward(_ x: Tensor) -> Tensor {
    var x = norm1(conv1(x)).relu()
    x = maxPool2d(norm2(conv2(x)).relu(), 2)
    x = maxPool2d(norm3(conv3(x)).relu(), 2)
    return classifier(dropout(x.flatten(1)))
  }
}
