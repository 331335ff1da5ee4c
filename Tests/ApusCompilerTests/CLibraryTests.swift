import Apus
import Foundation
import Testing

/// C libraries of functions: compiled with warnings as errors and run by C programs, in threads, by Python and by Node.
@Suite struct CLibraryTests {
  /// A program that is run with its output read; nil output where it fails.
  private func run(_ program: String, _ arguments: [String], in folder: URL? = nil) -> String? {
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

  private func isThere(_ program: String) -> Bool { run(program, ["--version"]) != nil }

  /// Whether the library has a C compiler that it may use.
  private var hasCompiler: Bool { isThere("clang") && ProcessInfo.processInfo.environment["APUS_CC"] == nil }

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-library-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  /// Convolutions of each form, pooling, normalisation and linear layers.
  private func network() -> (any Layer, Tensor) {
    manualSeed(3)
    let net = Sequential(
      Conv2d(3, 16, kernelSize: 3, padding: 1), BatchNorm2d(16), ReLU(),
      Conv2d(16, 16, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2),
      Conv2d(16, 16, kernelSize: 3, padding: 1, groups: 16), Conv2d(16, 40, kernelSize: 1), GELU(),
      Conv2d(40, 8, kernelSize: 3, stride: 2), Flatten(), Linear(128, 10), Softmax(dim: 1))
    net.eval()
    return (net, rand(2, 3, 20, 20))
  }

  private func numbers(_ tensor: Tensor) -> String { tensor.array().map { "\($0)f" }.joined(separator: ",") }

  private func expect(_ text: String?, _ expected: Tensor) {
    guard let text else { return }
    let found = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    #expect(found.count == expected.count)
    if found.count == expected.count { expectClose(Tensor(found, shape: expected.shape, dtype: .float32), expected) }
  }

  /// A step of training is a function like any other: parameters go in and come out.
  @Test(arguments: ["linear", "images"]) func trainsInC(_ kind: String) throws {
    guard isThere("clang") || isThere("cc") else { return }
    manualSeed(7)
    let isImages = kind == "images"
    let x = isImages ? randn(4, 2, 9, 8) : randn(4, 6)
    let first = isImages ? [randn(3, 2, 3, 3) * 0.3, zeros(3)] : [randn(16, 6) * 0.3, zeros(16)]
    let width = isImages ? 3 * 2 * 4 : 16
    let parameters = first + [ones(width), zeros(width), randn(5, width) * 0.2, zeros(5)]
    let y = Tensor([0, 3, 1, 4])
    func loss(_ p: [Tensor], _ x: Tensor, _ y: Tensor) -> Tensor {
      let h =
        isImages
        ? maxPool2d(conv2d(x, p[0], p[1], stride: [2, 2], padding: [1, 1]).relu(), [2, 1]).flatten(startDim: 1)
        : linear(x, p[0], p[1]).tanh()
      return crossEntropy(linear(layerNorm(h, [width], p[2], p[3]), p[4], p[5]), y)
    }
    func step(_ t: [Tensor]) -> [Tensor] {
      let (value, slopes) = valueAndGrad { (p: [Tensor]) in loss(p, t[0], t[1]) }(Array(t[2..<8]))
      return [value] + zip(t[2..<8], slopes).map { $0 - $1 * t[8] }
    }
    let given = [x, y] + parameters + [Tensor(0.5)]
    let library = try CLibrary(tensors: step, example: given, name: "train")
    let expected = step(step(given).dropFirst().reduce(into: [x, y]) { $0.append($1) } + [given[8]])
    try inFolder { folder in
      try library.write(.files, to: folder.path)
      let arrays = given.enumerated().map { i, tensor in
        tensor.dtype == .int64
          ? "long long a\(i)[] = {\(tensor.array(as: Int.self).map(String.init).joined(separator: ","))};"
          : "float a\(i)[] = {\(numbers(tensor))};"
      }
      let outputs = (2..<8).map { "a\($0)" }.joined(separator: ", ")
      let main = """
        #include "train.h"
        #include <stdio.h>
        #include <stdlib.h>
        \(arrays.joined(separator: "\n"))
        int main(void) {
          void *w = aligned_alloc(64, (train_workspace_size() + 63) / 64 * 64);
          float loss[1];
          if (train_init(w, NULL)) return 1;
          for (int i = 0; i < 2; i++) train_run(w, \((0..<9).map { "a\($0)" }.joined(separator: ", ")), loss, \(outputs));
          printf("%.9g\\n", loss[0]);
          for (int i = 0; i < \(parameters[4].count); i++) printf("%.9g\\n", a6[i]);
          return 0;
        }
        """
      try main.write(to: folder.appendingPathComponent("main.c"), atomically: true, encoding: .utf8)
      let compiler = isThere("clang") ? "clang" : "cc"
      guard run(compiler, ["-O1", "-o", "main", "main.c", "train.c", "-lm"], in: folder) != nil else { return }
      expect(
        run(folder.appendingPathComponent("main").path, []), cat([expected[0].reshape([1]), expected[5].flatten()]))
    }
  }

  @Test func compilesWithoutWarningsAndRunsInThreads() throws {
    let (net, x) = network()
    let library = try CLibrary({ (x: Tensor) in net.forward(x) }, example: x, name: "net")
    let expected = noGrad { net.forward(x) }
    let main = """
      #include "net.h"
      #include <pthread.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      static const float in[] = {\(numbers(x))};
      static float out[4][\(expected.count)];
      static void *work(void *place) {
        void *workspace = malloc(net_workspace_size());
        if (net_init(workspace, NULL)) return place;
        for (int i = 0; i < 5; i++) net_run(workspace, in, place);
        free(workspace);
        return NULL;
      }
      int main(void) {
        pthread_t threads[4];
        for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, work, out[i]);
        for (int i = 0; i < 4; i++) { void *wrong; pthread_join(threads[i], &wrong); if (wrong) return 1; }
        for (int i = 1; i < 4; i++) if (memcmp(out[0], out[i], sizeof out[0])) return 2;
        if (net_init(NULL, NULL) != 1 || net_init(malloc(net_workspace_size()), in) == 0) return 3;
        for (int i = 0; i < \(expected.count); i++) printf("%.9g\\n", out[0][i]);
        return 0;
      }
      """
    for (compiler, options) in [("clang", ["-O2", "-Wextra"]), ("gcc", ["-O1"])] where isThere(compiler) {
      try inFolder { folder in
        try library.write(.files, to: folder.path)
        try main.write(to: folder.appendingPathComponent("main.c"), atomically: true, encoding: .utf8)
        let flags = options + ["-std=c11", "-Wall", "-Werror", "-o", "program", "net.c", "main.c", "-lm", "-pthread"]
        guard run(compiler, flags, in: folder) != nil else { return }
        expect(run(folder.appendingPathComponent("program").path, []), expected)
      }
    }
  }

  /// One run on several threads gives what it gives on one: with the threads that are written beside the library, with none, and with
  /// a caller who does the parts in another order.
  @Test func oneRunUsesSeveralThreads() throws {
    let (net, x) = network()
    let library = try CLibrary({ (x: Tensor) in net.forward(x) }, example: x, name: "net", threads: 3)
    #expect(library.threads == 3 && library.header.contains("void net_parallel(void *workspace,"))
    let expected = noGrad { net.forward(x) }
    let main = """
      #include "net.h"
      #include "apus_threads.h"
      #include <stdio.h>
      #include <string.h>
      static const float in[] = {\(numbers(x))};
      static float out[4][\(expected.count)];
      static int calls;
      static void backwards(void *context, int parts, void (*task)(void *, int), void *argument) {
        for (int i = parts; i-- > 0;) task(argument, i);
        *(int *)context += parts > 1 && parts <= 3;
      }
      int main(void) {
        void *workspace = malloc(net_workspace_size());
        if (net_init(workspace, NULL)) return 1;
        net_run(workspace, in, out[0]);
        net_parallel(workspace, backwards, &calls);
        net_run(workspace, in, out[1]);
        if (calls < 3) return 2;
        apus_threads *threads = apus_threads_start(3);
        net_parallel(workspace, apus_threads_run, threads);
        for (int i = 0; i < 20; i++) net_run(workspace, in, out[2]);
        apus_threads_stop(threads);
        net_parallel(workspace, NULL, NULL);
        net_run(workspace, in, out[3]);
        for (int i = 1; i < 4; i++) if (memcmp(out[0], out[i], sizeof out[0])) return 2 + i;
        for (int i = 0; i < \(expected.count); i++) printf("%.9g\\n", out[2][i]);
        return 0;
      }
      """
    #expect(throws: TensorError.self) {
      try CLibrary({ (x: Tensor) in net.forward(x) }, example: x, name: "net", threads: 0)
    }
    for (compiler, options) in [("clang", ["-O2", "-Wextra"]), ("gcc", ["-O1"])] where isThere(compiler) {
      try inFolder { folder in
        try library.write(.files, to: folder.path)
        try main.write(to: folder.appendingPathComponent("main.c"), atomically: true, encoding: .utf8)
        let flags = options + ["-std=c11", "-Wall", "-Werror", "-o", "program", "net.c", "main.c", "-lm", "-pthread"]
        guard run(compiler, flags, in: folder) != nil else { return }
        expect(run(folder.appendingPathComponent("program").path, []), expected)
      }
    }
  }

