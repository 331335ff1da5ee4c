import ApusCore
import ApusFormats
import ApusFunctional
import ApusNN

/// How a trained model becomes one of integers; see ``quantize(_:calibration:_:)``.
public struct QuantizationOptions: Sendable {
  /// How the ranges of activations are found.
  public var method: CalibrationMethod
  /// Names of layers that stay in floating point, or the beginnings of such names up to a dot: `classifier`, `blocks.0`.
  public var float: Set<String>
  /// Layers whose result, computed alone, has less than so many decibels of signal to the noise of rounding stay in floating point.
  public var minimumSignalToNoise: Double?
  /// Whether tables of embeddings become integers too.
  public var quantizesTables: Bool
  /// How the integers of weights are chosen, where there are calibration data.
  public var rounding: WeightRounding
  /// Whether the mean of what rounding weights changes in a layer's result is taken from its bias (Nagel et al., "Data-free
  /// quantization through weight equalization and bias correction", 2019). Not where ranges are found at each call.
  public var correctsBias: Bool
  /// What the model's results are to keep: layers go back to floating point, those first that cost most for their work, until
  /// they do. It is measured on the last quarter of the batches, from which no range is taken then.
  public var keep: AccuracyGoal?
  /// How much of the multiplications may go back for ``keep``, from 0 to 1.
  public var mostFloatWork: Double
  /// How much of the weights may go back for ``keep``, from 0 to 1. Of a fraction f in float32 a model is `4 / (1 + 3 f)` times smaller.
  public var mostFloatWeights: Double

  /// Arguments are the properties of the same names.
  public init(
    method: CalibrationMethod = .meanSquaredError, float: Set<String> = [], minimumSignalToNoise: Double? = nil,
    quantizesTables: Bool = true, rounding: WeightRounding = .leastChange, correctsBias: Bool = true,
    keep: AccuracyGoal? = nil, mostFloatWork: Double = 1, mostFloatWeights: Double = 1
  ) {
    (self.method, self.float) = (method, float)
    (self.minimumSignalToNoise, self.quantizesTables) = (minimumSignalToNoise, quantizesTables)
    (self.rounding, self.correctsBias) = (rounding, correctsBias)
    (self.keep, self.mostFloatWork, self.mostFloatWeights) = (keep, mostFloatWork, mostFloatWeights)
  }

  func keepsFloat(_ name: String) -> Bool {
    float.contains { name == $0 || name.hasPrefix($0 + ".") }
  }
}

/// A model of integers of 8 bits for a trained one of floating point numbers (post-training static quantisation): weights have a scale for
/// each channel, activations one for each tensor, found from `calibration`, batches as they are to be expected.
///
///     let small = try quantize(model, calibration: batches)
///     print(small.report)
///     let scores = small(pictures)
///
/// The model is called with the batches and what it does is written down. Normalisations that follow convolutions become part of
/// their weights. Convolutions and linear layers compute with integers, ReLU, ReLU6 and sums with a residual in the same pass, and what
/// goes from one to the next stays in integers, through maximum pooling and reshaping too. All else is as it was.
///
/// - Parameters:
///   - model: it is called in evaluation mode, and not changed.
///   - calibration: a few hundred samples, in batches.
/// - Throws: `TensorError` where the model cannot be captured (it reads values of tensors), has no layer to quantise, or there are no batches.
public func quantize(
  _ model: some Layer, calibration: [Tensor], _ options: QuantizationOptions = QuantizationOptions()
) throws -> QuantizedModel {
  try quantize(of: model, calibration: calibration.map { [$0] }, options) { [model($0[0])] }
}

/// ``quantize(_:calibration:_:)`` for a call of a model in any form, which takes and gives tensors.
///
///     let small = try quantize(of: encoder, calibration: batches) { [encoder(tokens: $0[0], mask: $0[1])] }
///     let vectors = small([tokens, mask])[0]
public func quantize(
  of module: (any Module)?, calibration: [[Tensor]], _ options: QuantizationOptions = QuantizationOptions(),
  _ function: @escaping @Sendable ([Tensor]) -> [Tensor]
) throws -> QuantizedModel {
  try QuantizedModel(module, calibration, options, isDynamic: false, function)
}

