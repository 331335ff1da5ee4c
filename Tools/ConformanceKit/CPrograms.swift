import Apus
import ApusCompiler
import ApusCore
import Foundation

// Modules of recorded cases as C libraries: each is written as C in evaluation mode, many are compiled into one library or one
// WebAssembly module, and what they give is compared with the module's own results.

/// How much was compared of the C forms of modules.
package struct CProgramCheck {
  /// What is made of modules.
  package enum Form: String, Sendable {
    /// A library for this machine.
    case c
    /// The same of the module with weights and activations of 8 bits, whose ranges are those of its arguments.
    case integers
    /// A WebAssembly module, run by Node.
    case wasm
  }

  /// How many modules one run of the compiler takes.
  private static let batchSize = 60
  private static let tolerance = Tolerance(relative: 1e-5, absolute: 1e-5)
  /// How far results may be away that one integer of some layer, rounded the other way, makes another, as a share of the greatest one.
  private static let integerTolerance = 0.03

  /// A module written as C, what it is called with, and what it gives.
  private struct Program {
    let id: String
    let name: String
    let library: CLibrary
    let inputs: [Tensor]
    let expected: [Tensor]

    /// How far results may be away.
    let tolerance: Tolerance

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

    /// The text with static memory and functions for a host that has no pointers: `NAME_place(i)` of argument or result i, and `NAME_go()`.
    var textForHosts: String {
      let parameters = library.inputs + library.outputs
      let sizes = parameters.map { max(1, $0.type.count * $0.type.dtype.size) }
      let arrays = sizes.enumerated().map { "static _Alignas(64) unsigned char \(name)_array\($0)[\($1)];" }
      let pointers = parameters.indices.map { "\(name)_array\($0)" }.joined(separator: ", ")
      return text + """
        \(arrays.joined(separator: "\n"))
        static _Alignas(64) unsigned char \(name)_workspace[\(library.workspaceSize)];
        static void *\(name)_pointers[] = {\(pointers)};
        void *\(name)_place(int i) { return \(name)_pointers[i]; }
        int \(name)_go(void) { return \(name)_call(\(name)_workspace, \(name)_pointers); }

        """
    }
  }

  package private(set) var tally = Tally()
  /// Why modules have no C form, and which.
  package private(set) var refusals: [String: [String]] = [:]
  /// Cases that have no layer to make one of integers.
  package private(set) var withoutLayers = 0
  private let form: Form
  private var programs: [Program] = []

  package init(_ form: Form) { self.form = form }

  /// Whether there is Node to run WebAssembly modules.
  package static var canRunModules: Bool { NodeRun.path != nil }

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
      var tolerance = Self.tolerance
      var function = call
      if form == .integers {
        guard let small = try Self.quantized(called) else {
          withoutLayers += 1
          return
        }
        function = { tensors in try withErrors { small(tensors) } }
      }
      let library = try CLibrary(tensors: { try function($0) }, example: called.inputs, name: name)
      let expected = try function(called.inputs)
      if form == .integers {
        let most = expected.compactMap { $0.dtype.isInexact && $0.count > 0 ? $0.detach().abs().amax().item() : nil }
          .max()
        tolerance.absolute = max(tolerance.absolute, Self.integerTolerance * (most ?? 0))
      }
      programs.append(
        Program(
          id: item.id, name: name, library: library, inputs: called.inputs, expected: expected, tolerance: tolerance))
      if programs.count == Self.batchSize { run() }
    } catch {
      refuse(item.id, "\(error)")
    }
  }

  /// The module with integers; nil where it has no layer that becomes such.
  private static func quantized(_ called: CalledModule) throws -> QuantizedModel? {
    let function = ModuleFunction(called)
    do {
      return try quantize(of: called.module, calibration: [called.inputs]) { tensors in
        do { return try function.call(tensors) } catch { return [fail(TensorError(.value, "module", "\(error)"))] }
      }
    } catch let error as TensorError where error.message.contains("there is no layer to quantise") {
      return nil
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
    if form == .wasm { return runModules(batch) }
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
      if let wrong = ConformanceKit.difference(found, expected.detach(), program.tolerance) {
        return "result \(k): \(wrong)"
      }
    }
    return nil
  }

  // MARK: WebAssembly

  /// One module of many programs, which Node runs; each by itself where the compiler fails on all.
  private mutating func runModules(_ batch: [Program]) {
    let marks = batch.map { "#define \($0.name.uppercased())_IMPLEMENTATION\n" }.joined()
    let text = marks + batch.map(\.textForHosts).joined()
    let exports = batch.flatMap { ["-Wl,--export=\($0.name)_place", "-Wl,--export=\($0.name)_go"] }
    let flags = ["--target=wasm32", "-O1", "-msimd128", "-mbulk-memory", "-nostdlib", "-w", "-Wl,--no-entry"]
    guard let module = NativeCompiler.build(text, flags + exports) else {
      if batch.count == 1 { return tally.add(.failed("the C compiler makes no WebAssembly module"), id: batch[0].id) }
      for program in batch { runModules([program]) }
      return
    }
    let calls = batch.map { program in
      NodeRun.Call(
        name: program.name, inputs: program.inputs.map { $0.detach().withUnsafeBytes { Array($0) } },
        outputSizes: program.library.outputs.map { $0.type.count * $0.type.dtype.size })
    }
    let results = NodeRun.results(of: module, calls)
    for (i, program) in batch.enumerated() {
      guard let made = results?[i] else {
        tally.add(.failed("Node does not run it"), id: program.id)
        continue
      }
      var wrong: String?
      for (k, (parameter, expected)) in zip(program.library.outputs, program.expected).enumerated() where wrong == nil {
        let found = Tensor.uninitialized(parameter.type.shape, parameter.type.dtype)
        made[k].withUnsafeBytes { bytes in
          if let start = bytes.baseAddress { found.body.data.copyMemory(from: start, byteCount: bytes.count) }
        }
        wrong = ConformanceKit.difference(found, expected.detach(), program.tolerance).map { "result \(k): \($0)" }
      }
      tally.add(wrong.map { .failed($0) } ?? .passed, id: program.id)
    }
  }
}
