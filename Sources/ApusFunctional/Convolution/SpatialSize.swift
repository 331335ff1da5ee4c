import ApusCore

// The numbers of convolutions and poolings: one for all spatial dimensions, or one for each.

/// A number for all spatial dimensions (`3`) or one for each (`[3, 5]`, `(3, 5)`), as PyTorch's kernel sizes and strides.
///
/// Functions take sizes as `(repeat each Size)`, which a single value, a tuple and nothing at all can be: a tuple cannot
/// conform to a protocol, its elements can.
public protocol SpatialSize: Sendable {
  /// The sizes, one for all dimensions or one for each.
  var spatialSizes: [Int] { get }
}
/// A size of one dimension: a number, or nil where the size stays as it is.
public protocol SpatialNumber: SpatialSize {}

extension Int: SpatialNumber {
  public var spatialSizes: [Int] { [self] }
}
extension Int?: SpatialSize, SpatialNumber {
  /// -1 stands for PyTorch's None.
  public var spatialSizes: [Int] { [self ?? -1] }
}
extension Array: SpatialSize where Element: SpatialNumber {
  public var spatialSizes: [Int] { (self as? [Int]) ?? flatMap(\.spatialSizes) }
}

/// The numbers of a size; nil where none was given.
package func sizes<each Size: SpatialSize>(_ size: repeat each Size) -> [Int]? {
  var numbers: [Int] = []
  for part in repeat each size { numbers += part.spatialSizes }
  return numbers.isEmpty ? nil : numbers
}

/// The padding of a convolution: a number, one for each dimension, or `"same"` and `"valid"`.
public protocol ConvolutionPadding: Sendable {
  /// The padding that it stands for.
  var paddingMode: ConvolutionPaddingMode { get }
}

/// How a convolution pads.
public enum ConvolutionPaddingMode: ConvolutionPadding, Hashable {
  /// Zeros at both ends: one number for all spatial dimensions, or one for each.
  case each([Int])
  /// As much as keeps the sizes, with stride 1; an odd zero goes to the far end.
  case keepSize
  /// None.
  case none

  public var paddingMode: ConvolutionPaddingMode { self }
}

/// Paddings that have a name.
public enum PaddingName: String, ConvolutionPadding, CaseIterable {
  /// As much as keeps the sizes, with stride 1.
  case same
  /// No padding.
  case valid

  public var paddingMode: ConvolutionPaddingMode { self == .same ? .keepSize : .none }
}
extension String: ConvolutionPadding {
  /// The padding of that name; a mistake with any other.
  public var paddingMode: ConvolutionPaddingMode { PaddingName(named: self, or: .valid).paddingMode }
}
extension Int: ConvolutionPadding {
  public var paddingMode: ConvolutionPaddingMode { .each([self]) }
}
extension [Int]: ConvolutionPadding {
  public var paddingMode: ConvolutionPaddingMode { .each(self) }
}

/// What a padding given as a value, a tuple or not at all says.
package func paddingMode<each Padding: ConvolutionPadding>(_ padding: repeat each Padding) -> ConvolutionPaddingMode {
  var modes: [ConvolutionPaddingMode] = []
  for part in repeat each padding { modes.append(part.paddingMode) }
  guard modes.count > 1 else { return modes.first ?? .each([0]) }
  return .each(
    modes.flatMap { mode in
      guard case .each(let numbers) = mode else {
        report(TensorError(.value, "padding", "a name stands for all dimensions: write it without a tuple"))
        return [0]
      }
      return numbers
    })
}

/// One number for each of `rank` dimensions, `least` or more.
package func perDimension(
  _ values: [Int], _ rank: Int, least: Int = .min, _ what: String, _ operation: String
) throws(TensorError) -> [Int] {
  guard values.allSatisfy({ $0.magnitude < 1 << 31 }) else {
    throw TensorError(.value, operation, "\(what) \(values) is out of range: numbers must be below 2^31")
  }
  guard values.allSatisfy({ $0 >= least }) else {
    throw TensorError(.value, operation, "\(what) must be \(least) or more, and found \(values)")
  }
  if values.count == rank { return values }
  guard values.count == 1 else {
    throw TensorError(
      .value, operation, "\(what) needs one number or \(rank), one for each spatial dimension, and found \(values)")
  }
  return [Int](repeating: values[0], count: rank)
}