/// A model whose linear layers and tables have weights of 8 bits, and find the range of what they are given at each call (dynamic
/// quantisation): nothing to calibrate. For transformers.
///
/// - Parameter example: an argument as calls will bring it.
/// - Throws: as ``quantize(_:calibration:_:)`` does.
public func quantizeDynamic(
  _ model: some Layer, example: Tensor, _ options: QuantizationOptions = QuantizationOptions()
) throws -> QuantizedModel {
  try quantizeDynamic(of: model, example: [example], options) { [model($0[0])] }
}

/// ``quantizeDynamic(_:example:_:)`` for a call of a model in any form, which takes and gives tensors.
public func quantizeDynamic(
  of module: (any Module)?, example: [Tensor], _ options: QuantizationOptions = QuantizationOptions(),
  _ function: @escaping @Sendable ([Tensor]) -> [Tensor]
) throws -> QuantizedModel {
  try QuantizedModel(module, [example], options, isDynamic: true, function)
}

/// A weight of a quantised model that stays as it was.
final class FloatWeight: Module {
  let state = ModuleState()
  let value: Tensor
  init(_ value: Tensor) { self.value = buffer(value) }
}

/// A model that computes with integers of 8 bits, made by ``quantize(_:calibration:_:)`` or ``quantizeDynamic(_:example:_:)``.
///
/// It holds the model that it was made of, whose code it follows for arguments of new shapes, until ``release()``.
public final class QuantizedModel: Layer {
  public let state = ModuleState()
  /// The weights that are integers, in the order of their use.
  public let layers: [QuantizedLayer]
  let floats: [FloatWeight]
  /// Scale (float32) and zero point (int32) of each activation that becomes integers, in the order in which they are made.
  public let scales: Tensor
  public let zeroPoints: Tensor
  /// What was lost, layer by layer; of a model from a file there are the names alone.
  public let report: QuantizationReport
  /// Whether the ranges of activations are found at each call.
  public let isDynamic: Bool

  /// Which of the products that the model has are those of ``layers``.
  private let numbers: [Int]
  /// What ``floats`` are called in the model.
  private let floatNames: [String]
  private let source: Lock<Source?>
  private let programs = Lock<[[TensorType]: QuantizedProgram]>([:])
  private static let mostPrograms = 64

  /// Where programs for further shapes come from.
  private struct Source: Sendable {
    let module: (any Module)?
    let function: @Sendable ([Tensor]) -> [Tensor]
  }

  private init(
    _ layers: [QuantizedLayer], numbers: [Int], floats: [(name: String, value: Tensor)], scales: Tensor,
    zeroPoints: Tensor, _ report: QuantizationReport, isDynamic: Bool, _ source: Source
  ) {
    (self.layers, self.numbers, self.report, self.isDynamic) = (layers, numbers, report, isDynamic)
    (self.floats, floatNames) = (floats.map { FloatWeight($0.value) }, floats.map(\.name))
    (self.scales, self.zeroPoints) = (buffer(scales), buffer(zeroPoints))
    self.source = Lock(source)
  }

