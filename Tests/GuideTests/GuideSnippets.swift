#if canImport(Glibc)
  import Glibc
#endif
import Testing

/// Every Swift block of the README and the guides must stand in this folder as code that is compiled and run.
@Suite struct GuideSnippets {
  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let c = fgetc(file), c != EOF { bytes.append(UInt8(truncatingIfNeeded: c)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The lines without indentation, empty ones and imports.
  private static func bare(_ text: some Sequence<Substring>) -> [String] {
    text.map { line in String(line.drop { $0 == " " }) }.filter { !$0.isEmpty && !$0.hasPrefix("import ") }
  }

  private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(
    separator: "/")

  @Test(arguments: [
    "README.md", "docs/from-pytorch.md", "docs/tensors.md", "docs/gradients.md", "docs/networks.md", "docs/training.md",
    "docs/compiling.md", "docs/transforms.md", "docs/custom-numbers.md", "docs/distributions.md", "docs/formats.md",
    "docs/formats/keras.md", "docs/formats/onnx.md", "docs/formats/onnx-export.md", "docs/formats/tables.md",
    "docs/formats/pytorch.md", "docs/formats/numpy-gguf.md", "docs/models.md", "docs/tokenizers.md", "docs/pictures.md",
    "docs/metrics.md", "docs/watching.md",
  ])
  func blocksAreCompiledCode(_ guide: String) throws {
    let folder = Self.root + "/Tests/GuideTests/"
    let sources = [
      "ReadmeCode", "FromPyTorchCode", "TensorsCode", "GradientsCode", "NetworksCode", "TrainingCode", "CompilingCode",
      "CustomNumbersCode", "DerivativesCode", "DistributionsCode", "FormatsCode", "KerasCode", "ONNXCode",
      "ONNXExportCode", "TablesCode", "PyTorchFilesCode", "NumpyGGUFCode", "ModelsCode",
      "TokenizersCode", "PicturesCode", "MetricsCode", "WatchingCode",
    ]
    let code = sources.flatMap { name in
      Self.bare((Self.read(folder + name + ".swift") ?? "").split(separator: "\n"))
    }.joined(separator: "\n")
    let text = try #require(Self.read(Self.root + "/" + guide), "\(guide) is missing")
    var block: [Substring]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```swift") {
        block = []
      } else if line.hasPrefix("```"), let found = block {
        let wanted = Self.bare(found).joined(separator: "\n")
        #expect(code.contains(wanted), "\(guide): this block is not compiled code:\n\(wanted)")
        block = nil
      } else {
        block?.append(line)
      }
    }
  }
}
