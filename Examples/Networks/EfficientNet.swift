import Apus
import Foundation

// A published network for pictures, EfficientNet-lite0 (Tan and Le, 2019), with weights that PyTorch saved.
//
//   scripts/example-data.sh photographs
//   swift run -c release examples classify --picture china.jpg

/// A convolution without bias whose result has a pixel for each `stride` ones, as TensorFlow pads: more below and to the right.
@Module
final class SamePadded {
  let weight: Tensor
  private let stride, groups: Int

  init(_ inputs: Int, _ outputs: Int, _ size: Int, stride: Int = 1, groups: Int = 1) {
    weight = parameter(Tensor.zeros([outputs, inputs / groups, size, size]))
    (self.stride, self.groups) = (stride, groups)
  }

  func forward(_ x: Tensor) -> Tensor {
    let padding = x.shape.suffix(2).reversed().flatMap { length in
      let missing = max(0, ((length + stride - 1) / stride - 1) * stride + weight.size(2) - length)
      return [missing / 2, missing - missing / 2]
    }
    return conv2d(pad(x, padding), weight, stride: stride, groups: groups)
  }
}

/// Channels are made more, mixed where they lie, and made fewer; what went in is added where the shape is the same.
@Module
final class InvertedBottleneck {
  let expandConv: SamePadded?
  let bn0: BatchNorm2d?
  let depthwiseConv: SamePadded
  let bn1: BatchNorm2d
  let projectConv: SamePadded
  let bn2: BatchNorm2d
  private let isResidual: Bool

  init(_ inputs: Int, _ outputs: Int, size: Int, stride: Int, expansion: Int) {
    let inner = inputs * expansion
    expandConv = expansion > 1 ? SamePadded(inputs, inner, 1) : nil
    bn0 = expansion > 1 ? BatchNorm2d(inner, eps: 1e-3) : nil
    depthwiseConv = SamePadded(inner, inner, size, stride: stride, groups: inner)
    bn1 = BatchNorm2d(inner, eps: 1e-3)
    projectConv = SamePadded(inner, outputs, 1)
    bn2 = BatchNorm2d(outputs, eps: 1e-3)
    isResidual = stride == 1 && inputs == outputs
  }

  func forward(_ x: Tensor) -> Tensor {
    var y = x
    if let expandConv, let bn0 { y = relu6(bn0(expandConv(x))) }
    y = bn2(projectConv(relu6(bn1(depthwiseConv(y)))))
    return isResidual ? x + y : y
  }
}

/// EfficientNet-lite0: 4.7 million parameters, 75 % of ImageNet's pictures right.
@Module
public final class EfficientNetLite0 {
  let convStem: SamePadded
  let bn0: BatchNorm2d
  let blocks: ModuleList
  let convHead: SamePadded
  let bn1: BatchNorm2d
  let fc: Linear

  /// A network without training.
  public init(classes: Int = 1000) {
    convStem = SamePadded(3, 32, 3, stride: 2)
    bn0 = BatchNorm2d(32, eps: 1e-3)
    // Repetitions, size and stride of the convolution, expansion, channels.
    let stages = [
      (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
      (1, 3, 1, 6, 320),
    ]
    var (channels, made) = (32, [InvertedBottleneck]())
    for (repetitions, size, stride, expansion, outputs) in stages {
      for i in 0..<repetitions {
        made.append(
          InvertedBottleneck(channels, outputs, size: size, stride: i == 0 ? stride : 1, expansion: expansion))
        channels = outputs
      }
    }
    blocks = ModuleList(made)
    convHead = SamePadded(320, 1280, 1)
    bn1 = BatchNorm2d(1280, eps: 1e-3)
    fc = Linear(1280, classes)
  }

  /// A network with the weights of the file at `path`, whose names begin with an underscore: `_blocks.0._bn1.weight`.
  public convenience init(weights path: String) throws {
    self.init()
    let state = try Apus.load(path)
    try loadStateDict(
      StateDict(
        state.map { name, tensor in
          (name: name.split(separator: ".").map { $0.trimmingPrefix("_") }.joined(separator: "."), tensor: tensor)
        }))
    eval()
  }

  /// Scores of the classes, from pictures `[N, 3, height, width]` of mean 0 and deviation 1.
  public func forward(_ pictures: Tensor) -> Tensor {
    var x = relu6(bn0(convStem(pictures)))
    for case let block as InvertedBottleneck in blocks { x = block(x) }
    return fc(relu6(bn1(convHead(x))).mean([2, 3]))
  }
}

/// Tells what a photograph shows.
public struct Classify: Example {
  public static let name = "classify"
  public static let summary = "a published network tells what is in a photograph"
  public static var options: [Option<Self>] {
    [
      Option("picture", \.picture, "the photograph"), Option("weights", \.weights, "a checkpoint of PyTorch"),
      Option("names", \.names, "names of the classes, a line each"), Option("count", \.count, "how many answers"),
    ]
  }
  public var (picture, weights, names, count) = ("flower.jpg", "efficientnet-lite0.pth", "classes.txt", 3)
  public init() {}

  /// Whether `scripts/example-data.sh photographs` has brought the weights.
  public static var isInstalled: Bool { dataFolder("photographs") != nil }

  /// `file` as it is named, or among the data of this example.
  private func found(_ file: String) -> String {
    guard !FileManager.default.fileExists(atPath: file), let folder = dataFolder("photographs") else { return file }
    return folder + "/" + file
  }

  /// An answer: the class's number among the 1,000 of ImageNet, its name if known, and how sure the network is.
  public struct Answer: Sendable {
    public let number: Int
    public let name: String
    public let probability: Double
  }

  public func run() throws -> [Answer] {
    let model = try EfficientNetLite0(weights: found(weights))
    let names = ((try? String(contentsOfFile: found(names), encoding: .utf8)) ?? "").split(separator: "\n").map(
      String.init)
    let pixels = try readImage(found(picture), mode: .rgb, applyEXIFOrientation: true)
    // The middle of the picture, 224 pixels wide, in the scale that the network learned with.
    let side = min(pixels.size(1), pixels.size(2))
    let (top, left) = ((pixels.size(1) - side) / 2, (pixels.size(2) - side) / 2)
    let middle = pixels[0..., top..<top + side, left..<left + side].unsqueeze(0).float()
    let small = interpolate(middle, size: (224, 224), mode: .bilinear, antialias: true)
    let scores = noGrad { model((small - 127) / 128) }
    let (probabilities, numbers) = scores.softmax(1)[0].topk(count)
    let found: [(Double, Int)] = Array(zip(probabilities.tolist(), numbers.tolist()))
    return found.map { probability, number in
      let name = names.indices.contains(number) ? names[number] : "class \(number)"
      print(String(format: "%5.1f %%  ", probability * 100) + name)
      return Answer(number: number, name: name, probability: probability)
    }
  }
}
