import ApusCore
import ApusFormats
import Foundation

/// Reads a `.npy` or `.npz` file and compares it with the recorded arrays; what NumPy would write again byte for byte is
/// written.
@Sendable func runNumpyCase(_ item: FormatCase) throws {
  let path = try item.path("file")
  guard path.hasSuffix(".npz") else { return try compareArray(item, path) }
  let archive = try NumpyArchive(path: path)
  var arrays: [(name: String, tensor: Tensor)] = []
  for name in archive.names { arrays.append((name, try archive.tensor(named: name))) }
  guard item.expectation == .ok else { return }
  let names = item.json["names"]?.array?.compactMap(\.string) ?? []
  guard archive.names == names else { throw FormatDifference("the names are \(archive.names), expected \(names)") }
  let expected = try ExpectedTensors(item)
  for (name, tensor) in arrays {
    guard let description = item.json["arrays"]?[name] else { throw FormatDifference("there is no '\(name)'") }
    try expected.compare(tensor, name, description)
    let header = try archive.header(named: name)
    guard header.shape == tensor.shape, header.dtype == tensor.dtype else {
      throw FormatDifference("'\(name)': its header is not that of its array")
    }
  }
  for isCompressed in [false, true] {
    try withScratchFile("npz") { copy in
      try saveNumpyArchive(arrays, to: copy, isCompressed: isCompressed)
      let again = try NumpyArchive(path: copy)
      guard again.names == names else { throw FormatDifference("written again, the names are \(again.names)") }
      for name in names {
        try expected.compare(try again.tensor(named: name), name, item.json["arrays"]?[name] ?? .null)
      }
    }
  }
}

private func compareArray(_ item: FormatCase, _ path: String) throws {
  let file = try NumpyFile(path: path)
  let tensor = try file.tensor()
  guard item.expectation == .ok else { return }
  try ExpectedTensors(item).compare(tensor, "a", item.json)
  let version = item.json["version"]?.array?.first?.int
  guard file.header.version == version, file.header.isFortranOrder == item.json["fortran_order"]?.bool else {
    throw FormatDifference("version \(file.header.version), Fortran's order: \(file.header.isFortranOrder)")
  }
  guard item.json["canonical"]?.bool == true else { return }
  try withScratchFile("npy") { copy in
    try saveNumpy(tensor, to: copy, byteOrder: file.header.byteOrder)
    let (written, original) = (
      try Data(contentsOf: URL(fileURLWithPath: copy)), try Data(contentsOf: URL(fileURLWithPath: path))
    )
    guard written == original else {
      throw FormatDifference("written again, the file has \(written.count) other bytes than its \(original.count)")
    }
  }
}

/// The recorded tensors of a case.
struct ExpectedTensors {
  let file: SafetensorsFile

  init(_ item: FormatCase) throws { file = try SafetensorsFile(path: item.path("expected")) }

  /// Compares type, shape and bytes with the tensor recorded under `name`, of which `description` tells `dtype` and `shape`.
  func compare(_ tensor: Tensor, _ name: String, _ description: JSON) throws {
    let shape = description["shape"]?.array?.compactMap(\.int)
    guard tensor.dtype.name == description["dtype"]?.string, tensor.shape == shape else {
      throw FormatDifference(
        "'\(name)' is \(tensor.dtype)\(tensor.shape), expected \(description["dtype"]?.string ?? "?")\(shape ?? [])")
    }
    let entry = try file.entry(named: name)
    let isEqual = try file.withBytes(of: entry) { expected in
      tensor.withUnsafeBytes { found in found.count == expected.count && found.elementsEqual(expected) }
    }
    guard isEqual else { throw FormatDifference("'\(name)' has other values") }
  }
}

/// Calls `body` with a path at which there is no file, and removes what it leaves there.
func withScratchFile<Result>(_ suffix: String, _ body: (String) throws -> Result) throws -> Result {
  let path =
    "\(NSTemporaryDirectory())/apus-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0...UInt32.max)).\(suffix)"
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}
