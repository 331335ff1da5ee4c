import Apus
import ApusCore
import FormatsKit
import Foundation

/// Calls operations by name with arguments that nobody chose: each call ends in a value or in an error that says what is wrong.
///
/// Half of the calls have drawn arguments, by the names of the parameters; the others are recorded ones, where there are any,
/// of which something is changed. Some results are differentiated, or the operation is mapped over samples.
package struct OperationFuzzing: FuzzAttempts {
  private let seed: UInt64
  private let names: [String]
  private let recorded: [Case]

  /// - Parameters:
  ///   - folders: of recorded cases, as ``Area`` reads them.
  ///   - only: the one operation that is called; nil: all.
  package init(seed: UInt64, cases folders: [String] = [], only: String? = nil) throws {
    self.seed = seed
    names = only.map { [$0] } ?? knownOperations.names
    let areas = try folders.flatMap(OperationsCommand.areas)
    recorded = areas.flatMap(\.cases).filter {
      let known = OperationCall($0).known
      return known != nil && (only == nil || known == only)
    }
  }

  package var name: String { "operations" }
  package var batch: Int { 4000 }
  /// A gradient or a padded copy can be much larger than what a call is given.
  package var mostMemory: Int { 3 << 30 }
  package var mostAddresses: Int { 2 << 30 }

  package func subject(_ number: Int) -> String {
    var random = random(number)
    switch source(&random) {
    case .name(let name): return name
    case .recorded(let item): return "\(OperationCall(item).known ?? item.op), as \(item.id)"
    }
  }

  package func details(_ number: Int) -> String {
    do { return try drawn(number).description } catch { return "\(error)" }
  }

  package func attempt(_ number: Int, in folder: String) throws -> FuzzEnd {
    do {
      try withWarnings(.silent) {
        try withErrors {
          let call = try drawn(number)
          try call.perform()
        }
      }
      return .value
    } catch let error as TensorError where !error.message.isEmpty {
      return .refused(error)
    }
  }

  private func random(_ number: Int) -> SplitMix { SplitMix(state: seed &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(number)) }

  private enum Source {
    case name(String)
    case recorded(Case)
  }

  private func source(_ random: inout SplitMix) -> Source {
    if !recorded.isEmpty, random.next() % 2 == 0 {
      return .recorded(recorded[Int(random.next() % UInt64(recorded.count))])
    }
    return .name(names[Int(random.next() % UInt64(names.count))])
  }

  private func drawn(_ number: Int) throws -> DrawnCall {
    var random = random(number)
    let source = source(&random)
    var draws = ArgumentDraws(random)
    manualSeed(number)
    var call: DrawnCall
    switch source {
    case .name(let name):
      let operation = draws.pick(knownOperations.operations(named: name))
      call = DrawnCall(name: name)
      for parameter in operation.parameters {
        // What has a standard is often left out, and then the others have names.
        if parameter.standard != nil, draws.isChosen(3, in: 5) { continue }
        if draws.isChosen(1, in: 200) { continue }
        call.keywords[parameter.name] = draws.argument(parameter)
      }
    case .recorded(let item):
      let operation = OperationCall(item)
      var arguments = CaseArguments(tensors: item.tensors, recordsGradients: false)
      let (positional, keywords) = try operation.bind(&arguments)
      call = DrawnCall(name: operation.known ?? item.op, positional: positional, keywords: keywords)
      for _ in 0..<draws.below(3) { call.damage(&draws) }
    }
    call.use = draws.pick(DrawnCall.Use.drawn)
    return call
  }
}

/// A call of an operation, and what is done with its results.
private struct DrawnCall: CustomStringConvertible {
  enum Use {
    case read, gradient, secondGradient, forward, mapped, printed

    /// Each as often as it is drawn.
    static let drawn: [Use] = [
      .read, .read, .read, .read, .gradient, .gradient, .secondGradient, .forward, .mapped, .printed,
    ]
  }

  let name: String
  var positional: [OperationValue] = []
  var keywords: [String: OperationValue] = [:]
  var use = Use.read

