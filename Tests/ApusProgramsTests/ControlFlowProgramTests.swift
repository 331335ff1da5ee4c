import Apus
import ApusCore
import ApusFormats
import ApusPrograms
import Foundation
import Testing

/// Branches and loops in program files.
@Suite struct ControlFlowProgramTests {
  /// An LSTM of one's own over `[length, batch, features]`.
  private final class Recurrence: Sendable {
    let w, u, b: Tensor
    init(_ features: Int, _ hidden: Int) {
      w = parameter(randn(4 * hidden, features) * 0.4)
      u = parameter(randn(4 * hidden, hidden) * 0.4)
      b = parameter(randn(4 * hidden) * 0.1)
    }

    func callAsFunction(_ x: Tensor) -> [Tensor] {
      let hidden = u.shape[1]
      let start = [zeros(x.shape[1], hidden), zeros(x.shape[1], hidden)]
      let (last, all) = scan(over: x, initial: start) { (state: [Tensor], x: Tensor) in
        let gates = linear(x, w, b) + linear(state[0], u)
        let parts = (0..<4).map { gates.narrow(1, $0 * hidden, hidden) }
        let c = parts[1].sigmoid() * state[1] + parts[0].sigmoid() * parts[2].tanh()
        let h = parts[3].sigmoid() * c.tanh()
        return ([h, c], h)
      }
      return last + [all]
    }
  }

