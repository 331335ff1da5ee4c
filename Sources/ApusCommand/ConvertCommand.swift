import Apus

/// `apus convert`: weights from one format to another.
struct ConvertCommand: Command {
  static let name = "convert"
  static let summary = "convert weights between formats"
  static let help = """
    usage: apus convert IN OUT [--dtype T] [--rename RULES] [--shard-size SIZE] [--compress] [--list]

    Reads the tensors of IN, whose content tells the format, and writes them to OUT, whose name tells it: .safetensors, .pt,
    .npz, .npy, .gguf, .onnx. One tensor is in memory at a time, where the format allows it.

      --dtype T          store floating point tensors as T: float32, float16, bfloat16 ...; for .gguf also q8_0, q4_0,
                         q4_1, q5_0, q5_1
      --rename RULES     a file of rules, one a line: PATTERN -> NAME, where * stands for a part between points, ** for any
                         part; nothing behind the arrow leaves the tensor out
      --shard-size SIZE  split .safetensors into files of at most SIZE (5GB, 500MB), with an index
      --compress         compress .npz
      --list             list every tensor, as it was and as it is
    """

  private let source: String
  private let target: String
  private let lists: Bool
  private var conversion = TensorFileConversion()

  init(_ words: inout Words) throws {
    if let type = try words.take("--dtype") { conversion.elementType = try .init(type) }
    if let rules = try words.take("--rename") { conversion.rules = try RenameRules(path: rules) }
    if let size = try words.take("--shard-size") { conversion.maxShardSize = try Self.bytes(size) }
    conversion.isCompressed = words.takeFlag("--compress")
    lists = words.takeFlag("--list")
    source = try words.takeOperand("IN")
    target = try words.takeOperand("OUT")
  }

  func run() throws {
    let summary = try conversion.run(from: source, to: target)
    print(summary)
    guard lists else { return }
    for (old, new) in summary.tensors {
      print("  \(old.name) \(old.typeName) -> \(new.name) \(new.typeName) \(new.shape)")
    }
  }

  /// A number of bytes: `500MB`, `5GB`, `1000000`.
  private static func bytes(_ text: String) throws -> Int {
    let units = [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000), ("B", 1), ("", 1)]
    let upper = text.uppercased()
    for (unit, factor) in units where upper.hasSuffix(unit) {
      guard let number = Int(upper.dropLast(unit.count)), number > 0 else { break }
      let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
      if !overflow { return bytes }
      break
    }
    throw UsageError(message: "--shard-size needs a size such as 5GB or 500MB, and got '\(text)'")
  }
}
