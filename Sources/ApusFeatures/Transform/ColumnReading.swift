import ApusCore
import ApusFormats
import ApusMedia

extension Table {
  /// The column of that name.
  /// - Throws: `TensorError` that names the operation and the columns that there are.
  func column(_ name: String, _ operation: String) throws(TensorError) -> Column {
    do { return try self[name] } catch { throw TensorError(.index, operation, error.message) }
  }
}

extension Column {
  /// Numbers in double precision, NaN where one is missing.
  /// - Throws: `TensorError` that names the column where it holds something else.
  func numbers(_ name: String, _ operation: String) throws(TensorError) -> [Double] {
    let decoded = type.decoded
    if decoded == .null { return [Double](repeating: .nan, count: count) }
    guard !decoded.isText else {
      throw TensorError(
        .dtype, operation,
        "the column '\(name)' holds \(type), and numbers are asked for; describe it with category() or text()")
    }
    let tensor: Tensor
    do { tensor = try self.tensor(.float64, nulls: nullCount > 0 ? 0 : nil) } catch {
      throw TensorError(error.kind, operation, "the column '\(name)': \(error.message)")
    }
    guard tensor.shape == [count] else {
      throw TensorError(
        .dtype, operation, "the column '\(name)' holds \(type), and one number a row is asked for; take it apart first")
    }
    var numbers = tensor.array(as: Double.self)
    if nullCount > 0 { for row in 0..<count where isNull(row) { numbers[row] = .nan } }
    return numbers
  }

  /// Whether it holds whole numbers or truth values.
  var isWhole: Bool {
    switch type.decoded {
    case .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32: true
    default: false
    }
  }

  /// Whole numbers, the least one where one is missing.
  func wholes(_ name: String, _ operation: String) throws(TensorError) -> [Int64] {
    if type.decoded == .null { return [Int64](repeating: .min, count: count) }
    guard isWhole else {
      throw TensorError(
        .dtype, operation,
        "the column '\(name)' holds \(type), and whole numbers are asked for, as the training data had them")
    }
    var numbers = try tensor(.int64, nulls: nullCount > 0 ? 0 : nil).array(as: Int64.self)
    if nullCount > 0 { for row in 0..<count where isNull(row) { numbers[row] = .min } }
    return numbers
  }

  /// Calls `body` with the bytes of each text, nil where one is missing or empty.
  /// - Throws: `TensorError` that names the column where it holds something else.
  func forEachText(
    _ name: String, _ operation: String, _ body: (UnsafeRawBufferPointer?) throws(TensorError) -> Void
  ) throws(TensorError) {
    if type.decoded == .null {
      for _ in 0..<count { try body(nil) }
      return
    }
    guard case .text(let offsets, let bytes) = storage else {
      throw TensorError(.dtype, operation, "the column '\(name)' holds \(type), and texts are asked for")
    }
    var failure: TensorError?
    bytes.withUnsafeBytes { all in
      do throws(TensorError) {
        for row in 0..<count {
          let range = offsets[row]..<offsets[row + 1]
          try body(isNull(row) || range.isEmpty ? nil : UnsafeRawBufferPointer(rebasing: all[range]))
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
  }
}
