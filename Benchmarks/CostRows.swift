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
    Row("cost.compile_mlp", .seconds, .cost) {
      Row.Prepared.timed({ Double(runSelf("compile", cache: temporaryFolder()).trimmed()) ?? 0 })
    },
    Row("cost.compile_mlp_warm", .seconds, .cost) {
      let folder = temporaryFolder()
      _ = runSelf("compile", cache: folder)
      return Row.Prepared.timed({ Double(runSelf("compile", cache: folder).trimmed()) ?? 0 })
    },
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

/// Seconds of the first call of a compiled training step of the perceptron, its parameters being there.
func firstCompiledStep() -> Double {
  let model = multilayerPerceptron()
  let optimizer = Adam(model.parameters(), lr: 1e-3)
  let (x, y) = (uniformData(1, [128, 784], 0, 1), integerData(2, [128], 10))
  let start = now()
  let step = compile(executor: .native) { (x: Tensor, y: Tensor) in
    optimizer.zeroGrad()
    let loss = crossEntropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss
  }
  _ = step(x, y).item()
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
