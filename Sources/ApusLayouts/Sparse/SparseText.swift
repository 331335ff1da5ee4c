import ApusCore

extension SparseTensor: CustomStringConvertible {
  /// The text that PyTorch prints.
  public var description: String {
    if let bad = elements.isPoisoned ? elements : positions.first(where: \.isPoisoned) { return bad.description }
    let names: [String]
    switch layout {
    case .sparseCoo: names = ["indices"]
    case .sparseCsr: names = ["crow_indices", "col_indices"]
    case .sparseCsc: names = ["ccol_indices", "row_indices"]
    }
    let indent = 7
    var text = "tensor("
    for (name, part) in zip(names + ["values"], positions + [elements]) {
      if name != names[0] { text += ",\n" + String(repeating: " ", count: indent) }
      let start = name + "=tensor("
      text += start + part.partText(indent: indent + start.utf8.count) + ")"
    }
    var suffixes = ["size=" + tupleText(shape), "nnz=\(nnz)"]
    if device != .cpu { suffixes.insert("device='\(device)'", at: 0) }
    let isUsual = dtype == DType.default || dtype == DType.default.complexType || dtype == .int64 || dtype == .bool
    if !isUsual { suffixes.append("dtype=torch.\(dtype.name)") }
    suffixes.append("layout=\(layout)")
    if let function = elements.gradFn?.name {
      suffixes.append("grad_fn=<\(function)>")
    } else if requiresGrad {
      suffixes.append("requires_grad=True")
    }
    return addingSuffixes(suffixes, to: text, indent: indent, onNewLine: layout == .sparseCoo) + ")"
  }
}
