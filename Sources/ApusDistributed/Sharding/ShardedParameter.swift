import ApusCore

/// A parameter of which each rank of a group holds some rows: the first dimension cut into parts of ceil(rows / ranks) rows, as PyTorch's
/// `fully_shard` cuts it. The last ranks may have fewer rows, or none; a parameter without dimensions is one of a single row.
///
/// The variable stays the one that the module and its optimiser have. Between calls it holds this rank's rows, [own rows, ...].
final class ShardedParameter: Sendable {
  /// The variable.
  let handle: Tensor
  let name: String
  /// Shape and type of the whole parameter.
  let type: TensorType
  let group: ProcessGroup
  /// The group of those that hold the same rows; nil where nobody else does.
  let replicas: ProcessGroup?

  init(_ handle: Tensor, name: String, group: ProcessGroup, replicas: ProcessGroup?) {
    self.handle = handle
    self.name = name
    type = handle.type
    self.group = group
    self.replicas = replicas
  }

  /// The size of the first dimension.
  var rows: Int { type.shape.first ?? 1 }
  /// Elements of a row.
  var rowCount: Int { type.shape.dropFirst().reduce(1, *) }
  /// The most rows that a rank has.
  var chunkRows: Int { (rows + group.size - 1) / group.size }
  /// Elements that each rank gives to a collective, the rows that the last ones lack included.
  var chunkCount: Int { chunkRows * rowCount }

  /// The rows of a rank.
  func range(of rank: Int) -> Range<Int> {
    let first = min(rank * chunkRows, rows)
    return first..<min(first + chunkRows, rows)
  }

  /// The rows of this rank.
  var ownRange: Range<Int> { range(of: group.rank) }
  /// The shape of what this rank holds.
  var ownShape: [Int] { [ownRange.count] + type.shape.dropFirst() }

  /// This rank's rows of a whole parameter.
  func own(of whole: Tensor) -> Tensor {
    // A copy: a view would keep the memory of the whole.
    noGrad { part(of: whole, rank: group.rank).clone() }
  }

  private func part(of whole: Tensor, rank: Int) -> Tensor {
    let range = range(of: rank)
    return whole.detach().reshape([rows] + type.shape.dropFirst()).narrow(0, range.lowerBound, range.count)
  }

  /// This rank's rows of the parameter that the first rank has, which sends each its own.
  func rowsOfFirstRank() throws(TensorError) -> Tensor {
    let isFirst = group.rank == 0
    let nothing = Tensor.zeros([0], dtype: type.dtype)
    let sent = (0..<group.size).map { rank in isFirst ? noGrad { part(of: handle, rank: rank) } : nothing }
    let shapes = (0..<group.size).map { $0 == 0 ? ownShape : [0] }
    let own = try group.exchange(sent, receiving: shapes, "rows of \(name)")[0]
    return try replicas?.broadcast(own, from: 0) ?? own
  }
}

/// The parameters that are sharded at present, by the identity of their variables.
private let shardedParameters = Lock<[ObjectIdentifier: WeakParameter]>([:])

private struct WeakParameter: Sendable {
  weak var parameter: ShardedParameter?
}

extension ShardedParameter {
  /// How the parameter behind `handle` is sharded; nil where it is not.
  static func of(_ handle: Tensor) -> ShardedParameter? {
    handle.variableIdentity.flatMap { of($0) }
  }

  /// ``of(_:)`` by the identity of the variable.
  static func of(_ identity: ObjectIdentifier) -> ShardedParameter? {
    shardedParameters.withLock { $0[identity]?.parameter }
  }

  /// Lets ``of(_:)`` find it.
  func register() {
    guard let identity = handle.variableIdentity else { return }
    shardedParameters.withLock { known in
      known = known.filter { $0.value.parameter != nil }
      known[identity] = WeakParameter(parameter: self)
    }
  }
}
