import Apus
import ApusFormats
import TestSupport
import Testing

extension ProfilerSuites {
  @Suite struct TraceTests {
    private func profiled() -> Profiler {
      let net = Sequential(Linear(4, 8), ReLU(), Linear(8, 2))
      return profile(recordShapes: true, profileMemory: true, withFLOPs: true) { profiler in
        recordFunction("a \"quoted\" range\n") { net(randn(3, 4)).sum().backward() }
        profiler.step()
      }
    }

    /// The members that PyTorch's traces have for each category, by a trace of its version 2.15.
    @Test func layoutIsPyTorchs() throws {
      let folder = TemporaryFolder()
      let path = "\(folder.path)/trace.json"
      try profiled().exportChromeTrace(path)
      let json = try JSON(file: path)
      for name in [
        "schemaVersion", "deviceProperties", "with_stack", "profile_memory", "record_shapes", "with_modules",
        "with_flops",
        "host_name", "displayTimeUnit", "baseTimeNanoseconds", "traceEvents", "traceName",
      ] {
        #expect(json[name] != nil, "\(name)")
      }
      let events = json["traceEvents"]?.array ?? []
      let members: [String: Set<String>] = [
        "cpu_op": ["ph", "cat", "name", "pid", "tid", "ts", "dur", "args"],
        "user_annotation": ["ph", "cat", "name", "pid", "tid", "ts", "dur", "args"],
        "python_function": ["ph", "cat", "name", "pid", "tid", "ts", "dur", "args"],
        "fwdbwd": ["ph", "id", "pid", "tid", "ts", "cat", "name"],
        "cpu_instant_event": ["ph", "cat", "s", "name", "pid", "tid", "ts", "args"],
        "Trace": ["ph", "cat", "ts", "dur", "pid", "tid", "name", "args"],
      ]
      for (category, names) in members {
        let found = events.filter { $0["cat"]?.string == category }
        #expect(!found.isEmpty, "\(category)")
        for event in found { for name in names { #expect(event[name] != nil, "\(category): \(name)") } }
      }
      let forward = try #require(events.first { $0["name"]?.string == "Linear" })
      #expect(forward["args"]?["Input Dims"] == .array([[3, 4], [8, 4], [8]].map { .array($0.map { .int($0) }) }))
      #expect(forward["args"]?["Sequence number"] != nil)
      let names = events.compactMap { $0["name"]?.string }
      #expect(names.contains("a \"quoted\" range\n") && names.contains("nn.Module: Sequential.0"))
      #expect(names.contains("ProfilerStep#0") && names.contains("thread_name"))
      // Arrows begin where an operation does, and end where its gradient rule does.
      func starts(_ filter: (JSON) -> Bool) -> Set<Double> {
        Set(events.filter(filter).compactMap { $0["ts"]?.double })
      }
      let operations = starts { $0["cat"]?.string == "cpu_op" }
      for phase in ["s", "f"] {
        let ends = starts { $0["ph"]?.string == phase }
        #expect(ends.count >= 3 && ends.isSubset(of: operations))
      }
    }

    @Test func tensorBoardsHandlerNamesFilesAsPyTorch() throws {
      let folder = TemporaryFolder()
      try profile(onTraceReady: tensorboardTraceHandler("\(folder.path)/runs", workerName: "w0", useGzip: true)) { _ in
        _ = ones(3) + ones(3)
      }
      let files = folderContents("\(folder.path)/runs")
      #expect(files.count == 1)
      let parts = try #require(files.first).split(separator: ".")
      #expect(parts.first == "w0" && parts.dropFirst(2) == ["pt", "trace", "json", "gz"] && UInt64(parts[1]) != nil)
      let report = try SlowReport(trace: "\(folder.path)/runs/\(files[0])")
      #expect(report.heading.contains("1 operations"))
    }

    @Test func stacksAreLinesForFlameGraphs() throws {
      let folder = TemporaryFolder()
      let path = "\(folder.path)/stacks.txt"
      #expect(throws: TensorError.self) { try profile { _ in }.exportStacks(path) }
      let profiler = profile(withStack: true) { _ in _ = matmul(randn(200, 200), randn(200, 200)) }
      try profiler.exportStacks(path, .cpuTimeTotal)
      let text = try readFile(path).withBytes { String(decoding: $0, as: UTF8.self) }
      for line in text.split(separator: "\n") {
        let parts = line.split(separator: " ")
        #expect(parts.count == 2 && Int(parts[1]) ?? 0 > 0)
      }
    }

    /// The head and the foot of the table that PyTorch prints, and its units.
    @Test func tableIsPyTorchs() {
      let table = profiled().keyAverages().table(sortBy: "self_cpu_time_total", rowLimit: 3)
      let lines = table.split(separator: "\n")
      #expect(lines.count == 8)
      let heads = lines[1].split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
      #expect(
        heads
          == "Name Self CPU % Self CPU CPU total % CPU total CPU time avg CPU Mem Self CPU Mem # of Calls Total FLOPs")
      #expect(lines[0] == lines[2] && lines[0] == lines[6] && lines[0].allSatisfy { $0 == "-" || $0 == " " })
      #expect(lines[7].hasPrefix("Self CPU time total: "))
      let error = #expect(throws: TensorError.self) {
        try withErrors { _ = profile { _ in _ = ones(2) + ones(2) }.keyAverages().table(sortBy: "time") }
      }
      #expect(error?.message.contains("'self_cpu_time_total'") == true)
    }
  }

  @Suite struct SlowReportTests {
    private func report(_ events: [String], _ head: String = "") throws -> SlowReport {
      let folder = TemporaryFolder()
      let path = "\(folder.path)/trace.json"
      try writeText("{\(head)\"traceEvents\": [\(events.joined(separator: ","))]}", to: path)
      return try SlowReport(trace: path)
    }

