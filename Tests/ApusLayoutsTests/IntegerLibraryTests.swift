import Apus
import ApusCompiler
import ApusCore
import ApusFunctional
import Foundation
import TestSupport
import Testing

/// Models of integers as C libraries give what the engine gives, with the instructions of this machine and with those of any.
@Suite struct IntegerLibraryTests {
  /// Flags under which the text takes other ways: the compiler's usual machine, this one, and scaling by integers.
  private static let ways = [["-O1", "-march=native"], ["-O1"], ["-O1", "-DAPUS_INTEGER_SCALES"]]

  /// What a library gives for float32 or byte arguments.
  private func results(_ library: CLibrary, _ inputs: [Tensor], flags: [String]) throws -> [Tensor] {
    let folder = TemporaryFolder()
    let pointers = (library.inputs + library.outputs).indices.map { "p[\($0)]" }.joined(separator: ", ")
    // Where there may be several threads, one does the parts in another order.
    let text =
      library.singleHeader + """

        static void backwards(void *context, int parts, void (*task)(void *, int), void *argument) {
          for (int i = parts; i-- > 0;) task(argument, i);
          (void)context;
        }
        int call(void *w, void **p) {
          (void)backwards;
          if (m_init(w, 0)) return 1;
          \(library.threads > 1 ? "m_parallel(w, backwards, 0);" : "")
          m_run(w, \(pointers));
          return 0;
        }

        """
    let flags = ["-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"] + flags
    let bytes = try #require(NativeCompiler.build("#define M_IMPLEMENTATION\n" + text, flags))
    put(bytes, at: folder.file("m.so"))
    let made = try #require(DynamicLibrary(firstOf: [folder.file("m.so")], thatHas: "call"))
    typealias Call = @convention(c) (UnsafeMutableRawPointer, UnsafePointer<UnsafeMutableRawPointer>) -> Int32
    let call = try #require(made.function("call", as: Call.self))
    let outputs = library.outputs.map { Tensor.zeros($0.type.shape, dtype: $0.type.dtype) }
    let arguments = inputs.map { $0.contiguous().clone() }
    let workspace = UnsafeMutableRawPointer.allocate(byteCount: library.workspaceSize, alignment: 64)
    // What a run does not write it must not read.
    workspace.initializeMemory(as: UInt8.self, repeating: 0xAA, count: library.workspaceSize)
    defer { workspace.deallocate() }
    withExtendedLifetime((arguments, outputs)) {
      #expect(call(workspace, (arguments + outputs).map { UnsafeMutableRawPointer($0.body.data) }) == 0)
    }
    return outputs
  }

  /// At most a few results differ, and those by what one step in a layer makes of them.
  private func expectSame(_ found: Tensor, _ expected: Tensor, step: Double) {
    let away = (found.to(.float64) - expected.to(.float64)).abs()
    #expect(away.amax().item(as: Double.self) <= step)
    #expect(away.gt(step / 100).to(.float64).mean().item(as: Double.self) < 0.02)
  }

  private final class Residual: Layer {
    let first = Conv2d(16, 16, kernelSize: 3, padding: 1, bias: false)
    let norm = BatchNorm2d(16)
    let second = Conv2d(16, 16, kernelSize: 3, padding: 1)
    func forward(_ x: Tensor) -> Tensor { (second(norm(first(x)).relu()) + x).relu() }
  }

  static let models: [String] = ["images", "groups", "means", "lines", "volumes", "words", "gelu"]

