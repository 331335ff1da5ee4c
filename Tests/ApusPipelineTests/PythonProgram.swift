import ApusCore
import Foundation

/// Python with the packages of other systems: the interpreter that a variable names, or `python3`.
struct PythonProgram: Sendable {
  private let python: String
  /// Whether a package is there.
  let isInstalled: Bool

  init(variable: String, package: String) {
    python = ProcessInfo.processInfo.environment[variable] ?? "python3"
    isInstalled = (try? Self.run(python, "import \(package)", [])) != nil
  }

  /// With ML Metadata.
  static let metadata = PythonProgram(variable: "APUS_MLMD_PYTHON", package: "ml_metadata")
  /// With the SDK of Kubeflow Pipelines and PyYAML.
  static let kubeflow = PythonProgram(variable: "APUS_KFP_PYTHON", package: "kfp")
  /// With Airflow.
  static let airflow = PythonProgram(variable: "APUS_AIRFLOW_PYTHON", package: "airflow")
  /// With MLflow.
  static let mlflow = PythonProgram(variable: "APUS_MLFLOW_PYTHON", package: "mlflow")

  /// What a program prints, of which each line is one.
  func output(of program: String, _ arguments: [String] = []) throws -> [String] {
    try Self.run(python, program, arguments)
  }

  private static func run(_ python: String, _ program: String, _ arguments: [String]) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, "-W", "ignore", "-c", program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    let complaints = Pipe()
    process.standardError = complaints
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    let words = String(decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw TensorError(.state, python, "the program ended with \(process.terminationStatus): \(words.suffix(1500))")
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
