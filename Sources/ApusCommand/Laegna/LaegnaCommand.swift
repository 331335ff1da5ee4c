import Apus

/// `apus laegna`: Laegna numbers converted, listed, and found in the weights of models.
struct LaegnaCommand: Command {
  static let name = "laegna"
  static let summary = "convert Laegna numbers, print their tables, weights as digits, what networks of them read"
  static let help = """
    usage: apus laegna convert VALUE|DIGITS [--r R] [--fraction F]
           apus laegna table [--r R] [--base 2|4]
           apus laegna digits FILE [--r R] [--name PART] [--rows N]
           apus laegna accuracy [--epochs N] [--more N] [--seed N]

    Laegna numbers are strings of the digits I, O, A, E, between -4^R / 2 and 4^R / 2 steps, without a zero among them.

      convert    a decimal number as digits, or digits as numbers: apus laegna convert 0.7 --r 4, apus laegna convert AEIO
      table      all strings of R digits (2), of base 4 or 2, with their unsigned, signed and real numbers
      digits     the tensors of a file of weights as digits (R = 4), each with the power of four that a step of it stands for
      accuracy   trains the digits network and reads the test digits with weights and activations of R = 1 ... 4, beside float32

      --r R         digits of a number
      --fraction F  how many of them are the fraction (R - 1)
      --name PART   only tensors with this in their name
      --rows N      how many rows of a tensor are printed (4)
      --epochs N    epochs of training (40), and --more N of training with rounding (20)
      --seed N      where random numbers start (0)
    """

  private let work: () throws -> Void

  init(_ words: inout Words) throws {
    switch try words.takeOperand("convert, table, digits or accuracy") {
    case "convert":
      let digits = try words.takeNumber("--r", in: 1...15)
      let fraction = try words.takeNumber("--fraction", in: 0...15)
      let text = try words.takeOperand("VALUE or DIGITS")
      work = { try Self.convert(text, digits, fraction) }
    case "table":
      let base = try words.takeNumber("--base", in: 2...4) ?? 4
      let digits = try words.takeNumber("--r", in: 1...16) ?? 2
      work = { try Self.table(digits, base) }
    case "digits":
      let format = try LaegnaFormat(digits: try words.takeNumber("--r", in: 1...7) ?? 4)
      let part = try words.take("--name")
      let rows = try words.takeNumber("--rows", in: 1...1_000_000) ?? 4
      let path = try words.takeOperand("FILE")
      work = { try Self.digits(path, format, part, rows) }
    case "accuracy":
      let epochs = try words.takeNumber("--epochs", in: 1...10_000) ?? 40
      let more = try words.takeNumber("--more", in: 0...10_000) ?? 20
      let seed = try words.takeNumber("--seed", in: 0...Int(UInt32.max)) ?? 0
      work = { try LaegnaAccuracy(epochs: epochs, more: more, seed: seed).run() }
    case let other:
      throw UsageError(message: "'\(other)' is none of convert, table, digits, accuracy")
    }
  }

  func run() throws { try work() }

  private static func convert(_ text: String, _ digits: Int?, _ fraction: Int?) throws {
    let report = try LaegnaReport(text, digits: digits, fraction: fraction)
    print(aligned(report.lines.map { [$0.name, $0.value] }, texts: 2), terminator: "")
  }

  private static func table(_ digits: Int, _ base: Int) throws {
    let entries = try LaegnaTable(digits: digits, base: base).entries
    let rows = entries.map {
      [$0.digits.text, $0.bits.text, "\($0.unsigned)", "\($0.signed)", "\($0.real)"]
    }
    print(aligned([["digits", "base 2", "unsigned", "signed", "real"]] + rows, texts: 2), terminator: "")
  }

  private static func digits(_ path: String, _ format: LaegnaFormat, _ part: String?, _ rows: Int) throws {
    let file = try openTensorFile(path)
    let names = file.entries.map { $0.name }.filter { name in part.map { name.contains($0) } ?? true }
    guard !names.isEmpty else {
      throw UsageError(message: "no tensor of \(path) has '\(part ?? "")' in its name")
    }
    for name in names {
      let tensor = try file.tensor(named: name)
      guard tensor.dtype.isFloatingPoint, tensor.count > 0 else { continue }
      let (step, numbers) = try format.digits(of: tensor)
      print("\(name) \(tensor.shape), steps of \(step)")
      let width = tensor.rank > 1 ? tensor.count / tensor.size(0) : tensor.count
      let texts = numbers.flatten(0).narrow(0, 0, min(tensor.count, rows * width)).laegnaNumerals()
      for start in stride(from: 0, to: texts.count, by: width) {
        let row = texts[start..<min(texts.count, start + width)]
        print("  " + row.prefix(16).joined(separator: " ") + (row.count > 16 ? " ..." : ""))
      }
    }
  }
}
