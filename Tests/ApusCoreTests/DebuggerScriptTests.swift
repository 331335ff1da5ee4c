import Apus
import ApusCore
import Foundation
import Testing

#if os(Linux)
  /// The scripts for debuggers, tried by a gdb that looks into this process.
  @Suite struct DebuggerScriptTests {
    private static let gdb = ["/usr/bin/gdb", "/usr/local/bin/gdb"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }

    private static let script = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/") + "/Tools/Debugger/apus_gdb.py"

    /// What gdb prints after the commands; nil where it may not look into processes.
    private static func session(_ commands: [String]) throws -> String? {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: try #require(gdb))
      process.arguments =
        ["-nx", "-batch", "-p", "\(getpid())", "-ex", "set debuginfod enabled off", "-ex", "source \(script)"]
        + commands.flatMap { ["-ex", $0] }
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return text.contains("ptrace: ") ? nil : text
    }

    private static func address(_ tensor: Tensor) -> UInt {
      UInt(bitPattern: Unmanaged.passUnretained(tensor.body).toOpaque())
    }

    @Test(.enabled(if: gdb != nil)) func tensorsAndModulesAreShown() throws {
      let weight = parameter(Tensor([0.5, -2.0]))
      let tensors: [(Tensor, String)] = [
        (Tensor([[1.5, 2.0], [3.0, -4.0]]), "tensor([[1.5, 2.], [3., -4.]]) float32[2, 2]"),
        (Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).mT, "tensor([[1., 4.], [2., 5.], [3., 6.]]) float32[3, 2] strides=[1, 3]"),
        (Tensor([1, 2, 3]), "tensor([1, 2, 3]) int64[3]"), (Tensor([true, false]), "tensor([True, False]) bool[2]"),
        (Tensor([1.5, -0.25]).to(.bfloat16), "tensor([1.5, -0.25]) bfloat16[2]"),
        (Tensor([1.5, -448.0]).to(.float8e4m3fn), "tensor([1.5, -448.]) float8_e4m3fn[2]"),
        (Tensor([Complex(1, -2)]), "tensor([(1-2j)]) complex64[1]"),
        (arange(0, 1000), "tensor([0, 1, 2, ..., 997, 998, 999]) int64[1000]"),
        (weight, "tensor([0.5, -2.]) float32[2] variable requires_grad"),
        (zeros(2, 0), "tensor([[], []]) float32[2, 0]"),
      ]
      let model = Sequential(Linear(2, 1), ReLU())
      let tree = UInt(bitPattern: Unmanaged.passUnretained(model as AnyObject).toOpaque())
      let reading = tensors.map { "python print(tensors().describe(\(Self.address($0.0))))" }
      let calling = ["apus print \(Self.address(weight))", "apus print \(tree)", "apus module"]
      guard let text = try Self.session(reading + calling) else { return }
      let lines = text.split(separator: "\n").map(String.init)
      for (_, expected) in tensors { #expect(lines.contains(expected), "\(expected) is not among\n\(text)") }
      #expect(text.contains("Parameter containing:\ntensor([ 0.5000, -2.0000], requires_grad=True)\n"), "\(text)")
      #expect(text.contains("Sequential(\n  (0): Linear(in_features=2, out_features=1, bias=True)\n  (1): ReLU()\n)"), "\(text)")
      #expect(lines.contains("no module is being called"), "\(text)")
      withExtendedLifetime((tensors, model)) {}
    }
  }
#endif
