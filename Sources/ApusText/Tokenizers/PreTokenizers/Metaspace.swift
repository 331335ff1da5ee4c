/// Writes spaces as a visible character, as sentencepiece does, and cuts before them.
struct Metaspace: Sendable {
  enum Prepend: String, Sendable { case first, never, always }

  let replacement: [UInt8]
  let prepend: Prepend
  let splits: Bool

  init(replacement: [UInt8], prepend: Prepend, splits: Bool) {
    (self.replacement, self.prepend, self.splits) = (replacement, prepend, splits)
  }

  init(_ node: ConfigNode) throws {
    var replacement: [UInt8] = []
    replacement.append(scalar: try node.needed("replacement").scalar())
    self.replacement = replacement
    splits = try node.bool("split", default: true)
    let scheme = try node.string("prepend_scheme", default: "always")
    guard var prepend = Prepend(rawValue: scheme) else { throw node.error("there is no prepend_scheme '\(scheme)'") }
    if try node.child("add_prefix_space")?.bool() == false {
      guard prepend == .never || node.child("prepend_scheme") == nil else {
        throw node.error("add_prefix_space does not go with prepend_scheme '\(scheme)'")
      }
      prepend = .never
    }
    self.prepend = prepend
  }

  func apply(_ text: inout TextPieces) {
    text.rewrite { text, piece in
      var new = NormalizedText(bytes: [], starts: [], ends: [], origin: text.origin)
      text.align()
      new.bytes.reserveCapacity(text.bytes.count + text.bytes.count / 2 + 4)
      let needsFirst =
        text.bytes.first != 32 && !text.bytes.starts(with: replacement) && !text.bytes.isEmpty
        && (prepend == .always || prepend == .first && piece.originStart == 0)
      if needsFirst {
        for byte in replacement { new.append(byte, text.starts[0], text.ends[0]) }
      }
      for i in text.bytes.indices {
        if text.bytes[i] == 32 {
          for byte in replacement { new.append(byte, text.starts[i], text.ends[i]) }
        } else {
          new.append(text.bytes[i], text.starts[i], text.ends[i])
        }
      }
      text = new
    }
    guard splits else { return }
    text.split(.mergedWithNext) { bytes, start, end, found in
      TextPattern.findLiteral(replacement, bytes, start, end, found)
    }
  }
}

extension NormalizedText {
  @inline(__always)
  mutating func append(_ byte: UInt8, _ start: UInt32, _ end: UInt32) {
    bytes.append(byte)
    starts.append(start)
    ends.append(end)
  }
}
