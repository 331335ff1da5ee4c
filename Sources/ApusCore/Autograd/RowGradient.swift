import CKernels

// Gradients of tables of which a batch uses few rows: kept by row, so that neither the backward pass nor a step goes over
// the whole table.

/// The gradient of a table by rows, which may repeat and add up then: what ``Tensor/backward(_:retainGraph:createGraph:)`` leaves
/// in a variable whose rows were looked up with `sparse: true`.
package struct RowGradient: Sendable {
  /// What each lookup gave: row numbers, int64 `[n]`, and gradients `[n, elements of a row]`.
  private var parts: [(indices: Tensor, values: Tensor)]

  /// Of row numbers `[n]` and values `[n, ...]`, plain tensors of the host; the row `skipping` gets none.
  package init(_ indices: Tensor, _ values: Tensor, skipping: Int? = nil) {
    let flat = noGrad { indices.to(.int64).contiguousCopy() }
    let rows = noGrad { values.contiguousCopy() }
    parts = [(flat, rows)]
    guard let skipping else { return }
    let index = flat.body.data.i64
    let kept = (0..<flat.count).filter { index[$0] != Int64(skipping) }
    if kept.count == flat.count { return }
    let left = Tensor.uninitialized([kept.count], .int64)
    for (i, place) in kept.enumerated() { left.body.data.i64[i] = Int64(place) }
    parts = [
      (
        Tensor(Self.gather(flat.body, left.body, kept.count)),
        Tensor(Self.gather(rows.body, left.body, kept.count))
      )
    ]
  }

  mutating func add(_ other: RowGradient) { parts += other.parts }

  /// All rows as they came.
  package var all: (indices: Tensor, values: Tensor) {
    if parts.count == 1 { return parts[0] }
    return noGrad { (cat(parts.map(\.indices), dim: 0), cat(parts.map(\.values), dim: 0)) }
  }

  /// Each row once, in order, with the sum of its gradients.
  package var summed: (indices: Tensor, values: Tensor) {
    let (indices, values) = all
    let (n, index) = (indices.count, indices.body.data.i64)
    return withExtendedLifetime((indices, values)) {
      let order = (0..<n).sorted { (index[$0], $0) < (index[$1], $1) }
      let group = Tensor.uninitialized([n], .int64)
      var rows: [Int64] = []
      for place in order {
        if rows.last != index[place] { rows.append(index[place]) }
        group.body.data.i64[place] = Int64(rows.count - 1)
      }
      let found = Tensor.uninitialized([rows.count], .int64)
      for (i, row) in rows.enumerated() { found.body.data.i64[i] = row }
      let sums = Tensor.uninitialized([rows.count] + values.shape.dropFirst(), values.dtype)
      sums.fillZero()
      Self.add(group.body, values.body, to: sums.body)
      return (found, sums)
    }
  }

  /// The whole gradient, added to `gradient` where there is one.
  func dense(like value: TensorBody, addedTo gradient: Tensor?) -> Tensor {
    let table = Tensor.uninitialized(value.shape, value.dtype)
    table.fillZero()
    for part in parts { Self.add(part.indices.body, part.values.body, to: table.body) }
    return gradient.map { gradient in noGrad { sumInPlace(table, gradient) } } ?? table
  }

  /// Whether rows of `type` can be kept so.
  static func takes(_ type: TensorType) -> Bool {
    type.shape.count > 0 && (type.dtype == .float32 || type.dtype == .float64)
  }

  private static func add(_ indices: TensorBody, _ values: TensorBody, to table: TensorBody) {
    let n = indices.count
    guard n > 0, values.count > 0 else { return }
    if table.dtype == .float32 {
      ck_scatter_add_rows_f32(table.data.f32, values.data.f32, indices.data.i64, n, values.count / n)
    } else {
      ck_scatter_add_rows_f64(table.data.f64, values.data.f64, indices.data.i64, n, values.count / n)
    }
  }

  /// The rows of `table` at `indices`.
  fileprivate static func gather(_ table: TensorBody, _ indices: TensorBody, _ n: Int) -> TensorBody {
    let rows = Tensor.uninitialized([n] + table.shape.dropFirst(), table.dtype)
    let bytes = table.shape.dropFirst().reduce(table.dtype.size, *)
    if n > 0, bytes > 0 { ck_gather_rows(rows.body.data, table.data, indices.data.i64, n, bytes) }
    return rows.body
  }
}

extension Recorded {
  /// Leaves the gradient of the rows `indices` of input `i` in the variable that it is, and tells whether that was possible: a
  /// pass that collects gradients, which nobody looks at on their way.
  package func leaveRows(of i: Int, _ indices: Tensor, _ values: Tensor, skipping: Int? = nil) -> Bool {
    guard isCollecting, let record = node.edges[i].record, record.sequence == 0, RowGradient.takes(inputType(i)),
      values.body.flags.isEmpty, indices.resolved.body.flags.isEmpty, !ResultChecks.areOn
    else { return false }
    let variable = unsafeDowncast(record, to: Variable.self)
    guard !variable.hasHooks, variable.engine == nil, variable.type == inputType(i) else { return false }
    let rows = RowGradient(indices.reshape([indices.count]), values, skipping: skipping)
    variable.state.withLock { state in
      if state.hasDenseGradient {
        state.gradient = rows.dense(like: state.value, addedTo: state.gradient)
      } else if state.rows == nil {
        state.rows = rows
      } else {
        state.rows?.add(rows)
      }
    }
    return true
  }
}

extension Tensor {
  /// The gradient by rows of a variable: nil if it has none, or has become a tensor since, as it does when somebody asks for
  /// ``grad``.
  package var rowGradient: RowGradient? {
    get {
      guard isVariable else { return nil }
      return variable.state.withLock { $0.rows }
    }
    nonmutating set {
      if isVariable { variable.state.withLock { $0.rows = newValue } }
    }
  }

  /// Replaces the rows `indices` (each once) of this variable, and of `states` of its shape, by what `change` makes of them:
  /// parameter first. The elements are changed where they lie if nobody else holds them. False, and nothing done, for
  /// variables of a device.
  package func changeRows(
    _ indices: Tensor, _ states: inout [Tensor], _ change: ([Tensor]) -> [Tensor]
  ) -> Bool {
    guard variable.engine == nil, states.allSatisfy({ $0.type == type }) else { return false }
    variable.state.withLock { state in
      let n = indices.count
      let index = indices.body
      func rows(_ body: inout TensorBody) -> Tensor {
        if !body.isContiguous { body = Tensor(body).contiguousCopy().body }
        return Tensor(RowGradient.gather(body, index, n))
      }
      let found = [rows(&state.value)] + states.indices.map { rows(&states[$0].body) }
      let changed = noGrad { change(found).map { $0.contiguousCopy() } }
      if changed.contains(where: \.isPoisoned) { return }
      func store(_ rows: Tensor, in body: inout TensorBody) {
        if !TensorBody.isUnique(&body) { body = Tensor(body).contiguousCopy().body }
        let bytes = body.shape.dropFirst().reduce(body.dtype.size, *)
        for i in 0..<n {
          (body.data + Int(index.data.i64[i]) * bytes).copyMemory(from: rows.body.data + i * bytes, byteCount: bytes)
        }
      }
      store(changed[0], in: &state.value)
      for i in states.indices { store(changed[i + 1], in: &states[i].body) }
    }
    return true
  }
}
