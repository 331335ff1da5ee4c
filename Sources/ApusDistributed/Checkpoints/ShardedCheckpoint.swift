import ApusCore
import ApusFormats
import ApusNN
import ApusOptim

/// A checkpoint that ``saveSharded(_:to:group:)`` wrote, or the weights of a model in Hugging Face's form, read by any number of ranks: each reads what it
/// needs. Files are mapped into memory when something of them is asked for.
///
///     let checkpoint = try ShardedCheckpoint(path: "checkpoints")
///     try checkpoint.load(into: model)
///     try checkpoint.load(into: optimizer, of: model)
///     let epoch = checkpoint.texts["epoch"]
public final class ShardedCheckpoint: Sendable {
  /// The folder.
  public let path: String
  let index: ShardIndex
  private let files: Lock<[Int: SafetensorsFile]>

  /// Opens the folder at `path`: with `checkpoint.json`, or with `model.safetensors` or `model.safetensors.index.json`, whose tensors are
  /// then those of the prefix `model`.
  /// - Throws: `TensorError` of kind `file` where there is neither, of kind `format` where the index does not fit together.
  public init(path: String) throws(TensorError) {
    let folder = expandedPath(path)
    self.path = folder
    if folderContents(folder).contains(ShardIndex.fileName) {
      index = try ShardIndex(folder: folder)
      files = Lock([:])
      return
    }
    let names = folderContents(folder)
    let shards: [SafetensorsFile]
    if names.contains("model.safetensors.index.json") {
      shards = try ShardedSafetensors(path: folder).shards
    } else if names.contains("model.safetensors") {
      shards = [try SafetensorsFile(path: "\(folder)/model.safetensors")]
    } else if names.contains(where: { $0.hasPrefix("shard-") || $0.hasPrefix(".shard-") }) {
      throw TensorError(
        .file, folder,
        "there are files of ranks and no \(ShardIndex.fileName): the first checkpoint in this folder was begun, and the ranks ended before "
          + "all had written; there is nothing in it to go on from"
      )
    } else {
      throw TensorError(
        .file, folder,
        "there is no \(ShardIndex.fileName), model.safetensors or model.safetensors.index.json in this folder; give that of a checkpoint"
      )
    }
    var index = ShardIndex()
    for (i, file) in shards.enumerated() {
      index.files.append(splitPath(file.path).name)
      for entry in file.entries {
        let type = try file.type(of: entry)
        index.tensors[join("model", entry.name)] = .init(
          dtype: type.dtype.name, shape: type.shape,
          pieces: [.init(file: i, key: entry.name, offset: type.shape.map { _ in 0 }, shape: type.shape)])
      }
    }
    self.index = index
    files = Lock(Dictionary(uniqueKeysWithValues: shards.enumerated().map { ($0, $1) }))
  }

  /// The names of all tensors, sorted.
  public var names: [String] { index.tensors.keys.sorted() }
  /// The texts that were saved.
  public var texts: [String: String] { index.texts }

  /// Shape and element type of a tensor.
  /// - Throws: `TensorError` of kind `index` where there is none of that name.
  public func type(of name: String) throws(TensorError) -> TensorType {
    let entry = try entry(name)
    guard let dtype = DType(name: entry.dtype) else {
      throw TensorError(
        .unsupported, path, "'\(name)' has elements of type '\(entry.dtype)', which this program does not know")
    }
    return TensorType(entry.shape, dtype)
  }

  /// A whole tensor.
  /// - Throws: `TensorError` of kind `index` where there is none of that name; of kind `format` where the files do not have what the index says.
  public func tensor(named name: String) throws(TensorError) -> Tensor {
    let entry = try entry(name)
    return try tensor(named: name, offset: entry.shape.map { _ in 0 }, shape: entry.shape)
  }

  /// A box of a tensor: of the files only what lies in it is read.
  /// - Throws: as ``tensor(named:)``, and of kind `shape` where the box does not lie in the tensor.
  public func tensor(named name: String, offset: [Int], shape: [Int]) throws(TensorError) -> Tensor {
    let (entry, type) = (try entry(name), try type(of: name))
    guard Box.fits(offset, shape, in: entry.shape) else {
      throw TensorError(
        .shape, path, "'\(name)' has the shape \(entry.shape), in which there is no part of shape \(shape) at \(offset)"
      )
    }
    let result = try ProcessGroup.room(shape, type.dtype, "ShardedCheckpoint")
    for piece in entry.pieces where Box.intersection((piece.offset, piece.shape), (offset, shape)) != nil {
      let file = try file(piece.file)
      let found = try file.entry(named: piece.key)
      guard try file.type(of: found) == TensorType(piece.shape, type.dtype) else {
        throw TensorError(
          .format, file.path,
          "'\(piece.key)' is \(found.dtypeName)\(found.shape), and the index says \(type.dtype)\(piece.shape)")
      }
      do {
        try file.withBytes(of: found) { bytes in
          Box.copy(
            from: bytes, (piece.offset, piece.shape), to: result.body.data, (offset, shape), width: type.dtype.size)
        }
      } catch {
        throw error as? TensorError ?? TensorError(.file, file.path, "\(error)")
      }
      file.forgetPages(of: piece.key)
    }
    return result
  }

