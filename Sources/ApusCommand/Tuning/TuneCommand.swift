import Apus

/// `apus tune`: studies of any program, and what they found.
struct TuneCommand: Command {
  static let name = "tune"
  static let summary = "search for the settings of any program, in studies that Optuna opens"
  static let help = """
    usage: apus tune run [OPTIONS] -- PROGRAM [ARGUMENTS]
           apus tune list|best|show|export|importance|report|delete|dashboard [OPTIONS]

    run        starts PROGRAM for each trial and reads what it made of its settings
    list       the studies of a storage
    best       the best trial, or the trials that none is better than in every objective
    show       all trials
    export     all trials as CSV, or as JSON for a file that ends in .json
    importance how much each setting mattered
    report     a page with charts, in one file
    delete     removes a study
    dashboard  starts optuna-dashboard on the storage, where it is installed

    'apus tune run --help' and so on say more.
    """

  /// The options that name a study.
  static let studyOptions = """
      --study NAME      the study; may be left out where the storage has one only
      --storage ADDRESS sqlite:///FILE, journal:///FILE, postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or a path that ends
                        in .db or .log; without it sqlite:///tune.db
    """

  private static var parts: [any Command.Type] {
    [
      TuneRun.self, TuneList.self, TuneBest.self, TuneShow.self, TuneExport.self, TuneImportance.self, TuneReport.self,
      TuneDelete.self, TuneDashboard.self,
    ]
  }

  static func execute(_ arguments: [String]) throws {
    guard let word = arguments.first, word != "--help", word != "-h" else {
      print(help)
      return
    }
    guard let part = parts.first(where: { $0.name == word }) else {
      throw UsageError(message: "'\(word)' is none of \(parts.map { $0.name }.joined(separator: ", "))")
    }
    do {
      try part.execute(Array(arguments.dropFirst()))
    } catch let error as UsageError {
      throw UsageError(message: error.message, part: part.name)
    }
  }

  init(_ words: inout Words) throws {}
  func run() throws {}
}

/// The study that the options name.
struct StudyPlace {
  let address: String
  let name: String?

  init(_ words: inout Words) throws {
    address = try words.take("--storage") ?? "sqlite:///tune.db"
    name = try words.take("--study")
  }

  /// The study, which must be there. Its file is not made where it is missing.
  func study() throws -> Study {
    let storage = try storage()
    if let name { return try Study(loading: name, from: storage) }
    let studies = try storage.studies()
    guard studies.count == 1 else {
      let names = studies.map { "'\($0.name)'" }.joined(separator: ", ")
      throw UsageError(
        message: studies.isEmpty
          ? "\(address) has no studies" : "\(address) has several studies, say which by --study: \(names)")
    }
    return try Study(loading: studies[0].name, from: storage)
  }

  func storage() throws -> any StudyStorage { try openStudyStorage(address, mustExist: true) }
}
