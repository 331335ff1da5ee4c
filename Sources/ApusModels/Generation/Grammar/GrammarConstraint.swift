import ApusCore
import Synchronization

/// The bytes of the tokens of a vocabulary, in an order in which tokens with a common beginning stand together.
public struct TokenVocabulary: Sendable {
  /// The bytes of each token; none for tokens that are no text.
  let bytes: [[UInt8]]
  /// Tokens with bytes, in the order of these.
  let order: [Int32]
  /// How many bytes each of `order` has in common with the one before.
  let common: [Int32]

  /// - Parameter bytes: of each token by its number; empty for tokens that are no text (ends, padding, roles).
  public init(_ bytes: [[UInt8]]) {
    self.bytes = bytes
    let sorted = bytes.indices.filter { !bytes[$0].isEmpty }.sorted { bytes[$0].lexicographicallyPrecedes(bytes[$1]) }
    order = sorted.map { Int32($0) }
    common = sorted.indices.map { i in
      i == 0 ? 0 : Int32(zip(bytes[sorted[i - 1]], bytes[sorted[i]]).prefix { $0 == $1 }.count)
    }
  }
}

/// Texts that a grammar describes, token by token. Which tokens fit is worked out once for each state of the grammar and kept;
/// requests with the same grammar share one.
public final class GrammarConstraint: TokenConstraint {
  public let start: Int
  private let vocabulary: TokenVocabulary
  private let memory: Mutex<Memory>

  fileprivate struct Memory {
    var automaton: GrammarAutomaton
    /// A bit for each token that fits, by state.
    var masks: [Int: [UInt64]] = [:]
    /// States that come next on the way through a token, by depth.
    var path: [Int32] = []
  }

  /// Masks of so many states are kept.
  fileprivate static let mostMasks = 1024

  /// Holds texts of `vocabulary`'s tokens to `grammar`.
  public init(_ grammar: Grammar, _ vocabulary: TokenVocabulary) {
    self.vocabulary = vocabulary
    var automaton = GrammarAutomaton(grammar)
    start = Int(automaton.start())
    memory = Mutex(Memory(automaton: automaton))
  }

  public func restrict(_ scores: UnsafeMutableBufferPointer<Float>, in state: Int, ends: [Int]) {
    let (mask, isEnd) = memory.withLock { memory in
      (memory.mask(state, vocabulary), memory.automaton.isEnd(Int32(truncatingIfNeeded: state)))
    }
    let kept = isEnd ? ends.filter { scores.indices.contains($0) }.map { ($0, scores[$0]) } : []
    for word in 0..<(scores.count + 63) / 64 {
      let bits = word < mask.count ? mask[word] : 0
      if bits == .max { continue }
      for i in word * 64..<min(word * 64 + 64, scores.count) where bits >> UInt64(i & 63) & 1 == 0 {
        scores[i] = -.infinity
      }
    }
    for (token, score) in kept { scores[token] = score }
  }

  public func state(after token: Int, in state: Int) -> Int? {
    guard vocabulary.bytes.indices.contains(token), !vocabulary.bytes[token].isEmpty else { return nil }
    return memory.withLock { memory in
      var state = Int32(truncatingIfNeeded: state)
      for byte in vocabulary.bytes[token] {
        state = memory.automaton.step(state, byte)
        if state == GrammarAutomaton.dead { return nil }
      }
      return Int(state)
    }
  }

  public func mustEnd(in state: Int) -> Bool {
    memory.withLock { $0.automaton.isFinal(Int32(truncatingIfNeeded: state)) }
  }

  /// Whether a text is what the grammar describes.
  public func accepts(_ text: String) -> Bool {
    memory.withLock { memory in
      var state = Int32(truncatingIfNeeded: start)
      for byte in text.utf8 {
        state = memory.automaton.step(state, byte)
        if state == GrammarAutomaton.dead { return false }
      }
      return memory.automaton.isEnd(state)
    }
  }
}

extension GrammarConstraint.Memory {
  /// The tokens that fit in `state`, a bit for each.
  fileprivate mutating func mask(_ state: Int, _ vocabulary: TokenVocabulary) -> [UInt64] {
    if let known = masks[state] { return known }
    var mask = [UInt64](repeating: 0, count: (vocabulary.bytes.count + 63) / 64)
    // Tokens in order: what one has in common with the one before has been walked.
    path.removeAll(keepingCapacity: true)
    path.append(Int32(truncatingIfNeeded: state))
    for (rank, token) in vocabulary.order.enumerated() {
      let common = Int(vocabulary.common[rank])
      // The beginning that they share did not fit.
      if path.count <= common { continue }
      path.removeSubrange((common + 1)...)
      let bytes = vocabulary.bytes[Int(token)]
      var fits = true
      for byte in bytes[common...] {
        let next = automaton.step(path[path.count - 1], byte)
        if next == GrammarAutomaton.dead {
          fits = false
          break
        }
        path.append(next)
      }
      if fits { mask[Int(token) >> 6] |= 1 << UInt64(token & 63) }
    }
    if masks.count >= GrammarConstraint.mostMasks { masks = [:] }
    masks[state] = mask
    return mask
  }
}
