import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Turns the bytes of rows into columns, on several threads.
///
/// The bytes are cut into pieces at line ends. Each is cut into fields and converted by itself, where columns of unknown type
/// try one type after the other; where the pieces differ, all take the type of the one that tried most.
struct CSVParser: Sendable {
  let name: String
  let dialect: CSVDialect
  let pieceSize: Int
  let serial: Bool
  /// How many fields a row has.
  let width: Int
  /// The columns that are kept: the place in a row, the name, the type where it is given.
  let columns: [(place: Int, name: String, type: ColumnType?)]

  /// The types that a column without a given type may have, in the order in which they are tried.
  static let kinds: [ColumnType] = [
    .null, .int64, .bool, .date32, .time32(.second), .timestamp(.second, timezone: nil),
    .timestamp(.nanosecond, timezone: nil), .timestamp(.second, timezone: "UTC"),
    .timestamp(.nanosecond, timezone: "UTC"),
    .float64, .string, .binary,
  ]

  /// The kind that each column without a given type begins with.
  var firstKinds: [Int] { columns.map { _ in 0 } }

  /// One piece and what came of it.
  private struct Piece {
    var columns: [Column] = []
    /// For columns whose type is not given, the place of it in `kinds`.
    var kinds: [Int] = []
    var rows = 0
    var ragged: CSVTokens.Failure?
    var mismatch: (column: Int, CSVMismatch)?
  }

  private func type(_ column: Int, _ kind: Int) -> ColumnType { columns[column].type ?? Self.kinds[kind] }

