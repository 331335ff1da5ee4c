import ApusCore

extension Column {
  /// The values as a tensor of shape [count]; lists of one length give [count, length], and so on.
  ///
  ///     let labels = try table["label"].tensor()                  // [rows], int64
  ///     let prices = try table["price"].tensor(nulls: 0)          // 0 in place of missing values
  ///
  /// Numbers and truth values keep their type; dates, times and durations are the integers that the column counts; decimals
  /// become `float64`.
  /// - Parameters:
  ///   - dtype: the element type of the result; nil for that of the column.
  ///   - nulls: what stands in place of a missing value.
  /// - Throws: `TensorError` of kind `value` where a value is missing and `nulls` is not given, of kind `shape` where lists
  ///   differ in length, of kind `dtype` for text, structures and maps.
  public func tensor(_ dtype: DType? = nil, nulls: Double? = nil) throws(TensorError) -> Tensor {
    let result = try plainTensor(nulls: nulls, name: "this column")
    return dtype.map { result.to($0) } ?? result
  }

  /// The element type that values keep, nil for decimals and what is no number.
  private var elementType: DType? {
    switch type.decoded {
    case .bool: .bool
    case .int8: .int8
    case .int16: .int16
    case .int32, .date32, .time32: .int32
    case .int64, .date64, .time64, .timestamp, .duration: .int64
    case .uint8: .uint8
    case .uint16: .uint16
    case .uint32: .uint32
    case .uint64: .uint64
    case .float16: .float16
    case .float32: .float32
    case .float64: .float64
    default: nil
    }
  }

  func plainTensor(nulls: Double?, name: String) throws(TensorError) -> Tensor {
    if nulls == nil, nullCount > 0 {
      throw TensorError(
        .value, "tensor",
        "\(name) misses \(nullCount) of its \(count) values; fill them with tensor(nulls: 0) or leave the rows out with "
          + "droppingNulls()")
    }
    switch (storage, type.decoded) {
    case (.none, _):
      return Tensor.full([count], nulls ?? 0, dtype: .float64)
    case (.fixed, .decimal):
      let numbers = (0..<count).map { i in
        if case .decimal(let text) = self[i] { Double(text) ?? .nan } else { nulls ?? 0 }
      }
      return Tensor(numbers, shape: [count], dtype: .float64)
    case (.fixed, .float16) where validity != nil:
      let numbers = (0..<count).map { i in if case .double(let value) = self[i] { value } else { nulls ?? 0 } }
      return Tensor(numbers, shape: [count], dtype: .float64).to(.float16)
    case (.fixed(var bytes), _):
      guard let dtype = elementType else { break }
      if let nulls, let validity {
        let filler = try Self.bytes(of: nulls, dtype, name: name)
        for i in 0..<count where !validity[i] {
          bytes.replaceSubrange(i * dtype.size..<(i + 1) * dtype.size, with: filler)
        }
      }
      return try Self.tensor(bytes, [count], dtype)
    case (.list(let offsets, let items), .list), (.list(let offsets, let items), .largeList),
      (.list(let offsets, let items), .fixedList):
      guard validity == nil else {
        throw TensorError(.value, "tensor", "\(name) misses whole lists; leave the rows out with droppingNulls()")
      }
      var length = count > 0 ? offsets[1] - offsets[0] : 0
      if count == 0, case .fixedList(_, let size) = type.decoded { length = size }
      if let other = (0..<count).first(where: { offsets[$0 + 1] - offsets[$0] != length }) {
        throw TensorError(
          .shape, "tensor",
          "\(name) has lists of \(length) and of \(offsets[other + 1] - offsets[other]) items (row \(other)); a tensor "
            + "needs lists of one length")
      }
      let inner = try items.plainTensor(nulls: nulls, name: "the list of \(name)")
      let first = count > 0 ? offsets[0] : 0
      let used = inner.narrow(0, first, count * length)
      return used.reshape([count, length] + inner.shape.dropFirst())
    default: break
    }
    let advice =
      type.isText ? "turn it into numbers with categories(), or read it with strings()" : "take one of its parts"
    throw TensorError(.dtype, "tensor", "\(name) holds \(type), which tensors do not; \(advice)")
  }

  private static func tensor(_ bytes: [UInt8], _ shape: [Int], _ dtype: DType) throws(TensorError) -> Tensor {
    var result: Result<Tensor, TensorError> = .failure(TensorError(.value, "tensor", "there are no bytes"))
    bytes.withUnsafeBytes { bytes in
      do throws(TensorError) {
        result = .success(try Tensor(bytes: bytes, shape: shape, dtype: dtype))
      } catch {
        result = .failure(error)
      }
    }
    return try result.get()
  }

