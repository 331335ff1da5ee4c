import Apus
import ConformanceKit
import FormatsKit
import Foundation
import ModelsKit
import TuningKit

// Runs recorded cases of PyTorch and counts what agrees:
//   swift run -c release conformance DIR [--area A] [--op NAME] [--device D] [--dtype wrapped] [--compiled] [--check C] [--failures N]
//     [--trace]
// With --compiled each operation is also compiled and compared with itself, for results and gradients.
// With --check compile, vmap, jvp, second or dual (forward derivatives on dual numbers), which can be given several times, or all, the operations and modules of the cases are
// put through these transformations instead, and so are modules that no case has; what falls back must be listed or marked.
// With --check programs the modules and operations (and with --area open models whose sizes are left open) are exported as program files, loaded and called; what cannot be exported is counted.
// With --export FOLDER too, files with every operation among them are kept there, for 'conformance programs FOLDER --fuzz N'.
// With --check c the modules of the area modules are written as C in evaluation mode, compiled and compared with themselves;
// with --check integers those of them that have layers for it with weights and activations of 8 bits, with --check wasm as WebAssembly, run by Node.
// With --export the modules of the cases are written as ONNX models into a folder, with inputs and results, for
// scripts/peers/check_onnx_export.py; --area besides are those that no case has, and other areas' operations are functions.
// The device `guarded` is one whose memory the host cannot read: nobody may read elements past the door.
// With --dtype wrapped the cases of float64 alone run, on a number type of one's own that wraps a Double; what no such type can
// declare is skipped. It goes with --check and --compiled.

// Files of other libraries are read, and compared with what is recorded:
//   swift run -c release conformance formats DIR [--group G] [--case ID] [--failures N] [--fuzz N]

if CommandLine.arguments.dropFirst().first == "formats" {
  guard let command = FormatsCommand(CommandLine.arguments.dropFirst(2)) else {
    print("conformance formats: \(FormatsCommand.usage)")
    exit(2)
  }
  do {
    exit(try command.run())
  } catch {
    print("conformance: \(error)")
    exit(2)
  }
}

// Published models, their tokenisers and what they generate:
//   swift run -c release conformance models DIR [--group G] [--case NAME] [--failures N]

if CommandLine.arguments.dropFirst().first == "models" {
  guard let command = ModelsCommand(CommandLine.arguments.dropFirst(2)) else {
    print("conformance models: \(ModelsCommand.usage)")
    exit(2)
  }
  do {
    try command.run()
  } catch {
    print("conformance: \(error)")
    exit(2)
  }
}

// Recorded studies of Optuna: decisions of pruners, points of samplers, importances, storages:
//   swift run -c release conformance tuning DIR [--group G] [--failures N]
// or the recorded tables of a tuning are made anew:
//   swift run -c release conformance tuning --record-tables FILE

if CommandLine.arguments.dropFirst().first == "tuning" {
  guard let command = TuningCommand(CommandLine.arguments.dropFirst(2)) else {
    print("conformance tuning: \(TuningCommand.usage)")
    exit(2)
  }
  do {
    try command.run()
    exit(0)
  } catch {
    print("conformance: \(error)")
    exit(2)
  }
}

// Operations are called with arguments that nobody chose:
//   swift run -c release conformance operations [DIR] --fuzz N [--op NAME] [--seed S]

if CommandLine.arguments.dropFirst().first == "operations" {
  guard let command = OperationsCommand(CommandLine.arguments.dropFirst(2)) else {
    print("conformance operations: \(OperationsCommand.usage)")
    exit(2)
  }
  do {
    exit(try command.run())
  } catch {
    print("conformance: \(error)")
    exit(2)
  }
}

// Damaged program files are read and run:
//   swift run -c release conformance programs DIR... --fuzz N [--seed S] [--one K]

