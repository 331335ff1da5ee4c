import ApusCore

extension Column {
  /// A column of whole numbers.
  public init(_ values: [Int]) { self.init(numbers: values.map { Int64($0) }, .int64) }
  /// A column of numbers in double precision.
  public init(_ values: [Double]) { self.init(numbers: values, .float64) }
  /// A column of numbers in single precision.
  public init(_ values: [Float]) { self.init(numbers: values, .float32) }
  /// A column of truth values.
  public init(_ values: [Bool]) { self.init(numbers: values.map { UInt8($0 ? 1 : 0) }, .bool) }
  /// A column of texts.
  public init(_ values: [String]) { self.init(values.map { Optional($0) }) }

  /// A column of texts, any of which may be missing.
  public init(_ values: [String?]) {
    var offsets = [0]
    var bytes: [UInt8] = []
    for value in values {
      if let value { bytes += value.utf8 }
      offsets.append(bytes.count)
    }
    self.init(
      type: .string, count: values.count, validity: values.map { $0 != nil },
      storage: .text(offsets: offsets, bytes: bytes))
  }

  /// A column of numbers in double precision, any of which may be missing.
  public init(_ values: [Double?]) {
    let numbers = values.map { $0 ?? 0 }
    self.init(
      type: .float64, count: values.count, validity: values.map { $0 != nil },
      storage: .fixed(numbers.withUnsafeBytes { Array($0) }))
  }

  private init<Value>(numbers: [Value], _ type: ColumnType) {
    self.init(type: type, count: numbers.count, storage: .fixed(numbers.withUnsafeBytes { Array($0) }))
  }

  /// The values in `range`.
  func slice(_ range: Range<Int>) throws(TensorError) -> Column {
    if range == 0..<count { return self }
    return try gathering(Array(range), budget: DecodeBudget(fileSize: 0, limit: .max, name: "Table"))
  }

  /// The items that the lists of this column have, beginning at 0, and the lists' ends; nil for what is no column of lists.
  func compactLists() throws(TensorError) -> (offsets: [Int], items: Column)? {
    guard case .list(let offsets, let items) = storage, let first = offsets.first, let last = offsets.last else {
      return nil
    }
    if first == 0, last == items.count { return (offsets, items) }
    return (offsets.map { $0 - first }, try items.slice(first..<last))
  }
}
