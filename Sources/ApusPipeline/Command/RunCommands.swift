import Apus
import ApusFormats
import ApusTrain

/// `run`: the whole pipeline, here.
struct RunPipeline: PipelineCommand {
  static let name = "run"
  static let summary = "runs the pipeline here, as far as it is not done yet"
  static let help = """
    usage: run [--root FOLDER] [--run NAME | --resume] [--again STEP]... [--until STEP]... [--workers N] [--quiet]

    Runs the steps whose results are not known. Ended at any moment, it goes on where it was when it is called again.

      --root FOLDER   where runs are kept (pipeline-runs)
      --run NAME      the name of the run; one that was begun goes on
      --resume        the newest run goes on
      --again STEP    this step and all that need it run again, although their results are known
      --until STEP    only this step and what it needs
      --workers N     steps that run at once (1)
      --quiet         without the lines that steps say
    """

  private let root: String
  private let name: String?
  private let resumes: Bool
  private var again: [String] = []
  private var until: [String] = []
  private let workers: Int
  private let isQuiet: Bool

  init(_ words: inout Words) throws {
    root = try takeRoot(&words)
    name = try words.take("--run")
    resumes = words.takeFlag("--resume")
    while let step = try words.take("--again") { again.append(step) }
    while let step = try words.take("--until") { until.append(step) }
    workers = try words.takeNumber("--workers", in: 1...1024) ?? 1
    isQuiet = words.takeFlag("--quiet")
    if name != nil, resumes { throw UsageError(message: "--run and --resume both say which run; give one of them") }
  }

  func run(_ program: PipelineProgram) throws {
    var runner = try PipelineRunner(root: root)
    runner.workers = workers
    let report = RunReport(steps: program.pipeline.steps.map(\.name), isQuiet: isQuiet)
    runner.onEvent = { report.tell($0) }
    let known = resumes ? try runner.latestRun(of: program.pipeline) : name
    if resumes, known == nil { throw UsageError(message: "there is no run in '\(root)' that could go on") }
    let id = known ?? newRunName()
    print("run \(id) of \(program.pipeline.name) in \(root)")
    try runner.run(program.pipeline, run: id, again: again, until: until)
  }
}

/// `step`: one step of a run, for orchestrators.
struct RunOneStep: PipelineCommand {
  static let name = "step"
  static let summary = "runs one step of a run, as orchestrators do"
  static let help = """
    usage: step --run NAME --step STEP [--root FOLDER] [--again] [--output KEY=PATH]... [--executor-input JSON]

    Runs one step, once: the orchestrator tries it again. The steps that it needs must be done in the run. Ends with status 0 when
    the step is done.

      --run NAME     the run; it is begun where it is new
      --step STEP    the step
      --root FOLDER  where runs are kept (pipeline-runs), the same folder for all steps
      --again        runs it although its result is known
      --output KEY=PATH      copies an output there too, for an orchestrator that keeps artifacts of its own
      --executor-input JSON  what Kubeflow says to a container; it is told what is known of the outputs
    """

  private let root: String
  private let name: String
  private let step: String
  private let isAgain: Bool
  private let places: [(path: String, value: String)]
  private let executorInput: String?

  init(_ words: inout Words) throws {
    root = try takeRoot(&words)
    guard let name = try words.take("--run") else { throw UsageError(message: "--run NAME is missing") }
    guard let step = try words.take("--step") else { throw UsageError(message: "--step STEP is missing") }
    self.name = name
    self.step = step
    isAgain = words.takeFlag("--again")
    places = try words.takePairs("--output")
    executorInput = try words.take("--executor-input")
  }

  func run(_ program: PipelineProgram) throws {
    var runner = try PipelineRunner(root: root)
    let report = RunReport(steps: [step], isQuiet: false)
    runner.onEvent = { report.tell($0) }
    var pipeline = program.pipeline
    pipeline.change(step) { $0.retries = 0 }
    let result = try runner.runStep(pipeline, step, run: name, again: isAgain)
    try result.give(places.map { (key: $0.path, path: $0.value) })
    if let executorInput { try result.tellKubeflow(pipeline.step(step), input: executorInput) }
  }
}

/// `steps`: what the pipeline is made of.
struct ListSteps: PipelineCommand {
  static let name = "steps"
  static let summary = "lists the steps with what they take and make"
  static let help = "usage: steps\n\nLists the steps of the pipeline with what they take and make."

  init(_ words: inout Words) throws {}

  func run(_ program: PipelineProgram) throws {
    try program.pipeline.check()
    for step in program.pipeline.steps {
      print("\(step.name) (\(step.type))")
      for input in step.inputs {
        switch input.source {
        case .output(let name, let key): print("  takes \(input.key): \(input.type) '\(key)' of \(name)")
        case .latest: print("  takes \(input.key): the newest \(input.type) of all runs")
        }
      }
      for output in step.outputs { print("  makes \(output.key): \(output.type)") }
    }
  }
}

/// `runs`: the runs of the pipeline.
struct ListRuns: PipelineCommand {
  static let name = "runs"
  static let summary = "lists the runs with the states of their steps"
  static let help = """
    usage: runs [--root FOLDER]

    Lists the runs of the pipeline, the newest first, with the state of each step.
    """

  private let root: String

  init(_ words: inout Words) throws { root = try takeRoot(&words) }

  func run(_ program: PipelineProgram) throws {
    let runs = try PipelineHistory(root: root).runs(of: program.pipeline.name)
    guard !runs.isEmpty else {
      print("there are no runs of \(program.pipeline.name) in \(root)")
      return
    }
    for run in runs {
      print("\(run.id)  \(LocalTime(Double(run.created) / 1000, isUTC: false).readable)")
      for step in run.steps { print("  \(step.name)  \(step.state)" + (step.error.map { ": \($0)" } ?? "")) }
    }
  }
}

/// `verify`: whether all artifacts are whole.
struct VerifyArtifacts: PipelineCommand {
  static let name = "verify"
  static let summary = "checks that all artifacts are there and have not changed"
  static let help = """
    usage: verify [--root FOLDER]

    Reads all artifacts and compares their contents with their digests. Ends with status 1 where one is missing or has changed.
    """

  private let root: String

  init(_ words: inout Words) throws { root = try takeRoot(&words) }

  func run(_ program: PipelineProgram) throws {
    let problems = try PipelineHistory(root: root).damagedArtifacts()
    for problem in problems { print(problem) }
    guard problems.isEmpty else {
      throw TensorError(
        .state, root,
        "\(problems.count) artifacts are missing or have changed; their steps run again by themselves where they are missing"
      )
    }
    print("all artifacts are whole")
  }
}
