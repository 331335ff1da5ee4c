import Apus
import Testing

/// Profilers see all threads of the program, so that one test runs after the other.
@Suite(.serialized) struct ProfilerSuites {}

extension ProfilerSuites {
  @Suite struct ProfilerTests {
    final class Net: Layer {
      let first = Linear(4, 8)
      let blocks = ModuleList([Linear(8, 8), Linear(8, 8)])
      let last = Linear(8, 2)

      func forward(_ x: Tensor) -> Tensor {
        var x = first(x).relu()
        for block in blocks { x = (block as? Linear)?(x).tanh() ?? x }
        return last(x)
      }
    }

    @Test func shortPathsAreSeen() {
      let (x, y) = (ones(10), ones(10))
      var z = zeros(10)
      let profiler = profile { _ in
        for _ in 0..<3 { _ = x + y }
        for _ in 0..<2 { _ = x * 2.0 }
        _ = x.exp()
        z += y
        _ = (x.unsqueeze(0) * y).sum()
      }
      let averages = profiler.keyAverages()
      #expect(averages["Add"]?.count == 4)
      #expect(averages["Mul"]?.count == 3)
      #expect(averages["Exp"]?.count == 1)
      #expect(averages["Sum"]?.count == 1)
      #expect(z.sum().item() == 10)
    }

    @Test func nothingIsSeenOutside() {
      let profiler = profile { _ in }
      _ = ones(3) + ones(3)
      #expect(profiler.events().isEmpty)
      #expect(profiler.keyAverages().table() == "")
    }