  private func entry(_ name: String) throws(TensorError) -> ShardIndex.Entry {
    if let entry = index.tensors[name] { return entry }
    let guess = nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    throw TensorError(.index, path, "the checkpoint has no tensor '\(name)'\(guess)")
  }

  func file(_ number: Int) throws(TensorError) -> SafetensorsFile {
    if let known = files.withLock({ $0[number] }) { return known }
    let opened = try SafetensorsFile(path: "\(path)/\(index.files[number])")
    files.withLock { $0[number] = opened }
    return opened
  }

  // MARK: Into modules and optimisers

  /// The tensors under `prefix`, with the rest of their names: what ``ShardedState/add(_:prefix:)`` took.
  public func state(_ prefix: String) throws(TensorError) -> StateDict {
    var state = StateDict()
    for name in names where name.hasPrefix(prefix + ".") {
      state[String(name.dropFirst(prefix.count + 1))] = try tensor(named: name)
    }
    return state
  }

  /// Stores what this rank needs in the parameters and buffers of a module, sharded, divided in any way or not at all.
  ///
  /// - Parameter prefix: what the names in the checkpoint begin with.
  /// - Throws: `TensorError` that names what is missing or of another shape; nothing has been stored then.
  public func load(into module: any Module, prefix: String = "model") throws(TensorError) {
    try load(module.namedState(), Swift.type(of: module).typeName, prefix)
  }

  /// Stores what the stages of this rank have.
  /// - Throws: as ``load(into:prefix:)-(any_Module,_)``.
  public func load(into schedule: PipelineSchedule, prefix: String = "model") throws(TensorError) {
    try load(schedule.namedState(), "the stages", prefix)
  }

  private func load(
    _ named: [(name: String, tensor: Tensor)], _ what: String, _ prefix: String
  ) throws(TensorError) {
    var problems: [String] = []
    for (name, tensor) in named {
      let shape = StateLayout(of: tensor).wholeShape
      guard let entry = index.tensors[join(prefix, name)] else {
        problems.append("missing: \(name)")
        continue
      }
      if entry.shape != shape {
        problems.append("wrong shape: \(name) is \(entry.shape) in the checkpoint and \(shape) in the module")
      }
    }
    guard problems.isEmpty else {
      let rest = problems.count > 20 ? "\n  and \(problems.count - 20) more" : ""
      throw TensorError(
        .state, path,
        "the checkpoint does not fit \(what):\n  \(problems.prefix(20).joined(separator: "\n  "))\(rest)")
    }
    for (name, tensor) in named {
      if let value = try part(join(prefix, name), StateLayout(of: tensor)) { tensor.store(value) }
    }
  }

  /// What this rank has of a tensor; nil where that is nothing.
  private func part(_ name: String, _ layout: StateLayout) throws(TensorError) -> Tensor? {
    try layout.joined { box throws(TensorError) in try tensor(named: name, offset: box.offset, shape: box.extent) }
  }

  /// A tensor laid out in a mesh, of which each rank reads its part.
  ///
  /// - Parameter placements: one for each dimension of the mesh, `.shard` or `.replicate`; of another layout than it was saved with as well.
  /// - Throws: as ``tensor(named:)``.
  public func tensor(
    named name: String, _ mesh: DeviceMesh, _ placements: [Placement]
  ) throws(TensorError) -> DTensor {
    let shape = try entry(name).shape
    let placements = try DTensor.checked(placements, mesh, shape, "ShardedCheckpoint")
    guard !placements.contains(.partial) else {
      throw TensorError(
        .value, "ShardedCheckpoint", "'\(name)' was asked for as \(placements), and is read as parts or whole")
    }
    let layout = MeshLayout(mesh: mesh, shape: shape, placements: placements)
    let part = try tensor(named: name, offset: shape.indices.map { layout.start($0) }, shape: layout.localShape)
    return DTensor(part, layout)
  }

  /// Has an optimiser go on with the states of its parameters, those of this rank.
  ///
  /// - Parameters:
  ///   - module: what has the parameters.
  ///   - prefix: what the names in the checkpoint begin with.
  /// - Throws: `TensorError` where the states are those of another kind of optimiser, or of other parameters.
  public func load(
    into optimizer: Optimizer, of module: any Module, prefix: String = "optimizer"
  ) throws(TensorError) {
    try load(into: optimizer, module.namedState(), prefix)
  }

