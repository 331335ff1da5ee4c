import Apus
import ApusCore
import ApusPrograms
import TestSupport
import Testing

/// Models of integers in program files.
@Suite struct IntegerProgramTests {
  private func model(_ name: String) -> (any Layer, Tensor) {
    manualSeed(7)
    switch name {
    case "images":
      return (
        Sequential(
          Conv2d(3, 16, kernelSize: 3, padding: 1), ReLU6(), MaxPool2d(2), Conv2d(16, 16, kernelSize: 3, groups: 16),
          ReLU(), AvgPool2d(2), Conv2d(16, 8, kernelSize: 1), AdaptiveAvgPool2d(1), Flatten(), Linear(8, 5)),
        randn(2, 3, 14, 12)
      )
    default: return (Sequential(Linear(24, 40), GELU(), Linear(40, 16), ReLU(), Linear(16, 3)), randn(3, 24))
    }
  }

  @Test(arguments: ["images", "rows"]) func staticModels(_ name: String) throws {
    let folder = TemporaryFolder()
    let (model, x) = model(name)
    let small = try quantize(model, calibration: [x, randn(x.shape)])
    try export(small, example: x, to: folder.file("small.apus"), inputNames: ["x"])
    let program = try Program.load(folder.file("small.apus"))
    let names = Set(program.operations.map(\.name))
    #expect(
      names.isSuperset(
        of: name == "images" ? ["quantized_convolution", "quantized_average_pool"] : ["quantized_linear"]))
    #expect(program.constants.contains { $0.dtype == .int8 })
    let y = randn(x.shape)
    #expect(try program(y)[0].equal(small(y)))
    #expect(try CLibrary(tensors: { try program($0) }, example: [x], name: "m").source.contains("apus_int_"))
  }

  @Test func openSizes() throws {
    let folder = TemporaryFolder()
    let (model, x) = model("images")
    let small = try quantize(model, calibration: [x])
    try export(small, example: x, to: folder.file("small.apus"), dynamic: ["x": [0: "batch"]], inputNames: ["x"])
    let y = randn(5, 3, 14, 12)
    #expect(try Program.load(folder.file("small.apus"))(y)[0].equal(small(y)))
  }

  @Test func dynamicModels() throws {
    let folder = TemporaryFolder()
    let table = Embedding(30, 24)
    let (model, _) = model("rows")
    let tokens = Tensor([[1, 4, 29], [0, 2, 7]])
    let small = try quantizeDynamic(of: Sequential(table, model), example: [tokens]) { [model(table($0[0]))] }
    try export({ small([$0])[0] }, of: small, example: tokens, to: folder.file("small.apus"))
    let program = try Program.load(folder.file("small.apus"))
    #expect(Set(program.operations.map(\.name)).isSuperset(of: ["dynamic_linear", "quantized_embedding"]))
    #expect(try program(tokens)[0].equal(small([tokens])[0]))
  }

  @Test func codesThatStandForNothingAreTold() throws {
    func code(_ scale: Double, _ zero: Int, _ dtype: String = "uint8") throws -> AffineCode {
      try AffineCode(.record(["scale": scale.attribute, "zero_point": .int(zero), "dtype": .string(dtype)]))
    }
    for make in [
      { try code(0, 0) }, { try code(-1, 0) }, { try code(.infinity, 0) }, { try code(1, 256) }, { try code(1, -1) },
      { try code(1, 0, "int32") },
    ] {
      #expect(throws: TensorError.self) { _ = try make() }
    }
  }
}
