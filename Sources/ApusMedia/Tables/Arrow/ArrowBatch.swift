import ApusCore
import ApusFormats

/// Reads the arrays of a record batch: each has a node (its length) and buffers, in the order of the schema's fields.
struct ArrowBatch {
  private let body: UnsafeRawBufferPointer
  private let name: String
  private let nodes: UnsafeRawBufferPointer
  private let buffers: UnsafeRawBufferPointer
  private var variadic: [Int64]
  private var node = 0
  private var buffer = 0
  /// 0 for LZ4, 1 for zstd, nil for none.
  private let codec: Int8?
  let rows: Int
  private let dictionaries: [Int64: Column]
  private let budget: DecodeBudget

  init(
    _ table: FlatTable, body: UnsafeRawBufferPointer, dictionaries: [Int64: Column], budget: DecodeBudget
  ) throws(TensorError) {
    self.body = body
    name = table.buffer.name
    rows = try Self.count(table.integer(0, default: Int64(0)), table.buffer.name)
    nodes = try table.elements(1, stride: 16)?.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0)
    buffers = try table.elements(2, stride: 16)?.bytes ?? UnsafeRawBufferPointer(start: nil, count: 0)
    codec = try table.table(3).map { (compression) throws(TensorError) in try compression.integer(0, default: 0) }
    variadic = try table.integers(4)
    self.dictionaries = dictionaries
    self.budget = budget
  }

  private func failure(_ message: String) -> TensorError {
    TensorError(.format, name, "a record batch: \(message); the file is damaged")
  }

  private static func count(_ value: Int64, _ name: String) throws(TensorError) -> Int {
    guard value >= 0, value < 1 << 48 else {
      throw TensorError(.format, name, "a record batch has the length \(value); the file is damaged")
    }
    return Int(value)
  }

  /// The next array.
  mutating func column(_ field: ArrowField) throws(TensorError) -> Column {
    if let dictionary = field.dictionary {
      let index = try array(
        ArrowField(field: ColumnField("", dictionary.index), layout: .fixed(dictionary.index.width ?? 4)))
      guard let values = dictionaries[dictionary.id] else {
        throw failure("the dictionary \(dictionary.id) of field '\(field.field.name)' is not there")
      }
      return try decoded(index, values, field)
    }
    return try array(field)
  }

  private func decoded(_ index: Column, _ values: Column, _ field: ArrowField) throws(TensorError) -> Column {
    try budget.spend(index.count, of: 8)
    var positions: [Int] = []
    positions.reserveCapacity(index.count)
    for i in 0..<index.count {
      // Below a structure that is null, positions may lead into an empty dictionary.
      if index.isNull(i) || values.count == 0 {
        positions.append(-1)
        continue
      }
      guard case .int(let value) = index[i], value >= 0, value < values.count else {
        throw failure(
          "a position in the dictionary of field '\(field.field.name)' is outside of its \(values.count) values")
      }
      positions.append(Int(value))
    }
    return try values.gathering(positions, budget: budget).retyped(field.field.type)
  }

  private mutating func nextNode() throws(TensorError) -> (length: Int, nulls: Int64) {
    guard (node + 1) * 16 <= nodes.count else { throw failure("there are fewer arrays than the schema has fields") }
    let length = Int64(littleEndian: nodes.loadUnaligned(fromByteOffset: 16 * node, as: Int64.self))
    let nulls = Int64(littleEndian: nodes.loadUnaligned(fromByteOffset: 16 * node + 8, as: Int64.self))
    node += 1
    return (try Self.count(length, name), nulls)
  }

  /// Calls `use` with the next buffer, decompressed.
  private mutating func nextBuffer<T>(
    _ use: (UnsafeRawBufferPointer) throws(TensorError) -> T
  ) throws(TensorError) -> T {
    guard (buffer + 1) * 16 <= buffers.count else { throw failure("there are fewer buffers than the schema asks for") }
    let offset = Int64(littleEndian: buffers.loadUnaligned(fromByteOffset: 16 * buffer, as: Int64.self))
    let length = Int64(littleEndian: buffers.loadUnaligned(fromByteOffset: 16 * buffer + 8, as: Int64.self))
    buffer += 1
    guard offset >= 0, length >= 0, offset <= body.count, length <= Int64(body.count) - offset else {
      throw failure("a buffer of \(length) bytes at \(offset) lies outside of the body's \(body.count) bytes")
    }
    let bytes = UnsafeRawBufferPointer(rebasing: body[Int(offset)..<Int(offset + length)])
    guard let codec, !bytes.isEmpty else { return try use(bytes) }
    guard bytes.count >= 8 else { throw failure("a compressed buffer has \(bytes.count) bytes") }
    let size = Int64(littleEndian: bytes.loadUnaligned(as: Int64.self))
    let rest = UnsafeRawBufferPointer(rebasing: bytes[8...])
    if size == -1 { return try use(rest) }
    let count = try Self.count(size, name)
    try budget.spend(count)
    let plain: [UInt8]
    switch codec {
    case 0:
      plain = try Self.filled(count) { target throws(TensorError) in
        try LZ4.decompressFrame(rest, into: target, name: name)
      }
    case 1: plain = try Zstandard.decompress(rest, limit: count, name: name)
    default: throw failure("the compression \(codec) is not known")
    }
    guard plain.count == count else { throw failure("a compressed buffer has \(plain.count) bytes, not \(count)") }
    var result: Result<T, TensorError>?
    plain.withUnsafeBytes { bytes in
      do throws(TensorError) { result = .success(try use(bytes)) } catch { result = .failure(error) }
    }
    guard let result else { throw failure("a buffer was not read") }
    return try result.get()
  }

  /// Bytes that `fill` writes.
  private static func filled(
    _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(TensorError) -> Void
  ) throws(TensorError) -> [UInt8] {
    var fault: TensorError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(TensorError) {
        try fill(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
        filled = count
      } catch { fault = error }
    }
    if let fault { throw fault }
    return bytes
  }

  /// Which of `count` values are there.
  private mutating func validity(_ count: Int, nulls: Int64) throws(TensorError) -> [Bool]? {
    let (budget, name) = (budget, name)
    return try nextBuffer { bytes throws(TensorError) in
      // Writers leave the buffer out where nothing is null.
      if bytes.isEmpty || nulls == 0 { return nil }
      return try Self.bits(bytes, count, budget, name)
    }
  }

  private static func bits(
    _ bytes: UnsafeRawBufferPointer, _ count: Int, _ budget: DecodeBudget, _ name: String
  ) throws(TensorError) -> [Bool] {
    guard (count + 7) / 8 <= bytes.count else {
      throw TensorError(
        .format, name, "a record batch: \(bytes.count) bytes are too few for \(count) bits; the file is damaged")
    }
    try budget.spend(count)
    return (0..<count).map { bytes[$0 >> 3] >> UInt8($0 & 7) & 1 == 1 }
  }

  private mutating func fixed(_ count: Int, width: Int) throws(TensorError) -> [UInt8] {
    let fault = failure("\(count) values of \(width) bytes are more than their buffer has")
    return try nextBuffer { bytes throws(TensorError) in
      let (size, over) = count.multipliedReportingOverflow(by: width)
      guard !over, size <= bytes.count else { throw fault }
      return Array(bytes.prefix(size))
    }
  }

  /// Offsets of 32 or 64 bits, checked to rise and to end within `limit`; the first is subtracted.
  private mutating func offsets(_ count: Int, wide: Bool) throws(TensorError) -> [Int] {
    let (fault, budget) = (failure("the offsets of \(count) values are damaged"), budget)
    return try nextBuffer { bytes throws(TensorError) in
      if count == 0 { return [0] }
      guard count < bytes.count / (wide ? 8 : 4) else { throw fault }
      try budget.spend(count + 1, of: 8)
      var result: [Int] = []
      result.reserveCapacity(count + 1)
      var last = 0
      for i in 0...count {
        let value =
          wide
          ? Int(truncatingIfNeeded: Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * i, as: Int64.self)))
          : Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * i, as: Int32.self)))
        guard value >= last else { throw fault }
        last = value
        result.append(value)
      }
      return result
    }
  }

  private mutating func array(_ field: ArrowField) throws(TensorError) -> Column {
    let (count, nulls) = try nextNode()
    let type = field.field.type
    switch field.layout {
    case .none: return Column(type: .null, count: count, storage: .none)
    case .bool:
      let validity = try validity(count, nulls: nulls)
      let (budget, name) = (budget, name)
      let values = try nextBuffer { bytes throws(TensorError) in try Self.bits(bytes, count, budget, name) }
      return Column(type: type, count: count, validity: validity, storage: .fixed(values.map { $0 ? 1 : 0 }))
    case .fixed(let width):
      if width == 0 { try budget.spend(count) }
      let validity = try validity(count, nulls: nulls)
      return Column(type: type, count: count, validity: validity, storage: .fixed(try fixed(count, width: width)))
    case .text(let wide):
      let validity = try validity(count, nulls: nulls)
      let offsets = try offsets(count, wide: wide)
      let (first, last) = (offsets[0], offsets[count])
      let fault = failure("texts end at \(last), outside of their buffer")
      let bytes = try nextBuffer { bytes throws(TensorError) in
        guard last <= bytes.count else { throw fault }
        return Array(bytes[first..<last])
      }
      return Column(
        type: type, count: count, validity: validity,
        storage: .text(offsets: first == 0 ? offsets : offsets.map { $0 - first }, bytes: bytes))
    case .views: return try views(type, count, nulls)
    case .list(let wide):
      let validity = try validity(count, nulls: nulls)
      let offsets = try offsets(count, wide: wide)
      let items = try column(field.children[0])
      guard offsets[count] <= items.count else {
        throw failure(
          "lists of field '\(field.field.name)' end at \(offsets[count]), behind their \(items.count) items")
      }
      return Column(type: type, count: count, validity: validity, storage: .list(offsets: offsets, items: items))
    case .fixedList(let size):
      let validity = try validity(count, nulls: nulls)
      let items = try column(field.children[0])
      let (needed, over) = count.multipliedReportingOverflow(by: size)
      guard !over, needed <= items.count else {
        throw failure("\(count) lists of \(size) items need more than the \(items.count) that there are")
      }
      try budget.spend(count + 1, of: 8)
      return Column(
        type: type, count: count, validity: validity,
        storage: .list(offsets: (0...count).map { $0 * size }, items: items))
    case .listView(let wide): return try listViews(field, count, nulls, wide: wide)
    case .structure:
      let validity = try validity(count, nulls: nulls)
      var columns: [Column] = []
      for child in field.children {
        var column = try column(child)
        guard column.count >= count else {
          throw failure("a structure of \(count) values has a field '\(child.field.name)' of \(column.count)")
        }
        if column.count > count { column = try column.gathering(Array(0..<count), budget: budget) }
        columns.append(column)
      }
      return Column(type: type, count: count, validity: validity, storage: .structure(columns))
    case .runEnds: return try runs(field, count)
    }
  }

  /// Texts that lie in the view of 16 bytes where they are short, else in one of several buffers.
  private mutating func views(_ type: ColumnType, _ count: Int, _ nulls: Int64) throws(TensorError) -> Column {
    let validity = try validity(count, nulls: nulls)
    let views = try fixed(count, width: 16)
    guard !variadic.isEmpty else { throw failure("the number of a view's buffers is missing") }
    let extra = variadic.removeFirst()
    guard extra >= 0, extra <= buffers.count / 16 else { throw failure("a view has \(extra) buffers") }
    var blocks: [[UInt8]] = []
    for _ in 0..<extra { blocks.append(try nextBuffer { Array($0) }) }
    var bytes: [UInt8] = []
    var offsets = [0]
    try budget.spend(count + 1, of: 8)
    for i in 0..<count {
      let part = { (offset: Int) in
        views.withUnsafeBytes {
          Int(Int32(littleEndian: $0.loadUnaligned(fromByteOffset: 16 * i + offset, as: Int32.self)))
        }
      }
      let length = part(0)
      if validity.map({ !$0[i] }) ?? false {
      } else if length >= 0, length <= 12 {
        bytes += views[16 * i + 4..<16 * i + 4 + length]
      } else {
        let (block, start) = (part(8), part(12))
        guard length >= 0, block >= 0, block < blocks.count, start >= 0, start <= blocks[block].count - length else {
          throw failure("a view leads out of its buffers")
        }
        try budget.spend(length)
        bytes += blocks[block][start..<start + length]
      }
      offsets.append(bytes.count)
    }
    return Column(type: type, count: count, validity: validity, storage: .text(offsets: offsets, bytes: bytes))
  }

  /// Lists with an offset and a size each.
  private mutating func listViews(
    _ field: ArrowField, _ count: Int, _ nulls: Int64, wide: Bool
  ) throws(TensorError) -> Column {
    let validity = try validity(count, nulls: nulls)
    let width = wide ? 8 : 4
    let starts = try fixed(count, width: width)
    let sizes = try fixed(count, width: width)
    let items = try column(field.children[0])
    func number(_ bytes: [UInt8], _ i: Int) -> Int {
      bytes.withUnsafeBytes {
        wide
          ? Int(truncatingIfNeeded: $0.loadUnaligned(fromByteOffset: 8 * i, as: Int64.self))
          : Int($0.loadUnaligned(fromByteOffset: 4 * i, as: Int32.self))
      }
    }
    var places: [Int] = []
    var offsets = [0]
    for i in 0..<count {
      if validity.map({ $0[i] }) ?? true {
        let (start, size) = (number(starts, i), number(sizes, i))
        guard start >= 0, size >= 0, start <= items.count - size else { throw failure("a list leads out of its items") }
        try budget.spend(size, of: 8)
        places += start..<start + size
      }
      offsets.append(places.count)
    }
    return Column(
      type: field.field.type, count: count, validity: validity,
      storage: .list(offsets: offsets, items: try items.gathering(places, budget: budget)))
  }

  /// Runs of equal values, each with the position of its end.
  private mutating func runs(_ field: ArrowField, _ count: Int) throws(TensorError) -> Column {
    let ends = try column(field.children[0])
    let values = try column(field.children[1])
    try budget.spend(count, of: 8)
    var positions: [Int] = []
    positions.reserveCapacity(count)
    for run in 0..<min(ends.count, values.count) {
      guard case .int(let end) = ends[run], end >= positions.count else {
        throw failure("the ends of runs do not rise")
      }
      positions += repeatElement(run, count: min(Int(end), count) - positions.count)
    }
    guard positions.count == count else {
      throw failure("runs end at \(positions.count), and there are \(count) values")
    }
    return try values.gathering(positions, budget: budget).retyped(field.field.type)
  }
}
