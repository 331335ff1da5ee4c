import ApusFormats

/// What BERT does to texts before it cuts them: removes control characters, puts spaces around Chinese characters, removes accents,
/// writes small letters.
struct BertNormalizer: Sendable {
  let cleansText: Bool
  let handlesChinese: Bool
  let stripsAccents: Bool
  let lowercases: Bool

  /// Control characters, formats and private characters: what is removed.
  private static let others: UInt32 = 1 << 25 | 1 << 26 | 1 << 28

  func apply(_ text: inout NormalizedText) {
    if text.isIdentity, applyFast(&text) { return }
    let table = UnicodeTable.shared
    if cleansText {
      text.filter { Self.stays($0, table) }
      let scalars = text.bytes.scalars
      if scalars.contains(where: { $0 != 32 && table.isWhitespace($0) }) {
        text.rebuild { text in
          for scalar in scalars { text.add(table.isWhitespace(scalar) ? 32 : scalar, 0) }
        }
      }
    }
    if handlesChinese {
      let scalars = text.bytes.scalars
      if scalars.contains(where: Self.isChinese) {
        text.rebuild { text in
          for scalar in scalars {
            if Self.isChinese(scalar) {
              text.add(32, 0)
              text.add(scalar, 1)
              text.add(32, 1)
            } else {
              text.add(scalar, 0)
            }
          }
        }
      }
    }
    if stripsAccents {
      UnicodeForm.nfd.apply(&text)
      text.filter { table.category($0) & UnicodeTable.nonspacingMark == 0 }
    }
    if lowercases { text.lowercase() }
  }

  @inline(__always)
  private static func stays(_ scalar: UInt32, _ table: UnicodeTable) -> Bool {
    if scalar == 0 || scalar == 0xfffd { return false }
    return table.category(scalar) & others == 0 || scalar == 9 || scalar == 10 || scalar == 13
  }

  static func isChinese(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0..<0x3400: false
    case 0x4e00...0x9fff, 0x3400...0x4dbf, 0x20000...0x2a6df, 0x2a700...0x2b73f, 0x2b740...0x2b81f, 0x2b920...0x2ceaf,
      0xf900...0xfaff, 0x2f800...0x2fa1f:
      true
    default: false
    }
  }

  /// All steps in one pass, scalar by scalar; false where marks stand in another order than their classes', so that the steps have
  /// to be taken one by one.
  private func applyFast(_ text: inout NormalizedText) -> Bool {
    let table = UnicodeTable.shared
    let (decompositions, lowercase) = (Decompositions.shared, LowercaseTable.shared)
    let count = text.bytes.count
    var bytes: [UInt8] = []
    var starts: [UInt32] = []
    var ends: [UInt32] = []
    bytes.reserveCapacity(count + 16)
    var isAligned = false
    var isOrdered = true
    let base = text.origin.lowerBound
    /// Writes down what the bytes so far stand for: themselves.
    func align() {
      isAligned = true
      starts.reserveCapacity(count + 16)
      ends.reserveCapacity(count + 16)
      let plain = NormalizedText(
        bytes: Array(text.bytes[..<bytes.count]), starts: [], ends: [], origin: base..<base + bytes.count)
      var aligned = plain
      aligned.align()
      starts += aligned.starts
      ends += aligned.ends
    }
    text.bytes.withUnsafeBufferPointer { source in
      guard let source = source.baseAddress else { return }
      var lastClass: UInt8 = 0
      func put(_ scalar: UInt32, _ position: Int, _ length: Int) {
        bytes.append(scalar: scalar)
        guard isAligned else { return }
        for _ in 0..<utf8Length(scalar) {
          starts.append(UInt32(base + position))
          ends.append(UInt32(base + position + length))
        }
      }
      var position = 0
      while position < count {
        let byte = source[position]
        if byte < 128 {
          lastClass = 0
          var out = byte
          if byte < 32 || byte == 127 {
            if cleansText {
              if byte == 9 || byte == 10 || byte == 13 {
                out = 32
              } else {
                if !isAligned { align() }
                position += 1
                continue
              }
            }
          } else if lowercases, byte &- 65 < 26 {
            out = byte | 32
          }
          bytes.append(out)
          if isAligned {
            starts.append(UInt32(base + position))
            ends.append(UInt32(base + position + 1))
          }
          position += 1
          continue
        }
        let (scalar, length) = decodeScalar(source, at: position, before: count)
        let bits = table[scalar]
        let place = position
        position += length
        if cleansText {
          if !Self.stays(scalar, table) {
            if !isAligned { align() }
            continue
          }
          if bits & UnicodeTable.whitespace != 0 {
            if !isAligned { align() }
            put(32, place, length)
            lastClass = 0
            continue
          }
        }
        let isChinese = handlesChinese && Self.isChinese(scalar)
        if isChinese {
          if !isAligned { align() }
          put(32, place, length)
          lastClass = 0
        }
        if stripsAccents, bits & UnicodeTable.normalizes != 0 {
          if !isAligned { align() }
          for part in decompositions.parts(scalar, isCompatible: false) ?? [scalar] {
            let partBits = table[part]
            let combiningClass = partBits & UnicodeTable.combines != 0 ? Decompositions.combiningClass(part) : 0
            if combiningClass != 0, combiningClass < lastClass { isOrdered = false }
            lastClass = combiningClass
            if table.category(part) & UnicodeTable.nonspacingMark != 0 { continue }
            if lowercases, part &- 65 < 26 {
              put(part | 32, place, length)
            } else if lowercases,
              partBits & UnicodeTable.changesLowercased != 0
            {
              lowercase.forEach(part) { put($0, place, length) }
            } else {
              put(part, place, length)
            }
          }
        } else if stripsAccents, table.category(scalar) & UnicodeTable.nonspacingMark != 0 {
          if !isAligned { align() }
        } else if lowercases, bits & UnicodeTable.changesLowercased != 0 {
          if !isAligned { align() }
          lowercase.forEach(scalar) { put($0, place, length) }
          lastClass = 0
        } else {
          put(scalar, place, length)
          lastClass = 0
        }
        if isChinese { put(32, place, length) }
      }
    }
    guard isOrdered else { return false }
    if isAligned, bytes.isEmpty { isAligned = false }
    (text.bytes, text.starts, text.ends) = (bytes, isAligned ? starts : [], isAligned ? ends : [])
    return true
  }
}