  /// The header is one of C++ too.
  @Test func programsOfCPlusPlusCallIt() throws {
    guard isThere("cc"), isThere("c++") else { return }
    manualSeed(1)
    let net = Sequential(Linear(4, 3), Sigmoid())
    let x = rand(2, 4)
    let library = try CLibrary({ (x: Tensor) in net.forward(x) }, example: x, name: "tiny", threads: 2)
    let main = """
      #include "tiny.h"
      #include "apus_threads.h"
      #include <cstdio>
      #include <vector>
      int main() {
        const std::vector<float> in = {\(numbers(x))};
        std::vector<float> out(6);
        std::vector<double> workspace(tiny_workspace_size() / 8 + 2);
        void *start = workspace.data() + reinterpret_cast<size_t>(workspace.data()) % 16 / 8;
        if (tiny_init(start, nullptr)) return 1;
        apus_threads *threads = apus_threads_start(2);
        tiny_parallel(start, apus_threads_run, threads);
        tiny_run(start, in.data(), out.data());
        apus_threads_stop(threads);
        for (float y : out) std::printf("%.9g\\n", y);
      }
      """
    try inFolder { folder in
      try library.write(.files, to: folder.path)
      try main.write(to: folder.appendingPathComponent("main.cpp"), atomically: true, encoding: .utf8)
      guard run("cc", ["-O1", "-c", "tiny.c"], in: folder) != nil,
        run("c++", ["-O1", "-Wall", "-Werror", "-o", "program", "main.cpp", "tiny.o", "-lm", "-pthread"], in: folder)
          != nil
      else { return }
      expect(run(folder.appendingPathComponent("program").path, []), noGrad { net.forward(x) })
    }
  }

