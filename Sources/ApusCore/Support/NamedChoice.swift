/// An option that is one of a few names, which may be written as a case or as the text that PyTorch has: `reduction: .sum` and
/// `reduction: "sum"`. Another text is a mistake that lists the names.
public protocol NamedChoice: RawRepresentable, CaseIterable, ExpressibleByStringLiteral where RawValue == String {}

extension NamedChoice {
  public init(stringLiteral name: String) { self.init(named: name) }

  /// The choice of that name; the first one, reported as a mistake, where there is none.
  public init(named name: String) {
    guard let first = Self.allCases.first else { preconditionFailure("\(Self.self) has no cases") }
    self.init(named: name, or: first)
  }
}

extension RawRepresentable where Self: CaseIterable, RawValue == String {
  /// The choice of that name; `other`, reported as a mistake, where there is none.
  package init(named name: String, or other: Self) {
    guard let known = Self(rawValue: name) else {
      let choices = Self.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      report(TensorError(.value, "\(Self.self)", "has no choice \"\(name)\"; there are \(choices)"))
      self = other
      return
    }
    self = known
  }
}
