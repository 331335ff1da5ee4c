import Foundation

/// Runs the `apus` command that was built beside the tests: its exit status, and what it wrote.
func runTool(
  _ arguments: [String], in folder: URL, environment: [String: String] = [:]
) throws -> (status: Int32, output: String, errors: String) {
  let process = tool(arguments, in: folder)
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  let (output, errors) = (Pipe(), Pipe())
  (process.standardOutput, process.standardError) = (output, errors)
  try process.run()
  let texts = [output, errors].map { String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
  process.waitUntilExit()
  return (process.terminationStatus, texts[0], texts[1])
}

/// Starts the command, whose output nobody reads.
func startTool(_ arguments: [String], in folder: URL) throws -> Process {
  let process = tool(arguments, in: folder)
  (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
  try process.run()
  return process
}

private func tool(_ arguments: [String], in folder: URL) -> Process {
  let process = Process()
  process.executableURL = Bundle.main.executableURL!.deletingLastPathComponent().appendingPathComponent("apus")
  process.arguments = arguments
  process.currentDirectoryURL = folder
  return process
}
