import ApusCore

/// What transforms can be called with: the values of ``VisionTensor``, what passes through (numbers, texts), and optionals, arrays and
/// dictionaries of them. Several arguments are one sample, so that all of it is transformed alike:
///
///     let (picture, boxes, label) = transform(picture, boxes, label)
///     let sample = transform(["image": .image(picture), "mask": .mask(mask)])
///
/// To conform with a type of your own, list its parts in ``parts(into:)`` and take them back in the same order.
public protocol TransformInput: Sendable {
  /// Appends the parts in order.
  func parts(into values: inout [TransformValue])
  /// The same value made of other parts, of which it takes its own from the front.
  func replacing(_ values: inout ArraySlice<TransformValue>) -> Self
}

extension VisionTensor {
  public func parts(into values: inout [TransformValue]) { values.append(transformValue) }
  public func replacing(_ values: inout ArraySlice<TransformValue>) -> Self { Self(values.removeFirst()) }
}

extension TransformValue: TransformInput {
  public func parts(into values: inout [TransformValue]) {
    if case .crops(let crops) = self {
      for crop in crops { crop.parts(into: &values) }
    } else {
      values.append(self)
    }
  }
  public func replacing(_ values: inout ArraySlice<TransformValue>) -> TransformValue {
    if case .crops(let crops) = self { return .crops(crops.map { $0.replacing(&values) }) }
    return values.removeFirst()
  }
}

/// Values that no transform changes.
public protocol PassedThrough: TransformInput {}

extension PassedThrough {
  public func parts(into values: inout [TransformValue]) { values.append(.other(self)) }
  public func replacing(_ values: inout ArraySlice<TransformValue>) -> Self {
    // Only a function of the caller's can have put another value there.
    if case .other(let value) = values.removeFirst(), let value = value as? Self { return value }
    return self
  }
}

extension Int: PassedThrough {}
extension Double: PassedThrough {}
extension Float: PassedThrough {}
extension Bool: PassedThrough {}
extension String: PassedThrough {}

extension Optional: TransformInput where Wrapped: TransformInput {
  public func parts(into values: inout [TransformValue]) { self?.parts(into: &values) }
  public func replacing(_ values: inout ArraySlice<TransformValue>) -> Wrapped? { self?.replacing(&values) }
}

extension Array: TransformInput where Element: TransformInput {
  public func parts(into values: inout [TransformValue]) { for part in self { part.parts(into: &values) } }
  public func replacing(_ values: inout ArraySlice<TransformValue>) -> [Element] { map { $0.replacing(&values) } }
}

/// Parts are visited in the order of their keys.
extension Dictionary: TransformInput where Key == String, Value: TransformInput {
  public func parts(into values: inout [TransformValue]) {
    for key in keys.sorted() { self[key]?.parts(into: &values) }
  }
  public func replacing(_ values: inout ArraySlice<TransformValue>) -> [String: Value] {
    var result = self
    for key in keys.sorted() { result[key] = self[key]?.replacing(&values) }
    return result
  }
}