  convenience init(
    _ module: (any Module)?, _ batches: [[Tensor]], _ options: QuantizationOptions, isDynamic: Bool,
    _ function: @escaping @Sendable ([Tensor]) -> [Tensor]
  ) throws {
    guard let first = batches.first, !first.isEmpty else {
      throw TensorError(.value, "quantize", "needs batches to calibrate with, and found none")
    }
    let calibration = try Calibration(module, batches, options, isDynamic: isDynamic, function)
    let (whole, candidates) = (calibration.graph, calibration.candidates)
    var dropped = calibration.kept
    var measured: ModelLoss?
    if let goal = options.keep {
      (dropped, measured) = try calibration.search(goal, options, dropped)
    }
    var parts = try calibration.parts(dropped)
    var losses = try parts.losses(whole, parts.plan, first, isDynamic)
    if dropped != calibration.kept { losses += try calibration.lossesAlone(dropped.subtracting(calibration.kept)) }
    if let bound = options.minimumSignalToNoise {
      let names = Set(losses.filter { $0.isQuantized && $0.signalToNoise < bound }.map(\.name))
      let before = dropped
      dropped.formUnion(candidates.indices.filter { names.contains(candidates[$0].name) })
      if dropped != before {
        parts = try calibration.parts(dropped)
        let kept = losses.filter { !$0.isQuantized } + losses.filter { names.contains($0.name) }.map { $0.asFloat() }
        losses = try parts.losses(whole, parts.plan, first, isDynamic) + kept
      }
    }
    let plan = parts.plan
    guard !plan.sites.isEmpty else {
      throw TensorError(
        .value, "quantize",
        "there is no layer to quantise: convolutions and linear layers with float32 weights are, and the model has "
          + (candidates.isEmpty ? "none" : "none besides those that stay in floating point"))
    }
    let program = parts.program
    let floats = program.floats.sorted { $0.value < $1.value }.map { value, name in
      (name: name, value: whole.constants[value]?.detach() ?? Tensor.zeros([]))
    }
    let scale = Tensor(plan.roots.map { parts.codes[$0]?.scale ?? 1 })
    let zero = Tensor(plan.roots.map { Int32(parts.codes[$0]?.zeroPoint ?? 0) })
    let all =
      parts.layers.flatMap { [$0.weight, $0.scale, $0.bias].compactMap { $0 } } + floats.map(\.value) + [scale, zero]
    let report = QuantizationReport(
      layers: losses, bytesBefore: Self.bytes(of: whole.given),
      bytesAfter: Self.bytes(of: all), whole: measured)
    self.init(
      parts.layers,
      numbers: candidates.indices.filter { number in
        !dropped.contains(number) && !(isDynamic && candidates[number].isConvolution)
      }, floats: floats, scales: scale, zeroPoints: zero, report, isDynamic: isDynamic,
      Source(module: module, function: function))
    programs.withLock { $0[first.map(\.type)] = program }
  }

  private static func bytes(of tensors: [Tensor]) -> Int { tensors.reduce(0) { $0 + $1.count * $1.dtype.size } }

  static func otherCourse(_ batch: [Tensor]) -> TensorError {
    TensorError(
      .value, "quantize",
      "the model does other operations with arguments of shape \(batch.map(\.shape)) than with those that it was calibrated with"
    )
  }

  /// The result for one tensor, the model's first where there are several.
  public func forward(_ x: Tensor) -> Tensor { self([x])[0] }

  /// The results for arguments as those that the model was calibrated with.
  public func callAsFunction(_ arguments: [Tensor]) -> [Tensor] {
    do {
      let program = try program(for: arguments)
      return noGrad { program.run(arguments.map { $0.contiguous() }) }
    } catch let error as TensorError {
      return [fail(error)]
    } catch { return [fail(TensorError(.state, "QuantizedModel", "\(error)"))] }
  }

  fileprivate func program(for arguments: [Tensor]) throws -> QuantizedProgram {
    let types = arguments.map(\.type)
    if let known = programs.withLock({ $0[types] }) { return known }
    guard let source = source.withLock({ $0 }) else {
      let known = programs.withLock { $0.keys.map { "\($0.map(\.shape))" }.sorted().joined(separator: ", ") }
      throw TensorError(
        .shape, "QuantizedModel",
        "the model that this one was made of is released, and arguments of shape \(arguments.map(\.shape)) need it; ready are \(known)"
      )
    }
    // A function around this one that is being captured does none of it in its calls.
    let made = try Context.with(untraced: true) { try program(from: source, arguments.map(\.elementsOnly)) }
    programs.withLock { known in
      if known.count >= Self.mostPrograms { known = [:] }
      known[types] = made
    }
    return made
  }

