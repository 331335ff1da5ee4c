import ApusCore
import ApusFormats

// Inputs of texts for models that take the numbers of words: `vocabulary_filename` of a configuration.

/// The program with texts in the place of numbers where the configuration names a vocabulary, and with what is told of missing values.
/// - Throws: `TensorError` that names the file or the input where they do not fit.
func withVocabularies(
  _ program: any ServedProgram, _ told: [ModelConfiguration.Port], folders: [String]
) throws(TensorError) -> any ServedProgram {
  guard told.contains(where: { $0.vocabulary != nil || $0.allowsMissing }) else { return program }
  return try ProgramOfTexts(program, told, folders: folders)
}

extension ServedPort {
  /// What is said where a value is missing that has to be there.
  var missesValue: ServeError {
    ServeError(
      400,
      "the input '\(name)' has null, and no value of it may be missing; \"allow_missing\": true in its configuration "
        + "allows it, where the model knows missing values")
  }
}

/// Turns texts into the numbers of their words before a program runs.
private struct ProgramOfTexts: ServedProgram {
  /// What an input of texts needs.
  private struct Reading {
    let vocabulary: Vocabulary
    let buckets: Int
    /// How many words of a text become numbers; nil where a text is one word.
    let words: Int?
    /// Up to how many words that follow each other count as one.
    let ngrams: Int
    let dtype: DType
  }

  private let program: any ServedProgram
  let inputs: [ServedPort]
  /// Of each input; nil where values pass as they are.
  private let readings: [Reading?]

  var platform: String { program.platform }
  var outputs: [ServedPort] { program.outputs }

  init(_ program: any ServedProgram, _ told: [ModelConfiguration.Port], folders: [String]) throws(TensorError) {
    self.program = program
    var ports: [ServedPort] = []
    var readings: [Reading?] = []
    for port in program.inputs {
      var port = port
      var reading: Reading?
      if let found = told.first(where: { $0.name == port.name }) {
        port.allowsMissing = found.allowsMissing
        if let vocabulary = found.vocabulary { (port, reading) = try Self.texts(port, vocabulary, folders) }
      }
      ports.append(port)
      readings.append(reading)
    }
    (inputs, self.readings) = (ports, readings)
  }

  private static func texts(
    _ port: ServedPort, _ told: ModelConfiguration.PortVocabulary, _ folders: [String]
  ) throws(TensorError) -> (ServedPort, Reading) {
    guard isPlainName(told.file) else {
      throw TensorError(.value, port.name, "vocabulary_filename '\(told.file)' is no name of a file")
    }
    guard let dtype = port.type.dtype, dtype == .int64 || dtype == .int32 else {
      throw TensorError(
        .dtype, port.name,
        "the input has a vocabulary_filename and takes \(port.type.configurationName); numbers of words are TYPE_INT64 or "
          + "TYPE_INT32")
    }
    var shape = port.shape
    if let words = told.words {
      guard let last = shape?.popLast(), last == words || last == -1 else {
        throw TensorError(
          .shape, port.name,
          "vocabulary_words is \(words), and the last dimension of the input is not: \(port.shape ?? [])")
      }
    }
    let vocabulary = try Vocabulary(path: path(of: told.file, in: folders))
    return (
      ServedPort(
        name: port.name, type: .bytes, shape: shape, rows: port.rows, isOptional: port.isOptional,
        allowsMissing: port.allowsMissing),
      Reading(vocabulary: vocabulary, buckets: told.buckets, words: told.words, ngrams: told.ngrams, dtype: dtype)
    )
  }

  var example: [ServedValue]? {
    program.example.map { values in
      zip(values, readings).map { value, reading in
        guard let reading else { return value }
        let shape = reading.words == nil ? value.shape : value.shape.dropLast()
        return .texts([[UInt8]](repeating: [], count: shape.reduce(1, *)), shape: shape)
      }
    }
  }

  func run(_ values: [ServedValue?]) throws -> [ServedValue] {
    try program.run(
      zip(values, readings).map { value, reading in
        guard let reading, case .texts(let texts, let shape)? = value else { return value }
        return .tensor(try numbers(texts, shape, reading))
      })
  }

  /// The numbers of words; -1 of a missing text, which is an empty one.
  private func numbers(_ texts: [[UInt8]], _ shape: [Int], _ reading: Reading) throws -> Tensor {
    var numbers: [Int64] = []
    numbers.reserveCapacity(texts.count * (reading.words ?? 1))
    for text in texts {
      text.withUnsafeBytes { bytes in
        if let words = reading.words {
          numbers += reading.vocabulary.numbers(
            inText: bytes, upTo: reading.ngrams, length: words, buckets: reading.buckets)
        } else {
          numbers.append(
            bytes.isEmpty ? -1 : Int64(reading.vocabulary.number(of: bytes, buckets: reading.buckets)))
        }
      }
    }
    return Tensor(numbers, shape: shape + (reading.words.map { [$0] } ?? []), dtype: .int64).to(reading.dtype)
  }
}
