import ApusCore
import ApusFunctional

/// What ``MixUp`` and ``CutMix`` share: a batch of pictures `[N, C, H, W]` with its labels, `[N]` or `[N, classes]`.
///
///     let (x, y) = MixUp(numClasses: 10)(images, labels)
public protocol BatchMixing: Transform {
  /// The parameters of the beta distribution that is drawn from.
  var alpha: Double { get }
  /// The number of classes, for labels that are numbers.
  var numClasses: Int? { get }
}

extension BatchMixing {
  /// The pictures mixed, and the labels as probabilities `[N, classes]`.
  public func callAsFunction(_ images: Tensor, _ labels: Tensor) -> (Tensor, Tensor) {
    if let failed = poisoned(among: [images, labels]) { return (failed, failed) }
    do throws(TensorError) {
      let results = try forward([.tensor(images), .tensor(labels)])
      return (results[0].stacked, results[1].stacked)
    } catch {
      let failed = fail(error)
      return (failed, failed)
    }
  }

  /// How much of its own each sample keeps: a beta distribution of two equal parameters.
  func drawnShare() -> Double {
    Double(drawDirichlet(Tensor([alpha, alpha], shape: [1, 2], dtype: .float32)).array(as: Float.self)[0])
  }

  /// Pictures and labels of a sample, whose labels are its last plain tensor.
  func mixing(
    _ inputs: [TransformValue], _ change: (Tensor, inout Double) throws(TensorError) -> Tensor
  ) throws(TensorError) -> [TransformValue] {
    let name = "\(Self.self)"
    for input in inputs {
      switch input {
      case .boundingBoxes, .mask, .keyPoints, .pilImage:
        throw TensorError(
          .unsupported, name, "does not support PIL images, bounding boxes, keypoints and masks.")
      default: continue
      }
    }
    guard let place = inputs.lastIndex(where: \.isPureTensor), case .tensor(let labels) = inputs[place],
      labels.ndim == 1 || labels.ndim == 2
    else {
      throw TensorError(
        .value, name, "the labels are a tensor (batch_size,) or (batch_size, num_classes), the second of the arguments")
    }
    if labels.ndim == 2, let numClasses, labels.shape[1] != numClasses {
      throw TensorError(
        .shape, name,
        "When passing 2D labels, the number of elements in last dimension must match num_classes: \(labels.shape[1]) != "
          + "\(numClasses). You can Leave num_classes to None.")
    }
    if labels.ndim == 1, numClasses == nil {
      throw TensorError(.value, name, "num_classes must be passed if the labels are index-based (1D)")
    }
    let isChanged = needsTransform(inputs)
    var share = drawnShare()
    var results = inputs
    for (i, input) in inputs.enumerated() where i != place && isChanged[i] && input.isPicture {
      let x = input.stacked
      let expected = input.kind == .video ? 5 : 4
      guard x.ndim == expected else {
        throw TensorError(
          .shape, name, "Expected a batched input with \(expected) dims, but got \(x.ndim) dimensions instead.")
      }
      guard x.shape[0] == labels.shape[0] else {
        throw TensorError(
          .shape, name,
          "The batch size of the image or video does not match the batch size of the labels: \(x.shape[0]) != "
            + "\(labels.shape[0]).")
      }
      results[i] = input.with(try change(x, &share))
    }
    let chances = labels.ndim == 1 ? oneHot(labels, numClasses: numClasses ?? -1) : labels
    results[place] = .tensor(mixed(chances.dtype.isFloatingPoint ? chances : chances.to(.float32), share))
    return results
  }
}

/// Each sample of a batch mixed with the one before it (Zhang et al., 2018), torchvision's `MixUp`.
public struct MixUp: BatchMixing {
  public let alpha: Double
  public let numClasses: Int?
  /// - Parameters:
  ///   - alpha: the parameter of the beta distribution of shares.
  ///   - numClasses: the number of classes; may be left out where labels are probabilities.
  public init(alpha: Double = 1, numClasses: Int? = nil) {
    self.alpha = alpha
    self.numClasses = numClasses
  }
  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue { input }
  public func forward(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue] {
    try mixing(inputs) { x, share in mixed(x, share) }
  }
  public var extraRepresentation: String {
    settings(("alpha", python(alpha)), ("num_classes", numClasses.map { "\($0)" }))
  }
}

/// Each sample of a batch with a window of the one before it (Yun et al., 2019), torchvision's `CutMix`.
public struct CutMix: BatchMixing {
  public let alpha: Double
  public let numClasses: Int?
  /// - Parameters:
  ///   - alpha: the parameter of the beta distribution of areas.
  ///   - numClasses: the number of classes; may be left out where labels are probabilities.
  public init(alpha: Double = 1, numClasses: Int? = nil) {
    self.alpha = alpha
    self.numClasses = numClasses
  }
  public func transform(_ input: TransformValue, _ params: NoParams) -> TransformValue { input }
  public func forward(_ inputs: [TransformValue]) throws(TensorError) -> [TransformValue] {
    var box: [Int]?
    return try mixing(inputs) { x, share in
      let (height, width) = (x.height, x.width)
      if box == nil {
        let (cx, cy) = (Draws.integer(0, width), Draws.integer(0, height))
        let half = 0.5 * (1 - share).squareRoot()
        let (w, h) = (whole(half * Double(width)), whole(half * Double(height)))
        box = [max(cx - w, 0), max(cy - h, 0), min(cx + w, width), min(cy + h, height)]
      }
      let b = box ?? []
      share = 1 - Double((b[2] - b[0]) * (b[3] - b[1])) / Double(width * height)
      return TF.cutmix(x, box: b)
    }
  }
  public var extraRepresentation: String {
    settings(("alpha", python(alpha)), ("num_classes", numClasses.map { "\($0)" }))
  }
}
