import Foundation
import Testing

/// A launcher of MPI that is installed here.
struct Launcher: Sendable, CustomTestStringConvertible {
  enum Kind: String, Sendable { case openMPI, mpich }
  let kind: Kind
  let path: String

  var testDescription: String { kind.rawValue }

  /// Those that are installed.
  static let all: [Launcher] = [(Kind.openMPI, "Open MPI", "mpirun.openmpi"), (.mpich, "HYDRA", "mpirun.mpich")]
    .compactMap { kind, text, name in
      for name in [name, "mpirun", "mpiexec"] {
        guard let path = file(name), let version = try? runProgram([path, "--version"]).output else { continue }
        if version.contains(text) { return Launcher(kind: kind, path: path) }
      }
      return nil
    }

  /// Starts this test program again on `count` ranks, which do what the case called `name` says.
  func run(_ name: String, ranks count: Int, environment: [String: String] = [:]) throws -> Ended {
    let oversubscribe = kind == .openMPI ? ["--oversubscribe"] : []
    return try runProgram(
      [path, "-n", "\(count)"] + oversubscribe + worker, environment: environment.merging(variables(name)) { a, _ in a }
    )
  }
}

/// How a program ended, and what it wrote on both streams.
struct Ended {
  let status: Int32
  let output: String
}

/// Starts this test program again, alone.
func runAlone(_ name: String, environment: [String: String] = [:]) throws -> Ended {
  try runProgram(worker, environment: environment.merging(variables(name)) { a, _ in a })
}

/// The name of the case that this process is to do, where a test started it.
var caseName: String? { ProcessInfo.processInfo.environment["APUS_DISTRIBUTED_CASE"] }

private let worker = [
  (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0],
  "--testing-library", "swift-testing", "--no-parallel", "--filter", "ApusDistributedTests.Worker",
]

private func variables(_ name: String) -> [String: String] {
  [
    "APUS_DISTRIBUTED_CASE": name, "APUS_NUM_THREADS": "1", "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
  ]
}

private func file(_ name: String) -> String? {
  (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":").map { "\($0)/\(name)" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }
}

private func runProgram(_ words: [String], environment: [String: String] = [:]) throws -> Ended {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: words[0])
  process.arguments = Array(words.dropFirst())
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  let output = Pipe()
  (process.standardOutput, process.standardError) = (output, output)
  process.standardInput = FileHandle.nullDevice
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return Ended(status: process.terminationStatus, output: text)
}
