import ApusCore
import ApusFormats

extension Tokenizer {
  /// Reads the tokeniser at `path`: a folder of a published model, or one of its files.
  ///
  /// - Throws: `TensorError` of kind `file` where nothing is there that can be read, of kind `format` where it is damaged, of kind
  ///   `unsupported` where it asks for something unknown. It names the file, the place and what was expected.
  public convenience init(path: String) throws(TensorError) {
    do { self.init(try TokenizerParts(path: path)) } catch let error as TensorError { throw error } catch {
      throw TensorError(.format, path, "\(error)")
    }
  }

  /// The tokeniser in the metadata of a GGUF file.
  ///
  /// - Parameter path: what errors name.
  public convenience init(metadata: GGUFMetadata, path: String) throws(TensorError) {
    do { self.init(try GGUFVocabulary(metadata, path: path).parts()) } catch let error as TensorError {
      throw error
    } catch {
      throw TensorError(.format, path, "\(error)")
    }
  }

  /// The tokeniser that the text of a tokenizer.json describes.
  ///
  /// - Parameter name: what errors name.
  public convenience init(json: [UInt8], name: String = "tokenizer.json") throws(TensorError) {
    do {
      let node: ConfigNode
      do { node = ConfigNode(try ByteJSON(parsing: json), file: name) } catch {
        throw TensorError(.format, name, "this is not JSON: \(error.description)")
      }
      self.init(TokenizerParts(try TokenizerFile(node), path: name))
    } catch let error as TensorError { throw error } catch { throw TensorError(.format, name, "\(error)") }
  }

  private convenience init(_ parts: TokenizerParts) {
    self.init(
      path: parts.path, engine: parts.engine, postProcessor: parts.postProcessor, configuration: parts.configuration)
  }
}

/// What a tokeniser consists of.
struct TokenizerParts {
  var path: String
  var engine: any TokenEngine
  var postProcessor: PostProcessor?
  var configuration = TokenizerConfiguration()

  init(path: String, engine: any TokenEngine) { (self.path, self.engine) = (path, engine) }

  /// A tokenizer.json.
  init(_ file: TokenizerFile, path: String) {
    (self.path, engine, postProcessor) = (path, file.pipeline, file.postProcessor)
    (configuration.truncation, configuration.padding) = (file.truncation, file.padding)
  }

  /// A folder, or a file of one.
  init(path: String) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let parent = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
    if name.hasSuffix(".gguf") {
      self = try GGUFVocabulary(try GGUFFile(path: path).metadata, path: path).parts()
    } else if name.hasSuffix(".tiktoken") {
      self = try TiktokenFile.parts(path: path, folder: parent)
    } else if name.hasSuffix(".model") {
      self = try Self.piecesAlone(path, parent)
    } else if fileExists("\(path)/tokenizer.json") {
      self = try TokenizerParts(folder: path)
    } else if fileExists("\(path)/.") {
      var files = try VocabularyFiles(folder: path)
      guard let parts = try files.parts() else { throw Self.nothing(in: path) }
      self = parts
    } else if name == "vocab.json" || name == "vocab.txt" || name == "merges.txt" {
      var files = try VocabularyFiles(folder: parent)
      guard let parts = try files.parts() else { throw Self.nothing(in: parent) }
      self = parts
    } else {
      self.init(try TokenizerFile(path: path), path: path)
    }
  }

  private static func nothing(in folder: String) -> TensorError {
    TensorError(
      .file, folder,
      "there is no tokeniser here: looked for tokenizer.json, vocab.json with merges.txt, vocab.txt, tokenizer.model, "
        + "spiece.model, sentencepiece.bpe.model and tiktoken.json")
  }

  /// A sentencepiece model by itself, which adds nothing to texts.
  private static func piecesAlone(_ path: String, _ folder: String) throws -> TokenizerParts {
    if TiktokenFile.recognizes(path) { return try TiktokenFile.parts(path: path, folder: folder) }
    let file = try SentencePieceFile(path: path)
    do {
      let engine = try SentencePieceEngine(file)
      var parts = TokenizerParts(path: path, engine: engine)
      func token(_ id: Int) -> String? { file.pieces.indices.contains(id) ? text(file.pieces[id].text) : nil }
      parts.configuration.bosToken = token(file.bosId)
      parts.configuration.eosToken = token(file.eosId)
      parts.configuration.padToken = token(file.padId)
      parts.configuration.unkToken = file.pieces.first { $0.kind == .unknown }.map { text($0.text) }
      parts.configuration.findNumbers { engine.number(of: Array($0.utf8)) }
      return parts
    } catch { throw TensorError(.format, path, error.description) }
  }

  /// A folder with a tokenizer.json, as `transformers` reads it: special tokens that its configuration names are added tokens.
  private init(folder: String) throws {
    let file = try TokenizerFile(path: "\(folder)/tokenizer.json")
    self.init(file, path: "\(folder)/tokenizer.json")
    configuration = try TokenizerConfiguration(folder: folder)
    (configuration.truncation, configuration.padding) = (file.truncation, file.padding)
    let pipeline = try file.pipeline.addingSpecialTokens(configuration.specialTokens)
    engine = pipeline
    configuration.findNumbers { pipeline.number(of: Array($0.utf8)) }
  }
}

extension TokenPipeline {
  /// The pipeline that knows these tokens as special ones.
  func addingSpecialTokens(_ tokens: [String]) throws(PatternMistake) -> TokenPipeline {
    var new: [AddedToken] = []
    var next = max(model.vocabulary.count, added.highest + 1)
    for token in tokens where !addedTokens.contains(where: { $0.content.utf8.elementsEqual(token.utf8) }) {
      let number = model.vocabulary.number(Array(token.utf8))
      new.append(AddedToken(token, id: number ?? next, special: true))
      if number == nil { next += 1 }
    }
    return new.isEmpty ? self : try adding(new)
  }
}
