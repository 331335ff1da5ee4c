import ApusCore
import ApusFormats

/// Test cases in the layout of ONNX's backend tests: `FOLDER/NAME/model.onnx` beside folders `test_data_set_I` with
/// `input_J.pb` and `output_J.pb`, or, for large networks, `FOLDER/NAME.onnx` beside `NAME_output_J.pb`, whose inputs are the
/// numbers from 0 to below 1 in equal steps.
///
/// Numbers have to be of the type and shape that is recorded and as near to it as the case's `tolerance.json` says, or
/// `rtol` 1e-3 and `atol` 1e-7. Of graphs that draw random numbers only types and shapes are compared: the format leaves
/// the generator open.
public struct ONNXBackendTest: Sendable {
  /// The name of its folder, or of its model without the ending.
  public let name: String
  private let folder: String
  private let model: String
  /// How the paths of the outputs begin, where there are no inputs to read.
  private let outputs: String?

  /// The cases in `folder`, in alphabetical order.
  /// - Throws: `TensorError` of kind `file` where there is no folder.
  public static func all(in folder: String) throws -> [ONNXBackendTest] {
    guard isFolder(folder) else {
      throw TensorError(.file, folder, "there is no folder of this name; give one of test cases")
    }
    return folderContents(folder).compactMap { name in
      let path = "\(folder)/\(name)"
      if name.hasSuffix(".onnx") {
        let stem = String(path.dropLast(5))
        guard fileExists("\(stem)_output_0.pb") else { return nil }
        return ONNXBackendTest(name: String(name.dropLast(5)), folder: folder, model: path, outputs: stem)
      }
      let models = folderContents(path).filter { $0.hasSuffix(".onnx") }
      guard let model = models.first(where: { $0 == "model.onnx" }) ?? models.first else { return nil }
      return ONNXBackendTest(name: name, folder: path, model: "\(path)/\(model)", outputs: nil)
    }
  }

  /// What a case comes to.
  public enum Result: Sendable, Equatable {
    /// All outputs are as recorded.
    case passed
    /// With the first difference, or the error.
    case failed(String)
    /// There is nothing to compare with.
    case skipped(String)
  }

  /// Runs the model on each set of inputs and compares.
  public func run() -> Result {
    do {
      let model = try ONNXModel(path: model)
      if let outputs {
        let found = try difference(model, inputs: Self.steps(model)) { "\(outputs)_output_\($0).pb" }
        return found.map { .failed($0) } ?? .passed
      }
      let sets = folderContents(folder).filter { $0.hasPrefix("test_data_set_") }
      if sets.isEmpty { return .skipped("no data") }
      for set in sets {
        if let difference = try difference(model, "\(folder)/\(set)") { return .failed("\(set): \(difference)") }
      }
      return .passed
    } catch {
      return .failed("\(error)")
    }
  }

  private func difference(_ model: ONNXModel, _ data: String) throws -> String? {
    var inputs: [String: ONNXValue] = [:]
    for (j, port) in model.inputs.enumerated() {
      let path = "\(data)/input_\(j).pb"
      if fileExists(path) { inputs[port.name] = try ONNXValue(path: path, type: port.type) }
    }
    return try difference(model, inputs: inputs) { "\(data)/output_\($0).pb" }
  }

  /// For each input the numbers from 0 to below 1 in equal steps; sizes that are left open are 1.
  private static func steps(_ model: ONNXModel) throws -> [String: ONNXValue] {
    var inputs: [String: ONNXValue] = [:]
    for port in model.inputs where !port.isOptional {
      guard case .tensor(_, let dimensions?)? = port.type?.value else { continue }
      let shape = dimensions.map { dimension -> Int in
        if case .known(let size) = dimension.size { return Int(clamping: size) }
        return 1
      }
      guard let count = checkedElementCount(shape, elementSize: 8) else { continue }
      inputs[port.name] = .tensor((arange(count, dtype: .float64) / Double(max(count, 1))).to(.float32).reshape(shape))
    }
    return inputs
  }

