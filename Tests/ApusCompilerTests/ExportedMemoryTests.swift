import Apus
import Foundation
import Testing

/// Where the values of an exported program lie: it is compiled with checks of every access and run.
@Suite struct ExportedMemoryTests {
  /// What the exported function gives for `x`, run as a program of its own; nil where there is no C compiler.
  private func run(_ x: Tensor, _ function: (Tensor) -> [Tensor]) throws -> [Tensor]? {
    guard let compiler = ["clang", "cc"].first(where: { status($0, ["--version"]) == 0 }) else { return nil }
    let expected = function(x)
    let source = try exportC({ (x: Tensor) in function(x) }, example: x, name: "f")
    let names = expected.indices.map { "r\($0)" }
    let main = """
      #include <stdio.h>
      int main(void) {
        static float in[] = {\(x.array().map { "\($0)" }.joined(separator: ","))};
        \(zip(names, expected).map { "static float \($0)[\(max(1, $1.count))];" }.joined(separator: " "))
        for (int i = 0; i < 2; i++) f(in, \(names.joined(separator: ", ")));
        \(zip(names, expected).map { "for (int i = 0; i < \($1.count); i++) printf(\"%.9g\\n\", \($0)[i]);" }
          .joined(separator: " "))
        return 0;
      }
      """
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-memory-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (file, program) = (folder.appendingPathComponent("f.c").path, folder.appendingPathComponent("f").path)
    try (source + main).write(toFile: file, atomically: true, encoding: .utf8)
    let checked = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-o", program, file, "-lm"]
    if status(compiler, checked) != 0 {
      #expect(status(compiler, ["-O1", "-o", program, file, "-lm"]) == 0)
    }
    let output = folder.appendingPathComponent("out").path
    #expect(status(program, [], output: output) == 0)
    var numbers = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").compactMap { Double($0) }
    return expected.map { tensor in
      defer { numbers.removeFirst(min(tensor.count, numbers.count)) }
      return Tensor(Array(numbers.prefix(tensor.count)), shape: tensor.shape, dtype: .float32)
    }
  }

  private func status(_ program: String, _ arguments: [String], output: String? = nil) -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    if let output { _ = FileManager.default.createFile(atPath: output, contents: nil) }
    process.standardOutput = output.flatMap(FileHandle.init(forWritingAtPath:)) ?? FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return -1 }
    process.waitUntilExit()
    return process.terminationStatus
  }

  private func check(
    _ x: Tensor, sourceLocation: SourceLocation = #_sourceLocation, _ function: (Tensor) -> [Tensor]
  ) throws {
    guard let found = try run(x, function) else { return }
    for (a, b) in zip(found, function(x)) { expectClose(a, b, sourceLocation: sourceLocation) }
  }

  @Test func resultsThatAreViewsOfWhatIsComputed() throws {
    manualSeed(0)
    let x = rand(8, 64)
    try check(x) { [$0.exp().reshape(64, 8)] }
    try check(x) { x in
      let y = x.exp()
      return [y.reshape(512), y[2..<5], y.select(0, 3), y.t().unsqueeze(0), y[0..., 3], y.sum(1), (y * 2).t().t()]
    }
    try check(x) { x in
      let y = (x * 2).softmax(1)
      let z = y.reshape(16, 32).square()
      return [y, y.flatten(), z.reshape(4, 128), z, z.expand(2, 16, 32), z.reshape(4, 128).sum(0)]
    }
  }

  @Test func resultsThatAreArgumentsOrConstants() throws {
    manualSeed(1)
    let weight = parameter(randn(4, 6))
    let held = randn(6, 8)
    try check(rand(3, 4)) { x in
      [x, x.reshape(12), x.t(), weight.detach().t(), held, held[1..<3, 2..<5], x, x.exp(), x.exp()]
    }
  }

  @Test func viewsOfConstants() throws {
    manualSeed(2)
    let weight = parameter(randn(6, 4))
    let (held, strided) = (randn(6, 8), randn(8, 12)[1..<7, 2..<6])
    try check(rand(6, 4)) { x in
      [
        x + weight * 2, (x + weight.t().reshape(6, 4)).exp(), x.matmul(weight.t()), x + held[0..., 2..<6],
        x * strided + strided[2].unsqueeze(0), x - held.select(1, 3).unsqueeze(1), (x * weight[3]).sum(0),
        x.t().matmul(held[0..., 1..<4]) + 1,
      ]
    }
  }

  @Test func viewsByStrides() throws {
    try check(rand(4, 6)) { x in
      [x.asStrided([3, 2], [7, 2]).exp(), (x * 2).asStrided([2, 3, 2], [6, 1, 1]), x[1].asStrided([2], [1]) + 1]
    }
    // What lies beyond the argument is not there in the program.
    let error = #expect(throws: TensorError.self) {
      try exportC({ (x: Tensor) in x.asStrided([2], [6]).exp() }, example: rand(4, 6)[1])
    }
    #expect(error?.description.contains("beyond the elements") == true)
  }
}
