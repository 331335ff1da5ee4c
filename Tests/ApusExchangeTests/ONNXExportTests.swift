import Apus
import ApusCore
import TestSupport
import Testing

@Suite struct ONNXExportTests {
  /// Two linear layers around an activation.
  final class Net: Layer {
    let first = Linear(4, 8)
    let second = Linear(8, 3)
    let dropout = Dropout(0.5)
    func forward(_ x: Tensor) -> Tensor { second(dropout(first(x).relu())) }
  }

  /// Something that ONNX has no operator for.
  final class Inverse: Layer {
    func forward(_ x: Tensor) -> Tensor { x.inverse() }
  }

  /// The model that `export` writes.
  func model(_ export: (String) throws -> Void) throws -> ONNX.ModelProto {
    let folder = TemporaryFolder()
    try export(folder.file("model.onnx"))
    return try ONNX.ModelProto(path: folder.file("model.onnx"))
  }

  @Test func namesOfWeightsAndModulesAreKept() throws {
    let model = try model { path in
      try exportONNX(
        Net(), inputs: randn([2, 4]), to: path,
        inputNames: ["features"], outputNames: ["scores"], dynamicAxes: ["features": [0: "batch"]])
    }
    let graph = try #require(model.graph)
    #expect(model.opsetImport == [ONNX.OperatorSetID(version: 18)])
    #expect(Set(graph.initializer.map(\.name)) == ["first.weight", "first.bias", "second.weight", "second.bias"])
    #expect(graph.node.map(\.name) == ["first/Gemm", "Relu", "second/Gemm"])
    #expect(graph.node.first?.input == ["features", "first.weight", "first.bias"])
    #expect(graph.node.last?.output == ["scores"])
    for (info, width) in [(graph.input[0], 4), (graph.output[0], 3)] {
      guard case .tensor(_, let shape) = info.type?.value else {
        Issue.record("\(info.name) is no tensor")
        continue
      }
      #expect(shape?.map(\.size) == [.named("batch"), .known(Int64(width))])
    }
  }

  @Test func dropoutIsThereInTrainingOnly() throws {
    let net = Net()
    for training in [false, true] {
      let model = try model { path in
        try exportONNX(net, inputs: randn([2, 4]), to: path, training: training)
      }
      #expect(model.graph?.node.contains { $0.opType == "Dropout" } == training)
    }
  }

  @Test func theModuleIsLeftAsItWas() throws {
    let norm = BatchNorm1d(3)
    norm.train()
    let before = norm.stateDict().map { ($0.name, $0.tensor.clone()) }
    manualSeed(3)
    let expected = rand([4])
    manualSeed(3)
    _ = try model { path in
      try exportONNX(norm, inputs: randn([5, 3]), to: path, training: false)
    }
    #expect(norm.isTraining)
    for ((name, old), new) in zip(before, norm.stateDict()) {
      #expect(name == new.name && old.equal(new.tensor))
    }
    manualSeed(3)
    #expect(rand([4]).equal(expected))
  }

  @Test func sizesThatDependOnAnInputAreComputed() throws {
    let model = try model { path in
      try exportONNX(
        { (x: Tensor) in x.reshape([2, x.shape[0] * 2]) }, inputs: randn([4, 4]), to: path,
        dynamicAxes: ["input_0": [0: "n"]])
    }
    #expect(model.graph?.node.map(\.opType) == ["Reshape"])
  }

  @Test func weightsCanLieBesideTheModel() throws {
    let folder = TemporaryFolder()
    let net = Linear(64, 64)
    try exportONNX(
      net, inputs: randn([1, 64]), to: folder.file("model.onnx"), externalData: "weights.bin")
    let model = try ONNX.ModelProto(path: folder.file("model.onnx"))
    let weight = try #require(model.graph?.initializer.first { $0.name == "weight" })
    #expect(weight.isExternal && weight.rawData == nil)
    #expect(weight.externalData.first { $0.key == "location" }?.value == "weights.bin")
    let bytes = contents(of: folder.file("weights.bin"))
    net.weight.detach().withUnsafeBytes { #expect($0.elementsEqual(bytes.prefix($0.count))) }
  }

  @Test func whatHasNoFormIsSaidWithItsModule() {
    let folder = TemporaryFolder()
    let path = folder.file("a.onnx")
    let mistakes: [Mistake] = [
      Mistake("no operator", .unsupported, "LinalgInvEx", "Inverse at 1") {
        try exportONNX(Sequential(Identity(), Inverse()), inputs: eye(3), to: path)
      },
      Mistake("opset", .value, "operator set 16", "17 to 24") {
        try exportONNX(Identity(), inputs: eye(3), to: path, opset: 16)
      },
      Mistake("unknown input", .value, "\"y\"", "input_0") {
        try exportONNX(
          Identity(), inputs: eye(3), to: path, dynamicAxes: ["y": [0: "n"]])
      },
    ]
    for mistake in mistakes { #expect(mistake.complaint() == nil, "\(mistake)") }
  }
}
