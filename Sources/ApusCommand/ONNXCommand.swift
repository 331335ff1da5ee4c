import Apus

/// `apus onnx`: what an ONNX model is, whether it can be run, what it gives, and whether it gives what is recorded.
struct ONNXCommand: Command {
  static let name = "onnx"
  static let summary = "show, check and run ONNX models, or run folders of test cases"
  static let help = """
    usage: apus onnx info MODEL
           apus onnx check MODEL
           apus onnx run MODEL [--inputs FILE.npz] [--outputs FILE.npz]
           apus onnx test FOLDER [--failures N]

    info    lists inputs, outputs, operator sets, metadata and operators, also of a model that cannot be run
    check   says whether the model can be run, and names the node that cannot
    run     runs the model on the arrays of an archive of NumPy's, which have the names of the inputs, and writes the outputs
            to one; without --outputs it prints them
    test    runs the cases of a folder in the layout of ONNX's backend tests: CASE/model.onnx beside folders
            test_data_set_I with input_J.pb and output_J.pb. Exit status 1 when anything fails
      --failures N   list at most N failures (20)
    """

  private enum Action: String, CaseIterable {
    case info, check, run, test
  }

  private let action: Action
  private let path: String
  private let inputs: String?
  private let outputs: String?
  private let mostFailures: Int

  init(_ words: inout Words) throws {
    inputs = try words.take("--inputs")
    outputs = try words.take("--outputs")
    mostFailures = try words.takeNumber("--failures", in: 0...Int.max) ?? 20
    let name = try words.takeOperand("info, check, run or test")
    guard let action = Action(rawValue: name) else {
      throw UsageError(
        message: "'\(name)' is no action; there are \(Action.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.action = action
    path = try words.takeOperand(action == .test ? "FOLDER" : "MODEL")
    guard action == .run || inputs == nil && outputs == nil else {
      throw UsageError(message: "--inputs and --outputs belong to 'run'")
    }
  }

  func run() throws {
    switch action {
    case .info: for line in try describeONNXModel(path) { print(line) }
    case .check: try check()
    case .run: try runModel()
    case .test: try test()
    }
  }

  private func check() throws {
    let model = try ONNXModel(path: path)
    print("\(path): can be run")
    for port in model.inputs { print("  input   \(port)") }
    for port in model.outputs { print("  output  \(port)") }
  }

  private func runModel() throws {
    let model = try ONNXModel(path: path)
    var values: [String: ONNXValue] = [:]
    if let inputs {
      let archive = try NumpyArchive(path: inputs)
      for name in archive.names { values[name] = .tensor(try archive.tensor(named: name)) }
    }
    let results = try noGrad { try model.run(values: values) }
    guard let outputs else {
      for (name, value) in results { print("\(name) = \(text(value))") }
      return
    }
    var tensors: [(name: String, tensor: Tensor)] = []
    for (name, value) in results {
      switch value {
      case .tensor(let tensor), .narrow(let tensor, _): tensors.append((name, tensor))
      default: complain("apus onnx: the output '\(name)' is \(value.kindName), which NumPy archives cannot hold")
      }
    }
    try saveNumpyArchive(tensors, to: outputs)
    for (name, tensor) in tensors { print("\(name): \(tensor.dtype) \(tensor.shape)") }
  }

  private func text(_ value: ONNXValue) -> String {
    switch value {
    case .tensor(let tensor), .narrow(let tensor, _): "\(tensor)"
    case .strings(let texts): "\(texts.elements)"
    case .sequence(let values, _): "[\(values.map(text).joined(separator: ", "))]"
    case .optional(let inner): inner.map(text) ?? "nothing"
    case .map: value.kindName
    }
  }

  private func test() throws {
    var (passed, skipped) = (0, 0)
    var failures: [String] = []
    for test in try ONNXBackendTest.all(in: path) {
      switch test.run() {
      case .passed: passed += 1
      case .skipped: skipped += 1
      case .failed(let reason): failures.append("FAILED \(test.name): \(reason)")
      }
    }
    for line in failures.prefix(mostFailures) { print(line) }
    if failures.count > mostFailures { print("... and \(failures.count - mostFailures) more failures") }
    print("\(passed) passed, \(failures.count) failed, \(skipped) skipped")
    if !failures.isEmpty { throw TestFailure(count: failures.count) }
  }

  /// Some cases fail; they have been listed.
  private struct TestFailure: Error, CustomStringConvertible {
    let count: Int
    var description: String { "\(count) cases fail" }
  }
}
