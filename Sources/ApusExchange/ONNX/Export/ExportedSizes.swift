import ApusCore
import ApusFormats
import ApusNN

// Sizes and constants that depend on the sizes of inputs: computed in the graph from the shapes of values.

extension ExportedGraph {
  /// The sizes as a shape: a tensor of int64 of rank 1.
  func shape(_ sizes: [Size]) throws -> String {
    if sizes.allSatisfy(\.isFixed) { return try constant(vector(sizes.compactMap(\.fixed))) }
    var parts: [String] = []
    var fixed: [Int] = []
    func flush() throws {
      if !fixed.isEmpty { parts.append(try constant(vector(fixed))) }
      fixed = []
    }
    for size in sizes {
      if let number = size.fixed {
        fixed.append(number)
      } else {
        try flush()
        parts.append(try dimension(size))
      }
    }
    try flush()
    return parts.count == 1 ? parts[0] : add("Concat", parts, [("axis", .int(0))])[0]
  }

  private func vector(_ numbers: [Int]) -> Tensor { Tensor(numbers.map(Int64.init)).reshape([numbers.count]) }

  /// The size as a tensor of int64 of shape [1].
  func dimension(_ size: Size) throws -> String {
    if let fixed = size.fixed { return try constant(vector([fixed])) }
    if let name = computed[size] { return name }
    let name = try made(size)
    computed[size] = name
    return name
  }

  private func made(_ size: Size) throws -> String {
    if let place = known[size] { return read(place) }
    let all = known.keys.sorted { $0.values.lexicographicallyPrecedes($1.values) }
    for other in all {
      if let (factor, offset) = size.line(in: other) {
        var name = try dimension(other)
        if factor != 1 { name = add("Mul", [name, try constant(vector([factor]))])[0] }
        if offset != 0 { name = add("Add", [name, try constant(vector([offset]))])[0] }
        return name
      }
      if let divisor = size.divisor(of: other) {
        return add("Div", [try dimension(other), try constant(vector([divisor]))])[0]
      }
    }
    for (i, a) in all.enumerated() {
      for b in all[i...] {
        // A product of two sizes and a number.
        if let (factor, offset) = size.line(in: a * b), offset == 0 {
          var name = add("Mul", [try dimension(a), try dimension(b)])[0]
          if factor != 1 { name = add("Mul", [name, try constant(vector([factor]))])[0] }
          return name
        }
        if size == a + b { return add("Add", [try dimension(a), try dimension(b)])[0] }
      }
    }
    throw TensorError(
      .unsupported, "", "the number \(size) depends on the sizes of open dimensions in a way that is not known")
  }

  private func read(_ place: (value: String, axis: Int)) -> String {
    add("Shape", [place.value], [("start", .int(Int64(place.axis))), ("end", .int(Int64(place.axis + 1)))])[0]
  }

  /// A tensor that is no value of the trace, by what it was in each of the calls.
  func constantName(_ tensors: [Tensor]) throws -> String {
    let first = tensors[0]
    guard tensors.count > 1 else { return try constant(first) }
    if tensors.allSatisfy({ $0.type == first.type && $0.hasElements(of: first) }) { return try constant(first) }
    guard first.dtype.isFloatingPoint || first.dtype.isInteger || first.dtype == .bool,
      tensors.allSatisfy({ $0.dtype == first.dtype && $0.rank == first.rank })
    else { throw unknown(tensors) }
    let values = tensors.map { tensor in noGrad { tensor.elementsOnly.to(.float64).flatten().array(as: Double.self) } }
    let sizes = first.shape.indices.map { d in Size(tensors.map { $0.shape[d] }) }
    // One number everywhere.
    if let number = values[0].first, values.allSatisfy({ $0.allSatisfy { $0.bitPattern == number.bitPattern } }) {
      return add("Expand", [try constant(Tensor(number, dtype: first.dtype)), try shape(sizes)])[0]
    }
    if first.rank == 0, let size = Self.size(of: values.map { $0[0] }) {
      return try cast(add("Squeeze", [try dimension(size), try constant(vector([0]))])[0], first.dtype)
    }
    // Numbers at equal distances along the one dimension that is longer than 1.
    let long = sizes.indices.filter { sizes[$0].values.contains { $0 != 1 } }
    if long.count == 1, let (starts, step) = Self.distance(values) {
      return try range(starts, step, sizes[long[0]], first.dtype, sizes)
    }
    if first.rank == 2, let edge = DiagonalEdge(tensors, values) { return try mask(edge, sizes, first.dtype) }
    throw unknown(tensors)
  }

  private func cast(_ value: String, _ dtype: DType) throws -> String {
    guard let type = ONNX.DataType(dtype) else {
      throw TensorError(.unsupported, "", "ONNX has no elements of type \(dtype)")
    }
    return dtype == .int64 ? value : add("Cast", [value], [("to", .int(Int64(type.rawValue)))])[0]
  }

