import ApusCore

/// Elements of an attribute or dataset.
public enum HDF5Value: Sendable {
  /// Numbers, true and false.
  case numbers(Tensor)
  /// Texts, in row-major order of the shape.
  case texts([String], shape: [Int])
  /// Nothing, which a file can say of an attribute.
  case empty

  /// The one text that it is.
  public var text: String? { if case .texts(let texts, _) = self, texts.count == 1 { texts[0] } else { nil } }

  /// The texts; none for numbers without elements, as which some writers store an empty list.
  public var texts: [String]? {
    switch self {
    case .texts(let texts, _): texts
    case .numbers(let tensor): tensor.count == 0 ? [] : nil
    case .empty: []
    }
  }
}

/// Type and shape of a dataset.
public struct HDF5Description: Sendable, Hashable {
  /// The element type; nil for texts.
  public let dtype: DType?
  /// The size of each dimension; none for a single element.
  public let shape: [Int]
}
