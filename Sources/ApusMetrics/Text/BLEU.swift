import ApusCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What BLEU and SacreBLEU share: matches of n-grams, and lengths.
public class BLEUMetric: Metric {
  private let nGram: Int
  private let smooth: Bool
  private let weights: [Double]
  private let predsLen = MetricState(0)
  private let targetLen = MetricState(0)
  private let numerator: MetricState
  private let denominator: MetricState

  fileprivate init(nGram: Int, smooth: Bool, weights: [Double]?) {
    self.nGram = max(1, nGram)
    self.smooth = smooth
    let isFitting = weights.map { $0.count == nGram } ?? true
    self.weights =
      isFitting
      ? weights ?? [Double](repeating: 1 / Double(self.nGram), count: self.nGram)
      : [Double](repeating: 1 / Double(self.nGram), count: self.nGram)
    numerator = MetricState(Tensor.zeros([self.nGram]))
    denominator = MetricState(Tensor.zeros([self.nGram]))
    super.init()
    expect(nGram >= 1, "needs n-grams of 1 word or more, and found \(nGram)")
    expect(isFitting, "needs as many weights as nGram, \(nGram), and found \(weights?.count ?? 0)")
  }

  public override var higherIsBetter: Bool? { true }

  /// The words of a text.
  fileprivate func tokens(_ text: String) -> [Word] { text.words }

  /// Adds predictions, and for each one its references.
  public func update(_ preds: [String], _ target: [[String]]) {
    updating { () throws(TensorError) in
      try requireSameCount(preds.count, target.count)
      var (hits, all) = ([Double](repeating: 0, count: nGram), [Double](repeating: 0, count: nGram))
      var (length, targets) = (0, 0)
      for (pred, references) in zip(preds, target) {
        guard !references.isEmpty else {
          throw mistake(.shape, "needs a reference for each prediction, and found none")
        }
        let (words, others) = (tokens(pred), references.map(tokens))
        length += words.count
        // The reference whose length is closest, of equal ones the first.
        targets += others.map(\.count).min { abs($0 - words.count) < abs($1 - words.count) } ?? 0
        for n in 1...nGram {
          let found = countedRuns(words, n)
          var wanted: [[Word]: Int] = [:]
          for other in others { wanted.merge(countedRuns(other, n)) { max($0, $1) } }
          for (run, count) in found {
            hits[n - 1] += Double(min(count, wanted[run] ?? 0))
            all[n - 1] += Double(count)
          }
        }
      }
      predsLen.add(length)
      targetLen.add(targets)
      numerator.add(Tensor(hits, shape: [nGram], dtype: .float32))
      denominator.add(Tensor(all, shape: [nGram], dtype: .float32))
    }
  }

  /// The value of all that was gathered.
  public func compute() -> Tensor {
    let (hits, all) = (numerator.value.doubles, denominator.value.doubles)
    guard hits.allSatisfy({ $0 > 0 }) else { return Tensor(0.0) }
    var logs = 0.0
    for n in 0..<nGram {
      let precision = smooth && n > 0 ? (hits[n] + 1) / (all[n] + 1) : hits[n] / all[n]
      logs += weights[n] * log(precision)
    }
    let (length, target) = (predsLen.value.item(), targetLen.value.item())
    let penalty = length > target ? 1 : exp(1 - target / length)
    return Tensor(penalty * exp(logs))
  }
}

/// BLEU: the geometric mean of the shares of n-grams that occur in references, with a penalty for short texts. Words stand
/// between white space.
///
/// Papineni and others, 2002: BLEU, a method for automatic evaluation of machine translation.
public final class BLEUScore: BLEUMetric, ReferencesMetric {
  /// - Parameters:
  ///   - nGram: the number of words of the longest n-grams.
  ///   - smooth: whether one is added to the counts of n-grams of two words and more.
  ///   - weights: of the n-grams; equal if nil.
  public override init(nGram: Int = 4, smooth: Bool = false, weights: [Double]? = nil) {
    super.init(nGram: nGram, smooth: smooth, weights: weights)
  }
}

/// BLEU with the tokenisers of SacreBLEU, so that scores can be compared.
///
/// Post, 2018: A call for clarity in reporting BLEU scores.
public final class SacreBLEUScore: BLEUMetric, ReferencesMetric {
  /// How texts become words.
  public enum Tokenizer: String, Sendable, Hashable, NamedChoice {
    /// Between white space.
    case none
    /// As the programs of the WMT conferences do.
    case mteval13a = "13a"
    /// Chinese characters apart; by classes of Unicode; single characters.
    case zh, intl, char
  }

