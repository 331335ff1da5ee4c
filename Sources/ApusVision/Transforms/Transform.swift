import ApusCore

/// What changes the values of a sample alike, torchvision's `v2.Transform`: it draws its numbers once for each call, and changes all
/// pictures, masks, boxes and points by them. Other values pass through.
///
///     let transform = Compose([
///       RandomResizedCrop(224), RandomHorizontalFlip(), ToDtype(.float32, scale: true),
///       Normalize(mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]),
///     ])
///     let x = transform(picture)
///     let (y, boxes) = transform(picture, boxes)
///
/// A plain tensor is a picture `[..., C, H, W]`, unless the sample has an ``Image``, ``Video`` or ``PILImage``; only the first plain
/// tensor of a sample is. Numbers come from the default generator in torchvision's order: after `manualSeed(0)` pictures are torchvision's.
/// Mistakes are reported as those of operations are.
///
/// To write a transform of your own, draw in ``makeParams(_:)`` and change one value in ``transform(_:_:)``:
///
///     struct Brighter: Transform {
///       func makeParams(_ inputs: [TransformValue]) -> Double { rand(1).item() }
///       func transform(_ input: TransformValue, _ factor: Double) -> TransformValue {
///         input.isPicture ? input.with(TF.adjustBrightness(Tensor(input), 1 + factor)) : input
///       }
///     }
public protocol Transform: Sendable, CustomStringConvertible {
  /// What is drawn for a call.
  associatedtype Params: Sendable = NoParams

  /// Draws what a call needs.
  /// - Parameter inputs: the values that will be changed.
  func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> Params
  /// One value, changed.
  func transform(_ input: TransformValue, _ params: Params) throws(TensorError) -> TransformValue
  /// Whether it looks at a value of that kind at all; tensors of every kind unless said otherwise.
  func takes(_ value: TransformValue) -> Bool
  /// Refuses samples that it cannot change.
  func checkInputs(_ inputs: [TransformValue]) throws(TensorError)
  /// All values of a sample, changed: `takes`, `makeParams` and `transform` in turn unless said otherwise.
  func forward(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue]
  /// The settings in the text that is printed, as torchvision prints them.
  var extraRepresentation: String { get }
}

/// Of a transform that draws nothing.
public struct NoParams: Sendable {
  /// Nothing.
  public init() {}
}

extension Transform {
  public func takes(_ value: TransformValue) -> Bool { value.tensor != nil }
  public func checkInputs(_ inputs: [TransformValue]) throws(TensorError) {}
  public var extraRepresentation: String { "" }

  public func forward(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue] {
    try checkInputs(inputs)
    return try changed(inputs)
  }

  /// `makeParams` and `transform` for the values that need it.
  func changed(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue] {
    let isChanged = needsTransform(inputs)
    let params = try makeParams(zip(inputs, isChanged).filter(\.1).map(\.0))
    var results = inputs
    for (i, input) in inputs.enumerated() where isChanged[i] { results[i] = try transform(input, params) }
    return results
  }

  /// Which values are changed: of plain tensors the first, where there is no picture that is told apart.
  func needsTransform(_ inputs: [TransformValue]) -> [Bool] {
    var takesPureTensor = !inputs.contains { $0.isPicture && !$0.isPureTensor }
    return inputs.map { input in
      guard takes(input) else { return false }
      guard input.isPureTensor else { return true }
      defer { takesPureTensor = false }
      return takesPureTensor
    }
  }

  /// A picture, or what belongs to one.
  public func callAsFunction<Input: TransformInput>(_ input: Input) -> Input { run(input) }

  /// Several values that belong together, which are changed alike.
  public func callAsFunction<First: TransformInput, Second: TransformInput, each Other: TransformInput>(
    _ first: First, _ second: Second, _ other: repeat each Other
  ) -> (First, Second, repeat each Other) {
    var parts: [TransformValue] = []
    first.parts(into: &parts)
    second.parts(into: &parts)
    for part in repeat each other { part.parts(into: &parts) }
    var results = results(parts)[...]
    let (newFirst, newSecond) = (first.replacing(&results), second.replacing(&results))
    return (newFirst, newSecond, repeat (each other).replacing(&results))
  }

  private func run<Input: TransformInput>(_ input: Input) -> Input {
    var parts: [TransformValue] = []
    input.parts(into: &parts)
    var results = results(parts)[...]
    return input.replacing(&results)
  }