  @Test func weightsApartAreMapped() throws {
    guard isThere("cc") else { return }
    let (net, x) = network()
    let library = try CLibrary({ (x: Tensor) in net.forward(x) }, example: x, name: "net", weights: .apart)
    #expect(library.source.utf8.count < 120_000 && library.weights.count > 4 * 9_000)
    let expected = noGrad { net.forward(x) }
    let main = """
      #include "net.h"
      #include <fcntl.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <sys/mman.h>
      int main(void) {
        static const float in[] = {\(numbers(x))};
        static float out[\(expected.count)];
        void *weights = mmap(NULL, net_weights_size(), PROT_READ, MAP_PRIVATE, open("net.weights", O_RDONLY), 0);
        void *workspace = malloc(net_workspace_size());
        if (net_init(workspace, NULL) != 2 || net_init(workspace, weights)) return 1;
        net_run(workspace, in, out);
        for (int i = 0; i < \(expected.count); i++) printf("%.9g\\n", out[i]);
        return 0;
      }
      """
    try inFolder { folder in
      try library.write(.files, to: folder.path)
      try main.write(to: folder.appendingPathComponent("main.c"), atomically: true, encoding: .utf8)
      guard run("cc", ["-O1", "-o", "program", "net.c", "main.c", "-lm"], in: folder) != nil else { return }
      expect(run(folder.appendingPathComponent("program").path, [], in: folder), expected)
    }
  }

