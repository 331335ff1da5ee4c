import ApusCore
import ApusNumerics
import ApusFunctional

// Padding layers. `padding` is one number for all ends of the spatial dimensions, or one for each end, the last dimension
// first. The input may lack the batch.

extension SpatialRank {
  fileprivate static func ends(_ padding: [Int]) -> [Int] {
    padding.count == 1 ? [Int](repeating: padding[0], count: 2 * rank) : padding
  }
}

/// What a ``Padding`` puts around.
public protocol PaddingKind: Sendable {
  /// How elements beyond the borders come about.
  static var mode: PadMode { get }
  /// The layer's name in front of `Pad2d`.
  static var name: String { get }
}

/// Mirrored at the borders, which are not repeated.
public enum ReflectionPadding: PaddingKind {
  public static var mode: PadMode { .reflect }
  public static var name: String { "Reflection" }
}
/// The border elements repeated.
public enum ReplicationPadding: PaddingKind {
  public static var mode: PadMode { .replicate }
  public static var name: String { "Replication" }
}
/// Continued from the other end.
public enum CircularPadding: PaddingKind {
  public static var mode: PadMode { .circular }
  public static var name: String { "Circular" }
}
/// Zeros around.
public enum ZeroPadding: PaddingKind {
  public static var mode: PadMode { .constant }
  public static var name: String { "Zero" }
}

/// Elements around that the kind of padding makes.
public final class Padding<Spatial: SpatialRank, Kind: PaddingKind>: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public static var typeName: String { "\(Kind.name)Pad\(Spatial.rank)d" }

  /// `padding` is a number for all sides, or two for each dimension from the last one on: `(left, right, top,
  /// bottom)`.
  public init<each Ends: SpatialSize>(padding: (repeat each Ends)) {
    self.padding = Spatial.ends(sizes(repeat each padding) ?? [])
  }

  public func forward(_ x: Tensor) -> Tensor {
    Spatial.takes(x, Self.typeName) ? x.pad(padding, mode: Kind.mode) : x
  }

  public var extraRepresentation: String { pythonTuple(padding) }
}

/// A constant around.
public final class ConstantPadding<Spatial: SpatialRank>: Layer {
  public let state = ModuleState()
  public let padding: [Int]
  public let value: Double
  public static var typeName: String { "ConstantPad\(Spatial.rank)d" }

  /// `value` on all sides, or as many as two numbers for each dimension from the last one on say: `(left, right, top,
  /// bottom)`.
  public init<each Ends: SpatialSize>(padding: (repeat each Ends), value: Double) {
    self.padding = Spatial.ends(sizes(repeat each padding) ?? [])
    self.value = value
  }

  public func forward(_ x: Tensor) -> Tensor {
    Spatial.takes(x, Self.typeName) ? x.pad(padding, value: value) : x
  }

  public var extraRepresentation: String { "padding=\(pythonTuple(padding)), value=\(value)" }
}

/// Mirrored at the borders, which are not repeated, for `[N, C, L]`.
public typealias ReflectionPad1d = Padding<Spatial1d, ReflectionPadding>
/// Mirrored at the borders, which are not repeated, for `[N, C, H, W]`.
public typealias ReflectionPad2d = Padding<Spatial2d, ReflectionPadding>
/// Mirrored at the borders, which are not repeated, for `[N, C, D, H, W]`.
public typealias ReflectionPad3d = Padding<Spatial3d, ReflectionPadding>
/// The border elements repeated, for `[N, C, L]`.
public typealias ReplicationPad1d = Padding<Spatial1d, ReplicationPadding>
/// The border elements repeated, for `[N, C, H, W]`.
public typealias ReplicationPad2d = Padding<Spatial2d, ReplicationPadding>
/// The border elements repeated, for `[N, C, D, H, W]`.
public typealias ReplicationPad3d = Padding<Spatial3d, ReplicationPadding>
/// Continued from the other end, for `[N, C, L]`.
public typealias CircularPad1d = Padding<Spatial1d, CircularPadding>
/// Continued from the other end, for `[N, C, H, W]`.
public typealias CircularPad2d = Padding<Spatial2d, CircularPadding>
/// Continued from the other end, for `[N, C, D, H, W]`.
public typealias CircularPad3d = Padding<Spatial3d, CircularPadding>
/// Zeros around, for `[N, C, L]`.
public typealias ZeroPad1d = Padding<Spatial1d, ZeroPadding>
/// Zeros around, for `[N, C, H, W]`.
public typealias ZeroPad2d = Padding<Spatial2d, ZeroPadding>
/// Zeros around, for `[N, C, D, H, W]`.
public typealias ZeroPad3d = Padding<Spatial3d, ZeroPadding>
/// A constant around, for `[N, C, L]`.
public typealias ConstantPad1d = ConstantPadding<Spatial1d>
/// A constant around, for `[N, C, H, W]`.
public typealias ConstantPad2d = ConstantPadding<Spatial2d>
/// A constant around, for `[N, C, D, H, W]`.
public typealias ConstantPad3d = ConstantPadding<Spatial3d>
