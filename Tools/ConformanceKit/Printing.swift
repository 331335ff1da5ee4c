import Apus
import ApusCore
import Foundation

/// Compares the text of each recorded tensor with PyTorch's, character for character.
package func checkPrinting(path: String) throws -> Tally {
  let text = try Data(contentsOf: URL(fileURLWithPath: path))
  var tally = Tally()
  defer { setPrintOptions(profile: .default) }
  for (i, line) in text.split(separator: UInt8(ascii: "\n")).enumerated() {
    let json = try JSON(parsing: line)
    let dtype = json["dtype"]?.string ?? "?"
    tally.add(checkText(json, dtype), id: "line \(i + 1), \(dtype)\(json["shape"]?.array?.compactMap(\.int) ?? [])")
  }
  return tally
}

private func checkText(_ json: JSON, _ dtypeName: String) -> Outcome {
  guard let dtype = DType(name: dtypeName) else {
    return .skipped("printing of \(dtypeName)", "tensors have no such type")
  }
  guard let expected = json["text"]?.string, let shape = json["shape"]?.array?.compactMap(\.int) else {
    return .failed("the line has no text or shape")
  }
  do {
    return try withErrors {
      let values = flattened(json["values"] ?? .array([]))
      var tensor: Tensor
      if dtype.isComplex {
        // Each number is a pair of parts.
        let parts = values.compactMap(\.double)
        let numbers = stride(from: 0, to: parts.count - 1, by: 2).map { Complex(parts[$0], parts[$0 + 1]) }
        tensor = Tensor(numbers, dtype: dtype).reshape(shape)
      } else if dtype.isFloatingPoint {
        tensor = Tensor(values.compactMap(\.double), dtype: dtype).reshape(shape)
      } else {
        tensor = Tensor(values.map { $0.int ?? ($0.bool == true ? 1 : 0) }, dtype: dtype).reshape(shape)
      }
      if json["requires_grad"]?.bool == true { tensor = Tensor(tensor, requiresGrad: true) }
      let options = json["options"]
      setPrintOptions(profile: .default)
      setPrintOptions(
        precision: options?["precision"]?.int, threshold: options?["threshold"]?.int,
        edgeItems: options?["edgeitems"]?.int, lineWidth: options?["linewidth"]?.int,
        profile: options?["profile"]?.string.flatMap(PrintOptions.Profile.init(rawValue:)),
        sciMode: options?["sci_mode"]?.bool)
      let found = tensor.description
      return found == expected ? .passed : .failed("found\n\(found)\nexpected\n\(expected)")
    }
  } catch {
    return .failed("\(error)")
  }
}

private func flattened(_ json: JSON) -> [JSON] {
  if let items = json.array { return items.flatMap(flattened) }
  return [json]
}
