import Apus

/// `apus embed`: vectors of lines.
struct EmbedCommand: Command {
  static let name = "embed"
  static let summary = "make vectors of lines of text"
  static let help = """
    usage: apus embed MODEL [--batch N] [--compare] < lines

    Writes the vector of each line as a list in JSON, a line each, with a published sentence encoder.

      --batch N   how many lines go through the model at once (32)
      --compare   write how alike each line and the first one are instead: the cosine between them
    """

  private let path: String
  private let batchSize: Int
  private let compares: Bool

  init(_ words: inout Words) throws {
    batchSize = try words.takeNumber("--batch", in: 1...100_000) ?? 32
    compares = words.takeFlag("--compare")
    path = try words.takeOperand("MODEL")
  }

  func run() throws {
    let embedder = try TextEmbedder(path: path)
    var first: [Float]?
    let start = seconds()
    var count = 0
    Interrupt.watch()
    while !Interrupt.isThere {
      let lines = nextLines(max(1024, batchSize))
      if lines.isEmpty { break }
      let vectors = try embedder.embed(lines, batchSize: batchSize)
      let (values, size) = (vectors.array(), vectors.size(1))
      for (i, line) in lines.enumerated() {
        let vector = Array(values[i * size..<(i + 1) * size])
        if compares {
          first = first ?? vector
          print("\(cosine(vector, first ?? vector).text(digits: 4))\t\(line)")
        } else {
          print("[" + vector.map { "\($0)" }.joined(separator: ", ") + "]")
        }
      }
      count += lines.count
    }
    let time = seconds() - start
    complain(
      "\(count) lines in \(time.text(digits: 2)) s, \((Double(count) / max(time, 1e-9)).text(digits: 1)) a second")
  }

  private func cosine(_ a: [Float], _ b: [Float]) -> Double {
    var (product, x, y) = (0.0, 0.0, 0.0)
    for (p, q) in zip(a, b) {
      product += Double(p) * Double(q)
      x += Double(p) * Double(p)
      y += Double(q) * Double(q)
    }
    return product / max(1e-12, (x * y).squareRoot())
  }
}
