import ApusCore
import ApusExchange
import ApusFormats
import Foundation

/// Runs a model of the group `onnx` on its recorded inputs and compares what it gives.
@Sendable func runONNXCase(_ item: FormatCase) throws {
  let model = try ONNXModel(path: item.path("file"))
  if item.expectation == .refuse {
    var inputs: [String: ONNXValue] = [:]
    if let name = item.json["inputs_file"]?.string {
      let file = try SafetensorsFile(path: "\(item.folder)/\(name)")
      for entry in file.entries where entry.name.hasPrefix("in.") {
        inputs[String(entry.name.dropFirst(3))] = .tensor(try tensor(entry, of: file))
      }
    }
    _ = try model.run(values: inputs)
    return
  }
  let file = try SafetensorsFile(path: item.path("expected"))
  let names = item.json["inputs"]?.array?.compactMap(\.string) ?? []
  let outputs = item.json["outputs"]?.array?.compactMap(\.string) ?? []
  let kinds = item.json["output_kinds"]?.array?.compactMap(\.string) ?? []
  let tolerance = ONNXTolerance(
    relative: item.json["rtol"]?.double ?? 1e-5, absolute: item.json["atol"]?.double ?? 1e-6)
  for run in 0..<(item.json["runs"]?.int ?? 1) {
    var inputs: [String: ONNXValue] = [:]
    for (i, name) in names.enumerated() {
      inputs[name] = .tensor(try tensor(file.entry(named: "r\(run).in.\(i)"), of: file))
    }
    let expected = try (0..<outputs.count).map { j -> ONNXValue in
      guard j < kinds.count, kinds[j] == "sequence" else {
        return .tensor(try tensor(file.entry(named: "r\(run).out.\(j)"), of: file))
      }
      let prefix = "r\(run).out.\(j)."
      let count = file.entries.count { $0.name.hasPrefix(prefix) }
      return .sequence(try (0..<count).map { .tensor(try tensor(file.entry(named: "\(prefix)\($0)"), of: file)) })
    }
    // The graph runs as it stands where gradients are recorded, and fused where not.
    let ways = [try model.run(values: inputs), try noGrad { try model.run(values: inputs) }]
    for (results, way) in zip(ways, ["", " without gradients"]) {
      for (name, expected) in zip(outputs, expected) {
        guard let result = results.first(where: { $0.name == name })?.value else {
          throw FormatDifference("there is no output '\(name)'")
        }
        if let found = try withErrors({ tolerance.difference(result, expected) }) {
          throw FormatDifference("run \(run)\(way): '\(name)' \(found)")
        }
      }
    }
  }
}

private func tensor(_ entry: SafetensorsFile.Entry, of file: SafetensorsFile) throws -> Tensor {
  let dtype = try entry.requireDType()
  return try file.withBytes(of: entry) { try Tensor(bytes: $0, shape: entry.shape, dtype: dtype) }
}
