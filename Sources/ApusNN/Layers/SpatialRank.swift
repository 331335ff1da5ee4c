import ApusCore

// Layers of sequences, images and volumes are one class each, generic over the number of spatial dimensions, under the names
// that PyTorch gives to each of them: `Conv2d` is `Convolution<Spatial2d>`.

/// A number of spatial dimensions that layers work on.
public protocol SpatialRank: Sendable {
  /// 1 for sequences, 2 for images, 3 for volumes.
  static var rank: Int { get }
}

/// Sequences `[N, C, L]`.
public enum Spatial1d: SpatialRank { public static var rank: Int { 1 } }
/// Images `[N, C, H, W]`.
public enum Spatial2d: SpatialRank { public static var rank: Int { 2 } }
/// Volumes `[N, C, D, H, W]`.
public enum Spatial3d: SpatialRank { public static var rank: Int { 3 } }

extension SpatialRank {
  /// The one of three functions that is for this many dimensions.
  static func pick<Function>(_ one: Function, _ two: Function, _ three: Function) -> Function {
    switch rank {
    case 1: one
    case 2: two
    default: three
    }
  }

  /// One number for all spatial dimensions as one for each; others as they are, for the functions to report.
  static func each(_ sizes: [Int]) -> [Int] {
    sizes.count == 1 ? [Int](repeating: sizes[0], count: rank) : sizes
  }

  /// Whether `x` has the spatial dimensions and the channels, with a batch or without one; reported otherwise.
  static func takes(_ x: Tensor, _ name: String) -> Bool { hasRank(x, rank + 1...rank + 2, name) }
}

/// Whether the number of dimensions of `x` lies in `ranks`; reported otherwise.
func hasRank(_ x: Tensor, _ ranks: ClosedRange<Int>, _ name: String) -> Bool {
  if ranks.contains(x.rank) || x.hasFailed { return true }
  let asked = ranks.count == 1 ? "\(ranks.lowerBound)" : "\(ranks.lowerBound) or \(ranks.upperBound)"
  report(TensorError(.shape, name, "needs an input of \(asked) dimensions, and found \(x.shape)"))
  return false
}
