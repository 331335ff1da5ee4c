import ApusCore
import ApusMedia

/// Writes the values of a run for TensorBoard, with the names of PyTorch's `SummaryWriter`.
///
///     let writer = SummaryWriter("runs/first")
///     writer.addScalar("loss/train", loss, step)
///     writer.close()
///
/// A mistake, such as a folder that cannot be made, is reported as those of tensor operations are; ``TensorBoardWriter``,
/// which does the work, throws it.
public final class SummaryWriter: Sendable {
  /// The folder of the event files.
  public let logDir: String
  private let writer: TensorBoardWriter?
  /// The curves of ``addScalars(_:_:_:)``, each in a folder of its own as in PyTorch.
  private let curves = Lock<[String: TensorBoardWriter]>([:])

  /// - Parameter logDir: the folder; made where it is missing.
  public init(_ logDir: String = "runs") {
    self.logDir = logDir
    writer = reported("SummaryWriter") { try TensorBoardWriter(logDir: logDir) }
  }

  /// `SummaryWriter(logDir: "runs/first")`.
  public convenience init(logDir: String) { self.init(logDir) }

  /// Records one point of a curve.
  public func addScalar(_ tag: String, _ value: Double, _ step: Int = 0) {
    write { try $0.addScalar(tag, value, step: step) }
  }

  /// Records one point of a curve: a tensor with one element.
  public func addScalar(_ tag: String, _ value: Tensor, _ step: Int = 0) {
    addScalar(tag, value.detach().to(.float64).item(), step)
  }

  /// `addScalar("loss", value, globalStep: 10)`.
  public func addScalar(_ tag: String, _ value: Double, globalStep: Int) { addScalar(tag, value, globalStep) }

  /// `addScalar("loss", value, globalStep: 10)`.
  public func addScalar(_ tag: String, _ value: Tensor, globalStep: Int) { addScalar(tag, value, globalStep) }

  /// Records a point of several curves that are shown in one chart.
  public func addScalars(_ tag: String, _ values: [String: Double], _ step: Int = 0) {
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      let folder = logDir + "/" + "\(tag)_\(name)".map { $0 == "/" ? "_" : String($0) }.joined()
      reported("SummaryWriter") {
        let curve = try curves.withLock { curves in
          if let known = curves[folder] { return known }
          let made = try TensorBoardWriter(logDir: folder)
          curves[folder] = made
          return made
        }
        try curve.addScalar(tag, value, step: step)
      }
    }
  }

  /// Records the distribution of the elements of a tensor.
  public func addHistogram(_ tag: String, _ values: Tensor, _ step: Int = 0) {
    let numbers = values.detach().to(.float64).reshape([-1]).array(as: Double.self)
    write { try $0.addHistogram(tag, numbers, step: step) }
  }

  /// Records the distribution of numbers.
  public func addHistogram(_ tag: String, _ values: [Double], _ step: Int = 0) {
    write { try $0.addHistogram(tag, values, step: step) }
  }

  /// Records a text, shown as Markdown.
  public func addText(_ tag: String, _ text: String, _ step: Int = 0) {
    write { try $0.addText(tag, text, step: step) }
  }

  /// Records a picture.
  ///
  /// - Parameters:
  ///   - image: of shape [channels, height, width], with 1, 3 or 4 channels; uint8, or numbers in 0 ... 1, beyond which they
  ///     are cut.
  ///   - dataformats: the order of the dimensions: "CHW", "HWC" or "HW".
  public func addImage(_ tag: String, _ image: Tensor, _ step: Int = 0, dataformats: String = "CHW") {
    let order = dataformats.uppercased()
    guard ["CHW", "HWC", "HW"].contains(order), image.rank == order.count else {
      if !image.hasFailed {
        report(
          TensorError(
            .shape, "addImage",
            "a picture of shape \(image.shape) is not \(order); give a tensor of shape CHW, or dataformats: \"HWC\" or \"HW\""
          ))
      }
      return
    }
    let pixels = image.detach()
    let rows = order == "CHW" ? pixels.permute([1, 2, 0]) : order == "HW" ? pixels.unsqueeze(2) : pixels
    let bytes =
      rows.dtype == .uint8 ? rows.to(.int64) : (rows.to(.float32) * 255).clamp(min: 0.0, max: 255.0).to(.int64)
    let samples = bytes.reshape([-1]).array(as: Int.self).map { UInt8(truncatingIfNeeded: $0) }
    write {
      try $0.addImage(
        tag, samples: samples, width: rows.shape[1], height: rows.shape[0], channels: rows.shape[2], step: step)
    }
  }

  /// Writes what is waiting to the files, where TensorBoard sees it.
  public func flush() {
    write { try $0.flush() }
    for curve in curves.withLock({ Array($0.values) }) { reported("SummaryWriter") { try curve.flush() } }
  }

  /// Writes what is waiting and closes the files.
  public func close() {
    write { try $0.close() }
    for curve in curves.withLock({ Array($0.values) }) { reported("SummaryWriter") { try curve.close() } }
  }

  private func write(_ body: (TensorBoardWriter) throws -> Void) {
    guard let writer else { return }
    reported("SummaryWriter") { try body(writer) }
  }
}

/// What `body` gives, or nil after a mistake, which is reported.
@discardableResult
private func reported<Value>(_ name: String, _ body: () throws -> Value) -> Value? {
  do {
    return try body()
  } catch let error as TensorError {
    report(error)
  } catch {
    report(TensorError(.file, name, "\(error)"))
  }
  return nil
}
