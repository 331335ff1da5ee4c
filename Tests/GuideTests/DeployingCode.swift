import Apus
import Foundation
import Testing

@Suite struct DeployingCode {
  @Test func libraries() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-deploying-\(UUID().uuidString)")
      .path
    defer { try? FileManager.default.removeItem(atPath: folder) }

    let model = Sequential(
      Conv2d(1, 8, kernelSize: 3, padding: 1), BatchNorm2d(8), ReLU(), MaxPool2d(2), Flatten(), Linear(128, 10))
    model.eval()
    let library = try CLibrary({ (x: Tensor) in model(x) }, example: randn(1, 1, 8, 8), name: "digits")
    print(library.inputs.map { "\($0.name): \($0.type)" })  // ["in0: float32[1, 1, 8, 8]"]
    try library.write(.files, to: folder)  // digits.h and digits.c
    #expect(FileManager.default.fileExists(atPath: folder + "/digits.c"))
    #expect(library.inputs.map { "\($0.name): \($0.type)" } == ["in0: float32[1, 1, 8, 8]"])

    let large = try CLibrary({ (x: Tensor) in model(x) }, example: randn(1, 1, 8, 8), name: "digits", weights: .apart)
    print(large.weights.count == 5632, large.workspaceSize < 20_000)  // true true
    #expect(large.weights.count == 5632 && large.workspaceSize < 20_000)

    let settle = { (x: Tensor) in
      let small = whileLoop(x, while: { $0.norm().gt(1) }, do: { $0 / 2 })
      return cond(small.sum().gt(0), then: { small }, else: { -small })
    }
    let loops = try CLibrary(settle, example: zeros(2), name: "settle")
    print(loops.source.contains("for (;;) {"))  // true
    #expect(loops.source.contains("for (;;) {"))

    let parallel = try CLibrary({ (x: Tensor) in model(x) }, example: randn(1, 1, 8, 8), name: "digits", threads: 4)
    print(parallel.header.contains("digits_parallel"))  // true
    #expect(parallel.header.contains("digits_parallel"))

    let small = try quantize(model, calibration: [randn(64, 1, 8, 8)])
    let integers = try CLibrary({ (x: Tensor) in small(x) }, example: randn(1, 1, 8, 8), name: "digits")
    print(integers.weights.count, integers.workspaceSize)  // 2048 1536
    #expect(integers.weights.count == 2048 && integers.workspaceSize == 1536)
  }

  @Test func microcontrollers() throws {
    let net = Sequential(
      Conv2d(1, 8, kernelSize: 3, padding: 1), ReLU(), Conv2d(8, 16, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2),
      Conv2d(16, 24, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2), Flatten(), Linear(96, 10))
    let tiny = try quantize(net, calibration: [Digits(train: true).images.narrow(0, 0, 256)])
    let bytes = try CLibrary(
      { (x: Tensor) in tiny(x.to(.float32) / 16) }, example: Tensor.zeros([1, 1, 8, 8], dtype: .uint8), name: "digits")
    #expect(bytes.inputs[0].cType == "unsigned char" && bytes.weights.count < 8_000)
  }
  @Test func modulesWithState() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-deploying-\(UUID().uuidString)")
      .path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }

    func write() throws {
      let weight = randn(3, 4)
      let module = try WebModule(
        "memory", state: [("mean", zeros(3)), ("count", zeros(1))],
        functions: [
          WebFunction("add", example: [zeros(4)]) { arguments, state in
            state[1] = state[1] + 1
            state[0] = state[0] + (matmul(weight, arguments[0]) - state[0]) / state[1]
            return [state[0]]
          },
          WebFunction("score", example: [zeros(4)]) { arguments, state in [matmul(weight, arguments[0]) * state[0]] },
        ])
      try module.write(to: folder + "/memory.wasm")  // and memory.wasm.weights
      #expect(module.state.map(\.name) == ["mean", "count"] && module.functions.map(\.name) == ["add", "score"])
      #expect(FileManager.default.fileExists(atPath: folder + "/memory.wasm.weights"))
    }
    do {
      try write()
    } catch let error as TensorError {
      // Without a compiler for WebAssembly that is said.
      #expect(error.message.contains("no compiler made a WebAssembly module"))
    }
  }

  @Test func aLanguageModelWithItsCache() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("apus-deploying-\(UUID().uuidString).json")
      .path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let configuration = """
      {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 40, "hidden_size": 16, "intermediate_size": 24,
       "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1, "rms_norm_eps": 1e-5}
      """
    try configuration.write(toFile: file, atomically: true, encoding: .utf8)
    let model = try CausalLanguageModel<LlamaModel>(ModelConfiguration(path: file))

    let cache = try FixedCache.zeros(for: model, capacity: 256)
    let chat = try WebModule(
      "chat", state: cache.enumerated().map { ("cache\($0)", $1) },
      functions: [
        WebFunction("next", example: [Tensor.zeros([1, 1], dtype: .int32), Tensor.zeros([1], dtype: .int32)]) {
          given, state in
          let cache = FixedCache(keysAndValues: state, position: given[1])
          var inputs = ModelInputs()
          (inputs.inputIds, inputs.cache) = (given[0], cache)
          let logits = model(inputs).logits
          state = cache.keysAndValues
          return [logits].compactMap { $0 }
        }
      ])
    #expect(chat.functions[0].outputs[0].type.shape == [1, 1, 40] && chat.state.count == 2)
  }
}
