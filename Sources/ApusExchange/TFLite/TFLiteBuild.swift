import ApusCore
import ApusFormats
import ApusNN

/// The constants of a model while it is loaded.
final class TFLiteBuild {
  private let file: TFLiteFile
  private let graph: TFLiteFile.Graph
  /// By the numbers of tensors; quantised ones as the numbers that they stand for.
  private(set) var constants: [Int: Tensor] = [:]
  private(set) var variables: [String: Tensor] = [:]
  /// Constants that are stored without their zeros: only DENSIFY takes them.
  private var sparse: Set<Int> = []

  init(_ file: TFLiteFile, _ graph: TFLiteFile.Graph) {
    self.file = file
    self.graph = graph
  }

  /// Takes the constants from the file; those that are to become others become parameters only then.
  func readConstants() throws(TensorError) {
    let folded = Set(graph.operators.filter { $0.code == 6 || $0.code == 124 }.flatMap(\.inputs))
    let used = Set(graph.operators.flatMap(\.inputs) + graph.outputs)
    for (i, tensor) in graph.tensors.enumerated() where used.contains(i) && tensor.element != .string {
      let bytes = file.bytes(of: tensor)
      if bytes.isEmpty { continue }
      if tensor.sparsity != nil {
        sparse.insert(i)
        continue
      }
      guard let dtype = tensor.element.dtype else {
        throw TensorError(
          .unsupported, file.path, "the constant '\(tensor.name)' is of type \(tensor.element), which is not read")
      }
      guard bytes.count == tensor.count * dtype.size else {
        throw TensorError(
          .format, file.path,
          "the constant '\(tensor.name)' of \(dtype) \(tensor.shape) has \(bytes.count) bytes instead of "
            + "\(tensor.count * dtype.size)")
      }
      let stored = try Tensor(bytes: bytes, shape: tensor.shape, dtype: dtype)
      let value = TFLiteQuantiser(tensor).map { $0.numbers(stored) } ?? stored
      constants[i] = folded.contains(i) ? value : kept(value, tensor.name)
    }
  }

  /// Numbers of floating point with a dimension become a parameter.
  private func kept(_ value: Tensor, _ name: String) -> Tensor {
    guard value.dtype == .float32, value.rank > 0 else { return value }
    let parameter = parameter(value)
    // Names in a file need not differ.
    var (own, number) = (name, 1)
    while variables[own] != nil {
      number += 1
      own = "\(name)_\(number)"
    }
    variables[own] = parameter
    return parameter
  }

  /// Whether the operator only brings a constant to another form; then its result is a constant, too.
  func folds(_ node: TFLiteNode) throws -> Bool {
    guard let input = node.operation.inputs.first, input >= 0, let output = node.operation.outputs.first else {
      return false
    }
    switch node.operation.code {
    case 6:
      guard let value = constants[input] else { return false }
      constants[output] = kept(value.to(.float32), graph.tensors[output].name)
    case 124:
      guard sparse.contains(input) else { return false }
      let dense = try densified(graph.tensors[input])
      let feeds = graph.operators.contains { $0.code == 6 && $0.inputs.first == output }
      constants[output] = feeds ? dense : kept(dense, graph.tensors[output].name)
    default: return false
    }
    return true
  }

  /// A constant with its zeros.
  private func densified(_ tensor: TFLiteTensor) throws(TensorError) -> Tensor {
    guard let sparsity = tensor.sparsity, let dtype = tensor.element.dtype else {
      throw TensorError(
        .unsupported, "", "the constant '\(tensor.name)' is of type \(tensor.element), which is not read")
    }
    let bytes = file.bytes(of: tensor)
    // Zeros are the greater part of what is stored so, but not all of it.
    guard tensor.count <= 1 << 22 || tensor.count / 4096 <= bytes.count else {
      throw TensorError(
        .format, "", "the sparse constant '\(tensor.name)' of shape \(tensor.shape) has \(bytes.count) bytes")
    }
    let size = dtype.size
    let places = try sparsity.places(shape: tensor.shape, count: bytes.count / size, name: tensor.name)
    var dense = [UInt8](repeating: 0, count: tensor.count * size)
    for (i, place) in places.enumerated() {
      guard place < tensor.count else {
        throw TensorError(.format, "", "the sparse constant '\(tensor.name)' has an element outside of its shape")
      }
      for k in 0..<size { dense[place * size + k] = bytes[i * size + k] }
    }
    let stored = try dense.withUnsafeBufferPointer { bytes throws(TensorError) in
      try Tensor(bytes: UnsafeRawBufferPointer(bytes), shape: tensor.shape, dtype: dtype)
    }
    return TFLiteQuantiser(tensor).map { $0.numbers(stored) } ?? stored
  }
}
