import ApusCore
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Writes a checkpoint of which each rank writes what it has, all at once: PyTorch's `torch.distributed.checkpoint.save`.
///
/// The folder, which all ranks see, has then one safetensors file for each rank that writes and `checkpoint.json`, which says where the pieces of each
/// tensor are. A tensor that several ranks have is written once, by the one that has least to write. The files of each checkpoint have names of their
/// own, and the index takes the place of the former one in one step when all are on disk: whatever happens meanwhile, the former checkpoint or
/// this one is there whole. Files that no index names are removed afterwards.
///
/// All members of the group call it.
/// - Parameters:
///   - state: what this rank has.
///   - folder: made where it is not there.
///   - group: who has the state together; nil: all ranks.
/// - Throws: `TensorError` on all ranks alike where pieces do not make whole tensors, or where one of the ranks cannot write.
public func saveSharded(_ state: ShardedState, to folder: String, group: ProcessGroup? = nil) throws(TensorError) {
  let group = if let group { group } else { try ProcessGroup.world }
  let folder = expandedPath(folder)
  let own = state.pieces.map { PieceLine($0) }
  let lines = try group.allGatherObject(own)
  let plan = try ShardPlan(lines)
  // A number that no earlier checkpoint in the folder has.
  let id = try group.broadcastObject(String(UInt64.random(in: 0...UInt64.max), radix: 36), from: 0)
  let name = "shard-\(id)-\(group.rank).safetensors"
  let mine = plan.places.filter { $0.rank == group.rank }
  var outcome = ShardOutcome()
  if !mine.isEmpty || group.rank == 0 {
    do {
      try makeFolders(folder)
      let tensors = mine.map { place in
        let tensor = state.pieces[place.piece].tensor
        return SafetensorsTensor(name: own[place.piece].key, dtype: tensor.dtype, shape: tensor.shape) { body in
          try tensor.withUnsafeBytes { bytes in try body(bytes) }
        }
      }
      try writeSafetensors(
        tensors, metadata: ["apus.checkpoint": id, "apus.rank": "\(group.rank)"], to: "\(folder)/\(name)")
      for place in mine {
        outcome.checks[own[place.piece].key] = state.pieces[place.piece].tensor.withUnsafeBytes { CRC32.of($0) }
      }
    } catch {
      outcome.problem = "\(error)"
    }
  }
  let outcomes = try group.allGatherObject(outcome)
  if let rank = outcomes.firstIndex(where: { !$0.problem.isEmpty }) {
    unlink("\(folder)/\(name)")
    throw TensorError(.file, "saveSharded", "rank \(rank) could not write its part: \(outcomes[rank].problem)")
  }
  var ending: String?
  if group.rank == 0 {
    do {
      let index = plan.index(lines, id, texts: state.texts, checks: outcomes.map(\.checks))
      try writeText(try index.text(), to: "\(folder)/\(ShardIndex.fileName)")
      removeOthers(in: folder, but: index.files)
      ending = ""
    } catch {
      ending = "\(error)"
    }
  }
  let message = try group.broadcastObject(ending, from: 0)
  if !message.isEmpty {
    throw TensorError(.file, "saveSharded", "rank 0 could not write the index: \(message)")
  }
}

/// Removes the files of other checkpoints, whole or begun.
private func removeOthers(in folder: String, but files: [String]) {
  let kept = Set(files)
  for name in folderContents(folder) where !kept.contains(name) {
    let isShard = name.hasPrefix("shard-") && name.hasSuffix(".safetensors")
    let isBegun = (name.hasPrefix(".shard-") || name.hasPrefix(".\(ShardIndex.fileName)")) && name.hasSuffix(".tmp")
    if isShard || isBegun { unlink("\(folder)/\(name)") }
  }
}

/// What a rank says of the file that it has written.
private struct ShardOutcome: Codable, Sendable {
  /// Why it could not; empty: it could.
  var problem = ""
  /// Cyclic redundancy checks of the pieces, by their names in the file.
  var checks: [String: UInt32] = [:]
}

/// What ranks tell each other of a piece.
private struct PieceLine: Codable, Sendable {
  let name: String
  let dtype: String
  let whole: [Int]
  let offset: [Int]
  let shape: [Int]
  let bytes: Int

  init(_ piece: TensorPiece) {
    name = piece.name
    dtype = piece.tensor.dtype.name
    whole = piece.wholeShape
    offset = piece.offset
    shape = piece.tensor.shape
    bytes = piece.tensor.count * piece.tensor.dtype.size
  }

  /// The name in a file.
  var key: String { shape == whole ? name : name + "@" + offset.map(String.init).joined(separator: ",") }
}

/// Who writes which piece. All ranks make the same one.
private struct ShardPlan {
  struct Place {
    let rank: Int
    /// The number of the piece among those of the rank.
    let piece: Int
  }
  private(set) var places: [Place] = []

