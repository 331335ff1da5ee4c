/// A token within a word: its number and the bytes of the word that it stands for.
struct WordToken {
  var id: UInt32
  var start: UInt32
  var end: UInt32
}

/// Words that have been made tokens of: texts repeat their words. A thread has one of its own; when it is full, it starts anew.
final class WordCache {
  private struct Slot {
    var hash: UInt32
    var length: UInt32
    var place: UInt32
    var first: UInt32
    var count: UInt32
  }

  /// Longer words are not kept.
  static let longest = 64
  private static let mostWords = 1 << 16
  private let slots: UnsafeMutablePointer<Slot>
  private let mask = 2 * mostWords - 1
  private var words: [UInt8] = []
  private var tokens: [WordToken] = []
  private var count = 0

  init() {
    slots = .allocate(capacity: 2 * Self.mostWords)
    slots.initialize(repeating: Slot(hash: 0, length: 0, place: 0, first: 0, count: 0), count: 2 * Self.mostWords)
    words.reserveCapacity(1 << 16)
    tokens.reserveCapacity(1 << 16)
  }

  deinit { slots.deallocate() }

  /// Adds the tokens of a word to `out`, if the word is here.
  @inline(__always)
  func find(_ word: UnsafePointer<UInt8>, _ length: Int, _ out: inout [WordToken]) -> Bool {
    let hash = UInt32(truncatingIfNeeded: hashBytes(word, length))
    var slot = Int(hash) & mask
    while slots[slot].length != 0 {
      let entry = slots[slot]
      if entry.hash == hash, entry.length == UInt32(length) {
        let isEqual = words.withUnsafeBufferPointer { words in
          words.baseAddress.map { equalBytes($0 + Int(entry.place), word, length) } ?? false
        }
        if isEqual {
          if entry.count == 1 {
            out.append(tokens[Int(entry.first)])
          } else {
            out.append(contentsOf: tokens[Int(entry.first)..<Int(entry.first + entry.count)])
          }
          return true
        }
      }
      slot = (slot + 1) & mask
    }
    return false
  }

  /// Keeps the tokens of a word.
  func keep(_ word: UnsafePointer<UInt8>, _ length: Int, _ new: ArraySlice<WordToken>) {
    guard length > 0, length <= Self.longest else { return }
    if count >= Self.mostWords {
      slots.update(repeating: Slot(hash: 0, length: 0, place: 0, first: 0, count: 0), count: 2 * Self.mostWords)
      words.removeAll(keepingCapacity: true)
      tokens.removeAll(keepingCapacity: true)
      count = 0
    }
    let hash = UInt32(truncatingIfNeeded: hashBytes(word, length))
    var slot = Int(hash) & mask
    while slots[slot].length != 0 { slot = (slot + 1) & mask }
    slots[slot] = Slot(
      hash: hash, length: UInt32(length), place: UInt32(words.count), first: UInt32(tokens.count),
      count: UInt32(new.count))
    words.append(contentsOf: UnsafeBufferPointer(start: word, count: length))
    tokens.append(contentsOf: new)
    count += 1
  }
}
