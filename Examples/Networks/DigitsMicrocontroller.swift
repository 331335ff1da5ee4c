import Apus
import Foundation

// A network that recognises digits on a microcontroller: trained here, made one of integers, written as C and run by
// `Examples/microcontroller`.
//
//   swift run -c release examples digits-microcontroller
//   cd Examples/microcontroller && make run

/// Trains a small convolutional network on the digits, quantises it and writes it for a microcontroller, with some test pictures.
public struct DigitsMicrocontroller: Example {
  public static let name = "digits-microcontroller"
  public static let summary = "a network of integers that reads digits on a microcontroller, as C"
  public static var options: [Option<Self>] {
    [
      Option("epochs", \.epochs, "passes over the training pictures"), Option("lr", \.lr, "largest learning rate"),
      Option("to", \.path, "the folder of the C files, or nothing for none"),
    ]
  }

  public var epochs = 60
  public var lr = 5e-3
  public var path = "Examples/microcontroller"

  public init() {}

  /// The network before training.
  public static func network() -> Sequential {
    Sequential(
      Conv2d(1, 8, kernelSize: 3, padding: 1), ReLU(), Conv2d(8, 16, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2),
      Conv2d(16, 24, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2), Flatten(), Linear(96, 10))
  }

  /// Trains it on the digits, moved a little.
  public static func train(_ net: Sequential, epochs: Int, lr: Double) { DigitsPage.train(net, epochs: epochs, lr: lr) }

  /// The network as one of integers, with ranges found from training pictures.
  public static func quantized(_ net: Sequential) throws -> QuantizedModel {
    net.eval()
    return try quantize(net, calibration: [Digits(train: true).images.narrow(0, 0, 256)])
  }

  /// The C library: it takes bytes from 0 to 16, as the pixels of the data are.
  public static func library(_ small: QuantizedModel) throws -> CLibrary {
    try CLibrary(
      { (x: Tensor) in small(x.to(.float32) / 16) }, example: Tensor.zeros([1, 1, 8, 8], dtype: .uint8), name: "digits")
  }

  /// Pictures of the test set, as bytes, and what they show, in C.
  public static func samples(_ count: Int) -> String {
    let test = Digits(train: false)
    let pixels = (test.images.narrow(0, 0, count) * 16).round().to(.uint8).reshape([count, 64]).array(as: UInt8.self)
    let rows = (0..<count).map { i in
      "  {" + pixels[64 * i..<64 * (i + 1)].map(String.init).joined(separator: ", ") + "},"
    }
    let labels = test.labels.narrow(0, 0, count).array(as: Int.self).map(String.init).joined(separator: ", ")
    return """
      // Pictures of 8 x 8 pixels from 0 to 16, and the digits that they show.
      #define SAMPLES \(count)
      static const unsigned char samples[SAMPLES][64] = {
      \(rows.joined(separator: "\n"))
      };
      static const unsigned char labels[SAMPLES] = {\(labels)};

      """
  }

  /// The share of test pictures that the network of integers recognises.
  public func run() throws -> Double {
    manualSeed(1)
    let net = Self.network()
    Self.train(net, epochs: epochs, lr: lr)
    let small = try Self.quantized(net)
    let test = Digits(train: false)
    func share(_ scores: Tensor) -> Double { scores.argmax(1).eq(test.labels).to(.float32).mean().item() }
    let (before, after) = noGrad { (share(net(test.images)), share(small(test.images))) }
    print("\(fixed(before * 100, 1)) % of test pictures recognised, \(fixed(after * 100, 1)) % with integers")
    if !path.isEmpty {
      let library = try Self.library(small)
      try library.write(.files, to: path)
      try Self.samples(20).write(toFile: path + "/samples.h", atomically: true, encoding: .utf8)
      print("wrote \(path)/digits.c: \(library.weights.count) bytes of weights, \(library.workspaceSize) of workspace")
    }
    return after
  }
}
