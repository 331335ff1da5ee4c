import Apus
import ApusMedia

/// A number for each row of a table, which depends on the row's values alone: rows that are equal have the same one, in whichever file
/// they are.
/// - Parameter columns: the columns that count; nil for all.
func rowHashes(_ table: Table, columns: [String]?) throws(TensorError) -> [UInt64] {
  let chosen = try columns.map { names throws(TensorError) in try table.selecting(names) } ?? table
  var hashes = [UInt64](repeating: 0xcbf2_9ce4_8422_2325, count: table.rows)
  for column in chosen.columns { column.mix(into: &hashes) }
  return hashes.map(spread)
}

extension Column {
  /// Takes the values of a column into the numbers of its rows.
  fileprivate func mix(into hashes: inout [UInt64]) {
    switch storage {
    case .fixed(let bytes):
      let width = type.width ?? 1
      for row in 0..<count {
        hashes[row] =
          isNull(row) ? hashed([0], hashes[row]) : hashed(bytes[row * width..<(row + 1) * width], hashes[row])
      }
    case .text(let offsets, let bytes):
      for row in 0..<count {
        // The length ends a value: "ab", "c" is not "a", "bc".
        let value = bytes[offsets[row]..<offsets[row + 1]]
        hashes[row] =
          isNull(row)
          ? hashed([0], hashes[row]) : hashed([1, UInt8(truncatingIfNeeded: value.count)], hashed(value, hashes[row]))
      }
    case .none: break
    case .list, .structure:
      for row in 0..<count { hashes[row] = hashed("\(self[row])".utf8, hashes[row]) }
    }
  }
}

/// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/).
private func hashed(_ bytes: some Sequence<UInt8>, _ start: UInt64) -> UInt64 {
  var hash = start
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  return hash
}

/// Spreads what differs in few bits over all of them: the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
private func spread(_ value: UInt64) -> UInt64 {
  var z = value
  z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
  return z ^ z >> 31
}
