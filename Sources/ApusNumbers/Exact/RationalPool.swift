import ApusCore

/// A fraction of whole numbers of any size, in lowest terms and with a positive denominator.
struct BigFraction: Hashable, Sendable {
  let (numerator, denominator): (BigInteger, BigInteger)

  /// The fraction; the denominator is not 0.
  init(_ numerator: BigInteger, _ denominator: BigInteger) {
    let divisor = BigInteger.gcd(numerator, denominator)
    let (n, d) = (numerator.dividedWithRest(by: divisor).quotient, denominator.dividedWithRest(by: divisor).quotient)
    (self.numerator, self.denominator) = d.isNegative ? (-n, -d) : (n, d)
  }

  static func == (a: BigFraction, b: BigFraction) -> Bool {
    a.numerator == b.numerator && a.denominator == b.denominator
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(numerator)
    hasher.combine(denominator)
  }
}

/// The fractions that do not fit into an element, each once, so that equal elements are equal bytes.
private struct RationalPool {
  var fractions: [Int64: BigFraction] = [:]
  var numbers: [BigFraction: Int64] = [:]
  /// Numbers are not used twice: an element whose fraction was released finds none.
  var next: Int64 = 0
}

private let pool = Lock(RationalPool())

extension Rational {
  /// The number of a fraction in the pool, which keeps it.
  static func keep(_ fraction: BigFraction) -> Int64 {
    pool.withLock { pool in
      if let known = pool.numbers[fraction] { return known }
      let number = pool.next
      pool.next += 1
      pool.fractions[number] = fraction
      pool.numbers[fraction] = number
      return number
    }
  }

  /// The fraction of this number; nil if it was released.
  static func kept(_ number: Int64) -> BigFraction? { pool.withLock { $0.fractions[number] } }

  /// How many fractions that are too large for an element are kept.
  public static var pooledCount: Int { pool.withLock { $0.fractions.count } }

  /// Runs `body` and releases the large fractions that were made meanwhile, in this thread or another: elements that stand for
  /// them are not numbers from then on. Results that are needed later must be small fractions, or converted to another type
  /// within.
  public static func releasing<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    let first = pool.withLock { $0.next }
    defer {
      pool.withLock { pool in
        for number in first..<pool.next {
          if let fraction = pool.fractions.removeValue(forKey: number) { pool.numbers[fraction] = nil }
        }
      }
    }
    return try body()
  }
}