    @Test func resultsAreThoseWithoutProfiler() {
      let x = randn(33)
      func work() -> [Tensor] {
        var sum = x + x
        sum += x
        sum *= 0.5
        let v = Tensor(x, requiresGrad: true)
        ((v * 2 + v).sigmoid() * v).sum().backward()
        return [sum, x.tanh(), x * 3.0, x - x, v.grad ?? x]
      }
      let plain = work()
      var seen: [Tensor] = []
      profile(recordShapes: true, profileMemory: true, withStack: true, withFLOPs: true) { _ in seen = work() }
      for (a, b) in zip(plain, seen) { #expect(a.equal(b)) }
    }

    @Test func timesAndParentsNest() throws {
      let profiler = profile { _ in
        recordFunction("outer") {
          recordFunction("inner") { _ = matmul(randn(50, 50), randn(50, 50)) }
          _ = ones(5) + ones(5)
        }
      }
      let events = profiler.events()
      let outer = try #require(events.first { $0.name == "outer" })
      let inner = try #require(events.first { $0.name == "inner" })
      let product = try #require(events.first { $0.name == "Mm" })
      #expect(inner.parent == outer.id && product.parent == inner.id && outer.parent == nil)
      for event in events {
        let within = events.filter { $0.parent == event.id }.reduce(0) { $0 + $1.cpuTimeTotal }
        #expect(abs(event.selfCPUTimeTotal + within - event.cpuTimeTotal) < 1e-6)
        #expect(event.selfCPUTimeTotal >= 0)
        if let parent = event.parent {
          #expect(events[parent].start <= event.start && event.end <= events[parent].end + 1e-6)
        }
      }
      let whole = profiler.keyAverages().selfCPUTimeTotal
      #expect(abs(whole - outer.cpuTimeTotal) < 1e-6)
    }

    @Test func backwardHasTheNamesOfForward() throws {
      let (a, b) = (randn(4, requiresGrad: true), randn(4, requiresGrad: true))
      let profiler = profile { _ in (a * b).exp().sum().backward() }
      let events = profiler.events()
      for name in ["Mul", "Exp", "Sum"] {
        let forward = try #require(events.first { $0.name == name && $0.sequenceNumber != nil })
        let backward = try #require(events.first { $0.name == "\(name)Backward0" })
        #expect(backward.kind == .backward && backward.sequenceNumber == forward.sequenceNumber)
      }
    }

    @Test func modulesAreATreeWithTheirBackwardPasses() throws {
      let net = Net()
      let profiler = profile { _ in
        for _ in 0..<2 { net(randn(3, 4)).sum().backward() }
      }
      let modules = profiler.moduleAverages()
      #expect(modules.map(\.path) == ["Net", "Net.first", "Net.blocks.0", "Net.blocks.1", "Net.last"])
      #expect(modules.map(\.depth) == [0, 1, 1, 1, 1])
      #expect(modules.allSatisfy { $0.count == 2 && $0.forwardTime > 0 })
      let first = try #require(modules["Net.first"])
      #expect(first.typeName == "Linear" && first.backwardTime > 0)
      let net0 = try #require(modules["Net"])
      #expect(net0.backwardTime > modules.dropFirst().reduce(0) { $0 + $1.backwardTime } - 1e-6)
      let rule = try #require(profiler.events().last { $0.name == "AddmmBackward0" })
      #expect(rule.modulePath == "Net.first")
      let table = modules.table()
      #expect(table.contains("  blocks.1 (Linear)") && table.contains("Backward"))
    }

    @Test func shapesTypesAndOperationsAreNoted() throws {
      let profiler = profile(recordShapes: true, withFLOPs: true) { _ in
        _ = linear(randn(5, 8), randn(16, 8), randn(16))
        _ = linear(randn(5, 16), randn(4, 16), randn(4))
        _ = ones(2, 3) + ones(3)
      }
      let rows = profiler.keyAverages(groupByInputShape: true)
      let products = rows.filter { $0.key == "Linear" }
      #expect(products.map(\.inputShapes) == [[[5, 8], [16, 8], [16]], [[5, 16], [4, 16], [4]]])
      #expect(products.map(\.flops) == [2 * 5 * 8 * 16, 2 * 5 * 16 * 4])
      let sum = try #require(profiler.events().first { $0.name == "Add" })
      #expect(sum.inputShapes == [[2, 3], [3]] && sum.inputTypes == [.float32, .float32])
      #expect(rows.table().contains("[[5, 8], [16, 8], [16]]"))
      #expect(rows.table().contains("Total FLOPs"))
    }

    @Test func memoryIsWhatTensorsTake() throws {
      var kept: [Tensor] = []
      let profiler = profile(profileMemory: true) { _ in
        recordFunction("kept") { kept.append(ones(1000) + ones(1000)) }
        recordFunction("dropped") { _ = matmul(ones(64, 64), ones(64, 64)) }
      }
      let averages = profiler.keyAverages()
      #expect(averages["kept"]?.cpuMemoryUsage == 4000)
      #expect(averages["dropped"]?.cpuMemoryUsage == 0)
      #expect(averages["Mm"]?.cpuMemoryUsage == 64 * 64 * 4)
      #expect(averages.table().contains("16.00 KB"))
    }

    @Test func optimisersLoadersAndCompiledFunctionsAppear() throws {
      let net = Linear(4, 2)
      let optimizer = AdamW(net.parameters(), lr: 0.1)
      let f = compile { (x: Tensor) in ((x * 2 + 1).tanh() * x).sum() }
      let x = randn(100)
      let expected: Double = f(x).item()
      let loader = DataLoader(TensorDataset(randn(6, 4)), batchSize: 2)
      var compiled = 0.0
      let profiler = profile { _ in
        for batch in loader {
          optimizer.zeroGrad()
          net(batch).sum().backward()
          optimizer.step()
        }
        compiled = f(x).item()
      }
      #expect(compiled == expected)
      let averages = profiler.keyAverages()
      #expect(averages["Optimizer.step#AdamW.step"]?.count == 3)
      #expect(averages["Optimizer.zero_grad#AdamW.zero_grad"]?.count == 3)
      // Three batches, and the end.
      #expect(averages["enumerate(DataLoader)#SingleThread.next"]?.count == 4)
      #expect(averages["CompiledFunction"]?.count == 1)
      #expect(averages.contains { $0.kind == .kernel && $0.key.hasPrefix("fused(") })
    }

    @Test func otherThreadsAreSeen() {
      let loader = DataLoader(TensorDataset(randn(6, 4)), batchSize: 2, numWorkers: 2)
      let profiler = profile { _ in for batch in loader { _ = batch + batch } }
      let threads = Set(profiler.events().filter { $0.name == "DataLoader.worker" }.map(\.thread))
      let main = Set(profiler.events().filter { $0.name == "Add" }.map(\.thread))
      #expect(!threads.isEmpty && main.count == 1 && threads.isDisjoint(with: main))
    }

    @Test func aSecondProfilerIsRefused() throws {
      let error = #expect(throws: TensorError.self) {
        try withErrors { profile { _ in profile { _ in } } }
      }
      #expect(error?.message.contains("another profiler is running") == true)
      // The first one has ended.
      #expect(profile { _ in _ = ones(2) + ones(2) }.keyAverages()["Add"]?.count == 1)
    }

