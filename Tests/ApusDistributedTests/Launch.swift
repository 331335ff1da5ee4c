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

extension Launcher {
  /// Starts this test program again on `count` ranks, and kills them all `after` what is waited for has happened.
  func runAndKill(
    _ name: String, ranks count: Int, environment: [String: String] = [:], when hasBegun: () -> Bool,
    after: () -> Void
  ) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments =
      ["-n", "\(count)"] + (kind == .openMPI ? ["--oversubscribe"] : []) + worker
    process.environment = ProcessInfo.processInfo.environment.merging(variables(name)) { $1 }
      .merging(environment) { $1 }
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let deadline = Date() + 60
    while !hasBegun(), process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.01) }
    after()
    endTree(process.processIdentifier)
    process.waitUntilExit()
  }
}

/// Kills a process and all that it has started, which may be in sessions of their own.
private func endTree(_ process: Int32) {
  let children = (try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)) ?? ""
  for child in children.split(separator: " ").compactMap({ Int32($0) }) { endTree(child) }
  kill(process, SIGKILL)
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

/// Runs a program to its end. One that takes longer than a minute is ended with all that it has started, which counts as a failure.
private func runProgram(_ words: [String], environment: [String: String] = [:]) throws -> Ended {
  let mark = "APUS_TEST_RUN=\(UUID().uuidString)"
  let process = Process()
  process.executableURL = URL(fileURLWithPath: words[0])
  process.arguments = Array(words.dropFirst())
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  process.environment?["APUS_TEST_RUN"] = String(mark.split(separator: "=")[1])
  let output = Pipe()
  (process.standardOutput, process.standardError) = (output, output)
  process.standardInput = FileHandle.nullDevice
  try process.run()
  let hasEnded = DispatchSemaphore(value: 0)
  let limit = DispatchWorkItem {
    if hasEnded.wait(timeout: .now() + 60) == .timedOut {
      Issue.record("\(words[0]) has not ended within 60 s, and was ended")
      killAll(with: mark)
    }
  }
  DispatchQueue.global().async(execute: limit)
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  hasEnded.signal()
  return Ended(status: process.terminationStatus, output: text)
}

/// Kills the processes in whose environment `mark` stands: launchers start each rank in a process group of its own.
private func killAll(with mark: String) {
  for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
    guard let number = pid_t(name), number != getpid(),
      let environment = FileManager.default.contents(atPath: "/proc/\(number)/environ"),
      environment.split(separator: 0).contains(where: { String(decoding: $0, as: UTF8.self) == mark })
    else { continue }
    kill(number, SIGKILL)
  }
}