  @Test func linksAsAStaticLibraryAndASingleHeader() throws {
    guard isThere("cc"), hasCompiler else { return }
    manualSeed(0)
    let net = Sequential(Linear(4, 3), Tanh())
    let x = rand(2, 4)
    let expected = noGrad { net.forward(x) }
    let library = try CLibrary({ (x: Tensor) in net.forward(x) }, example: x, name: "tiny")
    func main(_ head: String) -> String {
      """
      \(head)
      #include <stdio.h>
      #include <stdlib.h>
      int main(void) {
        float in[] = {\(numbers(x))}, out[6];
        void *workspace = malloc(tiny_workspace_size());
        if (tiny_init(workspace, tiny_weights())) return 1;
        tiny_run(workspace, in, out);
        for (int i = 0; i < 6; i++) printf("%.9g\\n", out[i]);
        return 0;
      }
      """
    }
    try inFolder { folder in
      let (file, program) = (folder.appendingPathComponent("main.c"), folder.appendingPathComponent("program").path)
      try library.write(.static, to: folder.appendingPathComponent("libtiny.a").path)
      try library.write(.header, to: folder.appendingPathComponent("tiny-all.h").path)
      try library.write(.files, to: folder.path)
      try main("#include \"tiny.h\"").write(to: file, atomically: true, encoding: .utf8)
      if run("cc", ["-o", "program", "main.c", "-L.", "-ltiny", "-lm"], in: folder) != nil {
        expect(run(program, []), expected)
      }
      try main("#define TINY_IMPLEMENTATION\n#include \"tiny-all.h\"").write(
        to: file, atomically: true, encoding: .utf8)
      if run("cc", ["-Wall", "-Werror", "-o", "program", "main.c", "-lm"], in: folder) != nil {
        expect(run(program, []), expected)
      }
    }
  }

  @Test func pythonLoadsASharedLibrary() throws {
    guard isThere("python3"), hasCompiler else { return }
    let (net, x) = network()
    let library = try CLibrary({ (x: Tensor) in net.forward(x) }, example: x, name: "net")
    let expected = noGrad { net.forward(x) }
    try inFolder { folder in
      let path = folder.appendingPathComponent("libnet.so").path
      try library.write(.shared, to: path)
      let script = """
        import ctypes, json
        net = ctypes.CDLL("\(path)")
        net.net_workspace_size.restype = ctypes.c_size_t
        net.net_about.restype = ctypes.c_char_p
        about = json.loads(net.net_about())
        assert about["inputs"][0]["shape"] == [2, 3, 20, 20], about
        workspace = ctypes.create_string_buffer(net.net_workspace_size() + 16)
        start = ctypes.c_void_p((ctypes.addressof(workspace) + 15) // 16 * 16)
        assert net.net_init(start, None) == 0
        x = (ctypes.c_float * \(x.count))(\(x.array().map { "\($0)" }.joined(separator: ",")))
        y = (ctypes.c_float * \(expected.count))()
        net.net_run(start, x, y)
        print(*y)
        """
      expect(run("python3", ["-c", script]), expected)
    }
  }