    @Test func errorsOfTheBodyEndIt() {
      struct Mistake: Error {}
      #expect(throws: Mistake.self) { try profile { (_: Profiler) throws(Mistake) in throw Mistake() } }
      #expect(profile { _ in _ = ones(2) + ones(2) }.keyAverages()["Add"]?.count == 1)
    }

    @Test func manyEventsAreKept() {
      let x = ones(4)
      let profiler = profile { _ in for _ in 0..<100_000 { _ = x + x } }
      #expect(profiler.keyAverages()["Add"]?.count == 100_000)
      #expect(profiler.lostEventCount == 0)
    }
  }

  @Suite struct ScheduleTests {
    /// As PyTorch's `schedule` gives them.
    @Test func actionsAreThoseOfPyTorch() {
      let n = ProfilerAction.none, w = ProfilerAction.warmup, r = ProfilerAction.record,
        s = ProfilerAction.recordAndSave
      let plain = schedule(wait: 1, warmup: 1, active: 2, repeat: 2)
      #expect((0..<10).map(plain) == [n, w, r, s, n, w, r, s, n, n])
      let skipping = schedule(wait: 2, warmup: 0, active: 1, skipFirst: 1)
      #expect((0..<8).map(skipping) == [n, n, n, s, n, n, s, n])
      let eager = schedule(wait: 2, warmup: 1, active: 1, repeat: 2, skipFirst: 1, skipFirstWait: true)
      #expect((0..<9).map(eager) == [n, w, s, n, n, w, s, n, n])
    }

    @Test func mistakesAreRefused() {
      let error = #expect(throws: TensorError.self) { try withErrors { schedule(wait: 0, warmup: 1, active: 0) } }
      #expect(error?.message.contains("active must be 1 or more, and is 0") == true)
    }

    @Test func cyclesAreHandedOut() throws {
      var steps: [[String]] = []
      var counts: [Int?] = []
      try profile(
        schedule: schedule(wait: 1, warmup: 1, active: 2, repeat: 2),
        onTraceReady: { profiler in
          steps.append(profiler.events().map(\.name).filter { $0.hasPrefix("ProfilerStep") })
          counts.append(profiler.keyAverages()["Add"]?.count)
        }
      ) { profiler in
        for _ in 0..<10 {
          _ = ones(3) + ones(3)
          profiler.step()
        }
      }
      #expect(steps == [["ProfilerStep#2", "ProfilerStep#3"], ["ProfilerStep#6", "ProfilerStep#7"]])
      #expect(counts == [2, 2])
    }

    @Test func whatAHandlerThrowsArrives() {
      #expect(throws: TensorError.self) {
        try profile(onTraceReady: { try $0.exportChromeTrace("/no/such/folder/trace.json") }) { _ in }
      }
    }
  }
}