  private func difference(
    _ model: ONNXModel, inputs: [String: ONNXValue], _ path: (Int) -> String
  ) throws -> String? {
    let results = try noGrad { try model.run(values: inputs) }
    let isRandom = model.graph.drawsNumbers
    for (j, (result, port)) in zip(results, model.outputs).enumerated() {
      let path = path(j)
      guard fileExists(path) else { continue }
      let expected = try ONNXValue(path: path, type: port.type)
      if let found = try withErrors({ tolerance.difference(result.value, expected, onlyShape: isRandom) }) {
        return "'\(port.name)' \(found)"
      }
    }
    return nil
  }

  private var tolerance: ONNXTolerance {
    let given = try? JSON(file: "\(folder)/tolerance.json")
    return ONNXTolerance(relative: given?["rtol"]?.double ?? 1e-3, absolute: given?["atol"]?.double ?? 1e-7)
  }
}

/// How near a value has to be to another.
package struct ONNXTolerance: Sendable {
  package let relative: Double
  package let absolute: Double

  package init(relative: Double, absolute: Double) {
    self.relative = relative
    self.absolute = absolute
  }

  /// In what `found` differs from `expected`, if it does.
  package func difference(_ found: ONNXValue, _ expected: ONNXValue, onlyShape: Bool = false) -> String? {
    switch (found, expected) {
    case (.strings(let a), .strings(let b)):
      guard a.shape == b.shape else { return "has the shape \(a.shape), not \(b.shape)" }
      return a.elements == b.elements ? nil : "is \(a.elements.prefix(8)), not \(b.elements.prefix(8))"
    case (.sequence(let a, _), .sequence(let b, _)):
      guard a.count == b.count else { return "has \(a.count) values, not \(b.count)" }
      for (i, pair) in zip(a, b).enumerated() {
        if let found = difference(pair.0, pair.1, onlyShape: onlyShape) { return "value \(i) \(found)" }
      }
      return nil
    case (.optional(let a), .optional(let b)):
      guard let a, let b else { return (a == nil) == (b == nil) ? nil : "holds \(a == nil ? "nothing" : "a value")" }
      return difference(a, b, onlyShape: onlyShape)
    case (.map(let a), .map(let b)):
      guard a.keys == b.keys else { return "has the keys \(a.keys), not \(b.keys)" }
      return difference(.sequence(a.values), .sequence(b.values), onlyShape: onlyShape)
    case (.tensor(let a), .tensor(let b)), (.narrow(let a, _), .narrow(let b, _)):
      guard found.elementType == expected.elementType else {
        return "is \(found.kindName), not \(expected.kindName)"
      }
      guard a.shape == b.shape else { return "has the shape \(a.shape), not \(b.shape)" }
      return onlyShape ? nil : numbers(a, b)
    default: return "is \(found.kindName), not \(expected.kindName)"
    }
  }

  private func numbers(_ a: Tensor, _ b: Tensor) -> String? {
    if a.dtype.isComplex { return numbers(a.viewAsReal(), b.viewAsReal()) }
    if a.dtype == .int64 || a.dtype == .uint64, a.eq(b).all().item() { return nil }
    let (x, y) = (a.array(as: Double.self), b.array(as: Double.self))
    guard x.count == y.count else { return "cannot be read" }
    var worst = (place: -1, excess: 0.0)
    var count = 0
    for i in x.indices {
      if x[i] == y[i] || x[i].isNaN && y[i].isNaN { continue }
      let excess = abs(x[i] - y[i]) - absolute - relative * abs(y[i])
      if excess <= 0 { continue }
      count += 1
      if worst.place < 0 || !(excess <= worst.excess) { worst = (i, excess) }
    }
    guard worst.place >= 0 else { return nil }
    return
      "differs in \(count) of \(x.count) elements, most at \(worst.place): \(x[worst.place]), not \(y[worst.place])"
  }
}

extension ONNXGraph {
  /// Whether a node of it, or of a graph inside, draws random numbers.
  var drawsNumbers: Bool {
    steps.contains { step in
      ["Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"].contains(
        step.node.opType) || step.node.subgraphs.values.contains { $0.graph.drawsNumbers }
    }
  }
}
