import ApusCore

// The linear layer in programs of C: its weight lies in panels of 32 columns, in the order in which blocks of sums read it.

extension LinearProduct: ScalesWithWeight {
  package var weightInput: Int { 1 }
  package var biasInput: Int { 2 }
  package var channelDimension: Int { -1 }
}

extension LinearProduct: CPreparation {
  package func prepared(_ inputs: [TensorType], known: [Tensor?]) throws(TensorError) -> CPrepared? {
    guard inputs.allSatisfy({ $0.dtype == .float32 }), let weight = known[1], weight.count > 0 else { return nil }
    let (columns, depth) = (weight.shape[0], weight.shape[1])
    let panels = (columns + 31) / 32
    // What fills up the last panel is weight, too: a few columns are read as they lie.
    guard panels * 128 <= columns * 5 else { return nil }
    let padded = noGrad { () -> Tensor in
      let rest = panels * 32 - columns
      let all = rest == 0 ? weight : cat([weight, Tensor.zeros([rest, depth], dtype: .float32)], dim: 0)
      return all.reshape([panels, 32, depth]).permute([0, 2, 1]).contiguous()
    }
    if padded.hasFailed { return nil }
    return CPrepared(PanelLinear(columns: columns, depth: depth, epilogue: epilogue), operands: [1: padded])
  }
}

/// ``LinearProduct`` with a weight `[panels, depth, 32]`, in programs of C only.
private struct PanelLinear: Primitive, Hashable {
  let columns: Int
  let depth: Int
  let epilogue: Epilogue
  var name: String { LinearProduct(epilogue: epilogue).name }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(inputs[0].shape.dropLast() + [columns], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let weight = inputs[1].permute([0, 2, 1]).reshape([-1, depth]).narrow(0, 0, columns)
    try LinearProduct(epilogue: epilogue).evaluate([inputs[0], weight] + inputs.dropFirst(2), into: results)
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (weight, y) = (inputs[1], outputs[0])
    let rows = y.type.count / max(1, columns)
    let x = cRowMajor(inputs[0])
    let shift = inputs.count == 3 ? cRowMajor(inputs[2], after: x.bytes) : (text: "", name: "0", bytes: 0)
    return """
      \(x.text)\(shift.text)
      apus_product(team, \(rows), \(columns), \(depth), \(x.name), \(depth), \(weight.name), \(shift.name), \(y.name), \(columns), \(epilogue == .relu ? 1 : 0));
      \(cEpilogue(epilogue, y))
      """
  }
}

/// An array as one of generated C whose elements lie one behind the other: itself, or a copy in scratch memory behind `after` bytes
/// of it.
func cRowMajor(_ x: CArray, after: Int = 0) -> (text: String, name: String, bytes: Int) {
  if x.strides == rowMajorStrides(x.type.shape) { return ("", x.name, after) }
  let bytes = after + (x.type.count * x.type.dtype.size + 63) / 64 * 64
  let copy = CArray(name: "dense_\(x.name)", type: x.type, strides: rowMajorStrides(x.type.shape))
  let start = "\(x.element) *\(copy.name) = (\(x.element) *)((unsigned char *)\(cScratch(bytes)) + \(after));\n"
  return (start + cCopy(x) { copy($0) } + "\n", copy.name, bytes)
}

/// C that applies an epilogue other than relu, which products apply themselves, to a dense array.
func cEpilogue(_ epilogue: Epilogue, _ y: CArray) -> String {
  if epilogue == .none || epilogue == .relu { return "" }
  return "for (long i = 0; i < \(y.type.count); i++) \(y.name)[i] = \(epilogue.source("\(y.name)[i]", y.type.dtype));"
}
