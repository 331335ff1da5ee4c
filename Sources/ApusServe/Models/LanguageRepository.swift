import ApusCore
import ApusFormats
import ApusModels
import ApusText

/// The models that OpenAI's interface answers for, which come and go.
final class LanguageRepository: Sendable {
  /// A model that answers, and what its files were when it was loaded.
  private struct Entry: Sendable {
    var language: LanguageService?
    var embedding: EmbeddingService?
    var mark = ""
    var failure: String?
    /// Whether it is of the folder of models, and goes with it.
    var isOfFolder = false

    var isReady: Bool { language != nil || embedding != nil }
  }

  private let limits: ContinuousBatch.Limits
  private let entries = Lock<[String: Entry]>([:])
  private let report: @Sendable (String, [(String, String)]) -> Void

  init(_ limits: ContinuousBatch.Limits, report: @escaping @Sendable (String, [(String, String)]) -> Void) {
    (self.limits, self.report) = (limits, report)
  }

  /// Models of a program, which stay.
  convenience init(_ language: [LanguageService], _ embedding: [EmbeddingService]) {
    self.init(ContinuousBatch.Limits()) { _, _ in }
    entries.withLock { entries in
      for service in embedding { entries[service.name] = Entry(embedding: service) }
      for service in language {
        let embedding = entries[service.name]?.embedding
        entries[service.name] = Entry(language: service, embedding: embedding)
      }
    }
  }

  // MARK: What answers

  func language(_ name: String) -> LanguageService? { entries.withLock { $0[name]?.language } }
  func embedding(_ name: String) -> EmbeddingService? { entries.withLock { $0[name]?.embedding } }
  /// The names of those that answer.
  var names: [String] { entries.withLock { $0.filter(\.value.isReady).keys.sorted() } }
  var languages: [LanguageService] {
    entries.withLock { $0.values.compactMap(\.language) }.sorted { $0.name < $1.name }
  }
  var embeddings: [EmbeddingService] {
    entries.withLock { $0.values.compactMap(\.embedding) }.sorted { $0.name < $1.name }
  }
  var isReady: Bool { entries.withLock { $0.values.allSatisfy(\.isReady) } }

  /// Why a model does not answer, or not in its newest form; nil where it does or is not known.
  func failure(_ name: String) -> String? { entries.withLock { $0[name]?.failure } }
  /// Whether a model is there, whether it answers or not.
  func knows(_ name: String) -> Bool { entries.withLock { $0[name] != nil } }
  var known: [String] { entries.withLock { $0.keys.sorted() } }

  // MARK: Loading, by one at a time

  /// Loads models that stay until the end.
  func load(_ models: [LanguageFolder]) throws { for model in models { try load(model, isOfFolder: false) } }

  /// Loads a model, or anew where its files have changed. What answers by that name goes on doing so until the new one is there, and
  /// where that fails.
  /// - Throws: why it cannot be loaded.
  func load(_ model: LanguageFolder, isOfFolder: Bool) throws {
    let mark = mark(of: model)
    var entry = entries.withLock { $0[model.name] } ?? Entry()
    entry.isOfFolder = isOfFolder
    if entry.mark == mark {
      guard let failure = entry.failure else { return }
      throw ServeError(400, failure)
    }
    entry.mark = mark
    let before = entry
    let start = Clock.seconds
    do {
      switch model.kind {
      case .language:
        entry.language = try LanguageService(model.name, path: model.path, limits)
        entry.embedding = nil
      case .embedding:
        entry.embedding = EmbeddingService(model.name, try inOwnThread { try TextEmbedder(path: model.path) })
        entry.language = nil
      }
      entry.failure = nil
      let made = entry
      entries.withLock { $0[model.name] = made }
      close(before)
      report("loaded", [("model", model.name), ("ms", "\(Int((Clock.seconds - start) * 1000))")])
    } catch {
      entry.failure = "\(error)"
      let failed = entry
      entries.withLock { $0[model.name] = failed }
      report("failed", [("model", model.name), ("error", "\(error)")])
      throw error
    }
  }

  /// Unloads a model, whose texts are written to their ends.
  /// - Returns: whether there was one.
  @discardableResult
  func remove(_ name: String) -> Bool {
    guard let entry = entries.withLock({ $0.removeValue(forKey: name) }) else { return false }
    close(entry)
    report("unloaded", [("model", name)])
    return true
  }

  /// Unloads those of the folder that are not among these.
  func keep(only names: [String]) {
    let gone = entries.withLock { $0.filter { $0.value.isOfFolder && !names.contains($0.key) }.map(\.key) }
    for name in gone { remove(name) }
  }

  private func close(_ entry: Entry) {
    guard let texts = entry.language?.texts else { return }
    Task.detached { await texts.batch.close() }
  }

  /// What changes when the files of a model do.
  private func mark(of model: LanguageFolder) -> String {
    let files = isFolder(model.path) ? folderContents(model.path).sorted().map { "\(model.path)/\($0)" } : [model.path]
    return model.path + ";" + fileMark(files)
  }
}
