import ApusCore
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The models in a folder, `FOLDER/NAME/VERSION/model.apus` or `FOLDER/NAME/model.apus`, and which of them answer.
final class ModelRepository: Sendable {
  /// A model's name, with what is known of its versions.
  struct Entry: Sendable {
    /// Those that answer.
    var ready: [Int: ServedModel] = [:]
    /// Why others do not.
    var failures: [Int: String] = [:]
    /// The files that a version was made of, as they were.
    var marks: [Int: String] = [:]
    /// Whether it is to be served.
    var isWanted = false
  }

  /// A line of the index.
  struct IndexRow: Sendable {
    let name: String
    let version: Int?
    let state: String
    let reason: String
  }

  let folder: String
  /// The models of OpenAI's interface.
  let languages: LanguageRepository
  /// The name and the file of the model that alone is served; nil where a folder of models is.
  private let single: (name: String, file: String)?
  private let entries = Lock<[String: Entry]>([:])
  /// One at a time loads.
  private let loading = Lock(())
  private let report: @Sendable (String, [(String, String)]) -> Void

  /// The models at a path: a folder of models, or one model, a file or a folder of Hugging Face, under its name.
  /// - Parameter report: is told of models that were loaded, unloaded or failed.
  /// - Throws: `TensorError` of kind `file` where there is nothing of these.
  init(
    folder: String, _ languages: LanguageRepository,
    report: @escaping @Sendable (String, [(String, String)]) -> Void
  ) throws {
    (self.languages, self.report) = (languages, report)
    let path = expandedPath(folder)
    guard let real = realPath(path) else {
      throw TensorError(
        .file, folder, "there is nothing; models lie in FOLDER/NAME/VERSION/model.apus, or one is named by its path")
    }
    if isFolder(real), LanguageFolder(at: real) == nil {
      (self.folder, single) = (real, nil)
      return
    }
    let parent = real.split(separator: "/").dropLast().joined(separator: "/")
    self.folder = "/" + parent
    single = (servedName(of: real), real)
    if LanguageFolder(at: real) == nil, !real.hasSuffix(".apus"), !real.hasSuffix(".onnx") {
      throw TensorError(
        .file, folder,
        "this is no model: a file that ends with .apus, .onnx or .gguf, a folder of Hugging Face, or a folder of models "
          + "is needed")
    }
  }

  // MARK: What answers

  /// The version of a model that answers, the newest unless one is asked for.
  /// - Throws: a `ServeError` where there is none.
  func model(_ name: String, version: String? = nil) throws(ServeError) -> ServedModel {
    let (found, isKnown) = entries.withLock { entries -> (ServedModel?, Bool) in
      guard let entry = entries[name] else { return (nil, false) }
      guard let version else { return (entry.ready.max { $0.key < $1.key }?.value, true) }
      return (Int(version).flatMap { entry.ready[$0] }, true)
    }
    if let found { return found }
    if isKnown, version == nil {
      throw ServeError(400, "Request for unknown model: '\(name)' has no available versions")
    }
    let which = version.map { "'\(name)' version \($0)" } ?? "'\(name)'"
    throw ServeError(404, "Request for unknown model: \(which) is not found")
  }

  /// Gives a request to the version of a model that answers; where that is replaced at this moment, to the one after it.
  /// - Throws: what `body` throws, and where there is no such version.
  func submit(
    _ name: String, version: String?, _ body: (ServedModel) throws(ServeError) -> InferenceRequest?
  ) throws(ServeError) -> InferenceRequest {
    for _ in 0..<100 {
      let model = try model(name, version: version)
      model.statistics.update { $0.last = milliseconds() }
      if let submitted = try body(model) { return submitted }
    }
    throw ServeError(503, "the model '\(name)' is being replaced; try again later")
  }

  /// All versions that answer, by name and version.
  var models: [ServedModel] {
    entries.withLock { entries in
      entries.sorted { $0.key < $1.key }.flatMap { $0.value.ready.sorted { $0.key < $1.key }.map(\.value) }
    }
  }

  /// The versions of a model that answer, the oldest first.
  func versions(_ name: String) -> [Int] { entries.withLock { $0[name]?.ready.keys.sorted() ?? [] } }

  /// Why versions of a model do not answer.
  func failures(_ name: String) -> [Int: String] { entries.withLock { $0[name]?.failures ?? [:] } }

  /// Whether every model that is to be served is.
  var isReady: Bool {
    languages.isReady && entries.withLock { $0.values.allSatisfy { !$0.isWanted || !$0.ready.isEmpty } }
  }

