import ApusText

extension TokenVocabulary {
  /// The bytes of a tokeniser's tokens: what grammars go by. Tokens that are special are no text.
  public init(_ tokenizer: Tokenizer) {
    let count = min(tokenizer.vocabularySize, 1 << 24)
    // Vocabularies of bytes write each byte as a letter, those of sentencepiece a space as a low line.
    let isBytes = tokenizer.tokenToId("\u{120}") != nil || tokenizer.tokenToId("\u{10a}") != nil
    let added = Set(tokenizer.addedTokens.map(\.content))
    self.init(
      (0..<count).map { id in
        guard let token = tokenizer.idToToken(id), !tokenizer.isSpecial(id) else { return [] }
        if added.contains(token) { return Array(token.utf8) }
        if isBytes { return byteLetters(token) ?? Array(token.utf8) }
        if token.utf8.count == 6, token.hasPrefix("<0x"), token.hasSuffix(">"),
          let byte = UInt8(token.dropFirst(3).dropLast(), radix: 16)
        {
          return [byte]
        }
        return token.unicodeScalars.flatMap { $0 == "\u{2581}" ? [32] : Array(String($0).utf8) }
      })
  }
}

/// The bytes that letters stand for in GPT-2's vocabulary: visible ones for themselves, others for letters from 256 on, in order.
private func byteLetters(_ token: String) -> [UInt8]? {
  var bytes: [UInt8] = []
  for letter in token.unicodeScalars {
    guard let byte = letterBytes[letter.value] else { return nil }
    bytes.append(byte)
  }
  return bytes
}

private let letterBytes: [UInt32: UInt8] = {
  var letters: [UInt32: UInt8] = [:]
  var next: UInt32 = 256
  for byte in UInt8.min...UInt8.max {
    if (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174 {
      letters[UInt32(byte)] = byte
    } else {
      letters[next] = byte
      next += 1
    }
  }
  return letters
}()