  /// Changes one of the arguments.
  mutating func damage(_ draws: inout ArgumentDraws) {
    let names = keywords.keys.sorted()
    let parameters = knownOperations.operations(named: name).last?.parameters ?? []
    let place = draws.below(positional.count + names.count)
    if place < positional.count {
      positional[place] = draws.damaged(positional[place], of: place < parameters.count ? parameters[place] : nil)
    } else if let value = keywords[names.isEmpty ? "" : names[place - positional.count]] {
      let name = names[place - positional.count]
      keywords[name] = draws.isChosen(1, in: 6) ? nil : draws.damaged(value, of: parameters.first { $0.name == name })
    }
  }

  /// What the operation makes of other tensors in the places of its own.
  private func results(_ tensors: [Tensor]) throws -> [Tensor] {
    var rest = tensors[...]
    let arguments = positional.map { $0.replacingTensors { _ in rest.removeFirst() } }
    var named: [String: OperationValue] = [:]
    for name in keywords.keys.sorted() { named[name] = keywords[name]?.replacingTensors { _ in rest.removeFirst() } }
    return try knownOperations.call(name, arguments, named).flatMap(\.tensorLeaves)
  }

  private var tensors: [Tensor] {
    (positional + keywords.keys.sorted().compactMap { keywords[$0] }).flatMap(\.tensorLeaves)
  }

  func perform() throws {
    let leaves = tensors
    let moved = leaves.indices.filter { leaves[$0].dtype.isInexact }
    // An error inside of a function that cannot throw is that of the call.
    let failure = Found()
    func function(_ inputs: [Tensor]) -> [Tensor] {
      let all = CaseFunction.replacing(moved, of: leaves, by: inputs)
      do {
        return try results(all).filter(\.dtype.isInexact)
      } catch {
        failure.text = "\(error)"
        return []
      }
    }
    func number(_ inputs: [Tensor]) -> Tensor {
      let made = function(inputs).filter { $0.count <= Self.mostRead }
      return weightedSum(made, or: inputs.first.map { $0.isComplex ? $0.real : $0 } ?? Tensor.zeros([]))
    }
    let inputs = moved.map { leaves[$0] }
    switch use {
    case .read, .printed:
      for tensor in try results(leaves) { read(tensor) }
    case .gradient: valueAndGrad(number)(inputs).gradients.forEach(read)
    case .secondGradient:
      let slope = { (x: [Tensor]) in
        valueAndGrad(number)(x).gradients.reduce(Tensor(0.0, dtype: .float64)) {
          $0 + ($1.isComplex ? $1.viewAsReal() : $1).to(.float64).square().sum()
        }
      }
      valueAndGrad(slope)(inputs).gradients.forEach(read)
    case .forward:
      let found = jvp(function, primals: inputs, tangents: inputs.map { onesLike($0) })
      (found.value + found.tangent).forEach(read)
    case .mapped where !inputs.isEmpty:
      vmap(inDims: [0]) { (some: [Tensor]) in function(some) }(inputs.map { stack([$0, $0]) }).forEach(read)
    case .mapped: break
    }
    if let text = failure.text { throw TensorError(.value, name, text) }
  }

  /// Elements of results that are read; views can have more than any memory.
  private static let mostRead = 1 << 16

  private func read(_ tensor: Tensor) {
    guard !tensor.isPoisoned, tensor.count <= Self.mostRead else { return }
    if use == .printed { _ = "\(tensor)" }
    _ = tensor.isComplex ? tensor.detach().array(as: Complex.self).count : tensor.detach().array(as: Double.self).count
  }

  var description: String {
    let arguments =
      positional.map(Self.text) + keywords.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.text($0.value))" }
    return "\(name)(\(arguments.joined(separator: ", "))), \(use)"
  }

  private static func text(_ value: OperationValue) -> String {
    switch value {
    case .tensor(let t):
      "\(t.type) strides \(t.strides)" + (t.count <= 8 && !t.isComplex ? " \(t.array(as: Double.self))" : "")
    case .list(let items): "[\(items.map(text).joined(separator: ", "))]"
    case .int(let v): "\(v)"
    case .float(let v): "\(v)"
    default: value.kind
    }
  }
}