    private func event(
      _ name: String, _ start: Double, _ duration: Double, _ category: String = "cpu_op", args: String = ""
    ) -> String {
      "{\"ph\": \"X\", \"cat\": \"\(category)\", \"name\": \"\(name)\", \"pid\": 1, \"tid\": 1, \"ts\": \(start), "
        + "\"dur\": \(duration), \"args\": {\(args)}}"
    }

    @Test func waitingForDataIsNamedFirst() throws {
      let loader = "enumerate(DataLoader)#_SingleProcessDataLoaderIter.__next__"
      let report = try report([
        event(loader, 0, 600, "user_annotation"), event("aten::mm", 600, 300),
        event("Optimizer.step#Adam.step", 900, 100, "user_annotation"), event("aten::add_", 910, 50),
      ])
      #expect(report.costs.map(\.title) == ["Waiting for data", "Products of matrices", "Steps of the optimizer"])
      #expect(report.costs.map(\.share) == [0.6, 0.3, 0.1])
      #expect(report.costs[0].advice.contains("num_workers=2"))
      #expect(report.costs[2].advice.contains("fused=True"))
      #expect("\(report)".contains("1. Waiting for data: 600.0 us, 60.0 %"))
    }

    @Test func manySmallOperationsAreToBeCompiled() throws {
      let events = (0..<100).map { event("Add", Double($0) * 5, 4) }
      let report = try report(events, "\"apus\": {}, ")
      #expect(report.costs.map(\.title) == ["Many small operations", "Code between operations"])
      #expect(report.costs[0].advice.contains("compile(function)"))
      #expect(report.costs[0].finding.contains("100 operations"))
    }

    @Test func adviceIsTrueForTheMachine() throws {
      let convolution = [event("Convolution", 0, 1000, args: "\"FLOPs\": 2000000, \"Module Hierarchy\": \"Net.conv\"")]
      let portable = try report(convolution, "\"apus\": {\"onednn\": false}, ")
      #expect(portable.costs[0].title == "Convolutions without oneDNN" && portable.costs[0].advice.contains("setup.sh"))
      #expect(portable.costs[0].finding.contains("2.0 GFLOP/s") && portable.costs[0].finding.contains("Net.conv"))
      let oneThread = try report(convolution, "\"apus\": {\"onednn\": true, \"threads\": 1, \"cores\": 4}, ")
      #expect(oneThread.costs[0].title == "Convolutions" && oneThread.costs[0].advice.contains("setNumThreads(4)"))
      let faults = try report(convolution, "\"apus\": {\"onednn\": true, \"page_faults\": 2000}, ")
      #expect(faults.costs.map(\.title) == ["Convolutions", "Fresh memory"])
      #expect(faults.costs[1].time == 500)
    }

    @Test func kindsOfOperationsAreToldApart() throws {
      let report = try report([
        event("aten::mm", 0, 500, args: "\"Input type\": [\"double\", \"double\"]"), event("aten::copy_", 500, 300),
        event("aten::gelu", 800, 200),
      ])
      #expect(
        report.costs.map(\.title) == ["Products in float64", "Copies", "Pointwise operations on large tensors"])
      let attention = try self.report([
        event("aten::bmm", 0, 100), event("aten::_softmax", 100, 300), event("aten::bmm", 400, 100),
      ])
      #expect(attention.costs[0].title == "Attention by hand")
      #expect(attention.costs[0].advice.contains("scaled_dot_product_attention"))
    }

    @Test func nestedOperationsCountOnce() throws {
      let report = try report([
        event("step", 0, 1000, "user_annotation"), event("aten::linear", 0, 400), event("aten::addmm", 20, 360),
        event("autograd::engine::evaluate_function: AddmmBackward0", 500, 500), event("AddmmBackward0", 500, 500),
        event("aten::mm", 510, 480),
      ])
      let products = try #require(report.costs.first { $0.title == "Products of matrices" })
      #expect(abs(products.time - (40 + 360 + 480)) < 1e-9)
      #expect(report.costs.reduce(0) { $0 + $1.time } <= 1000 + 1e-9)
    }

    @Test func damagedFilesAreRefused() throws {
      let folder = TemporaryFolder()
      let path = "\(folder.path)/trace.json"
      for (text, part) in [
        ("", "not JSON"), ("{\"traceEvents\": [", "not JSON"), ("{\"a\": 1}", "no list traceEvents"),
        ("{\"traceEvents\": []}", "no operations"), ("[1, null, {\"ph\": \"X\"}]", "no operations"),
        (
          "[{\"ph\": \"X\", \"cat\": \"cpu_op\", \"name\": \"a\", \"ts\": 1e999, \"dur\": -1}]", "no operations"
        ),
      ] {
        try writeText(text, to: path)
        let error = #expect(throws: TensorError.self, "\(text)") { _ = try SlowReport(trace: path) }
        #expect(error?.message.contains(part) == true, "\(text): \(error?.message ?? "")")
      }
      #expect(throws: TensorError.self) { _ = try SlowReport(trace: "\(folder.path)/none.json") }
      let trace = profile { _ in _ = ones(2) + ones(2) }
      try trace.exportChromeTrace("\(folder.path)/whole.json.gz")
      let file = try MappedFile(path: "\(folder.path)/whole.json.gz")
      let whole = withExtendedLifetime(file) { Array(file.bytes) }
      try replaceFile(at: path) { file in try file.write(Array(whole.dropLast(20))) }
      #expect(throws: TensorError.self) { _ = try SlowReport(trace: path) }
    }
  }
}