  /// What is in the folder, and in which state.
  func index(readyOnly: Bool) -> [IndexRow] {
    let known = entries.withLock { $0 }
    var rows: [IndexRow] = []
    let texts = Set(languageFolders.map(\.name)).union(languages.known)
    for name in texts.union(names).union(known.keys).sorted() {
      if texts.contains(name) {
        let isReady = languages.language(name) != nil || languages.embedding(name) != nil
        let isKnown = languages.knows(name)
        if readyOnly, !isReady { continue }
        rows.append(
          IndexRow(
            name: name, version: isKnown ? 1 : nil, state: isReady ? "READY" : isKnown ? "UNAVAILABLE" : "",
            reason: languages.failure(name) ?? ""))
        continue
      }
      let entry = known[name] ?? Entry()
      for version in Set(entry.ready.keys).union(entry.failures.keys).sorted() {
        if entry.ready[version] != nil {
          rows.append(IndexRow(name: name, version: version, state: "READY", reason: entry.failures[version] ?? ""))
        } else if !readyOnly {
          rows.append(
            IndexRow(name: name, version: version, state: "UNAVAILABLE", reason: entry.failures[version] ?? ""))
        }
      }
      if entry.ready.isEmpty, entry.failures.isEmpty, !readyOnly {
        rows.append(IndexRow(name: name, version: nil, state: "", reason: ""))
      }
    }
    return rows
  }

  // MARK: Loading

  /// The models in the folder, but for those of languages, which others answer for.
  private var names: [String] {
    if let single { return LanguageFolder(at: single.file) == nil ? [single.name] : [] }
    return folderContents(folder).filter { name in
      isPlainName(name) && isFolder("\(folder)/\(name)") && LanguageFolder(name, in: "\(folder)/\(name)") == nil
    }
  }

  /// The models of OpenAI's interface in the folder.
  private var languageFolders: [LanguageFolder] {
    if let single { return LanguageFolder(at: single.file).map { [$0] } ?? [] }
    return LanguageFolder.all(in: folder)
  }

  /// Loads what is new or has changed, and unloads what is gone.
  func scan() {
    loading.withLock { _ in
      let texts = languageFolders
      for model in texts { try? languages.load(model, isOfFolder: true) }
      languages.keep(only: texts.map(\.name))
      let present = names
      for name in present { try? update(name, nil) }
      for name in entries.withLock({ Array($0.keys) }) where !present.contains(name) { remove(name) }
    }
  }

  /// Loads a model, or anew what of it has changed. What it has already goes on answering until the new version is
  /// there, and where that fails.
  /// - Parameter configuration: instead of that in its folder.
  /// - Throws: why it cannot be loaded.
  func load(_ name: String, configuration: ModelConfiguration? = nil) throws {
    if let model = languageFolders.first(where: { $0.name == name }) {
      return try loading.withLock { _ in try languages.load(model, isOfFolder: true) }
    }
    guard isPlainName(name), names.contains(name) else {
      throw ServeError(400, "failed to load '\(name)', failed to poll from model repository: there is no such model")
    }
    try loading.withLock { _ in try update(name, configuration) }
  }

  /// Unloads all versions of a model. Requests that wait are answered.
  func unload(_ name: String) throws(ServeError) {
    let isKnown = loading.withLock { _ in languages.remove(name) || remove(name) }
    guard isKnown else { throw ServeError(400, "failed to unload '\(name)': there is no such model") }
  }

  /// Loads or unloads a model as a client asks, on a thread of its own: the threads of the server have other requests.
  /// - Parameters:
  ///   - parameters: `config`, a configuration instead of that in the model's folder.
  ///   - completion: is told of the end, and of what went wrong.
  /// - Throws: where no thread can be started.
  func change(
    _ name: String, _ parameters: [String: JSON], isLoad: Bool, completion: @escaping @Sendable (ServeError?) -> Void
  ) throws(ServeError) {
    let isStarted = startThread {
      do {
        if isLoad {
          if let files = parameters.keys.first(where: { $0.hasPrefix("file:") }) {
            throw ServeError(501, "'\(files)': models are loaded from the folder only")
          }
          let given = try parameters["config"]?.string.map { try ModelConfiguration(json: $0) }
          try self.load(name, configuration: given)
        } else {
          try self.unload(name)
        }
        completion(nil)
      } catch {
        completion(ServeError(error))
      }
    }
    guard isStarted else { throw ServeError(503, "cannot start a thread") }
  }

  /// Unloads all models.
  func close() {
    loading.withLock { _ in
      for name in languages.known { languages.remove(name) }
      for name in entries.withLock({ Array($0.keys) }) { remove(name) }
    }
  }

  @discardableResult
  private func remove(_ name: String) -> Bool {
    guard let entry = entries.withLock({ $0.removeValue(forKey: name) }) else { return false }
    for model in entry.ready.values { model.close() }
    report("unloaded", [("model", name)])
    return true
  }

  /// The files of the versions of a model.
  private func files(_ name: String) -> [Int: String] {
    if let single { return fileExists(single.file) ? [1: single.file] : [:] }
    let root = "\(folder)/\(name)"
    func model(in folder: String) -> String? {
      servedFileNames.map { "\(folder)/\($0)" }.first { path in
        // A link may not lead out of the folder.
        realPath(path).map { $0.hasPrefix(self.folder + "/") } ?? false
      }
    }
    var found: [Int: String] = [:]
    for entry in folderContents(root) {
      guard let version = Int(entry), version > 0, String(version) == entry, let file = model(in: "\(root)/\(entry)")
      else { continue }
      found[version] = file
    }
    if found.isEmpty, let file = model(in: root) { found[1] = file }
    return found
  }