  private func program(from source: Source, _ arguments: [Tensor]) throws -> QuantizedProgram {
    let graph = try CapturedGraph(source.module, arguments, findsRounded: !isDynamic, source.function)
    let chosen = Set(numbers)
    let plan = QuantizationPlan(graph, isDynamic: isDynamic) { number, _ in chosen.contains(number) }
    guard plan.sites.count == layers.count, plan.roots.count == scales.count,
      zip(plan.sites, layers).allSatisfy({ graph.constants[$0.weight]?.shape == $1.weight.shape })
    else { throw Self.otherCourse(arguments) }
    let (scale, zero) = (scales.detach().array(as: Float.self), zeroPoints.detach().array(as: Int32.self))
    let codes = plan.roots.enumerated().map { ($1, AffineCode(scale: scale[$0], zeroPoint: Int(zero[$0]))) }
    let own = Dictionary(zip(floatNames, floats.map(\.value))) { first, _ in first }
    let made = try QuantizedProgram(
      graph, plan, codes: Dictionary(codes) { first, _ in first }, layers: layers, isDynamic: isDynamic, floats: own)
    let missing = Set(made.floats.values).subtracting(floatNames)
    guard missing.isEmpty else {
      throw TensorError(
        .state, "QuantizedModel", "the weights \(missing.sorted().joined(separator: ", ")) are needed and not there")
    }
    return made
  }

  /// Makes ready for arguments of these shapes and types, and gives the model up that this one was made of, and with it the memory of
  /// its weights. Afterwards it runs arguments of the shapes that it has run already.
  public func release(readyFor arguments: [Tensor]...) throws {
    for some in arguments { _ = try program(for: some) }
    source.withLock { $0 = nil }
  }
}

extension QuantizedSite {
  var isConvolution: Bool { if case .convolution = kind { true } else { false } }
  var isRows: Bool { if case .rows = kind { true } else { false } }
}

// Files.

extension QuantizedModel {
  private static let format = "apus-quantized"

  /// Writes the model as a safetensors file: its integers, scales and biases, what it keeps in floating point, and the report.
  /// - Throws: `TensorError` when the file cannot be written.
  public func save(to path: String) throws {
    var tensors: [(name: String, tensor: Tensor)] = [("scales", scales), ("zero_points", zeroPoints)]
    for (i, layer) in layers.enumerated() {
      tensors += [("layers.\(i).weight", layer.weight), ("layers.\(i).scale", layer.scale)]
      if let bias = layer.bias { tensors.append(("layers.\(i).bias", bias)) }
    }
    for (name, float) in zip(floatNames, floats) { tensors.append(("float." + name, float.value)) }
    let losses = report.layers.map(\.json)
    let metadata = [
      "format": Self.format, "mode": isDynamic ? "dynamic" : "static",
      "layers": JSON.array(layers.map { .string($0.name) }).text(),
      "numbers": JSON.array(numbers.map { .int($0) }).text(),
      "report": JSON.array(losses).text(), "bytes_before": "\(report.bytesBefore)",
      "bytes_after": "\(report.bytesAfter)",
      "whole": report.whole.map { $0.json.text() } ?? "",
    ]
    let written = tensors.map { name, tensor in
      let value = tensor.detach().contiguous()
      return SafetensorsTensor(name: name, dtype: value.dtype, shape: value.shape) { body in
        try value.withUnsafeBytes { bytes in try body(bytes) }
      }
    }
    try writeSafetensors(written, metadata: metadata, to: path)
  }

  /// The model of a file that ``save(to:)`` wrote.
  ///
  ///     let small = try QuantizedModel(loading: "digits-int8.safetensors", of: Digits(), example: pictures)
  ///
  /// - Parameters:
  ///   - model: one of the same layers, whose own weights do not matter.
  ///   - example: an argument as calls will bring it.
  /// - Throws: `TensorError` that says what is missing or does not fit.
  public convenience init(loading path: String, of model: some Layer, example: Tensor) throws {
    try self.init(loading: path, of: model, example: [example]) { [model($0[0])] }
  }

