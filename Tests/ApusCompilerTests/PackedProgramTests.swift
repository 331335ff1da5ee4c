import Apus
import Foundation
import Testing

/// Weights of few bits and caches of keys and values in programs of C and of the web.
@Suite struct PackedProgramTests {
  /// Products and rows are those of the widened matrix.
  @Test(arguments: ["int8", "int4", "int4-64", "Q8_0", "Q4_0", "Q4_1"]) func productsInC(_ name: String) throws {
    guard Peer.isThere("cc"), let form = WeightForm(name: name) else { return }
    manualSeed(11)
    // Rows of no multiple of four; one row of activations, and more than four.
    let weights = try [randn(70, 128), randn(9, 128) * 3].map { try QuantizedWeight(quantizing: $0, as: form) }
    let (x, one, bias) = (randn(2, 3, 128), randn(128, 1), randn(9))
    let index = Tensor([3, 69, 0], dtype: .int64)
    func function(_ t: [Tensor]) -> [Tensor] {
      [
        weights[0].product(t[0]), weights[1].product(t[0], bias: bias), weights[1].product(t[1].mT),
        weights[0].rows(t[2]),
      ]
    }
    let expected = noGrad {
      [
        matmul(x, weights[0].widened().mT), matmul(x, weights[1].widened().mT) + bias,
        matmul(one.mT, weights[1].widened().mT),
        weights[0].widened().indexSelect(0, index),
      ]
    }
    let given = [x, one, index]
    let library = try CLibrary(tensors: function, example: given, name: "packed", weights: .apart)
    // The first matrix is used twice, and there once.
    #expect(library.weights.count < weights.reduce(0) { $0 + $1.byteCount * 10 / 9 } + 64 * 8)
    func row(_ tensor: Tensor) -> String { tensor.array().map { "\($0)f" }.joined(separator: ",") }
    let main = """
      #include "packed.h"
      #include <stdio.h>
      #include <stdlib.h>
      int main(void) {
        const float x[] = {\(row(x))}, one[] = {\(row(one))};
        const long long index[] = {3, 69, 0};
        static float \(library.outputs.map { "\($0.name)[\($0.type.count)]" }.joined(separator: ", "));
        void *workspace = malloc(packed_workspace_size()), *weights = aligned_alloc(64, packed_weights_size());
        FILE *file = fopen("packed.weights", "rb");
        if (!file || fread(weights, 1, packed_weights_size(), file) != packed_weights_size()) return 2;
        if (packed_init(workspace, weights)) return 1;
        packed_run(workspace, x, one, index, out0, out1, out2, out3);
        \(library.outputs.map { "for (int i = 0; i < \($0.type.count); i++) printf(\"%.9g\\n\", \($0.name)[i]);" }.joined(separator: "\n  "))
      }
      """
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-packed-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try library.write(.files, to: folder)
    try main.write(toFile: folder + "/main.c", atomically: true, encoding: .utf8)
    // The vectors of this machine, and those of every machine.
    for flags in [["-march=native"], []] {
      let all = ["-O2", "-Wall", "-Werror", "-o", "program", "packed.c", "main.c", "-lm"] + flags
      guard Peer.run("cc", all, in: folder) != nil,
        let found = Peer.numbers(Peer.run("./program", [], in: folder))
      else { return }
      let wanted = cat(expected.map { $0.flatten() })
      #expect(found.count == wanted.count)
      // Activations are integers of 16 bits: 1 / 65536 of the largest of 32, for each of 128 products.
      if found.count == wanted.count {
        expectClose(Tensor(found, dtype: .float32), wanted, 1e-4)
      }
    }
  }

