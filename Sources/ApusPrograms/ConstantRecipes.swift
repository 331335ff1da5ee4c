import ApusCore
import ApusNN

extension ConstantRecipe {
  /// How a tensor is made for any sizes, by what it was in each of several calls; nil where that is not known.
  init?(_ tensors: [Tensor], _ solver: inout SizeSolver) {
    let first = tensors[0]
    guard first.dtype.isFloatingPoint || first.dtype.isInteger || first.dtype == .bool,
      tensors.allSatisfy({ $0.dtype == first.dtype && $0.rank == first.rank })
    else { return nil }
    let values = tensors.map { tensor in noGrad { tensor.elementsOnly.to(.float64).flatten().array(as: Double.self) } }
    if let number = values.first(where: { !$0.isEmpty })?[0],
      values.allSatisfy({ $0.allSatisfy { $0.bitPattern == number.bitPattern } })
    {
      self = .fill(number)
    } else if let size = Self.uniform(values, &solver) {
      self = .size(size)
    } else if let (start, step) = Self.distance(values, &solver) {
      self = .range(start: start, step: step)
    } else if let size = Self.places(values, &solver) {
      self = .places(size: size)
    } else if first.rank == 2, let diagonal = Self.diagonal(tensors.map(\.shape), values, &solver) {
      self = diagonal
    } else {
      return nil
    }
  }

  /// The size that every element is.
  private static func uniform(_ values: [[Double]], _ solver: inout SizeSolver) -> SizeExpression? {
    let numbers = values.compactMap { list in
      list.first.flatMap { x in list.allSatisfy { $0 == x } ? Int(exactly: x) : nil }
    }
    return numbers.count == values.count ? solver.expression(Size(numbers)) : nil
  }

  /// Where numbers at equal distances begin, and the distance.
  private static func distance(
    _ values: [[Double]], _ solver: inout SizeSolver
  ) -> (start: SizeExpression, step: Double)? {
    guard let longest = values.max(by: { $0.count < $1.count }), longest.count > 1, values.allSatisfy({ !$0.isEmpty })
    else { return nil }
    let step = longest[1] - longest[0]
    let starts = values.compactMap { Int(exactly: $0[0]) }
    guard starts.count == values.count,
      zip(values, starts).allSatisfy({ list, start in
        list.indices.allSatisfy { list[$0] == Double(start) + Double($0) * step }
      })
    else { return nil }
    return solver.expression(Size(starts)).map { ($0, step) }
  }

  /// The size of the dimension that is read at these places.
  private static func places(_ values: [[Double]], _ solver: inout SizeSolver) -> SizeExpression? {
    let sizes = values.compactMap { list -> Int? in
      guard let last = list.last, let size = Int(exactly: last + 1), (1...1 << 20).contains(size),
        list.indices.allSatisfy({ list[$0] == Double($0 * size / list.count) })
      else { return nil }
      return size
    }
    return sizes.count == values.count ? solver.expression(Size(sizes)) : nil
  }

  /// A matrix that has one number up to a diagonal and another one behind it, as masks of attention do.
  private static func diagonal(
    _ shapes: [[Int]], _ values: [[Double]], _ solver: inout SizeSolver
  ) -> ConstantRecipe? {
    var edges: [Int] = []
    var numbers: (below: Double, above: Double)?
    for (shape, list) in zip(shapes, values) {
      let (rows, columns) = (shape[0], shape[1])
      guard rows > 1, columns > 1 else { return nil }
      let (below, above) = (list[(rows - 1) * columns], list[columns - 1])
      guard below != above, numbers.map({ $0 == (below, above) }) ?? true else { return nil }
      numbers = (below, above)
      // Along the first row, then down the first column.
      let row = list[..<columns].lastIndex(of: below)
      let column = (0..<rows).first { list[$0 * columns] == below }.map { -$0 }
      guard let edge = row ?? column,
        list.indices.allSatisfy({ list[$0] == ($0 % columns - $0 / columns <= edge ? below : above) })
      else { return nil }
      edges.append(edge)
    }
    guard let numbers, let last = solver.expression(Size(edges)) else { return nil }
    return .diagonal(last: last, below: numbers.below, above: numbers.above)
  }
}

extension Tensor {
  /// Whether both have the same elements, bit for bit.
  func hasElements(of other: Tensor) -> Bool {
    noGrad {
      elementsOnly.contiguous().withUnsafeBytes { a in
        other.elementsOnly.contiguous().withUnsafeBytes { b in a.elementsEqual(b) }
      }
    }
  }
}
