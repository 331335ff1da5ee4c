import ApusEssentials

/// What is learned: scores for the ten digits from images of 8x8 pixels, `[batch, 1, 8, 8]`.
///
/// The properties are the layers; `forward` says how a batch flows through them. Change both as you like: parameters, their names in
/// files and the summary follow.
public final class Network: Layer {
  let conv1 = Conv2d(1, 16, kernelSize: 3, padding: 1)
  let conv2 = Conv2d(16, 32, kernelSize: 3, padding: 1)
  let dropout = Dropout(0.2)
  let output = Linear(32 * 2 * 2, 10)

  public init() {}

  public func forward(_ x: Tensor) -> Tensor {
    var x = maxPool2d(conv1(x).relu(), 2)  // [batch, 16, 4, 4]
    x = maxPool2d(conv2(x).relu(), 2)  // [batch, 32, 2, 2]
    return output(dropout(x.flatten(1)))
  }
}
