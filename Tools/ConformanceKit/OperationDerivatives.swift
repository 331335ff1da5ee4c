import Apus
import ApusCore

/// The derivatives of an operation, compared with numerical ones in double precision on calls of it.
package struct OperationDerivatives: Sendable {
  /// PyTorch's name.
  package let name: String
  /// Where derivatives disagree or are missing, with the call.
  package private(set) var failures: [String] = []
  /// How many calls were looked at.
  package private(set) var calls = 0
  /// How many numbers of first and of second derivatives were compared, for real and for complex operands.
  package private(set) var first = Numbers()
  package private(set) var second = Numbers()

  package struct Numbers: Sendable {
    package var real = 0
    package var complex = 0
    package var all: Int { real + complex }
  }

  /// Passed where first and second derivatives were compared and all agreed.
  package var outcome: Outcome {
    if let failure = failures.first {
      return .failed(failures.count > 1 ? "\(failure) (and \(failures.count - 1) more)" : failure)
    }
    if first.all == 0 { return .failed("no derivative was compared, on \(calls) calls") }
    if haveNoSecondDerivative.contains(name) {
      return second.all == 0 ? .passed : .failed("second derivatives are there, and marked as lacking")
    }
    return second.all == 0 ? .failed("no second derivative was compared, on \(calls) calls") : .passed
  }
}

/// Operations that have first derivatives only, and refuse the second.
private let haveNoSecondDerivative: Set<String> = [
  // Its backward pass is an algorithm of its own, in PyTorch too.
  "nn.functional.ctc_loss"
]

/// Operations that take complex numbers and are not differentiated with them.
private let areOfRealNumbers: Set<String> = [
  // Real parts alone are compared, in single precision, as PyTorch does.
  "masked.median"
]

/// Operations whose sums are of single precision, whatever they are given.
private let areOfSinglePrecision: Set<String> = ["_scaled_mm"]

extension OperationDerivatives {
  /// All operations of the registry that are not marked as having no derivative, on recorded cases and on plain calls, in the
  /// order of the registry. Operations on real numbers are also called with complex ones, which they may refuse.
  /// - Parameter only: the one operation; nil: all.
  package static func all(_ areas: [Area], only: String? = nil) -> [OperationDerivatives] {
    let names = OperationNames()
    var found = names.primary.map { OperationDerivatives(name: $0) }
    let isLooked = names.primary.map { name in
      !OperationMark.lacks(.derivative, name) && (only == nil || names.place[name] == only.flatMap { names.place[$0] })
    }
    for item in areas.flatMap(\.cases) {
      guard let known = OperationCall(item).known, let i = names.place[known], isLooked[i],
        item.isNotDifferentiated == nil, let function = CaseFunction(item.widened)
      else { continue }
      found[i].look(at: function.determined(known, post: item.json["post"]?.string), item.id)
    }
    for (i, name) in names.primary.enumerated() where isLooked[i] {
      for function in OperationRules.plainCalls(name, evenBare: found[i].calls == 0) {
        found[i].look(at: function.determined(name), "a plain call")
      }
    }
    return found.indices.filter { isLooked[$0] }.map { found[$0] }
  }

  private mutating func look(at function: CaseFunction, _ call: String) {
    calls += 1
    let isShort = areOfSinglePrecision.contains(name)
    compare(isShort ? function.ofSinglePrecision : function, call)
    if !isShort, !areOfRealNumbers.contains(name), let turned = function.ofComplexNumbers {
      compare(turned, "\(call), of complex numbers")
    }
  }

  private mutating func compare(_ function: CaseFunction, _ call: String) {
    var (forward, twice) = (DerivativeOutcome(), DerivativeOutcome())
    function.compareForward(nil, &forward)
    function.compareSecond(nil, &twice)
    // What is said to be missing is.
    if haveNoSecondDerivative.contains(name), twice.compared == 0 { twice.refusals = [] }
    if function.leaves.contains(where: \.isComplex) {
      first.complex += forward.compared
      second.complex += twice.compared
    } else {
      first.real += forward.compared
      second.real += twice.compared
    }
    failures += (forward.failures + forward.refusals + twice.failures + twice.refusals).prefix(1).map {
      "\(call): \($0)"
    }
  }
}
