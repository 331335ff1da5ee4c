import ApusCore
import ApusFormats

// Products with weights of few bits in programs of C: the weights become operands, whose rows lie as the C reads them.

/// In which order the bytes of a row of packed weights lie in programs of C, whose `apus_packed` is told the number. Scales and offsets of float16 count for 32 numbers.
private enum CPackedForm: Int {
  /// A float32 scale, then the numbers, 8 bits each.
  case int8 = 0
  /// float16 scales, then the numbers, 8 bits each.
  case groups8 = 1
  /// float16 scales, float16 offsets, then 16 bytes for each 32 numbers: the low halves are the first 16.
  case groups4 = 2

  /// The bytes of a row of `width` numbers.
  func rowBytes(_ width: Int) -> Int {
    switch self {
    case .int8: width + 4
    case .groups8: width + width / 16
    case .groups4: width / 2 + width / 8
    }
  }
}

extension QuantizedWeight {
  /// The bytes of the rows, in their order, as programs of C read them.
  /// - Throws: for forms that have no C.
  fileprivate func forPrograms() throws(TensorError) -> (form: CPackedForm, bytes: Tensor) {
    let (rows, width) = (shape[0], shape[1])
    guard let target = cForm, width % 32 == 0, width > 0 else {
      throw TensorError(
        .unsupported, "QuantizedLinear",
        "weights of type \(form) have no C form; quantise the model as int8, int4, Q8_0, Q4_0 or Q4_1, with rows of a multiple of 32"
      )
    }
    let result = Tensor.uninitialized([rows * target.rowBytes(width)], .uint8)
    let out = result.body.data
    parallelFor(rows, grain: max(1, 65536 / width)) { range in
      forEachRun(in: range) { row, start, stride, count in
        for i in 0..<count { pack(start + i * stride, width, into: out + (row + i) * target.rowBytes(width)) }
      }
    }
    withExtendedLifetime(storage) {}
    return (target, result)
  }

  private var cForm: CPackedForm? {
    switch form {
    case .int8: .int8
    case .int4, .blocks(.q4_0), .blocks(.q4_1): .groups4
    case .blocks(.q8_0): .groups8
    default: nil
    }
  }

  /// Writes a row in the order of ``CPackedForm``.
  private func pack(_ row: UnsafeRawPointer, _ width: Int, into out: UnsafeMutableRawPointer) {
    let groups = width / 32
    switch form {
    case .blocks(.q8_0):
      for g in 0..<groups {
        (out + 2 * g).copyMemory(from: row + 34 * g, byteCount: 2)
        (out + 2 * groups + 32 * g).copyMemory(from: row + 34 * g + 2, byteCount: 32)
      }
    case .blocks(.q4_1):
      for g in 0..<groups {
        (out + 2 * g).copyMemory(from: row + 20 * g, byteCount: 2)
        (out + 2 * (groups + g)).copyMemory(from: row + 20 * g + 2, byteCount: 2)
        (out + 4 * groups + 16 * g).copyMemory(from: row + 20 * g + 4, byteCount: 16)
      }
    case .blocks(.q4_0):
      for g in 0..<groups {
        (out + 2 * g).copyMemory(from: row + 18 * g, byteCount: 2)
        // Numbers count from -8, which is exact in float16: a power of two.
        let scale = Float16(bitPattern: (row + 18 * g).loadUnaligned(as: UInt16.self))
        out.storeBytes(of: (-8 * scale).bitPattern, toByteOffset: 2 * (groups + g), as: UInt16.self)
        (out + 4 * groups + 16 * g).copyMemory(from: row + 18 * g + 2, byteCount: 16)
      }
    case .int4(let group):
      let own = width / group
      for g in 0..<groups {
        (out + 2 * g).copyMemory(from: row + 2 * (32 * g / group), byteCount: 2)
        (out + 2 * (groups + g)).copyMemory(from: row + 2 * (own + 32 * g / group), byteCount: 2)
      }
      (out + 4 * groups).copyMemory(from: row + 4 * own, byteCount: width / 2)
    default: out.copyMemory(from: row, byteCount: rowBytes)
    }
  }
}

