import ApusCore
import ApusFormats

// What a sharded checkpoint holds, and whether its files are what the index says: for people.

extension ShardedCheckpoint {
  /// A file of a checkpoint.
  public struct ShardFile: Sendable {
    /// Its name in the folder.
    public let name: String
    /// The rank that wrote it; nil: the file does not say.
    public let rank: Int?
    /// Its size in bytes; nil: it is not there, or not what the index says it is.
    public let bytes: Int?
    /// How many pieces of tensors the index says are in it.
    public let pieces: Int
    /// What is wrong with it; nil: nothing that its header shows.
    public let problem: String?
  }

  /// A tensor of a checkpoint.
  public struct TensorLine: Sendable {
    /// Its name.
    public let name: String
    /// Element type and whole shape.
    public let type: TensorType
    /// How many pieces it is in.
    public let pieces: Int
    /// The size of the whole in bytes.
    public var bytes: Int { type.shape.reduce(1, *) * type.dtype.size }
  }

  /// All tensors, sorted by name.
  public var tensors: [TensorLine] {
    names.compactMap { name in
      guard let entry = index.tensors[name], let dtype = DType(name: entry.dtype) else { return nil }
      return TensorLine(name: name, type: TensorType(entry.shape, dtype), pieces: entry.pieces.count)
    }
  }

  /// The files, in the order of the index. Headers are read, elements are not.
  public var shardFiles: [ShardFile] {
    index.files.indices.map { number in
      let pieces = index.tensors.values.reduce(0) { $0 + $1.pieces.count { $0.file == number } }
      let name = index.files[number]
      do throws(TensorError) {
        let file = try file(number)
        let end = file.entries.map(\.byteRange.upperBound).max() ?? 0
        let problem = problems(of: number, in: file).first
        return ShardFile(
          name: name, rank: file.metadata["apus.rank"].flatMap { Int($0) }, bytes: end, pieces: pieces, problem: problem
        )
      } catch {
        return ShardFile(name: name, rank: nil, bytes: nil, pieces: pieces, problem: error.message)
      }
    }
  }

  /// Files of ranks in the folder that belong to no finished checkpoint: one is being written, or was begun and not ended.
  public var unfinishedFiles: [String] {
    let known = Set(index.files)
    return folderContents(path).filter { name in
      (name.hasPrefix("shard-") || name.hasPrefix(".shard-")) && !known.contains(name)
    }.sorted()
  }

  /// Reads all of the checkpoint.
  /// - Returns: what is wrong: files that are missing or cut short, pieces of another type or shape than the index says, bytes that are not those that were
  ///   written; and how many pieces have a check of their bytes, of how many.
  public func verify() -> (problems: [String], checked: Int, pieces: Int) {
    var found: [String] = []
    var (checked, pieces) = (0, 0)
    for number in index.files.indices {
      let name = index.files[number]
      let file: SafetensorsFile
      do throws(TensorError) { file = try self.file(number) } catch {
        found.append("\(name): \(error.message)")
        continue
      }
      found += problems(of: number, in: file).map { "\(name): \($0)" }
      for (tensor, entry) in index.tensors.sorted(by: { $0.key < $1.key }) {
        for piece in entry.pieces where piece.file == number {
          pieces += 1
          guard let expected = piece.crc32, let place = try? file.entry(named: piece.key) else { continue }
          checked += 1
          let check = try? file.withBytes(of: place) { CRC32.of($0) }
          file.forgetPages(of: piece.key)
          if let check, check != expected {
            found.append(
              "\(name): the bytes of '\(tensor)' at \(piece.offset) are not those that were written: their check is \(check), and was \(expected)"
            )
          }
        }
      }
    }
    return (found, checked, pieces)
  }

  /// What the header of a file has in another way than the index.
  private func problems(of number: Int, in file: SafetensorsFile) -> [String] {
    var found: [String] = []
    for (name, entry) in index.tensors.sorted(by: { $0.key < $1.key }) {
      for piece in entry.pieces where piece.file == number {
        guard let place = try? file.entry(named: piece.key) else {
          found.append("'\(name)' at \(piece.offset) is missing; the index says that it is there as '\(piece.key)'")
          continue
        }
        let type = try? file.type(of: place)
        if type?.dtype.name != entry.dtype || type?.shape != piece.shape {
          found.append(
            "'\(piece.key)' is \(place.dtypeName)\(place.shape), and the index says \(entry.dtype)\(piece.shape)")
        }
      }
    }
    return found
  }
}
