import ApusCore
import ApusText
import ApusTrain

/// What one row has become.
struct Made<Example: Sendable>: Sendable {
  var examples: [Example]
  /// What was cut off, if anything.
  var cut: RowProblem?
  /// Why something was left out, if anything.
  var dropped: RowProblem?

  init(_ examples: [Example], cut: RowProblem? = nil, dropped: RowProblem? = nil) {
    (self.examples, self.cut, self.dropped) = (examples, cut, dropped)
  }

  /// What another part of the same row has become.
  mutating func add(_ other: Made<Example>) {
    examples += other.examples
    (cut, dropped) = (cut ?? other.cut, dropped ?? other.dropped)
  }
}

/// What becomes of examples that are too long.
struct LengthRule: Sendable {
  private let most: Int
  private let rule: LongExamples

  init(_ settings: DataSettings) { (most, rule) = (settings.maxLength, settings.truncation) }

  static func problem(_ most: Int) -> RowProblem { RowProblem(.tooLong, "more than \(most) tokens") }

  /// The example, cut or left out where it is too long.
  /// - Throws: where nothing of it is learned, and where it is too long and that is a problem.
  func callAsFunction(_ example: TokenizedExample) throws -> Made<TokenizedExample> {
    guard example.answerTokens > 0 else { throw RowProblem(.nothingLearned) }
    guard example.ids.count > most else { return Made([example]) }
    let (problem, over) = (Self.problem(most), example.ids.count - most)
    let range: Range<Int>
    switch rule {
    case .error: throw problem
    case .drop: return Made([], dropped: problem)
    case .keepStart: range = 0..<most
    case .keepEnd: range = over..<example.ids.count
    }
    let kept = TokenizedExample(ids: Array(example.ids[range]), labels: Array(example.labels[range]))
    guard kept.answerTokens > 0 else {
      throw RowProblem(.nothingLearned, "the first \(most) tokens are the prompt's")
    }
    return Made([kept], cut: problem)
  }

  /// A prompt, of which the end is kept where it is too long.
  func callAsFunction(prompt ids: [Int]) throws -> Made<[Int]> {
    guard ids.count > most else { return Made([ids]) }
    switch rule {
    case .error: throw Self.problem(most)
    case .drop: return Made([], dropped: Self.problem(most))
    case .keepStart, .keepEnd: return Made([Array(ids.suffix(most))], cut: Self.problem(most))
    }
  }
}

/// Where the examples of a recipe are kept.
protocol ExampleStore {
  associatedtype Example
  init()
  var count: Int { get }
  subscript(index: Int) -> Example { get }
  mutating func append(_ example: Example)
  /// The examples of these numbers.
  func selecting(_ indices: some Sequence<Int>) -> Self
}

extension TokenizedExamples: ExampleStore {}

extension Array: ExampleStore {
  func selecting(_ indices: some Sequence<Int>) -> [Element] { indices.map { self[$0] } }
}

/// Reads the rows of files and makes examples of them, on all threads, in their order.
struct DataReading {
  private let settings: DataSettings
  private let forms: [DataForm]
  private let hasTemplate: Bool
  private(set) var report = DataReport()
  private var reader: FormReader?

  /// - Parameters:
  ///   - forms: those that may be, those that need more columns first.
  ///   - hasTemplate: whether there is a chat template.
  init(_ settings: DataSettings, forms: [DataForm], hasTemplate: Bool) throws {
    try settings.validate()
    (self.settings, self.forms, self.hasTemplate) = (settings, forms, hasTemplate)
    if let form = settings.form {
      guard forms.contains(form) else {
        throw TensorError(
          .value, "data",
          "the form is \(form.rawValue), and this recipe learns from "
            + forms.map(\.rawValue).joined(separator: ", "))
      }
      use(form)
    }
  }

  private mutating func use(_ form: DataForm) {
    report.form = form
    reader = FormReader(form, settings, hasTemplate: hasTemplate)
  }

  /// The examples to learn and those to validate with.
  mutating func parts<Store: ExampleStore>(
    _ make: @Sendable (RowContent) throws -> Made<Store.Example>
  ) throws -> (train: Store, validation: Store) where Store.Example: Sendable {
    try parts(withRows: { content, _ in try make(content) })
  }

