/// What a regular expression says.
indirect enum PatternSyntax: Sendable {
  case empty
  case literal([UInt8])
  case set(ScalarClass)
  case sequence([PatternSyntax])
  case alternatives([PatternSyntax])
  case loop(PatternSyntax, least: Int, most: Int, Greed)
  case look(PatternSyntax, isAhead: Bool, isNegated: Bool)
  case atomic(PatternSyntax)
  case assertion(Assertion)

  enum Greed: Sendable { case greedy, lazy, possessive }
  enum Assertion: Sendable { case start, end, endOrNewline, lineStart, lineEnd, boundary, notBoundary }

  /// Whether it matches one scalar, always.
  var single: ScalarClass? {
    switch self {
    case .set(let set): return set
    case .literal(let bytes):
      let scalars = bytes.scalars
      return scalars.count == 1 ? ScalarClass([scalars[0]...scalars[0]]) : nil
    default: return nil
    }
  }

  /// How many scalars it can match; nil where there is no end to them.
  var widths: ClosedRange<Int>? {
    switch self {
    case .empty, .look, .assertion: return 0...0
    case .literal(let bytes):
      let count = bytes.scalars.count
      return count...count
    case .set: return 1...1
    case .atomic(let inner): return inner.widths
    case .sequence(let items):
      var (low, high) = (0, 0)
      for item in items {
        guard let width = item.widths else { return nil }
        (low, high) = (low + width.lowerBound, high + width.upperBound)
      }
      return low...high
    case .alternatives(let items):
      var (low, high) = (Int.max, 0)
      for item in items {
        guard let width = item.widths else { return nil }
        (low, high) = (min(low, width.lowerBound), max(high, width.upperBound))
      }
      return min(low, high)...high
    case .loop(let inner, let least, let most, _):
      guard let width = inner.widths, most < 1 << 16 else { return nil }
      return width.lowerBound * least...width.upperBound * most
    }
  }
}

/// Which dialect a pattern is written in; they differ in what a sign after `{n,m}` means.
enum PatternDialect: Sendable {
  /// Oniguruma's Ruby syntax, which Hugging Face's tokenizers read.
  case oniguruma
  /// That of Perl, which tiktoken reads.
  case perl
}

/// What is wrong with a pattern, or with the attempt to match it.
struct PatternMistake: Error {
  let description: String
  var kind = Kind.syntax
  enum Kind { case syntax, unsupported, tooLong }
}
