import ApusCore
import CKernels

/// The text of a kernel, and what of the common texts it needs.
struct KernelSource {
  let name: String
  /// Parameters, in the order of the arguments.
  var parameters: [String] = []
  /// Functions before the kernel.
  var head = ""
  /// The lines of its body.
  var body: [String] = []
  /// Whether elements or places are counted in 64 bits.
  var isWide = false

  init(_ name: String) { self.name = name }

  /// A tensor's parameter, with its address of that name in the body.
  mutating func place(_ type: String, _ name: String) {
    parameters.append("PLACE(\(type), \(name))")
    body.append("AT(\(type), \(name));")
  }

  /// A number of elements, or a stride.
  mutating func int(_ name: String) {
    parameters.append("long \(name)_given")
    body.append("const index \(name) = (index)\(name)_given;")
  }

  /// All of it, behind the head of a dialect.
  func text(_ dialect: String) -> String {
    let lines = body.joined(separator: "\n  ")
    let calls = head + lines
    var text = isWide ? "#define APUS_WIDE\n" : ""
    text += dialect + Dialect.common
    if calls.contains("ckm_") { text += Self.mathHead }
    if calls.contains("_c64(") { text += KernelFunctions.complexHead }
    if calls.contains("_c128(") { text += KernelFunctions.wideComplexHead }
    return text + head + "\nKERNEL void \(name)(\(parameters.joined(separator: ", "))) {\n  \(lines)\n}\n"
  }

  /// The math prelude, without what a device's compiler has no headers for.
  private static let mathHead = String(cString: ck_math_text()).replacing("#pragma once\n", with: "")
    .replacing("#include <stdint.h>\n", with: "")
}