  private func model(_ name: String) -> (any Layer, Tensor) {
    manualSeed(5)
    switch name {
    case "images":
      return (
        Sequential(
          Conv2d(3, 16, kernelSize: 3, stride: 2, padding: 1), ReLU(), Residual(), MaxPool2d(3, stride: 2, padding: 1),
          Conv2d(16, 37, kernelSize: 1), ReLU6(), Flatten(), Linear(37 * 25, 10)), randn(2, 3, 19, 17)
      )
    case "groups":
      return (
        Sequential(
          Conv2d(4, 20, kernelSize: 3, padding: 2, dilation: 2), ReLU(),
          Conv2d(20, 20, kernelSize: 5, stride: 2, padding: 2, groups: 20), ReLU(),
          Conv2d(20, 24, kernelSize: 3, padding: 1, groups: 2), ReLU(), Conv2d(24, 24, kernelSize: 3, groups: 24),
          AvgPool2d(2)), randn(2, 4, 15, 14)
      )
    case "means":
      return (
        Sequential(
          Conv2d(3, 20, kernelSize: 3, padding: 1), ReLU(), AvgPool2d(3, stride: 2, padding: 1),
          Conv2d(20, 16, kernelSize: 3), ReLU(), AdaptiveAvgPool2d(1), Flatten(), Linear(16, 10)), randn(2, 3, 15, 14)
      )
    case "lines":
      return (
        Sequential(
          Conv1d(3, 20, kernelSize: 5, padding: 2), ReLU(), MaxPool1d(2), Conv1d(20, 8, kernelSize: 3, groups: 4)),
        randn(2, 3, 33)
      )
    case "volumes":
      return (
        Sequential(Conv3d(2, 4, kernelSize: 3, padding: 1), ReLU(), Conv3d(4, 3, kernelSize: 2)), randn(1, 2, 5, 6, 4)
      )
    case "words":
      return (Sequential(Linear(63, 40), ReLU(), Linear(40, 36), ReLU(), Linear(36, 5)), randn(19, 63))
    default: return (Sequential(Linear(24, 40), GELU(), Linear(40, 8)), randn(1, 24))
    }
  }

  @Test(.enabled(if: NativeCompiler.compiler != nil), arguments: models) func staticModels(_ name: String) throws {
    let (model, x) = model(name)
    let small = try quantize(model, calibration: [x, randn(x.shape)])
    let expected = small(x)
    let library = try CLibrary({ (x: Tensor) in small(x) }, example: x, name: "m")
    #expect(library.source.contains("apus_int_") || name == "volumes")
    let most = expected.abs().amax().item(as: Double.self)
    for flags in ["images", "groups", "means"].contains(name) ? Self.ways : [Self.ways[0]] {
      expectSame(try results(library, [x], flags: flags)[0], expected, step: 0.03 * most)
    }
  }

  @Test(.enabled(if: NativeCompiler.compiler != nil)) func dynamicModels() throws {
    manualSeed(2)
    let table = Embedding(30, 24)
    let net = Sequential(Linear(24, 40), GELU(), Linear(40, 7))
    let words = randint(0, 30, [2, 5])
    let small = try quantizeDynamic(of: Sequential(table, net), example: [words]) { [net(table($0[0]))] }
    let expected = small([words])[0]
    let library = try CLibrary(tensors: { small($0) }, example: [words], name: "m")
    let most = expected.abs().amax().item(as: Double.self)
    expectSame(try results(library, [words], flags: Self.ways[0])[0], expected, step: 0.03 * most)
  }

