import ApusDistributed
import Examples
import Foundation
import Testing

/// The example on two processes: this program is started again under `mpirun`.
@Suite(.serialized, .enabled(if: DistributedRun.settings == nil && DistributedRun.launcher != nil))
struct DistributedExampleTests {
  /// A run that fails goes on from its checkpoint, and its losses are those of one process.
  @Test func aTrainingGoesOnAfterAFailure() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("examples-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let failed = try DistributedRun.start(folder, restart: 0)
    #expect(failed.status != 0 && failed.output.contains("a failure in step 8"), "\(failed.output)")
    let ended = try DistributedRun.start(folder, restart: 1)
    #expect(ended.status == 0 && ended.output.contains("2 processes"), "\(ended.output)")
    let losses = try JSONDecoder().decode(
      [Double].self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/losses.json")))
    var alone = DistributedRun.example
    alone.folder = ""
    // Other tests of this program begin without a group.
    defer { try? destroyProcessGroup() }
    let expected = try alone.run().losses
    #expect(losses.count == 7 && expected.count == 12)
    for (loss, expected) in zip(losses, expected[5...]) { #expect(abs(loss - expected) < 1e-4 * expected) }
  }
}

/// What each of the processes does.
@Suite(.enabled(if: DistributedRun.settings != nil)) struct DistributedExampleWorker {
  @Test func work() throws {
    var example = DistributedRun.example
    let folder = DistributedRun.settings ?? ""
    (example.folder, example.fail) = (folder + "/run", 8)
    let outcome = try example.run()
    guard try ProcessGroup.world.rank == 0 else { return }
    #expect(outcome.processes == 2 && outcome.firstStep == 5)
    try JSONEncoder().encode(outcome.losses).write(to: URL(fileURLWithPath: folder + "/losses.json"))
  }
}

private enum DistributedRun {
  /// The folder of the run, where a test started this process.
  static let settings = ProcessInfo.processInfo.environment["APUS_EXAMPLES_RUN"]

  static let launcher = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    .map { "\($0)/mpirun" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  /// A model that learns little in no time.
  static var example: DistributedCharGPT {
    var example = DistributedCharGPT()
    (example.steps, example.batch, example.context, example.width) = (12, 4, 16, 16)
    (example.heads, example.layers, example.text, example.save, example.sample) = (2, 1, "chapters", 5, 0)
    return example
  }

  static func start(_ folder: String, restart: Int) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: launcher ?? "")
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    process.arguments =
      [
        "-n", "2", own, "--testing-library", "swift-testing", "--no-parallel", "--filter",
        "ExamplesTests.DistributedExampleWorker",
      ]
    process.environment = ProcessInfo.processInfo.environment.merging([
      "APUS_EXAMPLES_RUN": folder, "APUS_RESTART_COUNT": "\(restart)", "APUS_NUM_THREADS": "1",
      "APUS_DISTRIBUTED_TIMEOUT": "50", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
      "OMPI_MCA_rmaps_base_oversubscribe": "1",
    ]) { $1 }
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}
