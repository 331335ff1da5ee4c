import ApusExchange

/// Runs test cases in the layout of ONNX's backend tests.
/// - Parameter only: the name of the one case to run, if it is to be one.
package func backendTests(in folder: String, only: String? = nil) throws -> Tally {
  var tally = Tally()
  for test in try ONNXBackendTest.all(in: folder) where only == nil || test.name == only {
    switch test.run() {
    case .passed: tally.add(.passed, id: test.name)
    case .failed(let reason): tally.add(.failed(reason), id: test.name)
    case .skipped(let reason): tally.add(.skipped("data", reason), id: test.name)
    }
  }
  return tally
}
