import Apus
import ApusCore

/// The tensors of an area, read from its safetensors file when they are asked for.
package struct CaseTensors: Sendable {
  let file: SafetensorsFile
  /// Where what a case computes with lies; nil: on the host.
  let device: Device?
  /// Whether floating point numbers of every type are given in double precision.
  var isWidened = false
  /// The registered type in which numbers of a built-in type are given; nil: as they are.
  var elements: (of: DType, type: DType)?

  /// A tensor on the device of the cases.
  func placed(_ tensor: Tensor) -> Tensor { device.map { tensor.to($0) } ?? tensor }

  /// The tensor called `name`, in row-major order; a complex one lies in the file as two real ones.
  /// - Throws: `TensorError` of kind `unsupported` for element types that tensors do not have.
  package func callAsFunction(_ name: String) throws -> Tensor {
    guard (try? file.entry(named: name + ".re")) == nil else {
      let parts = (re: try stored(name + ".re"), im: try stored(name + ".im"))
      return complex(parts.re, parts.im)
    }
    return try stored(name)
  }

  private func stored(_ name: String) throws -> Tensor {
    let entry = try file.entry(named: name)
    let dtype = try entry.requireDType()
    let tensor = try file.withBytes(of: entry) { try Tensor(bytes: $0, shape: entry.shape, dtype: dtype) }
    if let elements, dtype == elements.of { return tensor.to(elements.type) }
    return isWidened ? tensor.to(dtype.widest) : tensor
  }
}

extension DType {
  /// The type of the same kind with the most digits.
  var widest: DType { isComplex ? .complex128 : isFloatingPoint ? .float64 : self }
}

extension Case {
  /// The same with its floating point numbers in double precision.
  var widened: Case {
    var wide = tensors
    wide.isWidened = true
    return Case(id: id, op: op, json: json, tensors: wide)
  }
}
