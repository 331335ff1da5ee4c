import ApusCore

// The numbers of convolutions and poolings: one for all spatial dimensions, or one for each.

/// A number for all spatial dimensions (`3`) or one for each (`[3, 5]`), as PyTorch's kernel sizes and strides.
public protocol SpatialSize: Sendable {
  var spatialSizes: [Int] { get }
}
extension Int: SpatialSize {
  public var spatialSizes: [Int] { [self] }
}
extension [Int]: SpatialSize {
  public var spatialSizes: [Int] { self }
}

/// The padding of a convolution: a number, one for each dimension, `.same` or `.valid`.
public protocol ConvolutionPadding: Sendable {
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
extension Int: ConvolutionPadding {
  public var paddingMode: ConvolutionPaddingMode { .each([self]) }
}
extension [Int]: ConvolutionPadding {
  public var paddingMode: ConvolutionPaddingMode { .each(self) }
}
extension ConvolutionPadding where Self == ConvolutionPaddingMode {
  /// As much as keeps the sizes, with stride 1.
  public static var same: ConvolutionPaddingMode { .keepSize }
  /// No padding.
  public static var valid: ConvolutionPaddingMode { .none }
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
