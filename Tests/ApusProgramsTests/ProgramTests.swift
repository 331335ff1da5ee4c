import Apus
import ApusCore
import ApusPrograms
import Foundation
import GuardedDevice
import Testing

/// Captured functions as files, and back.
@Suite struct ProgramTests {
  @Test(arguments: Network.allCases) func aNetworkComesBackAsItWas(_ network: Network) throws {
    let (module, x) = network.make()
    try withFile { path in
      try export({ module($0) }, of: module, example: x, to: path)
      let program = try Program.load(path, executor: .chunks)
      let compiled = compile(executor: .chunks) { (x: Tensor) in module(x) }
      for _ in 0..<3 {
        let other = randn(x.shape)
        let found = try program(other)[0]
        #expect(haveSameBits(found, noGrad { compiled(other) }))
        expectClose(found, noGrad { module(other) })
      }
      let names = Set(module.stateDict().keys)
      #expect(program.constants.contains { names.contains($0.name) })
    }
  }

  @Test(arguments: Network.allCases) func sizesThatAreLeftOpen(_ network: Network) throws {
    let (module, x) = network.make()
    try withFile { path in
      try export({ module($0) }, of: module, example: x, to: path, dynamic: ["x": network.dynamic], inputNames: ["x"])
      let program = try Program.load(path, executor: .chunks)
      #expect(program.sizes == network.dynamic.values.sorted())
      for factor in [1, 3, 5] {
        var shape = x.shape
        for axis in network.dynamic.keys { shape[axis] = shape[axis] * factor + axis }
        let other = randn(shape)
        expectClose(try program(other)[0], noGrad { module(other) })
      }
    }
  }

  @Test func imagesOfAnySize() throws {
    manualSeed(3)
    let module = Sequential(
      Conv2d(1, 4, kernelSize: 3, stride: 2, padding: 1), ReLU(), MaxPool2d(2), Conv2d(4, 4, kernelSize: 3, stride: 2),
      Upsample(scaleFactor: 2, mode: .nearest), AdaptiveAvgPool2d(1), Flatten(), Linear(4, 2)
    ).eval()
    try withFile { path in
      try export(
        module, example: zeros(1, 1, 48, 64), to: path, dynamic: ["x": [0: "n", 2: "height", 3: "width"]],
        inputNames: ["x"])
      let program = try Program.load(path, executor: .chunks)
      for shape in [[2, 1, 37, 53], [1, 1, 96, 40]] {
        let x = randn(shape)
        expectClose(try program(x)[0], noGrad { module(x) })
      }
    }
  }

