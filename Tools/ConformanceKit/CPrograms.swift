import Apus
import ApusCompiler
import ApusCore
import Foundation

// Modules of recorded cases as C libraries: each is written as C in evaluation mode, many are compiled into one library, and what
// they give is compared with the module's own results.

/// How much was compared of the C forms of modules.
package struct CProgramCheck {
  /// How many modules one run of the compiler takes.
  private static let batchSize = 60
  private static let tolerance = Tolerance(relative: 1e-5, absolute: 1e-5)

  /// A module written as C, what it is called with, and what it gives.
  private struct Program {
    let id: String
    let name: String
    let library: CLibrary
    let inputs: [Tensor]
    let expected: [Tensor]

    /// The text of the library, with a function that takes all pointers as one list.
    var text: String {
      let pointers = (library.inputs + library.outputs).indices.map { "p[\($0)]" }.joined(separator: ", ")
      return library.singleHeader + """

        int \(name)_call(void *workspace, void **p) {
          if (\(name)_init(workspace, 0)) return 1;
          \(name)_run(workspace, \(pointers));
          return 0;
        }

        """
    }
  }

  package private(set) var tally = Tally()
  /// Why modules have no C form, and which.
  package private(set) var refusals: [String: [String]] = [:]
  private var programs: [Program] = []

  package init() {}

  /// Whether there is a C compiler.
  package static var canCompile: Bool { NativeCompiler.compiler != nil }

  /// Writes the module of a case as C. Cases of errors are left out.
  package mutating func add(_ item: Case) {
    guard item.json["error"] == nil else { return }
    do {
      var arguments = CaseArguments(tensors: item.tensors, recordsGradients: false)
      let called = try withErrors { try item.calledModule(&arguments) }
      called.module.eval()
      func call(_ tensors: [Tensor]) throws -> [Tensor] { try withErrors { try noGrad { try called.call(tensors) } } }
      let name = "m\(tally.passed + tally.failures.count + programs.count)"
      let library = try CLibrary(tensors: { try called.call($0) }, example: called.inputs, name: name)
      let expected = try call(called.inputs)
      programs.append(
        Program(id: item.id, name: name, library: library, inputs: called.inputs, expected: expected))
      if programs.count == Self.batchSize { run() }
    } catch {
      refuse(item.id, "\(error)")
    }
  }

  private mutating func refuse(_ id: String, _ reason: String) {
    refusals[reason, default: []].append(id)
    tally.add(.failed(reason), id: id)
  }

  /// Compiles and runs what was added.
  package mutating func run() {
    let batch = programs
    programs = []
    if batch.isEmpty { return }
    guard let library = Self.compiled(batch) else {
      if batch.count == 1 { return tally.add(.failed("the C compiler fails"), id: batch[0].id) }
      for program in batch {
        programs = [program]
        run()
      }
      return
    }
    for program in batch {
      let difference = Self.difference(program, library)
      tally.add(difference.map { .failed($0) } ?? .passed, id: program.id)
    }
  }

  private static func compiled(_ batch: [Program]) -> DynamicLibrary? {
    let marks = batch.map { "#define \($0.name.uppercased())_IMPLEMENTATION\n" }.joined()
    let text = marks + batch.map(\.text).joined()
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("apus-c-\(UUID().uuidString).so").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    guard let bytes = NativeCompiler.build(text, ["-O1", "-Wall", "-Werror", "-fPIC", "-shared", "-lm"]),
      (try? Data(bytes).write(to: URL(fileURLWithPath: path))) != nil
    else { return nil }
    return DynamicLibrary(firstOf: [path], thatHas: "\(batch[0].name)_call")
  }

  private static func difference(_ program: Program, _ library: DynamicLibrary) -> String? {
    typealias Call = @convention(c) (UnsafeMutableRawPointer, UnsafePointer<UnsafeMutableRawPointer>) -> Int32
    guard let call = library.function("\(program.name)_call", as: Call.self) else { return "the library lacks it" }
    func memory(_ bytes: Int) -> UnsafeMutableRawPointer {
      let made = UnsafeMutableRawPointer.allocate(byteCount: max(64, bytes), alignment: 64)
      made.initializeMemory(as: UInt8.self, repeating: 0xAA, count: max(64, bytes))
      return made
    }
    let inputs = program.inputs.map { tensor in
      tensor.detach().withUnsafeBytes { bytes in
        let copy = memory(bytes.count)
        copy.copyMemory(from: bytes.baseAddress ?? UnsafeRawPointer(copy), byteCount: bytes.count)
        return copy
      }
    }
    let outputs = program.library.outputs.map { memory($0.type.count * $0.type.dtype.size) }
    let workspace = memory(program.library.workspaceSize)
    defer { for pointer in inputs + outputs + [workspace] { pointer.deallocate() } }
    if call(workspace, inputs + outputs) != 0 { return "the workspace is refused" }
    for (k, (parameter, expected)) in zip(program.library.outputs, program.expected).enumerated() {
      let bytes = UnsafeRawBufferPointer(start: outputs[k], count: parameter.type.count * parameter.type.dtype.size)
      let found = Tensor.uninitialized(parameter.type.shape, parameter.type.dtype)
      found.body.data.copyMemory(from: bytes.baseAddress ?? UnsafeRawPointer(outputs[k]), byteCount: bytes.count)
      if let wrong = ConformanceKit.difference(found, expected.detach(), tolerance) { return "result \(k): \(wrong)" }
    }
    return nil
  }
}
