import Apus
import Foundation
import Testing

/// The tokenisers and helpers of `Examples/web` against those of the library.
@Suite struct WebTextTests {
  private static let words = """
    the quick brown fox jumps over a lazy dog while seven wizards quietly brew strong potions in München café naïve façade Übermut \
    smörgåsbord İstanbul ΣΟΦΟΣ Straße 日本語のテキストと漢字 中文 한국어 привет мир שלום עולם हिन्दी don't can't we'll I'm 1234567 3.14 $20 50% \
    e-mail https://example.org/a?b=c #tag @name foo_bar {json: [1, 2]} “quotes” … — 😀🎉 ½ ² ﬁ e\u{301}a\u{308} \
    supercalifragilisticexpialidocious pneumonoultramicroscopicsilicovolcanoconiosis
    """.split(separator: " ").map(String.init)

  /// A thousand texts of words, letters of many scripts, signs, spaces of all kinds and long words.
  private static let texts: [String] = {
    var generator = SystemOfTexts(state: 42)
    let ranges: [ClosedRange<UInt32>] = [
      0x20...0x7e, 0x61...0x7a, 0xa0...0x24f, 0x370...0x3ff, 0x400...0x4ff, 0x5d0...0x5ea, 0x627...0x64a, 0x905...0x939,
      0x1e00...0x1eff, 0x2010...0x2040, 0x20a0...0x20bf, 0x2190...0x21ff, 0x3041...0x3096, 0x30a1...0x30fa,
      0x4e00...0x4fff,
      0xac00...0xacff, 0x1f600...0x1f64f, 0x20000...0x20020,
    ]
    let spaces = [" ", "  ", "\t", "\n", "\r\n", "\u{a0}", "\u{3000}", "\u{200b}", "\u{2028}", "\u{85}", ""]
    var texts = [
      "", " ", "[CLS] a [MASK] b[SEP]", String(repeating: "a", count: 100), String(repeating: "a", count: 101),
    ]
    while texts.count < 1000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        if Bool.random(using: &generator) {
          text += words[Int.random(in: 0..<words.count, using: &generator)]
        } else {
          let range = ranges[Int.random(in: 0..<ranges.count, using: &generator)]
          for _ in 0..<Int.random(in: 1...6, using: &generator) {
            if let letter = Unicode.Scalar(UInt32.random(in: range, using: &generator)) {
              text.unicodeScalars.append(letter)
            }
          }
        }
        text += spaces[Int.random(in: 0..<spaces.count, using: &generator)]
      }
      texts.append(text)
    }
    return texts
  }()

  /// Numbers that are the same in every run.
  private struct SystemOfTexts: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  private func write(_ object: Any, _ path: String) throws {
    try JSONSerialization.data(withJSONObject: object).write(to: URL(fileURLWithPath: path))
  }

  /// The texts whose numbers differ, as Node tells them.
  private func differences(_ make: String, _ tokenizer: Tokenizer, _ files: (String) throws -> Void) throws -> String? {
    let expected = try Self.texts.map { try tokenizer.ids(of: $0) }
    return try Peer.node(
      """
      \(make)
      const { texts, expected } = JSON.parse(readFileSync("texts.json", "utf8"))
      const wrong = texts.filter((text, i) => JSON.stringify(tokens.encode(text)) !== JSON.stringify(expected[i]))
      console.log(texts.length, wrong.length, JSON.stringify(wrong.slice(0, 5)))
      """
    ) { folder in
      try write(["texts": Self.texts, "expected": expected], folder + "/texts.json")
      try files(folder)
    }
  }

  @Test func wordPieces() throws {
    guard Peer.isThere("node") else { return }
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    var trainer = TokenizerTrainer(.wordPiece(), vocabularySize: 900, specialTokens: special)
    trainer.normalizer =
      #"{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true}"#
    trainer.preTokenizer = #"{"type": "BertPreTokenizer"}"#
    trainer.postProcessor = #"{"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}"#
    let trained = try trainer.train(Self.texts.prefix(500))
    let tokenizer = try Tokenizer(json: Array(trained.json.utf8))
    let found = try differences("const tokens = WordPiece.parse(readFileSync(\"vocab.txt\", \"utf8\"))", tokenizer) {
      try (trained.vocabulary.joined(separator: "\n") + "\n").write(
        toFile: $0 + "/vocab.txt", atomically: true, encoding: .utf8)
    }
    if let found { #expect(found == "1000 0 []\n") }
  }

  @Test(arguments: [false, true]) func bytePairs(_ separatesDigits: Bool) throws {
    guard Peer.isThere("node") else { return }
    let special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    var trainer = TokenizerTrainer(.bytePairs(), vocabularySize: 700, specialTokens: special)
    trainer.initialAlphabet = TokenizerTrainer.byteAlphabet
    let bytes = #"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"#
    trainer.preTokenizer =
      separatesDigits
      ? #"{"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, \#(bytes)]}"# : bytes
    trainer.decoder = bytes
    let trained = try trainer.train(Self.texts.prefix(500))
    let tokenizer = try Tokenizer(json: Array(trained.json.utf8))
    let found = try differences(
      """
      const tokens = new BytePairs(JSON.parse(readFileSync("tokens.json", "utf8")))
      const given = JSON.parse(readFileSync("texts.json", "utf8")).texts
      for (const text of given) if (tokens.decode(tokens.encode(text)) !== text) throw new Error(`${text} is lost`)
      const message = "<|im_start|>user\\nHello 😀<|im_end|>\\n<|im_start|>assistant\\n"
      if (chatML([{ role: "user", content: "Hello 😀" }]) !== message) throw new Error("template")
      if (tokens.decode(tokens.encode(message)) !== "user\\nHello 😀\\nassistant\\n") throw new Error("special tokens")
      """, tokenizer
    ) {
      try write(
        [
          "tokens": trained.vocabulary, "merges": trained.merges.map { "\($0) \($1)" }, "special": special,
          "separatesDigits": separatesDigits,
        ], $0 + "/tokens.json")
    }
    if let found { #expect(found == "1000 0 []\n") }
  }

  /// Tokens are drawn as often as their probabilities say, and only likely ones.
  @Test func drawingTokens() throws {
    guard Peer.isThere("node") else { return }
    let logits = [1.0, 3.0, 2.0, -4.0, 2.5]
    let found = Peer.numbers(
      try Peer.node(
        """
        const logits = [\(logits.map { "\($0)" }.joined(separator: ","))]
        const draw = (options) => {
          const counts = [0, 0, 0, 0, 0]
          // Evenly spread numbers, so that shares are exact to 1 / 10000.
          for (let i = 0; i < 10000; i++) counts[sample(logits, { ...options, random: () => (i + 0.5) / 10000 })]++
          return counts.map((count) => count / 10000)
        }
        console.log([...draw({}), ...draw({ temperature: 0.5 }), ...draw({ temperature: 1, topP: 0.7 })].join(" "))
        """))
    guard let found else { return }
    func shares(_ chosen: [Int], _ temperature: Double) -> [Double] {
      let terms = logits.indices.map { chosen.contains($0) ? exp(logits[$0] / temperature) : 0 }
      return terms.map { $0 / terms.reduce(0, +) }
    }
    let expected = [0, 1, 0, 0, 0] + shares([0, 1, 2, 3, 4], 0.5) + shares([1, 4], 1)
    #expect(found.count == 15 && zip(found, expected).allSatisfy { abs($0 - $1) < 2e-4 }, "\(found) \(expected)")
  }

  /// Pictures are made smaller and larger as the library makes them.
  @Test(arguments: [[7, 5], [32, 24], [16, 12]]) func pictures(_ size: [Int]) throws {
    guard Peer.isThere("node") else { return }
    manualSeed(4)
    let image = randint(0, 256, [3, 12, 16]).to(.float32)
    let pixels = cat([image, full([1, 12, 16], 255)], dim: 0).permute([1, 2, 0]).contiguous().array().map { Int($0) }
    let found = Peer.numbers(
      try Peer.node(
        """
        const image = { width: 16, height: 12, data: Uint8ClampedArray.from([\(pixels.map(String.init).joined(separator: ","))]) }
        const options = { width: \(size[0]), height: \(size[1]), mean: [0.5, 0.4, 0.3], std: [0.2, 0.25, 0.5] }
        console.log(imageTensor(image, options).join(" "))
        """))
    guard let found else { return }
    let resized = interpolate(
      image.unsqueeze(0) / 255, size: [size[1], size[0]], mode: .bilinear, alignCorners: false, antialias: true)
    let expected =
      (resized - Tensor([0.5, 0.4, 0.3]).reshape([1, 3, 1, 1])) / Tensor([0.2, 0.25, 0.5]).reshape([1, 3, 1, 1])
    #expect(found.count == expected.count)
    if found.count == expected.count {
      expectClose(Tensor(found, shape: expected.shape, dtype: .float32), expected, 1e-4)
    }
  }

  /// The types beside the loader say what it does, and the package leads to them.
  @Test func typesAreChecked() throws {
    guard Peer.isThere("tsc"), Peer.isThere("node") else { return }
    let use = """
      import { load, compile, imageTensor, sharesMemory, Model, Elements } from "apus-web"
      import { WordPiece, BytePairs, chatML, sample } from "apus-web/text"

      export async function use(image: ImageData): Promise<number> {
        const module = await compile(fetch("net.wasm"))
        const threads = sharesMemory() ? navigator.hardwareConcurrency : 1
        const model: Model = await load(module, { weights: fetch("net.wasm.weights"), threads, progress: (now, all) => console.log(now / all) })
        const [logits]: Elements[] = model.run(imageTensor(image, { width: 32, height: 32, mean: [0.5], std: [0.25] }))
        const [more] = model.call("next", [1], new Int32Array(1))
        model.write("keys", new Float32Array(model.state[0].size))
        model.reset()
        const size: number = model.inputs[0].shape.length + (model.about("next").inputs?.length ?? 0) + model.read("keys").length
        const pieces = WordPiece.parse("[UNK]").encode("words", 16)
        const pairs = new BytePairs({ tokens: ["a"], merges: [] })
        const text: string = pairs.decode(pairs.encode(chatML([{ role: "user", content: "Hello" }], { system: "Be kind." })))
        // @ts-expect-error: a model is run on arrays
        model.run("text")
        // @ts-expect-error: nobody speaks so
        chatML([{ role: "robot", content: "" }])
        return size + pieces.length + text.length + sample(more as Float32Array, { temperature: 0.7 }) + Number(logits[0])
      }
      """
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-types-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder + "/node_modules", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/node_modules/apus-web", withDestinationPath: Peer.web)
    try use.write(toFile: folder + "/use.mts", atomically: true, encoding: .utf8)
    let options = [
      "--noEmit", "--strict", "--target", "es2022", "--module", "node16", "--lib", "es2022,dom", "use.mts",
    ]
    _ = Peer.run("tsc", options, in: folder)
    let exports =
      "import * as web from 'apus-web'; import * as text from 'apus-web/text'; console.log(Object.keys({ ...web, ...text }).length)"
    try exports.write(toFile: folder + "/use.mjs", atomically: true, encoding: .utf8)
    #expect(Peer.run("node", ["use.mjs"], in: folder) == "9\n")
  }
}
