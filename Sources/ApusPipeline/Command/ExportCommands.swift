import Apus
import ApusFormats
import ApusTrain

/// `page`: a page of what happened.
struct WritePage: PipelineCommand {
  static let name = "page"
  static let summary = "writes a page of runs, steps and artifacts"
  static let help = """
    usage: page [--root FOLDER] [--output FILE]

    Writes one HTML page of all that ran in a folder: runs, steps with states and times, artifacts with what they were made from.

      --root FOLDER  where runs are kept (pipeline-runs)
      --output FILE  the page (index.html in that folder)
    """

  private let root: String
  private let output: String?

  init(_ words: inout Words) throws {
    root = try takeRoot(&words)
    output = try words.take("--output")
  }

  func run(_ program: PipelineProgram) throws {
    let target = output ?? "\(root)/index.html"
    try PipelinePage(root: root).write(to: target)
    print(target)
  }
}

/// `mlflow`: runs for MLflow.
struct WriteMLflow: PipelineCommand {
  static let name = "mlflow"
  static let summary = "writes the runs into a store of MLflow"
  static let help = """
    usage: mlflow [--root FOLDER] [--store FOLDER]

    Writes each run of the pipeline as a run of MLflow, with the parameters and numbers of its steps and where its artifacts lie. Those
    that were written before are brought up to date.

      --root FOLDER   where runs are kept (pipeline-runs)
      --store FOLDER  the store of MLflow (mlruns)
    """

  private let root: String
  private let store: String

  init(_ words: inout Words) throws {
    root = try takeRoot(&words)
    store = try words.take("--store") ?? "mlruns"
  }

  func run(_ program: PipelineProgram) throws {
    let ids = try PipelineHistory(root: root).writeMLflow(pipeline: program.pipeline.name, trackingURI: store)
    print("\(ids.count) runs of \(program.pipeline.name) in \(store)")
  }
}