  /// The same where examples need their rows.
  mutating func parts<Store: ExampleStore>(
    withRows make: @Sendable (RowContent, DataRow) throws -> Made<Store.Example>
  ) throws -> (train: Store, validation: Store) where Store.Example: Sendable {
    let train: Store = try examples(settings.files, make)
    let validation = settings.validationFiles.isEmpty ? Store() : try examples(settings.validationFiles, make)
    report.examples = train.count + validation.count
    if settings.onProblem == .stop, report.problems > 0 {
      throw TensorError(
        .value, "data",
        "\(report.problems) of \(report.rows) rows are no examples; mend them, or leave them out with onProblem=skip\n"
          + report.table)
    }
    guard train.count > 0 else {
      throw TensorError(
        .value, settings.files.joined(separator: ", "),
        report.rows == 0 ? "there are no rows" : "none of the \(report.rows) rows is an example\n" + report.table)
    }
    let held = settings.validationCount ?? Int((Double(train.count) * settings.validationShare).rounded())
    guard held > 0 else { return (train, validation) }
    guard held < train.count else {
      throw TensorError(
        .value, "data", "\(held) of \(train.count) examples are to be kept for validation, which leaves none to learn")
    }
    let order = Generator(seed: UInt64(settings.seed)).permutation(train.count)
    var kept = train.selecting(order[..<held].sorted())
    for i in 0..<validation.count { kept.append(validation[i]) }
    return (train.selecting(order[held...].sorted()), kept)
  }

  /// How many rows are looked at together.
  private static let block = 1024

  private mutating func examples<Store: ExampleStore>(
    _ files: [String], _ make: @Sendable (RowContent, DataRow) throws -> Made<Store.Example>
  ) throws -> Store where Store.Example: Sendable {
    var rows = try RowReader(files, split: settings.textSplit)
    var examples = Store()
    var left = settings.limit ?? .max
    var hasEnded = false
    while !hasEnded, left > 0 {
      var raw: [RawRow] = []
      while raw.count < min(Self.block, left) {
        guard let row = try rows.next() else {
          hasEnded = true
          break
        }
        raw.append(row)
      }
      left -= raw.count
      report.rows += raw.count
      if reader == nil, let first = raw.lazy.compactMap({ try? $0.row() }).first {
        use(try DataForm.found(first, among: forms, ColumnNames(settings)))
      }
      for (row, result) in zip(raw, Self.results(raw, reader, make)) {
        switch result {
        case .success(let made):
          for example in made.examples { examples.append(example) }
          if let cut = made.cut { report.add(cut, .cut, at: row.place) }
          if let dropped = made.dropped { report.add(dropped, .dropped, at: row.place) }
        case .failure(let problem): report.add(problem, .problem, at: row.place)
        }
      }
    }
    return examples
  }

  /// What the rows become, on all threads.
  private static func results<Example: Sendable>(
    _ rows: [RawRow], _ reader: FormReader?, _ make: @Sendable (RowContent, DataRow) throws -> Made<Example>
  ) -> [Result<Made<Example>, RowProblem>] {
    [Result<Made<Example>, RowProblem>](unsafeUninitializedCapacity: rows.count) { buffer, found in
      found = rows.count
      guard let base = buffer.baseAddress else { return }
      nonisolated(unsafe) let target = base
      parallelFor(rows.count, grain: 8) { range in
        for i in range { (target + i).initialize(to: result(rows[i], reader, make)) }
      }
    }
  }

  private static func result<Example: Sendable>(
    _ raw: RawRow, _ reader: FormReader?, _ make: @Sendable (RowContent, DataRow) throws -> Made<Example>
  ) -> Result<Made<Example>, RowProblem> {
    do {
      let row = try raw.row()
      // Without a form no row could be read.
      guard let reader else { return .failure(RowProblem(.notAnObject)) }
      return .success(try make(reader.content(row), row))
    } catch let problem as RowProblem {
      return .failure(problem)
    } catch let error as TensorError {
      return .failure(RowProblem(.template, error.message))
    } catch {
      return .failure(RowProblem(.template, "\(error)"))
    }
  }
}

extension SettingValue {
  /// What a value of a row says.
  init(_ value: ChatValue) {
    switch value {
    case .null: self = .none
    case .bool(let truth): self = .bool(truth)
    case .int(let number): self = .int(number)
    case .double(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .array(let items): self = .list(items.map { SettingValue($0) })
    case .object(let members):
      self = .dictionary(
        Dictionary(members.map { ($0.name, SettingValue($0.value)) }, uniquingKeysWith: { $1 }))
    }
  }
}