  private let tokenize: Tokenizer
  private let lowercase: Bool

  /// - Parameters:
  ///   - nGram: the number of words of the longest n-grams.
  ///   - smooth: whether one is added to the counts of n-grams of two words and more.
  ///   - tokenize: how texts become words. Tokenisers with models or dictionaries (`ja-mecab`, `ko-mecab`, `flores101`,
  ///     `flores200`) are not there.
  ///   - lowercase: whether case is left out.
  ///   - weights: of the n-grams; equal if nil.
  public init(
    nGram: Int = 4, smooth: Bool = false, tokenize: Tokenizer = .mteval13a, lowercase: Bool = false,
    weights: [Double]? = nil
  ) {
    self.tokenize = tokenize
    self.lowercase = lowercase
    super.init(nGram: nGram, smooth: smooth, weights: weights)
  }

  fileprivate override func tokens(_ text: String) -> [Word] {
    let cut = String(tokenize.cut(text))
    return (lowercase ? cut.lowercased() : cut).words
  }
}

extension SacreBLEUScore.Tokenizer {
  /// The text with spaces between its words.
  fileprivate func cut(_ text: String) -> Word {
    switch self {
    case .none: return text.scalars
    case .char: return Array(text.scalars.map { [$0] }.joined(separator: [" "]))
    case .intl:
      var line = text.scalars
      line = line.replacingPairs({ !$0.isNumber }, \.isPunctuation) { [$0, " ", $1, " "] }
      line = line.replacingPairs(\.isPunctuation, { !$0.isNumber }) { [" ", $0, " ", $1] }
      return line.spaced(\.isSymbol)
    case .zh: return spacePunctuation(text.withoutOuterSpace.scalars.spaced(isChinese))
    case .mteval13a:
      var line = text.replacing("<skipped>", with: "").replacing("-\n", with: "").replacing("\n", with: " ")
      if line.contains("&") {
        for (name, sign) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
          line = line.replacing(name, with: sign)
        }
      }
      return spacePunctuation([" "] + line.scalars + [" "])
    }
  }
}

/// Spaces around punctuation, but not inside numbers.
func spacePunctuation(_ text: Word) -> Word {
  func isPoint(_ c: Unicode.Scalar) -> Bool { c == "." || c == "," }
  var line = text.spaced { c in
    switch c {
    case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
    default: false
    }
  }
  line = line.replacingPairs({ !$0.isDigitOfASCII }, isPoint) { [$0, " ", $1, " "] }
  line = line.replacingPairs(isPoint, { !$0.isDigitOfASCII }) { [" ", $0, " ", $1] }
  return line.replacingPairs(\.isDigitOfASCII, { $0 == "-" }) { [$0, " ", $1, " "] }
}

extension Unicode.Scalar {
  fileprivate var isNumber: Bool {
    switch properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: true
    default: false
    }
  }
  fileprivate var isPunctuation: Bool {
    switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      true
    default: false
    }
  }
  fileprivate var isSymbol: Bool {
    switch properties.generalCategory {
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: true
    default: false
    }
  }
}

/// Whether a character stands by itself as Chinese ones do. The ranges from 2001 and 2F81 are what torchmetrics makes of those
/// beyond the first plane.
private func isChinese(_ c: Unicode.Scalar) -> Bool {
  switch c.value {
  case 0x3400...0x4DB5, 0x4E00...0x9FA5, 0x9FA6...0x9FBB, 0xF900...0xFA2D, 0xFA30...0xFA6A, 0xFA70...0xFAD9,
    0x2001...0x2A6D, 0x2F81...0x2FA1, 0xFF00...0xFFEF, 0x2E80...0x2EFF, 0x3000...0x303F, 0x31C0...0x31EF,
    0x2F00...0x2FDF, 0x2FF0...0x2FFF, 0x3100...0x312F, 0x31A0...0x31BF, 0xFE10...0xFE1F, 0xFE30...0xFE4F,
    0x2600...0x26FF, 0x2700...0x27BF, 0x3200...0x32FF, 0x3300...0x33FF:
    true
  default: false
  }
}