  /// Exports and loads `function`, and compares what it gives with the compiled function bit for bit, and with the function as it stands.
  private func check(
    _ function: @escaping @Sendable ([Tensor]) -> [Tensor], example: [Tensor], others: [[Tensor]],
    dynamic: [String: [Int: String]] = [:], operations: [String], version: UInt8 = 2
  ) throws {
    try withFile { path in
      try export({ function($0) }, example: example, to: path, dynamic: dynamic)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path))[8] == version)
      let program = try Program.load(path, executor: .chunks)
      let names = Set(program.operations.map(\.name))
      for name in operations { #expect(names.contains(name), "\(name) among \(names)") }
      let compiled = compile(executor: .chunks) { (tensors: [Tensor]) in function(tensors) }
      for given in [example] + others {
        let plain = noGrad { function(given) }
        for _ in 0..<2 {
          let found = try program(given)
          let expected = noGrad { compiled(given) }
          #expect(found.count == expected.count)
          for (i, (a, b)) in zip(found, expected).enumerated() { #expect(haveSameBits(a, b), "result \(i)") }
          for (a, b) in zip(found, plain) { expectClose(a, b) }
        }
      }
      #expect(!program.explain().contains("eagerly"), "\(program.explain())")
    }
  }

  @Test func aRecurrenceOfAnyLength() throws {
    manualSeed(1)
    let network = Recurrence(3, 4)
    try check(
      { network($0[0]) }, example: [randn(5, 2, 3)], others: [[randn(12, 2, 3)], [randn(20, 7, 3)], [randn(1, 1, 3)]],
      dynamic: ["input_0": [0: "length", 1: "batch"]], operations: ["scan"])
    try check({ network($0[0]) }, example: [randn(11, 2, 3)], others: [[randn(11, 2, 3)]], operations: ["scan"])
  }

  @Test func scansGoBackwards() throws {
    try check(
      { x in
        let (last, all) = scan(over: x[0], initial: x[1], reverse: true) { (h: Tensor, x: Tensor) in
          let h = (h * 0.5 + x).tanh()
          return (h, h * 2)
        }
        return [last, all]
      }, example: [randn(4, 3), randn(3)], others: [[randn(9, 3), randn(3)]], dynamic: ["input_0": [0: "n"]],
      operations: ["scan"])
  }

  /// The likeliest word after the other, as long as none is the end.
  @Test func aGreedyDecoding() throws {
    manualSeed(2)
    let table = Embedding(11, 8)
    let head = Linear(8, 11)
    try check(
      { given in
        let state = whileLoop(
          [given[0], zeros(given[0].shape[0], 12, dtype: .int64), Tensor(0)],
          while: { ($0[2].lt(12)).logicalAnd($0[0].ne(3).any()) },
          do: { state in
            let next = head(table(state[0])).argmax(1)
            let place = arange(12).eq(state[2]).unsqueeze(0)
            return [next, `where`(place, next.unsqueeze(1), state[1]), state[2] + 1]
          })
        return [state[1], state[2]]
      }, example: [Tensor([1, 2])], others: [[Tensor([4, 5, 6, 7, 0])], [Tensor([3])]],
      dynamic: ["input_0": [0: "batch"]], operations: ["while_loop"])
  }

  @Test func aNetworkWithTwoBranches() throws {
    manualSeed(3)
    let (a, b) = (Linear(4, 4), Linear(4, 4))
    try check(
      { x in [cond(x[0].sum().gt(0), then: { a(x[0]).relu() }, else: { b(x[0]) + x[1].sum([0]) })] },
      example: [ones(2, 4), randn(3, 4)], others: [[-ones(5, 4), randn(2, 4)], [ones(1, 4), randn(1, 4)]],
      dynamic: ["input_0": [0: "n"], "input_1": [0: "m"]], operations: ["cond"])
  }

  /// A branch in a loop in a scan, which use what lies outside of all of them.
  @Test func stepsInsideOfSteps() throws {
    manualSeed(4)
    let w = parameter(randn(3, 3) * 0.5)
    let fixed = randn(3)
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
      }, example: [randn(10, 3) * 2, Tensor(0.1)], others: [[randn(30, 3) * 3, Tensor(-0.2)]],
      dynamic: ["input_0": [0: "n"]], operations: ["scan", "while_loop", "cond"])
  }

  /// A step of training, with gradients through all of them.
  @Test func gradientsThroughStepsAreStored() throws {
    manualSeed(5)
    @Sendable func step(_ given: [Tensor]) -> [Tensor] {
      func loss(_ w: Tensor, _ x: Tensor) -> Tensor {
        let (last, all) = scan(over: x, initial: zeros(3)) { (h: Tensor, row: Tensor) in
          let h = (linear(row, w) + h).tanh()
          return (h, h)
        }
        let small = whileLoop(last, while: { $0.norm().gt(0.5) }, do: { ($0 * w[0]).tanh() * 0.5 })
        return cond(small.sum().gt(0), then: { all.square().mean() + small.sum() }, else: { (all * w.sum()).mean() })
      }
      let (value, slope) = valueAndGrad { loss($0, given[1]) }(given[0])
      return [value, given[0] - slope * 0.1]
    }
    try check(
      step, example: [randn(3, 3), randn(10, 3)],
      others: [[-randn(3, 3), randn(10, 3)], [randn(3, 3), randn(25, 3)]],
      dynamic: ["input_1": [0: "n"]], operations: ["scan_gradient", "while_loop_gradient", "cond_gradient"])
  }

  @Test func whatStepsHoldIsWrittenOnce() throws {
    manualSeed(6)
    let fixed = randn(40, 40)
    try withFile { path in
      try export(
        { (x: Tensor) in
          let y = whileLoop(matmul(x, fixed), while: { $0.norm().gt(1) }, do: { matmul($0, fixed) * 0.01 })
          return cond(y.sum().gt(0), then: { matmul(y, fixed) }, else: { y - fixed.sum([0]) })
        }, example: randn(2, 40), to: path)
      let program = try Program.load(path)
      #expect(program.constants.filter { $0.shape == [.fixed(40), .fixed(40)] }.count == 1)
      let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
      #expect(size < 2 * 40 * 40 * 4)
    }
  }

  @Test func programsWithoutThemAreOfTheFirstVersion() throws {
    try check({ [$0[0] * 2] }, example: [ones(3)], others: [[randn(3)]], operations: ["pointwise"], version: 1)
  }

  @Test func gradientsFlowThroughAProgramWithLoops() throws {
    manualSeed(7)
    let network = Recurrence(3, 4)
    try withFile { path in
      try export({ network($0)[2] }, example: randn(12, 2, 3), to: path)
      let program = try Program.load(path)
      let x = randn(12, 2, 3)
      let (leaf, own) = (Tensor(x, requiresGrad: true), Tensor(x, requiresGrad: true))
      try program(leaf)[0].square().sum().backward()
      network(own)[2].square().sum().backward()
      expectClose(try #require(leaf.grad), try #require(own.grad))
    }
  }

  @Test func aLoopWithoutEndIsBounded() throws {
    try withFile { path in
      try export(
        { (x: Tensor) in
          let (_, all) = scan(over: zeros(9), initial: x) { (x: Tensor, _: Tensor) in
            let y = whileLoop(x, while: { $0.abs().max().lt(10) }, do: { $0 * 2 })
            return (y / 10, y)
          }
          return all
        }, example: Tensor([1.0]), to: path)
      let program = try Program.load(path)
      for _ in 0..<2 {
        _ = try program([Tensor([1.0])], limit: 1000)
        let error = #expect(throws: TensorError.self) { try program([Tensor([0.0])], limit: 1000) }
        #expect(error?.description.contains("after 1000 rounds") == true, "\(String(describing: error))")
        #expect(throws: TensorError.self) { try program(["input_0": Tensor([1.0])], limit: 5) }
      }
      _ = try program(Tensor([1.0]))
    }
  }

  // MARK: Damaged files

  private func message(_ function: (Tensor) -> Tensor, _ change: (inout [String: JSON]) -> Void) throws -> String {
    let bytes = try withFile { path in
      try export({ function($0) }, example: ones(3), to: path)
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    let length = bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 16, as: UInt64.self)) }
    var header = try #require(JSON(parsing: bytes[24..<24 + length]).object)
    guard var operations = header["operations"]?.array,
      let i = operations.firstIndex(where: { $0.object?["graphs"] != nil }), var operation = operations[i].object
    else { return "there is no graph" }
    change(&operation)
    operations[i] = .object(operation)
    header["operations"] = .array(operations)
    do {
      _ = try Program.read(ProgramFile.head(.object(header), version: 2) + bytes[(24 + length)...])
      return ""
    } catch { return "\(error)" }
  }

  @Test func graphsThatDoNotFitAreTold() throws {
    func loop(_ x: Tensor) -> Tensor { whileLoop(x, while: { $0.sum().lt(9) }, do: { $0 * 2 }) }
    func branch(_ x: Tensor) -> Tensor { cond(x.sum().gt(0), then: { x * 2 }, else: { x - 1 }) }
    func changed(_ operation: inout [String: JSON], _ name: String, _ change: (inout [String: JSON]) -> Void) {
      guard var graphs = operation["graphs"]?.object, var graph = graphs[name]?.object else { return }
      change(&graph)
      graphs[name] = .object(graph)
      operation["graphs"] = .object(graphs)
    }
    #expect(try message(loop) { _ in }.isEmpty)
    #expect(try message(loop) { $0["graphs"] = .object([:]) }.contains("needs the graphs condition, body"))
    #expect(try message(loop) { $0["graphs"] = .int(3) }.contains("graphs by their names"))
    #expect(try message(loop) { changed(&$0, "body") { $0["outputs"] = .array([]) } }.contains("give nothing"))
    #expect(try message(loop) { changed(&$0, "body") { $0["outputs"] = .array([.int(99)]) } }.contains("nothing makes"))
    #expect(
      try message(loop) { changed(&$0, "condition") { $0["outputs"] = .array([.int(0)]) } }.contains(
        "a condition of one element"))
    #expect(try message(branch) { changed(&$0, "then") { $0["outputs"] = .array([]) } }.contains("one branch gives"))
    #expect(
      try message(branch) { operation in
        guard let inputs = operation["inputs"]?.array else { return }
        operation["inputs"] = .array(inputs + inputs)
      }.contains("operands together"))
    // Graphs in graphs without end.
    let deep = try message(loop) { operation in
      for _ in 0..<12 {
        let inner = operation
        changed(&operation, "body") { $0["operations"] = .array([.object(inner)]) }
      }
    }
    #expect(deep.contains("graphs stand in each other") || deep.contains("JSON"), "\(deep)")
  }
}
