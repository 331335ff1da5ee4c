import ApusCore
import ApusFormats

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What `checkpoint.json` says: the files of a checkpoint, and where the pieces of each tensor lie.
struct ShardIndex: Codable, Sendable {
  static let fileName = "checkpoint.json"
  static let kind = "apus sharded checkpoint"

  struct Piece: Codable, Sendable {
    /// The number of the file.
    var file: Int
    /// The name in the file.
    var key: String
    var offset: [Int]
    var shape: [Int]
    /// The cyclic redundancy check of its bytes; nil: whoever wrote it made none.
    var crc32: UInt32?
  }

  struct Entry: Codable, Sendable {
    /// The name of the element type.
    var dtype: String
    var shape: [Int]
    var pieces: [Piece]
  }

  var format = kind
  var version = 1
  var files: [String] = []
  var tensors: [String: Entry] = [:]
  var texts: [String: String] = [:]

  /// The text of the file.
  func text() throws(TensorError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    do { return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n" } catch {
      throw TensorError(.format, "saveSharded", "the index cannot be written as JSON: \(error)")
    }
  }

  /// Reads and checks the index of a folder.
  /// - Throws: `TensorError` where there is none, or one that does not fit together.
  init(folder: String) throws(TensorError) {
    let path = "\(folder)/\(Self.fileName)"
    let contents: ShardIndex
    do {
      contents = try JSONDecoder().decode(ShardIndex.self, from: Data(try readText(path).utf8))
    } catch let error as TensorError {
      throw error
    } catch {
      throw TensorError(.format, path, "this is no index of a sharded checkpoint: \(error)")
    }
    self = contents
    func failure(_ message: String) -> TensorError { TensorError(.format, path, message) }
    guard format == Self.kind, version == 1 else {
      throw failure("the format is '\(format)' of version \(version), and '\(Self.kind)' of version 1 can be read")
    }
    for file in files where file.isEmpty || file.contains("/") || file == "." || file == ".." {
      throw failure("the index names the file '\(file)'; files are in the folder of the index")
    }
    for (name, entry) in tensors {
      guard DType(name: entry.dtype) != nil else {
        throw TensorError(
          .unsupported, path, "'\(name)' has elements of type '\(entry.dtype)', which this program does not know")
      }
      guard checkedElementCount(entry.shape, elementSize: 16) != nil else {
        throw failure("'\(name)' has the impossible shape \(entry.shape)")
      }
      for piece in entry.pieces {
        guard files.indices.contains(piece.file), Box.fits(piece.offset, piece.shape, in: entry.shape) else {
          throw failure(
            "'\(name)' of shape \(entry.shape) has a piece of shape \(piece.shape) at \(piece.offset), which does not fit"
          )
        }
      }
      if let problem = Self.problem(entry.shape, entry.pieces.map { ($0.offset, $0.shape) }) {
        throw failure("'\(name)' of shape \(entry.shape): \(problem)")
      }
    }
  }

  init() {}

  /// Why these boxes are not a shape cut in pieces; nil where they are.
  static func problem(_ shape: [Int], _ boxes: [(offset: [Int], shape: [Int])]) -> String? {
    let volume = boxes.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let whole = shape.reduce(1, *)
    if boxes.isEmpty { return "there is no piece of it" }
    // Boxes inside a shape that do not overlap fill it where their volumes add up.
    let sorted = boxes.sorted { $0.offset.lexicographicallyPrecedes($1.offset) }
    for (i, a) in sorted.enumerated() {
      for b in sorted[(i + 1)...] {
        // Later ones begin behind the end of this one.
        if let first = shape.indices.first, b.offset[first] >= a.offset[first] + a.shape[first] { break }
        if Box.intersection(a, b) != nil { return "pieces at \(a.offset) and \(b.offset) overlap" }
      }
    }
    return volume == whole ? nil : "the pieces have \(volume) of its \(whole) elements"
  }
}

/// Boxes of elements, and copies between them.
enum Box {
  /// Whether a box lies inside of a shape.
  static func fits(_ offset: [Int], _ extent: [Int], in shape: [Int]) -> Bool {
    guard offset.count == shape.count, extent.count == shape.count else { return false }
    return shape.indices.allSatisfy { d in
      offset[d] >= 0 && extent[d] >= 0 && offset[d] <= shape[d] && extent[d] <= shape[d] - offset[d]
    }
  }

  /// What two boxes have in common; nil where that is nothing.
  static func intersection(
    _ a: (offset: [Int], shape: [Int]), _ b: (offset: [Int], shape: [Int])
  ) -> (offset: [Int], shape: [Int])? {
    let low = zip(a.offset, b.offset).map { max($0, $1) }
    let high = a.offset.indices.map { min(a.offset[$0] + a.shape[$0], b.offset[$0] + b.shape[$0]) }
    guard zip(low, high).allSatisfy({ $0 < $1 }) else { return nil }
    return (low, zip(low, high).map { $1 - $0 })
  }

  /// Copies what two boxes of one tensor have in common from the memory of one to that of the other, each row-major.
  static func copy(
    from source: UnsafeRawBufferPointer, _ a: (offset: [Int], shape: [Int]), to target: UnsafeMutableRawPointer,
    _ b: (offset: [Int], shape: [Int]), width: Int
  ) {
    guard let common = intersection(a, b), let base = source.baseAddress else { return }
    // Dimensions at the end that are whole in all three are one run with the one before them.
    var outer = common.shape.count
    var run = width
    while outer > 0 {
      outer -= 1
      run *= common.shape[outer]
      if common.shape[outer] != a.shape[outer] || common.shape[outer] != b.shape[outer] { break }
    }
    func start(_ box: (offset: [Int], shape: [Int])) -> (first: Int, steps: [Int]) {
      var steps = [Int](repeating: width, count: box.shape.count)
      for d in box.shape.indices.dropLast().reversed() { steps[d] = steps[d + 1] * box.shape[d + 1] }
      return (zip(zip(common.offset, box.offset), steps).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 }, steps)
    }
    let (from, to) = (start(a), start(b))
    func copy(_ d: Int, _ i: Int, _ j: Int) {
      if d == outer {
        (target + j).copyMemory(from: base + i, byteCount: run)
        return
      }
      for k in 0..<common.shape[d] { copy(d + 1, i + k * from.steps[d], j + k * to.steps[d]) }
    }
    copy(0, from.first, to.first)
  }
}
