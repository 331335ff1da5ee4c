import ApusCore
import ApusFormats
import ApusModels
import ApusNN
import FormatsKit
import Foundation

/// Runs recorded GGUF files: logits of models in all encodings, blocks and what becomes of numbers in blocks.
enum GGUFModelCases {
  static func run(_ folder: String, _ only: String?, _ tally: inout Tally) throws {
    let spec = try JSON(parsing: Data(contentsOf: URL(fileURLWithPath: "\(folder)/gguf.json")))
    let cases = try SafetensorsFile(path: "\(folder)/cases.safetensors")
    let blocks = try SafetensorsFile(path: "\(folder)/blocks.safetensors")
    for entry in spec["files"]?.array ?? [] {
      let name = entry["file"]?.string ?? "?"
      guard only == nil || only == name else { continue }
      tally.add(outcome { try logits("\(folder)/\(name)", entry, spec, cases) }, id: name)
    }
    for entry in spec["blocks"]?.array ?? [] {
      let name = entry["type"]?.string ?? "?"
      guard only == nil || only == name else { continue }
      guard let type = GGUFTensorType(name: name), type.isReadable || entry["required"]?.bool == true else {
        tally.add(.skipped("blocks", "\(name) is not read"), id: name)
        continue
      }
      tally.add(outcome { try read(type, entry, blocks) }, id: "\(name)/values")
      if entry["encoded"] != nil { tally.add(outcome { try write(type, entry, blocks) }, id: "\(name)/encoded") }
    }
  }

  private static func outcome(_ body: () throws -> String?) -> Outcome {
    do {
      var reason: String?
      try withErrors { reason = try body() }
      return reason.map { .failed($0) } ?? .passed
    } catch {
      return .failed("\(error)")
    }
  }

  private static func logits(_ path: String, _ entry: JSON, _ spec: JSON, _ cases: SafetensorsFile) throws -> String? {
    let model = try AutoModel.load(path)
    var inputs = ModelInputs()
    inputs.inputIds = try cases.tensor(named: spec["inputs"]?["input_ids"]?.string ?? "ids")
    guard let got = noGrad({ model(inputs).logits }) else { return "the model gives no logits" }
    let want = try cases.tensor(named: entry["logits"]?.string ?? "")
    return compare(got, want, entry["tol"]?.double ?? 1e-4)
  }

  private static func read(_ type: GGUFTensorType, _ entry: JSON, _ blocks: SafetensorsFile) throws -> String? {
    let raw = try blocks.tensor(named: entry["blocks"]?.string ?? "")
    let want = try blocks.tensor(named: entry["values"]?.string ?? "")
    let tensor = try QuantizedTensor(type: type, shape: want.shape, bytes: raw.contiguous().reshape([-1]))
    if let reason = compare(tensor.dequantized(), want, 1e-6) { return reason }
    // What products see of the same blocks.
    guard let weight = try? QuantizedWeight(tensor) else { return nil }
    return compare(weight.product(Init.eye(Tensor.zeros([want.size(-1), want.size(-1)]))).mT, want, 1e-4).map {
      "product: \($0)"
    }
  }

  private static func write(_ type: GGUFTensorType, _ entry: JSON, _ blocks: SafetensorsFile) throws -> String? {
    let source = try blocks.tensor(named: entry["source"]?.string ?? "")
    let want = try blocks.tensor(named: entry["encoded"]?.string ?? "")
    let got = try QuantizedTensor(quantizing: source, as: type).bytes
    let (left, right) = (got.array(as: UInt8.self), want.contiguous().reshape([-1]).array(as: UInt8.self))
    return left == right ? nil : "\(zip(left, right).count { $0 != $1 }) of \(right.count) bytes differ"
  }

  /// The largest difference by the largest recorded number must not be above `tolerance`.
  static func compare(_ got: Tensor, _ want: Tensor, _ tolerance: Double) -> String? {
    guard got.shape == want.shape else { return "shape \(got.shape), and \(want.shape) is recorded" }
    let left = got.detach().to(.float64).contiguous().reshape([-1]).array(as: Double.self)
    let right = want.detach().to(.float64).contiguous().reshape([-1]).array(as: Double.self)
    var (worst, largest) = (0.0, 0.0)
    for (a, b) in zip(left, right) where !(a.isNaN && b.isNaN) && a != b {
      guard a.isFinite, b.isFinite else { return "\(a), and \(b) is recorded" }
      worst = max(worst, abs(a - b))
    }
    for b in right where b.isFinite { largest = max(largest, abs(b)) }
    let error = worst / max(largest, 1e-6)
    return error <= tolerance ? nil : "off by \(error), allowed is \(tolerance)"
  }
}
