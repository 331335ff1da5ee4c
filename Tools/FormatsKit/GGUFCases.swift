import ApusCore
import ApusFormats
import Foundation

/// Reads a GGUF file and compares numbers and metadata with what the `gguf` package read; quantises what it quantised, and writes
/// the file again byte for byte. `scripts/record-gguf.py` records such cases.
@Sendable func runGGUFCase(_ item: FormatCase) throws {
  let path = try item.path("file")
  let file = try GGUFFile(path: path)
  var tensors: [String: Tensor] = [:]
  for entry in file.entries { tensors[entry.name] = try file.tensor(named: entry.name) }
  guard item.expectation == .ok else { return }
  let expected = try SafetensorsFile(path: item.path("expected"))
  guard Set(tensors.keys) == Set(expected.entries.map(\.name)) else {
    throw FormatDifference("the tensors are \(file.entries.map(\.name))")
  }
  for entry in expected.entries {
    guard var tensor = tensors[entry.name] else { continue }
    // bfloat16 is recorded as float32.
    if entry.dtype == .float32 { tensor = tensor.to(.float32) }
    guard tensor.shape == entry.shape, tensor.dtype == entry.dtype else {
      throw FormatDifference(
        "'\(entry.name)' is \(tensor.dtype)\(tensor.shape), expected \(entry.dtypeName)\(entry.shape)")
    }
    let wanted = try expected.tensor(named: entry.name)
    guard bytes(of: tensor) == bytes(of: wanted) else { throw FormatDifference("'\(entry.name)' has other numbers") }
    try compareRows(file, entry.name, wanted)
  }
  for (key, value) in item.json["metadata"]?.object ?? [:] {
    guard let found = file.metadata[key], matches(found, value) else {
      throw FormatDifference("'\(key)' is \(file.metadata[key].map { "\($0)" } ?? "missing"), expected \(value)")
    }
  }
  for (name, kind) in item.json["quantized"]?.object ?? [:] {
    guard let x = tensors["x"], let type = kind.string.flatMap(GGUFTensorType.init(name:)) else { continue }
    let (made, kept) = (try QuantizedTensor(quantizing: x, as: type), try file.quantizedTensor(named: name))
    guard bytes(of: made.bytes) == bytes(of: kept.bytes) else {
      throw FormatDifference("'\(name)' is quantised otherwise")
    }
  }
  if item.json["canonical"]?.bool == true { try compareCopy(file, path) }
}

private func bytes(of tensor: Tensor) -> [UInt8] { tensor.withUnsafeBytes { Array($0) } }

/// Rows by themselves are the rows of the whole.
private func compareRows(_ file: GGUFFile, _ name: String, _ whole: Tensor) throws {
  let quantized = try file.quantizedTensor(named: name)
  guard quantized.type.dtype == nil, quantized.rowCount > 1 else { return }
  let row = try quantized.dequantizedRows(1..<2)
  guard bytes(of: row) == Array(bytes(of: whole)[row.count * 4..<row.count * 8]) else {
    throw FormatDifference("row 1 of '\(name)' by itself has other numbers")
  }
}

private func compareCopy(_ file: GGUFFile, _ path: String) throws {
  let tensors = try file.entries.map { entry in
    if entry.type.dtype == nil { return GGUFTensor(name: entry.name, try file.quantizedTensor(named: entry.name)) }
    return try GGUFTensor(name: entry.name, try file.tensor(named: entry.name))
  }
  try withScratchFile("gguf") { copy in
    try writeGGUF(tensors, metadata: file.metadata, to: copy)
    guard try Data(contentsOf: URL(fileURLWithPath: copy)) == Data(contentsOf: URL(fileURLWithPath: path)) else {
      throw FormatDifference("written again, the file has other bytes")
    }
  }
}

private func matches(_ value: GGUFValue, _ expected: JSON) -> Bool {
  switch expected {
  case .bool(let v): value.bool == v
  case .int(let v): value.int == v || value.double == Double(v)
  case .double(let v): value.double == v
  case .string(let v): value.string == v
  case .array(let items): value.array.map { matches($0, items) } ?? false
  default: false
  }
}

private func matches(_ array: GGUFArray, _ expected: [JSON]) -> Bool {
  switch array {
  case .string(let v): v == expected.compactMap(\.string)
  case .bool(let v): v == expected.compactMap(\.bool)
  case .array(let v): v.count == expected.count && zip(v, expected).allSatisfy { matches($0, $1.array ?? []) }
  default: array.doubles == expected.compactMap(\.double)
  }
}
