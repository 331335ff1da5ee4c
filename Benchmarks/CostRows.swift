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
    Row("cost.rss_import", .megabytes, .cost) {
      Row.Prepared.timed({ Double(runSelf("memory").trimmed()) ?? 0 })
    },
  ]
}

extension String {
  fileprivate func trimmed() -> String { String(self.filter { !$0.isWhitespace }) }
}

/// Runs this program again with `--child name` and gives what it printed.
private func runSelf(_ name: String) -> String {
  guard let pipe = popen("'\(CommandLine.arguments[0])' --child \(name)", "r") else { return "" }
  defer { pclose(pipe) }
  var text = ""
  var line = [CChar](repeating: 0, count: 4096)
  while fgets(&line, Int32(line.count), pipe) != nil {
    text += String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
  return text
}