  @Test func masksAndPositionsFollowTheLength() throws {
    manualSeed(4)
    let table = Embedding(100, 8)
    let positions = Embedding(512, 8)
    @Sendable func model(_ tokens: Tensor) -> Tensor {
      let n = tokens.shape[1]
      let x = table(tokens) + positions(arange(n))
      let mask = ones(n, n).triu(1) * -1e9
      return matmul((matmul(x, x.mT) + mask).softmax(-1), x).sum([1]) / Tensor(Double(n))
    }
    try withFile { path in
      try export(
        { (t: Tensor) in model(t) }, example: zeros(2, 7, dtype: .int64), to: path,
        dynamic: ["tokens": [0: "batch", 1: "length"]], inputNames: ["tokens"], outputNames: ["y"])
      let program = try Program.load(path, executor: .chunks)
      for shape in [[2, 7], [3, 11], [1, 30]] {
        let tokens = randint(0, 100, shape)
        let found = try program(["tokens": tokens])["y"]
        expectClose(try #require(found), noGrad { model(tokens) })
      }
    }
  }

  @Test func treesOfTensors() throws {
    try withFile { path in
      try export(
        { (pair: [Tensor], other: Tensor) in ["sum": pair[0] + pair[1], "product": pair[0] * other] },
        example: [ones(2, 3), ones(2, 3)], ones(3), to: path, inputNames: ["a", "b"], outputNames: ["product", "sum"])
      let program = try Program.load(path)
      #expect(program.inputs.map(\.name) == ["a", "b", "input_2"])
      let (a, b, c) = (randn(2, 3), randn(2, 3), randn(3))
      let found = try program(["a": a, "b": b, "input_2": c])
      expectClose(try #require(found["sum"]), a + b)
      expectClose(try #require(found["product"]), a * c)
    }
  }

  @Test func gradientsFlowThroughAProgram() throws {
    let (module, x) = Network.perceptron.make()
    try withFile { path in
      try export({ module($0) }, of: module, example: x, to: path)
      let program = try Program.load(path)
      let leaf = Tensor(x, requiresGrad: true)
      let own = Tensor(x, requiresGrad: true)
      try program(leaf)[0].square().sum().backward()
      module(own).square().sum().backward()
      expectClose(try #require(leaf.grad), try #require(own.grad))
    }
  }

  @Test func severalTasksAtOnce() async throws {
    let (module, x) = Network.convolutional.make()
    let program = try withFile { path in
      try export({ module($0) }, of: module, example: x, to: path, dynamic: ["input_0": [0: "n"]])
      return try Program.load(path, executor: .chunks)
    }
    let arguments = (1...6).map { randn($0 % 3 + 1, 2, 12, 12) }
    let expected = arguments.map { x in noGrad { module(x) } }
    try await withThrowingTaskGroup(of: (Int, Tensor).self) { group in
      for (i, x) in arguments.enumerated() { group.addTask { (i, try program(x)[0]) } }
      for try await (i, found) in group { expectClose(found, expected[i]) }
    }
  }

  @Test(arguments: Network.allCases) func onADeviceWhoseMemoryTheHostCannotRead(_ network: Network) throws {
    GuardedDevice.install()
    Devices.missing = .copySilently
    let (module, x) = network.make()
    try withFile { path in
      try export({ module($0) }, of: module, example: x, to: path)
      let program = try Program.load(path)
      let guarded: Device = "guarded"
      for _ in 0..<2 {
        let found = try program(x.to(guarded))[0]
        #expect(found.device == guarded)
        expectClose(found.to(.cpu), noGrad { module(x) })
      }
      expectClose(try program(x)[0], noGrad { module(x) })
    }
  }

  @Test func whatDoesNotFitIsNamed() throws {
    let (module, x) = Network.convolutional.make()
    try withFile { path in
      try export(
        { module($0) }, of: module, example: x, to: path, dynamic: ["image": [0: "batch"]], inputNames: ["image"])
      let program = try Program.load(path)
      #expect(program.inputs.map(\.description) == ["image: float32[batch, 2, 12, 12]"])
      func message(_ body: () throws -> Void) -> String {
        do {
          try body()
          return ""
        } catch { return "\(error)" }
      }
      #expect(message { _ = try program(zeros(2, 3, 12, 12)) }.contains("'image' takes float32[batch, 2, 12, 12]"))
      #expect(message { _ = try program(zeros(2, 2, 12, 12, dtype: .float64)) }.contains(".to(.float32)"))
      #expect(message { _ = try program(x, x) }.contains("takes 1 inputs (image), and found 2"))
      #expect(message { _ = try program(["picture": x]) }.contains("no input 'picture'"))
      #expect(message { _ = try program([String: Tensor]()) }.contains("'image' is missing"))
    }
  }

  @Test func whatCannotBeExportedIsNamed() throws {
    func message(_ body: (String) throws -> Void) throws -> String {
      try withFile { path in
        do {
          try body(path)
          return ""
        } catch { return "\(error)" }
      }
    }
    let dropping = Sequential(Linear(4, 4), Dropout(0.5))
    #expect(
      try message { try export(dropping, example: zeros(2, 4), to: $0, training: true) }.contains("random numbers"))
    let normed = Sequential(BatchNorm1d(4))
    #expect(
      try message { try export(normed, example: randn(3, 4), to: $0, training: true) }.contains("the function stores"))
    #expect(
      try message { path in
        try export({ (x: Tensor) in x.sum().item() > 0 ? x : -x }, example: ones(3), to: path)
      }.contains("cannot be captured"))
    #expect(
      try message { path in
        try export(
          { (x: Tensor) in x * Tensor(Double(x.shape[0] * x.shape[0] % 7) * 0.3) }, example: ones(3), to: path,
          dynamic: ["input_0": [0: "n"]])
      }.contains("depends on the sizes"))
  }

