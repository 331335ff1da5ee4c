import Apus
import ApusCompiler
import ApusCore
import ApusPrograms
import Foundation
import TestSupport
import Testing

/// Models of integers of ONNX Runtime's own tools, `scripts/record-integers.py`: operators on bytes, and ranges found at the call.
@Suite struct IntegerImportTests {
  private static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Recorded/integers/"

  private func recorded(_ name: String) throws -> (model: ONNXModel, x: Tensor, y: Tensor) {
    let results = try SafetensorsFile(path: Self.folder + "results.safetensors")
    let kind = name.split(separator: "-").first.map(String.init) ?? name
    return (
      try ONNXModel(path: Self.folder + name + ".onnx"), try results.tensor(named: "\(kind).x"),
      try results.tensor(named: "\(name).y")
    )
  }

  /// ONNX Runtime's results but for roundings of few numbers by one step in a layer.
  private func expectNear(_ found: Tensor, _ expected: Tensor, _ comment: Comment) {
    let most = expected.abs().amax().item(as: Float.self)
    let away = (found - expected).abs()
    #expect(found.shape == expected.shape)
    #expect(away.amax().item(as: Float.self) <= 0.03 * most, comment)
    #expect(away.mean().item(as: Float.self) <= 0.005 * most, comment)
  }

  /// The operations that a capture of each model is to have, and those that it is not to have.
  private static let layers: [(name: String, there: Set<String>, gone: Set<String>)] = [
    (
      "images-u8", ["quantized_convolution", "quantized_linear", "quantized_max_pool", "quantized_average_pool"],
      ["convolution"]
    ),
    (
      "images-s8", ["quantized_convolution", "quantized_linear", "quantized_max_pool", "quantized_average_pool"],
      ["convolution"]
    ),
    ("images-u8u8", [], []), ("images-dynamic", ["dynamic_linear", "dynamic_convolution"], ["convolution"]),
    ("images-dynamic-u8", [], []),
    ("words-u8", ["quantized_linear"], ["matmul"]), ("words-s8", ["quantized_linear"], ["matmul"]),
    ("words-u8u8", [], []),
    ("words-dynamic", ["dynamic_linear"], ["matmul"]), ("words-dynamic-u8", [], []),
    ("pixels-u8", ["quantized_linear"], ["matmul"]), ("pixels-s8", ["quantized_linear"], ["matmul"]),
    ("pixels-u8u8", [], []),
    ("pixels-dynamic", ["dynamic_linear"], ["matmul"]), ("pixels-dynamic-u8", [], []),
  ]

  @Test(arguments: layers.map(\.name)) func givesWhatONNXRuntimeGives(_ name: String) throws {
    let (model, x, expected) = try recorded(name)
    expectNear(noGrad { model(x) }, expected, "\(name)")
  }

  /// In program files they are operations on integers, whose results are the model's.
  @Test(arguments: layers.filter { !$0.there.isEmpty }.map(\.name)) func programsHaveIntegers(_ name: String) throws {
    let wanted = try #require(Self.layers.first { $0.name == name })
    let (model, x, _) = try recorded(name)
    let folder = TemporaryFolder()
    try export(model, example: x, to: folder.file("m.apus"), inputNames: ["x"])
    let program = try Program.load(folder.file("m.apus"))
    let names = Set(program.operations.map(\.name))
    #expect(names.isSuperset(of: wanted.there), "\(names.sorted())")
    #expect(names.isDisjoint(with: wanted.gone), "\(names.sorted())")
    #expect(program.constants.contains { $0.dtype == .int8 })
    #expect(try program(x)[0].equal(noGrad { model(x) }))
  }

  /// C libraries of them compute with bytes.
  @Test(
    .enabled(if: NativeCompiler.compiler != nil),
    arguments: ["images-u8", "images-s8", "words-u8", "pixels-s8", "words-dynamic", "images-dynamic"])
  func librariesComputeWithBytes(_ name: String) throws {
    let (model, x, expected) = try recorded(name)
    let library = try CLibrary({ (x: Tensor) in noGrad { model(x) } }, example: x, name: "m")
    #expect(library.source.contains(name.hasPrefix("images") ? "apus_int_convolve(" : "apus_int_product("))
    let folder = TemporaryFolder()
    try library.write(.shared, to: folder.file("m.so"), flags: ["-march=native"])
    let made = try #require(DynamicLibrary(firstOf: [folder.file("m.so")], thatHas: "m_run"))
    typealias Start = @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer?) -> Int32
    typealias Run = @convention(c) (UnsafeMutableRawPointer, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    let start = try #require(made.function("m_init", as: Start.self))
    let run = try #require(made.function("m_run", as: Run.self))
    let workspace = UnsafeMutableRawPointer.allocate(byteCount: library.workspaceSize, alignment: 64)
    defer { workspace.deallocate() }
    #expect(start(workspace, nil) == 0)
    var y = [Float](repeating: 0, count: expected.count)
    run(workspace, x.array(), &y)
    expectNear(Tensor(y).reshape(expected.shape), expected, "\(name)")
  }
}