  /// One element of a type.
  private static func bytes(of value: Double, _ dtype: DType, name: String) throws(TensorError) -> [UInt8] {
    func integer<T: FixedWidthInteger>(_ type: T.Type) throws(TensorError) -> [UInt8] {
      guard let exact = T(exactly: value) else {
        throw TensorError(
          .value, "tensor", "\(value) cannot stand for missing values: \(name) has elements of type \(dtype)")
      }
      return withUnsafeBytes(of: exact) { Array($0) }
    }
    switch dtype {
    case .bool: return [value == 0 ? 0 : 1]
    case .int8: return try integer(Int8.self)
    case .int16: return try integer(Int16.self)
    case .int32: return try integer(Int32.self)
    case .uint8: return try integer(UInt8.self)
    case .uint16: return try integer(UInt16.self)
    case .uint32: return try integer(UInt32.self)
    case .uint64: return try integer(UInt64.self)
    case .float32: return withUnsafeBytes(of: Float(value)) { Array($0) }
    case .float64: return withUnsafeBytes(of: value) { Array($0) }
    default: return try integer(Int64.self)
    }
  }

  /// The texts of the column; nil where one is missing.
  /// - Throws: `TensorError` of kind `dtype` where the column holds no text.
  public func strings() throws(TensorError) -> [String?] {
    guard case .text(let offsets, let bytes) = storage else {
      throw TensorError(.dtype, "strings", "the column holds \(type), which is no text")
    }
    return (0..<count).map { i in
      isNull(i) ? nil : String(decoding: bytes[offsets[i]..<offsets[i + 1]], as: UTF8.self)
    }
  }

  /// Each text as the number of its category: categories in alphabetical order, -1 for a missing one.
  ///
  ///     let (codes, names) = try table["species"].categories()    // [rows], int64; ["setosa", "versicolor", ...]
  /// - Throws: `TensorError` of kind `dtype` where the column holds no text.
  public func categories() throws(TensorError) -> (codes: Tensor, names: [String]) {
    let texts = try strings()
    let names = Set(texts.compactMap { $0 }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let codes = texts.map { text in text.flatMap { places[$0] } ?? -1 }
    return (Tensor(codes, shape: [count], dtype: .int64), names)
  }
}

extension Table {
  /// Several columns of numbers beside each other, as a tensor of shape [rows, columns].
  ///
  ///     let x = try table.tensor(["height", "weight"], dtype: .float32)
  /// - Parameters:
  ///   - names: the columns; nil for all.
  ///   - dtype: the element type; nil for the one that all columns' types promote to.
  ///   - nulls: what stands in place of a missing value.
  /// - Throws: `TensorError` of kind `index` when there is no column of a name; as ``Column/tensor(_:nulls:)`` where one is
  ///   no column of numbers, naming it.
  public func tensor(_ names: [String]? = nil, dtype: DType? = nil, nulls: Double? = nil) throws(TensorError) -> Tensor
  {
    let chosen = try names.map { (names) throws(TensorError) in try selecting(names) } ?? self
    guard !chosen.columns.isEmpty else { throw TensorError(.value, "tensor", "no columns are asked for") }
    var parts: [Tensor] = []
    for (field, column) in zip(chosen.fields, chosen.columns) {
      let part = try column.plainTensor(nulls: nulls, name: "column '\(field.name)'")
      guard part.shape.count == 1 else {
        throw TensorError(
          .shape, "tensor",
          "column '\(field.name)' holds lists, which give a tensor of their own: try table[\"\(field.name)\"].tensor()")
      }
      parts.append(part)
    }
    let common = dtype ?? parts.dropFirst().reduce(parts[0].dtype) { promoteTypes($0, $1.dtype) }
    return stack(parts.map { $0.to(common) }, dim: 1)
  }

  /// The rows in which none of the columns (nil: of all) misses a value.
  /// - Throws: `TensorError` of kind `index` when there is no column of a name.
  public func droppingNulls(in names: [String]? = nil) throws(TensorError) -> Table {
    let checked = try names.map { (names) throws(TensorError) in try selecting(names) } ?? self
    return try gathering((0..<rows).filter { row in !checked.columns.contains { $0.isNull(row) } })
  }

  /// The rows at these places, in this order.
  package func gathering(_ places: [Int]) throws(TensorError) -> Table {
    let budget = DecodeBudget(fileSize: 0, limit: .max, name: source)
    var columns: [Column] = []
    for column in self.columns { columns.append(try column.gathering(places, budget: budget)) }
    return Table(fields: fields, columns: columns, rows: places.count, source: source)
  }
}
