import ApusCore
import ApusText
import Foundation

/// Measures how fast a tokeniser encodes the lines of a text, on one thread and on two, and how fast it opens.
func measureTokenizer(_ path: String, text: String) throws {
  func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = Date()
    try body()
    return Date().timeIntervalSince(start)
  }
  var tokenizer: Tokenizer?
  print("open: \(try seconds { tokenizer = try Tokenizer(path: path) }) s")
  guard let tokenizer else { return }
  let content = try String(contentsOfFile: text, encoding: .utf8)
  let lines = content.utf8.split(separator: 10, omittingEmptySubsequences: false).map { String(Substring($0)) }
  let megabytes = Double(content.utf8.count) / 1e6
  for threads in [1, 2] {
    setNumThreads(threads)
    var times: [Double] = []
    var count = 0
    for _ in 0..<3 {
      times.append(try seconds { count = try tokenizer.encodeBatch(lines).reduce(0) { $0 + $1.count } })
    }
    let time = times.sorted()[1]
    print("\(threads) threads: \(time) s, \(megabytes / time) MB/s, \(count) tokens")
  }
  setNumThreads(1)
  var count = 0
  let time = try seconds { for line in lines { count += try tokenizer.ids(of: line).count } }
  print("ids alone, 1 thread: \(time) s, \(megabytes / time) MB/s, \(count) tokens")
}
