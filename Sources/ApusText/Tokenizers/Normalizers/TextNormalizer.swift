import ApusFormats

/// What is done to texts before they are cut, as `normalizer` of a tokenizer.json names it.
indirect enum TextNormalizer: Sendable {
  case sequence([TextNormalizer])
  case bert(BertNormalizer)
  case form(UnicodeForm)
  case lowercase
  case strip(left: Bool, right: Bool)
  case stripAccents
  case nmt
  case replace(TextPattern, with: [UInt8])
  case prepend([UInt8])
  case byteLevel
  case precompiled(PrecompiledCharsmap)

  init(_ node: ConfigNode, depth: Int = 0) throws {
    guard depth < 32 else { throw node.error("normalisers lie in each other more than 32 deep") }
    switch try node.needed("type").string() {
    case "Sequence":
      self = .sequence(try node.needed("normalizers").items().map { try TextNormalizer($0, depth: depth + 1) })
    case "BertNormalizer", "Bert":
      let lowercases = try node.needed("lowercase").bool()
      self = .bert(
        BertNormalizer(
          cleansText: try node.needed("clean_text").bool(),
          handlesChinese: try node.needed("handle_chinese_chars").bool(),
          stripsAccents: try node.bool("strip_accents", default: lowercases), lowercases: lowercases))
    case "NFD": self = .form(.nfd)
    case "NFC": self = .form(.nfc)
    case "NFKD": self = .form(.nfkd)
    case "NFKC": self = .form(.nfkc)
    case "Lowercase": self = .lowercase
    case "Strip", "StripNormalizer":
      self = .strip(left: try node.needed("strip_left").bool(), right: try node.needed("strip_right").bool())
    case "StripAccents": self = .stripAccents
    case "Nmt": self = .nmt
    case "ByteLevel": self = .byteLevel
    case "Prepend": self = .prepend(try node.needed("prepend").bytes())
    case "Replace":
      self = .replace(try node.needed("pattern").pattern(), with: try node.needed("content").bytes())
    case "Precompiled":
      let map = try node.needed("precompiled_charsmap")
      guard let bytes = decodeBase64(try map.bytes()) else { throw map.error("this is not base64") }
      do { self = .precompiled(try PrecompiledCharsmap(bytes)) } catch { throw map.error(error.description) }
    case let name: throw node.error("there is no normaliser '\(name)'", .unsupported)
    }
  }

  func apply(_ text: inout NormalizedText, _ budget: inout TextBudget) throws(PatternMistake) {
    try budget.take(text.bytes.count)
    switch self {
    case .sequence(let items): for item in items { try item.apply(&text, &budget) }
    case .bert(let bert): bert.apply(&text)
    case .form(let form): form.apply(&text)
    case .lowercase: text.lowercase()
    case .strip(let left, let right): text.strip(left: left, right: right)
    case .stripAccents:
      if text.isASCII { return }
      let table = UnicodeTable.shared
      text.filter { table.category($0) & UnicodeTable.marks == 0 }
    case .nmt: Self.applyNmt(&text)
    case .replace(let pattern, let content): try text.replace(pattern, with: content, &budget)
    case .prepend(let prefix):
      try budget.take(prefix.count)
      text.prepend(prefix)
    case .byteLevel: ByteLetters.apply(to: &text)
    case .precompiled(let map): map.apply(&text)
    }
  }

  private static func applyNmt(_ text: inout NormalizedText) {
    text.filter { scalar in
      switch scalar {
      case 1...8, 0xb, 0xe...0x1f, 0x7f, 0x8f, 0x9f: false
      default: true
      }
    }
    func isSpace(_ scalar: UInt32) -> Bool {
      switch scalar {
      case 9, 0xa, 0xc, 0xd, 0x1680, 0x200b...0x200f, 0x2028, 0x2029, 0x2581, 0xfeff, 0xfffd: true
      default: false
      }
    }
    let scalars = text.bytes.scalars
    guard scalars.contains(where: isSpace) else { return }
    text.rebuild { text in
      for scalar in scalars { text.add(isSpace(scalar) ? 32 : scalar, 0) }
    }
  }
}
