import ApusCore
import ApusFormats
import ApusMedia

/// The cases of the group `images`: pictures and what Pillow decodes from them, files that are refused, and pictures that are changed.
enum ImagesCases {
  @Sendable static func run(_ item: FormatCase) throws {
    switch item.json["kind"]?.string {
    case "decode": try decode(item)
    case "transform": try TransformCases.run(item)
    case "bad":
      // The reader of frames sees more of a file than that of the first picture.
      _ = try readImage(item.path("file"))
      _ = try readFrames(item.path("file"))
    default: throw UnknownKind(item.json["kind"]?.string ?? "none")
    }
  }

  private static func decode(_ item: FormatCase) throws {
    let path = try item.path("file")
    let expected = try SafetensorsFile(path: item.path("expected"))
    let most = item.json["tol"]?["max"]?.double ?? 0
    let mean = item.json["tol"]?["mean"]?.double ?? 0
    for view in item.json["views"]?.array?.compactMap(\.string) ?? [] {
      let entry = try expected.entry(named: view)
      let picture = try read(path, view)
      // The recorded pictures are [height, width, channels].
      guard picture.shape == [entry.shape[2], entry.shape[0], entry.shape[1]], picture.dtype == entry.dtype else {
        throw FormatDifference("\(view): \(picture.dtype) \(picture.shape) is no \(entry.dtypeName) \(entry.shape)")
      }
      let size = picture.dtype.size
      let found = picture.permute([1, 2, 0]).withUnsafeBytes { Array($0) }
      let wanted = try expected.withBytes(of: entry) { Array($0) }
      let differences = zip(samples(found, size), samples(wanted, size)).map { abs($0 - $1) }
      let average = Double(differences.reduce(0, +)) / Double(max(differences.count, 1))
      guard Double(differences.max() ?? 0) <= most, average <= mean else {
        throw FormatDifference(
          "\(view): differs by up to \(differences.max() ?? 0) and \(average) on average, allowed are \(most) and \(mean)"
        )
      }
    }
    if let times = item.json["durations_ms"]?.array?.compactMap(\.int) {
      let found = try readFrames(path).milliseconds
      guard found == times else { throw FormatDifference("the frames are shown for \(found) ms instead of \(times)") }
    }
  }

  private static func samples(_ bytes: [UInt8], _ size: Int) -> [Int] {
    stride(from: 0, to: bytes.count, by: size).map { i in
      size == 2 ? Int(bytes[i]) | Int(bytes[i + 1]) << 8 : Int(bytes[i])
    }
  }

  private static func read(_ path: String, _ view: String) throws -> Tensor {
    switch view {
    case "rgb": return try readImage(path, mode: .rgb, dtype: .uint8)
    case "rgba": return try readImage(path, mode: .rgba, dtype: .uint8)
    case "gray": return try readImage(path, mode: .gray, dtype: .uint8)
    case "gray16": return try readImage(path, mode: .gray)
    case "rgb16": return try readImage(path, mode: .rgb)
    case "rgba16": return try readImage(path, mode: .rgba)
    case "cmyk": return try readImage(path)
    case "oriented": return try readImage(path, mode: .rgb, applyEXIFOrientation: true)
    default:
      guard view.hasPrefix("frame"), let number = Int(view.dropFirst(5)) else {
        throw FormatDifference("the view '\(view)' is not known")
      }
      let frames = try readFrames(path).frames
      guard number < frames.shape[0] else { throw FormatDifference("there are \(frames.shape[0]) frames") }
      return frames.select(0, number)
    }
  }
}
