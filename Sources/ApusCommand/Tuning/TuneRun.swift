import Apus
import ApusCore
import ApusTrain

/// `apus tune run`: trials of a program.
struct TuneRun: Command {
  static let name = "run"
  static let summary = "start a program for each trial"
  static let help = """
    usage: apus tune run --space FILE [OPTIONS] -- PROGRAM [ARGUMENTS]

    Starts PROGRAM for each trial with settings in the braces of its ARGUMENTS: 'train --lr={lr} --out runs/{trial}'. It gets them
    also as variables APUS_TUNE_<NAME> and as JSON on its standard input. It says its value in a line 'metric=0.93', and
    values on the way in lines 'step=3 metric=0.91', after which the pruner may end it. The same command goes on with a study.

    \(TuneCommand.studyOptions)
      --space FILE      JSON: {"lr": {"type": "float", "low": 1e-5, "high": 0.1, "log": true},
                        "layers": {"type": "int", "low": 1, "high": 4}, "act": {"type": "categorical", "choices": ["relu", "gelu"]},
                        "beta": {"type": "float", "low": 0, "high": 1, "when": {"act": "gelu"}}}; "step" and "default" may be given
      --trials N        how many more; without it until --timeout, Ctrl-C, or a grid is done
      --workers N       programs that run at once; the processor's threads are divided among them
      --direction D     minimize or maximize, one for each objective with commas between; without it minimize
      --metric NAME     the name in the program's lines, one for each objective; without it 'metric'
      --pattern REGEX   reads lines of another form: a group for the value, or two for step and value
      --sampler NAME    tpe, random, qmc, grid, cmaes, gp, nsga2, nsga3, auto; without it tpe
      --pruner NAME     median, percentile, halving, hyperband, wilcoxon, none; without it median
      --seed S          of the sampler
      --timeout SECONDS after which no trial begins
      --trial-timeout SECONDS  after which a trial is ended and fails
      --retry N         how often a trial is tried again whose process was killed; signs of life are kept then
      --heartbeat SECONDS  between two signs of life; without it 10
      --show-output     shows the lines of the programs
    """

  private let place: StudyPlace
  private let command: [String]
  private let space: String
  private let trials: Int?
  private let workers: Int
  private let directions: [StudyDirection]
  private let metrics: [String]
  private let pattern: String?
  private let sampler: String
  private let pruner: String
  private let seed: Int?
  private let timeout: Double?
  private let trialTimeout: Double?
  private let retry: Int?
  private let heartbeat: Double?
  private let showsOutput: Bool

  static func execute(_ arguments: [String]) throws {
    // What follows the two dashes is the program's.
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    var words = Words(Array(arguments[..<end]))
    if words.takeFlag("--help") || words.takeFlag("-h") {
      print(help)
      return
    }
    let run = try TuneRun(&words, command: Array(arguments[end...].dropFirst()))
    try words.finish()
    try run.run()
  }

  init(_ words: inout Words) throws { try self.init(&words, command: []) }

  private init(_ words: inout Words, command: [String]) throws {
    self.command = command
    place = try StudyPlace(&words)
    guard let space = try words.take("--space") else {
      throw UsageError(message: "--space FILE is missing: what the settings may be")
    }
    self.space = space
    trials = try words.takeNumber("--trials", in: 1...(.max))
    workers = try words.takeNumber("--workers", in: 1...1024) ?? 1
    directions = try (words.take("--direction") ?? "minimize").split(separator: ",").map { word in
      guard let direction = StudyDirection(rawValue: String(word)), direction != .unset else {
        throw UsageError(message: "--direction takes minimize or maximize, and got '\(word)'")
      }
      return direction
    }
    metrics = try words.take("--metric")?.split(separator: ",").map(String.init) ?? []
    pattern = try words.take("--pattern")
    sampler = try words.take("--sampler") ?? "tpe"
    pruner = try words.take("--pruner") ?? "median"
    seed = try words.takeNumber("--seed", in: 0...Int(UInt32.max))
    timeout = try words.takeSeconds("--timeout")
    trialTimeout = try words.takeSeconds("--trial-timeout")
    retry = try words.takeNumber("--retry", in: 0...1000)
    heartbeat = try words.takeSeconds("--heartbeat")
    showsOutput = words.takeFlag("--show-output")
    guard command.count > 0 else {
      throw UsageError(message: "no program was given; it follows two dashes: -- train --lr={lr}")
    }
    guard directions.count == 1 || metrics.count == directions.count else {
      throw UsageError(
        message:
          "there are \(directions.count) directions and \(metrics.count) names by --metric; there must be as many")
    }
    guard metrics.count <= directions.count else {
      throw UsageError(message: "--metric names \(metrics.count) objectives, and --direction has \(directions.count)")
    }
  }

  func run() throws {
    let space = try SpaceFile(path: space)
    var objective = try ProgramObjective(command, space: space, metrics: metrics, pattern: pattern)
    let storage = try openStudyStorage(
      place.address, heartbeatInterval: heartbeat ?? (retry == nil ? nil : 10), retryFailedTrials: retry ?? 0)
    let study = try Study(
      place.name ?? "study", storage: storage, directions: directions,
      sampler: namedSampler(sampler, space: space, seed: seed.map { UInt32($0) }), pruner: namedPruner(pruner),
      ifExists: .resume)
    if let defaults = space.defaults, try study.trials.isEmpty { try study.enqueue(defaults) }
    if !metrics.isEmpty, try study.metricNames == nil { try study.setMetricNames(metrics) }
    let progress = try TuningProgress(study, total: trials, timeout: timeout)
    objective.timeout = trialTimeout
    if workers > 1 { objective.threads = max(1, getNumThreads() / workers) }
    objective.isStopping = {
      progress.tick()
      return Interruption.signal != nil
    }
    let shows = showsOutput
    objective.onLine = { trial, line in
      if shows { progress.say("[\(trial.number)] \(line)") } else { progress.tick() }
    }
    Interruption.begin()
    defer { Interruption.end() }
    let program = objective
    try study.optimizeAll(
      trials: trials, timeout: timeout, parallel: workers, onError: .failTrial,
      afterTrial: { study, trial in
        progress.end(trial)
        if Interruption.signal != nil { study.stop() }
      },
      { trial in
        progress.begin(trial)
        return try program(trial)
      })
    progress.finish()
    if let signal = Interruption.signal { Interruption.leave(signal) }
    print(try TuneBest.text(study), terminator: "")
  }
}

extension Words {
  /// The number of seconds after `name`, if that is there.
  mutating func takeSeconds(_ name: String) throws -> Double? {
    guard let text = try take(name) else { return nil }
    guard let seconds = Double(text), seconds >= 0, seconds.isFinite else {
      throw UsageError(message: "\(name) needs seconds, and got '\(text)'")
    }
    return seconds
  }
}
