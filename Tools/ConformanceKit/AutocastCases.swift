import Apus
import ApusCore

extension Case {
  /// The element types of the results under autocast to bfloat16, with float32 operands converted to `operands` before: names with
  /// commas between. Nil where the case is no function of tensors.
  package func typesUnderAutocast(operands: DType) -> String? {
    guard let function = CaseFunction(self) else { return nil }
    let tensors = function.leaves.map { $0.dtype == .float32 ? $0.to(operands) : $0 }
    let failure = Found()
    let made = try? withErrors { autocast(.bfloat16) { function.results(tensors, failure) } }
    guard let made, failure.text == nil else { return nil }
    return made.map { "\($0.dtype)" }.joined(separator: ",")
  }
}
