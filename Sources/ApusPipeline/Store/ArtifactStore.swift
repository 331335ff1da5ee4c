import Apus
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The folder of a pipeline's work:
///
///     metadata.sqlite        the lineage
///     artifacts/DIGEST/      what steps made, by the digest of its contents
///     working/KEY/           a step at work: outputs/, scratch/
///     logs/EXECUTION.txt     what steps said
package struct ArtifactStore: Sendable {
  package let root: String

  /// - Throws: `TensorError` of kind `file` when the folders cannot be made.
  package init(root: String) throws(TensorError) {
    try makeFolders(root)
    guard let resolved = realpath(root, nil) else { throw fileError(root, "cannot find the folder", errno) }
    self.root = String(cString: resolved)
    free(resolved)
    try makeFolders("\(self.root)/artifacts")
    try makeFolders("\(self.root)/working")
    try makeFolders("\(self.root)/logs")
  }

  var database: String { "\(root)/metadata.sqlite" }

  /// Where the artifact with a digest lies.
  func path(_ digest: String) -> String { "\(root)/artifacts/\(digest)" }

  /// Whether the artifact is there.
  func has(_ digest: String) -> Bool { isFolder(path(digest)) }

  /// Where the log of an execution lies.
  func log(_ execution: Int) -> String { "\(root)/logs/\(execution).txt" }

  /// The place in which a step with a key works.
  func workplace(_ key: String) -> Workplace { Workplace(folder: "\(root)/working/\(key)") }

  /// The keys of the steps at work, or that were when they were ended.
  var keysAtWork: [String] {
    Set(folderContents("\(root)/working").map { $0.hasSuffix(".lock") ? String($0.dropLast(5)) : $0 }).sorted()
  }

  /// Makes an artifact of a folder, which moves. The same contents are kept once.
  func adopt(_ folder: String, digest: String) throws(TensorError) {
    let target = path(digest)
    if isFolder(folder) {
      if rename(folder, target) != 0 {
        let code = errno
        guard has(digest) else { throw fileError(target, "cannot put the artifact in place", code) }
        try removeTree(folder)
      }
      try synchronize("\(root)/artifacts")
    } else if !has(digest) {
      throw TensorError(.file, target, "the artifact is neither here nor in '\(folder)', where the step made it")
    }
  }
}

/// The place in which a step works: it stays when the step is ended before its end, and the next attempt finds its scratch folder.
struct Workplace: Sendable {
  let folder: String

  var lockPath: String { "\(folder).lock" }
  /// What the step keeps for its next attempt, such as checkpoints.
  var scratch: String { "\(folder)/scratch" }
  /// What the step made; written in one piece when it was done, before anything is moved.
  var finished: String { "\(folder)/finished.json" }

  func output(_ key: String) -> String { "\(folder)/outputs/\(key)" }

  /// Takes all of it away, the record of the finished step last: whoever finds that goes on with it.
  func remove() throws(TensorError) {
    try removeTree(scratch)
    try removeTree("\(folder)/outputs")
    try removeTree(folder)
  }

  /// Makes empty folders for outputs.
  func prepare(_ keys: [String]) throws(TensorError) {
    try removeTree("\(folder)/outputs")
    try makeFolders(scratch)
    for key in keys { try makeFolders(output(key)) }
  }
}