  /// ``load(into:of:prefix:)-(_,any_Module,_)`` for the parameters of this rank's stages.
  public func load(
    into optimizer: Optimizer, of schedule: PipelineSchedule, prefix: String = "optimizer"
  ) throws(TensorError) {
    try load(into: optimizer, schedule.namedState(), prefix)
  }

  /// - Parameter owned: the numbers of the parameters whose states are wanted; nil: all.
  func load(
    into optimizer: Optimizer, _ named: [(name: String, tensor: Tensor)], _ prefix: String,
    owned: Set<Int>? = nil
  ) throws(TensorError) {
    let parameters = optimizer.parameters
    let owned = owned ?? (optimizer as? ZeroRedundancyOptimizer)?.ownedParameters
    let parameterNames = try optimizer.parameterNames(in: named)
    var places: [String: Int] = [:]
    for (i, name) in parameterNames.enumerated() { places[name] = i }
    var state = StateDict()
    let states = join(prefix, "state") + "."
    for name in names {
      if name.hasPrefix(states) {
        // What is behind the last point is the state.
        let path = name.dropFirst(states.count)
        guard let point = path.lastIndex(of: "."), let i = places[String(path[..<point])] else { continue }
        if let owned, !owned.contains(i) { continue }
        let entry = "state.\(i).\(path[path.index(after: point)...])"
        let layout = StateLayout(of: parameters[i])
        if try self.entry(name).shape == layout.wholeShape {
          if let value = try part(name, layout) {
            state[entry] = value
          } else {
            state[entry] = Tensor.zeros(parameters[i].shape, dtype: try type(of: name).dtype)
          }
        } else {
          state[entry] = try tensor(named: name)
        }
      } else if name.hasPrefix(prefix + "."), !name.hasSuffix(".params") {
        state[String(name.dropFirst(prefix.count + 1))] = try tensor(named: name)
      }
    }
    try optimizer.loadStateDict(state)
  }
}

extension ZeroRedundancyOptimizer {
  /// The numbers of the parameters whose states this rank keeps.
  var ownedParameters: Set<Int> {
    let own = Set(local.parameters.compactMap(\.variableIdentity))
    return Set(parameters.indices.filter { i in parameters[i].variableIdentity.map { own.contains($0) } ?? false })
  }
}

/// Writes the tensors under `prefix` of a sharded checkpoint as Hugging Face's libraries read them: `model.safetensors`, or files of at most
/// `maxShardSize` bytes and `model.safetensors.index.json`. One process does it, with the memory of a tensor at a time.
///
///     try consolidateCheckpoint("checkpoints", to: "model")
///
/// - Parameters:
///   - path: the folder of the checkpoint.
///   - folder: where the files go; a path that ends in `.safetensors` is one file, of any size.
///   - prefix: what the names of the tensors begin with, which is left out of them; empty: all tensors, with their whole names.
///   - maxShardSize: bytes of a file in a folder.
/// - Returns: the names of the files that were written.
/// - Throws: `TensorError` where the checkpoint cannot be read, has nothing under `prefix`, or the files cannot be written.
@discardableResult
public func consolidateCheckpoint(
  _ path: String, to folder: String, prefix: String = "model", maxShardSize: Int = 5_000_000_000
) throws -> [String] {
  let tensors = try ShardedCheckpoint(path: path).wholeTensors(prefix)
  let metadata = ["format": "pt"]
  guard folder.hasSuffix(".safetensors") else {
    return try writeShardedSafetensors(tensors, metadata: metadata, maxShardSize: maxShardSize, to: folder)
  }
  try writeSafetensors(tensors, metadata: metadata, to: folder)
  return [splitPath(folder).name]
}

extension ShardedCheckpoint {
  /// The tensors under `prefix`, each read when it is written.
  /// - Throws: `TensorError` of kind `value` where there is none.
  fileprivate func wholeTensors(_ prefix: String) throws(TensorError) -> [SafetensorsTensor] {
    var tensors: [SafetensorsTensor] = []
    for name in names where prefix.isEmpty || name.hasPrefix(prefix + ".") {
      let type = try type(of: name)
      let short = prefix.isEmpty ? name : String(name.dropFirst(prefix.count + 1))
      tensors.append(
        SafetensorsTensor(name: short, dtype: type.dtype, shape: type.shape) { body in
          try self.tensor(named: name).withUnsafeBytes { bytes in try body(bytes) }
        })
    }
    guard !tensors.isEmpty else {
      let beginnings = Set(names.compactMap { $0.split(separator: ".").first.map(String.init) }).sorted()
      throw TensorError(
        .value, path,
        "no tensor's name begins with '\(prefix).'; the names begin with \(beginnings.joined(separator: ", "))")
    }
    return tensors
  }
}
