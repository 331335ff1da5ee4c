import Apus
import Foundation
import Testing

/// Programs of others for tests of what is written for them.
enum Peer {
  /// A program's output; nil where it fails or is not there.
  static func run(_ program: String, _ arguments: [String], in folder: String? = nil) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder.map { URL(fileURLWithPath: $0) }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    guard (try? process.run()) != nil else { return nil }
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus != 0, arguments != ["--version"] { Issue.record("\(program) \(arguments): \(text)") }
    return process.terminationStatus == 0 ? text : nil
  }

  static func isThere(_ program: String) -> Bool { run(program, ["--version"]) != nil }

  static let runsModules =
    isThere("node") && isThere("clang") && ProcessInfo.processInfo.environment["APUS_CC"] == nil

  /// The folder of the loader and the pages.
  static let web = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Examples/web").path

  /// What Node prints for a script in a folder of its own, which `prepare` fills.
  static func node(_ script: String, _ prepare: (String) throws -> Void = { _ in }) throws -> String? {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-web-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try prepare(folder.path)
    let head = """
      import { compile, imageTensor, load } from "\(web)/apus.js"
      import { BytePairs, WordPiece, chatML, sample } from "\(web)/text.js"
      import { readFileSync } from "node:fs"

      """
    try (head + script).write(to: folder.appendingPathComponent("run.mjs"), atomically: true, encoding: .utf8)
    return run("node", ["run.mjs"], in: folder.path)
  }

  /// The numbers of a text.
  static func numbers(_ text: String?) -> [Double]? {
    text?.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
  }
}

/// Modules for the web of several functions, with weights apart and state that stays.
@Suite struct WebModuleTests {
  private func counter() throws -> WebModule {
    manualSeed(5)
    let net = Linear(6, 4)
    return try WebModule(
      "counter", state: [("total", Tensor([1.0, 2, 3, 4])), ("seen", zeros(3, 4))],
      functions: [
        WebFunction("add", example: [zeros(1, 6)]) { given, state in
          let y = net.forward(given[0])
          state[0] = state[0] + y.reshape([4])
          state[1] = cat([state[1].narrow(0, 1, 2), y], dim: 0)
          return [y]
        },
        WebFunction("both", example: [zeros(2, 6)]) { given, state in
          [net.forward(given[0]) + state[0]]
        },
        // Each part of the state is read after the other is written.
        WebFunction("turn", example: []) { _, state in
          state = [state[1].sum(0), state[1].flip([1]) + state[0]]
          return []
        },
      ])
  }