  /// The rows in `bytes` as columns.
  /// - Parameters:
  ///   - firstRow: the number of the first row, for errors.
  ///   - kinds: what each column was found to be, by its place in `CSVParser.kinds`; found here where `isFixed` is false.
  ///   - isFinal: whether the last row may end without a line end.
  ///   - stopAfter: no row begins behind so many bytes.
  /// - Returns: the table, and how many bytes were used.
  func parse(
    _ bytes: UnsafeRawBufferPointer, firstRow: Int, kinds: inout [Int], isFixed: Bool, isFinal: Bool = true,
    stopAfter: Int = .max
  ) throws(TensorError) -> (table: Table, consumed: Int) {
    var regions: [UnsafeRawBufferPointer] = []
    var tokens: [CSVTokens] = []
    var consumed = 0
    if serial {
      while consumed < bytes.count, consumed < stopAfter {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[consumed...].prefix((1 << 32) - 1))
        let found = CSVTokens(
          rest, columns: width, dialect: dialect, stopAfter: min(pieceSize, stopAfter - consumed), isFinal: isFinal)
        regions.append(rest)
        tokens.append(found)
        consumed += found.consumed
        if found.failure != nil || found.consumed == 0 { break }
      }
    } else {
      regions = cut(bytes)
      consumed = bytes.count
    }
    let start = kinds
    var pieces = [Piece](repeating: Piece(), count: regions.count)
    let (regionList, tokenList) = (regions, tokens)
    pieces.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let target = buffer
      parallelFor(target.count, grain: 1) { range in
        for i in range {
          let found = tokenList.isEmpty ? CSVTokens(regionList[i], columns: width, dialect: dialect) : tokenList[i]
          target[i] = convert(found, regionList[i], kinds: start, isFixed: isFixed)
        }
      }
    }
    try check(pieces, regions, firstRow: firstRow)
    if !isFixed { kinds = try agree(&pieces, regions, tokens, firstRow: firstRow) }
    let finalKinds = kinds
    let fields = columns.indices.map { ColumnField(columns[$0].name, type($0, finalKinds[$0])) }
    let rows = pieces.reduce(0) { $0 + $1.rows }
    var joined = [Column](repeating: .empty(.null), count: fields.count)
    let parts = pieces
    joined.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let target = buffer
      parallelFor(target.count, grain: 1) { range in
        for i in range {
          target[i] =
            parts.isEmpty ? .empty(fields[i].type) : .joined(parts.map { $0.columns[i] }, type: fields[i].type)
        }
      }
    }
    return (Table(fields: fields, columns: joined, rows: rows, source: name), consumed)
  }

  /// Pieces of about `pieceSize` bytes, each of whole lines.
  private func cut(_ bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    guard let base = bytes.baseAddress else { return [] }
    var result: [UnsafeRawBufferPointer] = []
    var start = 0
    while start < bytes.count {
      var end = bytes.count
      if end - start > pieceSize, let found = memchr(base + start + pieceSize - 1, 10, end - start - pieceSize + 1) {
        end = UnsafeRawPointer(found) - base + 1
      }
      result.append(UnsafeRawBufferPointer(start: base + start, count: end - start))
      start = end
    }
    return result
  }

  private func convert(_ tokens: CSVTokens, _ region: UnsafeRawBufferPointer, kinds: [Int], isFixed: Bool) -> Piece {
    var piece = Piece()
    piece.kinds = kinds
    piece.rows = tokens.rows
    piece.ragged = tokens.failure
    guard tokens.failure == nil, let text = region.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
      piece.columns = columns.indices.map { .empty(type($0, kinds[$0])) }
      return piece
    }
    for i in columns.indices {
      let fields = CSVFields(tokens: tokens, column: columns[i].place, text: text, dialect: dialect)
      while true {
        switch fields.convert(to: type(i, piece.kinds[i])) {
        case .success(let column): piece.columns.append(column)
        case .failure(let mismatch):
          if columns[i].type == nil, !isFixed, piece.kinds[i] + 1 < Self.kinds.count {
            piece.kinds[i] += 1
            continue
          }
          piece.mismatch = (i, mismatch)
          return piece
        }
        break
      }
    }
    return piece
  }

  /// Brings all pieces to the same types, and gives these.
  private func agree(
    _ pieces: inout [Piece], _ regions: [UnsafeRawBufferPointer], _ tokens: [CSVTokens], firstRow: Int
  ) throws(TensorError) -> [Int] {
    var wanted = columns.indices.map { i in pieces.map { $0.kinds[i] }.max() ?? 0 }
    while true {
      let goal = wanted
      let behind = pieces.indices.filter { pieces[$0].kinds != goal }
      if behind.isEmpty { return wanted }
      pieces.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let target = buffer
        parallelFor(behind.count, grain: 1) { range in
          for i in behind[range] { reconvert(&target[i], regions[i], tokens.isEmpty ? nil : tokens[i], to: goal) }
        }
      }
      try check(pieces, regions, firstRow: firstRow)
      wanted = columns.indices.map { i in pieces.map { $0.kinds[i] }.max() ?? 0 }
    }
  }

  private func reconvert(_ piece: inout Piece, _ region: UnsafeRawBufferPointer, _ known: CSVTokens?, to kinds: [Int]) {
    guard let text = region.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
      piece.kinds = kinds
      piece.columns = columns.indices.map { .empty(type($0, kinds[$0])) }
      return
    }
    let tokens = known ?? CSVTokens(region, columns: width, dialect: dialect)
    for i in columns.indices where piece.kinds[i] != kinds[i] {
      piece.kinds[i] = kinds[i]
      let fields = CSVFields(tokens: tokens, column: columns[i].place, text: text, dialect: dialect)
      while true {
        switch fields.convert(to: type(i, piece.kinds[i])) {
        case .success(let column): piece.columns[i] = column
        case .failure(let mismatch):
          if piece.kinds[i] + 1 < Self.kinds.count {
            piece.kinds[i] += 1
            continue
          }
          piece.mismatch = (i, mismatch)
        }
        break
      }
    }
  }

  /// Throws the first of the faults that pieces found.
  private func check(_ pieces: [Piece], _ regions: [UnsafeRawBufferPointer], firstRow: Int) throws(TensorError) {
    var row = firstRow
    for (piece, region) in zip(pieces, regions) {
      if let (column, mismatch) = piece.mismatch {
        let reason = mismatch.reason ?? "is no \(type(column, piece.kinds[column]))"
        throw TensorError(
          .format, name,
          "row \(row + mismatch.row + 1) (after the header): column '\(columns[column].name)' has "
            + "'\(mismatch.text)', which \(reason)")
      }
      switch piece.ragged {
      case .ragged(let fields, let range):
        let text = String(decoding: region[range.prefix(60)], as: UTF8.self)
        throw TensorError(
          .format, name,
          "row \(row + piece.rows + 1) (after the header) has \(fields) fields, and the rows before have \(width): "
            + "'\(text)'; check the delimiter and the quotes")
      case .tooLong:
        throw TensorError(
          .format, name, "row \(row + piece.rows + 1) (after the header) is longer than 1 GiB; check the quotes")
      case nil: row += piece.rows
      }
    }
  }
}
