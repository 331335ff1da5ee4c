import Apus
import Foundation
import Testing

/// Branches and loops as C and as WebAssembly.
@Suite struct ControlFlowInCTests {
  private func run(_ program: String, _ arguments: [String], in folder: URL) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    guard (try? process.run()) != nil else { return nil }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: output, as: UTF8.self)
    if process.terminationStatus != 0, arguments != ["--version"] { Issue.record("\(program) \(arguments): \(text)") }
    return process.terminationStatus == 0 ? text : nil
  }

  private func cType(_ dtype: DType) -> String {
    switch dtype {
    case .int64: "long long"
    case .bool: "unsigned char"
    default: "float"
    }
  }

  /// Compiles a function without warnings, runs it for several arguments one after the other in one workspace, and compares.
  private func check(
    _ function: ([Tensor]) -> [Tensor], _ arguments: [[Tensor]], threads: Int = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-control-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    guard run("clang", ["--version"], in: folder) != nil else { return }
    let library = try CLibrary(tensors: { function($0) }, example: arguments[0], name: "net", threads: threads)
    try library.write(.files, to: folder.path)
    let outputs = library.outputs.enumerated().map { k, p in "static \(cType(p.type.dtype)) y\(k)[\(p.type.count)];" }
    var lines: [String] = []
    for (n, given) in arguments.enumerated() {
      for (i, tensor) in given.enumerated() {
        let numbers = tensor.to(.float64).array(as: Double.self).map {
          cType(tensor.dtype) == "float" ? "\(Float($0))f" : "\(Int($0))"
        }
        lines.append("static const \(cType(tensor.dtype)) a\(n)_\(i)[] = {\(numbers.joined(separator: ","))};")
      }
    }
    let calls = arguments.enumerated().map { n, given in
      let all = given.indices.map { "a\(n)_\($0)" } + outputs.indices.map { "y\($0)" }
      let prints = library.outputs.enumerated().map { k, p in
        "for (int i = 0; i < \(p.type.count); i++) printf(\"%.9g\\n\", (double)y\(k)[i]);"
      }
      return "net_run(w, \(all.joined(separator: ", ")));\n" + prints.joined(separator: "\n")
    }
    let main = """
      #include "net.h"
      #include <stdio.h>
      #include <stdlib.h>
      \((lines + outputs).joined(separator: "\n"))
      int main(void) {
        void *w = aligned_alloc(64, (net_workspace_size() + 63) / 64 * 64);
        if (net_init(w, NULL)) return 1;
        \(calls.joined(separator: "\n"))
        free(w);
        return 0;
      }
      """
    try main.write(to: folder.appendingPathComponent("main.c"), atomically: true, encoding: .utf8)
    let flags = ["-O1", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"]
    guard run("clang", flags + ["-o", "program", "net.c", "main.c", "-lm"], in: folder) != nil,
      let text = run(folder.appendingPathComponent("program").path, [], in: folder)
    else { return }
    let found = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    let expected = arguments.flatMap { given in
      noGrad { function(given) }.flatMap { $0.to(.float64).array(as: Double.self) }
    }
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    let scale = max(1, expected.map(\.magnitude).max() ?? 1)
    let worst = zip(found, expected).map { ($0 - $1).magnitude }.max() ?? 0
    #expect(worst <= 1e-5 * scale, "\(worst)", sourceLocation: sourceLocation)
  }

  @Test(arguments: [false, true]) func aRecurrence(_ isReverse: Bool) throws {
    manualSeed(1)
    let (w, u) = (parameter(randn(16, 3) * 0.4), parameter(randn(16, 4) * 0.4))
    func network(_ t: [Tensor]) -> [Tensor] {
      let (last, all) = scan(over: t[0], initial: [t[1], zeros(2, 4)], reverse: isReverse) {
        (state: [Tensor], x: Tensor) in
        let gates = linear(x, w) + linear(state[0], u)
        let parts = (0..<4).map { gates.narrow(1, $0 * 4, 4) }
        let c = parts[1].sigmoid() * state[1] + parts[0].sigmoid() * parts[2].tanh()
        let h = parts[3].sigmoid() * c.tanh()
        return ([h, c], h)
      }
      return last + [all]
    }
    try check(network, [[randn(12, 2, 3), randn(2, 4)], [randn(12, 2, 3), zeros(2, 4)]])
    // A sequence and a state that lie in another order, and constants that are one number everywhere.
    try check(
      { t in
        network([
          (t[0] + 1).permute(1, 0, 2), zeros(1, 1).expand([2, 4]),
        ]) + network([zeros(1, 1, 3).expand([12, 2, 3]), t[1]])
      }, [[randn(2, 12, 3), randn(2, 4)]])
    try check({ network([$0[0].permute(1, 0, 2), $0[1]]) }, [[randn(2, 12, 3), randn(2, 4)]], threads: 2)
  }

  @Test func aGreedyDecoding() throws {
    manualSeed(2)
    let (table, head) = (Embedding(11, 8), Linear(8, 11))
    try check(
      { given in
        let state = whileLoop(
          [given[0], zeros(2, 12, dtype: .int64), Tensor(0)],
          while: { ($0[2].lt(12)).logicalAnd($0[0].ne(3).any()) },
          do: { state in
            let next = head(table(state[0])).argmax(1)
            let place = arange(12).eq(state[2]).unsqueeze(0)
            return [next, `where`(place, next.unsqueeze(1), state[1]), state[2] + 1]
          })
        return [state[1], state[2]]
      }, [[Tensor([1, 2])], [Tensor([3, 3])], [Tensor([7, 5])]])
  }

  @Test func stepsInsideOfSteps() throws {
    manualSeed(4)
    let (w, fixed) = (parameter(randn(3, 3) * 0.5), randn(3))
    try check(
      { x in
        let factor = x[1] * 2
        let (last, all) = scan(over: x[0], initial: zeros(3)) { (h: Tensor, row: Tensor) in
          let small = whileLoop(h + row, while: { $0.abs().max().gt(1) }) { state in
            cond(state.sum().gt(factor), then: { state / 2 + fixed * 0.01 }, else: { linear(state, w).tanh() * 0.9 })
          }
          return (small, small + factor)
        }
        return [last, all]
      }, [[randn(10, 3) * 2, Tensor(0.1)], [randn(10, 3) * 3, Tensor(-0.2)]])
  }

  /// A step of training, with gradients through a scan and a branch.
  @Test func gradients() throws {
    manualSeed(5)
    func step(_ given: [Tensor]) -> [Tensor] {
      func loss(_ w: Tensor, _ x: Tensor) -> Tensor {
        let (last, all) = scan(over: x, initial: w[0], reverse: true) { (h: Tensor, row: Tensor) in
          let h = (linear(row, w) + h).tanh()
          return (h, h * w[1])
        }
        return cond(last.sum().gt(0), then: { all.square().mean() + last.sum() }, else: { (all * w.sum()).mean() })
      }
      let slopes = grad { (t: [Tensor]) in loss(t[0], t[1]) }([given[0], given[1]])
      return [loss(given[0], given[1]), given[0] - slopes[0] * 0.1, slopes[1]]
    }
    let (w, x) = (randn(3, 3), randn(10, 3))
    try check(step, [[w, x], [-w, x], [w, -x]])
  }

  @Test func gradientsOfLoopsOfAnyLengthAreRefused() {
    let error = #expect(throws: TensorError.self) {
      _ = try CLibrary(
        tensors: { t in
          [grad { (x: Tensor) in whileLoop(x, while: { $0.norm().gt(1) }, do: { $0 * 0.5 }).sum() }(t[0])]
        }, example: [ones(3)], name: "net")
    }
    #expect(error?.description.contains("how many states") == true, "\(String(describing: error))")
  }

  @Test func asWebAssembly() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-control-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    guard run("node", ["--version"], in: folder) != nil else { return }
    func settle(_ x: Tensor) -> Tensor {
      let small = whileLoop(x, while: { $0.norm().gt(1) }, do: { $0 / 2 })
      return cond(small.sum().gt(0), then: { small }, else: { -small })
    }
    guard let bytes = try? exportWebAssembly(settle, example: Tensor([3.0, 4.0])) else { return }
    try Data(bytes).write(to: folder.appendingPathComponent("net.wasm"))
    let script = """
      const {instance} = await WebAssembly.instantiate((await import('fs')).readFileSync('net.wasm'))
      const {memory, model_input, model_output, model_run} = instance.exports
      new Float32Array(memory.buffer, model_input(0), 2).set([-3, -4])
      model_run()
      console.log(new Float32Array(memory.buffer, model_output(0), 2).join(' '))
      """
    guard let text = run("node", ["--input-type=module", "-e", script], in: folder) else { return }
    let found = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    #expect(Tensor(found).allclose(settle(Tensor([-3.0, -4.0])).to(Tensor(found).dtype), atol: 1e-6), "\(text)")
  }
}
