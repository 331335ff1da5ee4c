import Apus
import ApusFormats
import ApusServe

/// `apus bench-serve`: measures how a server answers.
struct BenchServeCommand: Command {
  static let name = "bench-serve"
  static let summary = "measure how a server answers: requests a second, latencies as percentiles"
  static let help = """
    usage: apus bench-serve URL [--body FILE] [--clients N[,N ...]] [--seconds N] [--rate N] [--header NAME=VALUE ...]

    Sends one request again and again, http://127.0.0.1:8000/v2/models/NAME/infer for example. Without --rate each client
    sends its next one when it has an answer (a closed loop). With it requests come at that rate whether answers come or not
    (an open loop), and the latency of each is counted from when it was to be sent.

      --body FILE          the body of a POST; without it a GET is sent
      --clients N          how many connections there are (1); several numbers are measured one after the other
      --seconds N          how long (5)
      --rate N             requests a second of all clients together
      --header NAME=VALUE  a further header; once for each
    """

  private var test: LoadTest
  private let clients: [Int]

  init(_ words: inout Words) throws {
    let body = try words.take("--body")
    let list = try words.take("--clients") ?? "1"
    clients = try list.split(separator: ",").map { text in
      guard let count = Int(text), 1...10_000 ~= count else {
        throw UsageError(message: "--clients needs numbers from 1 to 10000, and got '\(list)'")
      }
      return count
    }
    let seconds = try words.takeNumber("--seconds", in: 1...86400) ?? 5
    let rate = try words.takeNumber("--rate", in: 1...10_000_000)
    let headers = try words.takePairs("--header").map { HTTPField($0.path, $0.value) }
    test = try LoadTest(url: words.takeOperand("URL"))
    test.seconds = Double(seconds)
    test.rate = rate.map(Double.init)
    test.headers = headers
    if let body {
      let file = try MappedFile(path: body)
      test.body = withExtendedLifetime(file) { Array(file.bytes) }
    }
  }

  func run() throws {
    print("clients  requests/s       p50       p90       p99     p99.9       max  failed")
    for count in clients {
      var test = test
      test.clients = count
      let report = try test.run()
      let times = [0.5, 0.9, 0.99, 0.999, 1].map { part in
        report.percentile(part).map(Self.text) ?? "-"
      }
      let failed = report.statuses.filter { !(200..<300 ~= $0.key) }.sorted { $0.key < $1.key }
      let words =
        failed.isEmpty
        ? "0"
        : failed.map { "\($0.value) of \($0.key == 0 ? "no answer" : "status \($0.key)")" }.joined(separator: ", ")
      print(
        Self.padded("\(count)", 7) + Self.padded("\(Int(report.throughput.rounded()))", 12)
          + times.map { Self.padded($0, 10) }.joined() + "  " + words)
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func text(_ seconds: Double) -> String {
    seconds < 1e-3 ? "\(NumberText.short(seconds * 1e6)) us" : "\(NumberText.short(seconds * 1e3)) ms"
  }
}
