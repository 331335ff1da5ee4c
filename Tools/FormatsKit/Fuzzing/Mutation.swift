import ApusFormats

/// Damages files as accidents and ill will do: each number gives one damaged file, the same every time.
struct Mutation {
  private var random: SplitMix
  /// Files whose parts may be mixed into another.
  let files: [FuzzFile]
  let words: [String]
  private let losesFiles: Bool
  /// Which file is damaged.
  let file: Int

  init(_ target: any FuzzTarget, seed: UInt64, number: Int) {
    random = SplitMix(state: seed &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(number))
    (files, words, losesFiles) = (target.files, target.words, target.losesFiles)
    file = files.count < 2 ? 0 : Int(random.next() % UInt64(files.count))
  }

  /// The damaged bytes; nil where the file is gone. It is called once.
  mutating func damaged() -> [UInt8]? {
    if losesFiles, below(64) == 0 { return nil }
    let bytes = files[file].bytes
    // What has a structure is often damaged as such: other values in places that are still found.
    if below(8) > 2 {
      var changed = bytes
      var isChanged = false
      repeat {
        isChanged = changeStructure(&changed) || isChanged
      } while below(2) == 0
        && changed.count < bytes.count * 2 + 4096
      if isChanged { return changed }
    }
    // Checksums refuse most changes of archives and pictures at once: half of these have theirs made right again.
    if below(2) == 0 {
      if bytes.starts(with: [0x50, 0x4b, 3, 4]), let changed = repacked(bytes) { return changed }
      if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) { return withPNGChecksums(changed(bytes)) }
    }
    return changed(bytes)
  }

  mutating func below(_ count: Int) -> Int { count < 2 ? 0 : Int(random.next() % UInt64(count)) }

  private mutating func changed(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    repeat { change(&bytes) } while below(2) == 0 && bytes.count < original.count * 2 + 4096
    return bytes
  }

  /// A place in a file: often near its ends, where headers and directories are.
  private mutating func place(_ count: Int) -> Int {
    switch below(8) {
    case 0, 1, 2: below(min(count, 512))
    case 3, 4: count - 1 - below(min(count, 512))
    default: below(count)
    }
  }

  mutating func change(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return bytes = [UInt8(truncatingIfNeeded: random.next())] }
    let at = place(bytes.count)
    let length = min(bytes.count - at, 1 << below(12))
    if !words.isEmpty, below(6) == 0 {
      return bytes.replaceSubrange(
        at..<at + (below(2) == 0 ? 0 : min(length, 64)), with: words[below(words.count)].utf8)
    }
    switch below(11) {
    case 0, 1: bytes[at] ^= 1 << UInt8(below(8))
    case 2: bytes[at] = [0, 1, 0x7f, 0x80, 0xff, UInt8(truncatingIfNeeded: random.next())][below(6)]
    case 3: bytes.removeLast(bytes.count - at)
    case 4: bytes.removeSubrange(at..<at + length)
    case 5: bytes.insert(contentsOf: (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }, at: at)
    case 6: bytes.insert(contentsOf: [UInt8](repeating: [0, 0x28, 0x5b, 0x7b, 0xff][below(5)], count: length), at: at)
    case 7: bytes.insert(contentsOf: bytes[at..<at + length], at: place(bytes.count))
    case 8: setInteger(&bytes, at)
    case 9: setDigits(&bytes, at)
    default:
      let other = files[below(files.count)].bytes
      guard !other.isEmpty else { return }
      let from = place(other.count)
      let part = other[from..<min(other.count, from + length)]
      bytes.replaceSubrange(at..<min(bytes.count, at + part.count), with: part)
    }
  }

  /// An integer at the edge of what there can be: in sizes, counts and positions.
  private mutating func setInteger(_ bytes: inout [UInt8], _ at: Int) {
    let width = min(1 << below(4), bytes.count - at)
    let size = UInt64(bytes.count)
    let near: [UInt64] = [
      0, 1, .max, 1 << 63, 1 << 31, 1 << 32, 1 << 62, 0x7fff_ffff, 0xffff, size, size &- UInt64(at),
    ]
    let value = near[below(near.count)] &+ UInt64(below(3)) &- 1
    let isBigEndian = below(4) == 0
    for i in 0..<width {
      bytes[at + i] = UInt8(truncatingIfNeeded: value >> UInt64(8 * (isBigEndian ? width - 1 - i : i)))
    }
  }

  /// Another number in a text.
  private mutating func setDigits(_ bytes: inout [UInt8], _ at: Int) {
    let isDigit = { (byte: UInt8) in 48...57 ~= byte }
    guard let start = bytes[at...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    let numbers = [
      "0", "-1", "1", "255", "65536", "4294967295", "9223372036854775807", "18446744073709551616", "1e999",
    ]
    bytes.replaceSubrange(start..<end, with: Array(numbers[below(numbers.count)].utf8))
  }

  /// An archive one of whose files is damaged, or is missing or there twice.
  private mutating func repacked(_ bytes: [UInt8]) -> [UInt8]? {
    guard let archive = try? ZipArchive(FileContents(bytes, path: "seed")) else { return nil }
    let entries = archive.entries.filter { !$0.isFolder && $0.size < 1 << 20 }
    guard !entries.isEmpty, entries.count < 2000 else { return nil }
    let chosen = below(entries.count)
    let isLeftOut = below(16) == 0
    var parts: [(String, [UInt8], Bool)] = []
    for (i, entry) in entries.enumerated() {
      guard var content = try? archive.bytes(of: entry, limit: 1 << 20) else { return nil }
      if i == chosen {
        if isLeftOut { continue }
        content = changed(content)
      }
      parts.append((entry.name, content, entry.method == 0))
    }
    return try? zipBytes { zip in
      for (name, content, isStored) in parts { try zip.add(name, content, method: isStored ? .stored() : .deflated()) }
    }
  }
}

/// The bytes of a PNG file with the right checksums behind its chunks.
private func withPNGChecksums(_ original: [UInt8]) -> [UInt8] {
  var bytes = original
  var at = 8
  while at + 12 <= bytes.count {
    let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - at - 12 else { break }
    let checksum = bytes[at + 4..<at + 8 + length].withUnsafeBytes { CRC32.of($0) }
    for i in 0..<4 { bytes[at + 8 + length + i] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * (3 - i))) }
    at += 12 + length
  }
  return bytes
}

/// A small generator whose numbers follow from its state alone (Steele, Lea and Flood's SplitMix64).
package struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}
