import ApusCore
import ApusTrain

/// An objective that is a program: each trial starts it with its settings and reads the value from what it prints.
///
/// Settings come to the program in three ways: in the braces of its command, as variables `APUS_TUNE_<NAME>` of its environment, and as
/// JSON on its standard input. It says its value in a line `metric=0.93`, and values before its end in lines
/// `step=3 metric=0.91`; then the study's pruner may end it.
public struct ProgramObjective: Sendable {
  public let space: SpaceFile
  private let template: CommandTemplate
  private let pattern: MetricReader.Pattern?
  /// The names of the objectives in the program's lines; see ``init(_:space:metrics:pattern:)``.
  public let metrics: [String]
  /// Seconds after which a program is ended; nil for none.
  public var timeout: Double?
  /// Threads that a program is told to use, by `APUS_NUM_THREADS` and `OMP_NUM_THREADS`, where the environment does not say it.
  public var threads: Int?
  /// Gets each line of a program, for example to show it.
  public var onLine: (@Sendable (Trial, String) -> Void)?
  /// Asked while a program runs; it is ended where this is true.
  public var isStopping: @Sendable () -> Bool = { false }

  /// - Parameters:
  ///   - command: the program and its options, with settings in braces.
  ///   - metrics: the names of the values, one for each objective; none: `metric`, or the last name that a line has alone.
  ///   - pattern: a regular expression with a group for the value, or two for step and value, in place of names.
  /// - Throws: `TensorError` of kind `value` for braces with an unknown name or a pattern that is none, of kind `file` for a program that is not
  ///   there.
  public init(_ command: [String], space: SpaceFile, metrics: [String] = [], pattern: String? = nil) throws {
    self.space = space
    self.metrics = metrics
    template = try CommandTemplate(command, known: space.parameters.map(\.name))
    self.pattern = try pattern.map { try MetricReader.Pattern($0) }
    if let program = template.program, programPath(program) == nil {
      throw TensorError(
        .file, program,
        program.contains("/")
          ? "there is no such program, or it may not be run" : "no folder of PATH has such a program that may be run")
    }
  }

  /// Lines that are kept for the message of a failure.
  private static let keptLines = 20

  /// Runs the program for a trial.
  /// - Throws: ``TrialPruned``; `TensorError` where the program fails, takes too long, or says no value: with its last lines.
  public func callAsFunction(_ trial: Trial) throws -> [Double] {
    let settings = try space.settings(of: trial)
    var environment = ["APUS_TUNE_TRIAL": "\(trial.number)", "APUS_TUNE_STUDY": trial.study.name]
    for (name, value) in settings { environment["APUS_TUNE_" + Self.variable(name)] = value.plain }
    if let threads {
      for name in ["APUS_NUM_THREADS", "OMP_NUM_THREADS"] where DynamicLibrary.environment(name) == nil {
        environment[name] = "\(threads)"
      }
    }
    let process = try ChildProcess(
      template.words(settings, trial: trial.number, study: trial.study.name), environment: environment,
      input: SettingValue.dictionary(settings.dictionary).json + "\n")
    var reader = MetricReader(names: metrics, pattern: pattern)
    var last: [String] = []
    let ending = try process.finish(timeout: timeout, isStopping: isStopping) { line in
      onLine?(trial, line)
      last.append(String(line.prefix(500)))
      if last.count > Self.keptLines { last.removeFirst() }
      guard let (step, values) = reader.read(line), step >= 0 else { return }
      if values.count == 1 {
        try trial.reportOrPrune(values[0], step: step)
      } else {
        try trial.reportOrPrune(values, step: step)
      }
    }
    func failure(_ message: String) -> TensorError {
      let lines = last.isEmpty ? "; it printed nothing" : "; its last lines:\n" + last.joined(separator: "\n")
      return TensorError(.state, "trial \(trial.number)", message + lines)
    }
    switch ending {
    case .exited(0): break
    case .exited(let status): throw failure("the program ended with status \(status)")
    case .signalled(let signal): throw failure("the program was ended by signal \(signal)")
    case .timedOut: throw failure("the program took longer than \(timeout ?? 0) s and was ended")
    case .stopped: throw failure("the program was ended, as the run was")
    }
    do {
      return try reader.values()
    } catch let error as TensorError {
      throw failure(error.message)
    }
  }

  /// A name as a variable of the environment: capitals, digits and underscores.
  static func variable(_ name: String) -> String {
    String(
      decoding: name.uppercased().utf8.map { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        default: UInt8(ascii: "_")
        }
      }, as: UTF8.self)
  }
}