  @Test func functionsShareWeightsAndState() throws {
    let module = try counter()
    // The weight of the layer once, in panels for it, its bias, and where the state begins.
    #expect(module.weights.count <= 64 + 4 * 32 * 6 + 3 * 64 + 128 && module.weights.count % 64 == 0)
    #expect(module.functions.map(\.name) == ["add", "both", "turn"] && module.state.map(\.name) == ["total", "seen"])
    guard Peer.runsModules else { return }
    manualSeed(5)
    let net = Linear(6, 4)
    let (x, pair) = (rand(2, 6), rand(2, 6))
    let expected = noGrad { () -> [Tensor] in
      var (total, seen) = (Tensor([1.0, 2, 3, 4]), zeros(3, 4))
      var results: [Tensor] = []
      for i in 0..<2 {
        let y = net.forward(x.narrow(0, i, 1))
        total = total + y.reshape([4])
        seen = cat([seen.narrow(0, 1, 2), y], dim: 0)
        results.append(y.flatten())
      }
      results.append((net.forward(pair) + total).flatten())
      (total, seen) = (seen.sum(0), seen.flip([1]) + total)
      return results + [total, seen.flatten(), Tensor([1.0, 2, 3, 4])]
    }
    func list(_ tensor: Tensor) -> String { "[\(tensor.array().map { "\($0)" }.joined(separator: ","))]" }
    let found = Peer.numbers(
      try Peer.node(
        """
        const module = await compile(readFileSync("counter.wasm"))
        const weights = readFileSync("counter.wasm.weights")
        let told = 0
        const model = await load(module, { weights, progress: (count) => { told = count } })
        const other = await load(module, { weights: new Response(weights) })
        other.call("add", \(list(x.narrow(0, 1, 1))))
        const all = [\(list(x.narrow(0, 0, 1))), \(list(x.narrow(0, 1, 1)))].flatMap((row) => Array.from(model.run(row)[0]))
        all.push(...model.call("both", \(list(pair)))[0])
        model.call("turn")
        all.push(...model.read("total"), ...model.read("seen"))
        model.reset()
        all.push(...model.read("total"))
        console.log(all.join(" "))
        const refused = async (what, make) => {
          let message = "nothing"
          try { await make() } catch (error) { message = error.message }
          if (!message.includes(what)) throw new Error(`${message} does not say ${what}`)
        }
        if (told !== weights.length || model.weightsSize !== told) throw new Error("progress")
        await refused("load(source, { weights", () => load(module))
        await refused("another module", () => load(module, { weights: new Uint8Array(weights.length) }))
        await refused("64 came", () => load(module, { weights: weights.subarray(0, 64) }))
        await refused("has no function sub, but add, both, turn", () => model.call("sub"))
        await refused("shape [1,6]", () => model.call("add", [1]))
        await refused("keeps nothing called sum, but total, seen", () => model.read("sum"))
        """
      ) { try module.write(to: $0 + "/counter.wasm") })
    guard let found else { return }
    let wanted = cat(expected)
    #expect(found.count == wanted.count)
    if found.count == wanted.count { expectClose(Tensor(found, dtype: .float32), wanted) }
  }

  @Test func oneFunctionWithItsWeightsApart() throws {
    guard Peer.runsModules else { return }
    manualSeed(1)
    let net = Sequential(Conv2d(1, 4, kernelSize: 3), ReLU(), Flatten(), Linear(4 * 36, 5))
    let x = rand(1, 1, 8, 8)
    let library = try CLibrary({ (x: Tensor) in net.forward(x) }, example: x, name: "net", weights: .apart)
    let found = Peer.numbers(
      try Peer.node(
        """
        const model = await load(readFileSync("net.wasm"), { weights: readFileSync("net.wasm.weights") })
        console.log(model.run([\(x.array().map { "\($0)" }.joined(separator: ","))])[0].join(" "))
        """
      ) {
        try library.write(.webAssembly, to: $0 + "/net.wasm")
        #expect(try Data(contentsOf: URL(fileURLWithPath: $0 + "/net.wasm")).count < library.weights.count * 8)
      })
    if let found { expectClose(Tensor(found, shape: [1, 5], dtype: .float32), noGrad { net.forward(x) }) }
  }

