import ApusCore
import ApusFormats
import ApusNN

/// Writes a module as an ONNX model, with its weights.
///
///     try exportONNX(
///       model, inputs: zeros(1, 3, 224, 224), to: "model.onnx", inputNames: ["image"], dynamicAxes: ["image": [0: "batch"]])
///
/// The module is called with `inputs` and its operations are written down: what `if` and loops of the host language do with
/// these inputs is what the model does with all. With dynamic axes it is called with other sizes too, so as to see which numbers
/// depend on them. Initialisers have the names of the state dictionary, nodes those of the modules whose operations they are.
/// The module's parameters, buffers and mode are afterwards what they were before.
///
/// - Parameters:
///   - inputs: an argument as calls will bring it.
///   - opset: the version of ONNX's operators, from 17 to 24.
///   - inputNames: names of the inputs in their order; those that are missing are called `input_0`, `input_1` ...
///   - outputNames: names of the outputs in their order; those that are missing are called `output_0`, `output_1` ...
///   - dynamicAxes: dimensions of inputs whose sizes are left open, by the input's name and the dimension's number, and what they
///     are called. Dimensions of one name have one size.
///   - training: whether the model is exported as it is in training (dropout drops, batch norm takes the batch's statistics) instead
///     of as it is in use.
///   - externalData: the name of a file beside the model that takes the weights; nil: they are part of the model. A model of 2 GiB
///     and more needs one.
/// - Throws: `TensorError` that names the operation and its module where something has no form in ONNX.
public func exportONNX<M: Layer>(
  _ module: M, inputs: Tensor, to path: String, opset: Int = 18, inputNames: [String] = [],
  outputNames: [String] = [], dynamicAxes: [String: [Int: String]] = [:], training: Bool = false,
  externalData: String? = nil
) throws {
  try exportONNX(
    { module($0) }, of: module, inputs: inputs, to: path, opset: opset, inputNames: inputNames,
    outputNames: outputNames, dynamicAxes: dynamicAxes, training: training,
    externalData: externalData)
}

/// ``exportONNX(_:inputs:to:opset:inputNames:outputNames:dynamicAxes:training:externalData:)`` for a module of two inputs.
public func exportONNX<M: BinaryLayer>(
  _ module: M, inputs first: Tensor, _ second: Tensor, to path: String, opset: Int = 18, inputNames: [String] = [],
  outputNames: [String] = [], dynamicAxes: [String: [Int: String]] = [:], training: Bool = false,
  externalData: String? = nil
) throws {
  try exportONNX(
    { module($0, $1) }, of: module, inputs: first, second, to: path, opset: opset, inputNames: inputNames,
    outputNames: outputNames, dynamicAxes: dynamicAxes, training: training,
    externalData: externalData)
}

/// ``exportONNX(_:inputs:to:opset:inputNames:outputNames:dynamicAxes:training:externalData:)`` for a module of three inputs.
public func exportONNX<M: TernaryLayer>(
  _ module: M, inputs first: Tensor, _ second: Tensor, _ third: Tensor, to path: String, opset: Int = 18,
  inputNames: [String] = [],
  outputNames: [String] = [], dynamicAxes: [String: [Int: String]] = [:], training: Bool = false,
  externalData: String? = nil
) throws {
  try exportONNX(
    { module($0, $1, $2) }, of: module, inputs: first, second, third, to: path, opset: opset, inputNames: inputNames,
    outputNames: outputNames, dynamicAxes: dynamicAxes, training: training,
    externalData: externalData)
}

/// Writes a function of tensors, or a call of a module in any form, as an ONNX model.
///
///     try exportONNX({ model(tokens: $0, mask: $1) }, of: model, inputs: tokens, mask, to: "encoder.onnx")
///
/// The options are those of ``exportONNX(_:inputs:to:opset:inputNames:outputNames:dynamicAxes:training:externalData:)``.
/// - Parameters:
///   - module: what the function calls: names of parameters and nodes come from it, and it is put into the mode that `training` asks
///     for. Nil for a function without one.
///   - inputs: arguments as calls will bring them; several tensors in one argument are several inputs.
public func exportONNX<each Argument: TensorTree, Output: TensorTree>(
  _ function: (repeat each Argument) -> Output, of module: (any Module)? = nil, inputs: repeat each Argument,
  to path: String, opset: Int = 18, inputNames: [String] = [],
  outputNames: [String] = [], dynamicAxes: [String: [Int: String]] = [:], training: Bool = false,
  externalData: String? = nil
) throws {
  let options = ONNXExportOptions(
    opset: opset, inputNames: inputNames, outputNames: outputNames, dynamicAxes: dynamicAxes, training: training,
    externalData: externalData)
  var tensors: [Tensor] = []
  func take<T: TensorTree>(_ tree: T) {
    _ = tree.mapTensors {
      tensors.append($0)
      return $0
    }
  }
  repeat take(each inputs)
  try exportONNX(of: module, tensors, to: path, options: options) { given in
    var rest = given[...]
    func replaced<T: TensorTree>(_ tree: T) -> T { tree.mapTensors { rest.popFirst() ?? $0 } }
    var results: [Tensor] = []
    _ = function(repeat replaced(each inputs)).mapTensors {
      results.append($0)
      return $0
    }
    return results
  }
}

/// Writes a call that takes and gives lists of tensors as an ONNX model.
package func exportONNX(
  of module: (any Module)?, _ inputs: [Tensor], to path: String, options: ONNXExportOptions,
  _ call: ([Tensor]) throws -> [Tensor]
) throws {
  try ONNXExport(module, inputs, options, call).write(to: path)
}
