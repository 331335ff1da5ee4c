import ApusCore
import ApusFunctional

/// Initialisers: they fill a parameter in place with the numbers that PyTorch's `nn.init` draws from the same seed.
///
///     Init.xavierUniform(layer.weight)
///
/// What is no variable cannot be changed by a function: the result has the numbers then. The names with an underscore
/// (`normal_`, `Init.zeros_`) take parameters and buffers only, and report anything else.
public enum Init {
  /// Which side of a weight decides the scale: fan-in keeps the variance of activations, fan-out that of gradients.
  public enum FanMode: String, Sendable, Hashable, NamedChoice { case fanIn = "fan_in", fanOut = "fan_out" }

  /// The function that follows a layer, for ``calculateGain(_:)``.
  public enum Nonlinearity: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The function behind the weights, for which `calculateGain` has a gain.
    case linear, sigmoid, tanh, relu, selu
    /// Without a slope: 0.01, or what the function that takes it has been given as `a`.
    case leakyReLU(negativeSlope: Double? = nil)

    /// By PyTorch's name: `"relu"`, `"leaky_relu"`. A name that there is not is a mistake, and stands for `linear`.
    public init(stringLiteral name: String) {
      switch name {
      case "sigmoid": self = .sigmoid
      case "tanh": self = .tanh
      case "relu": self = .relu
      case "selu": self = .selu
      case "leaky_relu": self = .leakyReLU()
      default:
        let linear = ["linear"] + ["conv", "conv_transpose"].flatMap { kind in (1...3).map { "\(kind)\($0)d" } }
        if !linear.contains(name) {
          let known = (linear + ["sigmoid", "tanh", "relu", "leaky_relu", "selu"]).joined(separator: ", ")
          report(TensorError(.value, "init", "there is no nonlinearity '\(name)'; there are \(known)"))
        }
        self = .linear
      }
    }
  }

  /// ``calculateGain(_:)`` with the negative slope of a leaky ReLU beside it, as PyTorch has it.
  public static func calculateGain(_ nonlinearity: Nonlinearity, _ slope: Double) -> Double {
    if case .leakyReLU(nil) = nonlinearity { return calculateGain(.leakyReLU(negativeSlope: slope)) }
    return calculateGain(nonlinearity)
  }

  /// The factor on the deviation of weights that keeps the variance through `nonlinearity`.
  public static func calculateGain(_ nonlinearity: Nonlinearity) -> Double {
    switch nonlinearity {
    case .linear, .sigmoid: 1
    case .tanh: 5.0 / 3
    case .relu: 2.0.squareRoot()
    case .leakyReLU(let slope): (2 / (1 + (slope ?? 0.01) * (slope ?? 0.01))).squareRoot()
    case .selu: 0.75
    }
  }

  /// The numbers of inputs and outputs that an element of a weight of `shape` `[out, in, ...]` connects to.
  /// - Throws: for fewer than two dimensions.
  public static func calculateFanInAndFanOut(_ shape: [Int]) throws(TensorError) -> (fanIn: Int, fanOut: Int) {
    guard shape.count >= 2 else {
      throw TensorError(
        .shape, "init", "fan in and fan out are defined for at least 2 dimensions, and found a tensor of shape \(shape)"
      )
    }
    let field = shape[2...].reduce(1, *)
    return (shape[1] * field, shape[0] * field)
  }

  /// Whether initialisers leave at present what they are given as it is.
  @TaskLocal package static var isSkipped = false

  /// Runs `body`, in which initialisers draw nothing: modules that it makes wait for values from elsewhere, such as a file, and
  /// the generator stays as it is. PyTorch's `torch.nn.utils.skip_init`.
  public static func skipped<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let made: Swift.Result<Result, Failure> = $isSkipped.withValue(true) {
      do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
    }
    return try made.get()
  }

  /// Uniform numbers in `[a, b)`.
  @discardableResult
  public static func uniform(
    _ tensor: Tensor, a: Double = 0, b: Double = 1, generator: Generator = .default
  ) -> Tensor {
    fill(tensor, "uniform") {
      try generator.fillUniform($0, count: $1, dtype: $2, from: a, to: b)
    }
  }

  /// Normal numbers.
  @discardableResult
  public static func normal(
    _ tensor: Tensor, mean: Double = 0, std: Double = 1, generator: Generator = .default
  ) -> Tensor {
    fill(tensor, "normal") { try generator.fillNormal($0, count: $1, dtype: $2, mean: mean, std: std) }
  }

  /// Normal numbers, those outside of `[a, b]` drawn again.
  @discardableResult
  public static func truncNormal(
    _ tensor: Tensor, mean: Double = 0, std: Double = 1, a: Double = -2, b: Double = 2, generator: Generator = .default
  ) -> Tensor {
    fill(tensor, "trunc_normal") {
      try generator.fillTruncatedNormal($0, count: $1, dtype: $2, mean: mean, std: std, a: a, b: b)
    }
  }

  /// One number everywhere.
  @discardableResult
  public static func constant(_ tensor: Tensor, _ val: Double) -> Tensor {
    store(Tensor.full([], val, dtype: tensor.dtype), in: tensor)
  }
  /// Ones everywhere.
  @discardableResult
  public static func ones(_ tensor: Tensor) -> Tensor { constant(tensor, 1) }
  /// Zeros everywhere.
  @discardableResult
  public static func zeros(_ tensor: Tensor) -> Tensor { constant(tensor, 0) }

  /// The identity matrix.
  @discardableResult
  public static func eye(_ tensor: Tensor) -> Tensor {
    guard tensor.rank == 2 else {
      return failed(TensorError(.shape, "init.eye", "needs 2 dimensions, and found \(tensor.shape)"))
    }
    var values = [Float](repeating: 0, count: tensor.count)
    for i in 0..<min(tensor.shape[0], tensor.shape[1]) { values[i * tensor.shape[1] + i] = 1 }
    return store(Tensor(values, shape: tensor.shape, dtype: tensor.dtype), in: tensor)
  }

  /// A convolution's weight `[out, in, ...]` that hands as many channels through as possible, in each of `groups`.
  @discardableResult
  public static func dirac(_ tensor: Tensor, groups: Int = 1) -> Tensor {
    let shape = tensor.shape
    guard (3...5).contains(shape.count), groups > 0, shape[0] % groups == 0 else {
      return failed(
        TensorError(
          .shape, "init.dirac",
          "needs 3 to 5 dimensions and output channels divisible by \(groups) groups, and found \(shape)"))
    }
    let field = shape[2...].reduce(1, *)
    let centre = shape[2...].reduce(0) { $0 * $1 + $1 / 2 }
    let groupSize = shape[0] / groups
    var values = [Float](repeating: 0, count: tensor.count)
    for group in 0..<groups {
      for d in 0..<min(groupSize, shape[1]) {
        values[((group * groupSize + d) * shape[1] + d) * field + centre] = 1
      }
    }
    return store(Tensor(values, shape: shape, dtype: tensor.dtype), in: tensor)
  }

  /// Uniform numbers whose variance is `2 / (fanIn + fanOut)` times `gain` squared (Glorot and Bengio, 2010).
  @discardableResult
  public static func xavierUniform(_ tensor: Tensor, gain: Double = 1, generator: Generator = .default) -> Tensor {
    scaled(try xavierDeviation(tensor, gain)) { uniform(tensor, deviation: $0, generator) }
  }

  /// Normal numbers whose variance is `2 / (fanIn + fanOut)` times `gain` squared (Glorot and Bengio, 2010).
  @discardableResult
  public static func xavierNormal(_ tensor: Tensor, gain: Double = 1, generator: Generator = .default) -> Tensor {
    scaled(try xavierDeviation(tensor, gain)) { normal(tensor, mean: 0, std: $0, generator: generator) }
  }

  /// Uniform numbers whose deviation is `gain / sqrt(fan)` (He et al., 2015); `a` is the negative slope of a leaky ReLU.
  @discardableResult
  public static func kaimingUniform(
    _ tensor: Tensor, a: Double = 0, mode: FanMode = .fanIn, nonlinearity: Nonlinearity? = nil,
    generator: Generator = .default
  ) -> Tensor {
    scaled(try kaimingDeviation(tensor, a, mode, nonlinearity)) { uniform(tensor, deviation: $0, generator) }
  }

  /// Normal numbers whose deviation is `gain / sqrt(fan)` (He et al., 2015); `a` is the negative slope of a leaky ReLU.
  @discardableResult
  public static func kaimingNormal(
    _ tensor: Tensor, a: Double = 0, mode: FanMode = .fanIn, nonlinearity: Nonlinearity? = nil,
    generator: Generator = .default
  ) -> Tensor {
    scaled(try kaimingDeviation(tensor, a, mode, nonlinearity)) {
      normal(tensor, mean: 0, std: $0, generator: generator)
    }
  }

  /// Draws with a deviation that may be impossible to tell, which is reported then.
  private static func scaled(
    _ deviation: @autoclosure () throws(TensorError) -> Double, _ draw: (Double) -> Tensor
  ) -> Tensor {
    do throws(TensorError) { return draw(try deviation()) } catch { return failed(error) }
  }

  private static func uniform(_ tensor: Tensor, deviation: Double, _ generator: Generator) -> Tensor {
    let bound = 3.0.squareRoot() * deviation
    return uniform(tensor, a: -bound, b: bound, generator: generator)
  }

  private static func xavierDeviation(_ tensor: Tensor, _ gain: Double) throws(TensorError) -> Double {
    let fans = try calculateFanInAndFanOut(tensor.shape)
    return gain * (2.0 / Double(fans.fanIn + fans.fanOut)).squareRoot()
  }

  private static func kaimingDeviation(
    _ tensor: Tensor, _ a: Double, _ mode: FanMode, _ nonlinearity: Nonlinearity?
  ) throws(TensorError) -> Double {
    let fans = try calculateFanInAndFanOut(tensor.shape)
    let gain = calculateGain(nonlinearity ?? .leakyReLU(), a)
    return gain / Double(mode == .fanIn ? fans.fanIn : fans.fanOut).squareRoot()
  }

  /// Orthonormal rows or columns, whichever are fewer, times `gain` (Saxe et al., 2013); later dimensions are columns.
  @discardableResult
  public static func orthogonal(_ tensor: Tensor, gain: Double = 1, generator: Generator = .default) -> Tensor {
    guard tensor.rank >= 2 else {
      return failed(
        TensorError(.shape, "init.orthogonal", "needs at least 2 dimensions, and found \(tensor.shape)"))
    }
    let rows = tensor.shape[0]
    return fill(tensor, "orthogonal") { out, count, dtype in
      try generator.fillOrthogonal(out, rows: rows, columns: count / max(1, rows), dtype: dtype, gain: gain)
    }
  }

  /// Normal numbers with a share of `sparsity` of each column set to zero at random (Martens, 2010).
  @discardableResult
  public static func sparse(
    _ tensor: Tensor, sparsity: Double, std: Double = 0.01, generator: Generator = .default
  ) -> Tensor {
    guard tensor.rank == 2 else {
      return failed(TensorError(.shape, "init.sparse", "needs 2 dimensions, and found \(tensor.shape)"))
    }
    guard sparsity >= 0, sparsity <= 1 else {
      return failed(TensorError(.value, "init.sparse", "the share of zeros must be from 0 to 1, and found \(sparsity)"))
    }
    let (rows, columns) = (tensor.shape[0], tensor.shape[1])
    let zeros = Int((sparsity * Double(rows)).rounded(.up))
    return fillThen(tensor, "sparse") { out, count, dtype in
      try generator.fillNormal(out, count: count, dtype: dtype, mean: 0, std: std)
    } change: { filled in
      var values = filled.array(as: Double.self)
      for column in 0..<columns {
        for row in generator.permutation(rows).prefix(zeros) { values[row * columns + column] = 0 }
      }
      return Tensor(values, shape: filled.shape, dtype: filled.dtype)
    }
  }

  // MARK: Storing

  private static func fill(
    _ tensor: Tensor, _ name: String, _ draw: (UnsafeMutableRawPointer, Int, DType) throws -> Void
  ) -> Tensor {
    fillThen(tensor, name, draw) { $0 }
  }

  private static func fillThen(
    _ tensor: Tensor, _ name: String, _ draw: (UnsafeMutableRawPointer, Int, DType) throws -> Void,
    change: (Tensor) -> Tensor
  ) -> Tensor {
    if tensor.hasFailed || isSkipped { return tensor }
    do {
      return store(change(try Tensor.filled(tensor.shape, tensor.dtype, draw)), in: tensor)
    } catch let error as TensorError {
      return failed(error)
    } catch {
      return failed(TensorError(.value, "init.\(name)", "\(error)"))
    }
  }

  /// Stores `values` in the variable `tensor` without recording it. A tensor that is no variable cannot be changed in
  /// place: the result has the values then.
  private static func store(_ values: Tensor, in tensor: Tensor) -> Tensor {
    var target = tensor
    noGrad { target.assign(values) }
    return target
  }

  /// Runs `draw` on a variable; what is none is reported and left as it is.
  static func inPlace(_ tensor: Tensor, _ name: String, _ draw: (Tensor) -> Tensor) -> Tensor {
    if tensor.hasFailed { return tensor }
    guard tensor.isVariable else {
      report(
        TensorError(
          .value, "init.\(name)_",
          "a tensor that is a value cannot be changed through a function: give a parameter (layer.weight) or a buffer, "
            + "or take the result, x = Init.\(name)(x)"))
      return tensor
    }
    return draw(tensor)
  }

  private static func failed(_ error: TensorError) -> Tensor {
    report(error)
    return Tensor.zeros([0])
  }
}
