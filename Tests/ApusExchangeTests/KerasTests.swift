import Apus
import Foundation
import TestSupport
import Testing

/// Models of Keras from JSON written here, with weights in a file put together here.
@Suite struct KerasTests {
  private static func sequential(_ layers: String) -> String {
    """
    {"class_name": "Sequential", "module": "keras", "registered_name": null, "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "module": "keras.layers", "config": {"batch_shape": [null, 3], "dtype": "float32", "name": "i"}},
      \(layers)]}}
    """
  }

  private static let dense =
    #"{"class_name": "Dense", "module": "keras.layers", "config": {"name": "d", "units": 2, "activation": "relu"}}"#

  private static func file(_ bytes: [UInt8], _ name: String = UUID().uuidString) throws -> String {
    let path = NSTemporaryDirectory() + "/\(name).h5"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func dense() throws {
    let path = try Self.file(HDF5Sample.dense(kernel: [1, 2, 3, 4, 5, 6], bias: [10, -100]))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = try KerasModel(json: Self.sequential(Self.dense), weights: path)
    #expect(model(Tensor([[1.0, 1, 1]])).equal(Tensor([[19.0, 0]])))
    #expect(model.weights.map(\.path) == ["s/d/kernel", "s/d/bias"])
    #expect(model.namedParameters().map(\.name).sorted() == ["d.bias", "d.kernel"])
    #expect(model.inputs.map(\.shape) == [[nil, 3]])
  }

  @Test(arguments: [
    (#"{"class_name": "Lambda", "module": "keras.layers", "config": {"name": "l"}}"#, "Lambda"),
    (#"{"class_name": "Dense9", "module": "keras.layers", "config": {"name": "l"}}"#, "Dense9"),
    (#"{"class_name": "Popen", "module": "subprocess", "config": {"name": "l"}}"#, "subprocess"),
    (
      #"{"class_name": "Mine", "module": "builtins", "registered_name": "Custom>Mine", "config": {"name": "l"}}"#,
      "Custom>Mine"
    ),
    (
      #"{"class_name": "Activation", "module": "keras.layers", "config": {"name": "l", "activation": "system"}}"#,
      "system"
    ),
    (#"{"class_name": "Dense", "module": "keras.layers", "config": {"name": "d", "units": 3}}"#, "[3, 3]"),
    (#"{"class_name": "Dense", "module": "keras.layers", "config": {"name": "d", "units": -1}}"#, "units"),
  ])
  func refused(layer: String, word: String) throws {
    let path = try Self.file(HDF5Sample.dense(kernel: [1, 2, 3, 4, 5, 6], bias: [10, -100]))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let error = #expect(throws: TensorError.self) { _ = try KerasModel(json: Self.sequential(layer), weights: path) }
    #expect(error?.description.contains(word) == true)
  }

  @Test func damaged() throws {
    let bytes = HDF5Sample.dense(kernel: [1, 2, 3, 4, 5, 6], bias: [10, -100])
    for cut in stride(from: 0, to: bytes.count, by: 97) {
      let path = try Self.file(Array(bytes[..<cut]))
      defer { try? FileManager.default.removeItem(atPath: path) }
      #expect(throws: TensorError.self) { _ = try KerasModel(json: Self.sequential(Self.dense), weights: path) }
    }
  }
}
