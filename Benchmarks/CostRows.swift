import Apus

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// What it costs to use it at all, in fresh processes.

var costRows: [Row] {
  [
    Row("cost.import", .seconds, .cost) {
      Row.Prepared.timed({
        let start = now()
        _ = runSelf("add")
        return now() - start
      })
    },
    // The first compiled training step: with nothing kept on disk, and with the kernels that an earlier run has left.
    firstStepRow("cost.compile_mlp", "mlp", isWarm: false), firstStepRow("cost.compile_mlp_warm", "mlp", isWarm: true),
    firstStepRow("cost.compile_gpt", "gpt", isWarm: false), firstStepRow("cost.compile_gpt_warm", "gpt", isWarm: true),
    // The most memory that six training steps of the language model take.
    Row("cost.rss_gpt", .megabytes, .cost) {
      Row.Prepared.timed({ Double(runSelf("gpt-memory").trimmed()) ?? 0 })
    },
    Row("cost.rss_import", .megabytes, .cost) {
      Row.Prepared.timed({ Double(runSelf("memory").trimmed()) ?? 0 })
    },
  ]
}

extension String {
  fileprivate func trimmed() -> String { String(self.filter { !$0.isWhitespace }) }
}

/// A new folder for the time of the measurement.
private func temporaryFolder() -> String {
  let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  var name = Array("\(parent)/apus-bench-XXXXXX".utf8CString)
  return name.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress, let made = mkdtemp(base) else { return "." }
    return String(cString: made)
  }
}

/// Seconds of the first call of a compiled training step, in a process of its own.
private func firstStepRow(_ name: String, _ network: String, isWarm: Bool) -> Row {
  Row(name, .seconds, .cost) {
    let folder = temporaryFolder()
    if isWarm { _ = runSelf("compile-\(network)", cache: folder) }
    return Row.Prepared.timed {
      Double(runSelf("compile-\(network)", cache: isWarm ? folder : temporaryFolder()).trimmed()) ?? 0
    }
  }
}

/// Seconds of the first call of the compiled step of a row of training, its parameters being there.
func firstCompiledStep(_ network: String) -> Double? {
  guard let prepare = trainingRows.first(where: { $0.name == "train.\(network)" })?.prepareCompiled else { return nil }
  let step = prepare(.native)
  let start = now()
  step.call()
  return now() - start
}

/// Runs this program again with `--child name` and gives what it printed.
private func runSelf(_ name: String, cache: String? = nil) -> String {
  let environment = cache.map { "APUS_CACHE='\($0)' " } ?? ""
  guard let pipe = popen("\(environment)'\(CommandLine.arguments[0])' --child \(name)", "r") else { return "" }
  defer { pclose(pipe) }
  var text = ""
  var line = [CChar](repeating: 0, count: 4096)
  while fgets(&line, Int32(line.count), pipe) != nil {
    text += String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
  return text
}