  /// Integers from -128 to 127, as other programs have them, and mixed with those from 0 to 255.
  @Test(.enabled(if: NativeCompiler.compiler != nil)) func signedIntegers() throws {
    manualSeed(8)
    let signed = AffineCode(scale: 0.05, zeroPoint: -11, dtype: .int8)
    let other = AffineCode(scale: 0.2, zeroPoint: 90)
    let settings = ConvolutionSettings(
      stride: [1, 1], padding: [1, 1], paddingAfter: [1, 1], dilation: [1, 1], groups: 1)
    let single = ConvolutionSettings(
      stride: [1, 1], padding: [1, 1], paddingAfter: [1, 1], dilation: [1, 1], groups: 18)
    func weights(_ shape: [Int]) -> [Tensor] {
      [randint(-127, 128, shape).to(.int8), rand(shape[0]) * 0.002 + 0.001, randn(shape[0])]
    }
    let (first, second, third) = (weights([18, 5, 3, 3]), weights([18, 1, 3, 3]), weights([6, 18]))
    let x = randn(2, 5, 6, 7) * 3
    func both(_ number: Int) -> Attribute { .list([.int(number), .int(number)]) }
    let window = try PoolWindow(
      .record([
        "kernel": both(2), "stride": both(2), "padding": both(1), "dilation": both(1), "ceil_mode": .bool(false),
      ]))
    func run(_ given: [Tensor]) -> [Tensor] {
      let q = apply(QuantizeElements(signed), given)
      let a = apply(QuantizedConvolution(settings: settings, input: signed, output: signed), q + first)
      let b = apply(
        QuantizedConvolution(settings: single, input: signed, output: other, former: signed), a + second + a)
      let c = apply(QuantizedMaxPool(window), a)
      let rows = c[0].permute([0, 2, 3, 1]).contiguous()
      let d = apply(QuantizedLinear(input: signed, output: signed, epilogue: .relu), [rows] + third)
      return [a[0], b[0], c[0], d[0], apply(DequantizeElements(other), b)[0]]
    }
    let library = try CLibrary(tensors: run, example: [x], name: "m")
    let expected = run([x])
    for flags in Self.ways {
      let found = try results(library, [x], flags: flags)
      for (found, expected) in zip(found.prefix(4), expected) { expectSame(found, expected, step: 1) }
      expectSame(found[4], expected[4], step: 0.201)
    }
  }

  /// Parts of an operation are computed each by itself.
  @Test(.enabled(if: NativeCompiler.compiler != nil), arguments: ["images", "groups", "words"])
  func inParts(_ name: String) throws {
    let (model, x) = model(name)
    let many = cat([x, x + 0.1, x * 0.9, x - 0.1, x * 0.5, x * 1.1], dim: 0)
    let small = try quantize(model, calibration: [many])
    let expected = small(many)
    let one = try CLibrary({ (x: Tensor) in small(x) }, example: many, name: "m")
    let library = try CLibrary({ (x: Tensor) in small(x) }, example: many, name: "m", threads: 5)
    #expect(library.workspaceSize >= one.workspaceSize)
    let found = try results(library, [many], flags: Self.ways[0])[0]
    let most = expected.abs().amax().item(as: Double.self)
    expectSame(found, expected, step: 0.03 * most)
    #expect(found.array() == (try results(one, [many], flags: Self.ways[0])[0]).array())
  }

