import Apus
import Examples
import Foundation
import Testing

/// The digits network of integers on a Cortex-M4, under QEMU, and what libraries take: figures that docs/deploying.md tells.
@Suite struct MicrocontrollerTests {
  private static let plain = [
    "--target=arm-none-eabi", "-mthumb", "-Os", "-std=c11", "-Wall", "-Wextra", "-Werror", "-ffreestanding",
    "-ffunction-sections", "-fdata-sections",
  ]
  private static let target = plain + ["-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"]
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Examples/microcontroller")

  /// A program that is run with its output read; nil where it is not there or fails.
  private static func run(_ program: String, _ arguments: [String], in folder: URL? = nil) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: output, as: UTF8.self) : nil
  }

  private static let hasCompiler = run("clang", ["--print-targets"])?.contains("thumb ") == true
  private static let canRun =
    hasCompiler && run("ld.lld", ["--version"]) != nil && run("qemu-system-arm", ["--version"]) != nil

  private func inFolder<T>(_ body: (URL) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-micro-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  /// The bytes of code and data of an object or program for 32 bits: sections that are loaded and have contents.
  private func loadedBytes(_ path: String) throws -> Int {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    func number(_ place: Int, _ size: Int) -> Int {
      (0..<size).reduce(0) { $0 + Int(bytes[place + $1]) << (8 * $1) }
    }
    let (table, size, count) = (number(32, 4), number(46, 2), number(48, 2))
    return (0..<count).reduce(0) { sum, i in
      let at = table + i * size
      // Type 1 has contents; flag 2 is loaded.
      return number(at + 4, 4) == 1 && number(at + 8, 4) & 2 != 0 ? sum + number(at + 20, 4) : sum
    }
  }

  /// A network of the example's form, trained a little.
  private func network() throws -> (net: Sequential, small: QuantizedModel) {
    manualSeed(1)
    let net = DigitsMicrocontroller.network()
    DigitsMicrocontroller.train(net, epochs: 2, lr: 5e-3)
    return (net, try DigitsMicrocontroller.quantized(net))
  }

  /// What a compiler's library has for processors without a floating point unit, as far as the library needs it.
  private static let floatingPoint = """
    float __aeabi_fadd(float a, float b) { return a + b; }
    float __aeabi_fmul(float a, float b) { return a * b; }
    int __aeabi_fcmpgt(float a, float b) { return a > b; }
    int __aeabi_fcmplt(float a, float b) { return a < b; }
    float __aeabi_i2f(int a) { return (float)a; }
    float __aeabi_ui2f(unsigned a) { return (float)a; }

    """

  /// A Cortex-M4 with its floating point unit, and the code of a Cortex-M3, which has none and scales by integers.
  @Test(.enabled(if: canRun), arguments: [true, false]) func aMicrocontrollerGivesTheSame(_ hasUnit: Bool) throws {
    let (_, small) = try network()
    let library = try DigitsMicrocontroller.library(small)
    let count = 6
    let expected = small(Digits(train: false).images.narrow(0, 0, count))
    try inFolder { folder in
      for name in ["startup.c", "main.c", "link.ld"] {
        try FileManager.default.copyItem(
          at: Self.sources.appendingPathComponent(name), to: folder.appendingPathComponent(name))
      }
      try library.write(.files, to: folder.path)
      try DigitsMicrocontroller.samples(count).write(
        to: folder.appendingPathComponent("samples.h"), atomically: true, encoding: .utf8)
      let program = ["-DWORKSPACE=\(library.workspaceSize)", "-DPRINTS_SCORES"]
      if hasUnit {
        #expect(
          Self.run("clang", Self.target + program + ["-c", "digits.c", "main.c", "startup.c"], in: folder) != nil)
      } else {
        try Self.floatingPoint.write(
          to: folder.appendingPathComponent("floats.c"), atomically: true, encoding: .utf8)
        let unit = ["-mcpu=cortex-m4", "-mfloat-abi=softfp", "-mfpu=fpv4-sp-d16"]
        let none = ["-mcpu=cortex-m3", "-mfloat-abi=soft"]
        let others = ["-c", "main.c", "startup.c", "floats.c"]
        #expect(Self.run("clang", Self.plain + unit + program + others, in: folder) != nil)
        #expect(Self.run("clang", Self.plain + none + ["-c", "digits.c"], in: folder) != nil)
      }
      let objects = ["digits.o", "main.o", "startup.o"] + (hasUnit ? [] : ["floats.o"])
      #expect(
        Self.run("ld.lld", ["-T", "link.ld", "--gc-sections", "-o", "digits.elf"] + objects, in: folder) != nil)
      let elf = folder.appendingPathComponent("digits.elf").path
      let flash = try loadedBytes(elf)
      #expect(flash + library.workspaceSize < 60_000)
      let machine = ["-machine", "mps2-an386", "-cpu", "cortex-m4", "-icount", "shift=0", "-semihosting", "-nographic"]
      let output = try #require(Self.run("timeout", ["20", "qemu-system-arm"] + machine + ["-kernel", elf]))
      let scores = output.split(separator: "\n").compactMap { line in
        line.hasPrefix("score ") ? UInt32(line.dropFirst(6)).map { Float(bitPattern: $0) } : nil
      }
      // The same integers, made of the same numbers by other floating point units: one result in some hundred may be a step away.
      try #require(scores.count == 10 * count)
      let away = (Tensor(scores).reshape([count, 10]) - expected).abs()
      #expect(away.amax().item() < 0.05 * expected.abs().amax().item())
      #expect(away.gt(1e-4).to(.float32).mean().item() < 0.1)
    }
  }

  /// The network on disk that `make` builds reads its pictures.
  @Test(.enabled(if: canRun)) func theExampleRuns() throws {
    try inFolder { folder in
      let elf = folder.appendingPathComponent("digits.elf").path
      let arguments =
        Self.target + [
          "-DWORKSPACE=6144", "-fuse-ld=lld", "-nostdlib", "-Wl,--gc-sections", "-Wl,-Tlink.ld", "-o", elf, "startup.c",
          "main.c", "digits.c",
        ]
      #expect(Self.run("clang", arguments, in: Self.sources) != nil)
      let machine = ["-machine", "mps2-an386", "-cpu", "cortex-m4", "-icount", "shift=0", "-semihosting", "-nographic"]
      let output = try #require(Self.run("timeout", ["20", "qemu-system-arm"] + machine + ["-kernel", elf]))
      let right = output.split(separator: "\n").last.flatMap { Int($0.prefix { $0 != " " }) }
      #expect((right ?? 0) >= 19, "\(output)")
    }
  }

  /// The figures of docs/deploying.md, with a tenth of slack: code, weights and workspace for one picture.
  @Test(.enabled(if: hasCompiler)) func librariesTakeWhatTheGuideSays() throws {
    manualSeed(1)
    let net = DigitsMicrocontroller.network()
    let small = try DigitsMicrocontroller.quantized(net)
    let floats = try CLibrary({ (x: Tensor) in net(x) }, example: Tensor.zeros([1, 1, 8, 8]), name: "digits")
    for (library, figures) in [
      (floats, (code: 9_104, weights: 22_976, workspace: 27_968)),
      (try DigitsMicrocontroller.library(small), (code: 3_356, weights: 6_784, workspace: 5_696)),
    ] {
      let code = try inFolder { folder in
        try library.write(.files, to: folder.path)
        #expect(Self.run("clang", Self.target + ["-c", "digits.c"], in: folder) != nil)
        return try loadedBytes(folder.appendingPathComponent("digits.o").path) - library.weights.count
      }
      for (name, found, told) in [
        ("code", code, figures.code), ("weights", library.weights.count, figures.weights),
        ("workspace", library.workspaceSize, figures.workspace),
      ] {
        #expect(abs(Double(found) / Double(told) - 1) < 0.1, "\(name): \(found), and the guide says \(told)")
      }
    }
    let page = Self.sources.deletingLastPathComponent().appendingPathComponent("web/digits").path
    let files = try FileManager.default.contentsOfDirectory(atPath: page) + ["../apus.js"]
    let bytes = try files.reduce(0) { sum, name in
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(page)/\(name)")
      return sum + (attributes[.size] as? Int ?? 0)
    }
    #expect(abs(Double(bytes) / 68_000 - 1) < 0.1, "the page: \(bytes)")
  }
}