  /// The values changed; where that fails, the first tensor is one that failed.
  private func results(_ parts: [TransformValue]) -> [TransformValue] {
    if let failed = parts.first(where: { $0.tensor?.isPoisoned == true })?.tensor, failed.hasFailed { return parts }
    do throws(TensorError) {
      let results = try forward(parts)
      guard results.count == parts.count else {
        throw TensorError(
          .state, "\(Self.self)",
          "gave \(results.count) values for \(parts.count): forward gives one for each, in their order")
      }
      return results
    } catch {
      let failed = fail(error)
      return parts.map { $0.tensor == nil ? $0 : $0.with(failed) }
    }
  }

  public var description: String {
    let name = "\(Self.self)".prefix { $0 != "<" }
    let text = extraRepresentation
    guard text.contains("\n") else { return "\(name)(\(text))" }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return "\(name)(\n" + lines.map { "  " + $0 }.joined(separator: "\n") + "\n)"
  }
}

extension Transform where Params == NoParams {
  public func makeParams(_ inputs: [TransformValue]) throws(TensorError) -> NoParams { NoParams() }
}

/// A transform that changes a sample with a probability only.
public protocol RandomTransform: Transform {
  /// The probability.
  var p: Double { get }
}

extension RandomTransform {
  public func forward(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue] {
    try checkInputs(inputs)
    return Draws.uniform() >= Float(checkedProbability(p, "\(Self.self)")) ? inputs : try changed(inputs)
  }
}

/// `p`, which is reported where it is no probability.
func checkedProbability(_ p: Double, _ name: String) -> Double {
  if !(p >= 0 && p <= 1) {
    report(
      TensorError(.value, name, "`p` should be a floating point value in the interval [0.0, 1.0], and found \(p)"))
  }
  return p
}

/// The value that a kernel makes, or itself where it does not change such values.
func applied(_ value: TransformValue, _ kernel: some Kernel) throws(TensorError) -> TransformValue {
  try kernel.result(of: value) ?? value
}

/// Numbers as torchvision draws them, from the default generator.
enum Draws {
  /// One number of `torch.rand(1)`.
  static func uniform() -> Float { rand([1]).item(as: Float.self) }

  /// Two of `torch.rand(2)`.
  static func two() -> (Float, Float) {
    let numbers: [Float] = rand([2]).array(as: Float.self)
    return (numbers[0], numbers[1])
  }

  /// `torch.empty(1).uniform_(low, high).item()`.
  static func uniform(_ low: Double, _ high: Double) -> Double {
    var number = Tensor.zeros([1], dtype: .float32)
    number.uniform(low, high)
    return Double(number.item(as: Float.self))
  }

  /// `torch.randint(low, high, ())`.
  static func integer(_ low: Int, _ high: Int) -> Int { randint(low, high, [1]).item(as: Int.self) }

  /// A number whose logarithm is uniform between those of two numbers.
  static func ratio(_ low: Double, _ high: Double) -> Double {
    let limits = Tensor([low, high], shape: [2], dtype: .float32).log().array(as: Float.self)
    let power = uniform(Double(limits[0]), Double(limits[1]))
    return Double(Tensor([power], shape: [1], dtype: .float32).exp().item(as: Float.self))
  }
}

extension [TransformValue] {
  /// Height and width of the pictures, which must agree.
  func size(_ name: String) throws(TensorError) -> (height: Int, width: Int) {
    var found: (height: Int, width: Int)?
    for value in self where value.tensor != nil {
      let size = try value.size(name)
      if let found, found != size {
        throw TensorError(
          .shape, name,
          "Found multiple HxW dimensions in the sample: (\(found.height), \(found.width)), (\(size.height), \(size.width))"
        )
      }
      found = size
    }
    guard let found else {
      throw TensorError(.value, name, "No image, video, mask, bounding box of keypoint was found in the sample")
    }
    return found
  }

  /// Channels, height and width of the pictures, which must agree.
  func dimensions(_ name: String) throws(TensorError) -> (channels: Int, height: Int, width: Int) {
    var found: (channels: Int, height: Int, width: Int)?
    for value in self where value.isPicture {
      guard let x = value.tensor, x.ndim >= 2 else { continue }
      let size = (x.channels, x.height, x.width)
      if let found, found != size {
        throw TensorError(.shape, name, "Found multiple CxHxW dimensions in the sample: \(found), \(size)")
      }
      found = size
    }
    guard let found else { throw TensorError(.value, name, "No image or video was found in the sample") }
    return found
  }
}