  /// Several threads give the numbers of one, in call after call, with the same weights.
  @Test func threadsShareOperations() throws {
    guard Peer.runsModules else { return }
    manualSeed(9)
    let weight = try QuantizedWeight(quantizing: randn(512, 256), as: .int8)
    let net = Linear(256, 320)
    func module(_ threads: Int) throws -> WebModule {
      try WebModule(
        "wide", state: [("sum", zeros(3, 512))], threads: threads,
        functions: [
          WebFunction("go", example: [zeros(3, 256)]) { given, state in
            let y = weight.product(given[0], bias: nil)
            state[0] = state[0] + y
            return [y, net.forward(given[0])]
          }
        ])
    }
    let found = Peer.numbers(
      try Peer.node(
        """
        const x = Float32Array.from({ length: 768 }, (_, i) => Math.sin(i))
        const weights = readFileSync("one.wasm.weights")
        const one = await load(readFileSync("one.wasm"), { weights })
        const several = await load(readFileSync("several.wasm"), { weights, threads: 3 })
        let wrong = 0
        for (let i = 0; i < 300; i++) {
          const [expected, found] = [one.run(x), several.run(x)]
          expected.forEach((all, k) => all.forEach((v, j) => { wrong += v !== found[k][j] }))
        }
        one.read("sum").forEach((v, j) => { wrong += v !== several.read("sum")[j] })
        console.log(wrong, one.read("sum").some((v) => v !== 0) ? 1 : 0)
        process.exit(0)
        """
      ) {
        try module(1).write(to: $0 + "/one.wasm")
        try module(4).write(to: $0 + "/several.wasm")
      })
    if let found { #expect(found == [0, 1]) }
  }

  @Test func mistakesAreTold() throws {
    func message(_ make: () throws -> WebModule) -> String {
      do {
        _ = try make()
        return "none"
      } catch { return "\(error)" }
    }
    let plain = WebFunction("go", example: [zeros(2)]) { given, _ in given }
    #expect(message { try WebModule("a b", functions: [plain]) }.contains("must be one in C"))
    #expect(message { try WebModule("m", functions: [plain, plain]) }.contains("different names"))
    let grows = WebFunction("go", example: [zeros(2)]) { given, state in
      state[0] = cat([state[0], given[0]])
      return []
    }
    #expect(message { try WebModule("m", state: [("s", zeros(2))], functions: [grows]) }.contains("same memory"))
    let loses = WebFunction("go", example: []) { _, state in
      state = []
      return []
    }
    #expect(message { try WebModule("m", state: [("s", zeros(2))], functions: [loses]) }.contains("leaves 0 tensors"))
    #expect(
      throws: TensorError.self,
      performing: {
        try CLibrary(tensors: { $0 }, example: [zeros(2), zeros(3)], name: "m", inPlace: [0: 1])
      })
  }

  /// Results where arguments lie: exchanged, moved and changed.
  @Test func resultsInThePlaceOfArguments() throws {
    guard Peer.isThere("cc") else { return }
    let given = [Tensor([1.0, 2, 3, 4]), Tensor([5.0, 6, 7, 8]), Tensor([0.5, 0.25, 2, 4])]
    func step(_ t: [Tensor]) -> [Tensor] {
      [t[1].flip([0]), t[0], t[2] * t[0] + t[2].flip([0]), t[0].sum() + t[2].sum()]
    }
    let library = try CLibrary(tensors: step, example: given, name: "turn", inPlace: [0: 0, 1: 1, 2: 2])
    var expected = given
    var sum = Tensor(0.0)
    for _ in 0..<3 {
      let made = step(expected)
      (expected, sum) = (Array(made.prefix(3)), made[3])
    }
    func row(_ tensor: Tensor) -> String { tensor.array().map { "\($0)f" }.joined(separator: ",") }
    let main = """
      #include "turn.h"
      #include <stdio.h>
      #include <stdlib.h>
      int main(void) {
        float a[] = {\(row(given[0]))}, b[] = {\(row(given[1]))}, c[] = {\(row(given[2]))}, sum[1];
        void *workspace = malloc(turn_workspace_size());
        if (turn_init(workspace, NULL)) return 1;
        for (int i = 0; i < 3; i++) turn_run(workspace, a, b, c, a, b, c, sum);
        for (int i = 0; i < 12; i++) printf("%g\\n", (i < 4 ? a : i < 8 ? b : c)[i % 4]);
        printf("%g\\n", sum[0]);
      }
      """
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-web-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try library.write(.files, to: folder)
    try main.write(toFile: folder + "/main.c", atomically: true, encoding: .utf8)
    let flags = ["-O2", "-Wall", "-Werror", "-o", "program", "turn.c", "main.c", "-lm"]
    guard Peer.run("cc", flags, in: folder) != nil, let found = Peer.numbers(Peer.run(folder + "/program", [])) else {
      return
    }
    expectClose(Tensor(found, dtype: .float32), cat(expected + [sum.reshape([1])]))
  }
}
