import Apus
import ApusCompiler
import ApusCore
import ApusPrograms
import Foundation

/// Puts the modules and operations of recorded cases through program files: exported, loaded, called, and compared with what they give
/// compiled, bit for bit, and eagerly.
package struct ProgramChecks {
  private let folder: URL
  /// Cases that came back the same, those that cannot be part of a program, and those that came to something else.
  package private(set) var tally = Tally()
  /// Why cases cannot be part of a program, and how many cases there are of each reason.
  package private(set) var refusals: [String: Int] = [:]
  /// The operations of files that came back the same, by their names in the format.
  package private(set) var operations: Set<String> = []

  /// Where files are kept that have an operation which none before them has, for ``ProgramFuzzing``.
  private let kept: String?

  /// - Parameter kept: a folder for files that have an operation which none before them has; nil: none is kept.
  package init(kept: String? = nil) throws {
    self.kept = kept
    if let kept { try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true) }
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-programs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Puts the module of a case through a file, in the mode in which it was recorded.
  package mutating func checkModule(_ item: Case) {
    if item.json["error"] != nil { return }
    var arguments = CaseArguments(tensors: item.tensors, recordsGradients: false)
    guard let called = try? withErrors({ try item.calledModule(&arguments) }) else { return }
    let training = item.json["mode"]?.string != "eval"
    called.module.train(training)
    check(item.id, called.module, called.inputs, training: training, called.call)
  }

  /// Puts the operation of a case through a file, as a function of the tensors among its arguments, where it is one.
  package mutating func checkOperation(_ item: Case) {
    guard let function = CaseFunction(item) else { return }
    check(item.id, nil, function.leaves, training: false) { try function($0) }
  }

  /// Puts models with open dimensions through files, and calls them with other sizes.
  package mutating func checkOpen() {
    for item in openExports {
      manualSeed(7)
      let model = item.make()
      let path = folder.appendingPathComponent("open.apus").path
      let options = ProgramOptions(
        dynamic: item.options.dynamicAxes, inputNames: item.options.inputNames, outputNames: item.options.outputNames,
        training: item.options.training)
      do {
        try withWarnings(.silent) {
          try export(
            of: model.module, model.inputs(item.sizes.mapValues(\.example)), to: path, options: options, model.call)
        }
      } catch {
        refusals["\(item.name): \(error)", default: 0] += 1
        tally.add(.skipped("program", "\(error)"), id: item.name)
        continue
      }
      do {
        let program = try Program.load(path, executor: .chunks)
        if !item.options.training { model.module?.eval() }
        let inputs = model.inputs(item.sizes.mapValues(\.check))
        let expected = try withErrors { noGrad { model.call(inputs) } }
        for turn in 0..<2 {
          if let wrong = Self.difference(try noGrad { try program(inputs) }, expected, bits: false) {
            throw TensorError(.value, "call \(turn)", wrong)
          }
        }
        tally.add(.passed, id: item.name)
      } catch {
        tally.add(.failed("\(error)"), id: item.name)
      }
    }
  }

  private mutating func check(
    _ id: String, _ module: (any Module)?, _ inputs: [Tensor], training: Bool,
    _ call: @escaping ([Tensor]) throws -> [Tensor]
  ) {
    // As they come out of a file: products of numbers that lie elsewhere are added up in another order.
    let inputs = inputs.map { $0.detach().contiguous() }
    guard let eager = try? withErrors({ try noGrad { try call(inputs) } }), !eager.isEmpty else { return }
    let path = folder.appendingPathComponent("program.apus").path
    do {
      try withWarnings(.silent) { try export(of: module, inputs, to: path, options: .init(training: training), call) }
    } catch {
      let reason = "\(error)"
      refusals[reason.replacing(#/ of module '.*?'/#, with: ""), default: 0] += 1
      tally.add(.skipped("program", reason), id: id)
      return
    }
    do {
      let program = try Program.load(path, executor: .chunks)
      module?.train(training)
      let original = CallInFunction(call)
      let compiled = compile(executor: .chunks) { (tensors: [Tensor]) in original.results(tensors) }
      for turn in 0..<2 {
        let found = try noGrad { try program(inputs) }
        let expected = try withErrors { noGrad { compiled(inputs) } }
        if let wrong = Self.difference(found, expected, bits: true) {
          return tally.add(.failed("call \(turn), compiled: \(wrong)"), id: id)
        }
        if let wrong = Self.difference(found, eager, bits: false) {
          return tally.add(.failed("call \(turn), eager: \(wrong)"), id: id)
        }
      }
      let own = Set(program.operations.map(\.name))
      if let kept, let new = own.subtracting(operations).sorted().first {
        let target =
          "\(kept)/\(new)-\(id.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "_" }.map(String.init).joined()).apus"
        try? FileManager.default.removeItem(atPath: target)
        try FileManager.default.copyItem(atPath: path, toPath: target)
      }
      operations.formUnion(own)
      tally.add(.passed, id: id)
    } catch {
      tally.add(.failed("\(error)"), id: id)
    }
  }

  private static func difference(_ found: [Tensor], _ expected: [Tensor], bits: Bool) -> String? {
    guard found.count == expected.count else { return "\(found.count) results, expected \(expected.count)" }
    for (i, (x, y)) in zip(found, expected).enumerated() {
      if x.type != y.type { return "result \(i) is \(x.type), expected \(y.type)" }
      if bits {
        let isSame = x.contiguous().withUnsafeBytes { a in y.contiguous().withUnsafeBytes { a.elementsEqual($0) } }
        if !isSame { return "result \(i) has other bits" }
      } else if let wrong = ConformanceKit.difference(x, y, Tolerance(relative: 1e-6, absolute: 1e-6)) {
        return "result \(i): \(wrong)"
      }
    }
    return nil
  }

  /// Removes the files.
  package func finish() { try? FileManager.default.removeItem(at: folder) }
}

/// A call that may throw, as a function of tensors for the compiler.
private final class CallInFunction: @unchecked Sendable {
  private let call: ([Tensor]) throws -> [Tensor]
  init(_ call: @escaping ([Tensor]) throws -> [Tensor]) { self.call = call }

  func results(_ tensors: [Tensor]) -> [Tensor] {
    do { return try call(tensors) } catch {
      return [fail(error as? TensorError ?? TensorError(.value, "call", "\(error)"))]
    }
  }
}
