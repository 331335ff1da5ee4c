import ApusCore
import ApusMedia

/// Which rows of a table are looked at together.
///
///     [.whole, .column("sex"), .columns(["sex", "island"]), .ranges("body_mass_g", at: [3500, 4500]), .value("sex", "male")]
public struct SliceSpecification: Sendable, Hashable {
  enum Part: Sendable, Hashable {
    /// Each value of the column.
    case values(String)
    /// This value alone.
    case value(String, String)
    /// Ranges of numbers, with these boundaries.
    case ranges(String, [Double])

    var column: String {
      switch self {
      case .values(let name), .value(let name, _), .ranges(let name, _): name
      }
    }
  }

  let parts: [Part]

  /// All rows.
  public static let whole = SliceSpecification(parts: [])

  /// A slice for each value of a column: text, whole number or truth value; missing ones are a slice too.
  public static func column(_ name: String) -> SliceSpecification { SliceSpecification(parts: [.values(name)]) }

  /// A slice for each combination of values of columns.
  public static func columns(_ names: [String]) -> SliceSpecification {
    SliceSpecification(parts: names.map { .values($0) })
  }

  /// The rows that have this value in a column.
  public static func value(_ column: String, _ value: String) -> SliceSpecification {
    SliceSpecification(parts: [.value(column, value)])
  }

  /// A slice for each range of a column of numbers: below the first boundary, from each to the next, from the last on.
  /// - Parameter boundaries: in rising order.
  public static func ranges(_ column: String, at boundaries: [Double]) -> SliceSpecification {
    SliceSpecification(parts: [.ranges(column, boundaries)])
  }

  /// Each combination of two specifications: `.column("sex") * .ranges("body_mass_g", at: [4000])`.
  public static func * (a: SliceSpecification, b: SliceSpecification) -> SliceSpecification {
    SliceSpecification(parts: a.parts + b.parts)
  }

  func check() throws(TensorError) {
    let names = parts.map(\.column)
    guard Set(names).count == names.count else {
      throw TensorError(.value, "SlicedEvaluation", "a slice has a column twice: \(names)")
    }
    for case .ranges(let name, let bounds) in parts {
      guard !bounds.isEmpty, bounds.allSatisfy(\.isFinite), zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 })
      else {
        throw TensorError(
          .value, "SlicedEvaluation", "the ranges of '\(name)' are at \(bounds); give finite boundaries in rising order"
        )
      }
    }
  }

  /// The slice of each row; nil where a row is in none.
  func keys(_ table: Table) throws(TensorError) -> [SliceKey?] {
    var keys = [SliceKey?](repeating: .whole, count: table.rows)
    for part in parts {
      let texts = try Self.texts(part, table)
      for row in keys.indices {
        guard let key = keys[row], let text = texts[row] else {
          keys[row] = nil
          continue
        }
        keys[row] = SliceKey(members: key.members + [SliceKey.Member(column: part.column, value: text)])
      }
    }
    return keys
  }

  private static func texts(_ part: Part, _ table: Table) throws(TensorError) -> [String?] {
    let operation = "SlicedEvaluation"
    let name = part.column
    let column = try table.column(name, operation)
    if case .ranges(_, let bounds) = part {
      let edges = ["-inf"] + bounds.map(plainNumber) + ["inf"]
      return try column.numbers(name, operation).map { number in
        guard !number.isNaN else { return SliceKey.missing }
        let place = bounds.firstIndex { number < $0 } ?? bounds.count
        return "[\(edges[place]), \(edges[place + 1]))"
      }
    }
    var texts: [String] = []
    texts.reserveCapacity(table.rows)
    if column.isWhole {
      let isBool = column.type.decoded == .bool
      texts = try column.wholes(name, operation).map {
        $0 == .min ? SliceKey.missing : isBool ? ($0 == 0 ? "false" : "true") : "\($0)"
      }
    } else if column.type.isText || column.type.decoded == .null {
      try column.forEachText(name, operation) { text in
        texts.append(text.map { String(decoding: $0, as: UTF8.self) } ?? SliceKey.missing)
      }
    } else {
      throw TensorError(
        .dtype, operation,
        "the column '\(name)' holds \(column.type), of which slices are ranges: .ranges(\"\(name)\", at: [...])")
    }
    guard case .value(_, let wanted) = part else { return texts }
    return texts.map { $0 == wanted ? $0 : nil }
  }
}

/// A number as short as it can be written.
func plainNumber(_ number: Double) -> String {
  if number == number.rounded(), abs(number) < 1e15 { return "\(Int(number))" }
  return "\(number)"
}

/// The name of a slice: columns with their values; without any it is all rows.
public struct SliceKey: Sendable, Hashable, CustomStringConvertible {
  /// A column and its value.
  public struct Member: Sendable, Hashable {
    /// The name of the column.
    public let column: String
    /// The value as text: a text, a number, a range `[3500, 4500)`; empty for a missing one.
    public let value: String

    /// A column with a value.
    public init(column: String, value: String) { (self.column, self.value) = (column, value) }
  }

  /// What a missing value is called.
  static let missing = ""

  /// All rows.
  public static let whole = SliceKey(members: [])

  /// In the order of the specification.
  public let members: [Member]

  /// The slice of these columns and values.
  public init(members: [Member]) { self.members = members }

  /// The slice of one value.
  public init(_ column: String, _ value: String) { self.init(members: [Member(column: column, value: value)]) }

  public var description: String {
    members.isEmpty
      ? "all rows"
      : members.map { $0.value == Self.missing ? "\($0.column) missing" : "\($0.column)=\($0.value)" }
        .joined(separator: ", ")
  }
}
