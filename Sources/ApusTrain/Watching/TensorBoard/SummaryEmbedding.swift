import ApusCore
import ApusFormats
import ApusMedia

extension SummaryWriter {
  /// Writes vectors for TensorBoard's projector, into a folder of its own in `logDir`.
  /// - Parameters:
  ///   - mat: `[examples, dimensions]`.
  ///   - metadata: a text for each example.
  ///   - labelImg: a picture for each example, `[examples, 1 or 3, height, width]`, numbers in 0 ... 1; square ones are shown best.
  ///   - globalStep: a part of the folder's name.
  ///   - tag: the name of the embedding.
  public func addEmbedding(
    _ mat: Tensor, metadata: [String]? = nil, labelImg: Tensor? = nil, globalStep: Int = 0, tag: String = "default"
  ) {
    addEmbedding(mat, metadata: metadata?.map { [$0] }, labelImg, globalStep, tag, header: nil)
  }

  /// ``addEmbedding(_:metadata:labelImg:globalStep:tag:)`` with several texts for each example.
  /// - Parameter metadataHeader: what the columns of the texts are called.
  public func addEmbedding(
    _ mat: Tensor, metadata: [[String]], labelImg: Tensor? = nil, globalStep: Int = 0, tag: String = "default",
    metadataHeader: [String]
  ) {
    addEmbedding(mat, metadata: metadata, labelImg, globalStep, tag, header: metadataHeader)
  }

  private func addEmbedding(
    _ mat: Tensor, metadata: [[String]]?, _ labelImg: Tensor?, _ step: Int, _ tag: String, header: [String]?
  ) {
    if mat.hasFailed || labelImg?.hasFailed == true { return }
    reported("addEmbedding") {
      try checkEmbedding(mat, metadata, labelImg, header)
      var name = "\(step)"
      while name.count < 5 { name = "0" + name }
      let encoded = tag.map { ["%": "%25", "/": "%2f", "\\": "%5c"][$0] ?? String($0) }.joined()
      let folder = "\(name)/\(encoded)"
      try makeFolders("\(logDir)/\(folder)")
      let values = mat.detach().to(.float64).array(as: Double.self)
      let width = mat.shape[1]
      let whole = !mat.dtype.isFloatingPoint
      let rows = (0..<mat.shape[0]).map { row in
        values[row * width..<(row + 1) * width].map { value in
          whole ? "\(Int(exactly: value) ?? 0)" : "\(value)"
        }.joined(separator: "\t") + "\n"
      }
      try writeText(rows.joined(), to: "\(logDir)/\(folder)/tensors.tsv")
      var info = "embeddings {\n  tensor_name: \(quotedJSON("\(tag):\(name)"))\n"
      if let metadata {
        let lines = (header.map { [$0] } ?? []) + metadata
        let text = lines.map { $0.map(Self.cell).joined(separator: "\t") + "\n" }.joined()
        try writeText(text, to: "\(logDir)/\(folder)/metadata.tsv")
        info += "  metadata_path: \(quotedJSON("\(folder)/metadata.tsv"))\n"
      }
      if let labelImg {
        try writeSprite(labelImg, to: "\(logDir)/\(folder)/sprite.png")
        info += "  sprite {\n    image_path: \(quotedJSON("\(folder)/sprite.png"))\n"
        info += "    single_image_dim: \(labelImg.shape[3])\n    single_image_dim: \(labelImg.shape[2])\n  }\n"
      }
      info += "  tensor_path: \(quotedJSON("\(folder)/tensors.tsv"))\n}\n"
      let config = projectorConfig.withLock { text in
        text += info
        return text
      }
      try writeText(config, to: "\(logDir)/projector_config.pbtxt")
    }
  }

  /// A text without what would end its cell.
  private static func cell(_ text: String) -> String {
    String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 })
  }

  private func checkEmbedding(
    _ mat: Tensor, _ metadata: [[String]]?, _ labelImg: Tensor?, _ header: [String]?
  ) throws {
    guard mat.rank == 2 else {
      throw TensorError(.shape, "addEmbedding", "mat should be 2D, [examples, dimensions], and is \(mat.shape)")
    }
    if let metadata, metadata.count != mat.shape[0] {
      throw TensorError(
        .shape, "addEmbedding",
        "#labels should equal with #data points: \(metadata.count) labels and \(mat.shape[0]) data points")
    }
    if let header, let row = metadata?.first(where: { $0.count != header.count }) {
      throw TensorError(
        .shape, "addEmbedding",
        "len of header must be equal to the number of columns in metadata: \(header.count) and \(row.count)")
    }
    guard let labelImg else { return }
    guard labelImg.rank == 4, [1, 3].contains(labelImg.shape[1]), labelImg.shape[0] == mat.shape[0],
      !labelImg.shape.contains(0)
    else {
      throw TensorError(
        .shape, "addEmbedding",
        "#images should equal with #data points: labelImg is [\(mat.shape[0]), 1 or 3, height, width], not \(labelImg.shape)"
      )
    }
  }

  /// All pictures in one square, row by row.
  private func writeSprite(_ pictures: Tensor, to path: String) throws {
    var side = 1
    while side * side < pictures.shape[0] { side += 1 }
    let all = SummaryPicture.grid(pictures.detach(), columns: side).permute([1, 2, 0])
    let size = all.shape[1]
    let missing = size - all.shape[0]
    let empty = Tensor.zeros([max(missing, 0), size, 3], dtype: all.dtype)
    let square = missing > 0 ? cat([all, empty]) : all
    let samples = Tensor(SummaryPicture.bytes(square), shape: square.shape)
    try writePNG(samples.permute([2, 0, 1]), path)
  }
}