  @Test(arguments: Network.allCases) func filesOfVersion1AreReadForEver(_ network: Network) throws {
    let folder = recordedFolder
    let program = try Program.load("\(folder)/\(network.rawValue).apus")
    let recorded = try SafetensorsFile(path: "\(folder)/\(network.rawValue).safetensors")
    let (x, y) = (try recorded.tensor(named: "input"), try recorded.tensor(named: "output"))
    expectClose(try program(x)[0], y)
  }

  @Test(arguments: ["recurrence", "decoding", "nested", "training"])
  func filesOfVersion2AreReadForEver(_ name: String) throws {
    let program = try Program.load("\(recordedFolder)/\(name).apus")
    let recorded = try SafetensorsFile(path: "\(recordedFolder)/\(name).safetensors")
    let found = try program(try program.inputs.indices.map { try recorded.tensor(named: "x\($0)") })
    for (i, y) in found.enumerated() { expectClose(y, try recorded.tensor(named: "y\(i)")) }
  }

  @Test func theReaderInPythonAgrees() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let reader = root.appendingPathComponent("docs/formats").path
    func python(_ text: String) throws -> (status: Int32, output: String) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["python3", "-c", text]
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let output = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
    guard let found = try? python("import numpy"), found.status == 0 else { return }
    try withFile("x") { path in
      for network in Network.allCases {
        let (module, x) = network.make()
        try export(
          { module($0) }, of: module, example: x, to: path + ".apus", dynamic: ["x": network.dynamic],
          inputNames: ["x"],
          outputNames: ["y"])
        var shape = x.shape
        for axis in network.dynamic.keys { shape[axis] += 1 }
        let other = randn(shape)
        try saveNumpy(other, to: path + ".npy")
        let (status, output) = try python(
          """
          import sys, numpy; sys.path.insert(0, '\(reader)'); sys.dont_write_bytecode = True
          import program_files
          y = program_files.Program('\(path).apus')({'x': numpy.load('\(path).npy')})['y']
          numpy.save('\(path).out.npy', y)
          """)
        #expect(status == 0, "\(network): \(output)")
        if status == 0 { expectClose(try loadNumpy(path + ".out.npy"), noGrad { module(other) }) }
      }
      for name in ["recurrence", "decoding", "nested"] {
        let recorded = try SafetensorsFile(path: "\(recordedFolder)/\(name).safetensors")
        let program = try Program.load("\(recordedFolder)/\(name).apus")
        for i in program.inputs.indices {
          try saveNumpy(try recorded.tensor(named: "x\(i)"), to: "\(path).input_\(i).npy")
        }
        let (status, output) = try python(
          """
          import sys, numpy; sys.path.insert(0, '\(reader)'); sys.dont_write_bytecode = True
          import program_files
          program = program_files.Program('\(recordedFolder)/\(name).apus')
          x = {port['name']: numpy.load('\(path).' + port['name'] + '.npy') for port in program.inputs}
          for name, y in program(x).items(): numpy.save('\(path).' + name + '.npy', y)
          """)
        #expect(status == 0, "\(name): \(output)")
        for i in program.outputs.indices where status == 0 {
          expectClose(try loadNumpy("\(path).output_\(i).npy"), try recorded.tensor(named: "y\(i)"))
        }
      }
    }
  }
}
