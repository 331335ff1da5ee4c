import ApusCore

/// Processes laid out in a grid whose dimensions have names: PyTorch's `DeviceMesh`.
///
///     let mesh = try DeviceMesh([2, 2], names: ["data", "tensor"])
///     let model = try parallelize(model, mesh["tensor"], plan: plan)  // within rows
///     let mean = try mesh.group("data").allReduce(x, .mean)           // within columns
///
/// The ranks of the group lie in it row by row: the last dimension holds neighbours, which is where most is sent. Each dimension
/// has a ``ProcessGroup`` of the ranks that differ in it alone.
public struct DeviceMesh: Sendable {
  /// A dimension.
  struct Axis: Sendable {
    let name: String
    let size: Int
    /// How far apart neighbours are among the ranks of ``world``.
    let stride: Int
    let group: ProcessGroup
  }

  /// The group that was laid out.
  public let world: ProcessGroup
  let axes: [Axis]

  /// Lays `group` out in a grid. All its members call it.
  ///
  /// - Parameters:
  ///   - shape: how many processes there are along each dimension; their product is the size of the group.
  ///   - names: one for each dimension; nil: `dim_0`, `dim_1`, ...
  ///   - group: nil: all processes; ``initProcessGroup(timeout:)`` is called where nobody has done so.
  public init(_ shape: [Int], names: [String]? = nil, group: ProcessGroup? = nil) throws(TensorError) {
    let world: ProcessGroup
    if let group {
      world = group
    } else {
      world = try ProcessGroup.isInitialized ? ProcessGroup.world : initProcessGroup()
    }
    let names = names ?? shape.indices.map { "dim_\($0)" }
    guard !shape.isEmpty, shape.allSatisfy({ $0 > 0 }) else {
      throw TensorError(
        .shape, "DeviceMesh",
        "a mesh has one dimension at least, each of 1 or more processes, and was asked for as \(shape)")
    }
    guard names.count == shape.count else {
      throw TensorError(
        .value, "DeviceMesh", "\(shape.count) dimensions need as many names, and \(names.count) were given: \(names)")
    }
    try Self.checkNames(names)
    guard shape.reduce(1, { $0.clampedMultiplying($1) }) == world.size else {
      throw TensorError(
        .shape, "DeviceMesh",
        "a mesh of \(shape) has \(shape.reduce(1) { $0.clampedMultiplying($1) }) processes, and the group '\(world.name)' "
          + "has \(world.size); start as many, or choose sizes whose product is \(world.size)")
    }
    var axes: [Axis] = []
    var stride = world.size
    for (name, size) in zip(names, shape) {
      stride /= size
      let coordinate = world.rank / stride % size
      guard let part = try world.split(color: world.rank - coordinate * stride, key: coordinate) else { continue }
      axes.append(Axis(name: name, size: size, stride: stride, group: part))
    }
    (self.world, self.axes) = (world, axes)
  }

  private init(_ world: ProcessGroup, _ axes: [Axis]) { (self.world, self.axes) = (world, axes) }

  private static func checkNames(_ names: [String]) throws(TensorError) {
    guard Set(names).count == names.count, !names.contains("") else {
      throw TensorError(.value, "DeviceMesh", "names of dimensions must differ and not be empty, and are \(names)")
    }
  }

  /// How many processes there are along each dimension.
  public var shape: [Int] { axes.map(\.size) }
  /// The names of the dimensions.
  public var names: [String] { axes.map(\.name) }
  /// The number of dimensions.
  public var rank: Int { axes.count }
  /// The number of processes.
  public var size: Int { shape.reduce(1, *) }
  /// Where this process stands along each dimension.
  public var coordinates: [Int] { axes.map(\.group.rank) }

  /// The ranks in ``world`` of the processes that this one shares the mesh with, row by row.
  public var ranks: [Int] {
    axes.reduce([base]) { ranks, axis in ranks.flatMap { rank in (0..<axis.size).map { rank + $0 * axis.stride } } }
  }

  /// The rank in ``world`` of the process at the origin of this one's mesh.
  private var base: Int { world.rank - axes.reduce(0) { $0 + $1.group.rank * $1.stride } }

  private func axis(_ name: String) throws(TensorError) -> Axis {
    guard let found = axes.first(where: { $0.name == name }) else {
      throw TensorError(
        .value, "DeviceMesh", "there is no dimension '\(name)' in a mesh of \(described); its names are \(names)")
    }
    return found
  }

  private func axis(_ dim: Int) throws(TensorError) -> Axis {
    guard axes.indices.contains(dim) else {
      throw TensorError(.dimension, "DeviceMesh", "there is no dimension \(dim) in a mesh of \(described)")
    }
    return axes[dim]
  }

  /// The part of the mesh that this process is in, of these dimensions alone, in their order.
  public subscript(_ names: String...) -> DeviceMesh {
    get throws(TensorError) {
      try Self.checkNames(names)
      var chosen: [Axis] = []
      for name in names { chosen.append(try axis(name)) }
      return DeviceMesh(world, chosen)
    }
  }

  /// The processes that differ from this one in the dimension of that name alone.
  public func group(_ name: String) throws(TensorError) -> ProcessGroup { try axis(name).group }

  /// The processes that differ from this one in dimension `dim` alone.
  public func group(_ dim: Int) throws(TensorError) -> ProcessGroup { try axis(dim).group }

  /// The group of a mesh of one dimension.
  public var group: ProcessGroup {
    get throws(TensorError) {
      guard axes.count == 1 else {
        throw TensorError(
          .dimension, "DeviceMesh",
          "a mesh of \(described) has \(axes.count) groups; name a dimension: group(\"\(names[0])\")")
      }
      return axes[0].group
    }
  }

  /// How many processes there are along the dimension of that name.
  public func size(_ name: String) throws(TensorError) -> Int { try axis(name).size }

  /// Where this process stands along the dimension of that name.
  public func coordinate(_ name: String) throws(TensorError) -> Int { try axis(name).group.rank }

  /// The processes of the mesh in one dimension, row by row, with a group of their own. All members of ``world`` call it.
  ///
  /// - Parameter name: that of the dimension; nil: the names joined by underscores.
  public func flatten(_ name: String? = nil) throws(TensorError) -> DeviceMesh {
    if axes.count == 1, name == nil { return self }
    let strides = axes.map(\.stride)
    guard zip(axes, axes.dropFirst()).allSatisfy({ $0.stride == $1.stride * $1.size }), let stride = strides.last
    else {
      throw TensorError(
        .dimension, "DeviceMesh", "only neighbouring dimensions in their order can be made one, and these are \(names)")
    }
    guard let group = try world.split(color: base, key: world.rank) else { return self }
    return DeviceMesh(
      world, [Axis(name: name ?? names.joined(separator: "_"), size: size, stride: stride, group: group)])
  }

  var described: String { zip(names, shape).map { "\($0): \($1)" }.joined(separator: ", ") }

  /// Whether both lay the same processes out alike.
  static func == (a: DeviceMesh, b: DeviceMesh) -> Bool {
    a.world === b.world && a.names == b.names && a.axes.map(\.stride) == b.axes.map(\.stride) && a.shape == b.shape
  }
}

extension DeviceMesh: CustomStringConvertible {
  public var description: String { "DeviceMesh(\(described); this process at \(coordinates))" }
}

/// ``DeviceMesh/init(_:names:group:)`` under PyTorch's name.
public func initDeviceMesh(
  _ shape: [Int], names: [String]? = nil, group: ProcessGroup? = nil
) throws(TensorError) -> DeviceMesh {
  try DeviceMesh(shape, names: names, group: group)
}
