import ApusCore
import ApusExchange
import ApusFormats
import Foundation

/// Models that Keras wrote, in every form in which a case has them: outputs for recorded inputs, and the weights.
enum KerasCases {
  @Sendable static func run(_ item: FormatCase) throws {
    guard item.expectation != .refuse else { return try refused(item) }
    let expected = try tensors(
      item.path("expected") + (item.json["expected"]?.string?.hasSuffix(".safetensors") == true ? "" : ".safetensors"))
    for (form, name) in (item.json["files"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      let path = item.path(of: name.string ?? "")
      let model =
        form == "keras" || form == "h5"
        ? try KerasModel(path: path) : try KerasModel(architecture: item.path("architecture"), weights: path)
      do {
        try compare(model, item, expected)
      } catch let difference as FormatDifference {
        throw FormatDifference("\(form): \(difference.description)")
      } catch {
        throw FormatDifference("\(form): \(error)")
      }
    }
  }

  private static func refused(_ item: FormatCase) throws {
    let path = try item.path("file")
    guard path.hasSuffix(".weights.h5") else {
      _ = try KerasModel(path: path)
      return
    }
    // The model that such cases name: an input of 3, and a layer of 2 units called d.
    let json = """
      {"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "sequential", "layers": [
        {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 3], "dtype": "float32", "name": "i"}},
        {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 2, "activation": "linear", "use_bias": true}}
      ]}}
      """
    _ = try KerasModel(json: json, weights: path)
  }

  private static func compare(_ model: KerasModel, _ item: FormatCase, _ expected: [String: Tensor]) throws {
    let count = item.json["inputs"]?.array?.count ?? 0
    let inputs = try (0..<count).map { i -> Tensor in
      guard let tensor = expected["in.\(i)"] else { throw FormatDifference("there is no in.\(i)") }
      return tensor
    }
    let outputs = try withErrors { model(inputs) }
    let wanted = item.json["n_outputs"]?.int ?? 0
    guard outputs.count == wanted else { throw FormatDifference("\(outputs.count) outputs instead of \(wanted)") }
    let (atol, rtol) = (item.json["atol"]?.double ?? 1e-5, item.json["rtol"]?.double ?? 1e-4)
    for (i, output) in outputs.enumerated() {
      guard let reference = expected["out.\(i)"] else { throw FormatDifference("there is no out.\(i)") }
      if let name = item.json["output_dtypes"]?.array?[i].string, output.dtype.name != name {
        throw FormatDifference("out.\(i) is of \(output.dtype), not \(name)")
      }
      try compare("out.\(i)", output, reference, atol: atol, rtol: rtol)
    }
    let weights = model.weights
    let recorded = item.json["weights"]?.array ?? []
    guard weights.count == recorded.count else {
      throw FormatDifference("\(weights.count) weights instead of \(recorded.count): \(weights.map(\.path))")
    }
    // By place; a weight that stands elsewhere is found by its path.
    let byPath = Dictionary(weights.map { ($0.path, $0) }) { first, _ in first }
    for (weight, entry) in zip(weights, recorded) {
      let path = (entry["path"]?.string ?? "").split(separator: ":").first.map(String.init) ?? ""
      guard let found = same(weight.path, path) ? weight : byPath[path] else {
        throw FormatDifference("the weight '\(weight.path)' stands in the place of '\(path)'")
      }
      guard let key = entry["key"]?.string, let reference = expected[key] else { continue }
      try compare(path, found.tensor, reference, atol: 0, rtol: 0)
    }
  }

  private static func compare(_ name: String, _ a: Tensor, _ b: Tensor, atol: Double, rtol: Double) throws {
    guard a.shape == b.shape else { throw FormatDifference("\(name) has the shape \(a.shape) instead of \(b.shape)") }
    let found = a.detach().to(.float64).array(as: Double.self)
    let wanted = b.to(.float64).array(as: Double.self)
    for (i, (x, y)) in zip(found, wanted).enumerated() where !(x == y || x.isNaN && y.isNaN) {
      guard abs(x - y) <= atol + rtol * abs(y) else {
        throw FormatDifference("\(name)[\(i)] is \(x) instead of \(y)")
      }
    }
  }

  /// Whether two paths end in the same layer and weight: what Keras puts before depends on how a model inside another was made.
  private static func same(_ a: String, _ b: String) -> Bool {
    a.split(separator: "/").suffix(2) == b.split(separator: "/").suffix(2)
  }

  private static func tensors(_ path: String) throws -> [String: Tensor] {
    let file = try SafetensorsFile(path: path)
    var tensors: [String: Tensor] = [:]
    for entry in file.entries {
      let dtype = try entry.requireDType()
      tensors[entry.name] = try file.withBytes(of: entry) { try Tensor(bytes: $0, shape: entry.shape, dtype: dtype) }
    }
    return tensors
  }
}
