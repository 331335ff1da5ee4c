import Apus
import ApusExchange
import ApusPrograms

/// `apus quantize MODEL.onnx OUT --calibrate FILE`: an ONNX model that computes with integers of 8 bits, as another or as a program file.
struct IntegerQuantization {
  let path: String
  let output: String
  private let samples: String
  private let batch: Int
  private let options: QuantizationOptions
  private let isDynamic: Bool
  private let tells: Bool

  private static let methods: [(name: String, method: CalibrationMethod)] = [
    ("minmax", .minMax), ("moving", .movingAverage(0.01)), ("percentile", .percentile(99.99)), ("entropy", .entropy),
    ("mse", .meanSquaredError),
  ]

  /// Nil without `--calibrate`: other words belong to another use of the command.
  init?(_ words: inout Words) throws {
    guard let samples = try words.take("--calibrate") else { return nil }
    self.samples = samples
    batch = try words.takeNumber("--batch", in: 1...1_000_000) ?? 1
    var options = QuantizationOptions()
    if let name = try words.take("--method") {
      guard let found = Self.methods.first(where: { $0.name == name }) else {
        throw UsageError(
          message: "'\(name)' is no method; there are \(Self.methods.map(\.name).joined(separator: ", "))")
      }
      options.method = found.method
    }
    if let names = try words.take("--float") { options.float = Set(names.split(separator: ",").map(String.init)) }
    if let bound = try words.takeNumber("--least-signal", in: 0...200) { options.minimumSignalToNoise = Double(bound) }
    func share(_ name: String) throws -> Double? {
      guard let text = try words.take(name) else { return nil }
      guard let value = Double(text), (0...1).contains(value) else {
        throw UsageError(message: "\(name) needs a number from 0 to 1, and got '\(text)'")
      }
      return value
    }
    if let least = try share("--keep-agreement") { options.keep = .agreement(least) }
    if let least = try share("--keep-cosine") { options.keep = .cosine(least) }
    options.mostFloatWork = try share("--most-float-work") ?? 1
    options.mostFloatWeights = try share("--most-float-weights") ?? 1
    if let name = try words.take("--rounding") {
      guard let found = WeightRounding(rawValue: name) else {
        throw UsageError(
          message:
            "'\(name)' is no rounding; there are \(WeightRounding.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      options.rounding = found
    }
    self.options = options
    isDynamic = words.takeFlag("--dynamic")
    tells = words.takeFlag("--report")
    path = try words.takeOperand("MODEL.onnx")
    output = try words.takeOperand("OUT.onnx")
    guard output.hasSuffix(".onnx") || output.hasSuffix(".apus") else {
      throw UsageError(message: "the new model is an .onnx or an .apus file, and found '\(output)'")
    }
  }

  func run() throws {
    let model = try ONNXModel(path: path)
    let names = model.inputs.map(\.name)
    let outputs = model.outputs.map(\.name)
    let batches = try batches(names)
    let call: @Sendable ([Tensor]) -> [Tensor] = { arguments in
      do throws(TensorError) {
        let results = try model.run(Dictionary(zip(names, arguments)) { first, _ in first })
        return outputs.compactMap { results[$0] }
      } catch { return outputs.map { _ in fail(error) } }
    }
    let small =
      isDynamic
      ? try quantizeDynamic(of: model, example: batches[0], options, call)
      : try quantize(of: model, calibration: batches, options, call)
    if output.hasSuffix(".apus") {
      let options = ProgramOptions(inputNames: names, outputNames: outputs)
      try export(of: small, batches[0], to: output, options: options) { small($0) }
    } else {
      let options = ONNXExportOptions(inputNames: names, outputNames: outputs)
      try exportONNX(of: small, batches[0], to: output, options: options) { small($0) }
    }
    if tells { print(small.report) }
    print("\(output): \(small.layers.count) layers compute with integers of 8 bits")
  }

  /// The samples in batches, in the order of the inputs.
  private func batches(_ names: [String]) throws -> [[Tensor]] {
    var arrays: [Tensor] = []
    if samples.hasSuffix(".npy") {
      guard names.count == 1 else {
        throw UsageError(
          message: "the model has the inputs \(names.joined(separator: ", ")): give a .npz archive with them")
      }
      arrays = [try loadNumpy(samples)]
    } else {
      let archive = try NumpyArchive(path: samples)
      arrays = try names.map { try archive.tensor(named: $0) }
    }
    let counts = Set(arrays.map { $0.shape.first ?? 0 })
    guard counts.count == 1, let count = counts.first, count >= batch else {
      throw TensorError(
        .shape, samples,
        "needs at least \(batch) samples along the first dimension, as many for each input, and found \(arrays.map(\.shape))"
      )
    }
    return (0..<count / batch).map { i in arrays.map { $0.narrow(0, i * batch, batch).contiguous() } }
  }
}
