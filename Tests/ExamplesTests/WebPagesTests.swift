import Apus
import Examples
import Foundation
import Testing

/// The pages of `Examples/web`, run by Node: what they compute is what the library computes. Those whose models `scripts/web-models.sh`
/// has not made are passed over.
@Suite(.serialized) struct WebPagesTests {
  private static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  private static let web = checkout + "/Examples/web"

  private static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private static func size(_ names: [String]) -> Int {
    names.reduce(0) { sum, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(web)/\(name)")
      return sum + ((attributes?[.size] as? Int) ?? 0)
    }
  }

  /// What Node prints for a script; nil where there is no Node.
  private func node(_ script: String) throws -> String? {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("apus-page-\(UUID().uuidString).mjs")
    defer { try? FileManager.default.removeItem(at: file) }
    let head = """
      import { load } from "\(Self.web)/apus.js"
      import { readFileSync } from "node:fs"
      const read = (name) => readFileSync("\(Self.web)/" + name)

      """
    try (head + script).write(to: file, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["node", file.path]
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    guard (try? process.run()) != nil else { return nil }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    // 127: there is no Node.
    if process.terminationStatus == 127 { return nil }
    if process.terminationStatus != 0 { Issue.record("\(message)") }
    return process.terminationStatus == 0 ? text : nil
  }

  private func numbers(_ text: String) -> [Double] {
    text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
  }

  @Test func theTrainingPageTrainsAsTheLibraryDoes() throws {
    var example = TrainingPage()
    example.path = ""
    let expected = try example.run()
    let text = try node(
      """
      import { Training } from "\(Self.web)/training/training.js"
      const training = new Training(await load(read("training/training.wasm")), read("training/digits.bin"))
      const losses = Array.from({ length: 20 }, () => training.step(0.1))
      const before = training.accuracy()
      while (training.epochs < 8) training.step(0.1)
      console.log(losses.join(" "), before, training.accuracy())
      training.reset()
      console.log(training.step(0.1))
      """)
    guard let text else { return }
    let found = numbers(text)
    #expect(found.count == 23 && expected.count == 20)
    guard found.count == 23 else { return }
    for (loss, wanted) in zip(found, expected) { #expect(abs(loss - wanted) < 1e-4 * max(1, wanted)) }
    #expect(found[20] < 0.9 && found[21] > 0.85)
    // Begun anew, the first step is the first again.
    #expect(found[22] == found[0])
  }

  private static let sentences =
    isThere(web + "/sentences/sentences.wasm.weights") && isThere(checkout + "/.apus/data/search/minilm/config.json")
  private static let model = checkout + "/.apus/data/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
  private static let chat = isThere(web + "/chat/chat.wasm.weights") && isThere(model)

  @Test(.enabled(if: sentences)) func theSentencesPageMakesTheLibrarysVectors() throws {
    let texts = [
      "cat", "kitten", "The stock market fell sharply today.", "Café naïve 日本語",
      String(repeating: "A sentence that goes on and on. ", count: 12),
    ]
    let embedder = try TextEmbedder(path: Self.checkout + "/.apus/data/search/minilm")
    let exact = try embedder.embed(texts)
    try quantize(embedder.model, as: .int8)
    let expected = try embedder.embed(texts).array()
    let text = try node(
      """
      import { Sentences } from "\(Self.web)/sentences/sentences.js"
      import { WordPiece } from "\(Self.web)/text.js"
      const model = await load(read("sentences/sentences.wasm"), { weights: read("sentences/sentences.wasm.weights") })
      const sentences = new Sentences(model, WordPiece.parse(read("sentences/vocab.txt").toString()))
      const texts = \(String(decoding: try JSONEncoder().encode(texts), as: UTF8.self))
      console.log(texts.map((text) => sentences.embed(text).join(" ")).join("\\n"))
      """)
    guard let text else { return }
    let found = numbers(text)
    #expect(found.count == expected.count)
    guard found.count == expected.count else { return }
    #expect(zip(found, expected).map { abs($0 - Double($1)) }.max() ?? 1 < 2e-4)
    // What 8 bits cost: cosines differ by little.
    let vectors = Tensor(found, shape: exact.shape, dtype: .float32)
    let difference = (matmul(vectors, vectors.mT) - matmul(exact, exact.mT)).abs().max().item()
    #expect(difference < 0.02)
  }

  @Test(.enabled(if: chat)) func theChatPageWritesWhatTheLibraryWrites() throws {
    let generator = try TextGenerator(path: Self.model)
    let prompt = try generator.ids(of: [.user("Tell me about the moon. 12 facts!")])
    var options = GenerationConfiguration()
    (options.maxNewTokens, options.doSample, options.eosTokenIds) = (30, false, [])
    let expected = Array(try generator.model.generate(prompt, options).dropFirst(prompt.count))
    let text = try node(
      """
      import { Chat } from "\(Self.web)/chat/chat.js"
      import { BytePairs } from "\(Self.web)/text.js"
      const tokens = new BytePairs(JSON.parse(read("chat/tokens.json")))
      const chat = new Chat(await load(read("chat/chat.wasm"), { weights: read("chat/chat.wasm.weights") }), tokens)
      const system = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
      const prompt = chat.prompt([{ role: "user", content: "Tell me about the moon. 12 facts!" }], { system })
      console.log(prompt.join(" "))
      console.log([...chat.tokens(prompt, { maxTokens: 30 })].join(" "))
      """)
    guard let text else { return }
    let lines = text.split(separator: "\n").map { numbers(String($0)).map { Int($0) } }
    #expect(lines.count == 2 && lines[0] == prompt && lines[1] == expected)
  }

  /// The bytes of what a browser loads beside the weights, the tokens and the page's own module; a tenth more is too much.
  @Test func pagesStaySmall() {
    let shared = ["apus.js", "text.js", "pages.css"]
    let bars = [
      (
        "training",
        [
          "apus.js", "pages.css", "training/index.html", "training/training.js", "training/training.wasm",
          "digits/digits.js",
        ], 52_000
      ),
      ("sentences", shared + ["sentences/index.html", "sentences/sentences.js"], 26_000),
      ("chat", shared + ["chat/index.html", "chat/chat.js", "chat/worker.js", "apus-thread.js"], 31_500),
    ]
    for (page, names, bar) in bars {
      let size = Self.size(names)
      #expect(names.allSatisfy { Self.isThere("\(Self.web)/\($0)") })
      #expect(size < bar * 11 / 10, "\(page) has \(size) bytes, and \(bar) were written down")
    }
    if Self.chat { #expect(Self.size(["chat/chat.wasm"]) < 765_000 * 11 / 10) }
    if Self.sentences { #expect(Self.size(["sentences/sentences.wasm"]) < 434_000 * 11 / 10) }
  }
}
