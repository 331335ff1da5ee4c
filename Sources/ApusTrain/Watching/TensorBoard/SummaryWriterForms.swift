import ApusCore
import ApusFormats
import ApusMedia

// The methods of `SummaryWriter` with a label before the step, as PyTorch's users write it.

extension SummaryWriter {
  /// `addScalar("loss", value, globalStep: 10)`.
  public func addScalar(_ tag: String, _ value: Double, globalStep: Int, walltime: Double? = nil) {
    addScalar(tag, value, globalStep, walltime: walltime)
  }

  /// `addScalar("loss", value, globalStep: 10)`.
  public func addScalar(_ tag: String, _ value: Tensor, globalStep: Int, walltime: Double? = nil) {
    addScalar(tag, value, globalStep, walltime: walltime)
  }

  /// `addScalars("loss", ["train": 0.5, "test": 0.6], globalStep: 10)`.
  public func addScalars(_ tag: String, _ values: [String: Double], globalStep: Int, walltime: Double? = nil) {
    addScalars(tag, values, globalStep, walltime: walltime)
  }

  /// `addText("note", "a text", globalStep: 10)`.
  public func addText(_ tag: String, _ text: String, globalStep: Int, walltime: Double? = nil) {
    addText(tag, text, globalStep, walltime: walltime)
  }

  /// `addHistogram("weights", values, globalStep: 10)`.
  public func addHistogram(
    _ tag: String, _ values: Tensor, globalStep: Int, bins: HistogramBins = .tensorflow, walltime: Double? = nil,
    maxBins: Int? = nil
  ) {
    addHistogram(tag, values, globalStep, bins: bins, walltime: walltime, maxBins: maxBins)
  }

  /// `addImage("picture", image, globalStep: 10)`.
  public func addImage(
    _ tag: String, _ image: Tensor, globalStep: Int, walltime: Double? = nil, dataformats: String = "CHW"
  ) {
    addImage(tag, image, globalStep, walltime: walltime, dataformats: dataformats)
  }

  /// `addImages("pictures", images, globalStep: 10)`.
  public func addImages(
    _ tag: String, _ images: Tensor, globalStep: Int, walltime: Double? = nil, dataformats: String = "NCHW"
  ) {
    addImages(tag, images, globalStep, walltime: walltime, dataformats: dataformats)
  }

  /// `addFigure("chart", chart, globalStep: 10)`.
  public func addFigure(_ tag: String, _ figure: Chart, globalStep: Int, walltime: Double? = nil) {
    addFigure(tag, figure, globalStep, walltime: walltime)
  }

  /// `addVideo("video", frames, globalStep: 10)`.
  public func addVideo(_ tag: String, _ video: Tensor, globalStep: Int, fps: Double = 4, walltime: Double? = nil) {
    addVideo(tag, video, globalStep, fps: fps, walltime: walltime)
  }

  /// `addAudio("sound", samples, globalStep: 10)`.
  public func addAudio(
    _ tag: String, _ sound: Tensor, globalStep: Int, sampleRate: Int = 44100, walltime: Double? = nil
  ) {
    addAudio(tag, sound, globalStep, sampleRate: sampleRate, walltime: walltime)
  }

  /// `addPrCurve("precision", labels, predictions, globalStep: 10)`.
  public func addPrCurve(
    _ tag: String, _ labels: Tensor, _ predictions: Tensor, globalStep: Int, numThresholds: Int = 127,
    weights: Tensor? = nil, walltime: Double? = nil
  ) {
    addPrCurve(
      tag, labels, predictions, globalStep, numThresholds: numThresholds, weights: weights, walltime: walltime)
  }
}
