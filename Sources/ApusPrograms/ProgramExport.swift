import ApusCore
import ApusFormats
import ApusNN

/// Writes a module as a program file, with its weights: what ``Program/load(_:executor:)`` reads, without the module's source.
/// PyTorch's `torch.export`, TensorFlow's SavedModel.
///
///     try export(model, example: zeros(1, 3, 224, 224), to: "model.apus", dynamic: ["image": [0: "batch"]], inputNames: ["image"])
///     let logits = try Program.load("model.apus")(images)[0]
///
/// The module is called with `example` and its operations are written down, before any of them are fused, so that the file serves every
/// machine: what `if` and loops of the host language do with the example is what the program does with all arguments. Where sizes are
/// left open it is called with others too, so as to see which numbers depend on them. Parameters and buffers become part of the
/// program under their names in the state dictionary; the module itself stays as it was.
///
/// - Parameters:
///   - example: an argument as calls will bring it.
///   - path: the file; an existing one is replaced in one step.
///   - dynamic: dimensions of inputs whose sizes are left open, by the input's name and the dimension's number, and what they are
///     called. Dimensions of one name have one size.
///   - inputNames: names of the inputs in their order; those that are missing are called `input_0`, `input_1` ...
///   - outputNames: names of the outputs in their order; those that are missing are called `output_0`, `output_1` ...
///   - training: whether the module is exported as it is in training instead of as it is in use.
/// - Throws: `TensorError` that names the operation and its module where something cannot be part of a program: it reads elements
///   while it runs, draws random numbers, stores variables, or depends on an open size in a way that is not known.
public func export<M: Layer>(
  _ module: M, example: Tensor, to path: String, dynamic: [String: [Int: String]] = [:], inputNames: [String] = [],
  outputNames: [String] = [], training: Bool = false
) throws {
  try export(
    { module($0) }, of: module, example: example, to: path, dynamic: dynamic, inputNames: inputNames,
    outputNames: outputNames, training: training)
}

/// ``export(_:example:to:dynamic:inputNames:outputNames:training:)`` for a module of two inputs.
public func export<M: BinaryLayer>(
  _ module: M, example first: Tensor, _ second: Tensor, to path: String, dynamic: [String: [Int: String]] = [:],
  inputNames: [String] = [], outputNames: [String] = [], training: Bool = false
) throws {
  try export(
    { module($0, $1) }, of: module, example: first, second, to: path, dynamic: dynamic, inputNames: inputNames,
    outputNames: outputNames, training: training)
}

/// ``export(_:example:to:dynamic:inputNames:outputNames:training:)`` for a module of three inputs.
public func export<M: TernaryLayer>(
  _ module: M, example first: Tensor, _ second: Tensor, _ third: Tensor, to path: String,
  dynamic: [String: [Int: String]] = [:], inputNames: [String] = [], outputNames: [String] = [], training: Bool = false
) throws {
  try export(
    { module($0, $1, $2) }, of: module, example: first, second, third, to: path, dynamic: dynamic,
    inputNames: inputNames, outputNames: outputNames, training: training)
}

/// Writes a function of tensors, or a call of a module in any form, as a program file.
///
///     try export({ model(tokens: $0, mask: $1) }, of: model, example: tokens, mask, to: "encoder.apus")
///
/// The options are those of ``export(_:example:to:dynamic:inputNames:outputNames:training:)``.
/// - Parameters:
///   - module: what the function calls: names of weights and paths of operations come from it, and it is put into the mode that
///     `training` asks for. Nil for a function without one.
///   - example: arguments as calls will bring them; several tensors in one argument are several inputs.
public func export<each Argument: TensorTree, Output: TensorTree>(
  _ function: (repeat each Argument) -> Output, of module: (any Module)? = nil, example: repeat each Argument,
  to path: String, dynamic: [String: [Int: String]] = [:], inputNames: [String] = [], outputNames: [String] = [],
  training: Bool = false
) throws {
  var tensors: [Tensor] = []
  func take<T: TensorTree>(_ tree: T) {
    _ = tree.mapTensors {
      tensors.append($0)
      return $0
    }
  }
  repeat take(each example)
  let options = ProgramOptions(
    dynamic: dynamic, inputNames: inputNames, outputNames: outputNames, training: training)
  try export(of: module, tensors, to: path, options: options) { given in
    var rest = given[...]
    func replaced<T: TensorTree>(_ tree: T) -> T { tree.mapTensors { rest.popFirst() ?? $0 } }
    var results: [Tensor] = []
    _ = function(repeat replaced(each example)).mapTensors {
      results.append($0)
      return $0
    }
    return results
  }
}

/// How a program is exported, see ``export(_:example:to:dynamic:inputNames:outputNames:training:)``.
package struct ProgramOptions: Sendable {
  package var dynamic: [String: [Int: String]]
  package var inputNames: [String]
  package var outputNames: [String]
  package var training: Bool

  package init(
    dynamic: [String: [Int: String]] = [:], inputNames: [String] = [], outputNames: [String] = [],
    training: Bool = false
  ) {
    (self.dynamic, self.inputNames, self.outputNames, self.training) = (dynamic, inputNames, outputNames, training)
  }
}

/// Writes a call that takes and gives lists of tensors as a program file.
package func export(
  of module: (any Module)?, _ inputs: [Tensor], to path: String, options: ProgramOptions,
  _ call: ([Tensor]) throws -> [Tensor]
) throws {
  let made = try CapturedProgram(module, inputs, options, name: programName(path), call)
  try ProgramFile.write(made.contents, made.tensors, to: path)
}

/// The name of a file without its folder and its extension.
private func programName(_ path: String) -> String {
  let name = splitPath(path).name
  return name.hasSuffix(".apus") && name.count > 5 ? String(name.dropLast(5)) : name
}
