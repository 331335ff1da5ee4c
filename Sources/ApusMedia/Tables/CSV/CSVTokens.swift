import ApusCore
import CText

/// The fields of some rows of a CSV file: where each lies.
struct CSVTokens {
  /// Row by row: the start in the lower 32 bits, then 30 bits of length, whether it lies in `unescaped` (bit 62), and whether
  /// it was quoted (bit 63).
  var fields: UnsafeBufferPointer<UInt64> { list.fields }
  /// The text of fields with doubled quotes and escapes, without them.
  private(set) var unescaped: [UInt8] = []
  /// How many fields each row has; 0 before the first.
  private(set) var columns: Int
  private(set) var rows = 0
  /// How many bytes the rows take.
  private(set) var consumed = 0
  /// What is wrong with the row after the last.
  private(set) var failure: Failure?

  enum Failure {
    /// Another number of fields, and the row's bytes.
    case ragged(fields: Int, row: Range<Int>)
    case tooLong
  }

  private let list = FieldList()

  static let quotedFlag: UInt64 = 1 << 63
  static let unescapedFlag: UInt64 = 1 << 62
  private static let longest = 1 << 30

  /// Cuts `bytes` into rows and fields.
  /// - Parameters:
  ///   - columns: the fields of a row, or 0 where the first row tells.
  ///   - stopAfter: no row begins behind so many bytes.
  ///   - isFinal: whether the last row may end without a line end; else it is left.
  init(
    _ bytes: UnsafeRawBufferPointer, columns: Int, dialect: CSVDialect, stopAfter: Int = .max, mostRows: Int = .max,
    isFinal: Bool = true
  ) {
    self.columns = columns
    guard bytes.count < 1 << 32 else {
      failure = .tooLong
      return
    }
    guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    scan(base, bytes.count, dialect, stopAfter, mostRows, isFinal)
  }

  private mutating func scan(
    _ base: UnsafePointer<UInt8>, _ count: Int, _ dialect: CSVDialect, _ stopAfter: Int, _ mostRows: Int,
    _ isFinal: Bool
  ) {
    let end = base + count
    var p = base
    let delimiter = dialect.delimiter
    let finder = SpecialBytes(delimiter, 10, 13, dialect.hasEscape ? dialect.escape : 10)
    while p < end, rows < mostRows, p - base < stopAfter {
      if columns > 0, !dialect.hasEscape {
        p += plainRows(p, end, at: p - base, dialect, stopAfter, mostRows)
        consumed = p - base
        guard p < end, rows < mostRows, p - base < stopAfter else { return }
      }
      let rowStart = p
      if p.pointee == 10 || p.pointee == 13, dialect.ignoresEmptyLines || columns > 1 {
        p += p.pointee == 13 && p + 1 < end && p[1] == 10 ? 2 : 1
        consumed = p - base
        if !dialect.ignoresEmptyLines {
          // An empty line may stand for very many fields.
          guard list.count < 1 << 27 else {
            failure = .tooLong
            return
          }
          for _ in 0..<columns { list.append(UInt64(rowStart - base)) }
          rows += 1
        }
        continue
      }
      let before = list.count
      var complete = false
      while true {
        // One field.
        if dialect.hasQuote, p < end, p.pointee == dialect.quote {
          guard let next = quoted(base, p + 1, end, dialect, finder, isFinal) else { break }
          p = next
        } else {
          let start = p
          p = finder.next(from: p, to: end)
          if p < end, dialect.hasEscape, p.pointee == dialect.escape {
            let offset = unescaped.count
            unescaped += UnsafeBufferPointer(start: start, count: p - start)
            guard let next = rest(p, end, dialect, finder, isFinal) else { break }
            p = next
            push(offset, unescaped.count - offset, Self.unescapedFlag)
          } else {
            push(start - base, p - start, 0)
          }
        }
        if p == end {
          complete = isFinal
          break
        }
        if p.pointee == delimiter {
          p += 1
          if p == end, isFinal {
            push(p - base, 0, 0)
            complete = true
            break
          }
          if p < end { continue }
          break
        }
        // A line end; one of two characters may be cut.
        if p.pointee == 13 {
          if p + 1 == end, !isFinal { break }
          p += p + 1 < end && p[1] == 10 ? 2 : 1
        } else {
          p += 1
        }
        complete = true
        break
      }
      guard complete, failure == nil else {
        list.count = before
        return
      }
      let found = list.count - before
      if columns == 0 { columns = found }
      guard found == columns else {
        list.count = before
        var last = p
        while last > rowStart, last[-1] == 10 || last[-1] == 13 { last -= 1 }
        failure = .ragged(fields: found, row: (rowStart - base)..<(last - base))
        return
      }
      rows += 1
      consumed = p - base
    }
  }

  /// Cuts rows as long as they are plain, and gives how many bytes they take.
  private mutating func plainRows(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, at offset: Int, _ dialect: CSVDialect, _ stopAfter: Int,
    _ mostRows: Int
  ) -> Int {
    var used = 0
    repeat {
      // Fields of eight bytes are usual.
      let room = Swift.max(Swift.min(end - start - used, stopAfter - offset - used) / 8, 16) + columns
      list.reserve(list.count + room)
      let found = ct_cut_rows(
        start + used, end - start - used, dialect.delimiter, dialect.hasQuote ? Int32(dialect.quote) : -1, columns,
        mostRows - rows, stopAfter - offset - used, list.next, list.room)
      if offset + used > 0 { list.shift(found.rows * columns, by: UInt64(offset + used)) }
      list.count += found.rows * columns
      rows += found.rows
      used += found.bytes
      // More rows are plain only where there was no room for them.
    } while list.room < columns && rows < mostRows && offset + used < stopAfter && start + used < end
    return used
  }