extension PackedProduct: CPreparation {
  func prepared(_ inputs: [TensorType], known: [Tensor?]) throws(TensorError) -> CPrepared? {
    var (parts, operands): ([PackedProgram.Part], [Int: Tensor]) = ([], [:])
    for (i, weight) in weights.enumerated() {
      let (form, bytes) = try weight.forPrograms()
      parts.append(PackedProgram.Part(form: form, rows: weight.shape[0], hasBias: hasBias[i]))
      operands[inputs.count + i] = bytes
    }
    return CPrepared(PackedProgram(original: self, parts: parts), operands: operands)
  }
}

/// ``PackedProduct`` with its weights as operands behind the others, in programs of C only.
private struct PackedProgram: Primitive {
  struct Part {
    let form: CPackedForm
    let rows: Int
    let hasBias: Bool
  }

  let original: PackedProduct
  let parts: [Part]
  var name: String { original.name }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try original.outputTypes(Array(inputs.dropLast(parts.count)))
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    try original.evaluate(Array(inputs.dropLast(parts.count)), into: results)
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    guard let depth = inputs[0].type.shape.last, depth > 0 else { return nil }
    let (x, tokens) = (inputs[0], inputs[0].type.count / depth)
    // A dense copy where numbers of a row lie apart; integers, their scales and sums; the factors of four rows.
    let isDense = x.strides[x.strides.count - 1] == 1
    let copied = isDense ? 0 : (4 * x.type.count + 63) / 64 * 64
    let (integers, groups) = ((2 * tokens * depth + 63) / 64 * 64, tokens * depth / 32)
    let size = copied + integers + 8 * groups
    var lines = [
      "float *dense = (float *)\(cScratch(size));",
      "unsigned char *packed = (unsigned char *)dense + \(copied);",
      "short *q = (short *)packed;",
      "float *scales = (float *)(packed + \(integers)), *sums = scales + \(groups);",
      "float *factors = (float *)\(cThreadScratch((depth / 4 + 15) / 16 * 64));",
    ]
    var rows = x
    if !isDense {
      rows = CArray(name: "dense", type: x.type, strides: rowMajorStrides(x.type.shape))
      lines.append(cCopy(x) { rows($0) })
    }
    lines.append("long token = 0;")
    lines.append(
      cLoops(Array(x.type.shape.dropLast())) { i in
        """
        apus_quantize_row(&\(rows(i + ["0"])), \(depth), q + token * \(depth), scales + token * \(depth / 32), sums + token * \(depth / 32));
        token++;
        """
      })
    var bias = 1
    for (i, part) in parts.enumerated() {
      let (weight, y) = (inputs[inputs.count - parts.count + i], outputs[i])
      lines.append(
        "apus_packed(team, \(part.form.rawValue), \(tokens), \(part.rows), \(depth), \(weight.name), \(part.form.rowBytes(depth)), q, scales, sums, \(y.name), factors);"
      )
      guard part.hasBias else { continue }
      let shift = inputs[bias]("j")
      bias += 1
      lines.append(
        "for (long t = 0; t < \(tokens); t++) for (long j = 0; j < \(part.rows); j++) \(y.name)[t * \(part.rows) + j] += \(shift);"
      )
    }
    return lines.joined(separator: "\n")
  }
}

extension PackedRows: CPreparation {
  func prepared(_ inputs: [TensorType], known: [Tensor?]) throws(TensorError) -> CPrepared? {
    let (form, bytes) = try table.forPrograms()
    return CPrepared(PackedRowsProgram(original: self, form: form), operands: [inputs.count: bytes])
  }
}

/// ``PackedRows`` with the table as an operand, in programs of C only.
private struct PackedRowsProgram: Primitive {
  let original: PackedRows
  let form: CPackedForm
  var name: String { original.name }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    try original.outputTypes([inputs[0]])
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    try original.evaluate([inputs[0]], into: results)
  }

  func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    let (rows, width) = (original.table.shape[0], original.table.shape[1])
    return cLoops(inputs[0].type.shape) { i in
      """
      const long row = apus_index(\(inputs[0](i)), \(rows));
      apus_packed_row(\(form.rawValue), \(width), \(inputs[1].name) + row * \(form.rowBytes(width)), &\(outputs[0](i + ["0"])));
      """
    }
  }
}