if CommandLine.arguments.dropFirst().first == "programs" {
  var options = FuzzOptions()
  var folders: [String] = []
  var words = CommandLine.arguments.dropFirst(2).makeIterator()
  while let word = words.next() {
    if !options.take(word, &words) { folders.append(word) }
  }
  do {
    if let status = try options.run({ try ProgramFuzzing(seed: $0, folders: folders) }) { exit(status) }
    print("conformance programs: DIR... --fuzz N [--seed S] [--first K] [--seconds T], or --one K")
    exit(2)
  } catch {
    print("conformance: \(error)")
    exit(2)
  }
}

let usage =
  "usage: conformance DIR [--area A] [--op NAME] [--device guarded|opencl] [--dtype wrapped] [--cuda sm_80,sm_90a] [--compiled] [--check compile|vmap|jvp|second|dual|all|programs|c|integers|wasm] "
  + "[--failures N] [--trace] [--export FOLDER [--opset N]], or conformance formats|models|tuning|operations|programs DIR"
var folder: String?
var areas: [String] = []
var operation: String?
var device: Device?
var elements: DType?
var architectures: [String] = []
var shownFailures = 20
var traces = false
var compiles = false
var checks: [TransformCheck] = []
var checksPrograms = false
var formsOfC: [CProgramCheck.Form] = []
var exportFolder: String?
var opset = 18

var words = CommandLine.arguments.dropFirst().makeIterator()
while let word = words.next() {
  switch word {
  case "--area": areas += [words.next()].compactMap { $0 }
  case "--op": operation = words.next()
  case "--device": device = words.next().map { Device(stringLiteral: $0) }
  case "--dtype":
    let name = words.next() ?? ""
    guard name == "wrapped" else {
      print("--dtype \(name): cases run on their own types or on 'wrapped'. \(usage)")
      exit(2)
    }
    elements = WrappedDouble.dtype
  case "--cuda": architectures = (words.next() ?? "").split(separator: ",").map(String.init)
  case "--failures": shownFailures = words.next().flatMap { Int($0) } ?? shownFailures
  case "--trace": traces = true
  case "--compiled": compiles = true
  case "--export": exportFolder = words.next()
  case "--opset": opset = words.next().flatMap { Int($0) } ?? opset
  case "--check":
    let name = words.next() ?? ""
    if name == "programs" {
      checksPrograms = true
      continue
    }
    if let form = CProgramCheck.Form(rawValue: name) {
      formsOfC.append(form)
      continue
    }
    guard name == "all" || TransformCheck(rawValue: name) != nil else {
      print("--check \(name): there is no such check. \(usage)")
      exit(2)
    }
    checks += name == "all" ? TransformCheck.allCases : [TransformCheck(rawValue: name)].compactMap { $0 }
  case _ where !word.hasPrefix("-") && folder == nil: folder = word
  default:
    print("\(word): not an option. \(usage)")
    exit(2)
  }
}
guard let folder else {
  print(usage)
  exit(2)
}

if let device {
  installGuardedDevice()
  guard Devices.available.contains(device) else {
    print("conformance: there is no device \(device); known are \(Devices.available)")
    exit(2)
  }
}

/// The cases of an area, on other elements where they are asked for.
@MainActor func chosenCases(_ area: String, in folder: String) throws -> [Case] {
  let cases = try Area(name: area, in: folder, on: device).cases.filter { operation == nil || $0.op == operation }
  return elements.map { elements in cases.compactMap { $0.withElements(elements) } } ?? cases
}

let tracesCases = traces
func trace(_ id: String) {
  if tracesCases { FileHandle.standardError.write(Data("\(id)\n".utf8)) }
}

