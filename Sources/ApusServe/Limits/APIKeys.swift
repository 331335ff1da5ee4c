import ApusCore
import ApusFormats

/// The keys of clients: a file with a line for each, `KEY [NAME] [REQUESTS-PER-SECOND]`; lines that begin with `#` are
/// comments.
final class APIKeys: Sendable {
  private struct Key: Sendable {
    let bytes: [UInt8]
    let name: String
    /// Requests a second; nil for any number.
    let rate: Double?
    /// How many may come at once now, and when that was worked out.
    var tokens: Double
    var time: Double
  }

  /// What becomes of a request.
  enum Verdict: Sendable, Equatable {
    case allowed(name: String)
    case unknown
    case tooMany(name: String)
  }

  private let keys: Lock<[Key]>

  /// The keys in a file.
  /// - Throws: `TensorError` that names the line which is wrong.
  init(file: String) throws {
    var keys: [Key] = []
    for (i, line) in try readText(expandedPath(file)).split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
      guard let key = words.first, !key.hasPrefix("#") else { continue }
      var rate: Double?
      if words.count > 2 {
        guard let number = Double(words[2]), number > 0, number.isFinite else {
          throw TensorError(.format, file, "line \(i + 1): '\(words[2])' is no number of requests a second")
        }
        rate = number
      }
      guard words.count <= 3, key.utf8.count >= 8 else {
        throw TensorError(
          .format, file, "line \(i + 1): needs KEY [NAME] [REQUESTS-PER-SECOND], the key of 8 characters or more")
      }
      keys.append(
        Key(
          bytes: Array(key.utf8), name: words.count > 1 ? words[1] : "key \(keys.count + 1)", rate: rate,
          tokens: max(rate ?? 1, 1), time: Clock.seconds))
    }
    guard !keys.isEmpty else { throw TensorError(.format, file, "it has no keys") }
    self.keys = Lock(keys)
  }

  /// Looks at the key of a request.
  func check(_ head: HTTPHead) -> Verdict {
    let bytes = Array(head.credential.utf8)
    let now = Clock.seconds
    return keys.withLock { keys in
      // All are compared, and each in whole: the time tells nothing of them.
      var found: Int?
      for (i, key) in keys.enumerated() where areEqualSecrets(key.bytes, bytes) { found = i }
      guard let found else { return .unknown }
      guard let rate = keys[found].rate else { return .allowed(name: keys[found].name) }
      let tokens = min(max(rate, 1), keys[found].tokens + (now - keys[found].time) * rate)
      keys[found].time = now
      keys[found].tokens = tokens >= 1 ? tokens - 1 : tokens
      return tokens >= 1 ? .allowed(name: keys[found].name) : .tooMany(name: keys[found].name)
    }
  }
}

/// Whether two secrets of equal length are equal, in a time that does not tell where they differ.
func areEqualSecrets(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  a.count == b.count && zip(a, b).reduce(0) { $0 | $1.0 ^ $1.1 } == 0
}

extension HTTPHead {
  /// The key or token of a request, `Authorization: Bearer KEY` or `X-API-Key: KEY`; empty without one.
  var credential: String {
    if let text = header("authorization"), text.lowercased().hasPrefix("bearer ") { return String(text.dropFirst(7)) }
    return header("x-api-key") ?? ""
  }
}
