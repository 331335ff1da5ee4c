import Apus
import ApusCore
import ApusExchange
import ApusFormats
import Foundation

/// Exports the modules of recorded cases as ONNX models, with inputs and what the modules give, for a check by others.
///
/// Each case has a folder with `model.onnx`, `inputs.safetensors` (`in.0` ...) and `outputs.safetensors` (`out.0` ...); `exports.jsonl`
/// has a line for each: its id, its folder and whether its results are random, or the reason why it was refused.
package struct ModuleExports {
  private let folder: String
  private let opset: Int
  private var lines: [String] = []
  package private(set) var tally = Tally()

  package init(to folder: String, opset: Int = 18) throws {
    (self.folder, self.opset) = (folder, opset)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// Exports the module of a case in the mode in which it was recorded.
  package mutating func export(_ item: Case) {
    if item.json["error"] != nil { return }
    let name = item.id.replacing("/", with: "_")
    do {
      try write(item, to: "\(folder)/\(name)")
      let isRandom = item.json["random"]?.bool == true || item.json["compare"]?.string == "shape"
      lines.append("{\"id\": \(text(item.id)), \"folder\": \(text(name)), \"random\": \(isRandom)}")
      tally.add(.passed, id: item.id)
    } catch {
      lines.append("{\"id\": \(text(item.id)), \"refused\": \(text("\(error)"))}")
      tally.add(.failed("\(error)"), id: item.id)
    }
  }

  /// Exports the operation of a case as a function of the tensors among its arguments, where it is one.
  package mutating func exportOperation(_ item: Case) {
    guard item.json["dtype"]?.string == "float32" || item.json["dtype"]?.string == "int64",
      let function = CaseFunction(item)
    else { return }
    let found = Found()
    let outputs = try? withErrors { noGrad { function.results(function.leaves, found) } }
    if found.text != nil || outputs?.isEmpty != false { return }
    export(item.id, nil, function.leaves, training: false) { function.results($0, found) }
  }

  /// Exports the modules that no recorded case has.
  package mutating func exportBesides() {
    for item in modulesBesides {
      guard let made = try? item() else { continue }
      export("besides: \(item.id)", made.module, made.inputs, training: made.module?.isTraining ?? false, made.call)
    }
  }

  private mutating func export(
    _ id: String, _ module: (any Module)?, _ inputs: [Tensor], training: Bool, _ call: ([Tensor]) throws -> [Tensor]
  ) {
    let name = String(id.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "_" })
    do {
      let path = "\(folder)/\(name)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try exportONNX(
        of: module, inputs, to: "\(path)/model.onnx", options: .init(opset: opset, training: training), call)
      let outputs = try withErrors { try noGrad { try call(inputs) } }
      try save(inputs, "in", "\(path)/inputs.safetensors")
      try save(outputs, "out", "\(path)/outputs.safetensors")
      lines.append("{\"id\": \(text(id)), \"folder\": \(text(name)), \"random\": false}")
      tally.add(.passed, id: id)
    } catch {
      lines.append("{\"id\": \(text(id)), \"refused\": \(text("\(error)"))}")
      tally.add(.failed("\(error)"), id: id)
    }
  }

  /// Exports the models with open dimensions, and saves inputs of other sizes.
  package mutating func exportOpen() {
    for item in openExports {
      let name = "open_" + item.name.replacing(" ", with: "_").replacing(",", with: "")
      do {
        manualSeed(7)
        let model = item.make()
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var options = item.options
        options.opset = opset
        try exportONNX(
          of: model.module, model.inputs(item.sizes.mapValues(\.example)), to: "\(path)/model.onnx", options: options,
          model.call)
        if !options.training { model.module?.eval() }
        let inputs = model.inputs(item.sizes.mapValues(\.check))
        let outputs = try withErrors { noGrad { model.call(inputs) } }
        try save(inputs, "in", "\(path)/inputs.safetensors")
        try save(outputs, "out", "\(path)/outputs.safetensors")
        lines.append("{\"id\": \(text("open: " + item.name)), \"folder\": \(text(name)), \"random\": false}")
        tally.add(.passed, id: item.name)
      } catch {
        lines.append("{\"id\": \(text("open: " + item.name)), \"refused\": \(text("\(error)"))}")
        tally.add(.failed("\(error)"), id: item.name)
      }
    }
  }

  /// Writes the list of what was exported.
  package func finish() throws {
    let all = lines.joined(separator: "\n") + "\n"
    try all.write(toFile: "\(folder)/exports.jsonl", atomically: true, encoding: .utf8)
  }

  private func write(_ item: Case, to path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var arguments = CaseArguments(tensors: item.tensors, recordsGradients: false)
    let called = try withErrors { try item.calledModule(&arguments) }
    let training = item.json["mode"]?.string != "eval"
    try exportONNX(
      of: called.module, called.inputs, to: "\(path)/model.onnx", options: .init(opset: opset, training: training),
      called.call)
    let outputs = try withErrors { try noGrad { try called.call(called.inputs) } }
    try save(called.inputs, "in", "\(path)/inputs.safetensors")
    try save(outputs, "out", "\(path)/outputs.safetensors")
  }

  private func save(_ tensors: [Tensor], _ name: String, _ path: String) throws {
    let all = tensors.enumerated().map { i, tensor in
      let bytes = tensor.detach().withUnsafeBytes { Array($0) }
      return SafetensorsTensor(name: "\(name).\(i)", dtype: tensor.dtype, shape: tensor.shape, bytes: bytes)
    }
    try writeSafetensors(all, to: path)
  }

  private func text(_ string: String) -> String {
    let escaped = string.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    return "\"\(escaped)\""
  }
}
