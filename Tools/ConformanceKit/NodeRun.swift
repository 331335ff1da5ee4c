import ApusCore
import Foundation

/// Programs of a WebAssembly module, run by Node.
enum NodeRun {
  /// A call of the functions `NAME_place` and `NAME_go` of a module.
  struct Call {
    let name: String
    let inputs: [[UInt8]]
    let outputSizes: [Int]
  }

  /// Where Node is; nil: it is not there.
  static let path: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/node" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// The bytes of the results of each call, nil for one that fails; nil where the module does not run.
  static func results(of module: [UInt8], _ calls: [Call]) -> [[[UInt8]]?]? {
    guard let path else { return nil }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-node-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    // Arguments and results lie one behind the other in a file each; a result begins with 1 where its call ended well.
    let shapes = calls.map { call in
      "[\"\(call.name)\", [\(call.inputs.map { "\($0.count)" }.joined(separator: ","))], "
        + "[\(call.outputSizes.map(String.init).joined(separator: ","))]]"
    }
    let script = """
      const fs = require("fs")
      const given = fs.readFileSync("inputs"), made = []
      WebAssembly.instantiate(fs.readFileSync("module.wasm")).then(({ instance }) => {
        let at = 0
        for (const [name, inputs, outputs] of [\(shapes.joined(separator: ","))]) {
          const place = (i) => instance.exports[name + "_place"](i) >>> 0, memory = () => new Uint8Array(instance.exports.memory.buffer)
          inputs.forEach((size, i) => { memory().set(given.subarray(at, at + size), place(i)); at += size })
          let ended = 1
          try { if (instance.exports[name + "_go"]()) ended = 0 } catch { ended = 0 }
          made.push(Buffer.from([ended]))
          outputs.forEach((size, i) => { const from = place(inputs.length + i); made.push(Buffer.from(memory().slice(from, from + size))) })
        }
        fs.writeFileSync("outputs", Buffer.concat(made))
      })
      """
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(module).write(to: folder.appendingPathComponent("module.wasm"))
      try Data(calls.flatMap { $0.inputs.flatMap { $0 } }).write(to: folder.appendingPathComponent("inputs"))
      let process = Process()
      process.executableURL = URL(fileURLWithPath: path)
      process.arguments = ["-e", script]
      process.currentDirectoryURL = folder
      try process.run()
      process.waitUntilExit()
      let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent("outputs")))
      let sizes = calls.map { $0.outputSizes.reduce(1, +) }
      guard process.terminationStatus == 0, bytes.count == sizes.reduce(0, +) else { return nil }
      var rest = bytes[...]
      return calls.map { call in
        let ended = rest.removeFirst() == 1
        let results = call.outputSizes.map { size in
          defer { rest = rest.dropFirst(size) }
          return Array(rest.prefix(size))
        }
        return ended ? results : nil
      }
    } catch {
      return nil
    }
  }
}
