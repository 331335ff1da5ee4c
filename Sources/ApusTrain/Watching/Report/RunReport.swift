import ApusCore
import ApusFormats
import ApusMedia

/// A page that shows what became of a run: curves, settings, the machine, times, a confusion matrix, pictures, the model.
///
///     var report = RunReport(title: "Digits", history: trainer.history)
///     report.settings = ["lr": 0.003]
///     report.confusion = confusion
///     try report.write(to: "runs/first/report.html")
///
/// The page is one HTML file that loads nothing else. Curves of training and validation lie in one chart; a pointer over them
/// reads values off, dragging zooms, and "log" makes powers of ten equally high. ``ReportLogger`` writes one while a run goes on.
public struct RunReport: Sendable {
  /// A picture with a line of text, for example what was predicted.
  public struct Sample: Sendable, Hashable {
    public var picture: Chart.Picture
    public var caption: String

    /// A picture with a line of text below it.
    public init(_ picture: Chart.Picture, caption: String = "") {
      self.picture = picture
      self.caption = caption
    }
  }

  public var title: String
  /// What is said below the title.
  public var notes = ""
  /// The values of the epochs.
  public var history: [EpochValues]
  /// Settings of the run, such as hyperparameters.
  public var settings: [String: SettingValue] = [:]
  /// The loss of steps, as many as one likes: of more than 1500 those are shown that the eye would miss.
  public var steps: [(step: Int, loss: Double)] = []
  /// How many seconds each epoch of the history took, the last ones of it where there are fewer.
  public var epochSeconds: [Double] = []
  /// How often each class was taken for each class.
  public var confusion: ConfusionMatrix?
  /// Pictures, of which at most 64 are shown.
  public var samples: [Sample] = []
  /// The model as text, such as its `summary()`.
  public var modelSummary = ""

  /// A report of a history.
  public init(title: String, history: [EpochValues]) {
    self.title = title
    self.history = history
  }

  /// Writes the page to a file; an existing one is replaced only when the new one is wholly on disk.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func write(to path: String) throws {
    try makeFolder(of: path)
    try makeFolder(of: path)
    try writeText(html(), to: expandedPath(path))
  }

  /// The page.
  public func html() -> String { ReportPage(report: self).html }
}

/// Writes a ``RunReport`` after every epoch.
///
///     trainer.loggers = [ReportLogger(path: "runs/first/report.html", title: "Digits", settings: ["lr": 0.003])]
public final class ReportLogger: TrainingLogger {
  public let path: String
  /// What the next page shows; pictures, a confusion matrix and the like may be set at any time.
  public var report: RunReport
  private var epochStart = secondsSince1970()

  /// - Parameters:
  ///   - path: the HTML file.
  ///   - settings: settings of the run, such as hyperparameters.
  ///   - modelSummary: the model as text, such as its `summary()`.
  public init(path: String, title: String, settings: [String: SettingValue] = [:], modelSummary: String = "") {
    self.path = path
    report = RunReport(title: title, history: [])
    report.settings = settings
    report.modelSummary = modelSummary
  }

  public func log(step: Int, values: [(name: String, value: Double)]) throws {
    if step == 1 { epochStart = min(epochStart, secondsSince1970()) }
    guard let loss = values.first(where: { $0.name == "loss" }) else { return }
    report.steps.append((step, loss.value))
    // Long runs keep every second, fourth ... step.
    if report.steps.count > 200_000 {
      report.steps = report.steps.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    }
  }

  public func log(epoch: EpochValues, step: Int) throws {
    report.history.removeAll { $0.epoch >= epoch.epoch }
    report.history.append(epoch)
    let time = secondsSince1970()
    report.epochSeconds.append(time - epochStart)
    epochStart = time
    try report.write(to: path)
  }

  public func close() throws { if !report.history.isEmpty { try report.write(to: path) } }
}
