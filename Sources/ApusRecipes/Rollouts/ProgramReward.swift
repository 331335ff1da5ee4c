import ApusCore
import ApusFormats
import ApusTrain

extension Reward {
  /// What a program says of answers: it reads a line of JSON for each (`prompt`, `answer` and `columns`) and writes a line for each with a
  /// number, or `null` where it cannot judge.
  ///
  ///     let judged = try Reward.program(["python3", "judge.py"])
  ///
  /// It is started once for some answers of a step, whose lines have 60,000 bytes together at most.
  /// - Parameters:
  ///   - words: the program, searched in `PATH`, and its arguments.
  ///   - timeout: seconds after which it is ended, which is a mistake.
  /// - Throws: `TensorError` of kind `file` where there is no such program.
  public static func program(_ words: [String], timeout: Double = 60) throws -> Reward {
    guard let name = words.first, programPath(name) != nil else {
      throw TensorError(.file, words.first ?? "program", "there is no program of that name to judge answers")
    }
    return Reward("program", ofAll: { try judged($0, words, timeout) })
  }

  private static let mostBytes = 60_000

  private static func judged(_ cases: [Case], _ words: [String], _ timeout: Double) throws -> [Double?] {
    var found: [Double?] = []
    var (lines, count) = ("", 0)
    func flush() throws {
      if count > 0 { found += try answers(of: words, lines, count, timeout) }
      (lines, count) = ("", 0)
    }
    for item in cases {
      let members: [String: SettingValue] = [
        "prompt": .string(item.prompt), "answer": .string(item.answer), "columns": .dictionary(item.columns),
      ]
      let line = SettingValue.dictionary(members).json + "\n"
      if lines.utf8.count + line.utf8.count > mostBytes { try flush() }
      lines += line
      count += 1
    }
    try flush()
    return found
  }

  private static func answers(
    of words: [String], _ input: String, _ count: Int, _ timeout: Double
  ) throws -> [Double?] {
    var found: [Double?] = []
    let process = try ChildProcess(words, environment: [:], input: input)
    let ending = try process.finish(timeout: timeout, isStopping: { false }) { line in
      let json = try? JSON(parsing: line.utf8)
      switch json {
      case .null?: found.append(nil)
      case .int(let value)?: found.append(Double(value))
      case .double(let value)?: found.append(value)
      default:
        throw TensorError(
          .value, words[0], "a line with a number or null is needed for each answer, and it wrote: \(line.prefix(200))")
      }
    }
    guard ending == .exited(0) else {
      throw TensorError(.value, words[0], "it did not judge \(count) answers: \(ending) within \(timeout) seconds")
    }
    guard found.count == count else {
      throw TensorError(.value, words[0], "it wrote \(found.count) lines for \(count) answers; one of each is needed")
    }
    return found
  }
}