  private func range(
    _ starts: [Double], _ step: Double, _ count: Size, _ dtype: DType, _ sizes: [Size]
  ) throws -> String {
    let positions = try self.positions(count)
    var made = try cast(positions, dtype)
    if step != 1 { made = add("Mul", [made, try constant(Tensor(step, dtype: dtype))])[0] }
    if starts.contains(where: { $0 != starts[0] }), let start = Self.size(of: starts) {
      made = add("Add", [made, try cast(try dimension(start), dtype)])[0]
    } else if starts[0] != 0 {
      made = add("Add", [made, try constant(Tensor(starts[0], dtype: dtype))])[0]
    }
    return sizes.count == 1 ? made : add("Reshape", [made, try shape(sizes)])[0]
  }

  /// The whole numbers from 0 to below `count`, as int64.
  func positions(_ count: Size) throws -> String {
    let end = add("Squeeze", [try dimension(count), try constant(vector([0]))])[0]
    return add("Range", [try constant(Tensor(Int64(0))), end, try constant(Tensor(Int64(1)))])[0]
  }

  private func mask(_ edge: DiagonalEdge, _ sizes: [Size], _ dtype: DType) throws -> String {
    let rows = add("Unsqueeze", [try positions(sizes[0]), try constant(vector([1]))])[0]
    let away = add("Sub", [try positions(sizes[1]), rows])[0]
    let isBelow = add("LessOrEqual", [away, try constant(Tensor(Int64(edge.last)))])[0]
    if dtype == .bool { return edge.below != 0 ? isBelow : add("Not", [isBelow])[0] }
    return add(
      "Where",
      [isBelow, try constant(Tensor(edge.below, dtype: dtype)), try constant(Tensor(edge.above, dtype: dtype))])[0]
  }

  /// Whole numbers as a size, where they are whole.
  static func size(of numbers: [Double]) -> Size? {
    let whole = numbers.compactMap { Int(exactly: $0) }
    return whole.count == numbers.count ? Size(whole) : nil
  }

  /// Where numbers at equal distances begin, in each of the calls, and the distance.
  private static func distance(_ values: [[Double]]) -> (starts: [Double], step: Double)? {
    guard let longest = values.max(by: { $0.count < $1.count }), longest.count > 1, values.allSatisfy({ !$0.isEmpty })
    else { return nil }
    let (starts, step) = (values.map { $0[0] }, longest[1] - longest[0])
    let fits = zip(values, starts).allSatisfy { list, start in
      list.indices.allSatisfy { list[$0] == start + Double($0) * step }
    }
    return fits && (Set(starts).count == 1 || size(of: starts) != nil) ? (starts, step) : nil
  }

  private func unknown(_ tensors: [Tensor]) -> TensorError {
    TensorError(
      .unsupported, "",
      "a constant of shape \(tensors.map { "\($0.shape)" }.joined(separator: " or ")) depends on the sizes of open dimensions "
        + "in a way that is not known; compute it from the inputs inside the function")
  }
}

/// A matrix that has one number up to a diagonal and another one behind it, as masks of attention do.
private struct DiagonalEdge {
  let below, above: Double
  /// The last diagonal with the first number: column minus row.
  let last: Int

  init?(_ tensors: [Tensor], _ values: [[Double]]) {
    guard let widest = tensors.indices.max(by: { tensors[$0].count < tensors[$1].count }) else { return nil }
    let (rows, columns) = (tensors[widest].shape[0], tensors[widest].shape[1])
    guard rows > 1, columns > 1 else { return nil }
    let corner = values[widest][(rows - 1) * columns]
    below = corner
    above = values[widest][columns - 1]
    // Along the first row, then down the first column.
    let row = values[widest][..<columns].lastIndex(of: corner).map { $0 }
    let column = (0..<rows).first { values[widest][$0 * columns] == corner }.map { -$0 }
    guard let edge = row ?? column, above != below else { return nil }
    last = edge
    for (tensor, list) in zip(tensors, values) {
      let width = tensor.shape[1]
      for (i, value) in list.enumerated() {
        guard value == (i % max(width, 1) - i / max(width, 1) <= edge ? below : above) else { return nil }
      }
    }
  }
}

extension Size {
  /// The whole numbers with which this is `factor * other + offset`.
  fileprivate func line(in other: Size) -> (factor: Int, offset: Int)? {
    guard let j = other.values.indices.first(where: { other.values[$0] != other.values[0] }) else { return nil }
    let (rise, run) = (values[j] - values[0], other.values[j] - other.values[0])
    guard rise % run == 0, rise != 0 else { return nil }
    let factor = rise / run
    let offset = values[0] - factor * other.values[0]
    return zip(values, other.values).allSatisfy({ $0 == factor * $1 + offset }) ? (factor, offset) : nil
  }

  /// The whole number by which `other` is divided, without a rest.
  fileprivate func divisor(of other: Size) -> Int? {
    guard values[0] > 0, other.values[0] % values[0] == 0 else { return nil }
    let divisor = other.values[0] / values[0]
    return divisor > 1 && zip(values, other.values).allSatisfy { $0 * divisor == $1 } ? divisor : nil
  }
}

extension Tensor {
  /// Whether both have the same elements, bit for bit.
  fileprivate func hasElements(of other: Tensor) -> Bool {
    noGrad {
      elementsOnly.contiguous().withUnsafeBytes { a in
        other.elementsOnly.contiguous().withUnsafeBytes { b in a.elementsEqual(b) }
      }
    }
  }
}