  @Test func nodeRunsAModuleWithTheLoader() throws {
    guard isThere("node"), isThere("clang"), hasCompiler else { return }
    let (net, x) = network()
    let expected = noGrad { net.forward(x) }
    let loader = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Examples/web/apus.js")
    try inFolder { folder in
      try CLibrary({ (x: Tensor) in net.forward(x) }, example: x, name: "net")
        .write(.webAssembly, to: folder.appendingPathComponent("net.wasm").path)
      let script = """
        import { load } from "\(loader.path)"
        import { readFile } from "node:fs/promises"
        const model = await load(readFile("net.wasm"))
        let refusal = ""
        try { model.run([1, 2]) } catch (error) { refusal = error.message }
        if (!refusal.includes("in0 of net has shape [2,3,20,20]")) throw new Error(refusal)
        const [y] = model.run([\(x.array().map { "\($0)" }.joined(separator: ","))])
        console.log(Array.from(y).join(" "))
        """
      try script.write(to: folder.appendingPathComponent("run.mjs"), atomically: true, encoding: .utf8)
      expect(run("node", ["run.mjs"], in: folder), expected)
    }
  }

  /// The page's network on pictures that it was not trained with, and on a drawing.
  @Test func theDigitsPageRecognisesDigits() throws {
    let web = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Examples/web").path
    let module = try FileManager.default.contentsOfDirectory(atPath: web + "/digits")
    let size = try module.reduce(0) { sum, name in
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(web)/digits/\(name)")
      return sum + (attributes[.size] as? Int ?? 0)
    }
    #expect(size < 300_000)
    guard isThere("node") else { return }
    let test = Digits(train: false)
    let count = 100
    try inFolder { folder in
      let script = """
        import { load } from "\(web)/apus.js"
        import { picture } from "\(web)/digits/digits.js"
        import { readFile } from "node:fs/promises"
        const model = await load(readFile("\(web)/digits/digits.wasm"))
        const best = (pixels) => { const [y] = model.run(pixels); return y.indexOf(Math.max(...y)) }
        const pixels = [\(test.images.narrow(0, 0, count).array().map { "\($0)" }.joined(separator: ","))]
        const labels = [\(test.labels.narrow(0, 0, count).array(as: Int.self).map { "\($0)" }.joined(separator: ","))]
        let right = 0
        labels.forEach((label, i) => { right += best(pixels.slice(64 * i, 64 * i + 64)) === label })
        // A ring of ink is a zero, and an upright stroke a one.
        const ring = new Float32Array(280 * 280), stroke = new Float32Array(280 * 280)
        for (let y = 0; y < 280; y++) {
          for (let x = 0; x < 280; x++) {
            const away = Math.hypot((x - 140) / 60, (y - 140) / 95)
            ring[280 * y + x] = away > 0.75 && away < 1.15 ? 1 : 0
            stroke[280 * y + x] = Math.abs(x - 140) < 14 && y > 40 && y < 240 ? 1 : 0
          }
        }
        console.log(right, best(picture(ring, 280)), best(picture(stroke, 280)))
        """
      try script.write(to: folder.appendingPathComponent("run.mjs"), atomically: true, encoding: .utf8)
      let found = run("node", ["run.mjs"], in: folder)?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      #expect((found?.first ?? count) >= 95)
      #expect(found.map { Array($0.dropFirst()) } ?? [0, 1] == [0, 1])
    }
  }

  @Test func otherMachinesRunIt() throws {
    let compiler = "clang"
    guard isThere(compiler), isThere("ld.lld"), isThere("qemu-aarch64"),
      FileManager.default.fileExists(atPath: "/usr/aarch64-linux-gnu/include/stdio.h")
    else { return }
    let (net, x) = network()
    let expected = noGrad { net.forward(x) }
    let library = try CLibrary({ (x: Tensor) in net.forward(x) }, example: x, name: "net")
    let main = """
      #include "net.h"
      #include <stdio.h>
      #include <stdlib.h>
      int main(void) {
        static const float in[] = {\(numbers(x))};
        static float out[\(expected.count)];
        void *workspace = malloc(net_workspace_size());
        if (net_init(workspace, NULL)) return 1;
        net_run(workspace, in, out);
        for (int i = 0; i < \(expected.count); i++) printf("%.9g\\n", out[i]);
        return 0;
      }
      """
    try inFolder { folder in
      try library.write(.files, to: folder.path)
      try main.write(to: folder.appendingPathComponent("main.c"), atomically: true, encoding: .utf8)
      let (system, gcc) = ("/usr/aarch64-linux-gnu", "/usr/lib/gcc-cross/aarch64-linux-gnu/12")
      let target = ["--target=aarch64-linux-gnu", "-isystem", "\(system)/include", "-fuse-ld=lld", "-static"]
      let places = [gcc, "\(system)/lib"].flatMap { ["-B\($0)", "-L\($0)"] }
      let files = ["-O1", "-Wall", "-Werror", "-o", "program", "net.c", "main.c", "-lm"]
      guard FileManager.default.fileExists(atPath: gcc), run(compiler, target + places + files, in: folder) != nil
      else {
        return
      }
      expect(run("qemu-aarch64", [folder.appendingPathComponent("program").path]), expected)
    }
  }