  @inline(__always)
  private mutating func push(_ start: Int, _ length: Int, _ flags: UInt64) {
    guard length < Self.longest, start < 1 << 32 else {
      failure = .tooLong
      return
    }
    list.append(UInt64(start) | UInt64(length) << 32 | flags)
  }

  /// Reads on after an opening quote; gives where the field ends, or nil where the bytes end before.
  private mutating func quoted(
    _ base: UnsafePointer<UInt8>, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ dialect: CSVDialect,
    _ finder: SpecialBytes, _ isFinal: Bool
  ) -> UnsafePointer<UInt8>? {
    let inside = SpecialBytes(
      dialect.quote, dialect.quote, dialect.quote, dialect.hasEscape ? dialect.escape : dialect.quote)
    var p = inside.next(from: start, to: end)
    // Most quoted fields end at their first quote.
    if p + 1 < end, p.pointee == dialect.quote {
      let after = p[1]
      if after == dialect.delimiter || after == 10 || after == 13 {
        push(start - base, p - start, Self.quotedFlag)
        return p + 1
      }
    }
    let offset = unescaped.count
    var from = start
    while true {
      unescaped += UnsafeBufferPointer(start: from, count: p - from)
      guard p < end else {
        guard isFinal else { return nil }
        break
      }
      if dialect.hasEscape, p.pointee == dialect.escape {
        guard p + 1 < end else { return nil }
        unescaped.append(p[1])
        from = p + 2
      } else if dialect.doublesQuotes, p + 1 < end, p[1] == dialect.quote {
        unescaped.append(dialect.quote)
        from = p + 2
      } else if p + 1 == end, !isFinal {
        return nil
      } else {
        // What follows the closing quote belongs to the field too.
        guard let next = rest(p + 1, end, dialect, finder, isFinal) else { return nil }
        p = next
        break
      }
      p = inside.next(from: from, to: end)
    }
    push(offset, unescaped.count - offset, Self.quotedFlag | Self.unescapedFlag)
    return p
  }

  /// Appends the rest of an unquoted field, without escapes, to `unescaped`.
  private mutating func rest(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ dialect: CSVDialect, _ finder: SpecialBytes,
    _ isFinal: Bool
  ) -> UnsafePointer<UInt8>? {
    var p = start
    while true {
      let from = p
      p = finder.next(from: p, to: end)
      unescaped += UnsafeBufferPointer(start: from, count: p - from)
      guard p < end, dialect.hasEscape, p.pointee == dialect.escape else { return p }
      guard p + 1 < end else { return isFinal ? end : nil }
      unescaped.append(p[1])
      p += 2
    }
  }
}

/// Fields as they are found: an array whose elements are appended without asking who else has it, in memory that is kept for
/// the next.
private final class FieldList: @unchecked Sendable {
  private var base: UnsafeMutablePointer<UInt64>
  private var capacity: Int
  /// How many there are; nobody adds any once the tokens are made.
  var count = 0

  init() {
    capacity = 1 << 10
    base = Self.memory(capacity)
  }

  deinit { free() }

  private static func memory(_ capacity: Int) -> UnsafeMutablePointer<UInt64> {
    guard let memory = Allocator.shared.allocate(capacity * 8) else {
      fatalError("no memory for \(capacity) fields of CSV")
    }
    return memory.bindMemory(to: UInt64.self, capacity: capacity)
  }

  private func free() { Allocator.shared.deallocate(base, capacity * 8) }

  var fields: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(start: base, count: count) }

  @inline(__always)
  func append(_ field: UInt64) {
    if count == capacity { reserve(capacity + 1) }
    base[count] = field
    count += 1
  }

  /// Where the next is to stand, and how many may be added.
  var next: UnsafeMutablePointer<UInt64> { base + count }
  var room: Int { capacity - count }

  /// Moves the starts of the next `number`, which are not counted yet.
  func shift(_ number: Int, by offset: UInt64) {
    for i in count..<count + number { base[i] += offset }
  }

  func reserve(_ wanted: Int) {
    guard wanted > capacity else { return }
    let wanted = Swift.max(wanted, 2 * capacity)
    let wider = Self.memory(wanted)
    wider.update(from: base, count: count)
    free()
    base = wider
    capacity = wanted
  }
}

/// Finds the next of four bytes, eight bytes at a time.
struct SpecialBytes {
  private let a, b, c, d: UInt64

  init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    let spread = { (byte: UInt8) in UInt64(byte) &* 0x0101_0101_0101_0101 }
    (self.a, self.b, self.c, self.d) = (spread(a), spread(b), spread(c), spread(d))
  }

  @inline(__always)
  func next(from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    var p = start
    while end - p >= 8 {
      let word = UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self))
      // A byte that is zero after the difference has its highest bit set here; the lowest such bit is exact.
      let found = (zeros(word ^ a) | zeros(word ^ b) | zeros(word ^ c) | zeros(word ^ d)) & 0x8080_8080_8080_8080
      if found != 0 { return p + found.trailingZeroBitCount / 8 }
      p += 8
    }
    while p < end {
      let byte = UInt64(p.pointee)
      if byte == a & 255 || byte == b & 255 || byte == c & 255 || byte == d & 255 { break }
      p += 1
    }
    return p
  }

  @inline(__always)
  private func zeros(_ word: UInt64) -> UInt64 { (word &- 0x0101_0101_0101_0101) & ~word }
}
