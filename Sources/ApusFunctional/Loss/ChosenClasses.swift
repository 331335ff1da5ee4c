import ApusCore

// The element of each row that stands at the row's class: what likelihoods of classes are made of.

/// Elements `[rows]` of `[rows, classes]` at the classes of targets `[rows]`; 0 where a target is `ignoreIndex`.
struct ChosenClasses: Primitive, Hashable {
  let ignoreIndex: Int
  let operation: String
  var name: String { "ChosenClasses" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(inputs[1].shape, inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let classes = inputs[0].shape[1]
    let targets = try checkedTargets(inputs[1], classes: classes, ignoreIndex, operation)
    // One element of a row is read: no copy of them all, however they lie.
    let (x, size) = (inputs[0].body, inputs[0].dtype.size)
    let (row, column) = (x.strides[0] * size, x.strides[1] * size)
    let (index, from, out) = (targets.data.i64, UnsafeRawPointer(x.data), results[0].body.data)
    withExtendedLifetime((targets, x)) {
      parallelFor(targets.count, grain: parallelGrain) { range in
        for i in range {
          let target = Int(index[i])
          if target == ignoreIndex {
            (out + i * size).initializeMemory(as: UInt8.self, repeating: 0, count: size)
          } else {
            (out + i * size).copyMemory(from: from + i * row + target * column, byteCount: size)
          }
        }
      }
    }
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, targets) = (inputs[0], inputs[1])
    return cLoops(targets.type.shape) { i in
      "const long long target = \(targets(i));\n\(outputs[0](i)) = target == \(cInteger(ignoreIndex)) ? 0 : "
        + "\(x(i[0], "apus_index(target, \(x.type.shape[1]))"));"
    }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    rowsOfSamples(inputs, isBatched, size)
  }

  func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    linear(inputs, tangents, positions: 1)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let placed = PlacedClasses(classes: node.inputType(0).shape[1], ignoreIndex: ignoreIndex, operation: operation)
    return [apply(placed, single(node, cotangents), node.input(1)), nil]
  }
}

extension ChosenClasses: ElementComposition {
  func composed(ofElements inputs: [Tensor]) -> [Tensor] {
    let isIgnored = inputs[1].eq(ignoreIndex)
    let classes = `where`(isIgnored, Tensor(0), inputs[1].to(.int64))
    let chosen = inputs[0].gather(1, classes.unsqueeze(1)).squeeze([1])
    return [`where`(isIgnored, Tensor.zeros([], dtype: chosen.dtype), chosen)]
  }
}

/// Zeros `[rows, classes]` with the elements of `[rows]` at the classes of targets `[rows]`, none where a target is
/// `ignoreIndex`: the adjoint of ``ChosenClasses``.
struct PlacedClasses: Primitive, Hashable {
  let classes: Int
  let ignoreIndex: Int
  let operation: String
  var name: String { "PlacedClasses" }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(inputs[1].shape + [classes], inputs[0].dtype)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let targets = try checkedTargets(inputs[1], classes: classes, ignoreIndex, operation)
    let source = try inputs[0].dense()
    results[0].fillZero()
    let (index, from, rows, size) = (targets.data.i64, source.data, results[0].body.data, source.dtype.size)
    withExtendedLifetime((targets, source)) {
      for i in 0..<targets.count where Int(index[i]) != ignoreIndex {
        (rows + (i * classes + Int(index[i])) * size).copyMemory(from: from + i * size, byteCount: size)
      }
    }
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (x, targets) = (inputs[0], inputs[1])
    return cFill(outputs[0], "0") + "\n"
      + cLoops(targets.type.shape) { i in
        "const long long target = \(targets(i));\n"
          + "if (target != \(cInteger(ignoreIndex))) \(outputs[0](i + ["apus_index(target, \(classes))"])) = \(x(i));"
      }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    rowsOfSamples(inputs, isBatched, size)
  }

  func jvp(_ inputs: [Tensor], outputs: [Tensor], tangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    linear(inputs, tangents, positions: 1)
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let chosen = ChosenClasses(ignoreIndex: ignoreIndex, operation: operation)
    return [apply(chosen, single(node, cotangents), node.input(1)), nil]
  }
}
