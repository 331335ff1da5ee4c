import Apus
import ApusServe
import Foundation

/// A folder of models, and a server for it.
final class ServedModels {
  /// Where the models lie.
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("apus-serve-\(UUID().uuidString)").path
  private(set) var server: InferenceServer?

  /// Writes `pair` (sum and difference of rows of four numbers), `texts` (the same texts), `total` (a sum that a
  /// sequence keeps) and `fixed` (twice a row of three whole numbers).
  init() throws {
    try pair(version: 1)
    try texts()
    try total()
    try write(folder: "fixed/1")
    try export(
      { (n: Tensor) in n * 2 }, example: Tensor([1, 2, 3]), to: file("fixed/1/model.apus"), inputNames: ["n"],
      outputNames: ["twice"])
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  private func write(folder name: String) throws {
    try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
  }

  func write(_ text: String, to name: String) throws {
    try write(folder: name.split(separator: "/").dropLast().joined(separator: "/"))
    try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
  }

  /// A version of the model of sums; what it adds to the sum tells versions apart.
  func pair(version: Int, adding number: Float = 0, to name: String = "pair") throws {
    try write(folder: "\(name)/\(version)")
    let target = file("\(name)/\(version)/model.apus")
    try export(
      { (a: Tensor, b: Tensor) in [a + b + number, a - b] }, example: zeros(2, 4), zeros(2, 4), to: target + ".new",
      dynamic: ["a": [0: "rows"], "b": [0: "rows"]], inputNames: ["a", "b"], outputNames: ["sum", "difference"])
    _ = try? FileManager.default.removeItem(atPath: target)
    try FileManager.default.moveItem(atPath: target + ".new", toPath: target)
  }

  private func texts() throws {
    func port(_ name: String) -> ONNX.ValueInfoProto {
      let shape = ["rows", "columns"].map { ONNX.Dimension(.named($0)) }
      return ONNX.ValueInfoProto(
        name, type: ONNX.TypeProto(.tensor(elementType: ONNX.DataType.string.rawValue, shape: shape)))
    }
    let node = ONNX.NodeProto("Identity", input: ["x"], output: ["y"])
    let graph = ONNX.GraphProto(name: "texts", node: [node], input: [port("x")], output: [port("y")])
    try write(folder: "texts/1")
    try ONNX.ModelProto(irVersion: 8, opsetImport: [ONNX.OperatorSetID(version: 17)], graph: graph).write(
      to: file("texts/1/model.onnx"))
  }

  private func total() throws {
    try write(
      """
      # A state that goes from request to request.
      sequence_batching {
        state [ { input_name: "before" output_name: "after" data_type: TYPE_FP32 dims: [ 1 ] } ]
      }
      """, to: "total/config.pbtxt")
    try write(folder: "total/1")
    try export(
      { (x: Tensor, before: Tensor) in [x + before, x + before + 0] }, example: zeros(1), zeros(1),
      to: file("total/1/model.apus"),
      inputNames: ["x", "before"], outputNames: ["y", "after"])
  }

  /// Starts a server, which is ready.
  func start(_ change: (inout ServeOptions) -> Void = { _ in }) throws -> InferenceServer {
    var options = ServeOptions()
    options.http = "127.0.0.1:0"
    options.metrics = "127.0.0.1:0"
    options.log = .off
    options.control = .explicit(load: ["*"])
    change(&options)
    let server = try InferenceServer(folder: path, options: options)
    server.waitUntilLoaded()
    self.server = server
    return server
  }

  deinit {
    server?.stop(within: 0)
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// The little-endian bytes of numbers.
func bytes<Number>(_ numbers: [Number]) -> [UInt8] { numbers.withUnsafeBytes { Array($0) } }