var total = Tally()
do {
  if let exportFolder, !checksPrograms {
    var exports = try ModuleExports(to: exportFolder, opset: opset)
    for name in areas.isEmpty ? ["modules"] : areas where name != "besides" {
      for item in try Area(name: name, in: folder).cases where operation == nil || item.op == operation {
        trace(item.id)
        if name == "modules" { exports.export(item) } else { exports.exportOperation(item) }
      }
    }
    if areas.isEmpty, operation == nil || operation == "open" { exports.exportOpen() }
    if areas == ["besides"] { exports.exportBesides() }
    try exports.finish()
    exports.tally.report("ONNX models", most: shownFailures)
    total.add(exports.tally)
    total.finish()
  }
  if checksPrograms {
    if areas.isEmpty || areas == ["open"] {
      var programs = try ProgramChecks()
      programs.checkOpen()
      programs.finish()
      programs.tally.report("models with open sizes, programs", most: shownFailures)
      for reason in programs.refusals.keys.sorted() { print("  cannot be exported: \(reason)") }
      total.add(programs.tally)
      if areas == ["open"] { total.finish() }
    }
    for name in areas.isEmpty ? try Area.names(in: folder) : areas where !["optim", "distributions"].contains(name) {
      var programs = try ProgramChecks(kept: exportFolder)
      defer { programs.finish() }
      for item in try chosenCases(name, in: folder) {
        trace(item.id)
        if name == "modules" { programs.checkModule(item) } else { programs.checkOperation(item) }
      }
      programs.tally.report("\(name), programs", most: shownFailures)
      for (reason, count) in programs.refusals.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
        print("  \(count) cannot be exported: \(reason)")
      }
      print(
        "  \(programs.operations.count) operations of files: \(programs.operations.sorted().joined(separator: " "))")
      total.add(programs.tally)
    }
    total.finish()
  }
  for form in formsOfC {
    if form == .wasm, !CProgramCheck.canRunModules {
      print("WebAssembly modules are run by node, which is not on the search path")
      exit(2)
    }
    var check = CProgramCheck(form)
    for item in try chosenCases("modules", in: folder) {
      trace(item.id)
      check.add(item)
    }
    check.run()
    let what = ["c": "modules as C", "integers": "modules of integers as C", "wasm": "modules as WebAssembly"]
    check.tally.report(what[form.rawValue] ?? form.rawValue, most: shownFailures)
    if check.withoutLayers > 0 { print("  \(check.withoutLayers) have no layer that becomes one of integers") }
    for (reason, cases) in check.refusals.sorted(by: { $0.value.count > $1.value.count }) {
      print("  no C form of \(cases.count), \(cases[0]) ...: \(reason)")
    }
    total.add(check.tally)
  }
  if !formsOfC.isEmpty { total.finish() }
  if !checks.isEmpty {
    for name in areas.isEmpty ? try Area.names(in: folder) : areas where !["optim", "distributions"].contains(name) {
      let cases = try chosenCases(name, in: folder)
      for check in checks {
        var tally = Tally()
        if name == "modules" {
          let others = modulesBesides.filter { operation == nil || $0.name == operation }
          let (found, met) = checkModules(cases.compactMap { CheckedModule($0) } + others, check, trace: trace)
          for line in met.map(\.description).sorted() { print("  falls back: \(line)") }
          tally = found
        } else {
          tally = checkOperations(cases, check, trace: trace)
        }
        tally.report("\(name), \(check.rawValue)", most: shownFailures)
        total.add(tally)
      }
    }
    total.finish()
  }
  for name in areas.isEmpty ? try Area.names(in: folder) : areas {
    var tally = Tally()
    for item in try chosenCases(name, in: folder) {
      trace(item.id)
      var outcome = elements == nil ? item.run(area: name) : item.runWithElements(area: name)
      if compiles, let difference = item.runCompiled(.chunks).failures.first {
        outcome = .failed("compiled: \(difference)")
      }
      tally.add(outcome, id: item.id)
    }
    tally.report(name, most: shownFailures)
    total.add(tally)
  }
} catch {
  print("conformance: \(error)")
  exit(2)
}
if let device, !architectures.isEmpty {
  guard compileKernels(of: device, for: architectures) else { exit(1) }
}

total.finish()
