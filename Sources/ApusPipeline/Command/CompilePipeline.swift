import Apus
import ApusFormats
import ApusTrain

/// `compile`: what orchestrators read.
struct CompilePipeline: PipelineCommand {
  static let name = "compile"
  static let summary = "writes the pipeline for Airflow, Kubeflow Pipelines or Argo"
  static let help = """
    usage: compile airflow|kubeflow|argo [--root FOLDER] [--program PATH] [--image IMAGE] [--volume-claim NAME]
                   [--schedule CRON] [--retry-delay SECONDS] [--environment NAME=VALUE]... [--output FILE]

    Writes a DAG of Airflow (a file for its folder of DAGs), a specification for Kubeflow Pipelines or a workflow of Argo. Each step
    is a call of this program; all of them need the folder of runs.

      --root FOLDER             where runs are kept, as steps see it (pipeline-runs)
      --program PATH            the program, as steps see it (this one)
      --image IMAGE             the image of containers, for kubeflow and argo
      --volume-claim NAME       the claim of the volume that is mounted at the folder of runs; argo needs it
      --schedule CRON           when runs begin by themselves, such as "0 3 * * *"
      --retry-delay SECONDS     between a failure and the next attempt (30)
      --environment NAME=VALUE  a variable of the environment of all steps
      --output FILE             where it is written; else it is printed
    """

  private enum System: String, CaseIterable { case airflow, kubeflow, argo }

  private let system: System
  private let root: String
  private let called: String?
  private let image: String
  private let volumeClaim: String
  private let schedule: String?
  private let retryDelay: Int?
  private let environment: [(path: String, value: String)]
  private let output: String?

  init(_ words: inout Words) throws {
    root = try takeRoot(&words)
    called = try words.take("--program")
    image = try words.take("--image") ?? ""
    volumeClaim = try words.take("--volume-claim") ?? ""
    schedule = try words.take("--schedule")
    retryDelay = try words.takeNumber("--retry-delay", in: 0...86400)
    environment = try words.takePairs("--environment")
    output = try words.take("--output")
    let name = try words.takeOperand("airflow, kubeflow or argo")
    guard let system = System(rawValue: name) else {
      throw UsageError(
        message: "'\(name)' is unknown; there are \(System.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.system = system
  }

  func run(_ program: PipelineProgram) throws {
    var command = program.program
    // Orchestrators call it in another folder.
    if let first = command.first, first.contains("/") { command[0] = absolutePath(first) }
    if let called { command[0] = called }
    var how = Orchestration(command: command, root: absolutePath(root))
    (how.image, how.volumeClaim, how.schedule) = (image, volumeClaim, schedule)
    if let retryDelay { how.retryDelay = retryDelay }
    how.environment = Dictionary(environment.map { ($0.path, $0.value) }, uniquingKeysWith: { $1 })
    let text =
      switch system {
      case .airflow: try program.pipeline.airflow(how)
      case .kubeflow: try program.pipeline.kubeflow(how)
      case .argo: try program.pipeline.argo(how)
      }
    guard let output else {
      print(text, terminator: "")
      return
    }
    try writeText(text, to: expandedPath(output))
  }
}