  /// A program that is run with its output read; nil where it is not there or fails.
  private static func run(_ program: String, _ arguments: [String], in folder: String? = nil) -> [UInt8]? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder.map { URL(fileURLWithPath: $0) }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? [UInt8](output) : nil
  }

  private static let runsARM =
    run("clang", ["--print-targets"]).map { String(decoding: $0, as: UTF8.self).contains("aarch64 ") } == true
    && run("ld.lld", ["--version"]) != nil && run("qemu-aarch64", ["--version"]) != nil
  private static let runsWebAssembly =
    NativeCompiler.compiler?.hasSuffix("clang") == true && run("wasm-ld", ["--version"]) != nil
    && run("node", ["--version"]) != nil

  private func numbers(_ bytes: [UInt8], _ shape: [Int]) throws -> Tensor {
    try #require(bytes.count == 4 * shape.reduce(1, *))
    let words = stride(from: 0, to: bytes.count, by: 4).map { i in
      Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[i + $1]) << UInt32(8 * $1) })
    }
    return Tensor(words).reshape(shape)
  }

  /// With the instructions of ARM, those for products of bytes among them or not, in a program without a C library.
  @Test(.enabled(if: runsARM), arguments: [("groups", "armv8-a"), ("groups", "armv8.2-a+dotprod")])
  func onARM(_ name: String, _ machine: String) throws {
    let (model, x) = model(name)
    let small = try quantize(model, calibration: [x, randn(x.shape)])
    let expected = small(x)
    let library = try CLibrary({ (x: Tensor) in small(x) }, example: x, name: "m")
    let main = """
      #include "m.h"
      void *memcpy(void *to, const void *from, size_t n) { for (size_t i = 0; i < n; i++) ((char *)to)[i] = ((const char *)from)[i]; return to; }
      void *memset(void *to, int byte, size_t n) { for (size_t i = 0; i < n; i++) ((char *)to)[i] = (char)byte; return to; }
      static const float in[] = {\(x.array().map { "\($0)f" }.joined(separator: ", "))};
      static float out[\(expected.count)];
      static _Alignas(64) unsigned char workspace[\(library.workspaceSize)];
      static void host(long operation, long a, const void *b, long c) {
        register long x8 __asm("x8") = operation, x0 __asm("x0") = a, x2 __asm("x2") = c;
        register const void *x1 __asm("x1") = b;
        __asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
      }
      void _start(void) {
        if (!m_init(workspace, NULL)) {
          m_run(workspace, in, out);
          host(64, 1, out, sizeof out);
        }
        host(94, 0, NULL, 0);
      }
      """
    let folder = TemporaryFolder()
    try library.write(.files, to: folder.path)
    put(Array(main.utf8), at: folder.file("main.c"))
    let most = expected.abs().amax().item(as: Double.self)
    let flags = [
      "--target=aarch64-linux-gnu", "-march=\(machine)", "-O1", "-ffreestanding", "-fno-builtin", "-nostdlib",
      "-static",
      "-fuse-ld=lld", "-o", "program", "main.c", "m.c",
    ]
    try #require(Self.run("clang", flags, in: folder.path) != nil)
    let bytes = try #require(Self.run("qemu-aarch64", ["-cpu", "max", folder.file("program")]))
    expectSame(try numbers(bytes, expected.shape), expected, step: 0.03 * most)
  }

  /// As a WebAssembly module under Node.
  @Test(.enabled(if: runsWebAssembly), arguments: ["images", "groups"]) func inTheWeb(_ name: String) throws {
    let (model, x) = model(name)
    let small = try quantize(model, calibration: [x, randn(x.shape)])
    let expected = small(x)
    let folder = TemporaryFolder()
    try CLibrary({ (x: Tensor) in small(x) }, example: x, name: "m").write(.webAssembly, to: folder.file("m.wasm"))
    put(x.withUnsafeBytes { Array($0) }, at: folder.file("in"))
    let script = """
      const fs = require("fs")
      WebAssembly.instantiate(fs.readFileSync("m.wasm")).then(({ instance }) => {
        const { memory, m_input, m_output, m_run } = instance.exports
        new Uint8Array(memory.buffer, m_input(0)).set(fs.readFileSync("in"))
        m_run()
        process.stdout.write(Buffer.from(memory.buffer, m_output(0), \(4 * expected.count)))
      })
      """
    let bytes = try #require(Self.run("node", ["-e", script], in: folder.path))
    let most = expected.abs().amax().item(as: Double.self)
    expectSame(try numbers(bytes, expected.shape), expected, step: 0.03 * most)
  }

  /// Weights are bytes, and so is what goes from layer to layer.
  @Test func librariesAreSmall() throws {
    manualSeed(0)
    let net = Sequential(
      Conv2d(3, 32, kernelSize: 3, padding: 1), ReLU(), Conv2d(32, 64, kernelSize: 3, padding: 1), ReLU(), Flatten(),
      Linear(64 * 256, 10))
    net.eval()
    let x = randn(1, 3, 16, 16)
    let small = try quantize(net, calibration: [x])
    let integers = try CLibrary({ (x: Tensor) in small(x) }, example: x, name: "m", weights: .apart)
    let floats = try CLibrary({ (x: Tensor) in net(x) }, example: x, name: "m", weights: .apart)
    #expect(Double(integers.weights.count) < 0.28 * Double(floats.weights.count))
    #expect(Double(integers.workspaceSize) < 0.35 * Double(floats.workspaceSize))
  }
}