  private func update(_ name: String, _ given: ModelConfiguration?) throws {
    var files = files(name)
    let root = single == nil ? "\(folder)/\(name)" : folder
    var entry = entries.withLock { $0[name] } ?? Entry()
    entry.isWanted = true
    let configuration: ModelConfiguration
    do {
      // A model that is served alone may lie among files of others.
      let hasOwn = single == nil || fileExists("\(root)/config.pbtxt")
      configuration = try given ?? (hasOwn ? ModelConfiguration(folder: root) : ModelConfiguration())
      if !configuration.steps.isEmpty {
        // An ensemble has no file. Its versions are folders, as those of others, or there is the first.
        let versions = folderContents(root).compactMap { Int($0) }.filter { $0 > 0 && isFolder("\(root)/\($0)") }
        files = Dictionary((versions.isEmpty ? [1] : versions).map { ($0, root) }) { first, _ in first }
      }
      guard !files.isEmpty else {
        throw TensorError(
          .file, name, "it has no \(servedFileNames.joined(separator: " or ")) in a folder of a version")
      }
    } catch {
      let isNew = entry.failures[0] != "\(error)"
      entry.failures[0] = "\(error)"
      let failed = entry
      entries.withLock { $0[name] = failed }
      if isNew { report("failed", [("model", name), ("error", "\(error)")]) }
      throw error
    }
    entry.failures[0] = nil
    let isEnsemble = !configuration.steps.isEmpty
    /// The folder of a version, which an ensemble does not have.
    @Sendable func ownFolder(_ file: String) -> String { isEnsemble ? root : splitPath(file).folder }
    let marks = files.mapValues {
      let own = ownFolder($0)
      return fileMark([$0] + [root, own].flatMap { ["\($0)/config.pbtxt", "\($0)/config.json"] })
        + (given == nil ? "" : " given")
    }
    var wanted: [Int]
    var enough = Int.max
    switch configuration.versionPolicy {
    case .all: wanted = files.keys.sorted()
    case .specific(let versions): wanted = versions
    // A version that fails does not stand in the way of the one before.
    case .latest(let count): (wanted, enough) = (files.keys.sorted(by: >), count)
    }
    var kept: Set<Int> = []
    var firstFailure: (any Error)?
    var old: [ServedModel] = []
    for version in wanted where kept.count < enough {
      if entry.ready[version] != nil, entry.marks[version] == marks[version], given == nil {
        kept.insert(version)
        continue
      }
      // What failed is not tried again until its file changes.
      if given == nil, entry.ready[version] == nil, entry.failures[version] != nil,
        entry.marks[version] == marks[version]
      {
        firstFailure = firstFailure ?? ServeError(400, entry.failures[version] ?? "")
        continue
      }
      let start = Clock.seconds
      do {
        guard let file = files[version] else { throw TensorError(.file, name, "there is no version \(version)") }
        let model = try inOwnThread {
          let program: any ServedProgram =
            isEnsemble ? try Ensemble(configuration, self) : try servedProgram(file)
          let own = ownFolder(file)
          return try ServedModel(
            name: name, version: version, program, configuration: try configuration.withPorts(of: own),
            folders: own == root ? [root] : [own, root])
        }
        if let before = entry.ready[version] { old.append(before) }
        entry.ready[version] = model
        entry.failures[version] = nil
        kept.insert(version)
        report(
          "loaded",
          [("model", name), ("version", "\(version)"), ("ms", "\(Int((Clock.seconds - start) * 1000))")])
      } catch {
        firstFailure = firstFailure ?? error
        entry.failures[version] = "\(error)"
        if entry.ready[version] != nil { kept.insert(version) }
        report("failed", [("model", name), ("version", "\(version)"), ("error", "\(error)")])
      }
      entry.marks[version] = marks[version]
    }
    if !kept.isEmpty {
      for (version, model) in entry.ready where !kept.contains(version) {
        old.append(model)
        entry.ready[version] = nil
        report("unloaded", [("model", name), ("version", "\(version)")])
      }
    }
    entry.failures = entry.failures.filter { files[$0.key] != nil || wanted.contains($0.key) }
    let updated = entry
    entries.withLock { $0[name] = updated }
    for model in old { model.close() }
    if let firstFailure { throw firstFailure }
  }
}

/// What changes when one of these files does.
func fileMark(_ paths: [String]) -> String {
  paths.map { path in
    var status = stat()
    guard stat(path, &status) == 0 else { return "-" }
    return "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
  }.joined(separator: ";")
}

/// The path without links; nil where there is nothing.
func realPath(_ path: String) -> String? {
  guard let found = realpath(path, nil) else { return nil }
  defer { free(found) }
  return String(cString: found)
}