  @Test func formsWithoutCAreTold() throws {
    let weight = try QuantizedWeight(quantizing: randn(4, 64), as: .nf4)
    let error = #expect(throws: TensorError.self) {
      try CLibrary({ (x: Tensor) in weight.product(x, bias: nil) }, example: randn(1, 64), name: "packed")
    }
    #expect(error?.message.contains("nf4 have no C form; quantise the model as int8") == true)
  }

  /// A small Llama with random weights.
  private func llama() throws -> CausalLanguageModel<LlamaModel> {
    manualSeed(3)
    let configuration = """
      {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 96, "hidden_size": 64,
       "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
       "rms_norm_eps": 1e-5, "tie_word_embeddings": true}
      """
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-llama-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try configuration.write(toFile: folder + "/config.json", atomically: true, encoding: .utf8)
    let model = try CausalLanguageModel<LlamaModel>(ModelConfiguration(path: folder))
    model.eval()
    return model
  }

  /// Token by token and several at once, filled up beyond their end, the scores are those of the whole text.
  @Test func aFixedCacheGivesTheScoresOfTheWholeText() throws {
    let model = try llama()
    let ids = [5, 17, 80, 3, 3, 41, 9]
    var whole = ModelInputs()
    whole.inputIds = Tensor(ids, shape: [1, 7], dtype: .int64)
    let expected = try #require(noGrad { model(whole).logits })
    var state = try FixedCache.zeros(for: model, capacity: 8)
    func next(_ ids: [Int], at position: Int) -> Tensor? {
      let cache = FixedCache(keysAndValues: state, position: Tensor([position], dtype: .int32))
      var inputs = ModelInputs()
      (inputs.inputIds, inputs.cache) = (Tensor(ids, shape: [1, ids.count], dtype: .int64), cache)
      defer { state = cache.keysAndValues }
      return noGrad { model(inputs).logits }
    }
    // Three and a token that does not belong to the text, then one by one from where the text goes on.
    expectClose(try #require(next([5, 17, 80, 95], at: 0)).narrow(1, 0, 3), expected.narrow(1, 0, 3))
    for i in 3..<7 { expectClose(try #require(next([ids[i]], at: i)), expected.narrow(1, i, 1)) }
    // Beyond the end nothing is kept.
    _ = next([1, 2, 3, 4], at: 6)
    #expect(state.allSatisfy { $0.shape == [1, 2, 8, 16] })
    #expect(throws: TensorError.self) { try FixedCache.zeros(for: model, capacity: 0) }
  }

  /// The same as a module, whose state is changed where it lies, with weights of 8 and 4 bits.
  @Test(arguments: ["", "int8", "int4"]) func aLanguageModelInTheWeb(_ form: String) throws {
    guard Peer.runsModules else { return }
    let model = try llama()
    if let form = WeightForm(name: form) { try quantize(model, as: form) }
    let ids = [5, 17, 80, 3, 3, 41, 9]
    var whole = ModelInputs()
    whole.inputIds = Tensor(ids, shape: [1, 7], dtype: .int64)
    let expected = try #require(noGrad { model(whole).logits })
    let cache = try FixedCache.zeros(for: model, capacity: 12)
    func function(_ name: String, _ count: Int, _ hasScores: Bool) -> WebFunction {
      WebFunction(name, example: [Tensor.zeros([1, count], dtype: .int32), Tensor.zeros([1], dtype: .int32)]) {
        given, state in
        let cache = FixedCache(keysAndValues: state, position: given[1])
        var inputs = ModelInputs()
        (inputs.inputIds, inputs.cache) = (given[0], cache)
        let logits = model(inputs).logits
        state = cache.keysAndValues
        return hasScores ? [logits].compactMap { $0 } : []
      }
    }
    let module = try WebModule(
      "chat", state: cache.enumerated().map { ("kept\($0)", $1) },
      functions: [function("next", 1, true), function("read", 4, false)])
    // A table of few bits is read and multiplied with, and there once.
    #expect(module.weights.count < (form.isEmpty ? 300_000 : form == "int8" ? 80_000 : 60_000))
    #expect(module.source.matches(of: /apus_packed\(/).isEmpty == form.isEmpty)
    let found = Peer.numbers(
      try Peer.node(
        """
        const model = await load(readFileSync("chat.wasm"), { weights: readFileSync("chat.wasm.weights") })
        model.call("read", [5, 17, 80, 3], [0])
        model.call("read", [3, 41, 95, 95], [4])
        console.log(model.call("next", [9], [6])[0].join(" "))
        """
      ) { try module.write(to: $0 + "/chat.wasm") })
    if let found {
      expectClose(
        Tensor(found, shape: [1, 1, 96], dtype: .float32), expected.narrow(1, 6, 1), 1e-4)
    }
  }
}