  init(_ lines: [[PieceLine]]) throws(TensorError) {
    struct Box: Hashable {
      let offset: [Int]
      let shape: [Int]
    }
    var tensors: [String: [Box: [Place]]] = [:]
    var types: [String: PieceLine] = [:]
    for (rank, lines) in lines.enumerated() {
      for (i, line) in lines.enumerated() {
        let first = types[line.name] ?? line
        types[line.name] = first
        guard first.dtype == line.dtype, first.whole == line.whole else {
          throw TensorError(
            .shape, "saveSharded",
            "'\(line.name)' is \(line.dtype)\(line.whole) on rank \(rank) and \(first.dtype)\(first.whole) on another; a tensor of a rank's "
              + "own needs a name of its own")
        }
        guard ApusDistributed.Box.fits(line.offset, line.shape, in: line.whole) else {
          throw TensorError(
            .shape, "saveSharded",
            "rank \(rank): a piece of shape \(line.shape) at \(line.offset) does not lie in '\(line.name)' of shape \(line.whole)"
          )
        }
        // What has no elements is not written, but where the whole has none.
        if line.shape.contains(0), !line.whole.contains(0) { continue }
        tensors[line.name, default: [:]][Box(offset: line.offset, shape: line.shape), default: []].append(
          Place(rank: rank, piece: i))
      }
    }
    var load = lines.map { _ in 0 }
    for name in types.keys.sorted() {
      guard let boxes = tensors[name], let type = types[name] else {
        throw TensorError(.state, "saveSharded", "no rank has elements of '\(name)'")
      }
      if !type.whole.contains(0),
        let problem = ShardIndex.problem(type.whole, boxes.keys.map { (offset: $0.offset, shape: $0.shape) })
      {
        throw TensorError(.state, "saveSharded", "'\(name)' of shape \(type.whole): \(problem)")
      }
      for box in boxes.keys.sorted(by: { $0.offset.lexicographicallyPrecedes($1.offset) }) {
        guard let place = boxes[box]?.min(by: { (load[$0.rank], $0.rank) < (load[$1.rank], $1.rank) }) else { continue }
        load[place.rank] += lines[place.rank][place.piece].bytes
        places.append(place)
      }
    }
  }

  /// - Parameter checks: of each rank, by the names of its pieces.
  func index(
    _ lines: [[PieceLine]], _ id: String, texts: [String: String], checks: [[String: UInt32]]
  ) -> ShardIndex {
    var index = ShardIndex()
    index.texts = texts
    let ranks = Array(Set(places.map(\.rank)).union([0])).sorted()
    index.files = ranks.map { "shard-\(id)-\($0).safetensors" }
    let files = Dictionary(uniqueKeysWithValues: ranks.enumerated().map { ($1, $0) })
    for place in places {
      let line = lines[place.rank][place.piece]
      index.tensors[line.name, default: .init(dtype: line.dtype, shape: line.whole, pieces: [])].pieces.append(
        .init(
          file: files[place.rank] ?? 0, key: line.key, offset: line.offset, shape: line.shape,
          crc32: checks[place.rank][line.key]))
    }
    return index
  }
}

/// Writes sharded checkpoints into a folder while the training goes on: PyTorch's `async_save`.
///
///     let writer = try ShardedCheckpointWriter(folder: "checkpoints")
///     for step in 1...1000 {
///       ...
///       if step % 100 == 0 { try writer.save(state) }     // comes back at once
///     }
///     try writer.wait()
///
/// A save waits for the one before it. Tensors are copies by value: those that are trained on meanwhile are copied when they are first changed.
public final class ShardedCheckpointWriter: Sendable {
  /// Where the checkpoints go.
  public let folder: String
  private let group: ProcessGroup
  private let monitor = Monitor()
  private let state = Lock((isBusy: false, failure: TensorError?.none))

  /// All members of the group call it, since what goes on beside the training needs a group of its own.
  /// - Parameter group: who has the states together; nil: all ranks.
  public init(folder: String, group: ProcessGroup? = nil) throws(TensorError) {
    let whole = if let group { group } else { try ProcessGroup.world }
    self.folder = folder
    self.group = try whole.split(color: 0, key: whole.rank) ?? whole
  }

  /// Begins to write; all members call it.
  /// - Throws: `TensorError` of what was wrong with the save before this one.
  public func save(_ state: ShardedState) throws(TensorError) {
    try wait()
    self.state.withLock { $0.isBusy = true }
    let isStarted = startThread { [self] in
      var failure: TensorError?
      do throws(TensorError) { try saveSharded(state, to: folder, group: group) } catch { failure = error }
      monitor.lock()
      let found = failure
      self.state.withLock { $0 = (false, found) }
      monitor.broadcast()
      monitor.unlock()
    }
    // Who cannot start a thread writes here, so that the others do not wait for it.
    if !isStarted {
      self.state.withLock { $0.isBusy = false }
      try saveSharded(state, to: folder, group: group)
    }
  }

  /// Waits until what was begun is on disk.
  /// - Throws: `TensorError` of what was wrong with it, once.
  public func wait() throws(TensorError) {
    monitor.lock()
    while state.withLock({ $0.isBusy }) { monitor.wait() }
    monitor.unlock()
    let failure = state.withLock { state in
      defer { state.failure = nil }
      return state.failure
    }
    if let failure { throw failure }
  }
}
