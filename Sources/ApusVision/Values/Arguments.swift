import ApusCore
import ApusFunctional

/// One number or several where torchvision takes either: `30`, `(-30, 30)`, `[0.8, 1.2]` or `0.8...1.2`.
public protocol NumberList: Sendable {
  /// The numbers.
  var numberList: [Double] { get }
}
extension Int: NumberList {
  public var numberList: [Double] { [Double(self)] }
}
extension Double: NumberList {
  public var numberList: [Double] { [self] }
}
extension Array: NumberList where Element: NumberList {
  public var numberList: [Double] { flatMap(\.numberList) }
}
extension ClosedRange: NumberList where Bound: NumberList {
  public var numberList: [Double] { lowerBound.numberList + upperBound.numberList }
}

/// The numbers of an argument, none where it was left out.
func numbers<each Number: NumberList>(_ number: repeat each Number) -> [Double] {
  var all: [Double] = []
  for part in repeat each number { all += part.numberList }
  return all
}

/// What lies outside of a picture that was moved: one number, one for each channel, nothing in particular (nil, which is 0), or
/// another for each kind of value.
///
///     RandomRotation(30, fill: 127)
///     RandomRotation(30, fill: [1, 2, 3])
///     RandomRotation(30, fill: [.image: 127, .mask: 0])
public struct Fill: Sendable, Hashable {
  /// The numbers for a kind; nil for none.
  private var kinds: [VisionKind: [Double]?]
  /// As Python writes it.
  let text: String

  private init(_ kinds: [VisionKind: [Double]?], _ text: String) {
    self.kinds = kinds
    self.text = text
  }

  /// One number, or one for each channel; nil for none.
  public init(_ values: [Double]?) {
    self.init([.others: values], values.map { "[" + $0.map(python).joined(separator: ", ") + "]" } ?? "None")
  }
  /// One number for all channels.
  public init(_ value: Double) { self.init([.others: [value]], python(value)) }
  /// One number for all channels.
  public init(_ value: Int) { self.init([.others: [Double(value)]], "\(value)") }
  /// Numbers for each kind; kinds that are not named take those of ``VisionKind/others``, or none.
  public init(_ kinds: [VisionKind: Fill]) {
    let text = kinds.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue): \($0.value.text)" }
    self.init(
      kinds.reduce(into: [:]) { $0[$1.key] = $1.value.values(for: .others) }, "{" + text.joined(separator: ", ") + "}")
  }

  /// The numbers for a value of that kind.
  func values(for kind: VisionKind) -> [Double]? { (kinds[kind] ?? kinds[.others] ?? nil) }
}

extension Fill: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByNilLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(integerLiteral value: Int) { self.init(value) }
  public init(floatLiteral value: Double) { self.init(value) }
  public init(nilLiteral: ()) { self.init(nil as [Double]?) }
  public init(arrayLiteral elements: Double...) { self.init(elements) }
  public init(dictionaryLiteral elements: (VisionKind, Fill)...) {
    self.init(Dictionary(elements, uniquingKeysWith: { $1 }))
  }
}

/// How a picture is read between its pixels, torchvision's `InterpolationMode`.
public enum ImageInterpolation: String, NamedChoice, Sendable, Hashable {
  /// The nearest pixel, as OpenCV finds it.
  case nearest
  /// The nearest pixel, as Pillow and scikit-image find it.
  case nearestExact = "nearest-exact"
  /// Straight lines.
  case bilinear
  /// Cubic curves.
  case bicubic
  /// The mean of an area; of a ``PILImage`` only.
  case box
  /// A windowed sinc over two pixels; of a ``PILImage`` only.
  case hamming
  /// A windowed sinc over six pixels; only with antialiasing.
  case lanczos
}

/// What stands around a picture that is padded.
public enum PaddingMode: String, NamedChoice, Sendable, Hashable {
  /// A number.
  case constant
  /// The nearest pixel of the border.
  case edge
  /// The picture mirrored at its outer pixels, which are not repeated.
  case reflect
  /// The picture mirrored at its border, outer pixels repeated.
  case symmetric
}

// MARK: As Python writes values

/// A number with a point.
func python(_ value: Double) -> String {
  if value == .infinity { return "inf" }
  if value == -.infinity { return "-inf" }
  if value.isNaN { return "nan" }
  return "\(value)"
}
func python(_ value: Bool) -> String { value ? "True" : "False" }
func pythonList(_ values: [Double]) -> String { "[" + values.map(python).joined(separator: ", ") + "]" }
func pythonList(_ values: [Int]) -> String { "[" + values.map { "\($0)" }.joined(separator: ", ") + "]" }
func pythonTuple(_ values: [Double]) -> String {
  "(" + values.map(python).joined(separator: ", ") + (values.count == 1 ? ",)" : ")")
}
func pythonTuple(_ values: [Int]) -> String {
  "(" + values.map { "\($0)" }.joined(separator: ", ") + (values.count == 1 ? ",)" : ")")
}
