import ApusCore

/// Words with numbers: the lines of a vocabulary file, from 0. Words are bytes; two that look alike but are written by other
/// bytes are two.
///
/// What is not in it has a number behind the last: their count, or with `buckets` more than one the count and the remainder of
/// ``hash(_:)`` by them, so that rare words share a few numbers.
package struct Vocabulary: Sendable {
  /// The bytes of all words, one behind the other.
  private var bytes: [UInt8] = []
  /// Word i is the bytes from offset i to offset i + 1.
  private var offsets = [0]
  /// Numbers of words by their hashes, with open addressing; -1 where none is.
  private var slots = [Int32](repeating: -1, count: 16)

  /// An empty one.
  package init() {}

  /// These words in their order.
  /// - Throws: `TensorError` of kind `value` where one is there twice.
  package init(_ words: [String], name: String) throws(TensorError) {
    for (i, word) in words.enumerated() {
      let number = Array(word.utf8).withUnsafeBytes { insert($0) }
      guard number == i else {
        throw TensorError(.value, name, "the word '\(word)' stands twice: as number \(number) and as number \(i)")
      }
    }
  }

  /// The words of a file, one a line.
  /// - Throws: `TensorError` that names the file: it cannot be read, is not UTF-8, or has a word twice.
  package init(path: String) throws(TensorError) {
    let file = try MappedFile(path: path)
    let count = file.bytes.count
    guard isUTF8(file.bytes) else {
      throw TensorError(.format, path, "a vocabulary is text in UTF-8, one word a line, and this file is not UTF-8")
    }
    var start = 0
    while start < count {
      var end = start
      while end < count, file.bytes[end] != 10 { end += 1 }
      let isEnded = end > start && file.bytes[end - 1] == 13
      let word = UnsafeRawBufferPointer(rebasing: file.bytes[start..<(isEnded ? end - 1 : end)])
      let line = self.count
      guard line < Int32.max else { throw TensorError(.format, path, "there are more than \(Int32.max) words") }
      let number = insert(word)
      guard number == line else {
        throw TensorError(
          .format, path, "line \(line + 1) repeats line \(number + 1): '\(String(decoding: word, as: UTF8.self))'")
      }
      start = end + 1
    }
  }

  /// How many words there are.
  package var count: Int { offsets.count - 1 }

  /// The word with this number.
  package subscript(number: Int) -> String {
    String(decoding: bytes[offsets[number]..<offsets[number + 1]], as: UTF8.self)
  }

  /// All words in their order.
  package var words: [String] { (0..<count).map { self[$0] } }

  /// FNV-1a of 64 bits: 14695981039346656037, and for each byte an exclusive or with it and a product with 1099511628211.
  package static func hash(_ word: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 14_695_981_039_346_656_037
    for byte in word { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
    return hash
  }

  private func isWord(_ number: Int, _ word: UnsafeRawBufferPointer) -> Bool {
    let start = offsets[number]
    guard offsets[number + 1] - start == word.count else { return false }
    return bytes.withUnsafeBytes {
      UnsafeRawBufferPointer(rebasing: $0[start..<start + word.count]).elementsEqual(word)
    }
  }

  /// The place of a word in ``slots``, or the free one that it would have.
  private func slot(_ word: UnsafeRawBufferPointer, _ hash: UInt64) -> Int {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
    while slots[place] >= 0, !isWord(Int(slots[place]), word) { place = (place + 1) & mask }
    return place
  }

  /// The number of a word, which is added where it is not there.
  package mutating func insert(_ word: UnsafeRawBufferPointer) -> Int {
    var place = slot(word, Self.hash(word))
    if slots[place] >= 0 { return Int(slots[place]) }
    if count * 2 >= slots.count {
      slots = [Int32](repeating: -1, count: slots.count * 4)
      for number in 0..<count {
        bytes.withUnsafeBytes { all in
          let known = UnsafeRawBufferPointer(rebasing: all[offsets[number]..<offsets[number + 1]])
          slots[slot(known, Self.hash(known))] = Int32(number)
        }
      }
      place = slot(word, Self.hash(word))
    }
    slots[place] = Int32(count)
    bytes.append(contentsOf: word)
    offsets.append(bytes.count)
    return count - 1
  }

  /// The number of a word; nil where it is not there.
  package func number(of word: UnsafeRawBufferPointer) -> Int? {
    let found = slots[slot(word, Self.hash(word))]
    return found >= 0 ? Int(found) : nil
  }

  /// The number of a word, or the one that unknown words have.
  /// - Parameter buckets: how many numbers unknown words share; 1 or less: one.
  package func number(of word: UnsafeRawBufferPointer, buckets: Int) -> Int {
    let hash = Self.hash(word)
    let found = slots[slot(word, hash)]
    if found >= 0 { return Int(found) }
    return count + (buckets > 1 ? Int(hash % UInt64(buckets)) : 0)
  }

  /// The numbers of the first `length` n-grams in a text, see ``forEachGram(_:upTo:_:)``, and -1 behind the last.
  package func numbers(
    inText text: UnsafeRawBufferPointer, upTo most: Int = 1, length: Int, buckets: Int
  ) -> [Int64] {
    var numbers: [Int64] = []
    numbers.reserveCapacity(length)
    Self.forEachGram(text, upTo: most) { word in
      guard numbers.count < length else { return false }
      numbers.append(Int64(number(of: word, buckets: buckets)))
      return true
    }
    numbers += repeatElement(-1, count: max(0, length - numbers.count))
    return numbers
  }

  /// Calls `body` with each word of a text and, behind it, the runs of two to `most` words that end with it, with a space between
  /// words, until it says no.
  package static func forEachGram(
    _ text: UnsafeRawBufferPointer, upTo most: Int, _ body: (UnsafeRawBufferPointer) -> Bool
  ) {
    guard most > 1 else { return forEachWord(text, body) }
    var words: [[UInt8]] = []
    forEachWord(text) { word in
      if words.count == most { words.removeFirst() }
      words.append(Array(word))
      for size in 1...words.count {
        guard Array(words.suffix(size).joined(separator: [32])).withUnsafeBytes({ body($0) }) else { return false }
      }
      return true
    }
  }

  /// Calls `body` with each word of a text, until it says no. A word is a run of letters, digits and underscores of ASCII and of all
  /// bytes from 128 on; capital letters of ASCII become small ones.
  package static func forEachWord(_ text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool) {
    var word: [UInt8] = []
    func end() -> Bool {
      defer { word.removeAll(keepingCapacity: true) }
      return word.isEmpty || word.withUnsafeBytes { body($0) }
    }
    for byte in text {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 32)
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 128...:
        word.append(byte)
      default: if !end() { return }
      }
    }
    _ = end()
  }
}
