import Apus
import Foundation

/// The cases of one area of a conformance set.
package struct Area: Sendable {
  package let name: String
  package let cases: [Case]

  /// Areas in the order of a report; others follow by name.
  private static let order = [
    "elementwise", "special", "other", "reductions", "shape_indexing", "sorting", "linalg", "nn_functional", "fft",
    "masked", "modules", "optim", "distributions",
  ]

  /// Names of the areas in the folder `path`.
  package static func names(in path: String) throws -> [String] {
    let found = try FileManager.default.contentsOfDirectory(atPath: path)
      .filter { $0.hasSuffix(".jsonl") }.map { String($0.dropLast(6)) }
    return order.filter(found.contains) + found.filter { !order.contains($0) }.sorted()
  }

  /// Reads `<path>/<name>.jsonl` and opens the tensors beside it.
  ///
  /// - Parameter device: where the cases compute; nil: on the host.
  package init(name: String, in path: String, on device: Device? = nil) throws {
    self.name = name
    let tensors = CaseTensors(file: try SafetensorsFile(path: "\(path)/\(name).safetensors"), device: device)
    let text = try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name).jsonl"))
    cases = try text.split(separator: UInt8(ascii: "\n")).map { line in
      let json = try JSON(parsing: line)
      guard let id = json["id"]?.string, let op = json["op"]?.string else {
        throw JSON.SyntaxError(description: "\(path)/\(name).jsonl: a case without id or op")
      }
      return Case(id: id, op: op, json: json, tensors: tensors)
    }
  }
}

extension Case {
  /// Runs it as a case of the area `area`.
  package func run(area: String) -> Outcome {
    do {
      switch area {
      case "modules": return try runModuleCase(self)
      case "optim": return try runOptimizerCase(self)
      case "distributions": return try runDistributionCase(self)
      default: return try runOperationCase(self)
      }
    } catch let error as TensorError where error.kind == .unsupported {
      return unsupported(error.description)
    } catch {
      return .failed("\(error)")
    }
  }
}
