import ApusCore

/// Four-valued truth by the first digit of a number, the author's "ponegation": two ways to be false and two to be true.
///
/// The author names the values. The logic here is an engineer's reading of them as a chain I < O < A < E: negation is the complement,
/// conjunction the lesser, disjunction the greater of two. De Morgan's laws and double negation hold; "not both x and its negation" is
/// never less than A (true), as in Kleene's logics it is never false.
public enum LaegnaTruth: Int, Sendable, Hashable, CaseIterable, Comparable, CustomStringConvertible {
  /// I, negotion: false throughout.
  case negotion
  /// O, negation: rather false.
  case negation
  /// A, position: rather true.
  case position
  /// E, posetion: true throughout.
  case posetion

  /// The truth of a first digit.
  public init(_ digit: LaegnaDigit) {
    self =
      switch digit {
      case .i: .negotion
      case .o: .negation
      case .a: .position
      case .e: .posetion
      }
  }

  /// The digit.
  public var digit: LaegnaDigit { LaegnaDigit.allCases[rawValue] }
  public var description: String { String(digit.letter) }
  /// Whether this is A or E.
  public var isTrue: Bool { self >= .position }

  /// By position.
  public static func < (a: LaegnaTruth, b: LaegnaTruth) -> Bool { a.rawValue < b.rawValue }
  /// Negation: I and E, O and A change places.
  public static prefix func ! (a: LaegnaTruth) -> LaegnaTruth { LaegnaTruth(a.digit.complement) }
  /// Conjunction: the lesser of the two.
  public static func & (a: LaegnaTruth, b: LaegnaTruth) -> LaegnaTruth { min(a, b) }
  /// Disjunction: the greater of the two.
  public static func | (a: LaegnaTruth, b: LaegnaTruth) -> LaegnaTruth { max(a, b) }
  /// Implication: not a, or b.
  public func implies(_ other: LaegnaTruth) -> LaegnaTruth { !self | other }
}

extension Laegna {
  /// The truth of the first digit. Of boundary values it is that of the numbers beside them: W is I, V is O, U is A, ∩ is E.
  public var truth: LaegnaTruth {
    switch numeral {
    case .digits(let digits): LaegnaTruth(LaegnaDigit.allCases[digits.values[0]])
    case .boundary(.minusInfinity): .negotion
    case .boundary(.minusZero): .negation
    case .boundary(.zero): .position
    case .boundary(.infinity): .posetion
    }
  }
}
