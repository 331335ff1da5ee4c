import ApusCore
import ApusText

/// The classes that labels name.
struct LabelTable {
  /// The names of the classes in the order of their numbers; none where labels are numbers to be predicted.
  let names: [String]
  private let numbers: [String: Int]

  /// - Parameter names: the classes as they are given; found in `labels` if there are none.
  /// - Throws: `TensorError` where whole numbers are no classes.
  init(_ labels: [ChatValue], names given: [String]) throws(TensorError) {
    if !given.isEmpty {
      names = given
    } else if labels.allSatisfy({ Self.index($0) != nil }) {
      let most = labels.compactMap(Self.index).max() ?? -1
      guard most < Self.mostClasses, !labels.contains(where: { (Self.index($0) ?? 0) < 0 }) else {
        throw TensorError(
          .value, "data",
          "the labels are whole numbers of which one is less than 0 or \(Self.mostClasses) or more; "
            + "classes count from 0, and numbers to be predicted have a point")
      }
      names = most < 0 ? [] : (0...most).map { "\($0)" }
    } else if labels.allSatisfy({ Self.number($0) != nil }) {
      names = []
    } else {
      names = Array(Set(labels.map(Self.name))).sorted()
    }
    numbers = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// - Throws: `TensorError` where the label is none of the classes.
  func value(_ label: ChatValue) throws(TensorError) -> LabelValue {
    if names.isEmpty { return .number(Self.number(label) ?? 0) }
    if let number = numbers[Self.name(label)] { return .index(number) }
    if let index = Self.index(label), names.indices.contains(index) { return .index(index) }
    throw TensorError(
      .value, "data",
      "a label is \(label.json), and the classes are \(names.prefix(10).joined(separator: ", "))")
  }

  private static let mostClasses = 1 << 20

  private static func name(_ label: ChatValue) -> String { label.string ?? label.json }

  private static func index(_ label: ChatValue) -> Int? {
    switch label {
    case .int(let number): number
    case .bool(let truth): truth ? 1 : 0
    case .string(let text): Int(text)
    case .null, .double, .array, .object: nil
    }
  }

  private static func number(_ label: ChatValue) -> Double? {
    switch label {
    case .double(let number): number
    case .string(let text): Double(text)
    case .null, .bool, .int, .array, .object: index(label).map { Double($0) }
    }
  }
}
