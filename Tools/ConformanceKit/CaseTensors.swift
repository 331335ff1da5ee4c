import Apus
import ApusCore

/// The tensors of an area, read from its safetensors file when they are asked for.
package struct CaseTensors: Sendable {
  let file: SafetensorsFile

  /// The tensor called `name`, in row-major order.
  /// - Throws: `TensorError` of kind `unsupported` for element types that tensors do not have.
  package func callAsFunction(_ name: String) throws -> Tensor {
    let entry = try file.entry(named: name)
    let dtype = try entry.requireDType()
    return try file.withBytes(of: entry) { try Tensor(bytes: $0, shape: entry.shape, dtype: dtype) }
  }
}
