import ApusCore
import ApusFormats
import ApusNN

/// What an exported model is to look like; see the parameters of `exportONNX`.
package struct ONNXExportOptions: Sendable {
  package var opset: Int
  package var inputNames: [String]
  package var outputNames: [String]
  package var dynamicAxes: [String: [Int: String]]
  package var training: Bool
  package var externalData: String?

  package init(
    opset: Int = 18, inputNames: [String] = [], outputNames: [String] = [],
    dynamicAxes: [String: [Int: String]] = [:], training: Bool = false, externalData: String? = nil
  ) {
    self.opset = opset
    self.inputNames = inputNames
    self.outputNames = outputNames
    self.dynamicAxes = dynamicAxes
    self.training = training
    self.externalData = externalData
  }
}

/// One export: the captured function on its way to a model.
struct ONNXExport {
  /// The versions of ONNX's operators that can be asked for.
  static let opsets = 17...24

  let model: ONNX.ModelProto
  /// The weights that go into a file beside the model, in their order.
  let external: [ByteSlice]
  private let externalName: String?

  init(
    _ module: (any Module)?, _ inputs: [Tensor], _ options: ONNXExportOptions, _ call: ([Tensor]) throws -> [Tensor]
  ) throws {
    guard Self.opsets.contains(options.opset) else {
      throw TensorError(
        .value, "exportONNX",
        "the operator set \(options.opset) is not one of \(Self.opsets.lowerBound) to \(Self.opsets.upperBound)")
    }
    if let name = options.externalData, name.isEmpty || name.contains("/") {
      throw TensorError(
        .value, "exportONNX", "externalData is the name of a file beside the model, and \"\(name)\" is none")
    }
    let names = Names(inputs.count, options)
    let axes = try DynamicAxes(inputs, names.inputs, options.dynamicAxes, "exportONNX")
    let captures = try axes.captures(of: inputs) { given in
      try CapturedCall(module, given, training: options.training, "exportONNX", call)
    }
    let graph = try ExportedGraph(captures, axes, names, options)
    externalName = options.externalData
    (model, external) = graph.model(externalName: options.externalData)
  }

  func write(to path: String) throws {
    if let externalName {
      let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
      try writeBytes(external, to: folder + externalName)
    }
    try model.write(to: path)
  }

  /// The names of inputs and outputs.
  struct Names {
    let inputs: [String]
    private let given: [String]

    init(_ inputCount: Int, _ options: ONNXExportOptions) {
      inputs = (0..<inputCount).map { $0 < options.inputNames.count ? options.inputNames[$0] : "input_\($0)" }
      given = options.outputNames
    }

    func output(_ i: Int) -> String { i < given.count ? given[i] : "output_\(i)" }
  }
}
