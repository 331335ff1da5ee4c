import Apus
import Foundation

// A number type that the library does not have, in a network: sign and logarithm in three bytes, so that a product is a sum of
// integers (Swartzlander and Alexopoulos, 1975). It is trained, saved, loaded and compiled as one of float32 is.
//
//   swift run -c release examples own-number

/// A number as its sign and the binary logarithm of its size, in steps of 1/512.
public struct LogNumber: CustomElement, Comparable {
  public var power: Int16
  public var sign: Int8

  public init(_ value: Double) {
    let steps = (log2(abs(value)) * 512).rounded()
    let isZero = !(steps >= -32767)
    power = isZero ? 0 : Int16(min(steps, 32767))
    sign = isZero ? 0 : value < 0 ? -1 : 1
  }
  public var double: Double { Double(sign) * exp2(Double(power) / 512) }

  public static let elementName = "log16"
  public static let zero = LogNumber(0)
  public static let one = LogNumber(1)
  public static func + (a: LogNumber, b: LogNumber) -> LogNumber { LogNumber(a.double + b.double) }
  public static func * (a: LogNumber, b: LogNumber) -> LogNumber {
    var product = LogNumber(0)
    let steps = Int(a.power) + Int(b.power)
    if a.sign == 0 || b.sign == 0 || steps < -32767 { return product }
    (product.power, product.sign) = (Int16(min(steps, 32767)), a.sign * b.sign)
    return product
  }
  public static func < (a: LogNumber, b: LogNumber) -> Bool { a.double < b.double }

  // Sums are formed in Double, and rounded once.
  public static let emptySum = 0.0
  public static func add(_ x: LogNumber, to sum: inout Double) { sum += x.double }
  public static func addProduct(_ a: LogNumber, _ b: LogNumber, to sum: inout Double) { sum += (a * b).double }
  public init(rounding sum: Double) { self.init(sum) }

  // Gradients are those of the numbers that elements stand for.
  public static let gradient = ElementGradient.straightThrough(.float32)
  public static let fields = [ElementField("power", .int16), ElementField("sign", .int8, offset: 2)]
}

/// Trains a network of logarithmic numbers on handwritten digits, and puts it to use.
public struct OwnNumber: Example {
  public static let name = "own-number"
  public static let summary = "a number type that is declared in the example, in a network that reads digits"
  public static var options: [Option<Self>] {
    [
      Option("epochs", \.epochs, "how often the pictures are gone through"),
      Option("width", \.width, "units of the hidden layer"), Option("seed", \.seed, "where random numbers start"),
      Option("output", \.output, "the file of the trained weights"),
    ]
  }
  public var (epochs, width, seed, output) = (10, 32, 0, "runs/own-number.safetensors")
  public init() {}

  /// Of the pictures to test with: the share that is read right, by the trained network and by the one that was loaded.
  public struct Outcome: Sendable {
    public let accuracy, loaded: Double
    /// Whether the compiled network gives the very same answers.
    public let isSameCompiled: Bool
  }

  public func run() throws -> Outcome {
    manualSeed(seed)
    let (training, testing) = (Digits(train: true), Digits(train: false))
    let (pictures, labels) = (training.images.flatten(1), training.labels)
    let (testPictures, testLabels) = (testing.images.flatten(1), testing.labels)

    func network() -> Sequential {
      Sequential(Linear(64, width), ReLU(), Linear(width, 10)).to(LogNumber.dtype)
    }
    @Sendable func answers(_ model: Sequential, _ pictures: Tensor) -> Tensor {
      model(pictures.to(LogNumber.dtype)).to(.float32)
    }
    func accuracy(_ model: Sequential) -> Double {
      noGrad { answers(model, testPictures).argmax(1).eq(testLabels).mean(dtype: .float64).item() }
    }

    let model = network()
    let optimizer = Adam(model.parameters(), lr: 5e-3)
    for epoch in 1...max(1, epochs) {
      var total = 0.0
      for (x, y) in DataLoader(TensorDataset(pictures, labels), batchSize: 64, shuffle: true) {
        optimizer.zeroGrad()
        let loss = crossEntropy(answers(model, x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * Double(x.size(0))
      }
      print("epoch \(epoch): loss \(fixed(total / Double(pictures.size(0)), 4))")
    }
    let trained = accuracy(model)
    print("read right: \(fixed(100 * trained, 1)) % of \(testLabels.count)")

    let folder = URL(fileURLWithPath: output).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try save(model.stateDict(), to: output)
    let other = network()
    try other.loadStateDict(loadSafetensors(output))
    let compiled = compile { answers(other, $0) }
    let isSame = noGrad { compiled(testPictures).equal(answers(model, testPictures)) }
    print("saved, loaded and compiled: \(isSame ? "the same answers" : "other answers")")
    return Outcome(accuracy: trained, loaded: accuracy(other), isSameCompiled: isSame)
  }
}