  @Test func integersAndDoublesInC() throws {
    guard isThere("cc") else { return }
    manualSeed(2)
    let table = Embedding(7, 4)
    let (index, wide) = (Tensor([3, 0, 6, 2], dtype: .int64), rand(4, 4, dtype: .float64))
    func function(_ i: Tensor, _ w: Tensor) -> [Tensor] {
      [
        (table(i).to(.float64) * w).cumsum(0), (i * 2 + 1) % 3, w.sort(1).values, w.gt(0.5), i.floorDivide(2),
        w.pow(1.5), w.topk(2, dim: 1).indices,
      ]
    }
    let expected = noGrad { function(index, wide) }
    let library = try CLibrary({ (i: Tensor, w: Tensor) in function(i, w) }, example: index, wide, name: "mixed")
    #expect(
      library.outputs.map(\.cType) == [
        "double", "long long", "double", "unsigned char", "long long", "double", "long long",
      ])
    let declared = library.outputs.map { "static \($0.cType) \($0.name)[\($0.type.count)];" }.joined(separator: " ")
    let printed = library.outputs.map {
      "for (int i = 0; i < \($0.type.count); i++) printf(\"%.12g\\n\", (double)\($0.name)[i]);"
    }
    let main = """
      #include "mixed.h"
      #include <stdio.h>
      #include <stdlib.h>
      int main(void) {
        const long long i[] = {3, 0, 6, 2};
        const double w[] = {\(wide.array(as: Double.self).map { "\($0)" }.joined(separator: ","))};
        \(declared)
        void *workspace = malloc(mixed_workspace_size());
        if (mixed_init(workspace, NULL)) return 1;
        mixed_run(workspace, i, w, \(library.outputs.map(\.name).joined(separator: ", ")));
        \(printed.joined(separator: "\n  "))
        return 0;
      }
      """
    try inFolder { folder in
      try library.write(.files, to: folder.path)
      try main.write(to: folder.appendingPathComponent("main.c"), atomically: true, encoding: .utf8)
      guard run("cc", ["-Wall", "-Werror", "-o", "program", "mixed.c", "main.c", "-lm"], in: folder) != nil else {
        return
      }
      let text = run(folder.appendingPathComponent("program").path, []) ?? ""
      var found = text.split(separator: "\n").compactMap { Double($0) }[...]
      for tensor in expected {
        let own = Array(found.prefix(tensor.count))
        found = found.dropFirst(tensor.count)
        expectClose(Tensor(own, shape: tensor.shape, dtype: .float64), tensor.to(.float64))
      }
    }
  }

  @Test func namesAndWeightsAreChecked() throws {
    let error = #expect(throws: TensorError.self) {
      try CLibrary({ (x: Tensor) in x * 2 }, example: Tensor.ones(3), name: "my net")
    }
    #expect(error?.description.contains("'my net'") == true)
    let library = try CLibrary({ (x: Tensor) in x * 2 }, example: Tensor.ones(3), name: "twice")
    let missing = #expect(throws: TensorError.self) { try library.write(.header, to: "/nowhere/at/all/twice.h") }
    #expect(missing?.description.contains("/nowhere/at/all/twice.h") == true)
  }
}