  /// ``init(loading:of:example:)`` for a call of a model in any form, which takes and gives tensors.
  public convenience init(
    loading path: String, of module: (any Module)?, example: [Tensor],
    _ function: @escaping @Sendable ([Tensor]) -> [Tensor]
  ) throws {
    let file = try SafetensorsFile(path: path)
    func wrong(_ text: String) -> TensorError { TensorError(.format, path, text) }
    guard file.metadata["format"] == Self.format, let mode = file.metadata["mode"],
      ["static", "dynamic"].contains(mode)
    else { throw wrong("this is no quantised model: its metadata has no format '\(Self.format)'") }
    func list(_ key: String) throws -> [JSON] {
      guard let text = file.metadata[key], let found = try? JSON(parsing: text.utf8).array else {
        throw wrong("its metadata has no list '\(key)'")
      }
      return found
    }
    let (names, numbers) = (try list("layers").compactMap(\.string), try list("numbers").compactMap(\.int))
    let graph = try CapturedGraph(module, example, findsRounded: mode == "static", function)
    let chosen = Set(numbers)
    let plan = QuantizationPlan(graph, isDynamic: mode == "dynamic") { number, _ in chosen.contains(number) }
    guard names.count == numbers.count, plan.sites.count == names.count else {
      throw wrong("it has \(names.count) layers of integers, and the model given has \(plan.sites.count) such")
    }
    func tensor(_ name: String, _ type: TensorType) throws -> Tensor {
      let found = try file.tensor(named: name)
      guard found.type == type else {
        throw wrong(
          "'\(name)' is \(found.dtype) of \(found.shape), and the model given needs \(type.dtype) of \(type.shape)")
      }
      return found.clone()
    }
    var layers: [QuantizedLayer] = []
    for (i, site) in plan.sites.enumerated() {
      let shape = graph.constants[site.weight]?.shape ?? []
      let line = TensorType([shape.first ?? 0], .float32)
      layers.append(
        QuantizedLayer(
          name: names[i], weight: try tensor("layers.\(i).weight", TensorType(shape, .int8)),
          scale: try tensor("layers.\(i).scale", line),
          bias: site.isRows ? nil : try tensor("layers.\(i).bias", line)))
    }
    let points = plan.roots.count
    let scales = try tensor("scales", TensorType([points], .float32))
    let zeroPoints = try tensor("zero_points", TensorType([points], .int32))
    guard scales.array(as: Float.self).allSatisfy({ $0 > 0 && $0.isFinite }),
      zeroPoints.array(as: Int32.self).allSatisfy({ (0...255).contains($0) })
    else { throw wrong("scales of activations are positive numbers and zero points lie in 0 to 255, and some are not") }
    let named = Dictionary(graph.names.map { ($1, $0) }) { first, _ in first }
    var floats: [(name: String, value: Tensor)] = []
    for entry in file.entries where entry.name.hasPrefix("float.") {
      let name = String(entry.name.dropFirst(6))
      guard let value = named[name], let own = graph.constants[value] else {
        throw wrong("it has a weight '\(name)', which the model given does not use")
      }
      floats.append((name, try tensor(entry.name, own.type)))
    }
    let losses = (try? list("report"))?.compactMap { LayerLoss($0) } ?? []
    self.init(
      layers, numbers: numbers, floats: floats.sorted { $0.name < $1.name }, scales: scales, zeroPoints: zeroPoints,
      QuantizationReport(
        layers: losses, bytesBefore: file.metadata["bytes_before"].flatMap { Int($0) } ?? 0,
        bytesAfter: file.metadata["bytes_after"].flatMap { Int($0) } ?? 0,
        whole: file.metadata["whole"].flatMap { try? JSON(parsing: $0.utf8) }.flatMap { ModelLoss($0) }),
      isDynamic: mode == "dynamic",
      Source(module: module, function: function))
    _ = try program(for: example)
  }
}
