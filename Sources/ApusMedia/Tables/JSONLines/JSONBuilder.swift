import ApusCore

/// A column that grows as JSON values come: it is what its first value is, and whole numbers become real ones with the first
/// that is.
final class JSONBuilder {
  enum Kind: String {
    case null, boolean, number, string, array, object
  }

  private(set) var kind = Kind.null
  private(set) var count = 0
  private var validity: [Bool]?
  private var truths: [UInt8] = []
  private var integers: [Int64] = []
  private var reals: [Double] = []
  private var isReal = false
  private var offsets: [Int] = []
  private var bytes: [UInt8] = []
  private var item: JSONBuilder?
  private(set) var fields: [(name: [UInt8], builder: JSONBuilder)] = []
  private var places: [[UInt8]: Int] = [:]
  /// The row in which each field was given last, to find repetitions.
  private var lastRows: [Int] = []
  private var expected = 0
  let path: String
  private let budget: Budget

  /// Counts what nulls take: a short line in a file of many columns stands for many.
  final class Budget {
    var cells = 0
    let most: Int
    init(most: Int) { self.most = most }
  }

  struct Excess: Error {}

  init(path: String, budget: Budget) {
    self.path = path
    self.budget = budget
  }

  /// Says that a value of `kind` comes; false where the column has others.
  @inline(__always)
  func begin(_ kind: Kind) -> Bool {
    if self.kind == kind { return true }
    guard self.kind == .null else { return false }
    self.kind = kind
    if count > 0, validity == nil { validity = [Bool](repeating: false, count: count) }
    let missing = count
    count = 0
    let nulls = validity
    validity = nil
    switch kind {
    case .array, .string: offsets = [0]
    default: break
    }
    if missing > 0 {
      fill(missing)
      count = missing
      validity = nulls
    }
    return true
  }

  private func fill(_ missing: Int) {
    switch kind {
    case .null: break
    case .boolean: truths += repeatElement(0, count: missing)
    case .number:
      if isReal { reals += repeatElement(0, count: missing) } else { integers += repeatElement(0, count: missing) }
    case .string, .array: offsets += repeatElement(offsets.last ?? 0, count: missing)
    case .object: break
    }
  }

  /// Nulls until the column has `count` values.
  func pad(to count: Int) throws(TensorError) {
    let missing = count - self.count
    guard missing > 0 else { return }
    budget.cells += missing
    guard budget.cells <= budget.most else {
      throw TensorError(
        .format, path, "the rows lack more than \(budget.most) values of the columns that others have")
    }
    if kind != .null {
      if validity == nil { validity = [Bool](repeating: true, count: self.count) }
      validity? += repeatElement(false, count: missing)
      fill(missing)
    }
    self.count = count
  }

  @inline(__always)
  private func counted() {
    count += 1
    if validity != nil { validity?.append(true) }
  }

  func append(_ value: Bool) {
    truths.append(value ? 1 : 0)
    counted()
  }

  func append(_ value: Int64) {
    if isReal { reals.append(Double(value)) } else { integers.append(value) }
    counted()
  }

  func append(_ value: Double) {
    if !isReal {
      isReal = true
      reals = integers.map { Double($0) }
      integers = []
    }
    reals.append(value)
    counted()
  }

  /// Takes what was written to `text`.
  func append(text: UnsafeBufferPointer<UInt8>) {
    bytes += text
    offsets.append(bytes.count)
    counted()
  }

  /// The column of the items.
  func items() -> JSONBuilder {
    if let item { return item }
    let made = JSONBuilder(path: path + "/[]", budget: budget)
    item = made
    return made
  }

  func endList() {
    offsets.append(item?.count ?? 0)
    counted()
  }

  /// The column of a member of the object that is being read; nil where the object had it already.
  func field(_ name: UnsafeBufferPointer<UInt8>) throws(TensorError) -> JSONBuilder? {
    let place: Int
    if expected < fields.count, fields[expected].name.elementsEqual(name) {
      place = expected
    } else if let known = places[Array(name)] {
      place = known
    } else {
      place = fields.count
      places[Array(name)] = place
      let label = String(decoding: name, as: UTF8.self)
      fields.append((Array(name), JSONBuilder(path: "\(path)/\(label)", budget: budget)))
      lastRows.append(-1)
    }
    expected = place + 1
    guard lastRows[place] != count else { return nil }
    lastRows[place] = count
    let builder = fields[place].builder
    try builder.pad(to: count)
    return builder
  }

  func endObject() {
    expected = 0
    counted()
  }

  /// The column; all fields of objects get as many values as there are objects.
  func finish(as wanted: ColumnType? = nil) throws(TensorError) -> Column {
    let column: Column
    switch kind {
    case .null: column = Column(type: .null, count: count, storage: .none)
    case .boolean: column = Column(type: .bool, count: count, validity: validity, storage: .fixed(truths))
    case .number:
      let bytes = isReal ? reals.withUnsafeBytes { Array($0) } : integers.withUnsafeBytes { Array($0) }
      column = Column(type: isReal ? .float64 : .int64, count: count, validity: validity, storage: .fixed(bytes))
    case .string:
      column = Column(type: .string, count: count, validity: validity, storage: .text(offsets: offsets, bytes: bytes))
      if wanted == nil, let times = column.parsedTimes(.timestamp(.second, timezone: nil)) { return times }
    case .array:
      let items = try self.items().finish()
      column = Column(
        type: .list(ColumnField("item", items.type)), count: count, validity: validity,
        storage: .list(offsets: offsets, items: items))
    case .object:
      var columns: [Column] = []
      for field in fields {
        try field.builder.pad(to: count)
        columns.append(try field.builder.finish())
      }
      column = Column(
        type: .structure(
          zip(fields, columns).map { ColumnField(String(decoding: $0.name, as: UTF8.self), $1.type) }),
        count: count, validity: validity, storage: .structure(columns))
    }
    guard let wanted else { return column }
    return try column.converted(to: wanted, name: path)
  }
}
