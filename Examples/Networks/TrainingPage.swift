import Apus
import Foundation

// A network that is trained in a web page, `Examples/web/training`.
//
//   swift run -c release examples training-page
//   cd Examples/web && python3 -m http.server    // then open http://localhost:8000/training/

/// Writes a step of training, and the network that it trains, as WebAssembly, with the digits that the page trains with.
public struct TrainingPage: Example {
  public static let name = "training-page"
  public static let summary = "a step of training for a web page that trains a network, as WebAssembly"
  public static var options: [Option<Self>] {
    [Option("hidden", \.hidden, "units between"), Option("to", \.path, "the folder of the page, or nothing for none")]
  }

  public var hidden = 48
  public var path = "Examples/web/training"

  /// Pictures in a step.
  public static let batch = 32

  public init() {}

  /// The losses of the first 20 steps, on the training pictures in their order.
  public func run() throws -> [Double] {
    let start = Self.parameters(hidden)
    if !path.isEmpty {
      let module = try Self.module(start)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try module.write(to: path + "/training.wasm")
      try Data(Self.pictures()).write(to: URL(fileURLWithPath: path + "/digits.bin"))
      print("wrote \(path)/training.wasm and digits.bin")
    }
    let losses = Self.losses(start, steps: 20)
    print("losses of the first steps: \(losses.map { fixed($0, 4) }.joined(separator: " "))")
    return losses
  }

  /// Two layers of random numbers, and zeros for the averages of their gradients.
  static func parameters(_ hidden: Int) -> [(name: String, tensor: Tensor)] {
    manualSeed(7)
    let parameters = [
      ("weight1", randn(hidden, 64) * 0.18), ("bias1", zeros(hidden)), ("weight2", randn(10, hidden) * 0.2),
      ("bias2", zeros(10)),
    ]
    return parameters.map { ($0.0, $0.1) } + parameters.map { ($0.0 + "Speed", zerosLike($0.1)) }
  }

  /// The scores of ten digits, `[pictures, 10]`.
  private static func scores(_ x: Tensor, _ parameters: [Tensor]) -> Tensor {
    linear(linear(x, parameters[0], parameters[1]).relu(), parameters[2], parameters[3])
  }

  /// The loss of a batch, and a step of gradient descent with momentum 0.9.
  private static func step(_ arguments: [Tensor], _ state: inout [Tensor]) -> Tensor {
    let (x, y, rate) = (arguments[0], arguments[1], arguments[2])
    let (loss, slopes) = valueAndGrad { (p: [Tensor]) in crossEntropy(scores(x, p), y) }(Array(state.prefix(4)))
    for i in 0..<4 {
      state[4 + i] = state[4 + i] * 0.9 + slopes[i]
      state[i] = state[i] - state[4 + i] * rate
    }
    return loss
  }

  /// The functions `step` (pictures `[32, 64]`, their digits, the rate of learning; gives the loss) and `look` (a picture; gives scores).
  static func module(_ start: [(name: String, tensor: Tensor)]) throws -> WebModule {
    try WebModule(
      "training", state: start, weights: .inSource,
      functions: [
        WebFunction(
          "step", example: [zeros(batch, 64), Tensor.zeros([batch], dtype: .int32), Tensor(0.1)]
        ) { arguments, state in [step(arguments, &state)] },
        WebFunction("look", example: [zeros(1, 64)]) { arguments, state in [scores(arguments[0], state)] },
      ])
  }

  /// What the page's first steps give with the rate 0.1, computed here.
  static func losses(_ start: [(name: String, tensor: Tensor)], steps: Int) -> [Double] {
    let data = Digits(train: true)
    var state = start.map(\.tensor)
    return (0..<steps).map { i in
      let x = data.images.reshape([-1, 64]).narrow(0, i * batch, batch)
      return step([x, data.labels.narrow(0, i * batch, batch), Tensor(0.1)], &state).item()
    }
  }

  /// All pictures as bytes: 64 pixels from 0 to 16 and the digit of each; those of training come first.
  static func pictures() -> [UInt8] {
    [true, false].flatMap { train in
      let data = Digits(train: train)
      let labels = data.labels.array(as: Int.self)
      let pixels = (data.images * 16).round().array()
      return labels.indices.flatMap { i in pixels[64 * i..<64 * i + 64].map { UInt8($0) } + [UInt8(labels[i])] }
    }
  }
}
